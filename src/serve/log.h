/* SPDX-License-Identifier: MIT */
/* log.h - what the service says, a line an event: logfmt, or JSON
 *
 *     LOG(log, LOG_WARNING, "report failed", LOG_TEXT("report", name), LOG_NUMBER("status", 75));
 *     time=2026-11-10T08:00:07Z level=warning event="report failed" report=weekly status=75
 *
 * Under systemd each line begins with its priority (sd-daemon(3)), by which the journal sorts, and the time is the journal's own. */
#ifndef COURANT_SERVE_LOG_H
#define COURANT_SERVE_LOG_H
#include <stdint.h>

#include "base/buffer.h"

/* As syslog numbers them. */
enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_INFO = 6, LOG_DEBUG = 7 };

struct log {
	int fd;
	bool is_json;
	bool is_journal;      /* the lines go to systemd's journal */
	enum log_level most;  /* what is above is not said */
	int64_t (*now_ms)(void *context);
	void *context;
};

struct log_field {
	const char *name;
	const char *text; /* NULL: the number, unless is_absent */
	int64_t number;
	bool is_absent;
};
#define LOG_TEXT(of, words)  ((struct log_field){.name = (of), .text = (words), .is_absent = !(words)})
#define LOG_NUMBER(of, what) ((struct log_field){.name = (of), .number = (what)})

/* One write(2) a line, so that lines of several processes do not mix. What a stranger wrote loses its control characters. */
void log_write(const struct log *, enum log_level, const char *event, const struct log_field *, size_t n);
#define LOG(log, level, event, ...)                                                                                       \
	log_write((log), (level), (event), (const struct log_field[]){__VA_ARGS__},                                       \
		  sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
#endif
