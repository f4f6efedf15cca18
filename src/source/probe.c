/* SPDX-License-Identifier: MIT */
/* probe.c - the source probe: what courant probe has kept
 *
 * Tables: totals (one row), hours and days (series), targets (slowest first), events, failures. Percentiles are of all successful probes of a row, never of averages;
 * availability is successful probes of those that were done. Times without probes are in neither: they are what coverage lacks, and events of the kind "none". */
#include "base/alloc.h"
#include "base/nearest.h"
#include "samples/probe_store.h"
#include "source/probe_figures.h"

static const struct source_option options[] = {
	{.name = "probe", .value = "FILE.db", .help = "the file: probes.db, as courant probe --into has made it"},
	{.name = "target", .value = "NAME", .shape = SOURCE_LIST, .help = "the targets whose figures are told, by their names (all)"},
};

/* ---- settings ---- */

static void free_probe(struct source *source)
{
	struct probe_source *probe = (struct probe_source *)source;

	for (size_t i = 0; i < probe->n_wanted; i++)
		free(probe->wanted[i]);
	free(probe->wanted);
	free(probe->path);
	probe_known_free(probe->known, probe->n_known);
	free(probe->chosen);
	probe_store_free(probe->store);
	free(probe);
}

static int read_settings(struct probe_source *probe, const struct settings *settings, courant_error **err)
{
	probe->path = settings_path(settings, settings_find(settings, "probe", 0), err);
	if (!probe->path)
		return -1;
	for (size_t at = 0; (at = settings_find(settings, "target", at)) != SLICE_NONE; at++) {
		char **grown = mem_resize(probe->wanted, probe->n_wanted + 1, sizeof *grown);

		probe->wanted = grown ? grown : probe->wanted;
		if (!grown || !(grown[probe->n_wanted] = mem_copy(settings->items[at].value)))
			return fail_memory(err);
		probe->n_wanted++;
	}
	return 0;
}

static struct source *make(const struct settings *settings, courant_error **err)
{
	struct probe_source *probe = mem_alloc(sizeof *probe);

	if (!probe) {
		(void)fail_memory(err);
		return NULL;
	}
	if (read_settings(probe, settings, err) == 0)
		return &probe->source;
	free_probe(&probe->source);
	return NULL;
}

/* ---- opening ---- */

static int fail_target(const struct probe_source *probe, const char *name, courant_error **err)
{
	AUTO(free) const char **names = mem_array(probe->n_known + 1, sizeof *names);

	if (!names)
		return fail_memory(err);
	for (size_t i = 0; i < probe->n_known; i++)
		names[i] = probe->known[i].name;

	const char *nearest = nearest_word(slice_of(name), names);

	return nearest ? fail(err, COURANT_CONFIG, "%s has no target \"%s\" (did you mean \"%s\"?)", probe->path, name, nearest)
		       : fail(err, COURANT_CONFIG, "%s has no target \"%s\"", probe->path, name);
}

static const struct probe_known *find_known(const struct probe_source *probe, const char *name)
{
	for (size_t i = 0; i < probe->n_known; i++)
		if (slice_equal(slice_of(name), slice_of(probe->known[i].name)))
			return &probe->known[i];
	return NULL;
}

static int choose(struct probe_source *probe, courant_error **err)
{
	const size_t n = probe->n_wanted ? probe->n_wanted : probe->n_known;

	probe->chosen = mem_array(n + 1, sizeof *probe->chosen);
	if (!probe->chosen)
		return fail_memory(err);
	for (; probe->n_chosen < n; probe->n_chosen++) {
		const size_t i = probe->n_chosen;

		probe->chosen[i] = probe->n_wanted ? find_known(probe, probe->wanted[i]) : &probe->known[i];
		if (!probe->chosen[i])
			return fail_target(probe, probe->wanted[i], err);
	}
	return 0;
}

#define FIGURES                                                                                                                                                \
	{"done", TABLE_COUNT}, {"failed", TABLE_COUNT}, {"availability", TABLE_RATIO}, {"p50", TABLE_SECONDS}, {"p95", TABLE_SECONDS}, {"p99", TABLE_SECONDS},       \
	{                                                                                                                                                          \
		"max", TABLE_SECONDS                                                                                                                                   \
	}

static const struct table_column series_columns[] = {FIGURES};
static const struct table_column totals_columns[] = {{"targets", TABLE_COUNT}, {"every", TABLE_SECONDS}, {"expected", TABLE_COUNT}, FIGURES};
static const struct table_column targets_columns[] = {{"target", TABLE_TEXT}, {"url", TABLE_TEXT}, FIGURES, {"certificate", TABLE_TIME}};
static const struct table_column events_columns[] = {{"kind", TABLE_TEXT},	 {"status", TABLE_COUNT}, {"target", TABLE_TEXT},   {"from", TABLE_TIME},
						     {"to", TABLE_TIME}, {"duration", TABLE_SECONDS}, {"failures", TABLE_COUNT}};
static const struct table_column failures_columns[] = {{"kind", TABLE_TEXT}, {"status", TABLE_COUNT}, {"failures", TABLE_COUNT}};
#undef FIGURES

#define N(rows) (sizeof(rows) / sizeof *(rows))

static const struct {
	const char *name;
	bool is_series;
	const struct table_column *columns;
	size_t n_columns;
	int (*fill)(struct probe_taking *, courant_error **err);
} tables[] = {
	{"totals", false, totals_columns, N(totals_columns), probe_fill_totals},
	{"hours", true, series_columns, N(series_columns), probe_fill_hours},
	{"days", true, series_columns, N(series_columns), probe_fill_days},
	{"targets", false, targets_columns, N(targets_columns), probe_fill_targets},
	{"events", false, events_columns, N(events_columns), probe_fill_events},
	{"failures", false, failures_columns, N(failures_columns), probe_fill_failures},
};

static int begin(struct source *source, courant_error **err)
{
	struct probe_source *probe = (struct probe_source *)source;

	if (source_need_zone(source, err) < 0 || !(probe->store = probe_store_open(probe->path, 0, err)) ||
	    probe_store_targets(probe->store, &probe->known, &probe->n_known, err) < 0 || choose(probe, err) < 0)
		return -1;
	for (size_t i = 0; i < N(tables); i++)
		if (source_add_table(source, slice_of(tables[i].name), tables[i].is_series, tables[i].columns, tables[i].n_columns, err) < 0)
			return -1;
	return 0;
}

/* ---- taking ---- */

/* Without limits from the first result on, and until now. */
static struct source_window limit_window(const struct probe_source *probe, const struct source_window *window)
{
	struct source_window limited = *window;
	int64_t first_ms = probe->source.now_ms;

	for (size_t i = 0; i < probe->n_chosen; i++)
		first_ms = probe->chosen[i]->first_ms < first_ms ? probe->chosen[i]->first_ms : first_ms;
	if (limited.to_ms == INT64_MAX)
		limited.to_ms = probe->source.now_ms;
	if (limited.from_ms == INT64_MIN)
		limited.from_ms = first_ms;
	return limited;
}

static struct table *take(struct source *source, const struct source_table *what, const struct source_request *request, courant_error **err)
{
	const struct probe_source *probe = (const struct probe_source *)source;
	struct probe_taking taking = {.probe = probe, .what = what, .request = request, .window = limit_window(probe, source_window(source, request))};
	size_t i = 0;

	while (!slice_equal(slice_of(tables[i].name), slice_of(what->name)))
		i++;
	if (probe_begin(&taking, err) < 0)
		return NULL;

	AUTO(table) struct table *table = NULL;
	const int status = tables[i].fill(&taking, err);

	table = taking.table;
	probe_sums_release(&taking.all);
	return status < 0 ? NULL : STEAL(table);
}

static void facts(const struct source *source, struct source_facts *ret)
{
	const struct probe_source *probe = (const struct probe_source *)source;

	ret->places = (const char *const *)&probe->path;
	for (size_t i = 0; i < probe->n_chosen; i++) {
		ret->first_ms = !ret->first_ms || probe->chosen[i]->first_ms < ret->first_ms ? probe->chosen[i]->first_ms : ret->first_ms;
		ret->last_ms = probe->chosen[i]->last_ms > ret->last_ms ? probe->chosen[i]->last_ms : ret->last_ms;
	}
}

static const struct source_functions functions = {make, begin, take, facts, free_probe};

const struct source_kind source_probe = {
	.name = "probe", .help = "results of courant probe: availability, latency, failures", OPTIONS(options), .functions = &functions};
