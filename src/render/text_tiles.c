/* SPDX-License-Identifier: MIT */
/* text_tiles.c - the headline figures as a table: now, formerly, change */
#include "render/text_write.h"

#include "base/utf8.h"
#include "table/stranger.h"

#define FIELD_MAX_BYTES 1024
#define LABEL_COLUMNS   30
#define HEAD_COLUMNS    30 /* "10月25日 04:00-10月28日 02:00"; where there is no room for two such, as long as a figure */
#define FIGURE_COLUMNS  16 /* with the gap before it, unless that is too wide for the labels */
#define GAP             2
#define MARK_COLUMNS    2 /* " !" */

enum { LABEL, NOW, FORMER, CHANGE, TARGET, FIELDS };

/* One line of the table. */
struct fields {
	struct buffer text[FIELDS];
};
#define FIELDS_EMPTY                                                                               \
	{                                                                                          \
		.text = {BUFFER_LIMIT(FIELD_MAX_BYTES), BUFFER_LIMIT(FIELD_MAX_BYTES),             \
			 BUFFER_LIMIT(FIELD_MAX_BYTES), BUFFER_LIMIT(FIELD_MAX_BYTES),             \
			 BUFFER_LIMIT(FIELD_MAX_BYTES)},                                           \
	}

static void fields_release(struct fields *fields)
{
	for (size_t i = 0; i < FIELDS; i++)
		buffer_release(&fields->text[i]);
}
AUTO_DEFINE_VALUE(fields, struct fields, fields_release)

/* The unit behind the only blank of a figure; a duration of two units has none. */
static slice unit_of(slice figure)
{
	const size_t at = slice_find(figure, ' ');

	return at == SLICE_NONE || at != slice_find_last(figure, ' ') ? SLICE("") : slice_after(figure, at + 1);
}

/* "数据流量 MB", "504", "513": a unit that both figures have stands with the label. */
static void share_unit(struct fields *fields, bool has_former)
{
	struct buffer *now = &fields->text[NOW], *former = &fields->text[FORMER];
	const slice unit = unit_of(buffer_peek(now));

	if (unit.len == 0 || (has_former && !slice_equal(unit, unit_of(buffer_peek(former)))))
		return;
	buffer_append_byte(&fields->text[LABEL], ' ');
	buffer_append(&fields->text[LABEL], unit);
	if (has_former)
		buffer_cut(former, former->len - unit.len - 1);
	buffer_cut(now, now->len - unit.len - 1);
}

static enum judgement write_fields(struct fields *fields, const struct view *view, const struct tile *tile)
{
	const struct change change = change_of(tile->type, tile->now, tile->former, tile->better);

	stranger_write(&fields->text[LABEL], slice_of(tile->label ? tile->label : ""), LABEL_COLUMNS);
	view_write_tile(&fields->text[NOW], view, tile, &tile->now, FIGURE_PLAIN);
	view_write_tile(&fields->text[FORMER], view, tile, &tile->former, FIGURE_PLAIN);
	view_write_target(&fields->text[TARGET], view, tile, FIGURE_PLAIN);
	share_unit(fields, view->document->former_label && tile->former.is_known);
	change_write(&fields->text[CHANGE], &change, FIGURE_PLAIN, view->language);
	return change.judgement;
}

static void write_heads(struct fields *fields, const struct view *view, size_t max_columns)
{
	const slice now = slice_of(view->document->now_label), former = slice_of(view->document->former_label);
	/* "week before" whole says more than "the week be…". */
	const bool has_article = view->language == LANGUAGE_EN && utf8_width(former) > max_columns && slice_starts(former, SLICE("the "));

	stranger_write(&fields->text[NOW], now, max_columns);
	stranger_write(&fields->text[FORMER], slice_after(former, has_article ? 4 : 0), max_columns);
	stranger_write(&fields->text[CHANGE], slice_of(word(WORD_CHANGE, view->language)), max_columns);
	stranger_write(&fields->text[TARGET], slice_of(word(WORD_TARGET, view->language)), max_columns);
}

/* Which columns there are: the former figures with a comparison, targets where a tile has one. */
struct columns {
	bool is_shown[FIELDS];
};

static struct columns columns_of(const struct view *view)
{
	const bool is_compared = view->document->former_label;
	struct columns columns = {.is_shown = {[LABEL] = true, [NOW] = true, [FORMER] = is_compared, [CHANGE] = is_compared}};

	for (size_t i = 0; i < view->block->n_tiles; i++)
		columns.is_shown[TARGET] |= view->block->tiles[i].target.limit.is_known;
	return columns;
}

static void widen(size_t widths[FIELDS], const struct fields *fields)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const size_t width = utf8_width(buffer_peek(&fields->text[i])) + (i == LABEL ? 0 : GAP);

		if (width > widths[i])
			widths[i] = width;
	}
}

/* What each column needs at least; the sum of it. */
static size_t measure(size_t widths[FIELDS], const struct view *view, const struct columns *columns, size_t head_columns)
{
	size_t used = MARK_COLUMNS;
	AUTO(fields) struct fields heads = FIELDS_EMPTY;

	memset(widths, 0, FIELDS * sizeof *widths);
	write_heads(&heads, view, head_columns);
	widen(widths, &heads);
	for (size_t i = 0; i < view->block->n_tiles; i++) {
		AUTO(fields) struct fields fields = FIELDS_EMPTY;

		(void)write_fields(&fields, view, &view->block->tiles[i]);
		widen(widths, &fields);
	}
	for (size_t i = 0; i < FIELDS; i++)
		used += columns->is_shown[i] ? widths[i] : 0;
	return used;
}

/* The figures' columns are as wide as they like while there is room. Returns the room for a head. */
static size_t divide(size_t widths[FIELDS], const struct view *view, const struct columns *columns)
{
	size_t head_columns = HEAD_COLUMNS;
	size_t used = measure(widths, view, columns, head_columns);

	while (used > TEXT_COLUMNS && head_columns > FIGURE_COLUMNS - GAP)
		used = measure(widths, view, columns, --head_columns);
	for (size_t round = 0; round < FIGURE_COLUMNS; round++)
		for (size_t i = NOW; i < FIELDS; i++)
			if (columns->is_shown[i] && widths[i] < FIGURE_COLUMNS && used < TEXT_COLUMNS) {
				widths[i]++;
				used++;
			}
	if (columns->is_shown[FORMER] && used < TEXT_COLUMNS)
		widths[LABEL] += TEXT_COLUMNS - used;
	return head_columns;
}

static void write_line(struct buffer *out, const struct fields *fields, const size_t widths[FIELDS], const struct columns *columns)
{
	text_left(out, buffer_peek(&fields->text[LABEL]), widths[LABEL]);
	for (size_t i = NOW; i < FIELDS; i++)
		if (columns->is_shown[i])
			text_right(out, buffer_peek(&fields->text[i]), widths[i]);
}

bool text_tiles(struct buffer *out, const struct view *view)
{
	const struct columns columns = columns_of(view);
	AUTO(fields) struct fields heads = FIELDS_EMPTY;
	size_t widths[FIELDS];
	bool is_marked = false;

	write_heads(&heads, view, divide(widths, view, &columns));
	write_line(out, &heads, widths, &columns);
	buffer_append_byte(out, '\n');
	for (size_t i = 0; i < view->block->n_tiles; i++) {
		const struct tile *tile = &view->block->tiles[i];
		AUTO(fields) struct fields fields = FIELDS_EMPTY;
		const bool is_judged = write_fields(&fields, view, tile) != JUDGEMENT_NONE ||
				       target_is_missed(&tile->target, tile->type, &tile->now);

		write_line(out, &fields, widths, &columns);
		buffer_append(out, is_judged ? SLICE(" !\n") : SLICE("\n"));
		is_marked |= is_judged;
	}
	if (!columns.is_shown[FORMER]) {
		buffer_append(out, slice_of(word(WORD_NO_COMPARISON, view->language)));
		buffer_append_byte(out, '\n');
	}
	return is_marked;
}
