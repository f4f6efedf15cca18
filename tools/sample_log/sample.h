/* SPDX-License-Identifier: MIT */
/* sample.h - access logs out of a seed: the same bytes every time, nobody's data
 *
 * Addresses are of the ranges kept for benchmarks and documentation (RFC 2544, RFC 3849), names under example (RFC 2606). */
#ifndef COURANT_TOOLS_SAMPLE_H
#define COURANT_TOOLS_SAMPLE_H
#include <stdint.h>

#include "base/buffer.h"
#include "base/random.h"

#define SAMPLE_OFFSET_S (8 * 3600) /* the local time of the log, east of UTC */
#define SAMPLE_ZONE     "+0800"

/* One line, before it is text. */
struct sample_hit {
	int64_t second; /* since 1970, UTC */
	uint32_t order; /* among those of the same second */
	uint32_t bytes;
	uint32_t visitor; /* decides the address */
	uint16_t status;
	const char *method;
	slice path;
	slice referrer; /* empty: "-" */
	slice agent;    /* empty: "-" */
};

/* The line in combined format. Keeps the text of the last second in the clock, since lines mostly share it. */
struct sample_clock {
	int64_t second;
	char text[27]; /* 09/Nov/2026:10:11:12 +0800, not terminated */
	bool is_set;
};
void sample_write_hit(struct buffer *, struct sample_clock *, const struct sample_hit *);

/* Texts made once, each by its number. */
struct sample_names {
	slice *all;
	uint32_t n;
};
int sample_names_init(struct sample_names *, uint32_t n, void (*write)(struct buffer *, uint32_t), courant_error **err);
void sample_names_release(struct sample_names *);
AUTO_DEFINE_VALUE(names, struct sample_names, sample_names_release)

/* A number for an index, the small ones more often: Zipf's law over n names, by a table. */
struct sample_zipf {
	uint32_t *ids;
	size_t n;
};
int sample_zipf_init(struct sample_zipf *, uint32_t n_names, double exponent, courant_error **err);
uint32_t sample_zipf_next(const struct sample_zipf *, struct random_stream *);
void sample_zipf_release(struct sample_zipf *);
AUTO_DEFINE_VALUE(zipf, struct sample_zipf, sample_zipf_release)

/* Hands over what is in the buffer and empties it when it holds more than a block (or always, when `is_last`). */
int sample_flush(struct buffer *, bool is_last, courant_error **err);

/* The eight days that end with the one `last_day` days after 1970-01-01: a small company's site, with a bad hour in the last of them. */
int sample_write_week(int64_t last_day, courant_error **err);

/* The two weeks that end with that day, a Sunday: pages with the time that each request took. */
int sample_write_timed(int64_t last_day, courant_error **err);

/* At least so many bytes of a large site's log: pages by Zipf's law, 50,000 visitors a million lines, thousands of agents, a million lines a day. */
int sample_write_bench(uint64_t size_bytes, int64_t first_day, courant_error **err);
#endif
