/* SPDX-License-Identifier: MIT */
/* state.h - what a weblog holds; shared by weblog.c, which fills it, and the tables, which read it */
#ifndef COURANT_WEBLOG_STATE_H
#define COURANT_WEBLOG_STATE_H
#include "weblog/countries.h"
#include "weblog/scanner.h"

struct weblog {
	struct scan_settings settings;
	struct zone *own_zone;
	int (*choose)(void *chooser, const struct zone *, struct weblog_window *ret, courant_error **err); /* or NULL (weblog.h) */
	void *chooser;
	struct filter filter;
	char *suffixes; /* or NULL */
	struct formats *formats;
	const struct input_teller *teller; /* or NULL */
	bool is_anonymous;
	struct countries *countries; /* or NULL */
	struct agents *agents;
	struct scanner *scanners; /* when finished, the first one has it all, but for addresses, which each has its own of */
	size_t n_scanners;
	bool is_finished, has_agents;
	char **file_names;
	size_t n_files;
	struct ledger *ledger; /* or NULL: then it has all figures until the end */
	const struct log_format *format; /* of the first file that has lines … */
	struct format_sample sample;     /* … and how well it fits */
	bool has_other_formats;          /* of files that follow */
};
#endif
