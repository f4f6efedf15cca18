/* SPDX-License-Identifier: MIT */
/* report.c - courant report NAME|FILE.yaml [LOG…]: builds a report, and prints, saves, opens or sends it */
#include "base/file.h"
#include "cli/browser.h"
#include "cli/report_job.h"
#include "cli/sources.h"

static int build(struct job *job, courant_error **err)
{
	const struct report_request request = {
	        .file = &job->file,
	        .language = job->language,
	        .zone = job->zone,
	        .logs = (const char *const *)job->logs.items,
	        .n_logs = job->logs.n,
	        .now_ms = job->now_ms,
	        .is_repeatable = job->call->is_repeatable || job->has_slot,
	};

	job->document = report_build(&request, &job->outcome, err);
	return job->document ? renderings_make(&job->renderings, job->document, err) : -1;
}

static int save_bytes(const char *folder, const char *name, const char *ending, slice bytes,
                      courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	slice text;

	buffer_printf(&path, "%s/%s%s", folder, name, ending);
	return buffer_slice(&path, &text, err) < 0 ? -1
	                                           : file_write_atomic(text.ptr, bytes, 0644, err);
}

/* The days of a whole log, else the period; "all" without anything in it. */
static char *file_name(const struct job *job, courant_error **err)
{
	struct window window = job->outcome.window;

	if (window.from_ms == INT64_MIN)
		return mail_file_name(job->file.name, NULL, NULL, job->zone, err);
	if (job->outcome.is_whole_log) {
		window.from_ms = zone_day_start(job->zone, window.from_ms);
		window.to_ms = zone_day_add(job->zone, window.to_ms - 1, 1);
	}
	return mail_file_name(job->file.name, &window.from_ms, &window.to_ms, job->zone, err);
}

static int save(const struct job *job, const char *folder, courant_error **err)
{
	AUTO(message)
	courant_message *message = job_compose(job, &job->file.to, &job->file.cc, err);
	AUTO(free) char *name = message ? file_name(job, err) : NULL;
	size_t size;
	AUTO(free) char *bytes = name ? courant_message_take_bytes(message, &size, err) : NULL;

	if (!bytes || file_make_folder(folder, 0755, err) < 0 ||
	    save_bytes(folder, name, ".eml", slice_from(bytes, size), err) < 0 ||
	    save_bytes(folder, name, ".html", slice_of(job->renderings.html), err) < 0)
		return -1;
	return save_bytes(folder, name, ".txt", slice_of(job->renderings.text), err);
}

static void warn_without_data(const struct job *job)
{
	if (!job->outcome.has_lines)
		cli_warn(job->call, "%s %s empty: the report says so", job->logs.items[0],
		         job->logs.n > 1 ? "and the other logs are" : "is");
	else if (!job->outcome.has_data)
		cli_warn(job->call, "no line of the log lies in the period: the report says so");
}

int report_run(struct cli_call *call)
{
	AUTO(job) struct job job = {.call = call};
	const char *folder = cli_value(call, "save");
	const bool is_sent = cli_flag(call, "send"), is_opened = cli_flag(call, "open");
	courant_error *err = NULL;

	if (cli_flag(call, "sources"))
		return sources_run(call);
	if (!call->n_arguments) {
		(void)fail(&err, COURANT_USAGE, "report: an argument is missing: courant report %s", call->command->arguments);
		return cli_fail(call, err);
	}
	if (job_prepare(&job, &err) < 0 || build(&job, &err) < 0)
		return cli_fail(call, err);
	warn_without_data(&job);
	if (folder && save(&job, folder, &err) < 0)
		return cli_fail(call, err);
	if (is_opened && browser_open(slice_of(job.renderings.html), &err) < 0)
		return cli_fail(call, err);
	if (!folder && !is_sent && !is_opened && cli_print(slice_of(job.renderings.text), &err) < 0)
		return cli_fail(call, err);
	return is_sent ? job_send(&job) : 0;
}
