/* SPDX-License-Identifier: MIT */
/* histogram.c - how often which values came (histogram.h) */
#include "sketch/histogram.h"

#include <string.h>

#include "base/alloc.h"

#define SUB_BITS 6 /* 64 buckets in a power of two */
#define ROOM     16 /* buckets more than needed, so that growing is rare */

void histogram_release(struct histogram *histogram)
{
	free(histogram->counts);
	*histogram = (struct histogram){0};
}

static uint32_t bucket_of(uint64_t value)
{
	if (value < 2u << SUB_BITS)
		return (uint32_t)value;

	const unsigned shift = 63u - (unsigned)__builtin_clzll(value) - SUB_BITS;

	/* The leading bit of what is left counts the power on. */
	return (uint32_t)((uint64_t)shift << SUB_BITS) + (uint32_t)(value >> shift);
}

/* The middle of a bucket. */
static uint64_t value_of(uint32_t bucket)
{
	if (bucket < 2u << SUB_BITS)
		return bucket;

	const unsigned shift = (bucket >> SUB_BITS) - 1;
	const uint64_t leading = bucket - (shift << SUB_BITS);

	return (leading << shift) + ((UINT64_C(1) << shift) >> 1);
}

/* Makes room for the buckets from one to another, both included. */
static int reach(struct histogram *histogram, uint32_t from, uint32_t to)
{
	const uint32_t end = histogram->first + histogram->buckets;

	if (histogram->buckets && from >= histogram->first && to < end)
		return 0;
	if (histogram->buckets && histogram->first < from)
		from = histogram->first;
	else
		from = from > ROOM ? from - ROOM : 0;
	to = histogram->buckets && end > to ? end - 1 : to + ROOM;

	uint64_t *counts = mem_array(to - from + 1, sizeof *counts);

	if (!counts)
		return -1;
	if (histogram->buckets)
		memcpy(counts + (histogram->first - from), histogram->counts, histogram->buckets * sizeof *counts);
	free(histogram->counts);
	histogram->counts = counts;
	histogram->first = from;
	histogram->buckets = to - from + 1;
	return 0;
}

static void note_limits(struct histogram *histogram, uint64_t least, uint64_t greatest)
{
	if (!histogram->n || least < histogram->least)
		histogram->least = least;
	if (!histogram->n || greatest > histogram->greatest)
		histogram->greatest = greatest;
}

int histogram_add(struct histogram *histogram, uint64_t value)
{
	const uint32_t bucket = bucket_of(value);

	if (reach(histogram, bucket, bucket) < 0)
		return -1;
	note_limits(histogram, value, value);
	histogram->counts[bucket - histogram->first]++;
	histogram->n++;
	return 0;
}

int histogram_join(struct histogram *histogram, const struct histogram *other)
{
	if (!other->n)
		return 0;
	if (reach(histogram, bucket_of(other->least), bucket_of(other->greatest)) < 0)
		return -1;
	note_limits(histogram, other->least, other->greatest);
	for (uint32_t i = bucket_of(other->least); i <= bucket_of(other->greatest); i++)
		histogram->counts[i - histogram->first] += other->counts[i - other->first];
	histogram->n += other->n;
	return 0;
}

uint64_t histogram_quantile(const struct histogram *histogram, double share)
{
	const double exact = share * (double)histogram->n;
	uint64_t rank = (uint64_t)exact, sum = 0;

	if (!histogram->n)
		return 0;
	rank += (double)rank < exact;
	if (rank >= histogram->n)
		return histogram->greatest;
	for (uint32_t i = 0; i < histogram->buckets; i++) {
		sum += histogram->counts[i];
		if (sum && sum >= rank) {
			const uint64_t value = value_of(histogram->first + i);

			/* The ends are known exactly. */
			return value < histogram->least ? histogram->least : value > histogram->greatest ? histogram->greatest : value;
		}
	}
	return histogram->greatest;
}

/* ---- bytes ---- */

void histogram_write(const struct histogram *histogram, struct buffer *out)
{
	uint32_t last = 0;

	varint_write(out, histogram->n);
	if (!histogram->n)
		return;
	varint_write(out, histogram->least);
	varint_write(out, histogram->greatest);
	/* Buckets that are not empty: how far behind the last one, how many. Their sum is n, so the end needs no mark. */
	for (uint32_t i = 0; i < histogram->buckets; i++) {
		if (!histogram->counts[i])
			continue;
		varint_write(out, histogram->first + i - last);
		varint_write(out, histogram->counts[i]);
		last = histogram->first + i;
	}
}

/* Both ends lie in buckets, and no bucket lies outside of them. */
int histogram_read(struct histogram *histogram, struct packed *from)
{
	const uint64_t n = varint_read(from);

	if (!n || from->is_bad)
		return 0;

	const uint64_t least = varint_read(from), greatest = varint_read(from);
	uint64_t left = n, bucket = 0;

	if (from->is_bad || least > greatest) {
		from->is_bad = true;
		return 0;
	}
	if (reach(histogram, bucket_of(least), bucket_of(greatest)) < 0)
		return -1;
	note_limits(histogram, least, greatest);
	while (left) {
		const uint64_t gap = varint_read(from), count = varint_read(from);

		bucket += gap <= bucket_of(greatest) ? gap : UINT32_MAX;
		if (from->is_bad || !count || count > left || bucket < bucket_of(least) || bucket > bucket_of(greatest)) {
			from->is_bad = true;
			return 0;
		}
		histogram->counts[bucket - histogram->first] += count;
		histogram->n += count;
		left -= count;
	}
	return 0;
}
