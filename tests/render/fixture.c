/* SPDX-License-Identifier: MIT */
/* fixture.c - documents as src/report would make them, with figures made up once */
#include "fixture.h"

#include <stdio.h>

#include "table/format.h"

const char *const fixture_names[FIXTURES] = {"traffic", "no-comparison", "empty", "week", "strange", "performance", "quality"};

/* Chinese or English, beside each other. */
#define SAY(zh, en) (language == LANGUAGE_ZH ? (zh) : (en))
#define SET(field, zh, en) (void)document_set(&(field), slice_of(SAY(zh, en)), NULL)

static struct table_cell former_of(bool is_compared, uint64_t former)
{
	return is_compared ? CELL_COUNT(former) : CELL_UNKNOWN;
}

static void add_tiles(struct document *document, bool is_compared, bool is_empty)
{
	static const struct {
		enum word label;
		enum table_type type;
		uint64_t now, former;
		enum better better;
	} tiles[] = {
		{WORD_VISITORS, TABLE_COUNT, 23651, 21960, BETTER_NEITHER},
		{WORD_VISITS, TABLE_COUNT, 45123, 42933, BETTER_NEITHER},
		{WORD_PAGE_VIEWS, TABLE_COUNT, 152433, 146290, BETTER_NEITHER},
		{WORD_HITS, TABLE_COUNT, 545122, 526179, BETTER_NEITHER},
		{WORD_DATA_SENT, TABLE_BYTES, 504126000, 513366000, BETTER_NEITHER},
		{WORD_ERRORS_5XX, TABLE_COUNT, 319, 103, BETTER_DOWN},
	};
	struct block *block = document_add_block(document, BLOCK_TILES, SLICE(""), NULL);

	for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++)
		(void)block_add_tile(block,
				     &(struct tile){.label = word(tiles[i].label, document->language),
						    .type = tiles[i].type,
						    .now = is_empty ? CELL_UNKNOWN : CELL_COUNT(tiles[i].now),
						    .former = former_of(is_compared, tiles[i].former),
						    .better = tiles[i].better},
				     NULL);
}

static const uint64_t hours[24] = {9120,  6480,	 5030,	4402,  4118,  5210,  8870,  15630, 27940, 36480, 41870, 38950,
				   30210, 31870, 36940, 37520, 36310, 33180, 27620, 25430, 26780, 24910, 17930, 12322};
static const uint64_t former_hours[24] = {9041,	 6512,	4975,  4280,  4160,  5102,  8410,  15020, 26480, 34870, 38930, 37410,
					  29150, 30920, 35480, 36610, 35890, 32240, 26510, 24870, 26120, 24530, 17710, 13018};
static const uint64_t errors[24] = {2, 1, 0, 0, 1, 0, 1, 2, 3, 4, 241, 22, 3, 3, 4, 5, 4, 4, 3, 3, 4, 4, 3, 2};

static void add_run(struct sentence *sentence, enum run_tone tone, const char *text)
{
	(void)sentence_add(sentence, tone, slice_of(text), NULL);
}

static struct block *add_chart(struct document *document, const char *heading, bool is_compared)
{
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_COLUMNS, slice_of(heading), NULL);

	block->counted = SAY("点击", "hits");
	block->errors_counted = "5xx";
	SET(block->key_now, "11月9日", "9 Nov");
	if (is_compared)
		SET(block->key_former, "11月2日", "2 Nov");
	return block;
}

static void add_hours(struct document *document, bool is_compared)
{
	const enum language language = document->language;
	struct block *block = add_chart(document, word(WORD_HOURS_OF_DAY, language), is_compared);

	add_run(&block->lead, RUN_PLAIN, SAY("点击：最多 10\u00a0时 ", "Hits: most at 10:00, "));
	add_run(&block->lead, RUN_BOLD, "41,870");
	add_run(&block->lead, RUN_PLAIN, SAY("，最少 4\u00a0时 ", "; fewest at 04:00, "));
	add_run(&block->lead, RUN_BOLD, "4,118");
	add_run(&block->errors_lead, RUN_PLAIN, SAY("服务器错误 5xx：10\u00a0时 ", "Server errors 5xx: "));
	add_run(&block->errors_lead, RUN_ALARM, "241");
	add_run(&block->errors_lead, RUN_PLAIN, SAY("，其余各小时 0–22", " at 10:00, 0–22 in every other hour"));
	for (unsigned i = 0; i < 24; i++) {
		struct chart_column column = {.value = hours[i], .errors = errors[i]};

		column.former = former_of(is_compared, former_hours[i]);
		(void)snprintf(column.name, sizeof column.name, "%02u", i);
		if (i % 3 == 0)
			(void)snprintf(column.label, sizeof column.label, "%u", i);
		(void)block_add_column(block, &column, NULL);
	}
}

static void add_days(struct document *document, bool is_compared)
{
	const enum language language = document->language;
	static const char *const weekdays[7][2] = {{"周一", "Mon"}, {"周二", "Tue"}, {"周三", "Wed"}, {"周四", "Thu"},
						   {"周五", "Fri"}, {"周六", "Sat"}, {"周日", "Sun"}};
	struct block *block = add_chart(document, word(WORD_DAYS, language), is_compared);

	add_run(&block->lead, RUN_PLAIN, SAY("点击：最多 周一 ", "Hits: most on Monday, "));
	add_run(&block->lead, RUN_BOLD, "545,122");
	for (unsigned i = 0; i < 7; i++) {
		const uint64_t hits = 545122 - 31021 * (uint64_t)i;
		struct chart_column column = {.value = hits, .errors = i == 0 ? 319 : 90 + i};

		column.former = former_of(is_compared, hits - 12000 + 4000 * (uint64_t)i);
		(void)snprintf(column.name, sizeof column.name, "%s 11/%02u", SAY(weekdays[i][0], weekdays[i][1]), 9 + i);
		(void)snprintf(column.label, sizeof column.label, "11-%02u", 9 + i);
		(void)block_add_column(block, &column, NULL);
	}
}

#define COLUMN_OF(a_name, a_type) {.name = (a_name), .type = (a_type)}

static struct table *table_of(const char *name, const struct table_column *columns, size_t n)
{
	return table_new(&(struct table_head){.name = name}, columns, n, NULL);
}
#define TABLE_OF(name, ...)                                                                        \
	table_of((name), (const struct table_column[]){__VA_ARGS__},                               \
		 sizeof((const struct table_column[]){__VA_ARGS__}) / sizeof(struct table_column))
#define ADD_ROW(table, ...) (void)table_add_row((table), (const struct table_cell[]){__VA_ARGS__}, NULL)

static void show(struct block *block, enum look look, const char *head, size_t value, size_t bar_of)
{
	block_show(block, (struct block_column){.head = head, .look = look, .value = value, .bar_of = bar_of});
}

static void show_change(struct block *block, size_t value, size_t former, enum better better)
{
	block_show(block, (struct block_column){.look = LOOK_CHANGE, .value = value, .former = former,
						.bar_of = SLICE_NONE, .better = better});
}

static void add_status(struct document *document, bool is_compared)
{
	static const struct {
		uint64_t status, hits, former;
		const char *zh, *en;
	} rows[] = {
		{200, 497428, 481070, "成功", "OK"},
		{304, 36904, 35114, "未修改，缓存有效", "not modified"},
		{302, 3377, 3291, "临时跳转", "found, redirect"},
		{404, 3264, 3103, "未找到", "not found"},
		{301, 2118, 2095, "永久跳转", "moved for good"},
		{206, 1204, 1189, "部分内容", "partial content"},
		{403, 412, 398, "拒绝访问", "forbidden"},
		{503, 214, 9, "服务不可用", "service unavailable"},
		{500, 105, 94, "服务器内部错误", "internal server error"},
		{400, 96, 81, "请求有误", "bad request"},
	};
	const enum language language = document->language;
	struct block *block =
		document_add_block(document, BLOCK_TABLE, slice_of(word(WORD_STATUS_CODES, language)), NULL);
	struct table *table = TABLE_OF("status", COLUMN_OF("status", TABLE_COUNT), COLUMN_OF("meaning", TABLE_TEXT),
				       COLUMN_OF("hits", TABLE_COUNT), COLUMN_OF("share", TABLE_RATIO),
				       COLUMN_OF("former", TABLE_COUNT));

	SET(block->side, "占全部点击", "share of all hits");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ADD_ROW(table, CELL_COUNT(rows[i].status), CELL_TEXT(slice_of(SAY(rows[i].zh, rows[i].en))),
			CELL_COUNT(rows[i].hits), CELL_NUMBER((double)rows[i].hits / 545122),
			former_of(is_compared, rows[i].former));
	(void)block_set_table(block, table, NULL);
	show(block, LOOK_CODE, word(WORD_COLUMN_CODE, language), 0, SLICE_NONE);
	show(block, LOOK_NAME, word(WORD_COLUMN_MEANING, language), 1, SLICE_NONE);
	show(block, LOOK_LEAD, word(WORD_COLUMN_TIMES, language), 2, SLICE_NONE);
	show(block, LOOK_NUMBER, word(WORD_COLUMN_SHARE, language), 3, SLICE_NONE);
	show_change(block, 2, 4, BETTER_DOWN);
}

static void add_browsers(struct document *document)
{
	static const struct {
		const char *zh, *en;
		uint64_t visitors;
	} rows[] = {{"IE", "IE", 11826}, {"Chrome", "Chrome", 7095}, {"Firefox", "Firefox", 2365}, {"其他", "Other", 2365}};
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_BARS, slice_of(word(WORD_BROWSERS, language)), NULL);
	struct table *table = TABLE_OF("browsers", COLUMN_OF("name", TABLE_TEXT), COLUMN_OF("visitors", TABLE_COUNT),
				       COLUMN_OF("share", TABLE_RATIO));

	SET(block->side, "占访客", "share of visitors");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ADD_ROW(table, CELL_TEXT(slice_of(SAY(rows[i].zh, rows[i].en))), CELL_COUNT(rows[i].visitors),
			CELL_NUMBER((double)rows[i].visitors / 23651));
	(void)block_set_table(block, table, NULL);
	show(block, LOOK_NAME, word(WORD_COLUMN_NAME, language), 0, SLICE_NONE);
	show(block, LOOK_LEAD, word(WORD_COLUMN_SHARE_OF_VISITORS, language), 2, SLICE_NONE);
	show(block, LOOK_NUMBER, word(WORD_COLUMN_VISITORS, language), 1, SLICE_NONE);
}

static void add_pages(struct document *document, bool is_compared)
{
	static const struct {
		const char *path;
		uint64_t views, visitors, former;
	} rows[] = {
		{"/index.php", 42153, 15204, 40728},	   {"/view.php", 21451, 8930, 20390},
		{"/login.php", 5112, 3877, 5958},	   {"/search.php", 4870, 2615, 4701},
		{"/news/", 4326, 2204, 4292},		   {"/download.php", 3918, 2480, 2870},
		{"/help/faq.php", 2745, 1630, 2762},	   {"/about.php", 1986, 1512, 1902},
		{"/product/compare.php", 1604, 911, 1539}, {"/contact.php", 1377, 1120, 1401},
	};
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_TABLE, slice_of(word(WORD_TOP_PAGES, language)), NULL);
	struct table *table = TABLE_OF("pages", COLUMN_OF("path", TABLE_TEXT), COLUMN_OF("views", TABLE_COUNT),
				       COLUMN_OF("visitors", TABLE_COUNT), COLUMN_OF("former", TABLE_COUNT));

	SET(block->side, "页面浏览量，机器人除外", "page views, robots excluded");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ADD_ROW(table, CELL_TEXT(slice_of(rows[i].path)), CELL_COUNT(rows[i].views), CELL_COUNT(rows[i].visitors),
			former_of(is_compared, rows[i].former));
	table_set_left_out(table, 1284, 62891);
	(void)block_set_table(block, table, NULL);
	block->more = WORD_MORE_PAGES;
	show(block, LOOK_PATH, word(WORD_COLUMN_PATH, language), 0, 1);
	show(block, LOOK_LEAD, word(WORD_COLUMN_VIEWS, language), 1, SLICE_NONE);
	show(block, LOOK_NUMBER, word(WORD_COLUMN_VISITORS, language), 2, SLICE_NONE);
	show_change(block, 1, 3, BETTER_NEITHER);
}

static void add_not_found(struct document *document, bool is_compared)
{
	static const struct {
		const char *path;
		uint64_t hits, former;
		const char *page;
	} rows[] = {
		{"/img/banner-2025.jpg", 812, 0, "/index.php"},
		{"/apple-touch-icon.png", 604, 588, NULL},
		{"/wp-login.php", 388, 402, NULL},
		{"/download/setup-3.1.exe", 351, 347, "/download.php"},
		{"/index.php.bak", 214, 209, NULL},
	};
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_TABLE, slice_of(word(WORD_NOT_FOUND, language)), NULL);
	struct table *table = TABLE_OF("not_found", COLUMN_OF("path", TABLE_TEXT), COLUMN_OF("hits", TABLE_COUNT),
				       COLUMN_OF("former", TABLE_COUNT), COLUMN_OF("mark", TABLE_TEXT),
				       COLUMN_OF("note", TABLE_TEXT));

	SET(block->side, "标出自家页面上的死链", "dead links on our own pages are marked");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char note[64] = "";

		(void)snprintf(note, sizeof note, "%s %s", SAY("来自", "on"), rows[i].page ? rows[i].page : "");
		ADD_ROW(table, CELL_TEXT(slice_of(rows[i].path)), CELL_COUNT(rows[i].hits),
			former_of(is_compared, rows[i].former),
			rows[i].page ? CELL_TEXT(slice_of(SAY("自家死链", "our own link"))) : CELL_UNKNOWN,
			CELL_TEXT(slice_of(rows[i].page ? note : SAY("无来源页", "no referrer"))));
	}
	table_set_left_out(table, 167, 895);
	(void)block_set_table(block, table, NULL);
	block->more = WORD_MORE_PATHS;
	block->note = 4;
	block->note_mark = 3;
	show(block, LOOK_PATH, word(WORD_COLUMN_PATH, language), 0, SLICE_NONE);
	show(block, LOOK_LEAD, word(WORD_COLUMN_TIMES, language), 1, SLICE_NONE);
	show_change(block, 1, 2, BETTER_DOWN);
}

static void add_robots(struct document *document)
{
	static const struct {
		const char *zh, *en, *kind_zh, *kind_en;
		uint64_t hits, bytes;
	} rows[] = {
		{"Baiduspider", "Baiduspider", "搜索", "search", 12404, 38200000},
		{"UptimeRobot", "UptimeRobot", "监控", "monitor", 8640, 4100000},
		{"bingbot", "bingbot", "搜索", "search", 6120, 21700000},
		{"Bytespider", "Bytespider", "AI 抓取", "AI crawler", 4310, 19900000},
		{"GPTBot", "GPTBot", "AI 抓取", "AI crawler", 2918, 14300000},
		{"无标识或读过 robots.txt", "no agent, or read robots.txt", "疑似", "suspected", 3822, 6500000},
	};
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_TABLE, slice_of(word(WORD_ROBOTS, language)), NULL);
	struct table *table = TABLE_OF("robots", COLUMN_OF("name", TABLE_TEXT), COLUMN_OF("kind", TABLE_TEXT),
				       COLUMN_OF("hits", TABLE_COUNT), COLUMN_OF("bytes", TABLE_BYTES));

	SET(block->side, "不计入访客、访问次数和页面浏览量", "left out of visitors, visits and page views");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ADD_ROW(table, CELL_TEXT(slice_of(SAY(rows[i].zh, rows[i].en))),
			CELL_TEXT(slice_of(SAY(rows[i].kind_zh, rows[i].kind_en))), CELL_COUNT(rows[i].hits),
			CELL_COUNT(rows[i].bytes));
	(void)block_set_table(block, table, NULL);
	add_run(&block->after, RUN_PLAIN,
		SAY("合计 38,214\u00a0次，占全部点击的 7.0%。", "38,214 hits in all, 7.0% of every hit."));
	show(block, LOOK_NAME, word(WORD_COLUMN_NAME, language), 0, SLICE_NONE);
	show(block, LOOK_NAME, word(WORD_COLUMN_KIND, language), 1, SLICE_NONE);
	show(block, LOOK_LEAD, word(WORD_COLUMN_HITS, language), 2, SLICE_NONE);
	show(block, LOOK_NUMBER, word(WORD_COLUMN_DATA, language), 3, SLICE_NONE);
}

static void set_frame(struct document *document, bool is_compared)
{
	const enum language language = document->language;

	SET(document->title, "官网流量数据报表", "Website traffic");
	SET(document->link, "https://monitor.example.com/", "https://monitor.example.com/");
	SET(document->period, "2026年11月9日 周一 00:00–24:00，北京时间（UTC+8）",
	    "Monday 9 November 2026, 00:00–24:00 Asia/Shanghai (UTC+8)");
	SET(document->now_label, "11月9日", "9 Nov");
	SET(document->sample_note, "示例数据", "Sample data");
	if (is_compared) {
		SET(document->compared, "对比：11月2日 周一", "Compared with Monday 2 November");
		SET(document->former_label, "上周一", "last Monday");
	}
	SET(document->made_by, "courant 0.1.0，报表 traffic，生成于 2026-11-10 08:00:04（北京时间），用时 1.8\u00a0s。",
	    "courant 0.1.0, report traffic, made 2026-11-10 08:00:04 (UTC+8) in 1.8\u00a0s.");
}

static void set_verdict(struct document *document)
{
	const enum language language = document->language;

	document->status = STATUS_ATTENTION;
	SET(document->subject, "官网流量数据报表 · 11月9日 周一 · 注意：5xx 增至 3.1 倍",
	    "Website traffic · Mon 9 Nov · attention: 5xx errors at 3.1 times");
	SET(document->preheader, "5xx 错误 319 次，是上周一的 3.1 倍；访客 23,651（▲ 7.7%），页面浏览 152,433（▲ 4.2%），流量 504 MB。",
	    "319 server errors, 3.1 times last Monday; visitors 23,651 (▲ 7.7%), page views 152,433 (▲ 4.2%), 504 MB sent.");
	SET(document->status_word, "注意", "Attention");
	SET(document->verdict, "访问正常；服务器错误 319\u00a0次，是上周一的 3.1\u00a0倍。",
	    "Traffic is normal; 319 server errors, 3.1 times last Monday’s.");
	SET(document->verdict_more,
	    "错误中 241\u00a0次在 10\u00a0时，其中 214\u00a0次是 503，以 /login.php 为主。页面浏览 15.2\u00a0万，较上周一 +4.2%。",
	    "241 of the errors fell in the hour from 10:00; 214 are 503, mostly on /login.php. Page views 152\u00a0k, +4.2% on last Monday.");
}

static void add_footer(struct document *document)
{
	static const char *const rows[][4] = {
		{"来源", "Sources", "web：/var/log/nginx/access.log、access.log.1（2 个文件）",
		 "web: /var/log/nginx/access.log, access.log.1 (2 files)"},
		{"时段", "Window", "2026-11-09 00:00:00 至 24:00:00，Asia/Shanghai；日志首尾 00:00:00、23:59:59，最长静默 41\u00a0s",
		 "2026-11-09 00:00:00 to 24:00:00 Asia/Shanghai; first line 00:00:00, last 23:59:59, longest silence 41\u00a0s"},
		{"核对", "Lines", "读入 545,131 行 = 545,122 次点击 + 9 行无法解析（0.002%）",
		 "545,131 read = 545,122 hits + 9 rejected (0.002%)"},
		{"估算", "Estimates", "无；访客为精确计数（地址与浏览器标识）",
		 "none; visitors counted exactly (address and user agent)"},
	};
	const enum language language = document->language;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		(void)document_add_footer(document, SAY(rows[i][0], rows[i][1]), slice_of(SAY(rows[i][2], rows[i][3])), NULL);
}

/* A document without a line: every part keeps its heading and says so. */
static void add_empty_blocks(struct document *document)
{
	static const struct {
		enum block_kind kind;
		enum word heading;
		const char *zh, *en;
	} parts[] = {
		{BLOCK_COLUMNS, WORD_HOURS_OF_DAY, "没有点击", "No hits"},
		{BLOCK_TABLE, WORD_STATUS_CODES, "没有点击", "No hits"},
		{BLOCK_TABLE, WORD_NOT_FOUND, "没有 404", "No 404s"},
	};
	const enum language language = document->language;

	add_tiles(document, false, true);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct block *block =
			document_add_block(document, parts[i].kind, slice_of(word(parts[i].heading, language)), NULL);

		SET(block->empty, parts[i].zh, parts[i].en);
	}
	document->status = STATUS_INCOMPLETE;
	SET(document->status_word, "无数据", "No data");
	SET(document->verdict, "没有数据：11月9日没有一行日志。", "No data: not one log line on 9 Nov.");
}

static void add_strange_tiles(struct document *document)
{
	const struct {
		enum word label;
		enum table_type type;
		struct table_cell now, former;
	} tiles[] = {
		{WORD_VISITORS, TABLE_COUNT, CELL_COUNT(0), CELL_COUNT(0)},
		{WORD_VISITS, TABLE_COUNT, CELL_COUNT(1), CELL_COUNT(0)},
		{WORD_PAGE_VIEWS, TABLE_COUNT, CELL_UNKNOWN, CELL_COUNT(146290)},
		{WORD_HITS, TABLE_COUNT, CELL_COUNT(UINT64_C(12345678901)), CELL_COUNT(999999)},
		{WORD_DATA_SENT, TABLE_BYTES, CELL_COUNT(UINT64_C(1240000000)), CELL_COUNT(513366000)},
		{WORD_ERRORS_5XX, TABLE_COUNT, CELL_COUNT(40), CELL_COUNT(400)},
		{WORD_ERRORS_5XX, TABLE_RATIO, CELL_NUMBER(0.0006), CELL_NUMBER(0.0001)},
	};
	struct block *block = document_add_block(document, BLOCK_TILES, SLICE(""), NULL);

	for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++)
		(void)block_add_tile(block,
				     &(struct tile){.label = word(tiles[i].label, document->language),
						    .type = tiles[i].type,
						    .now = tiles[i].now,
						    .former = tiles[i].former,
						    .better = BETTER_DOWN},
				     NULL);
}

/* Clocks go back at 03:00: the hour from 02:00 is there twice. */
static void add_long_day(struct document *document)
{
	struct block *block = add_chart(document, word(WORD_HOURS_OF_DAY, document->language), true);

	for (unsigned i = 0; i < 25; i++) {
		const unsigned hour = i - (i > 2);
		struct chart_column column = {.value = hours[hour] * UINT64_C(1000000) * (i != 7), .errors = errors[hour]};

		if (i > 3)
			column.former = CELL_COUNT(hours[23 - hour] * UINT64_C(1000000));
		(void)snprintf(column.name, sizeof column.name, "%02u", hour);
		if (hour % 3 == 0)
			(void)snprintf(column.label, sizeof column.label, "%u", hour);
		(void)block_add_column(block, &column, NULL);
	}
}

static void add_strange_pages(struct document *document)
{
	static const char *const paths[] = {
		"/%E6%90%9C%E7%B4%A2/%E7%BB%93%E6%9E%9C?page=1",
		"/<a href=\"https://evil.example/\">free</a>",
		"/abc\u202egpj.exe\x1b[31m",
		"/a-very-long-path-without-a-single-blank-in-it/and-it-goes-on/and-on/for-more-columns-than-any-table-has/until-it-is-cut-somewhere-beyond-the-limit/because-nobody-reads-it.html",
		"=cmd|'/C calc'!A0",
	};
	static const struct table_column columns[] = {{"path", TABLE_TEXT}, {"views", TABLE_COUNT}, {"p95", TABLE_SECONDS},
						      {"bytes", TABLE_BYTES}, {"former", TABLE_COUNT}};
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_TABLE, slice_of(word(WORD_TOP_PAGES, language)), NULL);
	struct table *table = table_of("pages", columns, 5);

	for (unsigned i = 0; i < 5; i++)
		ADD_ROW(table, CELL_TEXT(slice_of(paths[i])), CELL_COUNT(UINT64_C(9876543210) >> (8 * i)),
			i == 2 ? CELL_UNKNOWN : CELL_NUMBER(5.21 / (double)(1u << (3 * i))),
			CELL_COUNT(UINT64_C(504000000000) >> (9 * i)), i == 3 ? CELL_UNKNOWN : CELL_COUNT(UINT64_C(9876543210) >> (8 * i + i)));
	ADD_ROW(table, CELL_UNKNOWN, CELL_UNKNOWN, CELL_UNKNOWN, CELL_UNKNOWN, CELL_UNKNOWN);
	(void)block_set_table(block, table, NULL);
	show(block, LOOK_PATH, word(WORD_COLUMN_PATH, language), 0, 1);
	show(block, LOOK_LEAD, word(WORD_COLUMN_VIEWS, language), 1, SLICE_NONE);
	show(block, LOOK_NUMBER, "p95", 2, SLICE_NONE);
	show(block, LOOK_NUMBER, word(WORD_COLUMN_DATA, language), 3, SLICE_NONE);
	show_change(block, 1, 4, BETTER_DOWN);
}

static void add_strange_browsers(struct document *document)
{
	static const char *const names[] = {"Samsung Internet for Android", "Averyveryverylongbrowsernamewithoutanyblank", "微信内置浏览器", ""};
	static const struct table_column columns[] = {{"name", TABLE_TEXT}, {"visitors", TABLE_COUNT}, {"share", TABLE_RATIO}};
	const enum language language = document->language;
	struct block *block = document_add_block(document, BLOCK_BARS, slice_of(word(WORD_BROWSERS, language)), NULL);
	struct table *table = table_of("browsers", columns, 3);

	for (unsigned i = 0; i < 4; i++)
		ADD_ROW(table, CELL_TEXT(slice_of(names[i])), CELL_COUNT(UINT64_C(100000000) >> (8 * i)),
			CELL_NUMBER(0.99 / (double)(1u << (8 * i))));
	(void)block_set_table(block, table, NULL);
	show(block, LOOK_NAME, word(WORD_COLUMN_NAME, language), 0, SLICE_NONE);
	show(block, LOOK_LEAD, word(WORD_COLUMN_SHARE_OF_VISITORS, language), 2, SLICE_NONE);
	show(block, LOOK_NUMBER, word(WORD_COLUMN_VISITORS, language), 1, SLICE_NONE);
}

static void add_strange_blocks(struct document *document)
{
	add_strange_tiles(document);
	add_long_day(document);
	add_strange_pages(document);
	add_strange_browsers(document);
}

struct document *fixture_new(enum fixture fixture, enum language language)
{
	static struct zone *zone; /* for all documents, until the program ends */

	if (!zone)
		zone = zone_new_fixed(8 * 3600, NULL);
	if (fixture == FIXTURE_PERFORMANCE || fixture == FIXTURE_QUALITY)
		return fixture == FIXTURE_PERFORMANCE ? fixture_performance(language, zone) : fixture_quality(language, zone);

	struct document *document = document_new(language, NULL);
	const bool is_compared = fixture != FIXTURE_NO_COMPARISON && fixture != FIXTURE_EMPTY;

	if (!document)
		return NULL;
	set_frame(document, is_compared);
	add_footer(document);
	if (fixture == FIXTURE_EMPTY) {
		add_empty_blocks(document);
		return document;
	}
	set_verdict(document);
	if (fixture == FIXTURE_STRANGE) {
		add_strange_blocks(document);
		return document;
	}
	add_tiles(document, is_compared, false);
	if (fixture == FIXTURE_WEEK)
		add_days(document, is_compared);
	else
		add_hours(document, is_compared);
	add_status(document, is_compared);
	add_browsers(document);
	add_pages(document, is_compared);
	add_not_found(document, is_compared);
	add_robots(document);
	return document;
}
