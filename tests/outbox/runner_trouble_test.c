/* SPDX-License-Identifier: MIT */
/* runner_trouble_test.c - runners that are killed, clocks that jump, several at once, stores that refuse: nothing is lost, and what is unknown is counted */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "outbox/runner_own.h"
#include "stage.h"
#include "tap.h"

/* ---- unknown ---- */

static void what_is_unknown_is_sent_again_with_the_same_id(void)
{
	static const struct behaviour rows[] = {{"b0@example.org", "ua"}, {NULL, NULL}};
	struct stage stage;

	for (EACH_STAGE(stage)) {
		stage.world.behaviours = rows;

		const int64_t id = put(&stage, 1, NULL);

		run(&stage);
		check_states(stage.outbox, id, "unknown ");
		run_for(&stage, 20 * MS_PER_MINUTE);
		check_states(stage.outbox, id, "accepted ");
		CHECK_INT(stage.world.n_messages, 2);
		CHECK_TEXT(stage.world.messages[1], stage.world.messages[0]);
	}
}

/* The runner leases, and its process is gone before anything comes back. */
static void kill_runner(struct stage *stage)
{
	stage->world.is_deaf = true;
	(void)runner_turn(stage->runner);
	(void)runner_turn(stage->runner);
	/* What a process leaves: nothing but the store. The carrier's parcels go without a word. */
	stage->runner->settling = NULL;
	outbox_store(stage->outbox)->calls->drop(outbox_store(stage->outbox), CLAIM_RUNNER, (uint64_t)stage->runner->queue.runner);
	stage->runner->queue.runner = 0;
	runner_free(stage->runner);
	stage->runner = NULL;
	outbox_free(STEAL(stage->outbox));
	stage->world.is_deaf = false;
}

static void a_killed_runners_leases_are_unknown(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		const int64_t id = put(&stage, 2, NULL);
		AUTO(outbox) struct outbox *watcher = place_open(&stage.place);

		kill_runner(&stage);
		check_states(watcher, id, "leased leased ");
		stage_reopen(&stage, NULL);
		(void)runner_turn(stage.runner);
		check_said(&stage, "2 recipients were in the hands of a runner that is gone");
		CHECK_INT(runner_counts(stage.runner)->recovered, 2);
		run(&stage);
		check_states(watcher, id, "accepted accepted ");
	}
}

static void a_living_runners_leases_are_its_own(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		struct stage other;
		const int64_t id = put(&stage, 2, NULL);

		stage.world.is_deaf = true;
		(void)runner_turn(stage.runner);
		(void)runner_turn(stage.runner);
		check_states(stage.outbox, id, "leased leased ");
		/* A week later by a clock that has jumped. */
		wall_ms += 7 * MS_PER_DAY;
		stage_open(&other, &stage.place);
		run(&other);
		CHECK_INT(other.world.n_heard, 0);
		stage.world.is_deaf = false;
		run(&stage);
		check_states(stage.outbox, id, "accepted accepted ");
		CHECK_INT(stage.world.n_heard, 2);
		stage_close(&other);
	}
}

static void what_is_unknown_may_be_held(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		const int64_t id = put(&stage, 1, NULL);
		static const struct outbox_filter all = {0};
		struct outbox_effect effect;
		struct runner_options options;

		kill_runner(&stage);
		options = options_of(&stage);
		options.retry.holds_unknown = true;
		stage_reopen(&stage, &options);
		run(&stage);
		run_for(&stage, MS_PER_DAY);
		check_states(stage.outbox, id, "unknown ");
		/* But somebody is told. */
		CHECK_INT(stage.world.n_messages, 1);
		CHECK(strstr(stage.world.messages[0], "Action: delayed\r\nStatus: 4.4.2\r\n") != NULL);
		CHECK_INT(outbox_say(stage.outbox, OUTBOX_RELEASE, &all, wall_ms, &effect, NULL), 0);
		CHECK_INT(effect.n_changed, 1);
		run(&stage);
		check_states(stage.outbox, id, "accepted ");
	}
}

/* ---- clocks and stores ---- */

static void a_clock_that_jumps_loses_nothing(void)
{
	static const struct behaviour rows[] = {{"b0@example.org", "dda"}, {NULL, NULL}};
	static const struct {
		const char *name;
		int64_t jump_ms;
	} jumps[] = {{"an hour ahead", MS_PER_HOUR}, {"ten years ahead", 3650 * MS_PER_DAY}, {"an hour back", -MS_PER_HOUR}, {"ten years back", -3650 * MS_PER_DAY}};

	EACH (jump, jumps) {
		struct stage stage;

		for (EACH_STAGE(stage)) {
			tap_row(jump->name);
			stage.world.behaviours = rows;

			const int64_t id = put(&stage, 1, NULL);

			run(&stage);
			check_states(stage.outbox, id, "deferred ");
			wall_ms += jump->jump_ms;
			run(&stage);
			check_states(stage.outbox, id, "deferred ");
			run_for(&stage, 6 * MS_PER_HOUR);
			check_states(stage.outbox, id, "accepted ");
		}
	}
}

/* ---- several, and the end ---- */

static void two_runners_share_the_work(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		struct stage other;
		size_t n = 0;

		stage_open(&other, &stage.place);
		for (int i = 0; i < 40; i++)
			CHECK(put(&stage, 1, NULL) > 0);
		for (int i = 0; i < 200 && n < 40; i++) {
			(void)runner_turn(stage.runner);
			(void)runner_turn(other.runner);
			n = stage.world.n_transactions + other.world.n_transactions;
		}
		run(&stage);
		run(&other);
		CHECK_INT(stage.world.n_transactions + other.world.n_transactions, 40);
		stage_close(&other);
	}
}

static void have_one_connection(struct stage *stage)
{
	static const struct runner_way narrow = {.name = "office", .server = "mail.example.com:587", .connections = 1};
	struct runner_options options = options_of(stage);

	options.ways = &narrow;
	options.n_ways = options.n_order = 1;
	stage_reopen(stage, &options);
}

/* Whoever makes it: while one runner has it, the other has none. */
static void connections_are_counted_together(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		struct stage other;

		have_one_connection(&stage);
		stage_open(&other, &stage.place);
		have_one_connection(&other);
		stage.world.is_deaf = true;
		(void)put(&stage, 1, NULL);
		(void)runner_turn(stage.runner);
		(void)runner_turn(stage.runner);
		(void)put(&stage, 1, NULL);
		for (int i = 0; i < 10; i++)
			(void)runner_turn(other.runner);
		CHECK_INT(other.world.n_opened[0], 0);
		stage.world.is_deaf = false;
		run(&stage);
		(void)runner_turn(stage.runner); /* and lets it go */
		(void)put(&other, 1, NULL);
		run(&other);
		CHECK_INT(other.world.n_opened[0], 1);
		stage_close(&other);
	}
}

/* One who was alone has all connections; when another comes, each has its share, and what was under way is not disturbed. */
static void connections_are_shared_with_those_who_come(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		struct stage other;

		stage.world.is_deaf = true;
		for (int i = 0; i < 20; i++)
			(void)put(&stage, 1, NULL);
		(void)runner_turn(stage.runner);
		(void)runner_turn(stage.runner);
		CHECK_INT(stage.world.n_connections[0], 2);
		stage_open(&other, &stage.place);
		(void)runner_turn(other.runner);
		CHECK_INT(other.world.n_opened[0], 0);
		stage.world.is_deaf = false;
		for (int i = 0; i < 4; i++) {
			for (int k = 0; k < 20; k++)
				(void)put(&stage, 1, NULL);
			pass(6 * MS_PER_SECOND);
			(void)runner_turn(stage.runner);
			(void)runner_turn(other.runner);
		}
		CHECK_INT(stage.world.n_connections[0], 1);
		CHECK_INT(other.world.n_connections[0], 1);
		run(&stage);
		run(&other);
		CHECK_INT(stage.world.n_transactions + other.world.n_transactions, 100);
		CHECK(other.world.n_transactions > 0);
		stage_close(&other);
	}
}

static void a_runner_that_stops_gives_back_what_it_has_not_begun(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		AUTO(outbox) struct outbox *watcher = place_open(&stage.place);
		int64_t ids[10];
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(10000);

		stage.world.is_deaf = true;
		EACH (id, ids)
			*id = put(&stage, 1, NULL);
		(void)runner_turn(stage.runner);
		(void)runner_turn(stage.runner);
		runner_stop(stage.runner, monotonic_ms + 5000);
		(void)runner_turn(stage.runner);
		stage.world.is_deaf = false;
		run(&stage);
		EACH (id, ids)
			write_states(&got, watcher, *id);
		CHECK(slice_find_slice(buffer_peek(&got), SLICE("leased")) == SLICE_NONE);
		CHECK(slice_find_slice(buffer_peek(&got), SLICE("unknown")) == SLICE_NONE);
		CHECK(slice_find_slice(buffer_peek(&got), SLICE("accepted")) != SLICE_NONE);
	}
}

/* A store that refuses a commit, and takes it later. */
static int (*real_commit)(struct queue_store *, courant_error **err);
static int n_refusals;

static int refuse_commit(struct queue_store *store, courant_error **err)
{
	if (n_refusals == 0)
		return real_commit(store, err);
	n_refusals--;
	store->calls->rollback(store);
	return fail(err, COURANT_IO, "the disk is full");
}

static void results_wait_for_a_store_that_refuses(void)
{
	struct stage stage;

	for (EACH_STAGE(stage)) {
		struct queue_store *store = outbox_store(stage.outbox);
		const struct queue_store_calls *calls = store->calls;
		struct queue_store_calls refusing = *calls;
		const int64_t id = put(&stage, 1, NULL);

		real_commit = calls->commit;
		refusing.commit = refuse_commit;
		stage.world.is_deaf = true;
		(void)runner_turn(stage.runner); /* leases */
		(void)runner_turn(stage.runner);
		stage.world.is_deaf = false;
		store->calls = &refusing;
		n_refusals = 3;
		for (int i = 0; i < 3; i++) {
			(void)runner_turn(stage.runner);
			check_states(stage.outbox, id, "leased ");
			CHECK(!runner_is_idle(stage.runner));
			pass(1001);
		}
		run(&stage);
		check_states(stage.outbox, id, "accepted ");
		CHECK_INT(stage.world.n_heard, 1);
		check_said(&stage, "the disk is full");
		store->calls = calls;
	}
}

static void a_message_that_is_gone_stops_nobody(void)
{
	struct stage stage;
	AUTO(buffer) struct buffer large = BUFFER_LIMIT((size_t)1 << 20), folder = BUFFER_LIMIT(1000), moved = BUFFER_LIMIT(1000);

	stage_begin(&stage, STORE_SQLITE);
	buffer_append_repeated(&large, 'x', 100000);

	const int64_t gone = put_mail(stage.outbox, 1, large.bytes, &plain_order, wall_ms, NULL), fine = put(&stage, 1, NULL);

	buffer_printf(&folder, "%s-messages", stage.place.path);
	buffer_printf(&moved, "%s.moved", folder.bytes);
	CHECK_INT(rename(folder.bytes, moved.bytes), 0);
	run(&stage);
	check_states(stage.outbox, gone, "refused ");
	check_states(stage.outbox, fine, "accepted ");
	CHECK_INT(rename(moved.bytes, folder.bytes), 0);
	stage_close(&stage);
	place_release(&stage.place);
}

TESTS(TEST(what_is_unknown_is_sent_again_with_the_same_id), TEST(a_killed_runners_leases_are_unknown), TEST(a_living_runners_leases_are_its_own),
      TEST(what_is_unknown_may_be_held), TEST(a_clock_that_jumps_loses_nothing), TEST(two_runners_share_the_work), TEST(connections_are_shared_with_those_who_come),
      TEST(connections_are_counted_together), TEST(a_runner_that_stops_gives_back_what_it_has_not_begun),
      TEST(results_wait_for_a_store_that_refuses), TEST(a_message_that_is_gone_stops_nobody))
