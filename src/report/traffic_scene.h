/* SPDX-License-Identifier: MIT */
/* traffic_scene.h - what may be the matter with the traffic: which situations there are (traffic_scene.c), and how each is said (traffic_words.c) */
#ifndef COURANT_REPORT_TRAFFIC_SCENE_H
#define COURANT_REPORT_TRAFFIC_SCENE_H
#include "report/scene.h"

/* Counts scatter by their root: what differs by less than three of these is chance. */
bool traffic_is_beyond_chance(uint64_t now, uint64_t former);

scene_test traffic_is_up, traffic_is_down;

/* Each of them: its sentence, its cause for the subject. */
scene_words traffic_no_data_sentence, traffic_over_sentence, traffic_gap_sentence, traffic_rejected_sentence, traffic_more_errors_sentence;
scene_words traffic_up_sentence, traffic_down_sentence, traffic_normal_sentence;
scene_words traffic_over_cause, traffic_gap_cause, traffic_rejected_cause, traffic_more_errors_cause, traffic_up_cause, traffic_down_cause;
scene_words traffic_normal_cause;

/* What is added to them. */
scene_words traffic_errors_detail, traffic_detail, traffic_errors_after, traffic_no_comparison;

/* For the preheader. */
scene_words traffic_errors, traffic_no_data_headline, traffic_more_errors_headline;
#endif
