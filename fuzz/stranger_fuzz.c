/* SPDX-License-Identifier: MIT */
/* stranger_fuzz.c - any bytes out of a log: shown, in HTML, in plain text, in JSON and in CSV they stay harmless */
#include "base/printable.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "render/html_write.h"
#include "render/text_write.h"
#include "table/export.h"
#include "table/stranger.h"

#define OUTPUT_MAX ((size_t)1 << 22)

static void must_be_shown(slice text, size_t max_columns)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUTPUT_MAX), path = BUFFER_LIMIT(OUTPUT_MAX), again = BUFFER_LIMIT(OUTPUT_MAX);

	stranger_write(&out, text, max_columns);
	stranger_write_path(&path, text, max_columns);
	MUST(printable_is(buffer_peek(&out)) && printable_is(buffer_peek(&path)));
	MUST(max_columns == 0 || utf8_width(buffer_peek(&out)) <= max_columns);
	MUST(max_columns == 0 || utf8_width(buffer_peek(&path)) <= max_columns);
	stranger_write(&again, buffer_peek(&path), SIZE_MAX);
	MUST(slice_equal(buffer_peek(&again), buffer_peek(&path)));
}

/* The only tags are those that end a line; no quote is left that could end an attribute. */
static void must_be_character_data(slice text)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUTPUT_MAX);
	slice rest, piece;

	html_text(&out, text, SIZE_MAX);
	html_path(&out, text, 100);
	MUST(slice_find(buffer_peek(&out), '"') == SLICE_NONE && slice_find(buffer_peek(&out), '\'') == SLICE_NONE);
	rest = buffer_peek(&out);
	MUST(!slice_next(&rest, '<', &piece) || slice_find(piece, '>') == SLICE_NONE);
	while (rest.ptr) {
		MUST(slice_starts(rest, SLICE("span\n></span>")));
		rest = slice_after(rest, 13);
		(void)slice_next(&rest, '<', &piece);
		MUST(slice_find(piece, '>') == SLICE_NONE);
	}
	for (rest = buffer_peek(&out); slice_next_line(&rest, &piece);)
		MUST(piece.len <= 998);
}

static void must_wrap(slice text)
{
	AUTO(buffer) struct buffer clean = BUFFER_LIMIT(OUTPUT_MAX), out = BUFFER_LIMIT(OUTPUT_MAX);
	slice rest, line;

	stranger_write(&clean, text, 2000);
	text_wrap(&out, buffer_peek(&clean), 0);
	MUST(out.failure == BUFFER_FINE);
	for (rest = buffer_peek(&out); slice_next_line(&rest, &line);)
		MUST(utf8_width(line) <= TEXT_COLUMNS && printable_is(line));
}

static void must_be_exported(slice text)
{
	static const struct table_column column = {"text", TABLE_TEXT};
	AUTO(table) struct table *table = table_new(&(struct table_head){.name = "t"}, &column, 1, NULL);
	AUTO(zone) struct zone *zone = zone_new_fixed(0, NULL);
	AUTO(buffer) struct buffer json = BUFFER_LIMIT(OUTPUT_MAX), csv = BUFFER_LIMIT(OUTPUT_MAX);
	slice cell;

	MUST(table && zone && table_add_row(table, &CELL_TEXT(text), NULL) == 0);
	(void)export_json(&json, table, zone, NULL);
	(void)export_csv(&csv, table, zone, NULL);
	MUST(printable_is(buffer_peek(&json)));
	MUST(slice_starts(buffer_peek(&csv), SLICE("text\r\n")) && slice_ends(buffer_peek(&csv), SLICE("\r\n")));
	cell = slice_after(slice_part(buffer_peek(&csv), 0, csv.len - 2), 6);
	MUST(printable_is(cell));
	MUST(cell.len == 0 || (cell.ptr[0] != '=' && cell.ptr[0] != '+' && cell.ptr[0] != '-' && cell.ptr[0] != '@'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);

	must_be_shown(text, SIZE_MAX);
	must_be_shown(text, size % 80);
	must_be_character_data(text);
	must_wrap(text);
	must_be_exported(text);
	return 0;
}
