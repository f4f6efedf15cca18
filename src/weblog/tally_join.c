/* SPDX-License-Identifier: MIT */
/* tally_join.c - adding the figures of two tallies that have no address in common (tally_join)
 *
 * So no visitor is in both, and visitors of whatever are sums. A path's number here is noted in the other's record, once its figures have been added. */
#include "base/alloc.h"
#include "weblog/tally.h"

/* The value here of the key whose reference the other has, with its hits and visitors added; NULL: no memory. */
static void *join_key(struct tally *tally, const struct tally *other, enum tally_kind kind, uint32_t ref, uint32_t *ret_here, courant_error **err)
{
	const struct tally_key *from = tally_value(other, kind, ref);
	const slice key = keys_key(&other->tables[kind].keys, ref);
	bool is_new;
	struct tally_key *here = tally_add_key(tally, kind, keys_hash(key, tally->seed), key, ret_here, &is_new, err);

	if (!here)
		return NULL;
	here->hits += from->hits;
	here->visitors += from->visitors;
	return here;
}

static void join_totals(struct tally *tally, const struct tally *other)
{
	if (other->hits && (!tally->hits || other->first_s < tally->first_s))
		tally->first_s = other->first_s;
	if (other->hits && (!tally->hits || other->last_s > tally->last_s))
		tally->last_s = other->last_s;
	tally->hits += other->hits;
	tally->bytes += other->bytes;
	tally->page_views += other->page_views;
	tally->robot_hits += other->robot_hits;
	tally->errors_4xx += other->errors_4xx;
	tally->errors_5xx += other->errors_5xx;
	tally->n_addresses += other->n_addresses;
	tally->n_visitors += other->n_visitors;
	tally->n_known += other->n_known;
	tally->bound.is_thinned |= other->bound.is_thinned;
	tally->visits += other->visits;
	tally->robots_txt.hits += other->robots_txt.hits;
	tally->robots_txt.bytes += other->robots_txt.bytes;
	for (size_t i = 0; i < sizeof tally->status / sizeof *tally->status; i++) {
		tally->status[i].hits += other->status[i].hits;
		tally->status[i].bytes += other->status[i].bytes;
	}
}

static int join_hours(struct tally *tally, const struct tally *other, courant_error **err)
{
	for (size_t i = 0; i < other->n_hours; i++) {
		const struct tally_hour *from = &other->hours[i];

		if (tally_find_hour(tally, from->from_s, err) < 0)
			return -1;

		struct tally_hour *hour = &tally->hours[tally->current_hour];

		hour->hits += from->hits;
		hour->page_views += from->page_views;
		hour->bytes += from->bytes;
		hour->errors_4xx += from->errors_4xx;
		hour->errors_5xx += from->errors_5xx;
		hour->visitors += from->visitors;
		hour->visits += from->visits;
		for (size_t k = 0; k < sizeof hour->seconds / sizeof *hour->seconds; k++)
			hour->seconds[k] |= from->seconds[k];
		if (histogram_join(&hour->durations, &from->durations) < 0)
			return fail_memory(err);
	}
	return 0;
}

static void add_day(struct tally_day *day, const struct tally_day *other)
{
	day->from_s = other->from_s;
	day->hits += other->hits;
	day->page_views += other->page_views;
	day->bytes += other->bytes;
	day->errors_4xx += other->errors_4xx;
	day->errors_5xx += other->errors_5xx;
	day->visitors += other->visitors;
	day->visits += other->visits;
}

/* Both are in the order of time. */
static int join_days(struct tally *tally, const struct tally *other, courant_error **err)
{
	struct tally_day *days = mem_array(tally->n_days + other->n_days + 1, sizeof *days);
	size_t n = 0;

	if (!days)
		return fail_memory(err);
	for (size_t i = 0, k = 0; i < tally->n_days || k < other->n_days; n++) {
		const bool is_here = i < tally->n_days && (k == other->n_days || tally->days[i].from_s <= other->days[k].from_s);
		const bool is_there = k < other->n_days && (!is_here || other->days[k].from_s == tally->days[i].from_s);

		if (is_here)
			add_day(&days[n], &tally->days[i++]);
		if (is_there)
			add_day(&days[n], &other->days[k++]);
	}
	free(tally->days);
	tally->days = days;
	tally->n_days = n;
	return 0;
}

static int join_agents(struct tally *tally, const struct tally *other, courant_error **err)
{
	if (other->n_agents && tally_reach_agent(tally, (uint32_t)other->n_agents - 1, err) < 0)
		return -1;
	for (size_t i = 0; i < other->n_agents; i++) {
		tally->by_agent[i].hits += other->by_agent[i].hits;
		tally->by_agent[i].bytes += other->by_agent[i].bytes;
		tally->by_agent[i].visitors += other->by_agent[i].visitors;
	}
	return 0;
}

static int join_durations(struct tally_path *path, struct tally_path *from)
{
	if (!path->durations) {
		path->durations = STEAL(from->durations);
		return 0;
	}
	return from->durations ? histogram_join(path->durations, from->durations) : 0;
}

static int join_paths(struct tally *tally, struct tally *other, courant_error **err)
{
	for (uint32_t ref = KEYS_NONE, here; keys_next(&other->tables[TALLY_PATHS].keys, &ref);) {
		struct tally_path *from = tally_value(other, TALLY_PATHS, ref);
		struct tally_path *path = join_key(tally, other, TALLY_PATHS, ref, &here, err);

		if (!path)
			return -1;
		path->is_file = from->is_file;
		path->is_robots_txt = from->is_robots_txt;
		path->bytes += from->bytes;
		path->views += from->views;
		path->view_bytes += from->view_bytes;
		path->not_found += from->not_found;
		path->errors_5xx += from->errors_5xx;
		if (join_durations(path, from) < 0)
			return fail_memory(err);
		from->key.hits = here;
	}
	return 0;
}

static int join_not_found(struct tally *tally, const struct tally *other, courant_error **err)
{
	const struct keys *keys = &other->tables[TALLY_NOT_FOUND].keys;

	for (uint32_t ref = KEYS_NONE; keys_next(keys, &ref);) {
		const struct not_found pair = not_found_of(keys_key(keys, ref));
		const struct tally_path *path = tally_value(other, TALLY_PATHS, pair.path);
		const uint64_t hits = ((const struct tally_key *)keys_value(keys, ref))->hits;

		if (tally_add_not_found(tally, (uint32_t)path->key.hits, keys_key(&other->referrers, pair.referrer), hits, err) < 0)
			return -1;
	}
	return 0;
}

static int join_names(struct tally *tally, const struct tally *other, enum tally_kind kind, courant_error **err)
{
	for (uint32_t ref = KEYS_NONE, here; keys_next(&other->tables[kind].keys, &ref);) {
		struct tally_name *name = join_key(tally, other, kind, ref, &here, err);

		if (!name)
			return -1;
		name->bytes += ((const struct tally_name *)tally_value(other, kind, ref))->bytes;
	}
	return 0;
}

static int join_sites(struct tally *tally, const struct tally *other, courant_error **err)
{
	for (uint32_t ref = KEYS_NONE, here; keys_next(&other->tables[TALLY_SITES].keys, &ref);)
		if (!join_key(tally, other, TALLY_SITES, ref, &here, err))
			return -1;
	return 0;
}

int tally_join(struct tally *tally, struct tally *other, courant_error **err)
{
	join_totals(tally, other);
	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		tally->tables[kind].missed_elsewhere += other->tables[kind].missed + other->tables[kind].missed_elsewhere;
	return join_hours(tally, other, err) < 0 || join_days(tally, other, err) < 0 || join_agents(tally, other, err) < 0 ||
			       join_paths(tally, other, err) < 0 || join_not_found(tally, other, err) < 0 || join_sites(tally, other, err) < 0 ||
			       join_names(tally, other, TALLY_HOSTS, err) < 0 || join_names(tally, other, TALLY_METHODS, err) < 0
		       ? -1
		       : 0;
}
