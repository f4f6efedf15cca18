/* SPDX-License-Identifier: MIT */
/* entity.c - the tree of parts */
#include "mime/entity.h"

#include "base/ascii.h"

struct tree {
	struct arena *arena;
	size_t n;
	courant_error **err;
};

static enum courant_encoding encoding_of(slice name)
{
	static const struct {
		const char *name;
		enum courant_encoding encoding;
	} known[] = {
		{"", COURANT_ENCODING_7BIT},
		{"7bit", COURANT_ENCODING_7BIT},
		{"8bit", COURANT_ENCODING_8BIT},
		{"binary", COURANT_ENCODING_8BIT},
		{"base64", COURANT_ENCODING_BASE64},
		{"quoted-printable", COURANT_ENCODING_QUOTED_PRINTABLE},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_equal_nocase(name, slice_of(known[i].name)))
			return known[i].encoding;
	return COURANT_ENCODING_AUTO;
}

static bool is_uuencoding(slice name)
{
	return slice_equal_nocase(name, SLICE("x-uuencode")) ||
	       slice_equal_nocase(name, SLICE("uuencode")) ||
	       slice_equal_nocase(name, SLICE("x-uue")) || slice_equal_nocase(name, SLICE("uue"));
}

static int parameters_read(const struct entity *entity, struct tree *tree, slice name,
			   struct parameters *ret)
{
	const struct header_field *field = header_find(&entity->header, name);

	return field ? parameters_parse(ret, tree->arena, field->value, PARAMETERS_LENIENT,
					tree->err)
		     : 0;
}

/* What the header says of the body. */
static int kind_read(struct entity *entity, struct tree *tree, slice default_type)
{
	const struct header_field *encoding =
		header_find(&entity->header, SLICE("Content-Transfer-Encoding"));
	slice name = encoding ? slice_trim_space(encoding->value) : SLICE("");

	if (parameters_read(entity, tree, SLICE("Content-Type"), &entity->type) < 0 ||
	    parameters_read(entity, tree, SLICE("Content-Disposition"), &entity->disposition) < 0)
		return -1;
	/* RFC 2045, 5.2: what cannot be understood is plain text. */
	if (!parameter_is_type(entity->type.word))
		entity->type.word = header_find(&entity->header, SLICE("Content-Type"))
					    ? SLICE("text/plain")
					    : default_type;
	/* A comment or rubbish may follow the word. */
	for (size_t i = 0; i < name.len; i++)
		if (ascii_is_space(name.ptr[i]) || name.ptr[i] == ';' || name.ptr[i] == '(')
			name.len = i;
	entity->encoding = encoding_of(name);
	entity->is_uuencoded = is_uuencoding(name);
	return 0;
}

/* ---- Multiparts ---- */

/* A delimiter line: where it begins, with the line end before it, and where the line behind it
 * begins. */
struct delimiter {
	size_t from, to;
	bool is_last;
};

/* Whether a delimiter line stands at the beginning: two hyphens, the boundary, two more at the last
 * one, blanks. */
static bool delimiter_parse(slice rest, slice boundary, struct delimiter *ret)
{
	size_t n = 2 + boundary.len;

	if (!slice_starts(rest, SLICE("--")) || !slice_starts(slice_after(rest, 2), boundary))
		return false;
	ret->is_last = slice_starts(slice_after(rest, n), SLICE("--"));
	n += ret->is_last ? 2 : 0;
	while (n < rest.len && ascii_is_blank(rest.ptr[n]))
		n++;
	if (slice_starts(slice_after(rest, n), SLICE("\r\n")))
		n++;
	if (n < rest.len && rest.ptr[n] != '\n')
		return false;
	ret->to = n < rest.len ? n + 1 : n;
	return true;
}

/* The next one from `at` on. */
static bool delimiter_find(slice body, slice boundary, size_t at, struct delimiter *ret)
{
	for (;;) {
		const size_t found = slice_find_slice(slice_after(body, at), boundary);
		size_t begin = at + found;

		if (found == SLICE_NONE)
			return false;
		at = begin + (boundary.len ? boundary.len : 1);
		if (begin < 2)
			continue;
		begin -= 2;
		if ((begin && body.ptr[begin - 1] != '\n') ||
		    !delimiter_parse(slice_after(body, begin), boundary, ret))
			continue;
		ret->to += begin;
		ret->from = begin;
		/* The line end before the delimiter is part of it (RFC 2046, 5.1.1). */
		if (ret->from && body.ptr[ret->from - 1] == '\n')
			ret->from--;
		if (ret->from != begin && ret->from && body.ptr[ret->from - 1] == '\r')
			ret->from--;
		return true;
	}
}

static struct entity *entity_read(struct tree *tree, slice bytes, slice default_type, size_t depth);

static int part_add(struct entity *entity, struct tree *tree, slice bytes, slice default_type,
		    size_t depth)
{
	if (entity->n_parts == entity->space) {
		const size_t space = entity->space ? entity->space * 2 : 4;
		struct entity **parts = arena_grow(tree->arena, entity->parts, entity->n_parts,
						   space, sizeof *parts);

		if (!parts)
			return fail_memory(tree->err);
		entity->parts = parts;
		entity->space = space;
	}

	struct entity *part = entity_read(tree, bytes, default_type, depth + 1);

	if (!part)
		return -1;
	entity->parts[entity->n_parts++] = part;
	return 0;
}

static int parts_read(struct entity *entity, struct tree *tree, slice boundary, size_t depth)
{
	const slice body = entity->body;
	const slice default_type = slice_equal(entity->type.word, SLICE("multipart/digest"))
					   ? SLICE("message/rfc822")
					   : SLICE("text/plain");
	struct delimiter now, next;

	if (!delimiter_find(body, boundary, 0, &now)) {
		entity->preamble = body;
		entity->is_unfinished = true;
		return 0;
	}
	entity->preamble = slice_part(body, 0, now.from);
	while (!now.is_last) {
		const bool has_next = delimiter_find(body, boundary, now.to, &next);

		/* Delimiters one behind the other count as one. */
		if (has_next && !next.is_last && next.from < now.to) {
			now = next;
			continue;
		}

		const size_t to = has_next ? next.from : body.len;

		if (part_add(entity, tree, slice_part(body, now.to, to > now.to ? to - now.to : 0),
			     default_type, depth) < 0)
			return -1;
		if (!has_next) {
			entity->is_unfinished = true;
			entity->epilogue = slice_after(body, body.len);
			return 0;
		}
		now = next;
	}
	entity->epilogue = slice_after(body, now.to);
	return 0;
}

static struct entity *entity_read(struct tree *tree, slice bytes, slice default_type, size_t depth)
{
	struct entity *entity = arena_alloc(tree->arena, sizeof *entity);

	if (!entity) {
		(void)fail_memory(tree->err);
		return NULL;
	}
	if (depth > ENTITY_DEPTH_MAX || ++tree->n > ENTITIES_MAX) {
		(void)fail(tree->err, COURANT_TOO_LARGE,
			   "a message has more than %d levels or %d parts", ENTITY_DEPTH_MAX,
			   ENTITIES_MAX);
		return NULL;
	}
	*entity = (struct entity){.bytes = bytes};
	if (header_parse(&entity->header, tree->arena, bytes, tree->err) < 0 ||
	    kind_read(entity, tree, default_type) < 0)
		return NULL;
	entity->body = slice_after(bytes, entity->header.body_from);

	const slice boundary = parameters_get(&entity->type, SLICE("boundary"));
	const bool is_plain = entity->encoding == COURANT_ENCODING_7BIT ||
			      entity->encoding == COURANT_ENCODING_8BIT;
	int rc = 0;

	if (slice_starts(entity->type.word, SLICE("multipart/")) && boundary.len)
		rc = parts_read(entity, tree, boundary, depth);
	else if (slice_equal(entity->type.word, SLICE("message/rfc822")) && is_plain)
		rc = part_add(entity, tree, entity->body, SLICE("text/plain"), depth);
	return rc < 0 ? NULL : entity;
}

int entity_parse(struct entity **ret, struct arena *arena, slice bytes, courant_error **err)
{
	struct tree tree = {.arena = arena, .err = err};
	struct entity *entity = entity_read(&tree, bytes, SLICE("text/plain"), 0);

	if (!entity)
		return -1;
	*ret = entity;
	return 0;
}

slice entity_name(const struct entity *entity)
{
	const slice name = parameters_get(&entity->disposition, SLICE("filename"));

	return name.ptr ? name : parameters_get(&entity->type, SLICE("name"));
}

/* Between two parts, and around them, stands what the whole has there. */
void entity_write(const struct entity *entity, struct buffer *out)
{
	const char *at = entity->bytes.ptr;

	for (size_t i = 0; i < entity->n_parts; i++) {
		const slice part = entity->parts[i]->bytes;

		buffer_append(out, slice_from(at, (size_t)(part.ptr - at)));
		entity_write(entity->parts[i], out);
		at = part.ptr + part.len;
	}
	if (entity->bytes.len)
		buffer_append(out,
			      slice_from(at, (size_t)(entity->bytes.ptr + entity->bytes.len - at)));
}
