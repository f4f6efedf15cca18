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
	FIXTURES
};
extern const char *const fixture_names[FIXTURES];

/* NULL without memory. */
struct document *fixture_new(enum fixture, enum language);
#endif
