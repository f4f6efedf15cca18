/* SPDX-License-Identifier: MIT */
/* zone.c - from instants to clocks and back (zone.h) */
#include "base/zone.h"

#include "base/alloc.h"
#include "base/zone_data.h"

void zone_free(struct zone *zone)
{
	if (!zone)
		return;
	free(zone->name);
	free(zone->listed);
	free(zone->abbreviations);
	free(zone);
}

const char *zone_name(const struct zone *zone)
{
	return zone->name;
}

/* The last listed entry that begins at or before the instant. */
static size_t find_listed(const struct zone *zone, int64_t instant_ms)
{
	size_t low = 0, high = zone->n_listed;

	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (zone->listed[middle].from_ms <= instant_ms)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void zone_at(const struct zone *zone, int64_t instant_ms, struct zone_moment *ret)
{
	const size_t at = find_listed(zone, instant_ms);
	const struct zone_listed *listed = zone->listed + at;
	const bool is_last = at + 1 == zone->n_listed;

	/* RFC 9636, 3.3: the footer holds after the last change, and always where none is listed. */
	if (is_last && zone->has_rule) {
		zone_rule_at(&zone->rule, instant_ms, ret);
		if (ret->from_ms < listed->from_ms)
			ret->from_ms = listed->from_ms;
		return;
	}
	*ret = (struct zone_moment){
		.offset_s = listed->offset_s,
		.is_dst = listed->is_dst,
		.abbreviation = listed->abbreviation,
		.from_ms = listed->from_ms,
		.to_ms = is_last ? INT64_MAX : listed[1].from_ms,
	};
}

int zone_offset_at(const struct zone *zone, int64_t instant_ms)
{
	struct zone_moment moment;

	zone_at(zone, instant_ms, &moment);
	return moment.offset_s;
}

void zone_to_civil(const struct zone *zone, int64_t instant_ms, struct civil *ret)
{
	civil_from_ms(instant_ms, zone_offset_at(zone, instant_ms), ret);
}

int64_t zone_from_civil(const struct zone *zone, const struct civil *civil)
{
	const int64_t as_utc_ms = civil_to_ms(civil, 0);
	struct zone_moment moment;

	/* No clock is more than 26 hours from UTC (RFC 9636, 3.2), so the first candidate is never before its moment. */
	zone_at(zone, as_utc_ms - 27 * MS_PER_HOUR, &moment);
	for (;;) {
		const int64_t instant_ms = as_utc_ms - moment.offset_s * MS_PER_SECOND;

		if (instant_ms < moment.from_ms)
			return moment.from_ms;
		if (instant_ms < moment.to_ms || moment.to_ms == INT64_MAX)
			return instant_ms;
		zone_at(zone, moment.to_ms, &moment);
	}
}

static int64_t start_of_day(const struct zone *zone, int64_t day)
{
	struct civil civil;

	civil_from_days(day, &civil);
	return zone_from_civil(zone, &civil);
}

/* The day, counted from 1970-01-01, in whose span the instant lies. */
static int64_t day_of(const struct zone *zone, int64_t instant_ms)
{
	struct civil civil;

	zone_to_civil(zone, instant_ms, &civil);

	const int64_t day = civil_to_days(civil.year, civil.month, civil.day);

	/* Clocks that were put back over midnight showed the day before once more; the next day had begun, and goes on. */
	return day + (start_of_day(zone, day + 1) <= instant_ms);
}

int64_t zone_day_start(const struct zone *zone, int64_t instant_ms)
{
	return start_of_day(zone, day_of(zone, instant_ms));
}

int64_t zone_day_add(const struct zone *zone, int64_t instant_ms, int days)
{
	return start_of_day(zone, day_of(zone, instant_ms) + days);
}

int64_t zone_hour_start(const struct zone *zone, int64_t instant_ms)
{
	struct zone_moment moment;
	struct civil civil;

	zone_at(zone, instant_ms, &moment);
	civil_from_ms(instant_ms, moment.offset_s, &civil);

	const int64_t start_ms = instant_ms - civil.minute * MS_PER_MINUTE - civil.second * MS_PER_SECOND - civil.millisecond;

	/* An hour in which the clocks change begins (again) with the change. */
	if (start_ms < moment.from_ms && zone_offset_at(zone, moment.from_ms - 1) != moment.offset_s)
		return moment.from_ms;
	return start_ms;
}
