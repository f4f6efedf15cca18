/* SPDX-License-Identifier: MIT */
/* provider.h - mail providers by name: where their server is, and what they want as password */
#ifndef COURANT_CLIENT_PROVIDER_H
#define COURANT_CLIENT_PROVIDER_H
#include <stdint.h>

#include "base/slice.h"

struct provider {
	const char *name;
	const char *host;
	uint16_t port;
	bool is_tls_first; /* else STARTTLS */
	const char *hint;  /* what a refused login usually means there; no full stop */
};

/* NULL when it is none. */
const struct provider *provider_find(slice name);
const struct provider *provider_find_host(slice host);

/* The one whose mailboxes have this domain: the free ones' own; companies' domains tell nothing. */
const struct provider *provider_find_domain(slice domain);

/* Their names, NULL at the end. */
const char *const *provider_names(void);
#endif
