/* SPDX-License-Identifier: MIT */
/* content.c - blocks read, encoded and counted */
#include "mime/content.h"

#include "base/alloc.h"
#include "base/auto.h"
#include "base/fail.h"
#include "base/reader_bytes.h"

/* Room for the longest thing a block can become. */
#define ENCODED_MAX_BYTES (CONTENT_BLOCK_BYTES * 4 + 8)

/* Reads until the block is full or the source at its end: where a block ends must not depend on the
 * source's mood. */
static int block_read(courant_reader *reader, char *block, size_t size, size_t *ret_n,
		      courant_error **err)
{
	size_t n = 0;
	size_t got = 1;

	while (n < size && got) {
		if (courant_reader_read(reader, block + n, size - n, &got, err) < 0)
			return -1;
		n += got;
	}
	*ret_n = n;
	return 0;
}

/* ---- Unencoded: line ends become CRLF ---- */

/* `after_cr` goes on from block to block. `to` has room for twice as much. */
static size_t crlf_write(char *to, const char *from, size_t n, bool *after_cr)
{
	char *const begin = to;

	for (size_t i = 0; i < n; i++) {
		if (from[i] == '\n' && !*after_cr)
			*to++ = '\r';
		*to++ = from[i];
		*after_cr = from[i] == '\r';
	}
	return (size_t)(to - begin);
}

static size_t block_encode(struct qp_encoder *quoted, bool *after_cr,
			   enum courant_encoding encoding, char *to, const char *from, size_t n)
{
	switch (encoding) {
	case COURANT_ENCODING_BASE64:
		return base64_encode_lines(to, from, n);
	case COURANT_ENCODING_QUOTED_PRINTABLE:
		return qp_encode(quoted, to, from, n);
	case COURANT_ENCODING_AUTO:
	case COURANT_ENCODING_7BIT:
	case COURANT_ENCODING_8BIT:
		return crlf_write(to, from, n, after_cr);
	}
	return 0;
}

/* ---- Measuring ---- */

#define LINE_BEGIN_BYTES 80 /* two hyphens and the longest boundary */

struct measure {
	struct content_facts *facts;
	const slice *boundaries;
	size_t n_boundaries;
	char begin[LINE_BEGIN_BYTES]; /* of the current line */
	uint64_t line_bytes;
	bool after_cr;
};

static void line_end(struct measure *measure)
{
	const slice line = slice_from(measure->begin, measure->line_bytes < LINE_BEGIN_BYTES
							      ? (size_t)measure->line_bytes
							      : LINE_BEGIN_BYTES);

	if (measure->line_bytes > measure->facts->facts.longest_line)
		measure->facts->facts.longest_line = (size_t)measure->line_bytes;
	for (size_t i = 0; i < measure->n_boundaries && slice_starts(line, SLICE("--")); i++)
		measure->facts->has_boundary |=
			slice_starts(slice_after(line, 2), measure->boundaries[i]);
	measure->line_bytes = 0;
}

static void byte_measure(struct measure *measure, char byte)
{
	struct courant_facts *facts = &measure->facts->facts;

	if (measure->after_cr && byte != '\n') {
		facts->has_bare_line_end = measure->facts->has_bare_cr = true;
		measure->line_bytes++;
	}
	if (byte == '\n') {
		facts->has_bare_line_end |= !measure->after_cr;
		line_end(measure);
	} else if (byte != '\r') {
		if (measure->line_bytes < LINE_BEGIN_BYTES)
			measure->begin[measure->line_bytes] = byte;
		measure->line_bytes++;
		facts->has_nul |= byte == '\0';
		facts->has_eight_bit |= (unsigned char)byte > 127;
	}
	measure->after_cr = byte == '\r';
}

static int measure_by_reading(struct content_facts *ret, courant_reader *reader,
			      enum courant_encoding encoding, struct measure *measure,
			      courant_error **err)
{
	AUTO(free) char *block = mem_resize(NULL, CONTENT_BLOCK_BYTES, 1);
	AUTO(free) char *encoded = mem_resize(NULL, ENCODED_MAX_BYTES, 1);
	struct qp_encoder quoted = {.mode = QP_BINARY};
	bool after_cr = false;
	size_t n;

	if (!block || !encoded)
		return fail_memory(err);
	do {
		if (block_read(reader, block, CONTENT_BLOCK_BYTES, &n, err) < 0)
			return -1;
		ret->raw_size += n;
		if (encoding != COURANT_ENCODING_BASE64)
			ret->size += block_encode(&quoted, &after_cr, encoding, encoded, block, n);
		for (size_t i = 0; i < n && (encoding == COURANT_ENCODING_7BIT ||
					     encoding == COURANT_ENCODING_8BIT);
		     i++)
			byte_measure(measure, block[i]);
	} while (n == CONTENT_BLOCK_BYTES);
	ret->has_bare_cr |= measure->after_cr;
	line_end(measure);
	return 0;
}

int content_measure(struct content_facts *ret, courant_reader *reader,
		    enum courant_encoding encoding, const slice *boundaries, size_t n_boundaries,
		    courant_error **err)
{
	struct content_facts facts = {0};
	struct measure measure = {
		.facts = &facts, .boundaries = boundaries, .n_boundaries = n_boundaries};
	const bool is_known =
		encoding == COURANT_ENCODING_BASE64 && courant_reader_size(reader, &facts.raw_size);

	if (courant_reader_rewind(reader, err) < 0)
		return -1;
	if (!is_known && (measure_by_reading(&facts, reader, encoding, &measure, err) < 0 ||
			  courant_reader_rewind(reader, err) < 0))
		return -1;
	if (encoding == COURANT_ENCODING_BASE64 && !base64_lines_size(facts.raw_size, &facts.size))
		return fail(err, COURANT_TOO_LARGE, "a part is too large");
	*ret = facts;
	return 0;
}

/* ---- Reading ---- */

int content_open(struct content *content, courant_reader *from, enum courant_encoding encoding,
		 uint64_t raw_size, courant_error **err)
{
	char *raw = content->raw;
	char *encoded = content->encoded;

	/* The blocks are kept from one content to the next. */
	if (!raw)
		raw = mem_resize(NULL, CONTENT_BLOCK_BYTES, 1);
	if (!encoded)
		encoded = mem_resize(NULL, ENCODED_MAX_BYTES, 1);
	*content = (struct content){.from = from,
				    .encoding = encoding,
				    .raw_size = raw_size,
				    .quoted = {.mode = QP_BINARY},
				    .raw = raw,
				    .encoded = encoded};
	if (!raw || !encoded)
		return fail_memory(err);
	return courant_reader_rewind(from, err);
}

void content_release(struct content *content)
{
	free(content->raw);
	free(content->encoded);
	*content = (struct content){0};
}

static int fail_changed(const char *how, courant_error **err)
{
	return fail(err, COURANT_IO, "an attachment has %s while it was read", how);
}

/* The next block: where it lies when that is in memory, else read into ours. */
static int next_block(struct content *content, size_t size, slice *ret, courant_error **err)
{
	size_t n;

	if (reader_take_bytes(content->from, size, ret))
		return 0;
	if (block_read(content->from, content->raw, size, &n, err) < 0)
		return -1;
	*ret = slice_from(content->raw, n);
	return 0;
}

/* The next block of at most `size` bytes, counted. A source that has yielded what it promised must
 * be at its end. */
static int source_read(struct content *content, size_t size, slice *ret, courant_error **err)
{
	char beyond;
	size_t more = 0;
	slice block;

	if (next_block(content, size, &block, err) < 0)
		return -1;
	content->raw_read += block.len;
	if (content->raw_read > content->raw_size)
		return fail_changed("grown", err);
	if (block.len < size && content->raw_read < content->raw_size)
		return fail_changed("shrunk", err);
	if (content->raw_read == content->raw_size) {
		if (block.len == size &&
		    courant_reader_read(content->from, &beyond, 1, &more, err) < 0)
			return -1;
		if (more)
			return fail_changed("grown", err);
		content->is_at_end = true;
	}
	*ret = block;
	return 0;
}

/* Bytes of the source whose encoded form surely fits into `size`; 0: less than is worth it. */
static size_t direct_bytes(const struct content *content, size_t size)
{
	const size_t lines = size / (BASE64_LINE_CHARS + 2);

	if (content->encoding != COURANT_ENCODING_BASE64 || lines < 16)
		return 0;
	return lines * BASE64_LINE_BYTES < CONTENT_BLOCK_BYTES ? lines * BASE64_LINE_BYTES
							       : CONTENT_BLOCK_BYTES;
}

int content_read(struct content *content, char *into, size_t size, size_t *ret_n,
		 courant_error **err)
{
	while (content->at == content->len && !content->is_at_end) {
		const size_t direct = direct_bytes(content, size);
		slice block = {0};

		if (source_read(content, direct ? direct : CONTENT_BLOCK_BYTES, &block, err) < 0)
			return -1;

		const size_t made =
			block_encode(&content->quoted, &content->after_cr, content->encoding,
				     direct ? into : content->encoded, block.ptr, block.len);

		if (direct && made) {
			*ret_n = made;
			return 0;
		}
		content->at = 0;
		content->len = direct ? 0 : made;
	}

	const slice part =
		slice_part(slice_from(content->encoded, content->len), content->at, size);

	if (part.len)
		memcpy(into, part.ptr, part.len);
	content->at += part.len;
	*ret_n = part.len;
	return 0;
}
