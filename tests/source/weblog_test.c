/* SPDX-License-Identifier: MIT */
#include "source/source.h"

#include "base/file.h"
#include "tap.h"

#define MONDAY INT64_C(1794182400000) /* 2026-11-09 00:00 UTC */

/* Two hits on Monday, one on the Monday before, one in between. */
static const char log_text[] =
	"192.0.2.1 - - [09/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 100 \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0\"\n"
	"192.0.2.2 - - [09/Nov/2026:11:00:00 +0000] \"GET /a HTTP/1.1\" 404 10 \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0\"\n"
	"192.0.2.1 - - [05/Nov/2026:10:00:00 +0000] \"GET /b HTTP/1.1\" 200 1000 \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0\"\n"
	"192.0.2.1 - - [02/Nov/2026:10:00:00 +0000] \"GET /c HTTP/1.1\" 200 7 \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0\"\n";

#define S(setting_name, setting_value) {SLICE_INIT(setting_name), {NULL, 0}, SLICE_INIT(setting_value)}

static struct source *open_log(const struct source_setting *settings, size_t n, const struct zone *zone, courant_error **err)
{
	static const struct source_window windows[] = {{MONDAY, MONDAY + MS_PER_DAY}, {MONDAY - 7 * MS_PER_DAY, MONDAY - 6 * MS_PER_DAY}};
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(source) struct source *source = source_new(settings, n, &(struct source_context){.folder = tap_folder(), .zone = zone}, NULL, err);

	buffer_printf(&path, "%s/access.log", tap_folder());
	CHECK(file_write_atomic(path.bytes, slice_of(log_text), 0644, NULL) == 0);
	return source && source_open(source, windows, 2, err) == 0 ? STEAL(source) : NULL;
}

static uint64_t total(struct source *source, size_t window, const char *column)
{
	const struct source_table *what = source_find_table(source, SLICE("totals"), NULL);
	AUTO(table) struct table *table = source_take(source, what, &(struct source_request){.window = window}, NULL);

	return table_get(table, 0, column).count;
}

static void both_windows_come_from_one_pass(void)
{
	static const struct source_setting settings[] = {S("weblog", "access.*")};
	AUTO(zone) struct zone *utc = zone_new_fixed(0, NULL);
	courant_error *err = NULL;
	AUTO(source) struct source *source = open_log(settings, 1, utc, &err);
	struct source_facts facts;

	CHECK_NO_ERROR(err);
	CHECK_INT(total(source, 0, "hits"), 2);
	CHECK_INT(total(source, 0, "bytes"), 110);
	CHECK_INT(total(source, 1, "hits"), 1);
	CHECK_INT(total(source, 1, "bytes"), 7);
	CHECK(source_weblog(source));
	source_facts(source, &facts);
	CHECK_TEXT(facts.kind, "weblog");
	CHECK_INT(facts.n_places, 1);
	CHECK_INT(facts.first_ms, MONDAY - 7 * MS_PER_DAY + 10 * MS_PER_HOUR);
	CHECK_INT(facts.last_ms, MONDAY + 11 * MS_PER_HOUR);
}

static void without_a_log_the_ledger_is_named(void)
{
	static const struct source_setting settings[] = {S("weblog", ""), S("state", "web.ledger")};
	courant_error *err = NULL;
	AUTO(source) struct source *source = source_new(settings, 2, &(struct source_context){.folder = "/srv"}, NULL, &err);
	struct source_facts facts;

	CHECK_NO_ERROR(err);
	source_facts(source, &facts);
	CHECK_INT(facts.n_places, 1);
	CHECK_TEXT(facts.n_places ? facts.places[0] : NULL, "/srv/web.ledger");
}

static void the_log_tells_the_zone_when_nobody_does(void)
{
	static const struct source_setting settings[] = {S("weblog", "access.log")};
	AUTO(source) struct source *source = open_log(settings, 1, NULL, NULL);

	CHECK_TEXT(zone_name(source_zone(source)), "UTC");
}

static void filters_hold(void)
{
	static const struct source_setting settings[] = {S("weblog", "access.log"), S("exclude", "/a*"), S("status", "2xx"), S("status", "404")};
	AUTO(source) struct source *source = open_log(settings, 4, NULL, NULL);

	CHECK_INT(total(source, 0, "hits"), 1);
}

static void unknown_tables_are_told(void)
{
	static const struct source_setting settings[] = {S("weblog", "access.log")};
	AUTO(source) struct source *source = open_log(settings, 1, NULL, NULL);
	courant_error *err = NULL;

	CHECK(!source_find_table(source, SLICE("page"), &err));
	CHECK_ERROR(err, COURANT_CONFIG, "there is no table \"page\" (did you mean \"pages\"?)");
	err = NULL;
	CHECK(!source_find_table(source, SLICE("countries"), &err));
	CHECK_ERROR(err, COURANT_CONFIG, "there is no table \"countries\"");
}

static void missing_logs_are_told(void)
{
	static const struct source_setting settings[] = {S("weblog", "other.*")};
	courant_error *err = NULL;
	AUTO(source) struct source *source = open_log(settings, 1, NULL, &err);

	CHECK(!source);
	CHECK_ERROR(err, COURANT_NO_INPUT, "no log file is named");
}

TESTS(TEST(both_windows_come_from_one_pass), TEST(without_a_log_the_ledger_is_named), TEST(the_log_tells_the_zone_when_nobody_does), TEST(filters_hold), TEST(unknown_tables_are_told),
      TEST(missing_logs_are_told))
