/* SPDX-License-Identifier: MIT */
/* build_charts.c - pictures of series two a row, the columns of a log's hours, and the table of what all series come to */
#include "report/build.h"

#include "base/ascii.h"
#include "render/figures.h"
#include "report/places.h"
#include "report/runs.h"

#define NAME_MAX_BYTES 48 /* of a picture, with room for a number */

/* ---- Pictures ---- */

static bool is_name_taken(const struct document *document, slice name)
{
	for (size_t i = 0; i < document->n_blocks; i++)
		for (size_t k = 0; k < document->blocks[i]->n_pictures; k++)
			if (slice_equal(name, slice_of(document->blocks[i]->pictures[k].name)))
				return true;
	return false;
}

/* "system-network", "system-network-2": of letters, digits and dashes, whatever the source is called. */
void build_write_picture_name(const struct document *document, const char *source, const char *table, struct buffer *ret)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(NAME_MAX_BYTES);

	for (const char *at = source; *at && name.len < NAME_MAX_BYTES / 2; at++)
		buffer_append_byte(&name, ascii_is_alnum(*at) ? *at : '-');
	buffer_append_byte(&name, '-');
	for (const char *at = table; *at && name.len < NAME_MAX_BYTES - 1; at++)
		buffer_append_byte(&name, ascii_is_alnum(*at) ? *at : '-');
	buffer_append(ret, buffer_peek(&name));
	for (unsigned n = 2; is_name_taken(document, buffer_peek(ret)); n++) {
		buffer_cut(ret, 0);
		buffer_append(ret, buffer_peek(&name));
		buffer_printf(ret, "-%u", n);
	}
}

int build_add_picture(struct build *build, struct block *block, const struct picture *picture, const struct table *table, slice name, courant_error **err)
{
	AUTO(rendered) struct rendered rendered = {.png = NULL};

	if (!build->studio && !(build->studio = studio_new(err)))
		return -1;
	if (studio_draw(build->studio, picture, table, &rendered, err) < 0)
		return -1;
	return document_add_picture(build->document, block, name, &rendered, err);
}

/* The sections' pictures that stand beside each other, until something else comes between. */
struct row {
	struct build *build;
	const struct section *section;
	struct block *block; /* NULL: none yet */
	bool has_title;      /* the section's heading has been written */
};

static slice take_title(struct row *row)
{
	const slice title = row->has_title ? SLICE("") : slice_of(row->section->title);

	row->has_title = true;
	return title;
}

static int add_picture(struct row *row, const struct wanted_chart *wanted, const struct taken *taken, courant_error **err)
{
	struct build *build = row->build;
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(PICTURE_NAME_MAX_BYTES);
	AUTO(metric_chart)
	struct metric_chart *chart = metric_chart_new(build->say, wanted, taken, label_former(build->say, &build->span), build->faults, err);

	/* A fault of the file is told in the end. */
	if (!chart)
		return faults_is_empty(build->faults) ? -1 : 0;
	if ((wanted->needs_data || row->section->least_rows) && !metric_chart_has_data(chart))
		return 0;
	if (!row->block && !(row->block = document_add_block(build->document, BLOCK_PICTURES, take_title(row), err)))
		return -1;
	build_write_picture_name(build->document, taken->source->said->name, taken->of->name, &name);
	if (build_add_picture(build, row->block, &chart->picture, taken->now, buffer_peek(&name), err) < 0)
		return -1;
	return metrics_add(&build->metrics, STEAL(chart), err);
}

static int add_failure(struct row *row, const struct plan_source *source, courant_error **err)
{
	struct build *build = row->build;
	struct block *block = document_add_block(build->document, BLOCK_PICTURES, take_title(row), err);

	row->block = NULL;
	return block ? document_set(&block->empty, SAY(build->say, WORD_SOURCE_FAILED_HERE, slice_of(source->said->name), place_failure(build->say, source)), err)
		     : -1;
}

/* Columns in the text itself need no picture. */
static bool is_columns(const struct build *build, const struct plan_source *source, const struct wanted_chart *wanted)
{
	return build_log_of(build, source) && wanted->of.table && log_has_columns(wanted->of.table) && wanted->kind == CHART_AUTO && !wanted->columns.n;
}

/* Each source that has failed is told once in a section. */
static bool is_told(const struct section *section, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (slice_equal(slice_of(section->charts[k].of.source), slice_of(section->charts[i].of.source)))
			return true;
	return false;
}

static int add_chart(struct row *row, size_t i, courant_error **err)
{
	struct build *build = row->build;
	const struct wanted_chart *wanted = &row->section->charts[i];
	const struct plan_source *source = report_plan_find_source(build->plan, wanted->of.source);
	struct taken *taken;

	if (is_columns(build, source, wanted)) {
		row->block = NULL;
		return log_columns(build_log_of(build, source), wanted->of.table, wanted->title ? wanted->title : row->section->title, err);
	}
	if (takings_get(&build->takings, build->plan, &wanted->of, build->faults, &taken, err) < 0)
		return -1;
	if (taken)
		return add_picture(row, wanted, taken, err);
	return source->state == PLAN_FAILED && !is_told(row->section, i) ? add_failure(row, source, err) : 0;
}

int build_charts(struct build *build, const struct section *section, courant_error **err)
{
	struct row row = {.build = build, .section = section};

	for (size_t i = 0; i < section->n_charts; i++)
		if (add_chart(&row, i, err) < 0)
			return -1;
	return 0;
}

/* ---- What series come to ---- */

/* With what the picture is about in front, for a series stands among those of other pictures here. */
static int add_series(struct build *build, struct table *table, const struct metric_chart *chart, courant_error **err)
{
	struct picture picture = chart->picture;

	picture.title = metric_subject(build->say, chart).ptr;
	return figures_add(table, &picture, &chart->quantity, &chart->samples, err);
}

/* How long a point of the pictures is, where all are as long. */
static int64_t common_step(const struct metrics *metrics)
{
	int64_t step_ms = 0;

	for (size_t i = 0; i < metrics->n; i++) {
		const int64_t own_ms = metrics->items[i]->samples.step_ms;

		if (step_ms && own_ms != step_ms)
			return 0;
		step_ms = own_ms;
	}
	return step_ms;
}

static int add_statistics(struct build *build, const struct section *section, const struct metrics *metrics, courant_error **err)
{
	struct say *say = build->say;
	const int64_t step_ms = common_step(metrics);
	AUTO(table) struct table *table = figures_new(build->span.window.from_ms, build->span.window.to_ms, err);

	for (size_t i = 0; table && i < metrics->n; i++)
		if (add_series(build, table, metrics->items[i], err) < 0)
			return -1;
	struct block *block =
		table ? document_add_figures(build->document, section->title ? slice_of(section->title) : say_word(say, WORD_STATISTICS), STEAL(table), err) : NULL;
	if (!block || document_set(&block->side, say_word(say, WORD_STATISTICS_SIDE), err) < 0)
		return -1;
	return step_ms ? runs_add(&block->after, RUN_PLAIN, SAY(say, WORD_STATISTICS_NOTE, say_step(say, step_ms)), err) : 0;
}

/* Of the series that are named, which need not be drawn anywhere. */
static int read_series(struct build *build, const struct section *section, struct metrics *ret, courant_error **err)
{
	for (size_t i = 0; i < section->n_charts; i++) {
		struct taken *taken;

		if (takings_get(&build->takings, build->plan, &section->charts[i].of, build->faults, &taken, err) < 0)
			return -1;
		if (!taken)
			continue;

		struct metric_chart *chart = metric_chart_new(build->say, &section->charts[i], taken, SLICE(""), build->faults, err);

		if (!chart && faults_is_empty(build->faults))
			return -1;
		if (chart && metrics_add(ret, chart, err) < 0)
			return -1;
	}
	return 0;
}

AUTO_DEFINE_VALUE(metrics, struct metrics, metrics_release)

int build_statistics(struct build *build, const struct section *section, courant_error **err)
{
	AUTO(metrics) struct metrics own = {.n = 0};

	if (read_series(build, section, &own, err) < 0)
		return -1;

	const struct metrics *metrics = section->n_charts ? &own : &build->metrics;

	return metrics->n ? add_statistics(build, section, metrics, err) : 0;
}
