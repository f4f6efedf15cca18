/* SPDX-License-Identifier: MIT */
/* report_job.c - the options of courant report, and the mail they ask for */
#include "cli/report_job.h"

#include <unistd.h>

#include "base/alloc.h"
#include "report/agenda.h"
#include "report/file_words.h"
#include "report/values.h"

void job_release(struct job *job)
{
	renderings_release(&job->renderings);
	document_free(job->document);
	enclosures_release(&job->outcome.enclosures);
	free(job->file_name);
	zone_free(job->zone);
	report_file_release(&job->file);
	config_release(&job->config);
}
/* ---- What is asked for ---- */

static int load_file(struct job *job, courant_error **err)
{
	const char *name = job->call->arguments[0];
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	const bool is_builtin = report_file_is_builtin(slice_of(name));
	const bool is_bare = slice_find(slice_of(name), '.') == SLICE_NONE && slice_find(slice_of(name), '/') == SLICE_NONE;
	/* One of courant.yaml's by its name; a built-in report has no schedule, so that a run of "traffic" is one of these, too. */
	const int found = is_bare && (!is_builtin || cli_value(job->call, "slot")) ? agenda_find_named(&job->config, slice_of(name), &path, err) : 0;

	if (found < 0)
		return -1;
	if (found)
		name = path.bytes;
	/* Otherwise a name that is neither a built-in report nor looks like a file is a built-in one mistyped. */
	else if (is_builtin || (is_bare && access(name, F_OK) < 0))
		return report_file_builtin(slice_of(name), &job->file, err);
	faults_init(&faults, slice_of(name));
	if (report_file_load(name, &faults, &job->file, err) == 0 && config_prefer_accounts(&job->config, &job->file, &faults, err) == 0)
		return 0;
	settings_print_faults(&faults);
	return -1;
}

/* Options that are texts: they stand for the fields as they are, and are checked where the mail is composed. */
static int override_texts(struct job *job, courant_error **err)
{
	const struct {
		const char *option;
		char **field;
	} texts[] = {{"from", &job->file.from},
	             {"subject", &job->file.subject},
	             {"link", &job->file.link},
	             {"note", &job->file.note}};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *value = cli_value(job->call, texts[i].option);

		if (value && document_set(texts[i].field, slice_of(value), err) < 0)
			return -1;
	}
	if (job->file.link && !value_is_link(slice_of(job->file.link)))
		return fail(err, COURANT_USAGE, "--link %s is no http:// or https:// address",
		            job->file.link);
	return 0;
}

static int override_list(const struct cli_call *call, const char *option, struct texts *list,
                         courant_error **err)
{
	size_t n;
	const char *const *values = cli_values(call, option, &n);

	if (n > 0)
		texts_release(list);
	for (size_t i = 0; i < n; i++) {
		if (texts_add(list, slice_of(values[i]), err) < 0)
			return -1;
	}
	return 0;
}

static int override_period(struct job *job, courant_error **err)
{
	const char *period = cli_value(job->call, "period"),
	           *compare = cli_value(job->call, "compare");
	courant_error *error = NULL;

	if ((period && period_parse(slice_of(period), &job->file.period, &error) < 0) ||
	    (compare && compare_parse(slice_of(compare), &job->file.compare, &error) < 0))
		return cli_fail_usage(error, err);
	return 0;
}

static int choose_language(struct job *job, courant_error **err)
{
	job->language = job->file.has_language     ? job->file.language
	                : job->config.has_language ? job->config.language
	                                           : LANGUAGE_EN;
	return cli_language(job->call, &job->language, err);
}

static int choose_zone(struct job *job, courant_error **err)
{
	const char *option = cli_value(job->call, "timezone");
	const char *name = option               ? option
	                   : job->file.timezone ? job->file.timezone
	                                        : job->config.timezone;

	job->zone =
	        option ? cli_zone(option, err)
	        : name ? zone_load(slice_of(name), err)
	: cli_value(job->call, "slot")
	               ? zone_load_system(err) /* as a schedule has it */
	               : report_guess_zone(&job->file, err);
	return job->zone ? 0 : -1;
}

/* The sources that the command line names. */
static int choose_sources(struct job *job, courant_error **err)
{
	const struct cli_call *call = job->call;
	const char *ledger = cli_value(call, "state");

	if (file_words_take(&job->file, (const char *const *)call->arguments + 1, call->n_arguments - 1, err) < 0 ||
	    (ledger && file_words_set_ledger(&job->file, ledger, err) < 0))
		return -1;
	if (report_find_unnamed(&job->file))
		return fail(err, COURANT_USAGE, "which access log? courant report %s LOG…", call->arguments[0]);
	return 0;
}

/* ---- The mail ---- */

static const char *sender_of(const struct job *job)
{
	const struct config_account *account = config_account_at(&job->config, 0);

	return job->file.from ? job->file.from : account ? account->from : NULL;
}

/* Whoever it is from and to, and a subject that was given, before the first log is opened: reading them may take a while. */
static int check_mail(const struct job *job, courant_error **err)
{
	AUTO(message) courant_message *probe = courant_message_new(err);
	const char *from = sender_of(job);

	if (!from)
		return fail(
		        err, COURANT_USAGE,
		        "who is the report from? --from ADDRESS, or \"from\" in the report file or the account");
	if (job->file.to.n + job->file.cc.n == 0)
		return fail(err, COURANT_USAGE,
		            "who gets the report? --to ADDRESS, or \"to\" in the report file");
	if (!probe || courant_message_set_from(probe, from, err) < 0)
		return -1;
	for (size_t i = 0; i < job->file.to.n; i++) {
		if (courant_message_add_to(probe, job->file.to.items[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < job->file.cc.n; i++) {
		if (courant_message_add_cc(probe, job->file.cc.items[i], err) < 0)
			return -1;
	}
	return job->file.subject ? courant_message_set_subject(probe, job->file.subject, err) : 0;
}

int job_prepare(struct job *job, courant_error **err)
{
	const struct cli_call *call = job->call;

	if (settings_load(call, &job->config, err) < 0 || load_file(job, err) < 0 ||
	    override_texts(job, err) < 0 || override_list(call, "to", &job->file.to, err) < 0 ||
	    override_list(call, "cc", &job->file.cc, err) < 0)
		return -1;
	if (override_period(job, err) < 0 || choose_language(job, err) < 0)
		return -1;
	if ((cli_value(call, "save") || cli_flag(call, "send")) && check_mail(job, err) < 0)
		return -1;
	return choose_sources(job, err) < 0 || choose_zone(job, err) < 0 ? -1 : job_find_slot(job, err);
}

courant_message *job_compose(const struct job *job, const struct texts *to, const struct texts *cc,
                             courant_error **err)
{
	const struct mail_request request = {
	        .document = job->document,
	        .renderings = &job->renderings,
	        .enclosures = &job->outcome.enclosures,
	        .name = job->file.name,
	        .from = sender_of(job),
	        .to = (const char *const *)to->items,
	        .n_to = to->n,
	        .cc = (const char *const *)cc->items,
	        .n_cc = cc->n,
	        .date_ms = job->date_ms,
	        .offset_s = zone_offset_at(job->zone, job->date_ms),
	        .slot = job->has_slot ? &job->identity : NULL,
	        .is_repeatable = job->call->is_repeatable,
	};

	return mail_compose(&request, err);
}
