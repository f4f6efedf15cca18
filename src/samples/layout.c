/* SPDX-License-Identifier: MIT */
/* layout.c - what courant collect writes (layout.h) */
#include "samples/layout.h"

#include <math.h>

#include "base/alloc.h"

#define STEP_S      60
#define HEARTBEAT_S 120 /* two steps: one sample that is missing makes a gap */

#define COUNTER(figure, measured)        {figure, RRD_DERIVE, NAN, measured, NULL}
#define COUNTER_OF(figure, counted)      {figure, RRD_DERIVE, NAN, "rate", counted}
#define GAUGE(figure, measured)          {figure, RRD_GAUGE, NAN, measured, NULL}
/* Seconds of each second, and of each processor: a little more than all of one is still a rounded time. */
#define SHARE_OF_SECOND(figure)          {figure, RRD_DDERIVE, 1.5, "ratio", NULL}
#define RESETS(table)                    {table "_resets", RRD_GAUGE, NAN, NULL, NULL}
#define N(rows)                          (sizeof(rows) / sizeof *(rows))

static const struct layout_figure system_figures[] = {
	[SYSTEM_CPU_USER] = SHARE_OF_SECOND("cpu_user"),
	[SYSTEM_CPU_SYSTEM] = SHARE_OF_SECOND("cpu_system"),
	[SYSTEM_CPU_IOWAIT] = SHARE_OF_SECOND("cpu_iowait"),
	[SYSTEM_CPU_STEAL] = SHARE_OF_SECOND("cpu_steal"),
	[SYSTEM_CPU_IDLE] = SHARE_OF_SECOND("cpu_idle"),
	[SYSTEM_LOAD_1MIN] = GAUGE("load_1min", "number"),
	[SYSTEM_LOAD_5MIN] = GAUGE("load_5min", "number"),
	[SYSTEM_LOAD_15MIN] = GAUGE("load_15min", "number"),
	[SYSTEM_MEMORY_TOTAL] = GAUGE("memory_total", "memory"),
	[SYSTEM_MEMORY_USED] = GAUGE("memory_used", "memory"),
	[SYSTEM_MEMORY_ACTIVE] = GAUGE("memory_active", "memory"),
	[SYSTEM_MEMORY_CACHED] = GAUGE("memory_cached", "memory"),
	[SYSTEM_MEMORY_SWAP_TOTAL] = GAUGE("memory_swap_total", "memory"),
	[SYSTEM_MEMORY_SWAP_USED] = GAUGE("memory_swap_used", "memory"),
	[SYSTEM_SWAP_IN] = COUNTER_OF("swap_in", "pages"),
	[SYSTEM_SWAP_OUT] = COUNTER_OF("swap_out", "pages"),
	[SYSTEM_DISK_READ] = COUNTER("disk_read", "bytes/s"),
	[SYSTEM_DISK_WRITTEN] = COUNTER("disk_written", "bytes/s"),
	[SYSTEM_NETWORK_RECEIVED] = COUNTER("network_received", "bytes/s"),
	[SYSTEM_NETWORK_SENT] = COUNTER("network_sent", "bytes/s"),
	[SYSTEM_CPU_RESETS] = RESETS("cpu"),
	[SYSTEM_SWAP_RESETS] = RESETS("swap"),
	[SYSTEM_DISK_RESETS] = RESETS("disk"),
	[SYSTEM_NETWORK_RESETS] = RESETS("network"),
};

static const struct layout_figure mysql_figures[] = {
	[MYSQL_NETWORK_RECEIVED] = COUNTER("network_received", "bytes/s"),
	[MYSQL_NETWORK_SENT] = COUNTER("network_sent", "bytes/s"),
	[MYSQL_KEY_READ_REQUESTS] = COUNTER("key_read_requests", "rate"),
	[MYSQL_KEY_READS] = COUNTER("key_reads", "rate"),
	[MYSQL_KEY_WRITE_REQUESTS] = COUNTER("key_write_requests", "rate"),
	[MYSQL_KEY_WRITES] = COUNTER("key_writes", "rate"),
	[MYSQL_INNODB_READ_REQUESTS] = COUNTER("innodb_requests", "rate"),
	[MYSQL_INNODB_READS] = COUNTER("innodb_reads", "rate"),
	[MYSQL_QUERIES_ALL] = COUNTER("queries_all", "rate"),
	[MYSQL_QUERIES_SLOW] = COUNTER("queries_slow", "rate"),
	[MYSQL_CONNECTIONS_NEW] = COUNTER("connections_new", "rate"),
	[MYSQL_CONNECTIONS_OPEN] = GAUGE("connections_open", "number"),
	[MYSQL_CONNECTIONS_RUNNING] = GAUGE("connections_running", "number"),
	[MYSQL_NETWORK_RESETS] = RESETS("network"),
	[MYSQL_KEY_RESETS] = RESETS("key"),
	[MYSQL_INNODB_RESETS] = RESETS("innodb"),
	[MYSQL_QUERIES_RESETS] = RESETS("queries"),
	[MYSQL_CONNECTIONS_RESETS] = RESETS("connections"),
};

static const struct layout_ratio mysql_ratios[] = {
	{"key_hit_ratio", "key_reads", "key_read_requests"},
	{"innodb_hit_ratio", "innodb_reads", "innodb_requests"},
};

_Static_assert(N(system_figures) == SYSTEM_FIGURES && N(mysql_figures) == MYSQL_FIGURES, "each figure has a row");

const struct layout layout_system = {.name = "system", .figures = system_figures, .n_figures = SYSTEM_FIGURES};
const struct layout layout_mysql = {
	.name = "mysql", .figures = mysql_figures, .n_figures = MYSQL_FIGURES, .ratios = mysql_ratios, .n_ratios = N(mysql_ratios)};

bool layout_is_counter(const struct layout_figure *figure)
{
	return figure->type != RRD_GAUGE;
}

slice layout_table_of(const char *figure)
{
	const slice name = slice_of(figure);

	return slice_part(name, 0, slice_find(name, '_'));
}

static bool is_of(const struct layout *layout, const struct rrd_facts *facts)
{
	for (size_t i = 0; i < layout->n_figures; i++) {
		const struct rrd_source *source = rrd_facts_find(facts, slice_of(layout->figures[i].name));

		if (!source || source->type != layout->figures[i].type)
			return false;
	}
	return true;
}

const struct layout *layout_find(const struct rrd_facts *facts)
{
	return is_of(&layout_system, facts) ? &layout_system : is_of(&layout_mysql, facts) ? &layout_mysql : NULL;
}

int layout_plan(const struct layout *layout, struct rrd_facts *ret, courant_error **err)
{
	static const struct {
		int64_t steps, rows;
	} lengths[] = {{1, 2 * 24 * 60}, {5, 14 * 24 * 12}, {60, 396 * 24}};
	static const enum rrd_consolidation kept[] = {RRD_AVERAGE, RRD_MIN, RRD_MAX};
	struct rrd_facts plan = {
		.step_s = STEP_S,
		.sources = mem_array(layout->n_figures, sizeof *plan.sources),
		.archives = mem_array(N(lengths) * N(kept), sizeof *plan.archives),
	};

	if (!plan.sources || !plan.archives) {
		rrd_facts_release(&plan);
		return fail_memory(err);
	}
	for (; plan.n_sources < layout->n_figures; plan.n_sources++) {
		const struct layout_figure *figure = &layout->figures[plan.n_sources];
		struct rrd_source *source = &plan.sources[plan.n_sources];

		*source = (struct rrd_source){.type = figure->type, .heartbeat_s = HEARTBEAT_S, .greatest = figure->greatest, .last = NAN};
		source->least = layout_is_counter(figure) ? 0 : NAN;
		/* The names above are short enough, or no such file could be made. */
		memcpy(source->name, figure->name, strnlen(figure->name, RRD_NAME_MAX_BYTES));
	}
	for (size_t i = 0; i < N(kept); i++)
		for (size_t k = 0; k < N(lengths); k++)
			plan.archives[plan.n_archives++] = (struct rrd_archive){kept[i], lengths[k].steps, lengths[k].rows};
	*ret = plan;
	return 0;
}
