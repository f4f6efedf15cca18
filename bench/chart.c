/* SPDX-License-Identifier: MIT */
/* chart.c - a picture again and again in one process
 *
 *     bench-chart POINTS.txt --size WxH --count N -o OUT.png
 *
 * POINTS.txt has lines of `epoch v1 v2 …` (1 to 8 values). The size is the PNG's. Prints how long one picture took, in milliseconds. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"
#include "render/studio.h"

#define USAGE        "usage: bench-chart POINTS.txt --size WxH --count N -o OUT.png"
#define FILE_MAX     ((size_t)1 << 30)
#define VALUES_MAX   PICTURE_SERIES_MAX
#define PIXELS_A_PX  2

struct order {
	const char *points, *out;
	uint64_t width, height, count;
};

static bool read_size(slice text, struct order *order)
{
	slice width;

	return slice_next(&text, 'x', &width) && num_parse_range(width, 1, 10000, &order->width) && text.ptr &&
	       num_parse_range(text, 1, 10000, &order->height);
}

static bool read_order(int argc, char **argv, struct order *order)
{
	*order = (struct order){.width = 740, .height = 360, .count = 1};
	for (int i = 1; i < argc; i++) {
		const bool has_value = i + 1 < argc;

		if (strcmp(argv[i], "--size") == 0 && has_value) {
			if (!read_size(slice_of(argv[++i]), order))
				return false;
		} else if (strcmp(argv[i], "--count") == 0 && has_value) {
			if (!num_parse_range(slice_of(argv[++i]), 1, 1000000, &order->count))
				return false;
		} else if (strcmp(argv[i], "-o") == 0 && has_value) {
			order->out = argv[++i];
		} else if (argv[i][0] != '-' && !order->points) {
			order->points = argv[i];
		} else {
			return false;
		}
	}
	return order->points && order->out;
}

/* One line's figures; how many there are, 0 when it is no such line. */
static size_t read_line(slice line, double *values)
{
	size_t n = 0;

	for (slice word; slice_next(&line, ' ', &word);)
		if (word.len && (n == VALUES_MAX + 1 || !num_parse_double(word, &values[n++])))
			return 0;
	return n;
}

static struct table *new_table(size_t n_series, courant_error **err)
{
	static const char *const names[VALUES_MAX] = {"v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8"};
	struct table_column columns[VALUES_MAX + 1] = {{.name = "time", .type = TABLE_TIME}};

	for (size_t i = 0; i < n_series; i++)
		columns[i + 1] = (struct table_column){.name = names[i], .type = TABLE_NUMBER};
	return table_new(&(struct table_head){.name = "points"}, columns, n_series + 1, err);
}

static struct table *read_points(slice text, courant_error **err)
{
	AUTO(table) struct table *table = NULL;
	struct table_cell cells[VALUES_MAX + 1];
	double values[VALUES_MAX + 1];
	size_t number = 0, n = 0;

	for (slice line; slice_next_line(&text, &line);) {
		const size_t found = read_line(line, values);

		number++;
		if (found < 2 || (table && found != n)) {
			(void)fail(err, COURANT_NO_INPUT, "line %zu is not an epoch and as many values as in the first line", number);
			return NULL;
		}
		n = found;
		if (!table && !(table = new_table(n - 1, err)))
			return NULL;
		cells[0] = CELL_TIME((int64_t)(values[0] * 1000));
		for (size_t i = 1; i < n; i++)
			cells[i] = CELL_NUMBER(values[i]);
		if (table_add_row(table, cells, err) < 0)
			return NULL;
	}
	if (!table)
		(void)fail(err, COURANT_NO_INPUT, "there are no points");
	return STEAL(table);
}

static int draw(const struct order *order, const struct table *table, courant_error **err)
{
	AUTO(studio) struct studio *studio = studio_new(err);
	AUTO(buffer) struct buffer png = BUFFER_LIMIT(PICTURE_MAX_BYTES);
	struct picture picture = picture_of(PICTURE_LINES, LANGUAGE_ZH, NULL, "四条线");
	static const char *const labels[VALUES_MAX] = {"一", "二", "三", "四", "五", "六", "七", "八"};
	slice bytes;

	picture.width = (unsigned)order->width / PIXELS_A_PX;
	picture.height = (unsigned)order->height / PIXELS_A_PX;
	for (size_t i = 1; i < table_columns(table); i++)
		picture_add(&picture, i, labels[i - 1]);

	const int64_t begun = clock_monotonic_ms();

	for (uint64_t i = 0; studio && i < order->count; i++) {
		buffer_cut(&png, 0);
		if (studio_draw_png(studio, &picture, table, &png, err) < 0)
			return -1;
	}
	if (!studio || buffer_slice(&png, &bytes, err) < 0)
		return -1;
	(void)printf("%.3f ms a picture, %zu bytes\n", (double)(clock_monotonic_ms() - begun) / (double)order->count, bytes.len);
	return file_write_atomic(order->out, bytes, 0644, err);
}

int main(int argc, char **argv)
{
	AUTO(error) courant_error *err = NULL;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(FILE_MAX);
	struct order order;

	if (!read_order(argc, argv, &order)) {
		(void)fprintf(stderr, USAGE "\n");
		return 64;
	}
	if (file_read(order.points, &text, &err) == 0) {
		AUTO(table) struct table *table = read_points(buffer_peek(&text), &err);

		if (table && draw(&order, table, &err) == 0)
			return 0;
	}
	(void)fprintf(stderr, "bench-chart: %s\n", courant_error_sentence(err));
	return 1;
}
