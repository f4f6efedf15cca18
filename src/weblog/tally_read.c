/* SPDX-License-Identifier: MIT */
/* tally_read.c - adding a quarter of an hour that was written (tally_read); tally_write.c says in which order */
#include <zstd.h>

#include "base/alloc.h"
#include "sketch/varint.h"
#include "weblog/address.h"
#include "weblog/definitions.h"
#include "weblog/tally_store.h"

/* The keys of a list have their numbers here. */
struct places {
	uint32_t *numbers;
	uint64_t n;
};

struct reading {
	struct tally *tally;
	struct packed from;
	int64_t quarter_s;
	struct tally_hour *hour;
	struct places agents, keys[TALLY_KINDS];
	courant_error **err;
};

static void reading_release(struct reading *reading)
{
	free(reading->agents.numbers);
	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		free(reading->keys[kind].numbers);
}
AUTO_DEFINE_VALUE(reading, struct reading, reading_release)

static uint64_t next(struct reading *reading)
{
	return varint_read(&reading->from);
}

static int damaged(struct reading *reading)
{
	reading->from.is_bad = true;
	return fail(reading->err, COURANT_NO_INPUT, "figures that were kept are damaged");
}

/* The length of a list. Each item takes a byte at least, so that a damaged length does not ask for all memory. */
static int begin_list(struct reading *reading, struct places *places, uint64_t *ret_n)
{
	*ret_n = next(reading);
	if (reading->from.is_bad || *ret_n > reading->from.rest.len)
		return damaged(reading);
	if (!places)
		return 0;
	places->n = *ret_n;
	places->numbers = mem_array((size_t)*ret_n + 1, sizeof *places->numbers);
	return places->numbers ? 0 : fail_memory(reading->err);
}

static int find_place(struct reading *reading, const struct places *places, uint64_t place, uint32_t *ret)
{
	if (reading->from.is_bad || place >= places->n) {
		(void)damaged(reading);
		return -1;
	}
	*ret = places->numbers[place];
	return 0;
}

/* The value of the next key, with its hits, and its number. */
static void *next_key(struct reading *reading, enum tally_kind kind, uint32_t *ret_ref, bool *ret_new)
{
	struct tally *tally = reading->tally;
	const slice text = varint_read_bytes(&reading->from);
	const uint64_t hits = next(reading);
	uint64_t packed;
	slice key = text;

	if (reading->from.is_bad) {
		(void)damaged(reading);
		return NULL;
	}

	if (kind == TALLY_ADDRESSES && address_key(text, &packed, &tally->scratch, &key, reading->err) < 0)
		return NULL;

	struct tally_key *value = tally_add_key(tally, kind, keys_hash(text, tally->seed), key, ret_ref, ret_new, reading->err);

	if (value)
		value->hits += hits;
	return value;
}

/* ---- what bounds it ---- */

static int read_bound(struct reading *reading)
{
	struct tally *tally = reading->tally;
	const uint64_t is_thinned = next(reading), zeros = is_thinned ? next(reading) : 0;

	if (reading->from.is_bad || is_thinned > 1 || zeros > 63)
		return damaged(reading);
	if (!is_thinned)
		return 0;
	if (tally_begin_sketches(tally, reading->err) < 0 || tally_sample(tally, (unsigned)zeros, reading->err) < 0)
		return -1;
	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		tally->tables[kind].missed_elsewhere += next(reading);
	if (hyperloglog_read(&tally->bound.addresses, &reading->from) < 0 || hyperloglog_read(&tally->bound.visitors, &reading->from) < 0)
		return fail_memory(reading->err);
	return reading->from.is_bad ? damaged(reading) : 0;
}

/* ---- sums ---- */

static int read_sums(struct reading *reading)
{
	struct tally *tally = reading->tally;
	struct tally_hour *hour = reading->hour;
	const uint64_t hits = next(reading), bytes = next(reading), page_views = next(reading), robot_hits = next(reading);
	const uint64_t errors_4xx = next(reading), errors_5xx = next(reading);
	const int64_t first_s = reading->quarter_s + (int64_t)(next(reading) % QUARTER_S);
	const int64_t last_s = reading->quarter_s + (int64_t)(next(reading) % QUARTER_S);
	uint64_t n;

	if (!tally->hits || first_s < tally->first_s)
		tally->first_s = first_s;
	if (!tally->hits || last_s > tally->last_s)
		tally->last_s = last_s;
	tally->hits += hits;
	tally->bytes += bytes;
	tally->page_views += page_views;
	tally->robot_hits += robot_hits;
	tally->errors_4xx += errors_4xx;
	tally->errors_5xx += errors_5xx;
	hour->hits += hits;
	hour->bytes += bytes;
	hour->page_views += page_views;
	hour->errors_4xx += errors_4xx;
	hour->errors_5xx += errors_5xx;
	if (begin_list(reading, NULL, &n) < 0)
		return -1;
	for (; n; n--) {
		const uint64_t status = next(reading);

		if (status >= sizeof tally->status / sizeof *tally->status)
			return damaged(reading);
		tally->status[status].hits += next(reading);
		tally->status[status].bytes += next(reading);
	}
	return 0;
}

static int read_seconds(struct reading *reading)
{
	const size_t from = (size_t)(reading->quarter_s - reading->hour->from_s);

	if (reading->from.rest.len < (QUARTER_S + 7) / 8)
		return damaged(reading);
	for (size_t i = 0; i < QUARTER_S; i++) {
		const uint64_t bit = (uint64_t)((unsigned char)reading->from.rest.ptr[i / 8] >> i % 8 & 1);

		reading->hour->seconds[(from + i) / 64] |= bit << (from + i) % 64;
	}
	reading->from.rest = slice_after(reading->from.rest, (QUARTER_S + 7) / 8);
	return histogram_read(&reading->hour->durations, &reading->from) < 0 ? fail_memory(reading->err) : 0;
}

/* ---- keys ---- */

static const struct agent *read_agent(struct reading *reading)
{
	struct agent agent = {0};
	const uint64_t kind = next(reading);

	if (kind >= ROBOT_KINDS) {
		(void)damaged(reading);
		return NULL;
	}
	agent.kind = (enum robot_kind)kind;
	if (agent.kind != ROBOT_NONE) {
		agent.robot = varint_read_bytes(&reading->from);
	} else {
		agent.browser = varint_read_bytes(&reading->from);
		agent.system = varint_read_bytes(&reading->from);
		agent.device = varint_read_bytes(&reading->from);
	}
	if (reading->from.is_bad) {
		(void)damaged(reading);
		return NULL;
	}
	return agents_describe(reading->tally->agents, &agent, reading->err);
}

static int read_agents(struct reading *reading)
{
	struct tally *tally = reading->tally;
	uint64_t n;

	if (begin_list(reading, &reading->agents, &n) < 0)
		return -1;
	for (uint64_t i = 0; i < n; i++) {
		const struct agent *agent = read_agent(reading);

		if (!agent || tally_reach_agent(tally, agent->id, reading->err) < 0)
			return -1;
		tally->by_agent[agent->id].hits += next(reading);
		tally->by_agent[agent->id].bytes += next(reading);
		reading->agents.numbers[i] = agent->id;
	}
	return 0;
}

static int read_table(struct reading *reading, enum tally_kind kind)
{
	uint64_t n;
	bool is_new;

	if (begin_list(reading, &reading->keys[kind], &n) < 0)
		return -1;
	for (uint64_t i = 0; i < n; i++) {
		void *value = next_key(reading, kind, &reading->keys[kind].numbers[i], &is_new);

		if (!value)
			return -1;
		if (kind == TALLY_ADDRESSES)
			((struct tally_address *)value)->bytes += next(reading);
		else if (kind != TALLY_SITES)
			((struct tally_name *)value)->bytes += next(reading);
	}
	return 0;
}

static int read_durations(struct reading *reading, struct tally_path *path)
{
	AUTO(histogram) struct histogram durations = {0};

	if (histogram_read(&durations, &reading->from) < 0)
		return fail_memory(reading->err);
	if (!durations.n)
		return 0;
	if (!path->durations) {
		path->durations = mem_alloc(sizeof *path->durations);
		reading->tally->duration_bytes += sizeof *path->durations;
	}
	if (!path->durations)
		return fail_memory(reading->err);

	const size_t before = histogram_bytes(path->durations);

	if (histogram_join(path->durations, &durations) < 0)
		return fail_memory(reading->err);
	reading->tally->duration_bytes += histogram_bytes(path->durations) - before;
	return 0;
}

static int read_paths(struct reading *reading)
{
	uint64_t n;
	bool is_new;

	if (begin_list(reading, &reading->keys[TALLY_PATHS], &n) < 0)
		return -1;
	for (uint64_t i = 0; i < n; i++) {
		uint32_t *number = &reading->keys[TALLY_PATHS].numbers[i];
		struct tally_path *path = next_key(reading, TALLY_PATHS, number, &is_new);

		if (!path)
			return -1;
		if (is_new) {
			const slice key = keys_key(&reading->tally->tables[TALLY_PATHS].keys, *number);

			path->is_file = path_is_static(key, reading->tally->suffixes);
			path->is_robots_txt = slice_equal(key, SLICE("/robots.txt"));
		}
		path->bytes += next(reading);
		path->views += next(reading);
		path->view_bytes += next(reading);
		path->not_found += next(reading);
		path->errors_5xx += next(reading);
		if (read_durations(reading, path) < 0)
			return -1;
	}
	return 0;
}

static int read_not_found(struct reading *reading)
{
	uint64_t n;

	if (begin_list(reading, NULL, &n) < 0)
		return -1;
	for (; n; n--) {
		uint32_t path;

		if (find_place(reading, &reading->keys[TALLY_PATHS], next(reading), &path) < 0)
			return -1;

		const slice referrer = varint_read_bytes(&reading->from);
		const uint64_t hits = next(reading);

		if (tally_add_not_found(reading->tally, path, referrer, hits, reading->err) < 0)
			return -1;
	}
	return 0;
}

/* ---- visitors ---- */

static int see(struct reading *reading, struct visitor *visitor, uint64_t word)
{
	struct tally *tally = reading->tally;
	const enum tally_kind kind = (enum tally_kind)(word % TALLY_SEEN_KINDS);
	uint32_t ref;

	if (find_place(reading, &reading->keys[kind], word / TALLY_SEEN_KINDS, &ref) < 0)
		return -1;

	struct tally_key *key = tally_value(tally, kind, ref);
	const int is_first = visitors_see(&tally->visitors, visitor, seen_number(kind, key));

	key->visitors += is_first > 0;
	return is_first < 0 ? fail_memory(reading->err) : 0;
}

/* Where a visitor's figures go: one of the tally's, or NULL when it is not known one by one. */
static int find_visitor(struct reading *reading, uint64_t key, uint32_t address, uint32_t agent, struct visitor **ret)
{
	struct tally *tally = reading->tally;
	bool is_new;

	*ret = NULL;
	if (tally->bound.is_thinned && hyperloglog_add(&tally->bound.visitors, key) < 0)
		return fail_memory(reading->err);
	if (!tally_samples(tally, key))
		return 0;

	const uint32_t index = visitors_add(&tally->visitors, key, address, agent, &is_new);

	if (index == VISITOR_NONE)
		return fail_memory(reading->err);
	*ret = visitors_at(&tally->visitors, index);
	if (address != KEYS_NONE)
		((struct tally_key *)tally_value(tally, TALLY_ADDRESSES, address))->visitors += is_new;
	tally->by_agent[agent].visitors += is_new;
	return 0;
}

static int read_identity(struct reading *reading, uint64_t *ret_key, uint32_t *ret_address, uint32_t *ret_agent)
{
	if (reading->from.rest.len < sizeof *ret_key)
		return damaged(reading);
	memcpy(ret_key, reading->from.rest.ptr, sizeof *ret_key);
	reading->from.rest = slice_after(reading->from.rest, sizeof *ret_key);

	/* 0: an address that has been left out. */
	const uint64_t address = next(reading);

	*ret_address = KEYS_NONE;
	if (address && find_place(reading, &reading->keys[TALLY_ADDRESSES], address - 1, ret_address) < 0)
		return -1;
	return find_place(reading, &reading->agents, next(reading), ret_agent);
}

static int read_visitor(struct reading *reading)
{
	struct tally *tally = reading->tally;
	const unsigned from = (unsigned)(reading->quarter_s - reading->hour->from_s);
	struct visitor *visitor, nobody = {0};
	uint32_t address = KEYS_NONE, agent = 0;
	uint64_t key = 0;

	if (read_identity(reading, &key, &address, &agent) < 0 || find_visitor(reading, key, address, agent, &visitor) < 0)
		return -1;

	struct visitor *const figures = visitor ? visitor : &nobody;

	figures->hits += (uint32_t)next(reading);
	figures->bytes += next(reading);
	figures->reads_robots_txt |= next(reading) != 0;

	const uint64_t first = next(reading), last = first + next(reading);
	uint64_t n = next(reading);

	if (reading->from.is_bad || first > last || last >= QUARTER_S || n > reading->from.rest.len)
		return damaged(reading);

	const struct stretch stretch = {(uint32_t)tally->current_hour, (uint16_t)(from + first), (uint16_t)(from + last)};

	if (visitor && visitors_add_stretch(&tally->visitors, visitor, &stretch) < 0)
		return fail_memory(reading->err);
	for (; n; n--) {
		const uint64_t word = next(reading);

		if (visitor && see(reading, visitor, word) < 0)
			return -1;
	}
	return 0;
}

static int read_visitors(struct reading *reading)
{
	uint64_t n;

	if (begin_list(reading, NULL, &n) < 0)
		return -1;
	for (; n; n--)
		if (read_visitor(reading) < 0)
			return -1;
	return reading->from.is_bad || reading->from.rest.len ? damaged(reading) : 0;
}

/* ---- all of it ---- */

static int unpack(struct reading *reading, slice bytes, char **ret)
{
	const unsigned long long len = ZSTD_getFrameContentSize(bytes.ptr, bytes.len);

	/* What says that the size is not known, or wrong, is larger too. */
	if (len > TALLY_MAX_BYTES)
		return damaged(reading);

	AUTO(free) char *plain = mem_array((size_t)len + 1, 1);

	if (!plain)
		return fail_memory(reading->err);
	if (ZSTD_decompress(plain, (size_t)len, bytes.ptr, bytes.len) != len)
		return damaged(reading);
	reading->from = (struct packed){.rest = slice_from(plain, (size_t)len)};
	*ret = STEAL(plain);
	return 0;
}

int tally_read(struct tally *tally, int64_t quarter_s, slice bytes, courant_error **err)
{
	AUTO(reading) struct reading reading = {.tally = tally, .quarter_s = quarter_s, .err = err};
	AUTO(free) char *plain = NULL;

	if (unpack(&reading, bytes, &plain) < 0 || tally_find_hour(tally, quarter_s, err) < 0)
		return -1;
	reading.hour = &tally->hours[tally->current_hour];
	if (quarter_s + QUARTER_S > reading.hour->to_s)
		return fail(err, COURANT_USAGE, "figures are kept by the quarter of an hour, and the zone %s differs by less", zone_name(tally->zone));
	if (read_bound(&reading) < 0 || read_sums(&reading) < 0 || read_seconds(&reading) < 0 || read_agents(&reading) < 0 ||
	    read_table(&reading, TALLY_METHODS) < 0 || read_table(&reading, TALLY_ADDRESSES) < 0 || read_table(&reading, TALLY_SITES) < 0 ||
	    read_table(&reading, TALLY_HOSTS) < 0 || read_paths(&reading) < 0 || read_not_found(&reading) < 0 || read_visitors(&reading) < 0)
		return -1;
	return tally_keep_within(tally, err);
}
