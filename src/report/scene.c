/* SPDX-License-Identifier: MIT */
/* scene.c - which situations there are */
#include "report/scene.h"

#include <math.h>

#define ERRORS_TIMES     3.0 /* "errors tripled" */
#define ERRORS_FROM_NONE 10  /* where there were none before, fewer are not worth a word */
#define CHANCE_FACTOR    3.0

bool scene_is_beyond_chance(uint64_t now, uint64_t former)
{
	const double by = now > former ? (double)(now - former) : (double)(former - now);

	return by > CHANCE_FACTOR * sqrt((double)(former ? former : 1));
}

bool scene_is_without_data(const struct scene *scene)
{
	return scene->figures->now.hits == 0;
}

bool scene_is_over(const struct scene *scene)
{
	const struct side *now = &scene->figures->now;

	return now->errors_5xx > 0 &&
	       (double)now->errors_5xx > scene->targets->error_share * (double)now->hits;
}

bool scene_has_gap(const struct scene *scene)
{
	return scene->figures->is_incomplete;
}

bool scene_has_many_rejected(const struct scene *scene)
{
	const struct figures *figures = scene->figures;

	return figures->rejected > 0 &&
	       (double)figures->rejected >= scene->targets->rejected_share * (double)figures->lines;
}

bool scene_has_more_errors(const struct scene *scene)
{
	const uint64_t now = scene->figures->now.errors_5xx,
	               before = scene->figures->former.errors_5xx;

	if (!scene->figures->has_comparison || scene_is_over(scene))
		return false;
	if (before == 0)
		return now >= ERRORS_FROM_NONE;
	return (double)now >= ERRORS_TIMES * (double)before && scene_is_beyond_chance(now, before);
}

bool scene_is_up(const struct scene *scene)
{
	return scene->figures->has_comparison &&
	       scene_is_beyond_chance(scene->now, scene->before) &&
	       (double)scene->now >= (1 + scene->targets->traffic_change) * (double)scene->before &&
	       scene->now > scene->before;
}

bool scene_is_down(const struct scene *scene)
{
	return scene->figures->has_comparison &&
	       scene_is_beyond_chance(scene->now, scene->before) &&
	       (double)scene->now <= (1 - scene->targets->traffic_change) * (double)scene->before &&
	       scene->now < scene->before;
}
