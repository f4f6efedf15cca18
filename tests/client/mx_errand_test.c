/* SPDX-License-Identifier: MIT */
/* mx_errand_test.c - src/client/mx_errand.c: a mail cut by domain, and put together again */
#include "client/mx_errand.h"

#include "base/fail.h"
#include "tap.h"

#define MANY 16

static struct courant_recipient recipients[MANY];

static struct courant_mail mail_to(const char *const *to)
{
	size_t n = 0;

	for (; n < MANY && to[n]; n++)
		recipients[n] = (struct courant_recipient){.path = {.ascii = to[n]}};
	return (struct courant_mail){.recipients = recipients, .n_recipients = n};
}

static void a_mail_is_cut_by_domain(void)
{
	static const struct {
		const char *name, *to[MANY], *parts; /* "first of each domain:others" in words */
	} rows[] = {
		{"one", {"a@x.test"}, "a@x.test;"},
		{"one domain in two spellings", {"a@x.test", "b@X.TEST"}, "a@x.test b@X.TEST;"},
		{"mixed", {"a@x.test", "b@y.test", "c@x.test", "d@z.test", "e@y.test"}, "a@x.test c@x.test;b@y.test e@y.test;d@z.test;"},
		{"an @ in quotes", {"\"a@y.test\"@x.test", "b@y.test"}, "\"a@y.test\"@x.test;b@y.test;"},
	};

	EACH (row, rows) {
		const struct courant_mail mail = mail_to(row->to);
		courant_error *err = NULL;
		AUTO(errand) struct errand *errand = errand_new(&mail, &err);
		AUTO(buffer) struct buffer parts = BUFFER_LIMIT(1000);

		tap_row(row->name);
		CHECK_NO_ERROR(err);
		for (size_t i = 0; errand && i < errand->n_parts; i++) {
			const struct part *part = &errand->parts[i];

			for (size_t k = 0; k < part->mail.n_recipients; k++)
				buffer_printf(&parts, "%s%s", k ? " " : "", part->mail.recipients[k].path.ascii);
			buffer_append(&parts, SLICE(";"));
		}
		CHECK_SLICE(buffer_peek(&parts), slice_of(row->parts));
	}
}

static struct outlet_report told(const struct part *part, struct results *results, const enum courant_outcome *outcomes)
{
	CHECK_INT(results_init(results, part->mail.n_recipients, NULL), 0);
	for (size_t i = 0; i < results->n; i++)
		results_set(results, i, &(struct courant_result){.outcome = outcomes[i], .phase = COURANT_PHASE_RCPT, .text = ""});
	return (struct outlet_report){.mail = &part->mail, .results = results};
}

static void keep_report(void *context, const struct outlet_report *report)
{
	enum courant_outcome *outcomes = context;

	for (size_t i = 0; i < report->results->n; i++)
		outcomes[i] = report->results->at[i].outcome;
}

static void those_who_are_deferred_go_to_the_next_host(void)
{
	static const char *const to[] = {"a@x.test", "b@y.test", "c@x.test", "d@x.test", NULL};
	static const enum courant_outcome first[] = {COURANT_OUTCOME_DEFERRED, COURANT_OUTCOME_REFUSED, COURANT_OUTCOME_DEFERRED},
					  second[] = {COURANT_OUTCOME_ACCEPTED, COURANT_OUTCOME_DEFERRED};
	const struct courant_mail mail = mail_to(to);
	AUTO(errand) struct errand *errand = errand_new(&mail, NULL);
	AUTO(results) struct results results = {0};
	AUTO(error) courant_error *why = NULL;
	enum courant_outcome outcomes[4];
	struct part *x = &errand->parts[0], *y = &errand->parts[1];
	struct outlet_report report = told(x, &results, first);

	CHECK(part_collect(x, &report));
	CHECK_INT(x->mail.n_recipients, 2);
	CHECK_TEXT(x->mail.recipients[0].path.ascii, "a@x.test");
	CHECK_TEXT(x->mail.recipients[1].path.ascii, "d@x.test");
	report = told(x, &results, second);
	CHECK(part_collect(x, &report));
	CHECK(!part_end(x));

	(void)fail(&why, COURANT_HOST_UNKNOWN, "no such domain");
	part_settle(y, why);
	CHECK(part_end(y));
	errand_tell(errand, keep_report, outcomes);
	CHECK_INT(outcomes[0], COURANT_OUTCOME_ACCEPTED);
	CHECK_INT(outcomes[1], COURANT_OUTCOME_REFUSED);
	CHECK_INT(outcomes[2], COURANT_OUTCOME_REFUSED);
	CHECK_INT(outcomes[3], COURANT_OUTCOME_DEFERRED);
}

TESTS(TEST(a_mail_is_cut_by_domain), TEST(those_who_are_deferred_go_to_the_next_host))
