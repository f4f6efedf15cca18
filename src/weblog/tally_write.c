/* SPDX-License-Identifier: MIT */
/* tally_write.c - a quarter of an hour as bytes (tally_write)
 *
 * What bounds it, sums, then lists of keys with their figures. What refers to a key (a visitor to its address) does so by its place in the list; places are noted where the figure
 * of hits was, once that has been written. All of it is then packed, for keys are alike. */
#include <zstd.h>

#include "sketch/varint.h"
#include "weblog/address.h"
#include "weblog/tally_store.h"

#define PACK_LEVEL 1

/* Which of the quarter's seconds had hits. */
static void write_seconds(const struct tally_hour *hour, int64_t quarter_s, struct buffer *out)
{
	const size_t from = (size_t)(quarter_s - hour->from_s);

	for (size_t i = 0; i < QUARTER_S; i += 8) {
		unsigned byte = 0;

		for (size_t k = 0; k < 8 && i + k < QUARTER_S; k++)
			byte |= (unsigned)(hour->seconds[(from + i + k) / 64] >> (from + i + k) % 64 & 1) << k;
		buffer_append_byte(out, (char)byte);
	}
}

static void write_sums(const struct tally *tally, int64_t quarter_s, struct buffer *out)
{
	size_t n = 0;

	varint_write(out, tally->hits);
	varint_write(out, tally->bytes);
	varint_write(out, tally->page_views);
	varint_write(out, tally->robot_hits);
	varint_write(out, tally->errors_4xx);
	varint_write(out, tally->errors_5xx);
	varint_write(out, (uint64_t)(tally->first_s - quarter_s));
	varint_write(out, (uint64_t)(tally->last_s - quarter_s));
	for (size_t i = 0; i < sizeof tally->status / sizeof *tally->status; i++)
		n += tally->status[i].hits > 0;
	varint_write(out, n);
	for (size_t i = 0; i < sizeof tally->status / sizeof *tally->status; i++) {
		if (!tally->status[i].hits)
			continue;
		varint_write(out, i);
		varint_write(out, tally->status[i].hits);
		varint_write(out, tally->status[i].bytes);
	}
}

static void write_agent(const struct agent *agent, struct buffer *out)
{
	varint_write(out, agent->kind);
	if (agent->kind != ROBOT_NONE) {
		varint_write_bytes(out, agent->robot);
		return;
	}
	varint_write_bytes(out, agent->browser);
	varint_write_bytes(out, agent->system);
	varint_write_bytes(out, agent->device);
}

static void write_agents(struct tally *tally, struct buffer *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < tally->n_agents; i++)
		n += tally->by_agent[i].hits > 0;
	varint_write(out, n);
	n = 0;
	for (size_t i = 0; i < tally->n_agents; i++) {
		struct tally_agent *figures = &tally->by_agent[i];

		if (!figures->hits)
			continue;
		write_agent(agents_at(tally->agents, (uint32_t)i), out);
		varint_write(out, figures->hits);
		varint_write(out, figures->bytes);
		figures->hits = n++;
	}
}

/* The keys of a table with their hits, and bytes where they have them. */
static void write_table(struct tally *tally, enum tally_kind kind, struct buffer *out)
{
	const struct keys *keys = &tally->tables[kind].keys;
	char space[ADDRESS_TEXT_BYTES];
	uint64_t n = 0;

	varint_write(out, keys_count(keys));
	for (uint32_t ref = KEYS_NONE; keys_next(keys, &ref);) {
		const slice text = keys_key(keys, ref);
		struct tally_key *key = keys_value(keys, ref);

		varint_write_bytes(out, kind == TALLY_ADDRESSES ? address_text(text, space) : text);
		varint_write(out, key->hits);
		if (kind == TALLY_ADDRESSES)
			varint_write(out, ((const struct tally_address *)(const void *)key)->bytes);
		else if (kind != TALLY_SITES)
			varint_write(out, ((const struct tally_name *)(const void *)key)->bytes);
		key->hits = n++;
	}
}

static void write_paths(struct tally *tally, struct buffer *out)
{
	static const struct histogram none = {0};
	const struct keys *keys = &tally->tables[TALLY_PATHS].keys, *not_found = &tally->tables[TALLY_NOT_FOUND].keys;
	uint64_t n = 0;

	varint_write(out, keys_count(keys));
	for (uint32_t ref = KEYS_NONE; keys_next(keys, &ref);) {
		struct tally_path *path = keys_value(keys, ref);

		varint_write_bytes(out, keys_key(keys, ref));
		varint_write(out, path->key.hits);
		varint_write(out, path->bytes);
		varint_write(out, path->views);
		varint_write(out, path->view_bytes);
		varint_write(out, path->not_found);
		varint_write(out, path->errors_5xx);
		histogram_write(path->durations ? path->durations : &none, out);
		path->key.hits = n++;
	}
	varint_write(out, keys_count(not_found));
	for (uint32_t ref = KEYS_NONE; keys_next(not_found, &ref);) {
		const struct not_found pair = not_found_of(keys_key(not_found, ref));

		varint_write(out, ((const struct tally_path *)keys_value(keys, pair.path))->key.hits);
		varint_write_bytes(out, keys_key(&tally->referrers, pair.referrer));
		varint_write(out, ((const struct tally_key *)keys_value(not_found, ref))->hits);
	}
}

/* The place in the list of what a visitor has seen, with its kind. */
static uint64_t seen_place(const struct tally *tally, uint32_t number)
{
	const enum tally_kind kind = seen_kind(&tally->seen_keys, number);
	const struct tally_key *key = tally_value(tally, kind, seen_ref(&tally->seen_keys, number));

	return key->hits * TALLY_SEEN_KINDS + kind;
}

/* All hits of a visitor lie in the quarter, so one stretch holds them. */
static void write_visitors(const struct tally *tally, int64_t quarter_s, struct buffer *out)
{
	varint_write(out, tally->visitors.n);
	for (size_t i = 0; i < tally->visitors.n; i++) {
		const struct visitor *visitor = visitors_at(&tally->visitors, (uint32_t)i);
		const int64_t from = quarter_s - tally->hours[0].from_s;
		uint32_t number;

		buffer_append(out, slice_from((const char *)&visitor->key, sizeof visitor->key));
		varint_write(out, visitor->address == KEYS_NONE
					  ? 0
					  : ((const struct tally_key *)tally_value(tally, TALLY_ADDRESSES, visitor->address))->hits + 1);
		varint_write(out, tally->by_agent[visitor->agent].hits);
		varint_write(out, visitor->hits);
		varint_write(out, visitor->bytes);
		varint_write(out, visitor->reads_robots_txt);
		varint_write(out, (uint64_t)(visitor->now.first - from));
		varint_write(out, (uint64_t)(visitor->now.last - visitor->now.first));
		varint_write(out, seen_count(&tally->visitors.seen, &visitor->seen));
		for (size_t at = 0; seen_next(&tally->visitors.seen, &visitor->seen, &at, &number);)
			varint_write(out, seen_place(tally, number));
	}
}

static int pack(slice plain, struct buffer *out, courant_error **err)
{
	const size_t most = ZSTD_compressBound(plain.len);
	char *room = buffer_room(out, most);

	if (!room)
		return buffer_check(out, err);

	const size_t len = ZSTD_compress(room, most, plain.ptr, plain.len, PACK_LEVEL);

	if (ZSTD_isError(len))
		return fail_memory(err);
	buffer_added(out, len);
	return 0;
}

/* 0 when everything is exact. */
static void write_bound(const struct tally *tally, struct buffer *out)
{
	varint_write(out, tally->bound.is_thinned);
	if (!tally->bound.is_thinned)
		return;
	varint_write(out, tally->bound.zeros);
	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		varint_write(out, tally->tables[kind].missed + tally->tables[kind].missed_elsewhere);
	hyperloglog_write(&tally->bound.addresses, out);
	hyperloglog_write(&tally->bound.visitors, out);
}

int tally_write(struct tally *tally, int64_t quarter_s, struct buffer *out, courant_error **err)
{
	AUTO(buffer) struct buffer plain = BUFFER_LIMIT(TALLY_MAX_BYTES);
	slice bytes;

	write_bound(tally, &plain);
	write_sums(tally, quarter_s, &plain);
	write_seconds(&tally->hours[0], quarter_s, &plain);
	histogram_write(&tally->hours[0].durations, &plain);
	write_agents(tally, &plain);
	write_table(tally, TALLY_METHODS, &plain);
	write_table(tally, TALLY_ADDRESSES, &plain);
	write_table(tally, TALLY_SITES, &plain);
	write_table(tally, TALLY_HOSTS, &plain);
	write_paths(tally, &plain);
	write_visitors(tally, quarter_s, &plain);
	return buffer_slice(&plain, &bytes, err) < 0 ? -1 : pack(bytes, out, err);
}
