/* SPDX-License-Identifier: MIT */
/* stores_test.c - both stores through the same weeks: mails by chance, servers by chance, people by chance; at their end the same is in both
 *
 * And each allocation failing in turn: nothing is lost, and nobody gets a mail twice. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "stage.h"
#include "tap.h"

#define RECIPIENTS 8
#define LETTERS    12

/* The fates of b0 … b7: some letters each. */
struct fates {
	char letters[RECIPIENTS][LETTERS], addresses[RECIPIENTS][32];
	struct behaviour rows[RECIPIENTS + 1];
};

static void make_fates(struct fates *fates, struct random_stream *random)
{
	for (size_t i = 0; i < RECIPIENTS; i++) {
		(void)snprintf(fates->addresses[i], sizeof fates->addresses[i], "b%zu@example.org", i);
		for (size_t k = 0; k + 1 < LETTERS; k++)
			fates->letters[i][k] = "aaaddru"[random_below(random, 7)];
		fates->letters[i][LETTERS - 1] = '\0';
		fates->rows[i] = (struct behaviour){fates->addresses[i], fates->letters[i]};
	}
	fates->rows[RECIPIENTS] = (struct behaviour){NULL, NULL};
}

static void put_by_chance(struct stage *stage, struct random_stream *random)
{
	static const char *const accounts[] = {"", "", "office", "backup,office", "direct"};
	const struct outbox_slot slot = {.report = "weekly", .from_ms = (int64_t)random_below(random, 3), .to_ms = 5};
	struct outbox_order order = plain_order;
	char body[32];

	order.accounts = accounts[random_below(random, 5)];
	if (random_below(random, 4) == 0)
		order.expires_ms = wall_ms + (int64_t)random_below(random, 2 * MS_PER_DAY);
	if (random_below(random, 3) == 0)
		order.slot = &slot;
	(void)snprintf(body, sizeof body, "%u", (unsigned)random_below(random, 5));
	CHECK(put_mail(stage->outbox, 1 + random_below(random, RECIPIENTS), body, &order, wall_ms, NULL) >= 0);
}

static void say_by_chance(struct stage *stage, struct random_stream *random)
{
	static const char *const to[] = {"b1", "b2", "b3", "EXAMPLE", NULL};
	const struct outbox_filter filter = {.states = (unsigned)random_below(random, 1 << OUTBOX_STATES), .recipient = to[random_below(random, 5)]};
	struct outbox_effect effect;

	CHECK_INT(outbox_say(stage->outbox, (enum outbox_word)random_below(random, 4), &filter, wall_ms, &effect, NULL), 0);
}

static void live_through(struct stage *stage, struct random_stream *random)
{
	static const char *const weather[] = {"a", "a", "a", "c", "l"};
	size_t n;

	switch (random_below(random, 12)) {
	case 0:
		say_by_chance(stage, random);
		break;
	case 1:
		stage->world.ways[0] = weather[random_below(random, 5)];
		stage->world.ways[1] = weather[random_below(random, 5)];
		stage->world.n_refused_connections[0] = stage->world.n_refused_connections[1] = 0;
		break;
	case 2:
		CHECK_INT(outbox_purge(stage->outbox, wall_ms - 3 * MS_PER_DAY, &n, NULL), 0);
		break;
	case 3:
		wall_ms += (int64_t)random_below(random, 2 * MS_PER_HOUR) - MS_PER_HOUR;
		break;
	case 4:
	case 5:
	case 6:
		put_by_chance(stage, random);
		break;
	default:
		run_for(stage, (int64_t)random_below(random, 6 * MS_PER_HOUR));
	}
}

/* Line by line: the first that differs. */
static void check_same(slice got, slice want)
{
	slice got_line, want_line;

	while (slice_next_line(&want, &want_line)) {
		if (!slice_next_line(&got, &got_line))
			got_line = SLICE("(the end)");
		if (!CHECK_SLICE(got_line, want_line))
			return;
	}
	CHECK(got.len == 0);
}

static void both_stores_live_the_same_life(void)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		AUTO(buffer) struct buffer first = BUFFER_LIMIT((size_t)1 << 24);
		struct stage stage;

		for (EACH_STAGE(stage)) {
			AUTO(buffer) struct buffer all = BUFFER_LIMIT((size_t)1 << 24);
			struct random_stream random = {seed};
			struct fates fates;

			make_fates(&fates, &random);
			stage.world.behaviours = fates.rows;
			for (int i = 0; i < 90; i++)
				live_through(&stage, &random);
			write_all(&all, stage.outbox);
			if (stage.place.kind == STORE_MEMORY)
				buffer_append(&first, buffer_peek(&all));
			else
				check_same(buffer_peek(&all), buffer_peek(&first));
			CHECK(all.len > 0);
		}
	}
}

/* One allocation fails somewhere; afterwards there is memory again. */
static bool survives(unsigned long nth)
{
	static const struct behaviour rows[] = {{"b1@example.org", "da"}, {"b2@example.org", "r"}, {NULL, NULL}};
	struct stage stage;
	bool has_failed;

	stage_begin(&stage, STORE_MEMORY);
	stage.world.behaviours = rows;
	stage.world.ways[0] = "ca";

	const int64_t id = put(&stage, 4, NULL);

	(void)alloc_fail_at(nth);
	(void)runner_turn(stage.runner);
	for (int i = 0; i < 5; i++) {
		pass(1001);
		(void)runner_turn(stage.runner);
	}
	has_failed = alloc_fail_at(0);
	run_for(&stage, MS_PER_HOUR);
	check_states(stage.outbox, id, "accepted accepted refused accepted ");
	CHECK_INT(*counter_of(&stage.world, "b0@example.org"), 1);
	CHECK_INT(*counter_of(&stage.world, "b3@example.org"), 1);
	stage_close(&stage);
	place_release(&stage.place);
	return !has_failed;
}

static void each_allocation_may_fail(void)
{
	unsigned long nth = 1;

	while (!survives(nth) && nth < 5000)
		nth++;
	CHECK(nth > 50 && nth < 5000);
}

TESTS(TEST(both_stores_live_the_same_life), TEST(each_allocation_may_fail))
