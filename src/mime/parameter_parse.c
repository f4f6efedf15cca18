/* SPDX-License-Identifier: MIT */
/* parameter_parse.c - parameters read: quoted strings, comments, pieces and charsets of RFC 2231,
 * and what readers forgive */
#include "base/ascii.h"
#include "base/num.h"
#include "base/utf8.h"
#include "mime/charset.h"
#include "mime/encoded_word.h"
#include "mime/parameter.h"

#define VALUE_MAX_BYTES ((size_t)1 << 16)

/* One "name*1*=value" as it stands. */
struct piece {
	slice name;
	uint64_t number; /* of the piece; 0 without one */
	bool is_numbered;
	bool is_extended; /* percent-encoded */
	slice value;
};

struct scan {
	slice rest;
	slice all;
	struct arena *arena;
	bool is_strict;
	courant_error **err;
};

static int fail_value(const struct scan *scan, const char *why)
{
	return fail(scan->err, COURANT_INVALID, "\"%.*s\" %s",
		    SLICE_ARGS(slice_part(scan->all, 0, 300)), why);
}

static void gap_skip(slice *rest)
{
	unsigned depth = 0;

	while (rest->len) {
		const char c = *rest->ptr;

		if (depth && c == '\\' && rest->len > 1)
			*rest = slice_after(*rest, 1);
		else if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
		else if (!depth && !ascii_is_space(c))
			return;
		*rest = slice_after(*rest, 1);
	}
}

/* Up to one of the bytes, or a blank. */
static slice run_read(slice *rest, const char *ends)
{
	size_t n = 0;

	while (n < rest->len && !ascii_is_space(rest->ptr[n]) &&
	       !ascii_is_one_of(rest->ptr[n], ends))
		n++;

	const slice run = slice_part(*rest, 0, n);

	*rest = slice_after(*rest, n);
	return run;
}

static int quoted_read(struct scan *scan, slice *ret)
{
	char *text = arena_alloc(scan->arena, scan->rest.len);
	size_t n = 0;
	size_t i = 1;

	if (!text)
		return fail_memory(scan->err);
	for (; i < scan->rest.len && scan->rest.ptr[i] != '"'; i++) {
		if (scan->rest.ptr[i] == '\\' && i + 1 < scan->rest.len)
			i++;
		if (scan->rest.ptr[i] != '\r' && scan->rest.ptr[i] != '\n')
			text[n++] = scan->rest.ptr[i];
	}
	if (i >= scan->rest.len && scan->is_strict)
		return fail_value(scan, "has a quote that is not closed");
	scan->rest = slice_after(scan->rest, i + 1);
	*ret = slice_from(text, n);
	return 0;
}

static int value_read(struct scan *scan, slice *ret)
{
	gap_skip(&scan->rest);
	if (slice_starts(scan->rest, SLICE("\"")))
		return quoted_read(scan, ret);
	*ret = run_read(&scan->rest, ";");
	/* A file name with blanks and without quotes is meant as a whole. */
	if (!scan->is_strict) {
		const slice more =
			slice_trim_space(slice_part(scan->rest, 0, slice_find(scan->rest, ';')));

		if (more.len && *more.ptr != '(' && !slice_starts(more, SLICE("\""))) {
			*ret = slice_from(ret->ptr, (size_t)(more.ptr + more.len - ret->ptr));
			scan->rest = slice_after(scan->rest,
						 (size_t)(more.ptr + more.len - scan->rest.ptr));
		}
	}
	return 0;
}

/* "name", "name*", "name*0", "name*0*" */
static void name_take(struct piece *piece, slice name)
{
	piece->name = name;
	if (slice_ends(piece->name, SLICE("*"))) {
		piece->is_extended = true;
		piece->name.len--;
	}

	const size_t star = slice_find_last(piece->name, '*');

	if (star != SLICE_NONE && num_parse_range(slice_after(piece->name, star + 1), 0,
						  PARAMETERS_MAX, &piece->number)) {
		piece->is_numbered = true;
		piece->name.len = star;
	}
}

/* 1 for a piece, 0 at the end. */
static int piece_next(struct scan *scan, struct piece *ret)
{
	struct piece piece = {0};

	for (;;) {
		gap_skip(&scan->rest);
		while (scan->rest.len && *scan->rest.ptr == ';') {
			scan->rest = slice_after(scan->rest, 1);
			gap_skip(&scan->rest);
		}
		if (scan->rest.len == 0)
			return 0;

		const slice name = run_read(&scan->rest, "=;\"(");

		gap_skip(&scan->rest);
		if (name.len && slice_starts(scan->rest, SLICE("="))) {
			scan->rest = slice_after(scan->rest, 1);
			name_take(&piece, name);
			if (value_read(scan, &piece.value) < 0)
				return -1;
			*ret = piece;
			return 1;
		}
		if (scan->is_strict)
			return fail_value(scan, "has a parameter without its =");
		/* Rubbish up to the next semicolon. */
		scan->rest =
			slice_after(scan->rest, scan->rest.len && *scan->rest.ptr != ';' ? 1 : 0);
	}
}

static void percent_decode(struct buffer *out, slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%' && i + 2 < text.len &&
		    ascii_hex_value(text.ptr[i + 1]) >= 0 &&
		    ascii_hex_value(text.ptr[i + 2]) >= 0) {
			buffer_append_byte(out, (char)(ascii_hex_value(text.ptr[i + 1]) << 4 |
						       ascii_hex_value(text.ptr[i + 2])));
			i += 2;
		} else {
			buffer_append_byte(out, text.ptr[i]);
		}
	}
}

/* charset'language'text */
static slice charset_cut(slice *value)
{
	const size_t first = slice_find(*value, '\'');
	const size_t second =
		first == SLICE_NONE ? SLICE_NONE : slice_find(slice_after(*value, first + 1), '\'');
	slice charset = SLICE("");

	if (second != SLICE_NONE) {
		charset = slice_part(*value, 0, first);
		*value = slice_after(*value, first + 1 + second + 1);
	}
	return charset;
}

/* The bytes of the value as a parameter. They are in the charset; without one in UTF-8, or else
 * nobody knows in what. */
static int bytes_add(struct parameters *ret, struct scan *scan, slice name, slice bytes,
		     slice charset)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(8 * VALUE_MAX_BYTES);
	const bool is_utf8 = (charset.len == 0 || charset_is_utf8(charset)) && utf8_is_valid(bytes);
	slice value = bytes;

	if (scan->is_strict && (!parameter_is_token(name) || slice_find(name, '*') != SLICE_NONE))
		return fail_value(scan, "has a parameter whose name is no token");
	if (!is_utf8) {
		const bool is_foreign = charset.len && !charset_is_utf8(charset);

		if (scan->is_strict && !(is_foreign && charset_is_known(charset)))
			return fail_value(scan, "has a parameter that is not UTF-8");
		if (!is_foreign || !charset_to_utf8(bytes, charset, &text))
			charset_repair_utf8(bytes, &text);
		value = buffer_peek(&text);
	}
	if (buffer_check(&text, scan->err) < 0)
		return -1;
	if (parameters_get(ret, name).ptr)
		return scan->is_strict ? fail_value(scan, "has a parameter twice") : 0;
	return parameters_set(ret, scan->arena, name, value.ptr ? value : SLICE(""), scan->err);
}

static int plain_add(struct parameters *ret, struct scan *scan, const struct piece *piece)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(8 * VALUE_MAX_BYTES);
	slice value = piece->value;

	if (!scan->is_strict && slice_find_slice(value, SLICE("=?")) != SLICE_NONE) {
		encoded_words_decode(&text, value);
		value = buffer_peek(&text);
		if (buffer_check(&text, scan->err) < 0)
			return -1;
	}
	return bytes_add(ret, scan, piece->name, value, SLICE(""));
}

/* All pieces of this name, in the order of their numbers, joined and decoded. */
static int pieces_join(struct parameters *ret, struct scan *scan, const struct piece *pieces,
		       size_t n, slice name)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(VALUE_MAX_BYTES);
	slice charset = SLICE("");

	for (uint64_t number = 0; number < n; number++) {
		const struct piece *piece = NULL;

		for (size_t i = 0; i < n && !piece; i++)
			if (pieces[i].number == number && slice_equal_nocase(pieces[i].name, name))
				piece = &pieces[i];
		if (!piece)
			break;

		slice value = piece->value;

		if (number == 0 && piece->is_extended)
			charset = charset_cut(&value);
		if (piece->is_extended)
			percent_decode(&bytes, value);
		else
			buffer_append(&bytes, value);
	}
	if (buffer_check(&bytes, scan->err) < 0)
		return -1;
	return bytes_add(ret, scan, name, buffer_peek(&bytes), charset);
}

static int word_read(struct parameters *ret, struct scan *scan)
{
	gap_skip(&scan->rest);

	const slice word = run_read(&scan->rest, ";(");

	ret->word = arena_copy_lower(scan->arena, word);
	if (!ret->word.ptr)
		return fail_memory(scan->err);
	gap_skip(&scan->rest);
	if (!scan->is_strict)
		return 0;
	if (!parameter_is_token(word) && !parameter_is_type(word))
		return fail_value(scan, "is malformed");
	return scan->rest.len && *scan->rest.ptr != ';' ? fail_value(scan, "is malformed") : 0;
}

int parameters_parse(struct parameters *parameters, struct arena *arena, slice value,
		     enum parameter_flags flags, courant_error **err)
{
	const slice copy = arena_copy(arena, value);
	struct scan scan = {.rest = copy,
			    .all = copy,
			    .arena = arena,
			    .is_strict = flags == PARAMETERS_STRICT,
			    .err = err};
	struct parameters made = {0};
	struct piece piece;
	struct piece *pieces = NULL;
	size_t n = 0;
	int rc;

	if (!copy.ptr)
		return fail_memory(err);
	if (word_read(&made, &scan) < 0)
		return -1;
	while ((rc = piece_next(&scan, &piece)) > 0 && made.n + n < PARAMETERS_MAX) {
		if (!piece.is_extended && !piece.is_numbered) {
			if (plain_add(&made, &scan, &piece) < 0)
				return -1;
			continue;
		}
		if (!pieces)
			pieces = arena_alloc(arena, PARAMETERS_MAX * sizeof *pieces);
		if (!pieces)
			return fail_memory(err);
		pieces[n++] = piece;
	}
	for (size_t i = 0; rc >= 0 && i < n; i++)
		if (pieces[i].number == 0) {
			/* The extended form is the better one when both are there. */
			if (!scan.is_strict &&
			    parameters_set(&made, arena, pieces[i].name, (slice){NULL, 0}, err) < 0)
				return -1;
			if (pieces_join(&made, &scan, pieces, n, pieces[i].name) < 0)
				return -1;
		}
	if (rc < 0)
		return -1;
	*parameters = made;
	return 0;
}
