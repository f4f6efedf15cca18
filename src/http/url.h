/* SPDX-License-Identifier: MIT */
/* url.h - what can be known of an address in the web without asking for it */
#ifndef COURANT_HTTP_URL_H
#define COURANT_HTTP_URL_H
#include "base/buffer.h"

/* "http" or "https", "//", a host, no user or password, no blanks and controls. */
bool http_is_url(slice);

/* Whether what is sent there stays on this machine, or is encrypted: passwords may travel. */
bool http_is_safe(slice url);

/* Percent-encodes all but letters, digits and -._~ (RFC 3986, 2.3). */
void http_write_escaped(struct buffer *, slice text);
#endif
