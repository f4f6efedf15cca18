/* SPDX-License-Identifier: MIT */
/* file_test.c - what report files say, and every fault of them with its line and column */
#include "report/file.h"
#include "report/file_words.h"

#include "tap.h"

static int parse(const char *text, struct faults *faults, struct report_file *ret)
{
	faults_init(faults, SLICE("f.yaml"));
	return report_file_parse(slice_of(text), "f.yaml", "", faults, ret, NULL);
}

static const struct {
	const char *name, *text, *faults;
} faults_of_files[] = {
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
        {"an unknown target", "targets:\n  p96: 500 ms\n", "f.yaml:2:3: unknown key \"p96\" in \"targets\"; did you mean \"p95\"?\n"},
        {"a target without a unit", "targets:\n  p95: 500 mm\n", "f.yaml:2:8: \"p95\" must be a duration such as 300 ms, not \"500 mm\"\n"},
        {"an unknown way to send", "send: sometimes\n",
         "f.yaml:1:7: unknown value of \"send\": \"sometimes\"; known are always, if data, if changed\n"},
        {"a schedule mistyped", "schedule: dialy 08:00\n",
         "f.yaml:1:11: unknown schedule \"dialy 08:00\" (did you mean \"daily\"?); known are daily 08:00, weekly mon 09:00, "
         "monthly 1 07:30, every 15 min and cron lines of five fields (0 8 * * 1-5)\n"},
        {"a cron line with a wrong field", "schedule: 0 25 * * *\n",
         "f.yaml:1:11: schedule \"0 25 * * *\": the hour \"25\" is not a number from 0 to 23\n"},
        {"an expiry that is none", "schedule: daily 08:00\nexpire: 5 s\n",
         "f.yaml:2:9: \"expire\" must be a time from 1 min to 30 d, not \"5 s\"\n"},
        {"a colour that is none", "brand: {colour: blue}\n",
         "f.yaml:1:17: \"colour\" must be six hex digits such as '#0072B2', not \"blue\"\n"},
        {"sources that are no map", "sources: access.log\n",
         "f.yaml:1:10: \"sources\" is a map of names and sources (web: {weblog: /var/log/nginx/access.log*}), not a text\n"},
        {"a source that is no map", "sources:\n  web: access.log\n",
         "f.yaml:2:8: the source \"web\" is a map with its kind and place ({weblog: access.log}), not a text\n"},
        {"a source with a dot", "sources:\n  web.log: {weblog: access.log}\n",
         "f.yaml:2:3: the name of a source must not be empty or hold a dot\n"},
        {"a source called like the figures of several", "sources:\n  quality: {weblog: access.log}\n",
         "f.yaml:2:3: no source can be called \"quality\": it is what summaries call the figures of several\n"},
        {"an option that is yes or no", "sources:\n  web: {weblog: access.log, optional: maybe}\n",
         "f.yaml:2:39: unknown value of \"optional\": \"maybe\"; known are no, yes\n"},
        {"a table of a source that there is not", "sections:\n  - table: shop.pages\n",
         "f.yaml:2:12: there is no source \"shop\"; there are web\n"},
        {"a source mistyped", "sources:\n  system: {rrd: /x.rrd}\nsections:\n  - chart: sytem.network\n",
         "f.yaml:4:12: there is no source \"sytem\"; did you mean \"system\"?\n"},
        {"names that are none", "sections:\n  - charts: [web..hours, .web, web.]\n",
         "f.yaml:2:14: \"web..hours\" is no name such as system.network: source, table, column with dots between\n"
         "f.yaml:2:26: \".web\" is no name such as system.network: source, table, column with dots between\n"
         "f.yaml:2:32: \"web.\" is no name such as system.network: source, table, column with dots between\n"},
        {"a chart of nothing", "sections:\n  - chart: {title: x}\n", "f.yaml:2:12: a chart needs what it draws: series: SOURCE.TABLE\n"},
        {"a chart of an unknown kind", "sections:\n  - chart: {series: web.hours, kind: pie}\n",
         "f.yaml:2:38: unknown value of \"kind\": \"pie\"; known are lines, areas, stacked, bars\n"},
        {"a threshold that is no limit", "sections:\n  - chart: {series: web.hours, threshold: many}\n",
         "f.yaml:2:43: \"threshold\" must be a limit such as 300 ms, 90 %, 20 GiB or >= 1.5, not \"many\"\n"},
        {"several charts where one belongs", "sections:\n  - chart: [web.hours, web.days]\n",
         "f.yaml:2:12: \"chart\" is one of them; a list is written behind \"charts\"\n"},
        {"an unknown key of a figure", "sections:\n  - summary: [{figure: web.totals.hits, stat: max}]\n",
         "f.yaml:2:41: unknown key \"stat\" in a figure; known are figure, of, label, statistic, better\n"},
        {"an unknown statistic", "sections:\n  - summary: {figure: web.totals.hits, statistic: typical}\n",
         "f.yaml:2:51: unknown value of \"statistic\": \"typical\"; known are last, average, max, min, p95, sum\n"},
        {"columns beside a text", "sections:\n  - text: x\n    columns: [a]\n",
         "f.yaml:3:5: \"columns\" has a meaning only beside \"table\"\n"},
        {"an attachment that is two things", "attach:\n  - {workbook: a.xlsx, file: b.pdf}\n",
         "f.yaml:2:5: an attachment is either a \"workbook\" or a \"file\"\n"},
        {"sheets of a plain file", "attach:\n  - file: b.pdf\n    sheets: [web.pages]\n",
         "f.yaml:3:5: \"sheets\" has a meaning only beside \"workbook\"\n"},
        {"sheets of a source that there is not", "attach:\n  - workbook: b.xlsx\n    sheets: [shop.pages]\n",
         "f.yaml:3:14: there is no source \"shop\"; there are web\n"},
        {"too many rows", "sections:\n  - table: web.pages\n    top: 5000\n",
         "f.yaml:3:10: \"top\" must be a whole number from 1 to 100, not \"5000\"\n"},
        {"two things in one section", "sections:\n  - table: web.pages\n    text: x\n",
         "f.yaml:3:5: a section is one thing: \"text\" stands beside \"table\"\n"},
        {"a section of nothing", "sections:\n  - top: 3\n",
         "f.yaml:2:5: a section needs one of summary, chart, charts, table, statistics, latency, availability and text\n"},
        {"rows of a text", "sections:\n  - text: x\n    top: 3\n",
         "f.yaml:3:5: \"top\" has a meaning only beside \"table\"\n"},
        {"sections that are no list", "sections: web.pages\n",
         "f.yaml:1:11: \"sections\" is a list (- summary: web.totals), not a text\n"},
        {"several faults at once", "titel: x\nlanguage: xx\nperiod: yesterdya\n",
         "f.yaml:1:1: unknown key \"titel\" in a report file; did you mean \"title\"?\n"
         "f.yaml:2:11: unknown language \"xx\"; known are zh and en\n"
         "f.yaml:3:9: unknown period \"yesterdya\" (did you mean \"yesterday\"?); known are today, yesterday, last 24 h, latest 24 h, last 7 d, last week, "
         "last month, FROM..TO and all\n"},
        {"a syntax error", "title: a: b\n",
         "f.yaml:1:9: invalid nested block mapping on the same line\n"},
};

static void faults_are_told_with_their_places(void)
{
	EACH (row, faults_of_files) {
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
	CHECK_TEXT(file.folder, "reports.d");
	CHECK_INT(file.n_sources, 1);
	CHECK_TEXT(file.sources[0].name, "shop");
	CHECK_INT(file.sources[0].n_settings, 2);
	CHECK_SLICE(file.sources[0].settings[0].value, SLICE("access.log"));
	CHECK_SLICE(file.sources[0].settings[1].name, SLICE("weblog"));
	CHECK_SLICE(file.sources[0].settings[1].value, SLICE("/var/log/access.log*"));
	CHECK_INT(file.n_sections, 2);
	CHECK_INT(file.sections[0].kind, SECTION_CHARTS);
	CHECK_TEXT(file.sections[0].title, "每天");
	CHECK_TEXT(file.sections[0].charts[0].of.table, "days");
	CHECK_TEXT(file.sections[1].what.table, "pages");
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
	CHECK_ERROR(err, COURANT_USAGE, "did you mean traffic?");
}

/* The sample of the manual: several sources, each kind of section, attachments. */
static void a_file_has_several_sources_and_every_section(void)
{
	static const char text[] =
		"report: performance\n"
		"brand: {logo: logo.png, colour: '#0072B2', footer: 运维平台}\n"
		"targets: {p95: 500 ms, availability: 99.9 %, memory: 80 %}\n"
		"sources:\n"
		"  web: {weblog: access.log, state: web.ledger}\n"
		"  system: {rrd: system.rrd, types: {load: number, rx: bytes/s}, optional: yes}\n"
		"sections:\n"
		"  - summary: [web.totals, {figure: system.memory.used, of: system.memory.total, statistic: last, label: 内存, better: less}]\n"
		"  - charts: [system.network, {series: system.load, columns: {load: 负载}, unit: 个, threshold: '>= 1.5', kind: areas, compare: off, when: data}]\n"
		"    title: 曲线\n"
		"  - statistics: charts\n"
		"  - latency: [web, system]\n"
		"  - availability: web\n"
		"  - text: 详细内容见**附件**。\n"
		"  - table: web.days\n"
		"    columns: [hits, visitors]\n"
		"    when: data\n"
		"attach:\n"
		"  - workbook: 周报({week}周).xlsx\n"
		"    sheets: [web.totals, system.memory]\n"
		"  - notes.pdf\n";
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(report_file) struct report_file file = {0};

	if (!CHECK_INT(parse(text, &faults, &file), 0))
		return;
	CHECK_INT(file.kind, REPORT_PERFORMANCE);
	CHECK_INT(file.period.kind, PERIOD_LATEST_HOURS);
	CHECK_TEXT(file.brand_colour, "#0072B2");
	CHECK_NEAR(file.targets.p95_s, 0.5, 1e-12);
	CHECK_NEAR(file.targets.memory, 0.8, 1e-12);
	CHECK_NEAR(file.targets.coverage, 0.9, 1e-12);
	CHECK_INT(file.n_sources, 2);
	CHECK(file.sources[1].is_optional && !file.sources[0].is_optional);
	CHECK_INT(file.sources[1].n_settings, 3);
	CHECK_SLICE(file.sources[1].settings[2].key, SLICE("rx"));
	CHECK_INT(file.sources[1].value_places[2].column, 55);
	CHECK_INT(file.n_sections, 7);
	CHECK_TEXT(file.sections[0].figures[1].whole.column, "total");
	CHECK_INT(file.sections[0].figures[1].better, BETTER_DOWN);
	CHECK_INT(file.sections[1].n_charts, 2);
	CHECK_TEXT(file.sections[1].charts[1].columns.items[0].label, "负载");
	CHECK_NEAR(file.sections[1].charts[1].threshold, 1.5, 1e-12);
	CHECK(file.sections[1].charts[1].is_floor && file.sections[1].charts[1].is_alone && file.sections[1].charts[1].needs_data);
	CHECK_INT(file.sections[2].kind, SECTION_STATISTICS);
	CHECK_INT(file.sections[3].n_sources, 2);
	CHECK_INT(file.sections[6].columns.n, 2);
	CHECK_INT(file.sections[6].least_rows, 1);
	CHECK_INT(file.n_attachments, 2);
	CHECK_INT(file.attachments[0].n_sheets, 2);
	CHECK_TEXT(file.attachments[1].path, "notes.pdf");
}

static void the_builtin_sections_speak_of_the_files_own_sources(void)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(report_file) struct report_file file = {0};

	CHECK_INT(parse("report: traffic\nsources: {shop: {weblog: a.log}}\n", &faults, &file), 0);
	CHECK_TEXT(file.sections[0].figures[0].of.source, "shop");
	report_file_release(&file);

	tap_row("what the file has no source for is left out");
	CHECK_INT(parse("report: performance\nsources: {machine: {rrd: m.rrd}}\n", &faults, &file), 0);
	CHECK_INT(file.n_sections, 3);
	CHECK_INT(file.sections[0].n_figures, 2);
	for (size_t i = 0; i < file.sections[1].n_charts; i++)
		CHECK_TEXT(file.sections[1].charts[i].of.source, "machine");
	CHECK_INT(file.sections[1].n_charts, 6);
	report_file_release(&file);

	tap_row("two of one kind");
	CHECK_INT(parse("report: performance\nsources: {db: {rrd: d.rrd}, system: {rrd: s.rrd}}\n", &faults, &file), 0);
	CHECK_TEXT(file.sections[1].charts[0].of.source, "system");
	CHECK_TEXT(file.sections[1].charts[1].of.source, "db");
}

/* ---- Sources that a command line names ---- */

static void words_take_the_places_of_sources(void)
{
	static const struct {
		const char *name, *report, *words[3];
		const char *said; /* each source and its settings */
	} rows[] = {
		{"logs of the traffic report", "traffic", {"a.log", "b.log.1"}, "web: weblog=a.log weblog=b.log.1"},
		{"standard input", "traffic", {"-"}, "web: weblog=-"},
		{"files by their names", "performance", {"host7/mysql.rrd", "host7/system.rrd"}, "system: rrd=host7/system.rrd; mysql: rrd=host7/mysql.rrd"},
		{"a file by its kind", "performance", {"host7.rrd"}, "system: rrd=host7.rrd; mysql: left out"},
		{"a place that is said", "performance", {"mysql=x.rrd"}, "system: left out; mysql: rrd=x.rrd"},
		{"another kind in its place", "performance", {"system=x.csv;separator=,"}, "system: csv=x.csv separator=,; mysql: left out"},
		{"no words", "performance", {NULL}, "system: rrd=/var/lib/courant/system.rrd; mysql: rrd=/var/lib/courant/mysql.rrd"},
	};

	EACH (row, rows) {
		AUTO(report_file) struct report_file file = {0};
		AUTO(buffer) struct buffer said = BUFFER_LIMIT(1000);
		courant_error *err = NULL;
		size_t n = 0;

		tap_row(row->name);
		CHECK_INT(report_file_builtin(slice_of(row->report), &file, &err), 0);
		while (n < 3 && row->words[n])
			n++;
		CHECK_INT(file_words_take(&file, row->words, n, &err), 0);
		CHECK_NO_ERROR(err);
		for (size_t i = 0; i < file.n_sources; i++) {
			const struct file_source *source = &file.sources[i];

			buffer_printf(&said, "%s%s:%s", i ? "; " : "", source->name, source->is_left_out ? " left out" : "");
			for (size_t k = 0; k < source->n_settings && !source->is_left_out; k++)
				buffer_printf(&said, " %.*s=%.*s", SLICE_ARGS(source->settings[k].name), SLICE_ARGS(source->settings[k].value));
		}
		CHECK_SLICE(buffer_peek(&said), slice_of(row->said));
	}
}

static void words_without_a_place_are_wrong_usage(void)
{
	AUTO(report_file) struct report_file file = {0};
	courant_error *err = NULL;

	CHECK_INT(report_file_builtin(SLICE("traffic"), &file, &err), 0);
	CHECK_INT(file_words_take(&file, (const char *const[]){"system.rrd"}, 1, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "system.rrd: the report has no (other) source of kind rrd");
	CHECK_INT(file_words_take(&file, (const char *const[]){"a.log;format"}, 1, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "is no option");
	report_file_release(&file);
	CHECK_INT(report_file_builtin(SLICE("performance"), &file, &err), 0);
	CHECK_INT(file_words_set_ledger(&file, "x.ledger", &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "of no access log");
}

static void reading_survives_without_memory(void)
{
	EACH_ALLOCATION
	{
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(report_file) struct report_file file = {0};

		(void)parse(
		        "title: x\nto: [a@example.org]\nsources: {web: {weblog: x}}\nsections:\n  - text: y\n  - charts: [{series: web.hours, columns: [hits]}]\n"
		        "attach:\n  - workbook: x.xlsx\n    sheets: [web.hours]\n",
		        &faults, &file);
	}
}

TESTS(TEST(faults_are_told_with_their_places), TEST(a_file_says_what_is_reported),
      TEST(what_a_file_leaves_out_is_as_in_the_builtin), TEST(a_file_has_several_sources_and_every_section),
      TEST(the_builtin_sections_speak_of_the_files_own_sources), TEST(words_take_the_places_of_sources), TEST(words_without_a_place_are_wrong_usage),
      TEST(reading_survives_without_memory))
