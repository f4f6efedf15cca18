/* SPDX-License-Identifier: MIT */
/* tables.c - the list of tables: their names, columns and what fills them (weblog_take_table) */
#include "weblog/tables.h"

#include "base/alloc.h"
#include "base/nearest.h"

#define COLUMNS_MAX 13

#define NAMED(name_)  {name_, TABLE_TEXT}
#define COUNT(name_)  {name_, TABLE_COUNT}
#define BYTES         {"bytes", TABLE_BYTES}
#define TIME(name_)   {name_, TABLE_TIME}
#define SHARE         {"share", TABLE_RATIO}
#define SECONDS(name_) {name_, TABLE_SECONDS}
#define SECONDS_FIGURES SECONDS("p50"), SECONDS("p90"), SECONDS("p95"), SECONDS("p99"), SECONDS("max"), COUNT("hits")
#define TIME_FIGURES                                                                               \
	COUNT("hits"), COUNT("page_views"), COUNT("visitors"), COUNT("visits"), BYTES, COUNT("errors_4xx"), COUNT("errors_5xx")

static const struct spec {
	const char *name;
	bool is_single;
	fill_table *fill;
	struct table_column columns[COLUMNS_MAX];
} specs[] = {
	{"totals", true, fill_totals,
	 {COUNT("lines"), COUNT("hits"), COUNT("rejected"), BYTES, COUNT("addresses"), COUNT("visitors"), COUNT("visits"),
	  COUNT("page_views"), COUNT("robot_hits"), COUNT("errors_4xx"), COUNT("errors_5xx"), TIME("first"), TIME("last")}},
	{"hours", false, fill_hours, {TIME("hour"), TIME_FIGURES}},
	{"days", false, fill_days, {TIME("day"), TIME_FIGURES}},
	{"hours_of_day", false, fill_hours_of_day, {COUNT("hour"), COUNT("hits"), COUNT("page_views"), BYTES}},
	{"status", false, fill_status, {COUNT("status"), COUNT("hits"), BYTES}},
	{"status_classes", false, fill_status_classes, {NAMED("class"), COUNT("hits"), BYTES}},
	{"methods", false, fill_methods, {NAMED("method"), COUNT("hits"), BYTES}},
	{"paths", false, fill_paths, {NAMED("path"), COUNT("hits"), BYTES}},
	{"pages", false, fill_pages, {NAMED("path"), COUNT("views"), COUNT("visitors"), BYTES}},
	{"files", false, fill_files, {NAMED("path"), COUNT("hits"), COUNT("visitors"), BYTES}},
	{"not_found", false, fill_not_found, {NAMED("path"), COUNT("hits"), NAMED("referrer")}},
	{"failing", false, fill_failing, {NAMED("path"), COUNT("errors_5xx"), COUNT("hits")}},
	{"referrers", false, fill_referrers, {NAMED("site"), COUNT("hits"), COUNT("visitors")}},
	{"browsers", false, fill_browsers, {NAMED("name"), COUNT("visitors"), COUNT("hits"), SHARE}},
	{"systems", false, fill_systems, {NAMED("name"), COUNT("visitors"), COUNT("hits"), SHARE}},
	{"devices", false, fill_devices, {NAMED("name"), COUNT("visitors"), COUNT("hits"), SHARE}},
	{"robots", false, fill_robots, {NAMED("name"), NAMED("kind"), COUNT("hits"), BYTES}},
	{"latency", false, fill_latency, {TIME("hour"), SECONDS_FIGURES}},
	{"latency_days", false, fill_latency_days, {TIME("day"), SECONDS_FIGURES}},
	{"latency_total", false, fill_latency_total, {SECONDS_FIGURES}},
	{"slow_pages", false, fill_slow_pages, {NAMED("path"), SECONDS_FIGURES}},
	{"hosts", false, fill_hosts, {NAMED("name"), COUNT("hits"), COUNT("visitors"), BYTES}},
	{"addresses", false, fill_addresses, {NAMED("name"), COUNT("hits"), COUNT("visitors"), BYTES}},
	{"countries", false, fill_countries, {NAMED("name"), COUNT("hits"), COUNT("visitors"), BYTES}},
	{"rejected", false, fill_rejected, {NAMED("file"), COUNT("line"), NAMED("reason"), NAMED("text")}},
};
#undef NAMED
#undef COUNT
#undef BYTES
#undef TIME
#undef SHARE
#undef SECONDS
#undef SECONDS_FIGURES
#undef TIME_FIGURES

const char *const weblog_table_names[] = {
	"totals",    "hours",     "days",     "hours_of_day", "status", "status_classes", "methods", "paths",      "pages", "files",
	"not_found", "failing",   "referrers", "browsers", "systems",      "devices", "robots",        "latency", "latency_days", "latency_total", "slow_pages", "hosts", "addresses",
	"rejected",  "countries", NULL,
};

static const struct spec *find_spec(const char *name, courant_error **err)
{
	for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
		if (slice_equal(slice_of(name), slice_of(specs[i].name)))
			return &specs[i];

	const char *nearest = nearest_word(slice_of(name), weblog_table_names);

	(void)fail(err, COURANT_USAGE, "no table is named %s%s%s%s", name, nearest ? " (did you mean " : "",
		   nearest ? nearest : "", nearest ? "?)" : "");
	return NULL;
}

/* The tables whose rows are keys that may have been left out. */
static const struct {
	fill_table *fill;
	enum tally_kind kind;
} ranked[] = {
	{fill_paths, TALLY_PATHS},     {fill_pages, TALLY_PATHS},       {fill_files, TALLY_PATHS},         {fill_not_found, TALLY_PATHS}, {fill_failing, TALLY_PATHS},
	{fill_slow_pages, TALLY_PATHS}, {fill_referrers, TALLY_SITES}, {fill_hosts, TALLY_HOSTS},         {fill_addresses, TALLY_ADDRESSES},
	{fill_countries, TALLY_ADDRESSES}, {fill_methods, TALLY_METHODS},
};

static bool is_one_of(const char *name, const char *const *names)
{
	while (*names && !slice_equal(slice_of(name), slice_of(*names)))
		names++;
	return *names;
}

/* Visitors are sampled when there are too many to be known one by one, and addresses may have been left out. */
static struct table_estimate estimate_of(const struct weblog *weblog, size_t window, const struct spec *spec)
{
	static const char *const by_visitors[] = {"visitors", "visits", "share", NULL}, *const by_addresses[] = {"addresses", NULL};
	const struct tally *tally = &weblog->scanners[0].tallies[window];
	const struct tally_table *addresses = &tally->tables[TALLY_ADDRESSES];
	const bool is_sampled = tally->n_known < tally->n_visitors, is_cut = addresses->missed || addresses->missed_elsewhere;
	struct table_estimate ret = {0};

	for (uint32_t i = 0; i < COLUMNS_MAX && spec->columns[i].name; i++)
		if ((is_sampled && is_one_of(spec->columns[i].name, by_visitors)) || (is_cut && is_one_of(spec->columns[i].name, by_addresses)))
			ret.columns |= UINT32_C(1) << i;
	if (ret.columns)
		ret.error = tally_error(tally);
	for (size_t i = 0; i < sizeof ranked / sizeof *ranked; i++)
		if (ranked[i].fill == spec->fill)
			ret.missed = tally->tables[ranked[i].kind].missed + tally->tables[ranked[i].kind].missed_elsewhere;
	return ret;
}

struct table *weblog_take_table(struct weblog *weblog, size_t window, const char *name, size_t top, courant_error **err)
{
	const struct spec *spec = find_spec(name, err);
	size_t n = 0;

	if (!spec || weblog_finish(weblog, err) < 0)
		return NULL;
	while (n < COLUMNS_MAX && spec->columns[n].name)
		n++;

	const bool is_unlimited = weblog->settings.windows[window].from_ms == INT64_MIN;
	const struct table_estimate estimate = estimate_of(weblog, window, spec);
	const struct table_head head = {
		.name = spec->name,
		.zone = zone_name(weblog->settings.zone),
		.from_ms = is_unlimited ? 0 : weblog->settings.windows[window].from_ms,
		.to_ms = is_unlimited ? 0 : weblog->settings.windows[window].to_ms,
		.source = weblog->n_files ? weblog->file_names[0] : NULL,
		.coverage = 1,
		.is_single = spec->is_single,
		.is_estimated = estimate.columns || estimate.missed,
		.estimate = estimate,
	};
	AUTO(table) struct table *table = table_new(&head, spec->columns, n, err);
	const struct table_fill fill = {weblog, &weblog->scanners[0].tallies[window], window, table, top};

	return table && spec->fill(&fill, err) == 0 ? STEAL(table) : NULL;
}
