/* SPDX-License-Identifier: MIT */
/* tally_fuzz.c - figures that were kept: damaged ones are told, others can be finished, written and read again */
#include <zstd.h>

#include "base/buffer.h"
#include "fuzz.h"
#include "weblog/tally_store.h"

#define QUARTER    (INT64_C(1762646400) + QUARTER_S)
#define OUT_MAX    ((size_t)1 << 26)
#define LEVEL_FAST 1

/* The input is what would be there when it has been unpacked. */
static int read_plain(struct tally *tally, slice plain)
{
	AUTO(buffer) struct buffer packed = BUFFER_LIMIT(OUT_MAX);
	char *room = buffer_room(&packed, ZSTD_compressBound(plain.len));

	if (!room)
		return -1;

	const size_t len = ZSTD_compress(room, ZSTD_compressBound(plain.len), plain.ptr, plain.len, LEVEL_FAST);

	return ZSTD_isError(len) ? -1 : tally_read(tally, QUARTER, slice_from(room, len), NULL);
}

/* What was written again says the same. */
static void write_again(struct tally *tally, const struct zone *zone, struct agents *agents)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(OUT_MAX);
	const uint64_t hits = tally->hits;
	const size_t visitors = tally->visitors.n, paths = keys_count(&tally->tables[TALLY_PATHS].keys);
	struct tally other;

	if (tally_write(tally, QUARTER, &bytes, NULL) < 0)
		return;
	tally_init(&other, zone, agents, 1);
	if (tally_read(&other, QUARTER, buffer_peek(&bytes), NULL) == 0)
		MUST(other.hits == hits && other.visitors.n == visitors && keys_count(&other.tables[TALLY_PATHS].keys) == paths);
	tally_release(&other);
}

/* Read into a tally that knows all its visitors, or only a sample of them. */
static void try_it(slice plain, unsigned zeros, const struct zone *zone, struct agents *agents)
{
	struct tally tally;

	tally_init(&tally, zone, agents, 1);
	if ((!zeros || (tally_begin_sketches(&tally, NULL) == 0 && tally_sample(&tally, zeros, NULL) == 0)) && read_plain(&tally, plain) == 0)
		write_again(&tally, zone, agents);
	tally_release(&tally);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct agents *agents; /* one for all inputs: making it takes longer than using it */
	AUTO(zone) struct zone *utc = zone_new_fixed(0, NULL);

	if (!agents)
		agents = agents_new(1, NULL);
	for (unsigned zeros = 0; utc && agents && zeros < 2; zeros++)
		try_it(slice_from((const char *)data, size), zeros, utc, agents);
	return 0;
}
