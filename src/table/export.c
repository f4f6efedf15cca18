/* SPDX-License-Identifier: MIT */
/* export.c - tables as JSON and CSV */
#include "table/export.h"

#include <math.h>

#include "base/ascii.h"
#include "base/num.h"
#include "base/printable.h"
#include "base/utf8.h"

static void write_time(struct buffer *out, int64_t instant_ms, const struct zone *zone)
{
	rfc3339_write(out, instant_ms, zone_offset_at(zone, instant_ms));
}

/* The characters that RFC 8259, 7 wants escaped. */
static bool write_json_escape(struct buffer *out, uint32_t code)
{
	switch (code) {
	case '"':
		buffer_append(out, SLICE("\\\""));
		return true;
	case '\\':
		buffer_append(out, SLICE("\\\\"));
		return true;
	case '\n':
		buffer_append(out, SLICE("\\n"));
		return true;
	case '\t':
		buffer_append(out, SLICE("\\t"));
		return true;
	default:
		return false;
	}
}

/* One character that may not be shown as it is: the escape keeps it whole for the program that reads, and harmless on a terminal. */
static void write_json_code(struct buffer *out, uint32_t code)
{
	if (code <= 0xffff) {
		buffer_printf(out, "\\u%04x", (unsigned)code);
		return;
	}
	code -= 0x10000;
	buffer_printf(out, "\\u%04x\\u%04x", 0xd800 + (unsigned)(code >> 10), 0xdc00 + (unsigned)(code & 0x3ff));
}

/* How many bytes at the beginning stand for themselves: printable ASCII, but for the quote and the backslash. */
static size_t plain_length(slice text)
{
	size_t n = 0;

	while (n < text.len && text.ptr[n] >= ' ' && text.ptr[n] <= '~' && text.ptr[n] != '"' && text.ptr[n] != '\\')
		n++;
	return n;
}

void export_json_text(struct buffer *out, slice text)
{
	buffer_append_byte(out, '"');
	for (;;) {
		const size_t plain = plain_length(text);

		buffer_append(out, slice_part(text, 0, plain));
		text = slice_after(text, plain);
		if (text.len == 0)
			break;

		slice rest = text;
		const uint32_t code = utf8_next(&rest);
		const slice character = slice_from(text.ptr, text.len - rest.len);

		if (code == UTF8_BAD)
			buffer_printf(out, "\\\\x%02x", (unsigned)(unsigned char)text.ptr[0]);
		else if (!write_json_escape(out, code)) {
			if (printable_is(character))
				buffer_append(out, character);
			else
				write_json_code(out, code);
		}
		text = rest;
	}
	buffer_append_byte(out, '"');
}

static void write_number(struct buffer *out, double number, slice not_a_number)
{
	if (isfinite(number))
		num_write_double(out, number);
	else
		buffer_append(out, not_a_number);
}

static void write_json_cell(struct buffer *out, enum table_type type, const struct table_cell *cell,
			    const struct zone *zone)
{
	if (!cell->is_known) {
		buffer_append(out, SLICE("null"));
		return;
	}
	switch (type) {
	case TABLE_TIME:
		buffer_append_byte(out, '"');
		write_time(out, cell->time_ms, zone);
		buffer_append_byte(out, '"');
		break;
	case TABLE_COUNT:
	case TABLE_BYTES:
		buffer_append_u64(out, cell->count);
		break;
	case TABLE_NUMBER:
	case TABLE_SECONDS:
	case TABLE_RATIO:
	case TABLE_RATE:
	case TABLE_BYTE_RATE:
	case TABLE_MEMORY:
		write_number(out, cell->number, SLICE("null"));
		break;
	case TABLE_TEXT:
		export_json_text(out, cell->text);
		break;
	}
}

static void write_json_row(struct buffer *out, const struct table *table, const struct table_cell *cells,
			   const struct zone *zone)
{
	buffer_append_byte(out, '{');
	for (size_t i = 0; i < table_columns(table); i++) {
		const struct table_column *column = table_column(table, i);

		if (i)
			buffer_append_byte(out, ',');
		export_json_text(out, slice_of(column->name));
		buffer_append_byte(out, ':');
		write_json_cell(out, column->type, &cells[i], zone);
	}
	buffer_append_byte(out, '}');
}

int export_json(struct buffer *out, const struct table *table, const struct zone *zone, courant_error **err)
{
	const bool is_single = table_head(table)->is_single;
	struct table_cursor cursor = {table, 0};
	const struct table_cell *cells;
	slice between = SLICE("");
	int found;

	if (!is_single)
		buffer_append_byte(out, '[');
	while ((found = table_next(&cursor, &cells, err)) > 0) {
		buffer_append(out, between);
		write_json_row(out, table, cells, zone);
		if (is_single)
			return 0;
		between = SLICE(",\n");
	}
	buffer_append(out, is_single ? SLICE("null") : SLICE("]"));
	return found;
}

void export_json_estimate(struct buffer *out, const struct table *table)
{
	const struct table_estimate *estimate = &table_head(table)->estimate;
	slice between = SLICE("{\"columns\":[");

	for (size_t i = 0; i < table_columns(table); i++) {
		if (!(estimate->columns >> i & 1))
			continue;
		buffer_append(out, between);
		export_json_text(out, slice_of(table_column(table, i)->name));
		between = SLICE(",");
	}
	if (estimate->columns) {
		buffer_append(out, SLICE("],\"error\":"));
		write_number(out, estimate->error, SLICE("null"));
	}
	if (estimate->missed) {
		buffer_append(out, estimate->columns ? SLICE(",\"missed\":") : SLICE("{\"missed\":"));
		buffer_append_u64(out, estimate->missed);
	}
	buffer_append_byte(out, '}');
}

static void write_csv_text(struct buffer *out, slice text)
{
	const bool is_formula = text.len && ascii_is_one_of(text.ptr[0], "=+-@\t\r");
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(out->limit);

	printable_write(&shown, text);

	slice rest = buffer_peek(&shown);

	/* A failure travels on as what is over the caller's limit, or without memory, would. */
	buffer_fail_like(out, &shown);
	if (!is_formula && slice_find(rest, ',') == SLICE_NONE && slice_find(rest, '"') == SLICE_NONE) {
		buffer_append(out, rest);
		return;
	}
	buffer_append(out, is_formula ? SLICE("\"'") : SLICE("\""));
	for (slice piece; slice_next(&rest, '"', &piece);) {
		buffer_append(out, piece);
		if (rest.ptr)
			buffer_append(out, SLICE("\"\""));
	}
	buffer_append_byte(out, '"');
}

static void write_csv_cell(struct buffer *out, enum table_type type, const struct table_cell *cell,
			   const struct zone *zone)
{
	if (!cell->is_known)
		return;
	switch (type) {
	case TABLE_TIME:
		write_time(out, cell->time_ms, zone);
		break;
	case TABLE_COUNT:
	case TABLE_BYTES:
		buffer_append_u64(out, cell->count);
		break;
	case TABLE_NUMBER:
	case TABLE_SECONDS:
	case TABLE_RATIO:
	case TABLE_RATE:
	case TABLE_BYTE_RATE:
	case TABLE_MEMORY:
		write_number(out, cell->number, SLICE(""));
		break;
	case TABLE_TEXT:
		write_csv_text(out, cell->text);
		break;
	}
}

int export_csv(struct buffer *out, const struct table *table, const struct zone *zone, courant_error **err)
{
	const size_t n = table_columns(table);
	struct table_cursor cursor = {table, 0};
	const struct table_cell *cells;
	int found;

	for (size_t i = 0; i < n; i++) {
		if (i)
			buffer_append_byte(out, ',');
		write_csv_text(out, slice_of(table_column(table, i)->name));
	}
	buffer_append(out, SLICE("\r\n"));
	while ((found = table_next(&cursor, &cells, err)) > 0) {
		for (size_t i = 0; i < n; i++) {
			if (i)
				buffer_append_byte(out, ',');
			write_csv_cell(out, table_column(table, i)->type, &cells[i], zone);
		}
		buffer_append(out, SLICE("\r\n"));
	}
	return found;
}
