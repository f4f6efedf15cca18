/* SPDX-License-Identifier: MIT */
/* weblog_test.c - two windows out of a ledger say what they say when the logs are read */
#include "weblog/weblog.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/random.h"
#include "table/export.h"
#include "tap.h"

#define DAY_MS   (24 * INT64_C(3600000))
#define FIRST_MS INT64_C(1794153600000) /* 2026-11-09T00:00:00+08:00 */
#define LINES    4000
#define OUT_MAX  ((size_t)1 << 24)

/* Nine days, with a silence of some hours in the eighth; some lines cannot be read, one has no end. */
static int write_log(const char *path, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX);
	struct random_stream random = {9};
	slice bytes;

	for (int i = 0; i < LINES; i++) {
		const int64_t second = (int64_t)i * 9 * 86400 / LINES;
		const unsigned day = (unsigned)(second / 86400), hour = (unsigned)(second / 3600 % 24);

		if (i % 700 == 3)
			buffer_append(&out, SLICE("no line\n"));
		if (day == 7 && hour >= 3 && hour < 9)
			continue;
		buffer_printf(&out, "192.0.2.%u - - [%02u/Nov/2026:%02u:%02u:%02u +0800] \"GET /%u HTTP/1.1\" %d %d \"http://site%u.example/\" "
			      "\"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/%u.0\" 0.%03u%s",
			      (unsigned)random_below(&random, 60), 9 + day, hour, (unsigned)(second / 60 % 60), (unsigned)(second % 60),
			      (unsigned)random_below(&random, 40), random_below(&random, 20) ? 200 : 503, i, (unsigned)random_below(&random, 5),
			      100 + (unsigned)random_below(&random, 4), (unsigned)random_below(&random, 999), i + 1 < LINES ? "\n" : "");
	}
	if (buffer_slice(&out, &bytes, err) < 0)
		return -1;
	return file_write_atomic(path, bytes, 0600, err);
}

/* Yesterday, and the same day a week before, as a report asks for. */
static void set_windows(struct weblog_options *options, const struct zone *zone)
{
	options->zone = zone;
	options->windows[0] = (struct weblog_window){FIRST_MS + 7 * DAY_MS, FIRST_MS + 8 * DAY_MS};
	options->windows[1] = (struct weblog_window){FIRST_MS, FIRST_MS + DAY_MS};
	options->n_windows = 2;
}

static struct weblog *read_log(const struct weblog_options *options, const char *path, courant_error **err)
{
	AUTO(weblog) struct weblog *weblog = weblog_new(options, err);

	if (!weblog || (path && weblog_add_path(weblog, path, err) < 0) || weblog_finish(weblog, err) < 0)
		return NULL;
	return STEAL(weblog);
}

static void check_tables(struct weblog *got, struct weblog *want)
{
	for (size_t window = 0; window < 2; window++) {
		for (size_t i = 0; weblog_table_names[i]; i++) {
			AUTO(buffer) struct buffer mine = BUFFER_LIMIT(OUT_MAX), theirs = BUFFER_LIMIT(OUT_MAX);
			courant_error *err = NULL;

			if (slice_equal(slice_of(weblog_table_names[i]), SLICE("countries")))
				continue;

			AUTO(table) struct table *a = weblog_take_table(got, window, weblog_table_names[i], 0, &err);
			AUTO(table) struct table *b = weblog_take_table(want, window, weblog_table_names[i], 0, &err);

			tap_row(weblog_table_names[i]);
			CHECK_NO_ERROR(err);
			if (!CHECK(a && b))
				continue;
			CHECK_INT(export_json(&mine, a, weblog_zone(got), &err), 0);
			CHECK_INT(export_json(&theirs, b, weblog_zone(want), &err), 0);
			CHECK_SLICE(buffer_peek(&mine), buffer_peek(&theirs));
		}
	}
	tap_row(NULL);
}

static void check_facts(const struct weblog *got, const struct weblog *want)
{
	struct weblog_facts mine, theirs;

	weblog_facts(got, &mine);
	weblog_facts(want, &theirs);
	CHECK_INT(mine.files, theirs.files);
	CHECK_INT(mine.lines, theirs.lines);
	CHECK_INT(mine.hits, theirs.hits);
	CHECK_INT(mine.rejected, theirs.rejected);
	CHECK_INT(mine.all_first_ms, theirs.all_first_ms);
	CHECK_INT(mine.all_last_ms, theirs.all_last_ms);
	CHECK_TEXT(mine.format, theirs.format);
	CHECK(mine.has_agents && theirs.has_agents);
	for (size_t i = 0; i < WEBLOG_WINDOWS; i++) {
		CHECK_INT(mine.in_window[i], theirs.in_window[i]);
		CHECK_INT(mine.first_ms[i], theirs.first_ms[i]);
		CHECK_INT(mine.last_ms[i], theirs.last_ms[i]);
		CHECK_INT(mine.longest_gap_ms[i], theirs.longest_gap_ms[i]);
		CHECK_INT(mine.longest_gap_from_ms[i], theirs.longest_gap_from_ms[i]);
		CHECK(mine.visitors_error[i] == 0);
	}
	/* Each window has something, and the silence is in the first. */
	CHECK(theirs.in_window[0] > 300 && theirs.in_window[1] > 300);
	CHECK(theirs.longest_gap_ms[0] > 6 * INT64_C(3600000) && theirs.longest_gap_ms[1] < INT64_C(3600000));
}

static void two_windows_come_out_of_a_ledger(void)
{
	AUTO(buffer) struct buffer log_path = BUFFER_LIMIT(4096), ledger_path = BUFFER_LIMIT(4096);
	courant_error *err = NULL;
	AUTO(zone) struct zone *zone = zone_new_fixed(8 * 3600, &err);

	buffer_printf(&log_path, "%s/access.log%c", tap_folder(), 0);
	buffer_printf(&ledger_path, "%s/ledger%c", tap_folder(), 0);

	const char *log = log_path.bytes, *ledger = ledger_path.bytes;

	CHECK_INT(write_log(log, &err), 0);
	CHECK_NO_ERROR(err);

	struct weblog_options options = {0};

	set_windows(&options, zone);

	AUTO(weblog) struct weblog *direct = read_log(&options, log, &err);

	options.state = ledger;

	AUTO(weblog) struct weblog *counting = read_log(&options, log, &err);
	/* The log is no longer needed. */
	AUTO(weblog) struct weblog *later = read_log(&options, NULL, &err);

	CHECK_NO_ERROR(err);
	if (CHECK(direct && counting && later)) {
		check_tables(counting, direct);
		check_facts(counting, direct);
		check_tables(later, direct);
		check_facts(later, direct);
	}
}

/* A reader's zone is chosen by it: summer and winter have other offsets. */
static void the_first_line_tells_its_time(void)
{
	AUTO(error) courant_error *err = NULL;
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	int64_t instant_ms = 0;
	int offset_s = 0;

	buffer_printf(&path, "%s/summer.log%c", tap_folder(), 0);
	CHECK_INT(file_write_atomic(path.bytes, SLICE("192.0.2.1 - - [07/Jul/2026:10:00:00 +0200] \"GET / HTTP/1.1\" 200 5\n"), 0600, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK(weblog_peek_time(path.bytes, &instant_ms, &offset_s));
	CHECK_INT(instant_ms, INT64_C(1783411200000)); /* date -d 2026-07-07T10:00:00+02:00 +%s */
	CHECK_INT(offset_s, 7200);
}

TESTS(TEST(two_windows_come_out_of_a_ledger), TEST(the_first_line_tells_its_time))
