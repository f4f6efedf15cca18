/* SPDX-License-Identifier: MIT */
/* measure.h - what a column's numbers are, in a word that a report file can say: {types: {rx: bytes/s, share: percent}} */
#ifndef COURANT_SOURCE_MEASURE_H
#define COURANT_SOURCE_MEASURE_H
#include "source/own.h"

struct measure {
	const char *word; /* "percent" */
	enum table_type type;
	double scale;     /* a value times this is what the type wants */
	const char *help;
};

/* Sorted by word. */
extern const struct measure measures[];
extern const size_t measures_n;

/* NULL: unknown. */
const struct measure *measure_find(slice word);

/* What the options `types`, `units` and `counters` say of columns, kept until the columns are known. */
struct override {
	char *column;
	const struct measure *measure; /* NULL: nothing is said */
	char *unit;                    /* "°C"; NULL: none */
	bool is_counter;
};

struct overrides {
	struct override *items;
	size_t n;
};

/* Text and time are types only if `any`. */
int overrides_read(const struct settings *, bool any, struct overrides *ret, courant_error **err);
void overrides_release(struct overrides *);
AUTO_DEFINE_VALUE(overrides, struct overrides, overrides_release)

const struct override *overrides_find(const struct overrides *, slice column); /* never NULL */

/* COURANT_CONFIG when one is of a column that there is not (NULL at the end of the names); `what` is a column's name: "query". */
int overrides_check(const struct overrides *, const char *const *columns, const char *what, courant_error **err);

#define TYPES_OPTION(of)  {.name = "types", .value = of ": TYPE", .shape = SOURCE_MAP, .help = "what the numbers are, instead of what is taken for granted"}
#define UNITS_OPTION(of)  {.name = "units", .value = of ": UNIT", .shape = SOURCE_MAP, .help = "what numbers measure and rates count: \u00b0C, pages"}
#endif
