/* SPDX-License-Identifier: MIT */
/* reply_test.c - src/smtp/reply.c: replies, as they should be and as they are */
#include "smtp/reply.h"

#include "tap.h"

#define BAD (-1)
#define CUT 0 /* more is needed */

static const struct {
	const char *name;
	const char *in;
	int code;
	unsigned short enhanced[3];
	const char *text;
} rows[] = {
	{"one line", "250 ok\r\n", 250, {0}, "ok"},
	{"a code alone", "354\r\n", 354, {0}, ""},
	{"a code and a blank", "354 \r\n", 354, {0}, ""},
	{"a lone LF", "250 ok\n", 250, {0}, "ok"},
	{"several lines", "250-a\r\n250-b\r\n250 c\r\n", 250, {0}, "a\nb\nc"},
	{"several lines, the last a bare code", "250-a\r\n250\r\n", 250, {0}, "a\n"},
	{"several lines with LF", "250-a\n250 b\n", 250, {0}, "a\nb"},
	{"only a code and a hyphen", "250-\r\n250 b\r\n", 250, {0}, "\nb"},
	{"an enhanced code", "550 5.1.1 no such user\r\n", 550, {5, 1, 1}, "no such user"},
	{"an enhanced code alone", "250 2.0.0\r\n", 250, {2, 0, 0}, ""},
	{"an enhanced code on each line", "550-5.7.1 go\r\n550 5.7.1 away\r\n", 550, {5, 7, 1}, "go\naway"},
	{"an enhanced code of another class", "550 2.1.1 what\r\n", 550, {0}, "2.1.1 what"},
	{"an enhanced code of another class on one line", "550-5.1.1 a\r\n550 4.1.1 b\r\n", 550, {5, 1, 1}, "a\n4.1.1 b"},
	{"three digits each", "421 4.999.123 x\r\n", 421, {4, 999, 123}, "x"},
	{"four digits are no enhanced code", "421 4.1000.1 x\r\n", 421, {0}, "4.1000.1 x"},
	{"a version is no enhanced code", "220 2.1.0beta\r\n", 220, {0}, "2.1.0beta"},
	{"two parts are no enhanced code", "250 2.0 x\r\n", 250, {0}, "2.0 x"},
	{"an enhanced code and a hyphen", "250 2.0.0-x\r\n", 250, {0}, "2.0.0-x"},
	{"a CR in the text", "250 a\rb\r\n", 250, {0}, "a\rb"},
	{"different codes", "250-a\r\n550 b\r\n", BAD, {0}, ""},
	{"different codes of one class", "250-a\r\n251 b\r\n", BAD, {0}, ""},
	{"no code", "hello\r\n", BAD, {0}, ""},
	{"an empty line", "\r\n", BAD, {0}, ""},
	{"two digits", "25\r\n", BAD, {0}, ""},
	{"four digits", "2500\r\n", BAD, {0}, ""},
	{"a code below 200", "199 no\r\n", BAD, {0}, ""},
	{"a code above 599", "600 no\r\n", BAD, {0}, ""},
	{"a letter in the code", "2x0 no\r\n", BAD, {0}, ""},
	{"a blank before the code", " 250 no\r\n", BAD, {0}, ""},
	{"a tab behind the code", "250\tno\r\n", BAD, {0}, ""},
	{"text right behind the code", "250ok\r\n", BAD, {0}, ""},
	{"a second line without a code", "250-a\r\nb\r\n", BAD, {0}, ""},
	{"HTTP", "HTTP/1.1 400 Bad Request\r\n", BAD, {0}, ""},
	{"a line that has not ended", "250 ok", CUT, {0}, ""},
	{"a line with its CR only", "250 ok\r", CUT, {0}, ""},
	{"a reply that goes on", "250-ok\r\n", CUT, {0}, ""},
	{"nothing", "", CUT, {0}, ""},
};

static int read_by(struct reply_reader *reader, slice *in, size_t step, struct reply *ret, courant_error **err)
{
	int status = 0;

	while (in->len > 0 && status == 0) {
		slice piece = slice_part(*in, 0, step);
		const size_t before = piece.len;

		status = reply_read(reader, &piece, ret, err);
		*in = slice_after(*in, before - piece.len);
	}
	return status;
}

static void each_row(size_t step)
{
	EACH (row, rows) {
		AUTO(reply_reader) struct reply_reader reader;
		AUTO(error) courant_error *error = NULL;
		struct reply reply = {0};
		slice in = slice_of(row->in);

		tap_row(row->name);
		reply_reader_init(&reader);

		const int status = read_by(&reader, &in, step, &reply, &error);

		CHECK_INT(status, row->code == BAD ? -1 : row->code == CUT ? 0 : 1);
		if (row->code == BAD)
			CHECK_ERROR(error, COURANT_PROTOCOL, "");
		if (status != 1)
			continue;
		CHECK_INT(reply.code, row->code);
		for (int i = 0; i < 3; i++)
			CHECK_INT(reply.enhanced[i], row->enhanced[i]);
		CHECK_SLICE(reply.text.len ? reply.text : SLICE(""), slice_of(row->text));
	}
}

static void replies_are_read_in_one_piece(void)
{
	each_row(100000);
}

static void replies_are_read_byte_by_byte(void)
{
	each_row(1);
}

static void replies_are_read_in_threes(void)
{
	each_row(3);
}

static void replies_follow_each_other(void)
{
	static const size_t steps[] = {1, 2, 7, 1000};

	EACH (step, steps) {
		AUTO(reply_reader) struct reply_reader reader;
		struct reply reply;
		slice in = SLICE("220 a\r\n250-b\r\n250 c\r\n550 5.0.0 d\r\n250-e\r\n250-f\r\n250 g\r\n");

		reply_reader_init(&reader);
		CHECK_INT(read_by(&reader, &in, *step, &reply, NULL), 1);
		CHECK_SLICE(reply.text, SLICE("a"));
		CHECK_INT(read_by(&reader, &in, *step, &reply, NULL), 1);
		CHECK_SLICE(reply.text, SLICE("b\nc"));
		CHECK_INT(read_by(&reader, &in, *step, &reply, NULL), 1);
		CHECK_SLICE(reply.text, SLICE("d"));
		CHECK_INT(read_by(&reader, &in, *step, &reply, NULL), 1);
		CHECK_SLICE(reply.text, SLICE("e\nf\ng"));
		CHECK_INT(in.len, 0);
	}
}

static void nuls_are_text(void)
{
	AUTO(reply_reader) struct reply_reader reader;
	struct reply reply;
	slice in = SLICE("250 a\0b\r\n");

	reply_reader_init(&reader);
	CHECK_INT(reply_read(&reader, &in, &reply, NULL), 1);
	CHECK_SLICE(reply.text, SLICE("a\0b"));
}

/* Feeds the same bytes until the reader gives up; returns how many it took. */
static size_t flood(slice line, size_t max_bytes, courant_error **err)
{
	AUTO(reply_reader) struct reply_reader reader;
	struct reply reply;
	size_t n = 0;

	reply_reader_init(&reader);
	for (; n < max_bytes; n += line.len) {
		slice in = line;

		if (reply_read(&reader, &in, &reply, err) != 0)
			break;
	}
	return n;
}

static void an_endless_line_ends(void)
{
	AUTO(error) courant_error *error = NULL;

	CHECK(flood(SLICE("2501234567890"), 1000000, &error) <= REPLY_LINE_MAX_BYTES);
	CHECK_ERROR(error, COURANT_PROTOCOL, "more than 8192 bytes");
}

static void an_endless_reply_ends(void)
{
	AUTO(error) courant_error *error = NULL;

	CHECK(flood(SLICE("250-x\r\n"), 1000000, &error) <= (size_t)REPLY_MAX_LINES * 7);
	CHECK_ERROR(error, COURANT_PROTOCOL, "more than 1000 lines");
	CHECK(flood(SLICE("250-01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"
			  "234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n"),
		    1000000, &error) <= REPLY_MAX_BYTES + REPLY_LINE_MAX_BYTES);
	CHECK_ERROR(error, COURANT_PROTOCOL, "more than 65536 bytes");
}

static void the_longest_line_is_read(void)
{
	AUTO(reply_reader) struct reply_reader reader;
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(20000);
	struct reply reply;

	buffer_append(&line, SLICE("250 "));
	buffer_append_repeated(&line, 'x', REPLY_LINE_MAX_BYTES - 6);
	buffer_append(&line, SLICE("\r\n"));
	reply_reader_init(&reader);

	slice in = buffer_peek(&line);

	CHECK_INT(reply_read(&reader, &in, &reply, NULL), 1);
	CHECK_INT(reply.text.len, REPLY_LINE_MAX_BYTES - 6);
}

static void a_failed_allocation_is_an_error(void)
{
	EACH_ALLOCATION
	{
		AUTO(reply_reader) struct reply_reader reader;
		AUTO(error) courant_error *error = NULL;
		struct reply reply;
		slice in = SLICE("250-2.0.0 a\r\n250 2.0.0 b\r\n");

		reply_reader_init(&reader);
		if (read_by(&reader, &in, 5, &reply, &error) == 1)
			CHECK_SLICE(reply.text, SLICE("a\nb"));
		else
			CHECK_ERROR(error, COURANT_NO_MEMORY, "");
	}
}

TESTS(TEST(replies_are_read_in_one_piece), TEST(replies_are_read_byte_by_byte), TEST(replies_are_read_in_threes),
      TEST(replies_follow_each_other), TEST(nuls_are_text), TEST(an_endless_line_ends), TEST(an_endless_reply_ends),
      TEST(the_longest_line_is_read), TEST(a_failed_allocation_is_an_error))
