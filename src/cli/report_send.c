/* SPDX-License-Identifier: MIT */
/* report_send.c - the mail of a report on its way: one to all, or one for each recipient */
#include "cli/report_job.h"

/* By the first account that can be reached; by --server alone when it is given. */
static int send_one(const struct job *job, courant_message *message)
{
	struct deliver_account shown, next;
	bool may_go_elsewhere;
	int status = deliver_message(job->call, settings_account(&job->config, &shown), message,
	                             &may_go_elsewhere);

	for (size_t i = 1; may_go_elsewhere && !cli_value(job->call, "server") &&
	                   settings_account_at(&job->config, i, &next);
	     i++) {
		cli_warn(job->call, "trying the next account, %s", next.server);
		status = deliver_message(job->call, &next, message, &may_go_elsewhere);
	}
	return status;
}

/* Every address of the mail to all, each once. */
static int list_recipients(const struct job *job, struct texts *ret, courant_error **err)
{
	AUTO(message)
	courant_message *message = job_compose(job, &job->file.to, &job->file.cc, err);
	struct courant_envelope envelope;

	if (!message || courant_message_envelope(message, &envelope, err) < 0)
		return -1;
	for (size_t i = 0; i < envelope.n; i++) {
		if (texts_add(ret, slice_of(envelope.recipients[i].utf8), err) < 0)
			return -1;
	}
	return 0;
}

/* A mail for each, in which none sees the others. */
static int send_each(const struct job *job)
{
	AUTO(texts) struct texts recipients = {NULL, 0};
	const struct texts nobody = {NULL, 0};
	courant_error *err = NULL;
	int worst = 0;

	if (list_recipients(job, &recipients, &err) < 0)
		return cli_fail(job->call, err);
	for (size_t i = 0; i < recipients.n; i++) {
		const struct texts to = {&recipients.items[i], 1};
		AUTO(message) courant_message *message = job_compose(job, &to, &nobody, &err);
		const int status = message ? send_one(job, message) : cli_fail(job->call, err);

		err = NULL;
		worst = status > worst ? status : worst;
	}
	return worst;
}

int job_send(const struct job *job)
{
	courant_error *err = NULL;

	if (job->file.send == SEND_IF_DATA && !job->outcome.has_data) {
		cli_warn(job->call, "no data in the period: nothing is sent (send: if data)");
		return 0;
	}
	if (job->file.privacy == PRIVACY_EACH)
		return send_each(job);
	AUTO(message)
	courant_message *message = job_compose(job, &job->file.to, &job->file.cc, &err);
	return message ? send_one(job, message) : cli_fail(job->call, err);
}
