/* SPDX-License-Identifier: MIT */
/* collect.c - making RRD files and writing samples into them (collect.h) */
#include "collect/collect.h"

#include <math.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"

#define PATH_MAX_BYTES 4096
#define FOLDER_MODE    0755
#define FIGURES_MAX    64

static int write_path(struct buffer *path, const char *folder, const struct layout *layout, courant_error **err)
{
	buffer_printf(path, "%s/%s.rrd", folder, layout->name);
	return buffer_check(path, err);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The file, if it is not there; its first step is the one that ends at or after the first sample. */
static int make_file(struct rrd_pipe *pipe, const char *folder, const char *path, const struct layout *layout, int64_t first_ms, courant_error **err)
{
	AUTO(rrd_facts) struct rrd_facts plan = {0};
	AUTO(error) courant_error *error = NULL;

	if (is_there(path))
		return 0;
	if (file_make_folder(folder, FOLDER_MODE, err) < 0 || layout_plan(layout, &plan, err) < 0)
		return -1;
	if (rrd_pipe_create(pipe, path, first_ms / MS_PER_SECOND - plan.step_s, &plan, &error) == 0)
		return 0;
	/* Another one may have made it in the meantime. */
	return courant_error_code(error) == COURANT_CANT_CREATE && is_there(path) ? 0 : fail_pass(err, STEAL(error));
}

/* Whether a counter of the table is lower than before: it has begun anew. */
static bool is_reset(const struct layout *layout, slice table, const double *before, const double *figures)
{
	for (size_t i = 0; i < layout->n_figures; i++)
		if (layout_is_counter(&layout->figures[i]) && slice_equal(layout_table_of(layout->figures[i].name), table) && isfinite(figures[i]) &&
		    figures[i] < before[i])
			return true;
	return false;
}

/* Counts the resets of each table on. */
static void count_resets(const struct layout *layout, const double *before, double *figures)
{
	for (size_t i = 0; i < layout->n_figures; i++)
		if (!layout->figures[i].measure)
			figures[i] = (isfinite(before[i]) ? before[i] : 0) + is_reset(layout, layout_table_of(layout->figures[i].name), before, figures);
}

/* What the file was last given, and how many resets it has seen. */
static int read_last(struct rrd_pipe *pipe, const char *path, const struct layout *layout, double *ret, courant_error **err)
{
	AUTO(rrd_facts) struct rrd_facts facts = {0};

	if (rrd_pipe_facts(pipe, path, &facts, err) < 0)
		return -1;
	for (size_t i = 0; i < layout->n_figures; i++) {
		const struct rrd_source *source = rrd_facts_find(&facts, slice_of(layout->figures[i].name));

		if (!source)
			return fail(err, COURANT_NO_INPUT, "%s has no data source %s, so another program or version has made it: move it away, and a new one is made",
				    path, layout->figures[i].name);
		ret[i] = source->last;
	}
	return 0;
}

/* Counters are whole numbers for RRDtool; seconds (DDERIVE) are not. */
static void make_whole(const struct layout *layout, double *figures)
{
	for (size_t i = 0; i < layout->n_figures; i++)
		if (layout->figures[i].type == RRD_DERIVE)
			figures[i] = floor(figures[i]);
}

static int update(struct rrd_pipe *pipe, const char *path, const struct layout *layout, const int64_t *times_ms, const double *figures, size_t n,
		  courant_error **err)
{
	const char *names[FIGURES_MAX];

	for (size_t i = 0; i < layout->n_figures; i++)
		names[i] = layout->figures[i].name;
	return rrd_pipe_update(pipe, path, names, layout->n_figures, times_ms, figures, n, err);
}

int collect_store(struct rrd_pipe *pipe, const char *folder, const struct layout *layout, int64_t time_ms, double *figures, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	double before[FIGURES_MAX];

	if (write_path(&path, folder, layout, err) < 0 || make_file(pipe, folder, path.bytes, layout, time_ms, err) < 0 ||
	    read_last(pipe, path.bytes, layout, before, err) < 0)
		return -1;
	make_whole(layout, figures);
	count_resets(layout, before, figures);
	return update(pipe, path.bytes, layout, &time_ms, figures, 1, err);
}

int collect_store_all(struct rrd_pipe *pipe, const char *folder, const struct layout *layout, const int64_t *times_ms, double *figures, size_t n,
		      courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);

	double last[FIGURES_MAX];

	for (size_t k = 0; k < layout->n_figures; k++)
		last[k] = NAN;
	for (size_t i = 0; i < n; i++) {
		double *sample = figures + i * layout->n_figures;

		make_whole(layout, sample);
		count_resets(layout, last, sample);
		for (size_t k = 0; k < layout->n_figures; k++)
			last[k] = isfinite(sample[k]) ? sample[k] : last[k];
	}
	if (!n)
		return 0;
	return write_path(&path, folder, layout, err) < 0 || make_file(pipe, folder, path.bytes, layout, times_ms[0], err) < 0
		       ? -1
		       : update(pipe, path.bytes, layout, times_ms, figures, n, err);
}
