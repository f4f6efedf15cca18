/* SPDX-License-Identifier: MIT */
/* entity_test.c - mails of strangers taken apart, and finished messages passed on */
#include "mime/entity.h"

#include "base/fail.h"
#include "base/file.h"
#include "mime/finished.h"
#include "tap.h"

static void shape(struct buffer *out, const struct entity *entity)
{
	buffer_append(out, slice_after(entity->type.word, slice_find(entity->type.word, '/') + 1));
	if (entity->n_parts == 0)
		return;
	buffer_append_byte(out, '(');
	for (size_t i = 0; i < entity->n_parts; i++) {
		if (i)
			buffer_append_byte(out, ' ');
		shape(out, entity->parts[i]);
	}
	buffer_append_byte(out, ')');
}

static const struct {
	const char *name, *mail, *shape;
} trees[] = {
	{"no header at all", "\nx", "plain"},
	{"a text", "Subject: x\n\nbody", "plain"},
	{"a body that begins without an empty line", "Subject: x\nthis is no header\n", "plain"},
	{"two parts",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b\n\na\n--b\nContent-Type: text/html\n\nb\n--b--\n",
	 "mixed(plain html)"},
	{"CRLF", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b--\r\n",
	 "mixed(plain)"},
	{"a preamble and an epilogue",
	 "Content-Type: multipart/mixed; boundary=b\n\nhello\n--b\n\na\n--b--\nbye",
	 "mixed(plain)"},
	{"the last boundary missing", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\na\n",
	 "mixed(plain)"},
	{"a boundary that is the beginning of another text",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--bc\n--b--\n", "mixed(plain)"},
	{"blanks behind a boundary",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b  \n\na\n--b-- \n", "mixed(plain)"},
	{"no boundary parameter", "Content-Type: multipart/mixed\n\n--b\n\na\n--b--\n", "mixed"},
	{"boundaries nested, the inner one begins like the outer one",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\nx\n--bb--\n--b\n\ny\n--b--\n",
	 "mixed(alternative(plain) plain)"},
	{"the outer boundary ends the inner multipart",
	 "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\nx\n--o--\n--i--\n",
	 "mixed(alternative(plain))"},
	{"a message in a message", "Content-Type: message/rfc822\n\nSubject: y\n\nz\n",
	 "rfc822(plain)"},
	{"a digest",
	 "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: y\n\nz\n--b--\n",
	 "digest(rfc822(plain))"},
	{"a type that cannot be read", "Content-Type: nonsense\n\nx", "plain"},
	{"boundaries one behind the other",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\na\n--b--\n", "mixed(plain)"},
};

static void trees_are_read_and_written_back_byte_for_byte(void)
{
	EACH (row, trees) {
		AUTO(arena) struct arena arena = {0};
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(4096);
		AUTO(buffer) struct buffer again = BUFFER_LIMIT(4096);
		struct entity *entity;
		courant_error *err = NULL;

		tap_row(row->name);
		if (entity_parse(&entity, &arena, slice_of(row->mail), &err) < 0) {
			CHECK_NO_ERROR(err);
			continue;
		}
		shape(&got, entity);
		CHECK_SLICE(buffer_peek(&got), slice_of(row->shape));
		entity_write(entity, &again);
		CHECK_SLICE(buffer_peek(&again), slice_of(row->mail));
	}
}

static const struct {
	const char *name, *mail, *text;
} texts[] = {
	{"7bit", "\nabc\n", "abc\n"},
	{"base64", "Content-Transfer-Encoding: BASE64\n\n5a6Y\n572R\n", "官网"},
	{"quoted-printable in latin 1",
	 "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9=\n!\n",
	 "café!\n"},
	{"gb2312", "Content-Type: text/plain; charset=\"gb2312\"\n\n\xd2\xb5\xce\xf1", "业务"},
	{"an unknown encoding", "Content-Transfer-Encoding: x-foo\n\nabc", "abc"},
	{"uuencode", "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n#86)C\n`\nend\n",
	 "abc"},
	{"bytes that are not of the charset", "Content-Type: text/plain; charset=utf-8\n\na\xff",
	 "a\xef\xbf\xbd"},
	{"an unknown charset", "Content-Type: text/plain; charset=x-none\n\nabc", "abc"},
};

static void contents_are_decoded(void)
{
	EACH (row, texts) {
		AUTO(arena) struct arena arena = {0};
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(4096);
		struct entity *entity;

		tap_row(row->name);
		CHECK_INT(entity_parse(&entity, &arena, slice_of(row->mail), NULL), 0);
		entity_text(entity, &text);
		CHECK_SLICE(buffer_peek(&text), slice_of(row->text));
	}
}

static void fields_have_their_places(void)
{
	const slice mail = SLICE("From ann@x.org Mon\nSubject : a\r\n b\r\nTo:x@y.org\n\nbody");
	AUTO(arena) struct arena arena = {0};
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(4096);
	struct header header;

	CHECK_INT(header_parse(&header, &arena, mail, NULL), 0);
	CHECK(header.has_mbox_line);
	CHECK_INT(header.n, 2);
	CHECK_SLICE(
		slice_part(mail, header.items[0].from, header.items[0].to - header.items[0].from),
		SLICE("Subject : a\r\n b\r\n"));
	CHECK_SLICE(slice_after(mail, header.body_from), SLICE("body"));
	header_unfold(&text, header.items[0].value);
	CHECK_SLICE(buffer_peek(&text), SLICE("a b"));
	CHECK(header_find(&header, SLICE("SUBJECT")) == &header.items[0]);
	CHECK(header_find(&header, SLICE("Cc")) == NULL);
}

static void limits_hold(void)
{
	AUTO(buffer) struct buffer mail = BUFFER_LIMIT((size_t)8 << 20);
	AUTO(arena) struct arena arena = {0};
	struct entity *entity;
	struct header header;
	courant_error *err = NULL;

	for (int i = 0; i < 150; i++)
		buffer_printf(&mail, "Content-Type: message/rfc822\n\n");
	CHECK_INT(entity_parse(&entity, &arena, buffer_peek(&mail), &err), -1);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "levels");
	buffer_cut(&mail, 0);
	buffer_append(&mail, SLICE("Content-Type: multipart/mixed; boundary=b\n\n"));
	for (int i = 0; i < 20000; i++)
		buffer_append(&mail, SLICE("--b\n\n\n"));
	CHECK_INT(entity_parse(&entity, &arena, buffer_peek(&mail), &err), -1);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "parts");
	buffer_cut(&mail, 0);
	buffer_append(&mail, SLICE("X: "));
	buffer_append_repeated(&mail, 'x', HEADER_MAX_BYTES);
	CHECK_INT(header_parse(&header, &arena, buffer_peek(&mail), &err), -1);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "header");
	buffer_cut(&mail, 0);
	for (int i = 0; i < FIELDS_READ_MAX + 1; i++)
		buffer_append(&mail, SLICE("X: y\n"));
	CHECK_INT(header_parse(&header, &arena, buffer_peek(&mail), &err), -1);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "fields");
}

static const struct {
	const char *name, *mail, *sent;
} finished_mails[] = {
	{"what is whole keeps its bytes",
	 "Date: x\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\nSubject:  odd\r\n  fold\r\n\r\nbody\r\n",
	 "Date: x\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\nSubject:  odd\r\n  fold\r\n\r\nbody\r\n"},
	{"line ends become CRLF", "Date: x\nFrom: a@x\nMessage-ID: <1@x>\n\na\nb\rc\r\n",
	 "Date: x\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\n\r\na\r\nb\r\nc\r\n"},
	{"Bcc goes",
	 "Date: x\nbCC: secret@x,\n more@x\nFrom: a@x\nResent-Bcc: y\nMessage-ID: <1@x>\n\nb",
	 "Date: x\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\n\r\nb"},
	{"what is missing is put in front", "Subject: x\n\nb",
	 "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nFrom: Ann <ann@x.org>\r\nMessage-ID: <new@x>\r\nSubject: x\r\n\r\nb"},
	{"the line of a mailbox goes",
	 "From a@x Mon Nov 9\nDate: x\nFrom: a@x\nMessage-ID: <1@x>\n\nb",
	 "Date: x\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\n\r\nb"},
	{"a CR at the end", "Date: x\nFrom: a@x\nMessage-ID: <1@x>\n\nb\r",
	 "Date: x\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\n\r\nb\r\n"},
	{"a CR in a header begins no other",
	 "Date: x\nX: a\rBcc: b\nFrom: a@x\nMessage-ID: <1@x>\n\n",
	 "Date: x\r\nX: a Bcc: b\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\n\r\n"},
	{"a From without an address gives way", "Date: x\nFrom: root (Cron Daemon)\nTo: root\nMessage-ID: <1@x>\n\nb",
	 "From: Ann <ann@x.org>\r\nDate: x\r\nTo: root\r\nMessage-ID: <1@x>\r\n\r\nb"},
	{"a header without a body", "Date: x\nFrom: a@x\nMessage-ID: <1@x>", "Date: x\r\nFrom: a@x\r\nMessage-ID: <1@x>\r\n\r\n"},
	{"a body without a header", "hello\n", "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nFrom: Ann <ann@x.org>\r\nMessage-ID: <new@x>\r\n\r\nhello\r\n"},
};

static void finished_messages_keep_their_bytes_but_for_four_things(void)
{
	static const struct finished_defaults defaults = {.from = "Ann <ann@x.org>",
							  .message_id = "<new@x>"};

	EACH (row, finished_mails) {
		courant_error *err = NULL;
		AUTO(finished)
		struct finished *finished = finished_new(
			courant_reader_new_bytes(row->mail, strlen(row->mail), &err), &err);
		AUTO(reader)
		courant_reader *reader =
			finished ? finished_reader_new(finished, &defaults, &err) : NULL;
		char room[4096];
		uint64_t size = 0;
		size_t n = 0, got = 1;

		tap_row(row->name);
		CHECK_NO_ERROR(err);
		while (reader && got && courant_reader_read(reader, room + n, 7, &got, &err) == 0)
			n += got;
		CHECK_SLICE(slice_from(room, n), slice_of(row->sent));
		CHECK(reader && courant_reader_size(reader, &size));
		CHECK_INT(size, n);
	}
}

static void finished_messages_tell_who_gets_them(void)
{
	const slice mail = SLICE(
		"From: Ann <ann@x.org>\nTo: a@x.org, \"B\" <b@x.org>\nCc: g: c@x.org;\nBcc: d@x.org\nTo: e@x.org\n\n");
	AUTO(finished)
	struct finished *finished =
		finished_new(courant_reader_new_bytes(mail.ptr, mail.len, NULL), NULL);
	struct mailbox_list from = {0}, to = {0};

	CHECK_INT(finished_sender(finished, &from, NULL), 0);
	CHECK_INT(finished_recipients(finished, &to, NULL), 0);
	CHECK_INT(from.n_mailboxes, 1);
	CHECK_INT(to.n_mailboxes, 5);

	const slice resent =
		SLICE("From: ann@x.org\nTo: a@x.org\nResent-From: r@x.org\nResent-To: s@x.org\n\n");
	AUTO(finished)
	struct finished *again =
		finished_new(courant_reader_new_bytes(resent.ptr, resent.len, NULL), NULL);
	struct mailbox_list resent_from = {0}, resent_to = {0};

	CHECK_INT(finished_sender(again, &resent_from, NULL), 0);
	CHECK_INT(finished_recipients(again, &resent_to, NULL), 0);
	CHECK_SLICE(resent_from.items[0].local, SLICE("r"));
	CHECK_INT(resent_to.n_mailboxes, 1);
	CHECK_SLICE(resent_to.items[0].local, SLICE("s"));
}

/* RFC 5322, 3.6.6: each resending puts a block of its own in front. */
static const struct {
	const char *name, *mail, *sender, *recipients;
} resent_mails[] = {
	{"blocks next to each other", "Resent-From: b@x\nResent-To: c@x, d@x\nResent-From: a@x\nResent-To: b@x\nFrom: o@x\nTo: a@x\n\n", "b", "cd"},
	{"another field between", "Resent-To: c@x\nReceived: y\nResent-From: a@x\nResent-To: b@x\nFrom: o@x\nTo: a@x\n\n", "o", "c"},
	{"behind what a server has added", "Received: z\nResent-From: a@x\nResent-Sender: s@x\nResent-Bcc: b@x\nFrom: o@x\nTo: a@x\n\n", "s", "b"},
	{"names of this machine", "From: root (Cron Daemon)\nTo: root, a@x, (the) boss\n\n", "", "rootaboss"},
};

static void the_newest_resending_counts(void)
{
	EACH (row, resent_mails) {
		AUTO(finished) struct finished *finished = finished_new(courant_reader_new_bytes(row->mail, strlen(row->mail), NULL), NULL);
		AUTO(buffer) struct buffer names = BUFFER_LIMIT(100);
		struct mailbox_list from = {0}, to = {0};

		tap_row(row->name);
		CHECK_INT(finished_sender(finished, &from, NULL), 0);
		CHECK_INT(finished_recipients(finished, &to, NULL), 0);
		CHECK_SLICE(from.n > 0 ? from.items[0].local : SLICE(""), slice_of(row->sender));
		for (size_t i = 0; i < to.n; i++)
			buffer_append(&names, to.items[i].local);
		CHECK_SLICE(buffer_peek(&names), slice_of(row->recipients));
	}
}

static void a_comment_names_the_author(void)
{
	const slice mail = SLICE("From: a@x (Ann), root (Cron Daemon), adm\n\n");
	AUTO(finished) struct finished *finished = finished_new(courant_reader_new_bytes(mail.ptr, mail.len, NULL), NULL);
	struct mailbox_list author = {0};

	CHECK_INT(finished_author(finished, &author, NULL), 0);
	CHECK_INT(author.n, 3);
	CHECK_SLICE(author.items[1].local, SLICE("root"));
	CHECK_SLICE(author.items[1].name, SLICE("Cron Daemon"));
	CHECK_INT(author.items[1].domain.len, 0);
	CHECK_INT(author.items[2].name.len, 0);
}

static void finished_messages_that_cannot_travel_are_refused(void)
{
	AUTO(buffer) struct buffer mail = BUFFER_LIMIT(4096);
	static const struct finished_defaults defaults = {.message_id = "<new@x>"};
	courant_error *err = NULL;

	buffer_append(&mail, SLICE("Subject: x\n\na"));
	buffer_append_byte(&mail, '\0');
	for (int i = 0; i < 2; i++) {
		AUTO(finished)
		struct finished *finished =
			finished_new(courant_reader_new_bytes(mail.bytes, mail.len, NULL), NULL);

		CHECK(finished_reader_new(finished, &defaults, &err) == NULL);
		CHECK_ERROR(err, COURANT_INVALID, i ? "1000 bytes" : "NUL");
		buffer_cut(&mail, 12);
		buffer_append_repeated(&mail, 'x', 1000);
	}
}

static void reading_survives_every_failed_allocation(void)
{
	const slice mail = SLICE(
		"Content-Type: multipart/mixed; boundary=b; x*0*=utf-8''a\nFrom: =?gb2312?B?0rXO8Q==?= <a@x>\n\n--b\n\na\n--b--\n");
	static const struct finished_defaults defaults = {.from = "Ann <ann@x.org>",
							  .message_id = "<new@x>"};

	EACH_ALLOCATION
	{
		AUTO(arena) struct arena arena = {0};
		courant_error *err = NULL;
		struct entity *entity;
		struct mailbox_list from = {0};
		bool is_fine = entity_parse(&entity, &arena, mail, &err) == 0;
		AUTO(finished)
		struct finished *finished =
			is_fine ? finished_new(courant_reader_new_bytes(mail.ptr, mail.len, &err),
					       &err)
				: NULL;

		is_fine = finished && finished_sender(finished, &from, &err) == 0;

		AUTO(reader)
		courant_reader *reader =
			is_fine ? finished_reader_new(finished, &defaults, &err) : NULL;

		CHECK_INT(courant_error_code(err), reader ? 0 : COURANT_NO_MEMORY);
		courant_error_free(err);
	}
}

TESTS(TEST(trees_are_read_and_written_back_byte_for_byte), TEST(contents_are_decoded), TEST(fields_have_their_places), TEST(limits_hold),
      TEST(finished_messages_keep_their_bytes_but_for_four_things), TEST(finished_messages_tell_who_gets_them),
      TEST(the_newest_resending_counts), TEST(a_comment_names_the_author),
      TEST(finished_messages_that_cannot_travel_are_refused), TEST(reading_survives_every_failed_allocation))
