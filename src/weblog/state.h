/* SPDX-License-Identifier: MIT */
/* state.h - what a weblog holds; shared by weblog.c, which fills it, and tables.c, which reads it */
#ifndef COURANT_WEBLOG_STATE_H
#define COURANT_WEBLOG_STATE_H
#include "weblog/format.h"
#include "weblog/lines.h"
#include "weblog/rejects.h"
#include "weblog/tally.h"
#include "weblog/weblog.h"

struct weblog {
	const struct zone *zone; /* NULL until the first hit, when none was given */
	struct zone *own_zone;
	struct weblog_window windows[WEBLOG_WINDOWS];
	size_t n_windows;
	uint64_t seed;
	struct agents *agents;
	struct tally tallies[WEBLOG_WINDOWS];
	bool has_tallies, is_finished, has_agents;
	struct rejects rejects;
	char **file_names;
	size_t n_files;
	uint64_t lines, hits;
	int64_t first_s, last_s;         /* of all hits */
	const struct log_format *format; /* of the first file that has lines */
	char *block;
	const struct marks_way *way;
	struct lines *lines_of_block;
	struct hit pending[HITS_AT_ONCE]; /* of the block that is read */
	size_t n_pending;
};
#endif
