/* SPDX-License-Identifier: MIT */
/* zone_rule.h - the rule in a TZif file's footer (RFC 9636, 3.3.1; POSIX's TZ): "EST5EDT,M3.2.0,M11.1.0" */
#ifndef COURANT_BASE_ZONE_RULE_H
#define COURANT_BASE_ZONE_RULE_H
#include "base/zone.h"

/* Real ones have at most six letters. */
#define ZONE_ABBREVIATION_SPACE 16

enum zone_day_kind {
	ZONE_DAY_JULIAN,     /* Jn: 1 to 365, 29 February is never counted */
	ZONE_DAY_FROM_ZERO,  /* n: 0 to 365, it is */
	ZONE_DAY_OF_MONTH    /* Mm.w.d: weekday d of week w (5: the last) of month m */
};

/* When the clocks change in each year, on the clock that runs until then. */
struct zone_change {
	enum zone_day_kind kind;
	int day; /* of the year, or the weekday (0 = Sunday) */
	int week, month;
	int time_s; /* -167 to 167 hours */
};

struct zone_time {
	char abbreviation[ZONE_ABBREVIATION_SPACE];
	int offset_s; /* east of UTC */
};

struct zone_rule {
	struct zone_time standard, daylight;
	bool has_daylight;
	struct zone_change to_daylight, to_standard; /* when has_daylight */
};

bool zone_rule_parse(slice, struct zone_rule *ret);

/* What the rule says for an instant. ret's abbreviation is borrowed from the rule. */
void zone_rule_at(const struct zone_rule *, int64_t instant_ms, struct zone_moment *ret);
#endif
