/* SPDX-License-Identifier: MIT */
/* buffer_test.c - growing, the limit, and the failure that sticks */
#include "base/buffer.h"

#include "tap.h"

static void pieces_become_one_text(void)
{
	AUTO(buffer) struct buffer buffer = BUFFER_LIMIT(1000);
	courant_error *err = NULL;
	slice whole;
	char *taken = NULL;
	size_t len = 0;

	buffer_append(&buffer, SLICE("Subject"));
	buffer_append_byte(&buffer, ':');
	buffer_append_repeated(&buffer, ' ', 2);
	buffer_append_u64(&buffer, UINT64_MAX);
	buffer_append_u64(&buffer, 0);
	buffer_printf(&buffer, " %s %d", "and", -7);
	buffer_append(&buffer, (slice){NULL, 0});
	CHECK_INT(buffer_slice(&buffer, &whole, &err), 0);
	CHECK_SLICE(whole, SLICE("Subject:  184467440737095516150 and -7"));
	CHECK_INT(buffer_take(&buffer, &taken, &len, &err), 0);
	CHECK_TEXT(taken, "Subject:  184467440737095516150 and -7");
	CHECK_INT(len, 38);
	CHECK_INT(buffer.len, 0);
	CHECK_NO_ERROR(err);
	free(taken);
}

static void an_empty_buffer_gives_an_empty_text(void)
{
	AUTO(buffer) struct buffer buffer = BUFFER_LIMIT(10);
	slice whole = SLICE("x");
	char *taken = NULL;

	CHECK_INT(buffer_slice(&buffer, &whole, NULL), 0);
	CHECK_SLICE(whole, SLICE(""));
	CHECK_INT(buffer_take(&buffer, &taken, NULL, NULL), 0);
	CHECK_TEXT(taken, "");
	free(taken);
}

static void the_limit_holds_to_the_byte(void)
{
	AUTO(buffer) struct buffer buffer = BUFFER_LIMIT(10);
	courant_error *err = NULL;
	char *taken = NULL;
	slice whole;

	buffer_append(&buffer, SLICE("0123456789"));
	CHECK_INT(buffer_check(&buffer, &err), 0);
	buffer_append(&buffer, SLICE(""));
	CHECK_INT(buffer_check(&buffer, &err), 0);
	buffer_append_byte(&buffer, 'x');
	CHECK_INT(buffer_check(&buffer, &err), -1);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "more than 10 bytes");
	CHECK_SLICE(buffer_peek(&buffer), SLICE("0123456789"));
	buffer_cut(&buffer, 0);
	buffer_append_byte(&buffer, 'x'); /* nothing heals it */
	CHECK_INT(buffer_slice(&buffer, &whole, NULL), -1);
	CHECK_INT(buffer_take(&buffer, &taken, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "more than 10 bytes");
	CHECK(taken == NULL);
}

static void sizes_near_the_end_of_the_numbers_are_refused(void)
{
	AUTO(buffer) struct buffer buffer = BUFFER_LIMIT(SIZE_MAX);

	buffer_append_byte(&buffer, 'x');
	CHECK(buffer_room(&buffer, SIZE_MAX) == NULL);
	CHECK_INT(buffer_check(&buffer, NULL), -1);
}

static void room_is_written_by_hand(void)
{
	AUTO(buffer) struct buffer buffer = BUFFER_LIMIT(200);
	char *room = buffer_room(&buffer, 150);

	CHECK(room != NULL);
	if (room)
		memcpy(room, "abc", 3);
	buffer_added(&buffer, 3);
	CHECK_SLICE(buffer_peek(&buffer), SLICE("abc"));
}

static void both_ends_can_be_shortened(void)
{
	AUTO(buffer) struct buffer buffer = BUFFER_LIMIT(200);

	buffer_cut(&buffer, 5);
	buffer_drop(&buffer, 5);
	buffer_append(&buffer, SLICE("0123456789"));
	buffer_cut(&buffer, 8);
	buffer_cut(&buffer, 100);
	buffer_drop(&buffer, 3);
	buffer_drop(&buffer, 0);
	CHECK_SLICE(buffer_peek(&buffer), SLICE("34567"));
	buffer_drop(&buffer, 6);
	CHECK_SLICE(buffer_peek(&buffer), SLICE(""));
}

static void missing_memory_sticks_too(void)
{
	unsigned n_failed = 0, n_fine = 0;

	EACH_ALLOCATION
	{
		AUTO(buffer) struct buffer buffer = BUFFER_LIMIT(100000);
		courant_error *err = NULL;
		char *taken = NULL;

		for (unsigned i = 0; i < 500; i++)
			buffer_append(&buffer, SLICE("some words"));
		buffer_printf(&buffer, "%700d", 1);
		if (buffer_take(&buffer, &taken, NULL, &err) < 0) {
			CHECK_ERROR(err, COURANT_NO_MEMORY, "no memory");
			n_failed++;
		} else {
			CHECK_INT(strlen(taken), 5700);
			n_fine++;
		}
		free(taken);
	}
	CHECK(n_failed >= 5);
	CHECK_INT(n_fine, 1);
}

static void the_failure_of_a_helper_is_ones_own(void)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(100), helper = BUFFER_LIMIT(1);
	courant_error *err = NULL;

	buffer_append(&helper, SLICE("a"));
	buffer_fail_like(&out, &helper);
	CHECK_INT(buffer_check(&out, &err), 0);
	buffer_append(&helper, SLICE("b"));
	buffer_fail_like(&out, &helper);
	CHECK_INT(buffer_check(&out, &err), -1);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "more than");
}

static void a_released_buffer_can_be_used_again(void)
{
	AUTO(buffer) struct buffer buffer = BUFFER_LIMIT(4);

	buffer_append(&buffer, SLICE("too long"));
	buffer_release(&buffer);
	buffer_append(&buffer, SLICE("four"));
	CHECK_INT(buffer_check(&buffer, NULL), 0);
	CHECK_SLICE(buffer_peek(&buffer), SLICE("four"));
}

TESTS(TEST(pieces_become_one_text), TEST(an_empty_buffer_gives_an_empty_text), TEST(the_limit_holds_to_the_byte),
      TEST(sizes_near_the_end_of_the_numbers_are_refused), TEST(room_is_written_by_hand),
      TEST(both_ends_can_be_shortened), TEST(missing_memory_sticks_too), TEST(the_failure_of_a_helper_is_ones_own),
      TEST(a_released_buffer_can_be_used_again))
