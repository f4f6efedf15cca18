/* SPDX-License-Identifier: MIT */
/* anonymize.c - addresses cut so that they name no person (anonymize.h) */
#include "weblog/anonymize.h"

#include <arpa/inet.h>

#include "base/ascii.h"
#include "base/num.h"
#include "weblog/address.h"

/* Host names are of letters, figures and the like, and the last label begins with a letter (RFC 3696, 2). */
static bool is_name(slice text)
{
	const slice last = slice_after(text, slice_find_last(text, '.') + 1);

	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.ptr[i]) && !ascii_is_eight_bit(text.ptr[i]) && !ascii_is_one_of(text.ptr[i], "-_."))
			return false;
	return last.len && !ascii_is_digit(last.ptr[0]);
}

static bool begins_with_number(slice name)
{
	uint64_t number;

	return num_parse_u64(slice_part(name, 0, slice_find(name, '.')), &number);
}

static slice without_label(slice name)
{
	const size_t dot = slice_find(name, '.');

	return dot == SLICE_NONE ? (slice){NULL, 0} : slice_after(name, dot + 1);
}

/* Providers name their lines 77.2.0.192.dsl.example.net: the whole address is the first label. */
static void write_domain(struct buffer *out, slice name)
{
	const bool is_address = begins_with_number(name);

	name = without_label(name);
	while (is_address && begins_with_number(name))
		name = without_label(name);
	if (name.len) {
		buffer_append_byte(out, '.');
		buffer_append(out, name);
	}
}

void anonymize_address(struct buffer *out, slice written)
{
	const slice address = address_bare(written);
	unsigned char bytes[ADDRESS_BYTES] = {0};
	char text[INET6_ADDRSTRLEN] = {0};
	const int family = address_read(address, bytes);
	const size_t kept_bytes = family == AF_INET ? 3 : 6;

	if (!written.len)
		return;
	if (family == AF_UNSPEC) {
		buffer_append_byte(out, '*');
		if (is_name(address))
			write_domain(out, address);
		return;
	}
	memset(bytes + kept_bytes, 0, sizeof bytes - kept_bytes);
	(void)inet_ntop(family, bytes, text, sizeof text); /* cannot fail: there is room for any */
	buffer_printf(out, "%s/%zu", text, 8 * kept_bytes);
}

slice anonymize_url(slice url)
{
	size_t n = 0;

	while (n < url.len && url.ptr[n] != '?' && url.ptr[n] != '#')
		n++;
	return slice_part(url, 0, n);
}
