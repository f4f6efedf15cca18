/* SPDX-License-Identifier: MIT */
/* commands_service.c - the commands that make Courant a part of a machine: their options and words */
#include "cli/commands.h"

#include "cli/settings.h"

#define OPTIONS(list) .options = (list), .n_options = sizeof(list) / sizeof *(list)

/* ---- serve ---- */

static const struct cli_option serve_options[] = {
	{.name = "log", .value = "logfmt|json", .help = "how the lines of the log are written (default logfmt)"},
	SETTINGS_OPTION,
};

const struct cli_command command_serve = {
	.name = "serve",
	.arguments = "",
	.summary = "run reports when they are due, and send what is in the outbox",
	.about =
		"Stays in the foreground, for systemd or a container. It makes the reports of courant.yaml (reports) at the times that their schedules say, sends the "
		"mail of the outbox, takes mail from users who may not write the outbox, at its socket, and lets courant collect and courant probe run as often "
		"as courant.yaml says (serve).\n"
		"\n"
		"What was missed while it was off is made up for, newest first, up to a limit (catch_up). A report that fails is tried again after 1, 5 and 15 minutes; "
		"then the owner is told. No mail of a run goes out twice, however many times it is made.\n"
		"\n"
		"SIGTERM ends it: what is under way has ten seconds. SIGHUP reads the configuration and the report files anew; a faulty one is refused, and the old one stays in force. The "
		"log is on standard error, an event a line; under systemd lines begin with their priority. /health and /metrics (serve: http) say whether all is "
		"well. systemd is told when it is ready, and hears from it as its watchdog wants.",
	.examples = "# by hand, to see what happens\n"
		    "courant serve --verbose\n"
		    "# what it would do next\n"
		    "courant next",
	OPTIONS(serve_options),
	.run = serve_run,
};

/* ---- setup ---- */

static const struct cli_option setup_options[] = {
	{.name = "from", .value = "ADDRESS", .group = "Instead of questions", .help = "who mails are from: 'Name <address>' or an address"},
	{.name = "server", .value = "URL", .group = "Instead of questions",
	 .help = "the mail server: a provider (126, 163, aliyun, exmail, gmail, outlook, qq), a host, or a URL as for courant send",
	 .words = "smtp://|smtps://|lmtp://|lmtp+unix://|mx:|sendmail:|maildir:|file:|126|163|aliyun|exmail|gmail|outlook|qq"},
	{.name = "user", .value = "NAME", .group = "Instead of questions", .help = "log in as NAME; - for no login"},
	{.name = "password-command", .value = "COMMAND", .group = "Instead of questions", .help = "the first line that COMMAND prints is the password"},
	{.name = "password-file", .value = "FILE", .group = "Instead of questions",
	 .help = "the first line of FILE is the password; when there is no FILE, it is made of the password that is typed"},
	{.name = "token-command", .value = "COMMAND", .group = "Instead of questions", .help = "log in by the OAuth token that COMMAND prints"},
	{.name = "keep", .value = "WHERE", .group = "Instead of questions",
	 .help = "where a password that is typed, or that COURANT_PASSWORD gives, is kept: file (default), pass, secret-tool, or config: in courant.yaml itself",
	 .words = "file|pass|secret-tool|config"},
	{.name = "to", .value = "ADDRESS", .group = "Instead of questions", .help = "who gets a test mail (default: the sender); - for nobody"},
	{.name = "account", .value = "NAME", .help = "what the account is called (default: the provider's name, else main)"},
	{.name = "ca-file", .value = "FILE", .help = "trust the authorities in FILE (PEM, or a folder of them as openssl rehash makes it) instead of the system's"},
	{.name = "proxy", .value = "URL", .help = "connect through socks5://host[:port] or http://host[:port]"},
	{.name = "config", .value = "FILE", .help = "write FILE instead of /etc/courant/courant.yaml for root and ~/.config/courant/courant.yaml for anybody else"},
	{.name = "force", .help = "replace a configuration that is there; the old one is kept with .old behind its name"},
	{.name = "offline", .help = "try nothing, and send no test mail"},
};

const struct cli_command command_setup = {
	.name = "setup",
	.arguments = "",
	.summary = "find the mail server, try it, and write courant.yaml",
	.about =
		"Asks who mails are from, for the mail server and for the password, tries them as sending would, writes courant.yaml, and sends a test mail by it. "
		"What an option says is not asked; without a terminal nothing is, and what fails ends it with the status that courant send would have.\n"
		"\n"
		"The file is for nobody else to read (mode 600). The password does not stand in it: it is kept in a file of its own beside it, by pass, in the "
		"desktop's keyring by secret-tool, or comes from a command or file of yours; only --keep config puts it there. Root writes the system's configuration: "
		"that one everybody may read, and what holds a password is given to the user courant, under whom the service runs.\n"
		"\n"
		"Nothing is written before the server has taken the login, unless you say so or give --offline.",
	.examples = "# with questions\n"
		    "courant setup\n"
		    "# from a script\n"
		    "courant setup --from ops@example.com --server smtp://ops@mail.example.com \\\n"
		    "    --password-file /etc/courant/password --config courant.yaml --force",
	OPTIONS(setup_options),
	.run = setup_run,
};

#undef OPTIONS
