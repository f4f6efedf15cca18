/* SPDX-License-Identifier: MIT */
/* unpack_xz.c - xz through liblzma */
#include <lzma.h>

#include "base/alloc.h"
#include "weblog/unpack.h"

/* What `xz -9` needs to unpack is 65 MiB; no more is taken for a stranger's file. */
#define MEMORY_MAX (UINT64_C(256) << 20)

static bool start(lzma_stream *stream)
{
	return lzma_stream_decoder(stream, MEMORY_MAX, 0) == LZMA_OK;
}

static void *xz_begin(courant_error **err)
{
	lzma_stream *stream = mem_alloc(sizeof *stream);

	if (stream && start(stream))
		return stream;
	free(stream);
	(void)fail_memory(err);
	return NULL;
}

static enum unpack_result xz_step(void *state, slice *in, char **into, size_t *into_size)
{
	lzma_stream *stream = state;

	stream->next_in = (const uint8_t *)in->ptr;
	stream->avail_in = in->len;
	stream->next_out = (uint8_t *)*into;
	stream->avail_out = *into_size;

	const lzma_ret result = lzma_code(stream, LZMA_RUN);

	*in = slice_after(*in, in->len - stream->avail_in);
	*into += *into_size - stream->avail_out;
	*into_size = stream->avail_out;
	if (result == LZMA_STREAM_END)
		return start(stream) ? UNPACK_STREAM : UNPACK_BROKEN;
	return result == LZMA_OK || result == LZMA_BUF_ERROR ? UNPACK_MORE : UNPACK_BROKEN;
}

static void xz_end(void *state)
{
	lzma_end(state);
	free(state);
}

const struct unpacker unpack_xz = {
	.name = "xz",
	.text_program = "xzcat",
	.magic = {"\xfd\x37\x7a\x58\x5a\x00", 6},
	.begin = xz_begin,
	.step = xz_step,
	.end = xz_end,
};
