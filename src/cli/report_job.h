/* SPDX-License-Identifier: MIT */
/* report_job.h - one call of courant report: what is asked for, and what comes of it */
#ifndef COURANT_CLI_REPORT_JOB_H
#define COURANT_CLI_REPORT_JOB_H
#include "cli/settings.h"
#include "report/mail.h"
#include "report/report.h"

struct job {
	struct cli_call *call;
	struct config config;
	struct report_file file; /* with what the options say instead */
	struct zone *zone;
	enum language language;
	struct document *document;
	struct renderings renderings;
	struct report_outcome outcome;
	int64_t now_ms;  /* the report's: of its run, or the call's */
	int64_t date_ms; /* of the mail */
	bool has_slot;   /* it is one run of its schedule: */
	struct schedule_slot slot;
	struct window identity; /* what tells its report from those of other runs */
	char *file_name; /* of what is saved, without its ending */
};

/* The configuration, the report file and the options, read into the job; for a mail, whether it can be addressed. Faults of files have been told when
 * it fails. */
int job_prepare(struct job *, courant_error **err);
void job_release(struct job *);
AUTO_DEFINE_VALUE(job, struct job, job_release)

/* What --slot says, after file and zone are known. In report_slot.c. */
int job_find_slot(struct job *, courant_error **err);

/* The last line of a run: "run TIME: OUTCOME". Nothing for any other report. */
#define JOB_SLOT_LINE     "run "
#define JOB_SLOT_MAILED   "mailed"
#define JOB_SLOT_NO_DATA  "not mailed: no data in the period"
#define JOB_SLOT_NO_NEWS  "not mailed: the figures are those of the last mail"
int job_tell_slot(const struct job *, const char *outcome, courant_error **err);

AUTO_DEFINE(message, courant_message, courant_message_free)

/* The mail to these recipients (and to those of `cc`). */
courant_message *job_compose(const struct job *, const struct texts *to, const struct texts *cc,
                             courant_error **err);

/* Sends the report to its recipients. The exit status; errors have been told. In report_send.c. */
int job_send(const struct job *);
#endif
