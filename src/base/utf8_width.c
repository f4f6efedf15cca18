/* SPDX-License-Identifier: MIT */
/* utf8_width.c - columns of characters in a fixed-width font (UAX #11), from a table made of Unicode's data */
#include "base/utf8.h"
#include "base/utf8_width_table.h"

static bool holds(const struct range *ranges, size_t n, uint32_t code)
{
	while (n) {
		const struct range *middle = ranges + n / 2;

		if (code < middle->first) {
			n /= 2;
		} else if (code > middle->last) {
			n -= n / 2 + 1;
			ranges = middle + 1;
		} else {
			return true;
		}
	}
	return false;
}

unsigned utf8_char_width(uint32_t code)
{
	if (code < 0x7F)
		return code >= ' ';
	if (code == 0x7F)
		return 0;
	if (code < 0x300 && code >= 0xA0) /* most of the Latin script */
		return 1;
	if (holds(wide, sizeof wide / sizeof *wide, code))
		return 2;
	return !holds(zero_width, sizeof zero_width / sizeof *zero_width, code);
}

size_t utf8_width(slice text)
{
	size_t columns = 0;

	while (text.len)
		columns += utf8_char_width(utf8_next(&text));
	return columns;
}

slice utf8_cut_width(slice text, size_t max_columns)
{
	slice rest = text;
	size_t columns = 0;

	while (rest.len) {
		const slice before = rest;
		const unsigned width = utf8_char_width(utf8_next(&rest));

		if (columns + width > max_columns)
			return slice_part(text, 0, text.len - before.len);
		columns += width;
	}
	return text;
}
