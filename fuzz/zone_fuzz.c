/* SPDX-License-Identifier: MIT */
/* zone_fuzz.c - TZif files: whatever was loaded, moments tile the time line, and clocks lead back to their instant */
#include "base/zone.h"
#include "fuzz.h"

static void check_instant(const struct zone *zone, int64_t instant_ms)
{
	struct zone_moment moment;
	struct civil civil;

	zone_at(zone, instant_ms, &moment);
	MUST(moment.from_ms <= instant_ms && (instant_ms < moment.to_ms || moment.to_ms == INT64_MAX));
	MUST(moment.offset_s > -200000 && moment.offset_s < 200000 && moment.abbreviation);
	zone_to_civil(zone, instant_ms, &civil);
	MUST(civil_is_valid(&civil));

	const int64_t back_ms = zone_from_civil(zone, &civil);
	const int64_t day_ms = zone_day_start(zone, instant_ms);

	/* The same instant, or the first of several with this clock. */
	MUST(back_ms <= instant_ms);
	MUST(back_ms == instant_ms || back_ms >= instant_ms - 4 * MS_PER_DAY);
	MUST(day_ms <= instant_ms);
	MUST(zone_hour_start(zone, instant_ms) <= instant_ms);
	MUST(zone_day_add(zone, instant_ms, 1) > instant_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(zone) struct zone *zone = zone_parse(slice_from((const char *)data, size), SLICE("fuzz"), NULL);

	if (!zone)
		return 0;
	for (int64_t year = -20; year < 160; year += 3)
		check_instant(zone, year * 365 * MS_PER_DAY + year * 12345678);
	return 0;
}
