/* SPDX-License-Identifier: MIT */
/* column_words.c - the names of columns */
#include "report/column_words.h"

static const struct {
	const char *name;
	enum word word;
} column_names[] = {
	{"hour", WORD_COLUMN_HOUR},	  {"day", WORD_COLUMN_DAY},	   {"time", WORD_COLUMN_TIME},	      {"name", WORD_COLUMN_NAME},
	{"path", WORD_COLUMN_PATH},	  {"site", WORD_COLUMN_SITE},	   {"kind", WORD_COLUMN_KIND},	      {"hits", WORD_COLUMN_HITS},
	{"views", WORD_COLUMN_VIEWS},	  {"page_views", WORD_COLUMN_VIEWS}, {"visitors", WORD_COLUMN_VISITORS}, {"visits", WORD_VISITS},
	{"bytes", WORD_COLUMN_DATA},	  {"share", WORD_COLUMN_SHARE},	   {"errors_5xx", WORD_ERRORS_5XX},   {"max", WORD_COLUMN_GREATEST},
	{"requests", WORD_REQUESTS_TILE}, {"availability", WORD_AVAILABILITY}, {"failed", WORD_COLUMN_FAILURES}, {"failures", WORD_COLUMN_FAILURES},
	{"status", WORD_COLUMN_CODE},	  {"class", WORD_COLUMN_CLASS},	   {"method", WORD_COLUMN_METHOD},    {"referrer", WORD_COLUMN_REFERRER},
	{"event", WORD_COLUMN_EVENT},	  {"when", WORD_COLUMN_WHEN},	   {"duration", WORD_COLUMN_DURATION}, {"file", WORD_COLUMN_FILE},
	{"line", WORD_COLUMN_LINE},	  {"reason", WORD_COLUMN_REASON},  {"text", WORD_COLUMN_TEXT},	      {"target", WORD_COLUMN_TARGET},
	{"from", WORD_COLUMN_FROM},	  {"to", WORD_COLUMN_TO},	   {"every", WORD_COLUMN_EVERY},      {"expected", WORD_COLUMN_EXPECTED},
	{"targets", WORD_COLUMN_TARGETS}, {"url", WORD_COLUMN_URL},	  {"done", WORD_COLUMN_DONE},	   {"certificate", WORD_COLUMN_CERTIFICATE},
};

slice column_words(const struct say *say, const char *column)
{
	for (size_t i = 0; i < sizeof column_names / sizeof *column_names; i++)
		if (slice_equal(slice_of(column), slice_of(column_names[i].name)))
			return say_word(say, column_names[i].word);
	return SLICE("");
}

bool column_is_fine(const struct table_column *column)
{
	const slice name = slice_of(column->name);

	return column->type == TABLE_RATIO && (slice_equal(name, SLICE("availability")) || slice_equal(name, SLICE("hit_ratio")));
}
