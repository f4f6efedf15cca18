/* SPDX-License-Identifier: MIT */
/* schedule_fuzz.c - words for schedules: slots come in order, and are found from both sides */
#include "fuzz.h"
#include "schedule/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	static const struct period period = {.kind = PERIOD_YESTERDAY};
	AUTO(zone) struct zone *zone = zone_load(SLICE("Australia/Lord_Howe"), NULL);
	struct schedule schedule;
	struct schedule_slot first, second, back;

	/* A month before clocks change. */
	if (!zone || schedule_parse(text, &schedule, NULL) < 0 || !schedule_next(&schedule, &period, zone, INT64_C(1772841600000), &first))
		return 0;
	MUST(first.at_ms > INT64_C(1772841600000));
	MUST(schedule_next(&schedule, &period, zone, first.at_ms, &second) && second.at_ms > first.at_ms);
	MUST(schedule_previous(&schedule, &period, zone, second.at_ms, &back) && back.at_ms == first.at_ms);
	MUST(first.window.from_ms < first.window.to_ms && first.window.to_ms <= first.at_ms);
	return 0;
}
