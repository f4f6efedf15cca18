/* SPDX-License-Identifier: MIT */
/* report.c - the way from a report file to a document */
#include "report/report.h"

#include "base/alloc.h"
#include "base/file.h"
#include "report/build.h"
#include "report/site.h"
#include "weblog/weblog.h"

/* ---- Logs and their zone ---- */

const struct file_source *report_find_unnamed(const struct report_file *file)
{
	for (size_t i = 0; i < file->n_sources; i++)
		if (file_source_is_unnamed(&file->sources[i]))
			return &file->sources[i];
	return NULL;
}

/* The paths of a source's logs; patterns that match nothing are told when the source is opened. */
static int find_logs(const struct report_file *file, const struct file_source *source, struct texts *ret, courant_error **err)
{
	for (size_t i = 0; i < source->n_settings; i++) {
		AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
		const slice place = source->settings[i].value;
		AUTO(error) courant_error *ignored = NULL;
		slice whole;

		if (!slice_equal(source->settings[i].name, SLICE("weblog")) || !place.len)
			continue;
		if (place.ptr[0] != '/' && (source->settings[i].folder ? source->settings[i].folder[0] : file->folder[0]))
			buffer_printf(&path, "%s/", file->folder);
		buffer_append(&path, place);
		if (buffer_slice(&path, &whole, err) < 0)
			return -1;
		(void)texts_add_paths(ret, whole.ptr, "log file", &ignored);
	}
	return 0;
}

struct zone *report_guess_zone(const struct report_file *file, courant_error **err)
{
	AUTO(zone) struct zone *system = zone_load_system(err);
	AUTO(texts) struct texts logs = {NULL, 0};
	int64_t written_ms;
	int offset_s;

	for (size_t i = 0; system && i < file->n_sources; i++)
		if (find_logs(file, &file->sources[i], &logs, err) < 0)
			return NULL;
	for (size_t i = 0; system && i < logs.n; i++)
		if (weblog_peek_time(logs.items[i], &written_ms, &offset_s))
			return zone_offset_at(system, written_ms) == offset_s ? STEAL(system) : zone_new_fixed(offset_s, err);
	return STEAL(system);
}

/* ---- Logs ---- */

static bool is_of(const struct reference *reference, const struct plan_source *source)
{
	return reference->source && slice_equal(slice_of(reference->source), slice_of(source->said->name));
}

/* Whether a section is about the traffic of a log: anything but how long answers took. */
static bool shows_traffic(const struct report_file *file, const struct plan_source *source)
{
	for (size_t i = 0; i < file->n_sections; i++) {
		const struct section *section = &file->sections[i];

		if (section->kind == SECTION_TABLE && is_of(&section->what, source) && !log_is_of_durations(section->what.table))
			return true;
		for (size_t k = 0; k < section->n_figures; k++)
			if (is_of(&section->figures[k].of, source) && !log_is_of_durations(section->figures[k].of.table))
				return true;
		for (size_t k = 0; k < section->n_charts; k++)
			if (is_of(&section->charts[k].of, source) && !log_is_of_durations(section->charts[k].of.table))
				return true;
	}
	return false;
}

static int find_own_site(const struct build *build, struct log *log, courant_error **err)
{
	log->is_site_given = build->file->site;
	if (build->file->site) {
		log->own_site = slice_of(build->file->site);
		return 0;
	}
	AUTO(table) struct table *referrers = weblog_take_table(log->weblog, 0, "referrers", 1, err);
	if (!referrers)
		return -1;
	log->own_site = say_text(build->say, site_guess(referrers));
	return 0;
}

static int set_logs(struct build *build, courant_error **err)
{
	const struct report_plan *plan = build->plan;

	for (size_t i = 0; i < plan->n_sources; i++) {
		const struct plan_source *source = &plan->sources[i];
		struct log *log = &build->logs[i];

		*log = (struct log){.document = build->document,
				    .say = build->say,
				    .weblog = source->state == PLAN_OPEN ? source->weblog : NULL,
				    .figures = &source->figures,
				    .span = figures_span(&source->figures),
				    .has_agents = source->has_agents};
		if (!log->weblog)
			continue;
		log->shows_traffic = shows_traffic(build->file, source);
		if (find_own_site(build, log, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- The period ---- */

/* From when to when a source has data: its own word, else that of its first table. */
static int read_reach(struct plan_source *source, struct window *ret, courant_error **err)
{
	const struct source_request request = {.max_rows = 1};
	AUTO(error) courant_error *error = NULL;
	struct source_facts facts;

	source_facts(source->source, &facts);
	*ret = (struct window){facts.first_ms, facts.last_ms};
	if (facts.first_ms || !facts.last_ms)
		return 0;

	const struct source_table *of = source_find_table(source->source, SLICE(""), &error);
	AUTO(table) struct table *table = of ? source_take(source->source, of, &request, &error) : NULL;

	if (!table)
		return report_plan_fail(source, STEAL(error), err);
	*ret = (struct window){table_head(table)->first_ms, table_head(table)->last_ms};
	return 0;
}

/* The whole of what there is, without a log. */
static int widen_span(struct build *build, courant_error **err)
{
	struct span *span = &build->span;
	struct window whole = {INT64_MAX, INT64_MIN};

	for (size_t i = 0; i < build->plan->n_sources; i++) {
		struct plan_source *source = &build->plan->sources[i];
		struct window reach = {0, 0};

		if (source->state == PLAN_OPEN && read_reach(source, &reach, err) < 0)
			return -1;
		if (!reach.to_ms)
			continue;
		whole.from_ms = reach.from_ms < whole.from_ms ? reach.from_ms : whole.from_ms;
		whole.to_ms = reach.to_ms > whole.to_ms ? reach.to_ms : whole.to_ms;
	}
	span->is_empty = whole.from_ms > whole.to_ms;
	if (span->is_empty)
		return 0;
	span->first_ms = whole.from_ms;
	span->last_ms = whole.to_ms;
	/* The end of its last step; of a single instant itself. */
	span->window = (struct window){whole.from_ms, whole.to_ms > whole.from_ms ? whole.to_ms : whole.from_ms + 1};
	return 0;
}

/* That of the first log: it knows where its lines begin and end. Else the plan's. */
static int set_span(struct build *build, courant_error **err)
{
	const struct report_plan *plan = build->plan;
	const struct log *log = build_first_log(build);

	if (log) {
		build->span = log->span;
		return 0;
	}
	build->span = (struct span){.window = plan->window,
				    .former_window = plan->former_window,
				    .is_whole = plan->is_whole,
				    .now_ms = plan->request.now_ms};
	return plan->is_whole ? widen_span(build, err) : 0;
}

/* ---- All of it ---- */

/* A report of nothing is none: then the reason is an error. */
static int check_sources(const struct report_plan *plan, courant_error **err)
{
	const struct plan_source *first = NULL;

	for (size_t i = 0; i < plan->n_sources; i++) {
		if (plan->sources[i].state == PLAN_OPEN)
			return 0;
		if (!first && plan->sources[i].failure)
			first = &plan->sources[i];
	}
	return first ? fail_copy(err, first->failure) : 0;
}

/* The sender's own. A logo that cannot be shown is a fault of the file. */
static int set_brand(struct build *build, courant_error **err)
{
	const struct report_file *file = build->file;
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096), bytes = BUFFER_LIMIT(LOGO_MAX_BYTES + 1);
	AUTO(error) courant_error *error = NULL;
	slice text;

	if (document_set_brand(build->document, file->brand_colour, file->brand_footer, err) < 0)
		return -1;
	if (!file->brand_logo)
		return 0;
	if (file->brand_logo[0] != '/' && file->folder[0])
		buffer_printf(&path, "%s/", file->folder);
	buffer_append(&path, slice_of(file->brand_logo));
	if (buffer_slice(&path, &text, err) < 0)
		return -1;
	if (file_read(text.ptr, &bytes, &error) == 0 && document_set_logo(build->document, buffer_peek(&bytes), build_title(build), &error) == 0)
		return 0;
	if (courant_error_code(error) == COURANT_NO_MEMORY)
		return fail_pass(err, STEAL(error));
	faults_add(build->faults, file->brand_logo_place.line, file->brand_logo_place.column, "the logo: %s", courant_error_sentence(error));
	return 0;
}

/* All but what stands before and after the sections; any fault is told when it is done. */
static int build_body(struct build *build, courant_error **err)
{
	if (set_logs(build, err) < 0 || set_span(build, err) < 0)
		return -1;
	if (set_brand(build, err) < 0)
		return -1;
	if (build_sections(build, err) < 0 || build_judged(build, err) < 0 || build_attachments(build, err) < 0)
		return -1;
	return faults_is_empty(build->faults) ? 0 : report_file_fail(build->file->path, build->faults, err);
}

static struct say say_of(const struct report_request *request)
{
	return (struct say){.language = request->language, .zone = request->zone, .context = FIGURE_SENTENCE};
}

static int begin(struct build *ret, const struct report_request *request, struct report_plan *plan, struct document *document, struct say *say, struct faults *faults,
		 courant_error **err)
{
	*ret = (struct build){.document = document,
			      .plan = plan,
			      .file = request->file,
			      .say = say,
			      .faults = faults,
			      .logs = mem_array(plan->n_sources ? plan->n_sources : 1, sizeof *ret->logs)};
	return ret->logs ? 0 : fail_memory(err);
}

static struct report_outcome outcome_of(const struct build *build)
{
	struct report_outcome outcome = {.enclosures = build->enclosures, .has_lines = !build_first_log(build), .window = build->span.window, .is_whole = build->span.is_whole};

	for (size_t i = 0; i < build->plan->n_sources; i++) {
		const struct log *log = &build->logs[i];

		if (!log->weblog)
			continue;
		outcome.has_data |= log->figures->now.hits > 0;
		outcome.has_lines |= log->figures->lines > 0;
	}
	for (size_t i = 0; i < build->metrics.n; i++)
		outcome.has_data |= metric_chart_has_data(build->metrics.items[i]);
	outcome.has_data |= build->quality.is_wanted && (build->quality.availability.done > 0 || quality_has_latency(&build->quality.latency));
	/* What is neither a log nor drawn is there, or it is not: there is no telling whether it is of the period. */
	outcome.has_data |= !build_first_log(build) && build->metrics.n == 0 && !build->quality.is_wanted;
	return outcome;
}

struct document *report_build(const struct report_request *request, struct faults *faults, struct report_outcome *ret, courant_error **err)
{
	const int64_t begun_ms = clock_monotonic_ms();
	const struct report_plan_request planned = {request->file, request->zone, request->now_ms, request->rrd_program};
	AUTO(report_plan) struct report_plan plan = {.n_sources = 0};

	if (report_plan_make(&plan, &planned, faults, err) < 0 || report_plan_open(&plan, faults, err) < 0 || check_sources(&plan, err) < 0)
		return NULL;

	AUTO(say) struct say say = say_of(request);
	AUTO(document) struct document *document = document_new(request->language, err);
	AUTO(build) struct build build = {.document = document};

	if (!document || begin(&build, request, &plan, document, &say, faults, err) < 0 || build_body(&build, err) < 0 || build_head(&build, err) < 0)
		return NULL;
	if (build_footer(&build, request->is_repeatable ? -1 : clock_monotonic_ms() - begun_ms, err) < 0 || say_check(&say, err) < 0)
		return NULL;
	*ret = outcome_of(&build);
	build.enclosures = (struct enclosures){.n = 0};
	return STEAL(document);
}

int report_check(const struct report_request *request, struct faults *faults, struct texts *remarks, courant_error **err)
{
	const struct report_plan_request planned = {request->file, request->zone, request->now_ms, request->rrd_program};
	AUTO(report_plan) struct report_plan plan = {.n_sources = 0};

	if (report_plan_make(&plan, &planned, faults, err) < 0 || report_plan_look(&plan, faults, remarks, err) < 0)
		return -1;

	AUTO(say) struct say say = say_of(request);
	AUTO(document) struct document *document = document_new(request->language, err);
	AUTO(build) struct build build = {.document = document};

	return document && begin(&build, request, &plan, document, &say, faults, err) == 0 ? build_body(&build, err) : -1;
}
