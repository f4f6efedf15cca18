/* SPDX-License-Identifier: MIT */
/* dump.c - drawings to be compared and read */
#include "dump.h"

#include "base/utf8.h"
#include "render/plot.h"

static double width(void *context, struct text_style style, slice text)
{
	(void)context;
	return (double)utf8_width(text) * style.size_px / 2;
}

const struct ruler dump_ruler = {NULL, width};

int dump_draw(struct drawing *drawing, const struct sitting *sitting, courant_error **err)
{
	AUTO(samples) struct samples samples = {0};

	return samples_read(&samples, &sitting->picture, sitting->table, err) < 0
	               ? -1
	               : plot_draw(drawing, &sitting->picture, sitting->table, &samples, &dump_ruler, err);
}

static const char *const kinds[] = {
	[MARK_RECT] = "rect", [MARK_LINE] = "line", [MARK_BAND] = "band", [MARK_HATCH] = "hatch",
	[MARK_RING] = "ring", [MARK_DOT] = "dot",   [MARK_TEXT] = "text",
};

static void write_points(struct buffer *out, const struct drawing *drawing, const struct mark *mark)
{
	for (size_t i = 0; i < mark->n; i++) {
		const struct point *point = &drawing->points[mark->first + i];

		if (i == 3 && mark->n > 6) {
			i = mark->n - 3;
			buffer_printf(out, " … %zu …", mark->n);
			continue;
		}
		buffer_printf(out, " %.2f,%.2f", point->x, point->y);
	}
}

void dump_write(struct buffer *out, const struct drawing *drawing)
{
	static const char *const anchors[] = {[ANCHOR_LEFT] = "from", [ANCHOR_MIDDLE] = "around", [ANCHOR_RIGHT] = "to"};

	buffer_printf(out, "%gx%g\n", drawing->width, drawing->height);
	for (size_t i = 0; i < drawing->n_marks; i++) {
		const struct mark *mark = &drawing->marks[i];

		buffer_printf(out, "%s %s #%06x", mark->part, kinds[mark->kind], (unsigned)ink_colours[mark->ink]);
		switch (mark->kind) {
		case MARK_TEXT:
			buffer_printf(out, " %s %.2f,%.2f %g%s \"%s\"", anchors[mark->anchor], mark->x, mark->y, mark->style.size_px,
				      mark->style.is_bold ? " bold" : "", mark->text);
			break;
		case MARK_LINE:
		case MARK_BAND:
			buffer_printf(out, " %g", mark->w);
			if (mark->on > 0)
				buffer_printf(out, " dashed %g-%g", mark->on, mark->off);
			write_points(out, drawing, mark);
			break;
		case MARK_RECT:
		case MARK_HATCH:
			buffer_printf(out, " %.2f,%.2f %.2fx%.2f", mark->x, mark->y, mark->w, mark->h);
			break;
		case MARK_RING:
		case MARK_DOT:
			buffer_printf(out, " %.2f,%.2f radius %g", mark->x, mark->y, mark->h);
			break;
		}
		buffer_append_byte(out, '\n');
	}
}
