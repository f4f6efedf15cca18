/* SPDX-License-Identifier: MIT */
/* pace.c - turns, evenly spaced */
#include "client/pace.h"

#define MINUTE_US INT64_C(60000000)

/* The clock has no finer steps, so a delay of one of them is made up for. */
#define CLOCK_STEP_US 1000

bool pace_take(struct pace *pace, int64_t now_ms)
{
	const int64_t now_us = now_ms * 1000;

	if (pace->per_minute == 0)
		return true;
	if (pace->next_us > now_us)
		return false;
	if (pace->next_us < now_us - CLOCK_STEP_US)
		pace->next_us = now_us;
	pace->next_us += MINUTE_US / pace->per_minute;
	return true;
}

int64_t pace_next_ms(const struct pace *pace)
{
	return pace->per_minute == 0 ? 0 : (pace->next_us + 999) / 1000;
}
