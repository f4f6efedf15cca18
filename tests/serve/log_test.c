/* SPDX-License-Identifier: MIT */
/* log_test.c - an event is one line that logfmt's and JSON's readers understand, whatever a stranger wrote */
#include "serve/log.h"

#include <fcntl.h>
#include <unistd.h>

#include "tap.h"

static int64_t noon(void *context)
{
	(void)context;
	return INT64_C(1794571200123); /* 2026-11-13T12:00:00.123Z */
}

static void lines_are_written(void)
{
	static const struct {
		const char *name;
		bool is_json, is_journal;
		const char *text;
		const char *line;
	} rows[] = {
		{"a word", false, false, "weekly", "time=2026-11-13T12:00:00.123Z level=warning event=\"report failed\" report=weekly status=-75\n"},
		{"blanks and quotes", false, false, "a \"b\" \\", "time=2026-11-13T12:00:00.123Z level=warning event=\"report failed\" report=\"a \\\"b\\\" \\\\\" status=-75\n"},
		{"an empty text", false, false, "", "time=2026-11-13T12:00:00.123Z level=warning event=\"report failed\" report=\"\" status=-75\n"},
		{"a line break, and a word that would be a field", false, false, "a\nlevel=info", "time=2026-11-13T12:00:00.123Z level=warning event=\"report failed\" report=\"a\\\\u{a}level=info\" status=-75\n"},
		{"what ends like a priority", false, false, "<a@x.org>", "time=2026-11-13T12:00:00.123Z level=warning event=\"report failed\" report=<a@x.org> status=-75\n"},
		{"nothing known", false, false, NULL, "time=2026-11-13T12:00:00.123Z level=warning event=\"report failed\" status=-75\n"},
		{"the journal's", false, true, "weekly", "<4>level=warning event=\"report failed\" report=weekly status=-75\n"},
		{"JSON", true, false, "周报 \"x\"", "{\"time\":\"2026-11-13T12:00:00.123Z\",\"level\":\"warning\",\"event\":\"report failed\",\"report\":\"周报 \\\"x\\\"\",\"status\":-75}\n"},
		{"JSON in the journal", true, true, "a\tb", "<4>{\"level\":\"warning\",\"event\":\"report failed\",\"report\":\"a\\\\u{9}b\",\"status\":-75}\n"},
	};

	EACH (row, rows) {
		int ends[2];
		char got[500];

		tap_row(row->name);
		CHECK_INT(pipe2(ends, O_CLOEXEC), 0);

		const struct log log = {.fd = ends[1], .is_json = row->is_json, .is_journal = row->is_journal, .most = LOG_INFO, .now_ms = noon};

		LOG(&log, LOG_DEBUG, "not said", LOG_NUMBER("n", 1));
		LOG(&log, LOG_WARNING, "report failed", LOG_TEXT("report", row->text), LOG_NUMBER("status", -75));
		(void)close(ends[1]);

		const ssize_t n = read(ends[0], got, sizeof got);

		CHECK_SLICE(slice_from(got, n < 0 ? 0 : (size_t)n), slice_of(row->line));
		(void)close(ends[0]);
	}
}

TESTS(TEST(lines_are_written))
