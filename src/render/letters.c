/* SPDX-License-Identifier: MIT */
/* letters.c - texts as masks */
#include "render/letters.h"

#include <math.h>
#include <pango/pangocairo.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "table/stranger.h"

#define FAMILIES       "Noto Sans CJK SC, WenQuanYi Micro Hei, DejaVu Sans"
#define RUNS_MAX       4096
#define TEXT_MAX_BYTES 8000
#define KEY_MAX_BYTES  (TEXT_MAX_BYTES + 100)

struct letters {
	PangoContext *context;
	PangoLayout *layout;
	struct hash_table texts;
	struct run_of_letters *runs; /* by the texts' ids */
	size_t space;
	courant_error *failure;
};

/* Without hinting the same text has the same shape at every place and on every machine. */
static PangoContext *make_context(void)
{
	/* A map of its own, which goes with it. */
	PangoFontMap *map = pango_cairo_font_map_new();
	PangoContext *context = pango_font_map_create_context(map);
	cairo_font_options_t *options = cairo_font_options_create();

	g_object_unref(map);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_context_set_language(context, pango_language_from_string("zh-cn"));
	return context;
}

struct letters *letters_new(courant_error **err)
{
	struct letters *letters = mem_alloc(sizeof *letters);

	if (!letters) {
		(void)fail_memory(err);
		return NULL;
	}
	letters->context = make_context();
	letters->layout = pango_layout_new(letters->context);
	pango_layout_set_single_paragraph_mode(letters->layout, TRUE);
	hash_table_init(&letters->texts, 0);

	PangoAttrList *features = pango_attr_list_new();

	/* Figures that are all one width. */
	pango_attr_list_insert(features, pango_attr_font_features_new("tnum=1"));
	pango_layout_set_attributes(letters->layout, features);
	pango_attr_list_unref(features);
	return letters;
}

static void forget(struct letters *letters)
{
	for (size_t i = 0; i < letters->texts.n && i < letters->space; i++) {
		free(letters->runs[i].mask.cover);
		free(letters->runs[i].halo.cover);
	}
	hash_table_release(&letters->texts);
	hash_table_init(&letters->texts, 0);
}

void letters_free(struct letters *letters)
{
	if (!letters)
		return;
	forget(letters);
	hash_table_release(&letters->texts);
	free(letters->runs);
	g_object_unref(letters->layout);
	g_object_unref(letters->context);
	courant_error_free(letters->failure);
	free(letters);
}

static void set_text(const struct letters *letters, slice text)
{
	pango_layout_set_text(letters->layout, text.ptr ? text.ptr : "", (int)text.len);
}

static bool is_missing(const struct letters *letters, slice text)
{
	set_text(letters, text);
	return pango_layout_get_unknown_glyphs_count(letters->layout) > 0;
}

/* Letters, figures and signs that reports are written with: Latin, Greek and Cyrillic, punctuation, arrows, and what CJK fonts are for. */
static bool is_wanted(uint32_t code)
{
	return code < 0x2500 || (code >= 0x2e80 && code < 0xa000) || (code >= 0xac00 && code < 0xd7b0) || (code >= 0xf900 && code < 0xfb00) ||
	       (code >= 0xff00 && code < 0xfff0) || (code >= 0x20000 && code < 0x40000);
}

/* What cannot be shown is written by its number. */
static int spell_missing(const struct letters *letters, slice text, struct buffer *ret, courant_error **err)
{
	while (text.len) {
		slice rest = text;
		const uint32_t code = utf8_next(&rest);
		const slice letter = slice_part(text, 0, text.len - rest.len);

		text = rest;
		if (!is_missing(letters, letter)) {
			buffer_append(ret, letter);
			continue;
		}
		if (is_wanted(code))
			return fail(err, COURANT_CONFIG, "no font here has the letter %.*s (U+%04X): install the package %s", SLICE_ARGS(letter),
				    (unsigned)code, code < 0x2500 ? "fonts-dejavu-core" : "fonts-wqy-microhei or fonts-noto-cjk");
		buffer_printf(ret, "\\u{%X}", (unsigned)code);
	}
	return 0;
}

/* Puts what will be shown into the layout. */
static int shape(struct letters *letters, struct text_style style, slice text, courant_error **err)
{
	PangoFontDescription *font = pango_font_description_from_string(FAMILIES);
	AUTO(buffer) struct buffer clean = BUFFER_LIMIT(TEXT_MAX_BYTES), spelled = BUFFER_LIMIT(TEXT_MAX_BYTES * 8);

	pango_font_description_set_absolute_size(font, style.size_px * CANVAS_SCALE * PANGO_SCALE);
	pango_font_description_set_weight(font, style.is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(letters->layout, font);
	pango_font_description_free(font);
	stranger_write(&clean, text, SIZE_MAX);
	if (buffer_check(&clean, err) < 0)
		return -1;
	if (!is_missing(letters, buffer_peek(&clean)))
		return 0;
	if (spell_missing(letters, buffer_peek(&clean), &spelled, err) < 0)
		return -1;
	set_text(letters, buffer_peek(&spelled));
	return buffer_check(&spelled, err);
}

/* Draws the layout's line into a mask that holds its ink. */
static int draw(const struct letters *letters, struct run_of_letters *run, courant_error **err)
{
	PangoLayoutLine *line = pango_layout_get_line_readonly(letters->layout, 0);
	PangoRectangle ink, logical;

	pango_layout_line_get_extents(line, &ink, &logical);
	run->width_px = (double)logical.width / PANGO_SCALE / CANVAS_SCALE;
	run->mask.left = PANGO_PIXELS_FLOOR(ink.x);
	run->mask.top = PANGO_PIXELS_FLOOR(ink.y);
	run->mask.width = (unsigned)(PANGO_PIXELS_CEIL(ink.x + ink.width) - run->mask.left);
	run->mask.height = (unsigned)(PANGO_PIXELS_CEIL(ink.y + ink.height) - run->mask.top);
	if (run->mask.width == 0 || run->mask.height == 0)
		return 0;

	const int stride = cairo_format_stride_for_width(CAIRO_FORMAT_A8, (int)run->mask.width);
	AUTO(free) unsigned char *pixels = mem_array(run->mask.height, (size_t)stride);

	run->mask.cover = mem_array(run->mask.height, run->mask.width);
	if (!pixels || !run->mask.cover)
		return fail_memory(err);

	cairo_surface_t *surface = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_A8, (int)run->mask.width,
								       (int)run->mask.height, stride);
	cairo_t *cairo = cairo_create(surface);

	cairo_move_to(cairo, -run->mask.left, -run->mask.top);
	pango_cairo_show_layout_line(cairo, line);
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	cairo_surface_destroy(surface);
	for (unsigned y = 0; y < run->mask.height; y++)
		memcpy(run->mask.cover + (size_t)y * run->mask.width, pixels + (size_t)y * (size_t)stride, run->mask.width);
	return 0;
}

static int add_run(struct letters *letters, uint32_t id, struct text_style style, slice text, courant_error **err)
{
	if (id >= letters->space) {
		const size_t space = letters->space ? letters->space * 2 : 64;
		struct run_of_letters *runs = mem_resize(letters->runs, space, sizeof *runs);

		if (!runs)
			return fail_memory(err);
		letters->runs = runs;
		letters->space = space;
	}
	letters->runs[id] = (struct run_of_letters){0};
	return shape(letters, style, text, err) < 0 ? -1 : draw(letters, &letters->runs[id], err);
}

static struct run_of_letters *find(struct letters *letters, struct text_style style, slice text)
{
	AUTO(buffer) struct buffer key = BUFFER_LIMIT(KEY_MAX_BYTES);
	bool is_new = false;
	uint32_t id;

	buffer_printf(&key, "%d%c", (int)lround(style.size_px * 100), style.is_bold ? 'b' : 'n');
	buffer_append(&key, text);
	if (letters->texts.n >= RUNS_MAX)
		forget(letters);
	if (buffer_check(&key, &letters->failure) < 0 ||
	    hash_table_add(&letters->texts, buffer_peek(&key), &id, &is_new, &letters->failure) < 0)
		return NULL;
	if (is_new && add_run(letters, id, style, text, &letters->failure) < 0 && id >= letters->space)
		return NULL;
	return letters->failure ? NULL : &letters->runs[id];
}

const struct run_of_letters *letters_find(struct letters *letters, struct text_style style, slice text)
{
	return find(letters, style, text);
}

/* The greatest cover within a circle around each pixel. */
static int widen(struct run_of_letters *run, int radius, courant_error **err)
{
	const struct mask *mask = &run->mask;
	const int width = (int)mask->width + 2 * radius, height = (int)mask->height + 2 * radius;
	unsigned char *cover = mem_array((size_t)height, (size_t)width);

	if (!cover)
		return fail_memory(err);
	for (int y = 0; y < (int)mask->height; y++)
		for (int x = 0; x < (int)mask->width; x++) {
			const unsigned char here = mask->cover[(size_t)y * mask->width + (size_t)x];

			for (int dy = -radius; here && dy <= radius; dy++)
				for (int dx = -radius; dx <= radius; dx++) {
					unsigned char *at = &cover[(size_t)(y + radius + dy) * (size_t)width + (size_t)(x + radius + dx)];

					if (dx * dx + dy * dy <= radius * radius && *at < here)
						*at = here;
				}
		}
	run->halo = (struct mask){(unsigned)width, (unsigned)height, mask->left - radius, mask->top - radius, cover};
	return 0;
}

const struct run_of_letters *letters_find_halo(struct letters *letters, struct text_style style, slice text, double halo_px)
{
	struct run_of_letters *run = find(letters, style, text);

	if (run && !run->halo.cover && run->mask.cover &&
	    widen(run, (int)lround(halo_px * CANVAS_SCALE), &letters->failure) < 0)
		return NULL;
	return run;
}

int letters_check(struct letters *letters, courant_error **err)
{
	if (!letters->failure)
		return 0;
	/* What failed may be asked for again: it is not kept. */
	forget(letters);
	return fail_pass(err, STEAL(letters->failure));
}

static double measure(void *context, struct text_style style, slice text)
{
	const struct run_of_letters *run = letters_find(context, style, text);

	return run ? run->width_px : 0;
}

struct ruler letters_ruler(struct letters *letters)
{
	return (struct ruler){letters, measure};
}
