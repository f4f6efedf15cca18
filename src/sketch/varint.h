/* SPDX-License-Identifier: MIT */
/* varint.h - numbers in as few bytes as they need: seven bits a byte, the lowest first, the eighth says that more follow
 *
 * Reading takes bytes off the front. It never goes beyond the end: what is cut short or too large is 0, and `is_bad` stays true. */
#ifndef COURANT_SKETCH_VARINT_H
#define COURANT_SKETCH_VARINT_H
#include <stdint.h>

#include "base/buffer.h"

struct packed {
	slice rest;
	bool is_bad;
};

static inline void varint_write(struct buffer *out, uint64_t value)
{
	for (; value > 127; value >>= 7)
		buffer_append_byte(out, (char)(128 | (value & 127)));
	buffer_append_byte(out, (char)value);
}

static inline uint64_t varint_read(struct packed *from)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && from->rest.len; shift += 7) {
		const unsigned char byte = (unsigned char)from->rest.ptr[0];

		from->rest = slice_after(from->rest, 1);
		value |= (uint64_t)(byte & 127) << shift;
		if (byte < 128)
			return value;
	}
	from->is_bad = true;
	return 0;
}

/* Bytes with their length in front; reading borrows. */
static inline void varint_write_bytes(struct buffer *out, slice bytes)
{
	varint_write(out, bytes.len);
	buffer_append(out, bytes);
}

static inline slice varint_read_bytes(struct packed *from)
{
	const uint64_t len = varint_read(from);

	if (len > from->rest.len) {
		from->is_bad = true;
		return (slice){NULL, 0};
	}

	const slice bytes = slice_part(from->rest, 0, (size_t)len);

	from->rest = slice_after(from->rest, (size_t)len);
	return bytes;
}
#endif
