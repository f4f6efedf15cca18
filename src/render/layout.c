/* SPDX-License-Identifier: MIT */
/* layout.c - rows, then blocks, are left out until the HTML fits */
#include "render/layout.h"

/* No row of a table is shorter than this in HTML, so that more than so many never fit. */
#define ROW_MIN_BYTES 200

/* Whether the page, with CRLF line ends, is small enough as it is, and in the shorter of quoted-printable (RFC 2045, 6.7) and base64 (6.8). */
static bool is_small(slice page)
{
	size_t decoded = page.len, quoted = 0;

	for (size_t i = 0; i < page.len; i++) {
		const unsigned char c = (unsigned char)page.ptr[i];

		decoded += c == '\n';
		quoted += c == '\n' ? 2 : c == '=' || c < ' ' || c > '~' ? 3 : 1;
	}
	quoted += quoted / 72 * 3; /* lines of up to 76 end in "=" and CRLF */

	const size_t base64 = (decoded + 2) / 3 * 4;
	const size_t encoded = quoted < base64 ? quoted : base64 + base64 / 76 * 2;

	return decoded <= HTML_MAX_BYTES && encoded <= HTML_ENCODED_MAX_BYTES;
}

static bool fits(const struct document *document, const struct layout *layout, courant_error **err, bool *ret)
{
	AUTO(buffer) struct buffer page = BUFFER_LIMIT(HTML_MAX_BYTES);

	html_page(&page, document, layout);
	*ret = page.failure == BUFFER_FINE && is_small(buffer_peek(&page));
	return page.failure != BUFFER_NO_MEMORY || fail_memory(err) == 0;
}

static size_t most_rows(const struct document *document)
{
	size_t most = 0;

	for (size_t i = 0; i < document->n_blocks; i++) {
		const struct table *table = document->blocks[i]->table;

		if (table && table_rows(table) > most)
			most = table_rows(table);
	}
	return most < HTML_MAX_BYTES / ROW_MIN_BYTES ? most : HTML_MAX_BYTES / ROW_MIN_BYTES;
}

/* The greatest value of *limit up to `most` with which the page fits, found by halving; *ret false when not even 0 does. */
static bool fit_limit(const struct document *document, const struct layout *layout, size_t *limit, size_t most,
		      courant_error **err, bool *ret)
{
	size_t low = 0, high = most;

	*limit = most;
	if (!fits(document, layout, err, ret))
		return false;
	while (!*ret && low < high) {
		bool is_fine;

		*limit = low + (high - low) / 2;
		if (!fits(document, layout, err, &is_fine))
			return false;
		if (!is_fine)
			high = *limit;
		else if (*limit == low)
			break;
		else
			low = *limit;
	}
	if (*ret)
		return true;
	*limit = low;
	return fits(document, layout, err, ret);
}

int layout_fit(const struct document *document, struct layout *ret, courant_error **err)
{
	struct layout layout = {.rows_max = 0, .blocks_max = document->n_blocks};
	bool is_fine;

	if (!fit_limit(document, &layout, &layout.rows_max, most_rows(document), err, &is_fine))
		return -1;
	if (!is_fine && !fit_limit(document, &layout, &layout.blocks_max, document->n_blocks, err, &is_fine))
		return -1;
	if (!is_fine)
		return fail(err, COURANT_TOO_LARGE, "the report's frame alone is larger than %d bytes of HTML",
			    HTML_MAX_BYTES);
	*ret = layout;
	return 0;
}
