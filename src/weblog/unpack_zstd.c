/* SPDX-License-Identifier: MIT */
/* unpack_zstd.c - zstd (RFC 8878) through libzstd */
#include <zstd.h>

#include "weblog/unpack.h"

/* Of the window a frame may ask for: what the zstd program allows by default. */
#define WINDOW_LOG_MAX 27

static void *zstd_begin(courant_error **err)
{
	ZSTD_DCtx *state = ZSTD_createDCtx();

	if (state && !ZSTD_isError(ZSTD_DCtx_setParameter(state, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		return state;
	(void)ZSTD_freeDCtx(state); /* takes NULL */
	(void)fail_memory(err);
	return NULL;
}

static enum unpack_result zstd_step(void *state, slice *in, char **into, size_t *into_size)
{
	ZSTD_inBuffer from = {in->ptr, in->len, 0};
	ZSTD_outBuffer to = {*into, *into_size, 0};
	const size_t left = ZSTD_decompressStream(state, &to, &from);

	*in = slice_after(*in, from.pos);
	*into += to.pos;
	*into_size -= to.pos;
	if (ZSTD_isError(left))
		return UNPACK_BROKEN;
	return left == 0 ? UNPACK_STREAM : UNPACK_MORE;
}

static void zstd_end(void *state)
{
	(void)ZSTD_freeDCtx(state);
}

const struct unpacker unpack_zstd = {
	.name = "zstd",
	.text_program = "zstdcat",
	.magic = {"\x28\xb5\x2f\xfd", 4},
	.begin = zstd_begin,
	.step = zstd_step,
	.end = zstd_end,
};
