/* SPDX-License-Identifier: MIT */
/* commands_mail.c - the commands that send and take mail: their options and words */
#include "cli/commands.h"

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
	{.name = "tls", .value = "HOW", .help = "starttls (default), tls (from the start) or none", .words = "starttls|tls|none"},
	{.name = "user", .value = "NAME", .help = "whoever sends must log in as NAME"},
};

const struct cli_command command_catch = {
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
};

/* ---- outbox ---- */

static const struct cli_option outbox_options[] = {
	{.name = "all", .help = "every mail, whatever its state; purge: however young"},
	{.name = "json", .help = "list, flush: one JSON object a recipient and line; show: one object a mail"},
	{.name = "message", .help = "show: write the message itself, as it travels"},
	{.name = "outbox", .value = "FILE", .help = "look into this outbox instead of the one in courant.yaml"},
	SETTINGS_OPTION,
	{.name = "state", .value = "STATE,…", .repeats = true, .group = "Which mails", .help = "in one of these states",
	 .words = "queued,leased,accepted,deferred,refused,unknown,held"},
	{.name = "to", .value = "TEXT", .group = "Which mails", .help = "with this in the recipient's address"},
	{.name = "from", .value = "TEXT", .group = "Which mails", .help = "with this in the return path"},
	{.name = "subject", .value = "TEXT", .group = "Which mails", .help = "with this in the subject"},
	{.name = "older", .value = "TIME", .group = "Which mails", .help = "queued longer ago than this, as 2 h or 7 d; purge: finished"},
};

const struct cli_command command_outbox = {
	.name = "outbox",
	.arguments = "WHAT [ID…]",
	.first_words = "list|show|hold|release|retry|drop|flush|purge",
	.summary = "look after the mail that waits to be sent",
	.about =
		"The outbox holds what courant send --queue, courant sendmail and reports have queued, each recipient in a state of its own:\n"
		"    queued      not tried yet\n"
		"    leased      being sent at this moment\n"
		"    deferred    not delivered, and tried again later\n"
		"    accepted    a mail server has taken it\n"
		"    refused     for good, or expired, or given up; somebody was told\n"
		"    unknown     perhaps delivered: the connection was lost at the very end\n"
		"    held        until somebody says release\n"
		"A deferred mail is tried after a minute, then two, four …, up to four hours, for three days. When it is refused or given up the return path and "
		"the owner of courant.yaml get a delivery-status mail; it stays in the outbox.\n"
		"\n"
		"WHAT is one of\n"
		"    list        what is not delivered, or what the filters find\n"
		"    show ID     all of a mail: every attempt, every reply, its header\n"
		"    hold, release, retry, drop\n"
		"                change the mails ID… and what the filters find; retry tries\n"
		"                at once, a refused mail too; drop forgets it\n"
		"    flush       try everything that waits, now and in the foreground\n"
		"    purge       remove what was finished a week ago\n"
		"flush prints a line for each result, and its status is that of courant send.",
	.examples = "# what waits, and why\n"
		    "courant outbox list\n"
		    "# who got number 17, and when?\n"
		    "courant outbox show 17\n"
		    "# the mail server is back: try everything now\n"
		    "courant outbox flush\n"
		    "# send again what was refused for one domain\n"
		    "courant outbox retry --state refused --to @example.org",
	OPTIONS(outbox_options),
	.min_arguments = 1,
	.max_arguments = SIZE_MAX,
	.run = outbox_run,
};

/* ---- send ---- */

static const struct cli_option send_options[] = {
	COMPOSE_OPTIONS,
	{.name = "message", .value = "FILE", .repeats = true, .group = "The mail",
	 .help = "send this finished message as it is, or every mail of a maildir; - is standard input"},
	{.name = "dsn", .value = "WHEN,…", .group = "The mail",
	 .help = "ask for notifications: success, failure, delay or never; full or headers come back", .words = "success,failure,delay,never,full,headers"},
	{.name = "account", .value = "NAME", .group = "The server", .help = "send by this account of courant.yaml instead of the first"},
	DELIVER_OPTIONS,
	DELIVER_MANY_OPTIONS,
	SETTINGS_OPTION,
	{.name = "queue", .help = "put it into the outbox of courant.yaml, from where it is sent until it is delivered"},
	{.name = "expire", .value = "TIME", .help = "with --queue: it is worthless after this time, as 6 h, and not sent any more"},
	{.name = "dry-run", .help = "write the message to standard output and send nothing"},
	{.name = "explain", .help = "say what would go where, and how, and send nothing"},
};

const struct cli_command command_send = {
	.name = "send",
	.arguments = "",
	.summary = "compose a mail and send it",
	.about =
		"Makes one mail of the options and hands it to a mail server, by TLS with a verified certificate unless it is told otherwise. "
		"Every recipient has a line of its own: accepted, refused, deferred or unknown, with the server's reply; when some are refused the "
		"others still get the mail.\n"
		"\n"
		"The password comes from --password-command, --password-file, COURANT_PASSWORD, ~/.netrc or a prompt, the first that is there; it is never "
		"given on a command line. What cannot be composed is refused before a connection is opened.\n"
		"\n"
		"Without --server the first account of courant.yaml sends, or the one that --account names: server, sender and password are there (courant.yaml(5)).\n"
		"\n"
		"With --queue the mail goes into the outbox (courant-outbox(1)): the command has done its part when it is on the disk. Who may not write the outbox hands "
		"it to courant serve; when that does not answer either, the mail is sent at once.",
	.examples = "# see what would be sent\n"
		    "courant send --from a@x.org --to b@x.org --text-body Hello --dry-run\n"
		    "# send a report with a picture, logged in as ops\n"
		    "courant send --server smtp://ops@mx --from a@x.org --to b@x.org \\\n"
		    "    --subject 官网流量数据报表 --html r.html --inline io=io.png\n"
		    "# safely, whether or not the mail server answers now\n"
		    "courant send --queue --to b@x.org --text-body Hello",
	OPTIONS(send_options),
	.run = send_run,
};

/* ---- sendmail ---- */

static const struct cli_option sendmail_options[] = {
	{.name = "read-recipients", .letter = 't', .group = "The mail", .help = "it goes to those of To, Cc and Bcc in its header, or of the newest Resent- fields, too"},
	{.name = "from", .letter = 'f', .value = "ADDRESS", .group = "The mail",
	 .help = "the return path, <> for none; else the account's address, else what the header says"},
	{.name = "return-path", .letter = 'r', .value = "ADDRESS", .group = "The mail", .help = "the same as -f"},
	{.name = "full-name", .letter = 'F', .value = "NAME", .group = "The mail", .help = "the name in From, when the mail has no From"},
	{.name = "ignore-dots", .letter = 'i', .group = "The mail", .help = "a line with only a dot does not end the mail"},
	{.name = "option", .letter = 'o', .value = "X[VALUE]", .repeats = true, .group = "The mail", .help = "-oi is as -i, -odi sends at once instead of queueing; any other is accepted and changes nothing"},
	{.name = "mode", .letter = 'b', .value = "m", .group = "The mail", .help = "take a mail, which is the default; other modes are refused"},
	{.name = "dsn", .letter = 'N', .value = "WHEN,…", .group = "The mail", .help = "ask for notifications: success, failure, delay or never", .words = "success,failure,delay,never"},
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

const struct cli_command command_sendmail = {
	.name = "sendmail",
	.arguments = "[RECIPIENT…]",
	.summary = "send a finished mail from standard input, as sendmail does",
	.about =
		"Takes a mail from standard input and hands it to the mail server of courant.yaml, with the options that programs know from "
		"sendmail: cron, PHP, mail, mailx, mutt, git send-email and many others. Called by the name sendmail "
		"it is this command:\n"
		"    ln -s /usr/bin/courant /usr/sbin/sendmail\n"
		"With an outbox in courant.yaml the mail is queued, and the command ends when it is on the disk; -odi, or a --server, sends it at once. Whoever may not "
		"write the outbox hands the mail to courant serve. "
		"It is silent when the mail is queued, or the server has taken it for every recipient; else it says what went wrong and ends with "
		"a status that says so too.\n"
		"\n"
		"The mail goes out as it is, but that lines end in CRLF, Bcc is taken out, and Date, Message-ID and From are added when they are missing. "
		"What no mail server has to take, lines of more than 998 bytes and NULs, is written anew so that a reader sees the same: as quoted-printable, with a note in "
		"the header (X-MIME-Autoconverted). Without "
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
};

#undef OPTIONS
