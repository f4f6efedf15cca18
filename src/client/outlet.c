/* SPDX-License-Identifier: MIT */
/* outlet.c - finds the way out for a target */
#include "client/outlet.h"

#include "base/clock.h"
#include "client/outlet_own.h"

static const struct outlet_calls *const ways[] = {
	[TARGET_SMTP] = &outlet_smtp,
	[TARGET_SENDMAIL] = &outlet_sendmail,
	[TARGET_MAILDIR] = &outlet_maildir,
	[TARGET_FILE] = &outlet_file,
	[TARGET_MX] = &outlet_mx,
};

struct outlet *outlet_new(const struct outlet_options *options, courant_error **err)
{
	const struct outlet_calls *calls = ways[options->target->kind];
	struct outlet *outlet = calls->make(options, err);

	if (outlet) {
		outlet->calls = calls;
		outlet->options = *options;
		/* The way has made its own copies. */
		outlet->options.password = outlet->options.token = NULL;
	}
	return outlet;
}

int outlet_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	return outlet->calls->send(outlet, mail, err);
}

size_t outlet_room(const struct outlet *outlet)
{
	return outlet->calls->room ? outlet->calls->room(outlet) : 1;
}

int outlet_submit(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	return outlet->calls->submit ? outlet->calls->submit(outlet, mail, err) : outlet_send(outlet, mail, err);
}

int outlet_step(struct outlet *outlet, int64_t until_ms, courant_error **err)
{
	return outlet->calls->step ? outlet->calls->step(outlet, until_ms, err) : 0;
}

void outlet_stop(struct outlet *outlet)
{
	if (outlet->calls->stop)
		outlet->calls->stop(outlet);
}

int outlet_try(struct outlet *outlet, outlet_try_fn *tell, void *context, courant_error **err)
{
	return outlet->calls->try ? outlet->calls->try(outlet, tell, context, err) : 0;
}

int outlet_finish(struct outlet *outlet, courant_error **err)
{
	return outlet->calls->finish(outlet, err);
}

void outlet_free(struct outlet *outlet)
{
	if (outlet)
		outlet->calls->free(outlet);
}

enum courant_outcome outlet_outcome_of(const courant_error *why)
{
	switch (courant_error_code(why)) {
	case COURANT_REFUSED:
	case COURANT_INVALID:
	case COURANT_USAGE:
	case COURANT_TOO_LARGE:
	case COURANT_LOGIN:
	case COURANT_INSECURE:
		return COURANT_OUTCOME_REFUSED;
	case COURANT_UNKNOWN:
		return COURANT_OUTCOME_UNKNOWN;
	default:
		return COURANT_OUTCOME_DEFERRED;
	}
}

void outlet_tell(struct outlet *outlet, const struct courant_mail *mail, courant_error *why, const char *words, int64_t begun_ms)
{
	AUTO(error) courant_error *error = why;
	AUTO(results) struct results results = {0};
	const slice text = slice_of(error ? courant_error_sentence(error) : words);
	const struct courant_result result = {.outcome = error ? outlet_outcome_of(error) : COURANT_OUTCOME_ACCEPTED,
					      .phase = COURANT_PHASE_FINAL,
					      .text = text.ptr,
					      .text_size = text.len};

	if (results_init(&results, mail->n_recipients, &error) == 0)
		for (size_t i = 0; i < results.n; i++)
			results_set(&results, i, &result);

	const struct outlet_report report = {.mail = mail, .results = &results, .error = error, .peer = "", .begun_ms = begun_ms,
					     .ended_ms = clock_monotonic_ms(), .connect_ms = -1, .tls_ms = -1};

	if (outlet->options.done)
		outlet->options.done(outlet->options.done_context, &report);
}
