/* SPDX-License-Identifier: MIT */
/* slots.c - the rules of slots.h */
#include "serve/slots.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/num.h"

/* A slot that is so far ahead, remembered or seen, comes from a clock that was wrong. */
#define AHEAD_MAX_MS MS_PER_DAY

static const int64_t retry_ms[] = {MS_PER_MINUTE, 5 * MS_PER_MINUTE, 15 * MS_PER_MINUTE};
#define ATTEMPTS_MAX (sizeof retry_ms / sizeof *retry_ms + 1)

struct waiting {
	struct schedule_slot slot;
	unsigned attempts; /* that are over */
	int64_t not_before_ms;
};

struct report {
	char *path;
	const struct agenda_entry *entry; /* NULL: it is gone */
	int64_t seen_ms;                  /* slots up to here are waiting, or done */
	int64_t next_ms;                  /* the first one behind it; INT64_MAX: none */
	struct waiting *waiting;          /* newest first */
	size_t n_waiting;
	unsigned n_let_go;
	bool is_under_way;
	unsigned failures, skips;
};

struct slots {
	struct slots_memory memory;
	unsigned catch_up;
	struct report *reports;
	size_t n;
};

struct slots *slots_new(const struct slots_memory *memory, unsigned catch_up, courant_error **err)
{
	struct slots *slots = mem_alloc(sizeof *slots);

	if (!slots) {
		(void)fail_memory(err);
		return NULL;
	}
	slots->memory = *memory;
	slots->catch_up = catch_up < 1 ? 1 : catch_up > SLOTS_CATCH_UP_MAX ? SLOTS_CATCH_UP_MAX : catch_up;
	return slots;
}

void slots_free(struct slots *slots)
{
	if (!slots)
		return;
	for (size_t i = 0; i < slots->n; i++) {
		free(slots->reports[i].path);
		free(slots->reports[i].waiting);
	}
	free(slots->reports);
	free(slots);
}

/* ---- what outlives the process: "INSTANT FAILURES SKIPS" ---- */

static int write_name(struct buffer *name, const struct report *report, courant_error **err)
{
	buffer_printf(name, "slot %s", report->path);
	return buffer_check(name, err);
}

static int remember(struct slots *slots, struct report *report, courant_error **err)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(8192);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(100);

	buffer_printf(&text, "%lld %u %u", (long long)report->seen_ms, report->failures, report->skips);
	return write_name(&name, report, err) < 0 || buffer_check(&text, err) < 0 ? -1
										    : slots->memory.remember(slots->memory.context, name.bytes, text.bytes, err);
}

static bool read_number(slice *rest, uint64_t max, uint64_t *ret)
{
	slice word;

	return slice_next(rest, ' ', &word) && num_parse_range(word, 0, max, ret);
}

/* A report that is new begins now. */
static int recall(struct slots *slots, struct report *report, int64_t now_ms, courant_error **err)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(8192);
	AUTO(free) char *text = NULL;
	uint64_t seen_ms, failures, skips;

	if (write_name(&name, report, err) < 0)
		return -1;

	const int found = slots->memory.recall(slots->memory.context, name.bytes, &text, err);

	if (found < 0)
		return -1;

	slice rest = slice_of(text);

	if (found && read_number(&rest, INT64_MAX, &seen_ms) && read_number(&rest, 1000000, &failures) && read_number(&rest, 1000000, &skips) &&
	    (int64_t)seen_ms <= now_ms + AHEAD_MAX_MS) {
		report->seen_ms = (int64_t)seen_ms;
		report->failures = (unsigned)failures;
		report->skips = (unsigned)skips;
		return 0;
	}
	report->seen_ms = now_ms;
	return remember(slots, report, err);
}

/* ---- loading ---- */

static struct report *find(struct slots *slots, const char *path)
{
	for (size_t i = 0; i < slots->n; i++)
		if (strcmp(slots->reports[i].path, path) == 0)
			return &slots->reports[i];
	return NULL;
}

static struct report *add(struct slots *slots, const char *path, int64_t now_ms, courant_error **err)
{
	AUTO(free) char *copy = mem_copy_text(path);
	AUTO(free) struct waiting *waiting = mem_array(slots->catch_up, sizeof *waiting);
	struct report *grown = copy && waiting ? mem_resize(slots->reports, slots->n + 1, sizeof *grown) : NULL;

	if (!grown) {
		(void)fail_memory(err);
		return NULL;
	}
	slots->reports = grown;

	struct report *report = &grown[slots->n];

	*report = (struct report){.path = copy, .waiting = waiting};
	if (recall(slots, report, now_ms, err) < 0)
		return NULL;
	copy = NULL;
	waiting = NULL;
	slots->n++;
	return report;
}

static void find_next(struct report *report)
{
	struct schedule_slot slot;
	const struct agenda_entry *entry = report->entry;

	report->next_ms = entry && schedule_next(&entry->file.schedule, &entry->file.period, entry->zone, report->seen_ms, &slot) ? slot.at_ms : INT64_MAX;
}

/* A schedule that has changed has other runs: what waits and is none of them is let go, and the others may be about another window. */
static void keep_runs(struct report *report)
{
	const struct agenda_entry *entry = report->entry;
	size_t n = 0;

	for (size_t i = 0; entry && i < report->n_waiting; i++) {
		struct waiting waiting = report->waiting[i];
		const int64_t at_ms = waiting.slot.at_ms;

		if (schedule_previous(&entry->file.schedule, &entry->file.period, entry->zone, at_ms + 1, &waiting.slot) && waiting.slot.at_ms == at_ms)
			report->waiting[n++] = waiting;
		else
			report->n_let_go++;
	}
	report->n_waiting = entry ? n : report->n_waiting;
}

int slots_load(struct slots *slots, const struct agenda *agenda, int64_t now_ms, courant_error **err)
{
	for (size_t i = 0; i < slots->n; i++)
		slots->reports[i].entry = NULL;
	for (size_t i = 0; i < agenda->n; i++) {
		struct report *report = find(slots, agenda->entries[i].path);

		if (!report && !(report = add(slots, agenda->entries[i].path, now_ms, err)))
			return -1;
		report->entry = &agenda->entries[i];
	}
	for (size_t i = 0; i < slots->n; i++) {
		keep_runs(&slots->reports[i]);
		find_next(&slots->reports[i]);
	}
	return 0;
}

/* ---- running ---- */

static bool is_same_report(const struct schedule_slot *a, const struct schedule_slot *b, const struct agenda_entry *entry)
{
	const struct window first = schedule_identity(a, &entry->file.period), second = schedule_identity(b, &entry->file.period);

	return first.from_ms == second.from_ms && first.to_ms == second.to_ms;
}

/* Puts the slot in front of those that wait. One about the same window as an older one takes its place; over the limit the oldest is let go. */
static void put_in_front(struct slots *slots, struct report *report, const struct schedule_slot *slot)
{
	size_t n = report->n_waiting;

	if (n > 0 && is_same_report(&report->waiting[0].slot, slot, report->entry)) {
		report->waiting[0] = (struct waiting){.slot = *slot};
		return;
	}
	if (n == slots->catch_up) {
		report->n_let_go++;
		n--;
	}
	memmove(&report->waiting[1], &report->waiting[0], n * sizeof *report->waiting);
	report->waiting[0] = (struct waiting){.slot = *slot};
	report->n_waiting = n + 1;
}

/* The clock was ahead and has been set right: what was seen, and what waits, of a time that is yet to come is no more. */
static void come_back(struct report *report, int64_t now_ms)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n_waiting; i++) {
		struct waiting waiting = report->waiting[i];

		if (waiting.slot.at_ms > now_ms)
			continue;
		waiting.not_before_ms = now_ms;
		report->waiting[n++] = waiting;
	}
	report->n_waiting = n;
	report->seen_ms = now_ms;
	find_next(report);
}

/* What has come due joins what waits. Only the newest ones of a long sleep are looked at. */
static void take_due(struct slots *slots, struct report *report, int64_t now_ms)
{
	struct schedule_slot missed[SLOTS_CATCH_UP_MAX + 1];
	const struct agenda_entry *entry = report->entry;

	if (report->seen_ms > now_ms + AHEAD_MAX_MS)
		come_back(report, now_ms);
	if (now_ms < report->next_ms || !entry)
		return;

	const size_t limit = slots->catch_up + 1;
	const size_t n = schedule_missed(&entry->file.schedule, &entry->file.period, entry->zone, report->seen_ms, now_ms, missed, limit);

	for (size_t i = n; i-- > 0;)
		put_in_front(slots, report, &missed[i]);
	report->seen_ms = n > 0 ? missed[0].at_ms : now_ms;
	find_next(report);
}

bool slots_next(struct slots *slots, int64_t now_ms, struct slots_run *ret)
{
	for (size_t i = 0; i < slots->n; i++) {
		struct report *report = &slots->reports[i];

		take_due(slots, report, now_ms);
		for (size_t k = 0; k < report->n_waiting && !report->is_under_way && report->entry; k++) {
			const struct waiting *waiting = &report->waiting[k];

			if (waiting->not_before_ms > now_ms)
				continue;
			*ret = (struct slots_run){
				.path = report->path, .slot = waiting->slot, .attempt = waiting->attempts + 1, .n_let_go = report->n_let_go};
			report->n_let_go = 0;
			report->is_under_way = true;
			return true;
		}
	}
	return false;
}

static struct waiting *find_waiting(struct report *report, const struct schedule_slot *slot)
{
	for (size_t i = 0; i < report->n_waiting; i++)
		if (report->waiting[i].slot.at_ms == slot->at_ms)
			return &report->waiting[i];
	return NULL;
}

static void remove_waiting(struct report *report, const struct waiting *waiting)
{
	const size_t at = (size_t)(waiting - report->waiting);

	memmove(&report->waiting[at], &report->waiting[at + 1], (report->n_waiting - at - 1) * sizeof *waiting);
	report->n_waiting--;
}

static bool is_power_of_two(unsigned n)
{
	return n > 0 && (n & (n - 1)) == 0;
}

static void judge(struct report *report, enum slots_outcome outcome, struct slots_verdict *ret)
{
	const bool has_failed = outcome == SLOTS_FAILED || outcome == SLOTS_HOPELESS;

	report->failures = has_failed ? report->failures + 1 : 0;
	report->skips = outcome == SLOTS_SKIPPED ? report->skips + 1 : 0;
	*ret = (struct slots_verdict){
		.is_over = true,
		.tells_owner = is_power_of_two(report->failures) || (report->skips % 3 == 0 && is_power_of_two(report->skips / 3)),
		.failures = report->failures,
		.skips = report->skips,
	};
}

int slots_done(struct slots *slots, const struct slots_run *run, enum slots_outcome outcome, int64_t now_ms, struct slots_verdict *ret, courant_error **err)
{
	struct report *report = find(slots, run->path);
	struct waiting *waiting = find_waiting(report, &run->slot);

	report->is_under_way = false;
	if (waiting && outcome == SLOTS_FAILED && ++waiting->attempts < ATTEMPTS_MAX) {
		waiting->not_before_ms = now_ms + retry_ms[waiting->attempts - 1];
		*ret = (struct slots_verdict){.again_ms = waiting->not_before_ms, .failures = report->failures, .skips = report->skips};
		return 0;
	}
	if (waiting)
		remove_waiting(report, waiting);
	judge(report, outcome, ret);
	return report->n_waiting == 0 ? remember(slots, report, err) : 0;
}

const char *slots_failing(const struct slots *slots, size_t nth, unsigned *ret_failures)
{
	for (size_t i = 0; i < slots->n; i++) {
		const struct report *report = &slots->reports[i];

		if (!report->entry || report->failures == 0 || nth-- > 0)
			continue;
		*ret_failures = report->failures;
		return report->path;
	}
	return NULL;
}

int64_t slots_due_ms(const struct slots *slots)
{
	int64_t first_ms = INT64_MAX;

	for (size_t i = 0; i < slots->n; i++) {
		const struct report *report = &slots->reports[i];

		if (report->next_ms < first_ms)
			first_ms = report->next_ms;
		for (size_t k = 0; k < report->n_waiting && !report->is_under_way && report->entry; k++)
			if (report->waiting[k].not_before_ms < first_ms)
				first_ms = report->waiting[k].not_before_ms;
	}
	return first_ms;
}
#undef ATTEMPTS_MAX
