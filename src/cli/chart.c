/* SPDX-License-Identifier: MIT */
/* chart.c - `courant chart`: one picture out of any source */
#include <unistd.h>

#include "base/file.h"
#include "base/num.h"
#include "base/texts.h"
#include "cli/cli.h"
#include "cli/libexec.h"
#include "render/studio.h"
#include "schedule/period.h"
#include "source/source.h"

#define ROWS_MAX       100000 /* a day of seconds; of more the source makes averages, with bands */
#define PATH_MAX_BYTES 4096
#define WORDS_MAX      ((size_t)1 << 20)

static const struct {
	const char *name;
	enum picture_kind kind;
} kinds[] = {
	{"lines", PICTURE_LINES}, {"areas", PICTURE_AREAS}, {"stacked", PICTURE_STACKED}, {"bars", PICTURE_BARS}, {"week", PICTURE_WEEK},
};

/* What a command line asks for, and what it takes to draw it. */
struct chart {
	const struct cli_call *call;
	enum language language;
	enum picture_kind kind;
	struct zone *zone;
	struct buffer rrd_program;
	struct source *source;
	struct source_window windows[SOURCE_WINDOWS];
	size_t n_windows;
	struct table *table, *former;
	struct texts labels;
	struct picture picture;
};

static void chart_release(struct chart *chart)
{
	table_free(chart->table);
	table_free(chart->former);
	source_free(chart->source);
	zone_free(chart->zone);
	buffer_release(&chart->rrd_program);
	texts_release(&chart->labels);
}
AUTO_DEFINE_VALUE(chart, struct chart, chart_release)

static int read_kind(struct chart *chart, courant_error **err)
{
	const char *name = cli_value(chart->call, "kind");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!name || slice_equal(slice_of(name), slice_of(kinds[i].name))) {
			chart->kind = kinds[i].kind;
			return 0;
		}
	return fail(err, COURANT_USAGE, "unknown kind of picture %s; known are lines, areas, stacked, bars and week", name);
}

/* The period's window, and the one before it that it is compared with. */
static int read_windows(struct chart *chart, courant_error **err)
{
	const char *name = cli_value(chart->call, "period"), *with = cli_value(chart->call, "compare");
	enum compare_kind compare = COMPARE_OFF;
	struct period period = {.kind = PERIOD_ALL};
	courant_error *error = NULL;
	struct window window, former;

	if ((name && period_parse(slice_of(name), &period, &error) < 0) || (with && compare_parse(slice_of(with), &compare, &error) < 0))
		return cli_fail_usage(error, err);
	period_window(&period, chart->zone, chart->call->now_ms, &window);
	chart->windows[chart->n_windows++] = (struct source_window){window.from_ms, window.to_ms};
	if (compare_window(compare, &window, chart->zone, &former))
		chart->windows[chart->n_windows++] = (struct source_window){former.from_ms, former.to_ms};
	else if (compare != COMPARE_OFF)
		return fail(err, COURANT_USAGE, "--compare needs a --period to compare with another");
	return 0;
}

static int open_source(struct chart *chart, courant_error **err)
{
	struct source_context context = {.zone = chart->zone, .now_ms = chart->call->now_ms};

	if (libexec_find("courant-rrd", &chart->rrd_program))
		context.rrd_program = chart->rrd_program.bytes;
	chart->source = source_new_from_word(chart->call->arguments[0], &context, err);
	return chart->source ? source_open(chart->source, chart->windows, chart->n_windows, err) : -1;
}

static int take_tables(struct chart *chart, courant_error **err)
{
	const char *name = chart->call->n_arguments > 1 ? chart->call->arguments[1] : "";
	const struct source_table *which = source_find_table(chart->source, slice_of(name), err);
	struct source_request request = {.max_rows = ROWS_MAX, .wants_bands = true};

	if (!which || !(chart->table = source_take(chart->source, which, &request, err)))
		return -1;
	if (chart->n_windows < SOURCE_WINDOWS)
		return 0;
	request.window = 1;
	return (chart->former = source_take(chart->source, which, &request, err)) ? 0 : -1;
}

/* ---- what is drawn ---- */

/* A column "sent_min" or "sent_max" beside "sent" is its band. */
static size_t find_band(const struct table *table, size_t column, const char *tail)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(WORDS_MAX);

	buffer_printf(&name, "%s_%s", table_column(table, column)->name, tail);
	return name.failure == BUFFER_FINE ? table_find_column(table, name.bytes) : SLICE_NONE;
}

static bool is_band(const struct table *table, size_t column)
{
	const slice name = slice_of(table_column(table, column)->name);
	AUTO(buffer) struct buffer base = BUFFER_LIMIT(WORDS_MAX);

	if (!slice_ends(name, SLICE("_min")) && !slice_ends(name, SLICE("_max")))
		return false;
	buffer_append(&base, slice_part(name, 0, name.len - 4));
	return base.len && table_find_column(table, base.bytes) != SLICE_NONE;
}

static bool is_figure(const struct table *table, size_t column)
{
	const enum table_type type = table_column(table, column)->type;

	return type != TABLE_TEXT && type != TABLE_TIME;
}

static int add_column(struct chart *chart, size_t column, courant_error **err)
{
	if (chart->picture.n_series == PICTURE_SERIES_MAX)
		return fail(err, COURANT_USAGE, "a picture has room for %d series: choose some with --columns", PICTURE_SERIES_MAX);

	struct picture_series *series = picture_add(&chart->picture, column, table_column(chart->table, column)->name);

	series->low = find_band(chart->table, column, "min");
	series->high = find_band(chart->table, column, "max");
	return 0;
}

static int add_named(struct chart *chart, const char *names, courant_error **err)
{
	slice rest = slice_of(names), name;

	while (slice_next(&rest, ',', &name)) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(WORDS_MAX);

		buffer_append(&text, slice_trim(name));

		const size_t column = text.len ? table_find_column(chart->table, text.bytes) : SLICE_NONE;

		if (column == SLICE_NONE)
			return fail(err, COURANT_USAGE, "there is no column %.*s; courant report --sources lists what there is", SLICE_ARGS(name));
		if (add_column(chart, column, err) < 0)
			return -1;
	}
	return 0;
}

/* Without --columns the figures that are of the first one's type, so that one axis can show them. */
static int add_all(struct chart *chart, courant_error **err)
{
	const size_t n = table_columns(chart->table);
	size_t first = SLICE_NONE;

	for (size_t i = 1; i < n; i++) {
		if (!is_figure(chart->table, i) || is_band(chart->table, i))
			continue;
		first = first == SLICE_NONE ? i : first;
		if (table_column(chart->table, i)->type == table_column(chart->table, first)->type && add_column(chart, i, err) < 0)
			return -1;
	}
	return 0;
}

static int set_labels(struct chart *chart, const char *labels, courant_error **err)
{
	slice rest = slice_of(labels), label;

	while (slice_next(&rest, ',', &label))
		if (texts_add(&chart->labels, slice_trim(label), err) < 0)
			return -1;
	for (size_t i = 0; i < chart->picture.n_series && i < chart->labels.n; i++)
		chart->picture.series[i].label = chart->labels.items[i];
	return 0;
}

static int add_reference(struct chart *chart, const char *option, enum reference_kind kind, enum word label, courant_error **err)
{
	const char *value = cli_value(chart->call, option);
	double number;

	if (!value)
		return 0;
	if (!num_parse_double(slice_of(value), &number))
		return fail(err, COURANT_USAGE, "--%s %s is not a number", option, value);
	chart->picture.references[chart->picture.n_references++] =
		(struct picture_reference){.kind = kind, .value = number, .label = word(label, chart->language)};
	return 0;
}

static int set_size(struct chart *chart, courant_error **err)
{
	const char *value = cli_value(chart->call, "size");
	slice rest = slice_of(value), width;
	uint64_t w, h;

	if (!value)
		return 0;
	if (!slice_next(&rest, 'x', &width) || !num_parse_range(width, PICTURE_MIN_PX, PICTURE_MAX_PX, &w) ||
	    !num_parse_range(rest, PICTURE_MIN_PX, PICTURE_MAX_PX, &h))
		return fail(err, COURANT_USAGE, "--size %s is not WIDTHxHEIGHT, each from %d to %d", value, PICTURE_MIN_PX, PICTURE_MAX_PX);
	chart->picture.width = (unsigned)w;
	chart->picture.height = (unsigned)h;
	return 0;
}

static int describe(struct chart *chart, courant_error **err)
{
	const struct cli_call *call = chart->call;
	const char *title = cli_value(call, "title"), *columns = cli_value(call, "columns"), *labels = cli_value(call, "labels");
	const char *name = table_head(chart->table)->name;

	chart->picture = picture_of(chart->kind, chart->language, chart->zone, title ? title : name ? name : "");
	chart->picture.unit = cli_value(call, "unit");
	if ((columns ? add_named(chart, columns, err) : add_all(chart, err)) < 0 || (labels && set_labels(chart, labels, err) < 0))
		return -1;
	if (chart->picture.n_series == 0)
		return fail(err, COURANT_USAGE, "there are no figures to draw in it");
	if (chart->former)
		chart->picture.former = (struct picture_former){chart->former, chart->picture.series[0].column, word(WORD_FORMER_BEFORE, chart->language)};
	return add_reference(chart, "target", REFERENCE_TARGET, WORD_TARGET, err) < 0 ||
	                       add_reference(chart, "total", REFERENCE_TOTAL, WORD_TOTAL, err) < 0 || set_size(chart, err) < 0
	               ? -1
	               : 0;
}

/* ---- what becomes of it ---- */

static int print_words(const struct rendered *rendered, bool has_alt, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(WORDS_MAX);
	slice text;

	if (has_alt) {
		buffer_append(&out, slice_of(rendered->alt));
	} else {
		buffer_append(&out, slice_of(rendered->text));
		for (size_t i = 0; i < rendered->finding.n; i++)
			buffer_append(&out, slice_of(rendered->finding.runs[i].text));
	}
	buffer_append_byte(&out, '\n');
	return buffer_slice(&out, &text, err) < 0 ? -1 : cli_print(text, err);
}

/* Into a file, or to standard output; without either the picture in characters. */
static int deliver(const struct chart *chart, const struct rendered *rendered, courant_error **err)
{
	const char *path = cli_value(chart->call, "output");
	const slice png = slice_from(rendered->png, rendered->png_len);

	if (!path)
		return print_words(rendered, cli_flag(chart->call, "alt"), err);
	if (slice_equal(slice_of(path), SLICE("-"))) {
		if (cli_flag(chart->call, "alt"))
			return fail(err, COURANT_USAGE, "--alt has no place beside a picture on standard output");
		if (isatty(STDOUT_FILENO))
			return fail(err, COURANT_USAGE, "a picture is nothing for a terminal: name a file with --output");
		return cli_print(png, err);
	}
	if (file_write_atomic(path, png, 0644, err) < 0)
		return -1;
	return cli_flag(chart->call, "alt") ? print_words(rendered, true, err) : 0;
}

static int draw(struct chart *chart, courant_error **err)
{
	AUTO(studio) struct studio *studio = studio_new(err);
	AUTO(rendered) struct rendered rendered = {0};

	return !studio || studio_draw(studio, &chart->picture, chart->table, &rendered, err) < 0 ? -1 : deliver(chart, &rendered, err);
}

int chart_run(struct cli_call *call)
{
	AUTO(chart) struct chart chart = {.call = call, .language = LANGUAGE_EN, .rrd_program = BUFFER_LIMIT(PATH_MAX_BYTES)};
	const char *zone = cli_value(call, "timezone");
	courant_error *err = NULL;

	if (read_kind(&chart, &err) < 0 || cli_language(call, &chart.language, &err) < 0 ||
	    !(chart.zone = zone ? cli_zone(zone, &err) : zone_load_system(&err)) || read_windows(&chart, &err) < 0 ||
	    open_source(&chart, &err) < 0 || take_tables(&chart, &err) < 0 || describe(&chart, &err) < 0 || draw(&chart, &err) < 0)
		return cli_fail(call, err);
	return 0;
}
