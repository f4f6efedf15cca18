/* SPDX-License-Identifier: MIT */
/* csv.c - the source csv: a file of comma-separated values becomes the table `rows` */
#include <inttypes.h>
#include <math.h>

#include "base/alloc.h"
#include "base/num.h"
#include "source/csv_parse.h"
#include "source/csv_text.h"
#include "source/csv_types.h"
#include "source/measure.h"
#include "source/series.h"

#define ROWS_MAX ((size_t)4 << 20)

struct csv_column {
	char *name;
	unsigned forms;
	enum table_type type;
	double scale;
	const struct override *override;
};

struct csv_source {
	struct source source;
	char *path, *charset;
	char separator;
	bool has_no_header;
	struct overrides overrides;
	char *time_name; /* of the column that is the time; NULL: the first that is one */
	struct buffer text;
	struct csv_column *columns;
	size_t n_columns, time; /* SLICE_NONE: there is none */
	size_t n_rows;
	bool is_series;
	struct series series;
};

/* ---- settings ---- */

static const struct source_option options[] = {
	{.name = "csv", .value = "FILE.csv", .help = "the file: a head line and a line a row, separated by commas, semicolons or tabs"},
	{.name = "separator", .value = "comma|semicolon|tab", .help = "what stands between fields, instead of recognising it"},
	{.name = "header", .value = "yes|no", .help = "whether the first line names the columns (yes); else they are column_1, column_2 …"},
	{.name = "charset", .value = "NAME", .help = "of a file that is not UTF-8: gb18030, latin1 …"},
	{.name = "timezone", .value = "ZONE", .help = "of times without an offset, instead of the report's"},
	{.name = "time", .value = "COLUMN", .help = "the column that is the time of a row, instead of the first that is a time"},
	TYPES_OPTION("COLUMN"),
	UNITS_OPTION("COLUMN"),
	{.name = "counters", .value = "COLUMN", .shape = SOURCE_LIST, .help = "columns that only grow, and become rates"},
};

static int read_settings(struct csv_source *csv, const struct settings *settings, courant_error **err)
{
	static const char *const separators[] = {"comma", "semicolon", "tab", NULL};
	static const char *const answers[] = {"yes", "no", NULL};
	const slice charset = settings_text(settings, "charset"), time = settings_text(settings, "time");
	unsigned separator = 3, header = 0;

	if (settings_word(settings, "separator", separators, &separator, err) < 0 || settings_word(settings, "header", answers, &header, err) < 0 ||
	    settings_zone(settings, "timezone", &csv->source.own_zone, err) < 0 || overrides_read(settings, true, &csv->overrides, err) < 0)
		return -1;
	csv->separator = ",;\t"[separator];
	csv->has_no_header = header;
	csv->path = settings_path(settings, settings_find(settings, "csv", 0), err);
	csv->charset = charset.ptr ? mem_copy(charset) : NULL;
	csv->time_name = time.ptr ? mem_copy(time) : NULL;
	if (!csv->path)
		return -1;
	return (charset.ptr && !csv->charset) || (time.ptr && !csv->time_name) ? fail_memory(err) : 0;
}

static void free_csv(struct source *source)
{
	struct csv_source *csv = (struct csv_source *)source;

	for (size_t i = 0; i < csv->n_columns; i++)
		free(csv->columns[i].name);
	free(csv->columns);
	free(csv->path);
	free(csv->charset);
	free(csv->time_name);
	overrides_release(&csv->overrides);
	buffer_release(&csv->text);
	series_release(&csv->series);
	free(csv);
}

static struct source *make(const struct settings *settings, courant_error **err)
{
	struct csv_source *csv = mem_alloc(sizeof *csv);

	if (!csv) {
		(void)fail_memory(err);
		return NULL;
	}
	csv->time = SLICE_NONE;
	csv->text = (struct buffer)BUFFER_LIMIT(CSV_FILE_MAX_BYTES);
	if (read_settings(csv, settings, err) == 0)
		return &csv->source;
	zone_free(csv->source.own_zone);
	free_csv(&csv->source);
	return NULL;
}

/* ---- first pass: names and types ---- */

static char *name_of(const struct csv_source *csv, slice field, size_t i)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(CSV_FIELD_MAX_BYTES);
	char *taken = NULL;

	field = slice_trim_space(field);
	if (csv->has_no_header || !field.len)
		buffer_printf(&name, "column_%zu", i + 1);
	else
		buffer_append(&name, field);
	(void)buffer_take(&name, &taken, NULL, NULL);
	return taken;
}

static int read_head(struct csv_source *csv, const struct csv *parser, courant_error **err)
{
	csv->columns = mem_array(parser->n_fields, sizeof *csv->columns);
	if (!csv->columns)
		return fail_memory(err);
	for (; csv->n_columns < parser->n_fields; csv->n_columns++) {
		char *name = name_of(csv, parser->fields[csv->n_columns], csv->n_columns);

		if (!name)
			return fail_memory(err);
		csv->columns[csv->n_columns] = (struct csv_column){.name = name, .forms = ~0U, .scale = 1};
		for (size_t i = 0; i < csv->n_columns; i++) {
			if (!slice_equal(slice_of(name), slice_of(csv->columns[i].name)))
				continue;
			(void)fail(err, COURANT_NO_INPUT, "%s:%" PRIu64 ": two columns are called \"%s\"", csv->path, parser->record_line, name);
			free(name);
			return -1;
		}
	}
	return 0;
}

static int note_forms(struct csv_source *csv, const struct csv *parser, courant_error **err)
{
	if (parser->n_fields != csv->n_columns)
		return fail(err, COURANT_NO_INPUT, "%s:%" PRIu64 ": %zu fields, where the first line has %zu", csv->path, parser->record_line, parser->n_fields,
			    csv->n_columns);
	if (csv->n_rows++ == ROWS_MAX)
		return fail(err, COURANT_TOO_LARGE, "%s has more than %zu rows: that many belong into a database", csv->path, ROWS_MAX);
	for (size_t i = 0; i < csv->n_columns; i++)
		if (csv->columns[i].forms)
			csv->columns[i].forms &= csv_forms(parser->fields[i], parser->separator);
	return 0;
}

static int look_through(struct csv_source *csv, courant_error **err)
{
	AUTO(csv) struct csv parser;
	int more;

	csv_init(&parser, buffer_peek(&csv->text), csv->path, csv->separator);
	csv->separator = parser.separator;
	more = csv_next(&parser, err);
	if (more <= 0)
		return more < 0 ? -1 : fail(err, COURANT_NO_INPUT, "%s is empty", csv->path);
	if (read_head(csv, &parser, err) < 0 || (csv->has_no_header && note_forms(csv, &parser, err) < 0))
		return -1;
	while ((more = csv_next(&parser, err)) > 0)
		if (note_forms(csv, &parser, err) < 0)
			return -1;
	return more;
}

static int check_names(const struct csv_source *csv, courant_error **err)
{
	AUTO(free) const char **names = mem_array(csv->n_columns + 1, sizeof *names);

	if (!names)
		return fail_memory(err);
	for (size_t i = 0; i < csv->n_columns; i++)
		names[i] = csv->columns[i].name;
	if (overrides_check(&csv->overrides, names, "column", err) < 0)
		return fail_within(err, "%s", csv->path);
	return 0;
}

static int choose_time(struct csv_source *csv, courant_error **err)
{
	for (size_t i = 0; i < csv->n_columns; i++) {
		if (csv->time_name ? slice_equal(slice_of(csv->columns[i].name), slice_of(csv->time_name)) : csv->columns[i].type == TABLE_TIME) {
			if (csv->columns[i].type != TABLE_TIME)
				break;
			csv->time = i;
			return 0;
		}
	}
	return csv->time_name ? fail(err, COURANT_CONFIG, "%s: there is no column of times called \"%s\"", csv->path, csv->time_name) : 0;
}

static bool is_number(enum table_type type)
{
	return type != TABLE_TIME && type != TABLE_TEXT;
}

static int choose_types(struct csv_source *csv, courant_error **err)
{
	size_t n_numbers = 0;

	for (size_t i = 0; i < csv->n_columns; i++) {
		struct csv_column *column = &csv->columns[i];
		const slice name = slice_of(column->name);

		column->override = overrides_find(&csv->overrides, name);
		column->type = csv_guess(column->forms, csv_is_time_name(name) || (csv->time_name && slice_equal(name, slice_of(csv->time_name))));
		column->scale = column->type == TABLE_RATIO ? 0.01 : 1;
		if (column->override->is_counter)
			column->type = TABLE_RATE;
		if (column->override->measure) {
			column->type = column->override->measure->type;
			column->scale = column->override->measure->scale;
		}
		n_numbers += is_number(column->type);
	}
	if (choose_time(csv, err) < 0)
		return -1;
	csv->is_series = csv->time != SLICE_NONE && n_numbers && n_numbers + 1 == csv->n_columns;
	for (size_t i = 0; i < csv->n_columns && !csv->is_series; i++)
		if (csv->columns[i].override->is_counter)
			return fail(err, COURANT_CONFIG, "%s: \"%s\" cannot become a rate: rates need a column of times, and no words beside the numbers",
				    csv->path, csv->columns[i].name);
	return 0;
}

/* ---- second pass: values ---- */

static int fail_field(const struct csv_source *csv, const struct csv *parser, size_t i, const char *what, courant_error **err)
{
	return fail(err, COURANT_NO_INPUT, "%s:%" PRIu64 ": \"%.*s\" in column \"%s\" is no %s", csv->path, parser->record_line,
		    (int)(parser->fields[i].len < 80 ? parser->fields[i].len : 80), parser->fields[i].ptr, csv->columns[i].name, what);
}

static int read_time(const struct csv_source *csv, const struct csv *parser, size_t i, int64_t *ret_ms, courant_error **err)
{
	const slice field = parser->fields[i];

	return csv_parse_date(field, csv->source.zone, ret_ms) || csv_parse_epoch(field, ret_ms) ? 0 : fail_field(csv, parser, i, "time", err);
}

static int read_number(const struct csv_source *csv, const struct csv *parser, size_t i, double *ret, courant_error **err)
{
	const struct csv_column *column = &csv->columns[i];
	const bool has_comma = column->forms & CSV_COMMA && !(column->forms & CSV_DECIMAL);

	if (csv_is_unknown(parser->fields[i])) {
		*ret = NAN;
		return 0;
	}
	if (!csv_parse_number(parser->fields[i], has_comma, ret))
		return fail_field(csv, parser, i, "number", err);
	*ret *= column->scale;
	return 0;
}

static int skip_head(const struct csv_source *csv, struct csv *parser, courant_error **err)
{
	csv_init(parser, buffer_peek(&csv->text), csv->path, csv->separator);
	return csv->has_no_header || csv_next(parser, err) >= 0 ? 0 : -1;
}

static int add_series_row(struct csv_source *csv, const struct csv *parser, courant_error **err)
{
	int64_t time_ms;

	if (read_time(csv, parser, csv->time, &time_ms, err) < 0)
		return -1;

	const size_t row = series_add_row(&csv->series, time_ms, err);

	if (row == SLICE_NONE)
		return -1;
	for (size_t i = 0, to = 0; i < csv->n_columns; i++)
		if (i != csv->time && read_number(csv, parser, i, series_row(&csv->series, row) + to++, err) < 0)
			return -1;
	return 0;
}

/* A counter's row becomes the rate until the next one: unknown across a reset, a gap, and behind the last. */
static void make_rates(struct series *series, size_t column)
{
	for (size_t row = 0; row < series->n_rows; row++) {
		double *value = series_row(series, row) + column;
		const bool is_last = row + 1 == series->n_rows;
		const double next = is_last ? NAN : series_row(series, row + 1)[column];
		const int64_t span_ms = is_last ? 0 : series->times_ms[row + 1] - series->times_ms[row];

		if (isfinite(*value) && isfinite(next) && next < *value)
			series->is_reset[row] = true;
		*value = next >= *value && span_ms > 0 && (!series->step_ms || span_ms <= 2 * series->step_ms) ? (next - *value) / (double)span_ms * 1000 : NAN;
	}
}

static int finish_series(struct csv_source *csv, courant_error **err)
{
	if (series_sort(&csv->series, err) < 0)
		return -1;
	series_find_step(&csv->series);
	if (csv->overrides.n && series_make_resets(&csv->series, err) < 0)
		return -1;
	for (size_t i = 0, to = 0; i < csv->n_columns; i++) {
		if (i == csv->time)
			continue;
		if (csv->columns[i].override->is_counter)
			make_rates(&csv->series, to);
		to++;
	}
	return 0;
}

static int read_series(struct csv_source *csv, const struct table_column *columns, size_t n, courant_error **err)
{
	AUTO(free) struct series_column *own = mem_array(n, sizeof *own);
	AUTO(csv) struct csv parser;
	int more = 0;

	csv_init(&parser, SLICE(""), csv->path, ',');
	if (!own)
		return fail_memory(err);
	for (size_t i = 0; i < n; i++)
		own[i] = (struct series_column){columns[i].name, columns[i].type, columns[i].unit};
	if (series_init(&csv->series, own, n, 0, err) < 0 || skip_head(csv, &parser, err) < 0)
		return -1;
	while ((more = csv_next(&parser, err)) > 0)
		if (add_series_row(csv, &parser, err) < 0)
			return -1;
	return more < 0 ? -1 : finish_series(csv, err);
}

static int begin(struct source *source, courant_error **err)
{
	struct csv_source *csv = (struct csv_source *)source;

	if (source_need_zone(source, err) < 0 || csv_read_text(csv->path, csv->charset, &csv->text, err) < 0 || look_through(csv, err) < 0 || check_names(csv, err) < 0 || choose_types(csv, err) < 0)
		return -1;

	AUTO(free) struct table_column *columns = mem_array(csv->n_columns, sizeof *columns);
	size_t n = 0;

	if (!columns)
		return fail_memory(err);
	/* Of a series, the time stands in front. */
	for (size_t i = 0; i < csv->n_columns; i++)
		if (!csv->is_series || i != csv->time)
			columns[n++] = (struct table_column){csv->columns[i].name, csv->columns[i].type, csv->columns[i].override->unit};
	if (csv->is_series && read_series(csv, columns, n, err) < 0)
		return -1;
	return source_add_table(source, SLICE("rows"), csv->is_series, columns, n, err);
}

/* ---- taking ---- */

static int read_cell(const struct csv_source *csv, const struct csv *parser, size_t i, struct table_cell *ret, courant_error **err)
{
	const enum table_type type = csv->columns[i].type;
	double number;

	*ret = CELL_UNKNOWN;
	if (type == TABLE_TEXT) {
		*ret = CELL_TEXT(parser->fields[i]);
		return 0;
	}
	if (csv_is_unknown(parser->fields[i]))
		return 0;
	ret->is_known = true;
	if (type == TABLE_TIME)
		return read_time(csv, parser, i, &ret->time_ms, err);
	/* Large ones exactly. */
	if (!table_type_is_double(type) && csv->columns[i].scale == 1 && num_parse_u64(slice_trim(parser->fields[i]), &ret->count))
		return 0;
	if (read_number(csv, parser, i, &number, err) < 0)
		return -1;
	if (table_type_is_double(type))
		ret->number = number;
	else if (number >= 0 && number < 18446744073709551616.0)
		ret->count = (uint64_t)(number + 0.5);
	else
		return fail_field(csv, parser, i, "whole number from 0 on", err);
	return 0;
}

/* Rows with words in them: as they stand in the file, those of the window when there is a time. */
static int add_rows(const struct csv_source *csv, const struct source_window *window, size_t top, struct table *table, courant_error **err)
{
	AUTO(free) struct table_cell *cells = mem_array(csv->n_columns, sizeof *cells);
	AUTO(csv) struct csv parser;
	uint64_t left_out = 0;
	int more = 0;

	csv_init(&parser, SLICE(""), csv->path, ',');
	if (!cells)
		return fail_memory(err);
	if (skip_head(csv, &parser, err) < 0)
		return -1;
	while ((more = csv_next(&parser, err)) > 0) {
		for (size_t i = 0; i < csv->n_columns; i++)
			if (read_cell(csv, &parser, i, &cells[i], err) < 0)
				return -1;
		if (csv->time != SLICE_NONE && cells[csv->time].is_known &&
		    (cells[csv->time].time_ms < window->from_ms || cells[csv->time].time_ms >= window->to_ms))
			continue;
		if (top && table_rows(table) == top)
			left_out++;
		else if (table_add_row(table, cells, err) < 0)
			return -1;
	}
	table_set_left_out(table, left_out, 0);
	return more;
}

static struct table *take(struct source *source, const struct source_table *what, const struct source_request *request, courant_error **err)
{
	const struct csv_source *csv = (const struct csv_source *)source;
	const struct source_window *window = source_window(source, request);
	struct table_head head = {.name = what->name, .source = csv->path, .coverage = 1, .zone = zone_name(source->zone)};

	if (csv->is_series)
		return series_take(&csv->series, &head, window, request, source->zone, err);
	if (csv->time != SLICE_NONE && window->from_ms != INT64_MIN) {
		head.from_ms = window->from_ms;
		head.to_ms = window->to_ms;
	}

	AUTO(table) struct table *table = table_new(&head, what->columns, what->n_columns, err);

	return table && add_rows(csv, window, request->top, table, err) == 0 ? STEAL(table) : NULL;
}

static void facts(const struct source *source, struct source_facts *ret)
{
	const struct csv_source *csv = (const struct csv_source *)source;

	ret->places = (const char *const *)&csv->path;
	if (csv->series.n_rows) {
		ret->first_ms = csv->series.times_ms[0];
		ret->last_ms = csv->series.times_ms[csv->series.n_rows - 1] + csv->series.step_ms;
	}
}

static const struct source_functions functions = {make, begin, take, facts, free_csv};

const struct source_kind source_csv = {.name = "csv", .help = "a file of comma-separated values: the table rows", OPTIONS(options), .functions = &functions};
