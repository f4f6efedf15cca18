/* SPDX-License-Identifier: MIT */
/* file.h - a report file: what is reported, about what, to whom
 *
 * Whatever a file leaves out is as in the built-in report (reports/traffic.yaml), or as the fields below say. */
#ifndef COURANT_REPORT_FILE_H
#define COURANT_REPORT_FILE_H
#include "report/faults.h"
#include "report/texts.h"
#include "schedule/schedule.h"
#include "table/words.h"

enum section_kind {
	SECTION_SUMMARY, /* tiles out of totals */
	SECTION_CHART,   /* hours, days or hours_of_day as columns */
	SECTION_TABLE,
	SECTION_TEXT,
};

struct section {
	enum section_kind kind;
	const char *table; /* "pages": a table of the weblog; NULL for a text */
	unsigned top;      /* rows at most */
	char *title;       /* the heading; NULL: the table's own */
	char *text;
};

enum privacy { PRIVACY_TOGETHER, PRIVACY_EACH }; /* one mail to all, or one for each recipient */
enum send_when { SEND_ALWAYS, SEND_IF_DATA, SEND_IF_CHANGED }; /* the last: other figures than in the mail before */

/* What the verdict measures by. */
struct targets {
	double error_share;    /* of the hits that may be answered 5xx: 1 % */
	double rejected_share; /* of the lines that may be unreadable: 1 % */
	double traffic_change; /* of page views, up or down, that deserves attention: 20 % */
};

struct report_file {
	char *name;  /* "traffic": the built-in's, or the file's without its ending */
	char *title; /* NULL: the language's own */
	bool has_language;
	enum language language;
	char *timezone; /* NULL: none */
	struct period period;
	enum compare_kind compare;
	struct texts to, cc;  /* checked; as written */
	char *from, *subject; /* NULL: none */
	enum privacy privacy;
	enum send_when send;
	bool has_schedule;
	struct schedule schedule;
	uint64_t expire_ms; /* after it was queued, when the mail is worthless; 0: never */
	char *link, *note, *footer; /* NULL: none; the note stands bold behind the period */
	char *site; /* the host name of the site that is reported on; NULL: guessed (site.h) */
	struct targets targets;
	char *source;      /* "web" */
	struct texts logs; /* patterns; relative ones begin at the file's folder */
	struct section *sections;
	size_t n_sections;
};

/* The built-in report of that name ("traffic"), or COURANT_USAGE naming those there are. */
int report_file_builtin(slice name, struct report_file *ret, courant_error **err);
bool report_file_is_builtin(slice name);

/* Reads a file. Its faults are collected; with any of them *ret stays empty and -1 with COURANT_CONFIG says how many there are. COURANT_NO_INPUT when
 * it cannot be read. */
int report_file_load(const char *path, struct faults *, struct report_file *ret,
                     courant_error **err);

/* The same for bytes; relative logs begin at `folder` ("" for the working folder). */
int report_file_parse(slice text, const char *name, const char *folder, struct faults *,
                      struct report_file *ret, courant_error **err);

void report_file_release(struct report_file *);
AUTO_DEFINE_VALUE(report_file, struct report_file, report_file_release)
#endif
