/* SPDX-License-Identifier: MIT */
/* tally_join.c - adding the figures of two tallies that have no address in common (tally_join)
 *
 * So no visitor is in both, and visitors of whatever are sums. A path's number here is noted in the other's record, once its figures have been added. */
#include "base/alloc.h"
#include "weblog/tally.h"

/* The value here of a key of the other's. */
static void *value_here(struct keys *here, uint64_t seed, slice key, uint32_t *ret_ref, courant_error **err)
{
	bool is_new;

	*ret_ref = keys_add(here, keys_hash(key, seed), key, &is_new);
	if (*ret_ref == KEYS_NONE) {
		(void)fail_memory(err);
		return NULL;
	}
	return keys_value(here, *ret_ref);
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
	for (uint32_t ref = KEYS_NONE, here; keys_next(&other->paths, &ref);) {
		struct tally_path *from = keys_value(&other->paths, ref);
		struct tally_path *path = value_here(&tally->paths, tally->seed, keys_key(&other->paths, ref), &here, err);

		if (!path)
			return -1;
		path->is_file = from->is_file;
		path->is_robots_txt = from->is_robots_txt;
		path->hits += from->hits;
		path->bytes += from->bytes;
		path->views += from->views;
		path->view_bytes += from->view_bytes;
		path->not_found += from->not_found;
		path->errors_5xx += from->errors_5xx;
		path->visitors += from->visitors;
		if (join_durations(path, from) < 0)
			return fail_memory(err);
		from->hits = here;
	}
	return 0;
}

static int join_not_found(struct tally *tally, const struct tally *other, courant_error **err)
{
	for (uint32_t ref = KEYS_NONE, here; keys_next(&other->not_found, &ref);) {
		const slice key = keys_key(&other->not_found, ref);
		uint32_t path;
		slice moved;

		memcpy(&path, key.ptr, sizeof path);
		path = (uint32_t)((const struct tally_path *)keys_value(&other->paths, path))->hits;
		buffer_cut(&tally->scratch, 0);
		buffer_append(&tally->scratch, slice_from((const char *)&path, sizeof path));
		buffer_append(&tally->scratch, slice_after(key, sizeof path));
		if (buffer_slice(&tally->scratch, &moved, err) < 0)
			return -1;

		uint64_t *hits = value_here(&tally->not_found, tally->seed, moved, &here, err);

		if (!hits)
			return -1;
		*hits += *(const uint64_t *)keys_value(&other->not_found, ref);
	}
	return 0;
}

static int join_names(struct tally *tally, const struct tally *other, courant_error **err)
{
	uint32_t here;

	for (uint32_t ref = KEYS_NONE; keys_next(&other->methods, &ref);) {
		const struct tally_count *from = keys_value(&other->methods, ref);
		struct tally_count *method = value_here(&tally->methods, tally->seed, keys_key(&other->methods, ref), &here, err);

		if (!method)
			return -1;
		method->hits += from->hits;
		method->bytes += from->bytes;
	}
	for (uint32_t ref = KEYS_NONE; keys_next(&other->sites, &ref);) {
		const struct tally_site *from = keys_value(&other->sites, ref);
		struct tally_site *site = value_here(&tally->sites, tally->seed, keys_key(&other->sites, ref), &here, err);

		if (!site)
			return -1;
		site->hits += from->hits;
		site->visitors += from->visitors;
	}
	for (uint32_t ref = KEYS_NONE; keys_next(&other->hosts, &ref);) {
		const struct tally_host *from = keys_value(&other->hosts, ref);
		struct tally_host *host = value_here(&tally->hosts, tally->seed, keys_key(&other->hosts, ref), &here, err);

		if (!host)
			return -1;
		host->hits += from->hits;
		host->visitors += from->visitors;
		host->bytes += from->bytes;
	}
	return 0;
}

int tally_join(struct tally *tally, struct tally *other, courant_error **err)
{
	join_totals(tally, other);
	return join_hours(tally, other, err) < 0 || join_days(tally, other, err) < 0 || join_agents(tally, other, err) < 0 ||
			       join_paths(tally, other, err) < 0 || join_not_found(tally, other, err) < 0 || join_names(tally, other, err) < 0
		       ? -1
		       : 0;
}
