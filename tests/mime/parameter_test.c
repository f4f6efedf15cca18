/* SPDX-License-Identifier: MIT */
/* parameter_test.c - Content-Type and Content-Disposition taken apart and put together */
#include "mime/parameter.h"

#include "base/fail.h"
#include "base/random.h"
#include "mime/header.h"
#include "tap.h"

static const struct {
	const char *name, *value, *word, *parameter, *text; /* text NULL: there is none */
} lenient[] = {
	{"a type alone", "text/plain", "text/plain", "charset", NULL},
	{"a token", "text/plain; charset=utf-8", "text/plain", "charset", "utf-8"},
	{"capitals", "TEXT/HTML; CharSet=UTF-8", "text/html", "charset", "UTF-8"},
	{"a quoted string", "attachment; filename=\"a \\\"b\\\".txt\"", "attachment", "filename",
	 "a \"b\".txt"},
	{"an extended value", "attachment; filename*=utf-8''%E4%B8%9A.xlsx", "attachment",
	 "filename", "业.xlsx"},
	{"an extended value in latin 1 with a language",
	 "attachment; filename*=iso-8859-1'fr'caf%E9.txt", "attachment", "filename", "café.txt"},
	{"pieces", "attachment; filename*0=\"a b\"; filename*1=c.txt", "attachment", "filename",
	 "a bc.txt"},
	{"pieces in the wrong order", "attachment; filename*1=c.txt; filename*0=ab", "attachment",
	 "filename", "abc.txt"},
	{"extended pieces cut inside a character",
	 "attachment; filename*0*=utf-8''%E4%B8; filename*1*=%9A.txt", "attachment", "filename",
	 "业.txt"},
	{"the extended one is better than the plain one",
	 "attachment; filename=x.txt; filename*=utf-8''%E4%B8%9A.txt", "attachment", "filename",
	 "业.txt"},
	{"an encoded word in quotes, as QQ writes it",
	 "application/x; name=\"=?gb18030?B?0rXO8Q==?=\"", "application/x", "name", "业务"},
	{"a name with blanks and no quotes", "attachment; filename=my file.txt; size=3",
	 "attachment", "filename", "my file.txt"},
	{"a comment", "text/plain (hm); charset=us-ascii (Plain text)", "text/plain", "charset",
	 "us-ascii"},
	{"a semicolon at the end", "text/plain; charset=utf-8;", "text/plain", "charset", "utf-8"},
	{"rubbish between", "text/plain; foo; charset=utf-8", "text/plain", "charset", "utf-8"},
	{"an open quote", "attachment; filename=\"abc", "attachment", "filename", "abc"},
	{"the first of two", "text/plain; charset=a; charset=b", "text/plain", "charset", "a"},
	{"folded", "text/plain;\r\n charset=utf-8", "text/plain", "charset", "utf-8"},
	{"nothing", "", "", "charset", NULL},
};

static void strangers_are_read_with_patience(void)
{
	EACH (row, lenient) {
		AUTO(arena) struct arena arena = {0};
		struct parameters parameters = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(parameters_parse(&parameters, &arena, slice_of(row->value),
					   PARAMETERS_LENIENT, &err),
			  0);
		CHECK_NO_ERROR(err);
		CHECK_SLICE(parameters.word, slice_of(row->word));

		const slice value = parameters_get(&parameters, slice_of(row->parameter));

		CHECK_INT(value.ptr != NULL, row->text != NULL);
		CHECK_SLICE(value, slice_of(row->text));
	}
}

static const struct {
	const char *name, *value;
} malformed[] = {
	{"no type", ""},
	{"blanks inside the type", "text / plain"},
	{"two words", "text/plain charset=utf-8"},
	{"an open quote", "text/plain; name=\"x"},
	{"no equals sign", "text/plain; name"},
	{"a parameter twice", "text/plain; name=a; name=b"},
	{"a name that is no token", "text/plain; na@me=a"},
	{"two slashes", "text/plain/x"},
};

static void what_is_malformed_is_refused_from_us(void)
{
	EACH (row, malformed) {
		AUTO(arena) struct arena arena = {0};
		struct parameters parameters = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(parameters_parse(&parameters, &arena, slice_of(row->value),
					   PARAMETERS_STRICT, &err),
			  -1);
		CHECK_ERROR(err, COURANT_INVALID, "");
	}
}

#define LONG_NAME "x2345678901234567890123456789012345678901234567890123456789012345678901234567890"

static const struct {
	const char *name, *text, *header, *parameter; /* parameter NULL: filename */
} written[] = {
	{"a token", "a.txt", "X: y; filename=a.txt\r\n"},
	{"blanks want quotes", "a b.txt", "X: y; filename=\"a b.txt\"\r\n"},
	{"what RFC 2231 uses is quoted", "50%'*", "X: y; filename=\"50%'*\"\r\n"},
	{"what looks encoded is percent-encoded", "=?a", "X: y; filename*=utf-8''%3D%3Fa\r\n"},
	{"quotes are escaped", "a\"b", "X: y; filename=\"a\\\"b\"\r\n"},
	{"Chinese in one piece while it fits", "业务.xlsx",
	 "X: y; filename*=utf-8''%E4%B8%9A%E5%8A%A1.xlsx\r\n"},
	{"an empty value", "", "X: y; filename=\"\"\r\n"},
	{"an empty value of a name that fills a line", "", "X: y;\r\n " LONG_NAME "*0*=utf-8''\r\n", LONG_NAME},
};

static void parameters_are_written(void)
{
	EACH (row, written) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);
		struct fold fold;

		tap_row(row->name);
		fold_begin(&fold, &out, SLICE("X"));
		fold_token(&fold, SLICE("y"));
		parameter_write(&fold, slice_of(row->parameter ? row->parameter : "filename"), slice_of(row->text));
		fold_end(&fold);
		CHECK_SLICE(buffer_peek(&out), slice_of(row->header));
	}
}

/* All segments are starred and percent-encoded when one is not enough, none is cut inside a
 * character, and all lines fit. */
static void what_is_written_is_read_to_the_same(void)
{
	static const char *const pieces[] = {
		"a",  " ",  "业", "é", "😀", "%",    "'",     "*",
		"\"", "\\", ";",  "=", "(", "long", ".xlsx", "=?utf-8?Q?x?="};
	struct random_stream random = {5};

	for (int round = 0; round < 2000; round++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 14);
		AUTO(buffer) struct buffer header = BUFFER_LIMIT((size_t)1 << 16);
		AUTO(arena) struct arena arena = {0};
		struct parameters parameters = {0};
		struct fold fold;

		for (uint64_t n = random_below(&random, 60) + 1; n; n--)
			buffer_append(&text, slice_of(pieces[random_below(
						     &random, sizeof pieces / sizeof *pieces)]));
		fold_begin(&fold, &header, SLICE("X"));
		fold_token(&fold, SLICE("y"));
		parameter_write(&fold, SLICE("filename"), buffer_peek(&text));
		fold_end(&fold);
		slice rest = buffer_peek(&header), line;

		while (slice_next_line(&rest, &line))
			CHECK(line.len <= FOLD_COLUMNS);
		CHECK_INT(parameters_parse(&parameters, &arena,
					   slice_part(buffer_peek(&header), 3, header.len - 5),
					   PARAMETERS_LENIENT, NULL),
			  0);
		CHECK_SLICE(parameters_get(&parameters, SLICE("filename")), buffer_peek(&text));
	}
}

/* A reader takes only so many pieces: beside a long name each still has some of the value. */
static void a_long_name_leaves_room_for_the_value(void)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(4096);
	AUTO(buffer) struct buffer header = BUFFER_LIMIT((size_t)1 << 16);
	AUTO(arena) struct arena arena = {0};
	struct parameters parameters = {0};
	struct fold fold;

	buffer_append_repeated(&text, '~', 1000);
	fold_begin(&fold, &header, SLICE("X"));
	fold_token(&fold, SLICE("y"));
	parameter_write(&fold, SLICE(LONG_NAME), buffer_peek(&text));
	fold_end(&fold);
	CHECK_INT(parameters_parse(&parameters, &arena, slice_part(buffer_peek(&header), 3, header.len - 5), PARAMETERS_STRICT, NULL), 0);
	CHECK_SLICE(parameters_get(&parameters, SLICE(LONG_NAME)), buffer_peek(&text));
}

static void a_name_for_old_readers_is_encoded_words_in_a_quoted_string(void)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);
	struct fold fold;

	fold_begin(&fold, &out, SLICE("X"));
	fold_token(&fold, SLICE("y"));
	CHECK_INT(parameter_write_name(&fold, SLICE("业务.xlsx"), (slice){NULL, 0}, NULL), 0);
	fold_end(&fold);
	CHECK_SLICE(buffer_peek(&out), SLICE("X: y; name=\"=?utf-8?B?5Lia5YqhLnhsc3g=?=\"\r\n"));
	buffer_cut(&out, 0);
	fold_begin(&fold, &out, SLICE("X"));
	CHECK_INT(parameter_write_name(&fold, SLICE("业务"), SLICE("gb18030"), NULL), 0);
	CHECK_SLICE(buffer_peek(&out), SLICE("X:; name=\"=?gb18030?B?0rXO8Q==?=\""));
}

TESTS(TEST(strangers_are_read_with_patience), TEST(what_is_malformed_is_refused_from_us),
      TEST(parameters_are_written), TEST(what_is_written_is_read_to_the_same), TEST(a_long_name_leaves_room_for_the_value),
      TEST(a_name_for_old_readers_is_encoded_words_in_a_quoted_string))
