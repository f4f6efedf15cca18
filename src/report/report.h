/* SPDX-License-Identifier: MIT */
/* report.h - a report file and its logs become a document */
#ifndef COURANT_REPORT_REPORT_H
#define COURANT_REPORT_REPORT_H
#include "render/document.h"
#include "report/file.h"

struct report_request {
	const struct report_file *file;
	enum language language;
	const struct zone *zone; /* borrowed while the document lives */
	const char *const *logs; /* paths; "-" is standard input */
	size_t n_logs;
	int64_t now_ms;
	bool is_repeatable; /* leaves out how long it took */
};

/* What the caller has to know beside the document. */
struct report_outcome {
	bool has_data;  /* hits in the window */
	bool has_lines; /* lines at all */
	struct window
	        window; /* of the figures; unlimited when the whole log was asked for and has no hits */
	bool is_whole_log;
};

/* Reads the logs and builds the document; it is the caller's. */
struct document *report_build(const struct report_request *, struct report_outcome *ret,
                              courant_error **err);

/* The paths that the file's patterns match, in order. COURANT_NO_INPUT names a pattern that matches none. */
int report_find_logs(const struct report_file *, struct texts *ret, courant_error **err);

/* The zone of a report without one: the machine's, when the first log's first line has the offset that this zone had then; else that
 * line's own offset. What comes from standard input cannot be looked at before it is read: the machine's. */
struct zone *report_guess_zone(const char *const *logs, size_t n_logs, courant_error **err);
#endif
