/* SPDX-License-Identifier: MIT */
/* probe_figures.c - sums of probes, and the tables made of them (probe_figures.h) */
#include "source/probe_figures.h"

#include "base/alloc.h"
#include "source/grid.h"

#define ROWS_MAX      ((size_t)1 << 20)
#define US_PER_SECOND 1e6
#define FIGURES       7 /* done, failed, availability, p50, p95, p99, max */

void probe_sums_release(struct probe_sums *sums)
{
	histogram_release(&sums->total_us);
	*sums = (struct probe_sums){0};
}
AUTO_DEFINE_VALUE(sums, struct probe_sums, probe_sums_release)

/* ---- sums ---- */

static int add_quarter(void *context, const struct probe_quarter *quarter, courant_error **err)
{
	struct probe_sums *sums = context;

	sums->done += quarter->done;
	sums->ok += quarter->ok;
	sums->first_ms = !sums->first_ms || quarter->from_ms < sums->first_ms ? quarter->from_ms : sums->first_ms;
	sums->last_ms = quarter->from_ms + PROBE_QUARTER_MS > sums->last_ms ? quarter->from_ms + PROBE_QUARTER_MS : sums->last_ms;
	return histogram_join(&sums->total_us, &quarter->total_us) < 0 ? fail_memory(err) : 0;
}

static int sum_target(const struct probe_source *probe, const struct probe_known *target, const struct source_window *window, struct probe_sums *ret,
		      courant_error **err)
{
	return probe_store_quarters(probe->store, target->id, window->from_ms, window->to_ms, add_quarter, ret, err);
}

/* The window as far as it lies behind us: what is still to come is not missing. */
static int64_t past_of(const struct probe_taking *taking)
{
	const int64_t to_ms = taking->window.to_ms < taking->probe->source.now_ms ? taking->window.to_ms : taking->probe->source.now_ms;

	return to_ms > taking->window.from_ms ? to_ms - taking->window.from_ms : 0;
}

int probe_begin(struct probe_taking *taking, courant_error **err)
{
	const struct probe_source *probe = taking->probe;

	for (size_t i = 0; i < probe->n_chosen; i++) {
		if (sum_target(probe, probe->chosen[i], &taking->window, &taking->all, err) < 0) {
			probe_sums_release(&taking->all);
			return -1;
		}
		if (probe->chosen[i]->every_ms)
			taking->expected += (uint64_t)(past_of(taking) / probe->chosen[i]->every_ms);
	}
	/* Somebody who probed by hand in between has done more than was expected. */
	if (taking->expected < taking->all.done)
		taking->expected = taking->all.done;
	return 0;
}

int probe_make_table(struct probe_taking *taking, int64_t step_ms, bool is_single, courant_error **err)
{
	const struct probe_source *probe = taking->probe;
	const struct table_head head = {
		.name = taking->what->name,
		.zone = zone_name(probe->source.zone),
		.from_ms = taking->window.from_ms,
		.to_ms = taking->window.to_ms,
		.source = probe->path,
		.coverage = taking->expected ? (double)taking->all.done / (double)taking->expected : 0,
		.step_ms = step_ms,
		.first_ms = taking->all.first_ms,
		.last_ms = taking->all.last_ms,
		.rows_unknown = taking->expected - taking->all.done,
		.is_single = is_single,
	};

	taking->table = table_new(&head, taking->what->columns, taking->what->n_columns, err);
	return taking->table ? 0 : -1;
}

/* ---- cells ---- */

static struct table_cell quantile(const struct probe_sums *sums, double share)
{
	return sums->total_us.n ? CELL_NUMBER((double)histogram_quantile(&sums->total_us, share) / US_PER_SECOND) : CELL_UNKNOWN;
}

/* Without probes, how many failed and the rest are not known. */
static void write_figures(const struct probe_sums *sums, struct table_cell *cells)
{
	cells[0] = CELL_COUNT(sums->done);
	cells[1] = sums->done ? CELL_COUNT(sums->done - sums->ok) : CELL_UNKNOWN;
	cells[2] = sums->done ? CELL_NUMBER((double)sums->ok / (double)sums->done) : CELL_UNKNOWN;
	cells[3] = quantile(sums, 0.5);
	cells[4] = quantile(sums, 0.95);
	cells[5] = quantile(sums, 0.99);
	cells[6] = quantile(sums, 1);
}

/* ---- totals ---- */

/* How often the targets are probed, when that is the same for all. */
static struct table_cell common_distance(const struct probe_source *probe)
{
	for (size_t i = 0; i < probe->n_chosen; i++)
		if (!probe->chosen[i]->every_ms || probe->chosen[i]->every_ms != probe->chosen[0]->every_ms)
			return CELL_UNKNOWN;
	return probe->n_chosen ? CELL_NUMBER((double)probe->chosen[0]->every_ms / MS_PER_SECOND) : CELL_UNKNOWN;
}

int probe_fill_totals(struct probe_taking *taking, courant_error **err)
{
	struct table_cell cells[3 + FIGURES];

	cells[0] = CELL_COUNT(taking->probe->n_chosen);
	cells[1] = common_distance(taking->probe);
	cells[2] = CELL_COUNT(taking->expected);
	write_figures(&taking->all, cells + 3);
	return probe_make_table(taking, 0, true, err) < 0 ? -1 : table_add_row(taking->table, cells, err);
}

/* ---- hours and days ---- */

/* One step after the other; quarters of a target come in order. */
static int fill_steps(struct probe_taking *taking, int64_t step_ms, courant_error **err)
{
	const struct probe_source *probe = taking->probe;
	const struct grid grid = grid_on_clock(probe->source.zone, taking->window.from_ms, step_ms);
	int64_t start_ms = grid_floor(&grid, taking->window.from_ms);

	if (probe_make_table(taking, step_ms, false, err) < 0)
		return -1;
	for (size_t n = 0; start_ms < taking->window.to_ms; n++) {
		const int64_t next_ms = grid_next(&grid, start_ms);
		const struct source_window step = {start_ms < taking->window.from_ms ? taking->window.from_ms : start_ms,
						   next_ms > taking->window.to_ms ? taking->window.to_ms : next_ms};
		struct table_cell cells[1 + FIGURES] = {CELL_TIME(start_ms)};
		AUTO(sums) struct probe_sums sums = {0};

		if (n == ROWS_MAX)
			return fail(err, COURANT_TOO_LARGE, "the window holds more than %zu rows: a table of that size is of no use", ROWS_MAX);
		for (size_t i = 0; i < probe->n_chosen; i++)
			if (sum_target(probe, probe->chosen[i], &step, &sums, err) < 0)
				return -1;
		write_figures(&sums, cells + 1);
		if (table_add_row(taking->table, cells, err) < 0)
			return -1;
		start_ms = next_ms;
	}
	return 0;
}

/* The step that a request wishes for: at least so long. */
static int64_t choose_step(const struct probe_taking *taking, int64_t least_ms)
{
	const struct source_request *request = taking->request;
	const int64_t most = (int64_t)request->max_rows, span_ms = taking->window.to_ms - taking->window.from_ms;

	least_ms = request->step_ms > least_ms ? request->step_ms : least_ms;
	if (most && span_ms > 0 && (span_ms + most - 1) / most > least_ms)
		least_ms = (span_ms + most - 1) / most;
	return grid_choose_step(MS_PER_HOUR, least_ms);
}

int probe_fill_hours(struct probe_taking *taking, courant_error **err)
{
	return fill_steps(taking, choose_step(taking, MS_PER_HOUR), err);
}

int probe_fill_days(struct probe_taking *taking, courant_error **err)
{
	return fill_steps(taking, MS_PER_DAY, err);
}

/* ---- targets ---- */

struct ranked {
	const struct probe_known *target;
	struct probe_sums sums;
	uint64_t p95_us; /* 0: none */
};

/* Slowest first, then by name. */
static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->p95_us != right->p95_us)
		return left->p95_us > right->p95_us ? -1 : 1;
	return slice_compare(slice_of(left->target->name), slice_of(right->target->name));
}

static int add_ranked(struct probe_taking *taking, const struct ranked *ranked, size_t n, courant_error **err)
{
	const size_t top = taking->request->top && taking->request->top < n ? taking->request->top : n;
	uint64_t left_out = 0;

	for (size_t i = top; i < n; i++)
		left_out += ranked[i].sums.done;
	for (size_t i = 0; i < top; i++) {
		const struct probe_known *target = ranked[i].target;
		struct table_cell cells[2 + FIGURES + 1] = {CELL_TEXT(slice_of(target->name)), CELL_TEXT(slice_of(target->url))};

		write_figures(&ranked[i].sums, cells + 2);
		cells[2 + FIGURES] = target->certificate_ms ? CELL_TIME(target->certificate_ms) : CELL_UNKNOWN;
		if (table_add_row(taking->table, cells, err) < 0)
			return -1;
	}
	table_set_left_out(taking->table, n - top, left_out);
	return 0;
}

int probe_fill_targets(struct probe_taking *taking, courant_error **err)
{
	const struct probe_source *probe = taking->probe;
	AUTO(free) struct ranked *ranked = mem_array(probe->n_chosen + 1, sizeof *ranked);
	int status = ranked ? probe_make_table(taking, 0, false, err) : fail_memory(err);

	for (size_t i = 0; status == 0 && i < probe->n_chosen; i++) {
		ranked[i].target = probe->chosen[i];
		status = sum_target(probe, probe->chosen[i], &taking->window, &ranked[i].sums, err);
		ranked[i].p95_us = histogram_quantile(&ranked[i].sums.total_us, 0.95);
	}
	if (status == 0) {
		qsort(ranked, probe->n_chosen, sizeof *ranked, compare_ranked);
		status = add_ranked(taking, ranked, probe->n_chosen, err);
	}
	for (size_t i = 0; ranked && i < probe->n_chosen; i++)
		probe_sums_release(&ranked[i].sums);
	return status;
}
