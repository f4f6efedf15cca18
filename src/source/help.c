/* SPDX-License-Identifier: MIT */
/* help.c - the kinds of sources, for a person at a terminal */
#include "base/utf8.h"
#include "source/measure.h"
#include "source/own.h"

#define INDENT 32

/* "  name: VALUE" and the sentence behind it, on a line of its own where there is no room. */
static void write_option(struct buffer *out, const struct source_option *option)
{
	AUTO(buffer) struct buffer left = BUFFER_LIMIT(256);

	buffer_printf(&left, "  %s: ", option->name);
	switch (option->shape) {
	case SOURCE_TEXT:
		buffer_append(&left, slice_of(option->value));
		break;
	case SOURCE_LIST:
		buffer_printf(&left, "[%s, \u2026]", option->value);
		break;
	case SOURCE_MAP:
		buffer_printf(&left, "{%s, \u2026}", option->value);
		break;
	}
	buffer_append(out, buffer_peek(&left));

	const size_t width = utf8_width(buffer_peek(&left));

	if (width + 2 > INDENT)
		buffer_append_byte(out, '\n');
	buffer_append_repeated(out, ' ', width + 2 > INDENT ? INDENT : INDENT - width);
	buffer_printf(out, "%s\n", option->help);
}

const char *source_measure(enum table_type type)
{
	for (size_t i = 0; i < measures_n; i++)
		if (measures[i].type == type && measures[i].scale == 1)
			return measures[i].word;
	return "";
}

static void write_columns(struct buffer *out, const struct table_column *columns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buffer_printf(out, "  %s", columns[i].name);

		const size_t width = utf8_width(slice_of(columns[i].name)) + 2;

		buffer_append_repeated(out, ' ', width + 2 > INDENT ? 2 : INDENT - width);
		buffer_append(out, slice_of(source_measure(columns[i].type)));
		if (columns[i].unit)
			buffer_printf(out, " (%s)", columns[i].unit);
		buffer_append_byte(out, '\n');
	}
}

int source_write_tables(struct source *source, struct buffer *out, courant_error **err)
{
	for (size_t i = 0; i < source->n_tables; i++) {
		const struct source_table *table = &source->tables[i];
		/* Some tell their columns only with their rows. */
		AUTO(table) struct table *taken = table->columns ? NULL : source_take(source, table, &(struct source_request){.top = 1}, err);
		const size_t n = taken ? table_columns(taken) : table->n_columns;

		if (!table->columns && !taken)
			return -1;
		buffer_printf(out, "%s%s%s\n", i ? "\n" : "", table->name, table->is_series ? ", a series" : "");
		write_columns(out, taken && n ? table_column(taken, 0) : table->columns, n);
	}
	return 0;
}

void source_write_help(struct buffer *out)
{
	for (size_t i = 0; source_kinds[i]; i++) {
		const struct source_kind *kind = source_kinds[i];

		buffer_printf(out, "%s%s: %s\n", i ? "\n" : "", kind->name, kind->help);
		for (size_t k = 0; k < kind->n_options; k++)
			write_option(out, &kind->options[k]);
	}
	buffer_append(out, SLICE("\ntypes of numbers\n"));
	for (size_t i = 0; i < measures_n; i++)
		buffer_printf(out, "  %-*s%s\n", INDENT - 2, measures[i].word, measures[i].help);
}
