/* SPDX-License-Identifier: MIT */
/* xlsx_week.c - a week as a sheet with a column a weekday: a row a figure, or a row an hour */
#include "base/alloc.h"
#include "render/xlsx_own.h"

#define DAYS       7
#define HOURS_MAX  25
#define FIGURES_MAX 64
#define NAME_WIDTH 22
#define DAY_WIDTH  13

struct week {
	struct xlsx *xlsx;
	const struct sheet *sheet;
	lxw_worksheet *to;
	int64_t days[DAYS + 1]; /* starts of the local days */
	size_t n_rows;
	struct table_cell *cells; /* rows by days */
};

static void week_release(struct week *week)
{
	free(week->cells);
}
AUTO_DEFINE_VALUE(week, struct week, week_release)

static bool is_hourly(const struct table *table)
{
	return table_head(table)->step_ms && table_head(table)->step_ms < MS_PER_DAY;
}

static int64_t next_day(const struct zone *zone, int64_t day_ms)
{
	return zone ? zone_day_add(zone, day_ms, 1) : day_ms + MS_PER_DAY;
}

/* The week begins with the day that holds the window's begin, or the first row. */
static int find_days(struct week *week, courant_error **err)
{
	const struct zone *zone = week->xlsx->document->zone;
	const struct table *table = week->sheet->table;
	const struct table_head *head = table_head(table);
	struct table_cursor cursor = {table, 0};
	const struct table_cell *cells;
	int64_t from_ms = head->from_ms;

	if (head->to_ms <= head->from_ms) {
		const int found = table_next(&cursor, &cells, err);

		if (found < 0)
			return -1;
		from_ms = found && cells[0].is_known ? cells[0].time_ms : 0;
	}
	week->days[0] = zone ? zone_day_start(zone, from_ms) : from_ms - from_ms % MS_PER_DAY;
	for (size_t i = 0; i < DAYS; i++)
		week->days[i + 1] = next_day(zone, week->days[i]);
	return 0;
}

static size_t day_of(const struct week *week, int64_t at_ms)
{
	for (size_t day = 0; day < DAYS; day++)
		if (at_ms >= week->days[day] && at_ms < week->days[day + 1])
			return day;
	return DAYS;
}

/* Of hours the first figure, by the hour since midnight; of days every figure. Texts have no place. */
static void keep(struct week *week, const struct table_cell *cells)
{
	const struct table *table = week->sheet->table;
	const size_t day = cells[0].is_known ? day_of(week, cells[0].time_ms) : DAYS;

	if (day == DAYS)
		return;
	if (is_hourly(table)) {
		const size_t hour = (size_t)((cells[0].time_ms - week->days[day]) / MS_PER_HOUR);

		if (hour < HOURS_MAX)
			week->cells[hour * DAYS + day] = cells[1];
		return;
	}
	for (size_t i = 0; i < week->n_rows; i++)
		if (table_column(table, i + 1)->type != TABLE_TEXT)
			week->cells[i * DAYS + day] = cells[i + 1];
}

static int gather(struct week *week, courant_error **err)
{
	struct table_cursor cursor = {week->sheet->table, 0};
	const struct table_cell *cells;
	int found;

	week->n_rows = is_hourly(week->sheet->table) ? HOURS_MAX : table_columns(week->sheet->table) - 1;
	if (!(week->cells = mem_array(week->n_rows * DAYS, sizeof *week->cells)))
		return fail_memory(err);
	while ((found = table_next(&cursor, &cells, err)) > 0)
		keep(week, cells);
	/* The 25th hour is there on one day of the year. */
	if (is_hourly(week->sheet->table)) {
		bool is_long = false;

		for (size_t day = 0; day < DAYS; day++)
			is_long |= week->days[day + 1] - week->days[day] > 24 * MS_PER_HOUR;
		week->n_rows = is_long ? HOURS_MAX : 24;
	}
	return found;
}

static void write_heads(struct week *week)
{
	struct xlsx *xlsx = week->xlsx;
	const struct zone *zone = xlsx->document->zone;
	const enum language language = xlsx->document->language;

	(void)worksheet_set_column(week->to, 0, 0, NAME_WIDTH, NULL);
	(void)worksheet_set_column(week->to, 1, DAYS, DAY_WIDTH, NULL);
	for (uint16_t day = 0; day < DAYS; day++) {
		struct civil civil;

		if (zone)
			zone_to_civil(zone, week->days[day], &civil);
		else
			civil_from_ms(week->days[day], 0, &civil);
		xlsx_write_text(xlsx, week->to, 0, (uint16_t)(day + 1),
				slice_of(word(WORD_SHEET_SUNDAY + (unsigned)civil.weekday, language)), xlsx->formats.head);
	}
	xlsx_write_text(xlsx, week->to, 1, 0, slice_of(word(WORD_SHEET_DATE, language)), xlsx->formats.grey);
	for (uint16_t day = 0; day < DAYS; day++)
		(void)worksheet_write_number(week->to, 1, (uint16_t)(day + 1), xlsx_serial(zone, week->days[day]), xlsx->formats.date);
	worksheet_freeze_panes(week->to, 2, 1);
}

/* "05:00", or the figure's name. */
static void write_name(struct week *week, size_t row, uint32_t to_row)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(32);

	if (!is_hourly(week->sheet->table)) {
		xlsx_write_head(week->xlsx, week->to, to_row, 0, week->sheet, row + 1, NULL);
		return;
	}
	buffer_printf(&text, "%02zu:00", row);
	xlsx_write_text(week->xlsx, week->to, to_row, 0, buffer_peek(&text), NULL);
}

int xlsx_week_sheet(struct xlsx *xlsx, const struct sheet *sheet, struct xlsx_place *ret, courant_error **err)
{
	const struct table *table = sheet->table;
	AUTO(week) struct week week = {.xlsx = xlsx, .sheet = sheet};

	if (table_columns(table) < 2 || table_columns(table) > FIGURES_MAX || table_column(table, 0)->type != TABLE_TIME)
		return fail(err, COURANT_INVALID, "a sheet of weekdays needs a table of times and figures");
	if (find_days(&week, err) < 0 || gather(&week, err) < 0 || !(week.to = xlsx_add_sheet(xlsx, slice_of(sheet->name), err)))
		return -1;
	write_heads(&week);
	for (size_t row = 0; row < week.n_rows; row++) {
		const enum table_type type = table_column(table, is_hourly(table) ? 1 : row + 1)->type;
		const uint32_t to_row = (uint32_t)row + 2;

		if (type == TABLE_TEXT)
			continue;
		write_name(&week, row, to_row);
		for (uint16_t day = 0; day < DAYS; day++)
			xlsx_write_cell(xlsx, week.to, to_row, (uint16_t)(day + 1), type, &week.cells[row * DAYS + day], xlsx_format_of(xlsx, type, 0));
	}
	*ret = (struct xlsx_place){.sheet = xlsx->names[xlsx->n_names - 1], .first = 2, .last = (uint32_t)week.n_rows + 1, .n_columns = DAYS + 1};
	return 0;
}
