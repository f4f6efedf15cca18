/* SPDX-License-Identifier: MIT */
/* random.c - the kernel's random bytes, and SplitMix64 */
#include "base/random.h"

#include <sys/random.h>

void random_bytes(void *into, size_t size)
{
	char *at = into;

	while (size) {
		const ssize_t n = getrandom(at, size, 0);

		/* EINTR while waiting for the first seed after boot is all that a kernel with this call answers. */
		if (n < 0)
			continue;
		at += n;
		size -= (size_t)n;
	}
}

uint64_t random_u64(void)
{
	uint64_t value;

	random_bytes(&value, sizeof value);
	return value;
}

uint64_t random_next(struct random_stream *stream)
{
	uint64_t z = stream->state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

uint64_t random_below(struct random_stream *stream, uint64_t below)
{
	/* Values from the incomplete last turn would make small results likelier: they are thrown away. */
	const uint64_t skip = -below % below;
	uint64_t value;

	do
		value = random_next(stream);
	while (value < skip);
	return value % below;
}

double random_unit(struct random_stream *stream)
{
	return (double)(random_next(stream) >> 11) * 0x1p-53;
}
