/* SPDX-License-Identifier: MIT */
/* base64.h - base64 (RFC 2045, 6.8): encoded by the widest instructions the machine has
 *
 * Three encoders give the same bytes: portable, AVX2, AVX-512 VBMI; the best one is chosen once.
 * Lines hold 57 bytes as 76 characters, with the CRLF written on the way. */
#ifndef COURANT_MIME_BASE64_H
#define COURANT_MIME_BASE64_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE64_LINE_BYTES ((size_t)57)
#define BASE64_LINE_CHARS ((size_t)76)

/* Characters for n bytes, padding included, without line ends. */
static inline size_t base64_size(size_t n)
{
	return (n + 2) / 3 * 4;
}

/* The same in lines, each with its CRLF; 0 for nothing. False when it overflows. */
bool base64_lines_size(uint64_t n, uint64_t *ret);

/* Encode n bytes; return the characters written: base64_size(n), or base64_lines_size(n). In lines,
 * n is a multiple of 57 but for the last piece of a content. */
size_t base64_encode(char *to, const void *from, size_t n);
size_t base64_encode_lines(char *to, const void *from, size_t n);

/* For tests and benchmarks: one particular encoder, false when this machine cannot run it. */
enum base64_kind { BASE64_PORTABLE, BASE64_AVX2, BASE64_AVX512 };
bool base64_has(enum base64_kind);
size_t base64_encode_as(enum base64_kind, char *to, const void *from, size_t n);
size_t base64_encode_lines_as(enum base64_kind, char *to, const void *from, size_t n);

/* Decoding, piece by piece. Bytes outside the alphabet are passed over and counted (RFC 2045, 6.8);
 * after padding a new group may begin. */
struct base64_decoder {
	uint32_t bits;
	unsigned n_bits;
	bool is_padded;
	uint64_t n_strange; /* neither alphabet nor blank nor line end */
};
/* Room for at most n / 4 * 3 + 3 bytes at `to`, which may be `from`. Returns how many were written.
 */
size_t base64_decode(struct base64_decoder *, void *to, const char *from, size_t n);
/* Whether it ended at a whole group. */
bool base64_decode_is_whole(const struct base64_decoder *);
#endif
