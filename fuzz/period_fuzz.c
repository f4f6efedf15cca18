/* SPDX-License-Identifier: MIT */
/* period_fuzz.c - words for periods: whatever was understood has a window that does not end before it begins */
#include "fuzz.h"
#include "schedule/period.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	AUTO(zone) struct zone *zone = zone_new_fixed(5 * 3600 + 1800, NULL);
	enum compare_kind compare = COMPARE_PREVIOUS;
	struct window window, former;
	struct period period;

	(void)compare_parse(text, &compare, NULL);
	if (!zone || period_parse(text, &period, NULL) < 0)
		return 0;
	period_window(&period, zone, INT64_C(1794182400000), &window);
	MUST(window.from_ms <= window.to_ms);
	if (compare_window(compare, &window, zone, &former))
		MUST(former.from_ms < former.to_ms && former.from_ms < window.from_ms);
	return 0;
}
