/* SPDX-License-Identifier: MIT */
/* base64.c - bench-base64 FILE: encodes the file again and again, with each encoder this machine
 * can run, with OpenSSL's, and copies it, for comparison
 *
 * One line each: name, MB/s of input, and how many times OpenSSL that is. The file is read once;
 * the output is one buffer. */
#include "mime/base64.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"

#define FILE_MAX_BYTES ((size_t)1 << 30)
#define RUN_MS         500
#define RUNS           3

/* EVP_EncodeBlock takes an int. */
#define OPENSSL_STEP ((size_t)3 << 20)

typedef void encode_fn(char *to, slice from);

static void encode_openssl(char *to, slice from)
{
	for (size_t at = 0; at < from.len; at += OPENSSL_STEP) {
		const slice step = slice_part(from, at, OPENSSL_STEP);

		to += EVP_EncodeBlock((unsigned char *)to, (const unsigned char *)step.ptr,
				      (int)step.len);
	}
}
static void encode_portable(char *to, slice from)
{
	(void)base64_encode_as(BASE64_PORTABLE, to, from.ptr, from.len);
}
static void encode_avx2(char *to, slice from)
{
	(void)base64_encode_as(BASE64_AVX2, to, from.ptr, from.len);
}
static void encode_avx512(char *to, slice from)
{
	(void)base64_encode_as(BASE64_AVX512, to, from.ptr, from.len);
}
static void encode_chosen(char *to, slice from)
{
	(void)base64_encode(to, from.ptr, from.len);
}
static void encode_lines(char *to, slice from)
{
	(void)base64_encode_lines(to, from.ptr, from.len);
}
static void copy(char *to, slice from)
{
	memcpy(to, from.ptr, from.len);
}

static const struct {
	const char *name;
	encode_fn *encode;
	enum base64_kind needs;
} ways[] = {
	{"openssl", encode_openssl, BASE64_PORTABLE},
	{"portable", encode_portable, BASE64_PORTABLE},
	{"avx2", encode_avx2, BASE64_AVX2},
	{"avx512", encode_avx512, BASE64_AVX512},
	{"courant", encode_chosen, BASE64_PORTABLE},
	{"courant-lines", encode_lines, BASE64_PORTABLE},
	{"memcpy", copy, BASE64_PORTABLE},
};

/* MB/s of input; the best of several runs. */
static double speed(encode_fn *encode, char *to, slice from)
{
	double best = 0;

	for (int run = 0; run < RUNS; run++) {
		const int64_t begin_ms = clock_monotonic_ms();
		uint64_t rounds = 0;
		int64_t now_ms;

		do {
			encode(to, from);
			__asm__ volatile("" ::"r"(to) : "memory");
			rounds++;
			now_ms = clock_monotonic_ms();
		} while (now_ms - begin_ms < RUN_MS);

		const double got =
			(double)rounds * (double)from.len / (double)(now_ms - begin_ms) / 1e3;

		best = got > best ? got : best;
	}
	return best;
}

int main(int argc, char **argv)
{
	AUTO(buffer) struct buffer file = BUFFER_LIMIT(FILE_MAX_BYTES);
	courant_error *err = NULL;
	double openssl = 1;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench-base64 FILE\n");
		return 64;
	}
	if (file_read(argv[1], &file, &err) < 0) {
		(void)fprintf(stderr, "bench-base64: %s\n", courant_error_sentence(err));
		courant_error_free(err);
		return 1;
	}

	AUTO(free) char *to = mem_alloc(file.len / 57 * 78 + 256);

	for (size_t i = 0; to && i < sizeof ways / sizeof *ways; i++) {
		if (!base64_has(ways[i].needs))
			continue;

		const double got = speed(ways[i].encode, to, buffer_peek(&file));

		if (i == 0)
			openssl = got;
		(void)printf("%-14s %8.0f MB/s  %5.1f times openssl\n", ways[i].name, got,
			     got / openssl);
	}
	return 0;
}
