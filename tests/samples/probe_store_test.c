/* SPDX-License-Identifier: MIT */
#include "samples/probe_store.h"

#include <unistd.h>

#include "base/file.h"
#include "tap.h"

#define MONDAY INT64_C(1794182400000) /* 2026-11-09 00:00 UTC */

static const struct probe_target home = {.name = (char *)"home", .url = (char *)"https://www.example.com/"}, shop = {.name = (char *)"shop", .url = (char *)"https://shop.example.com/"};

static struct probe_store *open_new(const char *name, unsigned flags)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	courant_error *err = NULL;
	struct probe_store *probes;

	buffer_printf(&path, "%s/%s.db", tap_folder(), name);
	probes = probe_store_open(path.bytes, flags, &err);
	CHECK_NO_ERROR(err);
	return probes;
}

/* Milliseconds that a probe took; else what went wrong. */
static void add(struct probe_store *probes, const struct probe_target *target, int64_t at_ms, enum probe_kind kind, int64_t total_ms)
{
	const struct probe_result result = {
		.at_ms = at_ms,
		.kind = kind,
		.status = kind == PROBE_OK ? 200 : kind == PROBE_STATUS ? 502 : 0,
		.name_us = 1000,
		.connect_us = 2000,
		.tls_us = PROBE_UNKNOWN,
		.first_us = 3000,
		.total_us = total_ms * 1000,
		.size_bytes = 512,
		.certificate_ms = kind == PROBE_OK ? MONDAY + 90 * MS_PER_DAY : 0,
	};
	courant_error *err = NULL;

	CHECK(probe_store_add(probes, target, &result, 1, &err) == 0);
	CHECK_NO_ERROR(err);
}

/* One probe a half minute from second `from` on: a letter each. */
static void add_row(struct probe_store *probes, int64_t from_s, const char *letters)
{
	for (size_t i = 0; letters[i]; i++) {
		const enum probe_kind kind = letters[i] == 't' ? PROBE_TIMEOUT : letters[i] == 's' ? PROBE_STATUS : letters[i] == 'r' ? PROBE_REFUSED : PROBE_OK;

		if (letters[i] != ' ')
			add(probes, &home, MONDAY + (from_s + 30 * (int64_t)i) * 1000, kind, 100);
	}
}

struct sums {
	uint64_t quarters, done, ok;
	int64_t first_ms;
	struct histogram total_us;
};

static int add_up(void *context, const struct probe_quarter *quarter, courant_error **err)
{
	struct sums *sums = context;

	(void)err;
	if (!sums->quarters++)
		sums->first_ms = quarter->from_ms;
	sums->done += quarter->done;
	sums->ok += quarter->ok;
	return histogram_join(&sums->total_us, &quarter->total_us);
}

static void quarters_add_up(void)
{
	AUTO(probe_store) struct probe_store *probes = open_new("quarters", PROBE_STORE_WRITE);
	struct sums sums = {.quarters = 0}, some = {.quarters = 0};

	for (int i = 1; i <= 100; i++)
		add(probes, &home, MONDAY + i * MS_PER_MINUTE, PROBE_OK, i);
	add(probes, &home, MONDAY + 101 * MS_PER_MINUTE, PROBE_TIMEOUT, 10000);
	add(probes, &shop, MONDAY + 50 * MS_PER_MINUTE, PROBE_OK, 777);
	CHECK(probe_store_quarters(probes, 1, MONDAY, MONDAY + MS_PER_DAY, add_up, &sums, NULL) == 0);
	CHECK_INT(sums.quarters, 7);
	CHECK_INT(sums.done, 101);
	CHECK_INT(sums.ok, 100);
	CHECK_INT(sums.first_ms, MONDAY);
	/* Of 1 to 100 ms, to less than one per cent; the time-out is in none of them. */
	CHECK_NEAR((double)histogram_quantile(&sums.total_us, 0.5) / 1000, 50, 0.5);
	CHECK_NEAR((double)histogram_quantile(&sums.total_us, 0.95) / 1000, 95, 0.95);
	CHECK_INT(sums.total_us.greatest, 100000);
	CHECK(probe_store_quarters(probes, 1, MONDAY + 15 * MS_PER_MINUTE, MONDAY + 45 * MS_PER_MINUTE, add_up, &some, NULL) == 0);
	CHECK_INT(some.done, 30);
	histogram_release(&sums.total_us);
	histogram_release(&some.total_us);
}

static void failures_are_counted_by_kind(void)
{
	AUTO(probe_store) struct probe_store *probes = open_new("failures", PROBE_STORE_WRITE);
	struct probe_failures *failures = NULL;
	size_t n = 0;

	add_row(probes, 0, "ottotso");
	CHECK(probe_store_failures(probes, 1, MONDAY, MONDAY + MS_PER_DAY, &failures, &n, NULL) == 0);
	CHECK_INT(n, 2);
	CHECK(failures[0].kind == PROBE_TIMEOUT && failures[0].n == 3 && failures[0].status == 0);
	CHECK(failures[1].kind == PROBE_STATUS && failures[1].n == 1 && failures[1].status == 502);
	free(failures);
}

/* Half a minute apart; each event as kind:from-to/failures in seconds. */
static const struct {
	const char *name, *letters, *events;
} rows[] = {
	{"all is well", "oooooooooo", ""},
	{"fourteen time-outs are seven minutes", "oooooottttttttttttttooo", "timeout:180-600/14"},
	{"one failure lasts until the next probe", "oooooroo", "refused:150-180/1"},
	{"two kinds are two events", "ooooottsso", "timeout:150-210/2 status502:210-270/2"},
	{"what goes on has no end", "ooooottt", "timeout:150-/3"},
	{"from the first probe on", "tto", "timeout:0-60/2"},
	{"nobody probes for ten minutes", "oooooooo                    oo", "none:240-840/0"},
	{"one that was left out is no gap", "oooooooo oo", ""},
	{"a gap ends what went on", "oooooooott                    oo", "timeout:240-300/2 none:300-900/0"},
	{"and what comes behind it is new", "oooooooott                    tto", "timeout:240-300/2 none:300-900/0 timeout:900-960/2"},
	{"without a usual distance there is no gap", "o            o", ""},
};

static void events_are_made(void)
{
	EACH (row, rows) {
		AUTO(probe_store) struct probe_store *probes = NULL;
		AUTO(buffer) struct buffer shown = BUFFER_LIMIT(4096), path = BUFFER_LIMIT(4096);
		struct probe_event *events = NULL;
		size_t n = 0;

		tap_row(row->name);
		buffer_printf(&path, "%s/events.db", tap_folder());
		(void)unlink(path.bytes);
		probes = open_new("events", PROBE_STORE_WRITE);
		add_row(probes, 0, row->letters);
		CHECK(probe_store_events(probes, 1, MONDAY - 1, MONDAY + MS_PER_DAY, &events, &n, NULL) == 0);
		buffer_append(&shown, SLICE(""));
		for (size_t i = 0; i < n; i++) {
			buffer_printf(&shown, "%s%s", i ? " " : "", probe_kind_name(events[i].kind));
			if (events[i].status)
				buffer_printf(&shown, "%u", events[i].status);
			buffer_printf(&shown, ":%d-", (int)((events[i].from_ms - MONDAY) / 1000));
			if (events[i].to_ms)
				buffer_printf(&shown, "%d", (int)((events[i].to_ms - MONDAY) / 1000));
			buffer_printf(&shown, "/%u", (unsigned)events[i].failures);
		}
		CHECK_TEXT(shown.bytes, row->events);
		free(events);
	}
}

static void events_outside_the_window_are_left_out(void)
{
	AUTO(probe_store) struct probe_store *probes = open_new("window", PROBE_STORE_WRITE);
	struct probe_event *events = NULL;
	size_t n = 0;

	add_row(probes, 0, "ooooottoooorrooo");
	CHECK(probe_store_events(probes, 1, MONDAY + 200000, MONDAY + 300000, &events, &n, NULL) == 0);
	CHECK_INT(n, 1);
	CHECK_INT(events[0].from_ms, MONDAY + 150000); /* reaches into it */
	free(events);
	CHECK(probe_store_events(probes, 1, MONDAY + 210000, MONDAY + 330000, &events, &n, NULL) == 0);
	CHECK_INT(n, 0);
	free(events);
}

static void targets_are_known(void)
{
	AUTO(probe_store) struct probe_store *probes = open_new("targets", PROBE_STORE_WRITE);
	const struct probe_target said = {.name = (char *)"shop", .url = (char *)"https://shop.example.com/", .every_ms = 5000};
	struct probe_known *known = NULL;
	size_t n = 0;

	add_row(probes, 1000, "oooooooo");
	add(probes, &said, MONDAY, PROBE_REFUSED, 0);
	CHECK(probe_store_targets(probes, &known, &n, NULL) == 0);
	CHECK_INT(n, 2);
	CHECK_TEXT(known[0].name, "home");
	CHECK_TEXT(known[0].url, "https://www.example.com/");
	CHECK_INT(known[0].every_ms, 30000);
	CHECK_INT(known[0].last_ms, MONDAY + 1210000);
	CHECK_INT(known[0].first_ms, MONDAY + 900000); /* its quarter's begin */
	CHECK_INT(known[0].certificate_ms, MONDAY + 90 * MS_PER_DAY);
	CHECK_TEXT(known[1].name, "shop");
	CHECK_INT(known[1].every_ms, 5000);
	CHECK_INT(known[1].certificate_ms, 0);
	probe_known_free(known, n);
}

static void the_last_results_are_kept(void)
{
	AUTO(probe_store) struct probe_store *probes = open_new("results", PROBE_STORE_WRITE);
	struct probe_result *results = NULL;
	size_t n = 0;

	enum { N = PROBE_RESULTS_MAX + 50 };
	static struct probe_target targets[N];
	static struct probe_result made[N];

	for (int i = 0; i < N; i++) {
		targets[i] = home;
		made[i] = (struct probe_result){.at_ms = MONDAY + i * 1000, .kind = i == PROBE_RESULTS_MAX ? PROBE_TLS : PROBE_OK, .connect_us = 2000,
						.tls_us = PROBE_UNKNOWN, .size_bytes = 512};
	}
	CHECK(probe_store_add(probes, targets, made, N, NULL) == 0);
	CHECK(probe_store_results(probes, 1, SIZE_MAX / 2, &results, &n, NULL) == 0);
	CHECK_INT(n, PROBE_RESULTS_MAX);
	CHECK_INT(results[0].at_ms, MONDAY + (PROBE_RESULTS_MAX + 49) * 1000);
	CHECK_INT(results[n - 1].at_ms, MONDAY + 50 * 1000);
	CHECK_INT(results[49].kind, PROBE_TLS);
	CHECK_INT(results[0].tls_us, PROBE_UNKNOWN);
	CHECK_INT(results[0].connect_us, 2000);
	CHECK_INT(results[0].size_bytes, 512);
	free(results);
	CHECK(probe_store_results(probes, 1, 3, &results, &n, NULL) == 0);
	CHECK_INT(n, 3);
	free(results);
}

static void what_is_too_old_goes(void)
{
	AUTO(probe_store) struct probe_store *probes = open_new("old", PROBE_STORE_WRITE);
	struct sums sums = {.quarters = 0};
	struct probe_event *events = NULL;
	size_t n = 0;

	add(probes, &home, MONDAY - PROBE_KEPT_MS - 2 * MS_PER_DAY, PROBE_TIMEOUT, 0);
	add(probes, &home, MONDAY - PROBE_KEPT_MS - MS_PER_DAY, PROBE_OK, 1);
	add(probes, &home, MONDAY, PROBE_OK, 1);
	CHECK(probe_store_quarters(probes, 1, 0, INT64_MAX, add_up, &sums, NULL) == 0);
	CHECK_INT(sums.done, 1);
	CHECK(probe_store_events(probes, 1, 0, INT64_MAX, &events, &n, NULL) == 0);
	CHECK_INT(n, 0);
	free(events);
	histogram_release(&sums.total_us);
}

static void a_clock_that_goes_back_makes_no_event(void)
{
	AUTO(probe_store) struct probe_store *probes = open_new("back", PROBE_STORE_WRITE);
	struct sums sums = {.quarters = 0};
	struct probe_event *events = NULL;
	size_t n = 0;

	add_row(probes, 3600, "oooooooo");
	add(probes, &home, MONDAY, PROBE_TIMEOUT, 0);
	add_row(probes, 3600 + 240, "o");
	CHECK(probe_store_events(probes, 1, 0, INT64_MAX, &events, &n, NULL) == 0);
	CHECK_INT(n, 0);
	CHECK(probe_store_quarters(probes, 1, 0, INT64_MAX, add_up, &sums, NULL) == 0);
	CHECK_INT(sums.done, 10);
	free(events);
	histogram_release(&sums.total_us);
}

static void all_of_a_run_or_nothing(void)
{
	AUTO(probe_store) struct probe_store *probes = open_new("run", PROBE_STORE_WRITE);
	const struct probe_target targets[] = {home, shop};
	const struct probe_result results[] = {{.at_ms = MONDAY, .kind = PROBE_OK, .total_us = 5}, {.at_ms = MONDAY, .kind = PROBE_NAME}};
	struct probe_known *known = NULL;
	size_t n = 0;

	CHECK(probe_store_add(probes, targets, results, 2, NULL) == 0);
	CHECK(probe_store_targets(probes, &known, &n, NULL) == 0);
	CHECK_INT(n, 2);
	probe_known_free(known, n);
}

static void reading_needs_a_file(void)
{
	courant_error *err = NULL;

	CHECK(!probe_store_open("/nonexistent/probes.db", 0, &err));
	CHECK_ERROR(err, COURANT_NO_INPUT, "/nonexistent/probes.db");
}

static void kinds_have_names(void)
{
	for (unsigned i = 0; i < PROBE_KINDS; i++) {
		enum probe_kind kind = PROBE_OK;

		CHECK(probe_kind_parse(slice_of(probe_kind_name((enum probe_kind)i)), &kind) && kind == (enum probe_kind)i);
	}
	CHECK(!probe_kind_parse(SLICE("fine"), &(enum probe_kind){PROBE_OK}));
}

TESTS(TEST(quarters_add_up), TEST(failures_are_counted_by_kind), TEST(events_are_made), TEST(events_outside_the_window_are_left_out), TEST(targets_are_known),
      TEST(the_last_results_are_kept), TEST(what_is_too_old_goes), TEST(a_clock_that_goes_back_makes_no_event), TEST(all_of_a_run_or_nothing),
      TEST(reading_needs_a_file), TEST(kinds_have_names))
