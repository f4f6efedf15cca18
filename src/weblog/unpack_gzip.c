/* SPDX-License-Identifier: MIT */
/* unpack_gzip.c - gzip (RFC 1952) through zlib */
#include <limits.h>
#include <zlib.h>

#include "base/alloc.h"
#include "weblog/unpack.h"

#define GZIP_WINDOW_BITS (15 + 16) /* zlib: the largest window, with a gzip head */

static void *gzip_begin(courant_error **err)
{
	z_stream *stream = mem_alloc(sizeof *stream);

	if (stream && inflateInit2(stream, GZIP_WINDOW_BITS) == Z_OK)
		return stream;
	free(stream);
	(void)fail_memory(err);
	return NULL;
}

static enum unpack_result gzip_step(void *state, slice *in, char **into, size_t *into_size)
{
	z_stream *stream = state;
	const uInt in_size = in->len > UINT_MAX ? UINT_MAX : (uInt)in->len;
	const uInt out_size = *into_size > UINT_MAX ? UINT_MAX : (uInt)*into_size;

	stream->next_in = (Bytef *)in->ptr; /* zlib only reads, its prototype is older than const */
	stream->avail_in = in_size;
	stream->next_out = (Bytef *)*into;
	stream->avail_out = out_size;

	const int result = inflate(stream, Z_NO_FLUSH);

	*in = slice_after(*in, in_size - stream->avail_in);
	*into += out_size - stream->avail_out;
	*into_size -= out_size - stream->avail_out;
	if (result == Z_STREAM_END)
		return inflateReset(stream) == Z_OK ? UNPACK_STREAM : UNPACK_BROKEN;
	return result == Z_OK || result == Z_BUF_ERROR ? UNPACK_MORE : UNPACK_BROKEN;
}

static void gzip_end(void *state)
{
	(void)inflateEnd(state);
	free(state);
}

const struct unpacker unpack_gzip = {
	.name = "gzip",
	.text_program = "zcat",
	.magic = {"\x1f\x8b", 2},
	.begin = gzip_begin,
	.step = gzip_step,
	.end = gzip_end,
};
