/* SPDX-License-Identifier: MIT */
/* mend_test.c - src/mime/mend.c: every line becomes short, and a reader sees the same */
#include "mime/mend.h"

#include "mime/entity.h"
#include "tap.h"

#define LINE_MAX_BYTES 998
#define X10            "xxxxxxxxxx"
#define X100           X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X1000          X100 X100 X100 X100 X100 X100 X100 X100 X100 X100

static const struct {
	const char *name;
	slice message;
	const char *header;  /* what must stand in the result, or NULL */
	const char *content; /* of its last part, without its encoding; NULL: as before */
} rows[] = {
	{"a text without MIME, as cron writes it", SLICE_INIT("Subject: x\r\n\r\nshort\r\n" X1000 "\r\n"),
	 "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: quoted-printable\r\n"
	 "X-MIME-Autoconverted: from 7bit to quoted-printable by courant\r\n\r\nshort\r\n", NULL},
	{"the same in UTF-8", SLICE_INIT("Subject: x\r\n\r\n" X1000 "ü\r\n"), "Content-Type: text/plain; charset=utf-8\r\n", NULL},
	{"the same in nobody knows what", SLICE_INIT("Subject: x\r\n\r\n" X1000 "\xfc\r\n"), "charset=unknown-8bit\r\n", NULL},
	{"an HTML page of one line", SLICE_INIT("MIME-Version: 1.0\r\nContent-Type: text/html; charset=latin1\r\nContent-Transfer-Encoding: 8bit\r\nSubject: x\r\n\r\n<p>" X1000 "=\xfc"),
	 "MIME-Version: 1.0\r\nContent-Type: text/html; charset=latin1\r\nSubject: x\r\nContent-Transfer-Encoding: quoted-printable\r\n"
	 "X-MIME-Autoconverted: from 8bit to quoted-printable by courant\r\n\r\n<p>", NULL},
	{"a NUL", SLICE_INIT("Subject: x\r\n\r\na\0b\r\n"), "\r\n\r\na=00b\r\n", NULL},
	{"base64 in one line", SLICE_INIT("Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n" X1000 "\r\nxx==\r\n"),
	 "Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n" X10 X10 X10 X10 X10 X10 X10 "xxxxxx\r\nxxxx", NULL},
	{"quoted-printable in one line", SLICE_INIT("Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n" X1000 "=3D\r\nc=\r\nd\r\n"),
	 "Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n" X10 X10 X10 X10 X10 X10 X10 "xxxxx=\r\nxxxxx", NULL},
	{"half an escape before a NUL", SLICE_INIT("Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db=B\0c\r\n"),
	 "\r\n\r\na=3Db=B=00c\r\n", NULL},
	{"a part of several: the others stay", SLICE_INIT("Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\n.one \r\n--b\r\nContent-Type: text/html\r\n\r\n" X1000 "\r\n--b--\r\n"),
	 "boundary=b\r\n\r\npreamble\r\n--b\r\n\r\n.one \r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n", X1000},
	{"a message inside a message", SLICE_INIT("Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\n" X1000 "\r\n"),
	 "Content-Type: message/rfc822\r\n\r\nSubject: in\r\nContent-Type: text/plain; charset=us-ascii\r\n", X1000 "\r\n"},
	{"a subject of many words", SLICE_INIT("Subject: " X100 " " X100 " " X100 " " X100 " " X100 " " X100 " " X100 " " X100 " " X100 " " X100 "\r\nTo: a\r\n\r\nb\r\n"),
	 "Subject:\r\n " X100 "\r\n " X100 " " X100, NULL},
	{"a subject of one word", SLICE_INIT("Subject: " X1000 X10 "\r\nTo: a\r\n\r\nb\r\n"), "Subject:\r\n x", NULL},
	{"a NUL and a thousand blanks in a header", SLICE_INIT("Subject: a\0b\r\nX: " X1000 "\r\n\r\nb\r\n"), "Subject: a b\r\n", NULL},
	{"rubbish between parts", SLICE_INIT("Content-Type: multipart/mixed; boundary=b\r\n\r\n" X1000 "\r\n--b\r\n\r\none\r\n--b--\r\n"), "\r\n\r\none\r\n--b--\r\n", NULL},
};

static bool has_long_line(slice text)
{
	slice line;

	while (slice_next_line(&text, &line))
		if (line.len > LINE_MAX_BYTES)
			return true;
	return false;
}

/* The last part's content, decoded. */
static void last_content(slice message, struct buffer *ret)
{
	AUTO(arena) struct arena arena = {0};
	struct entity *entity;

	CHECK_INT(entity_parse(&entity, &arena, message, NULL), 0);
	while (entity->n_parts > 0)
		entity = entity->parts[entity->n_parts - 1];
	entity_content(entity, ret);
}

static void lines_become_short_and_contents_stay(void)
{
	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(100000);
		AUTO(buffer) struct buffer before = BUFFER_LIMIT(100000);
		AUTO(buffer) struct buffer after = BUFFER_LIMIT(100000);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(mend_write(&out, row->message, &err), 0);
		CHECK_NO_ERROR(err);
		CHECK(!has_long_line(buffer_peek(&out)));
		CHECK(slice_find(buffer_peek(&out), '\0') == SLICE_NONE);
		CHECK(slice_find_slice(buffer_peek(&out), slice_of(row->header)) != SLICE_NONE);
		last_content(row->message, &before);
		last_content(buffer_peek(&out), &after);
		CHECK_SLICE(buffer_peek(&after), row->content ? slice_of(row->content) : buffer_peek(&before));

		/* What is short stays as it is. */
		buffer_cut(&before, 0);
		CHECK_INT(mend_write(&before, buffer_peek(&out), &err), 0);
		CHECK_SLICE(buffer_peek(&before), buffer_peek(&out));
	}
}

static void what_cannot_be_changed_is_refused(void)
{
	static const struct {
		const char *name, *message, *sentence;
	} refused[] = {
		{"a signed part", "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n" X1000 "\r\n--b--\r\n", "break the signature"},
		{"a notification", "Content-Type: message/delivery-status\r\n\r\n" X1000 "\r\n", "message/delivery-status"},
		{"an encoding of the future", "Content-Transfer-Encoding: base91\r\n\r\n" X1000 "\r\n", "not known"},
	};

	EACH (row, refused) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(100000);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(mend_write(&out, slice_of(row->message), &err), -1);
		CHECK_ERROR(err, COURANT_INVALID, row->sentence);
	}
}

TESTS(TEST(lines_become_short_and_contents_stay), TEST(what_cannot_be_changed_is_refused))
