/* SPDX-License-Identifier: MIT */
/* chart_plain.c - the same lines by plain cairo, again and again: no axes, no words, its own PNG writer
 *
 *     bench-chart-plain POINTS.txt N OUT.png */
#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/num.h"

#define WIDTH  740
#define HEIGHT 360
#define SERIES 4
#define POINTS 100000

static double values[SERIES][POINTS];

static size_t read_points(slice rest)
{
	slice line, word;
	size_t n = 0;

	while (n < POINTS && slice_next_line(&rest, &line)) {
		if (!slice_next(&line, ' ', &word)) /* the time */
			break;
		for (size_t i = 0; i < SERIES; i++)
			if (!slice_next(&line, ' ', &word) || !num_parse_double(word, &values[i][n]))
				return n;
		n++;
	}
	return n;
}

static void draw(cairo_t *cairo, size_t n)
{
	cairo_set_source_rgb(cairo, 1, 1, 1);
	cairo_paint(cairo);
	cairo_set_line_width(cairo, 3.2);
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	for (size_t series = 0; series < SERIES; series++) {
		cairo_set_source_rgb(cairo, 0.2 * (double)series, 0.4, 0.7);
		for (size_t i = 0; i < n; i++)
			cairo_line_to(cairo, (double)i * WIDTH / (double)n, HEIGHT - values[series][i]);
		cairo_stroke(cairo);
	}
}

int main(int argc, char **argv)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(64 << 20);
	uint64_t count;

	if (argc != 4 || file_read(argv[1], &text, NULL) < 0 || !num_parse_u64(slice_of(argv[2]), &count)) {
		(void)fprintf(stderr, "usage: bench-chart-plain POINTS.txt N OUT.png\n");
		return 64;
	}

	const size_t n = read_points(buffer_peek(&text));

	for (uint64_t i = 0; i < count; i++) {
		cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
		cairo_t *cairo = cairo_create(surface);

		draw(cairo, n);
		cairo_destroy(cairo);
		(void)cairo_surface_write_to_png(surface, argv[3]);
		cairo_surface_destroy(surface);
	}
	return 0;
}
