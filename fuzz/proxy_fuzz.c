/* SPDX-License-Identifier: MIT */
/* proxy_fuzz.c - answers of a proxy: no more is read than belongs to it, and it comes to an end */
#include "base/fail.h"
#include "fuzz.h"
#include "net/proxy.h"

/* The first byte chooses the kind, and whether we have a login. */
static const char *const urls[] = {"socks5://p", "socks5://me:pw@p", "http://p", "http://me:pw@p"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(proxy) struct proxy proxy = {0};

	if (size == 0 || proxy_parse(slice_of(urls[data[0] % 4]), &proxy, NULL) < 0)
		return 0;

	AUTO(proxy_talk) struct proxy_talk *talk = proxy_talk_new(&proxy, "mail.example.com", 25, NULL);
	slice rest = slice_from((const char *)data + 1, size - 1);
	int status = 0;

	while (talk && rest.len > 0 && status == 0) {
		AUTO(error) courant_error *err = NULL;
		const slice piece = slice_part(rest, 0, proxy_talk_room(talk));

		MUST(piece.len > 0);
		proxy_talk_sent(talk, proxy_talk_output(talk).len);
		status = proxy_talk_receive(talk, piece, &err);
		MUST((status < 0) == (err != NULL));
		rest = slice_after(rest, piece.len);
	}
	return 0;
}
