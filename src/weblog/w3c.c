/* SPDX-License-Identifier: MIT */
/* w3c.c - W3C extended logs (w3c.h) */
#include "weblog/w3c.h"

#include "base/ascii.h"

static const struct {
	const char *name;
	enum pattern_field field;
} names[] = {
	{"date", FIELD_DATE},
	{"time", FIELD_CLOCK},
	{"c-ip", FIELD_ADDRESS},
	{"cs-method", FIELD_METHOD},
	{"cs-uri-stem", FIELD_URI},
	{"cs-uri", FIELD_URI},
	{"sc-status", FIELD_STATUS},
	{"c-status", FIELD_STATUS}, /* SHOUTcast */
	{"sc-bytes", FIELD_SIZE},
	{"bytes", FIELD_SIZE},
	{"cs(referer)", FIELD_REFERRER},
	{"cs(referrer)", FIELD_REFERRER},
	{"cs(user-agent)", FIELD_AGENT},
	{"cs-user-agent", FIELD_AGENT}, /* CloudFront's real-time columns, as the next three */
	{"cs-referer", FIELD_REFERRER},
	{"timestamp", FIELD_TIME_EPOCH},
	{"timestamp(ms)", FIELD_TIME_EPOCH_MS},
	{"cs-host", FIELD_HOST},
	{"cs(host)", FIELD_HOST},
	{"x-host-header", FIELD_HOST}, /* CloudFront: the name that was asked for */
	{"time-taken", FIELD_SECONDS},
	{"timetakenms", FIELD_MILLISECONDS}, /* IIS Advanced Logging, as the next two: in the server's zone, which it does not name */
	{"date-local", FIELD_DATE},
	{"time-local", FIELD_CLOCK},
};

bool w3c_is_directive(slice line)
{
	return line.len && line.ptr[0] == '#';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts a column off: a word, or what stands in quotes. */
static bool next_column(slice *rest, slice *ret, bool *ret_quoted)
{
	size_t len = 0;

	while (rest->len && is_blank(rest->ptr[0]))
		*rest = slice_after(*rest, 1);
	if (!rest->len)
		return false;
	*ret_quoted = rest->ptr[0] == '"';
	if (*ret_quoted) {
		/* A quote inside is written twice. */
		for (len = 1; len < rest->len && (rest->ptr[len] != '"' || (len + 1 < rest->len && rest->ptr[len + 1] == '"')); len++)
			len += rest->ptr[len] == '"';
		if (len >= rest->len)
			return false;
		*ret = slice_part(*rest, 1, len - 1);
		*rest = slice_after(*rest, len + 1);
		return true;
	}
	while (len < rest->len && !is_blank(rest->ptr[len]))
		len++;
	*ret = slice_part(*rest, 0, len);
	*rest = slice_after(*rest, len);
	return true;
}

static void direct_fields(struct w3c *w3c, slice rest)
{
	bool is_quoted;
	slice name;

	for (w3c->n = 0; w3c->n < W3C_COLUMNS_MAX && next_column(&rest, &name, &is_quoted); w3c->n++) {
		w3c->columns[w3c->n] = FIELD_SKIP;
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (slice_equal_nocase(name, slice_of(names[i].name)))
				w3c->columns[w3c->n] = names[i].field;
	}
}

void w3c_direct(struct w3c *w3c, slice line)
{
	if (slice_starts_nocase(line, SLICE("#Fields:"))) {
		direct_fields(w3c, slice_after(line, sizeof "#Fields:" - 1));
	} else if (slice_starts_nocase(line, SLICE("#Date:"))) {
		const slice date = slice_trim(slice_after(line, sizeof "#Date:" - 1));

		w3c->has_date = date.len >= sizeof w3c->date;
		if (w3c->has_date)
			memcpy(w3c->date, date.ptr, sizeof w3c->date);
	}
}

/* IIS writes + for the blanks of agents, CloudFront %20; in quotes they stand as they are. IIS counts milliseconds, CloudFront seconds with a point. */
static enum pattern_field exact_field(enum pattern_field field, slice value, bool is_quoted)
{
	if (field == FIELD_AGENT && slice_find_slice(value, SLICE("%20")) != SLICE_NONE)
		return FIELD_AGENT_ESCAPED;
	if (field == FIELD_AGENT && !is_quoted)
		return FIELD_AGENT_PLUS;
	if (field == FIELD_SECONDS && slice_find(value, '.') == SLICE_NONE)
		return FIELD_MILLISECONDS;
	return field;
}

enum line_fault w3c_read(const struct w3c *w3c, struct line_parts_read *parts, slice line, struct log_line *ret)
{
	bool is_quoted;
	slice value;

	fields_begin(parts, ret);
	parts->default_date = w3c->has_date ? slice_from(w3c->date, sizeof w3c->date) : (slice){NULL, 0};
	for (size_t i = 0; i < w3c->n; i++) {
		if (!next_column(&line, &value, &is_quoted))
			return LINE_NO_FIELD;

		const enum line_fault fault = field_read(exact_field(w3c->columns[i], value, is_quoted), value, parts, ret);

		if (fault)
			return fault;
	}
	return w3c->n ? fields_end(parts, ret) : LINE_NO_FIELD;
}
