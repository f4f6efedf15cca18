/* SPDX-License-Identifier: MIT */
/* plot_own.h - the plot's parts, for each other */
#ifndef COURANT_RENDER_PLOT_OWN_H
#define COURANT_RENDER_PLOT_OWN_H
#include "render/axis.h"
#include "render/plot.h"
#include "render/quantity.h"

/* A label beside the plot, pushed away from the others. */
struct side_label {
	enum ink ink;
	bool is_bold;
	double y;     /* where its line ends */
	double place; /* where it stands */
	const char *text; /* borrowed */
};
#define SIDE_LABELS_MAX (PICTURE_SERIES_MAX + PICTURE_REFERENCES_MAX)

struct plot {
	struct drawing *drawing;
	const struct picture *picture;
	const struct samples *samples;
	const struct ruler *ruler;
	struct quantity quantity;
	struct text_style text, bold, title;
	double margin;                   /* of texts from the picture's edges */
	double left, right, top, bottom; /* of the plot */
	struct value_axis axis;
	struct time_axis time;
	struct side_label labels[SIDE_LABELS_MAX];
	size_t n_labels;
	double label_gap;                /* between labels at the side */
	double label_x;                  /* from the plot to them */
	char *reference_texts[PICTURE_REFERENCES_MAX]; /* "目标 300" */
	bool has_legend; /* more series than there is room for beside the plot */
	size_t n_footer; /* rows of it */
};

double plot_x(const struct plot *, int64_t at_ms);
double plot_y(const struct plot *, double value);

/* The series' colour as a line, as letters, as a ground. */
enum ink plot_line_ink(const struct plot *, size_t series);
enum ink plot_text_ink(enum ink line);
enum ink plot_tint(enum ink line);

/* plot.c: what stands beside the thresholds: "目标 300". */
int plot_write_references(struct plot *, courant_error **err);

/* plot_frame.c */
void plot_background(struct plot *);
void plot_title(struct plot *);
void plot_value_axis(struct plot *);
void plot_time_axis(struct plot *);
void plot_gaps(struct plot *);
void plot_references(struct plot *);
void plot_side_labels(struct plot *); /* pushes them apart, and draws them */
void plot_footer(struct plot *);

/* plot_series.c: the former line, then the series, the first on top. */
int plot_series(struct plot *, courant_error **err);

/* plot_peak.c: the ring and the words at the first series' maximum. */
void plot_peak(struct plot *);

/* plot_week.c: the whole of it. */
int plot_week(struct plot *, courant_error **err);

/* Labels of at least `gap` px between them, in the order of their heights, within low and high; each as near to its line as that allows. */
void plot_spread(struct side_label *, size_t n, double gap, double low, double high);
#endif
