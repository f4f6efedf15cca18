/* SPDX-License-Identifier: MIT */
/* pattern.h - a format of lines, compiled once from the words of nginx (log_format) or Apache (LogFormat)
 *
 * A pattern is fields with literal text between them. A field ends where the text behind it begins; between quotes, a backslash takes the next byte with it. */
#ifndef COURANT_WEBLOG_PATTERN_H
#define COURANT_WEBLOG_PATTERN_H
#include "base/fail.h"
#include "weblog/line.h"

enum pattern_field {
	FIELD_SKIP,
	FIELD_ADDRESS,
	FIELD_ADDRESS_PORT, /* 192.0.2.1:4711 */
	FIELD_ADDRESS_TOLD, /* by a proxy, maybe several with commas, of which the first is meant; counts when the format has no other */
	FIELD_HOST,
	FIELD_TIME,         /* 10/Oct/2000:13:55:36 -0700 */
	FIELD_TIME_ISO,     /* 2000-10-10T13:55:36.123Z */
	FIELD_TIME_EPOCH,   /* 971211336.123: seconds since 1970 */
	FIELD_TIME_EPOCH_MS,
	FIELD_TIME_EPOCH_US,
	FIELD_TIME_HAPROXY, /* 10/Oct/2000:13:55:36.123, taken as UTC */
	FIELD_DATE,         /* 2000-10-10, and … */
	FIELD_CLOCK,        /* … 13:55:36: UTC */
	FIELD_YEAR,         /* pieces of a time, by strftime's letters; UTC without a zone */
	FIELD_YEAR_SHORT,
	FIELD_MONTH,
	FIELD_MONTH_NAME,
	FIELD_DAY,
	FIELD_HOUR,
	FIELD_MINUTE,
	FIELD_SECOND,
	FIELD_ZONE,
	FIELD_REQUEST,
	FIELD_REQUEST_URL,  /* a request of a whole URL, of which the path counts */
	FIELD_METHOD,
	FIELD_URI,
	FIELD_STATUS,
	FIELD_SIZE,
	FIELD_SIZE_SENT,    /* with its head; counts when the format has not the other */
	FIELD_REFERRER,
	FIELD_AGENT,
	FIELD_AGENT_PLUS,   /* blanks are written + */
	FIELD_AGENT_ESCAPED, /* blanks and others are written %20 */
	FIELD_SECONDS,      /* durations; of several the first counts, of a pattern's the finest */
	FIELD_MILLISECONDS,
	FIELD_MICROSECONDS,
	FIELD_SECONDS_PART, /* these are added up */
	FIELD_TIMERS,       /* HAProxy: 0/0/0/72/72, milliseconds, the last is the whole */
};

#define PATTERN_STEPS_MAX 64

struct pattern_step {
	slice before; /* literal text */
	enum pattern_field field;
};

struct pattern {
	char *text;   /* what the literals borrow from */
	struct pattern_step steps[PATTERN_STEPS_MAX];
	size_t n;
	slice after;  /* literal text behind the last field */
	bool pads;    /* a blank stands for several */
	bool is_words; /* fields without quotes hold no blank, and a dash may stand for one with quotes */
};

/* Words with $ are nginx's, with % Apache's. COURANT_USAGE when it cannot be compiled, or when address, time or status is missing. */
int pattern_compile(struct pattern *, slice words, courant_error **err);
void pattern_release(struct pattern *);

bool pattern_has(const struct pattern *, enum pattern_field);

#define FIELD_INSTANT_BYTES (sizeof "2000-10-10T13:55:36+00:00" - 1)

/* What a line is put together from, and where decoded text lies. */
struct line_parts_read {
	struct stamp_cache stamps;
	slice request, method, uri;
	bool is_url;
	slice date, clock;
	bool has_pieces;
	char instant[FIELD_INSTANT_BYTES]; /* what the pieces of a time make */
	slice default_date; /* of W3C's #Date, for logs without a date in their lines */
	char *scratch;      /* LINES_MAX bytes: what is decoded is never longer than what was read */
	size_t scratch_len; /* of it, what lines hold that have been read; whoever no longer needs them sets it to 0 */
};

/* A line by a pattern. More may follow behind a blank. */
enum line_fault pattern_read(const struct pattern *, struct line_parts_read *, slice line, struct log_line *ret);

/* Takes one field's value; LINE_FINE or why not. For pattern.c, w3c.c and json.c. */
enum line_fault field_read(enum pattern_field, slice value, struct line_parts_read *, struct log_line *);
/* How many bytes a field always has; 0: any number. */
size_t field_width(enum pattern_field);
/* To be called before the first and after the last field of a line. */
void fields_begin(struct line_parts_read *, struct log_line *);
enum line_fault fields_end(struct line_parts_read *, struct log_line *);
#endif
