/* SPDX-License-Identifier: MIT */
#include "render/picture_words.h"

#include <math.h>

#include "pictures.h"
#include "tap.h"

/* An hour's values: unknown is NAN. */
static double hours[24];
static void fill(size_t row, double *values)
{
	values[0] = hours[row];
}

struct made {
	struct table *table, *former;
	struct picture picture;
	struct samples samples;
	struct quantity quantity;
};

static void made_release(struct made *made)
{
	table_free(made->table);
	table_free(made->former);
	samples_release(&made->samples);
}
AUTO_DEFINE_VALUE(made, struct made, made_release)

static struct table *day_of(double usual, size_t at, size_t n, double value)
{
	for (size_t i = 0; i < 24; i++)
		hours[i] = i >= at && i < at + n ? value : usual;
	return series_new("day", TABLE_BYTE_RATE, 1, 0, MS_PER_DAY, MS_PER_HOUR, fill);
}

static void finish(struct made *made)
{
	CHECK_INT(samples_read(&made->samples, &made->picture, made->table, NULL), 0);
	made->quantity = quantity_of(&made->picture, made->table, &made->samples);
}

static void write_finding(struct buffer *out, const struct made *made)
{
	struct sentence sentence = {0};

	CHECK_INT(picture_find(&sentence, &made->picture, &made->quantity, &made->samples, NULL), 0);
	for (size_t i = 0; i < sentence.n; i++)
		buffer_printf(out, sentence.runs[i].tone == RUN_BOLD ? "*%s*" : "%s", sentence.runs[i].text);
	sentence_release(&sentence);
}

/* A day of 1 MB/s with `value` from hour `at` for n hours; the day before at `former`; what is said, by the rules' order. */
static const struct {
	const char *name;
	size_t at, n;
	double value, former, target, total;
	const char *zh, *en;
} findings[] = {
	{"nothing to say", 0, 0, 0, 0, 0, 0, "*发送均值 1.00\u00a0MB/s*，最高 1.00\u00a0MB/s（00:00）。",
	 "*Sent: average 1.00\u00a0MB/s*, highest 1.00\u00a0MB/s (00:00)."},
	{"level with the day before", 0, 0, 0, 1e6, 0, 0, "*发送均值 1.00\u00a0MB/s*，与前一天持平。", "*Sent: average 1.00\u00a0MB/s*, level with the day before."},
	{"a quarter more than the day before", 0, 0, 0, 0.8e6, 0, 0, "*发送均值 1.00\u00a0MB/s*，较前一天 +25.0%。",
	 "*Sent: average 1.00\u00a0MB/s*, +25.0% on the day before."},
	{"a peak", 10, 1, 25e6, 0, 0, 0, "*10:00 发送达 25.0\u00a0MB/s*，是均值的 12.5 倍。", "*Sent: 25.0\u00a0MB/s at 10:00*, 12.5 times the average."},
	{"a gap", 10, 2, NAN, 0, 0, 0, "*10:00–12:00 无数据*。", "*No data 10:00–12:00*."},
	{"a rise at the end", 22, 2, 2e6, 0, 0, 0, "*发送末值 2.00\u00a0MB/s*，是均值的 1.8 倍。", "*Sent: 2.00\u00a0MB/s at the end*, 1.8 times the average."},
	{"over the target, and a peak", 10, 1, 25e6, 0, 5e6, 0, "*发送 超出目标 5.00\u00a0MB/s*，最高 25.0\u00a0MB/s（10:00）；10:00 发送达 25.0\u00a0MB/s，是均值的 12.5 倍。",
	 "*Sent over target 5.00\u00a0MB/s*, highest 25.0\u00a0MB/s (10:00); sent: 25.0\u00a0MB/s at 10:00, 12.5 times the average."},
	{"nearly full", 0, 0, 0, 1e6, 0, 1.05e6, "*发送 95.2%*，总量 1.05\u00a0MB/s；发送均值 1.00\u00a0MB/s，与前一天持平。",
	 "*Sent 95.2%*, total 1.05\u00a0MB/s; sent: average 1.00\u00a0MB/s, level with the day before."},
	{"no data at all", 0, 24, NAN, 0, 0, 0, "*没有数据*。", "*No data*."},
};

static void the_first_two_rules_that_hold_are_said(void)
{
	EACH (row, findings) {
		for (unsigned language = 0; language < LANGUAGES; language++) {
			const bool is_zh = language == LANGUAGE_ZH;
			AUTO(made) struct made made = {.picture = picture_of(PICTURE_LINES, language, NULL, "x")};
			AUTO(buffer) struct buffer got = BUFFER_LIMIT(1000);

			tap_row(row->name);
			if (row->former > 0) {
				made.former = day_of(row->former, 0, 0, 0);
				made.picture.former = (struct picture_former){made.former, 1, is_zh ? "前一天" : "the day before"};
			}
			if (row->target > 0)
				made.picture.references[made.picture.n_references++] =
					(struct picture_reference){REFERENCE_TARGET, false, row->target, is_zh ? "目标" : "target"};
			if (row->total > 0)
				made.picture.references[made.picture.n_references++] =
					(struct picture_reference){REFERENCE_TOTAL, false, row->total, is_zh ? "总量" : "total"};
			made.table = day_of(1e6, row->at, row->n, row->value);
			picture_add(&made.picture, 1, is_zh ? "发送" : "sent");
			finish(&made);
			write_finding(&got, &made);
			CHECK_SLICE(buffer_peek(&got), slice_of(is_zh ? row->zh : row->en));
		}
	}
}

/* The words of whole pictures. */
static const struct {
	const char *name;
	enum sitter sitter;
	enum language language;
	const char *alt, *finding;
} pictures[] = {
	{"a week", SITTER_WEEK, LANGUAGE_ZH,
	 "首页延时 ms，每天的 p50、p95、p99；目标 p95 ≤ 300。p95，周一至周日：286、262、198、231、224、247、209。p50：120、110、80、95、94、100、88。"
	 "p99：472、441、352、402、391、428、367。请求（万）：54.5、53.1、52.8、53.9、51.7、38.2、35.6。目标 ≤ 300 ms。",
	 "*p95 每天都在目标 300\u00a0ms 之内*，最高 286\u00a0ms（周一）。"},
	{"a week in English", SITTER_WEEK, LANGUAGE_EN,
	 "Home page latency ms, p50, p95, p99 of each day; target p95 ≤ 300. p95, Mon to Sun: 286, 262, 198, 231, 224, 247, 209. "
	 "p50: 120, 110, 80, 95, 94, 100, 88. p99: 472, 441, 352, 402, 391, 428, 367. requests(k): 545, 531, 528, 539, 517, 382, 356. "
	 "target ≤ 300 ms.",
	 "*p95 within target 300\u00a0ms every day*, highest 286\u00a0ms (Mon)."},
	{"names", SITTER_NAMED, LANGUAGE_ZH, "访客浏览器。访客：IE 11,826、Chrome 7,095、Firefox 2,365、其他 2,365。", "*IE 最多，11,826*，占合计的 50.0%。"},
};

static void alt_texts_hold_the_numbers(void)
{
	EACH (row, pictures) {
		AUTO(sitting) struct sitting sitting = sitting_of(row->sitter, row->language);
		AUTO(buffer) struct buffer alt = BUFFER_LIMIT(4000), finding = BUFFER_LIMIT(4000);
		struct made made = {.table = sitting.table, .picture = sitting.picture};

		tap_row(row->name);
		finish(&made);
		picture_write_alt(&alt, &made.picture, &made.quantity, &made.samples);
		CHECK_SLICE(buffer_peek(&alt), slice_of(row->alt));
		write_finding(&finding, &made);
		CHECK_SLICE(buffer_peek(&finding), slice_of(row->finding));
		samples_release(&made.samples);
	}
}

/* The week as its rows of characters: 286 of 500 on 50 columns is 29. */
static void the_plain_twin_is_to_scale(void)
{
	static const char week[] =
		"首页延时                          p95 ms；= 至 p50，- 至 p95，: 至 p99\n"
		"----------------------------------------------------------------------\n"
		"周一 3/16    286  ============-----------------::::::::::::::::::\n"
		"周二 3/17    262  ===========---------------::::::::::::::::::\n"
		"周三 3/18    198  ========------------:::::::::::::::\n"
		"周四 3/19    231  ==========-------------:::::::::::::::::\n"
		"周五 3/20    224  =========-------------:::::::::::::::::\n"
		"周六 3/21    247  ==========---------------::::::::::::::::::\n"
		"周日 3/22    209  =========------------::::::::::::::::\n"
		"                 +------------------------+----^-------------------+\n"
		"                 0                       250                      500\n"
		"                                               ^ 目标 300\n";
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_WEEK, LANGUAGE_ZH);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(8000);
	struct made made = {.table = sitting.table, .picture = sitting.picture};

	finish(&made);
	picture_write_text(&text, &made.picture, &made.quantity, &made.samples);
	CHECK_SLICE(buffer_peek(&text), slice_of(week));
	samples_release(&made.samples);
}

static void a_day_in_characters_shows_gap_peak_and_figures(void)
{
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_NET, LANGUAGE_EN);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(8000);
	struct made made = {.table = sitting.table, .picture = sitting.picture};
	slice rest, line;

	finish(&made);
	picture_write_text(&text, &made.picture, &made.quantity, &made.samples);
	rest = buffer_peek(&text);
	for (size_t number = 0; slice_next_line(&rest, &line); number++) {
		CHECK(line.len <= 80); /* 70 columns; the en dash and the like are longer in bytes */
		if (number == 0)
			CHECK(slice_starts(line, SLICE("Network ")) && slice_ends(line, SLICE("MB/s; * sent, + received")));
		if (number == 2)
			CHECK(slice_starts(line, SLICE("3 |")) && slice_find_slice(line, SLICE("/////")) != SLICE_NONE);
	}
	CHECK(slice_find_slice(buffer_peek(&text), SLICE("sent      now 0.74     avg 0.71     max 2.49 (01:00)     p95 0.83")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE("10 Nov")) != SLICE_NONE);
	samples_release(&made.samples);
}

static void fill_with_row(size_t row, double *values)
{
	values[0] = (double)row;
}

static void a_peak_with_a_date_keeps_apart_in_characters(void)
{
	AUTO(zone) struct zone *utc = zone_load(SLICE("UTC"), NULL);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(8000);
	struct made made = {.picture = picture_of(PICTURE_LINES, LANGUAGE_EN, utc, "Days")};
	struct table *table = series_new("days", TABLE_COUNT, 1, SITTING_FROM, SITTING_FROM + 3 * MS_PER_DAY, MS_PER_HOUR, fill_with_row);

	made.table = table;
	picture_add(&made.picture, 1, "a");
	finish(&made);
	picture_write_text(&text, &made.picture, &made.quantity, &made.samples);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE("max 71 (")) != SLICE_NONE && slice_find_slice(buffer_peek(&text), SLICE(")  ")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&text), SLICE("  p95 ")) != SLICE_NONE);
	samples_release(&made.samples);
	table_free(table);
}

/* Figures of every kind, in the unit that their greatest wants. */
static const struct {
	const char *name;
	enum table_type type;
	double greatest, value;
	const char *unit, *zh, *en;
} quantities[] = {
	{"bytes a second", TABLE_BYTE_RATE, 2.49e6, 0.71e6, NULL, "0.71 MB/s", "0.71 MB/s"},
	{"memory", TABLE_MEMORY, 24.0 * 1024 * 1024 * 1024, 1.5 * 1024 * 1024 * 1024, NULL, "1.50 GiB", "1.50 GiB"},
	{"a rate", TABLE_RATE, 28.3, 14.24, "requests", "14.2 次/s", "14.2 req/s"},
	{"milliseconds", TABLE_SECONDS, 0.472, 0.2864, NULL, "286 ms", "286 ms"},
	{"seconds", TABLE_SECONDS, 3, 1.5, NULL, "1.50 s", "1.50 s"},
	{"a share", TABLE_RATIO, 1, 0.9951, NULL, "99.5%", "99.5%"},
	{"counts", TABLE_COUNT, 41870, 9120, NULL, "9,120", "9,120"},
	{"large counts", TABLE_COUNT, 545000, 382000, NULL, "38.2 万", "382 k"},
	{"plain numbers with a unit", TABLE_NUMBER, 50, 3.7, "°C", "3.70 °C", "3.70 °C"},
	{"next to nothing", TABLE_BYTE_RATE, 2e9, 1, NULL, "<0.01 GB/s", "<0.01 GB/s"},
	{"billionths", TABLE_NUMBER, 3e-9, 1.5e-9, NULL, "1.50 1e-9", "1.50 1e-9"},
	{"unknown", TABLE_NUMBER, 3, NAN, NULL, "–", "–"},
};

static void figures_have_three_digits_and_one_unit(void)
{
	EACH (row, quantities) {
		for (unsigned language = 0; language < LANGUAGES; language++) {
			const struct quantity quantity = quantity_up_to(row->type, row->greatest, row->unit, language);
			AUTO(buffer) struct buffer text = BUFFER_LIMIT(100);

			tap_row(row->name);
			quantity_write_whole(&text, &quantity, row->value, FIGURE_PLAIN);
			CHECK_SLICE(buffer_peek(&text), slice_of(language == LANGUAGE_ZH ? row->zh : row->en));
		}
	}
}

TESTS(TEST(the_first_two_rules_that_hold_are_said), TEST(alt_texts_hold_the_numbers), TEST(the_plain_twin_is_to_scale),
      TEST(a_day_in_characters_shows_gap_peak_and_figures), TEST(a_peak_with_a_date_keeps_apart_in_characters),
      TEST(figures_have_three_digits_and_one_unit))
