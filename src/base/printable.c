/* SPDX-License-Identifier: MIT */
/* printable.c - what a stranger's text may not do to a reader (printable.h) */
#include "base/printable.h"

#include "base/utf8.h"

/* Characters that are not seen, or that change how their neighbours are seen: Default_Ignorable_Code_Point and the separators,
 * without the variation selectors U+FE00 to U+FE0F, which everyday emoji carry. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},
	{0x061C, 0x061C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
	{0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
	{0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},
	{0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static bool is_shown(uint32_t code)
{
	if (code >= ' ' && code < 0x7F)
		return true;
	if ((code & 0xFFFE) == 0xFFFE) /* the last two of each plane are no characters */
		return false;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (code <= hidden[i].last)
			return code < hidden[i].first;
	return true;
}

/* Cuts the longest beginning that can be shown as it is off `*rest`. */
static slice next_shown(slice *rest)
{
	const slice all = *rest;

	while (rest->len) {
		const slice before = *rest;

		if (!is_shown(utf8_next(rest))) { /* UTF8_BAD ends in FFFF */
			*rest = before;
			break;
		}
	}
	return slice_part(all, 0, all.len - rest->len);
}

void printable_write(struct buffer *buffer, slice text)
{
	for (;;) {
		buffer_append(buffer, next_shown(&text));
		if (text.len == 0)
			return;

		const unsigned first = (unsigned char)text.ptr[0];
		const uint32_t code = utf8_next(&text);

		if (code == UTF8_BAD)
			buffer_printf(buffer, "\\x%02x", first);
		else
			buffer_printf(buffer, "\\u{%x}", (unsigned)code);
	}
}

bool printable_is(slice text)
{
	(void)next_shown(&text);
	return text.len == 0;
}
