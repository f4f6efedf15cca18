/* SPDX-License-Identifier: MIT */
/* url.c - looking at URLs (url.h) */
#include "http/url.h"

#include "base/ascii.h"

/* What stands between "//" and the next "/", "?" or "#". */
static slice authority_of(slice url)
{
	const size_t at = slice_find_slice(url, SLICE("://"));
	slice rest = at == SLICE_NONE ? SLICE("") : slice_after(url, at + 3);
	size_t n = 0;

	while (n < rest.len && !ascii_is_one_of(rest.ptr[n], "/?#"))
		n++;
	return slice_part(rest, 0, n);
}

bool http_is_url(slice url)
{
	const slice authority = authority_of(url);

	for (size_t i = 0; i < url.len; i++)
		if (ascii_is_control(url.ptr[i]) || url.ptr[i] == ' ')
			return false;
	return (slice_starts_nocase(url, SLICE("http://")) || slice_starts_nocase(url, SLICE("https://"))) && authority.len && authority.ptr[0] != ':' &&
	       slice_find(authority, '@') == SLICE_NONE;
}

bool http_is_safe(slice url)
{
	static const char *const here[] = {"localhost", "127.0.0.1", "[::1]"};
	const slice authority = authority_of(url);

	if (slice_starts_nocase(url, SLICE("https://")))
		return true;
	for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
		const slice host = slice_of(here[i]);

		if (slice_starts_nocase(authority, host) && (authority.len == host.len || authority.ptr[host.len] == ':'))
			return true;
	}
	return false;
}

void http_write_escaped(struct buffer *out, slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (ascii_is_alnum(text.ptr[i]) || ascii_is_one_of(text.ptr[i], "-._~"))
			buffer_append_byte(out, text.ptr[i]);
		else
			buffer_printf(out, "%%%02X", (unsigned)(unsigned char)text.ptr[i]);
	}
}
