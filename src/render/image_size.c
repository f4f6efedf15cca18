/* SPDX-License-Identifier: MIT */
/* image_size.c - sizes out of the headers of three formats */
#include "render/image_size.h"

#define SIZE_MAX_PX 65535

static unsigned byte_at(slice bytes, size_t at)
{
	return at < bytes.len ? (unsigned char)bytes.ptr[at] : 0;
}

static unsigned long u16_at(slice bytes, size_t at)
{
	return (unsigned long)byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

static bool set(struct image_size *ret, const char *subtype, unsigned long width, unsigned long height)
{
	if (width == 0 || height == 0 || width > SIZE_MAX_PX || height > SIZE_MAX_PX)
		return false;
	*ret = (struct image_size){subtype, (unsigned)width, (unsigned)height};
	return true;
}

/* The IHDR chunk comes first (ISO/IEC 15948, 11.2.2). */
static bool read_png(slice bytes, struct image_size *ret)
{
	if (bytes.len < 24 || !slice_equal(slice_part(bytes, 12, 4), SLICE("IHDR")))
		return false;
	return set(ret, "png", u16_at(bytes, 16) << 16 | u16_at(bytes, 18), u16_at(bytes, 20) << 16 | u16_at(bytes, 22));
}

/* Segments up to the frame header: FF C0 to FF CF, but for C4, C8 and CC, which are tables (ITU-T T.81, B.1.1.3). */
static bool read_jpeg(slice bytes, struct image_size *ret)
{
	for (size_t at = 2; at + 9 < bytes.len;) {
		const unsigned kind = byte_at(bytes, at + 1);

		if (byte_at(bytes, at) != 0xff)
			return false;
		if (kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc)
			return set(ret, "jpeg", u16_at(bytes, at + 7), u16_at(bytes, at + 5));
		/* A filling byte, or a segment with its length. */
		at += kind == 0xff ? 1 : 2 + u16_at(bytes, at + 2);
	}
	return false;
}

/* The screen's size, low byte first (GIF89a, 18). */
static bool read_gif(slice bytes, struct image_size *ret)
{
	if (bytes.len < 10)
		return false;
	return set(ret, "gif", byte_at(bytes, 7) << 8 | byte_at(bytes, 6), byte_at(bytes, 9) << 8 | byte_at(bytes, 8));
}

bool image_size_of(slice bytes, struct image_size *ret)
{
	if (slice_starts(bytes, SLICE("\x89PNG\r\n\x1a\n")))
		return read_png(bytes, ret);
	if (slice_starts(bytes, SLICE("\xff\xd8\xff")))
		return read_jpeg(bytes, ret);
	if (slice_starts(bytes, SLICE("GIF87a")) || slice_starts(bytes, SLICE("GIF89a")))
		return read_gif(bytes, ret);
	return false;
}
