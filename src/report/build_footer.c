/* SPDX-License-Identifier: MIT */
/* build_footer.c - the footer that vouches for the figures: sources, window, lines, estimates */
#include "report/build.h"

#include "report/places.h"

#define PLACES_SHOWN 3

static int add_row(const struct build *build, enum word label, slice text, courant_error **err)
{
	return document_add_footer(build->document, word(label, build->say->language), text, err);
}

/* One row of several things that belong together. */
static slice join(struct say *say, slice list, slice item)
{
	return list.len ? SAY(say, WORD_ROW_JOIN, list, item) : item;
}

/* ---- Sources ---- */

/* web：/var/log/nginx/access.log、access.log.1（2 个文件） */
static slice name_of_source(const struct build *build, const struct plan_source *source)
{
	const struct log *log = build_log_of(build, source);
	const slice name = slice_of(source->said->name);
	struct source_facts facts;
	struct say *say = build->say;
	slice list = {NULL, 0};

	if (source->state != PLAN_OPEN)
		return SAY(say, source->state == PLAN_ABSENT ? WORD_SOURCE_ABSENT : WORD_SOURCE_FAILED, name, place_failure(say, source));
	source_facts(source->source, &facts);
	for (size_t i = 0; i < facts.n_places && i < PLACES_SHOWN; i++) {
		const slice place = place_name(say, facts.places, i);

		list = i ? SAY(say, WORD_LIST_JOIN, list, place) : place;
	}
	if (facts.n_places > PLACES_SHOWN)
		list = SAY(say, WORD_SOURCES_MORE, list, say_count(say, facts.n_places - PLACES_SHOWN));
	return log ? SAY(say, WORD_SOURCES_FILES, name, list, say_count(say, log->figures->files)) : SAY(say, WORD_SOURCE, name, list);
}

static int add_sources(const struct build *build, courant_error **err)
{
	slice row = {NULL, 0};

	for (size_t i = 0; i < build->plan->n_sources; i++)
		if (!build->plan->sources[i].said->is_left_out)
			row = join(build->say, row, name_of_source(build, &build->plan->sources[i]));
	return add_row(build, WORD_LABEL_SOURCES, row, err);
}

/* ---- Window ---- */

static slice iso_end(struct say *say, int64_t ms)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(100);

	if (zone_day_start(say->zone, ms) != ms)
		return say_iso_time(say, ms);
	format_date(&text, DATE_ISO, ms - 1, say->zone, say->language);
	buffer_append(&text, SLICE(" 24:00:00"));
	return say_text(say, buffer_peek(&text));
}

/* What of the window the log has lines of. */
static slice lines_in_window(const struct log *log, slice window)
{
	const struct side *now = &log->figures->now;
	struct say *say = log->say;
	const bool is_one_day = window_days(&log->figures->window, say->zone) <= 1 && !log->figures->is_whole_log;

	if (now->hits == 0)
		return SAY(say, WORD_WINDOW_NO_LINES, window);
	return SAY(say, WORD_WINDOW_LINES, window, is_one_day ? say_clock_second(say, now->first_ms) : say_iso_time(say, now->first_ms),
		   is_one_day ? say_clock_second(say, now->last_ms) : say_iso_time(say, now->last_ms), say_duration(say, now->gap_ms));
}

static int add_window(const struct build *build, courant_error **err)
{
	const struct span *span = &build->span;
	struct say *say = build->say;
	const slice zone = slice_of(zone_name(say->zone));
	const slice window = span->is_whole ? SAY(say, span->is_of_log ? WORD_WINDOW_ALL : WORD_WINDOW_ALL_DATA, zone)
					    : SAY(say, WORD_WINDOW, say_iso_time(say, span->window.from_ms), iso_end(say, span->window.to_ms), zone);
	const struct log *log = build_first_log(build);

	return add_row(build, WORD_LABEL_WINDOW, log ? lines_in_window(log, window) : window, err);
}

/* ---- Logs ---- */

/* Lines as an equation, so that nothing can have been lost. */
static slice equation_of(const struct log *log)
{
	const struct figures *figures = log->figures;
	struct say *say = log->say;
	const uint64_t compared = figures->wants_comparison ? figures->former.hits : 0;
	const uint64_t outside = figures->hits - figures->now.hits - compared;
	const slice share =
		figures->rejected ? SAY(say, WORD_EQUATION_SHARE, say_share_exact(say, (double)figures->rejected / (double)figures->lines)) : SLICE("");
	const enum word equation = compared && outside ? WORD_EQUATION_COMPARED
				   : compared          ? WORD_EQUATION_COMPARED_ONLY
				   : outside           ? WORD_EQUATION_OUTSIDE
						       : WORD_EQUATION;

	return SAY(say, equation, say_count(say, figures->lines), say_count(say, figures->now.hits), say_count(say, figures->rejected), share,
		   say_count(say, outside), say_count(say, compared));
}

static slice of_source(const struct build *build, size_t i, size_t n_logs, slice text)
{
	return n_logs > 1 ? SAY(build->say, WORD_SOURCE, slice_of(build->plan->sources[i].said->name), text) : text;
}

static int add_logs(const struct build *build, courant_error **err)
{
	slice equations = {NULL, 0}, estimates = {NULL, 0};
	struct say *say = build->say;
	size_t n_logs = 0;

	for (size_t i = 0; i < build->plan->n_sources; i++)
		n_logs += build->logs[i].weblog != NULL;
	for (size_t i = 0; i < build->plan->n_sources; i++) {
		const struct log *log = &build->logs[i];

		if (!log->weblog)
			continue;
		equations = join(say, equations, of_source(build, i, n_logs, equation_of(log)));
		if (log->shows_traffic)
			estimates = join(say, estimates,
					 of_source(build, i, n_logs, say_word(say, log->has_agents || log->figures->hits == 0 ? WORD_ESTIMATES_NONE : WORD_NO_AGENTS)));
	}
	if (equations.len && add_row(build, WORD_LABEL_LINES, equations, err) < 0)
		return -1;
	return estimates.len ? add_row(build, WORD_LABEL_ESTIMATES, estimates, err) : 0;
}

/* ---- Series ---- */

static const struct gap *longest(const struct samples *samples)
{
	const struct gap *longest = NULL;

	for (size_t i = 0; i < samples->n_gaps; i++)
		if (!longest || samples->gaps[i].to_ms - samples->gaps[i].from_ms > longest->to_ms - longest->from_ms)
			longest = &samples->gaps[i];
	return longest;
}

/* 网络 93.8%（缺 12:40–14:10） */
static slice coverage_of(const struct build *build, const struct metric_chart *chart)
{
	const struct gap *gap = longest(&chart->samples);
	struct say *say = build->say;
	const slice subject = metric_subject(say, chart), share = say_share(say, table_head(chart->taken->now)->coverage);

	/* Where there is nothing at all it need not be told when. */
	if (!gap || !metric_chart_has_data(chart))
		return SAY(say, WORD_COVERED_PARTLY, subject, share);
	return SAY(say, chart->samples.n_gaps > 1 ? WORD_COVERED_BUT_OFTEN : WORD_COVERED_BUT, subject, share, label_minute(say, &build->span, gap->from_ms),
		   label_minute_end(say, &build->span, gap->to_ms), say_count(say, chart->samples.n_gaps));
}

/* Those that lack nothing are told together. */
static slice coverage_of_series(const struct build *build)
{
	struct say *say = build->say;
	slice partly = {NULL, 0}, wholly = {NULL, 0};

	for (size_t i = 0; i < build->metrics.n; i++) {
		const struct metric_chart *chart = build->metrics.items[i];

		if (!chart->taken->of->is_series)
			continue;
		if (table_head(chart->taken->now)->coverage < 1)
			partly = join(say, partly, coverage_of(build, chart));
		else
			wholly = wholly.len ? SAY(say, WORD_LIST_JOIN, wholly, metric_subject(say, chart)) : metric_subject(say, chart);
	}
	return wholly.len ? join(say, partly, SAY(say, WORD_COVERED_WHOLLY, wholly)) : partly;
}

static int add_coverage(const struct build *build, courant_error **err)
{
	const struct quality *quality = &build->quality;
	struct say *say = build->say;
	slice row = coverage_of_series(build);

	if (quality->expected)
		row = join(say, row,
			   SAY(say, WORD_PROBES_DONE, say_share(say, (double)quality->availability.done / (double)quality->expected), say_count(say, quality->expected),
			       say_count(say, quality->availability.done)));
	return row.len ? add_row(build, WORD_LABEL_COVERAGE, row, err) : 0;
}

static int add_resets(const struct build *build, courant_error **err)
{
	struct say *say = build->say;
	slice row = {NULL, 0};
	bool has_rates = false;

	for (size_t i = 0; i < build->metrics.n; i++) {
		const struct metric_chart *chart = build->metrics.items[i];
		const uint64_t resets = table_head(chart->taken->now)->resets;

		has_rates |= chart->samples.type == TABLE_RATE || chart->samples.type == TABLE_BYTE_RATE;
		if (resets)
			row = join(say, row, SAY(say, WORD_RESETS_OF, metric_subject(say, chart), say_count(say, resets)));
	}
	if (!row.len && !has_rates)
		return 0;
	return add_row(build, WORD_LABEL_RESETS, row.len ? row : say_word(say, WORD_RESETS_NONE), err);
}

/* ---- Quality ---- */

static int add_targets(const struct build *build, courant_error **err)
{
	const struct targets *targets = &build->file->targets;
	const struct quality *quality = &build->quality;
	struct say *say = build->say;
	slice row = {NULL, 0};

	if (!quality->is_wanted)
		return 0;
	if (targets->availability > 0)
		row = SAY(say, WORD_TARGET_AVAILABILITY, say_target_share(say, targets->availability));
	if (targets->p95_s > 0)
		row = join(say, row, SAY(say, WORD_TARGET_P95, say_seconds(say, targets->p95_s)));
	if (targets->availability > 0 && quality->availability.done)
		row = join(say, row, SAY(say, WORD_TARGET_BUDGET, say_count(say, (uint64_t)((1 - targets->availability) * (double)quality->availability.done + 0.5))));
	if (row.len && add_row(build, WORD_LABEL_TARGETS, row, err) < 0)
		return -1;
	return quality_has_latency(&quality->latency) ? add_row(build, WORD_LABEL_ESTIMATES, say_word(say, WORD_ESTIMATE_PERCENTILES), err) : 0;
}

static int add_attachments(const struct build *build, courant_error **err)
{
	struct say *say = build->say;
	slice row = {NULL, 0};

	for (size_t i = 0; i < build->enclosures.n; i++)
		row = join(say, row, say_text(say, slice_of(build->enclosures.items[i].name)));
	return row.len ? add_row(build, WORD_LABEL_ATTACHMENTS, row, err) : 0;
}

static int add_own_site(const struct build *build, courant_error **err)
{
	const struct log *log = build_first_log(build);
	struct say *say = build->say;

	if (!log || !log->shows_traffic || !log->own_site.len)
		return 0;
	return add_row(build, WORD_LABEL_OWN_SITE, SAY(say, log->is_site_given ? WORD_OWN_SITE_GIVEN : WORD_OWN_SITE_FOUND, say_text(say, log->own_site)), err);
}

/* ---- Footer ---- */

static int set_made_by(const struct build *build, int64_t took_ms, courant_error **err)
{
	const int64_t now_ms = build->span.now_ms;
	struct say *say = build->say;
	const slice version = SLICE(COURANT_VERSION), name = slice_of(build->file->name), made = say_iso_time(say, now_ms), zone = say_zone_short(say, now_ms);

	if (took_ms < 0)
		return document_set(&build->document->made_by, SAY(say, WORD_MADE_BY, version, name, made, zone), err);
	return document_set(&build->document->made_by, SAY(say, WORD_MADE_BY_IN, version, name, made, zone, say_duration(say, took_ms)), err);
}

int build_footer(const struct build *build, int64_t took_ms, courant_error **err)
{
	if (add_sources(build, err) < 0 || add_window(build, err) < 0 || add_coverage(build, err) < 0 || add_resets(build, err) < 0)
		return -1;
	if (add_logs(build, err) < 0 || add_targets(build, err) < 0 || add_own_site(build, err) < 0 || add_attachments(build, err) < 0)
		return -1;
	return set_made_by(build, took_ms, err);
}
