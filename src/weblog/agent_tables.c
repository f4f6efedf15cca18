/* SPDX-License-Identifier: MIT */
/* agent_tables.c - browsers, systems and robots: what is known of agents, summed over those of one name (tables.h) */
#include "weblog/ranking.h"
#include "weblog/tables.h"

/* Where the figures of an agent belong; an empty slice: nowhere. */
typedef slice agent_name(const struct agent *);

static slice browser_of(const struct agent *agent)
{
	return agent->browser;
}

static slice system_of(const struct agent *agent)
{
	return agent->system;
}

static slice device_of(const struct agent *agent)
{
	return agent->device;
}

/* Adds figures to those of the name; the key begins with the kind. */
static int add_sum(struct keys *sums, uint64_t seed, enum robot_kind kind, slice name, const struct tally_agent *figures, courant_error **err)
{
	AUTO(buffer) struct buffer key = BUFFER_LIMIT(KEYS_MAX_BYTES);
	slice bytes;
	bool is_new;

	buffer_append_byte(&key, (char)kind);
	buffer_append(&key, name);
	if (buffer_slice(&key, &bytes, err) < 0)
		return -1;

	const uint32_t ref = keys_add(sums, keys_hash(bytes, seed), bytes, &is_new);

	if (ref == KEYS_NONE)
		return fail_memory(err);

	struct tally_agent *sum = keys_value(sums, ref);

	sum->hits += figures->hits;
	sum->bytes += figures->bytes;
	sum->visitors += figures->visitors;
	return 0;
}

static int rank_people(const struct table_fill *fill, agent_name *name_of, courant_error **err)
{
	const struct tally *tally = fill->tally;
	AUTO(keys) struct keys sums;
	AUTO(ranking) struct ranking ranking;

	keys_init(&sums, sizeof(struct tally_agent));
	ranking_init(&ranking, fill->table, fill->top);
	for (size_t i = 0; i < tally->n_agents; i++) {
		if (tally->by_agent[i].visitors &&
		    add_sum(&sums, tally->seed, ROBOT_NONE, name_of(agents_at(tally->agents, (uint32_t)i)), &tally->by_agent[i], err) < 0)
			return -1;
	}
	for (uint32_t ref = KEYS_NONE; keys_next(&sums, &ref);) {
		const struct tally_agent *sum = keys_value(&sums, ref);
		const struct table_cell cells[] = {
			CELL_TEXT(slice_after(keys_key(&sums, ref), 1)),
			CELL_COUNT(sum->visitors),
			CELL_COUNT(sum->hits),
			CELL_NUMBER((double)sum->visitors / (double)tally->n_visitors),
		};

		if (ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}

int fill_browsers(const struct table_fill *fill, courant_error **err)
{
	return rank_people(fill, browser_of, err);
}

int fill_systems(const struct table_fill *fill, courant_error **err)
{
	return rank_people(fill, system_of, err);
}

int fill_devices(const struct table_fill *fill, courant_error **err)
{
	return rank_people(fill, device_of, err);
}

/* People who read /robots.txt: suspected, but counted as people. */
static int add_readers(const struct tally *tally, struct keys *sums, courant_error **err)
{
	const struct tally_agent readers = {.hits = tally->robots_txt.hits, .bytes = tally->robots_txt.bytes};

	return readers.hits ? add_sum(sums, tally->seed, ROBOT_SUSPECTED, SLICE("(reads robots.txt)"), &readers, err) : 0;
}

int fill_robots(const struct table_fill *fill, courant_error **err)
{
	const struct tally *tally = fill->tally;
	AUTO(keys) struct keys sums;
	AUTO(ranking) struct ranking ranking;

	keys_init(&sums, sizeof(struct tally_agent));
	ranking_init(&ranking, fill->table, fill->top);
	for (size_t i = 0; i < tally->n_agents; i++) {
		if (!tally->by_agent[i].hits)
			continue;

		const struct agent *agent = agents_at(tally->agents, (uint32_t)i);

		if (agent->kind != ROBOT_NONE &&
		    add_sum(&sums, tally->seed, agent->kind, agent->robot, &tally->by_agent[i], err) < 0)
			return -1;
	}
	if (add_readers(tally, &sums, err) < 0)
		return -1;
	for (uint32_t ref = KEYS_NONE; keys_next(&sums, &ref);) {
		const struct tally_agent *sum = keys_value(&sums, ref);
		const slice key = keys_key(&sums, ref);
		const struct table_cell cells[] = {
			CELL_TEXT(slice_after(key, 1)),
			CELL_TEXT(slice_of(robot_kind_name((enum robot_kind)key.ptr[0]))),
			CELL_COUNT(sum->hits),
			CELL_COUNT(sum->bytes),
		};

		if (ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}
