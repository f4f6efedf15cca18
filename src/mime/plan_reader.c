/* SPDX-License-Identifier: MIT */
/* plan_reader.c - the planned bytes, read piece by piece */
#include "mime/content.h"
#include "mime/plan.h"

struct planned {
	struct buffer bytes;
	struct piece *pieces;
	size_t n_pieces;
	uint64_t size_bytes;
	size_t i;     /* the current piece */
	uint64_t at;  /* how much of it has been read */
	bool is_open; /* its content */
	struct content content;
};

static void planned_free(void *context)
{
	struct planned *planned = context;

	buffer_release(&planned->bytes);
	free(planned->pieces);
	content_release(&planned->content);
	free(planned);
}

static int piece_read(struct planned *planned, const struct piece *piece, char *into, size_t size,
		      size_t *ret_n, courant_error **err)
{
	const uint64_t left = piece->size - planned->at;

	if (!piece->part) {
		const slice part =
			slice_part(buffer_peek(&planned->bytes), piece->from + (size_t)planned->at,
				   left < size ? (size_t)left : size);

		memcpy(into, part.ptr, part.len);
		*ret_n = part.len;
		return 0;
	}
	if (!planned->is_open && content_open(&planned->content, piece->part->data, piece->encoding,
					      piece->raw_size, err) < 0)
		return -1;
	planned->is_open = true;
	if (content_read(&planned->content, into, size, ret_n, err) < 0)
		return -1;
	if (*ret_n > left)
		return fail(err, COURANT_IO, "an attachment has changed while it was read");
	/* The last byte is not given away before the source is known to be at its end. */
	if (*ret_n == left &&
	    (!planned->content.is_at_end || planned->content.at != planned->content.len))
		return fail(err, COURANT_IO, "an attachment has grown while it was read");
	return *ret_n ? 0 : fail(err, COURANT_IO, "an attachment has shrunk while it was read");
}

static int planned_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct planned *planned = context;
	size_t n = 0;

	while (n < size && planned->i < planned->n_pieces) {
		const struct piece *piece = &planned->pieces[planned->i];
		size_t got;

		if (piece_read(planned, piece, (char *)into + n, size - n, &got, err) < 0)
			return -1;
		n += got;
		planned->at += got;
		if (planned->at == piece->size) {
			planned->i++;
			planned->at = 0;
			planned->is_open = false;
		}
	}
	*ret_n = n;
	return 0;
}

static int planned_rewind(void *context, courant_error **err)
{
	struct planned *planned = context;

	(void)err;
	planned->i = 0;
	planned->at = 0;
	planned->is_open = false;
	return 0;
}

static bool planned_size(void *context, uint64_t *ret_bytes)
{
	const struct planned *planned = context;

	*ret_bytes = planned->size_bytes;
	return true;
}

courant_reader *plan_reader_new(struct plan *plan, courant_error **err)
{
	static const struct courant_reader_calls calls = {planned_read, planned_rewind,
							  planned_size, planned_free};
	struct planned *planned = mem_alloc(sizeof *planned);

	if (!planned) {
		(void)fail_memory(err);
		return NULL;
	}
	planned->bytes = plan->bytes;
	planned->pieces = STEAL(plan->pieces);
	planned->n_pieces = plan->n_pieces;
	planned->size_bytes = plan->size_bytes;
	plan->bytes = (struct buffer)BUFFER_LIMIT(0);
	return courant_reader_new(&calls, planned, err);
}

char *plan_take_bytes(struct plan *plan, size_t *ret_len, courant_error **err)
{
	const uint64_t size = plan->size_bytes;

	/* A mail without contents from elsewhere is there already. */
	if (size == plan->bytes.len) {
		char *bytes = NULL;

		(void)buffer_take(&plan->bytes, &bytes, ret_len, err);
		return bytes;
	}
	if (size >= SIZE_MAX) {
		(void)fail(err, COURANT_TOO_LARGE, "the message does not fit in memory");
		return NULL;
	}

	AUTO(free) char *bytes = mem_resize(NULL, (size_t)size + 1, 1);
	courant_reader *reader = bytes ? plan_reader_new(plan, err) : NULL;
	size_t n = 0;
	size_t got = 1;

	if (!bytes)
		(void)fail_memory(err);
	while (reader && n < size && got) {
		if (courant_reader_read(reader, bytes + n, (size_t)size - n, &got, err) < 0)
			break;
		n += got;
	}
	courant_reader_free(reader);
	if (!reader || n < size)
		return NULL;
	bytes[size] = '\0';
	if (ret_len)
		*ret_len = (size_t)size;
	return STEAL(bytes);
}
