/* SPDX-License-Identifier: MIT */
/* retry_test.c - what a result, a lost runner, an expiry and a person's word make of a recipient; every state with every one of them */
#include "outbox/retry.h"

#include "base/clock.h"
#include "tap.h"

#define NOW INT64_C(1795765200000) /* 2026-11-27T09:00:00Z */

static const struct outbox_recipient fresh = {.state = OUTBOX_QUEUED, .due_ms = NOW, .enhanced = "", .reply = "", .server = ""};

/* The bounds that craft asks for: 1 min to 4 h, and a quarter of chance. */
static void waits_grow_and_differ(void)
{
	static const struct {
		const char *name;
		unsigned attempts;
		int64_t least_min;
	} rows[] = {
		{"the first", 1, 1}, {"the second", 2, 2}, {"the fifth", 5, 16}, {"the eighth", 8, 128}, {"the ninth: the longest", 9, 240}, {"the hundredth", 100, 240},
	};
	struct random_stream random = {7};

	EACH (row, rows) {
		int64_t least = INT64_MAX, most = 0;

		tap_row(row->name);
		for (int i = 0; i < 1000; i++) {
			const int64_t delay_ms = retry_delay_ms(row->attempts, &random);

			least = delay_ms < least ? delay_ms : least;
			most = delay_ms > most ? delay_ms : most;
		}
		CHECK(least >= row->least_min * MS_PER_MINUTE && least < row->least_min * MS_PER_MINUTE * 101 / 100);
		CHECK(most < row->least_min * MS_PER_MINUTE * 5 / 4 && most > row->least_min * MS_PER_MINUTE * 6 / 5);
		CHECK(most <= RETRY_HORIZON_MS);
	}
}

static void results_settle_a_recipient(void)
{
	static const struct {
		const char *name;
		unsigned attempts, unknowns;
		int64_t age_ms;
		enum outbox_state outcome;
		bool holds;
		enum outbox_state state;
		bool is_due;
		unsigned unknowns_after;
	} rows[] = {
		{"accepted", 0, 0, 0, OUTBOX_ACCEPTED, false, OUTBOX_ACCEPTED, false, 0},
		{"accepted after it was unknown", 1, 1, 0, OUTBOX_ACCEPTED, false, OUTBOX_ACCEPTED, false, 1},
		{"refused", 0, 0, 0, OUTBOX_REFUSED, false, OUTBOX_REFUSED, false, 0},
		{"refused after it was unknown", 1, 1, 0, OUTBOX_REFUSED, false, OUTBOX_REFUSED, false, 1},
		{"deferred", 0, 0, 0, OUTBOX_DEFERRED, false, OUTBOX_DEFERRED, true, 0},
		{"deferred, and perhaps delivered all the same", 1, 1, 0, OUTBOX_DEFERRED, false, OUTBOX_UNKNOWN, true, 1},
		{"unknown", 0, 0, 0, OUTBOX_UNKNOWN, false, OUTBOX_UNKNOWN, true, 1},
		{"unknown, to be held", 0, 0, 0, OUTBOX_UNKNOWN, true, OUTBOX_UNKNOWN, false, 1},
		{"old, and tried often", 4, 0, RETRY_GIVE_UP_MS, OUTBOX_DEFERRED, false, OUTBOX_REFUSED, false, 0},
		{"tried often, but not old", 40, 0, RETRY_GIVE_UP_MS - 1, OUTBOX_DEFERRED, false, OUTBOX_DEFERRED, true, 0},
		{"old, but hardly tried: the machine was off, or its clock has jumped", 3, 0, 10 * RETRY_GIVE_UP_MS, OUTBOX_DEFERRED, false, OUTBOX_DEFERRED, true, 0},
		{"old and perhaps delivered", 4, 1, RETRY_GIVE_UP_MS, OUTBOX_DEFERRED, false, OUTBOX_UNKNOWN, false, 1},
		{"old and unknown again", 4, 1, RETRY_GIVE_UP_MS, OUTBOX_UNKNOWN, false, OUTBOX_UNKNOWN, false, 2},
		{"unknown too often", 9, 9, 0, OUTBOX_UNKNOWN, false, OUTBOX_UNKNOWN, false, 10},
		{"from the future", 40, 0, -RETRY_GIVE_UP_MS, OUTBOX_DEFERRED, false, OUTBOX_DEFERRED, true, 0},
	};
	struct random_stream random = {7};

	EACH (row, rows) {
		const struct retry_policy policy = {.holds_unknown = row->holds};
		const struct outbox_mail mail = {.queued_ms = NOW - row->age_ms, .expires_ms = NEVER};
		const struct outbox_attempt attempt = {
			.at_ms = NOW, .outcome = row->outcome, .code = 451, .enhanced = "4.3.0", .reply = "try later", .server = "mx"};
		struct outbox_recipient recipient = fresh;

		tap_row(row->name);
		recipient.state = OUTBOX_LEASED;
		recipient.runner = 3;
		recipient.due_ms = NEVER;
		recipient.attempts = row->attempts;
		recipient.unknowns = row->unknowns;
		retry_settle(&recipient, &mail, &attempt, &policy, &random);
		CHECK_INT(recipient.state, row->state);
		CHECK_INT(recipient.attempts, row->attempts + 1);
		CHECK_INT(recipient.unknowns, row->unknowns_after);
		CHECK_INT(recipient.runner, 0);
		CHECK_INT(recipient.changed_ms, NOW);
		CHECK_TEXT(recipient.reply, "try later");
		if (row->is_due)
			CHECK(recipient.due_ms >= NOW + RETRY_FIRST_MS && recipient.due_ms <= NOW + RETRY_HORIZON_MS);
		else
			CHECK(recipient.due_ms == NEVER);
	}
}

static void a_policy_of_its_own_gives_up_earlier(void)
{
	const struct retry_policy policy = {.give_up_ms = MS_PER_HOUR};
	const struct outbox_mail mail = {.queued_ms = NOW - 2 * MS_PER_HOUR, .expires_ms = NEVER};
	const struct outbox_attempt attempt = {.at_ms = NOW, .outcome = OUTBOX_DEFERRED, .enhanced = "", .reply = "", .server = ""};
	struct random_stream random = {7};
	struct outbox_recipient recipient = fresh;

	recipient.attempts = RETRY_ATTEMPTS_MIN - 1;
	retry_settle(&recipient, &mail, &attempt, &policy, &random);
	CHECK_INT(recipient.state, OUTBOX_REFUSED);
}

/* For each state, what becomes of it: the state behind it, or '-' for "makes no sense". Q L A D R U (due) W (unknown, waiting for a word) H. */
static const struct {
	const char *name;
	bool (*say)(struct outbox_recipient *, int64_t now_ms);
	const char *from_q, *from_l, *from_a, *from_d, *from_r, *from_u, *from_w, *from_h;
} words[] = {
	{"hold", retry_hold, "H", "-", "-", "H", "-", "H", "H", "-"},
	{"release", retry_release, "-", "-", "-", "-", "-", "-", "U", "Q"},
	{"retry", retry_again, "Q", "-", "-", "D", "Q", "U", "U", "Q"},
	{"expire", retry_expire, "R", "-", "-", "R", "-", "W", "-", "R"},
};

static struct outbox_recipient in_state(char letter)
{
	struct outbox_recipient recipient = fresh;
	static const char letters[] = "QLADRUH"; /* in the order of enum outbox_state */
	const char *at = strchr(letters, letter == 'W' ? 'U' : letter);

	recipient.state = (enum outbox_state)(at ? at - letters : 0);
	recipient.due_ms = strchr("QDU", letter) ? NOW + 5000 : NEVER;
	recipient.attempts = strchr("DRUW", letter) ? 2 : 0;
	recipient.unknowns = strchr("UW", letter) ? 1 : 0;
	return recipient;
}

static char letter_of(const struct outbox_recipient *recipient)
{
	return recipient->state == OUTBOX_UNKNOWN && recipient->due_ms == NEVER ? 'W' : "QLADRUH"[recipient->state];
}

static void words_change_what_they_fit(void)
{
	EACH (row, words) {
		const char *const want[] = {row->from_q, row->from_l, row->from_a, row->from_d, row->from_r, row->from_u, row->from_w, row->from_h};

		tap_row(row->name);
		for (size_t i = 0; i < 8; i++) {
			const char from = "QLADRUWH"[i];
			struct outbox_recipient recipient = in_state(from);
			const bool has_changed = row->say(&recipient, NOW);
			const char got[] = {has_changed ? letter_of(&recipient) : '-', '\0'};

			if (!CHECK_TEXT(got, want[i]))
				CHECK_INT(from, 0);
			if (!has_changed)
				CHECK_INT(letter_of(&recipient), from);
			if (has_changed && recipient.due_ms != NEVER)
				CHECK_INT(recipient.due_ms, NOW);
		}
	}
}

static void a_dead_one_that_is_tried_again_counts_from_none(void)
{
	struct outbox_recipient recipient = in_state('R');

	CHECK(retry_again(&recipient, NOW));
	CHECK_INT(recipient.attempts, 0);
}

static void a_lease_that_is_lost_is_unknown_and_one_that_is_given_back_is_not(void)
{
	static const struct retry_policy retries = {0}, holds = {.holds_unknown = true};
	struct outbox_recipient recipient = in_state('L');

	retry_give_back(&recipient, NOW);
	CHECK_INT(recipient.state, OUTBOX_QUEUED);
	CHECK_INT(recipient.due_ms, NOW);
	CHECK_INT(recipient.attempts, 0);

	recipient = in_state('L');
	retry_lose(&recipient, &retries, NOW);
	CHECK_INT(recipient.state, OUTBOX_UNKNOWN);
	CHECK_INT(recipient.due_ms, NOW);
	CHECK_INT(recipient.unknowns, 1);

	recipient = in_state('L');
	retry_lose(&recipient, &holds, NOW);
	CHECK(recipient.state == OUTBOX_UNKNOWN && recipient.due_ms == NEVER);
}

static void states_have_names(void)
{
	for (int i = 0; i < OUTBOX_STATES; i++) {
		enum outbox_state state = OUTBOX_STATES;

		CHECK(outbox_state_parse(slice_of(outbox_state_name((enum outbox_state)i)), &state) && state == (enum outbox_state)i);
	}
	enum outbox_state state;

	CHECK(!outbox_state_parse(SLICE("sent"), &state));
}

TESTS(TEST(waits_grow_and_differ), TEST(results_settle_a_recipient), TEST(a_policy_of_its_own_gives_up_earlier), TEST(words_change_what_they_fit),
      TEST(a_dead_one_that_is_tried_again_counts_from_none), TEST(a_lease_that_is_lost_is_unknown_and_one_that_is_given_back_is_not), TEST(states_have_names))
