/* SPDX-License-Identifier: MIT */
/* fixture_pictures.c - the performance report and the weekly quality report, as src/report would make them */
#include <stdio.h>

#include "fixture.h"
#include "pictures.h"
#include "render/studio.h"
#include "table/format.h"

#define SAY(zh, en) (language == LANGUAGE_ZH ? (zh) : (en))
#define SET(field, zh, en) (void)document_set(&(field), slice_of(SAY(zh, en)), NULL)

static void add_picture(struct document *document, struct block *block, struct studio *studio, enum sitter sitter)
{
	AUTO(sitting) struct sitting sitting = sitting_of(sitter, document->language);
	AUTO(rendered) struct rendered rendered = {0};

	if (studio_draw(studio, &sitting.picture, sitting.table, &rendered, NULL) == 0)
		(void)document_add_picture(document, block, slice_of(sitter_names[sitter]), &rendered, NULL);
}

static void show(struct block *block, const char *head, enum look look, size_t value, enum form form)
{
	block_show(block, (struct block_column){.head = head, .look = look, .value = value, .bar_of = SLICE_NONE, .form = form});
}

static void add_statistics(struct document *document)
{
	const enum language language = document->language;
	struct block *block = document_add_figures(document, slice_of(SAY("数值", "Figures")), NULL, NULL);

	SET(block->side, "图片未显示时以此为准", "for readers that show no pictures");
	(void)sentence_add(&block->after, RUN_PLAIN,
			   slice_of(SAY("每点 10 分钟；最大取自其中最高的样本；缺数据的时段不计入。",
					"A point is ten minutes; the maximum is its highest sample; times without data do not count.")),
			   NULL);
}

static void add_tiles(struct document *document, const struct tile *tiles, size_t n)
{
	struct block *block = document_add_block(document, BLOCK_TILES, SLICE(""), NULL);

	for (size_t i = 0; i < n; i++)
		(void)block_add_tile(block, &tiles[i], NULL);
}

static void add_logo(struct document *document)
{
	/* A GIF's screen of 120 by 32: no picture follows, and none is needed. */
	(void)document_set_logo(document, slice_from("GIF89a\x78\0\x20\0\0\0\0;", 14), SLICE("Example"), NULL);
}

struct document *fixture_performance(enum language language, struct zone *zone)
{
	struct document *document = document_new(language, NULL);
	AUTO(studio) struct studio *studio = studio_new(NULL);
	const double gib = 1024.0 * 1024 * 1024;
	const struct tile tiles[] = {
		{.label = SAY("发送，平均", "Sent, average"), .type = TABLE_BYTE_RATE, .now = CELL_NUMBER(0.713e6), .former = CELL_NUMBER(0.685e6)},
		{.label = SAY("内存已用", "Memory used"), .type = TABLE_MEMORY, .now = CELL_NUMBER(24 * gib), .former = CELL_NUMBER(24 * gib)},
		{.label = SAY("键缓存命中率", "Key hit ratio"), .type = TABLE_RATIO, .form = FORM_FINE, .now = CELL_NUMBER(0.9995),
		 .former = CELL_NUMBER(0.9996), .better = BETTER_UP},
	};

	document->zone = zone;
	SET(document->title, "业务性能数据报表", "Performance");
	SET(document->subject, "业务性能数据报表 · 11月10日 周二 · 注意：内存已用 99.5%", "Performance · Tue 10 Nov · attention: memory 99.5% used");
	SET(document->period, "2026年11月9日 05:50 至 11月10日 05:50，北京时间（UTC+8）", "9 November 2026 05:50 to 10 November 05:50 Asia/Shanghai (UTC+8)");
	SET(document->compared, "对比：上周同期", "Compared with the week before");
	SET(document->former_label, "上周", "a week before");
	SET(document->now_label, "24 小时", "24 hours");
	SET(document->sample_note, "示例数据", "Sample data");
	SET(document->link, "https://monitor.example.com/", "https://monitor.example.com/");
	document->status = STATUS_ATTENTION;
	SET(document->status_word, "注意", "Attention");
	SET(document->verdict, "内存几乎占满：已用 24.0，总量 24.1\u00a0GiB；其余正常。", "Memory is nearly full: 24.0 of 24.1\u00a0GiB used; all else is normal.");
	add_tiles(document, tiles, 3);

	struct block *pictures = document_add_block(document, BLOCK_PICTURES, SLICE(""), NULL);

	add_picture(document, pictures, studio, SITTER_NET);
	add_picture(document, pictures, studio, SITTER_KEY);
	add_picture(document, pictures, studio, SITTER_MEMORY);
	add_picture(document, pictures, studio, SITTER_SWAP);
	add_statistics(document);
	(void)document_add_footer(document, SAY("覆盖", "Coverage"), slice_of(SAY("网络 93.8%（缺 12:40–14:10）", "network 93.8% (none 12:40–14:10)")), NULL);
	SET(document->made_by, "courant 0.1.0，报表 performance。", "courant 0.1.0, report performance.");
	return document;
}

static void add_days(struct document *document)
{
	static const struct table_column columns[] = {
		{.name = "day", .type = TABLE_TIME},    {.name = "p50", .type = TABLE_SECONDS},      {.name = "p95", .type = TABLE_SECONDS},
		{.name = "p99", .type = TABLE_SECONDS}, {.name = "requests", .type = TABLE_COUNT}, {.name = "availability", .type = TABLE_RATIO},
	};
	static const double rows[8][5] = {
		{0.120, 0.286, 0.472, 545000, 1},      {0.110, 0.262, 0.441, 531000, 1}, {0.080, 0.198, 0.352, 528000, 0.9951},
		{0.095, 0.231, 0.402, 539000, 1},      {0.094, 0.224, 0.391, 517000, 0.9993}, {0.100, 0.247, 0.428, 382000, 1},
		{0.088, 0.209, 0.367, 356000, 0.9997}, {0.098, 0.242, 0.412, 3398000, 0.9992},
	};
	const int64_t monday = INT64_C(1773590400000);
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_TABLE, slice_of(SAY("每天", "Days")), NULL);
	struct table *table = table_new(&(struct table_head){.name = "days"}, columns, 6, NULL);
	const struct figure_target target = {CELL_NUMBER(0.999), BETTER_UP};

	for (size_t i = 0; i < 8; i++)
		(void)table_add_row(table,
				    (const struct table_cell[]){i < 7 ? CELL_TIME(monday + (int64_t)i * MS_PER_DAY) : CELL_UNKNOWN,
								CELL_NUMBER(rows[i][0]), CELL_NUMBER(rows[i][1]), CELL_NUMBER(rows[i][2]),
								CELL_COUNT((uint64_t)rows[i][3]), CELL_NUMBER(rows[i][4])},
				    NULL);
	(void)block_set_table(block, table, NULL);
	SET(block->total, "整周", "Week");
	show(block, SAY("日期", "Day"), LOOK_NAME, 0, FORM_DAY);
	show(block, "p50", LOOK_FIGURE, 1, FORM_SCALED);
	show(block, "p95", LOOK_LEAD, 2, FORM_SCALED);
	show(block, "p99", LOOK_FIGURE, 3, FORM_SCALED);
	show(block, SAY("请求", "Requests"), LOOK_FIGURE, 4, FORM_SCALED);
	block_show(block, (struct block_column){.head = SAY("可用率", "Available"), .look = LOOK_FIGURE, .value = 5, .bar_of = SLICE_NONE,
						.form = FORM_FINE, .target = target});
}

static void add_availability(struct document *document)
{
	static const char *const weekdays[7][2] = {{"周一", "Mon"}, {"周二", "Tue"}, {"周三", "Wed"}, {"周四", "Thu"},
						   {"周五", "Fri"}, {"周六", "Sat"}, {"周日", "Sun"}};
	static const struct table_column columns[] = {
		{.name = "kind", .type = TABLE_TEXT},        {.name = "when", .type = TABLE_TEXT}, {.name = "duration", .type = TABLE_SECONDS},
		{.name = "failures", .type = TABLE_COUNT}, {.name = "state", .type = TABLE_COUNT},
	};
	const enum language language = document->language;
	struct block *strip = document_add_block(document, BLOCK_STRIP, slice_of(SAY("可用率", "Availability")), NULL);

	SET(strip->side, "每行一天，24 小时", "a row a day, 24 hours");
	for (size_t day = 0; day < 7; day++) {
		enum hour_state hours[24] = {0};

		if (day == 2)
			hours[3] = HOUR_MOST_FAILED;
		if (day == 4)
			hours[14] = HOUR_SOME_FAILED;
		if (day == 5)
			hours[5] = HOUR_NO_DATA;
		(void)block_add_strip_row(strip, slice_of(SAY(weekdays[day][0], weekdays[day][1])), hours, 24, NULL);
	}

	struct block *events = document_add_block(document, BLOCK_TABLE, SLICE(""), NULL);
	struct table *table = table_new(&(struct table_head){.name = "events"}, columns, 5, NULL);

	(void)table_add_row(table,
			    (const struct table_cell[]){CELL_TEXT(slice_of(SAY("超时", "time-out"))), CELL_TEXT(slice_of(SAY("周三 03:12–03:19", "Wed 03:12–03:19"))),
							CELL_NUMBER(420), CELL_COUNT(14), CELL_COUNT(HOUR_MOST_FAILED)},
			    NULL);
	(void)table_add_row(table,
			    (const struct table_cell[]){CELL_TEXT(SLICE("HTTP 502")), CELL_TEXT(slice_of(SAY("周五 14:06–14:07", "Fri 14:06–14:07"))),
							CELL_NUMBER(60), CELL_COUNT(2), CELL_COUNT(HOUR_SOME_FAILED)},
			    NULL);
	(void)table_add_row(table,
			    (const struct table_cell[]){CELL_TEXT(slice_of(SAY("无数据", "no data"))), CELL_TEXT(slice_of(SAY("周六 05:00–06:00", "Sat 05:00–06:00"))),
							CELL_NUMBER(3600), CELL_UNKNOWN, CELL_COUNT(HOUR_NO_DATA)},
			    NULL);
	(void)block_set_table(events, table, NULL);
	events->state = 4;
	show(events, SAY("事件", "Event"), LOOK_NAME, 0, FORM_SCALED);
	show(events, SAY("起止", "From, to"), LOOK_NAME, 1, FORM_SCALED);
	show(events, SAY("时长", "Duration"), LOOK_FIGURE, 2, FORM_OWN);
	show(events, SAY("失败", "Failures"), LOOK_LEAD, 3, FORM_SCALED);
}

static void add_slow_pages(struct document *document)
{
	static const struct table_column columns[] = {
		{.name = "path", .type = TABLE_TEXT},   {.name = "hits", .type = TABLE_COUNT},     {.name = "p50", .type = TABLE_SECONDS},
		{.name = "p95", .type = TABLE_SECONDS}, {.name = "max", .type = TABLE_SECONDS}, {.name = "former", .type = TABLE_SECONDS},
	};
	static const struct {
		const char *path;
		uint64_t hits;
		double p50, p95, max, former;
	} rows[] = {{"/search.php", 34120, 0.212, 0.918, 5.21, 0.960}, {"/download.php", 27410, 0.180, 0.744, 8.02, 0.724},
		    {"/view.php", 149870, 0.104, 0.288, 2.46, 0.324}};
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_TABLE, slice_of(SAY("最慢的页面", "Slowest pages")), NULL);
	struct table *table = table_new(&(struct table_head){.name = "slow_pages"}, columns, 6, NULL);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		(void)table_add_row(table,
				    (const struct table_cell[]){CELL_TEXT(slice_of(rows[i].path)), CELL_COUNT(rows[i].hits), CELL_NUMBER(rows[i].p50),
								CELL_NUMBER(rows[i].p95), CELL_NUMBER(rows[i].max), CELL_NUMBER(rows[i].former)},
				    NULL);
	(void)block_set_table(block, table, NULL);
	block_show(block, (struct block_column){.head = SAY("路径", "Path"), .look = LOOK_PATH, .value = 0, .bar_of = 3});
	block_show(block, (struct block_column){.head = SAY("次数", "Hits"), .look = LOOK_NUMBER, .value = 1, .bar_of = SLICE_NONE, .is_note = true,
						.note = WORD_NOTE_TIMES});
	block_show(block, (struct block_column){.head = "p50", .look = LOOK_NUMBER, .value = 2, .bar_of = SLICE_NONE, .is_note = true, .note = WORD_NOTE_P50,
						.form = FORM_OWN});
	block_show(block, (struct block_column){.head = "p95", .look = LOOK_LEAD, .value = 3, .bar_of = SLICE_NONE});
	block_show(block, (struct block_column){.head = SAY("最大", "Max"), .look = LOOK_NUMBER, .value = 4, .bar_of = SLICE_NONE, .is_note = true,
						.note = WORD_NOTE_MAXIMUM, .form = FORM_OWN});
	block_show(block, (struct block_column){.look = LOOK_CHANGE, .value = 3, .former = 5, .bar_of = SLICE_NONE, .better = BETTER_DOWN});
}

struct document *fixture_quality(enum language language, struct zone *zone)
{
	struct document *document = document_new(language, NULL);
	AUTO(studio) struct studio *studio = studio_new(NULL);
	const struct tile tiles[] = {
		{.label = SAY("可用率", "Availability"), .type = TABLE_RATIO, .form = FORM_FINE, .now = CELL_NUMBER(0.9992), .former = CELL_NUMBER(0.9998),
		 .better = BETTER_UP, .target = {CELL_NUMBER(0.999), BETTER_UP}},
		{.label = SAY("延时 p95", "Latency p95"), .type = TABLE_SECONDS, .now = CELL_NUMBER(0.242), .former = CELL_NUMBER(0.266), .better = BETTER_DOWN,
		 .target = {CELL_NUMBER(0.3), BETTER_DOWN}},
		{.label = SAY("失败的探测", "Failed probes"), .type = TABLE_COUNT, .now = CELL_COUNT(17), .former = CELL_COUNT(4), .better = BETTER_DOWN},
	};
	struct block *block;

	document->zone = zone;
	SET(document->title, "官网业务服务质量周报", "Service quality, weekly");
	SET(document->subject, "官网业务服务质量周报 · 第12周 · 达标", "Service quality · week 12 · on target");
	SET(document->period, "2026年第12周：3月16日 周一 至 3月22日 周日，北京时间（UTC+8）", "Week 12 of 2026: Monday 16 to Sunday 22 March, Asia/Shanghai (UTC+8)");
	SET(document->compared, "对比：第11周", "Compared with week 11");
	SET(document->now_label, "本周", "this week");
	SET(document->former_label, "上周", "last week");
	SET(document->status_word, "达标", "On target");
	SET(document->verdict, "可用率 99.92%；p95 延时每天都在 300\u00a0ms 目标之内。", "Availability 99.92%; p95 latency within its 300\u00a0ms target every day.");
	(void)document_set_brand(document, "#e69f00", SAY("运维平台", "Operations"), NULL);
	add_logo(document);
	add_tiles(document, tiles, 3);
	block = document_add_block(document, BLOCK_PICTURES, slice_of(SAY("官网业务周延时图表", "Latency of the week")), NULL);
	add_picture(document, block, studio, SITTER_WEEK);
	add_days(document);
	add_availability(document);
	add_slow_pages(document);
	block = document_add_block(document, BLOCK_TEXT, slice_of(SAY("说明", "Notes")), NULL);
	(void)block_add_markup(block,
			       slice_of(SAY("整周的百分位由**全部请求的直方图**合并得出。\n失败的请求不计入延时。\n\n- 第一项\n- 第二项，**重点**\n\n1. 先看可用率\n2. 再看延时",
					    "Percentiles of the week come from **all requests**.\nFailed ones do not count.\n\n- one\n- two, **bold**\n\n1. first\n2. then")),
			       NULL);
	block = document_add_block(document, BLOCK_ATTACHMENT, SLICE(""), NULL);
	SET(block->file_name, "业务服务质量周报(12周).xlsx", "service-quality-week-12.xlsx");
	(void)sentence_add(&block->lead, RUN_PLAIN, slice_of(SAY("一列一天，星期一至星期日", "a column a day, Monday to Sunday")), NULL);
	(void)document_add_footer(document, SAY("覆盖", "Coverage"), slice_of(SAY("日志 100%；探测 99.4%", "log 100%; probes 99.4%")), NULL);
	SET(document->made_by, "courant 0.1.0，报表 quality。", "courant 0.1.0, report quality.");
	return document;
}
