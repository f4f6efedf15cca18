/* SPDX-License-Identifier: MIT */
/* secret_test.c - what was secret is cleared */
#include "base/secret.h"

#include "base/alloc.h"
#include "tap.h"

static void bytes_are_overwritten(void)
{
	char password[] = "hunter2";

	secret_clear(password, sizeof password);
	EACH (byte, password)
		CHECK_INT(*byte, 0);
	secret_clear(NULL, 0);
	secret_free(NULL);
	secret_free(mem_copy_text("hunter2"));
}

static void a_buffer_is_empty_afterwards(void)
{
	struct buffer token = BUFFER_LIMIT(100);

	buffer_append(&token, SLICE("secret"));
	secret_release(&token);
	CHECK(token.bytes == NULL);
	CHECK_INT(token.len, 0);
	secret_release(&token);
}

TESTS(TEST(bytes_are_overwritten), TEST(a_buffer_is_empty_afterwards))
