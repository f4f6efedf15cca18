/* SPDX-License-Identifier: MIT */
/* layout.h - the RRD files that `courant collect` writes: which figures, how they are kept, what they are
 *
 * A figure's name is that of a table, "_", and that of a column: network_sent is `sent` in `network`. Counters are kept as DERIVE with a least rate of 0, so that
 * one that begins anew (a machine that has been started again) is unknown for a step, and never negative: COUNTER would take it for one that ran over. */
#ifndef COURANT_SAMPLES_LAYOUT_H
#define COURANT_SAMPLES_LAYOUT_H
#include "samples/rrd_pipe.h"

struct layout_figure {
	const char *name;
	enum rrd_type type;
	double greatest;     /* that makes sense; NaN: any */
	const char *measure; /* "bytes/s", "memory", "ratio" …: a word of source/measure.h; NULL: how often counters of its table have begun anew */
	const char *unit;    /* what a rate counts: "pages"; NULL: nothing in particular */
};

/* 1 - part / whole, as a column of their table. */
struct layout_ratio {
	const char *name, *part, *whole;
};

struct layout {
	const char *name; /* "system": the file is system.rrd */
	const struct layout_figure *figures;
	size_t n_figures;
	const struct layout_ratio *ratios;
	size_t n_ratios;
};

extern const struct layout layout_system, layout_mysql;

/* The place of each figure in a sample, in the order of the tables. */
enum system_figure {
	SYSTEM_CPU_USER,
	SYSTEM_CPU_SYSTEM,
	SYSTEM_CPU_IOWAIT,
	SYSTEM_CPU_STEAL,
	SYSTEM_CPU_IDLE,
	SYSTEM_LOAD_1MIN,
	SYSTEM_LOAD_5MIN,
	SYSTEM_LOAD_15MIN,
	SYSTEM_MEMORY_TOTAL,
	SYSTEM_MEMORY_USED,
	SYSTEM_MEMORY_ACTIVE,
	SYSTEM_MEMORY_CACHED,
	SYSTEM_MEMORY_SWAP_TOTAL,
	SYSTEM_MEMORY_SWAP_USED,
	SYSTEM_SWAP_IN,
	SYSTEM_SWAP_OUT,
	SYSTEM_DISK_READ,
	SYSTEM_DISK_WRITTEN,
	SYSTEM_NETWORK_RECEIVED,
	SYSTEM_NETWORK_SENT,
	SYSTEM_CPU_RESETS,
	SYSTEM_SWAP_RESETS,
	SYSTEM_DISK_RESETS,
	SYSTEM_NETWORK_RESETS,
	SYSTEM_FIGURES
};

enum mysql_figure {
	MYSQL_NETWORK_RECEIVED,
	MYSQL_NETWORK_SENT,
	MYSQL_KEY_READ_REQUESTS,
	MYSQL_KEY_READS,
	MYSQL_KEY_WRITE_REQUESTS,
	MYSQL_KEY_WRITES,
	MYSQL_INNODB_READ_REQUESTS,
	MYSQL_INNODB_READS,
	MYSQL_QUERIES_ALL,
	MYSQL_QUERIES_SLOW,
	MYSQL_CONNECTIONS_NEW,
	MYSQL_CONNECTIONS_OPEN,
	MYSQL_CONNECTIONS_RUNNING,
	MYSQL_NETWORK_RESETS,
	MYSQL_KEY_RESETS,
	MYSQL_INNODB_RESETS,
	MYSQL_QUERIES_RESETS,
	MYSQL_CONNECTIONS_RESETS,
	MYSQL_FIGURES
};

/* The layout of a file with these data sources; NULL: a file of somebody else. */
const struct layout *layout_find(const struct rrd_facts *);

/* What a new file holds: a step of a minute; 2 days of minutes, 2 weeks of 5 minutes, 13 months of hours, each as average, least and greatest. */
int layout_plan(const struct layout *, struct rrd_facts *ret, courant_error **err);

bool layout_is_counter(const struct layout_figure *);

/* The part of a figure's name that is its table's: "network" of "network_sent". */
slice layout_table_of(const char *figure);
#endif
