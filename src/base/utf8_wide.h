/* SPDX-License-Identifier: MIT */
/* utf8_wide.h - whether a text is UTF-8, 32 bytes at a time (AVX2) */
#ifndef COURANT_BASE_UTF8_WIDE_H
#define COURANT_BASE_UTF8_WIDE_H
#include "base/slice.h"

#if defined(__x86_64__)
#define UTF8_WIDE 1

/* Only where the machine has AVX2. */
bool utf8_is_valid_avx2(slice);
#endif
#endif
