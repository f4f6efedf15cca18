/* SPDX-License-Identifier: MIT */
#include "table/change.h"

#include <math.h>

#include "tap.h"

#define NONE   JUDGEMENT_NONE
#define GOOD   JUDGEMENT_BETTER
#define WORSE  JUDGEMENT_WORSE

/* Most rows stand in the design's example. */
static const struct {
	const char *name;
	uint64_t now, former;
	enum better better;
	const char *cell, *plain;
	enum judgement judgement;
} counts[] = {
	{"visitors grow", 23651, 21960, BETTER_NEITHER, "▲ 7.7%", "+7.7%", NONE},
	{"views fall", 5112, 5958, BETTER_NEITHER, "▼ 14.2%", "-14.2%", NONE},
	{"less than half a percent is level", 1004, 1000, BETTER_DOWN, "– 持平", "持平", NONE},
	{"half a percent is not", 1005, 1000, BETTER_DOWN, "▲ 0.5%", "+0.5%", NONE},
	{"nothing and nothing are level", 0, 0, BETTER_DOWN, "– 持平", "持平", NONE},
	{"errors at 3.1 times", 319, 103, BETTER_DOWN, "▲ ×3.1", "x3.1", WORSE},
	{"503 at 23.8 times", 214, 9, BETTER_DOWN, "▲ ×23.8", "x23.8", WORSE},
	{"a fifth more of few is chance", 96, 81, BETTER_DOWN, "▲ 18.5%", "+18.5%", NONE},
	{"the same share of many is not", 9600, 8100, BETTER_DOWN, "▲ 18.5%", "+18.5%", WORSE},
	{"many but below 5 percent", 1040000, 1000000, BETTER_DOWN, "▲ 4.0%", "+4.0%", NONE},
	{"5 percent of very many", 1050000, 1000000, BETTER_DOWN, "▲ 5.0%", "+5.0%", WORSE},
	{"fewer errors are better", 100, 400, BETTER_DOWN, "▼ 75.0%", "-75.0%", GOOD},
	{"more is better where it is", 400, 100, BETTER_UP, "▲ ×4.0", "x4.0", GOOD},
	{"less is worse where it is", 100, 400, BETTER_UP, "▼ 75.0%", "-75.0%", WORSE},
	{"gone", 0, 400, BETTER_DOWN, "▼ 100%", "-100%", GOOD},
	{"new", 812, 0, BETTER_DOWN, "新增", "新增", WORSE},
	{"new but few", 3, 0, BETTER_DOWN, "新增", "新增", NONE},
	{"just double", 200, 100, BETTER_NEITHER, "▲ ×2.0", "x2.0", NONE},
	{"what would be printed as 100.0 percent is double", 19996, 10000, BETTER_NEITHER, "▲ ×2.0", "x2.0", NONE},
	{"just below it", 1999, 1000, BETTER_NEITHER, "▲ 99.9%", "+99.9%", NONE},
	{"hundreds of times are whole", 23800, 100, BETTER_NEITHER, "▲ ×238", "x238", NONE},
	{"very many times", UINT64_MAX, 1, BETTER_NEITHER, "▲ ×18,446,744,073,709,551,615", "x18,446,744,073,709,551,615", NONE},
};

static void counts_change(void)
{
	EACH (row, counts) {
		const struct change change =
			change_of(TABLE_COUNT, CELL_COUNT(row->now), CELL_COUNT(row->former), row->better);
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		change_write(&out, &change, FIGURE_CELL, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, row->cell);
		buffer_cut(&out, 0);
		change_write(&out, &change, FIGURE_PLAIN, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, row->plain);
		CHECK_INT(change.judgement, row->judgement);
	}
}

static void shares_change_in_points(void)
{
	static const struct {
		const char *name;
		double now, former;
		const char *zh, *en;
	} rows[] = {
		{"a little", 0.9992, 0.9998, "▼\u00a00.06\u00a0点", "▼\u00a00.06\u00a0pt"},
		{"much", 0.85, 0.20, "▲\u00a065\u00a0点", "▲\u00a065\u00a0pt"},
		{"some", 0.05, 0.02, "▲\u00a03.0\u00a0点", "▲\u00a03.0\u00a0pt"},
		{"from nothing", 0.01, 0, "▲\u00a01.0\u00a0点", "▲\u00a01.0\u00a0pt"},
		{"level", 0.50001, 0.5, "–\u00a0持平", "–\u00a0level"},
	};

	EACH (row, rows) {
		const struct change change =
			change_of(TABLE_RATIO, CELL_NUMBER(row->now), CELL_NUMBER(row->former), BETTER_UP);
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		change_write(&out, &change, FIGURE_SENTENCE, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, row->zh);
		buffer_cut(&out, 0);
		change_write(&out, &change, FIGURE_SENTENCE, LANGUAGE_EN);
		CHECK_TEXT(out.bytes, row->en);
	}
}

static void bytes_need_no_chance(void)
{
	const struct change change = change_of(TABLE_BYTES, CELL_COUNT(106), CELL_COUNT(100), BETTER_DOWN);

	CHECK_INT(change.judgement, JUDGEMENT_WORSE);
}

static void what_is_not_known_is_not_compared(void)
{
	const struct {
		const char *name;
		enum table_type type;
		struct table_cell now, former;
	} rows[] = {
		{"no former", TABLE_COUNT, CELL_COUNT(1), CELL_UNKNOWN},
		{"no present", TABLE_COUNT, CELL_UNKNOWN, CELL_COUNT(1)},
		{"not a number", TABLE_SECONDS, CELL_NUMBER(1), CELL_NUMBER(NAN)},
		{"infinite", TABLE_SECONDS, CELL_NUMBER(INFINITY), CELL_NUMBER(1)},
		{"a text", TABLE_TEXT, CELL_TEXT(SLICE("a")), CELL_TEXT(SLICE("b"))},
		{"a time", TABLE_TIME, CELL_TIME(1), CELL_TIME(2)},
	};

	EACH (row, rows) {
		const struct change change = change_of(row->type, row->now, row->former, BETTER_DOWN);
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		CHECK_INT(change.kind, CHANGE_UNKNOWN);
		CHECK_INT(change.judgement, JUDGEMENT_NONE);
		change_write(&out, &change, FIGURE_CELL, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, "无对比");
	}
}

TESTS(TEST(counts_change), TEST(shares_change_in_points), TEST(bytes_need_no_chance),
      TEST(what_is_not_known_is_not_compared))
