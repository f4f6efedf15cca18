/* SPDX-License-Identifier: MIT */
/* hyperloglog.c - how many different keys came (hyperloglog.h) */
#include "sketch/hyperloglog.h"

#include <math.h>

#include "base/alloc.h"

#define REGISTERS ((size_t)1 << HYPERLOGLOG_BITS)
#define REST_BITS (64 - HYPERLOGLOG_BITS)
#define RANK_MAX  (REST_BITS + 1) /* of a hash whose rest is 0 */

void hyperloglog_release(struct hyperloglog *sketch)
{
	free(sketch->registers);
	*sketch = (struct hyperloglog){0};
}

static int reach(struct hyperloglog *sketch)
{
	if (!sketch->registers)
		sketch->registers = mem_alloc(REGISTERS);
	return sketch->registers ? 0 : -1;
}

static void raise(struct hyperloglog *sketch, size_t i, unsigned char rank)
{
	if (rank > sketch->registers[i])
		sketch->registers[i] = rank;
}

/* The first bits choose a register, which keeps the longest run of zeros that the others begin with, and one. */
int hyperloglog_add(struct hyperloglog *sketch, uint64_t hash)
{
	const uint64_t rest = hash << HYPERLOGLOG_BITS;

	if (reach(sketch) < 0)
		return -1;
	raise(sketch, hash >> REST_BITS, rest ? (unsigned char)(__builtin_clzll(rest) + 1) : RANK_MAX);
	return 0;
}

int hyperloglog_join(struct hyperloglog *sketch, const struct hyperloglog *other)
{
	if (!other->registers)
		return 0;
	if (reach(sketch) < 0)
		return -1;
	for (size_t i = 0; i < REGISTERS; i++)
		raise(sketch, i, other->registers[i]);
	return 0;
}

/* ---- the estimate: Ertl, algorithm 6 ---- */

static double sigma(double x)
{
	double y = 1, sum = x, before;

	if (x >= 1)
		return INFINITY;
	do {
		x *= x;
		before = sum;
		sum += x * y;
		y += y;
	} while (sum > before);
	return sum;
}

static double tau(double x)
{
	double y = 1, sum = 1 - x, before;

	if (x <= 0 || x >= 1)
		return 0;
	do {
		x = sqrt(x);
		before = sum;
		y *= 0.5;
		sum -= (1 - x) * (1 - x) * y;
	} while (sum < before);
	return sum / 3;
}

double hyperloglog_estimate(const struct hyperloglog *sketch)
{
	const double m = (double)REGISTERS;
	size_t counts[RANK_MAX + 1] = {0};

	if (!sketch->registers)
		return 0;
	for (size_t i = 0; i < REGISTERS; i++)
		counts[sketch->registers[i]]++;

	double z = m * tau(1 - (double)counts[RANK_MAX] / m);

	for (unsigned rank = RANK_MAX - 1; rank; rank--)
		z = 0.5 * (z + (double)counts[rank]);
	z += m * sigma((double)counts[0] / m);
	return m * m / (2 * log(2)) / z;
}

/* ---- bytes ---- */

/* Runs: a register, then how often it comes. An empty sketch is one run of zeros. */
void hyperloglog_write(const struct hyperloglog *sketch, struct buffer *out)
{
	for (size_t i = 0, n; i < REGISTERS; i += n) {
		const unsigned char rank = sketch->registers ? sketch->registers[i] : 0;

		for (n = 1; i + n < REGISTERS && (sketch->registers ? sketch->registers[i + n] : 0) == rank; n++)
			;
		buffer_append_byte(out, (char)rank);
		varint_write(out, n);
	}
}

int hyperloglog_read(struct hyperloglog *sketch, struct packed *from)
{
	for (size_t i = 0; i < REGISTERS;) {
		const uint64_t rank = varint_read(from), n = varint_read(from);

		if (from->is_bad || rank > RANK_MAX || !n || n > REGISTERS - i) {
			from->is_bad = true;
			return 0;
		}
		if (rank && reach(sketch) < 0)
			return -1;
		for (const size_t end = i + (size_t)n; i < end; i++)
			if (rank)
				raise(sketch, i, (unsigned char)rank);
	}
	return 0;
}
