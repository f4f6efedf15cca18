/* SPDX-License-Identifier: MIT */
/* slice.h - bytes that belong to somebody else
 *
 * A slice borrows: it is not terminated, may hold NULs, and lives no longer than what it points into. {NULL, 0} is empty. */
#ifndef COURANT_BASE_SLICE_H
#define COURANT_BASE_SLICE_H
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct slice {
	const char *ptr;
	size_t len;
} slice;

/* A literal as a slice. */
#define SLICE(literal) ((slice){"" literal, sizeof(literal) - 1})
/* The same in the initialiser of a static table. */
#define SLICE_INIT(literal) {"" literal, sizeof(literal) - 1}

/* For printf's "%.*s". */
#define SLICE_ARGS(s) (int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len), ((s).ptr ? (s).ptr : "")

static inline slice slice_of(const char *text)
{
	return (slice){text, text ? strlen(text) : 0};
}

static inline slice slice_from(const char *ptr, size_t len)
{
	return (slice){ptr, len};
}

/* The part from byte `at` on, at most `len` bytes; what lies outside is cut. */
static inline slice slice_part(slice s, size_t at, size_t len)
{
	if (at >= s.len)
		return (slice){s.ptr ? s.ptr + s.len : NULL, 0};
	return (slice){s.ptr + at, len < s.len - at ? len : s.len - at};
}

static inline slice slice_after(slice s, size_t n)
{
	return slice_part(s, n, s.len);
}

static inline bool slice_equal(slice a, slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool slice_starts(slice s, slice prefix)
{
	return s.len >= prefix.len && slice_equal(slice_from(s.ptr, prefix.len), prefix);
}

bool slice_equal_nocase(slice a, slice b); /* ASCII letters only */
int slice_compare(slice a, slice b);       /* byte order; the shorter first when one begins the other */
bool slice_starts_nocase(slice s, slice prefix);
bool slice_ends(slice s, slice suffix);

#define SLICE_NONE ((size_t)-1)
size_t slice_find(slice s, char byte);      /* the first, or SLICE_NONE */
size_t slice_find_last(slice s, char byte); /* the last, or SLICE_NONE */
size_t slice_find_slice(slice s, slice part);

/* Without blanks and tabs (slice_trim), without blanks, tabs, CR and LF (slice_trim_space) at both ends. */
slice slice_trim(slice s);
slice slice_trim_space(slice s);

/* Cuts the piece before the first `byte` off `*rest` (and the byte itself). False when `*rest` was at its end: ptr NULL.
 * "a,b" gives "a", "b"; "" gives "" once. */
bool slice_next(slice *rest, char byte, slice *ret);

/* The same for lines: ends at LF or at the end, a CR before the LF is cut. The piece after a last LF is no line. */
bool slice_next_line(slice *rest, slice *ret);
#endif
