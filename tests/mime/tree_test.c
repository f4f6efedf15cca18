/* SPDX-License-Identifier: MIT */
/* tree_test.c - the tree that follows from what a mail holds: its levels, names, pictures,
 * attachments */
#include "mail.h"

#include "base/fail.h"

static courant_part *picture(const char *name)
{
	courant_part *part = courant_image_new(
		courant_reader_new_bytes("\x89PNG\r\n\x1a\n0123", 12, NULL), NULL, NULL);

	if (name)
		CHECK_INT(courant_part_set_name(part, name, NULL), 0);
	return part;
}

static courant_part *workbook(const char *name)
{
	return courant_file_new(courant_reader_new_bytes("PK\3\4xxxx", 8, NULL), name, NULL);
}

/* The types in the order of the mail, two blanks a level. */
static void shape(struct buffer *out, const courant_part *part, size_t depth)
{
	buffer_append_repeated(out, ' ', 2 * depth);
	buffer_append(out, slice_after(part->type.word, slice_find(part->type.word, '/') + 1));
	buffer_append_byte(out, '\n');
	for (size_t i = 0; i < part->n_parts; i++)
		shape(out, part->parts[i], depth + 1);
}

static const struct {
	const char *name;
	bool has_text, has_html, has_picture, has_file;
	const char *shape;
} shapes[] = {
	{"text", true, false, false, false, "plain\n"},
	{"HTML", false, true, false, false, "html\n"},
	{"text and HTML", true, true, false, false, "alternative\n  plain\n  html\n"},
	{"HTML with a picture", false, true, true, false, "related\n  html\n  png\n"},
	{"text and HTML with a picture", true, true, true, false,
	 "related\n  alternative\n    plain\n    html\n  png\n"},
	{"text and a file", true, false, false, true,
	 "mixed\n  plain\n  vnd.openxmlformats-officedocument.spreadsheetml.sheet\n"},
	{"everything", true, true, true, true,
	 "mixed\n  related\n    alternative\n      plain\n      html\n    png\n  vnd.openxmlformats-officedocument.spreadsheetml.sheet\n"},
	{"a file alone", false, false, false, true,
	 "mixed\n  vnd.openxmlformats-officedocument.spreadsheetml.sheet\n"},
};

static void the_tree_leaves_out_each_level_that_is_not_needed(void)
{
	EACH (row, shapes) {
		AUTO(message) courant_message *mail = mail_new();
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(4096);
		AUTO(buffer) struct buffer text = MAIL_BUFFER;
		AUTO(tree) struct tree tree;

		tap_row(row->name);
		tree_init(&tree);
		if (row->has_text)
			CHECK_INT(courant_message_set_text(mail, "a", NULL), 0);
		if (row->has_html)
			CHECK_INT(courant_message_set_html(
					  mail,
					  row->has_picture ? "<img src=\"cid:io@example.com\">"
							   : "<p>",
					  NULL),
				  0);
		if (row->has_picture)
			CHECK_INT(courant_message_add_inline(mail, "io@example.com",
							     picture("io.png"), NULL),
				  0);
		if (row->has_file)
			CHECK_INT(courant_message_attach(mail, workbook(CHINESE_NAME), NULL), 0);
		CHECK_INT(tree_build(&tree, mail, NULL), 0);
		if (tree.root)
			shape(&got, tree.root, 0);
		CHECK_SLICE(buffer_peek(&got), slice_of(row->shape));
		mail_check(mail, &text);
		CHECK_INT(has(&text, "related; type="), row->has_picture);
	}
}

static void file_names_in_chinese_are_written_three_ways(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	CHECK_INT(courant_message_attach(mail, workbook("周报(12周).xlsx"), NULL), 0);
	CHECK_INT(courant_message_attach(mail, workbook("week.xlsx"), NULL), 0);
	mail_check(mail, &text);
	CHECK(has(&text, "filename*=utf-8''%E5%91%A8%E6%8A%A5%2812%E5%91%A8%29.xlsx\r\n"));
	CHECK(has(&text, "name=\"=?utf-8?B?5ZGo5oqlKDEy5ZGoKS54bHN4?=\"\r\n"));
	CHECK(!has(&text, "filename==?"));
	CHECK(!has(&text, "filename=\"=?"));
	CHECK(has(&text, "filename=week.xlsx\r\n"));
	CHECK(has(&text, "name=week.xlsx\r\n"));
}

static const struct {
	const char *name, *given, *kept;
} names[] = {
	{"folders go", "/etc/passwd", "passwd"},
	{"folders of Windows go", "C:\\temp\\a.txt", "a.txt"},
	{"leading dots go", "..hidden", "hidden"},
	{"control characters go", "a\x01\x1b[31mb.txt", "a[31mb.txt"},
	{"what turns the writing around goes", "a\xe2\x80\xaegnp.exe", "agnp.exe"},
	{"marks that set its direction go", "a\xe2\x80\x8e\xe2\x80\x8f\xd8\x9cgnp.exe", "agnp.exe"},
	{"climbing out goes", "../../x", "x"},
};

static void names_are_cleaned_of_paths_controls_and_leading_dots(void)
{
	EACH (row, names) {
		AUTO(part) courant_part *part = picture(NULL);

		tap_row(row->name);
		CHECK_INT(courant_part_set_name(part, row->given, NULL), 0);
		CHECK_TEXT(courant_part_parameter(part, "Content-Disposition", "filename"),
			   row->kept);
	}
}

static const struct {
	const char *name, *html, *cid, *words; /* words NULL: fine */
} cids[] = {
	{"a match", "<img src=\"cid:io\">", "io", NULL},
	{"a match in url()", "<td style='background:url(cid:io@x)'>", "io@x", NULL},
	{"a match without quotes", "<img src=cid:io>", "io", NULL},
	{"a match with capitals and an escape", "<img src='CID:io%40x'>", "io@x", NULL},
	{"the HTML lacks it", "<p>", "io", "\"io\" is not used"},
	{"the part is missing", "<img src=\"cid:io\"><img src=\"cid:mem\">", "io", "cid:mem"},
	{"prose is no reference", "<p>acid: x</p><img src=\"cid:io\">", "io", NULL},
};

static void every_cid_has_its_part_and_back(void)
{
	EACH (row, cids) {
		AUTO(message) courant_message *mail = mail_new();
		courant_error *err = NULL;
		courant_reader *reader;

		tap_row(row->name);
		CHECK_INT(courant_message_set_html(mail, row->html, &err), 0);
		CHECK_INT(courant_message_add_inline(mail, row->cid, picture(NULL), &err), 0);
		reader = courant_message_reader_new(mail, &err);
		CHECK_INT(reader != NULL, row->words == NULL);
		if (row->words)
			CHECK_ERROR(err, COURANT_INVALID, row->words);
		courant_reader_free(reader);
		courant_error_free(err);
	}
}

static void pictures_have_a_name_a_disposition_and_an_id(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	CHECK_INT(courant_message_set_html(mail, "<img src=\"cid:weekly@example.com\">", NULL), 0);
	CHECK_INT(courant_message_add_inline(mail, "weekly@example.com", picture(NULL), NULL), 0);
	mail_check(mail, &text);
	CHECK(has(&text, "Content-Type: image/png; name=weekly.png\r\n"));
	CHECK(has(&text, "Content-Disposition: inline; filename=weekly.png\r\n"));
	CHECK(has(&text, "Content-ID: <weekly@example.com>\r\n"));
}

static void attachments_are_base64_always_and_an_empty_one_is_empty(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;

	CHECK_INT(courant_message_attach(mail,
					 courant_file_new(courant_reader_new_bytes("a\nb", 3, NULL),
							  "a.txt", NULL),
					 NULL),
		  0);
	CHECK_INT(courant_message_attach(
			  mail,
			  courant_file_new(courant_reader_new_bytes("", 0, NULL), "b.txt", NULL),
			  NULL),
		  0);
	mail_check(mail, &text);
	CHECK(has(&text, "Content-Type: text/plain; name=a.txt\r\n"));
	CHECK(has(&text, "base64\r\n\r\nYQpi\r\n\r\n--"));
	CHECK(has(&text, "base64\r\n\r\n\r\n--"));
}

static void embedded_messages_are_never_encoded(void)
{
	AUTO(message) courant_message *mail = mail_new();
	AUTO(buffer) struct buffer text = MAIL_BUFFER;
	courant_error *err = NULL;

	CHECK_INT(courant_message_attach(
			  mail,
			  courant_embedded_new(
				  courant_reader_new_bytes("Subject: x\n\nbody\n", 17, NULL), NULL),
			  NULL),
		  0);
	mail_check(mail, &text);
	CHECK(has(&text, "message/rfc822"));
	CHECK(has(&text, "7bit\r\n\r\nSubject: x\r\n\r\nbody\r\n\r\n--"));

	AUTO(part)
	courant_part *eight = courant_embedded_new(
		courant_reader_new_bytes("Subject: \xc3\xa9\n\nx\n", 15, NULL), NULL);

	CHECK_INT(courant_part_set_encoding(eight, COURANT_ENCODING_BASE64, &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "RFC 2045");
}

TESTS(TEST(the_tree_leaves_out_each_level_that_is_not_needed),
      TEST(file_names_in_chinese_are_written_three_ways),
      TEST(names_are_cleaned_of_paths_controls_and_leading_dots),
      TEST(every_cid_has_its_part_and_back), TEST(pictures_have_a_name_a_disposition_and_an_id),
      TEST(attachments_are_base64_always_and_an_empty_one_is_empty),
      TEST(embedded_messages_are_never_encoded))
