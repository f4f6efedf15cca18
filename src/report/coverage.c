/* SPDX-License-Identifier: MIT */
/* coverage.c - whether the log holds the whole window
 *
 * A log does not say what it lacks; silence does. A silence counts as missing log when so many hits were to be expected in it that none
 * at all is no chance. What is to be expected: with a comparison, the hits of the same hours there, scaled down when the rest of the
 * period was quieter. Without one, nights and missing hours look alike inside the log; only where the input itself begins inside the
 * window (a log that was just rotated) or ends inside it is the pace at that edge the measure, and only when it is that of a busy hour. */
#include "report/figures.h"

#define SILENCE_LEAST_MS    (30 * MS_PER_MINUTE)
#define SILENCE_EDGE_MS     MS_PER_HOUR /* without a comparison */
#define EXPECTED_LEAST      20.0        /* the chance of none at all: e^-20 */
#define EXPECTED_EDGE       50.0
#define PACE_OF_A_BUSY_HOUR 0.5 /* of the average: what begins at such a pace has not just begun */

/* Which of the two windows is looked at; the other one says what was to be expected. */
enum looked_at { LOOK_AT_NOW, LOOK_AT_FORMER };

static uint64_t own_hits(const struct slot *slot, enum looked_at at)
{
	return at == LOOK_AT_NOW ? slot->hits : slot->former_hits;
}

static uint64_t other_hits(const struct slot *slot, enum looked_at at)
{
	return at == LOOK_AT_NOW ? slot->former_hits : slot->hits;
}

/* Hits to be expected in the silence, which is given in instants of the present window. */
static double expected_by_other(const struct figures *figures, const struct window *silence,
                                enum looked_at at)
{
	double expected = 0, own_outside = 0, other_outside = 0;

	for (size_t i = 0; i < figures->n_slots; i++) {
		const struct slot *slot = &figures->slots[i];
		const int64_t from_ms =
		        slot->from_ms > silence->from_ms ? slot->from_ms : silence->from_ms;
		const int64_t to_ms = slot->to_ms < silence->to_ms ? slot->to_ms : silence->to_ms;
		const double inside =
		        to_ms > from_ms
		                ? (double)(to_ms - from_ms) / (double)(slot->to_ms - slot->from_ms)
		                : 0;

		expected += inside * (double)other_hits(slot, at);
		other_outside += (1 - inside) * (double)other_hits(slot, at);
		own_outside += (double)own_hits(slot, at);
	}
	return own_outside < other_outside ? expected * own_outside / other_outside : expected;
}

/* Hits in an hour at the pace of the first (or last) slot that has some, and whether that is a busy hour's. */
static bool edge_pace(const struct figures *figures, const struct window *silence, bool is_head,
                      double *ret_per_ms)
{
	const struct side *now = &figures->now;
	const int64_t lit_ms = figures->window.to_ms - figures->window.from_ms -
	                       (silence->to_ms - silence->from_ms);
	const double average = lit_ms > 0 ? (double)now->hits / (double)lit_ms : 0;

	for (size_t k = 0; k < figures->n_slots; k++) {
		const struct slot *slot = &figures->slots[is_head ? k : figures->n_slots - 1 - k];
		const int64_t from_ms =
		        slot->from_ms > now->first_ms ? slot->from_ms : now->first_ms;
		const int64_t to_ms = slot->to_ms < now->last_ms ? slot->to_ms : now->last_ms;

		/* A few minutes of an hour say too little about its pace. */
		if (slot->hits == 0 || to_ms - from_ms < 15 * MS_PER_MINUTE)
			continue;
		*ret_per_ms = (double)slot->hits / (double)(to_ms - from_ms);
		return *ret_per_ms >= PACE_OF_A_BUSY_HOUR * average;
	}
	return false;
}

static bool is_missing_edge(const struct figures *figures, const struct window *silence,
                            bool is_head)
{
	double per_ms;

	return silence->to_ms - silence->from_ms >= SILENCE_EDGE_MS &&
	       edge_pace(figures, silence, is_head, &per_ms) &&
	       per_ms * (double)(silence->to_ms - silence->from_ms) >= EXPECTED_EDGE;
}

static bool is_missing_by_other(const struct figures *figures, const struct window *silence,
                                enum looked_at at)
{
	return silence->to_ms - silence->from_ms >= SILENCE_LEAST_MS &&
	       expected_by_other(figures, silence, at) >= EXPECTED_LEAST;
}

static int64_t length(const struct window *window)
{
	return window->to_ms - window->from_ms;
}

/* Before the first hit, the longest inside, after the last one. */
static void silences(const struct figures *figures, struct window ret[3])
{
	const struct side *now = &figures->now;
	const int64_t end_ms =
	        figures->now_ms < figures->window.to_ms && figures->now_ms > figures->window.from_ms
	                ? figures->now_ms
	                : figures->window.to_ms;

	ret[0] = (struct window){figures->window.from_ms, now->first_ms};
	ret[1] = (struct window){now->gap_from_ms, now->gap_from_ms + now->gap_ms};
	ret[2] = (struct window){now->last_ms, end_ms};
}

/* The same of the former window, where they would be in the present one: a day whose clocks change is an hour longer or shorter than
 * the one it is compared with, which is no silence. */
static void former_silences(const struct figures *figures, const struct zone *zone,
                            struct window ret[3])
{
	const struct side *former = &figures->former;

	ret[0] = (struct window){figures->window.from_ms,
	                         figures_move(figures, zone, former->first_ms)};
	ret[1] = (struct window){
	        figures_move(figures, zone, former->gap_from_ms),
	        figures_move(figures, zone, former->gap_from_ms + former->gap_ms)};
	ret[2] = (struct window){figures_move(figures, zone, former->last_ms),
	                         figures->window.to_ms};
}

static bool find_missing(const struct figures *figures, bool by_other, struct window *ret)
{
	struct window candidates[3];
	bool found = false;

	silences(figures, candidates);
	for (int i = 0; i < 3; i++) {
		const bool is_head = i == 0, is_edge = i != 1;
		/* Input before or after the window vouches for the edge: it was silent there. */
		const bool is_input_edge = is_head ? figures->all_first_ms == figures->now.first_ms
		                                   : figures->all_last_ms == figures->now.last_ms;
		const bool is_missing =
		        by_other ? is_missing_by_other(figures, &candidates[i], LOOK_AT_NOW)
		                 : is_edge && is_input_edge &&
		                           is_missing_edge(figures, &candidates[i], is_head);

		if (is_missing && (!found || length(&candidates[i]) > length(ret))) {
			*ret = candidates[i];
			found = true;
		}
	}
	return found;
}

static bool former_is_whole(const struct figures *figures, const struct zone *zone)
{
	struct window candidates[3];

	if (figures->former.hits == 0)
		return false;
	former_silences(figures, zone, candidates);
	for (int i = 0; i < 3; i++) {
		if (is_missing_by_other(figures, &candidates[i], LOOK_AT_FORMER))
			return false;
	}
	return true;
}

void figures_judge_coverage(struct figures *figures, const struct zone *zone)
{
	const bool has_both =
	        figures->wants_comparison && figures->now.hits > 0 && figures->former.hits > 0;

	figures->is_incomplete = false;
	figures->has_comparison = false;
	/* The edges of a whole log are its own first and last hit. */
	if (figures->now.hits == 0 || figures->is_whole_log)
		return;
	figures->is_incomplete = find_missing(figures, has_both, &figures->missing);
	figures->has_comparison = has_both && !figures->is_incomplete && former_is_whole(figures, zone);
}
