/* SPDX-License-Identifier: MIT */
/* entity_content.c - bodies without their transfer encoding */
#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/base64.h"
#include "mime/charset.h"
#include "mime/entity.h"
#include "mime/quoted_printable.h"

static void base64_read(struct buffer *out, slice body)
{
	struct base64_decoder decoder = {0};
	char *to = buffer_room(out, body.len / 4 * 3 + 3);

	if (to)
		buffer_added(out, base64_decode(&decoder, to, body.ptr, body.len));
}

static void quoted_read(struct buffer *out, slice body)
{
	char *to = buffer_room(out, body.len);

	if (to)
		buffer_added(out, qp_decode(to, body.ptr, body.len));
}

static unsigned uu_value(char c)
{
	return ((unsigned char)c - ' ') & 63u;
}

/* A line: a character for its number of bytes, then four characters for each three of them. */
static void uu_line_read(struct buffer *out, slice line)
{
	const size_t n = line.len ? uu_value(*line.ptr) : 0;

	for (size_t i = 0; i < n; i++) {
		const size_t group = 1 + i / 3 * 4 + i % 3;
		const unsigned shift = 2 * (unsigned)(i % 3) + 2;

		if (group >= line.len)
			return;

		const unsigned high = uu_value(line.ptr[group]) << shift;
		const unsigned low =
			group + 1 < line.len ? uu_value(line.ptr[group + 1]) >> (6 - shift) : 0;

		buffer_append_byte(out, (char)(high | low));
	}
}

static void uuencoded_read(struct buffer *out, slice body)
{
	slice line;
	bool is_inside = false;

	while (slice_next_line(&body, &line)) {
		if (!is_inside)
			is_inside = slice_starts(line, SLICE("begin "));
		else if (slice_equal(line, SLICE("end")))
			return;
		else
			uu_line_read(out, line);
	}
}

void entity_content(const struct entity *entity, struct buffer *ret)
{
	if (entity->is_uuencoded) {
		uuencoded_read(ret, entity->body);
		return;
	}
	switch (entity->encoding) {
	case COURANT_ENCODING_BASE64:
		base64_read(ret, entity->body);
		break;
	case COURANT_ENCODING_QUOTED_PRINTABLE:
		quoted_read(ret, entity->body);
		break;
	case COURANT_ENCODING_AUTO:
	case COURANT_ENCODING_7BIT:
	case COURANT_ENCODING_8BIT:
		buffer_append(ret, entity->body);
		break;
	}
}

void entity_text(const struct entity *entity, struct buffer *ret)
{
	AUTO(buffer) struct buffer content = BUFFER_LIMIT(entity->body.len + 4);
	const slice label = parameters_get(&entity->type, SLICE("charset"));
	const slice charset = label.len ? label : SLICE("utf-8");

	entity_content(entity, &content);

	const slice text = buffer_peek(&content);

	if ((charset_is_utf8(charset) || slice_equal_nocase(charset, SLICE("us-ascii"))) &&
	    utf8_is_valid(text))
		buffer_append(ret, text);
	else if (!charset_to_utf8(text, charset, ret))
		(void)charset_to_utf8(text, SLICE("utf-8"), ret);
	if (content.failure != BUFFER_FINE && ret->failure == BUFFER_FINE)
		ret->failure = content.failure;
}
