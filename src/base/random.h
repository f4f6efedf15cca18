/* SPDX-License-Identifier: MIT */
/* random.h - the kernel's random bytes, and a repeatable stream out of a seed */
#ifndef COURANT_BASE_RANDOM_H
#define COURANT_BASE_RANDOM_H
#include <stddef.h>
#include <stdint.h>

/* From getrandom(2): never fails after boot. */
void random_bytes(void *into, size_t size);
uint64_t random_u64(void);

/* SplitMix64: repeatable, good for tests, samples, boundaries; not for secrets. */
struct random_stream {
	uint64_t state;
};
uint64_t random_next(struct random_stream *);
/* 0 to below, even; below > 0. */
uint64_t random_below(struct random_stream *, uint64_t below);
/* 0 <= x < 1. */
double random_unit(struct random_stream *);
#endif
