/* SPDX-License-Identifier: MIT */
/* log_join.c - a table beside the same one of the comparison */
#include "base/alloc.h"
#include "base/hash.h"
#include "base/random.h"
#include "report/log.h"

#define OWN_COLUMNS_MAX 13 /* of the weblog's tables */

/* The bytes a row is known by. */
static slice key_of(const struct table *table, size_t row, size_t column, uint64_t *number)
{
	const struct table_cell cell = table_cell_at(table, row, column);

	if (table_column(table, column)->type == TABLE_TEXT)
		return cell.is_known ? cell.text : SLICE("");
	*number = cell.is_known ? cell.count : 0;
	return slice_from((const char *)number, sizeof *number);
}

/* Ids of the former table's rows by their keys: the id is the row's number, for no key comes twice. */
static int index_rows(const struct table *former, size_t key, struct hash_table *ids,
                      courant_error **err)
{
	for (size_t row = 0; row < table_rows(former); row++) {
		uint64_t number;
		uint32_t id;

		if (hash_table_add(ids, key_of(former, row, key, &number), &id, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static struct table *new_joined(const struct table *now, courant_error **err)
{
	static const struct table_column more[JOINED_COLUMNS] = {
	        [JOINED_SHARE] = {"share_of_total", TABLE_RATIO},
	        [JOINED_FORMER] = {"former", TABLE_COUNT},
	        [JOINED_NAME] = {"shown_name", TABLE_TEXT},
	        [JOINED_NOTE] = {"note", TABLE_TEXT},
	        [JOINED_MARK] = {"mark", TABLE_TEXT},
	};
	struct table_column columns[OWN_COLUMNS_MAX + JOINED_COLUMNS];
	const size_t n = table_columns(now);
	const struct table_head *head = table_head(now);

	for (size_t i = 0; i < n; i++)
		columns[i] = *table_column(now, i);
	for (size_t i = 0; i < JOINED_COLUMNS; i++)
		columns[n + i] = more[i];
	struct table *joined = table_new(head, columns, n + JOINED_COLUMNS, err);
	if (joined)
		table_set_left_out(joined, head->rows_left_out, head->left_out_sum);
	return joined;
}

static struct table_cell text_or_unknown(slice text)
{
	return text.len ? CELL_TEXT(text) : CELL_UNKNOWN;
}

struct joining {
	const struct log *log;
	const struct join *join;
	const struct table *now, *former; /* former: NULL without a comparison */
	const struct hash_table *ids;
	size_t key, count;
};

static int join_row(const struct joining *joining, size_t row, struct table *joined,
                    courant_error **err)
{
	const size_t n = table_columns(joining->now);
	struct table_cell cells[OWN_COLUMNS_MAX + JOINED_COLUMNS];
	struct joined_notes notes = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
	uint64_t number;

	for (size_t i = 0; i < n; i++)
		cells[i] = table_cell_at(joining->now, row, i);
	struct table_cell *more = cells + n;
	if (joining->join->annotate)
		joining->join->annotate(&(struct joined_row){joining->log, joining->now, row},
		                        &notes);
	more[JOINED_SHARE] = joining->join->total
	                             ? CELL_NUMBER((double)cells[joining->count].count /
	                                           (double)joining->join->total)
	                             : CELL_UNKNOWN;
	more[JOINED_FORMER] = CELL_UNKNOWN;
	if (joining->former) {
		const uint32_t id = hash_table_find(
		        joining->ids, key_of(joining->now, row, joining->key, &number));

		more[JOINED_FORMER] = id == HASH_NONE
		                              ? CELL_COUNT(0)
		                              : table_cell_at(joining->former, id, joining->count);
	}
	more[JOINED_NAME] = text_or_unknown(notes.name);
	more[JOINED_NOTE] = text_or_unknown(notes.note);
	more[JOINED_MARK] = text_or_unknown(notes.mark);
	return table_add_row(joined, cells, err);
}

struct table *log_join(const struct log *log, const struct join *join, unsigned top,
                         courant_error **err)
{
	const bool is_compared = log->figures->has_comparison && join->is_compared;
	AUTO(hash_table) struct hash_table ids = {0};
	AUTO(table) struct table *now = weblog_take_table(log->weblog, 0, join->table, top, err);
	AUTO(table)
	struct table *former = now && is_compared
	                               ? weblog_take_table(log->weblog, 1, join->table, 0, err)
	                               : NULL;
	AUTO(table)
	struct table *joined = now && (former || !is_compared) ? new_joined(now, err) : NULL;

	if (!joined)
		return NULL;
	hash_table_init(&ids, random_u64());
	const struct joining joining = {.log = log,
	                                .join = join,
	                                .now = now,
	                                .former = former,
	                                .ids = &ids,
	                                .key = table_find_column(now, join->key),
	                                .count = table_find_column(now, join->count)};
	if (former && index_rows(former, joining.key, &ids, err) < 0)
		return NULL;
	/* Tables that are not ranked do not know of a top. */
	for (size_t row = 0; row < table_rows(now) && (row < top || !join->is_cut); row++) {
		if (join_row(&joining, row, joined, err) < 0)
			return NULL;
	}
	return STEAL(joined);
}
