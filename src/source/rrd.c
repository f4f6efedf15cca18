/* SPDX-License-Identifier: MIT */
/* rrd.c - the source rrd: a file of RRDtool's, through courant-rrd
 *
 * A file that courant collect has written has a table for each of its parts (network, memory …); any other file has the table `all`, a column a data source.
 * Rows come from the finest archive that reaches back to the window's begin, as rrdtool fetch takes it; fewer rows are made of these. */
#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "base/alloc.h"
#include "samples/layout.h"
#include "source/measure.h"
#include "source/series.h"

struct rrd_file {
	struct source source;
	char *path;
	struct rrd_pipe *pipe;
	enum rrd_consolidation consolidation;
	bool has_consolidation; /* it is wished for */
	int64_t resolution_s; /* 0: as fine as there is */
	struct overrides overrides;
	struct rrd_facts facts;
	const struct layout *layout; /* NULL: a file of somebody else */
};

/* ---- settings ---- */

static const struct source_option options[] = {
	{.name = "rrd", .value = "FILE.rrd", .help = "the file: one that courant collect has written, or any other of RRDtool"},
	{.name = "consolidation", .value = "average|min|max|last", .help = "which of the values a step had (average, if the file has it)"},
	{.name = "resolution", .value = "DURATION", .help = "take the archive whose rows are nearest to this length, instead of the finest"},
	TYPES_OPTION("DATA_SOURCE"),
	UNITS_OPTION("DATA_SOURCE"),
};

static void free_rrd(struct source *source)
{
	struct rrd_file *rrd = (struct rrd_file *)source;

	free(rrd->path);
	rrd_pipe_free(rrd->pipe);
	overrides_release(&rrd->overrides);
	rrd_facts_release(&rrd->facts);
	free(rrd);
}

static int read_settings(struct rrd_file *rrd, const struct settings *settings, courant_error **err)
{
	static const char *const consolidations[] = {"average", "min", "max", "last", NULL}; /* in the order of the enum */
	unsigned consolidation = RRD_AVERAGE;
	int64_t resolution_ms = 0;

	if (settings_word(settings, "consolidation", consolidations, &consolidation, err) < 0 ||
	    settings_duration(settings, "resolution", &resolution_ms, err) < 0 || overrides_read(settings, false, &rrd->overrides, err) < 0)
		return -1;
	rrd->consolidation = (enum rrd_consolidation)consolidation;
	rrd->has_consolidation = settings_text(settings, "consolidation").ptr;
	rrd->resolution_s = resolution_ms / MS_PER_SECOND;
	rrd->path = settings_path(settings, settings_find(settings, "rrd", 0), err);
	rrd->pipe = rrd->path ? rrd_pipe_new(settings->context->rrd_program, err) : NULL;
	return rrd->pipe ? 0 : -1;
}

static struct source *make(const struct settings *settings, courant_error **err)
{
	struct rrd_file *rrd = mem_alloc(sizeof *rrd);

	if (!rrd) {
		(void)fail_memory(err);
		return NULL;
	}
	if (read_settings(rrd, settings, err) == 0)
		return &rrd->source;
	free_rrd(&rrd->source);
	return NULL;
}

/* ---- tables ---- */

/* "sent" in the table "network", "sent" of no table in a file of somebody else. */
static const char *column_in(const struct rrd_file *rrd, const char *figure)
{
	return rrd->layout ? figure + layout_table_of(figure).len + 1 : figure;
}

static const struct layout_figure *figure_of(const struct rrd_file *rrd, const char *name)
{
	for (size_t i = 0; rrd->layout && i < rrd->layout->n_figures; i++)
		if (slice_equal(slice_of(name), slice_of(rrd->layout->figures[i].name)))
			return &rrd->layout->figures[i];
	return NULL;
}

/* What a data source's numbers are: what the report file says, else what its layout or its type says. */
static void describe(const struct rrd_file *rrd, const struct rrd_source *source, struct table_column *ret, double *ret_scale)
{
	const struct override *override = overrides_find(&rrd->overrides, slice_of(source->name));
	const struct layout_figure *figure = figure_of(rrd, source->name);
	const bool is_gauge = source->type == RRD_GAUGE || source->type == RRD_COMPUTE;
	const struct measure *measure = override->measure          ? override->measure
					: figure && figure->measure ? measure_find(slice_of(figure->measure))
					: is_gauge                  ? measure_find(SLICE("number"))
								    : measure_find(SLICE("rate"));

	ret->name = column_in(rrd, source->name);
	ret->type = measure->type;
	ret->unit = override->unit ? override->unit : figure ? figure->unit : NULL;
	*ret_scale = measure->scale;
}

/* Whether a data source is in the table of that name. */
static bool is_in(const struct rrd_file *rrd, const struct rrd_source *source, slice table)
{
	const struct layout_figure *figure = figure_of(rrd, source->name);

	return !rrd->layout || (figure && figure->measure && slice_equal(layout_table_of(source->name), table));
}

static int add_table(struct rrd_file *rrd, slice name, courant_error **err)
{
	struct table_column columns[RRD_SOURCES_MAX];
	size_t n = 0;
	double scale;

	for (size_t i = 0; i < rrd->facts.n_sources && n < RRD_SOURCES_MAX; i++)
		if (is_in(rrd, &rrd->facts.sources[i], name))
			describe(rrd, &rrd->facts.sources[i], &columns[n++], &scale);
	for (size_t i = 0; rrd->layout && i < rrd->layout->n_ratios && n < RRD_SOURCES_MAX; i++)
		if (slice_equal(layout_table_of(rrd->layout->ratios[i].name), name))
			columns[n++] = (struct table_column){column_in(rrd, rrd->layout->ratios[i].name), TABLE_RATIO, NULL};
	return source_add_table(&rrd->source, name, true, columns, n, err);
}

static bool has_table(const struct source *source, slice name)
{
	for (size_t i = 0; i < source->n_tables; i++)
		if (slice_equal(slice_of(source->tables[i].name), name))
			return true;
	return false;
}

static int add_tables(struct rrd_file *rrd, courant_error **err)
{
	if (!rrd->layout)
		return add_table(rrd, SLICE("all"), err);
	for (size_t i = 0; i < rrd->layout->n_figures; i++) {
		const struct layout_figure *figure = &rrd->layout->figures[i];
		const slice name = layout_table_of(figure->name);

		if (figure->measure && !has_table(&rrd->source, name) && add_table(rrd, name, err) < 0)
			return -1;
	}
	return 0;
}

static int check_overrides(const struct rrd_file *rrd, courant_error **err)
{
	const char *names[RRD_SOURCES_MAX + 1] = {0};

	for (size_t i = 0; i < rrd->facts.n_sources; i++)
		names[i] = rrd->facts.sources[i].name;
	return overrides_check(&rrd->overrides, names, "data source", err) < 0 ? fail_within(err, "%s", rrd->path) : 0;
}

static bool has_archive(const struct rrd_file *rrd, enum rrd_consolidation consolidation)
{
	for (size_t i = 0; i < rrd->facts.n_archives; i++)
		if (rrd->facts.archives[i].consolidation == consolidation)
			return true;
	return false;
}

static int choose_consolidation(struct rrd_file *rrd, courant_error **err)
{
	if (!rrd->facts.n_archives)
		return fail(err, COURANT_NO_INPUT, "%s keeps neither averages nor least, greatest or last values", rrd->path);
	if (has_archive(rrd, rrd->consolidation))
		return 0;
	if (rrd->has_consolidation)
		return fail(err, COURANT_CONFIG, "%s keeps no values of the kind %s", rrd->path, rrd_consolidation_name(rrd->consolidation));
	rrd->consolidation = rrd->facts.archives[0].consolidation;
	return 0;
}

static int begin(struct source *source, courant_error **err)
{
	struct rrd_file *rrd = (struct rrd_file *)source;

	/* Told here, with its reason as a number: the helper has only words for it. */
	if (access(rrd->path, R_OK) < 0)
		return fail_errno(err, errno, "cannot open %s", rrd->path);
	if (source_need_zone(source, err) < 0 || rrd_pipe_facts(rrd->pipe, rrd->path, &rrd->facts, err) < 0)
		return -1;
	rrd->layout = layout_find(&rrd->facts);
	return choose_consolidation(rrd, err) < 0 || check_overrides(rrd, err) < 0 || add_tables(rrd, err) < 0 ? -1 : 0;
}

/* ---- rows ---- */

/* The seconds that the archives reach back, at most. */
static int64_t reach_s(const struct rrd_file *rrd)
{
	int64_t most = 0;

	for (size_t i = 0; i < rrd->facts.n_archives; i++) {
		int64_t rows;

		if (__builtin_mul_overflow(rrd->facts.archives[i].steps, rrd->facts.archives[i].rows, &rows) ||
		    __builtin_mul_overflow(rows, rrd->facts.step_s, &rows) || rows > RRD_TIME_MAX_S)
			rows = RRD_TIME_MAX_S;
		most = rows > most ? rows : most;
	}
	return most;
}

/* The window in seconds, no further than there can be data. */
static struct source_window limit_window(const struct rrd_file *rrd, const struct source_window *window)
{
	const int64_t oldest_s = rrd->facts.last_s - reach_s(rrd);
	struct source_window limited = {
		.from_ms = window->from_ms < oldest_s * MS_PER_SECOND ? oldest_s : window->from_ms / MS_PER_SECOND,
		.to_ms = window->to_ms > rrd->facts.last_s * MS_PER_SECOND ? rrd->facts.last_s : window->to_ms / MS_PER_SECOND,
	};

	limited.from_ms = limited.from_ms < 0 ? 0 : limited.from_ms;
	return limited;
}

static int fetch(const struct rrd_file *rrd, enum rrd_consolidation consolidation, const struct source_window *window_s, struct rrd_rows *ret,
		 courant_error **err)
{
	return rrd_pipe_fetch(rrd->pipe, rrd->path, consolidation, window_s->from_ms, window_s->to_ms, rrd->resolution_s, ret, err);
}

static size_t find_column(const struct rrd_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->n_columns; i++)
		if (slice_equal(slice_of(rows->names[i]), slice_of(name)))
			return i;
	return SLICE_NONE;
}

/* The columns of a table: which data sources they are, and by what their values are multiplied. */
struct plan {
	struct series_column columns[RRD_SOURCES_MAX];
	const char *sources[RRD_SOURCES_MAX];
	double scales[RRD_SOURCES_MAX];
	size_t n;
};

static void make_plan(const struct rrd_file *rrd, slice table, struct plan *plan)
{
	for (size_t i = 0; i < rrd->facts.n_sources && plan->n < RRD_SOURCES_MAX; i++) {
		struct table_column column;

		if (!is_in(rrd, &rrd->facts.sources[i], table))
			continue;
		describe(rrd, &rrd->facts.sources[i], &column, &plan->scales[plan->n]);
		plan->columns[plan->n] = (struct series_column){column.name, column.type, column.unit};
		plan->sources[plan->n++] = rrd->facts.sources[i].name;
	}
}

/* Rows of one consolidation into the values, or into the bands, of the series. */
static void copy_values(const struct plan *plan, const struct rrd_rows *rows, size_t n_rows, double *to)
{
	for (size_t i = 0; i < plan->n; i++) {
		const size_t from = find_column(rows, plan->sources[i]);

		for (size_t row = 0; row < n_rows && from != SLICE_NONE; row++)
			to[row * plan->n + i] = rows->values[row * rows->n_columns + from] * plan->scales[i];
	}
}

/* Least and greatest, when they are kept in rows like the others. */
static int read_bands(const struct rrd_file *rrd, const struct plan *plan, const struct source_window *window_s, const struct rrd_rows *like,
		      struct series *series, courant_error **err)
{
	AUTO(rrd_rows) struct rrd_rows least = {0}, greatest = {0};

	if (like->step_s == rrd->facts.step_s || !has_archive(rrd, RRD_MIN) || !has_archive(rrd, RRD_MAX))
		return 0;
	if (fetch(rrd, RRD_MIN, window_s, &least, err) < 0 || fetch(rrd, RRD_MAX, window_s, &greatest, err) < 0)
		return -1;
	if (least.step_s != like->step_s || least.from_s != like->from_s || least.n_rows < series->n_rows || greatest.step_s != like->step_s ||
	    greatest.from_s != like->from_s || greatest.n_rows < series->n_rows)
		return 0;
	if (series_make_bands(series, err) < 0)
		return -1;
	copy_values(plan, &least, series->n_rows, series->least);
	copy_values(plan, &greatest, series->n_rows, series->greatest);
	return 0;
}

/* The gauge that counts the resets of a table goes up by one in the step of a reset, or, as an average, in parts of one. */
static int note_resets(const struct rrd_file *rrd, slice table, const struct rrd_rows *rows, struct series *series, courant_error **err)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(256);
	double so_far = NAN;

	buffer_append(&name, table);
	buffer_append(&name, SLICE("_resets"));

	const size_t column = rrd->layout && buffer_check(&name, NULL) == 0 ? find_column(rows, name.bytes) : SLICE_NONE;

	if (column == SLICE_NONE)
		return 0;
	if (series_make_resets(series, err) < 0)
		return -1;
	for (size_t row = 0; row < series->n_rows; row++) {
		const double value = rows->values[row * rows->n_columns + column];

		if (!isfinite(value))
			continue;
		series->is_reset[row] = round(value) > so_far;
		so_far = round(value);
	}
	return 0;
}

static int add_ratios(const struct rrd_file *rrd, const struct plan *plan, slice table, struct series *series, courant_error **err)
{
	for (size_t i = 0; rrd->layout && i < rrd->layout->n_ratios; i++) {
		const struct layout_ratio *ratio = &rrd->layout->ratios[i];
		size_t part = SLICE_NONE, whole = SLICE_NONE;

		for (size_t k = 0; k < plan->n && slice_equal(layout_table_of(ratio->name), table); k++) {
			part = slice_equal(slice_of(plan->sources[k]), slice_of(ratio->part)) ? k : part;
			whole = slice_equal(slice_of(plan->sources[k]), slice_of(ratio->whole)) ? k : whole;
		}
		if (part != SLICE_NONE && whole != SLICE_NONE && series_add_ratio(series, column_in(rrd, ratio->name), part, whole, err) < 0)
			return -1;
	}
	return 0;
}

/* Steps that have not ended yet when the file was last updated are none. */
static size_t ended_rows(const struct rrd_file *rrd, const struct rrd_rows *rows)
{
	size_t n = rows->n_rows;

	while (n && rows->from_s + (int64_t)n * rows->step_s > rrd->facts.last_s)
		n--;
	return n;
}

static int read_series(const struct rrd_file *rrd, const struct plan *plan, slice table, const struct source_window *window_s,
		       const struct source_request *request, struct series *series, courant_error **err)
{
	AUTO(rrd_rows) struct rrd_rows rows = {0};

	if (fetch(rrd, rrd->consolidation, window_s, &rows, err) < 0 ||
	    series_init(series, plan->columns, plan->n, rows.step_s * MS_PER_SECOND, err) < 0)
		return -1;
	for (size_t row = 0, n = ended_rows(rrd, &rows); row < n; row++)
		if (series_add_row(series, (rows.from_s + (int64_t)row * rows.step_s) * MS_PER_SECOND, err) == SLICE_NONE)
			return -1;
	copy_values(plan, &rows, series->n_rows, series->values);
	if (request->wants_bands && rrd->consolidation == RRD_AVERAGE && read_bands(rrd, plan, window_s, &rows, series, err) < 0)
		return -1;
	return note_resets(rrd, table, &rows, series, err) < 0 ? -1 : add_ratios(rrd, plan, table, series, err);
}

/* Of an unlimited window: from the first row that is known, so that a young file shows its finest rows. */
static int find_begin(const struct rrd_file *rrd, struct source_window *window_s, courant_error **err)
{
	AUTO(rrd_rows) struct rrd_rows rows = {0};

	if (fetch(rrd, rrd->consolidation, window_s, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.n_rows * rows.n_columns; i++) {
		if (!isfinite(rows.values[i]))
			continue;
		window_s->from_ms = rows.from_s + (int64_t)(i / rows.n_columns) * rows.step_s;
		return 0;
	}
	return 0;
}

static struct table *take(struct source *source, const struct source_table *what, const struct source_request *request, courant_error **err)
{
	const struct rrd_file *rrd = (const struct rrd_file *)source;
	const struct source_window *window = source_window(source, request);
	struct source_window window_s = limit_window(rrd, window);
	const struct table_head head = {.name = what->name, .source = rrd->path};
	AUTO(series) struct series series = {0};
	struct plan plan = {.n = 0};

	make_plan(rrd, slice_of(what->name), &plan);
	if (window->from_ms == INT64_MIN && window_s.from_ms < window_s.to_ms && find_begin(rrd, &window_s, err) < 0)
		return NULL;
	if (window_s.from_ms < window_s.to_ms) {
		if (read_series(rrd, &plan, slice_of(what->name), &window_s, request, &series, err) < 0)
			return NULL;
	} else if (series_init(&series, plan.columns, plan.n, rrd->facts.step_s * MS_PER_SECOND, err) < 0 ||
		   add_ratios(rrd, &plan, slice_of(what->name), &series, err) < 0)
		return NULL;
	return series_take(&series, &head, window, request, source->zone, err);
}

static void facts(const struct source *source, struct source_facts *ret)
{
	const struct rrd_file *rrd = (const struct rrd_file *)source;

	ret->places = (const char *const *)&rrd->path;
	ret->last_ms = rrd->facts.last_s * MS_PER_SECOND;
}

static const struct source_functions functions = {make, begin, take, facts, free_rrd};

const struct source_kind source_rrd = {
	.name = "rrd", .help = "a file of RRDtool: counters and gauges over time", OPTIONS(options), .functions = &functions};
