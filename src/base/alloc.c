/* SPDX-License-Identifier: MIT */
/* alloc.c - malloc with a switch for tests */
#include "base/alloc.h"

/* The one piece of state below cli/ that outlives a call: a test's switch, off (0) in every program. */
static _Thread_local unsigned long countdown;
static _Thread_local bool has_failed;

bool alloc_fail_at(unsigned long n)
{
	const bool before = has_failed;

	countdown = n;
	has_failed = false;
	return before;
}

static bool must_fail(void)
{
	if (__builtin_expect(countdown == 0, 1) || --countdown > 0)
		return false;
	has_failed = true;
	return true;
}

void *mem_alloc(size_t size_bytes)
{
	return mem_array(1, size_bytes);
}

void *mem_array(size_t n, size_t size_each)
{
	size_t size;

	if (must_fail() || !size_mul(n, size_each, &size))
		return NULL;
	return calloc(1, size ? size : 1);
}

void *mem_resize(void *old, size_t n, size_t size_each)
{
	size_t size;

	if (must_fail() || !size_mul(n, size_each, &size))
		return NULL;
	return realloc(old, size ? size : 1);
}

char *mem_copy(slice bytes)
{
	if (must_fail() || bytes.len == (size_t)-1)
		return NULL;

	char *copy = malloc(bytes.len + 1);

	if (!copy)
		return NULL;
	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	copy[bytes.len] = '\0';
	return copy;
}

char *mem_copy_text(const char *text)
{
	return text ? mem_copy(slice_of(text)) : NULL;
}
