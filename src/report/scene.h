/* SPDX-License-Identifier: MIT */
/* scene.h - what may be the matter with a period (scene.c), and how each is said (scene_say.c); verdict.c has the table of them */
#ifndef COURANT_REPORT_SCENE_H
#define COURANT_REPORT_SCENE_H
#include "report/figures.h"
#include "report/file.h"
#include "report/say.h"

/* What a situation needs to say its sentence. */
struct scene {
	struct say *say;
	const struct figures *figures;
	const struct targets *targets;
	slice former;         /* 上周一 */
	bool is_by_views;     /* traffic is page views; hits, when nobody looks at pages */
	uint64_t now, before; /* the traffic */
	bool is_alone;        /* the sentence stands in the second place */
};

/* Counts scatter by their root: what differs by less than three of these is chance. */
bool scene_is_beyond_chance(uint64_t now, uint64_t former);

typedef bool scene_test(const struct scene *);
scene_test scene_is_without_data, scene_is_over, scene_has_gap, scene_has_many_rejected;
scene_test scene_has_more_errors, scene_is_up, scene_is_down;

/* Each of them: its sentence, what is added when it is the verdict, its cause for the subject. */
typedef slice scene_words(const struct scene *);
scene_words scene_no_data_sentence, scene_over_sentence, scene_gap_sentence;
scene_words scene_rejected_sentence, scene_more_errors_sentence, scene_up_sentence;
scene_words scene_down_sentence, scene_normal_sentence;
scene_words scene_errors_detail, scene_traffic_detail, scene_errors_after;
scene_words scene_over_cause, scene_gap_cause, scene_rejected_cause, scene_more_errors_cause;
scene_words scene_up_cause, scene_down_cause, scene_normal_cause;

scene_words scene_errors; /* the server errors, beside whatever they were before */
#endif
