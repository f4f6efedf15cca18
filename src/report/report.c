/* SPDX-License-Identifier: MIT */
/* report.c - the way from logs to a document */
#include "report/report.h"

#include "report/build.h"
#include "report/site.h"

/* ---- Logs and their zone ---- */

int report_find_logs(const struct report_file *file, struct texts *ret, courant_error **err)
{
	for (size_t i = 0; i < file->logs.n; i++) {
		if (texts_add_paths(ret, file->logs.items[i], "log file", err) < 0)
			return -1;
	}
	return 0;
}

struct zone *report_guess_zone(const char *const *logs, size_t n_logs, courant_error **err)
{
	AUTO(zone) struct zone *system = zone_load_system(err);
	int64_t written_ms;
	int offset_s;

	if (!system)
		return NULL;
	for (size_t i = 0; i < n_logs; i++) {
		if (slice_equal(slice_of(logs[i]), SLICE("-")) || !weblog_peek_time(logs[i], &written_ms, &offset_s))
			continue;
		return zone_offset_at(system, written_ms) == offset_s ? STEAL(system) : zone_new_fixed(offset_s, err);
	}
	return STEAL(system);
}

/* ---- Windows ---- */

static void choose_windows(const struct report_request *request, struct figures *figures,
                           struct weblog_options *options)
{
	period_window(&request->file->period, request->zone, request->now_ms, &figures->window);
	figures->is_whole_log = figures->window.from_ms == INT64_MIN;
	figures->wants_comparison = compare_window(request->file->compare, &figures->window,
	                                           request->zone, &figures->former_window);
	figures->now_ms = request->now_ms;
	options->zone = request->zone;
	options->windows[0] =
	        (struct weblog_window){figures->window.from_ms, figures->window.to_ms};
	options->windows[1] = (struct weblog_window){figures->former_window.from_ms,
	                                             figures->former_window.to_ms};
	options->n_windows = figures->is_whole_log ? 0 : figures->wants_comparison ? 2 : 1;
}

static int read_logs(const struct report_request *request, struct weblog *weblog,
                     courant_error **err)
{
	for (size_t i = 0; i < request->n_logs; i++) {
		if (weblog_add_path(weblog, request->logs[i], err) < 0)
			return -1;
	}
	return weblog_finish(weblog, err);
}

/* ---- Parts ---- */

static int find_own_site(struct build *build, courant_error **err)
{
	if (build->file->site) {
		build->own_site = slice_of(build->file->site);
		return 0;
	}
	AUTO(table)
	struct table *referrers = weblog_take_table(build->weblog, 0, "referrers", 1, err);
	if (!referrers)
		return -1;
	build->own_site = say_text(build->say, site_guess(referrers));
	return 0;
}

static int build_section(const struct build *build, const struct section *section,
                         courant_error **err)
{
	switch (section->kind) {
	case SECTION_SUMMARY:
		return build_tiles(build, section, err);
	case SECTION_CHART:
		return build_chart(build, section, err);
	case SECTION_TABLE:
		return build_table(build, section, err);
	case SECTION_TEXT:
		return build_text(build, section, err);
	}
	return 0;
}

/* The verdict promises samples of unreadable lines: they are there, whatever the file asks for. */
static int add_promised(const struct build *build, courant_error **err)
{
	static const struct section rejected = {
	        .kind = SECTION_TABLE, .table = "rejected", .top = 5};
	const struct report_file *file = build->file;

	if (build->figures->rejected == 0)
		return 0;
	for (size_t i = 0; i < file->n_sections; i++) {
		if (file->sections[i].table &&
		    slice_equal(slice_of(file->sections[i].table), SLICE("rejected")))
			return 0;
	}
	return build_table(build, &rejected, err);
}

static int build_document(struct build *build, courant_error **err)
{
	if (find_own_site(build, err) < 0 || build_head(build, err) < 0)
		return -1;
	for (size_t i = 0; i < build->file->n_sections; i++) {
		if (build_section(build, &build->file->sections[i], err) < 0)
			return -1;
	}
	return add_promised(build, err);
}

struct document *report_build(const struct report_request *request, struct report_outcome *ret,
                              courant_error **err)
{
	const int64_t begun_ms = clock_monotonic_ms();
	AUTO(figures) struct figures figures = {.now_ms = 0};
	struct weblog_options options = {.zone = NULL};
	struct weblog_facts facts;

	choose_windows(request, &figures, &options);
	AUTO(weblog) struct weblog *weblog = weblog_new(&options, err);
	if (!weblog || read_logs(request, weblog, err) < 0 ||
	    figures_read(&figures, weblog, err) < 0)
		return NULL;
	weblog_facts(weblog, &facts);

	AUTO(say)
	struct say say = {
	        .language = request->language, .zone = request->zone, .context = FIGURE_SENTENCE};
	AUTO(document) struct document *document = document_new(request->language, err);
	struct build build = {.document = document,
	                      .weblog = weblog,
	                      .figures = &figures,
	                      .file = request->file,
	                      .say = &say,
	                      .has_agents = facts.has_agents};
	if (!document || build_document(&build, err) < 0)
		return NULL;
	const int64_t took_ms = request->is_repeatable ? -1 : clock_monotonic_ms() - begun_ms;
	if (build_footer(&build, took_ms, request->logs, request->n_logs, err) < 0 ||
	    say_check(&say, err) < 0)
		return NULL;
	*ret = (struct report_outcome){.has_data = figures.now.hits > 0,
	                               .has_lines = figures.lines > 0,
	                               .window = figures.window,
	                               .is_whole_log = figures.is_whole_log};
	return STEAL(document);
}
