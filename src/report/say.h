/* SPDX-License-Identifier: MIT */
/* say.h - figures, days and sentences of a report, in its language and zone
 *
 *     SAY(say, WORD_VIEWS_CHANGED, say_spoken(say, now), say_change(say, now, former), label)
 *
 * What is said is kept until say_release, so that it can be put into the next sentence. Without memory everything said is empty,
 * and say_check tells it. */
#ifndef COURANT_REPORT_SAY_H
#define COURANT_REPORT_SAY_H
#include "base/texts.h"
#include "base/zone.h"
#include "table/format.h"
#include "table/words.h"

struct say {
	enum language language;
	const struct zone *zone;
	enum figure_context context;
	struct texts said;
	bool has_failed;
};

void say_release(struct say *);
AUTO_DEFINE_VALUE(say, struct say, say_release)
int say_check(const struct say *, courant_error **err);

/* Sentences and words, with figures in their places. */
slice say_figures(struct say *, enum word, const slice *figures, size_t n);
#define SAY(say, id, ...)                                                                          \
	say_figures((say), (id), (const slice[]){__VA_ARGS__},                                     \
	            sizeof((const slice[]){__VA_ARGS__}) / sizeof(slice))
slice say_word(const struct say *, enum word);
slice say_text(struct say *, slice); /* a stranger's text, made harmless and short */
slice say_path(struct say *, slice);
slice say_sentence(struct say *, slice); /* an error's, which may be long */

slice say_count(struct say *, uint64_t);  /* 545,122 */
slice say_spoken(struct say *, uint64_t); /* 15.2 万 */
slice say_share(struct say *, double);
slice say_share_exact(struct say *, double); /* with three decimals: 0.002% of the lines */
slice say_bytes(struct say *, uint64_t);
slice say_target_share(struct say *, double); /* 99.9%, 99.95%, 99%: with the decimals it has */
slice say_times_of(struct say *, double);     /* 3.1 */
slice say_memory(struct say *, double);
slice say_share_fine(struct say *, double); /* with two decimals */
slice say_seconds(struct say *, double);
slice say_change(struct say *, uint64_t now, uint64_t former); /* +7.7%, x3.1; as in plain text */
slice say_arrow(struct say *, uint64_t now, uint64_t former);  /* ▲ 7.7% */
slice say_times(struct say *, uint64_t now, uint64_t former);  /* 3.1 */
slice say_percent(struct say *, uint64_t now,
                  uint64_t former); /* 38%: the size of the change, whole from 10 on */
slice say_duration(struct say *, int64_t ms);

slice say_clock(struct say *, int64_t ms);        /* 05:40 */
slice say_clock_end(struct say *, int64_t ms);    /* 24:00 for midnight */
slice say_clock_second(struct say *, int64_t ms); /* 05:40:07 */
slice say_hour(struct say *, int64_t ms);         /* 10 时, 10:00 */
slice say_weekday(struct say *, int64_t ms);      /* 周一, Monday */
slice say_day(struct say *, int64_t ms);          /* 11月9日, 9 Nov */
slice say_weekday_day(struct say *, int64_t ms);  /* 11月9日 周一, Mon 9 Nov */
slice say_date(struct say *, int64_t ms);         /* 2026年11月9日 周一 */
/* The same without the year, where it is that of an earlier day that stands before it. */
slice say_later_date(struct say *, int64_t earlier_ms, int64_t ms);
slice say_step(struct say *, int64_t ms); /* 10 分钟: of whole minutes, hours or days */
slice say_iso_time(struct say *, int64_t ms);
slice say_zone(struct say *, int64_t ms);       /* 北京时间（UTC+8）, Asia/Shanghai (UTC+8) */
slice say_zone_short(struct say *, int64_t ms); /* 北京时间, UTC+8 */
#endif
