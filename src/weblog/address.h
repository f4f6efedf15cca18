/* SPDX-License-Identifier: MIT */
/* address.h - addresses: what they are, and as keys, of which most of IPv4 take eight bytes
 *
 * Any key is told again as it was written, whether it is an address or not. */
#ifndef COURANT_WEBLOG_ADDRESS_H
#define COURANT_WEBLOG_ADDRESS_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"

#define ADDRESS_TEXT_BYTES 15 /* that a packed key may hold */

/* The address in "[2001:db8::1]:443" (RFC 3986, 3.2.2), "192.0.2.1:443", or "192.0.2.1,", with which a list of proxies begins; any other text as it is. */
slice address_bare(slice text);

/* Reads an address that has nothing around it: AF_INET, AF_INET6, or AF_UNSPEC when it is none. IPv4 written as IPv6 (RFC 4291, 2.5.5.2) is IPv4. */
#define ADDRESS_BYTES 16
int address_read(slice text, unsigned char ret[ADDRESS_BYTES]);

/* The bytes from '.' to '<' become half a byte each, '=' is the end. */
static inline uint64_t address_halves(uint64_t bytes)
{
	bytes = (bytes | bytes >> 4) & UINT64_C(0x00ff00ff00ff00ff);
	bytes = (bytes | bytes >> 8) & UINT64_C(0x0000ffff0000ffff);
	return (bytes | bytes >> 16) & UINT64_C(0xffffffff);
}

/* Packs an address of digits and dots, from 8 to 15 of them; false for any other. Inline, for it is run on every line. */
static inline bool address_pack(slice text, uint64_t *ret)
{
	const uint64_t two = UINT64_C(0x0202020202020202), high = UINT64_C(0xf0f0f0f0f0f0f0f0), three = UINT64_C(0x3030303030303030);
	uint64_t begin, end;

	if (text.len < 8 || text.len > ADDRESS_TEXT_BYTES || text.ptr[text.len - 1] == '=')
		return false;
	memcpy(&begin, text.ptr, 8);
	memcpy(&end, text.ptr + text.len - 8, 8);
	/* What follows the first eight, with '=' behind it. */
	end = text.len == 8 ? UINT64_C(0x3d3d3d3d3d3d3d3d) : end >> 8 * (16 - text.len) | UINT64_C(0x3d3d3d3d3d3d3d3d) << 8 * (text.len - 8);
	/* A carry only comes from a byte that is wrong anyway. */
	begin += two;
	end += two;
	if ((begin & high) != three || (end & high) != three)
		return false;
	*ret = address_halves(begin & ~high) | address_halves(end & ~high) << 32;
	return true;
}

int address_key_unpacked(slice text, struct buffer *scratch, slice *ret, courant_error **err);

/* The key of an address: its eight bytes in *packed, or its text, in the scratch when it must be told apart. */
static inline int address_key(slice text, uint64_t *packed, struct buffer *scratch, slice *ret, courant_error **err)
{
	if (!address_pack(text, packed))
		return address_key_unpacked(text, scratch, ret, err);
	*ret = slice_from((const char *)packed, sizeof *packed);
	return 0;
}

/* The text of a key; in `space` when it was packed. */
slice address_text(slice key, char space[ADDRESS_TEXT_BYTES]);
#endif
