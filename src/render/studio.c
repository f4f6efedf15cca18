/* SPDX-License-Identifier: MIT */
/* studio.c - samples, drawing, pixels, PNG; and the words beside it */
#include "render/studio.h"

#include <math.h>

#include "base/alloc.h"
#include "render/figures.h"
#include "render/letters.h"
#include "render/picture_words.h"
#include "render/plot.h"
#include "render/png.h"

#define WORDS_MAX_BYTES ((size_t)64 << 10)

struct studio {
	struct letters *letters;
	struct canvas canvas;
	struct png_writer *png;
	struct samples samples; /* of the picture under way */
};

/* What is kept from one picture to the next. */
#define KEPT_MAX_FIGURES ((size_t)4 << 20)

struct studio *studio_new(courant_error **err)
{
	AUTO(studio) struct studio *studio = mem_alloc(sizeof *studio);

	if (!studio) {
		(void)fail_memory(err);
		return NULL;
	}
	studio->letters = letters_new(err);
	studio->png = studio->letters ? png_writer_new(err) : NULL;
	return studio->png ? STEAL(studio) : NULL;
}

void studio_free(struct studio *studio)
{
	if (!studio)
		return;
	letters_free(studio->letters);
	canvas_release(&studio->canvas);
	png_writer_free(studio->png);
	samples_release(&studio->samples);
	free(studio);
}

static int pixel_of(double px)
{
	return (int)lround(px * CANVAS_SCALE);
}

static void paint_text(struct studio *studio, const struct mark *mark)
{
	const slice text = slice_of(mark->text);
	const struct run_of_letters *run = mark->halo > 0 ? letters_find_halo(studio->letters, mark->style, text, mark->halo)
							  : letters_find(studio->letters, mark->style, text);

	if (!run)
		return;

	const double shift = mark->anchor == ANCHOR_LEFT ? 0 : mark->anchor == ANCHOR_MIDDLE ? run->width_px / 2 : run->width_px;
	const int x = pixel_of(mark->x - shift), y = pixel_of(mark->y);

	if (mark->halo > 0)
		canvas_mask(&studio->canvas, &run->halo, x, y, INK_GROUND);
	canvas_mask(&studio->canvas, &run->mask, x, y, mark->ink);
}

/* The colours of the marks. */
static size_t find_inks(const struct drawing *drawing, uint32_t ret[INKS])
{
	bool is_used[INKS] = {[INK_GROUND] = true};
	size_t n = 0;

	for (size_t i = 0; i < drawing->n_marks; i++)
		is_used[drawing->marks[i].ink] = true;
	for (size_t i = 0; i < INKS; i++)
		if (is_used[i])
			ret[n++] = ink_colours[i];
	return n;
}

static int paint(struct studio *studio, const struct drawing *drawing, struct buffer *ret, courant_error **err)
{
	if (canvas_reset(&studio->canvas, drawing->width, drawing->height, err) < 0)
		return -1;
	for (size_t i = 0; i < drawing->n_marks; i++) {
		if (drawing->marks[i].kind == MARK_TEXT)
			paint_text(studio, &drawing->marks[i]);
		else
			canvas_paint(&studio->canvas, drawing, &drawing->marks[i]);
	}
	if (letters_check(studio->letters, err) < 0)
		return -1;

	uint32_t inks[INKS];
	const size_t n_inks = find_inks(drawing, inks);

	return png_write(studio->png, ret, studio->canvas.pixels, studio->canvas.width, studio->canvas.height, inks, n_inks, err);
}

static int draw(struct studio *studio, const struct picture *picture, const struct table *table, struct buffer *ret,
		unsigned *ret_width, unsigned *ret_height, courant_error **err)
{
	const struct ruler ruler = letters_ruler(studio->letters);
	AUTO(drawing) struct drawing drawing = {0};

	if (samples_read(&studio->samples, picture, table, err) < 0 ||
	    plot_draw(&drawing, picture, table, &studio->samples, &ruler, err) < 0 || letters_check(studio->letters, err) < 0)
		return -1;
	*ret_width = (unsigned)drawing.width;
	*ret_height = (unsigned)drawing.height;
	return paint(studio, &drawing, ret, err);
}

static int write_words(const struct picture *picture, const struct table *table, const struct samples *samples, struct rendered *ret,
		       courant_error **err)
{
	const struct quantity quantity = quantity_of(picture, table, samples);
	AUTO(buffer) struct buffer alt = BUFFER_LIMIT(WORDS_MAX_BYTES), text = BUFFER_LIMIT(WORDS_MAX_BYTES);

	picture_write_alt(&alt, picture, &quantity, samples);
	picture_write_text(&text, picture, &quantity, samples);
	if (buffer_take(&alt, &ret->alt, NULL, err) < 0 || buffer_take(&text, &ret->text, NULL, err) < 0)
		return -1;
	if (!(ret->figures = figures_new(samples->from_ms, samples->to_ms, err)) || figures_add(ret->figures, picture, &quantity, samples, err) < 0)
		return -1;
	return picture_find(&ret->finding, picture, &quantity, samples, err);
}

/* A picture of very many rows leaves no memory behind. */
static void tidy(struct studio *studio)
{
	if (studio->samples.own.n + studio->samples.others.n > KEPT_MAX_FIGURES)
		samples_release(&studio->samples);
}

int studio_draw(struct studio *studio, const struct picture *picture, const struct table *table, struct rendered *ret, courant_error **err)
{
	AUTO(rendered) struct rendered made = {0};
	AUTO(buffer) struct buffer png = BUFFER_LIMIT(PICTURE_MAX_BYTES);

	if (draw(studio, picture, table, &png, &made.width, &made.height, err) < 0 ||
	    write_words(picture, table, &studio->samples, &made, err) < 0 || buffer_take(&png, &made.png, &made.png_len, err) < 0)
		return -1;
	tidy(studio);
	*ret = made;
	made = (struct rendered){0};
	return 0;
}

int studio_draw_png(struct studio *studio, const struct picture *picture, const struct table *table, struct buffer *ret, courant_error **err)
{
	unsigned width, height;

	if (draw(studio, picture, table, ret, &width, &height, err) < 0)
		return -1;
	tidy(studio);
	return 0;
}
