/* SPDX-License-Identifier: MIT */
/* xlsx.c - the workbook: its first sheet with the report's figures, then a sheet a table
 *
 * libxlsxwriter in its mode of constant memory: rows are written in order, each once, and forgotten. It guards nothing: NaN, infinity and
 * broken UTF-8 would make a file that no program opens, so that each cell goes through xlsx_write_cell. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "render/xlsx_own.h"

#define SHEET_NAME_MAX  31 /* characters */
#define CELL_MAX_BYTES  ((size_t)XLSX_TEXT_MAX * 8)
#define PATH_MAX_BYTES  4096
#define EXACT_MAX       UINT64_C(9007199254740992) /* 2^53: greater whole numbers are no double */
#define DAY_MS          86400000.0
#define EPOCH_SERIAL    25569 /* 1970-01-01, counted from 1899-12-30 */

/* ---- cells ---- */

double xlsx_serial(const struct zone *zone, int64_t at_ms)
{
	const int64_t offset_ms = zone ? (int64_t)zone_offset_at(zone, at_ms) * MS_PER_SECOND : 0;

	return (double)(at_ms + offset_ms) / DAY_MS + EPOCH_SERIAL;
}

/* Bytes that can go as they are, which most texts are. */
static bool is_plain(slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return false;
	return text.len <= XLSX_TEXT_MAX;
}

void xlsx_write_text(struct xlsx *xlsx, lxw_worksheet *sheet, uint32_t row, uint16_t column, slice text, lxw_format *format)
{
	struct buffer *shown = &xlsx->text;

	buffer_cut(shown, 0);
	if (is_plain(text))
		buffer_append(shown, text);
	else
		printable_write(shown, text);
	if (shown->failure != BUFFER_FINE || shown->len == 0)
		return;
	if (utf8_count(buffer_peek(shown)) > XLSX_TEXT_MAX)
		buffer_cut(shown, utf8_cut(buffer_peek(shown), XLSX_TEXT_MAX).len);
	(void)worksheet_write_string(sheet, row, column, shown->bytes, format);
}

void xlsx_write_cell(struct xlsx *xlsx, lxw_worksheet *sheet, uint32_t row, uint16_t column, enum table_type type,
		     const struct table_cell *cell, lxw_format *format)
{
	if (!cell->is_known)
		return;
	switch (type) {
	case TABLE_TEXT:
		xlsx_write_text(xlsx, sheet, row, column, cell->text, format);
		break;
	case TABLE_TIME:
		(void)worksheet_write_number(sheet, row, column, xlsx_serial(xlsx->document->zone, cell->time_ms), format);
		break;
	case TABLE_COUNT:
	case TABLE_BYTES:
		if (cell->count <= EXACT_MAX) {
			(void)worksheet_write_number(sheet, row, column, (double)cell->count, format);
		} else {
			buffer_cut(&xlsx->text, 0);
			buffer_append_u64(&xlsx->text, cell->count);
			(void)worksheet_write_string(sheet, row, column, xlsx->text.bytes, NULL);
		}
		break;
	case TABLE_NUMBER:
	case TABLE_SECONDS:
	case TABLE_RATIO:
	case TABLE_RATE:
	case TABLE_BYTE_RATE:
	case TABLE_MEMORY:
		if (isfinite(cell->number))
			(void)worksheet_write_number(sheet, row, column, cell->number, format);
		break;
	}
}

lxw_format *xlsx_format_of(const struct xlsx *xlsx, enum table_type type, int64_t step_ms)
{
	const struct xlsx_formats *formats = &xlsx->formats;

	switch (type) {
	case TABLE_TIME:
		return step_ms >= MS_PER_DAY ? formats->date : formats->instant;
	case TABLE_COUNT:
	case TABLE_BYTES:
	case TABLE_BYTE_RATE:
	case TABLE_MEMORY:
		return formats->count;
	case TABLE_SECONDS:
		return formats->seconds;
	case TABLE_RATIO:
		return formats->share_fine;
	case TABLE_NUMBER:
	case TABLE_RATE:
		return formats->number;
	case TABLE_TEXT:
		return NULL;
	}
	return NULL;
}

/* The unit that the figures of a column are in: their own, unscaled. */
static const char *unit_of(const struct table_column *column)
{
	switch (column->type) {
	case TABLE_BYTES:
	case TABLE_MEMORY:
		return "B";
	case TABLE_BYTE_RATE:
		return "B/s";
	case TABLE_SECONDS:
		return "s";
	case TABLE_NUMBER:
		return column->unit;
	case TABLE_RATE:
		return "/s";
	case TABLE_TIME:
	case TABLE_COUNT:
	case TABLE_RATIO:
	case TABLE_TEXT:
		return NULL;
	}
	return NULL;
}

void xlsx_write_head(struct xlsx *xlsx, lxw_worksheet *to, uint32_t row, uint16_t column, const struct sheet *sheet, size_t i,
		     lxw_format *format)
{
	const struct table_column *of = table_column(sheet->table, i);
	const char *head = sheet->heads && sheet->heads[i] ? sheet->heads[i] : of->name;
	const char *unit = unit_of(of);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(CELL_MAX_BYTES);

	buffer_append(&text, slice_of(head));
	if (unit)
		buffer_printf(&text, " (%s)", unit);
	xlsx_write_text(xlsx, to, row, column, buffer_peek(&text), format);
}

/* ---- sheets' names ---- */

static bool is_taken(const struct xlsx *xlsx, slice name)
{
	for (size_t i = 0; i < xlsx->n_names; i++)
		if (slice_equal_nocase(slice_of(xlsx->names[i]), name))
			return true;
	return false;
}

/* At most so many characters. */
static slice cut_characters(slice text, size_t n)
{
	slice rest = text;

	for (size_t i = 0; i < n && rest.len; i++)
		(void)utf8_next(&rest);
	return slice_part(text, 0, text.len - rest.len);
}

/* Without []:*?/\ and control bytes, nor an apostrophe at its ends; "Sheet" for nothing. */
static void clean_name(struct buffer *ret, slice name)
{
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(CELL_MAX_BYTES);
	slice rest;

	printable_write(&shown, name);
	for (size_t i = 0; i < shown.len; i++)
		if (strchr("[]:*?/\\", shown.bytes[i]))
			shown.bytes[i] = '-';
	rest = slice_trim(buffer_peek(&shown));
	while (slice_starts(rest, SLICE("'")))
		rest = slice_after(rest, 1);
	rest = cut_characters(rest, SHEET_NAME_MAX);
	while (slice_ends(rest, SLICE("'")) || slice_ends(rest, SLICE(" ")))
		rest.len--;
	buffer_append(ret, rest.len ? rest : SLICE("Sheet"));
}

lxw_worksheet *xlsx_add_sheet(struct xlsx *xlsx, slice name, courant_error **err)
{
	AUTO(buffer) struct buffer clean = BUFFER_LIMIT(CELL_MAX_BYTES), tried = BUFFER_LIMIT(CELL_MAX_BYTES);
	char **names = mem_resize(xlsx->names, xlsx->n_names + 1, sizeof *names);

	if (!names) {
		(void)fail_memory(err);
		return NULL;
	}
	xlsx->names = names;
	clean_name(&clean, name);
	buffer_append(&tried, buffer_peek(&clean));
	for (unsigned number = 2; is_taken(xlsx, buffer_peek(&tried)); number++) {
		AUTO(buffer) struct buffer tail = BUFFER_LIMIT(32);

		buffer_printf(&tail, " (%u)", number);
		buffer_cut(&tried, 0);
		buffer_append(&tried, cut_characters(buffer_peek(&clean), SHEET_NAME_MAX - tail.len));
		buffer_append(&tried, buffer_peek(&tail));
	}
	if (buffer_take(&tried, &xlsx->names[xlsx->n_names], NULL, err) < 0)
		return NULL;

	lxw_worksheet *sheet = workbook_add_worksheet(xlsx->workbook, xlsx->names[xlsx->n_names++]);

	if (!sheet)
		(void)fail(err, COURANT_CANT_CREATE, "the workbook takes no sheet named %s", xlsx->names[xlsx->n_names - 1]);
	return sheet;
}

/* ---- the first sheet ---- */

static void write_line(struct xlsx *xlsx, const char *text, lxw_format *format)
{
	if (text)
		xlsx_write_text(xlsx, xlsx->first, xlsx->first_row++, 0, slice_of(text), format);
}

static void write_tile(struct xlsx *xlsx, const struct tile *tile)
{
	lxw_format *format = tile->form == FORM_FINE ? xlsx->formats.share_fine : xlsx_format_of(xlsx, tile->type, 0);
	const struct change change = change_of(tile->type, tile->now, tile->former, tile->better);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(200), label = BUFFER_LIMIT(CELL_MAX_BYTES);
	const struct table_column column = {.name = "", .type = tile->type, .unit = tile->unit};
	const char *unit = unit_of(&column);
	const uint32_t row = xlsx->first_row++;

	buffer_append(&label, slice_of(tile->label ? tile->label : ""));
	if (unit)
		buffer_printf(&label, " (%s)", unit);
	xlsx_write_text(xlsx, xlsx->first, row, 0, buffer_peek(&label), NULL);
	xlsx_write_cell(xlsx, xlsx->first, row, 1, tile->type, &tile->now, format);
	if (!xlsx->document->former_label)
		return;
	xlsx_write_cell(xlsx, xlsx->first, row, 2, tile->type, &tile->former, format);
	change_write(&text, &change, FIGURE_PLAIN, xlsx->document->language);
	xlsx_write_text(xlsx, xlsx->first, row, 3, buffer_peek(&text), NULL);
}

static void write_tiles(struct xlsx *xlsx, const struct block *block)
{
	const struct document *document = xlsx->document;
	const char *heads[] = {
		word(WORD_SHEET_FIGURE, document->language),
		document->now_label,
		document->former_label,
		document->former_label ? word(WORD_CHANGE, document->language) : NULL,
	};

	xlsx->first_row++;
	for (uint16_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (heads[i])
			xlsx_write_text(xlsx, xlsx->first, xlsx->first_row, i, slice_of(heads[i]), i ? xlsx->formats.head : xlsx->formats.head_text);
	xlsx->first_row++;
	for (size_t i = 0; i < block->n_tiles; i++)
		write_tile(xlsx, &block->tiles[i]);
}

static void write_footer(struct xlsx *xlsx)
{
	const struct document *document = xlsx->document;

	xlsx->first_row++;
	for (size_t i = 0; i < document->n_footer; i++) {
		xlsx_write_text(xlsx, xlsx->first, xlsx->first_row, 0, slice_of(document->footer[i].label), xlsx->formats.grey);
		xlsx_write_text(xlsx, xlsx->first, xlsx->first_row++, 1, slice_of(document->footer[i].text), NULL);
	}
	write_line(xlsx, document->made_by, xlsx->formats.grey);
}

static int write_first(struct xlsx *xlsx, courant_error **err)
{
	const struct document *document = xlsx->document;

	if (!(xlsx->first = xlsx_add_sheet(xlsx, slice_of(word(WORD_SHEET_SUMMARY, document->language)), err)))
		return -1;
	(void)worksheet_set_column(xlsx->first, 0, 0, 26, NULL);
	(void)worksheet_set_column(xlsx->first, 1, 3, 18, NULL);
	write_line(xlsx, document->title, xlsx->formats.title);
	write_line(xlsx, document->period, xlsx->formats.grey);
	write_line(xlsx, document->compared, xlsx->formats.grey);
	write_line(xlsx, document->verdict, xlsx->formats.bold);
	write_line(xlsx, document->verdict_more, NULL);
	for (size_t i = 0; i < document->n_blocks; i++)
		if (document->blocks[i]->kind == BLOCK_TILES && document->blocks[i]->n_tiles)
			write_tiles(xlsx, document->blocks[i]);
	write_footer(xlsx);
	xlsx->first_row++;
	return 0;
}

/* ---- the whole ---- */

static lxw_format *format_with(lxw_workbook *workbook, const char *figures)
{
	lxw_format *format = workbook_add_format(workbook);

	if (figures)
		format_set_num_format(format, figures);
	return format;
}

static void make_formats(struct xlsx *xlsx)
{
	struct xlsx_formats *formats = &xlsx->formats;
	lxw_workbook *workbook = xlsx->workbook;

	*formats = (struct xlsx_formats){
		.title = format_with(workbook, NULL),
		.head = format_with(workbook, NULL),
		.head_text = format_with(workbook, NULL),
		.bold = format_with(workbook, NULL),
		.grey = format_with(workbook, NULL),
		.count = format_with(workbook, "#,##0"),
		.number = format_with(workbook, "#,##0.00"),
		.seconds = format_with(workbook, "0.000"),
		.share = format_with(workbook, "0.0%"),
		.share_fine = format_with(workbook, "0.00%"),
		.date = format_with(workbook, "yyyy-mm-dd"),
		.instant = format_with(workbook, "yyyy-mm-dd hh:mm:ss"),
	};
	format_set_bold(formats->title);
	format_set_font_size(formats->title, 14);
	format_set_bold(formats->bold);
	format_set_font_color(formats->grey, 0x5c6573);
	format_set_bold(formats->head);
	format_set_bottom(formats->head, LXW_BORDER_THIN);
	format_set_align(formats->head, LXW_ALIGN_RIGHT);
	format_set_bold(formats->head_text);
	format_set_bottom(formats->head_text, LXW_BORDER_THIN);
}

static void set_properties(struct xlsx *xlsx, int64_t created_ms)
{
	const struct document *document = xlsx->document;
	AUTO(buffer) struct buffer title = BUFFER_LIMIT(CELL_MAX_BYTES), subject = BUFFER_LIMIT(CELL_MAX_BYTES);

	printable_write(&title, slice_of(document->title ? document->title : ""));
	printable_write(&subject, slice_of(document->period ? document->period : ""));
	if (title.failure != BUFFER_FINE || subject.failure != BUFFER_FINE)
		return;

	lxw_doc_properties properties = {
		.title = title.bytes,
		.subject = subject.bytes,
		.author = (char *)"Courant",
		.comments = (char *)"courant " COURANT_VERSION,
		.created = (time_t)(created_ms / MS_PER_SECOND),
	};

	(void)workbook_set_properties(xlsx->workbook, &properties);
}

static int write_sheets(struct xlsx *xlsx, courant_error **err)
{
	const struct document *document = xlsx->document;

	if (write_first(xlsx, err) < 0)
		return -1;
	for (size_t i = 0; i < document->n_sheets; i++) {
		const struct sheet *sheet = document->sheets[i];
		struct xlsx_place place = {0};
		const int done = sheet->layout == SHEET_WEEKDAYS ? xlsx_week_sheet(xlsx, sheet, &place, err)
								 : xlsx_rows_sheet(xlsx, sheet, &place, err);

		if (done < 0 || (sheet->has_chart && xlsx_add_chart(xlsx, sheet, &place, err) < 0))
			return fail_within(err, "sheet %s", sheet->name);
	}
	return buffer_check(&xlsx->text, err);
}

static void xlsx_release(struct xlsx *xlsx)
{
	for (size_t i = 0; i < xlsx->n_names; i++)
		free(xlsx->names[i]);
	free(xlsx->names);
	buffer_release(&xlsx->text);
}
AUTO_DEFINE_VALUE(xlsx, struct xlsx, xlsx_release)

/* The library prints why a file cannot be made, and says little: so it is made here first. */
static int make_file(const char *path, courant_error **err)
{
	AUTO(close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd < 0 ? fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot make the workbook %s", path) : 0;
}

/* Into a file beside it first: the workbook appears whole, or not at all. */
static int render(const struct document *document, const char *path, int64_t created_ms, courant_error **err)
{
	AUTO(xlsx) struct xlsx xlsx = {.document = document, .text = BUFFER_LIMIT(CELL_MAX_BYTES)};
	AUTO(buffer) struct buffer part = BUFFER_LIMIT(PATH_MAX_BYTES);

	buffer_printf(&part, "%s.part", path);
	if (buffer_check(&part, err) < 0 || make_file(part.bytes, err) < 0)
		return -1;

	lxw_workbook_options options = {.constant_memory = LXW_TRUE, .use_zip64 = LXW_TRUE};

	xlsx.workbook = workbook_new_opt(part.bytes, &options);
	if (!xlsx.workbook)
		return fail_memory(err);
	make_formats(&xlsx);
	set_properties(&xlsx, created_ms);

	const int done = write_sheets(&xlsx, err);
	const lxw_error closed = workbook_close(xlsx.workbook); /* frees it in any case */

	if (done == 0 && closed == LXW_NO_ERROR && rename(part.bytes, path) == 0)
		return 0;

	const int error_number = errno;

	(void)unlink(part.bytes);
	if (done < 0)
		return -1;
	if (closed != LXW_NO_ERROR)
		return fail(err, COURANT_CANT_CREATE, "cannot write the workbook %s: %s", path, lxw_strerror(closed));
	return fail_errno_as(err, COURANT_CANT_CREATE, error_number, "cannot make the workbook %s", path);
}

const struct file_renderer render_xlsx = {"xlsx", ".xlsx", render};
