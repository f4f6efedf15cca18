/* SPDX-License-Identifier: MIT */
/* alloc_test.c - sums, products, and the allocation that fails when it is told to */
#include "base/alloc.h"

#include "base/auto.h"
#include "tap.h"

static void sizes_do_not_overflow(void)
{
	size_t result = 7;

	CHECK(size_add(SIZE_MAX - 1, 1, &result));
	CHECK_INT(result == SIZE_MAX, 1);
	CHECK(!size_add(SIZE_MAX, 1, &result));
	CHECK_INT(result == SIZE_MAX, 1); /* untouched */
	CHECK(size_mul(6, 7, &result));
	CHECK_INT(result, 42);
	CHECK(!size_mul(SIZE_MAX / 2 + 1, 2, &result));
	CHECK_INT(result, 42);
	CHECK(size_mul(0, SIZE_MAX, &result));
	CHECK_INT(result, 0);
}

static void memory_is_zeroed_and_never_of_a_size_that_overflowed(void)
{
	AUTO(free) char *bytes = mem_array(1000, 3);
	AUTO(free) char *none = mem_alloc(0);
	AUTO(free) char *too_many = mem_array(SIZE_MAX / 2, 3);
	AUTO(free) char *too_large = mem_resize(NULL, SIZE_MAX / 2, 3);
	size_t n_set = 0;

	for (size_t i = 0; bytes && i < 3000; i++)
		n_set += bytes[i] != 0;
	CHECK(bytes && n_set == 0);
	CHECK(none != NULL);
	CHECK(too_many == NULL);
	CHECK(too_large == NULL);
}

static void copies_end_with_a_nul(void)
{
	AUTO(free) char *text = mem_copy(slice_from("abcdef", 3));
	AUTO(free) char *empty = mem_copy((slice){NULL, 0});
	AUTO(free) char *whole = mem_copy_text("hello");
	AUTO(free) char *nothing = mem_copy_text(NULL);

	CHECK_TEXT(text, "abc");
	CHECK_TEXT(empty, "");
	CHECK_TEXT(whole, "hello");
	CHECK(nothing == NULL);
}

static void the_allocation_that_was_asked_for_fails_once(void)
{
	(void)alloc_fail_at(2);

	AUTO(free) char *first = mem_alloc(1);
	AUTO(free) char *second = mem_alloc(1);
	AUTO(free) char *third = mem_alloc(1);

	CHECK(first != NULL);
	CHECK(second == NULL);
	CHECK(third != NULL);
	CHECK(alloc_fail_at(0));
	CHECK(!alloc_fail_at(0));
}

static void a_failed_resize_leaves_the_old_memory(void)
{
	AUTO(free) char *old = mem_copy_text("kept");

	(void)alloc_fail_at(1);
	CHECK(mem_resize(old, 100, 1) == NULL);
	(void)alloc_fail_at(0);
	CHECK_TEXT(old, "kept");
}

TESTS(TEST(sizes_do_not_overflow), TEST(memory_is_zeroed_and_never_of_a_size_that_overflowed),
      TEST(copies_end_with_a_nul), TEST(the_allocation_that_was_asked_for_fails_once),
      TEST(a_failed_resize_leaves_the_old_memory))
