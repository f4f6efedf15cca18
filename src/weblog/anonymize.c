/* SPDX-License-Identifier: MIT */
/* anonymize.c - addresses cut so that they name no person (anonymize.h) */
#include "weblog/anonymize.h"

#include <arpa/inet.h>

#define ADDRESS_MAX 64 /* longer ones are names */

static bool write_number(struct buffer *out, int family, slice address, size_t kept_bytes, const char *tail)
{
	unsigned char bytes[16] = {0};
	char text[ADDRESS_MAX] = {0};

	if (address.len >= sizeof text)
		return false;
	memcpy(text, address.ptr, address.len);
	if (inet_pton(family, text, bytes) != 1)
		return false;
	memset(bytes + kept_bytes, 0, sizeof bytes - kept_bytes);
	if (!inet_ntop(family, bytes, text, sizeof text))
		return false;
	buffer_append(out, slice_of(text));
	buffer_append(out, slice_of(tail));
	return true;
}

void anonymize_address(struct buffer *out, slice address)
{
	if (!address.len || write_number(out, AF_INET, address, 3, "/24") || write_number(out, AF_INET6, address, 6, "/48"))
		return;

	const size_t dot = slice_find(address, '.');

	buffer_append_byte(out, '*');
	if (dot != SLICE_NONE)
		buffer_append(out, slice_after(address, dot));
}

slice anonymize_url(slice url)
{
	size_t n = 0;

	while (n < url.len && url.ptr[n] != '?' && url.ptr[n] != '#')
		n++;
	return slice_part(url, 0, n);
}
