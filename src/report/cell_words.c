/* SPDX-License-Identifier: MIT */
/* cell_words.c - the table of words that stand in cells (cell_words.h) */
#include "report/cell_words.h"

#include "base/alloc.h"

static const struct {
	const char *column, *text;
	enum word word;
} cells[] = {
	/* Why probes fail: samples/probe.c. */
	{"kind", "timeout", WORD_EVENT_TIMEOUT},
	{"kind", "refused", WORD_EVENT_REFUSED},
	{"kind", "name", WORD_EVENT_NAME},
	{"kind", "tls", WORD_EVENT_TLS},
	{"kind", "status", WORD_EVENT_STATUS},
	{"kind", "body", WORD_EVENT_BODY},
	{"kind", "lost", WORD_EVENT_LOST},
	{"kind", "broken", WORD_EVENT_BROKEN},
	{"kind", "none", WORD_EVENT_NONE},
	/* Robots: weblog/robots.c. */
	{"kind", "search", WORD_KIND_SEARCH},
	{"kind", "ai", WORD_KIND_AI},
	{"kind", "monitor", WORD_KIND_MONITOR},
	{"kind", "feed", WORD_KIND_FEED},
	{"kind", "tool", WORD_KIND_TOOL},
	{"kind", "suspected", WORD_KIND_SUSPECTED},
	{"name", "(no user agent)", WORD_ROBOT_NO_AGENT},
	{"name", "(reads robots.txt)", WORD_ROBOT_READER},
	{"name", "Other", WORD_OTHER},
};

/* Why a line could not be read: the words have the weblog's English beside the Chinese. */
static enum word reason_word(slice english)
{
	for (enum word id = WORD_REASON_TOO_LONG; id <= WORD_REASON_NO_FIELD; id++)
		if (slice_equal(english, slice_of(word(id, LANGUAGE_EN))))
			return id;
	return WORDS;
}

enum word cell_word(const char *column, slice text)
{
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		if (slice_equal(slice_of(column), slice_of(cells[i].column)) && slice_equal(text, slice_of(cells[i].text)))
			return cells[i].word;
	return slice_equal(slice_of(column), SLICE("reason")) ? reason_word(text) : WORDS;
}

slice cell_words(const struct say *say, const char *column, slice text)
{
	const enum word id = cell_word(column, text);

	return id == WORDS ? text : say_word(say, id);
}

/* Most tables have no such words, and need no copy. */
static bool has_words(const struct table *table)
{
	return table_find_column(table, "kind") != SLICE_NONE || table_find_column(table, "reason") != SLICE_NONE ||
	       table_find_column(table, "name") != SLICE_NONE;
}

struct table *cell_words_table(const struct say *say, struct table *taken, courant_error **err)
{
	AUTO(table) struct table *table = taken;

	if (!table || !has_words(table))
		return STEAL(table);

	const size_t n = table_columns(table);
	AUTO(free) struct table_column *columns = mem_array(n, sizeof *columns);
	AUTO(free) struct table_cell *row = mem_array(n, sizeof *row);

	if (!columns || !row) {
		(void)fail_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		columns[i] = *table_column(table, i);

	AUTO(table) struct table *said = table_new(table_head(table), columns, n, err);

	for (size_t i = 0; said && i < table_rows(table); i++) {
		for (size_t k = 0; k < n; k++) {
			row[k] = table_cell_at(table, i, k);
			if (columns[k].type == TABLE_TEXT && row[k].is_known)
				row[k].text = cell_words(say, columns[k].name, row[k].text);
		}
		if (table_add_row(said, row, err) < 0)
			return NULL;
	}
	return STEAL(said);
}
