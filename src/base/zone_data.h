/* SPDX-License-Identifier: MIT */
/* zone_data.h - what a loaded zone is made of; for zone*.c alone */
#ifndef COURANT_BASE_ZONE_DATA_H
#define COURANT_BASE_ZONE_DATA_H
#include "base/zone_rule.h"

struct zone {
	char *name;
	struct zone_listed *listed; /* ascending; the first begins at INT64_MIN */
	size_t n_listed;
	char *abbreviations;   /* of the listed ones, each terminated */
	bool has_rule;         /* holds from the last listed instant on */
	struct zone_rule rule;
};

/* What holds from an instant on. */
struct zone_listed {
	int64_t from_ms;
	int offset_s;
	bool is_dst;
	const char *abbreviation;
};
#endif
