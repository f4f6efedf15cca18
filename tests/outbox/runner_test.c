/* SPDX-License-Identifier: MIT */
/* runner_test.c - mails on their way by a simulated clock and made-up servers, on both stores; what goes wrong is in runner_trouble_test.c */
#include "outbox/runner.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "stage.h"
#include "tap.h"

/* ---- the usual ---- */

static void a_mail_is_delivered_in_one_transaction(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		const int64_t id = put(&stage, 20, NULL);
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(100000);

		run(&stage);
		CHECK_INT(stage.world.n_transactions, 1);
		CHECK_INT(stage.world.n_most_recipients, 20);
		CHECK_INT(stage.world.n_heard, 20);
		CHECK_INT(runner_counts(stage.runner)->states[OUTBOX_ACCEPTED], 20);
		CHECK(strstr(stage.world.messages[0], "Message-ID: <1@example.com>") != NULL);
		write_all(&got, stage.outbox);
		CHECK(slice_starts(buffer_peek(&got),
				   SLICE("mail from <a@example.com> \"周报 1\" <1@example.com> by test, 90 bytes, flags 0 queued 0 expires never finished 0\n"
					 "  <b0@example.org> accepted, 1 attempts, 0 unknown, due never since 0: 250 2.0.0 queued (mail.example.com:587)\n"
					 "    accepted at 0: 250 2.0.0 queued (mail.example.com:587)\n"
					 "  <b1@example.org> accepted")));
		(void)id;
	}
}

static void only_those_who_have_not_got_it_are_tried_again(void)
{
	static const struct behaviour rows[] = {{"b1@example.org", "ddda"}, {"b2@example.org", "r"}, {NULL, NULL}};
	struct stage stage;

	for (EACH_STAGE(stage)) {
		stage.world.behaviours = rows;

		const int64_t id = put(&stage, 3, NULL);

		run(&stage);
		check_states(stage.outbox, id, "accepted deferred refused ");
		pass(30 * MS_PER_SECOND); /* too early */
		run(&stage);
		CHECK_INT(*counter_of(&stage.world, "b1@example.org"), 1);
		pass(45 * MS_PER_SECOND + 1);
		run(&stage);
		CHECK_INT(*counter_of(&stage.world, "b1@example.org"), 2);
		run_for(&stage, MS_PER_HOUR);
		check_states(stage.outbox, id, "accepted accepted refused ");
		CHECK_INT(*counter_of(&stage.world, "b0@example.org"), 1);
		CHECK_INT(*counter_of(&stage.world, "b1@example.org"), 4);
		CHECK_INT(*counter_of(&stage.world, "b2@example.org"), 1);
	}
}

static void what_fails_for_days_is_given_up_and_told(void)
{
	static const struct behaviour rows[] = {{"b0@example.org", "d"}, {NULL, NULL}};
	struct stage stage;

	for (EACH_STAGE(stage)) {
		stage.world.behaviours = rows;

		const int64_t id = put(&stage, 1, NULL);

		run(&stage);
		run_for(&stage, 2 * MS_PER_DAY + 23 * MS_PER_HOUR);
		check_states(stage.outbox, id, "deferred ");
		run_for(&stage, 7 * MS_PER_HOUR);
		check_states(stage.outbox, id, "refused ");
		/* 1, 2, 4 … 128 minutes, then every four to five hours of three days. */
		CHECK(*counter_of(&stage.world, "b0@example.org") >= 20 && *counter_of(&stage.world, "b0@example.org") <= 27);
		CHECK_INT(stage.world.n_messages, 1);
		CHECK(strstr(stage.world.messages[0], "Status: 5.4.7") != NULL);
	}
}

static void the_owner_and_the_sender_are_told_of_dead_letters(void)
{
	static const struct behaviour rows[] = {{"b1@example.org", "r"}, {NULL, NULL}};
	static const char *const parts[] = {
		"To: a@example.com, oncall@example.com\r\n",
		"From: Ops <ops@example.com>\r\n",
		"Auto-Submitted: auto-replied\r\n",
		"Subject: =?", /* Not delivered: 周报 1 */
		"Content-Type: multipart/report; report-type=delivery-status;",
		"mail.example.com:587 said:",
		"550 5.1.1 no such user",
		"Content-Type: message/delivery-status",
		"Reporting-MTA: dns; host.example.com\r\n",
		"Final-Recipient: rfc822; b1@example.org\r\n",
		"Action: failed\r\n",
		"Status: 5.1.1\r\n",
		"Remote-MTA: dns; mail.example.com\r\n",
		"Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n",
		"Content-Type: text/rfc822-headers",
		"Message-ID: <1@example.com>",
	};
	struct stage stage;

	for (EACH_STAGE(stage)) {
		stage.world.behaviours = rows;
		(void)put(&stage, 2, NULL);
		run(&stage);
		CHECK_INT(stage.world.n_messages, 2);
		EACH (part, parts)
			if (!CHECK(strstr(stage.world.messages[1], *part) != NULL))
				CHECK_TEXT(stage.world.messages[1], *part);
		CHECK_TEXT(stage.world.heard[1], "0:a@example.com");
		CHECK_TEXT(stage.world.heard[2], "0:oncall@example.com");
	}
}

static void a_notice_that_dies_is_not_told_of(void)
{
	static const struct behaviour rows[] = {{"b0@example.org", "r"}, {"a@example.com", "r"}, {"oncall@example.com", "r"}, {NULL, NULL}};
	struct stage stage;

	for (EACH_STAGE(stage)) {
		stage.world.behaviours = rows;
		(void)put(&stage, 1, NULL);
		run(&stage);
		run_for(&stage, MS_PER_DAY);
		CHECK_INT(stage.world.n_transactions, 2);
	}
}

static void a_server_that_takes_no_empty_return_path_gets_the_senders(void)
{
	static const struct behaviour rows[] = {{"b0@example.org", "r"}, {"a@example.com", "m"}, {"oncall@example.com", "m"}, {NULL, NULL}};
	struct stage stage;

	for (EACH_STAGE(stage)) {
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(100000);

		stage.world.behaviours = rows;
		(void)put(&stage, 1, NULL);
		run(&stage);
		CHECK_INT(stage.world.n_messages, 1);
		write_all(&got, stage.outbox);
		CHECK(strstr(got.bytes, "mail from <ops@example.com> \"Not delivered: 周报 1\"") != NULL);
	}
}

/* ---- accounts ---- */

static void the_second_account_helps_when_the_first_cannot_be_reached(void)
{
	static const char *const failures[] = {"c", "l"};

	EACH (failure, failures) {
		struct stage stage;

		for (EACH_STAGE(stage)) {
			AUTO(buffer) struct buffer got = BUFFER_LIMIT(100000);

			stage.world.ways[0] = *failure;

			const int64_t id = put(&stage, 1, NULL), next = put(&stage, 1, NULL);

			run(&stage);
			check_states(stage.outbox, id, "accepted ");
			check_states(stage.outbox, next, "accepted ");
			CHECK_TEXT(stage.world.heard[0], "1:b0@example.org");
			write_all(&got, stage.outbox);
			CHECK(strstr(got.bytes, " accepted, 1 attempts, ") != NULL);
			CHECK(strstr(got.bytes, "    deferred at 0: ") != NULL);
			check_said(&stage, "office cannot be used for 5 s: no way in");
			/* While the first one rests it is not asked. */
			const unsigned n = stage.world.n_refused_connections[0];

			(void)put(&stage, 1, NULL);
			run(&stage);
			CHECK_INT(stage.world.n_refused_connections[0], n);
			/* And afterwards it is. */
			stage.world.ways[0] = "a";
			pass(6 * MS_PER_SECOND);
			(void)put(&stage, 1, NULL);
			run(&stage);
			CHECK_TEXT(stage.world.heard[3], "0:b0@example.org");
			check_said(&stage, "office answers again");
		}
	}
}

static void without_a_server_mails_wait_and_are_not_worn_out(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		int64_t ids[50];

		stage.world.ways[0] = stage.world.ways[1] = "c";
		EACH (id, ids)
			*id = put(&stage, 1, NULL);
		run(&stage);
		run_for(&stage, 6 * MS_PER_HOUR);
		/* Tried by a few at a time, every five minutes at most. */
		CHECK(stage.world.n_refused_connections[0] + stage.world.n_refused_connections[1] < 6 * 12 * 10 * 2);
		CHECK_INT(stage.world.n_heard, 0);
		stage.world.ways[0] = "a";
		run_for(&stage, 5 * MS_PER_HOUR);
		CHECK_INT(stage.world.n_heard, 50);
		EACH (id, ids)
			check_states(stage.outbox, *id, "accepted ");
	}
}

static void a_mail_goes_by_the_accounts_it_was_queued_for(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		struct outbox_order backup = plain_order, direct = plain_order, missing = plain_order;

		backup.accounts = "backup, office";
		direct.accounts = "direct";
		missing.accounts = "gone";
		stage.world.ways[1] = "ca";
		(void)put(&stage, 1, &backup);
		run(&stage);
		CHECK_TEXT(stage.world.heard[0], "0:b0@example.org");
		(void)put(&stage, 1, &direct);
		run(&stage);
		CHECK_TEXT(stage.world.heard[1], "2:b0@example.org");

		const int64_t id = put(&stage, 1, &missing);

		run(&stage);
		check_states(stage.outbox, id, "queued ");
		check_said(&stage, "mails wait for the account \"gone\", which the configuration does not have");
	}
}

/* A way that looks for the servers itself says its last word: a domain that takes no mail is no server that is down. */
static void direct_delivery_refuses_for_good(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		struct outbox_order direct = plain_order;

		direct.accounts = "direct,office";
		stage.world.ways[2] = "l"; /* refused, before MAIL */

		const int64_t id = put(&stage, 1, &direct);

		run(&stage);
		check_states(stage.outbox, id, "refused ");
	}
}

/* ---- time ---- */

static void a_mail_that_is_worthless_is_not_sent(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		struct outbox_order until_three = plain_order;
		static const struct outbox_filter all = {0};
		struct outbox_effect effect;

		until_three.expires_ms = NOW + 6 * MS_PER_HOUR;
		stage.world.ways[0] = stage.world.ways[1] = "c";

		const int64_t id = put(&stage, 1, &until_three);

		CHECK_INT(outbox_say(stage.outbox, OUTBOX_HOLD, &(struct outbox_filter){.mail = id}, NOW, &effect, NULL), 0);

		const int64_t tried = put(&stage, 1, &until_three);

		run_for(&stage, 5 * MS_PER_HOUR + 50 * MS_PER_MINUTE);
		check_states(stage.outbox, id, "held ");
		check_states(stage.outbox, tried, "deferred ");
		stage.world.ways[0] = "a";
		run_for(&stage, 20 * MS_PER_MINUTE);
		/* It may have gone in the last minutes; the held one has not. */
		check_states(stage.outbox, id, "refused ");
		CHECK_INT(runner_counts(stage.runner)->expired >= 1, true);
		CHECK(stage.world.n_messages >= 1);
		(void)all;
	}
}

static void hurry_makes_everything_due(void)
{
	static const struct behaviour rows[] = {{"b0@example.org", "da"}, {NULL, NULL}};
	struct stage stage;

	for (EACH_STAGE(stage)) {
		stage.world.behaviours = rows;

		const int64_t id = put(&stage, 1, NULL);

		run(&stage);
		CHECK_INT(runner_hurry(stage.runner, NULL), 0);
		run(&stage);
		check_states(stage.outbox, id, "accepted ");
	}
}

static void finished_mails_go_after_a_while(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		const int64_t id = put(&stage, 1, NULL);

		struct runner_options options = options_of(&stage);

		options.keep_ms = 7 * MS_PER_DAY;
		stage_reopen(&stage, &options);
		run(&stage);
		run_for(&stage, 6 * MS_PER_DAY);
		check_states(stage.outbox, id, "accepted ");
		run_for(&stage, 2 * MS_PER_DAY);
		check_states(stage.outbox, id, "(none)");
	}
}

TESTS(TEST(a_mail_is_delivered_in_one_transaction), TEST(only_those_who_have_not_got_it_are_tried_again),
      TEST(what_fails_for_days_is_given_up_and_told), TEST(the_owner_and_the_sender_are_told_of_dead_letters),
      TEST(a_notice_that_dies_is_not_told_of), TEST(a_server_that_takes_no_empty_return_path_gets_the_senders),
      TEST(the_second_account_helps_when_the_first_cannot_be_reached), TEST(without_a_server_mails_wait_and_are_not_worn_out),
      TEST(a_mail_goes_by_the_accounts_it_was_queued_for), TEST(direct_delivery_refuses_for_good), TEST(a_mail_that_is_worthless_is_not_sent),
      TEST(hurry_makes_everything_due), TEST(finished_mails_go_after_a_while))
