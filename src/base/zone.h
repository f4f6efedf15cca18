/* SPDX-License-Identifier: MIT */
/* zone.h - time zones out of the system's database (TZif files, RFC 9636, which obsoletes RFC 8536), with the footer's rule for later years
 *
 * A zone is immutable once loaded and may be used by several threads. */
#ifndef COURANT_BASE_ZONE_H
#define COURANT_BASE_ZONE_H
#include "base/clock.h"

struct zone;

/* "Asia/Shanghai", "UTC", or a fixed offset "+08:00", "-0530". Names with "..", a leading "/" or bytes outside A-Za-z0-9+-_/ are refused.
 * COURANT_CONFIG for an unknown name: the sentence names the nearest one that exists. */
struct zone *zone_load(slice name, courant_error **err);

/* From a folder other than /usr/share/zoneinfo. */
struct zone *zone_load_from(const char *folder, slice name, courant_error **err);

/* From the bytes of a TZif file. */
struct zone *zone_parse(slice bytes, slice name, courant_error **err);

struct zone *zone_new_fixed(int offset_s, courant_error **err); /* named "+08:00"; "UTC" for 0 */

/* The machine's zone: /etc/localtime's name if the link tells it, else its rules under the name "local"; UTC without such a file. */
struct zone *zone_load_system(courant_error **err);

void zone_free(struct zone *);
AUTO_DEFINE(zone, struct zone, zone_free)

const char *zone_name(const struct zone *);

struct zone_moment {
	int offset_s;             /* east of UTC */
	bool is_dst;
	const char *abbreviation; /* borrowed from the zone */
	int64_t from_ms, to_ms;   /* this holds from (incl.) to (excl.); INT64_MIN and INT64_MAX at the ends */
};

void zone_at(const struct zone *, int64_t instant_ms, struct zone_moment *ret);
int zone_offset_at(const struct zone *, int64_t instant_ms); /* seconds east of UTC */

void zone_to_civil(const struct zone *, int64_t instant_ms, struct civil *ret);

/* The instant of a civil time. In a gap (clocks go forward): the instant the gap ends, for a period that begins inside it begins there.
 * When it occurs twice: the first. Fields out of range are carried (day 32, month 13, hour 24). */
int64_t zone_from_civil(const struct zone *, const struct civil *);

/* The start of the local day, hour (of the local clock, :30 and :45 zones too) that holds the instant. */
int64_t zone_day_start(const struct zone *, int64_t instant_ms);
int64_t zone_hour_start(const struct zone *, int64_t instant_ms);

/* The start of the local day n days after (or before) the one that holds the instant. */
int64_t zone_day_add(const struct zone *, int64_t instant_ms, int days);
#endif
