/* SPDX-License-Identifier: MIT */
/* build_head.c - what stands above the parts: title, period, subject, verdict, preheader */
#include "report/build.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "report/labels.h"
#include "report/preheader.h"

/* ---- Title and subject ---- */

slice build_title(const struct build *build)
{
	static const enum word words[] = {[REPORT_PERFORMANCE] = WORD_TITLE_PERFORMANCE, [REPORT_QUALITY] = WORD_TITLE_QUALITY, [REPORT_TRAFFIC] = WORD_TITLE_TRAFFIC};

	const bool is_weekly = build->file->kind == REPORT_QUALITY && window_is_week(&build->span.window, build->say->zone);

	if (build->file->title)
		return slice_of(build->file->title);
	if (is_weekly)
		return say_word(build->say, WORD_TITLE_QUALITY_WEEK);
	return build->file->kind == REPORT_OWN ? slice_of(build->file->name) : say_word(build->say, words[build->file->kind]);
}

/* A subject has plain blanks before units; what a stranger may have put into the title is checked when it is read. */
static slice subject_of(const struct build *build, const struct verdict *verdict)
{
	const slice period = label_period(build->say, &build->span);

	if (verdict->cause.len == 0)
		return SAY(build->say, WORD_SUBJECT_NO_CAUSE, build_title(build), period, verdict->subject_word);
	return SAY(build->say, WORD_SUBJECT, build_title(build), period, verdict->subject_word, verdict->cause);
}

/* ---- Verdict ---- */

struct scenes {
	struct scene *items;
	size_t n;
};

static void release_scenes(struct scenes *scenes)
{
	free(scenes->items);
}
AUTO_DEFINE_VALUE(scenes, struct scenes, release_scenes)

static size_t count_logs(const struct build *build)
{
	size_t n = 0;

	for (size_t i = 0; i < build->plan->n_sources; i++)
		n += build->logs[i].weblog != NULL;
	return n;
}

static int set_scenes(const struct build *build, struct scenes *ret, courant_error **err)
{
	const struct report_plan *plan = build->plan;
	const struct targets *targets = &build->file->targets;

	if (!(ret->items = mem_array(plan->n_sources + 3, sizeof *ret->items)))
		return fail_memory(err);
	ret->items[ret->n++] = scene_of_sources(build->say, plan, &build->span);
	if (build->quality.is_wanted)
		ret->items[ret->n++] = scene_of_quality(build->say, targets, &build->quality, &build->span);
	for (size_t i = 0; i < plan->n_sources; i++) {
		const struct log *log = &build->logs[i];

		if (!log->weblog)
			continue;

		struct scene *scene = &ret->items[ret->n++];

		*scene = scene_of_traffic(build->say, targets, log->figures);
		scene->is_aside = !log->shows_traffic;
		if (count_logs(build) > 1)
			scene->source = slice_of(plan->sources[i].said->name);
	}
	if (build->metrics.n)
		ret->items[ret->n++] = scene_of_metrics(build->say, targets, &build->metrics, build->document, &build->span);
	/* A report of nothing that is judged (texts, tables of strangers) is well. */
	if (ret->n == 1)
		ret->items[ret->n++] = scene_of_metrics(build->say, targets, &build->metrics, build->document, &build->span);
	return 0;
}

static int set_verdict(const struct build *build, const struct scenes *scenes, courant_error **err)
{
	struct document *document = build->document;
	struct verdict verdict;

	verdict_make(scenes->items, scenes->n, &verdict);
	document->status = verdict.status;
	if (document_set(&document->status_word, verdict.status_word, err) < 0 || document_set(&document->verdict, verdict.sentence, err) < 0 ||
	    document_set(&document->preheader, preheader_of(build, &verdict), err) < 0)
		return -1;
	if (verdict.more.len && document_set(&document->verdict_more, verdict.more, err) < 0)
		return -1;
	build->say->context = FIGURE_PLAIN;
	verdict_make(scenes->items, scenes->n, &verdict);

	const slice subject = build->file->subject ? slice_of(build->file->subject) : subject_of(build, &verdict);

	build->say->context = FIGURE_SENTENCE;
	return document_set(&document->subject, subject, err);
}

/* ---- Comparison ---- */

/* Of what is compared: whether anything of the report has both periods, and whether something has a part of the former one. */
static void find_comparison(const struct build *build, bool *ret_has, bool *ret_has_part, bool *ret_is_incomplete)
{
	*ret_has = *ret_has_part = *ret_is_incomplete = false;
	for (size_t i = 0; i < build->takings.n; i++)
		*ret_has |= build->takings.items[i]->former != NULL;
	for (size_t i = 0; i < build->plan->n_sources; i++) {
		const struct figures *figures = build->logs[i].figures;

		if (!build->logs[i].weblog)
			continue;
		*ret_has |= figures->has_comparison;
		*ret_has_part |= figures->former.hits > 0;
		*ret_is_incomplete |= figures->is_incomplete;
	}
}

static int set_comparison(const struct build *build, courant_error **err)
{
	struct document *document = build->document;
	struct say *say = build->say;
	bool has, has_part, is_incomplete;

	if (!build->plan->wants_comparison)
		return 0;

	const slice former = label_short(say, &build->span.former_window);

	find_comparison(build, &has, &has_part, &is_incomplete);
	if (!has) {
		/* What is compared with is whole here when it is the period itself that lacks a part: the verdict says that. */
		if (is_incomplete)
			return 0;
		return document_set(&document->compared, SAY(say, has_part ? WORD_PARTLY_COMPARED : WORD_NOT_COMPARED, former), err);
	}
	if (document_set(&document->compared, SAY(say, WORD_COMPARED, former), err) < 0)
		return -1;
	return document_set(&document->former_label, label_former(say, &build->span), err);
}

/* ---- Head ---- */

static int set_optional(char **field, const char *text, courant_error **err)
{
	return text ? document_set(field, slice_of(text), err) : 0;
}

int build_head(const struct build *build, courant_error **err)
{
	AUTO(scenes) struct scenes scenes = {.n = 0};
	struct document *document = build->document;
	struct say *say = build->say;
	const slice now_label = build->span.is_whole ? label_whole(say, &build->span) : label_key(say, &build->span.window);

	document->zone = say->zone;
	if (document_set(&document->title, build_title(build), err) < 0 || document_set(&document->period, label_long(say, &build->span), err) < 0 ||
	    document_set(&document->now_label, now_label, err) < 0 || set_comparison(build, err) < 0)
		return -1;
	if (set_optional(&document->sample_note, build->file->note, err) < 0 || set_optional(&document->link, build->file->link, err) < 0)
		return -1;
	return set_scenes(build, &scenes, err) < 0 ? -1 : set_verdict(build, &scenes, err);
}
