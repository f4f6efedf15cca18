/* SPDX-License-Identifier: MIT */
/* report.c - courant report NAME|FILE.yaml [LOG…]: builds a report, and prints, saves, opens or sends it */
#include <inttypes.h>
#include <stdarg.h>

#include "base/file.h"
#include "cli/browser.h"
#include "cli/libexec.h"
#include "cli/report_job.h"
#include "cli/sources.h"

/* The days of all that there is, else the period; "all" without anything in it. */
static char *file_name(const struct job *job, courant_error **err)
{
	struct window window = job->outcome.window;

	if (window.from_ms == INT64_MIN)
		return mail_file_name(job->file.name, NULL, NULL, job->zone, err);
	if (job->outcome.is_whole) {
		window.from_ms = zone_day_start(job->zone, window.from_ms);
		window.to_ms = zone_day_add(job->zone, window.to_ms - 1, 1);
	}
	return mail_file_name(job->file.name, &window.from_ms, &window.to_ms, job->zone, err);
}

static int build(struct job *job, courant_error **err)
{
	AUTO(buffer) struct buffer rrd_program = BUFFER_LIMIT(4096), prefix = BUFFER_LIMIT(4096);
	AUTO(faults) struct faults faults = {.n = 0};
	const struct report_request request = {
		.file = &job->file,
		.language = job->language,
		.zone = job->zone,
		.now_ms = job->now_ms,
		.is_repeatable = job->call->is_repeatable || job->has_slot,
		.rrd_program = libexec_find("courant-rrd", &rrd_program) ? rrd_program.bytes : NULL,
	};

	faults_init(&faults, slice_of(job->file.path));
	job->document = report_build(&request, &faults, &job->outcome, err);
	settings_print_faults(&faults);
	if (!job->document || !(job->file_name = file_name(job, err)))
		return -1;
	buffer_printf(&prefix, "%s-", job->file_name);
	if (buffer_check(&prefix, err) < 0)
		return -1;
	return renderings_make(&job->renderings, job->document, &job->outcome.enclosures, prefix.bytes, job->date_ms, err);
}

/* ---- Saving ---- */

static int save_bytes(const char *folder, slice bytes, courant_error **err, const char *format, ...) FAIL_FORMAT(4, 5);
static int save_bytes(const char *folder, slice bytes, courant_error **err, const char *format, ...)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	va_list arguments;
	slice text;

	buffer_printf(&path, "%s/", folder);
	va_start(arguments, format);
	buffer_vprintf(&path, format, arguments);
	va_end(arguments);
	return buffer_slice(&path, &text, err) < 0 ? -1 : file_write_atomic(text.ptr, bytes, 0644, err);
}

/* The pictures, as the page beside them names them. */
static int save_images(const struct job *job, const char *folder, courant_error **err)
{
	for (size_t i = 0; i < job->renderings.n_images; i++) {
		const struct image *image = &job->renderings.images[i];

		if (save_bytes(folder, image->bytes, err, "%s-%s.%s", job->file_name, image->name, image->subtype) < 0)
			return -1;
	}
	return 0;
}

static int save_workbook(const struct job *job, const char *folder, courant_error **err)
{
	for (size_t i = 0; i < job->outcome.enclosures.n; i++) {
		const struct enclosure *enclosure = &job->outcome.enclosures.items[i];

		if (!enclosure->path && save_bytes(folder, slice_from(job->renderings.workbook, job->renderings.workbook_len), err, "%s", enclosure->name) < 0)
			return -1;
	}
	return 0;
}

static int save(const struct job *job, const char *folder, courant_error **err)
{
	AUTO(message) courant_message *message = job_compose(job, &job->file.to, &job->file.cc, err);
	size_t size;
	AUTO(free) char *bytes = message ? courant_message_take_bytes(message, &size, err) : NULL;

	if (!bytes || file_make_folder(folder, 0755, err) < 0 || save_bytes(folder, slice_from(bytes, size), err, "%s.eml", job->file_name) < 0)
		return -1;
	if (save_bytes(folder, slice_of(job->renderings.page), err, "%s.html", job->file_name) < 0 ||
	    save_bytes(folder, slice_of(job->renderings.text), err, "%s.txt", job->file_name) < 0)
		return -1;
	return save_images(job, folder, err) < 0 ? -1 : save_workbook(job, folder, err);
}

/* The page and its pictures in a folder of their own, which stays: the browser reads it later. */
static int show(const struct job *job, courant_error **err)
{
	AUTO(buffer) struct buffer page = BUFFER_LIMIT(4096);
	AUTO(free) char *folder = browser_make_folder(err);

	if (!folder || save_images(job, folder, err) < 0 || save_bytes(folder, slice_of(job->renderings.page), err, "report.html") < 0)
		return -1;
	buffer_printf(&page, "%s/report.html", folder);
	return buffer_check(&page, err) < 0 ? -1 : browser_open(page.bytes, err);
}

static void warn_without_data(const struct job *job)
{
	if (!job->outcome.has_lines)
		cli_warn(job->call, "there is not one log line: the report says so");
	else if (!job->outcome.has_data)
		cli_warn(job->call, "there are no data in the period: the report says so");
}

static void warn_of_picture(const struct job *job, const struct image *image)
{
	const char *advice = slice_equal(slice_of(image->name), SLICE(LOGO_NAME)) ? "make the logo smaller, or of fewer colours"
										  : "show fewer series in it (columns: [...]), or draw it in two";

	if (image->bytes.len > PICTURE_WARN_BYTES)
		cli_warn(job->call, "the picture %s.%s has %zu KB, more than the %d that are good for a mail: %s", image->name, image->subtype,
			 (image->bytes.len + 500) / 1000, PICTURE_WARN_BYTES / 1000, advice);
}

/* Many servers refuse it, or the reader's does, when nobody looks any more. */
static void warn_of_size(const struct job *job)
{
	const uint64_t bytes = mail_estimate_bytes(&job->renderings, &job->outcome.enclosures);

	for (size_t i = 0; i < job->renderings.n_images; i++)
		warn_of_picture(job, &job->renderings.images[i]);
	if (bytes > MAIL_WARN_BYTES)
		cli_warn(job->call, "the mail has about %" PRIu64 " MB: many servers refuse more than 10", bytes / 1000000);
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
	if (folder || is_sent)
		warn_of_size(&job);
	if (folder && save(&job, folder, &err) < 0)
		return cli_fail(call, err);
	if (is_opened && show(&job, &err) < 0)
		return cli_fail(call, err);
	if (!folder && !is_sent && !is_opened && cli_print(slice_of(job.renderings.text), &err) < 0)
		return cli_fail(call, err);
	return is_sent ? job_send(&job) : 0;
}
