/* SPDX-License-Identifier: MIT */
/* failing.c - a test program with one fault of each kind; tap_test.py knows what it prints */
#include <courant/error.h>

#include "base/fail.h"
#include "tap.h"

static void all_is_well(void)
{
	CHECK_INT(1 + 1, 2);
}

static void numbers_differ(void)
{
	tap_row("the row");
	CHECK_INT(1 + 1, 3);
	CHECK_INT(1 + 1, 2); /* a check does not jump */
}

static void bytes_differ(void)
{
	CHECK_SLICE(SLICE("a\n\"\xff"), SLICE("b"));
	CHECK_NEAR(1.5, 2.5, 0.5);
}

static void errors_differ(void)
{
	courant_error *err = NULL;

	(void)fail(&err, COURANT_IO, "disk full");
	CHECK_ERROR(err, COURANT_TLS, "handshake");
	CHECK(err == NULL);
	(void)fail(&err, COURANT_IO, "disk full");
	CHECK_NO_ERROR(err);
}

static void nothing_to_do(void)
{
	tap_skip("there is nothing");
}

static void each_allocation_fails_once(void)
{
	unsigned n_failed = 0, n_rounds = 0;

	EACH_ALLOCATION
	{
		void *first = mem_alloc(1), *second = mem_alloc(1);

		n_failed += !first + !second;
		n_rounds++;
		free(first);
		free(second);
	}
	CHECK_INT(n_failed, 2);
	CHECK_INT(n_rounds, 3);
}

TESTS(TEST(all_is_well), TEST(numbers_differ), TEST(bytes_differ), TEST(errors_differ), TEST(nothing_to_do),
      TEST(each_allocation_fails_once))
