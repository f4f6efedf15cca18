/* SPDX-License-Identifier: MIT */
/* num.h - numbers as text, without the locale
 *
 * Parsing takes the whole slice: no signs (but for i64 and double), blanks, or rests. True and *ret set, or false and *ret untouched. */
#ifndef COURANT_BASE_NUM_H
#define COURANT_BASE_NUM_H
#include <stdint.h>

#include "base/buffer.h"

bool num_parse_u64(slice, uint64_t *ret);
bool num_parse_i64(slice, int64_t *ret);            /* a leading '-' is allowed */
bool num_parse_range(slice, uint64_t min, uint64_t max, uint64_t *ret);
bool num_parse_hex(slice, uint64_t *ret);           /* without 0x */
bool num_parse_double(slice, double *ret);          /* decimal point '.', exponent; correctly rounded; no inf, nan, hex */

/* The shortest decimal that reads back as the same double ("0.1", "1e+21"). NaN and infinity: "null" is the caller's business; writes "nan", "inf", "-inf". */
void num_write_double(struct buffer *, double value);

/* Exactly `decimals` digits after the point (0 to 9), rounded half to even of the exact value, like printf in the C locale. */
void num_write_fixed(struct buffer *, double value, unsigned decimals);

/* 545,122 */
void num_write_grouped(struct buffer *, uint64_t value);

/* "300", "1.5 s", "500 ms", "2 min", "1 h", "3 d": milliseconds; a number alone is in seconds. */
bool num_parse_duration(slice, uint64_t *ret_ms);

/* "10", "4K", "256M", "2G" (powers of 1024; an optional "iB" or "B" may follow). */
bool num_parse_size(slice, uint64_t *ret_bytes);
#endif
