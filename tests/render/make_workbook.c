/* SPDX-License-Identifier: MIT */
/* make_workbook.c - a workbook of known cells, for other programs to read: make-workbook OUT.xlsx */
#include <math.h>
#include <stdio.h>

#include "base/zone.h"
#include "render/document.h"

#define MONDAY INT64_C(1773590400000) /* 2026-03-16 00:00 in Shanghai */

static const char *const hostile[] = {
	"=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "https://evil.example/", "mailto:x@example.com", "internal:'x'!A1",
	"<a href=x>", "a\x01" "b\x1b[31m", "a\xff\xfe", "\u202eabc", "_x0041_", "  blanks  ", "搜索", "\U0001F600", "line\nend", "",
};

static struct table *make_kinds(void)
{
	static const struct table_column columns[] = {
		{.name = "time", .type = TABLE_TIME},       {.name = "count", .type = TABLE_COUNT},   {.name = "number", .type = TABLE_NUMBER, .unit = "°C"},
		{.name = "share", .type = TABLE_RATIO},     {.name = "seconds", .type = TABLE_SECONDS}, {.name = "bytes", .type = TABLE_BYTES},
		{.name = "text", .type = TABLE_TEXT},
	};
	struct table *table = table_new(&(struct table_head){.name = "kinds", .step_ms = MS_PER_HOUR}, columns, 7, NULL);

	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
		(void)table_add_row(table,
				    (const struct table_cell[]){CELL_TIME(MONDAY + (int64_t)i * MS_PER_HOUR), CELL_COUNT(i * 1000),
								i == 1 ? CELL_NUMBER(NAN) : i == 2 ? CELL_NUMBER(INFINITY) : CELL_NUMBER((double)i / 8 - 1),
								i == 3 ? CELL_UNKNOWN : CELL_NUMBER((double)i / 16), CELL_NUMBER((double)i / 1000),
								i == 4 ? CELL_COUNT(UINT64_MAX) : CELL_COUNT(i << 20),
								CELL_TEXT(slice_of(hostile[i]))},
				    NULL);
	return table;
}

static struct table *make_days(void)
{
	static const struct table_column columns[] = {
		{.name = "day", .type = TABLE_TIME}, {.name = "p95", .type = TABLE_SECONDS}, {.name = "requests", .type = TABLE_COUNT}};
	struct table *table = table_new(&(struct table_head){.name = "days", .from_ms = MONDAY, .to_ms = MONDAY + 7 * MS_PER_DAY, .step_ms = MS_PER_DAY},
					columns, 3, NULL);

	for (size_t i = 0; i < 7; i++)
		if (i != 4)
			(void)table_add_row(table,
					    (const struct table_cell[]){CELL_TIME(MONDAY + (int64_t)i * MS_PER_DAY), CELL_NUMBER(0.2 + (double)i / 100),
									CELL_COUNT(1000 + i)},
					    NULL);
	return table;
}

static struct table *make_hours(void)
{
	static const struct table_column columns[] = {{.name = "hour", .type = TABLE_TIME}, {.name = "hits", .type = TABLE_COUNT}};
	struct table *table = table_new(&(struct table_head){.name = "hours", .from_ms = MONDAY, .to_ms = MONDAY + 7 * MS_PER_DAY, .step_ms = MS_PER_HOUR},
					columns, 2, NULL);

	for (size_t i = 0; i < 7 * 24; i++)
		(void)table_add_row(table, (const struct table_cell[]){CELL_TIME(MONDAY + (int64_t)i * MS_PER_HOUR), CELL_COUNT(i)}, NULL);
	return table;
}

/* Rows that nobody holds. */
static uint64_t at;
static struct table_cell numbers[2];

static int next(void *context, const struct table_cell **ret_cells, courant_error **err)
{
	(void)context;
	(void)err;
	if (at == 5000)
		return 0;
	numbers[0] = CELL_COUNT(at);
	numbers[1] = CELL_TEXT(slice_from("number and rest", 6)); /* not terminated */
	at++;
	*ret_cells = numbers;
	return 1;
}

static int begin(void *context, courant_error **err)
{
	(void)context;
	(void)err;
	at = 0;
	return 0;
}

static void end(void *context)
{
	(void)context;
}

static struct table *make_stream(void)
{
	static const struct table_column columns[] = {{.name = "n", .type = TABLE_COUNT}, {.name = "word", .type = TABLE_TEXT}};

	return table_new_stream(&(struct table_head){.name = "stream"}, columns, 2, (struct table_stream){NULL, next, begin, end}, NULL);
}

static void fill(struct document *document)
{
	const struct tile tile = {.label = "延时 p95", .type = TABLE_SECONDS, .now = CELL_NUMBER(0.242), .former = CELL_NUMBER(0.266), .better = BETTER_DOWN};
	struct block *block = document_add_block(document, BLOCK_TILES, SLICE(""), NULL);
	struct sheet *sheet;

	(void)document_set(&document->title, SLICE("业务服务质量周报"), NULL);
	(void)document_set(&document->period, SLICE("2026年第12周"), NULL);
	(void)document_set(&document->verdict, SLICE("=达标"), NULL);
	(void)document_set(&document->now_label, SLICE("本周"), NULL);
	(void)document_set(&document->former_label, SLICE("上周"), NULL);
	(void)document_add_footer(document, "来源", SLICE("web：access.log"), NULL);
	(void)block_add_tile(block, &tile, NULL);
	sheet = document_add_sheet(document, SLICE("各种数值"), SHEET_ROWS, make_kinds(), NULL);
	(void)sheet_set_head(sheet, 1, SLICE("次数"), NULL);
	sheet = document_add_sheet(document, SLICE("延时[每天]"), SHEET_WEEKDAYS, make_days(), NULL);
	sheet->has_chart = true;
	sheet = document_add_sheet(document, SLICE("每小时"), SHEET_WEEKDAYS, make_hours(), NULL);
	sheet->has_chart = true;
	sheet = document_add_sheet(document, SLICE("序列"), SHEET_ROWS, make_days(), NULL);
	sheet->has_chart = true;
	(void)document_add_sheet(document, SLICE("一个非常长的工作表名称，超过了三十一个字符，所以要截短一些才行，真的"), SHEET_ROWS, make_stream(), NULL);
	(void)document_add_sheet(document, SLICE("概况"), SHEET_ROWS, make_days(), NULL);
	(void)document_add_sheet(document, SLICE("'"), SHEET_ROWS, make_days(), NULL);
}

int main(int argc, char **argv)
{
	AUTO(error) courant_error *err = NULL;
	AUTO(zone) struct zone *zone = zone_load(SLICE("Asia/Shanghai"), &err);
	AUTO(document) struct document *document = document_new(LANGUAGE_ZH, &err);

	if (argc != 2 || !zone || !document)
		return 64;
	document->zone = zone;
	fill(document);
	if (render_xlsx.render(document, argv[1], MONDAY, &err) == 0)
		return 0;
	(void)fprintf(stderr, "make-workbook: %s\n", courant_error_sentence(err));
	return 73;
}
