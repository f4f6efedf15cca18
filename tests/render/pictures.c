/* SPDX-License-Identifier: MIT */
/* pictures.c - a day of a server's figures, a week of latency, and the like */
#include "pictures.h"

#include <math.h>
#include <stdio.h>

#include "base/hash.h"

const char *const sitter_names[SITTERS] = {"net", "key", "memory", "swap", "week", "hours", "stacked", "named", "many"};

#define SAY(zh, en) (language == LANGUAGE_ZH ? (zh) : (en))
#define TEN_MINUTES (10 * MS_PER_MINUTE)
#define WEEK_FROM   INT64_C(1773590400000) /* Monday 2026-03-16 00:00 in Shanghai */

/* Between -1 and 1, the same for the same row and lane. */
static double noise(size_t row, unsigned lane)
{
	return (double)(hash_u64(row, lane) >> 11) / (double)(UINT64_C(1) << 52) - 1;
}

/* A bump of this width around a row. */
static double bump(size_t row, double middle, double width)
{
	const double away = ((double)row - middle) / width;

	return exp(-away * away);
}

static struct table_cell cell_of(enum table_type type, double value)
{
	if (isnan(value))
		return CELL_UNKNOWN;
	return type == TABLE_COUNT || type == TABLE_BYTES ? CELL_COUNT((uint64_t)(value + 0.5)) : CELL_NUMBER(value);
}

struct table *series_new(const char *name, enum table_type type, size_t n, int64_t from_ms, int64_t to_ms, int64_t step_ms,
			 void (*fill)(size_t row, double *values))
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	struct table_column columns[9] = {{.name = "time", .type = TABLE_TIME}};
	struct table_cell cells[9];

	for (size_t i = 0; i < n; i++)
		columns[i + 1] = (struct table_column){.name = names[i], .type = type};

	struct table *table = table_new(&(struct table_head){.name = name, .from_ms = from_ms, .to_ms = to_ms, .step_ms = step_ms}, columns,
					n + 1, NULL);

	for (size_t row = 0; table && from_ms + (int64_t)row * step_ms < to_ms; row++) {
		double values[8] = {0};

		fill(row, values);
		cells[0] = CELL_TIME(from_ms + (int64_t)row * step_ms);
		for (size_t i = 0; i < n; i++)
			cells[i + 1] = cell_of(type, values[i]);
		(void)table_add_row(table, cells, NULL);
	}
	return table;
}

/* ---- the network: sent, its band, received ---- */

#define GAP_FROM 41 /* 12:40 */
#define GAP_TO   50 /* 14:10 */
#define SPIKE    115 /* 01:00 */

static void fill_net(size_t row, double *values)
{
	const double sent = 0.71e6 - 0.1e6 * bump(row, 96, 20) + 1.25e6 * bump(row, SPIKE, 1.6) + 0.3e6 * bump(row, 123, 1.5) + 0.09e6 * noise(row, 1);
	const double received = 0.24e6 + 0.25e6 * bump(row, SPIKE - 3, 1) + 0.38e6 * bump(row, 124, 1.8) + 0.02e6 * noise(row, 2);

	values[0] = sent;
	values[1] = sent - 0.1e6 - 0.04e6 * noise(row, 3);
	values[2] = row == SPIKE ? 2.49e6 : sent + 0.12e6 + 0.1e6 * noise(row, 4);
	values[3] = received;
	for (size_t i = 0; i < 4; i++)
		if (row >= GAP_FROM && row < GAP_TO)
			values[i] = NAN;
}

static void fill_former(size_t row, double *values)
{
	values[0] = 0.7e6 - 0.12e6 * bump(row, 100, 25) + 0.05e6 * noise(row / 2, 5);
}

static void add_net(struct sitting *sitting, enum language language)
{
	struct picture *picture = &sitting->picture;
	const int64_t week = 7 * MS_PER_DAY;

	*picture = picture_of(PICTURE_LINES, language, sitting->zone, SAY("网络吞吐", "Network"));
	sitting->table = series_new("network", TABLE_BYTE_RATE, 4, SITTING_FROM, SITTING_FROM + MS_PER_DAY, TEN_MINUTES, fill_net);
	sitting->former = series_new("former", TABLE_BYTE_RATE, 1, SITTING_FROM - week, SITTING_FROM + MS_PER_DAY - week, TEN_MINUTES, fill_former);
	picture_add(picture, 1, SAY("发送", "sent"));
	picture->series[0].low = 2;
	picture->series[0].high = 3;
	picture_add(picture, 4, SAY("接收", "received"));
	picture->former = (struct picture_former){sitting->former, 1, SAY("上周同期", "week before")};
}

/* ---- the key cache ---- */

static void fill_key(size_t row, double *values)
{
	const double end = row > 138 ? (double)(row - 138) * 2.2 : 0;

	values[0] = 14.5 + 2.4 * noise(row, 6) + 2 * sin((double)row / 9) + end;
	values[1] = 10.5 + 1.6 * noise(row, 7) + 1.2 * sin((double)row / 11) + end * 0.6;
	values[2] = 0.01 + 0.01 * fabs(noise(row, 8));
}

static void fill_former_key(size_t row, double *values)
{
	values[0] = 14 + 1.5 * noise(row / 2, 9);
}

static void add_key(struct sitting *sitting, enum language language)
{
	struct picture *picture = &sitting->picture;

	*picture = picture_of(PICTURE_LINES, language, sitting->zone, SAY("MyISAM 键缓存", "MyISAM keys"));
	sitting->table = series_new("key", TABLE_RATE, 3, SITTING_FROM, SITTING_FROM + MS_PER_DAY, TEN_MINUTES, fill_key);
	sitting->former = series_new("former", TABLE_RATE, 1, SITTING_FROM, SITTING_FROM + MS_PER_DAY, TEN_MINUTES, fill_former_key);
	picture_add(picture, 1, SAY("读", "reads"))->name = SAY("读请求", "read reqs");
	picture_add(picture, 2, SAY("写", "writes"))->name = SAY("写请求", "write reqs");
	picture_add(picture, 3, SAY("磁盘", "disk"))->name = SAY("磁盘读写", "disk");
	picture->series[2].colour = SERIES_PURPLE;
	picture->figure = (struct picture_figure){SAY("命中率", "hit ratio"), TABLE_RATIO, CELL_NUMBER(0.9995)};
	picture->former = (struct picture_former){sitting->former, 1, SAY("上周", "week before")};
}

/* ---- memory ---- */

#define GIB (1024.0 * 1024 * 1024)

static void fill_memory(size_t row, double *values)
{
	values[0] = 23.98 * GIB + 0.06 * GIB * noise(row / 6, 10);
	values[1] = 19.8 * GIB - 0.4 * GIB * bump(row, 20, 2) + 0.05 * GIB * noise(row / 6, 11);
	values[2] = 1.17 * GIB + 0.02 * GIB * noise(row / 12, 12);
}

static void add_memory(struct sitting *sitting, enum language language)
{
	struct picture *picture = &sitting->picture;

	*picture = picture_of(PICTURE_AREAS, language, sitting->zone, SAY("内存", "Memory"));
	sitting->table = series_new("memory", TABLE_MEMORY, 3, SITTING_FROM, SITTING_FROM + MS_PER_DAY, TEN_MINUTES, fill_memory);
	picture_add(picture, 1, SAY("已用", "used"));
	picture_add(picture, 2, SAY("活跃", "active"));
	picture_add(picture, 3, SAY("交换", "swap"))->name = SAY("交换已用", "swap used");
	picture->note = SAY("总量 24.1，交换区 4.9", "total 24.1, swap 4.9");
	picture->references[picture->n_references++] = (struct picture_reference){REFERENCE_TOTAL, false, 24.1 * GIB, SAY("总量", "total")};
}

/* ---- swap ---- */

static void fill_swap(size_t row, double *values)
{
	values[0] = fabs(0.8 + 0.4 * noise(row, 13) + 9 * bump(row, 5, 1) + 4 * bump(row, 63, 1) + 11.3 * bump(row, 112, 1.2) + 4.5 * bump(row, 140, 0.8));
	values[1] = fabs(1.2 + 0.5 * noise(row, 14) + 2 * bump(row, 13, 1) + 4.5 * bump(row, 122, 1));
}

static void add_swap(struct sitting *sitting, enum language language)
{
	struct picture *picture = &sitting->picture;

	*picture = picture_of(PICTURE_LINES, language, sitting->zone, SAY("交换区", "Swap"));
	sitting->table = series_new("swap", TABLE_RATE, 2, SITTING_FROM, SITTING_FROM + MS_PER_DAY, TEN_MINUTES, fill_swap);
	picture_add(picture, 1, SAY("换入", "in"));
	picture_add(picture, 2, SAY("换出", "out"));
	picture->unit = "pages";
}

/* ---- the week ---- */

static const double week_values[7][5] = {
	{0.120, 0.286, 0.472, 0.301, 545000}, {0.110, 0.262, 0.441, 0.284, 531000}, {0.080, 0.198, 0.352, 0.255, 528000},
	{0.095, 0.231, 0.402, 0.247, 539000}, {0.094, 0.224, 0.391, 0.261, 517000}, {0.100, 0.247, 0.428, 0.268, 382000},
	{0.088, 0.209, 0.367, 0.239, 356000},
};

static void add_week(struct sitting *sitting, enum language language)
{
	static const struct table_column columns[] = {
		{.name = "day", .type = TABLE_TIME},    {.name = "p50", .type = TABLE_SECONDS}, {.name = "p95", .type = TABLE_SECONDS},
		{.name = "p99", .type = TABLE_SECONDS}, {.name = "former", .type = TABLE_SECONDS}, {.name = "requests", .type = TABLE_COUNT},
	};
	const struct table_head head = {.name = "days", .from_ms = WEEK_FROM, .to_ms = WEEK_FROM + 7 * MS_PER_DAY, .step_ms = MS_PER_DAY};
	struct picture *picture = &sitting->picture;

	*picture = picture_of(PICTURE_WEEK, language, sitting->zone, SAY("首页延时", "Home page latency"));
	sitting->table = table_new(&head, columns, 6, NULL);
	for (size_t i = 0; sitting->table && i < 7; i++)
		(void)table_add_row(sitting->table,
				    (const struct table_cell[]){CELL_TIME(WEEK_FROM + (int64_t)i * MS_PER_DAY), CELL_NUMBER(week_values[i][0]),
								CELL_NUMBER(week_values[i][1]), CELL_NUMBER(week_values[i][2]),
								CELL_NUMBER(week_values[i][3]), CELL_COUNT((uint64_t)week_values[i][4])},
				    NULL);
	picture_add(picture, 2, "p95");
	picture_add(picture, 1, "p50");
	picture_add(picture, 3, "p99");
	picture->note = SAY("每天的 p50、p95、p99；目标 p95 ≤ 300", "p50, p95, p99 of each day; target p95 ≤ 300");
	picture->former = (struct picture_former){NULL, 4, SAY("上周", "week before")};
	picture->references[picture->n_references++] = (struct picture_reference){REFERENCE_TARGET, false, 0.3, SAY("目标", "target")};
	picture->volume = 5;
	picture->volume_label = SAY("请求", "requests");
}

/* ---- others ---- */

static void fill_hours(size_t row, double *values)
{
	static const double hours[24] = {9120,  6480,  5030,  4402,  4118,  5210,  8870,  15630, 27940, 36480, 41870, 38950,
					 30210, 31870, 36940, 37520, 36310, 33180, 27620, 25430, 26780, 24910, 17930, 12322};

	values[0] = hours[row % 24];
	values[1] = hours[(row + 1) % 24] * 0.9;
}

static void add_hours(struct sitting *sitting, enum language language)
{
	const int64_t midnight = zone_day_start(sitting->zone, SITTING_FROM);

	sitting->picture = picture_of(PICTURE_BARS, language, sitting->zone, SAY("点击", "Hits"));
	sitting->table = series_new("hours", TABLE_COUNT, 2, midnight, midnight + MS_PER_DAY, MS_PER_HOUR, fill_hours);
	picture_add(&sitting->picture, 1, SAY("点击", "hits"));
	sitting->picture.former = (struct picture_former){NULL, 2, SAY("上周一", "last Monday")};
}

static void fill_stacked(size_t row, double *values)
{
	values[0] = 0.22 + 0.1 * sin((double)row / 20) + 0.03 * noise(row, 15);
	values[1] = 0.08 + 0.02 * noise(row, 16);
	values[2] = 0.03 + 0.2 * bump(row, 80, 5) + 0.02 * fabs(noise(row, 17));
}

static void add_stacked(struct sitting *sitting, enum language language)
{
	sitting->picture = picture_of(PICTURE_STACKED, language, sitting->zone, "CPU");
	sitting->table = series_new("cpu", TABLE_RATIO, 3, SITTING_FROM, SITTING_FROM + MS_PER_DAY, TEN_MINUTES, fill_stacked);
	picture_add(&sitting->picture, 1, SAY("用户", "user"));
	picture_add(&sitting->picture, 2, SAY("系统", "system"));
	picture_add(&sitting->picture, 3, SAY("等待", "wait"));
}

static void add_named(struct sitting *sitting, enum language language)
{
	static const struct table_column columns[] = {{.name = "name", .type = TABLE_TEXT}, {.name = "visitors", .type = TABLE_COUNT}};
	static const struct {
		const char *name;
		uint64_t n;
	} rows[] = {{"IE", 11826}, {"Chrome", 7095}, {"Firefox", 2365}, {"其他", 2365}};

	sitting->picture = picture_of(PICTURE_BARS, language, sitting->zone, SAY("访客浏览器", "Browsers"));
	sitting->table = table_new(&(struct table_head){.name = "browsers"}, columns, 2, NULL);
	for (size_t i = 0; sitting->table && i < sizeof rows / sizeof *rows; i++)
		(void)table_add_row(sitting->table, (const struct table_cell[]){CELL_TEXT(slice_of(rows[i].name)), CELL_COUNT(rows[i].n)}, NULL);
	picture_add(&sitting->picture, 1, SAY("访客", "visitors"));
}

static void fill_many(size_t row, double *values)
{
	for (unsigned i = 0; i < 8; i++)
		values[i] = (double)(8 - i) * 10 + 4 * sin((double)row / 9000 + i) + 3 * noise(row, 20 + i);
}

static void add_many(struct sitting *sitting, enum language language)
{
	static const char *const labels[] = {"用户", "系统", "等待", "中断", "软中断", "窃取", "低优先", "空闲"};

	sitting->picture = picture_of(PICTURE_LINES, language, sitting->zone, SAY("每秒一点", "A point a second"));
	sitting->table = series_new("many", TABLE_NUMBER, 8, SITTING_FROM, SITTING_FROM + MS_PER_DAY, MS_PER_SECOND, fill_many);
	for (size_t i = 0; i < 8; i++)
		picture_add(&sitting->picture, i + 1, labels[i]);
	sitting->picture.width = 640;
	sitting->picture.height = 240;
}

struct sitting sitting_of(enum sitter sitter, enum language language)
{
	static void (*const add[SITTERS])(struct sitting *, enum language) = {
		[SITTER_NET] = add_net,     [SITTER_KEY] = add_key,         [SITTER_MEMORY] = add_memory,
		[SITTER_SWAP] = add_swap,   [SITTER_WEEK] = add_week,       [SITTER_HOURS] = add_hours,
		[SITTER_STACKED] = add_stacked, [SITTER_NAMED] = add_named, [SITTER_MANY] = add_many,
	};
	struct sitting sitting = {.zone = zone_load(SLICE("Asia/Shanghai"), NULL)};

	if (sitting.zone)
		add[sitter](&sitting, language);
	return sitting;
}

void sitting_release(struct sitting *sitting)
{
	table_free(sitting->table);
	table_free(sitting->former);
	zone_free(sitting->zone);
	*sitting = (struct sitting){0};
}
