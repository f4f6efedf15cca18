/* SPDX-License-Identifier: MIT */
/* fingerprint.c - by what a log is known again (fingerprint.h) */
#include "weblog/fingerprint.h"

#include <openssl/evp.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "weblog/feed.h"

#define FAR_BYTES ((uint64_t)64 * 1024) /* a mark lies at least so many bytes behind the last */
#define TAIL_MAX  (FEED_LINE_BYTES + 1) /* this much is too long for a line */

int fingerprint_init(struct fingerprint *print, uint64_t seed, courant_error **err)
{
	*print = (struct fingerprint){.seed = seed, .tail = BUFFER_LIMIT(TAIL_MAX)};
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
	for (size_t i = 0; i < print->n_marks; i++)
		free(print->marks[i].ends);
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
	struct mark *marks = mem_room(print->marks, print->n_marks, &print->space_marks, 64, sizeof *marks);

	if (!marks)
		return -1;
	print->marks = marks;
	print->marks[print->n_marks] = (struct mark){.position = print->position};
	return read_digest(print, print->marks[print->n_marks++].digest);
}

static int add_end(struct mark *mark, const struct line_end *end)
{
	struct line_end *ends = mem_room(mark->ends, mark->n_ends, &mark->space_ends, 64, sizeof *ends);

	if (!ends)
		return -1;
	mark->ends = ends;
	mark->ends[mark->n_ends++] = *end;
	return 0;
}

/* The last bytes of a line, with its end; of one that is too long, the beginning stands for all. */
static int add_line(struct fingerprint *print, slice bytes)
{
	slice line = slice_part(bytes, 0, TAIL_MAX);

	if (print->tail.len) {
		buffer_append(&print->tail, slice_part(bytes, 0, TAIL_MAX - print->tail.len));
		if (buffer_slice(&print->tail, &line, NULL) < 0)
			return -1;
	}

	const uint64_t hash = hash_bytes(line, print->seed);
	const struct line_end end = {.position = print->position, .chain = hash_u64(hash, print->chain), .hash = (uint32_t)hash};

	print->line_position = end.position;
	print->chain = end.chain;
	buffer_cut(&print->tail, 0);
	return print->n_marks ? add_end(&print->marks[print->n_marks - 1], &end) : 0;
}

static bool needs_mark(const struct fingerprint *print)
{
	return print->n_marks == 0 || print->position - print->marks[print->n_marks - 1].position >= FAR_BYTES;
}

static int digest(struct fingerprint *print, slice bytes)
{
	return EVP_DigestUpdate(print->whole, bytes.ptr, bytes.len) == 1 ? 0 : -1;
}

static int add(struct fingerprint *print, slice bytes)
{
	slice left = bytes; /* for the digest, which takes large pieces faster */

	while (bytes.len) {
		const char *stop = memchr(bytes.ptr, '\n', bytes.len);
		const slice piece = slice_part(bytes, 0, stop ? (size_t)(stop - bytes.ptr) + 1 : bytes.len);

		print->position += piece.len;
		bytes = slice_after(bytes, piece.len);
		if (!stop) {
			buffer_append(&print->tail, slice_part(piece, 0, TAIL_MAX - print->tail.len));
			break;
		}
		if (add_line(print, piece) < 0)
			return -1;
		if (!needs_mark(print))
			continue;
		if (digest(print, slice_part(left, 0, left.len - bytes.len)) < 0 || add_mark(print) < 0)
			return -1;
		left = bytes;
	}
	return digest(print, left) < 0 || print->tail.failure != BUFFER_FINE ? -1 : 0;
}

void fingerprint_add(struct fingerprint *print, slice bytes)
{
	print->has_failed = print->has_failed || add(print, bytes) < 0;
}

void fingerprint_drop(struct fingerprint *print)
{
	if (print->n_marks < 2)
		return;
	for (size_t i = 0; i + 1 < print->n_marks; i++)
		free(print->marks[i].ends);
	print->marks[0] = print->marks[print->n_marks - 1];
	print->n_marks = 1;
}

int fingerprint_end(struct fingerprint *print, char digest[DIGEST_BYTES], courant_error **err)
{
	return print->has_failed || read_digest(print, digest) < 0 ? fail_memory(err) : 0;
}
