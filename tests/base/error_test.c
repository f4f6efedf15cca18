/* SPDX-License-Identifier: MIT */
/* error_test.c - one error: set once, read by a person, also when memory has run out */
#include <errno.h>

#include "base/buffer.h"
#include "base/fail.h"
#include "tap.h"

static void an_error_says_all_that_is_known(void)
{
	courant_error *err = NULL;

	CHECK_INT(fail(&err, COURANT_INVALID, "line %d of %s", 7, "x.yaml"), -1);
	CHECK_INT(courant_error_code(err), COURANT_INVALID);
	CHECK_TEXT(courant_error_sentence(err), "line 7 of x.yaml");
	CHECK_INT(courant_error_errno(err), 0);
	CHECK_INT(courant_error_reply(err), 0);
	courant_error_free(err);

	err = NULL;
	CHECK_INT(fail_reply_code(&err, COURANT_REFUSED, 550, "mx refuses: %s", "no such user"), -1);
	CHECK_INT(courant_error_reply(err), 550);
	CHECK_ERROR(err, COURANT_REFUSED, "mx refuses: no such user");
}

static void no_error_is_an_empty_sentence(void)
{
	CHECK_INT(courant_error_code(NULL), 0);
	CHECK_TEXT(courant_error_sentence(NULL), "");
	CHECK_INT(courant_error_errno(NULL), 0);
	CHECK_INT(courant_error_reply(NULL), 0);
	courant_error_free(NULL);
}

static void what_the_system_says_becomes_code_and_words(void)
{
	static const struct {
		const char *name;
		int number, code;
		const char *sentence;
	} rows[] = {
		{"a missing file", ENOENT, COURANT_NO_INPUT, "cannot open x: No such file or directory"},
		{"a file of somebody else", EACCES, COURANT_NO_INPUT, "cannot open x: Permission denied"},
		{"a folder", EISDIR, COURANT_NO_INPUT, "cannot open x: Is a directory"},
		{"a full disk", ENOSPC, COURANT_IO, "cannot open x: No space left on device"},
		{"no memory", ENOMEM, COURANT_NO_MEMORY, "cannot open x: Cannot allocate memory"},
	};

	EACH (row, rows) {
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(fail_errno(&err, row->number, "cannot open %s", "x"), -1);
		CHECK_INT(courant_error_code(err), row->code);
		CHECK_INT(courant_error_errno(err), row->number);
		CHECK_TEXT(courant_error_sentence(err), row->sentence);
		courant_error_free(err);
	}

	courant_error *err = NULL;

	tap_row("a code of one's own");
	CHECK_INT(fail_errno_as(&err, COURANT_CANT_CREATE, EACCES, "cannot create %s", "y"), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, "cannot create y: Permission denied");
}

static void the_first_error_stays(void)
{
	courant_error *err = NULL;

	(void)fail(&err, COURANT_TLS, "first");
	(void)fail(&err, COURANT_IO, "second");
	(void)fail_memory(&err);
	(void)fail_errno(&err, EIO, "third");
	CHECK_ERROR(err, COURANT_TLS, "first");
	CHECK_INT(fail(NULL, COURANT_IO, "nobody listens"), -1);
	CHECK_INT(fail_memory(NULL), -1);
}

static void layers_put_their_words_in_front(void)
{
	courant_error *err = NULL;

	(void)fail(&err, COURANT_IO, "disk full");
	CHECK_INT(fail_within(&err, "report %s", "weekly"), -1);
	CHECK_TEXT(courant_error_sentence(err), "report weekly: disk full");
	CHECK_ERROR(err, COURANT_IO, "report weekly: disk full");
	CHECK_INT(fail_within(&err, "nothing there"), -1);
	CHECK_NO_ERROR(err);
	CHECK_INT(fail_within(NULL, "nobody listens"), -1);
}

static void an_error_is_handed_on_or_freed(void)
{
	courant_error *cause = NULL, *err = NULL;

	(void)fail(&cause, COURANT_IO, "cause");
	CHECK_INT(fail_pass(&err, cause), -1);
	CHECK(err == cause);

	courant_error *other = NULL;

	(void)fail(&other, COURANT_TLS, "other");
	CHECK_INT(fail_pass(&err, other), -1);
	CHECK_ERROR(err, COURANT_IO, "cause");

	other = NULL;
	(void)fail(&other, COURANT_TLS, "other");
	CHECK_INT(fail_pass(NULL, other), -1);
}

static void a_strangers_bytes_are_shown_not_obeyed(void)
{
	courant_error *err = NULL;
	char long_text[10001];

	(void)fail(&err, COURANT_REFUSED, "mx says: %s", "550 \033[2J\r\nno\xff");
	CHECK_TEXT(courant_error_sentence(err), "mx says: 550 \\u{1b}[2J\\u{d}\\u{a}no\\xff");
	courant_error_free(err);

	memset(long_text, 'x', 10000);
	long_text[10000] = '\0';
	err = NULL;
	(void)fail(&err, COURANT_REFUSED, "%s", long_text);
	CHECK_INT(strlen(courant_error_sentence(err)), 4096);
	courant_error_free(err);
}

static void without_memory_there_is_still_an_error(void)
{
	EACH_ALLOCATION
	{
		courant_error *err = NULL;

		CHECK_INT(fail(&err, COURANT_TLS, "a sentence of some length, number %d", 1), -1);
		(void)fail_within(&err, "in front");
		CHECK(courant_error_code(err) == COURANT_TLS || courant_error_code(err) == COURANT_NO_MEMORY);
		CHECK(*courant_error_sentence(err));
		courant_error_free(err);
	}
}

TESTS(TEST(an_error_says_all_that_is_known), TEST(no_error_is_an_empty_sentence),
      TEST(what_the_system_says_becomes_code_and_words), TEST(the_first_error_stays),
      TEST(layers_put_their_words_in_front), TEST(an_error_is_handed_on_or_freed),
      TEST(a_strangers_bytes_are_shown_not_obeyed), TEST(without_memory_there_is_still_an_error))
