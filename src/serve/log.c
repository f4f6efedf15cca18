/* SPDX-License-Identifier: MIT */
/* log.c - one event as one line (log.h) */
#include "serve/log.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/printable.h"

#define LINE_MAX_BYTES ((size_t)32 << 10)

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
		return "error";
	case LOG_WARNING:
		return "warning";
	case LOG_INFO:
		return "info";
	case LOG_DEBUG:
		return "debug";
	}
	return "";
}

static void write_quoted(struct buffer *line, slice text)
{
	buffer_append_byte(line, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			buffer_append_byte(line, '\\');
		buffer_append_byte(line, text.ptr[i]);
	}
	buffer_append_byte(line, '"');
}

/* Whether logfmt reads the text as one value as it stands. */
static bool is_word(slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.ptr[i]) && slice_find(SLICE("_-./:@+,%<>[]"), text.ptr[i]) == SLICE_NONE)
			return false;
	return text.len > 0;
}

static void write_text(const struct log *log, struct buffer *line, const char *text)
{
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(LINE_MAX_BYTES);

	printable_write(&shown, slice_of(text));
	if (!log->is_json && is_word(buffer_peek(&shown)))
		buffer_append(line, buffer_peek(&shown));
	else
		write_quoted(line, buffer_peek(&shown));
}

static void write_name(const struct log *log, struct buffer *line, const char *name)
{
	buffer_printf(line, log->is_json ? ",\"%s\":" : " %s=", name);
}

/* The journal has a priority of ours and a time of its own. */
static void write_head(const struct log *log, enum log_level level, struct buffer *line)
{
	if (log->is_journal)
		buffer_printf(line, log->is_json ? "<%d>{\"level\":" : "<%d>level=", level);
	else
		buffer_append(line, log->is_json ? SLICE("{\"time\":\"") : SLICE("time="));
	if (!log->is_journal) {
		rfc3339_write(line, log->now_ms(log->context), 0);
		buffer_append(line, log->is_json ? SLICE("\",\"level\":") : SLICE(" level="));
	}
	write_text(log, line, level_name(level));
}

void log_write(const struct log *log, enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);

	if (level > log->most)
		return;
	write_head(log, level, &line);
	write_name(log, &line, "event");
	write_text(log, &line, event);
	for (size_t i = 0; i < n; i++) {
		if (fields[i].is_absent)
			continue;
		write_name(log, &line, fields[i].name);
		if (fields[i].text)
			write_text(log, &line, fields[i].text);
		else
			buffer_printf(&line, "%lld", (long long)fields[i].number);
	}
	buffer_append(&line, log->is_json ? SLICE("}\n") : SLICE("\n"));
	/* Where errors cannot be told there is nobody to tell it to; a line that is too long loses its end. */
	(void)file_write_all(log->fd, buffer_peek(&line), "the log", NULL);
}
