/* SPDX-License-Identifier: MIT */
/* figures.c - a row a series */
#include "render/figures.h"

#include <math.h>

#include "render/document.h"

#define NAME_MAX_BYTES 2000

struct table *figures_new(int64_t from_ms, int64_t to_ms, courant_error **err)
{
	static const struct table_column columns[FIGURES_COLUMNS] = {
		[FIGURES_SERIES] = {.name = "series", .type = TABLE_TEXT},   [FIGURES_UNIT] = {.name = "unit", .type = TABLE_TEXT},
		[FIGURES_LAST] = {.name = "last", .type = TABLE_NUMBER},     [FIGURES_AVERAGE] = {.name = "average", .type = TABLE_NUMBER},
		[FIGURES_GREATEST] = {.name = "max", .type = TABLE_NUMBER}, [FIGURES_TIME] = {.name = "time", .type = TABLE_TIME},
		[FIGURES_P95] = {.name = "p95", .type = TABLE_NUMBER},
	};

	return table_new(&(struct table_head){.name = "figures", .from_ms = from_ms, .to_ms = to_ms}, columns, FIGURES_COLUMNS, err);
}

static struct table_cell cell_of(const struct quantity *quantity, double value)
{
	return isnan(value) ? CELL_UNKNOWN : CELL_NUMBER(value / quantity->one);
}

/* "网络吞吐 发送": names alone may be the same in two pictures. */
static void write_name(struct buffer *out, const struct picture *picture, size_t series)
{
	const struct picture_series *which = &picture->series[series];

	if (picture->title && *picture->title)
		buffer_printf(out, "%s ", picture->title);
	buffer_append(out, slice_of(which->name ? which->name : which->label));
}

int figures_add(struct table *table, const struct picture *picture, const struct quantity *quantity, const struct samples *samples,
		courant_error **err)
{
	AUTO(buffer) struct buffer unit = BUFFER_LIMIT(NAME_MAX_BYTES);

	quantity_write_unit(&unit, quantity);
	for (size_t i = 0; i < samples->n_series; i++) {
		const struct summary *summary = &samples->series[i].summary;
		AUTO(buffer) struct buffer name = BUFFER_LIMIT(NAME_MAX_BYTES);
		const bool has_time = summary->n && samples->is_timed;

		write_name(&name, picture, i);
		if (buffer_check(&name, err) < 0 || buffer_check(&unit, err) < 0 ||
		    table_add_row(table,
				  (const struct table_cell[FIGURES_COLUMNS]){
					  [FIGURES_SERIES] = CELL_TEXT(buffer_peek(&name)),
					  [FIGURES_UNIT] = unit.len ? CELL_TEXT(buffer_peek(&unit)) : CELL_UNKNOWN,
					  [FIGURES_LAST] = cell_of(quantity, summary->last),
					  [FIGURES_AVERAGE] = cell_of(quantity, summary->average),
					  [FIGURES_GREATEST] = cell_of(quantity, summary->greatest),
					  [FIGURES_TIME] = has_time ? CELL_TIME(summary->greatest_ms) : CELL_UNKNOWN,
					  [FIGURES_P95] = cell_of(quantity, summary->p95),
				  },
				  err) < 0)
			return -1;
	}
	return 0;
}

/* The first picture's window is the table's. */
static struct table *gather(const struct document *document, courant_error **err)
{
	AUTO(table) struct table *all = NULL;

	for (size_t i = 0; i < document->n_blocks; i++) {
		for (size_t k = 0; k < document->blocks[i]->n_pictures; k++) {
			const struct table *figures = document->blocks[i]->pictures[k].image.figures;

			if (!figures)
				continue;
			if (!all && !(all = figures_new(table_head(figures)->from_ms, table_head(figures)->to_ms, err)))
				return NULL;
			for (size_t row = 0; row < table_rows(figures); row++)
				if (table_add_row(all, table_row(figures, row), err) < 0)
					return NULL;
		}
	}
	return all ? STEAL(all) : figures_new(0, 0, err);
}

struct block *document_add_figures(struct document *document, slice heading, struct table *figures, courant_error **err)
{
	static const struct {
		enum word head;
		enum look look;
		enum figures_column value;
		enum form form;
	} shown[] = {
		{WORD_FIGURES_SERIES, LOOK_NAME, FIGURES_SERIES, FORM_SCALED},      {WORD_FIGURES_LAST, LOOK_FIGURE, FIGURES_LAST, FORM_THREE},
		{WORD_FIGURES_AVERAGE, LOOK_FIGURE, FIGURES_AVERAGE, FORM_THREE},   {WORD_FIGURES_GREATEST, LOOK_LEAD, FIGURES_GREATEST, FORM_THREE},
		{WORD_FIGURES_TIME, LOOK_NUMBER, FIGURES_TIME, FORM_CLOCK},         {WORD_P95, LOOK_FIGURE, FIGURES_P95, FORM_THREE},
	};
	struct table *table = figures ? figures : gather(document, err);
	struct block *block = document_add_block(document, BLOCK_TABLE, heading, err);

	if (!block || !table) {
		table_free(table);
		return NULL;
	}
	(void)block_set_table(block, table, err);
	block->unit = FIGURES_UNIT;
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		block_show(block, (struct block_column){.head = word(shown[i].head, document->language), .look = shown[i].look,
							.value = shown[i].value, .bar_of = SLICE_NONE, .form = shown[i].form});
	return block;
}
