/* SPDX-License-Identifier: MIT */
/* verdict.c - the table of situations, and the verdict that the worst of them makes */
#include "report/verdict.h"

#include "report/labels.h"
#include "report/scene.h"

static bool is_always(const struct scene *scene)
{
	(void)scene;
	return true;
}

static slice nothing(const struct scene *scene)
{
	(void)scene;
	return SLICE("");
}

/* The worst first. */
static const struct situation {
	enum status status;
	enum word status_word, subject_word;
	scene_test *holds;
	scene_words *sentence;
	scene_words *detail; /* what is added when it is the verdict */
	scene_words *cause;
	bool ends; /* nothing else can be said beside it */
} situations[] = {
        {STATUS_INCOMPLETE, WORD_STATUS_NO_DATA, WORD_SUBJECT_NO_DATA, scene_is_without_data,
         scene_no_data_sentence, nothing, nothing, true},
        {STATUS_PROBLEM, WORD_STATUS_PROBLEM, WORD_SUBJECT_PROBLEM, scene_is_over,
         scene_over_sentence, scene_errors_detail, scene_over_cause, false},
        {STATUS_INCOMPLETE, WORD_STATUS_INCOMPLETE, WORD_SUBJECT_INCOMPLETE, scene_has_gap,
         scene_gap_sentence, scene_traffic_detail, scene_gap_cause, false},
        {STATUS_INCOMPLETE, WORD_STATUS_INCOMPLETE, WORD_SUBJECT_INCOMPLETE,
         scene_has_many_rejected, scene_rejected_sentence, scene_traffic_detail,
         scene_rejected_cause, false},
        {STATUS_ATTENTION, WORD_STATUS_ATTENTION, WORD_SUBJECT_ATTENTION, scene_has_more_errors,
         scene_more_errors_sentence, scene_errors_detail, scene_more_errors_cause, false},
        {STATUS_ATTENTION, WORD_STATUS_ATTENTION, WORD_SUBJECT_ATTENTION, scene_is_up,
         scene_up_sentence, nothing, scene_up_cause, false},
        {STATUS_ATTENTION, WORD_STATUS_ATTENTION, WORD_SUBJECT_ATTENTION, scene_is_down,
         scene_down_sentence, scene_errors_after, scene_down_cause, false},
        {STATUS_OK, WORD_STATUS_OK, WORD_SUBJECT_OK, is_always, scene_normal_sentence, nothing,
         scene_normal_cause, true},
};

static slice join(struct say *say, slice first, slice second)
{
	if (first.len == 0 || second.len == 0)
		return first.len ? first : second;
	return SAY(say, WORD_TWO_SENTENCES, first, second);
}

/* What closes the second line: the second worst situation, or else the traffic where the verdict did not say it. */
static slice closing(struct scene *scene, const struct situation *worst)
{
	const struct figures *figures = scene->figures;

	for (const struct situation *second = worst + 1; !worst->ends && !second->ends; second++) {
		if (second->holds(scene)) {
			scene->is_alone = true;
			return second->sentence(scene);
		}
	}
	if (worst->detail == scene_errors_detail)
		return scene_traffic_detail(scene);
	if (worst->holds == is_always && figures->wants_comparison && !figures->has_comparison)
		return SAY(scene->say,
		           figures->former.hits ? WORD_PART_COMPARISON_SENTENCE
		                                : WORD_NO_COMPARISON_SENTENCE,
		           label_short(scene->say, &figures->former_window));
	return SLICE("");
}

/* The causes name changes without their base; a preheader has room for it. */
static slice preheader_of(const struct scene *scene, const struct situation *worst)
{
	const struct side *now = &scene->figures->now, *former = &scene->figures->former;

	if (worst->holds == scene_has_more_errors && former->errors_5xx > 0)
		return SAY(scene->say, WORD_PREHEADER_ERRORS_UP,
		           say_count(scene->say, now->errors_5xx),
		           say_times(scene->say, now->errors_5xx, former->errors_5xx),
		           scene->former);
	if (worst->holds == is_always)
		return scene_errors(scene);
	if (worst->holds == scene_is_without_data)
		return say_word(scene->say, WORD_STATUS_NO_DATA);
	return worst->cause(scene);
}

void verdict_make(struct say *say, const struct figures *figures, const struct targets *targets,
                  struct verdict *ret)
{
	const bool by_views = figures->now.page_views > 0 ||
	                      (figures->has_comparison && figures->former.page_views > 0);
	struct scene scene = {
	        .say = say,
	        .figures = figures,
	        .targets = targets,
	        .former = figures->wants_comparison ? label_former(say, figures) : SLICE(""),
	        .is_by_views = by_views,
	        .now = by_views ? figures->now.page_views : figures->now.hits,
	        .before = by_views ? figures->former.page_views : figures->former.hits,
	};
	const struct situation *worst = situations;

	while (!worst->holds(&scene))
		worst++;
	ret->status = worst->status;
	ret->status_word = say_word(say, worst->status_word);
	ret->subject_word = say_word(say, worst->subject_word);
	ret->sentence = worst->sentence(&scene);
	ret->cause = worst->cause(&scene);
	/* A report that cannot vouch for its data says so in its subject, whatever is worse. */
	if (worst->status == STATUS_PROBLEM &&
	    (scene_has_gap(&scene) || scene_has_many_rejected(&scene)))
		ret->cause = SAY(say, WORD_CAUSE_AND_INCOMPLETE, ret->cause);
	ret->preheader = preheader_of(&scene, worst);
	ret->more = join(say, worst->detail(&scene), closing(&scene, worst));
}
