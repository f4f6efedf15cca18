/* SPDX-License-Identifier: MIT */
/* report_send.c - the mail of a report on its way, into the outbox or to a server: one to all, or one for each recipient */
#include <stdlib.h>

#include "cli/enqueue.h"
#include "cli/report_job.h"
#include "client/outgoing.h"
#include "report/digest.h"

#define NAME_MAX_BYTES 1000

/* Where this report goes. */
struct dispatch {
	const struct job *job;
	enum enqueue_place place;
	struct enqueue *enqueue; /* ENQUEUE_FILE */
	struct buffer origin;    /* "report weekly" */
	struct buffer accounts;  /* "office,backup": of the report file */
	struct outbox_slot slot; /* of a run */
	uint64_t digest;         /* of its figures */
};
#define DISPATCH(of_job) {.job = (of_job), .place = ENQUEUE_NOWHERE, .origin = BUFFER_LIMIT(NAME_MAX_BYTES), .accounts = BUFFER_LIMIT(NAME_MAX_BYTES)}

static void dispatch_release(struct dispatch *dispatch)
{
	enqueue_free(dispatch->enqueue);
	buffer_release(&dispatch->origin);
	buffer_release(&dispatch->accounts);
}
AUTO_DEFINE_VALUE(dispatch, struct dispatch, dispatch_release)

/* ---- one mail ---- */

/* By the first account that can be reached; by --server alone when it is given. */
static int send_now(const struct job *job, courant_message *message)
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

static int hand_over(const struct job *job, struct courant_mail *mail, int *ret_status,
                     courant_error **err)
{
	AUTO(target) struct target target = {0};
	AUTO(deliver) struct deliver *deliver = NULL;

	if (job->file.expire_ms) {
		mail->deliver_by_s = (int64_t)job->file.expire_ms / MS_PER_SECOND;
		mail->deliver_by_mode = 'R';
	}
	if (enqueue_target(&job->config, &target, err) < 0 ||
	    !(deliver = deliver_new(job->call, &target, NULL, err)) ||
	    deliver_send(deliver, mail, err) < 0)
		return -1;
	*ret_status = deliver_finish(deliver);
	return 0;
}

/* The exit status. */
static int send_one(const struct dispatch *dispatch, courant_message *message)
{
	const struct cli_call *call = dispatch->job->call;
	AUTO(outgoing) struct outgoing outgoing = {.bytes = NULL};
	courant_error *err = NULL;
	int status = 0;

	if (dispatch->place == ENQUEUE_NOWHERE)
		return send_now(dispatch->job, message);
	if (outgoing_init(&outgoing, message, COURANT_NOTIFY_DEFAULT, &err) < 0 ||
	    (dispatch->place == ENQUEUE_FILE
	             ? enqueue_put(dispatch->enqueue, &outgoing.mail, NULL, &err)
	             : hand_over(dispatch->job, &outgoing.mail, &status, &err)) < 0)
		return cli_fail(call, err);
	return status;
}

/* ---- to all ---- */

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
static int send_each(const struct dispatch *dispatch)
{
	const struct job *job = dispatch->job;
	AUTO(texts) struct texts recipients = {NULL, 0};
	const struct texts nobody = {NULL, 0};
	courant_error *err = NULL;
	int worst = 0;

	if (list_recipients(job, &recipients, &err) < 0)
		return cli_fail(job->call, err);
	for (size_t i = 0; i < recipients.n; i++) {
		const struct texts to = {&recipients.items[i], 1};
		AUTO(message) courant_message *message = job_compose(job, &to, &nobody, &err);
		const int status =
		        message ? send_one(dispatch, message) : cli_fail(job->call, err);

		err = NULL;
		worst = status > worst ? status : worst;
	}
	return worst;
}

static int send_together(const struct dispatch *dispatch)
{
	const struct job *job = dispatch->job;
	courant_error *err = NULL;
	AUTO(message)
	courant_message *message = job_compose(job, &job->file.to, &job->file.cc, &err);

	return message ? send_one(dispatch, message) : cli_fail(job->call, err);
}

/* ---- where to ---- */

static int choose_place(struct dispatch *dispatch, courant_error **err)
{
	const struct job *job = dispatch->job;
	struct outbox_order order = {.expires_ms = NEVER};

	if (job->config.outbox.file && !deliver_first_given(job->call) &&
	    enqueue_choose(job->call, &job->config, &dispatch->place, err) < 0)
		return -1;
	if (dispatch->place != ENQUEUE_FILE)
		return 0;
	buffer_printf(&dispatch->origin, "report %s", job->file.name);
	for (size_t i = 0; i < job->file.accounts.n; i++)
		buffer_printf(&dispatch->accounts, "%s%s", i ? "," : "", job->file.accounts.items[i]);
	if (buffer_check(&dispatch->origin, err) < 0 || buffer_check(&dispatch->accounts, err) < 0)
		return -1;
	order.accounts = dispatch->accounts.bytes; /* NULL: as the configuration has it */
	order.origin = dispatch->origin.bytes;
	if (job->file.expire_ms)
		order.expires_ms = job->now_ms + (int64_t)job->file.expire_ms;
	if (job->has_slot) {
		dispatch->slot = (struct outbox_slot){.report = job->file.name, .from_ms = job->identity.from_ms, .to_ms = job->identity.to_ms};
		order.slot = &dispatch->slot;
	}
	dispatch->enqueue = enqueue_open(job->call, &job->config, &order, err);
	return dispatch->enqueue ? 0 : -1;
}

/* 1: these figures were in the last mail, 0: they were not. */
static int is_unchanged(struct dispatch *dispatch, courant_error **err)
{
	AUTO(free) char *last = NULL;
	AUTO(buffer) struct buffer now = BUFFER_LIMIT(32);

	if (dispatch->job->file.send != SEND_IF_CHANGED)
		return 0;
	if (!dispatch->enqueue)
		return fail(err, COURANT_CONFIG,
		            "\"send: if changed\" needs an outbox to remember the last mail in: \"outbox\" in courant.yaml, which this user may write, and no --server");
	if (digest_document(dispatch->job->document, &dispatch->digest, err) < 0 ||
	    outbox_recall(enqueue_outbox(dispatch->enqueue), dispatch->origin.bytes, &last, err) < 0)
		return -1;
	buffer_printf(&now, "%016llx", (unsigned long long)dispatch->digest);
	return last && slice_equal(slice_of(last), buffer_peek(&now));
}

static int remember(const struct dispatch *dispatch, courant_error **err)
{
	AUTO(buffer) struct buffer now = BUFFER_LIMIT(32);

	if (dispatch->job->file.send != SEND_IF_CHANGED)
		return 0;
	buffer_printf(&now, "%016llx", (unsigned long long)dispatch->digest);
	return outbox_remember(enqueue_outbox(dispatch->enqueue), dispatch->origin.bytes, now.bytes, err);
}

int job_send(const struct job *job)
{
	AUTO(dispatch) struct dispatch dispatch = DISPATCH(job);
	courant_error *err = NULL;

	if (job->file.send == SEND_IF_DATA && !job->outcome.has_data) {
		cli_warn(job->call, "no data in the period: nothing is sent (send: if data)");
		return job_tell_slot(job, JOB_SLOT_NO_DATA, &err) < 0 ? cli_fail(job->call, err) : 0;
	}

	const int unchanged = choose_place(&dispatch, &err) < 0 ? -1 : is_unchanged(&dispatch, &err);

	if (unchanged > 0)
		cli_warn(job->call, "the figures are those of the last mail: nothing is sent (send: if changed)");
	if (unchanged)
		return unchanged < 0 || job_tell_slot(job, JOB_SLOT_NO_NEWS, &err) < 0 ? cli_fail(job->call, err) : 0;

	const int status = job->file.privacy == PRIVACY_EACH ? send_each(&dispatch) : send_together(&dispatch);

	if (dispatch.enqueue && (enqueue_finish(dispatch.enqueue, &err) < 0 || (status == 0 && remember(&dispatch, &err) < 0)))
		return cli_fail(job->call, err);
	if (status == 0 && job_tell_slot(job, JOB_SLOT_MAILED, &err) < 0)
		return cli_fail(job->call, err);
	return status;
}
