/* SPDX-License-Identifier: MIT */
/* probe.h - what came of one timed request */
#ifndef COURANT_SAMPLES_PROBE_H
#define COURANT_SAMPLES_PROBE_H
#include <stdint.h>

#include "base/buffer.h"

enum probe_kind {
	PROBE_OK,
	PROBE_TIMEOUT,
	PROBE_REFUSED, /* nobody listens, or no way leads there */
	PROBE_NAME,    /* the host has no address */
	PROBE_TLS,     /* no trusted connection */
	PROBE_STATUS,  /* another status than is expected */
	PROBE_BODY,    /* the text that is expected is not in the body */
	PROBE_LOST,    /* the connection ended before the answer did */
	PROBE_BROKEN,  /* the answer is no HTTP, or leads in circles */
	PROBE_NONE,    /* of events only: nobody probed */
};
#define PROBE_KINDS 10

/* "ok", "timeout" …: in tables, JSON and the store. */
const char *probe_kind_name(enum probe_kind);
bool probe_kind_parse(slice, enum probe_kind *ret);

#define PROBE_UNKNOWN INT64_C(-1)

struct probe_result {
	int64_t at_ms;    /* when it was begun */
	enum probe_kind kind;
	unsigned status;  /* of HTTP; 0: there was no answer */
	int64_t name_us, connect_us, tls_us, first_us, total_us; /* from the beginning until the name had an address, the connection stood, TLS stood, the first byte came,
	                                                            all was there; PROBE_UNKNOWN: it did not come to that */
	uint64_t size_bytes; /* of the body, as far as it was fetched */
	int64_t certificate_ms; /* when the certificate expires; 0: there is none */
};
#endif
