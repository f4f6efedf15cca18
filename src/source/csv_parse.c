/* SPDX-License-Identifier: MIT */
/* csv_parse.c - records and fields (csv_parse.h) */
#include "source/csv_parse.h"

#include <inttypes.h>

#define UNQUOTED_MAX_BYTES ((size_t)4 << 20)

/* How often each separator stands in the first record, outside of quotes; the first of equals. */
static char guess_separator(slice text)
{
	static const char separators[] = {',', ';', '\t'};
	size_t counts[sizeof separators] = {0}, best = 0;
	bool is_quoted = false;

	for (size_t i = 0; i < text.len && (is_quoted || text.ptr[i] != '\n'); i++) {
		if (text.ptr[i] == '"')
			is_quoted = !is_quoted;
		for (size_t k = 0; k < sizeof separators && !is_quoted; k++)
			counts[k] += text.ptr[i] == separators[k];
	}
	for (size_t k = 1; k < sizeof separators; k++)
		if (counts[k] > counts[best])
			best = k;
	return separators[best];
}

void csv_init(struct csv *csv, slice text, const char *name, char separator)
{
	if (slice_starts(text, SLICE("\xef\xbb\xbf")))
		text = slice_after(text, 3);
	*csv = (struct csv){.rest = text, .name = name, .line = 1, .unquoted = BUFFER_LIMIT(UNQUOTED_MAX_BYTES)};
	csv->separator = separator ? separator : guess_separator(text);
}

void csv_release(struct csv *csv)
{
	buffer_release(&csv->unquoted);
}

static int fail_line(const struct csv *csv, uint64_t line, const char *what, courant_error **err)
{
	return fail(err, COURANT_NO_INPUT, "%s:%" PRIu64 ": %s", csv->name, line, what);
}

static bool is_end(const struct csv *csv)
{
	return !csv->rest.len || csv->rest.ptr[0] == csv->separator || csv->rest.ptr[0] == '\n' ||
	       (csv->rest.ptr[0] == '\r' && (csv->rest.len == 1 || csv->rest.ptr[1] == '\n'));
}

/* Where a field in quotes was put together, as an offset: the buffer may still move. */
struct field {
	slice direct;
	size_t at, len;
	bool is_made;
};

/* Behind the opening quote. */
static int read_quoted(struct csv *csv, struct field *field, courant_error **err)
{
	const uint64_t begun = csv->line;
	const slice whole = csv->rest;

	field->at = csv->unquoted.len;
	for (size_t i = 0, from = 0; i < whole.len; i++) {
		csv->line += whole.ptr[i] == '\n';
		if (whole.ptr[i] != '"')
			continue;

		const bool is_doubled = i + 1 < whole.len && whole.ptr[i + 1] == '"';

		if (!is_doubled && !field->is_made) {
			field->direct = slice_part(whole, 0, i);
		} else {
			/* One of two quotes is of the text. */
			buffer_append(&csv->unquoted, slice_part(whole, from, i - from + is_doubled));
			field->is_made = true;
		}
		if (!is_doubled) {
			field->len = csv->unquoted.len - field->at;
			csv->rest = slice_after(whole, i + 1);
			return is_end(csv) ? 0 : fail_line(csv, csv->line, "something stands between a closing quote and the next separator", err);
		}
		from = ++i + 1;
	}
	return fail_line(csv, begun, "the quote that opens here is never closed", err);
}

static void read_plain(struct csv *csv, struct field *field)
{
	const slice whole = csv->rest;

	while (!is_end(csv))
		csv->rest = slice_after(csv->rest, 1);
	field->direct = slice_part(whole, 0, whole.len - csv->rest.len);
}

/* The end of the record, or of the text. */
static void skip_line_end(struct csv *csv)
{
	if (csv->rest.len && csv->rest.ptr[0] == '\r')
		csv->rest = slice_after(csv->rest, 1);
	if (csv->rest.len)
		csv->rest = slice_after(csv->rest, 1);
	csv->line++;
}

static bool is_blank_line(const struct csv *csv)
{
	return csv->rest.ptr[0] == '\n' || (csv->rest.ptr[0] == '\r' && csv->rest.len > 1 && csv->rest.ptr[1] == '\n');
}

static int read_fields(struct csv *csv, struct field *fields, courant_error **err)
{
	for (;;) {
		if (csv->n_fields == CSV_FIELDS_MAX)
			return fail_line(csv, csv->record_line, "more than 512 fields", err);

		struct field *field = &fields[csv->n_fields];

		*field = (struct field){.len = 0};
		csv->is_quoted[csv->n_fields++] = csv->rest.len && csv->rest.ptr[0] == '"';
		if (csv->is_quoted[csv->n_fields - 1]) {
			csv->rest = slice_after(csv->rest, 1);
			if (read_quoted(csv, field, err) < 0)
				return -1;
		} else {
			read_plain(csv, field);
		}
		if ((field->is_made ? field->len : field->direct.len) > CSV_FIELD_MAX_BYTES)
			return fail_line(csv, csv->record_line, "a field of more than 64 KB", err);
		if (!csv->rest.len || csv->rest.ptr[0] != csv->separator)
			return 0;
		csv->rest = slice_after(csv->rest, 1);
	}
}

int csv_next(struct csv *csv, courant_error **err)
{
	struct field fields[CSV_FIELDS_MAX];

	while (csv->rest.len && is_blank_line(csv))
		skip_line_end(csv);
	if (!csv->rest.len)
		return 0;
	csv->n_fields = 0;
	csv->record_line = csv->line;
	buffer_cut(&csv->unquoted, 0);
	if (read_fields(csv, fields, err) < 0 || buffer_check(&csv->unquoted, err) < 0)
		return -1;
	skip_line_end(csv);
	for (size_t i = 0; i < csv->n_fields; i++)
		csv->fields[i] = fields[i].is_made ? slice_part(buffer_peek(&csv->unquoted), fields[i].at, fields[i].len) : fields[i].direct;
	return 1;
}
