/* SPDX-License-Identifier: MIT */
/* commands_samples.c - the commands that take samples: their options and words */
#include "cli/commands.h"

#include "cli/settings.h"

#define OPTIONS(list) .options = (list), .n_options = sizeof(list) / sizeof *(list)
#define MYSQL         .group = "The MySQL server"

/* ---- collect ---- */

static const struct cli_option collect_options[] = {
	{.name = "into", .value = "FOLDER", .help = "write into system.rrd and mysql.rrd in this folder, instead of the one of courant.yaml (samples)"},
	{.name = "json", .help = "show the sample as one JSON object"},
	{.name = "print", .help = "show the sample, a line a figure"},
	{.name = "root", .value = "DIR", .help = "read DIR/proc and DIR/sys, where those of a host are mounted in a container"},
	SETTINGS_OPTION,
	{.name = "ca-file", .value = "FILE", MYSQL, .help = "certificates to trust instead of the system's"},
	{.name = "host", .value = "HOST", MYSQL, .help = "where it listens; without host and socket it is this machine's"},
	{.name = "password-command", .value = "COMMAND", MYSQL, .help = "the password is the first line that this command prints"},
	{.name = "password-file", .value = "FILE", MYSQL, .help = "the password is the first line of this file"},
	{.name = "port", .value = "PORT", MYSQL, .help = "of the host (3306)"},
	{.name = "socket", .value = "PATH", MYSQL, .help = "its socket on this machine"},
	{.name = "tls", .value = "verified|none", MYSQL, .help = "TLS with a certificate that is checked, as is the default but on this machine, or none"},
	{.name = "user", .value = "NAME", MYSQL, .help = "who logs in; without it, the user that runs this"},
};

const struct cli_command command_collect = {
	.name = "collect",
	.arguments = "[system] [mysql]",
	.first_words = "system|mysql",
	.summary = "take one sample of this machine's or MySQL's counters",
	.about =
		"Takes one sample and puts it into RRD files, which are made when they are first needed: to be run each minute by cron, a timer or anything "
		"else. It says nothing when all went well. Without names it samples the system, and MySQL when courant.yaml describes a server (mysql:). "
		"Without a folder it shows the sample and keeps nothing.\n"
		"\n"
		"system: processors (user, system, iowait, steal, idle), load, memory and swap, pages swapped in and out, bytes of disks and of network "
		"interfaces. Only what has hardware behind it counts, so that partitions, RAID, bridges and tunnels do not count twice. Memory is used when it "
		"cannot be had without taking it from somebody (MemTotal - MemAvailable).\n"
		"\n"
		"mysql: bytes received and sent, the key cache of MyISAM, the buffer pool of InnoDB, queries, connections. Any user may ask for these. The "
		"password comes from a command, a file or COURANT_PASSWORD, never from the command line.\n"
		"\n"
		"A file has a step of a minute and keeps 2 days of minutes, 2 weeks of 5 minutes and 13 months of hours, each as average, least and greatest. "
		"Counters are kept as rates: a machine or server that has been started again, or two minutes without a sample, are unknown, neither negative "
		"nor zero. rrdtool reads these files, and a report file names them: {rrd: /var/lib/courant/system.rrd}.",
	.examples = "# look at it\n"
		    "courant collect\n"
		    "# keep it: each minute, as * * * * * in a crontab\n"
		    "courant collect --into /var/lib/courant\n"
		    "# what the file offers to reports\n"
		    "courant report --sources /var/lib/courant/system.rrd",
	OPTIONS(collect_options),
	.max_arguments = 2,
	.run = collect_run,
};

/* ---- probe ---- */

#define EXPECTED .group = "What is expected of the URLs"

static const struct cli_option probe_options[] = {
	{.name = "into", .value = "FOLDER", .help = "keep the results in probes.db in this folder, instead of the one of courant.yaml (samples)"},
	{.name = "json", .help = "show each result as a JSON object, one a line"},
	{.name = "print", .help = "show the results also when they are kept"},
	SETTINGS_OPTION,
	{.name = "body", .value = "TEXT", EXPECTED, .repeats = true, .help = "a text that must be in the body (of its first megabyte)"},
	{.name = "ca-file", .value = "FILE", EXPECTED, .repeats = true, .help = "certificates to trust instead of the system's"},
	{.name = "method", .value = "GET|HEAD", EXPECTED, .repeats = true, .help = "how it is asked for (GET)"},
	{.name = "proxy", .value = "URL", EXPECTED, .repeats = true, .help = "a proxy that leads there; none of the environment is used"},
	{.name = "redirects", .value = "follow|keep", EXPECTED, .repeats = true, .help = "whether a redirect is followed, or is the answer (keep)"},
	{.name = "status", .value = "CODE", EXPECTED, .repeats = true, .help = "statuses that are fine: 200, 2xx or 200-299 (200-399)"},
	{.name = "timeout", .value = "DURATION", EXPECTED, .repeats = true, .help = "how long all of it may take (10 s)"},
};

const struct cli_command command_probe = {
	.name = "probe",
	.arguments = "[URL|NAME\u2026]",
	.summary = "ask web servers once, and measure how long they take",
	.about =
		"Asks each target once, all at the same time, each over a connection of its own: how long it takes until its name has an address, the connection "
		"stands, TLS stands, the first byte has come, and all has come; what the status is; when the certificate expires. Without arguments it asks "
		"the targets of courant.yaml. It ends with status 69 when one of them failed.\n"
		"\n"
		"Results are kept when there is a folder for them, and then shown only when a target failed, or with --print: to be run each minute by cron, a "
		"timer or anything else. Kept are, for 13 months, the figures of each quarter of an hour, with the times as a histogram, so that the 95 per "
		"cent of a week are those of all its probes; the events, as when a server did not answer from 03:12 to 03:19; and the last 1000 results of "
		"each target. A report file names them: {probe: /var/lib/courant/probes.db}.\n"
		"\n"
		"A target fails by: timeout, refused (nobody listens), name (no address), tls (no trusted connection), status (another one than is expected), "
		"body (without the text that is expected), lost (the connection ended early), broken (no HTTP). A failure has no part in the percentiles.\n"
		"\n"
		"In courant.yaml a target is a URL, or has options of the same names, and two more: name, and every, how often it is probed (else the usual "
		"distance tells):\n"
		"    targets:\n"
		"      - https://www.example.com/\n"
		"      - {name: login, url: https://www.example.com/login, timeout: 5 s}",
	.examples = "# how long does it take?\n"
		    "courant probe -v https://www.example.com/\n"
		    "# keep it: each minute, as * * * * * in a crontab\n"
		    "courant probe --into /var/lib/courant -q https://www.example.com/",
	OPTIONS(probe_options),
	.max_arguments = SIZE_MAX,
	.run = probe_run,
};
