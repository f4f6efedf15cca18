/* SPDX-License-Identifier: MIT */
/* message_test.c - whole mails, by the rules that other composers were caught breaking */
#include "mail.h"

#include "base/fail.h"

static void a_text_mail_is_written_as_expected(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	CHECK_INT(courant_message_set_subject(mail, "Test email from A", NULL), 0);
	CHECK_INT(courant_message_set_message_id(mail, "<1@example.com>", NULL), 0);
	CHECK_INT(courant_message_set_text(mail, "Hello\n", NULL), 0);
	mail_check(mail, &text);
	CHECK_SLICE(buffer_peek(&text), SLICE("Date: Mon, 09 Nov 2026 08:00:00 +0800\r\n"
					      "From: =?utf-8?B?6L+Q57u0?= <ops@example.com>\r\n"
					      "To: admin@example.org\r\n"
					      "Subject: Test email from A\r\n"
					      "Message-ID: <1@example.com>\r\n"
					      "MIME-Version: 1.0\r\n"
					      "Content-Type: text/plain; charset=utf-8\r\n"
					      "Content-Transfer-Encoding: 7bit\r\n"
					      "\r\n"
					      "Hello\r\n"));
}

static void the_same_seed_gives_the_same_bytes(void)
{
	AUTO(buffer) struct buffer first = MAIL_BUFFER;
	AUTO(buffer) struct buffer second = MAIL_BUFFER;
	struct buffer *const texts[] = {&first, &second};

	for (int i = 0; i < 2; i++) {
		AUTO(message) courant_message *mail = mail_new();

		CHECK_INT(courant_message_set_text(mail, "a", NULL), 0);
		CHECK_INT(courant_message_set_html(mail, "<p>a", NULL), 0);
		mail_check(mail, texts[i]);
	}
	CHECK_SLICE(buffer_peek(&first), buffer_peek(&second));
}

/* What differs in an attachment's name alone is another mail. */
static void another_content_gets_another_id_from_the_same_seed(void)
{
	static const char *const names[] = {"a.bin", "b.bin"};
	AUTO(buffer) struct buffer ids = BUFFER_LIMIT(4096);

	for (int i = 0; i < 2; i++) {
		AUTO(message) courant_message *mail = mail_new();

		CHECK_INT(courant_message_attach(
				  mail,
				  courant_file_new(courant_reader_new_bytes("x", 1, NULL), names[i],
						   NULL),
				  NULL),
			  0);
		buffer_append(&ids, slice_of(courant_message_id(mail, NULL)));
	}
	CHECK(!slice_equal(slice_part(buffer_peek(&ids), 0, ids.len / 2),
			   slice_after(buffer_peek(&ids), ids.len / 2)));
}

static void date_and_message_id_are_always_there(void)
{
	AUTO(message) courant_message *mail = courant_message_new(NULL);
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	CHECK_INT(courant_message_set_from(mail, "a@bücher.example", NULL), 0);
	mail_check(mail, &text);
	CHECK(has(&text, "Date: "));
	CHECK(has(&text, "Message-ID: <"));
	/* Its right side is the domain of From, in ASCII. */
	CHECK(has(&text, "@xn--bcher-kva.example>\r\n"));
}

static void bcc_never_reaches_the_wire(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;
	struct courant_envelope envelope;
	courant_error *err = NULL;

	CHECK_INT(courant_message_add_bcc(mail, "Secret <secret@example.net>", &err), 0);
	mail_check(mail, &text);
	CHECK(!has(&text, "ecret"));
	CHECK(!has(&text, "cc:"));
	CHECK_INT(courant_message_envelope(mail, &envelope, &err), 0);
	CHECK_INT(envelope.n, 2);
	CHECK_TEXT(envelope.recipients[1].ascii, "secret@example.net");
	CHECK_INT(courant_message_add_header(mail, "Bcc", "x@example.net", &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "Bcc");
	CHECK_INT(courant_message_add_header(mail, "Resent-Bcc", "x@example.net", &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "Resent-Bcc");
}

static void the_envelope_has_both_forms_and_each_address_once(void)
{
	AUTO(message) courant_message *mail = mail_new();
	struct courant_envelope envelope;
	courant_error *err = NULL;

	CHECK_INT(
		courant_message_add_cc(
			mail,
			"team: ann@Bücher.example, Admin <admin@EXAMPLE.org>;, 用户@example.net, \"a b\"@x.org",
			&err),
		0);
	CHECK_INT(courant_message_envelope(mail, &envelope, &err), 0);
	CHECK_TEXT(envelope.sender.ascii, "ops@example.com");
	CHECK_INT(envelope.n, 4);
	CHECK_TEXT(envelope.recipients[0].ascii, "admin@example.org");
	CHECK_TEXT(envelope.recipients[1].ascii, "ann@xn--bcher-kva.example");
	CHECK_TEXT(envelope.recipients[1].utf8, "ann@Bücher.example");
	CHECK(envelope.recipients[2].ascii == NULL);
	CHECK_TEXT(envelope.recipients[2].utf8, "用户@example.net");
	CHECK_TEXT(envelope.recipients[3].ascii, "\"a b\"@x.org");
	CHECK_INT(courant_message_set_envelope_sender(mail, "", &err), 0);
	CHECK_INT(courant_message_add_envelope_recipient(mail, "only@example.org", &err), 0);
	CHECK_INT(courant_message_envelope(mail, &envelope, &err), 0);
	CHECK_TEXT(envelope.sender.ascii, "");
	CHECK_INT(envelope.n, 1);
	CHECK_NO_ERROR(err);
}

/* CR, LF, NUL in any header value, address, file name, parameter: refused, whatever the setter. */
static int set_header(courant_message *m, const char *text, courant_error **err)
{
	return courant_message_add_header(m, "X-Note", text, err);
}
static int set_header_name(courant_message *m, const char *text, courant_error **err)
{
	return courant_message_add_header(m, text, "x", err);
}
static int with_part(courant_message *m, int (*set)(courant_part *, const char *, courant_error **),
		     const char *text, courant_error **err)
{
	AUTO(part) courant_part *part = courant_text_new("x", 1, "plain", NULL, NULL);

	(void)m;
	return set(part, text, err);
}
static int part_type(courant_part *part, const char *text, courant_error **err)
{
	return courant_part_set_header(part, "Content-Type", text, err);
}
static int part_parameter(courant_part *part, const char *text, courant_error **err)
{
	return courant_part_set_parameter(part, "Content-Type", "x", text, err);
}
static int part_note(courant_part *part, const char *text, courant_error **err)
{
	return courant_part_add_header(part, "X-Note", text, err);
}
static int set_name(courant_message *m, const char *text, courant_error **err)
{
	return with_part(m, courant_part_set_name, text, err);
}
static int set_content_id(courant_message *m, const char *text, courant_error **err)
{
	return with_part(m, courant_part_set_content_id, text, err);
}
static int set_type(courant_message *m, const char *text, courant_error **err)
{
	return with_part(m, part_type, text, err);
}
static int set_parameter(courant_message *m, const char *text, courant_error **err)
{
	return with_part(m, part_parameter, text, err);
}
static int set_part_header(courant_message *m, const char *text, courant_error **err)
{
	return with_part(m, part_note, text, err);
}

static const struct {
	const char *name;
	int (*set)(courant_message *, const char *, courant_error **);
	const char *before, *after; /* around the planted bytes */
} setters[] = {
	{"From", courant_message_set_from, "a@x.org", ""},
	{"a name in From", courant_message_set_from, "\"a", "\" <a@x.org>"},
	{"Sender", courant_message_set_sender, "a@x.org", ""},
	{"To", courant_message_add_to, "a@x.org", ""},
	{"Cc", courant_message_add_cc, "a@x.org", ""},
	{"Bcc", courant_message_add_bcc, "a@x.org", ""},
	{"Reply-To", courant_message_add_reply_to, "a@x.org", ""},
	{"Subject", courant_message_set_subject, "a", "b"},
	{"Message-ID", courant_message_set_message_id, "<a@x", ">"},
	{"In-Reply-To", courant_message_set_in_reply_to, "<a@x", ">"},
	{"References", courant_message_set_references, "<a@x", ">"},
	{"a header", set_header, "a", "b"},
	{"a header's name", set_header_name, "X-a", "b"},
	{"a header of a part", set_part_header, "a", "b"},
	{"a file name", set_name, "a", "b"},
	{"a content id", set_content_id, "a", "b"},
	{"a type", set_type, "text/plain; x=\"a", "\""},
	{"a parameter", set_parameter, "a", "b"},
	{"the envelope's sender", courant_message_set_envelope_sender, "a@x.org", ""},
	{"the envelope's recipient", courant_message_add_envelope_recipient, "a@x.org", ""},
};

static void line_ends_are_refused_whatever_the_setter(void)
{
	static const char *const planted[] = {"\r\nBcc: evil@example.org", "\n", "\r", "\r\n ",
					      "\n\n"};

	EACH (row, setters)
		for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
			AUTO(message) courant_message *mail = mail_new();
			AUTO(buffer) struct buffer text = BUFFER_LIMIT(256);
			courant_error *err = NULL;

			tap_row(row->name);
			buffer_append(&text, slice_of(row->before));
			buffer_append(&text, slice_of(planted[i]));
			buffer_append(&text, slice_of(row->after));
			CHECK_INT(row->set(mail, text.bytes, &err), -1);
			CHECK_ERROR(err, COURANT_INVALID, "");
		}
}

static void headers_with_a_setting_of_their_own_are_refused(void)
{
	static const char *const names[] = {"From",
					    "to",
					    "CC",
					    "Bcc",
					    "Subject",
					    "Date",
					    "Message-ID",
					    "Content-Type",
					    "MIME-Version",
					    "Sender",
					    "Content-Transfer-Encoding",
					    "Reply-To",
					    "",
					    "X:Y",
					    "X Y",
					    "Ünï"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO(message) courant_message *mail = mail_new();
		courant_error *err = NULL;

		tap_row(names[i]);
		CHECK_INT(courant_message_add_header(mail, names[i], "x", &err), -1);
		CHECK_ERROR(err, COURANT_INVALID, "");
	}
}

static void text_that_is_not_utf8_names_line_and_column(void)
{
	courant_error *err = NULL;

	CHECK(courant_text_new("abc\nd\xc3\xa9\xff", 8, "plain", NULL, &err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "line 2, column 3");
	CHECK(courant_text_new("a\nb\0b", 5, "plain", NULL, &err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "a NUL at line 2, column 2");
	CHECK(courant_text_new("a\nb\xe9", 4, "plain", "US-ASCII", &err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "not ASCII at line 2, column 2");
	CHECK(courant_text_new("a", 1, "plain", "utf\r\n8", &err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "charset");
}

static void other_charsets_are_kept_and_labelled(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	CHECK_INT(courant_message_set_text_part(
			  mail, courant_text_new("\xd2\xb5\xce\xf1", 4, "plain", "gb18030", NULL),
			  NULL),
		  0);
	mail_check(mail, &text);
	CHECK(has(&text, "charset=gb18030"));
	CHECK(has(&text, "=D2=B5=CE=F1"));
}

static void texts_are_converted_on_request(void)
{
	AUTO(part)
	courant_part *part = courant_text_new("业务", COURANT_TERMINATED, "plain", NULL, NULL);
	courant_error *err = NULL;

	CHECK_INT(courant_text_convert(part, "gb18030", &err), 0);
	CHECK_SLICE(slice_from(part->text, part->text_len), SLICE("\xd2\xb5\xce\xf1"));
	CHECK_TEXT(courant_part_parameter(part, "Content-Type", "charset"), "gb18030");
	CHECK_INT(courant_text_convert(part, "iso-8859-1", &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "iso-8859-1");
	CHECK_INT(courant_text_convert(part, "no-such", &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "no-such");
}

static void lines_of_any_length_travel(void)
{
	AUTO(buffer) struct buffer html = BUFFER_LIMIT(1 << 16);
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	buffer_append_repeated(&html, 'x', 5000);
	CHECK_INT(courant_message_set_html(mail, html.bytes, NULL), 0);
	mail_check(mail, &text);
	CHECK(has(&text, "quoted-printable"));
}

static void from_lines_and_lone_dots_are_encoded(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	CHECK_INT(courant_message_set_text(mail, "a\nFrom b\n.\nc\n", NULL), 0);
	mail_check(mail, &text);
	CHECK(has(&text, "a\r\n=46rom b\r\n=2E\r\nc\r\n"));
}

static void a_container_of_an_eight_bit_part_says_8bit_itself(void)
{
	AUTO(part) courant_part *whole = courant_multipart_new("mixed", NULL);
	courant_part *text = courant_text_new("é", COURANT_TERMINATED, "plain", NULL, NULL);
	size_t n;

	CHECK_INT(courant_part_set_encoding(text, COURANT_ENCODING_8BIT, NULL), 0);
	CHECK_INT(courant_multipart_add(whole, text, NULL), 0);

	AUTO(free) char *bytes = courant_part_take_bytes(whole, &n, NULL);
	const slice all = slice_from(bytes, n);
	const size_t first = slice_find_slice(all, SLICE("8bit"));

	CHECK(first != SLICE_NONE);
	CHECK(slice_find_slice(slice_after(all, first + 4), SLICE("8bit")) != SLICE_NONE);
}

static void several_authors_need_a_sender(void)
{
	AUTO(message) courant_message *mail = mail_new();
	courant_error *err = NULL;

	CHECK_INT(courant_message_set_from(mail, "a@x.org, b@x.org", &err), 0);
	CHECK(courant_message_reader_new(mail, &err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "Sender");
	CHECK_INT(courant_message_set_sender(mail, "a@x.org", &err), 0);

	courant_reader *reader = courant_message_reader_new(mail, &err);

	CHECK(reader != NULL);
	courant_reader_free(reader);
}

static void dates_that_do_not_exist_are_refused(void)
{
	AUTO(message) courant_message *mail = mail_new();
	courant_error *err = NULL;

	CHECK_INT(courant_message_set_date(mail, INT64_MAX, 0, &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "no such date");
	CHECK_INT(courant_message_set_date(mail, 0, 90000, &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "no such date");
	CHECK_INT(courant_message_add_header(mail, "Resent-Date", "Mon, 30 Feb 2026 00:00:00 +0000",
					     &err),
		  -1);
	CHECK_ERROR(err, COURANT_INVALID, "no date");
}

static void message_ids_and_urls_are_not_folded_inside(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer url = BUFFER_LIMIT(2048);
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	buffer_append(&url, SLICE("<https://example.org/"));
	buffer_append_repeated(&url, 'u', 150);
	buffer_append(&url, SLICE(">, <mailto:leave@example.org?subject=leave>"));
	CHECK_INT(courant_message_add_header(mail, "List-Unsubscribe", url.bytes, NULL), 0);
	mail_check(mail, &text);
	CHECK(has(&text, "uuu>,\r\n <mailto:leave@example.org?subject=leave>\r\n"));
	buffer_cut(&url, 0);
	buffer_append_repeated(&url, 'i', 150);
	buffer_append(&url, SLICE("@example.org"));
	CHECK_INT(courant_message_set_message_id(mail, url.bytes, NULL), 0);
	buffer_cut(&text, 0);
	mail_check(mail, &text);
	CHECK(has(&text, "Message-ID: <iii"));
}

/* A source that shrinks or grows after its size was taken. */
struct moody {
	uint64_t promised, given, at;
};
static int moody_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct moody *moody = context;
	const uint64_t left = moody->given - moody->at;

	(void)err;
	*ret_n = left < size ? (size_t)left : size;
	memset(into, 'x', *ret_n);
	moody->at += *ret_n;
	return 0;
}
static int moody_rewind(void *context, courant_error **err)
{
	(void)err;
	((struct moody *)context)->at = 0;
	return 0;
}
static bool moody_size(void *context, uint64_t *ret)
{
	*ret = ((struct moody *)context)->promised;
	return true;
}

static const struct {
	const char *name;
	uint64_t promised, given;
	const char *words;
} moods[] = {
	{"a file that has shrunk", 1000, 900, "shrunk"},
	{"a file that has grown", 1000, 1001, "grown"},
	{"a file that has become empty", 1000, 0, "shrunk"},
	{"a large file that has shrunk by a byte", 300000, 299999, "shrunk"},
	{"a large file that has grown by a byte", 300000, 300001, "grown"},
	{"whole lines and one byte more", 570, 571, "grown"},
};

static void a_source_that_changes_meanwhile_is_an_error_and_never_a_broken_mail(void)
{
	static const struct courant_reader_calls calls = {moody_read, moody_rewind, moody_size,
							  NULL};

	EACH (row, moods)
		for (int is_large = 0; is_large < 2; is_large++) {
			AUTO(message) courant_message *mail = mail_new();
			struct moody moody = {.promised = row->promised, .given = row->given};
			courant_error *err = NULL;
			static char room[1 << 16];
			size_t n = 1;
			int rc = 0;

			tap_row(row->name);
			CHECK_INT(courant_message_attach(
					  mail,
					  courant_application_new(
						  courant_reader_new(&calls, &moody, NULL), NULL,
						  NULL),
					  NULL),
				  0);

			courant_reader *reader = courant_message_reader_new(mail, &err);

			while (reader && rc == 0 && n)
				rc = courant_reader_read(reader, room, is_large ? sizeof room : 100,
							 &n, &err);
			CHECK_INT(rc, -1);
			CHECK_ERROR(err, COURANT_IO, row->words);
			courant_reader_free(reader);
		}
}

static void a_source_that_does_not_know_its_size_is_measured_first(void)
{
	static const struct courant_reader_calls calls = {moody_read, moody_rewind, NULL, NULL};
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;
	struct moody moody = {.given = 100000};

	CHECK_INT(courant_message_attach(
			  mail,
			  courant_application_new(courant_reader_new(&calls, &moody, NULL), NULL,
						  NULL),
			  NULL),
		  0);
	mail_check(mail, &text);
	CHECK(text.len > 136000);
}

/* The same bytes whatever the reader's pieces, and again after rewinding. */
static void reading_in_any_pieces_gives_the_same_bytes(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer data = MAIL_BUFFER;
	size_t n;

	buffer_append_repeated(&data, 'd', 200000);
	CHECK_INT(courant_message_set_text(mail, "é", NULL), 0);
	CHECK_INT(courant_message_attach(
			  mail,
			  courant_application_new(
				  courant_reader_new_bytes(data.bytes, data.len, NULL), NULL, NULL),
			  NULL),
		  0);

	courant_part *quoted = courant_data_new(courant_reader_new_bytes("a\r\n=\xff", 5, NULL),
						"application/x-q; a=b", NULL);

	CHECK_INT(courant_part_set_encoding(quoted, COURANT_ENCODING_QUOTED_PRINTABLE, NULL), 0);
	CHECK_INT(courant_message_attach(mail, quoted, NULL), 0);

	AUTO(free) char *want = courant_message_take_bytes(mail, &n, NULL);
	static const size_t steps[] = {1, 7, 77, 78, 1248, 4096, 100000};
	courant_reader *reader = courant_message_reader_new(mail, NULL);

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		AUTO(buffer) struct buffer got = MAIL_BUFFER;
		static char room[100000];
		size_t read = 1;

		CHECK_INT(courant_reader_rewind(reader, NULL), 0);
		while (read && courant_reader_read(reader, room, steps[i], &read, NULL) == 0)
			buffer_append(&got, slice_from(room, read));
		CHECK(slice_equal(buffer_peek(&got), slice_from(want, n)));
	}
	courant_reader_free(reader);
}

static void five_hundred_recipients_fold(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;
	struct courant_envelope envelope;
	slice rest, line;

	for (int i = 0; i < 500; i++) {
		AUTO(buffer) struct buffer address = BUFFER_LIMIT(100);

		buffer_printf(&address, "收件人 %d <user%d@example.org>", i, i);
		CHECK_INT(courant_message_add_to(mail, address.bytes, NULL), 0);
	}
	CHECK_INT(courant_message_envelope(mail, &envelope, NULL), 0);
	CHECK_INT(envelope.n, 501);
	mail_check(mail, &text);
	rest = buffer_peek(&text);
	while (slice_next_line(&rest, &line))
		CHECK(line.len <= 78);
}

static void a_body_of_ones_own_excludes_the_rest(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;
	courant_part *report = courant_multipart_new("report", NULL);
	courant_error *err = NULL;

	CHECK_INT(courant_multipart_set_boundary(report, "my boundary", NULL), 0);
	CHECK_INT(courant_part_set_parameter(report, "Content-Type", "report-type",
					     "delivery-status", NULL),
		  0);
	CHECK_INT(courant_multipart_add(report,
					courant_text_new("--my boundary? no\n", COURANT_TERMINATED,
							 NULL, NULL, NULL),
					NULL),
		  0);
	CHECK_INT(courant_message_set_body(mail, report, NULL), 0);
	mail_check(mail, &text);
	CHECK(has(
		&text,
		"multipart/report; report-type=delivery-status;\r\n boundary=\"my boundary\"\r\n"));
	/* A text that holds the boundary is encoded rather than sent as it is. */
	CHECK(has(&text, "=2D-my boundary? no\r\n"));
	CHECK_INT(courant_message_set_text(mail, "x", NULL), 0);
	CHECK(courant_message_take_bytes(mail, NULL, &err) == NULL);
	CHECK_ERROR(err, COURANT_USAGE, "body of its own");
}

static void an_address_that_failed_leaves_the_message_as_it_was(void)
{
	AUTO(message) courant_message *mail = mail_new();
	struct courant_envelope envelope;

	CHECK_INT(courant_message_add_to(mail, "b@x.org, broken", NULL), -1);
	CHECK_INT(courant_message_envelope(mail, &envelope, NULL), 0);
	CHECK_INT(envelope.n, 1);
}

static courant_message *everything_new(courant_error **err)
{
	AUTO(message) courant_message *mail = courant_message_new(err);

	if (!mail || courant_message_set_from(mail, "运维 <ops@example.com>", err) < 0 ||
	    courant_message_add_to(mail, "\"a, b\" <a@bücher.example>", err) < 0 ||
	    courant_message_set_subject(mail, "官网 report", err) < 0 ||
	    courant_message_set_text(mail, "é", err) < 0 ||
	    courant_message_set_html(mail, "<img src='cid:io'>", err) < 0 ||
	    courant_message_add_header(mail, "X-Note", "é", err) < 0 ||
	    courant_message_add_inline(
		    mail, "io",
		    courant_image_new(courant_reader_new_bytes("GIF89a", 6, err), NULL, err),
		    err) < 0 ||
	    courant_message_attach(
		    mail,
		    courant_file_new(courant_reader_new_bytes("PK\3\4", 4, err), CHINESE_NAME, err),
		    err) < 0)
		return NULL;
	return STEAL(mail);
}

static void composing_survives_every_failed_allocation(void)
{
	EACH_ALLOCATION
	{
		courant_error *err = NULL;
		AUTO(message) courant_message *mail = everything_new(&err);
		AUTO(free) char *bytes = mail ? courant_message_take_bytes(mail, NULL, &err) : NULL;
		struct courant_envelope envelope;
		const bool is_fine = bytes && courant_message_envelope(mail, &envelope, &err) == 0;

		CHECK_INT(courant_error_code(err), is_fine ? 0 : COURANT_NO_MEMORY);
		courant_error_free(err);
	}
}

TESTS(TEST(a_text_mail_is_written_as_expected), TEST(the_same_seed_gives_the_same_bytes),
      TEST(another_content_gets_another_id_from_the_same_seed),
      TEST(date_and_message_id_are_always_there), TEST(bcc_never_reaches_the_wire),
      TEST(the_envelope_has_both_forms_and_each_address_once),
      TEST(line_ends_are_refused_whatever_the_setter),
      TEST(headers_with_a_setting_of_their_own_are_refused),
      TEST(text_that_is_not_utf8_names_line_and_column), TEST(other_charsets_are_kept_and_labelled),
      TEST(texts_are_converted_on_request), TEST(lines_of_any_length_travel),
      TEST(from_lines_and_lone_dots_are_encoded),
      TEST(a_container_of_an_eight_bit_part_says_8bit_itself), TEST(several_authors_need_a_sender),
      TEST(dates_that_do_not_exist_are_refused), TEST(message_ids_and_urls_are_not_folded_inside),
      TEST(a_source_that_changes_meanwhile_is_an_error_and_never_a_broken_mail),
      TEST(a_source_that_does_not_know_its_size_is_measured_first),
      TEST(reading_in_any_pieces_gives_the_same_bytes), TEST(five_hundred_recipients_fold),
      TEST(a_body_of_ones_own_excludes_the_rest),
      TEST(an_address_that_failed_leaves_the_message_as_it_was),
      TEST(composing_survives_every_failed_allocation))
