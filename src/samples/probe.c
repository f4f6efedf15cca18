/* SPDX-License-Identifier: MIT */
/* probe.c - the names of what came of a request (probe.h) */
#include "samples/probe.h"

static const char *const names[PROBE_KINDS] = {
	[PROBE_OK] = "ok",         [PROBE_TIMEOUT] = "timeout", [PROBE_REFUSED] = "refused", [PROBE_NAME] = "name",     [PROBE_TLS] = "tls",
	[PROBE_STATUS] = "status", [PROBE_BODY] = "body",       [PROBE_LOST] = "lost",       [PROBE_BROKEN] = "broken", [PROBE_NONE] = "none",
};

const char *probe_kind_name(enum probe_kind kind)
{
	return names[kind];
}

bool probe_kind_parse(slice name, enum probe_kind *ret)
{
	for (unsigned i = 0; i < PROBE_KINDS; i++) {
		if (slice_equal(name, slice_of(names[i]))) {
			*ret = (enum probe_kind)i;
			return true;
		}
	}
	return false;
}
