/* SPDX-License-Identifier: MIT */
/* address.c - addresses, and as keys (address.h)
 *
 * A packed key ends with a byte of 0xf0 or more, for fifteen half bytes at most are not the end. A text of eight bytes that ends so too, as no address does, and one that ends with a NUL have a NUL behind
 * them. */
#include "weblog/address.h"

#include <arpa/inet.h>

#define END_HALF 15

slice address_bare(slice text)
{
	if (text.len && text.ptr[text.len - 1] == ',')
		text = slice_part(text, 0, text.len - 1);

	const size_t bracket = text.len && text.ptr[0] == '[' ? slice_find(text, ']') : SLICE_NONE;
	const size_t colon = slice_find(text, ':');

	if (bracket != SLICE_NONE)
		return slice_part(text, 1, bracket - 1);
	return colon == slice_find_last(text, ':') ? slice_part(text, 0, colon) : text;
}

int address_read(slice written, unsigned char ret[ADDRESS_BYTES])
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN] = {0};

	if (!written.len || written.len >= sizeof text)
		return AF_UNSPEC;
	memcpy(text, written.ptr, written.len);
	if (inet_pton(AF_INET, text, ret) == 1)
		return AF_INET;
	if (inet_pton(AF_INET6, text, &address) != 1)
		return AF_UNSPEC;
	if (!IN6_IS_ADDR_V4MAPPED(&address)) {
		memcpy(ret, address.s6_addr, sizeof address.s6_addr);
		return AF_INET6;
	}
	memcpy(ret, address.s6_addr + 12, 4);
	return AF_INET;
}

/* ---- keys ---- */

static bool is_packed(slice key)
{
	return key.len == sizeof(uint64_t) && (unsigned char)key.ptr[key.len - 1] >= END_HALF << 4;
}

int address_key_unpacked(slice text, struct buffer *scratch, slice *ret, courant_error **err)
{
	*ret = text;
	if (!is_packed(text) && !(text.len && text.ptr[text.len - 1] == '\0'))
		return 0;
	buffer_cut(scratch, 0);
	buffer_append(scratch, text);
	buffer_append_byte(scratch, '\0');
	return buffer_slice(scratch, ret, err);
}

slice address_text(slice key, char space[ADDRESS_TEXT_BYTES])
{
	size_t len = ADDRESS_TEXT_BYTES;
	uint64_t halves;

	if (!is_packed(key))
		return key.len && key.ptr[key.len - 1] == '\0' ? slice_part(key, 0, key.len - 1) : key;
	memcpy(&halves, key.ptr, sizeof halves);
	/* No text ends with what the end is filled with, though it may have it inside. */
	while ((halves >> 4 * (len - 1) & 15) == END_HALF)
		len--;
	for (size_t i = 0; i < len; i++)
		space[i] = (char)((halves >> 4 * i & 15) + '.');
	return slice_from(space, len);
}
