/* SPDX-License-Identifier: MIT */
/* labels.h - what a period is called: in the subject, under the title, at a comparison */
#ifndef COURANT_REPORT_LABELS_H
#define COURANT_REPORT_LABELS_H
#include "report/say.h"
#include "schedule/period.h"

/* The period that is reported on, as far as names for it need to know. */
struct span {
	struct window window;        /* limited: for all that there is, where data begin and end */
	struct window former_window; /* with which it is compared */
	bool is_whole;               /* all that there is was asked for … */
	bool is_empty;               /* … and there is nothing */
	bool is_of_log;              /* what there is are the lines of a log */
	int64_t first_ms, last_ms;   /* the first and last data in it, where is_whole */
	int64_t now_ms;              /* when the report is made */
	bool slots_are_days;         /* instants are told by the day */
};

/* 11月9日 周一, 第12周, 11月2日–11月8日, 11月9日 05:00–17:00: short, for subjects. */
slice label_short(struct say *, const struct window *);

/* The same without the weekday, for keys and heads. */
slice label_key(struct say *, const struct window *);

/* The line under the title: 2026年11月9日 周一 00:00–24:00，北京时间（UTC+8）; 2026年第12周：3月16日 周一 至 3月22日 周日，…. */
slice label_long(struct say *, const struct span *);

/* All that there is, in one word: of a log, or of data. */
slice label_whole(struct say *, const struct span *);

/* What the window is called in sentences and subjects: as label_short; for all that there is its days. */
slice label_period(struct say *, const struct span *);

/* 上周一, 前一天: what the comparison is called. */
slice label_former(struct say *, const struct span *);

/* An instant of the window as short as can be: 10 时 within one day, 11月9日 10 时 in several; a whole day when slots are days. */
slice label_slot(struct say *, const struct span *, int64_t ms);
/* The same for the end of something: 24:00 for midnight. */
slice label_slot_end(struct say *, const struct span *, int64_t ms);
/* To the minute. */
slice label_minute(struct say *, const struct span *, int64_t ms);
slice label_minute_end(struct say *, const struct span *, int64_t ms);
#endif
