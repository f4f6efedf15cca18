/* SPDX-License-Identifier: MIT */
/* base64_wide.h - base64 with AVX2 and AVX-512 VBMI: whole groups and whole lines only
 *
 * Each takes some of the n bytes from the front, a multiple of 3 or of 57, and says how many. They
 * write nothing behind what they encode and read nothing behind n. */
#ifndef COURANT_MIME_BASE64_WIDE_H
#define COURANT_MIME_BASE64_WIDE_H
#include <stddef.h>

#if defined(__x86_64__)
#define BASE64_WIDE 1

size_t base64_avx2_groups(char *to, const unsigned char *from, size_t n);
size_t base64_avx2_lines(char *to, const unsigned char *from, size_t n);
size_t base64_avx512_groups(char *to, const unsigned char *from, size_t n);
size_t base64_avx512_lines(char *to, const unsigned char *from, size_t n);
#endif
#endif
