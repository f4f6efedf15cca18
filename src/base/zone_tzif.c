/* SPDX-License-Identifier: MIT */
/* zone_tzif.c - TZif files of versions 1 to 4 (RFC 9636, 3) */
#include "base/alloc.h"
#include "base/zone_data.h"

#define HEADER_BYTES 44
/* RFC 9636, 3.1 sets none; the longest histories have under 300 changes, with each year up to 2037 listed. */
#define CHANGES_MAX  5000
#define TYPES_MAX    256

/* The counts of one block, in the order in which they stand in its header. */
struct counts {
	uint32_t is_ut, is_standard, leap, changes, types, abbreviation_bytes;
};

/* One block's parts, as they follow each other. */
struct block {
	struct counts counts;
	slice times, type_indexes, types, abbreviations;
	unsigned time_bytes; /* 4 in the first block, 8 in the second */
};

static uint64_t read_big_endian(const char *at, unsigned n)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < n; i++)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

static bool take(slice *rest, size_t n, slice *ret)
{
	if (rest->len < n)
		return false;
	*ret = slice_part(*rest, 0, n);
	*rest = slice_after(*rest, n);
	return true;
}

/* Cuts one header and block off `*rest`. */
static bool take_block(slice *rest, unsigned time_bytes, char *ret_version, struct block *ret)
{
	slice header, skipped;
	uint32_t counts[6];

	if (!take(rest, HEADER_BYTES, &header) || !slice_starts(header, SLICE("TZif")))
		return false;
	*ret_version = header.ptr[4];
	for (unsigned i = 0; i < 6; i++)
		counts[i] = (uint32_t)read_big_endian(header.ptr + 20 + 4 * (size_t)i, 4);
	ret->counts = (struct counts){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
	ret->time_bytes = time_bytes;
	/* Sizes of up to 2^32 times 12 do not overflow where size_t has 64 bits, and 32-bit machines stop here. */
	if (ret->counts.changes > CHANGES_MAX || ret->counts.types > TYPES_MAX || ret->counts.leap > CHANGES_MAX ||
	    ret->counts.types == 0 || ret->counts.abbreviation_bytes == 0)
		return false;
	return take(rest, (size_t)ret->counts.changes * time_bytes, &ret->times) &&
	       take(rest, ret->counts.changes, &ret->type_indexes) &&
	       take(rest, (size_t)ret->counts.types * 6, &ret->types) &&
	       take(rest, ret->counts.abbreviation_bytes, &ret->abbreviations) &&
	       take(rest, (size_t)ret->counts.leap * (time_bytes + 4), &skipped) &&
	       take(rest, ret->counts.is_standard, &skipped) && take(rest, ret->counts.is_ut, &skipped);
}

/* Some files begin with a change at the Big Bang, before the first millisecond that we can count. */
static int64_t ms_of_seconds(int64_t s)
{
	int64_t ms;

	if (__builtin_mul_overflow(s, MS_PER_SECOND, &ms))
		return s < 0 ? INT64_MIN : INT64_MAX;
	return ms;
}

static bool set_type(const struct zone *zone, const struct block *block, size_t type, struct zone_listed *ret)
{
	const char *at = block->types.ptr + type * 6;
	const unsigned char abbreviation = (unsigned char)at[5];

	ret->offset_s = (int32_t)read_big_endian(at, 4);
	ret->is_dst = at[4] != 0;
	ret->abbreviation = zone->abbreviations + abbreviation;
	/* RFC 9636, 3.2: from -89999 to 93599. */
	return abbreviation < block->counts.abbreviation_bytes && ret->offset_s > -90000 && ret->offset_s < 93600;
}

static bool list_changes(struct zone *zone, const struct block *block)
{
	if (!set_type(zone, block, 0, &zone->listed[0]))
		return false;
	zone->listed[0].from_ms = INT64_MIN;
	zone->n_listed = 1;
	for (size_t i = 0; i < block->counts.changes; i++) {
		struct zone_listed *listed = zone->listed + zone->n_listed;
		const unsigned char type = (unsigned char)block->type_indexes.ptr[i];
		const char *at = block->times.ptr + i * block->time_bytes;
		const uint64_t bits = read_big_endian(at, block->time_bytes);
		const int64_t from_ms = ms_of_seconds(block->time_bytes == 4 ? (int32_t)bits : (int64_t)bits);

		if (from_ms == INT64_MIN && zone->n_listed == 1)
			listed = zone->listed + --zone->n_listed;
		else if (from_ms <= listed[-1].from_ms)
			return false;
		if (type >= block->counts.types || !set_type(zone, block, type, listed))
			return false;
		listed->from_ms = from_ms;
		zone->n_listed++;
	}
	return true;
}

/* "\nEST5EDT,M3.2.0,M11.1.0\n"; nothing between the line ends: no rule. */
static bool read_footer(slice rest, struct zone *zone)
{
	const slice text = slice_part(rest, 1, rest.len - 2);

	if (rest.len < 2 || rest.ptr[0] != '\n' || rest.ptr[rest.len - 1] != '\n')
		return false;
	zone->has_rule = text.len;
	return text.len == 0 || zone_rule_parse(text, &zone->rule);
}

static int fail_format(courant_error **err, slice name)
{
	return fail(err, COURANT_CONFIG, "the rules of time zone %.*s cannot be read: no TZif file, or a damaged one",
		    SLICE_ARGS(name));
}

/* Finds the block to read: the second one, where there is one. */
static bool find_block(slice bytes, struct block *ret, slice *ret_footer)
{
	char version;

	if (!take_block(&bytes, 4, &version, ret))
		return false;
	if (version == '\0')
		*ret_footer = SLICE("\n\n");
	else if (!take_block(&bytes, 8, &version, ret))
		return false;
	else
		*ret_footer = bytes;
	return true;
}

struct zone *zone_parse(slice bytes, slice name, courant_error **err)
{
	struct block block;
	slice footer;

	if (!find_block(bytes, &block, &footer)) {
		(void)fail_format(err, name);
		return NULL;
	}
	if (block.counts.leap) {
		(void)fail(err, COURANT_CONFIG, "time zone %.*s counts leap seconds, which clocks here do not", SLICE_ARGS(name));
		return NULL;
	}

	AUTO(zone) struct zone *zone = mem_alloc(sizeof *zone);

	if (zone) {
		zone->name = mem_copy(name);
		zone->abbreviations = mem_copy(block.abbreviations);
		zone->listed = mem_array((size_t)block.counts.changes + 1, sizeof *zone->listed);
	}
	if (!zone || !zone->name || !zone->abbreviations || !zone->listed) {
		(void)fail_memory(err);
		return NULL;
	}
	if (!list_changes(zone, &block) || !read_footer(footer, zone)) {
		(void)fail_format(err, name);
		return NULL;
	}
	return STEAL(zone);
}
