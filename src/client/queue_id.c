/* SPDX-License-Identifier: MIT */
/* queue_id.c - finds the queue id in a server's reply */
#include "client/queue_id.h"

#include "base/ascii.h"

static size_t find_nocase(slice text, slice part)
{
	for (size_t i = 0; i + part.len <= text.len; i++)
		if (slice_equal_nocase(slice_part(text, i, part.len), part))
			return i;
	return SLICE_NONE;
}

/* The word at the beginning, without brackets and commas. */
static slice first_word(slice text)
{
	size_t end = 0;

	while (text.len > 0 && (ascii_is_space(text.ptr[0]) || text.ptr[0] == '<' || text.ptr[0] == '"'))
		text = slice_after(text, 1);
	while (end < text.len && !ascii_is_space(text.ptr[end]) && !memchr(">\",;)", text.ptr[end], 5))
		end++;
	return slice_part(text, 0, end);
}

static slice last_word(slice text)
{
	size_t begin;

	text = slice_trim_space(text);
	begin = text.len;
	while (begin > 0 && !ascii_is_space(text.ptr[begin - 1]))
		begin--;
	return slice_after(text, begin);
}

/* What has other characters than those that can be seen is no name for anything. */
static slice only_visible(slice id)
{
	for (size_t i = 0; i < id.len; i++)
		if (id.ptr[i] <= ' ' || id.ptr[i] > '~')
			return SLICE("");
	return id;
}

slice queue_id_find(slice text)
{
	static const char *const before[] = {"queued as ", "id=", " qp "};
	static const char *const after[] = {" message accepted", " - gsmtp"};

	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		const size_t at = find_nocase(text, slice_of(before[i]));

		if (at != SLICE_NONE)
			return only_visible(first_word(slice_after(text, at + strlen(before[i]))));
	}
	for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
		const size_t at = find_nocase(text, slice_of(after[i]));

		if (at != SLICE_NONE)
			return only_visible(last_word(slice_part(text, 0, at)));
	}
	return SLICE("");
}
