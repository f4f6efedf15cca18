/* SPDX-License-Identifier: MIT */
/* known.c - the table of known series */
#include "report/known.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

/* Sorted by nothing: a report names few of them. */
static const struct known_series known[] = {
	{.table = "network",
	 .title = WORD_SERIES_NETWORK,
	 .prefix = WORD_PREFIX_NETWORK,
	 .kind = PICTURE_LINES,
	 .columns = {{"sent", WORD_SENT, WORD_SENT}, {"received", WORD_RECEIVED, WORD_RECEIVED}}},
	{.table = "key",
	 .title = WORD_SERIES_KEY,
	 .prefix = WORD_PREFIX_KEY,
	 .kind = PICTURE_LINES,
	 .columns = {{"read_requests", WORD_READS, WORD_READ_REQUESTS},
		     {"write_requests", WORD_WRITES, WORD_WRITE_REQUESTS},
		     {"reads", WORD_DISK_READS, WORD_DISK_READS},
		     {"writes", WORD_DISK_WRITES, WORD_DISK_WRITES}},
	 .ratio = "hit_ratio",
	 .ratio_part = "reads",
	 .ratio_whole = "read_requests",
	 .ratio_label = WORD_HIT_RATIO},
	{.table = "memory",
	 .title = WORD_SERIES_MEMORY,
	 .prefix = WORD_PREFIX_MEMORY,
	 .kind = PICTURE_AREAS,
	 .columns = {{"used", WORD_USED, WORD_USED}, {"active", WORD_ACTIVE, WORD_ACTIVE}, {"swap_used", WORD_SWAP, WORD_SWAP_USED}},
	 .total = "total"},
	{.table = "swap",
	 .title = WORD_SERIES_SWAP,
	 .prefix = WORDS,
	 .kind = PICTURE_LINES,
	 .columns = {{"in", WORD_SWAPPED_IN, WORD_SWAPPED_IN}, {"out", WORD_SWAPPED_OUT, WORD_SWAPPED_OUT}}},
	{.table = "cpu",
	 .title = WORD_SERIES_CPU,
	 .prefix = WORD_PREFIX_CPU,
	 .kind = PICTURE_STACKED,
	 .columns = {{"user", WORD_CPU_USER, WORD_CPU_USER}, {"system", WORD_CPU_SYSTEM, WORD_CPU_SYSTEM},
		     {"iowait", WORD_CPU_WAIT, WORD_CPU_WAIT}, {"steal", WORD_CPU_STEAL, WORD_CPU_STEAL}}},
	{.table = "load",
	 .title = WORD_SERIES_LOAD,
	 .prefix = WORD_PREFIX_LOAD,
	 .kind = PICTURE_LINES,
	 .columns = {{"1min", WORD_LOAD_1, WORD_LOAD_1}, {"5min", WORD_LOAD_5, WORD_LOAD_5}, {"15min", WORD_LOAD_15, WORD_LOAD_15}}},
	{.table = "disk",
	 .title = WORD_SERIES_DISK,
	 .prefix = WORD_PREFIX_DISK,
	 .kind = PICTURE_LINES,
	 .columns = {{"read", WORD_READ, WORD_READ}, {"written", WORD_WRITTEN, WORD_WRITTEN}}},
	{.table = "innodb",
	 .title = WORD_SERIES_INNODB,
	 .prefix = WORD_PREFIX_INNODB,
	 .kind = PICTURE_LINES,
	 .columns = {{"requests", WORD_READS, WORD_READ_REQUESTS}, {"reads", WORD_DISK_READS, WORD_DISK_READS}},
	 .ratio = "hit_ratio",
	 .ratio_part = "reads",
	 .ratio_whole = "requests",
	 .ratio_label = WORD_HIT_RATIO},
	{.table = "queries",
	 .title = WORD_SERIES_QUERIES,
	 .prefix = WORD_PREFIX_QUERIES,
	 .kind = PICTURE_LINES,
	 .columns = {{"all", WORD_ALL, WORD_ALL}, {"slow", WORD_SLOW, WORD_SLOW}}},
	{.table = "connections",
	 .title = WORD_SERIES_CONNECTIONS,
	 .prefix = WORD_PREFIX_CONNECTIONS,
	 .kind = PICTURE_LINES,
	 .columns = {{"open", WORD_OPEN, WORD_OPEN}, {"running", WORD_RUNNING, WORD_RUNNING}}},
};

const struct known_series *known_series_find(const char *table)
{
	for (size_t i = 0; i < LENGTH(known); i++)
		if (slice_equal(slice_of(table), slice_of(known[i].table)))
			return &known[i];
	return NULL;
}

const struct known_column *known_series_column(const struct known_series *series, const char *column)
{
	for (size_t i = 0; series && i < KNOWN_COLUMNS_MAX && series->columns[i].name; i++)
		if (slice_equal(slice_of(column), slice_of(series->columns[i].name)))
			return &series->columns[i];
	return NULL;
}
