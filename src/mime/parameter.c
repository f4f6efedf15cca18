/* SPDX-License-Identifier: MIT */
/* parameter.c - parameters written (RFC 2045, 5.1; RFC 2231), with the second name that old readers
 * need */
#include "mime/parameter.h"

#include "base/utf8.h"
#include "mime/base64.h"
#include "mime/chars.h"
#include "mime/charset.h"
#include "mime/encoded_word.h"
#include "mime/header.h"
#include "mime/mailbox.h"

bool parameter_is_token(slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!char_is(text.ptr[i], CHAR_TOKEN))
			return false;
	return text.len;
}

bool parameter_is_type(slice text)
{
	const size_t slash = slice_find(text, '/');

	return slash != SLICE_NONE && parameter_is_token(slice_part(text, 0, slash)) &&
	       parameter_is_token(slice_after(text, slash + 1));
}

slice parameters_get(const struct parameters *parameters, slice name)
{
	for (size_t i = 0; i < parameters->n; i++)
		if (slice_equal_nocase(parameters->items[i].name, name))
			return parameters->items[i].value;
	return (slice){NULL, 0};
}

static int parameters_add(struct parameters *parameters, struct arena *arena, slice name,
			  slice value, courant_error **err)
{
	const struct parameter made = {.name = arena_copy_lower(arena, name),
				       .value = arena_copy(arena, value)};

	if (parameters->n >= PARAMETERS_MAX)
		return fail(err, COURANT_TOO_LARGE, "more than %d parameters", PARAMETERS_MAX);
	if (parameters->n == parameters->space) {
		const size_t space = parameters->space ? parameters->space * 2 : 4;
		struct parameter *items =
			arena_grow(arena, parameters->items, parameters->n, space, sizeof *items);

		if (!items)
			return fail_memory(err);
		parameters->items = items;
		parameters->space = space;
	}
	if (!made.name.ptr || !made.value.ptr)
		return fail_memory(err);
	parameters->items[parameters->n++] = made;
	return 0;
}

int parameters_set(struct parameters *parameters, struct arena *arena, slice name, slice value,
		   courant_error **err)
{
	size_t at = 0;

	while (at < parameters->n && !slice_equal_nocase(parameters->items[at].name, name))
		at++;
	if (!value.ptr) {
		if (at < parameters->n) {
			parameters->n--;
			for (; at < parameters->n; at++)
				parameters->items[at] = parameters->items[at + 1];
		}
		return 0;
	}
	if (at == parameters->n)
		return parameters_add(parameters, arena, name, value, err);

	const slice copy = arena_copy(arena, value);

	if (!copy.ptr)
		return fail_memory(err);
	parameters->items[at].value = copy;
	return 0;
}

/* ---- Writing ---- */

static bool is_printable_ascii(slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

static size_t extended_size(slice text)
{
	size_t size = 0;

	for (size_t i = 0; i < text.len; i++)
		size += char_is(text.ptr[i], CHAR_EXTENDED) ? 1 : 3;
	return size;
}

static void extended_write(struct buffer *out, slice text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];

		if (char_is(text.ptr[i], CHAR_EXTENDED)) {
			buffer_append_byte(out, text.ptr[i]);
			continue;
		}
		buffer_append_byte(out, '%');
		buffer_append_byte(out, digits[c >> 4]);
		buffer_append_byte(out, digits[c & 15]);
	}
}

/* The characters of the text whose percent-encoded form fits into `max`; at least one. */
static slice extended_piece(slice text, size_t max)
{
	slice rest = text;
	size_t size = 0;

	while (rest.len) {
		slice next = rest;

		(void)utf8_next(&next);
		size += extended_size(slice_part(rest, 0, rest.len - next.len));
		if (size > max && rest.len != text.len)
			break;
		rest = next;
	}
	return slice_part(text, 0, text.len - rest.len);
}

#define EXTENDED_CHARSET "utf-8''"
#define PIECE_MAX_CHARS  (FOLD_COLUMNS - 2) /* a blank before it, a semicolon behind */
#define PIECE_MIN_CHARS  40 /* of the value, beside a long name: there may be only so many pieces */

static void piece_write(struct fold *fold, struct buffer *piece)
{
	fold_glue(fold, SLICE(";"));
	fold_token_before(fold, buffer_peek(piece), 1);
	buffer_fail_like(fold->out, piece);
	buffer_cut(piece, 0);
}

static void extended_parameter_write(struct fold *fold, slice name, slice value)
{
	AUTO(buffer) struct buffer piece = BUFFER_LIMIT(LINE_MAX_BYTES);

	buffer_append(&piece, name);
	if (name.len + sizeof "*=" EXTENDED_CHARSET - 1 + extended_size(value) <= PIECE_MAX_CHARS) {
		buffer_append(&piece, SLICE("*=" EXTENDED_CHARSET));
		extended_write(&piece, value);
		piece_write(fold, &piece);
		return;
	}
	for (uint64_t i = 0; i == 0 || value.len; i++) {
		buffer_cut(&piece, 0);
		buffer_append(&piece, name);
		buffer_append_byte(&piece, '*');
		buffer_append_u64(&piece, i);
		buffer_append(&piece, i == 0 ? SLICE("*=" EXTENDED_CHARSET) : SLICE("*="));

		const size_t left = piece.len + PIECE_MIN_CHARS < PIECE_MAX_CHARS ? PIECE_MAX_CHARS - piece.len : PIECE_MIN_CHARS;
		const slice part = extended_piece(value, left);

		extended_write(&piece, part);
		value = slice_after(value, part.len);
		piece_write(fold, &piece);
	}
}

/* What some readers take for more than a token is quoted, too. */
static bool is_harmless_token(slice value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!char_is(value.ptr[i], CHAR_EXTENDED))
			return false;
	return value.len;
}

/* ASCII that no reader decodes any further. */
static bool is_plain_text(slice value)
{
	return is_printable_ascii(value) && slice_find_slice(value, SLICE("=?")) == SLICE_NONE;
}

void parameter_write(struct fold *fold, slice name, slice value)
{
	AUTO(buffer) struct buffer piece = BUFFER_LIMIT((size_t)4 * LINE_MAX_BYTES);

	if (is_plain_text(value) && value.len <= PIECE_MAX_CHARS) {
		buffer_append(&piece, name);
		buffer_append_byte(&piece, '=');
		if (is_harmless_token(value))
			buffer_append(&piece, value);
		else
			quoted_string_write(&piece, value);
		if (piece.len <= PIECE_MAX_CHARS) {
			piece_write(fold, &piece);
			return;
		}
	}
	extended_parameter_write(fold, name, value);
}

/* Where the text is cut so that each piece in the charset fits an encoded word: the longest
 * beginning of whole characters. */
static int name_piece(slice text, slice charset, size_t max_bytes, struct buffer *ret,
		      slice *ret_piece, courant_error **err)
{
	slice piece = text;

	for (size_t limit = max_bytes;; limit = limit * 3 / 4) {
		piece = utf8_cut(text, limit);
		if (piece.len == 0) {
			slice rest = text;

			(void)utf8_next(&rest);
			piece = slice_part(text, 0, text.len - rest.len);
		}
		buffer_cut(ret, 0);
		if (charset.ptr ? charset_from_utf8(piece, charset, ret, err) < 0
				: (buffer_append(ret, piece), buffer_check(ret, err) < 0))
			return -1;
		if (ret->len <= max_bytes || limit == 0)
			break;
	}
	*ret_piece = piece;
	return 0;
}

/* A longer one would be split as RFC 2231 does, which those readers do not know. */
#define PLAIN_NAME_MAX (PIECE_MAX_CHARS - sizeof "name=\"\"")

int parameter_write_name(struct fold *fold, slice value, slice charset, courant_error **err)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT((size_t)1 << 16);
	AUTO(buffer) struct buffer word = BUFFER_LIMIT((size_t)1 << 12);
	const slice label = charset.ptr ? charset : SLICE("utf-8");

	if (is_plain_text(value) && value.len <= PLAIN_NAME_MAX) {
		parameter_write(fold, SLICE("name"), value);
		return 0;
	}

	bool is_first = true;

	fold_glue(fold, SLICE(";"));
	while (value.len) {
		/* name=" before the first word, "; behind the last */
		const size_t frame = label.len +
				     sizeof "=?"
					    "?B?"
					    "?=" -
				     1 + (is_first ? sizeof "name=\"" - 1 : 0);
		const size_t max_bytes = (ENCODED_WORD_MAX - frame - 2) / 4 * 3;
		slice piece;

		if (name_piece(value, charset, max_bytes, &bytes, &piece, err) < 0)
			return fail_within(err, "file name \"%.*s\"", SLICE_ARGS(value));
		value = slice_after(value, piece.len);
		buffer_cut(&word, 0);
		buffer_append(&word, is_first ? SLICE("name=\"") : SLICE(""));
		encoded_word_write_bytes(&word, label, buffer_peek(&bytes));
		buffer_append(&word, value.len ? SLICE("") : SLICE("\""));
		if (!is_first)
			fold_line(fold);
		fold_token(fold, buffer_peek(&word));
		is_first = false;
	}
	return buffer_check(&word, err);
}

int parameters_write_header(struct buffer *out, slice name, slice value, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	struct parameters parameters = {0};
	struct fold fold;

	if (parameters_parse(&parameters, &arena, value, PARAMETERS_STRICT, err) < 0)
		return fail_within(err, "header %.*s", SLICE_ARGS(name));
	fold_begin(&fold, out, name);
	fold_token_before(&fold, parameters.word, 1);
	for (size_t i = 0; i < parameters.n; i++)
		parameter_write(&fold, parameters.items[i].name, parameters.items[i].value);
	fold_end(&fold);
	return 0;
}
