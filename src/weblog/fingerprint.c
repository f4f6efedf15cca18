/* SPDX-License-Identifier: MIT */
/* fingerprint.c - by what a log is known again (fingerprint.h) */
#include "weblog/fingerprint.h"

#include <openssl/evp.h>

#include "base/alloc.h"
#include "weblog/feed.h"

#define NEAR_BYTES ((uint64_t)16 * 1024) /* so far, each line's end gets a mark … */
#define FAR_BYTES  ((uint64_t)64 * 1024) /* … and later, one so many bytes behind the last */
#define TAIL_MAX   (FEED_LINE_BYTES + 1) /* this much is too long for a line */

int fingerprint_init(struct fingerprint *print, courant_error **err)
{
	*print = (struct fingerprint){.tail = BUFFER_LIMIT(TAIL_MAX)};
	print->whole = EVP_MD_CTX_new();
	print->spare = EVP_MD_CTX_new();
	if (print->whole && print->spare && EVP_DigestInit_ex(print->whole, EVP_sha256(), NULL) == 1)
		return 0;
	fingerprint_release(print);
	return fail_memory(err);
}

void fingerprint_release(struct fingerprint *print)
{
	EVP_MD_CTX_free(print->whole);
	EVP_MD_CTX_free(print->spare);
	buffer_release(&print->tail);
	free(print->marks);
	*print = (struct fingerprint){0};
}

static int read_digest(struct fingerprint *print, char digest[DIGEST_BYTES])
{
	return EVP_MD_CTX_copy_ex(print->spare, print->whole) == 1 &&
			       EVP_DigestFinal_ex(print->spare, (unsigned char *)digest, NULL) == 1
		       ? 0
		       : -1;
}

static int add_mark(struct fingerprint *print)
{
	if (print->n_marks == print->space_marks) {
		const size_t space = print->space_marks ? 2 * print->space_marks : 64;
		struct mark *marks = mem_resize(print->marks, space, sizeof *marks);

		if (!marks)
			return -1;
		print->marks = marks;
		print->space_marks = space;
	}
	print->marks[print->n_marks].position = print->position;
	return read_digest(print, print->marks[print->n_marks++].digest);
}

static int add_bytes(struct fingerprint *print, slice bytes)
{
	print->position += bytes.len;
	return EVP_DigestUpdate(print->whole, bytes.ptr, bytes.len) == 1 ? 0 : -1;
}

/* Bytes that end with a line's end. */
static int add_lines(struct fingerprint *print, slice lines)
{
	if (add_bytes(print, lines) < 0)
		return -1;
	print->line_position = print->position;
	buffer_cut(&print->tail, 0);

	const uint64_t last = print->n_marks ? print->marks[print->n_marks - 1].position : 0;

	return print->n_marks == 0 || print->position <= NEAR_BYTES || print->position - last >= FAR_BYTES ? add_mark(print) : 0;
}

static int add_tail(struct fingerprint *print, slice bytes)
{
	buffer_append(&print->tail, slice_part(bytes, 0, TAIL_MAX - print->tail.len));
	return add_bytes(print, bytes) < 0 || print->tail.failure != BUFFER_FINE ? -1 : 0;
}

void fingerprint_add(struct fingerprint *print, slice bytes)
{
	int result = print->has_failed ? -1 : 0;

	while (result == 0 && bytes.len) {
		const bool is_near = print->n_marks == 0 || print->position < NEAR_BYTES;
		const char *stop = is_near ? memchr(bytes.ptr, '\n', bytes.len) : memrchr(bytes.ptr, '\n', bytes.len);
		const slice lines = slice_part(bytes, 0, stop ? (size_t)(stop - bytes.ptr) + 1 : bytes.len);

		result = stop ? add_lines(print, lines) : add_tail(print, lines);
		bytes = slice_after(bytes, lines.len);
	}
	print->has_failed = result < 0;
}

int fingerprint_end(struct fingerprint *print, char digest[DIGEST_BYTES], courant_error **err)
{
	return print->has_failed || read_digest(print, digest) < 0 ? fail_memory(err) : 0;
}
