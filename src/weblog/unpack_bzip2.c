/* SPDX-License-Identifier: MIT */
/* unpack_bzip2.c - bzip2 through libbz2 */
#include <bzlib.h>
#include <limits.h>

#include "base/alloc.h"
#include "weblog/unpack.h"

static bool start(bz_stream *stream)
{
	return BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK;
}

static void *bzip2_begin(courant_error **err)
{
	bz_stream *stream = mem_alloc(sizeof *stream);

	if (stream && start(stream))
		return stream;
	free(stream);
	(void)fail_memory(err);
	return NULL;
}

static enum unpack_result bzip2_step(void *state, slice *in, char **into, size_t *into_size)
{
	bz_stream *stream = state;
	const unsigned in_size = in->len > UINT_MAX ? UINT_MAX : (unsigned)in->len;
	const unsigned out_size = *into_size > UINT_MAX ? UINT_MAX : (unsigned)*into_size;

	stream->next_in = (char *)in->ptr; /* libbz2 only reads, its prototype is older than const */
	stream->avail_in = in_size;
	stream->next_out = *into;
	stream->avail_out = out_size;

	const int result = BZ2_bzDecompress(stream);

	*in = slice_after(*in, in_size - stream->avail_in);
	*into += out_size - stream->avail_out;
	*into_size -= out_size - stream->avail_out;
	if (result == BZ_STREAM_END) {
		(void)BZ2_bzDecompressEnd(stream); /* begun, so it can be ended */
		*stream = (bz_stream){0};
		return start(stream) ? UNPACK_STREAM : UNPACK_BROKEN;
	}
	return result == BZ_OK ? UNPACK_MORE : UNPACK_BROKEN;
}

static void bzip2_end(void *state)
{
	(void)BZ2_bzDecompressEnd(state);
	free(state);
}

const struct unpacker unpack_bzip2 = {
	.name = "bzip2",
	.text_program = "bzcat",
	.magic = {"BZh", 3},
	.begin = bzip2_begin,
	.step = bzip2_step,
	.end = bzip2_end,
};
