/* SPDX-License-Identifier: MIT */
/* file.h - a report file: what is reported, about what, to whom
 *
 * Whatever a file leaves out is as in the built-in report that it names (reports/NAME.yaml), or as the fields below say. Here a file is only read: whether its sources
 * can be made and hold what its sections ask for is found out by a plan (plan.h). */
#ifndef COURANT_REPORT_FILE_H
#define COURANT_REPORT_FILE_H
#include "base/texts.h"
#include "report/faults.h"
#include "schedule/schedule.h"
#include "source/source.h"
#include "table/change.h"
#include "table/words.h"

/* Where something stands in the file; line 0: nowhere, for it is of the built-in report or of an option. */
struct place {
	int line, column;
};

/* ---- Sources ---- */

/* "web: {weblog: access.log*, optional: yes}" */
struct file_source {
	const char *name;
	struct place place;
	bool is_optional; /* where it is not there, what is made of it is left out */
	bool is_of_words; /* the command line has said where it lies */
	bool is_left_out; /* the command line has named others instead */
	struct source_setting *settings; /* all but `optional`; their texts are the file's */
	struct place *name_places, *value_places;
	size_t n_settings;
};

/* A figure or figures: "system", "system.network", "system.network.sent". */
struct reference {
	const char *source, *table, *column; /* NULL: not said */
	struct place place;
};

/* ---- Sections ---- */

/* A column that is wished for, and what it is to be called. */
struct wanted_column {
	const char *name;  /* of the section's own table, or "probe.days.availability": of another one whose rows have the same first column */
	const char *label; /* NULL: its own */
	struct place place;
};
struct wanted_columns {
	struct wanted_column *items;
	size_t n;
};

/* How the rows of a series become one figure. */
enum statistic { STATISTIC_LAST, STATISTIC_AVERAGE, STATISTIC_GREATEST, STATISTIC_LEAST, STATISTIC_P95, STATISTIC_SUM };
#define STATISTICS 6

/* A tile, or the tiles of a whole table. */
struct wanted_figure {
	struct reference of;
	struct reference whole; /* of which it is a share; source NULL: of nothing */
	const char *label; /* NULL: its own */
	bool has_statistic;
	enum statistic statistic;
	bool has_better;
	enum better better;
};

/* A picture. */
enum chart_kind { CHART_AUTO, CHART_LINES, CHART_AREAS, CHART_STACKED, CHART_BARS };
struct wanted_chart {
	struct reference of;
	const char *title, *unit; /* NULL: its own */
	struct wanted_columns columns;
	const char *total;        /* the column that the others are parts of; NULL: its own, if any */
	bool has_threshold;
	double threshold;   /* in the column's unit: bytes, seconds, 0 to 1 */
	bool is_floor;      /* what should stay above it */
	bool is_alone;      /* without the line of the comparison */
	bool needs_data;    /* left out while there are none */
	enum chart_kind kind;
};

enum section_kind {
	SECTION_SUMMARY,      /* tiles */
	SECTION_CHARTS,       /* columns of hours and days; pictures, one or two a row */
	SECTION_TABLE,
	SECTION_STATISTICS,   /* last, average, greatest, p95 of series */
	SECTION_LATENCY,      /* of each day: a picture and a table */
	SECTION_AVAILABILITY, /* of each hour, and what happened */
	SECTION_TEXT,
};

struct section {
	enum section_kind kind;
	struct place place;
	const char *title; /* the heading; NULL: its own */
	const char *text;
	unsigned top;    /* rows at most */
	unsigned least_rows; /* left out while a table has fewer, and while there are no data where it is not 0 */
	struct reference what; /* SECTION_TABLE */
	struct wanted_columns columns; /* of a table */
	struct wanted_figure *figures;
	size_t n_figures;
	struct wanted_chart *charts; /* also of SECTION_STATISTICS: none means those of the charts of the report */
	size_t n_charts;
	struct reference *sources;   /* SECTION_LATENCY, SECTION_AVAILABILITY: the first that has such figures */
	size_t n_sources;
};

/* ---- Attachments ---- */

struct attachment {
	const char *workbook; /* its name, with {week} and so on; NULL: a plain file */
	const char *path;     /* of the plain file; relative ones begin at the report file's folder */
	const char *name;     /* it has in the mail, with {week} and so on; NULL: its own */
	const char *type;     /* NULL: by its name */
	struct place place;
	struct reference *sheets; /* none: everything that the sections show */
	size_t n_sheets;
};

/* ---- The file ---- */

enum privacy { PRIVACY_TOGETHER, PRIVACY_EACH }; /* one mail to all, or one for each recipient */
enum send_when { SEND_ALWAYS, SEND_IF_DATA, SEND_IF_CHANGED }; /* the last: other figures than in the mail before */

/* What the verdict measures by. */
struct targets {
	double error_share;    /* of the hits that may be answered 5xx: 1 % */
	double rejected_share; /* of the lines that may be unreadable: 1 % */
	double traffic_change; /* of page views, up or down, that deserves attention: 20 % */
	double memory;         /* of memory that may be in use: 95 % */
	double coverage;       /* of the samples that must be there: 90 % */
	double p95_s;          /* 95 % of answers take no longer; 0: no target */
	double availability;   /* 0: no target */
};

/* The built-in reports, in the order of their names; REPORT_OWN: a file that says by itself what it shows. */
enum report_kind { REPORT_PERFORMANCE, REPORT_QUALITY, REPORT_TRAFFIC, REPORT_OWN };

struct report_file {
	enum report_kind kind;
	char *path;   /* as it was named, for faults */
	char *name;   /* "traffic": the built-in's, or the file's without its ending */
	char *folder; /* where relative paths begin: "" for the working folder */
	char *title;  /* NULL: the language's own */
	bool has_language;
	enum language language;
	char *timezone; /* NULL: none */
	struct period period;
	enum compare_kind compare;
	struct texts to, cc;  /* checked; as written */
	char *from, *subject; /* NULL: none */
	struct texts accounts;       /* of courant.yaml, in the order to try them; none: as it has them */
	struct place accounts_place; /* where the file names them */
	enum privacy privacy;
	enum send_when send;
	bool has_schedule;
	struct schedule schedule;
	uint64_t expire_ms; /* after it was queued, when the mail is worthless; 0: never */
	char *link, *note; /* NULL: none; the note stands bold behind the period */
	char *site; /* the host name of the site that is reported on; NULL: guessed (site.h) */
	const char *brand_footer, *brand_colour, *brand_logo; /* NULL: none; the logo is a path as of an attachment */
	struct place brand_logo_place;
	struct targets targets;
	struct file_source *sources;
	size_t n_sources;
	struct place sources_place; /* of their key */
	struct section *sections;
	size_t n_sections;
	struct attachment *attachments;
	size_t n_attachments;
	struct texts kept; /* what the texts above point to that are const */
	bool is_default;   /* while the built-in report is read, which fills the gaps */
};

/* A copy that lives as long as the file, or NULL without memory. */
const char *report_file_keep(struct report_file *, slice);

/* The built-in report of that name ("traffic"), or COURANT_USAGE naming those there are. */
int report_file_builtin(slice name, struct report_file *ret, courant_error **err);
bool report_file_is_builtin(slice name);

/* "weekly" of "reports.d/weekly.yaml" */
slice report_file_name(slice path);

/* Reads a file. Its faults are collected; with any of them *ret stays empty and -1 with COURANT_CONFIG says how many there are. COURANT_NO_INPUT when
 * it cannot be read. */
int report_file_load(const char *path, struct faults *, struct report_file *ret, courant_error **err);

/* The same for bytes; relative paths begin at `folder` ("" for the working folder). */
int report_file_parse(slice text, const char *name, const char *folder, struct faults *, struct report_file *ret, courant_error **err);

/* COURANT_CONFIG: "NAME has 2 faults". Returns -1. */
int report_file_fail(const char *name, const struct faults *, courant_error **err);

/* The source of that name, or NULL. */
const struct file_source *report_file_find_source(const struct report_file *, const char *name);

/* Whether a setting of that name is said: of a kind's name, whether it is of that kind. */
bool file_source_has(const struct file_source *, slice name);

/* A log without a name: the command line is to name it. */
bool file_source_is_unnamed(const struct file_source *);

void report_file_release(struct report_file *);
AUTO_DEFINE_VALUE(report_file, struct report_file, report_file_release)
#endif
