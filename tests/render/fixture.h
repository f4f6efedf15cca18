/* SPDX-License-Identifier: MIT */
/* fixture.h - a traffic report with the figures of the design's example */
#ifndef COURANT_TESTS_RENDER_FIXTURE_H
#define COURANT_TESTS_RENDER_FIXTURE_H
#include "render/document.h"

enum fixture {
	FIXTURE_TRAFFIC,       /* a day, compared with the week before */
	FIXTURE_NO_COMPARISON, /* the same without the week before */
	FIXTURE_EMPTY,         /* no line at all */
	FIXTURE_WEEK,          /* seven days: a column a day */
	FIXTURE_STRANGE,       /* an autumn day of 25 hours; very large, very small and unknown figures; very long and hostile names */
	FIXTURE_PERFORMANCE,   /* pictures two a row, a table of their figures */
	FIXTURE_QUALITY,       /* a week: a wide picture, days, the availability strip, free text, what is attached, a brand */
	FIXTURES
};
extern const char *const fixture_names[FIXTURES];

struct document *fixture_performance(enum language, struct zone *);
struct document *fixture_quality(enum language, struct zone *);

/* NULL without memory. */
struct document *fixture_new(enum fixture, enum language);
#endif
