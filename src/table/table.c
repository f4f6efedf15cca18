/* SPDX-License-Identifier: MIT */
/* table.c - a table in memory: rows of cells in one array, texts in blocks that never move; or before a stream of rows */
#include "table/table.h"

#include "base/alloc.h"

/* Texts are collected in blocks of this size; a longer one gets a block of its own. */
#define TEXT_BLOCK_BYTES 16384
#define FIRST_ROWS       16

struct text_block {
	struct text_block *next;
	size_t used, size;
	char bytes[];
};

struct table {
	struct table_head head;
	struct table_column *columns;
	size_t n_columns;
	struct table_cell *cells; /* n_rows times n_columns */
	size_t n_rows, rows_space;
	struct text_block *texts; /* the first one is being filled */
	struct table_stream stream; /* next NULL: the rows are here */
};

/* Copies a text; the empty one too, so that it has a pointer. NULL without memory. */
static char *keep_text(struct table *table, slice text)
{
	struct text_block *block = table->texts;
	size_t need;

	if (!size_add(text.len, 1, &need))
		return NULL;
	if (!block || block->size - block->used < need) {
		const size_t size = need > TEXT_BLOCK_BYTES ? need : TEXT_BLOCK_BYTES;
		size_t bytes;

		if (!size_add(size, sizeof *block, &bytes) || !(block = mem_alloc(bytes)))
			return NULL;
		block->size = size;
		block->next = table->texts;
		table->texts = block;
	}

	char *copy = block->bytes + block->used;

	if (text.len)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	block->used += need;
	return copy;
}

static bool keep_name(struct table *table, const char **name)
{
	return !*name || (*name = keep_text(table, slice_of(*name)));
}

struct table *table_new(const struct table_head *head, const struct table_column *columns, size_t n_columns,
			courant_error **err)
{
	AUTO(table) struct table *table = mem_alloc(sizeof *table);

	if (!table || !(table->columns = mem_array(n_columns, sizeof *columns))) {
		(void)fail_memory(err);
		return NULL;
	}
	table->head = *head;
	table->n_columns = n_columns;

	bool kept = keep_name(table, &table->head.name) && keep_name(table, &table->head.zone) &&
		    keep_name(table, &table->head.source);

	for (size_t i = 0; kept && i < n_columns; i++) {
		table->columns[i] = columns[i];
		kept = keep_name(table, &table->columns[i].name) && keep_name(table, &table->columns[i].unit);
	}
	if (!kept) {
		(void)fail_memory(err);
		return NULL;
	}
	return STEAL(table);
}

struct table *table_new_stream(const struct table_head *head, const struct table_column *columns, size_t n_columns,
			       struct table_stream stream, courant_error **err)
{
	struct table *table = table_new(head, columns, n_columns, err);

	if (!table)
		stream.free(stream.context);
	else
		table->stream = stream;
	return table;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	if (table->stream.free)
		table->stream.free(table->stream.context);
	for (struct text_block *block = table->texts, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(table->columns);
	free(table->cells);
	free(table);
}

static bool make_room(struct table *table)
{
	if (table->n_rows < table->rows_space)
		return true;

	size_t rows = FIRST_ROWS, n_cells;

	if (table->rows_space && !size_mul(table->rows_space, 2, &rows))
		return false;
	if (!size_mul(rows, table->n_columns, &n_cells))
		return false;

	struct table_cell *cells = mem_resize(table->cells, n_cells, sizeof *cells);

	if (!cells)
		return false;
	table->cells = cells;
	table->rows_space = rows;
	return true;
}

int table_add_row(struct table *table, const struct table_cell *cells, courant_error **err)
{
	if (!make_room(table))
		return fail_memory(err);

	struct table_cell *row = table->cells + table->n_rows * table->n_columns;

	for (size_t i = 0; i < table->n_columns; i++) {
		row[i] = cells[i];
		if (table->columns[i].type != TABLE_TEXT || !cells[i].is_known)
			continue;
		row[i].text.ptr = keep_text(table, cells[i].text);
		if (!row[i].text.ptr)
			return fail_memory(err);
	}
	table->n_rows++;
	return 0;
}

void table_set_left_out(struct table *table, uint64_t rows, uint64_t sum)
{
	table->head.rows_left_out = rows;
	table->head.left_out_sum = sum;
}

const struct table_head *table_head(const struct table *table)
{
	return &table->head;
}

size_t table_columns(const struct table *table)
{
	return table->n_columns;
}

const struct table_column *table_column(const struct table *table, size_t i)
{
	return &table->columns[i];
}

size_t table_find_column(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return i;
	return SLICE_NONE;
}

size_t table_rows(const struct table *table)
{
	return table->n_rows;
}

const struct table_cell *table_row(const struct table *table, size_t row)
{
	return table->cells + row * table->n_columns;
}

static int stream_next(struct table_cursor *cursor, const struct table_cell **ret_cells, courant_error **err)
{
	const struct table_stream *stream = &cursor->table->stream;

	if (cursor->row == 0 && stream->rewind(stream->context, err) < 0)
		return -1;
	cursor->row++;
	return stream->next(stream->context, ret_cells, err);
}

int table_next(struct table_cursor *cursor, const struct table_cell **ret_cells, courant_error **err)
{
	const struct table *table = cursor->table;

	if (table->stream.next)
		return stream_next(cursor, ret_cells, err);
	if (cursor->row >= table->n_rows)
		return 0;
	*ret_cells = table_row(table, cursor->row++);
	return 1;
}

struct table_cell table_cell_at(const struct table *table, size_t row, size_t column)
{
	if (row >= table->n_rows || column >= table->n_columns)
		return CELL_UNKNOWN;
	return table->cells[row * table->n_columns + column];
}

struct table_cell table_get(const struct table *table, size_t row, const char *column)
{
	return table_cell_at(table, row, table_find_column(table, column));
}
