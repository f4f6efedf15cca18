/* SPDX-License-Identifier: MIT */
/* tables.h - what fills each table; tables.c has the list of them, times_tables.c and ranked_tables.c the rows */
#ifndef COURANT_WEBLOG_TABLES_H
#define COURANT_WEBLOG_TABLES_H
#include "weblog/state.h"

struct table_fill {
	const struct weblog *weblog;
	const struct tally *tally;
	size_t window;
	struct table *table;
	size_t top; /* 0: all */
};

typedef int fill_table(const struct table_fill *, courant_error **err);

fill_table fill_totals, fill_hours, fill_days, fill_hours_of_day, fill_latency, fill_latency_days, fill_latency_total, fill_slow_pages, fill_rejected;
fill_table fill_status, fill_status_classes, fill_methods, fill_paths, fill_pages, fill_files, fill_not_found, fill_failing, fill_referrers;
fill_table fill_browsers, fill_systems, fill_devices, fill_robots, fill_hosts, fill_addresses, fill_countries;
#endif
