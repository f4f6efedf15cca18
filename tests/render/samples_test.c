/* SPDX-License-Identifier: MIT */
#include "render/samples.h"

#include <math.h>

#include "pictures.h"
#include "tap.h"

#define MINUTE MS_PER_MINUTE

static const struct table_column columns[] = {{.name = "time", .type = TABLE_TIME}, {.name = "a", .type = TABLE_NUMBER}, {.name = "b", .type = TABLE_NUMBER}};

static struct table *table_with(const struct table_head *head, const double (*rows)[3], size_t n)
{
	struct table *table = table_new(head, columns, 3, NULL);

	for (size_t i = 0; i < n; i++)
		(void)table_add_row(table,
				    (const struct table_cell[]){CELL_TIME((int64_t)rows[i][0] * MINUTE),
								isnan(rows[i][1]) ? CELL_UNKNOWN : CELL_NUMBER(rows[i][1]),
								isnan(rows[i][2]) ? CELL_UNKNOWN : CELL_NUMBER(rows[i][2])},
				    NULL);
	return table;
}
#define TABLE_WITH(head, rows) table_with((head), (rows), sizeof(rows) / sizeof *(rows))

static struct picture picture_of_two(void)
{
	struct picture picture = picture_of(PICTURE_LINES, LANGUAGE_EN, NULL, "two");

	picture_add(&picture, 1, "a");
	picture_add(&picture, 2, "b");
	return picture;
}

static void figures_come_from_what_is_known(void)
{
	static const double rows[][3] = {{0, 4, 1}, {1, 1, NAN}, {2, 3, NAN}, {3, 2, 5}, {4, NAN, 7}};
	const struct picture picture = picture_of_two();
	AUTO(table) struct table *table = TABLE_WITH(&((struct table_head){.from_ms = 0, .to_ms = 5 * MINUTE}), rows);
	AUTO(samples) struct samples samples = {0};

	CHECK_INT(samples_read(&samples, &picture, table, NULL), 0);

	const struct summary *a = &samples.series[0].summary;

	CHECK_INT(a->n, 4);
	CHECK_NEAR(a->last, 2, 0);
	CHECK_NEAR(a->average, 2.5, 0);
	CHECK_NEAR(a->greatest, 4, 0);
	CHECK_INT(a->greatest_ms, 0);
	CHECK_NEAR(a->least, 1, 0);
	CHECK_NEAR(a->p95, 3.85, 1e-9); /* numpy.percentile([1, 2, 3, 4], 95) */
	CHECK_INT(samples.step_ms, MINUTE);
	CHECK_NEAR(samples.greatest, 7, 0);
	CHECK_INT(samples.n_gaps, 0); /* each row knows one of the two */
}

static void a_band_gives_the_maximum(void)
{
	static const double rows[][3] = {{0, 1, 2}, {1, 2, 9}, {2, 3, 4}};
	struct picture picture = picture_of(PICTURE_LINES, LANGUAGE_EN, NULL, "band");
	AUTO(table) struct table *table = TABLE_WITH(&((struct table_head){0}), rows);
	AUTO(samples) struct samples samples = {0};

	picture_add(&picture, 1, "a")->high = 2;
	CHECK_INT(samples_read(&samples, &picture, table, NULL), 0);
	CHECK_NEAR(samples.series[0].summary.greatest, 9, 0);
	CHECK_INT(samples.series[0].summary.greatest_ms, MINUTE);
	CHECK_NEAR(samples.series[0].summary.average, 2, 0);
}

/* Rows a minute apart in a window of ten; what is missing, as from-to in minutes. */
static const struct {
	const char *name;
	double rows[6][3];
	size_t n;
	const char *gaps;
} gaps[] = {
	{"nothing missing", {{0, 1, 1}, {2, 1, 1}, {4, 1, 1}, {6, 1, 1}, {8, 1, 1}}, 5, ""},
	{"unknown rows", {{0, 1, 1}, {2, NAN, NAN}, {4, NAN, NAN}, {6, 1, 1}, {8, 1, 1}}, 5, "2-6"},
	{"missing rows", {{0, 1, 1}, {2, 1, 1}, {8, 1, 1}}, 3, "4-8"},
	{"missing at both ends", {{4, 1, 1}, {6, 1, NAN}}, 2, "0-4"},
	{"one row late is no gap", {{0, 1, 1}, {2, 1, 1}, {4, 1, 1}, {6, 1, 1}}, 4, ""},
	{"everything unknown", {{0, NAN, NAN}, {2, NAN, NAN}, {4, NAN, NAN}, {6, NAN, NAN}, {8, NAN, NAN}}, 5, "0-10"},
	{"no row at all", {{0}}, 0, "0-10"},
};

static void gaps_are_where_nothing_is_known(void)
{
	const struct picture picture = picture_of_two();

	EACH (row, gaps) {
		AUTO(table) struct table *table =
			table_with(&(struct table_head){.from_ms = 0, .to_ms = 10 * MINUTE, .step_ms = 2 * MINUTE}, row->rows, row->n);
		AUTO(samples) struct samples samples = {0};
		AUTO(buffer) struct buffer found = BUFFER_LIMIT(100);

		tap_row(row->name);
		CHECK_INT(samples_read(&samples, &picture, table, NULL), 0);
		for (size_t i = 0; i < samples.n_gaps; i++)
			buffer_printf(&found, "%s%d-%d", i ? " " : "", (int)(samples.gaps[i].from_ms / MINUTE),
				      (int)(samples.gaps[i].to_ms / MINUTE));
		CHECK_TEXT(found.bytes ? found.bytes : "", row->gaps);
	}
}

static void rows_need_no_order(void)
{
	static const double rows[][3] = {{3, 30, 3}, {1, 10, 1}, {2, 20, 2}, {0, 0, 0}};
	const struct picture picture = picture_of_two();
	AUTO(table) struct table *table = TABLE_WITH(&((struct table_head){0}), rows);
	AUTO(samples) struct samples samples = {0};

	CHECK_INT(samples_read(&samples, &picture, table, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		CHECK_INT(samples.at_ms[i], (int64_t)i * MINUTE);
		CHECK_NEAR(samples.series[0].values[i], 10.0 * (double)i, 0);
		CHECK_NEAR(samples.series[1].values[i], (double)i, 0);
	}
	CHECK_NEAR(samples.series[0].summary.last, 30, 0);
}

static void former_rows_are_moved_into_the_window(void)
{
	static const double now[][3] = {{100, 1, 1}, {101, 1, 1}, {102, 1, 1}};
	static const double before[][3] = {{0, 5, 0}, {1, 6, 0}, {2, 7, 0}};
	struct picture picture = picture_of_two();
	AUTO(table) struct table *table = TABLE_WITH(&((struct table_head){.from_ms = 100 * MINUTE, .to_ms = 103 * MINUTE}), now);
	AUTO(table) struct table *former = TABLE_WITH(&((struct table_head){.from_ms = 0, .to_ms = 3 * MINUTE}), before);
	AUTO(samples) struct samples samples = {0};

	picture.former = (struct picture_former){former, 1, "before"};
	CHECK_INT(samples_read(&samples, &picture, table, NULL), 0);
	CHECK_INT(samples.n_former, 3);
	CHECK_INT(samples.former_ms[0], 100 * MINUTE);
	CHECK_INT(samples.former_ms[2], 102 * MINUTE);
	CHECK_NEAR(samples.former_summary.average, 6, 0);
	CHECK_NEAR(samples.greatest, 7, 0);
}

static int compare(const void *a, const void *b)
{
	const double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

/* Among very many values the percentile is found without sorting them; it is the same. */
static void percentiles_of_many_rows_are_exact(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_MANY, LANGUAGE_EN);
	AUTO(samples) struct samples samples = {0};

	CHECK_INT(samples_read(&samples, &sitting.picture, sitting.table, NULL), 0);
	CHECK_INT(samples.n, 86400);
	for (size_t i = 0; i < 3; i++) {
		AUTO(free) double *sorted = mem_array(samples.n, sizeof *sorted);

		memcpy(sorted, samples.series[i].values, samples.n * sizeof *sorted);
		qsort(sorted, samples.n, sizeof *sorted, compare);

		const double place = 0.95 * 86399;
		const size_t k = (size_t)place;

		CHECK_NEAR(samples.series[i].summary.p95, sorted[k] + (sorted[k + 1] - sorted[k]) * (place - (double)k), 1e-12);
	}
}

static void what_cannot_be_drawn_is_told(void)
{
	static const struct table_column texts[] = {{.name = "time", .type = TABLE_TIME},
						    {.name = "path", .type = TABLE_TEXT},
						    {.name = "size", .type = TABLE_BYTES},
						    {.name = "wait", .type = TABLE_SECONDS}};
	static const struct {
		const char *name;
		size_t first, second;
		unsigned width;
		const char *sentence;
	} faults[] = {
		{"a text", 1, SLICE_NONE, 0, "column path of pages holds texts, which cannot be drawn"},
		{"no such column", 7, SLICE_NONE, 0, "pages has no column 8 to draw: it has 4"},
		{"two kinds", 2, 3, 0, "size and wait of pages are figures of two kinds"},
		{"no series", SLICE_NONE, SLICE_NONE, 0, "a picture of pages needs a series"},
		{"too wide", 2, SLICE_NONE, 5000, "each side has from 120 to 1600 px"},
	};
	AUTO(table) struct table *table = table_new(&(struct table_head){.name = "pages"}, texts, 4, NULL);

	EACH (row, faults) {
		struct picture picture = picture_of(PICTURE_LINES, LANGUAGE_EN, NULL, "x");
		AUTO(samples) struct samples samples = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		if (row->first != SLICE_NONE)
			picture_add(&picture, row->first, "a");
		if (row->second != SLICE_NONE)
			picture_add(&picture, row->second, "b");
		picture.width = row->width;
		CHECK_INT(samples_read(&samples, &picture, table, &err), -1);
		CHECK_ERROR(err, COURANT_INVALID, row->sentence);
	}
}

TESTS(TEST(figures_come_from_what_is_known), TEST(a_band_gives_the_maximum), TEST(gaps_are_where_nothing_is_known), TEST(rows_need_no_order),
      TEST(former_rows_are_moved_into_the_window), TEST(percentiles_of_many_rows_are_exact), TEST(what_cannot_be_drawn_is_told))
