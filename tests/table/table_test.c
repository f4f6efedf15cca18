/* SPDX-License-Identifier: MIT */
#include "table/table.h"

#include <stdio.h>

#include "table/export.h"
#include "tap.h"

static const struct table_column columns[] = {{"path", TABLE_TEXT}, {"hits", TABLE_COUNT}, {"share", TABLE_RATIO}};

static struct table *make(courant_error **err)
{
	return table_new(&(struct table_head){.name = "pages", .zone = "UTC", .from_ms = 1, .to_ms = 2}, columns, 3, err);
}

static void rows_are_kept_in_order(void)
{
	AUTO(table) struct table *table = make(NULL);
	char path[] = "/a";

	for (unsigned i = 0; i < 100; i++) {
		path[1] = (char)('a' + i % 26);
		CHECK(table_add_row(table, (struct table_cell[]){CELL_TEXT(slice_of(path)), CELL_COUNT(i), CELL_UNKNOWN},
				    NULL) == 0);
	}
	path[1] = '!'; /* the table has copies */

	struct table_cursor cursor = {table, 0};
	const struct table_cell *cells;
	unsigned n = 0;

	while (table_next(&cursor, &cells, NULL) > 0) {
		CHECK_INT(cells[1].count, n);
		CHECK_INT(cells[0].text.ptr[1], 'a' + n % 26);
		CHECK(!cells[2].is_known);
		CHECK(cells == table_row(table, n));
		n++;
	}
	CHECK_INT(n, 100);
	CHECK_INT(table_rows(table), 100);
	CHECK_SLICE(table_get(table, 27, "path").text, SLICE("/b"));
}

static void what_is_outside_is_unknown(void)
{
	AUTO(table) struct table *table = make(NULL);

	CHECK(!table_cell_at(table, 0, 0).is_known);
	CHECK(table_add_row(table, (struct table_cell[]){CELL_TEXT(SLICE("")), CELL_COUNT(1), CELL_NUMBER(1)}, NULL) == 0);
	CHECK(table_cell_at(table, 0, 0).is_known);
	CHECK(!table_cell_at(table, 1, 0).is_known);
	CHECK(!table_cell_at(table, 0, 3).is_known);
	CHECK(!table_cell_at(table, 0, SLICE_NONE).is_known);
	CHECK(!table_get(table, 0, "nothing").is_known);
	CHECK_INT(table_find_column(table, "share"), 2);
	CHECK(table_find_column(table, "shar") == SLICE_NONE);
}

static void units_are_copied(void)
{
	char unit[] = "pages";
	const struct table_column rate[] = {{"swapped_in", TABLE_RATE, unit}, {"load", TABLE_NUMBER}};
	AUTO(table) struct table *table = table_new(&(struct table_head){.name = "swap", .step_ms = 60000, .resets = 1}, rate, 2, NULL);

	unit[0] = '!';
	CHECK_TEXT(table_column(table, 0)->unit, "pages");
	CHECK(!table_column(table, 1)->unit);
	CHECK_INT(table_head(table)->step_ms, 60000);
	CHECK_INT(table_head(table)->resets, 1);
}

static void the_head_is_copied(void)
{
	char name[] = "pages";
	struct table_head head = {.name = name, .rows_left_out = 3};
	AUTO(table) struct table *table = table_new(&head, columns, 3, NULL);

	name[0] = '!';
	CHECK_TEXT(table_head(table)->name, "pages");
	CHECK(!table_head(table)->source);
	CHECK_INT(table_head(table)->rows_left_out, 3);
	table_set_left_out(table, 5, 77);
	CHECK_INT(table_head(table)->rows_left_out, 5);
	CHECK_INT(table_head(table)->left_out_sum, 77);
	CHECK_INT(table_columns(table), 3);
	CHECK_TEXT(table_column(table, 1)->name, "hits");
}

static void long_texts_have_room(void)
{
	AUTO(table) struct table *table = make(NULL);
	AUTO(free) char *text = mem_alloc(100001);

	memset(text, 'x', 100000);
	for (unsigned i = 0; i < 3; i++)
		CHECK(table_add_row(table, (struct table_cell[]){CELL_TEXT(slice_of(text)), CELL_COUNT(i), CELL_UNKNOWN},
				    NULL) == 0);
	CHECK_INT(table_cell_at(table, 2, 0).text.len, 100000);
	CHECK(slice_equal(table_cell_at(table, 0, 0).text, slice_of(text)));
}

static void no_memory_is_an_error(void)
{
	EACH_ALLOCATION
	{
		courant_error *err = NULL;
		AUTO(table) struct table *table = make(&err);
		const int added = table ? table_add_row(table, (struct table_cell[]){CELL_TEXT(SLICE("/")), CELL_COUNT(1), CELL_UNKNOWN}, &err) : -1;

		if (added < 0)
			CHECK_ERROR(err, COURANT_NO_MEMORY, "memory");
		else
			CHECK_INT(table_rows(table), 1);
	}
}

/* A stream of so many rows "/n", n, unknown; the row `broken` cannot be read. */
struct numbers {
	uint64_t at, n, broken;
	unsigned rewound, *freed;
	char path[24];
	struct table_cell cells[3];
};

static int numbers_next(void *context, const struct table_cell **ret_cells, courant_error **err)
{
	struct numbers *numbers = context;

	if (numbers->at == numbers->broken)
		return fail(err, COURANT_NO_INPUT, "row %u cannot be read", (unsigned)numbers->at);
	if (numbers->at == numbers->n)
		return 0;
	(void)snprintf(numbers->path, sizeof numbers->path, "/%u", (unsigned)numbers->at);
	numbers->cells[0] = CELL_TEXT(slice_of(numbers->path));
	numbers->cells[1] = CELL_COUNT(numbers->at++);
	numbers->cells[2] = CELL_UNKNOWN;
	*ret_cells = numbers->cells;
	return 1;
}

static int numbers_rewind(void *context, courant_error **err)
{
	struct numbers *numbers = context;

	(void)err;
	numbers->at = 0;
	numbers->rewound++;
	return 0;
}

static void numbers_free(void *context)
{
	++*((struct numbers *)context)->freed;
}

static struct table *make_stream(struct numbers *numbers)
{
	return table_new_stream(&(struct table_head){.name = "numbers"}, columns, 3,
				(struct table_stream){numbers, numbers_next, numbers_rewind, numbers_free}, NULL);
}

static void a_stream_is_read_as_often_as_asked(void)
{
	unsigned freed = 0;
	struct numbers numbers = {.n = 1000, .broken = UINT64_MAX, .freed = &freed};
	struct table *table = make_stream(&numbers);
	const struct table_cell *cells;

	for (unsigned round = 1; round <= 2; round++) {
		struct table_cursor cursor = {table, 0};
		unsigned n = 0;

		while (table_next(&cursor, &cells, NULL) > 0)
			CHECK_INT(cells[1].count, n++);
		CHECK_INT(n, 1000);
		CHECK_SLICE(cells[0].text, SLICE("/999"));
		CHECK_INT(numbers.rewound, round);
	}
	CHECK_INT(table_rows(table), 0); /* none in memory */
	CHECK(!table_cell_at(table, 0, 1).is_known);
	CHECK_TEXT(table_head(table)->name, "numbers");
	table_free(table);
	CHECK_INT(freed, 1);
}

static void a_stream_that_fails_says_why(void)
{
	unsigned freed = 0;
	struct numbers numbers = {.n = 10, .broken = 7, .freed = &freed};
	AUTO(table) struct table *table = make_stream(&numbers);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);
	struct table_cursor cursor = {table, 0};
	const struct table_cell *cells;
	courant_error *err = NULL;

	for (unsigned n = 0; n < 7; n++)
		CHECK_INT(table_next(&cursor, &cells, &err), 1);
	CHECK_INT(table_next(&cursor, &cells, &err), -1);
	CHECK_ERROR(err, COURANT_NO_INPUT, "row 7 cannot be read");
	err = NULL;
	CHECK_INT(export_csv(&out, table, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_NO_INPUT, "row 7 cannot be read");
	err = NULL;
	CHECK_INT(export_json(&out, table, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_NO_INPUT, "row 7 cannot be read");
}

TESTS(TEST(rows_are_kept_in_order), TEST(what_is_outside_is_unknown), TEST(units_are_copied), TEST(the_head_is_copied), TEST(long_texts_have_room),
      TEST(no_memory_is_an_error),
      TEST(a_stream_is_read_as_often_as_asked), TEST(a_stream_that_fails_says_why))
