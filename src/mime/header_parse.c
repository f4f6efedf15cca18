/* SPDX-License-Identifier: MIT */
/* header_parse.c - a walk over header lines */
#include "mime/header_parse.h"

#include "base/ascii.h"
#include "mime/charset.h"
#include "mime/encoded_word.h"

/* The line at the beginning, with its end. */
static slice line_at(slice bytes)
{
	const size_t end = slice_find(bytes, '\n');

	return end == SLICE_NONE ? bytes : slice_part(bytes, 0, end + 1);
}

static slice without_end(slice line)
{
	if (slice_ends(line, SLICE("\n")))
		line.len--;
	if (slice_ends(line, SLICE("\r")))
		line.len--;
	return line;
}

/* Bytes of the name when the line is a field, or 0. Blanks before the colon are an old custom (RFC
 * 5322, 4.5). */
static size_t name_length(slice line, size_t *ret_colon)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] > ' ' && line.ptr[n] < 127 && line.ptr[n] != ':')
		n++;
	*ret_colon = n;
	while (*ret_colon < line.len && ascii_is_blank(line.ptr[*ret_colon]))
		(*ret_colon)++;
	return *ret_colon < line.len && line.ptr[*ret_colon] == ':' ? n : 0;
}

static int field_add(struct header *header, struct arena *arena, const struct header_field *field,
		     courant_error **err)
{
	if (header->n >= FIELDS_READ_MAX)
		return fail(err, COURANT_TOO_LARGE, "a message has more than %d header fields",
			    FIELDS_READ_MAX);
	if (header->n == header->space) {
		const size_t space = header->space ? header->space * 2 : 16;
		struct header_field *items =
			arena_grow(arena, header->items, header->n, space, sizeof *items);

		if (!items)
			return fail_memory(err);
		header->items = items;
		header->space = space;
	}
	header->items[header->n++] = *field;
	return 0;
}

/* The lines that continue a field: they begin with a blank, and are not empty. */
static size_t continuation_bytes(slice rest)
{
	size_t n = 0;

	while (n < rest.len && ascii_is_blank(rest.ptr[n]))
		n += line_at(slice_after(rest, n)).len;
	return n;
}

static int field_read(struct header *header, struct arena *arena, slice bytes, size_t *at,
		      size_t name, size_t colon, courant_error **err)
{
	const slice rest = slice_after(bytes, *at);
	const slice first = line_at(rest);
	const size_t len = first.len + continuation_bytes(slice_after(rest, first.len));
	const struct header_field field = {
		.name = slice_part(rest, 0, name),
		.value = without_end(slice_part(rest, colon + 1, len - colon - 1)),
		.from = *at,
		.to = *at + len,
	};

	*at += len;
	if (*at > HEADER_MAX_BYTES)
		return fail(err, COURANT_TOO_LARGE, "a message's header is longer than %zu bytes",
			    HEADER_MAX_BYTES);
	return field_add(header, arena, &field, err);
}

int header_parse(struct header *ret, struct arena *arena, slice bytes, courant_error **err)
{
	struct header header = {0};
	size_t at = 0;

	if (slice_starts(bytes, SLICE("From ")) && slice_find(line_at(bytes), ':') != 4) {
		header.has_mbox_line = true;
		at = line_at(bytes).len;
	}
	while (at < bytes.len) {
		const slice line = line_at(slice_after(bytes, at));
		size_t colon;
		const size_t name = name_length(line, &colon);

		if (without_end(line).len == 0) {
			at += line.len;
			break;
		}
		if (name == 0) {
			header.is_broken = true;
			break;
		}
		if (field_read(&header, arena, bytes, &at, name, colon, err) < 0)
			return -1;
	}
	header.body_from = at;
	*ret = header;
	return 0;
}

const struct header_field *header_next(const struct header *header, slice name, size_t *at)
{
	while (*at < header->n) {
		const struct header_field *field = &header->items[(*at)++];

		if (slice_equal_nocase(field->name, name))
			return field;
	}
	return NULL;
}

const struct header_field *header_find(const struct header *header, slice name)
{
	size_t at = 0;

	return header_next(header, name, &at);
}

void header_unfold(struct buffer *out, slice value)
{
	value = slice_trim_space(value);
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] != '\r' && value.ptr[i] != '\n')
			buffer_append_byte(out, value.ptr[i]);
}

void header_decode(struct buffer *out, slice value)
{
	AUTO(buffer) struct buffer decoded = BUFFER_LIMIT(8 * HEADER_MAX_BYTES);

	encoded_words_decode(&decoded, slice_trim_space(value));
	charset_repair_utf8(buffer_peek(&decoded), out);
	if (decoded.failure != BUFFER_FINE && out->failure == BUFFER_FINE)
		out->failure = decoded.failure;
}

int header_addresses(const struct header *header, slice name, struct mailbox_list *list,
		     struct arena *arena, courant_error **err)
{
	const struct header_field *field;
	size_t at = 0;

	while ((field = header_next(header, name, &at)))
		if (mailbox_list_parse(list, arena, field->value, MAILBOX_LENIENT, err) < 0)
			return -1;
	return 0;
}
