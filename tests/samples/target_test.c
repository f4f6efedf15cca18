/* SPDX-License-Identifier: MIT */
#include "samples/target.h"

#include "tap.h"

static const struct {
	const char *option, *value, *sentence; /* NULL: it is fine */
} settings[] = {
	{"url", "https://www.example.com/", NULL},
	{"url", "HTTP://example.com:8080/a?b=c", NULL},
	{"url", "http://[::1]:80/", NULL},
	{"url", "www.example.com", "is no URL such as"},
	{"url", "ftp://example.com/", "is no URL such as"},
	{"url", "https://", "is no URL such as"},
	{"url", "https://ops:secret@example.com/", "without user and password"},
	{"url", "https://example.com/a b", "is no URL such as"},
	{"url", "https://example.com/\n", "is no URL such as"},
	{"name", "首页", NULL},
	{"name", "", "1 to 200 bytes"},
	{"name", "a\tb", "control characters"},
	{"name", "\xff", "UTF-8"},
	{"status", "200", NULL},
	{"status", "2xx, 301-302", NULL},
	{"status", "99", "is no status such as"},
	{"status", "600", "is no status such as"},
	{"status", "6xx", "is no status such as"},
	{"status", "302-301", "is no status such as"},
	{"status", "200,,301", "is no status such as"},
	{"status", "", "is no status such as"},
	{"body", "Welcome", NULL},
	{"body", "", "an empty text is in every body"},
	{"timeout", "5 s", NULL},
	{"timeout", "500 ms", NULL},
	{"timeout", "0", "is no duration such as"},
	{"timeout", "2 d", "is no duration such as"},
	{"timeout", "soon", "is no duration such as"},
	{"every", "30", NULL},
	{"redirects", "follow", NULL},
	{"redirects", "yes", "is neither follow nor keep"},
	{"method", "HEAD", NULL},
	{"method", "POST", "is neither GET nor HEAD"},
	{"colour", "red", "a target has no option colour"},
};

static void options_are_checked(void)
{
	EACH (row, settings) {
		struct probe_target target;
		courant_error *err = NULL;

		tap_row(row->value);
		probe_target_init(&target);

		const int status = probe_target_set(&target, row->option, slice_of(row->value), &err);

		if (row->sentence) {
			CHECK(status < 0);
			CHECK_ERROR(err, COURANT_CONFIG, row->sentence);
		} else {
			CHECK(status == 0);
			CHECK_NO_ERROR(err);
		}
		probe_target_release(&target);
	}
}

static void a_target_without_a_name_has_its_url(void)
{
	struct probe_target target;
	courant_error *err = NULL;

	probe_target_init(&target);
	CHECK(probe_target_finish(&target, &err) < 0);
	CHECK_ERROR(err, COURANT_CONFIG, "a target needs a \"url\"");
	CHECK(probe_target_set(&target, "url", SLICE("https://example.com/"), NULL) == 0);
	CHECK(probe_target_finish(&target, NULL) == 0);
	CHECK_TEXT(target.name, "https://example.com/");
	CHECK_INT(target.timeout_ms, 10000);
	CHECK(probe_target_set(&target, "method", SLICE("HEAD"), NULL) == 0);
	CHECK(probe_target_set(&target, "body", SLICE("x"), NULL) == 0);
	err = NULL;
	CHECK(probe_target_finish(&target, &err) < 0);
	CHECK_ERROR(err, COURANT_CONFIG, "an answer to HEAD has no body");
	probe_target_release(&target);
}

static void statuses_are_expected(void)
{
	struct probe_target target;

	probe_target_init(&target);
	CHECK(probe_target_expects(&target, 200) && probe_target_expects(&target, 399));
	CHECK(!probe_target_expects(&target, 400) && !probe_target_expects(&target, 199) && !probe_target_expects(&target, 500));
	CHECK(probe_target_set(&target, "status", SLICE("404,5xx"), NULL) == 0);
	CHECK(probe_target_set(&target, "status", SLICE("201-203"), NULL) == 0);
	CHECK(probe_target_expects(&target, 404) && probe_target_expects(&target, 599) && probe_target_expects(&target, 202));
	CHECK(!probe_target_expects(&target, 200) && !probe_target_expects(&target, 204));
	probe_target_release(&target);
}

TESTS(TEST(options_are_checked), TEST(a_target_without_a_name_has_its_url), TEST(statuses_are_expected))
