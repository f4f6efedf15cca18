/* SPDX-License-Identifier: MIT */
/* cid.c - the pictures that HTML names by cid: URLs, and the parts that have those Content-IDs (RFC
 * 2392) */
#include "base/ascii.h"
#include "mime/message.h"

/* A cid: counts where a URL begins: behind a quote, a parenthesis or an equals sign, blanks
 * between. */
static bool is_url_begin(slice html, size_t at)
{
	while (at && ascii_is_space(html.ptr[at - 1]))
		at--;
	return at && strchr("\"'(=", html.ptr[at - 1]);
}

/* The next reference: what stands between "cid:" and the end of the URL. Colons are rare, so they
 * are looked for. */
static bool reference_next(slice html, size_t *at, slice *ret)
{
	size_t found;

	while ((found = slice_find(slice_after(html, *at), ':')) != SLICE_NONE) {
		const size_t colon = *at + found;
		size_t end = colon + 1;

		*at = end;
		if (colon < 3 ||
		    !slice_equal_nocase(slice_part(html, colon - 3, 3), SLICE("cid")) ||
		    !is_url_begin(html, colon - 3))
			continue;
		while (end < html.len && !ascii_is_space(html.ptr[end]) &&
		       !(html.ptr[end] && strchr("\"')<>", html.ptr[end])))
			end++;
		*ret = slice_part(html, colon + 1, end - colon - 1);
		*at = end;
		return true;
	}
	return false;
}

/* "%40" is "@" in a URL; "&amp;" is "&" in an attribute. */
static bool same_id(slice reference, slice id)
{
	size_t at = 0;

	for (size_t i = 0; i < reference.len; i++, at++) {
		char c = reference.ptr[i];

		if (c == '%' && i + 2 < reference.len &&
		    ascii_hex_value(reference.ptr[i + 1]) >= 0 &&
		    ascii_hex_value(reference.ptr[i + 2]) >= 0) {
			c = (char)(ascii_hex_value(reference.ptr[i + 1]) << 4 |
				   ascii_hex_value(reference.ptr[i + 2]));
			i += 2;
		} else if (c == '&' && slice_starts(slice_after(reference, i), SLICE("&amp;"))) {
			i += 4;
		}
		if (at >= id.len || id.ptr[at] != c)
			return false;
	}
	return at == id.len;
}

/* The Content-ID without its brackets. */
static slice id_of(const courant_part *part)
{
	const struct field *field = fields_find(&part->fields, SLICE("Content-ID"));

	return field ? slice_part(field->value, 1, field->value.len - 2) : SLICE("");
}

static bool html_refers(slice html, slice id)
{
	slice reference;
	size_t at = 0;

	while (reference_next(html, &at, &reference))
		if (same_id(reference, id))
			return true;
	return false;
}

static int parts_check(const courant_message *message, slice html, courant_error **err)
{
	for (size_t i = 0; i < message->inlines.n; i++) {
		const slice id = id_of(message->inlines.items[i]);

		if (!html_refers(html, id))
			return fail(err, COURANT_INVALID,
				    "inline part \"%.*s\" is not used: the HTML has no cid:%.*s",
				    SLICE_ARGS(id), SLICE_ARGS(id));
		for (size_t j = 0; j < i; j++)
			if (slice_equal(id_of(message->inlines.items[j]), id))
				return fail(err, COURANT_INVALID,
					    "inline part \"%.*s\" is there twice", SLICE_ARGS(id));
	}
	return 0;
}

int cid_check(const courant_message *message, courant_error **err)
{
	const courant_part *part = message->html;
	const slice html = part && part->kind == PART_TEXT ? slice_from(part->text, part->text_len)
							   : SLICE("");
	slice reference;
	size_t at = 0;

	/* HTML that is no text of ours is not looked into. */
	if (part && part->kind != PART_TEXT)
		return 0;
	if (parts_check(message, html, err) < 0)
		return -1;
	while (reference_next(html, &at, &reference)) {
		bool is_there = false;

		for (size_t i = 0; i < message->inlines.n && !is_there; i++)
			is_there = same_id(reference, id_of(message->inlines.items[i]));
		if (!is_there)
			return fail(err, COURANT_INVALID,
				    "the HTML refers to cid:%.*s, but there is no such inline part",
				    SLICE_ARGS(slice_part(reference, 0, 200)));
	}
	return 0;
}
