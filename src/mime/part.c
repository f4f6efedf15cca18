/* SPDX-License-Identifier: MIT */
/* part.c - parts made and taken apart: the constructors but those of text, the tree, the simple
 * settings */
#include "mime/part.h"

#include "base/ascii.h"
#include "base/file.h"
#include "base/utf8.h"
#include "mime/header.h"
#include "mime/sniff.h"

#define BLOCK_BYTES     ((size_t)64 * 1024)
#define UTF8_MORE_BYTES 3   /* of a character, when its last is missing */
#define TYPE_MAX_BYTES  200 /* the longest registered one has 80 */
_Static_assert(TYPE_MAX_BYTES < PART_GROUND_BYTES, "a type fits into the part's own ground");

int part_init(courant_part *part, enum part_kind kind, slice type, slice subtype,
	      courant_error **err)
{
	const slice word = slice_from(part->ground, type.len + 1 + subtype.len);

	memset(part, 0, offsetof(struct courant_part, ground));
	part->kind = kind;
	if (!parameter_is_token(type) || !parameter_is_token(subtype) || word.len >= TYPE_MAX_BYTES)
		return fail(err, COURANT_INVALID, "\"%.*s/%.*s\" is no type of a part",
			    SLICE_ARGS(type), SLICE_ARGS(subtype));
	/* The word stands at the beginning of the ground; the arena follows. */
	for (size_t i = 0; i < type.len; i++)
		part->ground[i] = ascii_lower(type.ptr[i]);
	part->ground[type.len] = '/';
	for (size_t i = 0; i < subtype.len; i++)
		part->ground[type.len + 1 + i] = ascii_lower(subtype.ptr[i]);
	part->ground[word.len] = '\0';
	part->type.word = word;
	arena_init(&part->arena, part->ground + word.len + 1, sizeof part->ground - word.len - 1);
	return 0;
}

courant_part *part_new(enum part_kind kind, slice type, slice subtype, courant_error **err)
{
	AUTO(part) courant_part *part = mem_resize(NULL, 1, sizeof *part);

	if (!part) {
		(void)fail_memory(err);
		return NULL;
	}
	if (part_init(part, kind, type, subtype, err) < 0)
		return NULL;
	return STEAL(part);
}

int part_claim(courant_part *part, courant_error **err)
{
	if (!part)
		return fail(err, COURANT_USAGE, "there is no part to take");
	if (part->is_taken)
		return fail(err, COURANT_USAGE, "the part is in a multipart or a message already");
	part->is_taken = true;
	return 0;
}

void courant_part_free(courant_part *part)
{
	if (!part)
		return;
	for (size_t i = 0; i < part->n_parts; i++)
		courant_part_free(part->parts[i]);
	free(part->parts);
	free(part->text);
	courant_reader_free(part->data);
	arena_release(&part->arena);
	free(part);
}

const char *courant_part_type(const courant_part *part)
{
	return part->type.word.ptr;
}

/* ---- Data ---- */

/* Takes the reader. `part` may be NULL: it failed before. */
static courant_part *data_set(courant_part *part, courant_reader *data, courant_error **err)
{
	if (!part || !data) {
		if (!data)
			(void)fail(err, COURANT_USAGE, "a part needs a reader for its bytes");
		courant_reader_free(data);
		courant_part_free(part);
		return NULL;
	}
	part->data = data;
	return part;
}

/* The first bytes, for finding out the type; the reader stands at its beginning again. */
static int beginning_read(courant_reader *data, char room[static SNIFF_BYTES], slice *ret,
			  courant_error **err)
{
	size_t n = 0;
	size_t got = 1;

	if (courant_reader_rewind(data, err) < 0)
		return -1;
	while (n < SNIFF_BYTES && got) {
		if (courant_reader_read(data, room + n, SNIFF_BYTES - n, &got, err) < 0)
			return -1;
		n += got;
	}
	*ret = slice_from(room, n);
	return courant_reader_rewind(data, err);
}

/* The type that the bytes or the name's ending tell; NULL after an error, "" when they tell
 * nothing. */
static const char *type_find(courant_reader *data, slice name, courant_error **err)
{
	char room[SNIFF_BYTES];
	slice beginning;

	if (beginning_read(data, room, &beginning, err) < 0)
		return NULL;

	const char *type = sniff_type(beginning, name);

	return type ? type : "";
}

/* A part of this family; without a subtype the bytes must tell it, or `otherwise` does. */
static courant_part *family_new(courant_reader *data, slice family, const char *subtype,
				const char *otherwise, courant_error **err)
{
	if (!data)
		return data_set(NULL, NULL, err);
	if (!subtype) {
		const char *type = type_find(data, SLICE(""), err);
		const slice found = slice_of(type);

		if (slice_starts(found, family))
			subtype = type + family.len + 1;
		else if (type && otherwise)
			subtype = otherwise;
		else if (type)
			(void)fail(err, COURANT_INVALID,
				   "data is not recognised as %.*s: its subtype must be given",
				   SLICE_ARGS(family));
	}

	courant_part *part = subtype ? part_new(PART_DATA, family, slice_of(subtype), err) : NULL;

	return data_set(part, data, err);
}

courant_part *courant_image_new(courant_reader *data, const char *subtype, courant_error **err)
{
	return family_new(data, SLICE("image"), subtype, NULL, err);
}

courant_part *courant_audio_new(courant_reader *data, const char *subtype, courant_error **err)
{
	return family_new(data, SLICE("audio"), subtype, NULL, err);
}

courant_part *courant_application_new(courant_reader *data, const char *subtype,
				      courant_error **err)
{
	return family_new(data, SLICE("application"), subtype, "octet-stream", err);
}

courant_part *courant_data_new(courant_reader *data, const char *type, courant_error **err)
{
	AUTO(part)
	courant_part *part = data_set(
		part_new(PART_DATA, SLICE("application"), SLICE("octet-stream"), err), data, err);

	if (!part || courant_part_set_header(part, "Content-Type",
					     type ? type : "application/octet-stream", err) < 0)
		return NULL;
	/* What is inside message/ is never encoded as a whole (RFC 2046, 5.2). */
	if (slice_starts(part->type.word, SLICE("message/")))
		part->kind = PART_EMBEDDED;
	return STEAL(part);
}

/* Whether a message can be a part of a mail byte for byte, over any server. */
static int message_is_clean(courant_reader *data, bool *ret, courant_error **err)
{
	struct courant_facts facts;

	if (courant_reader_measure(data, &facts, err) < 0)
		return -1;
	*ret = !facts.has_eight_bit && !facts.has_nul && !facts.has_bare_line_end &&
	       facts.longest_line <= LINE_MAX_BYTES;
	return 0;
}

/* Reads all of it; false also for plain ASCII, which needs no label. */
static int is_utf8_text(courant_reader *data, bool *ret, courant_error **err)
{
	AUTO(free) char *block = mem_resize(NULL, BLOCK_BYTES, 1);
	bool is_valid = true, is_ascii = true;
	size_t kept = 0; /* the beginning of a character that the block's end has cut */
	size_t n = 1;

	if (!block)
		return fail_memory(err);
	while (n && is_valid) {
		if (courant_reader_read(data, block + kept, BLOCK_BYTES - kept, &n, err) < 0)
			return -1;

		const slice bytes = slice_from(block, kept + n);
		const size_t bad = utf8_find_invalid(bytes);
		const size_t rest = bad == SLICE_NONE ? 0 : bytes.len - bad;

		is_ascii = is_ascii && utf8_is_ascii(bytes);
		is_valid = rest == 0 || (n && rest <= UTF8_MORE_BYTES);
		kept = rest;
		if (is_valid && kept)
			memmove(block, block + bytes.len - kept, kept);
	}
	*ret = is_valid && !is_ascii;
	return courant_reader_rewind(data, err);
}

/* Text in UTF-8 says so, for readers that show it beside the mail. */
static int charset_label(courant_part *part, courant_error **err)
{
	bool is_utf8 = false;

	if (!slice_starts(part->type.word, SLICE("text/")))
		return 0;
	if (is_utf8_text(part->data, &is_utf8, err) < 0)
		return -1;
	return is_utf8 ? parameters_set(&part->type, &part->arena, SLICE("charset"), SLICE("utf-8"),
					err)
		       : 0;
}

courant_part *courant_file_new(courant_reader *data, const char *name, courant_error **err)
{
	const char *type = data ? type_find(data, slice_of(name), err) : NULL;
	AUTO(part) courant_part *part = NULL;
	bool is_clean = true;

	if (!data || !type)
		return data_set(NULL, data, err);
	if (strcmp(type, "message/rfc822") == 0 && message_is_clean(data, &is_clean, err) < 0)
		return data_set(NULL, data, err);
	part = courant_data_new(data, *type && is_clean ? type : "application/octet-stream", err);
	if (!part || charset_label(part, err) < 0 ||
	    (name && courant_part_set_name(part, name, err) < 0))
		return NULL;
	return STEAL(part);
}

courant_part *courant_embedded_new(courant_reader *message, courant_error **err)
{
	return data_set(part_new(PART_EMBEDDED, SLICE("message"), SLICE("rfc822"), err), message,
			err);
}

/* ---- Multiparts ---- */

courant_part *courant_multipart_new(const char *subtype, courant_error **err)
{
	return part_new(PART_MULTIPART, SLICE("multipart"), slice_of(subtype ? subtype : "mixed"),
			err);
}

static int boundary_check(slice boundary, courant_error **err)
{
	for (size_t i = 0; i < boundary.len; i++)
		if (!ascii_is_alnum(boundary.ptr[i]) &&
		    !ascii_is_one_of(boundary.ptr[i], "'()+_,-./:=? "))
			return fail(err, COURANT_INVALID,
				    "boundary \"%.*s\" holds a character that is not allowed",
				    SLICE_ARGS(slice_part(boundary, 0, 100)));
	if (boundary.len == 0 || boundary.len > 70 || boundary.ptr[boundary.len - 1] == ' ')
		return fail(err, COURANT_INVALID,
			    "boundary \"%.*s\" must have 1 to 70 characters, the last one no blank",
			    SLICE_ARGS(slice_part(boundary, 0, 100)));
	return 0;
}

int courant_multipart_set_boundary(courant_part *part, const char *boundary, courant_error **err)
{
	const slice given = slice_of(boundary);

	if (part->kind != PART_MULTIPART)
		return fail(err, COURANT_USAGE, "only a multipart has a boundary");
	if (boundary_check(given, err) < 0)
		return -1;

	const slice copy = arena_copy(&part->arena, given);

	if (!copy.ptr)
		return fail_memory(err);
	part->boundary = copy;
	return 0;
}

static size_t depth_of(const courant_part *part)
{
	size_t deepest = 0;

	for (size_t i = 0; i < part->n_parts; i++) {
		const size_t depth = depth_of(part->parts[i]);

		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + 1;
}

static int multipart_add(courant_part *whole, courant_part *part, courant_error **err)
{
	if (whole->kind != PART_MULTIPART)
		return fail(err, COURANT_USAGE, "parts can only be added to a multipart");
	if (whole->n_parts >= PARTS_MAX || depth_of(part) >= PART_DEPTH_MAX)
		return fail(err, COURANT_TOO_LARGE, "more than %d parts or %d levels", PARTS_MAX,
			    PART_DEPTH_MAX);
	if (whole->n_parts == whole->space) {
		const size_t space = whole->space ? whole->space * 2 : 4;
		courant_part **parts = mem_resize(whole->parts, space, sizeof(courant_part *));

		if (!parts)
			return fail_memory(err);
		whole->parts = parts;
		whole->space = space;
	}
	whole->parts[whole->n_parts++] = part;
	return 0;
}

/* Itself, too. */
static bool part_holds(const courant_part *part, const courant_part *sought)
{
	for (size_t i = 0; i < part->n_parts; i++)
		if (part_holds(part->parts[i], sought))
			return true;
	return part == sought;
}

int courant_multipart_add(courant_part *whole, courant_part *part, courant_error **err)
{
	/* Who frees the whole frees the part with it. */
	if (part && whole && part_holds(part, whole))
		return fail(err, COURANT_USAGE, "a part cannot be added to what is inside it");
	if (part_claim(part, err) < 0)
		return -1;
	if (whole && multipart_add(whole, part, err) == 0)
		return 0;
	courant_part_free(part);
	return fail(err, COURANT_USAGE, "there is no multipart to add to");
}

size_t courant_multipart_count(const courant_part *part)
{
	return part->n_parts;
}

courant_part *courant_multipart_at(courant_part *part, size_t i)
{
	return i < part->n_parts ? part->parts[i] : NULL;
}

/* ---- Settings ---- */

int courant_part_set_encoding(courant_part *part, enum courant_encoding encoding,
			      courant_error **err)
{
	const bool is_whole = part->kind == PART_MULTIPART || part->kind == PART_EMBEDDED;

	if (is_whole &&
	    (encoding == COURANT_ENCODING_BASE64 || encoding == COURANT_ENCODING_QUOTED_PRINTABLE))
		return fail(err, COURANT_INVALID,
			    "%s may not be encoded as a whole (RFC 2045, 6.4)",
			    part->type.word.ptr);
	part->encoding = encoding;
	return 0;
}

void courant_part_set_seed(courant_part *part, uint64_t seed)
{
	part->has_seed = true;
	part->seed = seed;
}
