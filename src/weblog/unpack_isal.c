/* SPDX-License-Identifier: MIT */
/* unpack_isal.c - gzip (RFC 1952) through ISA-L, three times as fast as zlib where it is there */
#include <isa-l.h>
#include <limits.h>

#include "base/alloc.h"
#include "weblog/unpack.h"

static void start(struct inflate_state *state)
{
	isal_inflate_init(state);
	state->crc_flag = ISAL_GZIP; /* with head and tail, both checked */
}

static void *gzip_begin(courant_error **err)
{
	struct inflate_state *state = mem_alloc(sizeof *state);

	if (state)
		start(state);
	else
		(void)fail_memory(err);
	return state;
}

static enum unpack_result gzip_step(void *context, slice *in, char **into, size_t *into_size)
{
	struct inflate_state *state = context;
	const uint32_t in_size = in->len > UINT32_MAX ? UINT32_MAX : (uint32_t)in->len;
	const uint32_t out_size = *into_size > UINT32_MAX ? UINT32_MAX : (uint32_t)*into_size;

	state->next_in = (uint8_t *)in->ptr; /* it only reads */
	state->avail_in = in_size;
	state->next_out = (uint8_t *)*into;
	state->avail_out = out_size;

	const int result = isal_inflate(state);

	*in = slice_after(*in, in_size - state->avail_in);
	*into += out_size - state->avail_out;
	*into_size -= out_size - state->avail_out;
	if (result < 0)
		return UNPACK_BROKEN;
	if (state->block_state != ISAL_BLOCK_FINISH)
		return UNPACK_MORE;
	start(state);
	return UNPACK_STREAM;
}

const struct unpacker unpack_gzip = {
	.name = "gzip",
	.text_program = "zcat",
	.magic = {"\x1f\x8b", 2},
	.begin = gzip_begin,
	.step = gzip_step,
	.end = free,
};
