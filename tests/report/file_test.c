/* SPDX-License-Identifier: MIT */
/* file_test.c - what report files say, and every fault of them with its line and column */
#include "report/file.h"

#include "tap.h"

static int parse(const char *text, struct faults *faults, struct report_file *ret)
{
	faults_init(faults, SLICE("f.yaml"));
	return report_file_parse(slice_of(text), "f.yaml", "", faults, ret, NULL);
}

static void faults_are_told_with_their_places(void)
{
	static const struct {
		const char *name, *text, *faults;
	} rows[] = {
	        {"an empty file", "",
	         "f.yaml:1:1: the file is empty: a report file begins with \"report: traffic\"\n"},
	        {"a text instead of a map", "traffic\n",
	         "f.yaml:1:1: a report file is a map of keys and values, not a text\n"},
	        {"an unknown key", "report: traffic\ntimezome: UTC\n",
	         "f.yaml:2:1: unknown key \"timezome\" in a report file; did you mean \"timezone\"?\n"},
	        {"another kind of report", "report: trafic\n",
	         "f.yaml:1:9: unknown value of \"report\": \"trafic\"; did you mean \"traffic\"?\n"},
	        {"an unknown language", "language: de\n",
	         "f.yaml:1:11: unknown language \"de\"; known are zh and en\n"},
	        {"an unknown zone", "timezone: Asia/Shangai\n",
	         "f.yaml:1:11: unknown time zone Asia/Shangai: is Asia/Shanghai meant?\n"},
	        {"a list where a text belongs", "title: [a, b]\n",
	         "f.yaml:1:8: \"title\" needs a text, not a list\n"},
	        {"nothing where a text belongs", "report: traffic\ntitle:\n",
	         "f.yaml:2:1: \"title\" needs a text, not nothing\n"},
	        {"a bad address in a list", "to:\n  - ann@example.org\n  - not an address\n",
	         "f.yaml:3:5: To: address \"not an address\" has no @\n"},
	        {"a line end in an address", "to: \"a@example.org\\r\\nBcc: b@example.org\"\n",
	         "f.yaml:1:5: To: address \"a@example.org\\u{d}\\u{a}Bcc: b@example.org\" holds a line end\n"},
	        {"a line end in the subject", "subject: \"a\\nb\"\n",
	         "f.yaml:1:10: \"subject\" must be one line without control characters\n"},
	        {"a link that is none", "link: 'javascript:alert(1)'\n",
	         "f.yaml:1:7: \"link\" must be an http:// or https:// address\n"},
	        {"a share that is no percentage", "targets: {error_share: 0.01}\n",
	         "f.yaml:1:24: \"error_share\" must be a percentage from 0 % to 100 %, not \"0.01\"\n"},
	        {"a target of another report", "targets:\n  p95: 500 ms\n",
	         "f.yaml:2:3: unknown key \"p95\" in \"targets\"; known are error_share, rejected_share, traffic_change\n"},
	        {"an unknown way to send", "send: sometimes\n",
	         "f.yaml:1:7: unknown value of \"send\": \"sometimes\"; known are always, if data, if changed\n"},
	        {"a schedule mistyped", "schedule: dialy 08:00\n",
	         "f.yaml:1:11: unknown schedule \"dialy 08:00\" (did you mean \"daily\"?); known are daily 08:00, weekly mon 09:00, "
	         "monthly 1 07:30, every 15 min and cron lines of five fields (0 8 * * 1-5)\n"},
	        {"a cron line with a wrong field", "schedule: 0 25 * * *\n",
	         "f.yaml:1:11: schedule \"0 25 * * *\": the hour \"25\" is not a number from 0 to 23\n"},
	        {"an expiry that is none", "schedule: daily 08:00\nexpire: 5 s\n",
	         "f.yaml:2:9: \"expire\" must be a time from 1 min to 30 d, not \"5 s\"\n"},
	        {"a colour", "brand: {colour: '#0072B2'}\n",
	         "f.yaml:1:9: unknown key \"colour\" in \"brand\"; known are footer\n"},
	        {"a source that is not built in", "sources:\n  system: {rrd: /x.rrd}\n",
	         "f.yaml:2:12: unknown key \"rrd\" in a source; known are weblog\n"},
	        {"two sources", "sources:\n  web: {weblog: a}\n  shop: {weblog: b}\n",
	         "f.yaml:3:3: a second source \"shop\": a traffic report has one, of as many logs as you like\n"},
	        {"an unknown table", "sections:\n  - table: web.pagse\n",
	         "f.yaml:2:16: unknown table \"pagse\"; did you mean \"pages\"?\n"},
	        {"a table of another source", "sections:\n  - table: shop.pages\n",
	         "f.yaml:2:12: \"shop.pages\" must be a table of the source \"web\": web.status\n"},
	        {"too many rows", "sections:\n  - table: web.pages\n    top: 5000\n",
	         "f.yaml:3:10: \"top\" must be a whole number from 1 to 100, not \"5000\"\n"},
	        {"two things in one section", "sections:\n  - table: web.pages\n    text: x\n",
	         "f.yaml:3:5: a section is one thing: \"text\" stands beside \"table\"\n"},
	        {"a section of nothing", "sections:\n  - top: 3\n",
	         "f.yaml:2:5: a section needs one of summary, chart, table and text\n"},
	        {"rows of a text", "sections:\n  - text: x\n    top: 3\n",
	         "f.yaml:3:5: \"top\" has a meaning only beside \"table\"\n"},
	        {"sections that are no list", "sections: web.pages\n",
	         "f.yaml:1:11: \"sections\" is a list (- summary: web.totals), not a text\n"},
	        {"several faults at once", "titel: x\nlanguage: xx\nperiod: yesterdya\n",
	         "f.yaml:1:1: unknown key \"titel\" in a report file; did you mean \"title\"?\n"
	         "f.yaml:2:11: unknown language \"xx\"; known are zh and en\n"
	         "f.yaml:3:9: unknown period \"yesterdya\" (did you mean \"yesterday\"?); known are today, yesterday, last 24 h, last 7 d, last week, "
	         "last month, FROM..TO and all\n"},
	        {"a syntax error", "title: a: b\n",
	         "f.yaml:1:9: invalid nested block mapping on the same line\n"},
	};

	EACH (row, rows) {
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(report_file) struct report_file file = {0};
		AUTO(buffer) struct buffer told = BUFFER_LIMIT(10000);

		tap_row(row->name);
		CHECK_INT(parse(row->text, &faults, &file), -1);
		faults_write(&faults, &told);
		CHECK_TEXT(told.bytes ? told.bytes : "", row->faults);
		CHECK(file.name == NULL);
	}
}

static void a_file_says_what_is_reported(void)
{
	static const char text[] =
	        "report: traffic\n"
	        "title: 周报\n"
	        "language: zh\n"
	        "timezone: Asia/Shanghai\n"
	        "period: last week\n"
	        "compare: previous\n"
	        "to: [ann@example.org, Bob <bob@example.org>]\n"
	        "cc: boss@example.org\n"
	        "from: 运维 <ops@example.org>\n"
	        "privacy: each\n"
	        "send: if data\n"
	        "schedule: weekly mon 09:00\n"
	        "expire: 6 h\n"
	        "link: https://monitor.example.com/\n"
	        "targets: {error_share: 0.5 %, rejected_share: 2%, traffic_change: 150 %}\n"
	        "sources: {shop: {weblog: [access.log, /var/log/access.log*]}}\n"
	        "sections:\n"
	        "  - chart: shop.days\n"
	        "    title: 每天\n"
	        "  - table: shop.pages\n"
	        "    top: 7\n";
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(report_file) struct report_file file = {0};
	courant_error *err = NULL;

	faults_init(&faults, SLICE("weekly.yaml"));
	CHECK_INT(report_file_parse(slice_of(text), "reports.d/weekly.yaml", "reports.d", &faults,
	                            &file, &err),
	          0);
	if (!CHECK_NO_ERROR(err))
		return;
	CHECK_TEXT(file.name, "weekly");
	CHECK_TEXT(file.title, "周报");
	CHECK(file.has_language && file.language == LANGUAGE_ZH);
	CHECK_INT(file.period.kind, PERIOD_LAST_WEEK);
	CHECK_INT(file.compare, COMPARE_PREVIOUS);
	CHECK_INT(file.to.n, 2);
	CHECK_TEXT(file.cc.items[0], "boss@example.org");
	CHECK_INT(file.privacy, PRIVACY_EACH);
	CHECK_INT(file.send, SEND_IF_DATA);
	CHECK_INT(file.expire_ms, 6 * MS_PER_HOUR);
	CHECK(file.has_schedule && file.schedule.weekdays == 1 << 1);
	CHECK_NEAR(file.targets.error_share, 0.005, 1e-12);
	CHECK_NEAR(file.targets.traffic_change, 1.5, 1e-12);
	CHECK_TEXT(file.source, "shop");
	CHECK_TEXT(file.logs.items[0], "reports.d/access.log");
	CHECK_TEXT(file.logs.items[1], "/var/log/access.log*");
	CHECK_INT(file.n_sections, 2);
	CHECK_INT(file.sections[0].kind, SECTION_CHART);
	CHECK_TEXT(file.sections[0].title, "每天");
	CHECK_TEXT(file.sections[1].table, "pages");
	CHECK_INT(file.sections[1].top, 7);
}

static void what_a_file_leaves_out_is_as_in_the_builtin(void)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(report_file) struct report_file file = {0}, builtin = {0};
	courant_error *err = NULL;

	CHECK_INT(parse("title: x\n", &faults, &file), 0);
	CHECK_INT(report_file_builtin(SLICE("traffic"), &builtin, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(file.n_sections, builtin.n_sections);
	CHECK(builtin.n_sections >= 8);
	CHECK_INT(file.period.kind, PERIOD_YESTERDAY);
	CHECK_INT(file.compare, COMPARE_SAME_DAY_LAST_WEEK);
	CHECK_NEAR(file.targets.error_share, 0.01, 1e-12);
	report_file_release(&builtin);
	CHECK_INT(report_file_builtin(SLICE("trafic"), &builtin, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "known is traffic");
}

static void reading_survives_without_memory(void)
{
	EACH_ALLOCATION
	{
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(report_file) struct report_file file = {0};

		(void)parse(
		        "title: x\nto: [a@example.org]\nsources: {web: {weblog: x}}\nsections:\n  - text: y\n",
		        &faults, &file);
	}
}

TESTS(TEST(faults_are_told_with_their_places), TEST(a_file_says_what_is_reported),
      TEST(what_a_file_leaves_out_is_as_in_the_builtin), TEST(reading_survives_without_memory))
