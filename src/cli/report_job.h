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
	struct texts logs;
	struct zone *zone;
	enum language language;
	struct document *document;
	struct renderings renderings;
	struct report_outcome outcome;
};

/* The configuration, the report file and the options, read into the job; for a mail, whether it can be addressed. Faults of files have been told when
 * it fails. */
int job_prepare(struct job *, courant_error **err);
void job_release(struct job *);
AUTO_DEFINE_VALUE(job, struct job, job_release)

AUTO_DEFINE(message, courant_message, courant_message_free)

/* The mail to these recipients (and to those of `cc`). */
courant_message *job_compose(const struct job *, const struct texts *to, const struct texts *cc,
                             courant_error **err);

/* Sends the report to its recipients. The exit status; errors have been told. In report_send.c. */
int job_send(const struct job *);
#endif
