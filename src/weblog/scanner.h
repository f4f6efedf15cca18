/* SPDX-License-Identifier: MIT */
/* scanner.h - one who counts: takes blocks from a feed and has figures of its own
 *
 * Several may work at the same time; what they have counted is joined when all files have been read. */
#ifndef COURANT_WEBLOG_SCANNER_H
#define COURANT_WEBLOG_SCANNER_H
#include "weblog/feed.h"
#include "weblog/filter.h"
#include "weblog/rejects.h"
#include "weblog/tally.h"
#include "weblog/weblog.h"

/* What all scanners share. Changed only while nobody scans, or by who holds the feed's lock before the first block is out. */
struct scan_settings {
	const struct zone *zone;
	struct weblog_window windows[WEBLOG_WINDOWS];
	size_t n_windows;
	const struct filter *filter;
	const char *suffixes; /* of static files (definitions.h), or NULL */
	const struct marks_way *way;
	uint64_t seed;
	/* Who takes the hits instead of the windows' tallies; NULL: nobody. */
	int (*take)(void *taker, const struct hit *hits, size_t n, courant_error **err);
	void *taker;
};

struct scanner {
	const struct scan_settings *settings;
	struct agents *agents;
	struct tally tallies[WEBLOG_WINDOWS];
	bool has_tallies;
	struct rejects rejects;
	uint64_t lines, hits;
	int64_t first_s, last_s; /* of all hits */
	struct block block;
	struct lines *lines_of_block;
	struct line_reader reader;
	struct hit pending[HITS_AT_ONCE];
	size_t n_pending;
};

/* Settings are borrowed. */
int scanner_init(struct scanner *, const struct scan_settings *, courant_error **err);
void scanner_release(struct scanner *);

/* Counts its block, which comes from file number `file`; says how many lines it has, empty ones too. */
int scanner_count(struct scanner *, uint32_t file, uint64_t *ret_lines, courant_error **err);

/* Makes sure there are figures, even of nothing. The zone is known. */
void scanner_begin(struct scanner *);

/* Adds what another has counted, and empties it. Its agents stay, for names borrow from them. */
int scanner_join(struct scanner *, struct scanner *other, courant_error **err);
#endif
