/* SPDX-License-Identifier: MIT */
/* scanner.h - one who counts: reads blocks and has figures of its own
 *
 * Several may work at the same time (crew.h): then each owns a part of all addresses, and gives hits of others' addresses away. What they have counted is joined
 * when all files have been read. */
#ifndef COURANT_WEBLOG_SCANNER_H
#define COURANT_WEBLOG_SCANNER_H
#include "weblog/feed.h"
#include "weblog/filter.h"
#include "weblog/rejects.h"
#include "weblog/tally.h"
#include "weblog/weblog.h"

/* What all scanners share. Changed only while nobody scans. */
struct scan_settings {
	const struct zone *zone;
	struct weblog_window windows[WEBLOG_WINDOWS];
	size_t n_windows;
	const struct filter *filter;
	const char *suffixes; /* of static files (definitions.h), or NULL */
	const struct marks_way *way;
	uint64_t seed;
	struct agents *agents;
	size_t tally_bytes; /* the limit of each tally; 0: none */
	/* Who takes the hits instead of the windows' tallies; NULL: nobody. */
	int (*take)(void *taker, const struct hit *hits, size_t n, courant_error **err);
	void *taker;
};

/* Hits of a block whose addresses one scanner owns; they borrow from the block. */
struct share {
	struct hit *hits;
	size_t n, space;
};

struct scanner {
	const struct scan_settings *settings;
	struct agent_cache agents;
	struct tally tallies[WEBLOG_WINDOWS];
	bool has_tallies;
	struct rejects rejects;
	uint64_t lines, hits;
	int64_t first_s, last_s; /* of all hits */
	struct block block;      /* to be filled by the caller */
	struct lines *lines_of_block;
	struct line_reader reader;
	struct hit pending[HITS_AT_ONCE];
	size_t n_pending;
	struct share *shares; /* where the hits go, one for each scanner; NULL: all addresses are its own */
	size_t n_shares;
};

/* Settings are borrowed. */
int scanner_init(struct scanner *, const struct scan_settings *, courant_error **err);
void scanner_release(struct scanner *);

/* Reads a block, which comes from file number `file`, and counts its hits or puts them into the shares; says how many lines it has, empty ones too. */
int scanner_read(struct scanner *, const struct block *, uint32_t file, uint64_t *ret_lines, courant_error **err);

/* Counts hits of its own addresses that another has read. */
int scanner_count(struct scanner *, struct share *, courant_error **err);

/* Makes sure there are figures, even of nothing. The zone is known. */
void scanner_begin(struct scanner *);

/* No hits after this. */
int scanner_finish(struct scanner *, courant_error **err);

/* Adds what another has counted of its addresses; both are finished. Of the other only the addresses are of use afterwards. */
int scanner_join(struct scanner *, struct scanner *other, courant_error **err);
#endif
