/* SPDX-License-Identifier: MIT */
/* plan.c - the tree of parts written down, contents measured and encodings chosen */
#include "mime/plan.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/base64.h"
#include "mime/content.h"
#include "mime/quoted_printable.h"
#include "mime/text_facts.h"

#define BOUNDARY_CHARS 24
/* Texts and headers; what is larger belongs into a reader. */
#define PLAN_MAX_BYTES ((size_t)1 << 32)

void plan_init(struct plan *plan, size_t expected_bytes)
{
	/* The boundaries are only read where they have been written. */
	plan->bytes = (struct buffer)BUFFER_LIMIT(PLAN_MAX_BYTES);
	plan->mark = plan->n_pieces = plan->space = plan->n_boundaries = 0;
	plan->pieces = NULL;
	plan->size_bytes = 0;
	plan->has_eight_bit = false;
	plan->longest_line = 0;
	plan->random = (struct random_stream){0};
	(void)buffer_room(&plan->bytes, expected_bytes);
}

void plan_release(struct plan *plan)
{
	buffer_release(&plan->bytes);
	free(plan->pieces);
	plan->pieces = NULL;
}

static int piece_add(struct plan *plan, const struct piece *piece, courant_error **err)
{
	if (plan->n_pieces == plan->space) {
		const size_t space = plan->space ? plan->space * 2 : 4;
		struct piece *pieces = mem_resize(plan->pieces, space, sizeof *pieces);

		if (!pieces)
			return fail_memory(err);
		plan->pieces = pieces;
		plan->space = space;
	}
	plan->pieces[plan->n_pieces++] = *piece;
	return 0;
}

/* What has been written since the last piece becomes one. */
static int bytes_close(struct plan *plan, courant_error **err)
{
	const struct piece piece = {
		.from = plan->mark, .to = plan->bytes.len, .size = plan->bytes.len - plan->mark};

	if (buffer_check(&plan->bytes, err) < 0)
		return -1;
	plan->mark = plan->bytes.len;
	return piece.size ? piece_add(plan, &piece, err) : 0;
}

static slice encoding_name(enum courant_encoding encoding)
{
	switch (encoding) {
	case COURANT_ENCODING_AUTO:
	case COURANT_ENCODING_7BIT:
		return SLICE("7bit");
	case COURANT_ENCODING_8BIT:
		return SLICE("8bit");
	case COURANT_ENCODING_QUOTED_PRINTABLE:
		return SLICE("quoted-printable");
	case COURANT_ENCODING_BASE64:
		return SLICE("base64");
	}
	return SLICE("");
}

/* The headers of a part, its encoding, and the empty line behind them. */
static int headers_write(struct plan *plan, courant_part *part, enum courant_encoding encoding,
			 slice boundary, courant_error **err)
{
	if (part_write_headers(part, &plan->bytes, boundary, err) < 0)
		return -1;
	buffer_append(&plan->bytes, SLICE("Content-Transfer-Encoding: "));
	buffer_append(&plan->bytes, encoding_name(encoding));
	buffer_append(&plan->bytes, SLICE("\r\n\r\n"));
	return 0;
}

/* ---- Boundaries ---- */

/* "=_" cannot stand in base64 nor, before an underscore, in quoted-printable: what is encoded never
 * holds this boundary. */
static int boundary_make(struct plan *plan, courant_part *part, slice *ret, courant_error **err)
{
	static const char letters[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char text[2 + BOUNDARY_CHARS] = "=_";

	if (part->boundary.len) {
		*ret = part->boundary;
		return 0;
	}
	for (size_t i = 2; i < sizeof text; i++)
		text[i] = letters[random_below(&plan->random, sizeof letters - 1)];
	*ret = arena_copy(&part->arena, slice_from(text, sizeof text));
	return ret->ptr ? 0 : fail_memory(err);
}

static bool is_boundary_line(const struct plan *plan, slice line)
{
	if (!slice_starts(line, SLICE("--")))
		return false;
	for (size_t i = 0; i < plan->n_boundaries; i++)
		if (slice_starts(slice_after(line, 2), plan->boundaries[i]))
			return true;
	return false;
}

static bool has_boundary_line(const struct plan *plan, slice text)
{
	slice line;

	while (slice_next_line(&text, &line))
		if (is_boundary_line(plan, line))
			return true;
	return false;
}

/* ---- Texts ---- */

static int fail_encoding(const courant_part *part, const char *encoding, const char *why,
			 courant_error **err)
{
	return fail(err, COURANT_INVALID, "%s cannot be sent as %s: it has %s", part->type.word.ptr,
		    encoding, why);
}

static int unencoded_check(const courant_part *part, const struct courant_facts *facts,
			   enum courant_encoding encoding, courant_error **err)
{
	const char *name = encoding == COURANT_ENCODING_8BIT ? "8bit" : "7bit";

	if (encoding == COURANT_ENCODING_7BIT && facts->has_eight_bit)
		return fail_encoding(part, name, "bytes over 127", err);
	if (facts->longest_line > LINE_MAX_BYTES)
		return fail_encoding(part, name, "a line of more than 998 bytes", err);
	return facts->has_nul ? fail_encoding(part, name, "a NUL", err) : 0;
}

/* Line ends become CRLF; a lone CR stays. `n_lines` line ends at most. */
static void canonical_write(struct buffer *out, slice text, size_t n_lines)
{
	char *const begin = buffer_room(out, text.len + n_lines);
	char *to = begin;

	if (!begin)
		return;
	while (text.len) {
		const size_t end = slice_find(text, '\n');
		const slice line = slice_part(text, 0, end);

		memcpy(to, line.ptr, line.len);
		to += line.len;
		text = slice_after(text, line.len);
		if (end == SLICE_NONE)
			break;
		if (line.len == 0 || to[-1] != '\r')
			*to++ = '\r';
		*to++ = '\n';
		text = slice_after(text, 1);
	}
	buffer_added(out, (size_t)(to - begin));
}

static int base64_write(struct plan *plan, slice text, courant_error **err)
{
	uint64_t size;
	char *to = base64_lines_size(text.len, &size) && size < SIZE_MAX
			   ? buffer_room(&plan->bytes, (size_t)size)
			   : NULL;

	if (to)
		buffer_added(&plan->bytes, base64_encode_lines(to, text.ptr, text.len));
	return buffer_check(&plan->bytes, err);
}

static int text_base64(struct plan *plan, const struct text_facts *facts, slice text,
		       courant_error **err)
{
	AUTO(buffer) struct buffer canonical = BUFFER_LIMIT(PLAN_MAX_BYTES);

	if (!facts->has_bare_lf)
		return base64_write(plan, text, err);
	canonical_write(&canonical, text, facts->n_lines);
	return buffer_slice(&canonical, &text, err) < 0 ? -1 : base64_write(plan, text, err);
}

static enum courant_encoding text_encoding(const struct plan *plan, const courant_part *part,
					   const struct text_facts *facts, slice text)
{
	enum courant_encoding encoding = part->encoding;

	if (encoding == COURANT_ENCODING_AUTO)
		encoding = text_facts_encoding(facts, text.len);
	if (part->encoding == COURANT_ENCODING_AUTO && encoding == COURANT_ENCODING_7BIT &&
	    facts->has_hyphen_line && has_boundary_line(plan, text))
		return COURANT_ENCODING_QUOTED_PRINTABLE;
	return encoding;
}

static int text_plain(struct plan *plan, const courant_part *part, const struct text_facts *facts,
		      enum courant_encoding encoding, slice text, courant_error **err)
{
	const struct courant_facts known = {.longest_line = facts->longest_line,
					    .has_eight_bit = facts->n_eight_bit,
					    .has_nul = facts->has_nul};

	if (unencoded_check(part, &known, encoding, err) < 0)
		return -1;
	if (facts->has_bare_cr)
		return fail_encoding(part, encoding_name(encoding).ptr, "a CR without LF", err);
	if (facts->has_hyphen_line && has_boundary_line(plan, text))
		return fail(err, COURANT_INVALID, "a boundary occurs in a part of type %s",
			    part->type.word.ptr);
	if (facts->has_bare_lf)
		canonical_write(&plan->bytes, text, facts->n_lines);
	else
		buffer_append(&plan->bytes, text);
	return 0;
}

static int text_write(struct plan *plan, courant_part *part, courant_error **err)
{
	const slice text = slice_from(part->text, part->text_len);
	struct qp_encoder quoted = {.mode = QP_TEXT};
	struct text_facts facts;
	char *to;

	text_facts_measure(&facts, text);

	const enum courant_encoding encoding = text_encoding(plan, part, &facts, text);

	if (headers_write(plan, part, encoding, SLICE(""), err) < 0)
		return -1;
	switch (encoding) {
	case COURANT_ENCODING_AUTO:
	case COURANT_ENCODING_7BIT:
	case COURANT_ENCODING_8BIT:
		return text_plain(plan, part, &facts, encoding, text, err);
	case COURANT_ENCODING_QUOTED_PRINTABLE:
		to = buffer_room(&plan->bytes, qp_max_size(text.len));
		if (to)
			buffer_added(&plan->bytes, qp_encode(&quoted, to, text.ptr, text.len));
		return buffer_check(&plan->bytes, err);
	case COURANT_ENCODING_BASE64:
		return text_base64(plan, &facts, text, err);
	}
	return -1;
}

/* ---- Contents from readers ---- */

static int content_add(struct plan *plan, courant_part *part, enum courant_encoding encoding,
		       const struct content_facts *content, courant_error **err)
{
	const struct piece piece = {.part = part,
				    .encoding = encoding,
				    .raw_size = content->raw_size,
				    .size = content->size};

	if (headers_write(plan, part, encoding, SLICE(""), err) < 0 || bytes_close(plan, err) < 0)
		return -1;
	return content->size ? piece_add(plan, &piece, err) : 0;
}

static int data_add(struct plan *plan, courant_part *part, courant_error **err)
{
	enum courant_encoding encoding = part->encoding;
	struct content_facts content;

	if (encoding == COURANT_ENCODING_AUTO)
		encoding = part->kind == PART_EMBEDDED ? COURANT_ENCODING_8BIT
						       : COURANT_ENCODING_BASE64;
	if (content_measure(&content, part->data, encoding, plan->boundaries, plan->n_boundaries,
			    err) < 0)
		return -1;
	if (encoding == COURANT_ENCODING_7BIT || encoding == COURANT_ENCODING_8BIT) {
		if (unencoded_check(part, &content.facts, encoding, err) < 0)
			return -1;
		if (content.facts.has_bare_line_end && part->kind != PART_EMBEDDED)
			return fail_encoding(part, "7bit or 8bit",
					     "line ends other than CRLF, which would change", err);
		if (content.has_bare_cr)
			return fail_encoding(part, "7bit or 8bit", "a CR without LF", err);
		if (content.has_boundary)
			return fail(err, COURANT_INVALID, "a boundary occurs in a part of type %s",
				    part->type.word.ptr);
		if (!content.facts.has_eight_bit)
			encoding = part->encoding == COURANT_ENCODING_8BIT ? encoding
									   : COURANT_ENCODING_7BIT;
		plan->has_eight_bit |= content.facts.has_eight_bit;
		if (content.facts.longest_line > plan->longest_line)
			plan->longest_line = content.facts.longest_line;
	}
	return content_add(plan, part, encoding, &content, err);
}

/* ---- The tree ---- */

/* Whether something inside is sent as 8bit, so that what holds it must say so, too (RFC 2045, 6.4).
 */
static int eight_bit_inside(struct plan *plan, const courant_part *part, bool *ret,
			    courant_error **err)
{
	for (size_t i = 0; i < part->n_parts && !*ret; i++)
		if (eight_bit_inside(plan, part->parts[i], ret, err) < 0)
			return -1;
	if (part->encoding == COURANT_ENCODING_8BIT)
		*ret = true;
	if (part->kind == PART_EMBEDDED && part->encoding == COURANT_ENCODING_AUTO && !*ret) {
		struct content_facts content;

		if (content_measure(&content, part->data, COURANT_ENCODING_8BIT, NULL, 0, err) < 0)
			return -1;
		*ret = content.facts.has_eight_bit;
	}
	return 0;
}

static void delimiter_write(struct plan *plan, slice boundary, slice behind)
{
	buffer_append(&plan->bytes, SLICE("--"));
	buffer_append(&plan->bytes, boundary);
	buffer_append(&plan->bytes, behind);
	buffer_append(&plan->bytes, SLICE("\r\n"));
}

static int multipart_add(struct plan *plan, courant_part *part, courant_error **err)
{
	slice boundary;
	bool is_eight_bit = false;

	if (part->n_parts == 0)
		return fail(err, COURANT_INVALID, "%s has no parts (RFC 2046, 5.1)",
			    part->type.word.ptr);
	if (plan->n_boundaries >= sizeof plan->boundaries / sizeof *plan->boundaries)
		return fail(err, COURANT_TOO_LARGE, "parts are nested deeper than %d levels",
			    PART_DEPTH_MAX);
	if (eight_bit_inside(plan, part, &is_eight_bit, err) < 0 ||
	    boundary_make(plan, part, &boundary, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->n_boundaries; i++)
		if (slice_starts(boundary, plan->boundaries[i]) ||
		    slice_starts(plan->boundaries[i], boundary))
			return fail(err, COURANT_INVALID,
				    "boundary \"%.*s\" begins like the one around it",
				    SLICE_ARGS(boundary));
	if (headers_write(plan, part, is_eight_bit ? COURANT_ENCODING_8BIT : COURANT_ENCODING_7BIT,
			  boundary, err) < 0)
		return -1;
	plan->boundaries[plan->n_boundaries++] = boundary;
	for (size_t i = 0; i < part->n_parts; i++) {
		if (i)
			buffer_append(&plan->bytes, SLICE("\r\n"));
		delimiter_write(plan, boundary, SLICE(""));
		if (plan_add_part(plan, part->parts[i], err) < 0)
			return -1;
	}
	plan->n_boundaries--;
	buffer_append(&plan->bytes, SLICE("\r\n"));
	delimiter_write(plan, boundary, SLICE("--"));
	return 0;
}

int plan_add_part(struct plan *plan, courant_part *part, courant_error **err)
{
	switch (part->kind) {
	case PART_TEXT:
		return text_write(plan, part, err);
	case PART_DATA:
	case PART_EMBEDDED:
		return data_add(plan, part, err);
	case PART_MULTIPART:
		return multipart_add(plan, part, err);
	}
	return -1;
}

int plan_finish(struct plan *plan, courant_error **err)
{
	if (bytes_close(plan, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->n_pieces; i++)
		if (__builtin_add_overflow(plan->size_bytes, plan->pieces[i].size,
					   &plan->size_bytes))
			return fail(err, COURANT_TOO_LARGE, "the message is too large");
	return 0;
}

/* The planned bytes and the pieces between them begin and end at line ends. */
void plan_measure(const struct plan *plan, struct courant_facts *ret)
{
	slice rest = buffer_peek(&plan->bytes), line;
	struct courant_facts facts = {.size_bytes = plan->size_bytes,
				      .longest_line = plan->longest_line};

	facts.has_eight_bit = plan->has_eight_bit || !utf8_is_ascii(rest);
	while (slice_next_line(&rest, &line))
		if (line.len > facts.longest_line)
			facts.longest_line = line.len;
	for (size_t i = 0; i < plan->n_pieces; i++)
		if (plan->pieces[i].part && facts.longest_line < BASE64_LINE_CHARS &&
		    (plan->pieces[i].encoding == COURANT_ENCODING_BASE64 ||
		     plan->pieces[i].encoding == COURANT_ENCODING_QUOTED_PRINTABLE))
			facts.longest_line = BASE64_LINE_CHARS;
	*ret = facts;
}
