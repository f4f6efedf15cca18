/* SPDX-License-Identifier: MIT */
/* pace.h - so many mails a minute, evenly spaced */
#ifndef COURANT_CLIENT_PACE_H
#define COURANT_CLIENT_PACE_H
#include <stdbool.h>
#include <stdint.h>

struct pace {
	unsigned per_minute; /* 0: as fast as it goes */
	int64_t next_us;     /* no mail begins before this instant; microseconds, so that 60,000 a minute are not 0 ms apart */
};

/* Whether a mail may begin now (monotonic); if so, the one after it has its turn later. */
bool pace_take(struct pace *, int64_t now_ms);

/* When the next one may begin: long past when that is now. */
int64_t pace_next_ms(const struct pace *);
#endif
