/* SPDX-License-Identifier: MIT */
/* figures.h - what the access log says about a period, and about the one it is compared with
 *
 * Everything that verdicts and sentences are made of: plain numbers, so that each situation can be tested without a log. */
#ifndef COURANT_REPORT_FIGURES_H
#define COURANT_REPORT_FIGURES_H
#include "report/labels.h"
#include "weblog/weblog.h"

/* The totals of one window. */
struct side {
	uint64_t hits, page_views, visitors, visits, bytes, errors_5xx, robot_hits;
	int64_t first_ms, last_ms;   /* its first and last hit; meaningless without hits */
	int64_t gap_from_ms, gap_ms; /* its longest silence between two hits */
};

/* A local hour of the window (a day, when the window is long), and the same one of the former window. */
struct slot {
	int64_t from_ms, to_ms;
	uint64_t hits, page_views, errors;
	uint64_t former_hits, former_page_views, former_errors; /* 0 without a comparison */
};

struct figures {
	struct window
	        window; /* limited: for the whole log, from the hour (day) of its first hit to the end of that of its last */
	bool is_whole_log;
	struct side now, former;
	struct window former_window;
	bool wants_comparison; /* one was asked for, and the window has one */
	bool has_comparison;   /* and the log holds both windows */

	struct slot *slots;
	size_t n_slots;
	bool slots_are_days;

	uint64_t lines, hits,
	        rejected; /* of all that was read; hits inside and outside of windows */
	uint64_t files;
	int64_t all_first_ms, all_last_ms; /* of all hits */
	int64_t now_ms;                    /* when the report is made */

	bool is_incomplete; /* the log lacks a part of the window: */
	struct window missing;

	unsigned worst_code; /* the 5xx answered most often; 0: none */
	uint64_t worst_code_hits;
	char *failing_path; /* the path with the most of them; NULL: none */
	uint64_t failing_hits;
	char *rising_path; /* the page that gained most; NULL: none, or no comparison */
	uint64_t rising_by;
};

/* Out of a finished weblog that was made with this window first and, when there is a comparison, the former one second. */
int figures_read(struct figures *, struct weblog *, courant_error **err);

/* Cuts the window into slots: local hours up to FIGURES_HOUR_DAYS days, local days above; none for a window of more than FIGURES_SLOTS_MAX days. */
#define FIGURES_HOUR_DAYS 31
#define FIGURES_SLOTS_MAX 4000
int figures_cut(struct figures *, const struct zone *, courant_error **err);

/* Where an instant of the former window would be in the present one: as many days later at the same time of day, or as much later. */
int64_t figures_move(const struct figures *, const struct zone *, int64_t former_ms);

/* Finds out what is missing (coverage.c): sets is_incomplete, missing and has_comparison. */
void figures_judge_coverage(struct figures *, const struct zone *);

/* The window, for its names. */
struct span figures_span(const struct figures *);

void figures_release(struct figures *);
AUTO_DEFINE_VALUE(figures, struct figures, figures_release)
#endif
