/* SPDX-License-Identifier: MIT */
/* tally.c - the figures of one window: beginning and end, hours, agents (tally.h); tally_count.c counts the hits */
#include "weblog/tally.h"

#include "base/alloc.h"
#include "weblog/address.h"

#define HOUR_S      3600
#define SCRATCH_MAX ((size_t)1 << 22)

static const size_t value_bytes[TALLY_KINDS] = {
	[TALLY_PATHS] = sizeof(struct tally_path),         [TALLY_SITES] = sizeof(struct tally_site),
	[TALLY_HOSTS] = sizeof(struct tally_name),         [TALLY_ADDRESSES] = offsetof(struct tally_address, visitor) + sizeof(uint32_t),
	[TALLY_METHODS] = sizeof(struct tally_name),       [TALLY_NOT_FOUND] = sizeof(struct tally_key),
};

void tally_init(struct tally *tally, const struct zone *zone, struct agents *agents, uint64_t seed)
{
	*tally = (struct tally){.zone = zone, .agents = agents, .seed = seed, .get = KEYS_NONE, .scratch = BUFFER_LIMIT(SCRATCH_MAX)};
	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		keys_init(&tally->tables[kind].keys, value_bytes[kind]);
	visitors_init(&tally->visitors);
}

void tally_release_durations(struct keys *paths)
{
	for (uint32_t ref = KEYS_NONE; keys_next(paths, &ref);) {
		struct tally_path *path = keys_value(paths, ref);

		if (path->durations)
			histogram_release(path->durations);
		free(path->durations);
	}
}

void tally_release(struct tally *tally)
{
	for (size_t i = 0; i < tally->n_hours; i++)
		histogram_release(&tally->hours[i].durations);
	tally_release_durations(&tally->tables[TALLY_PATHS].keys);
	free(tally->hours);
	free(tally->hour_order);
	free(tally->days);
	free(tally->by_agent);
	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		keys_release(&tally->tables[kind].keys);
	keys_release(&tally->referrers);
	visitors_release(&tally->visitors);
	free(tally->seen_keys.all);
	hyperloglog_release(&tally->bound.addresses);
	hyperloglog_release(&tally->bound.visitors);
	buffer_release(&tally->scratch);
}

/* ---- hours ---- */

/* The local hour that holds the instant, cut where the zone's offset changes: so none is longer than an hour. */
static void hour_limits(const struct zone *zone, int64_t time_s, int64_t *ret_from_s, int64_t *ret_to_s)
{
	struct zone_moment moment;

	zone_at(zone, time_s * MS_PER_SECOND, &moment);

	const int64_t local = time_s + moment.offset_s;
	const int64_t begin = local - ((local % HOUR_S) + HOUR_S) % HOUR_S;

	*ret_from_s = begin - moment.offset_s;
	*ret_to_s = *ret_from_s + HOUR_S;
	if (moment.from_ms > *ret_from_s * MS_PER_SECOND)
		*ret_from_s = moment.from_ms / MS_PER_SECOND;
	if (moment.to_ms / MS_PER_SECOND < *ret_to_s)
		*ret_to_s = moment.to_ms / MS_PER_SECOND;
}

/* Position in hour_order of the first hour that begins after the instant. */
static size_t hours_after(const struct tally *tally, int64_t time_s)
{
	size_t low = 0, high = tally->n_hours;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (tally->hours[tally->hour_order[middle]].from_s <= time_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int add_hour(struct tally *tally, size_t position, int64_t time_s, courant_error **err)
{
	if (tally->n_hours == tally->space_hours) {
		const size_t space = tally->space_hours ? 2 * tally->space_hours : 32;
		struct tally_hour *hours = mem_resize(tally->hours, space, sizeof *hours);

		if (!hours)
			return fail_memory(err);
		tally->hours = hours;

		uint32_t *order = mem_resize(tally->hour_order, space, sizeof *order);

		if (!order)
			return fail_memory(err);
		tally->hour_order = order;
		tally->space_hours = space;
	}

	struct tally_hour *hour = &tally->hours[tally->n_hours];

	*hour = (struct tally_hour){0};
	hour_limits(tally->zone, time_s, &hour->from_s, &hour->to_s);
	memmove(tally->hour_order + position + 1, tally->hour_order + position,
		(tally->n_hours - position) * sizeof *tally->hour_order);
	tally->hour_order[position] = (uint32_t)tally->n_hours;
	tally->current_hour = tally->n_hours++;
	return 0;
}

/* Makes the hour of the instant the current one. */
int tally_find_hour(struct tally *tally, int64_t time_s, courant_error **err)
{
	if (tally_is_in_hour(tally, time_s))
		return 0;

	const size_t position = hours_after(tally, time_s);

	if (position && time_s < tally->hours[tally->hour_order[position - 1]].to_s) {
		tally->current_hour = tally->hour_order[position - 1];
		return 0;
	}
	return add_hour(tally, position, time_s, err);
}

/* ---- keys and agents ---- */

/* Where the number of a key that can be seen stands in its value. */
static const size_t number_offsets[TALLY_SEEN_KINDS] = {
	[TALLY_PATHS] = offsetof(struct tally_path, number),
	[TALLY_SITES] = offsetof(struct tally_site, number),
	[TALLY_HOSTS] = offsetof(struct tally_name, number),
};

uint32_t seen_number(enum tally_kind kind, const void *value)
{
	uint32_t number;

	memcpy(&number, (const char *)value + number_offsets[kind], sizeof number);
	return number;
}

int seen_keys_add(struct seen_keys *keys, enum tally_kind kind, uint32_t ref, void *value)
{
	if (kind >= TALLY_SEEN_KINDS)
		return 0;

	uint32_t *all = mem_room(keys->all, keys->n, &keys->space, 64, sizeof *all);

	if (!all)
		return -1;
	keys->all = all;
	keys->all[keys->n++] = ref * TALLY_SEEN_KINDS + kind;
	memcpy((char *)value + number_offsets[kind], &(uint32_t){(uint32_t)keys->n}, sizeof(uint32_t));
	return 0;
}

void *tally_add_key(struct tally *tally, enum tally_kind kind, uint64_t hash, slice key, uint32_t *ret_ref, bool *ret_new, courant_error **err)
{
	struct tally_table *table = &tally->tables[kind];

	*ret_ref = keys_add(&table->keys, hash, key, ret_new);
	if (*ret_ref > SEEN_REF_MAX) {
		(void)fail_memory(err);
		return NULL;
	}

	struct tally_key *value = keys_value(&table->keys, *ret_ref);

	if (*ret_new) {
		if (seen_keys_add(&tally->seen_keys, kind, *ret_ref, value) < 0) {
			(void)fail_memory(err);
			return NULL;
		}
		value->missed = table->missed < UINT32_MAX ? (uint32_t)table->missed : UINT32_MAX;
		if (kind == TALLY_ADDRESSES) {
			((struct tally_address *)(void *)value)->visitor = VISITOR_NONE;
			if (tally->bound.is_thinned && hyperloglog_add(&tally->bound.addresses, hash) < 0) {
				(void)fail_memory(err);
				return NULL;
			}
		}
	}
	return value;
}

uint64_t tally_hash(const struct tally *tally, enum tally_kind kind, slice key)
{
	char space[ADDRESS_TEXT_BYTES];

	return keys_hash(kind == TALLY_ADDRESSES ? address_text(key, space) : key, tally->seed);
}

int tally_add_not_found(struct tally *tally, uint32_t path, slice referrer, uint64_t hits, courant_error **err)
{
	uint32_t ref;
	bool is_new;
	const struct not_found pair = {path, keys_add(&tally->referrers, keys_hash(referrer, tally->seed), referrer, &is_new)};
	const slice key = not_found_key(&pair);
	struct tally_key *found;

	if (pair.referrer == KEYS_NONE)
		return fail_memory(err);
	found = tally_add_key(tally, TALLY_NOT_FOUND, keys_hash(key, tally->seed), key, &ref, &is_new, err);
	if (!found)
		return -1;
	found->hits += hits;
	return 0;
}

int tally_reach_agent(struct tally *tally, uint32_t id, courant_error **err)
{
	if (id < tally->n_agents)
		return 0;

	const size_t n = 2 * ((size_t)id + 16);
	struct tally_agent *figures = mem_resize(tally->by_agent, n, sizeof *figures);

	if (!figures)
		return fail_memory(err);
	memset(figures + tally->n_agents, 0, (n - tally->n_agents) * sizeof *figures);
	tally->by_agent = figures;
	tally->n_agents = n;
	return 0;
}
