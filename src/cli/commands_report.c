/* SPDX-License-Identifier: MIT */
/* commands_report.c - the commands that make and look after figures and reports: their options and words */
#include "cli/commands.h"

#include "cli/deliver.h"
#include "cli/settings.h"

#define OPTIONS(list) .options = (list), .n_options = sizeof(list) / sizeof *(list)

/* ---- chart ---- */

static const struct cli_option chart_options[] = {
	{.name = "columns", .value = "NAMES", .help = "the columns to draw, with commas between; without it, all figures of the first one's kind"},
	{.name = "kind", .value = "lines|areas|stacked|bars|week",
	 .help = "lines; areas that lie within each other; parts stacked up; bars; a week with a value a day"},
	{.name = "labels", .value = "TEXTS", .help = "what the columns are called in the picture, in their order, with commas between"},
	{.name = "title", .value = "TEXT", .help = "the picture's title (the table's name)"},
	{.name = "unit", .value = "TEXT", .help = "what plain numbers and rates count: \"requests\""},
	{.name = "target", .value = "NUMBER", .help = "a dashed line that the first column should stay below, in the unit of the data"},
	{.name = "total", .value = "NUMBER", .help = "the whole that the columns are parts of, as a dashed line"},
	{.name = "period", .value = "PERIOD", .help = "the time to show: today, yesterday, last 24 h, last 7 d, last week, last month, FROM..TO or all",
	 .words = "today|yesterday|last 24 h|last 7 d|last week|last month|all"},
	{.name = "compare", .value = "WITH", .help = "a thin line of the time before: same day last week, previous or off",
	 .words = "same day last week|previous|off"},
	{.name = "timezone", .value = "ZONE", .help = "the zone of its days and hours: Asia/Shanghai, +08:00"},
	{.name = "language", .value = "zh|en", .help = "the language of its words (en)"},
	{.name = "size", .value = "WIDTHxHEIGHT", .help = "in CSS px (370x180; a week 640x180); the PNG has twice as many"},
	{.name = "output", .letter = 'o', .value = "FILE.png", .help = "write the picture there; - is standard output"},
	{.name = "alt", .help = "print the picture in words, as the alternative text of a page"},
};

const struct cli_command command_chart = {
	.name = "chart",
	.arguments = "SOURCE [TABLE]",
	.summary = "draw one picture out of any source",
	.about =
		"Draws the figures of a table as a PNG. The source is written as in courant report --sources: a path (FILE.csv, FILE.rrd, a log), or the kind in "
		"front and options behind it: \"rrd:system.rrd;consolidation=max\". Without the name of a table it is the source's first.\n"
		"\n"
		"Without --output the picture is drawn in characters, with a line that says what it shows. What is unknown is a hatched gap, never 0 and never a "
		"line across; more rows than the picture has pixels become a line of averages in a band from the least to the greatest. Times are in the "
		"zone of --timezone, else of this machine.\n"
		"\n"
		"Letters come from the fonts Noto Sans CJK SC, WenQuanYi Micro Hei and DejaVu Sans. When none of them has a letter, the sentence names the package to "
		"install; no picture is made of boxes.",
	.examples = "# what does this file hold?\n"
		    "courant chart latency.csv\n"
		    "# a picture for a page, and its alternative text\n"
		    "courant chart latency.csv --columns p50,p95 --title 'Home page' \\\n"
		    "  --target 0.3 --alt -o latency.png",
	OPTIONS(chart_options),
	.min_arguments = 1,
	.max_arguments = 2,
	.run = chart_run,
};

/* ---- check ---- */

static const struct cli_option check_options[] = {
	{.name = "connect", .help = "try the mail server: connect, TLS, login, goodbye; no mail is sent"},
	{.name = "heartbeat", .help = "ask for the heartbeat URL of courant.yaml, once, as courant serve does"},
	SETTINGS_OPTION,
	DELIVER_OPTIONS,
};

const struct cli_command command_check = {
	.name = "check",
	.arguments = "[FILE…]",
	.summary = "find every fault of report files and of courant.yaml; try the mail server",
	.about =
		"Reads each file and tells everything that is wrong with it as FILE:LINE:COLUMN: what it is. A file called courant.yaml is read as the "
		"configuration, any other as a report file. Ends with status 78 when there are faults, 66 when a file cannot be read.\n"
		"\n"
		"The sources of a report are opened where that costs little, so that a table or column that one has not is a fault; of access logs only "
		"the first lines are looked at, and no other machine is asked. A source that cannot be read here and now is told in a warning: where the "
		"report is made it may be there.\n"
		"\n"
		"With --connect it tries the mail server of the configuration or of --server as sending would, up to the mail, and says what it found; "
		"it ends with the status that courant send would have.",
	.examples = "# before a report file is committed\n"
		    "courant check reports.d/*.yaml\n"
		    "# is the mail server there, and the password right?\n"
		    "courant check --connect --server smtp://ops@mail.example.com",
	OPTIONS(check_options),
	.max_arguments = SIZE_MAX,
	.run = check_run,
};

/* ---- ledger ---- */

static const struct cli_option ledger_options[] = {
	{.name = "all", .help = "forget everything"},
	{.name = "before", .value = "DATE", .help = "forget the figures before this date (UTC) or time; the logs stay known"},
	{.name = "csv", .help = "write the list as CSV (RFC 4180)"},
	{.name = "json", .help = "write the list as one JSON object"},
};

const struct cli_command command_ledger = {
	.name = "ledger",
	.arguments = "list|forget LEDGER [LOG…]",
	.first_words = "list|forget",
	.summary = "list or forget what has been counted",
	.about =
		"Looks after a file that courant weblog --state has made. list shows the logs that it knows: number, the name they had last, size "
		"(unpacked), lines, hits, rejected lines, their first and last hit, and when they were last counted.\n"
		"\n"
		"forget takes logs away, by number or name, with all their figures: given again, they are counted anew. With --before the logs stay "
		"known, and only their figures before that time are taken away.",
	.examples = "# count what is new\n"
		    "courant weblog --state traffic.ledger access.log\n"
		    "# see what has been counted\n"
		    "courant ledger list traffic.ledger\n"
		    "# count one log anew, next time\n"
		    "courant ledger forget traffic.ledger access.log",
	OPTIONS(ledger_options),
	.min_arguments = 2,
	.max_arguments = SIZE_MAX,
	.run = ledger_run,
};

/* ---- next ---- */

static const struct cli_option next_options[] = {
	{.name = "json", .help = "print each run as one JSON object a line"},
	SETTINGS_OPTION,
};

const struct cli_command command_next = {
	.name = "next",
	.arguments = "[N] [FILE.yaml…]",
	.summary = "show when the reports run next, and about which time",
	.about =
		"Lists the next runs (10, or N) of the report files that are named, else of those that \"reports\" in courant.yaml names: when, in the "
		"report's zone, and the window of its period as of then. Where clocks change, a day has 23 or 25 hours; it says so.\n"
		"\n"
		"A report file has its schedule in one of these forms:\n"
		"    schedule: daily 08:00\n"
		"    schedule: weekly mon 09:00          # weekly mon-fri 09:00\n"
		"    schedule: monthly 1 07:30           # 31 or last: the month's last day\n"
		"    schedule: every 15 min              # counted from midnight; or 2 h\n"
		"    schedule: 0 8 * * 1-5               # minute hour day month weekday\n"
		"The last one is a line of cron: numbers, names, lists, ranges, steps; where both days are limited, either will do. A time "
		"that clocks skip runs right behind the gap, one that comes twice runs once; \"every\", and a cron line whose hour begins "
		"with a star, follow the clock.",
	.examples = "# the next ten runs of all reports\n"
		    "courant next\n"
		    "# what would this one do?\n"
		    "courant next 3 reports.d/weekly.yaml",
	OPTIONS(next_options),
	.max_arguments = SIZE_MAX,
	.run = next_run,
};

/* ---- report ---- */

static const struct cli_option report_options[] = {
	{.name = "period", .value = "PERIOD",
	 .help = "what is reported on: today, yesterday, last 24 h, latest 24 h, last 7 d, last week, last month, FROM..TO or all",
	 .words = "today|yesterday|last 24 h|latest 24 h|last 7 d|last week|last month|all"},
	{.name = "slot", .value = "WHEN", .help = "the run of its schedule at that time, as 2026-11-10T08:00:00+08:00, or last or next, as courant serve makes it",
	 .words = "last|next"},
	{.name = "compare", .value = "WITH", .help = "what it is compared with: same day last week, previous or off",
	 .words = "same day last week|previous|off"},
	{.name = "language", .value = "zh|en", .help = "the language of the report"},
	{.name = "timezone", .value = "ZONE", .help = "the zone of its days and hours: Asia/Shanghai, +08:00"},
	{.name = "link", .value = "URL", .help = "where More » points to"},
	{.name = "note", .value = "TEXT", .help = "words in bold behind the period"},
	{.name = "state", .value = "LEDGER", .help = "remember in the file LEDGER what has been counted of the log: only what is new is read, and the figures are those of all there is"},
	{.name = "sources", .help = "list the kinds of sources that a report file can name, or what the sources given as arguments offer, and end"},
	SETTINGS_OPTION,
	{.name = "save", .value = "DIR", .group = "What becomes of it", .help = "write the mail (.eml), .html and .txt into the folder DIR"},
	{.name = "open", .group = "What becomes of it", .help = "show it in the browser"},
	{.name = "send", .group = "What becomes of it", .help = "send the mail: into the outbox of courant.yaml if there is one, unless an option says how to reach a server"},
	{.name = "from", .value = "ADDRESS", .group = "The mail", .help = "who it is from: 'Name <address>' or an address"},
	{.name = "to", .value = "ADDRESSES", .repeats = true, .group = "The mail", .help = "who gets it; several with commas between"},
	{.name = "cc", .value = "ADDRESSES", .repeats = true, .group = "The mail", .help = "who gets a copy"},
	{.name = "subject", .value = "TEXT", .group = "The mail", .help = "its subject, instead of one with period and verdict"},
	DELIVER_OPTIONS,
};

const struct cli_command command_report = {
	.name = "report",
	.arguments = "NAME|FILE.yaml [LOG…]",
	.first_words = "traffic",
	.summary = "make a report of access logs, and print, save or send it",
	.about =
		"Reads access logs and makes a report of a period: a verdict in one sentence, the figures with their change, hours, status codes, "
		"browsers, pages, dead links, robots, and what the figures rest on. NAME is a built-in report (traffic) or one of courant.yaml's "
		"(weekly for reports.d/weekly.yaml), FILE.yaml any of your own; "
		"what it leaves out is as in the built-in one. LOG is as for courant weblog, and replaces the logs that the file names.\n"
		"\n"
		"The plain text goes to standard output, unless --save, --open or --send says otherwise. Options replace what the file says. Without "
		"--timezone, the file's or the configuration's zone, days are those of this machine's zone when the log was written in it, else of "
		"the log's own offset. A log without a line in the period is a report that says so, with status 0 and a warning. A picture over 20 KB, and a mail over 8 MB, are warned of "
		"where the mail is made.\n"
		"\n"
		"performance takes RRD files: those of courant collect are shown as the built-in report says, of any other each series is drawn.\n"
		"\n"
		"--sources lists where figures can come from, with the options that a report file can give them. With arguments it lists the tables "
		"and columns that these offer: KIND:PLACE;OPTION=VALUE;OPTION.NAME=VALUE, the kind left out where the place's ending tells it.",
	.examples = "# what happened yesterday\n"
		    "courant report traffic --period yesterday /var/log/nginx/access.log*\n"
		    "# look at it before it goes out\n"
		    "courant report traffic access.log --period all --language zh --open\n"
		    "# from cron, every morning\n"
		    "courant report traffic /var/log/nginx/access.log* --period yesterday --send \\\n"
		    "    --server smtp://ops@mail.example.com --password-file /etc/courant/key \\\n"
		    "    --from ops@example.com --to admin@example.com\n"
		    "# what does this file offer?\n"
		    "courant report --sources /var/lib/courant/system.rrd",
	OPTIONS(report_options),
	.max_arguments = SIZE_MAX,
	.run = report_run,
};

/* ---- weblog ---- */

static const struct cli_option weblog_options[] = {
	{.name = "anonymize", .help = "cut addresses to /24 and /48, referrers at the question mark, and show no rejected line"},
	{.name = "countries", .value = "FILE.mmdb", .help = "add the table of countries, by this database in MaxMind's format"},
	{.name = "csv", .help = "write one table as CSV (RFC 4180)"},
	{.name = "definitions", .help = "explain what is counted and end"},
	{.name = "exclude", .value = "PATTERN", .repeats = true, .help = "leave out hits on these paths", .group = "Filters"},
	{.name = "format", .value = "FORMAT", .help = "read lines in this format instead of recognising it",
	 .words = "common|combined|w3c|json|traefik|alb|elb|s3|haproxy|squid"},
	{.name = "host", .value = "PATTERN", .repeats = true, .help = "count this virtual host only", .group = "Filters"},
	{.name = "jobs", .value = "N", .help = "let N threads count (default 1)"},
	{.name = "json", .help = "write all tables as one JSON object"},
	{.name = "memory", .value = "SIZE",
	 .help = "hold the figures in so much memory (32M): beyond it visitors are estimated, and paths, sites and addresses that come seldom left out"},
	{.name = "path", .value = "PATTERN", .repeats = true, .help = "count hits on these paths only; * stands for anything", .group = "Filters"},
	{.name = "since", .value = "TIME", .help = "count hits from this date or time on", .group = "Filters"},
	{.name = "state", .value = "LEDGER",
	 .help = "remember in the file LEDGER what has been counted: count only what is new of each log, and show all there is"},
	{.name = "static", .value = "SUFFIXES", .help = "take paths with these suffixes for static files instead of the usual ones: \"js css png\""},
	{.name = "status", .value = "CODE", .repeats = true, .help = "count hits answered with 404, 5xx or 400-499 only", .group = "Filters"},
	{.name = "table", .value = "NAME", .repeats = true, .help = "show this table only; may be given several times",
	 .words = "totals|hours|days|hours_of_day|status|status_classes|methods|paths|pages|files|not_found|failing|referrers|browsers|systems|devices|robots|latency|latency_days|latency_total|"
		  "slow_pages|hosts|addresses|countries|rejected"},
	{.name = "timezone", .value = "ZONE", .help = "bucket times in this zone instead of the offset of the log's first line"},
	{.name = "top", .value = "N", .help = "rows of the ranked tables; 0 for all (default 20)"},
	{.name = "until", .value = "TIME", .help = "count hits up to this date, its end included, or before this time", .group = "Filters"},
};

const struct cli_command command_weblog = {
	.name = "weblog",
	.arguments = "LOG…",
	.summary = "show the figures of access logs",
	.about =
		"Counts hits, visitors, visits, page views and errors of web servers' access logs and shows them as tables: on a terminal all of them, under the format that "
		"was recognised and the main figures, with bars and colours (none with NO_COLOR) as wide as the terminal is.\n"
		"\n"
		"The format is recognised from the lines: common or combined, with a virtual host in front or request times behind, W3C extended (IIS, "
		"CloudFront), JSON (Caddy, Traefik, nginx), AWS load balancers and S3, HAProxy, Squid. --format says it instead: one of these names (common, "
		"combined, w3c, json, traefik, alb, elb, s3, cloudfront, haproxy, haproxy_raw, squid), json:address=KEY,time=KEY,… or the words of nginx's log_format or Apache's "
		"LogFormat. Files may be compressed with gzip, zstd, xz or bzip2; - is standard input. A line that cannot be read is rejected, counted, and shown as a "
		"sample with its reason.\n"
		"\n"
		"With --state a file, the ledger, remembers by content what has been counted: a log that was renamed, rotated or compressed, that has "
		"grown, or is given once more, is known again, and each of its lines counts once. The tables show all that the ledger has, or its part "
		"between --since and --until, without reading old logs; without LOG nothing new is counted. The ledger keeps addresses and "
		"rejected lines whole, with --anonymize, too: it is for its owner only. One thread counts, whatever --jobs says. Every hit is counted, so --host, --path, "
		"--status and --exclude cannot be given, nor times that do not lie on a quarter of an hour.\n"
		"\n"
		"With --memory the figures are held in so much memory, whatever the log's size (the program itself takes some 15 MB beside). As long as they "
		"fit they are exact. Beyond it, visitors, visits and addresses are estimates, and keys that come seldom are left out of the ranked tables: in --json the "
		"key estimates says for each table which columns are estimated, to what share their sum is right in 19 of 20 cases (error), and by how much a row's "
		"count may be too low (missed).\n"
		"\n"
		"Tables: totals, hours, days, hours_of_day, status, status_classes, methods, paths, pages, files, not_found, failing, referrers, browsers, "
		"systems, devices, robots, latency, latency_days, latency_total, slow_pages, hosts, addresses, rejected.",
	.examples = "# what happened, at a glance\n"
		    "courant weblog /var/log/nginx/access.log\n"
		    "# the ten pages seen most since a day, for a spreadsheet\n"
		    "courant weblog --csv --table pages --top 10 --since 2026-11-09 access.log\n"
		    "# a format of one's own\n"
		    "courant weblog --format '$remote_addr [$time_iso8601] $status' app.log\n"
		    "# everything, for a program\n"
		    "zcat access.log.*.gz | courant weblog --json --top 0 -\n"
		    "# from cron, while logs are rotated: each line once\n"
		    "courant weblog --state traffic.ledger /var/log/nginx/access.log*",
	OPTIONS(weblog_options),
	.max_arguments = SIZE_MAX,
	.run = weblog_run,
};

#undef OPTIONS
