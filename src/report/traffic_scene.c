/* SPDX-License-Identifier: MIT */
/* traffic_scene.c - which situations of the traffic there are */
#include "report/traffic_scene.h"

#include <math.h>

#include "report/labels.h"

#define ERRORS_TIMES     3.0 /* "errors tripled" */
#define ERRORS_FROM_NONE 10  /* where there were none before, fewer are not worth a word */
#define CHANCE_FACTOR    3.0

bool traffic_is_beyond_chance(uint64_t now, uint64_t former)
{
	const double by = now > former ? (double)(now - former) : (double)(former - now);

	return by > CHANCE_FACTOR * sqrt((double)(former ? former : 1));
}

static bool is_without_data(const struct scene *scene)
{
	return scene->traffic->now.hits == 0;
}

static bool is_over(const struct scene *scene)
{
	const struct side *now = &scene->traffic->now;

	return now->errors_5xx > 0 &&
	       (double)now->errors_5xx > scene->targets->error_share * (double)now->hits;
}

static bool has_gap(const struct scene *scene)
{
	return scene->traffic->is_incomplete;
}

static bool has_many_rejected(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;

	return figures->rejected > 0 &&
	       (double)figures->rejected >= scene->targets->rejected_share * (double)figures->lines;
}

static bool has_more_errors(const struct scene *scene)
{
	const uint64_t now = scene->traffic->now.errors_5xx,
	               before = scene->traffic->former.errors_5xx;

	if (!scene->traffic->has_comparison || is_over(scene))
		return false;
	if (before == 0)
		return now >= ERRORS_FROM_NONE;
	return (double)now >= ERRORS_TIMES * (double)before && traffic_is_beyond_chance(now, before);
}

bool traffic_is_up(const struct scene *scene)
{
	return scene->traffic->has_comparison &&
	       traffic_is_beyond_chance(scene->now, scene->before) &&
	       (double)scene->now >= (1 + scene->targets->traffic_change) * (double)scene->before &&
	       scene->now > scene->before;
}

bool traffic_is_down(const struct scene *scene)
{
	return scene->traffic->has_comparison &&
	       traffic_is_beyond_chance(scene->now, scene->before) &&
	       (double)scene->now <= (1 - scene->targets->traffic_change) * (double)scene->before &&
	       scene->now < scene->before;
}

static bool is_always(const struct scene *scene)
{
	(void)scene;
	return true;
}

/* ---- The situations ---- */

/* The worst first. Without a comparison only the limits judge. */
static const struct situation situations[] = {
	{.status = STATUS_INCOMPLETE,
	 .status_word = WORD_STATUS_NO_DATA,
	 .subject_word = WORD_SUBJECT_NO_DATA,
	 .holds = is_without_data,
	 .sentence = traffic_no_data_sentence,
	 .headline = traffic_no_data_headline,
	 .ends = true},
	{.status = STATUS_PROBLEM,
	 .status_word = WORD_STATUS_PROBLEM,
	 .subject_word = WORD_SUBJECT_PROBLEM,
	 .holds = is_over,
	 .sentence = traffic_over_sentence,
	 .cause = traffic_over_cause,
	 .detail = traffic_errors_detail,
	 .closing = traffic_detail},
	{.status = STATUS_INCOMPLETE,
	 .status_word = WORD_STATUS_INCOMPLETE,
	 .subject_word = WORD_SUBJECT_INCOMPLETE,
	 .holds = has_gap,
	 .sentence = traffic_gap_sentence,
	 .cause = traffic_gap_cause,
	 .detail = traffic_detail},
	{.status = STATUS_INCOMPLETE,
	 .status_word = WORD_STATUS_INCOMPLETE,
	 .subject_word = WORD_SUBJECT_INCOMPLETE,
	 .holds = has_many_rejected,
	 .sentence = traffic_rejected_sentence,
	 .cause = traffic_rejected_cause,
	 .detail = traffic_detail},
	{.status = STATUS_ATTENTION,
	 .status_word = WORD_STATUS_ATTENTION,
	 .subject_word = WORD_SUBJECT_ATTENTION,
	 .holds = has_more_errors,
	 .sentence = traffic_more_errors_sentence,
	 .cause = traffic_more_errors_cause,
	 .headline = traffic_more_errors_headline,
	 .detail = traffic_errors_detail,
	 .closing = traffic_detail},
	{.status = STATUS_ATTENTION,
	 .status_word = WORD_STATUS_ATTENTION,
	 .subject_word = WORD_SUBJECT_ATTENTION,
	 .holds = traffic_is_up,
	 .sentence = traffic_up_sentence,
	 .cause = traffic_up_cause},
	{.status = STATUS_ATTENTION,
	 .status_word = WORD_STATUS_ATTENTION,
	 .subject_word = WORD_SUBJECT_ATTENTION,
	 .holds = traffic_is_down,
	 .sentence = traffic_down_sentence,
	 .cause = traffic_down_cause,
	 .detail = traffic_errors_after},
	{.status = STATUS_OK,
	 .status_word = WORD_STATUS_OK,
	 .subject_word = WORD_SUBJECT_OK,
	 .holds = is_always,
	 .sentence = traffic_normal_sentence,
	 .cause = traffic_normal_cause,
	 .headline = traffic_errors,
	 .closing = traffic_no_comparison},
	{.holds = NULL},
};

struct scene scene_of_traffic(struct say *say, const struct targets *targets, const struct figures *figures)
{
	const bool by_views = figures->now.page_views > 0 || (figures->has_comparison && figures->former.page_views > 0);

	const struct span span = figures_span(figures);

	return (struct scene){
		.situations = situations,
		.say = say,
		.span = span,
		.targets = targets,
		.traffic = figures,
		.former = figures->wants_comparison ? label_former(say, &span) : SLICE(""),
		.is_by_views = by_views,
		.now = by_views ? figures->now.page_views : figures->now.hits,
		.before = by_views ? figures->former.page_views : figures->former.hits,
	};
}
