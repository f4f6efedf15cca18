/* SPDX-License-Identifier: MIT */
#include "table/export.h"

#include <math.h>

#include "base/utf8.h"
#include "tap.h"

/* Expected values by hand from RFC 8259 and RFC 4180, and from the rule for formulas. */
static const struct {
	const char *name, *text, *json, *csv;
} texts[] = {
	{"plain", "/index.php", "\"/index.php\"", "/index.php"},
	{"empty", "", "\"\"", ""},
	{"a quote", "say \"hi\"", "\"say \\\"hi\\\"\"", "\"say \"\"hi\"\"\""},
	{"a backslash", "a\\b", "\"a\\\\b\"", "a\\b"},
	{"a comma", "a,b", "\"a,b\"", "\"a,b\""},
	{"a formula", "=cmd|'/C calc'!A0", "\"=cmd|'/C calc'!A0\"", "\"'=cmd|'/C calc'!A0\""},
	{"a sum", "+1", "\"+1\"", "\"'+1\""},
	{"a difference", "-1", "\"-1\"", "\"'-1\""},
	{"a mention", "@SUM(A1)", "\"@SUM(A1)\"", "\"'@SUM(A1)\""},
	{"a tab first", "\t=1", "\"\\t=1\"", "\"'\\u{9}=1\""},
	{"a CR first", "\r=1", "\"\\u000d=1\"", "\"'\\u{d}=1\""},
	{"a formula after a line end", "a\n=1", "\"a\\n=1\"", "a\\u{a}=1"},
	{"an escape sequence", "\x1b[31m", "\"\\u001b[31m\"", "\\u{1b}[31m"},
	{"DEL", "\x7f", "\"\\u007f\"", "\\u{7f}"},
	{"C1", "\xc2\x9b" "31m", "\"\\u009b31m\"", "\\u{9b}31m"},
	{"an override", "\u202e", "\"\\u202e\"", "\\u{202e}"},
	{"a line separator", "\u2028", "\"\\u2028\"", "\\u{2028}"},
	{"a tag character", "\U000e0041", "\"\\udb40\\udc41\"", "\\u{e0041}"},
	{"Chinese", "搜索", "\"搜索\"", "搜索"},
	{"beyond the first plane", "\U0001F600", "\"\U0001F600\"", "\U0001F600"},
	{"not UTF-8", "a\xff", "\"a\\\\xff\"", "a\\xff"},
	{"markup is no matter here", "<a href=x>", "\"<a href=x>\"", "<a href=x>"},
};

static const struct table_column text_column[] = {{"path", TABLE_TEXT}};

static void text_is_escaped(void)
{
	AUTO(zone) struct zone *zone = zone_new_fixed(0, NULL);

	EACH (row, texts) {
		AUTO(table) struct table *table = table_new(&(struct table_head){.name = "t"}, text_column, 1, NULL);
		AUTO(buffer) struct buffer json = BUFFER_LIMIT(4096), csv = BUFFER_LIMIT(4096), want = BUFFER_LIMIT(4096);

		tap_row(row->name);
		CHECK(table_add_row(table, &CELL_TEXT(slice_of(row->text)), NULL) == 0);
		CHECK(export_json(&json, table, zone, NULL) == 0);
		buffer_printf(&want, "[{\"path\":%s}]", row->json);
		CHECK_SLICE(buffer_peek(&json), buffer_peek(&want));
		CHECK(export_csv(&csv, table, zone, NULL) == 0);
		buffer_cut(&want, 0);
		buffer_printf(&want, "path\r\n%s\r\n", row->csv);
		CHECK_SLICE(buffer_peek(&csv), buffer_peek(&want));
		CHECK(utf8_is_valid(buffer_peek(&json)) && utf8_is_valid(buffer_peek(&csv)));
	}
}

static struct table *make_all(bool is_single)
{
	static const struct table_column columns[] = {
		{"at", TABLE_TIME},	{"hits", TABLE_COUNT},	{"load", TABLE_NUMBER}, {"bytes", TABLE_BYTES},
		{"p95", TABLE_SECONDS}, {"share", TABLE_RATIO}, {"rate", TABLE_RATE, "pages"}, {"speed", TABLE_BYTE_RATE}, {"memory", TABLE_MEMORY},
		{"name", TABLE_TEXT},
	};
	struct table *table = table_new(&(struct table_head){.name = "all", .is_single = is_single}, columns, 10, NULL);

	(void)table_add_row(table,
			    (struct table_cell[]){CELL_TIME(INT64_C(1794182400000)), CELL_COUNT(UINT64_MAX), CELL_NUMBER(-0.5),
						  CELL_COUNT(0), CELL_NUMBER(0.242), CELL_NUMBER(0.1), CELL_NUMBER(1.5),
						  CELL_NUMBER(2490000.25), CELL_NUMBER(1073741824), CELL_TEXT(SLICE("x"))},
			    NULL);
	if (is_single)
		return table;
	(void)table_add_row(table,
			    (struct table_cell[]){CELL_UNKNOWN, CELL_UNKNOWN, CELL_NUMBER(NAN), CELL_UNKNOWN,
						  CELL_NUMBER(INFINITY), CELL_UNKNOWN, CELL_NUMBER(NAN), CELL_NUMBER(INFINITY), CELL_UNKNOWN, CELL_UNKNOWN},
			    NULL);
	return table;
}

static void every_type_is_written(void)
{
	AUTO(zone) struct zone *zone = zone_new_fixed(8 * 3600, NULL);
	AUTO(table) struct table *table = make_all(false), *single = make_all(true);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

#define FIRST                                                                                      \
	"{\"at\":\"2026-11-09T08:00:00+08:00\",\"hits\":18446744073709551615,\"load\":-0.5,\"bytes\":0,\"p95\":0.242," \
	"\"share\":0.1,\"rate\":1.5,\"speed\":2490000.25,\"memory\":1073741824,\"name\":\"x\"}"
	CHECK(export_json(&out, table, zone, NULL) == 0);
	CHECK_TEXT(out.bytes, "[" FIRST ",\n{\"at\":null,\"hits\":null,\"load\":null,\"bytes\":null,\"p95\":null,\"share\":null,"
			      "\"rate\":null,\"speed\":null,\"memory\":null,\"name\":null}]");
	buffer_cut(&out, 0);
	CHECK(export_json(&out, single, zone, NULL) == 0);
	CHECK_TEXT(out.bytes, FIRST);
#undef FIRST
	buffer_cut(&out, 0);
	CHECK(export_csv(&out, table, zone, NULL) == 0);
	CHECK_TEXT(out.bytes, "at,hits,load,bytes,p95,share,rate,speed,memory,name\r\n"
			      "2026-11-09T08:00:00+08:00,18446744073709551615,-0.5,0,0.242,0.1,1.5,2490000.25,1073741824,x\r\n"
			      ",,,,,,,,,\r\n");
}

static void a_table_without_rows_is_empty(void)
{
	AUTO(zone) struct zone *zone = zone_new_fixed(0, NULL);
	AUTO(table) struct table *table = table_new(&(struct table_head){.name = "t"}, text_column, 1, NULL);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

	CHECK(export_json(&out, table, zone, NULL) == 0);
	CHECK_TEXT(out.bytes, "[]");
	buffer_cut(&out, 0);
	CHECK(export_csv(&out, table, zone, NULL) == 0);
	CHECK_TEXT(out.bytes, "path\r\n");
}

static void a_limit_is_an_error(void)
{
	AUTO(zone) struct zone *zone = zone_new_fixed(0, NULL);
	AUTO(table) struct table *table = make_all(false);
	AUTO(buffer) struct buffer json = BUFFER_LIMIT(20), csv = BUFFER_LIMIT(20);
	courant_error *err = NULL;

	CHECK(export_json(&json, table, zone, NULL) == 0);
	CHECK(buffer_check(&json, &err) < 0);
	CHECK_ERROR(err, COURANT_TOO_LARGE, "20 bytes");
	CHECK(export_csv(&csv, table, zone, NULL) == 0);
	CHECK(buffer_check(&csv, NULL) < 0);
}

TESTS(TEST(text_is_escaped), TEST(every_type_is_written), TEST(a_table_without_rows_is_empty), TEST(a_limit_is_an_error))
