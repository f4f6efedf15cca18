/* SPDX-License-Identifier: MIT */
/* slice.c - comparing, finding and cutting borrowed bytes */
#include "base/slice.h"

#include "base/ascii.h"

bool slice_equal_nocase(slice a, slice b)
{
	return a.len == b.len && slice_starts_nocase(a, b);
}

int slice_compare(slice a, slice b)
{
	const size_t shared = a.len < b.len ? a.len : b.len;
	const int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool slice_starts_nocase(slice s, slice prefix)
{
	if (s.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (ascii_lower(s.ptr[i]) != ascii_lower(prefix.ptr[i]))
			return false;
	return true;
}

bool slice_ends(slice s, slice suffix)
{
	return s.len >= suffix.len && slice_equal(slice_after(s, s.len - suffix.len), suffix);
}

size_t slice_find(slice s, char byte)
{
	const char *at = s.len ? memchr(s.ptr, byte, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : SLICE_NONE;
}

size_t slice_find_last(slice s, char byte)
{
	const char *at = s.len ? memrchr(s.ptr, byte, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : SLICE_NONE;
}

size_t slice_find_slice(slice s, slice part)
{
	if (part.len == 0)
		return 0;

	const char *at = s.len ? memmem(s.ptr, s.len, part.ptr, part.len) : NULL;

	return at ? (size_t)(at - s.ptr) : SLICE_NONE;
}

/* Most bytes are above all blanks, and need no search. */
static bool is_blank(char byte, const char *blanks)
{
	return (unsigned char)byte <= ' ' && ascii_is_one_of(byte, blanks);
}

static slice trim_bytes(slice s, const char *blanks)
{
	while (s.len && is_blank(s.ptr[0], blanks))
		s = slice_after(s, 1);
	while (s.len && is_blank(s.ptr[s.len - 1], blanks))
		s.len--;
	return s;
}

slice slice_trim(slice s)
{
	return trim_bytes(s, " \t");
}

slice slice_trim_space(slice s)
{
	return trim_bytes(s, " \t\r\n");
}

bool slice_next(slice *rest, char byte, slice *ret)
{
	if (!rest->ptr)
		return false;

	const size_t at = slice_find(*rest, byte);

	*ret = slice_part(*rest, 0, at);
	*rest = at == SLICE_NONE ? (slice){NULL, 0} : slice_after(*rest, at + 1);
	return true;
}

bool slice_next_line(slice *rest, slice *ret)
{
	if (rest->len == 0)
		return false;
	if (!slice_next(rest, '\n', ret))
		return false;
	if (rest->ptr && ret->len && ret->ptr[ret->len - 1] == '\r')
		ret->len--;
	return true;
}
