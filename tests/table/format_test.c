/* SPDX-License-Identifier: MIT */
#include "table/format.h"

#include <math.h>

#include "tap.h"

#define NB "\u00a0"
#define TH "\u2009"

/* Expected values come from the design's tables of figures, and by hand from its rules. */
static void large_counts_are_short(void)
{
	static const struct {
		const char *name;
		uint64_t count;
		const char *cell_zh, *cell_en, *sentence_zh, *sentence_en;
	} rows[] = {
		{"nothing", 0, "0", "0", "0", "0"},
		{"one", 1, "1", "1", "1", "1"},
		{"a thousand has a comma", 1000, "1,000", "1,000", "1,000", "1,000"},
		{"five digits are told in full", 17444, "17,444", "17,444", "17,444", "17,444"},
		{"the last that a sentence tells in full", 99999, "99,999", "99,999", "99,999", "99,999"},
		{"page views", 152433, "152,433", "152,433", "15.2" NB "万", "152" NB "k"},
		{"the last that a cell shows in full", 999999, "999,999", "999,999", "100.0" NB "万", "1.00" NB "M"},
		{"a million", 1000000, "100.0" TH "万", "1.00" TH "M", "100.0" NB "万", "1.00" NB "M"},
		{"requests of a week", 3398214, "339.8" TH "万", "3.40" TH "M", "339.8" NB "万", "3.40" NB "M"},
		{"up to the next unit", 99996000, "1.0" TH "亿", "100" TH "M", "1.0" NB "亿", "100" NB "M"},
		{"hundred millions", 123456789, "1.2" TH "亿", "123" TH "M", "1.2" NB "亿", "123" NB "M"},
		{"just below a unit rounds into it", 999600000, "10.0" TH "亿", "1.00" TH "G", "10.0" NB "亿", "1.00" NB "G"},
		{"the greatest there is", UINT64_MAX, "184467440737.1" TH "亿", "18.4" TH "E", "184467440737.1" NB "亿",
		 "18.4" NB "E"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		format_count_short(&out, row->count, FIGURE_CELL, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, row->cell_zh);
		buffer_cut(&out, 0);
		format_count_short(&out, row->count, FIGURE_CELL, LANGUAGE_EN);
		CHECK_TEXT(out.bytes, row->cell_en);
		buffer_cut(&out, 0);
		format_count_spoken(&out, row->count, FIGURE_SENTENCE, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, row->sentence_zh);
		buffer_cut(&out, 0);
		format_count_spoken(&out, row->count, FIGURE_SENTENCE, LANGUAGE_EN);
		CHECK_TEXT(out.bytes, row->sentence_en);
	}
}

static void shares_are_exact_at_their_ends(void)
{
	static const struct {
		const char *name;
		double ratio;
		const char *share, *fine;
	} rows[] = {
		{"nothing", 0, "0%", "0%"},
		{"a little is not nothing", 0.000001, "<0.1%", "<0.01%"},
		{"below a tenth", 0.00075, "<0.1%", "0.07%"},
		{"a tenth", 0.001, "0.1%", "0.10%"},
		{"seven percent", 0.07, "7.0%", "7.00%"},
		{"availability", 0.9992, ">99.9%", "99.92%"},
		{"nearly all is not all", 0.99999, ">99.9%", ">99.99%"},
		{"all", 1, "100%", "100%"},
		{"more than all", 1.5, "150.0%", "150.00%"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		format_share(&out, row->ratio);
		CHECK_TEXT(out.bytes, row->share);
		buffer_cut(&out, 0);
		format_share_fine(&out, row->ratio);
		CHECK_TEXT(out.bytes, row->fine);
	}
}

static void bytes_have_three_digits(void)
{
	static const struct {
		const char *name;
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{"none", 0, "0 B"},
		{"less than a kilobyte is whole", 999, "999 B"},
		{"a kilobyte", 1000, "1.00 kB"},
		{"two decimals below 10", 4096, "4.10 kB"},
		{"one decimal below 100", 38200000, "38.2 MB"},
		{"9.995 rounds to two digits and one decimal", 9995000, "10.0 MB"},
		{"none from 100", 504126000, "504 MB"},
		{"rounding goes on into the next unit", 999600000, "1.00 GB"},
		{"gigabytes", 1240000000, "1.24 GB"},
		{"the greatest there is", UINT64_MAX, "18.4 EB"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		format_bytes(&out, row->bytes, FIGURE_PLAIN);
		CHECK_TEXT(out.bytes, row->text);
	}
}

static void durations_have_two_units(void)
{
	static const struct {
		const char *name;
		double seconds;
		const char *zh, *en;
	} rows[] = {
		{"nothing", 0, "0 s", "0 s"},
		{"too short to tell", 0.0004, "<1 ms", "<1 ms"},
		{"milliseconds", 0.242, "242 ms", "242 ms"},
		{"just below a second rounds into it", 0.9996, "1.00 s", "1.00 s"},
		{"seconds", 1.24, "1.24 s", "1.24 s"},
		{"whole seconds", 41, "41 s", "41 s"},
		{"just below a minute rounds into it", 59.96, "1 分 00 秒", "1 min 00 s"},
		{"minutes and seconds", 420, "7 分 00 秒", "7 min 00 s"},
		{"an hour", 3600, "1 小时", "1 h"},
		{"hours and minutes", 5400, "1 小时 30 分", "1 h 30 min"},
		{"a day is told in hours", 82800, "23 小时", "23 h"},
		{"days and hours", 273600, "3 天 4 小时", "3 d 4 h"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		format_seconds(&out, row->seconds, FIGURE_PLAIN, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, row->zh);
		buffer_cut(&out, 0);
		format_seconds(&out, row->seconds, FIGURE_PLAIN, LANGUAGE_EN);
		CHECK_TEXT(out.bytes, row->en);
	}
}

/* 2026-11-09T02:05:07Z, a Monday */
#define MONDAY_MS INT64_C(1794189907000)

static void dates_read_as_in_their_language(void)
{
	static const struct {
		const char *name;
		enum date_form form;
		const char *zh, *en;
	} rows[] = {
		{"day", DATE_DAY, "11月9日", "9 Nov"},
		{"weekday", DATE_WEEKDAY, "周一", "Mon"},
		{"weekday and day", DATE_WEEKDAY_DAY, "11月9日 周一", "Mon 9 Nov"},
		{"long", DATE_LONG, "11月9日 周一", "Monday 9 November"},
		{"full", DATE_FULL, "2026年11月9日 周一", "Monday 9 November 2026"},
		{"ISO", DATE_ISO, "2026-11-09", "2026-11-09"},
		{"label", DATE_MONTH_DAY, "11-09", "11-09"},
	};
	AUTO(zone) struct zone *zone = zone_new_fixed(8 * 3600, NULL);

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		format_date(&out, row->form, MONDAY_MS, zone, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, row->zh);
		buffer_cut(&out, 0);
		format_date(&out, row->form, MONDAY_MS, zone, LANGUAGE_EN);
		CHECK_TEXT(out.bytes, row->en);
	}
}

static void times_are_on_the_zone_s_wall(void)
{
	static const struct {
		const char *name;
		enum time_form form;
		const char *zh, *en;
	} rows[] = {
		{"hour", TIME_HOUR, "10" NB "时", "10:00"},
		{"minute", TIME_MINUTE, "10:05", "10:05"},
		{"second", TIME_SECOND, "10:05:07", "10:05:07"},
		{"ISO", TIME_ISO, "2026-11-09 10:05:07", "2026-11-09 10:05:07"},
	};
	AUTO(zone) struct zone *zone = zone_new_fixed(8 * 3600, NULL);

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		format_time(&out, row->form, MONDAY_MS, zone, FIGURE_SENTENCE, LANGUAGE_ZH);
		CHECK_TEXT(out.bytes, row->zh);
		buffer_cut(&out, 0);
		format_time(&out, row->form, MONDAY_MS, zone, FIGURE_SENTENCE, LANGUAGE_EN);
		CHECK_TEXT(out.bytes, row->en);
	}
	tap_row("without a zone: UTC");

	AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

	format_time(&out, TIME_ISO, MONDAY_MS, NULL, FIGURE_CELL, LANGUAGE_EN);
	CHECK_TEXT(out.bytes, "2026-11-09 02:05:07");
}

static void offsets_are_short(void)
{
	static const struct {
		int offset_s;
		const char *text;
	} rows[] = {{0, "UTC"}, {28800, "UTC+8"}, {-12600, "UTC-3:30"}, {20700, "UTC+5:45"}};

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(64);

		tap_row(row->text);
		format_offset(&out, row->offset_s);
		CHECK_TEXT(out.bytes, row->text);
	}
}

static void figures_of_a_column_share_their_unit(void)
{
	const struct {
		const char *name;
		enum table_type type;
		double greatest;
		struct table_cell cell;
		const char *unit, *text;
	} rows[] = {
		{"the greatest has three digits", TABLE_BYTES, 38.2e6, CELL_COUNT(38200000), "MB", "38.2"},
		{"the others as many decimals", TABLE_BYTES, 38.2e6, CELL_COUNT(4100000), "MB", "4.1"},
		{"a little is not nothing", TABLE_BYTES, 38.2e6, CELL_COUNT(20000), "MB", "<0.1"},
		{"nothing is", TABLE_BYTES, 38.2e6, CELL_COUNT(0), "MB", "0"},
		{"whole ones, a little", TABLE_BYTES, 504e6, CELL_COUNT(20000), "MB", "<1"},
		{"whole ones are rounded", TABLE_BYTES, 504e6, CELL_COUNT(1700000), "MB", "2"},
		{"bytes alone", TABLE_BYTES, 999, CELL_COUNT(12), "B", "12"},
		{"counts stay whole", TABLE_COUNT, 5e9, CELL_COUNT(5000000000), "", "5,000,000,000"},
		{"the greatest count", TABLE_COUNT, 1.9e19, CELL_COUNT(UINT64_MAX), "", "18,446,744,073,709,551,615"},
		{"milliseconds", TABLE_SECONDS, 0.9, CELL_NUMBER(0.242), "ms", "242"},
		{"seconds", TABLE_SECONDS, 8.02, CELL_NUMBER(0.5), "s", "0.50"},
		{"a share", TABLE_RATIO, 0.5, CELL_NUMBER(0.07), "", "7.0%"},
		{"a number", TABLE_NUMBER, 14.2, CELL_NUMBER(3.14), "", "3.1"},
		{"a negative number", TABLE_NUMBER, 14.2, CELL_NUMBER(-3.14), "", "-3.1"},
		{"bytes a second", TABLE_BYTE_RATE, 2.49e6, CELL_NUMBER(790000), "MB/s", "0.79"},
		{"memory", TABLE_MEMORY, 24.1 * 1073741824, CELL_NUMBER(1.18 * 1073741824), "GiB", "1.2"},
		{"a rate", TABLE_RATE, 28.3, CELL_NUMBER(9.96), "/s", "10.0"},
		{"whole bytes a second", TABLE_BYTE_RATE, 999, CELL_NUMBER(12.5), "B/s", "13"},
		{"not known", TABLE_COUNT, 10, CELL_UNKNOWN, "", "–"},
		{"not a number", TABLE_NUMBER, 10, CELL_NUMBER(NAN), "", "–"},
	};

	EACH (row, rows) {
		const struct figure_scale scale = format_scale(row->type, row->greatest);
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(256);

		tap_row(row->name);
		format_scaled(&out, &scale, &row->cell, FIGURE_CELL);
		CHECK_TEXT(out.bytes, row->text);
		CHECK_TEXT(scale.unit, row->unit);
	}
}

/* Figures of the design's performance report. */
static void rates_and_memory_have_three_digits(void)
{
	static const struct {
		const char *name;
		enum table_type type;
		double value;
		const char *zh, *en;
	} rows[] = {
		{"two decimals below 10", TABLE_BYTE_RATE, 790000, "790" NB "kB/s", "790" NB "kB/s"},
		{"megabytes a second", TABLE_BYTE_RATE, 2.49e6, "2.49" NB "MB/s", "2.49" NB "MB/s"},
		{"part of a byte a second", TABLE_BYTE_RATE, 0.25, "0.25" NB "B/s", "0.25" NB "B/s"},
		{"no byte", TABLE_BYTE_RATE, 0, "0" NB "B/s", "0" NB "B/s"},
		{"memory is in powers of 1024", TABLE_MEMORY, 24.1 * 1073741824, "24.1" NB "GiB", "24.1" NB "GiB"},
		{"a full mebibyte", TABLE_MEMORY, 1048576, "1.00" NB "MiB", "1.00" NB "MiB"},
		{"never four digits", TABLE_MEMORY, 1023.0 * 1048576, "1.00" NB "GiB", "1.00" NB "GiB"},
		{"just below a thousand", TABLE_MEMORY, 999.0 * 1024, "999" NB "KiB", "999" NB "KiB"},
		{"less memory than none", TABLE_MEMORY, -2048, "-2.00" NB "KiB", "-2.00" NB "KiB"},
		{"a rate", TABLE_RATE, 14.2, "14.2" NB "次/s", "14.2" NB "/s"},
		{"a slow rate", TABLE_RATE, 0.0234, "0.02" NB "次/s", "0.02" NB "/s"},
		{"not a number", TABLE_RATE, NAN, "–", "–"},
		{"endless", TABLE_MEMORY, INFINITY, "–", "–"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer zh = BUFFER_LIMIT(64), en = BUFFER_LIMIT(64);

		tap_row(row->name);
		format_cell(&zh, row->type, &CELL_NUMBER(row->value), NULL, FIGURE_SENTENCE, LANGUAGE_ZH);
		format_cell(&en, row->type, &CELL_NUMBER(row->value), NULL, FIGURE_SENTENCE, LANGUAGE_EN);
		CHECK_TEXT(zh.bytes, row->zh);
		CHECK_TEXT(en.bytes, row->en);
	}
}

static void rates_say_what_they_count(void)
{
	static const struct {
		const char *unit, *zh, *en;
	} rows[] = {
		{"pages", "12.4" TH "页/s", "12.4" TH "pages/s"},
		{"requests", "12.4" TH "次/s", "12.4" TH "req/s"},
		{"sheep", "12.4" TH "sheep/s", "12.4" TH "sheep/s"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer zh = BUFFER_LIMIT(64), en = BUFFER_LIMIT(64);

		tap_row(row->unit);
		format_rate(&zh, 12.4, row->unit, FIGURE_CELL, LANGUAGE_ZH);
		format_rate(&en, 12.4, row->unit, FIGURE_CELL, LANGUAGE_EN);
		CHECK_TEXT(zh.bytes, row->zh);
		CHECK_TEXT(en.bytes, row->en);
	}
}

static void what_is_not_known_is_a_dash(void)
{
	for (enum table_type type = TABLE_TIME; type <= TABLE_TEXT; type++) {
		const struct table_cell unknown = CELL_UNKNOWN;
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(64);

		format_cell(&out, type, &unknown, NULL, FIGURE_CELL, LANGUAGE_EN);
		format_cell(&out, type, &unknown, NULL, FIGURE_PLAIN, LANGUAGE_EN);
		CHECK_TEXT(out.bytes, "–-");
	}
}

TESTS(TEST(large_counts_are_short), TEST(shares_are_exact_at_their_ends), TEST(bytes_have_three_digits),
      TEST(durations_have_two_units), TEST(dates_read_as_in_their_language), TEST(times_are_on_the_zone_s_wall),
      TEST(offsets_are_short), TEST(figures_of_a_column_share_their_unit), TEST(rates_and_memory_have_three_digits),
      TEST(rates_say_what_they_count), TEST(what_is_not_known_is_a_dash))
