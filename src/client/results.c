/* SPDX-License-Identifier: MIT */
/* results.c - outcomes per recipient */
#include "client/results.h"

#include <courant/smtp.h>

#include "base/alloc.h"
#include "base/buffer.h"

/* Those of a result that nobody has said anything about. */
static const char no_words[] = "";

static void forget_words(struct courant_result *result)
{
	if (result->text != no_words)
		free((char *)result->text);
	result->text = no_words;
	result->text_size = 0;
}

void results_release(struct results *results)
{
	for (size_t i = 0; i < results->n; i++)
		forget_words(&results->at[i]);
	free(results->at);
	*results = (struct results){0};
}

int results_init(struct results *results, size_t n, courant_error **err)
{
	results_release(results);
	if (n == 0)
		return 0;
	results->at = mem_array(n, sizeof *results->at);
	if (!results->at)
		return fail_memory(err);
	results->n = n;
	for (size_t i = 0; i < n; i++)
		results->at[i] = (struct courant_result){.outcome = COURANT_OUTCOME_DEFERRED, .phase = COURANT_PHASE_CONNECT, .text = no_words};
	return 0;
}

void results_set(struct results *results, size_t i, const struct courant_result *result)
{
	if (i >= results->n)
		return;

	struct courant_result *kept = &results->at[i];

	char *text = mem_copy(slice_from(result->text, result->text_size));

	forget_words(kept);
	*kept = *result;
	kept->text = text ? text : no_words;
	kept->text_size = text ? result->text_size : 0;
}

void results_set_rest(struct results *results, enum courant_outcome outcome, slice words)
{
	for (size_t i = 0; i < results->n; i++) {
		struct courant_result result = results->at[i];

		if (result_is_begun(&result) || result.text_size > 0)
			continue;
		result.outcome = outcome;
		result.text = words.ptr;
		result.text_size = words.len;
		results_set(results, i, &result);
	}
}

bool result_is_begun(const struct courant_result *result)
{
	return result->outcome != COURANT_OUTCOME_DEFERRED || result->phase > COURANT_PHASE_MAIL || (result->code && result->code != 421);
}

/* From good to bad: what is unknown needs a look before anything is sent again. */
static int badness(enum courant_outcome outcome)
{
	switch (outcome) {
	case COURANT_OUTCOME_ACCEPTED:
		return 0;
	case COURANT_OUTCOME_REFUSED:
		return 1;
	case COURANT_OUTCOME_DEFERRED:
		return 2;
	case COURANT_OUTCOME_UNKNOWN:
		return 3;
	}
	return 0;
}

static const struct courant_result *find_worst(const struct results *results)
{
	const struct courant_result *worst = NULL;

	for (size_t i = 0; i < results->n; i++)
		if (!worst || badness(results->at[i].outcome) > badness(worst->outcome))
			worst = &results->at[i];
	return worst;
}

enum courant_outcome results_worst(const struct results *results)
{
	const struct courant_result *worst = find_worst(results);

	return worst ? worst->outcome : COURANT_OUTCOME_ACCEPTED;
}

const char *courant_outcome_name(enum courant_outcome outcome)
{
	switch (outcome) {
	case COURANT_OUTCOME_ACCEPTED:
		return "accepted";
	case COURANT_OUTCOME_REFUSED:
		return "refused";
	case COURANT_OUTCOME_DEFERRED:
		return "deferred";
	case COURANT_OUTCOME_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}

int results_fail(const struct results *results, const struct courant_mail *mail, const char *host, courant_error **err)
{
	static const enum courant_code codes[] = {[COURANT_OUTCOME_REFUSED] = COURANT_REFUSED, [COURANT_OUTCOME_DEFERRED] = COURANT_TEMPORARY,
						  [COURANT_OUTCOME_UNKNOWN] = COURANT_UNKNOWN};
	static const char *const words[] = {[COURANT_OUTCOME_REFUSED] = "refuses", [COURANT_OUTCOME_DEFERRED] = "defers", [COURANT_OUTCOME_UNKNOWN] = "has perhaps taken the mail for"};
	const struct courant_result *worst = find_worst(results);

	if (!worst || worst->outcome == COURANT_OUTCOME_ACCEPTED)
		return 0;

	const struct courant_path *path = &mail->recipients[worst - results->at].path;
	AUTO(buffer) struct buffer reply = BUFFER_LIMIT(4096);

	if (worst->code)
		buffer_printf(&reply, "%d ", worst->code);
	buffer_append(&reply, slice_of(worst->text));
	return fail_reply_code(err, codes[worst->outcome], worst->code, "%s %s %s (%s): %s", host, words[worst->outcome],
			       path->utf8 ? path->utf8 : path->ascii, courant_phase_name(worst->phase), reply.len ? reply.bytes : "no reply");
}
