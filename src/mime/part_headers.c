/* SPDX-License-Identifier: MIT */
/* part_headers.c - the headers of a part: set, read, removed, written */
#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/chars.h"
#include "mime/charset.h"
#include "mime/header.h"
#include "mime/part.h"

#define FIELDS_MAX     1000
#define NAME_MAX_BYTES 1000 /* of a file; file systems allow 255 */

/* ---- Fields ---- */

int fields_add(struct fields *fields, struct arena *arena, slice name, slice value,
	       courant_error **err)
{
	const struct field made = {.name = arena_copy(arena, name),
				   .value = arena_copy(arena, value)};

	if (fields->n >= FIELDS_MAX)
		return fail(err, COURANT_TOO_LARGE, "more than %d headers", FIELDS_MAX);
	if (fields->n == fields->space) {
		const size_t space = fields->space ? fields->space * 2 : 4;
		struct field *items =
			arena_grow(arena, fields->items, fields->n, space, sizeof *items);

		if (!items)
			return fail_memory(err);
		fields->items = items;
		fields->space = space;
	}
	if (!made.name.ptr || !made.value.ptr)
		return fail_memory(err);
	fields->items[fields->n++] = made;
	return 0;
}

const struct field *fields_find(const struct fields *fields, slice name)
{
	for (size_t i = 0; i < fields->n; i++)
		if (slice_equal_nocase(fields->items[i].name, name))
			return &fields->items[i];
	return NULL;
}

size_t fields_remove(struct fields *fields, slice name)
{
	size_t kept = 0;
	const size_t before = fields->n;

	for (size_t i = 0; i < before; i++)
		if (!slice_equal_nocase(fields->items[i].name, name))
			fields->items[kept++] = fields->items[i];
	fields->n = kept;
	return before - kept;
}

/* ---- The two headers with parameters ---- */

static const slice type_name = {"Content-Type", 12};
static const slice disposition_name = {"Content-Disposition", 19};

/* NULL for any other header. */
static struct parameters *parameters_of(courant_part *part, slice name)
{
	if (slice_equal_nocase(name, type_name))
		return &part->type;
	return slice_equal_nocase(name, disposition_name) ? &part->disposition : NULL;
}

/* A type may be changed within what the part is made of. */
static int type_check(const courant_part *part, slice word, courant_error **err)
{
	const bool is_multipart = slice_starts(word, SLICE("multipart/"));

	if (!parameter_is_type(word))
		return fail(err, COURANT_INVALID, "\"%.*s\" is no type of a part",
			    SLICE_ARGS(word));
	if (is_multipart != (part->kind == PART_MULTIPART))
		return fail(err, COURANT_INVALID, "a part of type %.*s cannot become %.*s",
			    SLICE_ARGS(part->type.word), SLICE_ARGS(word));
	return 0;
}

static int parameters_replace(courant_part *part, struct parameters *at, slice value,
			      courant_error **err)
{
	struct parameters made = {0};

	if (parameters_parse(&made, &part->arena, value, PARAMETERS_STRICT, err) < 0 ||
	    (at == &part->type && type_check(part, made.word, err) < 0))
		return -1;
	if (at != &part->type && !parameter_is_token(made.word))
		return fail(err, COURANT_INVALID, "\"%.*s\" is no disposition", SLICE_ARGS(value));

	const slice boundary = parameters_get(&made, SLICE("boundary"));

	if (at == &part->type && part->kind == PART_MULTIPART && boundary.ptr) {
		if (courant_multipart_set_boundary(part, boundary.ptr, err) < 0 ||
		    parameters_set(&made, &part->arena, SLICE("boundary"), (slice){NULL, 0}, err) <
			    0)
			return -1;
	}
	*at = made;
	return 0;
}

int part_set_disposition(courant_part *part, slice word, courant_error **err)
{
	const slice copy = arena_copy(&part->arena, word);

	if (!copy.ptr)
		return fail_memory(err);
	part->disposition.word = copy;
	return 0;
}

/* ---- Any header ---- */

static int header_check(slice name, slice value, courant_error **err)
{
	AUTO(buffer) struct buffer trial = BUFFER_LIMIT((size_t)4 << 20);

	if (header_check_name(name, err) < 0 || header_check_value(name, value, err) < 0)
		return -1;
	if (header_kind_of(name) == HEADER_RESERVED)
		return fail(err, COURANT_INVALID,
			    "header %.*s is made by the composer, or has a function of its own",
			    SLICE_ARGS(name));
	/* Written once for trial: what cannot be written is refused now, where it is said. */
	return header_write(&trial, name, value, err) < 0 || buffer_check(&trial, err) < 0 ? -1 : 0;
}

static int header_put(courant_part *part, slice name, slice value, bool replaces,
		      courant_error **err)
{
	struct parameters *parameters = parameters_of(part, name);

	if (header_check(name, value, err) < 0)
		return -1;
	if (parameters)
		return parameters_replace(part, parameters, value, err);
	if (replaces)
		(void)fields_remove(&part->fields, name);
	return fields_add(&part->fields, &part->arena, name, value, err);
}

int courant_part_add_header(courant_part *part, const char *name, const char *value,
			    courant_error **err)
{
	return header_put(part, slice_of(name), slice_of(value), false, err);
}

int courant_part_set_header(courant_part *part, const char *name, const char *value,
			    courant_error **err)
{
	return header_put(part, slice_of(name), slice_of(value), true, err);
}

/* "text/html; charset=utf-8" for the caller to read. */
static void parameters_show(struct buffer *out, const struct parameters *parameters)
{
	buffer_append(out, parameters->word);
	for (size_t i = 0; i < parameters->n; i++) {
		buffer_append(out, SLICE("; "));
		buffer_append(out, parameters->items[i].name);
		buffer_append_byte(out, '=');
		if (parameter_is_token(parameters->items[i].value))
			buffer_append(out, parameters->items[i].value);
		else
			quoted_string_write(out, parameters->items[i].value);
	}
}

/* The text lies in the part's arena; it is not put together again while it has not changed. */
static const char *parameters_value(const courant_part *part, const struct parameters *parameters)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);
	courant_part *keeper =
		(courant_part *)part; /* showing changes nothing that a caller can see */
	slice shown;

	if (parameters->word.len == 0)
		return NULL;
	parameters_show(&text, parameters);
	if (buffer_slice(&text, &shown, NULL) < 0)
		return NULL;
	if (!part->shown.ptr || !slice_equal(part->shown, shown))
		keeper->shown = arena_copy(&keeper->arena, shown);
	return part->shown.ptr;
}

const char *courant_part_header(const courant_part *part, const char *name)
{
	const struct parameters *parameters = parameters_of((courant_part *)part, slice_of(name));
	const struct field *field = fields_find(&part->fields, slice_of(name));

	if (parameters)
		return parameters_value(part, parameters);
	return field ? field->value.ptr : NULL;
}

size_t courant_part_remove_header(courant_part *part, const char *name)
{
	if (slice_equal_nocase(slice_of(name), disposition_name)) {
		const size_t n = part->disposition.word.len ? 1 : 0;

		part->disposition = (struct parameters){0};
		return n;
	}
	return fields_remove(&part->fields, slice_of(name));
}

size_t courant_part_header_count(const courant_part *part)
{
	return 1 + (part->disposition.word.len ? 1 : 0) + part->fields.n;
}

bool courant_part_header_at(const courant_part *part, size_t i, const char **ret_name,
			    const char **ret_value)
{
	const bool has_disposition = part->disposition.word.len;

	if (i == 0 || (i == 1 && has_disposition)) {
		*ret_name = i == 0 ? type_name.ptr : disposition_name.ptr;
		*ret_value = parameters_value(part, i == 0 ? &part->type : &part->disposition);
		return *ret_value;
	}
	i -= 1 + has_disposition;
	if (i >= part->fields.n)
		return false;
	*ret_name = part->fields.items[i].name.ptr;
	*ret_value = part->fields.items[i].value.ptr;
	return true;
}

int courant_part_set_parameter(courant_part *part, const char *header, const char *name,
			       const char *value, courant_error **err)
{
	struct parameters *parameters = parameters_of(part, slice_of(header));
	const slice given = slice_of(value);

	if (!parameters)
		return fail(err, COURANT_USAGE, "header %s has no parameters", header);
	if (!parameter_is_token(slice_of(name)) || strpbrk(name, "*'%"))
		return fail(err, COURANT_INVALID, "\"%s\" is no name of a parameter", name);
	if (value && header_check_value(slice_of(name), given, err) < 0)
		return -1;
	if (parameters == &part->type && part->kind == PART_MULTIPART &&
	    slice_equal_nocase(slice_of(name), SLICE("boundary")))
		return courant_multipart_set_boundary(part, value ? value : "", err);
	if (parameters == &part->disposition && parameters->word.len == 0 &&
	    part_set_disposition(part, SLICE("attachment"), err) < 0)
		return -1;
	return parameters_set(parameters, &part->arena, slice_of(name), given, err);
}

const char *courant_part_parameter(const courant_part *part, const char *header, const char *name)
{
	const struct parameters *parameters = parameters_of((courant_part *)part, slice_of(header));

	if (parameters == &part->type && slice_equal_nocase(slice_of(name), SLICE("boundary")))
		return part->boundary.ptr;
	return parameters ? parameters_get(parameters, slice_of(name)).ptr : NULL;
}

/* ---- Names ---- */

/* The name without folders, control characters and leading dots. */
static void name_clean(struct buffer *out, slice name)
{
	size_t cut = 0;

	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '/' || name.ptr[i] == '\\')
			cut = i + 1;
	name = slice_trim(slice_after(name, cut));
	while (name.len && (*name.ptr == '.' || *name.ptr == ' '))
		name = slice_after(name, 1);
	while (name.len) {
		slice rest = name;
		const uint32_t code = utf8_next(&rest);

		/* C1 controls, and what turns the direction of writing or cannot be seen, hide what
		 * a name ends in. */
		if (code >= ' ' && code != 127 && !(code >= 0x80 && code < 0xa0) &&
		    !(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069) &&
		    code != 0x200e && code != 0x200f && code != 0x061c && code != 0x2028 &&
		    code != 0x2029)
			buffer_append(out, slice_part(name, 0, name.len - rest.len));
		name = rest;
	}
}

int courant_part_set_name(courant_part *part, const char *name, courant_error **err)
{
	AUTO(buffer) struct buffer clean = BUFFER_LIMIT(NAME_MAX_BYTES);
	const slice given = slice_of(name);
	slice bytes;

	for (size_t i = 0; i < given.len; i++)
		if (given.ptr[i] == '\r' || given.ptr[i] == '\n')
			return fail(err, COURANT_INVALID, "file name \"%s\" holds a line end",
				    name);
	if (!utf8_is_valid(given))
		return fail(err, COURANT_INVALID, "file name \"%s\" is not UTF-8", name);
	name_clean(&clean, given);
	if (buffer_slice(&clean, &bytes, err) < 0)
		return fail_within(err, "file name");
	if (bytes.len == 0)
		return fail(err, COURANT_INVALID, "file name \"%s\" is empty", name ? name : "");
	part->is_name_doubled = true;
	return courant_part_set_parameter(part, "Content-Disposition", "filename", bytes.ptr, err);
}

int courant_part_set_name_charset(courant_part *part, const char *charset, courant_error **err)
{
	AUTO(buffer) struct buffer trial = BUFFER_LIMIT(4096);

	if (!charset || charset_is_utf8(slice_of(charset))) {
		part->name_charset = (slice){NULL, 0};
		return 0;
	}
	if (!charset_is_name(slice_of(charset)) ||
	    charset_from_utf8(SLICE("a"), slice_of(charset), &trial, NULL) < 0)
		return fail(err, COURANT_INVALID, "charset \"%s\" is not known here", charset);
	part->name_charset = arena_copy(&part->arena, slice_of(charset));
	return part->name_charset.ptr ? 0 : fail_memory(err);
}

int courant_part_set_content_id(courant_part *part, const char *id, courant_error **err)
{
	const slice given = slice_of(id);
	const bool is_open = slice_starts(given, SLICE("<")),
		   is_closed = slice_ends(given, SLICE(">"));
	const slice bare =
		slice_part(given, is_open, given.len - is_open - (is_closed && given.len > 1));
	AUTO(buffer) struct buffer value = BUFFER_LIMIT(LINE_MAX_BYTES);
	slice bytes;

	for (size_t i = 0; i < bare.len; i++)
		if (!char_is(bare.ptr[i], CHAR_ID))
			return fail(err, COURANT_INVALID,
				    "\"%s\" is no content id: id@host in ASCII is wanted", id);
	if (bare.len == 0 || is_open != is_closed || bare.len > 250)
		return fail(err, COURANT_INVALID,
			    "\"%s\" is no content id: id@host in ASCII is wanted", id ? id : "");
	buffer_append_byte(&value, '<');
	buffer_append(&value, bare);
	buffer_append_byte(&value, '>');
	if (buffer_slice(&value, &bytes, err) < 0)
		return -1;
	(void)fields_remove(&part->fields, SLICE("Content-ID"));
	return fields_add(&part->fields, &part->arena, SLICE("Content-ID"), bytes, err);
}

/* ---- Writing ---- */

static int type_write(courant_part *part, struct buffer *out, slice boundary, courant_error **err)
{
	const slice name = part_file_name(part);
	struct fold fold;

	fold_begin(&fold, out, type_name);
	fold_token_before(&fold, part->type.word, 1);
	for (size_t i = 0; i < part->type.n; i++)
		parameter_write(&fold, part->type.items[i].name, part->type.items[i].value);
	if (part->is_flowed)
		parameter_write(&fold, SLICE("format"), SLICE("flowed"));
	if (boundary.len)
		parameter_write(&fold, SLICE("boundary"), boundary);
	if (name.len && part->is_name_doubled && !parameters_get(&part->type, SLICE("name")).ptr &&
	    parameter_write_name(&fold, name, part->name_charset, err) < 0)
		return -1;
	fold_end(&fold);
	return 0;
}

static void disposition_write(const courant_part *part, struct buffer *out)
{
	struct fold fold;

	if (part->disposition.word.len == 0)
		return;
	fold_begin(&fold, out, disposition_name);
	fold_token_before(&fold, part->disposition.word, 1);
	for (size_t i = 0; i < part->disposition.n; i++)
		parameter_write(&fold, part->disposition.items[i].name,
				part->disposition.items[i].value);
	fold_end(&fold);
}

int part_write_headers(courant_part *part, struct buffer *out, slice boundary, courant_error **err)
{
	if (type_write(part, out, boundary, err) < 0)
		return -1;
	disposition_write(part, out);
	for (size_t i = 0; i < part->fields.n; i++) {
		const struct field *field = &part->fields.items[i];

		/* A content id may lack the @ that RFC 2045, 7 wants of it; readers do not mind. */
		if (slice_equal_nocase(field->name, SLICE("Content-ID")))
			header_write_ids(out, field->name, field->value);
		else if (header_write(out, field->name, field->value, err) < 0)
			return -1;
	}
	return 0;
}
