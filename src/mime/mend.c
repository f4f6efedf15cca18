/* SPDX-License-Identifier: MIT */
/* mend.c - overlong lines and NULs, part by part */
#include "mime/mend.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/base64.h"
#include "mime/entity.h"
#include "mime/fold.h"
#include "mime/quoted_printable.h"

/* Below the 78 of RFC 5322, 2.1.1; a soft break or a fold needs one more. */
#define COLUMNS 75

static bool is_broken(slice bytes)
{
	slice line;

	if (slice_find(bytes, '\0') != SLICE_NONE)
		return true;
	while (slice_next_line(&bytes, &line))
		if (line.len > LINE_MAX_BYTES)
			return true;
	return false;
}

/* ---- headers ---- */

/* Where the line is to be broken: at its last blank within the columns, else at the next one that comes in time, else where it must be. */
static size_t fold_at(slice line)
{
	for (size_t i = COLUMNS; i > 1; i--)
		if (i < line.len && ascii_is_blank(line.ptr[i]) && !ascii_is_blank(line.ptr[i - 1]))
			return i;
	for (size_t i = COLUMNS; i < line.len && i < LINE_MAX_BYTES; i++)
		if (ascii_is_blank(line.ptr[i]))
			return i;
	return line.len > LINE_MAX_BYTES ? utf8_cut(line, LINE_MAX_BYTES - 1).len : line.len;
}

static void write_folded(struct buffer *out, slice line)
{
	while (line.len > LINE_MAX_BYTES) {
		const size_t n = fold_at(line);
		const bool is_word = !ascii_is_blank(line.ptr[n]);

		buffer_append(out, slice_part(line, 0, n));
		buffer_append(out, is_word ? SLICE("\r\n ") : SLICE("\r\n"));
		line = slice_after(line, n);
	}
	buffer_append(out, line);
	buffer_append(out, SLICE("\r\n"));
}

/* A NUL becomes a blank, and several blanks become one: a line of nothing else would end the header for some readers. */
static void clean_line(struct buffer *ret, slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		const char byte = line.ptr[i] ? line.ptr[i] : ' ';

		if (!ascii_is_blank(byte) || ret->len == 0 || !ascii_is_blank(ret->bytes[ret->len - 1]))
			buffer_append_byte(ret, byte);
	}
	if (ret->len > 0 && ascii_is_blank(ret->bytes[ret->len - 1]))
		buffer_cut(ret, ret->len - 1);
}

static void write_field(struct buffer *out, slice field)
{
	slice line;

	while (slice_next_line(&field, &line)) {
		AUTO(buffer) struct buffer clean = BUFFER_LIMIT(HEADER_MAX_BYTES);

		if (is_broken(line)) {
			clean_line(&clean, line);
			buffer_fail_like(out, &clean);
			line = buffer_peek(&clean);
		}
		write_folded(out, line);
	}
}

static slice charset_of(slice body)
{
	if (utf8_is_ascii(body))
		return SLICE("us-ascii");
	/* RFC 1428, 3: whatever it is, it is not said. */
	return utf8_is_valid(body) ? SLICE("utf-8") : SLICE("unknown-8bit");
}

/* What a part says of itself when it becomes quoted-printable. */
static void write_declaration(struct buffer *out, const struct entity *entity, bool is_whole)
{
	const bool is_eight_bit = entity->encoding == COURANT_ENCODING_8BIT;

	if (is_whole && !header_find(&entity->header, SLICE("MIME-Version")))
		buffer_append(out, SLICE("MIME-Version: 1.0\r\n"));
	if (!header_find(&entity->header, SLICE("Content-Type")))
		buffer_printf(out, "Content-Type: text/plain; charset=%s\r\n", charset_of(entity->body).ptr);
	buffer_append(out, SLICE("Content-Transfer-Encoding: quoted-printable\r\n"));
	buffer_printf(out, "X-MIME-Autoconverted: from %s to quoted-printable by courant\r\n", is_eight_bit ? "8bit" : "7bit");
}

static void write_header(struct buffer *out, const struct entity *entity, bool is_encoded, bool is_whole)
{
	const slice bytes = slice_part(entity->bytes, 0, entity->header.body_from);

	for (size_t i = 0; i < entity->header.n; i++) {
		const struct header_field *field = &entity->header.items[i];

		if (!is_encoded || !slice_equal_nocase(field->name, SLICE("Content-Transfer-Encoding")))
			write_field(out, slice_part(bytes, field->from, field->to - field->from));
	}
	if (is_encoded)
		write_declaration(out, entity, is_whole);
	buffer_append(out, SLICE("\r\n"));
}

/* ---- contents ---- */

static void write_quoted_printable(struct buffer *out, slice body)
{
	struct qp_encoder encoder = {.mode = QP_TEXT};
	char *to = buffer_room(out, qp_max_size(body.len));

	if (to)
		buffer_added(out, qp_encode(&encoder, to, body.ptr, body.len));
}

/* Blanks and line ends count for nothing in base64 (RFC 2045, 6.8); a NUL is no more than that. */
static void write_base64(struct buffer *out, slice body)
{
	size_t column = 0;

	for (size_t i = 0; i < body.len; i++) {
		if (ascii_is_space(body.ptr[i]) || body.ptr[i] == '\0')
			continue;
		buffer_append_byte(out, body.ptr[i]);
		if (++column < BASE64_LINE_CHARS)
			continue;
		buffer_append(out, SLICE("\r\n"));
		column = 0;
	}
	if (column > 0)
		buffer_append(out, SLICE("\r\n"));
}

/* "=0A", which must stay in one piece; a lone '=' of somebody careless is none. */
static bool is_escape(slice text)
{
	return text.len >= 3 && text.ptr[0] == '=' && ascii_hex_value(text.ptr[1]) >= 0 && ascii_hex_value(text.ptr[2]) >= 0;
}

/* One line that is quoted-printable already, with soft breaks. */
static void write_soft_broken(struct buffer *out, slice line)
{
	size_t column = 0;

	for (size_t i = 0; i < line.len;) {
		const size_t n = is_escape(slice_after(line, i)) ? 3 : 1;

		if (column + n > COLUMNS && i + n < line.len) {
			buffer_append(out, SLICE("=\r\n"));
			column = 0;
		}
		if (line.ptr[i] == '\0')
			buffer_append(out, SLICE("=00"));
		else
			buffer_append(out, slice_part(line, i, n));
		column += n;
		i += n;
	}
}

static void write_lines(struct buffer *out, slice body, void (*write)(struct buffer *, slice))
{
	slice line;

	while (body.len > 0) {
		const bool has_end = slice_find(body, '\n') != SLICE_NONE;

		(void)slice_next_line(&body, &line);
		if (is_broken(line))
			write(out, line);
		else
			buffer_append(out, line);
		if (has_end)
			buffer_append(out, SLICE("\r\n"));
	}
}

/* A line between parts, which nobody reads. */
static void write_cut(struct buffer *out, slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (i > 0 && i % COLUMNS == 0)
			buffer_append(out, SLICE("\r\n"));
		buffer_append_byte(out, line.ptr[i] ? line.ptr[i] : ' ');
	}
}

/* ---- the tree ---- */

static int write_entity(struct buffer *out, const struct entity *entity, bool is_whole, courant_error **err);

/* The parts, and what stands between them. */
static int write_parts(struct buffer *out, const struct entity *entity, courant_error **err)
{
	const char *at = entity->body.ptr, *end = entity->body.ptr + entity->body.len;

	for (size_t i = 0; i < entity->n_parts; i++) {
		const slice part = entity->parts[i]->bytes;

		write_lines(out, slice_from(at, (size_t)(part.ptr - at)), write_cut);
		if (write_entity(out, entity->parts[i], false, err) < 0)
			return -1;
		at = part.ptr + part.len;
	}
	write_lines(out, slice_from(at, (size_t)(end - at)), write_cut);
	return 0;
}

static int write_content(struct buffer *out, const struct entity *entity, courant_error **err)
{
	switch (entity->encoding) {
	case COURANT_ENCODING_7BIT:
	case COURANT_ENCODING_8BIT:
		write_quoted_printable(out, entity->body);
		return 0;
	case COURANT_ENCODING_BASE64:
		write_base64(out, entity->body);
		return 0;
	case COURANT_ENCODING_QUOTED_PRINTABLE:
		write_lines(out, entity->body, write_soft_broken);
		return 0;
	case COURANT_ENCODING_AUTO:
		break;
	}
	return fail(err, COURANT_INVALID, "the message has lines of more than %d bytes or NULs in an encoding that is not known", LINE_MAX_BYTES);
}

static int write_entity(struct buffer *out, const struct entity *entity, bool is_whole, courant_error **err)
{
	const slice type = entity->type.word;
	const bool is_plain = entity->encoding == COURANT_ENCODING_7BIT || entity->encoding == COURANT_ENCODING_8BIT;
	const bool is_leaf = entity->n_parts == 0 && !slice_starts(type, SLICE("multipart/"));
	const bool is_encoded = is_leaf && is_plain && is_broken(entity->body);

	if (!is_broken(entity->bytes)) {
		buffer_append(out, entity->bytes);
		return 0;
	}
	/* RFC 2045, 6.4: neither these nor those may be encoded. */
	if (is_encoded && slice_starts(type, SLICE("message/")))
		return fail(err, COURANT_INVALID, "the message has lines of more than %d bytes or NULs in a part of type %.*s, which cannot be encoded",
			    LINE_MAX_BYTES, SLICE_ARGS(type));
	if (slice_equal(type, SLICE("multipart/signed")))
		return fail(err, COURANT_INVALID, "the message has lines of more than %d bytes or NULs where it is signed: to change them would break the signature",
			    LINE_MAX_BYTES);
	write_header(out, entity, is_encoded, is_whole);
	if (!is_leaf)
		return write_parts(out, entity, err);
	if (is_broken(entity->body))
		return write_content(out, entity, err);
	buffer_append(out, entity->body);
	return 0;
}

int mend_write(struct buffer *ret, slice message, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	struct entity *entity;

	if (entity_parse(&entity, &arena, message, err) < 0 || write_entity(ret, entity, true, err) < 0)
		return -1;
	return buffer_check(ret, err);
}
