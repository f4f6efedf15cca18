/* SPDX-License-Identifier: MIT */
/* tally_join.c - adding the figures of two tallies (tally_join)
 *
 * The other's records are read once more each, after their figures have been added: so the place of a figure is taken for the number that the key has here. */
#include "base/alloc.h"
#include "weblog/tally.h"

/* Numbers of the other's agents and hours here. */
struct maps {
	uint32_t *agents, *hours;
};

static void maps_release(struct maps *maps)
{
	free(maps->agents);
	free(maps->hours);
}
AUTO_DEFINE_VALUE(maps, struct maps, maps_release)

/* The value here of a key of the other's. */
static void *value_here(struct keys *here, uint64_t seed, slice key, uint32_t *ret_ref, courant_error **err)
{
	bool is_new;

	*ret_ref = keys_add(here, keys_hash(key, seed), key, &is_new);
	if (*ret_ref > SEEN_REF_MAX) {
		(void)fail_memory(err);
		return NULL;
	}
	return keys_value(here, *ret_ref);
}

static int join_agents(struct tally *tally, const struct tally *other, uint32_t *map, courant_error **err)
{
	const size_t n = agents_count(other->agents);

	for (size_t i = 0; i < other->n_agents && i < n; i++) {
		const struct tally_agent *figures = &other->by_agent[i];

		if (!figures->hits)
			continue;

		const struct agent *agent = agents_adopt(tally->agents, other->agents, (uint32_t)i, err);

		if (!agent || tally_reach_agent(tally, agent->id, err) < 0)
			return -1;
		map[i] = agent->id;
		tally->by_agent[agent->id].hits += figures->hits;
		tally->by_agent[agent->id].bytes += figures->bytes;
	}
	return 0;
}

static int join_hours(struct tally *tally, const struct tally *other, uint32_t *map, courant_error **err)
{
	for (size_t i = 0; i < other->n_hours; i++) {
		const struct tally_hour *from = &other->hours[i];

		if (tally_find_hour(tally, from->from_s, err) < 0)
			return -1;

		struct tally_hour *hour = &tally->hours[tally->current_hour];

		map[i] = (uint32_t)tally->current_hour;
		hour->hits += from->hits;
		hour->page_views += from->page_views;
		hour->bytes += from->bytes;
		hour->errors_4xx += from->errors_4xx;
		hour->errors_5xx += from->errors_5xx;
		for (size_t k = 0; k < sizeof hour->seconds / sizeof *hour->seconds; k++)
			hour->seconds[k] |= from->seconds[k];
		if (histogram_join(&hour->durations, &from->durations) < 0)
			return fail_memory(err);
	}
	return 0;
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
	for (size_t i = 0; i < sizeof tally->status / sizeof *tally->status; i++) {
		tally->status[i].hits += other->status[i].hits;
		tally->status[i].bytes += other->status[i].bytes;
	}
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

static int join_names(struct tally *tally, struct tally *other, courant_error **err)
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
		struct tally_site *from = keys_value(&other->sites, ref);
		struct tally_site *site = value_here(&tally->sites, tally->seed, keys_key(&other->sites, ref), &here, err);

		if (!site)
			return -1;
		site->hits += from->hits;
		from->hits = here;
	}
	for (uint32_t ref = KEYS_NONE; keys_next(&other->hosts, &ref);) {
		struct tally_host *from = keys_value(&other->hosts, ref);
		struct tally_host *host = value_here(&tally->hosts, tally->seed, keys_key(&other->hosts, ref), &here, err);

		if (!host)
			return -1;
		host->hits += from->hits;
		host->bytes += from->bytes;
		from->hits = here;
	}
	for (uint32_t ref = KEYS_NONE; keys_next(&other->addresses, &ref);) {
		struct tally_address *from = keys_value(&other->addresses, ref);
		const size_t n = tally->addresses.n;
		struct tally_address *address = value_here(&tally->addresses, tally->seed, keys_key(&other->addresses, ref), &here, err);

		if (!address)
			return -1;
		if (tally->addresses.n > n)
			address->visitor = VISITOR_NONE;
		address->hits += from->hits;
		address->bytes += from->bytes;
		from->hits = here;
	}
	return 0;
}

/* ---- visitors ---- */

/* What the other's number of something seen is here, and where its visitors are counted. */
static uint32_t seen_here(struct tally *tally, const struct tally *other, uint32_t number, uint32_t **ret_path, uint64_t **ret_count)
{
	const enum seen_kind kind = (enum seen_kind)(number % SEEN_KINDS);
	const uint32_t ref = number / SEEN_KINDS - 1;
	uint32_t here = 0;

	*ret_path = NULL;
	*ret_count = NULL;
	switch (kind) {
	case SEEN_PATH:
		here = (uint32_t)((const struct tally_path *)keys_value(&other->paths, ref))->hits;
		*ret_path = &((struct tally_path *)keys_value(&tally->paths, here))->visitors;
		break;
	case SEEN_SITE:
		here = (uint32_t)((const struct tally_site *)keys_value(&other->sites, ref))->hits;
		*ret_count = &((struct tally_site *)keys_value(&tally->sites, here))->visitors;
		break;
	case SEEN_HOST:
	case SEEN_KINDS:
		here = (uint32_t)((const struct tally_host *)keys_value(&other->hosts, ref))->hits;
		*ret_count = &((struct tally_host *)keys_value(&tally->hosts, here))->visitors;
		break;
	}
	return seen_number(kind, here);
}

static int join_seen(struct tally *tally, const struct tally *other, struct visitor *visitor, const struct visitor *from,
		     courant_error **err)
{
	uint32_t number;

	for (size_t at = 0; visitors_next_seen(from, &at, &number);) {
		uint32_t *path;
		uint64_t *count;
		const int is_first = visitors_see(&tally->visitors, visitor, seen_here(tally, other, number, &path, &count));

		if (is_first < 0)
			return fail_memory(err);
		if (is_first && path)
			++*path;
		else if (is_first)
			++*count;
	}
	return 0;
}

static int join_visitor(struct tally *tally, const struct tally *other, const struct visitor *from, const struct maps *maps,
			struct visit_record *records, courant_error **err)
{
	const struct tally_address *from_address = keys_value(&other->addresses, from->address);
	const uint32_t ref = (uint32_t)from_address->hits, agent = maps->agents[from->agent];
	bool is_new;
	const uint32_t index = visitors_add(&tally->visitors, ref, agent, &is_new);

	if (index == VISITOR_NONE)
		return fail_memory(err);

	struct visitor *visitor = visitors_at(&tally->visitors, index);
	struct tally_address *address = keys_value(&tally->addresses, ref);
	const size_t n = visitors_count_hours(&other->visitors, from);

	address->visitors += is_new;
	tally->by_agent[agent].visitors += is_new;
	visitor->hits += from->hits;
	visitor->bytes += from->bytes;
	visitor->reads_robots_txt |= from->reads_robots_txt;
	visitors_list_hours(&other->visitors, from, records);
	for (size_t i = 0; i < n; i++)
		if (visitors_add_hour(&tally->visitors, visitor, maps->hours[records[i].hour], &records[i].intervals) < 0)
			return fail_memory(err);
	return join_seen(tally, other, visitor, from, err);
}

static int join_visitors(struct tally *tally, const struct tally *other, const struct maps *maps, courant_error **err)
{
	AUTO(free) struct visit_record *records = NULL;
	size_t space = 0;

	for (size_t i = 0; i < other->visitors.n; i++) {
		const struct visitor *from = visitors_at(&other->visitors, (uint32_t)i);
		const size_t n = visitors_count_hours(&other->visitors, from);

		if (n > space) {
			struct visit_record *grown = mem_resize(records, 2 * n, sizeof *records);

			if (!grown)
				return fail_memory(err);
			records = grown;
			space = 2 * n;
		}
		if (join_visitor(tally, other, from, maps, records, err) < 0)
			return -1;
	}
	return 0;
}

int tally_join(struct tally *tally, struct tally *other, courant_error **err)
{
	AUTO(maps) struct maps maps = {
		mem_array(agents_count(other->agents) + 1, sizeof(uint32_t)),
		mem_array(other->n_hours + 1, sizeof(uint32_t)),
	};

	if (!maps.agents || !maps.hours)
		return fail_memory(err);
	join_totals(tally, other);
	if (join_agents(tally, other, maps.agents, err) < 0 || join_hours(tally, other, maps.hours, err) < 0 ||
	    join_paths(tally, other, err) < 0 || join_not_found(tally, other, err) < 0 || join_names(tally, other, err) < 0)
		return -1;
	return join_visitors(tally, other, &maps, err);
}
