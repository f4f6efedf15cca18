/* SPDX-License-Identifier: MIT */
/* commands.c - the one table of commands and options: help, manual pages and the reading of command lines are made of it
 *
 * A command is a block (its options, if it has any of its own) and a row of cli_commands, both sorted by name. Sentences have no full stop; values
 * are in capitals. */
#include "base/alloc.h"
#include "base/nearest.h"
#include "cli/cli.h"
#include "cli/compose.h"
#include "cli/deliver.h"
#include "cli/settings.h"

#define OPTIONS(list) .options = (list), .n_options = sizeof(list) / sizeof *(list)

/* ---- catch ---- */

static const struct cli_option catch_options[] = {
	{.name = "cert", .value = "FILE", .help = "use this certificate (PEM); else one is made, and can be trusted by MAILDIR/ca.pem"},
	{.name = "count", .value = "N", .help = "end after N mails"},
	{.name = "key", .value = "FILE", .help = "the certificate's key, when it is in a file of its own"},
	{.name = "listen", .value = "ADDRESS", .help = "where to listen (default 127.0.0.1:0: a free port)"},
	{.name = "maildir", .value = "FOLDER", .help = "the maildir that the mails go into; made when it is not there"},
	{.name = "password-command", .value = "COMMAND", .help = "the first line that COMMAND prints is the user's password"},
	{.name = "password-file", .value = "FILE", .help = "the first line of FILE is the user's password"},
	{.name = "tls", .value = "HOW", .help = "starttls (default), tls (from the start) or none"},
	{.name = "user", .value = "NAME", .help = "whoever sends must log in as NAME"},
};

/* ---- ledger ---- */

static const struct cli_option ledger_options[] = {
	{.name = "all", .help = "forget everything"},
	{.name = "before", .value = "DATE", .help = "forget the figures before this date (UTC) or time; the logs stay known"},
	{.name = "csv", .help = "write the list as CSV (RFC 4180)"},
	{.name = "json", .help = "write the list as one JSON object"},
};

/* ---- send ---- */

static const struct cli_option send_options[] = {
	COMPOSE_OPTIONS,
	{.name = "message", .value = "FILE", .repeats = true, .group = "The mail",
	 .help = "send this finished message as it is, or every mail of a maildir; - is standard input"},
	{.name = "dsn", .value = "WHEN,…", .group = "The mail",
	 .help = "ask for notifications: success, failure, delay or never; full or headers come back"},
	DELIVER_OPTIONS,
	DELIVER_MANY_OPTIONS,
	SETTINGS_OPTION,
	{.name = "dry-run", .help = "write the message to standard output and send nothing"},
	{.name = "explain", .help = "say what would go where, and how, and send nothing"},
};

/* ---- sendmail ---- */

static const struct cli_option sendmail_options[] = {
	{.name = "read-recipients", .letter = 't', .group = "The mail", .help = "it goes to those of To, Cc and Bcc in its header, or of the newest Resent- fields, too"},
	{.name = "from", .letter = 'f', .value = "ADDRESS", .group = "The mail",
	 .help = "the return path, <> for none; else the account's address, else what the header says"},
	{.name = "return-path", .letter = 'r', .value = "ADDRESS", .group = "The mail", .help = "the same as -f"},
	{.name = "full-name", .letter = 'F', .value = "NAME", .group = "The mail", .help = "the name in From, when the mail has no From"},
	{.name = "ignore-dots", .letter = 'i', .group = "The mail", .help = "a line with only a dot does not end the mail"},
	{.name = "option", .letter = 'o', .value = "X[VALUE]", .repeats = true, .group = "The mail", .help = "-oi is as -i; any other is accepted and changes nothing"},
	{.name = "mode", .letter = 'b', .value = "m", .group = "The mail", .help = "take a mail, which is the default; other modes are refused"},
	{.name = "dsn", .letter = 'N', .value = "WHEN,…", .group = "The mail", .help = "ask for notifications: success, failure, delay or never"},
	{.name = "dsn-return", .letter = 'R', .value = "full|hdrs", .group = "The mail", .help = "what comes back in them"},
	{.name = "account", .letter = 'a', .value = "NAME", .group = "The server", .help = "send by this account of courant.yaml instead of the first"},
	{.name = "config", .letter = 'C', .value = "FILE", .group = "The server",
	 .help = "read FILE instead of ~/.config/courant/courant.yaml or /etc/courant/courant.yaml"},
	DELIVER_OPTIONS,
	{.name = "body-type", .letter = 'B', .value = "TYPE", .group = "Accepted, and of no effect", .help = "found out from the mail itself"},
	{.name = "submission", .letter = 'G', .group = "Accepted, and of no effect", .help = "relaying or submitting"},
	{.name = "hops", .letter = 'h', .value = "N", .group = "Accepted, and of no effect", .help = "servers passed so far"},
	{.name = "tag", .letter = 'L', .value = "TAG", .group = "Accepted, and of no effect", .help = "a name in logs"},
	{.name = "me-too", .letter = 'm', .group = "Accepted, and of no effect", .help = "send to the sender, too"},
	{.name = "no-aliases", .letter = 'n', .group = "Accepted, and of no effect", .help = "leave names as they are"},
	{.name = "set", .letter = 'O', .value = "OPTION=VALUE", .repeats = true, .group = "Accepted, and of no effect", .help = "settings of sendmail"},
	{.name = "log-file", .letter = 'X', .value = "FILE", .group = "Accepted, and of no effect", .help = "a log of the dialogue; see -v"},
	{.name = "alternate", .letter = 'A', .value = "m|c", .group = "Accepted, and of no effect", .help = "which of sendmail's own files is read"},
	{.name = "dry-run", .help = "write the message to standard output and send nothing"},
};

/* ---- weblog ---- */

static const struct cli_option weblog_options[] = {
	{.name = "anonymize", .help = "cut addresses to /24 and /48, referrers at the question mark, and show no rejected line"},
	{.name = "countries", .value = "FILE.mmdb", .help = "add the table of countries, by this database in MaxMind's format"},
	{.name = "csv", .help = "write one table as CSV (RFC 4180)"},
	{.name = "definitions", .help = "explain what is counted and end"},
	{.name = "exclude", .value = "PATTERN", .repeats = true, .help = "leave out hits on these paths", .group = "Filters"},
	{.name = "format", .value = "FORMAT", .help = "read lines in this format instead of recognising it"},
	{.name = "host", .value = "PATTERN", .repeats = true, .help = "count this virtual host only", .group = "Filters"},
	{.name = "jobs", .value = "N", .help = "let N threads count (default 1)"},
	{.name = "json", .help = "write all tables as one JSON object"},
	{.name = "path", .value = "PATTERN", .repeats = true, .help = "count hits on these paths only; * stands for anything", .group = "Filters"},
	{.name = "since", .value = "TIME", .help = "count hits from this date or time on", .group = "Filters"},
	{.name = "state", .value = "LEDGER",
	 .help = "remember in the file LEDGER what has been counted: count only what is new of each log, and show all there is"},
	{.name = "static", .value = "SUFFIXES", .help = "take paths with these suffixes for static files instead of the usual ones: \"js css png\""},
	{.name = "status", .value = "CODE", .repeats = true, .help = "count hits answered with 404, 5xx or 400-499 only", .group = "Filters"},
	{.name = "table", .value = "NAME", .repeats = true, .help = "show this table only; may be given several times"},
	{.name = "timezone", .value = "ZONE", .help = "bucket times in this zone instead of the offset of the log's first line"},
	{.name = "top", .value = "N", .help = "rows of the ranked tables; 0 for all (default 20)"},
	{.name = "until", .value = "TIME", .help = "count hits up to this date, its end included, or before this time", .group = "Filters"},
};

/* ---- check ---- */

static const struct cli_option check_options[] = {
	{.name = "connect", .help = "try the mail server: connect, TLS, login, goodbye; no mail is sent"},
	SETTINGS_OPTION,
	DELIVER_OPTIONS,
};

/* ---- report ---- */

static const struct cli_option report_options[] = {
	{.name = "period", .value = "PERIOD",
	 .help = "what is reported on: today, yesterday, last 24 h, last 7 d, last week, last month, FROM..TO or all"},
	{.name = "compare", .value = "WITH", .help = "what it is compared with: same day last week, previous or off"},
	{.name = "language", .value = "zh|en", .help = "the language of the report"},
	{.name = "timezone", .value = "ZONE", .help = "the zone of its days and hours: Asia/Shanghai, +08:00"},
	{.name = "link", .value = "URL", .help = "where More » points to"},
	{.name = "note", .value = "TEXT", .help = "words in bold behind the period"},
	SETTINGS_OPTION,
	{.name = "save", .value = "DIR", .group = "What becomes of it", .help = "write the mail (.eml), .html and .txt into the folder DIR"},
	{.name = "open", .group = "What becomes of it", .help = "show it in the browser"},
	{.name = "send", .group = "What becomes of it", .help = "send the mail"},
	{.name = "from", .value = "ADDRESS", .group = "The mail", .help = "who it is from: 'Name <address>' or an address"},
	{.name = "to", .value = "ADDRESSES", .repeats = true, .group = "The mail", .help = "who gets it; several with commas between"},
	{.name = "cc", .value = "ADDRESSES", .repeats = true, .group = "The mail", .help = "who gets a copy"},
	{.name = "subject", .value = "TEXT", .group = "The mail", .help = "its subject, instead of one with period and verdict"},
	DELIVER_OPTIONS,
};

/* ---- the table ---- */

const struct cli_command cli_commands[] = {
	{
		.name = "catch",
		.arguments = "",
		.summary = "run a mail server that keeps what it is sent",
		.about =
			"A mail server for trying things out: SMTP with STARTTLS, many connections at once. Every mail becomes a file in a maildir, as it "
			"came, with Return-Path, X-Envelope-To and Received lines in front; nothing goes on from there.\n"
			"\n"
			"When it is ready it prints two lines:\n"
			"    certificate FOLDER/ca.pem\n"
			"    listening on 127.0.0.1:34567\n"
			"The certificate is made on the spot for localhost, 127.0.0.1 and ::1; clients trust it by --ca-file. With --user a login is "
			"required, inside TLS; the password comes from --password-command, --password-file, COURANT_PASSWORD, ~/.netrc or a prompt. "
			"SIGTERM ends it.",
		.examples = "# keep everything, on a free port\n"
			    "courant catch --maildir caught\n"
			    "# with a login\n"
			    "courant catch --maildir caught --user ops --password-file secret",
		OPTIONS(catch_options),
		.run = catch_run,
	},
	{
		.name = "check",
		.arguments = "[FILE…]",
		.summary = "find every fault of report files and of courant.yaml; try the mail server",
		.about =
			"Reads each file and tells everything that is wrong with it as FILE:LINE:COLUMN: what it is. A file called courant.yaml is read as the "
			"configuration, any other as a report file. Ends with status 78 when there are faults, 66 when a file cannot be read.\n"
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
	},
	{
		.name = "help",
		.arguments = "[COMMAND]",
		.summary = "explain a command",
		.about = "Shows what a command does and its options; without a command, which ones there are.",
		.examples = "courant help help",
		.max_arguments = 1,
		.run = help_run,
	},
	{
		.name = "ledger",
		.arguments = "list|forget LEDGER [LOG…]",
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
	},
	{
		.name = "report",
		.arguments = "NAME|FILE.yaml [LOG…]",
		.summary = "make a report of access logs, and print, save or send it",
		.about =
			"Reads access logs and makes a report of a period: a verdict in one sentence, the figures with their change, hours, status codes, "
			"browsers, pages, dead links, robots, and what the figures rest on. NAME is a built-in report (traffic), FILE.yaml one of your own; "
			"what it leaves out is as in the built-in one. LOG is as for courant weblog, and replaces the logs that the file names.\n"
			"\n"
			"The plain text goes to standard output, unless --save, --open or --send says otherwise. Options replace what the file says. Without "
			"--timezone, the file's or the configuration's zone, days are those of this machine's zone when the log was written in it, else of "
			"the log's own offset. A log without a line in the period is a report that says so, with status 0 and a warning.",
		.examples = "# what happened yesterday\n"
			    "courant report traffic --period yesterday /var/log/nginx/access.log*\n"
			    "# look at it before it goes out\n"
			    "courant report traffic access.log --period all --language zh --open\n"
			    "# from cron, every morning\n"
			    "courant report traffic /var/log/nginx/access.log* --period yesterday --send \\\n"
			    "    --server smtp://ops@mail.example.com --password-file /etc/courant/key \\\n"
			    "    --from ops@example.com --to admin@example.com",
		OPTIONS(report_options),
		.min_arguments = 1,
		.max_arguments = SIZE_MAX,
		.run = report_run,
	},
	{
		.name = "send",
		.arguments = "",
		.summary = "compose a mail and send it",
		.about =
			"Makes one mail of the options and hands it to a mail server, by TLS with a verified certificate unless it is told otherwise. "
			"Every recipient has a line of its own: accepted, refused, deferred or unknown, with the server's reply; when some are refused the "
			"others still get the mail.\n"
			"\n"
			"The password comes from --password-command, --password-file, COURANT_PASSWORD, ~/.netrc or a prompt, the first that is there; it is never "
			"given on a command line. What cannot be composed is refused before a connection is opened.",
		.examples = "# see what would be sent\n"
			    "courant send --from a@x.org --to b@x.org --text-body Hello --dry-run\n"
			    "# send a report with a picture, logged in as ops\n"
			    "courant send --server smtp://ops@mx --from a@x.org --to b@x.org \\\n"
			    "    --subject 官网流量数据报表 --html r.html --inline io=io.png",
		OPTIONS(send_options),
		.run = send_run,
	},
	{
		.name = "sendmail",
		.arguments = "[RECIPIENT…]",
		.summary = "send a finished mail from standard input, as sendmail does",
		.about =
			"Takes a mail from standard input and hands it to the mail server of courant.yaml, with the options that programs know from "
			"sendmail: cron, PHP, mail, mailx, mutt, git send-email and many others. Called by the name sendmail "
			"it is this command:\n"
			"    ln -s /usr/bin/courant /usr/sbin/sendmail\n"
			"It is silent when the server has taken the mail for every recipient; else it says what went wrong and ends with "
			"a status that says so too.\n"
			"\n"
			"The mail goes out as it is, but that lines end in CRLF, Bcc is taken out, and Date, Message-ID and From are added when they are missing. Without "
			"-i or -oi it ends at a line with only a dot. Options may stand together (-ti, -oi, -fADDRESS) and behind recipients.\n"
			"\n"
			"Names without a domain, such as root, are people of this machine. As a recipient such a name is looked up in the aliases (\"aliases\" in "
			"courant.yaml, else /etc/aliases; \"default\" stands for every other name); without one there, its mail goes to the \"owner\" in "
			"courant.yaml, and without an owner to that name at the sender's domain. As a sender it gives way to the account's \"from\", in the From of the mail too, "
			"which keeps the name. Without that it is somebody at this machine.",
		.examples = "# see what would be sent\n"
			    "courant sendmail -t -i --dry-run < mail.eml\n"
			    "# as PHP calls it\n"
			    "courant sendmail -t -i --server smtp://ops@mx < mail.eml",
		OPTIONS(sendmail_options),
		.max_arguments = SIZE_MAX,
		.run = sendmail_run,
	},
	{
		.name = "weblog",
		.arguments = "LOG…",
		.summary = "show the figures of access logs",
		.about =
			"Counts hits, visitors, visits, page views and errors of web servers' access logs and shows them as tables.\n"
			"\n"
			"The format is recognised from the lines: common or combined, with a virtual host in front or request times behind, W3C extended (IIS, "
			"CloudFront), JSON (Caddy, Traefik, nginx), AWS load balancers and S3, HAProxy, Squid. --format says it instead: one of these names (common, "
			"combined, w3c, json, traefik, alb, elb, s3, haproxy, squid), json:address=KEY,time=KEY,… or the words of nginx's log_format or Apache's "
			"LogFormat. Files may be compressed with gzip, zstd, xz or bzip2; - is standard input. A line that cannot be read is rejected, counted, and shown as a "
			"sample with its reason.\n"
			"\n"
			"With --state a file, the ledger, remembers by content what has been counted: a log that was renamed, rotated or compressed, that has "
			"grown, or is given once more, is known again, and each of its lines counts once. The tables show all that the ledger has, or its part "
			"between --since and --until, without reading old logs; without LOG nothing new is counted. Every hit is counted, so --host, --path, "
			"--status and --exclude cannot be given, nor times that do not lie on a quarter of an hour.\n"
			"\n"
			"Tables: totals, hours, days, hours_of_day, status, status_classes, methods, paths, pages, files, not_found, failing, referrers, browsers, "
			"systems, devices, robots, latency, slow_pages, hosts, addresses, rejected.",
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
	},
	{0},
};

const struct cli_command *cli_command_find(const char *name, courant_error **err)
{
	const char *names[sizeof cli_commands / sizeof *cli_commands] = {0};

	for (size_t i = 0; cli_commands[i].name; i++) {
		names[i] = cli_commands[i].name;
		if (slice_equal(slice_of(name), slice_of(names[i])))
			return &cli_commands[i];
	}

	const char *nearest = nearest_word(slice_of(name), names);

	if (nearest)
		(void)fail(err, COURANT_USAGE, "unknown command %s (did you mean %s?)", name, nearest);
	else
		(void)fail(err, COURANT_USAGE, "unknown command %s; courant --help lists what there is", name);
	return NULL;
}
