/* SPDX-License-Identifier: MIT */
/* compose_fuzz.c - mails out of random words: what is accepted keeps the rules of the wire, and
 * parses back to the same values
 *
 * The input is a list of pieces: a byte that says what it is, a byte for its length, its text. */
#include <courant/message.h>

#include "base/file.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "mime/entity.h"
#include "mime/finished.h"
#include "mime/message.h"

/* What was set, to be found again. */
struct spec {
	slice subject, text, html, note;
	slice name; /* of the last attachment */
	slice data;
	size_t n_attachments;
};

static char *terminated(slice text)
{
	char *copy = mem_copy(text);

	MUST(copy != NULL);
	return copy;
}

static void attach(courant_message *mail, struct spec *spec, slice name, slice data)
{
	AUTO(free) char *text = terminated(name);
	courant_part *part =
		courant_file_new(courant_reader_new_bytes(data.ptr, data.len, NULL), NULL, NULL);

	if (!part || courant_part_set_name(part, text, NULL) < 0) {
		courant_part_free(part);
		return;
	}
	if (courant_message_attach(mail, part, NULL) == 0) {
		spec->n_attachments++;
		spec->data = data;
		spec->name = part_file_name(part);
	}
}

static void piece_take(courant_message *mail, struct spec *spec, unsigned what, slice piece,
		       slice before)
{
	AUTO(free) char *text = terminated(piece);
	/* A NUL ends a text that is given as one. */
	const slice given = slice_of(text);

	switch (what % 8) {
	case 0:
		if (courant_message_set_subject(mail, text, NULL) == 0)
			spec->subject = slice_part(piece, 0, given.len);
		break;
	case 1:
		if (courant_message_set_text(mail, text, NULL) == 0)
			spec->text = slice_part(piece, 0, given.len);
		break;
	case 2:
		if (courant_message_set_html(mail, text, NULL) == 0)
			spec->html = slice_part(piece, 0, given.len);
		break;
	case 3:
		(void)courant_message_add_to(mail, text, NULL);
		break;
	case 4:
		(void)courant_message_set_from(mail, text, NULL);
		break;
	case 5:
		if (courant_message_set_header(mail, "X-Note", text, NULL) == 0)
			spec->note = slice_part(piece, 0, given.len);
		break;
	case 6:
		attach(mail, spec, before, piece);
		break;
	case 7:
		(void)courant_message_add_bcc(mail, text, NULL);
		break;
	}
}

static void spec_read(courant_message *mail, struct spec *spec, slice rest)
{
	slice before = SLICE("name");

	while (rest.len >= 2) {
		const unsigned what = (unsigned char)rest.ptr[0];
		const slice piece = slice_part(rest, 2, (unsigned char)rest.ptr[1]);

		piece_take(mail, spec, what, piece, before);
		rest = slice_after(rest, 2 + piece.len);
		before = piece;
	}
}

static void wire_check(slice bytes)
{
	slice rest = bytes, line;

	while (slice_next_line(&rest, &line)) {
		MUST(line.len <= LINE_MAX_BYTES);
		MUST(slice_find(line, '\r') == SLICE_NONE && slice_find(line, '\0') == SLICE_NONE);
	}
	for (size_t i = 0; i < bytes.len; i++)
		MUST(bytes.ptr[i] != '\n' || (i && bytes.ptr[i - 1] == '\r'));
}

static void field_check(const struct entity *root, slice name, slice want)
{
	AUTO(buffer) struct buffer got = BUFFER_LIMIT((size_t)1 << 20);
	const struct header_field *field = header_find(&root->header, name);

	if (!want.ptr)
		return;
	MUST(field != NULL);
	header_decode(&got, field->value);
	MUST(slice_equal(slice_trim(buffer_peek(&got)), slice_trim(want)));
}

/* Line ends as LF, for they are not kept. */
static void lines_write(struct buffer *out, slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\r' || i + 1 == text.len || text.ptr[i + 1] != '\n')
			buffer_append_byte(out, text.ptr[i]);
}

static void text_check(const struct entity *part, slice want)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);
	AUTO(buffer) struct buffer got = BUFFER_LIMIT((size_t)1 << 20);
	AUTO(buffer) struct buffer wanted = BUFFER_LIMIT((size_t)1 << 20);

	entity_text(part, &text);
	lines_write(&got, buffer_peek(&text));
	lines_write(&wanted, want);
	MUST(slice_equal(buffer_peek(&got), buffer_peek(&wanted)));
}

static void attachment_check(const struct entity *root, const struct spec *spec)
{
	AUTO(buffer) struct buffer got = BUFFER_LIMIT((size_t)1 << 20);
	const struct entity *last = root->parts[root->n_parts - 1];

	MUST(slice_equal(root->type.word, SLICE("multipart/mixed")));
	MUST(slice_equal(entity_name(last), spec->name));
	entity_content(last, &got);
	MUST(slice_equal(buffer_peek(&got), spec->data));
}

static void mail_check(slice bytes, const struct spec *spec)
{
	AUTO(arena) struct arena arena = {0};
	struct entity *root;
	const struct entity *body;

	wire_check(bytes);
	MUST(entity_parse(&root, &arena, bytes, NULL) == 0);
	MUST(header_find(&root->header, SLICE("Bcc")) == NULL);
	field_check(root, SLICE("Subject"), spec->subject);
	field_check(root, SLICE("X-Note"), spec->note);
	if (spec->n_attachments)
		attachment_check(root, spec);
	body = spec->n_attachments ? root->parts[0] : root;
	if (spec->text.ptr && spec->html.ptr) {
		MUST(body->n_parts == 2);
		text_check(body->parts[0], spec->text);
		text_check(body->parts[1], spec->html);
	} else if (spec->text.ptr || spec->html.ptr) {
		text_check(body, spec->text.ptr ? spec->text : spec->html);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(message) courant_message *mail = courant_message_new(NULL);
	struct spec spec = {0};
	struct courant_facts facts;
	size_t n;

	MUST(mail != NULL);
	courant_message_set_seed(mail, 1);
	MUST(courant_message_set_date(mail, 0, 0, NULL) == 0);
	spec_read(mail, &spec, slice_from((const char *)data, size));

	AUTO(free) char *bytes = courant_message_take_bytes(mail, &n, NULL);

	if (!bytes)
		return 0;
	mail_check(slice_from(bytes, n), &spec);
	MUST(courant_message_facts(mail, &facts, NULL) == 0);
	MUST(facts.size_bytes == n && facts.longest_line <= LINE_MAX_BYTES);
	MUST(facts.has_eight_bit == !utf8_is_ascii(slice_from(bytes, n)));
	return 0;
}
