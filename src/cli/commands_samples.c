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
		    "# each minute, from a crontab: * * * * * courant collect --into /var/lib/courant\n"
		    "courant collect --into /var/lib/courant\n"
		    "# what the file offers to reports\n"
		    "courant report --sources /var/lib/courant/system.rrd",
	OPTIONS(collect_options),
	.max_arguments = 2,
	.run = collect_run,
};
