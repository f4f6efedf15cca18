/* SPDX-License-Identifier: MIT */
/* part_test.c - parts made and taken apart by hand */
#include "mime/part.h"

#include "base/fail.h"
#include "mime/sniff.h"
#include "tap.h"

static courant_part *data_part(const char *type)
{
	return courant_data_new(courant_reader_new_bytes("abc", 3, NULL), type, NULL);
}

static void headers_are_set_added_read_and_removed(void)
{
	AUTO(part) courant_part *part = data_part("application/pdf");
	const char *name, *value;

	CHECK_INT(courant_part_add_header(part, "X-Note", "one", NULL), 0);
	CHECK_INT(courant_part_add_header(part, "X-Note", "两", NULL), 0);
	CHECK_TEXT(courant_part_header(part, "x-note"), "one");
	CHECK_INT(courant_part_header_count(part), 3);
	CHECK(courant_part_header_at(part, 2, &name, &value));
	CHECK_TEXT(value, "两");
	CHECK_INT(courant_part_set_header(part, "X-Note", "three", NULL), 0);
	CHECK_INT(courant_part_header_count(part), 2);
	CHECK_INT(courant_part_remove_header(part, "X-NOTE"), 1);
	CHECK(courant_part_header(part, "X-Note") == NULL);
	CHECK(!courant_part_header_at(part, 1, &name, &value));
	CHECK_INT(courant_part_remove_header(part, "X-Note"), 0);
}

static void content_type_and_disposition_have_parameters(void)
{
	AUTO(part) courant_part *part = data_part("Application/PDF; Version=\"1.7\"");

	CHECK_TEXT(courant_part_type(part), "application/pdf");
	CHECK_TEXT(courant_part_parameter(part, "content-type", "VERSION"), "1.7");
	CHECK_INT(courant_part_set_parameter(part, "Content-Type", "title", "a b", NULL), 0);
	CHECK_TEXT(courant_part_header(part, "Content-Type"),
		   "application/pdf; version=1.7; title=\"a b\"");
	CHECK_INT(courant_part_set_parameter(part, "Content-Type", "version", NULL, NULL), 0);
	CHECK_TEXT(courant_part_header(part, "Content-Type"), "application/pdf; title=\"a b\"");
	CHECK(courant_part_header(part, "Content-Disposition") == NULL);
	CHECK_INT(courant_part_set_header(part, "Content-Disposition", "attachment; filename=x.pdf",
					  NULL),
		  0);
	CHECK_TEXT(courant_part_parameter(part, "Content-Disposition", "filename"), "x.pdf");
	CHECK_INT(courant_part_remove_header(part, "Content-Disposition"), 1);
	CHECK(courant_part_header(part, "Content-Disposition") == NULL);
}

static const struct {
	const char *name, *header, *value;
} bad_headers[] = {
	{"Bcc", "Bcc", "a@x.org"},
	{"Content-Transfer-Encoding", "Content-Transfer-Encoding", "base64"},
	{"a malformed type", "Content-Type", "nonsense"},
	{"another family for data", "Content-Type", "multipart/mixed"},
	{"a malformed address", "From", "nobody"},
	{"a date that does not exist", "Date", "Mon, 30 Feb 2026 00:00:00 +0000"},
	{"a URL with a blank", "List-Unsubscribe", "<https://example.org/a b>"},
	{"a message id without brackets inside", "References", "<a@b> c"},
	{"a control character", "X-Note", "a\x01"},
	{"bytes that are not UTF-8", "X-Note", "\xff"},
	{"a name with a colon", "X:Y", "a"},
};

static void headers_that_cannot_be_written_are_refused_when_they_are_set(void)
{
	EACH (row, bad_headers) {
		AUTO(part) courant_part *part = data_part("application/pdf");
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(courant_part_add_header(part, row->header, row->value, &err), -1);
		CHECK_ERROR(err, COURANT_INVALID, "");
	}
}

static const struct {
	const char *name, *header, *value, *written;
} kinds[] = {
	{"addresses are parsed and encoded", "From", "运维 <ops@bücher.example>",
	 "From: =?utf-8?B?6L+Q57u0?= <ops@xn--bcher-kva.example>\r\n"},
	{"a subject is encoded", "Subject", "官网", "Subject: =?utf-8?B?5a6Y572R?=\r\n"},
	{"ids stay whole", "References", "<a@b>  <c@d>", "References: <a@b> <c@d>\r\n"},
	{"a date is written anew", "Date", "9 Nov 26 08:00 +0800",
	 "Date: Mon, 09 Nov 2026 08:00:00 +0800\r\n"},
	{"URLs stay whole", "List-Post", "<mailto:a@x.org>", "List-Post: <mailto:a@x.org>\r\n"},
};

static void each_kind_of_header_is_written_by_its_own_rules(void)
{
	EACH (row, kinds) {
		AUTO(part) courant_part *part = data_part("application/pdf");
		size_t n = 0;

		tap_row(row->name);
		CHECK_INT(courant_part_set_header(part, row->header, row->value, NULL), 0);
		CHECK_TEXT(courant_part_header(part, row->header), row->value);

		AUTO(free) char *bytes = courant_part_take_bytes(part, &n, NULL);

		CHECK(slice_find_slice(slice_from(bytes, n), slice_of(row->written)) != SLICE_NONE);
	}
}

static const struct {
	const char *name;
	enum courant_encoding encoding;
	const char *data, *body; /* body NULL: refused */
} encodings[] = {
	{"automatic is base64", COURANT_ENCODING_AUTO, "abc", "base64\r\n\r\nYWJj\r\n"},
	{"quoted-printable keeps line ends as bytes", COURANT_ENCODING_QUOTED_PRINTABLE,
	 "a\nb=", "quoted-printable\r\n\r\na=0Ab=3D"},
	{"7bit", COURANT_ENCODING_7BIT, "a\r\nb", "7bit\r\n\r\na\r\nb"},
	{"7bit of bytes over 127", COURANT_ENCODING_7BIT, "\xe9", NULL},
	{"7bit of lone line feeds", COURANT_ENCODING_7BIT, "a\nb", NULL},
	{"8bit", COURANT_ENCODING_8BIT, "\xe9\r\n", "8bit\r\n\r\n\xe9\r\n"},
};

static void the_encoding_can_be_chosen(void)
{
	EACH (row, encodings) {
		AUTO(part)
		courant_part *part = courant_data_new(
			courant_reader_new_bytes(row->data, strlen(row->data), NULL),
			"application/x-data", NULL);
		courant_error *err = NULL;
		size_t n = 0;

		tap_row(row->name);
		CHECK_INT(courant_part_set_encoding(part, row->encoding, NULL), 0);

		AUTO(free) char *bytes = courant_part_take_bytes(part, &n, &err);

		if (row->body)
			CHECK(bytes && slice_ends(slice_from(bytes, n), slice_of(row->body)));
		else
			CHECK_ERROR(err, COURANT_INVALID, "7bit");
		courant_error_free(err);
	}
}

static void trees_are_built_by_hand(void)
{
	AUTO(part) courant_part *whole = courant_multipart_new("mixed", NULL);
	courant_error *err = NULL;

	CHECK(courant_part_take_bytes(whole, NULL, &err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "no parts");
	CHECK_INT(courant_multipart_add(whole, data_part("application/pdf"), NULL), 0);
	CHECK_INT(courant_multipart_add(whole, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "no part");
	CHECK_INT(courant_multipart_count(whole), 1);
	CHECK_TEXT(courant_part_type(courant_multipart_at(whole, 0)), "application/pdf");
	CHECK(courant_multipart_at(whole, 1) == NULL);
	CHECK_INT(courant_multipart_add(courant_multipart_at(whole, 0),
					data_part("application/pdf"), &err),
		  -1);
	CHECK_ERROR(err, COURANT_USAGE, "multipart");
}

static void boundaries_are_checked(void)
{
	static const char *const bad[] = {
		"",     "a b ",
		"a\"b", "a\r\nb",
		"é",    "12345678901234567890123456789012345678901234567890123456789012345678901"};
	AUTO(part) courant_part *whole = courant_multipart_new("mixed", NULL);
	courant_error *err = NULL;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		tap_row(bad[i]);
		CHECK_INT(courant_multipart_set_boundary(whole, bad[i], &err), -1);
		CHECK_ERROR(err, COURANT_INVALID, "boundary");
	}
	CHECK_INT(courant_multipart_set_boundary(whole, "mine", NULL), 0);
	CHECK_TEXT(courant_part_parameter(whole, "Content-Type", "boundary"), "mine");
	CHECK_INT(courant_multipart_add(
			  whole,
			  courant_embedded_new(
				  courant_reader_new_bytes("X: y\n\n--mine\n", 13, NULL), NULL),
			  NULL),
		  0);
	CHECK(courant_part_take_bytes(whole, NULL, &err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "boundary occurs");
}

static void trees_have_a_depth(void)
{
	AUTO(part) courant_part *whole = courant_multipart_new("mixed", NULL);
	courant_error *err = NULL;
	int rc = courant_multipart_add(whole, data_part("application/pdf"), NULL);

	for (int i = 0; i < 200 && rc == 0; i++) {
		courant_part *outer = courant_multipart_new("mixed", NULL);

		rc = courant_multipart_add(outer, STEAL(whole), &err);
		whole = outer;
	}
	CHECK_INT(rc, -1);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "levels");
}

static void the_type_is_found_from_the_bytes_and_else_from_the_name(void)
{
	const struct {
		const char *name, *file;
		slice bytes;
		const char *type;
	} rows[] = {
		{"png", NULL, {"\x89PNG\r\n\x1a\n", 8}, "image/png"},
		{"avif",
		 NULL,
		 {"\0\0\0\x20"
		  "ftypavif",
		  12},
		 "image/avif"},
		{"m4a",
		 NULL,
		 {"\0\0\0\x20"
		  "ftypM4A ",
		  12},
		 "audio/mp4"},
		{"svg behind an XML declaration", NULL, SLICE("<?xml version=\"1.0\"?>\n<svg>"),
		 "image/svg+xml"},
		{"XML that is no svg", "a.xml", SLICE("<?xml version=\"1.0\"?>\n<a>"),
		 "application/xml"},
		{"an office file by its first member", NULL,
		 SLICE("PK\3\4..........................[Content_Types].xmlPK\3\4..........................xl/workbook.xml"),
		 "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"an open document", NULL,
		 SLICE("PK\3\4..........................mimetypeapplication/vnd.oasis.opendocument.text"),
		 "application/vnd.oasis.opendocument.text"},
		{"a zip by name", "a.docx", SLICE("PK\3\4"),
		 "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"a zip with a strange name", "a.foo", SLICE("PK\3\4"), "application/zip"},
		{"the bytes know better", "a.txt", SLICE("%PDF-1.7"), "application/pdf"},
		{"by name, in capitals", "A.CSV", SLICE("a,b"), "text/csv"},
		{"nothing known", "a", SLICE("abc"), NULL},
	};

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_TEXT(sniff_type(row->bytes, slice_of(row->file)), row->type);
	}
}

static void what_is_no_image_is_not_called_one(void)
{
	courant_error *err = NULL;

	CHECK(courant_image_new(courant_reader_new_bytes("abc", 3, NULL), NULL, &err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "not recognised as image");
	CHECK(courant_audio_new(courant_reader_new_bytes("\x89PNG\r\n\x1a\n", 8, NULL), NULL,
				&err) == NULL);
	CHECK_ERROR(err, COURANT_INVALID, "not recognised as audio");

	AUTO(part)
	courant_part *data =
		courant_application_new(courant_reader_new_bytes("abc", 3, NULL), NULL, NULL);

	CHECK_TEXT(courant_part_type(data), "application/octet-stream");
}

static void mails_are_attached_as_messages_when_they_can_travel(void)
{
	AUTO(part)
	courant_part *clean = courant_file_new(
		courant_reader_new_bytes("A: b\r\n\r\nc\r\n", 11, NULL), "a.eml", NULL);
	AUTO(part)
	courant_part *unclean =
		courant_file_new(courant_reader_new_bytes("A: b\n\n\xff", 7, NULL), "a.eml", NULL);

	CHECK_TEXT(courant_part_type(clean), "message/rfc822");
	CHECK_TEXT(courant_part_type(unclean), "application/octet-stream");
}

static void text_files_in_utf8_are_labelled(void)
{
	static char text[200000];
	const struct {
		const char *name;
		slice bytes;
		const char *charset;
	} rows[] = {
		{"Chinese", slice_of("业务,1\n"), "utf-8"},
		{"ASCII", slice_of("a,1\n"), NULL},
		{"another charset", slice_of("\xce\xf1,1\n"), NULL},
		{"a cut character at the end", slice_of("业务\xe4\xb8"), NULL},
		{"characters across blocks", slice_from(text, sizeof text - sizeof text % 3),
		 "utf-8"},
	};

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = "业"[i % 3];
	EACH (row, rows) {
		AUTO(part)
		courant_part *part = courant_file_new(
			courant_reader_new_bytes(row->bytes.ptr, row->bytes.len, NULL), "a.csv",
			NULL);

		tap_row(row->name);
		CHECK_TEXT(courant_part_type(part), "text/csv");
		CHECK_TEXT(courant_part_parameter(part, "Content-Type", "charset"), row->charset);
	}
}

static void names_are_formatted_with_addresses(void)
{
	static const struct {
		const char *name, *given, *address, *text; /* text NULL: refused */
	} rows[] = {
		{"no name", NULL, "a@x.org", "a@x.org"},
		{"a name of atoms", "Ann Lee", "a@x.org", "Ann Lee <a@x.org>"},
		{"a comma", "Lee, Ann", "a@x.org", "\"Lee, Ann\" <a@x.org>"},
		{"a name that would be an address", "x@y.org> <z", "a@x.org",
		 "\"x@y.org> <z\" <a@x.org>"},
		{"a line end", "a\nb", "a@x.org", NULL},
		{"two addresses", "a", "a@x.org, b@x.org", NULL},
	};

	EACH (row, rows) {
		AUTO(free) char *text = courant_address_format(row->given, row->address, NULL);

		tap_row(row->name);
		CHECK_TEXT(text, row->text);
	}
}

static void a_file_without_a_name_is_refused(void)
{
	courant_error *err = NULL;

	CHECK(courant_reader_new_file(NULL, &err) == NULL);
	CHECK_ERROR(err, COURANT_USAGE, "no file is named");
}

static void a_part_is_taken_once(void)
{
	courant_message *mail = courant_message_new(NULL);
	courant_part *whole = courant_multipart_new("mixed", NULL);
	courant_part *inner = courant_multipart_new("mixed", NULL);
	courant_error *err = NULL;

	CHECK_INT(courant_multipart_add(whole, inner, NULL), 0);
	CHECK_INT(courant_multipart_add(whole, inner, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "already");
	CHECK_INT(courant_multipart_add(whole, whole, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "inside it");
	CHECK_INT(courant_multipart_add(inner, whole, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "inside it");
	CHECK_INT(courant_message_set_body(mail, whole, NULL), 0);
	CHECK_INT(courant_message_set_body(mail, whole, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "already");
	CHECK_INT(courant_message_attach(mail, inner, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "already");
	CHECK_INT(courant_message_add_inline(mail, "a@b", inner, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "already");
	courant_message_free(mail);
}

TESTS(TEST(a_part_is_taken_once), TEST(a_file_without_a_name_is_refused),
      TEST(headers_are_set_added_read_and_removed),
      TEST(content_type_and_disposition_have_parameters),
      TEST(headers_that_cannot_be_written_are_refused_when_they_are_set),
      TEST(each_kind_of_header_is_written_by_its_own_rules), TEST(the_encoding_can_be_chosen),
      TEST(trees_are_built_by_hand), TEST(boundaries_are_checked), TEST(trees_have_a_depth),
      TEST(the_type_is_found_from_the_bytes_and_else_from_the_name),
      TEST(what_is_no_image_is_not_called_one),
      TEST(mails_are_attached_as_messages_when_they_can_travel),
      TEST(text_files_in_utf8_are_labelled), TEST(names_are_formatted_with_addresses))
