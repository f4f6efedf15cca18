/* SPDX-License-Identifier: MIT */
/* drawing.c - a list of marks */
#include "render/drawing.h"

#include "base/alloc.h"
#include "base/utf8.h"

const uint32_t ink_colours[INKS] = {
	[INK_GROUND] = 0xffffff,      [INK_INK] = 0x14181f,         [INK_TEXT] = 0x2a303a,        [INK_GREY] = 0x5c6573,
	[INK_GRID] = 0xe6e9ed,        [INK_RULE] = 0xd9dde3,        [INK_AXIS] = 0x8a93a0,        [INK_FRAME] = 0xc9ced6,
	[INK_GAP] = 0xf4f5f7,         [INK_HATCH] = 0xc9ced6,       [INK_WEEKEND] = 0xf5f7f9,     [INK_BETWEEN] = 0xdcebf4,
	[INK_VOLUME] = 0xb9c0cb,      [INK_ALARM] = 0xd55e00,       [INK_ALARM_TEXT] = 0xb34700,  [INK_BLUE] = 0x0072b2,
	[INK_AMBER] = 0xc47f00,       [INK_GREEN] = 0x009e73,       [INK_PURPLE] = 0xa8558a,      [INK_BLUE_TEXT] = 0x0072b2,
	[INK_AMBER_TEXT] = 0x8f6000,  [INK_GREEN_TEXT] = 0x00795a,  [INK_PURPLE_TEXT] = 0x8f4274, [INK_SKY] = 0x3b93c6,
	[INK_OLIVE] = 0x8a8000,       [INK_SKY_TEXT] = 0x1f6f9c,    [INK_OLIVE_TEXT] = 0x6b6300,  [INK_BLUE_TINT] = 0xcfe3f0,
	[INK_AMBER_TINT] = 0xf6e7c8,  [INK_GREEN_TINT] = 0xcfece3,  [INK_PURPLE_TINT] = 0xeddbe7,
};

void drawing_release(struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->n_marks; i++)
		free(drawing->marks[i].text);
	free(drawing->marks);
	free(drawing->points);
	*drawing = (struct drawing){0};
}

/* Room for one more; false without memory, for good. */
static bool grow(struct drawing *drawing, void **array, size_t n, size_t *space, size_t size_each)
{
	if (n < *space)
		return !drawing->has_failed;

	const size_t wanted = *space ? *space * 2 : 64;
	void *grown = drawing->has_failed ? NULL : mem_resize(*array, wanted, size_each);

	if (!grown) {
		drawing->has_failed = true;
		return false;
	}
	*array = grown;
	*space = wanted;
	return true;
}

struct mark *drawing_add(struct drawing *drawing, enum mark_kind kind, enum ink ink, const char *part)
{
	void *marks = drawing->marks;
	const bool has_room = grow(drawing, &marks, drawing->n_marks, &drawing->marks_space, sizeof *drawing->marks);
	struct mark *mark = &drawing->nowhere;

	if (has_room) {
		drawing->marks = marks;
		mark = &drawing->marks[drawing->n_marks++];
	}
	*mark = (struct mark){.kind = kind, .ink = ink, .part = part, .first = drawing->n_points};
	return mark;
}

static struct mark *add_box(struct drawing *drawing, enum mark_kind kind, enum ink ink, const char *part, double x, double y,
			    double w, double h)
{
	struct mark *mark = drawing_add(drawing, kind, ink, part);

	mark->x = x;
	mark->y = y;
	mark->w = w;
	mark->h = h;
	return mark;
}

void drawing_rect(struct drawing *drawing, enum ink ink, const char *part, double x, double y, double w, double h)
{
	(void)add_box(drawing, MARK_RECT, ink, part, x, y, w, h);
}

void drawing_hatch(struct drawing *drawing, const char *part, double x, double y, double w, double h)
{
	(void)add_box(drawing, MARK_HATCH, INK_HATCH, part, x, y, w, h);
}

void drawing_dot(struct drawing *drawing, enum ink ink, const char *part, double x, double y, double radius)
{
	(void)add_box(drawing, MARK_DOT, ink, part, x, y, 0, radius);
}

struct mark *drawing_line(struct drawing *drawing, enum ink ink, const char *part, double x1, double y1, double x2, double y2,
			  double width)
{
	struct mark *mark = drawing_add(drawing, MARK_LINE, ink, part);

	mark->w = width;
	drawing_point(drawing, x1, y1);
	drawing_point(drawing, x2, y2);
	return mark;
}

struct mark *drawing_dashes(struct drawing *drawing, enum ink ink, const char *part, double x1, double y1, double x2, double y2,
			    double on, double off)
{
	struct mark *mark = drawing_line(drawing, ink, part, x1, y1, x2, y2, 1);

	mark->on = on;
	mark->off = off;
	return mark;
}

struct mark *drawing_text(struct drawing *drawing, enum ink ink, const char *part, double x, double y,
			  enum text_anchor anchor, struct text_style style, slice text)
{
	struct mark *mark = drawing_add(drawing, MARK_TEXT, ink, part);

	mark->x = x;
	mark->y = y;
	mark->anchor = anchor;
	mark->style = style;
	if (drawing->has_failed)
		return mark;
	mark->text = mem_copy(text);
	drawing->has_failed = !mark->text;
	return mark;
}

void drawing_point(struct drawing *drawing, double x, double y)
{
	void *points = drawing->points;

	if (!grow(drawing, &points, drawing->n_points, &drawing->points_space, sizeof *drawing->points))
		return;
	drawing->points = points;
	drawing->points[drawing->n_points++] = (struct point){x, y};
	drawing->marks[drawing->n_marks - 1].n++;
}

int drawing_check(const struct drawing *drawing, courant_error **err)
{
	return drawing->has_failed ? fail_memory(err) : 0;
}

double ruler_width(const struct ruler *ruler, struct text_style style, slice text)
{
	return text.len ? ruler->width(ruler->context, style, text) : 0;
}

void ruler_fit(const struct ruler *ruler, struct text_style style, slice text, double width, struct buffer *ret)
{
	buffer_cut(ret, 0);
	buffer_append(ret, text);
	while (text.len && ruler_width(ruler, style, buffer_peek(ret)) > width) {
		text = utf8_cut(text, text.len - 1);
		buffer_cut(ret, 0);
		buffer_append(ret, text);
		buffer_append(ret, SLICE("…"));
	}
}
