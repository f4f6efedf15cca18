/* SPDX-License-Identifier: MIT */
/* xlsx_own.h - the workbook's parts, for each other */
#ifndef COURANT_RENDER_XLSX_OWN_H
#define COURANT_RENDER_XLSX_OWN_H
#include <xlsxwriter.h>

#include "render/document.h"

/* Formats of cells, one for each kind of figure. */
struct xlsx_formats {
	lxw_format *title, *head, *head_text, *bold, *grey, *wrapped;
	lxw_format *count, *number, *seconds, *share, *share_fine, *date, *instant;
};

struct xlsx {
	const struct document *document;
	lxw_workbook *workbook;
	struct xlsx_formats formats;
	lxw_worksheet *first;
	uint32_t first_row; /* the next free one of the first sheet */
	char **names;       /* of the sheets so far, as they are written */
	size_t n_names;
	struct buffer text; /* of the cell that is being written */
};

/* Where a table has been written: for its chart. */
struct xlsx_place {
	const char *sheet; /* borrowed from xlsx->names */
	uint32_t first, last; /* rows of figures */
	size_t n_columns;
};

#define XLSX_TEXT_MAX 32767 /* characters of a cell (ECMA-376) */

/* A new sheet whose name is allowed and the only one. */
lxw_worksheet *xlsx_add_sheet(struct xlsx *, slice name, courant_error **err);

/* Any string: control and bad bytes are shown as \u{…}, and nothing becomes a formula or a link. */
void xlsx_write_text(struct xlsx *, lxw_worksheet *, uint32_t row, uint16_t column, slice text, lxw_format *);

/* A cell by its type; what is unknown stays blank. */
void xlsx_write_cell(struct xlsx *, lxw_worksheet *, uint32_t row, uint16_t column, enum table_type, const struct table_cell *, lxw_format *);

/* The format of a column's figures. */
lxw_format *xlsx_format_of(const struct xlsx *, enum table_type, int64_t step_ms);

/* Instants as a serial number of the zone's clock. */
double xlsx_serial(const struct zone *, int64_t at_ms);

/* "p95 (s)": what stands above the i-th column of the table. */
void xlsx_write_head(struct xlsx *, lxw_worksheet *, uint32_t row, uint16_t column, const struct sheet *, size_t i, lxw_format *);

int xlsx_rows_sheet(struct xlsx *, const struct sheet *, struct xlsx_place *ret, courant_error **err);
int xlsx_week_sheet(struct xlsx *, const struct sheet *, struct xlsx_place *ret, courant_error **err);

/* The figures of a sheet as a chart on the first one. */
int xlsx_add_chart(struct xlsx *, const struct sheet *, const struct xlsx_place *, courant_error **err);
#endif
