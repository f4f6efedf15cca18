/* SPDX-License-Identifier: MIT */
/* slots_test.c - which report is due, what is made up for, what is tried again, and when the owner hears of it: with a clock of the test's */
#include "serve/slots.h"

#include <stdio.h>

#include "base/clock.h"
#include "tap.h"

#define NOON INT64_C(1794571200000) /* 2026-11-13T12:00:00Z */

/* A memory of one report, which can fail. */
struct memory {
	char text[200];
	bool is_broken;
};

static int remember(void *context, const char *name, const char *text, courant_error **err)
{
	struct memory *memory = context;

	CHECK_TEXT(name, "slot reports.d/r.yaml");
	if (memory->is_broken)
		return fail(err, COURANT_IO, "disk full");
	(void)snprintf(memory->text, sizeof memory->text, "%s", text);
	return 0;
}

static int recall(void *context, const char *name, char **ret, courant_error **err)
{
	struct memory *memory = context;

	(void)name;
	(void)err;
	if (!memory->text[0])
		return 0;
	*ret = mem_copy_text(memory->text);
	return 1;
}

struct scene {
	struct memory memory;
	struct agenda agenda;
	struct slots *slots;
};

static void scene_start(struct scene *scene, const char *schedule, unsigned catch_up, int64_t now_ms)
{
	static struct agenda_entry entry;
	const struct slots_memory calls = {remember, recall, &scene->memory};

	entry = (struct agenda_entry){.path = (char *)"reports.d/r.yaml", .file = {.has_schedule = true, .period = {.kind = PERIOD_YESTERDAY}}};
	CHECK_INT(schedule_parse(slice_of(schedule), &entry.file.schedule, NULL), 0);
	/* Windows that differ from run to run, unless the row says otherwise. */
	if (slice_starts(slice_of(schedule), SLICE("every")))
		entry.file.period = (struct period){.kind = PERIOD_LAST_HOURS, .n = 1};
	entry.zone = zone_new_fixed(0, NULL);
	scene->agenda = (struct agenda){.entries = &entry, .n = 1};
	scene->slots = slots_new(&calls, catch_up, NULL);
	CHECK_INT(slots_load(scene->slots, &scene->agenda, now_ms, NULL), 0);
}

/* The process ends; what is remembered stays. */
static void scene_end(struct scene *scene)
{
	slots_free(scene->slots);
	zone_free(scene->agenda.entries[0].zone);
}

static void a_report_begins_when_it_is_first_seen(void)
{
	struct scene scene = {0};
	struct slots_run run;
	struct slots_verdict verdict;

	scene_start(&scene, "daily 13:00", 3, NOON);
	CHECK(!slots_next(scene.slots, NOON, &run));
	CHECK_INT(slots_due_ms(scene.slots), NOON + MS_PER_HOUR);
	CHECK(!slots_next(scene.slots, NOON + MS_PER_HOUR - 1, &run));
	CHECK(slots_next(scene.slots, NOON + MS_PER_HOUR, &run));
	CHECK_INT(run.slot.at_ms, NOON + MS_PER_HOUR);
	CHECK_INT(run.attempt, 1);
	/* One at a time. */
	CHECK(!slots_next(scene.slots, NOON + MS_PER_HOUR, &run));
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_SENT, NOON + MS_PER_HOUR, &verdict, NULL), 0);
	CHECK(verdict.is_over && !verdict.tells_owner);
	CHECK_INT(slots_due_ms(scene.slots), NOON + 25 * MS_PER_HOUR);
	scene_end(&scene);
}

static void what_was_missed_is_made_up_for_newest_first(void)
{
	struct scene scene = {0};
	struct slots_run run;
	struct slots_verdict verdict;
	const int64_t later_ms = NOON + 10 * MS_PER_HOUR;

	scene_start(&scene, "every 60 min", 3, NOON);
	scene_end(&scene);
	/* The machine was off for ten hours. */
	scene_start(&scene, "every 60 min", 3, later_ms);
	for (int i = 0; i < 3; i++) {
		CHECK(slots_next(scene.slots, later_ms, &run));
		CHECK_INT(run.slot.at_ms, later_ms - i * MS_PER_HOUR);
		CHECK(i > 0 || run.n_let_go > 0);
		CHECK_INT(slots_done(scene.slots, &run, SLOTS_SENT, later_ms, &verdict, NULL), 0);
	}
	CHECK(!slots_next(scene.slots, later_ms, &run));
	CHECK_INT(slots_due_ms(scene.slots), later_ms + MS_PER_HOUR);
	scene_end(&scene);
	/* Once. */
	scene_start(&scene, "every 60 min", 3, later_ms + 1);
	CHECK(!slots_next(scene.slots, later_ms + 1, &run));
	scene_end(&scene);
}

static void a_crash_amid_them_loses_none(void)
{
	struct scene scene = {0};
	struct slots_run run;
	struct slots_verdict verdict;
	const int64_t later_ms = NOON + 2 * MS_PER_HOUR;

	scene_start(&scene, "every 60 min", 3, NOON);
	scene_end(&scene);
	scene_start(&scene, "every 60 min", 3, later_ms);
	CHECK(slots_next(scene.slots, later_ms, &run));
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_SENT, later_ms, &verdict, NULL), 0);
	scene_end(&scene);
	scene_start(&scene, "every 60 min", 3, later_ms);
	CHECK(slots_next(scene.slots, later_ms, &run));
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_SENT, later_ms, &verdict, NULL), 0);
	CHECK(slots_next(scene.slots, later_ms, &run));
	CHECK_INT(run.slot.at_ms, later_ms - MS_PER_HOUR);
	scene_end(&scene);
}

static void runs_about_one_window_are_one_run(void)
{
	struct scene scene = {0};
	struct slots_run run;
	struct slots_verdict verdict;
	const int64_t later_ms = NOON + 3 * MS_PER_HOUR;

	/* Yesterday, at 13, 14 and 15 o'clock. */
	scene_start(&scene, "0 13-15 * * *", 3, NOON);
	CHECK(slots_next(scene.slots, later_ms, &run));
	CHECK_INT(run.slot.at_ms, later_ms);
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_SENT, later_ms, &verdict, NULL), 0);
	CHECK(!slots_next(scene.slots, later_ms, &run));
	scene_end(&scene);
}

static void a_failure_is_tried_again(void)
{
	static const int64_t waits_ms[] = {MS_PER_MINUTE, 5 * MS_PER_MINUTE, 15 * MS_PER_MINUTE};
	struct scene scene = {0};
	struct slots_run run;
	struct slots_verdict verdict;
	int64_t now_ms = NOON + MS_PER_HOUR;

	scene_start(&scene, "daily 13:00", 3, NOON);
	for (unsigned i = 0; i < 3; i++) {
		CHECK(slots_next(scene.slots, now_ms, &run));
		CHECK_INT(run.attempt, i + 1);
		CHECK_INT(slots_done(scene.slots, &run, SLOTS_FAILED, now_ms, &verdict, NULL), 0);
		CHECK(!verdict.is_over && !verdict.tells_owner);
		CHECK_INT(verdict.again_ms, now_ms + waits_ms[i]);
		CHECK_INT(slots_due_ms(scene.slots), now_ms + waits_ms[i]);
		CHECK(!slots_next(scene.slots, now_ms + waits_ms[i] - 1, &run));
		now_ms += waits_ms[i];
	}
	CHECK(slots_next(scene.slots, now_ms, &run));
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_FAILED, now_ms, &verdict, NULL), 0);
	CHECK(verdict.is_over && verdict.tells_owner);
	CHECK_INT(verdict.failures, 1);
	CHECK(!slots_next(scene.slots, now_ms, &run));
	scene_end(&scene);
}

/* Runs the report once a day, each with that outcome. */
static bool day(struct scene *scene, int n, enum slots_outcome outcome, struct slots_verdict *ret)
{
	const int64_t now_ms = NOON + MS_PER_HOUR + n * MS_PER_DAY;
	struct slots_run run;

	return CHECK(slots_next(scene->slots, now_ms, &run)) && CHECK_INT(slots_done(scene->slots, &run, outcome, now_ms, ret, NULL), 0);
}

static void the_owner_hears_of_it_and_not_every_day(void)
{
	static const struct {
		const char *name;
		enum slots_outcome outcome;
		bool tells[9];
	} rows[] = {
		{"failures", SLOTS_HOPELESS, {true, true, false, true, false, false, false, true, false}},
		{"skips", SLOTS_SKIPPED, {false, false, true, false, false, true, false, false, false}},
		{"all is well", SLOTS_SENT, {false}},
	};

	EACH (row, rows) {
		struct scene scene = {0};
		struct slots_verdict verdict = {0};

		tap_row(row->name);
		scene_start(&scene, "daily 13:00", 3, NOON);
		for (int i = 0; i < 9; i++)
			if (day(&scene, i, row->outcome, &verdict))
				CHECK_INT(verdict.tells_owner, row->tells[i]);
		CHECK(day(&scene, 9, SLOTS_SENT, &verdict));
		CHECK_INT(verdict.failures + verdict.skips, 0);
		scene_end(&scene);
	}
}

static void failures_are_counted_across_restarts(void)
{
	struct scene scene = {0};
	struct slots_verdict verdict = {0};

	scene_start(&scene, "daily 13:00", 3, NOON);
	CHECK(day(&scene, 0, SLOTS_HOPELESS, &verdict));
	scene_end(&scene);
	scene_start(&scene, "daily 13:00", 3, NOON + 2 * MS_PER_HOUR);
	CHECK(day(&scene, 1, SLOTS_HOPELESS, &verdict));
	CHECK_INT(verdict.failures, 2);
	scene_end(&scene);
}

static void clocks_that_jump_do_no_harm(void)
{
	struct scene scene = {0};
	struct slots_run run;
	struct slots_verdict verdict;
	const int64_t far_ms = NOON + 3650 * MS_PER_DAY;

	/* Ten years ahead, and back after a restart: what was remembered is not believed. */
	scene_start(&scene, "daily 13:00", 3, far_ms);
	scene_end(&scene);
	scene_start(&scene, "daily 13:00", 3, NOON);
	CHECK_INT(slots_due_ms(scene.slots), NOON + MS_PER_HOUR);
	scene_end(&scene);
	/* The same without a restart. */
	scene = (struct scene){0};
	scene_start(&scene, "daily 13:00", 3, far_ms);
	CHECK(slots_next(scene.slots, far_ms + MS_PER_DAY, &run));
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_FAILED, far_ms + MS_PER_DAY, &verdict, NULL), 0);
	CHECK(!slots_next(scene.slots, NOON, &run));
	CHECK_INT(slots_due_ms(scene.slots), NOON + MS_PER_HOUR);
	/* An hour back: nothing runs a second time. */
	CHECK(slots_next(scene.slots, NOON + MS_PER_HOUR, &run));
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_SENT, NOON + MS_PER_HOUR, &verdict, NULL), 0);
	scene_end(&scene);
	scene_start(&scene, "daily 13:00", 3, NOON);
	CHECK(!slots_next(scene.slots, NOON + MS_PER_HOUR, &run));
	scene_end(&scene);
}

static void a_report_that_is_gone_runs_no_more(void)
{
	struct scene scene = {0};
	const struct agenda none = {0};
	struct slots_run run;
	struct slots_verdict verdict;

	scene_start(&scene, "daily 13:00", 3, NOON);
	CHECK(slots_next(scene.slots, NOON + MS_PER_HOUR, &run));
	/* While it runs, too. */
	CHECK_INT(slots_load(scene.slots, &none, NOON + MS_PER_HOUR, NULL), 0);
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_FAILED, NOON + MS_PER_HOUR, &verdict, NULL), 0);
	CHECK(!slots_next(scene.slots, NOON + 2 * MS_PER_DAY, &run));
	CHECK_INT(slots_due_ms(scene.slots), INT64_MAX);
	scene_end(&scene);
}

static void a_schedule_that_has_changed_has_other_runs(void)
{
	struct scene scene = {0};
	struct slots_run run;
	struct slots_verdict verdict;
	const int64_t two_ms = NOON + 2 * MS_PER_HOUR;

	/* 13:00 failed and waits; 14:00 has come. */
	scene_start(&scene, "every 60 min", 3, NOON);
	CHECK(slots_next(scene.slots, NOON + MS_PER_HOUR, &run));
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_FAILED, two_ms, &verdict, NULL), 0);
	CHECK(slots_next(scene.slots, two_ms, &run));
	CHECK_INT(run.slot.at_ms, two_ms);
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_FAILED, two_ms, &verdict, NULL), 0);
	/* From now on it runs at even hours. */
	CHECK_INT(schedule_parse(SLICE("0 */2 * * *"), &scene.agenda.entries[0].file.schedule, NULL), 0);
	CHECK_INT(slots_load(scene.slots, &scene.agenda, two_ms, NULL), 0);
	CHECK(slots_next(scene.slots, two_ms + MS_PER_MINUTE, &run));
	CHECK_INT(run.slot.at_ms, two_ms);
	CHECK_INT(run.attempt, 2);
	CHECK_INT(run.n_let_go, 1);
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_SENT, two_ms + MS_PER_MINUTE, &verdict, NULL), 0);
	CHECK(!slots_next(scene.slots, two_ms + MS_PER_HOUR, &run));
	CHECK_INT(slots_due_ms(scene.slots), NOON + 4 * MS_PER_HOUR);
	scene_end(&scene);
}

static void a_memory_that_fails_is_told(void)
{
	struct scene scene = {0};
	struct slots_run run;
	struct slots_verdict verdict = {0};
	courant_error *err = NULL;

	scene_start(&scene, "daily 13:00", 3, NOON);
	CHECK(slots_next(scene.slots, NOON + MS_PER_HOUR, &run));
	scene.memory.is_broken = true;
	CHECK_INT(slots_done(scene.slots, &run, SLOTS_SENT, NOON + MS_PER_HOUR, &verdict, &err), -1);
	CHECK_ERROR(err, COURANT_IO, "disk full");
	CHECK(verdict.is_over);
	scene_end(&scene);
}

TESTS(TEST(a_report_begins_when_it_is_first_seen), TEST(what_was_missed_is_made_up_for_newest_first), TEST(a_crash_amid_them_loses_none),
      TEST(runs_about_one_window_are_one_run), TEST(a_failure_is_tried_again), TEST(the_owner_hears_of_it_and_not_every_day),
      TEST(failures_are_counted_across_restarts), TEST(clocks_that_jump_do_no_harm), TEST(a_report_that_is_gone_runs_no_more),
      TEST(a_schedule_that_has_changed_has_other_runs), TEST(a_memory_that_fails_is_told))
