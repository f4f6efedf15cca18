/* SPDX-License-Identifier: MIT */
/* build_frame.c - what stands around the parts: title, period, subject, verdict, preheader, and the footer that vouches for the figures */
#include "report/build.h"

#include "base/utf8.h"
#include "report/labels.h"
#include "report/verdict.h"

#define PREHEADER_LEAST                                                                            \
	60 /* characters: shorter, and mail readers show the beginning of the title behind it */
#define PREHEADER_MOST 110
#define SOURCES_SHOWN  3
#define SOURCE_MAX_COLUMNS 60 /* say_text cuts there */

/* ---- Head ---- */

static slice title_of(const struct build *build)
{
	return build->file->title ? slice_of(build->file->title)
	                          : say_word(build->say, WORD_TITLE_TRAFFIC);
}

/* A subject has plain blanks before units; what a stranger may have put into the title is checked when it is read. */
static slice subject_of(const struct build *build, const struct verdict *verdict)
{
	const slice period = label_period(build->say, build->figures);

	if (verdict->cause.len == 0)
		return SAY(build->say, WORD_SUBJECT_NO_CAUSE, title_of(build), period,
		           verdict->subject_word);
	return SAY(build->say, WORD_SUBJECT, title_of(build), period, verdict->subject_word,
	           verdict->cause);
}

static slice figure(const struct build *build, enum word label, slice now_text, uint64_t now,
                    uint64_t former)
{
	struct say *say = build->say;

	if (!build->figures->has_comparison)
		return SAY(say, WORD_PREHEADER_FIGURE, say_word(say, label), now_text);
	return SAY(say, WORD_PREHEADER_FIGURE_CHANGED, say_word(say, label), now_text,
	           say_arrow(say, now, former));
}

#define PREHEADER_PARTS 7

/* What may follow the verdict's figures, the most wanted first. */
static size_t preheader_parts(const struct build *build, slice parts[PREHEADER_PARTS])
{
	const struct figures *figures = build->figures;
	const struct side *now = &figures->now, *former = &figures->former;
	struct say *say = build->say;
	size_t n = 0;

	if (now->hits > 0) {
		if (build->has_agents) {
			parts[n++] = figure(build, WORD_PREHEADER_VISITORS,
			                    say_count(say, now->visitors), now->visitors,
			                    former->visitors);
			parts[n++] = figure(build, WORD_PREHEADER_PAGE_VIEWS,
			                    say_count(say, now->page_views), now->page_views,
			                    former->page_views);
		}
		parts[n++] = figure(build, WORD_PREHEADER_DATA, say_bytes(say, now->bytes),
		                    now->bytes, former->bytes);
		parts[n++] = figure(build, WORD_PREHEADER_HITS, say_count(say, now->hits),
		                    now->hits, former->hits);
		if (build->has_agents)
			parts[n++] =
			        figure(build, WORD_PREHEADER_VISITS, say_count(say, now->visits),
			               now->visits, former->visits);
	} else {
		parts[n++] = SAY(say, WORD_PREHEADER_LINES, say_count(say, figures->lines),
		                 say_count(say, figures->hits), say_count(say, figures->rejected));
	}
	parts[n++] = SAY(say, WORD_PREHEADER_MADE, say_iso_time(say, figures->now_ms),
	                 label_period(say, figures));
	parts[n++] = SAY(say, WORD_PREHEADER_SOURCE, slice_of(build->file->source));
	return n;
}

/* Parts are added until there are enough characters, and those that would make too many are left out. */
static slice preheader_of(const struct build *build, const struct verdict *verdict)
{
	slice parts[PREHEADER_PARTS], joined = {NULL, 0}, whole = verdict->preheader;
	const size_t n = preheader_parts(build, parts);

	for (size_t i = 0; i < n && (i < 3 || utf8_count(whole) < PREHEADER_LEAST); i++) {
		const slice longer =
		        joined.len ? SAY(build->say, WORD_PREHEADER_JOIN, joined, parts[i])
		                   : parts[i];
		const slice candidate = SAY(build->say, WORD_PREHEADER, verdict->preheader, longer);

		if (utf8_count(candidate) > PREHEADER_MOST)
			continue;
		joined = longer;
		whole = candidate;
	}
	return whole;
}

static int set_verdict(const struct build *build, courant_error **err)
{
	struct document *document = build->document;
	const struct scene scene = scene_of_traffic(build->say, &build->file->targets, build->figures);
	struct verdict verdict;

	verdict_make(&scene, 1, &verdict);
	document->status = verdict.status;
	if (document_set(&document->status_word, verdict.status_word, err) < 0 ||
	    document_set(&document->verdict, verdict.sentence, err) < 0 ||
	    document_set(&document->preheader, preheader_of(build, &verdict), err) < 0)
		return -1;
	if (verdict.more.len && document_set(&document->verdict_more, verdict.more, err) < 0)
		return -1;
	build->say->context = FIGURE_PLAIN;
	verdict_make(&scene, 1, &verdict);
	const slice subject =
	        build->file->subject ? slice_of(build->file->subject) : subject_of(build, &verdict);
	build->say->context = FIGURE_SENTENCE;
	return document_set(&document->subject, subject, err);
}

static int set_comparison(const struct build *build, courant_error **err)
{
	const struct figures *figures = build->figures;
	struct document *document = build->document;
	struct say *say = build->say;

	if (!figures->wants_comparison)
		return 0;
	const slice former = label_short(say, &figures->former_window);
	if (!figures->has_comparison) {
		/* What is compared with is whole here when it is the period itself that lacks a part: the verdict says that. */
		if (figures->is_incomplete)
			return 0;
		return document_set(
		        &document->compared,
		        SAY(say, figures->former.hits ? WORD_PARTLY_COMPARED : WORD_NOT_COMPARED,
		            former),
		        err);
	}
	if (document_set(&document->compared, SAY(say, WORD_COMPARED, former), err) < 0)
		return -1;
	return document_set(&document->former_label, label_former(say, figures), err);
}

static int set_optional(char **field, const char *text, courant_error **err)
{
	return text ? document_set(field, slice_of(text), err) : 0;
}

int build_head(const struct build *build, courant_error **err)
{
	struct document *document = build->document;
	const struct figures *figures = build->figures;
	struct say *say = build->say;
	const slice now_label = figures->is_whole_log ? say_word(say, WORD_WHOLE_LOG)
	                                              : label_key(say, &figures->window);

	document->zone = say->zone;
	if (document_set(&document->title, title_of(build), err) < 0 ||
	    document_set(&document->period, label_long(say, figures), err) < 0 ||
	    document_set(&document->now_label, now_label, err) < 0 ||
	    set_comparison(build, err) < 0)
		return -1;
	if (set_optional(&document->sample_note, build->file->note, err) < 0 ||
	    set_optional(&document->link, build->file->link, err) < 0)
		return -1;
	return set_verdict(build, err);
}

/* ---- Footer ---- */

static int add_row(const struct build *build, enum word label, slice text, courant_error **err)
{
	return document_add_footer(build->document, word(label, build->say->language), text, err);
}

/* web：/var/log/nginx/access.log、access.log.1（2 个文件） */
static int add_sources(const struct build *build, const char *const *logs, size_t n_logs,
                       courant_error **err)
{
	struct say *say = build->say;
	slice list = {NULL, 0};

	for (size_t i = 0; i < n_logs && i < SOURCES_SHOWN; i++) {
		const slice log = slice_of(logs[i]), previous = slice_of(i ? logs[i - 1] : NULL);
		const size_t slash = slice_find_last(log, '/');
		/* The folder stands once. */
		const bool is_same_folder =
		        i > 0 && slash != SLICE_NONE && slash == slice_find_last(previous, '/') &&
		        slice_equal(slice_part(log, 0, slash), slice_part(previous, 0, slash));
		/* Of a long path the end says more than the beginning. */
		const bool is_long = utf8_width(log) > SOURCE_MAX_COLUMNS;
		const slice shown = slash != SLICE_NONE && (is_same_folder || is_long)
		                            ? slice_after(log, slash + 1)
		                            : log;
		const slice name = say_text(say, shown);

		list = i ? SAY(say, WORD_LIST_JOIN, list, name) : name;
	}
	if (n_logs > SOURCES_SHOWN)
		list = SAY(say, WORD_SOURCES_MORE, list, say_count(say, n_logs - SOURCES_SHOWN));
	return add_row(build, WORD_LABEL_SOURCES,
	               SAY(say, WORD_SOURCES_FILES, slice_of(build->file->source), list,
	                   say_count(say, build->figures->files)),
	               err);
}

static slice iso_end(struct say *say, int64_t ms)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(100);

	if (zone_day_start(say->zone, ms) != ms)
		return say_iso_time(say, ms);
	format_date(&text, DATE_ISO, ms - 1, say->zone, say->language);
	buffer_append(&text, SLICE(" 24:00:00"));
	return say_text(say, buffer_peek(&text));
}

static int add_window(const struct build *build, courant_error **err)
{
	const struct figures *figures = build->figures;
	const struct side *now = &figures->now;
	struct say *say = build->say;
	const slice zone = slice_of(zone_name(say->zone));
	const slice window = figures->is_whole_log ? SAY(say, WORD_WINDOW_ALL, zone)
	                                           : SAY(say, WORD_WINDOW,
	                                                 say_iso_time(say, figures->window.from_ms),
	                                                 iso_end(say, figures->window.to_ms), zone);
	const bool is_one_day =
	        window_days(&figures->window, say->zone) <= 1 && !figures->is_whole_log;

	if (now->hits == 0)
		return add_row(build, WORD_LABEL_WINDOW, SAY(say, WORD_WINDOW_NO_LINES, window),
		               err);
	return add_row(build, WORD_LABEL_WINDOW,
	               SAY(say, WORD_WINDOW_LINES, window,
	                   is_one_day ? say_clock_second(say, now->first_ms)
	                              : say_iso_time(say, now->first_ms),
	                   is_one_day ? say_clock_second(say, now->last_ms)
	                              : say_iso_time(say, now->last_ms),
	                   say_duration(say, now->gap_ms)),
	               err);
}

/* Lines as an equation, so that nothing can have been lost. */
static int add_equation(const struct build *build, courant_error **err)
{
	const struct figures *figures = build->figures;
	struct say *say = build->say;
	const uint64_t compared = figures->wants_comparison ? figures->former.hits : 0;
	const uint64_t outside = figures->hits - figures->now.hits - compared;
	const slice share = figures->rejected
	                            ? SAY(say, WORD_EQUATION_SHARE,
	                                  say_share_exact(say, (double)figures->rejected /
	                                                               (double)figures->lines))
	                            : SLICE("");
	const enum word equation = compared && outside ? WORD_EQUATION_COMPARED
	                           : compared          ? WORD_EQUATION_COMPARED_ONLY
	                           : outside           ? WORD_EQUATION_OUTSIDE
	                                               : WORD_EQUATION;

	return add_row(build, WORD_LABEL_LINES,
	               SAY(say, equation, say_count(say, figures->lines),
	                   say_count(say, figures->now.hits), say_count(say, figures->rejected),
	                   share, say_count(say, outside), say_count(say, compared)),
	               err);
}

static int set_made_by(const struct build *build, int64_t took_ms, courant_error **err)
{
	const int64_t now_ms = build->figures->now_ms;
	struct say *say = build->say;
	const slice version = SLICE(COURANT_VERSION), name = slice_of(build->file->name),
	            made = say_iso_time(say, now_ms), zone = say_zone_short(say, now_ms);

	if (took_ms < 0)
		return document_set(&build->document->made_by,
		                    SAY(say, WORD_MADE_BY, version, name, made, zone), err);
	return document_set(
	        &build->document->made_by,
	        SAY(say, WORD_MADE_BY_IN, version, name, made, zone, say_duration(say, took_ms)),
	        err);
}

int build_footer(const struct build *build, int64_t took_ms, const char *const *logs, size_t n_logs,
                 courant_error **err)
{
	struct say *say = build->say;

	if (add_sources(build, logs, n_logs, err) < 0 || add_window(build, err) < 0 ||
	    add_equation(build, err) < 0)
		return -1;
	if (add_row(build, WORD_LABEL_ESTIMATES,
	            say_word(say, build->has_agents || build->figures->hits == 0
	                                  ? WORD_ESTIMATES_NONE
	                                  : WORD_NO_AGENTS),
	            err) < 0)
		return -1;
	if (build->own_site.len &&
	    add_row(build, WORD_LABEL_OWN_SITE,
	            SAY(say, build->file->site ? WORD_OWN_SITE_GIVEN : WORD_OWN_SITE_FOUND,
	                say_text(say, build->own_site)),
	            err) < 0)
		return -1;
	if (build->file->footer &&
	    document_add_footer(build->document, "", slice_of(build->file->footer), err) < 0)
		return -1;
	return set_made_by(build, took_ms, err);
}
