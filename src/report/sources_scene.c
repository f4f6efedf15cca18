/* SPDX-License-Identifier: MIT */
/* sources_scene.c - what may be the matter with the sources themselves: one or several could not be read */
#include "report/places.h"
#include "report/scene.h"

static size_t count_failed(const struct scene *scene, const struct plan_source **ret_first)
{
	size_t n = 0;

	for (size_t i = 0; i < scene->plan->n_sources; i++) {
		const struct plan_source *source = &scene->plan->sources[i];

		if (source->state == PLAN_FAILED && n++ == 0)
			*ret_first = source;
	}
	return n;
}

static bool has_failed(const struct scene *scene)
{
	const struct plan_source *first;

	return count_failed(scene, &first) > 0;
}

static slice failed_sentence(const struct scene *scene)
{
	const struct plan_source *first = NULL;
	struct say *say = scene->say;
	const size_t n = count_failed(scene, &first);
	const slice name = slice_of(first->said->name), reason = place_failure(say, first);

	return n > 1 ? SAY(say, WORD_VERDICT_SOURCES_FAILED, name, reason, say_count(say, n - 1)) : SAY(say, WORD_VERDICT_SOURCE_FAILED, name, reason);
}

static slice failed_cause(const struct scene *scene)
{
	const struct plan_source *first = NULL;
	const size_t n = count_failed(scene, &first);
	const slice name = slice_of(first->said->name);

	return n > 1 ? SAY(scene->say, WORD_CAUSE_SOURCES_FAILED, name, say_count(scene->say, n - 1)) : SAY(scene->say, WORD_CAUSE_SOURCE_FAILED, name);
}

static const struct situation situations[] = {
	{.status = STATUS_INCOMPLETE,
	 .status_word = WORD_STATUS_INCOMPLETE,
	 .subject_word = WORD_SUBJECT_INCOMPLETE,
	 .holds = has_failed,
	 .sentence = failed_sentence,
	 .cause = failed_cause},
	{.holds = NULL},
};

struct scene scene_of_sources(struct say *say, const struct report_plan *plan, const struct span *span)
{
	return (struct scene){.situations = situations, .say = say, .plan = plan, .span = *span};
}
