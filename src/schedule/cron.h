/* SPDX-License-Identifier: MIT */
/* cron.h - the fields of a cron line: what crontab(5) allows, as sets of bits */
#ifndef COURANT_SCHEDULE_CRON_H
#define COURANT_SCHEDULE_CRON_H
#include <stdint.h>

#include "base/fail.h"
#include "base/slice.h"

struct cron_field {
	const char *name;         /* "minute", for sentences */
	unsigned min, max;
	const char *const *words; /* names of the values from `first_word` on; NULL: none */
	unsigned first_word;
};
extern const struct cron_field cron_minute, cron_hour, cron_day, cron_month, cron_weekday;

/* "*", "5", "1-5", "mon-fri", "8-18/2", a star with a step, and lists of these. COURANT_CONFIG names the field and what is wrong with it. Sunday is 0 and 7. */
int cron_field_parse(slice text, const struct cron_field *, uint64_t *ret, courant_error **err);

/* Whether the field begins with '*', so that it does not limit (crontab(5), the note on days). */
bool cron_field_is_open(slice text);
#endif
