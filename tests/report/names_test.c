/* SPDX-License-Identifier: MIT */
/* names_test.c - names of files, of sites, of status codes */
#include "report/mail.h"
#include "report/site.h"
#include "report/status_codes.h"

#include "tap.h"

static void files_have_safe_names(void)
{
	static const struct {
		const char *name, *report, *from, *to, *file;
	} rows[] = {
	        {"a day", "traffic", "2026-11-09T00:00:00+08:00", "2026-11-10T00:00:00+08:00",
	         "traffic_2026-11-09"},
	        {"a week", "traffic", "2026-11-02T00:00:00+08:00", "2026-11-09T00:00:00+08:00",
	         "traffic_2026-11-02_2026-11-08"},
	        {"hours", "traffic", "2026-11-09T05:00:00+08:00", "2026-11-10T05:00:00+08:00",
	         "traffic_2026-11-09T0500_2026-11-10T0500"},
	        {"no time at all", "traffic", NULL, NULL, "traffic_all"},
	        {"Chinese", "官网周报", "2026-11-09T00:00:00+08:00", "2026-11-10T00:00:00+08:00",
	         "官网周报_2026-11-09"},
	        {"folders, blanks and controls", "../a b\x1b;$(x)", NULL, NULL, "---a-b----x-_all"},
	        {"what turns text around", "a\u202eb", NULL, NULL, "a-b_all"},
	        {"bytes that are not UTF-8", "a\xff", NULL, NULL, "a-_all"},
	};
	AUTO(zone) struct zone *zone = zone_load(SLICE("Asia/Shanghai"), NULL);

	EACH (row, rows) {
		int64_t from_ms = 0, to_ms = 0;
		int offset_s;

		tap_row(row->name);
		if (row->from)
			CHECK(rfc3339_parse(slice_of(row->from), &from_ms, &offset_s) &&
			      rfc3339_parse(slice_of(row->to), &to_ms, &offset_s));
		AUTO(free)
		char *name = mail_file_name(row->report, row->from ? &from_ms : NULL,
		                            row->from ? &to_ms : NULL, zone, NULL);
		CHECK_TEXT(name, row->file);
	}
}

static void our_own_site_is_told_from_others(void)
{
	CHECK(site_is_same(SLICE("www.example.com"), SLICE("Example.com")));
	CHECK(!site_is_same(SLICE("example.com"), SLICE("example.org")));
	CHECK(!site_is_same(SLICE(""), SLICE("")));
	CHECK(site_is_public(SLICE("www.google.co.uk")));
	CHECK(site_is_public(SLICE("m.baidu.com")));
	CHECK(site_is_public(SLICE("t.co")));
	CHECK(!site_is_public(SLICE("www.example.com")));
	CHECK(!site_is_public(SLICE("intranet")));
	CHECK_SLICE(site_of_referrer(SLICE("https://www.example.com:8443/a?b")),
	            SLICE("www.example.com"));
	CHECK_SLICE(site_path_of_referrer(SLICE("https://www.example.com:8443/a?b")),
	            SLICE("/a?b"));
	CHECK_SLICE(site_path_of_referrer(SLICE("https://www.example.com")), SLICE("/"));
}

static void status_codes_have_meanings(void)
{
	CHECK_SLICE(status_code_meaning(404, LANGUAGE_ZH), SLICE("未找到"));
	CHECK_SLICE(status_code_meaning(503, LANGUAGE_EN), SLICE("service unavailable"));
	CHECK_INT(status_code_meaning(299, LANGUAGE_EN).len, 0);
}

TESTS(TEST(files_have_safe_names), TEST(our_own_site_is_told_from_others),
      TEST(status_codes_have_meanings))
