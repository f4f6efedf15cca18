/* SPDX-License-Identifier: MIT */
/* scene.h - what may be the matter with a period, in one shape for every kind of evidence
 *
 * A scene is one piece of evidence as the verdict looks at it: the traffic of an access log, metrics, a service's quality. Each kind has a table of situations, the worst
 * first, and each situation says by itself whether it holds, and its words. verdict.c chooses among all that hold. */
#ifndef COURANT_REPORT_SCENE_H
#define COURANT_REPORT_SCENE_H
#include "render/document.h"
#include "report/figures.h"
#include "report/plan.h"
#include "report/say.h"

struct metrics;
struct quality;
struct situation;

struct scene {
	const struct situation *situations; /* of its kind; `holds` is NULL at the end */
	struct say *say;
	const struct targets *targets;
	struct span span;  /* the window that it tells about */
	slice source;      /* "web": said in front where the report has several of the kind; empty: it has not */
	bool is_aside;     /* not what the report is about: of interest is only whether its data are complete */
	bool is_beside;    /* the sentence stands in the second place */

	/* What it is about: of the kinds, one. */
	const struct report_plan *plan; /* the sources themselves */
	const struct metrics *metrics;
	const struct document *document; /* with them: for the figures that it shows */
	const struct quality *quality;
	const struct figures *traffic;
	slice former;         /* 上周一 */
	bool is_by_views;     /* traffic is page views; hits, when nobody looks at pages */
	uint64_t now, before; /* the traffic */
};

typedef bool scene_test(const struct scene *);
typedef slice scene_words(const struct scene *);

struct situation {
	enum status status;
	enum word status_word, subject_word;
	scene_test *holds;
	scene_words *sentence;
	scene_words *cause;    /* for the subject; NULL: the status says it all */
	scene_words *headline; /* its figures, for the preheader; NULL: the cause */
	scene_words *detail;   /* what is added when it is the verdict; NULL: nothing */
	scene_words *closing;  /* and when nothing else is the matter; NULL: nothing */
	bool ends;             /* nothing else can be said of this evidence */
};

/* Whether the sources could be read. */
struct scene scene_of_sources(struct say *, const struct report_plan *, const struct span *);

/* What is drawn of series. */
struct scene scene_of_metrics(struct say *, const struct targets *, const struct metrics *, const struct document *, const struct span *);

/* Latency and availability. */
struct scene scene_of_quality(struct say *, const struct targets *, const struct quality *, const struct span *);

/* The access log's traffic. */
struct scene scene_of_traffic(struct say *, const struct targets *, const struct figures *);
#endif
