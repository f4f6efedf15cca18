/* SPDX-License-Identifier: MIT */
/* deliver.h - from a command's options to the mail server and back: what `courant send` and everything else that sends have in common */
#ifndef COURANT_CLI_DELIVER_H
#define COURANT_CLI_DELIVER_H
#include <courant/message.h>

#include "cli/cli.h"
#include "client/outlet.h"

/* The options that a command needs for it, as rows of its table in commands.c. */
#define DELIVER_OPTIONS                                                                                                        \
	{.name = "server", .value = "URL", .group = "The server",                                                                \
	 .help = "smtp://[user@]host[:port] (STARTTLS required), smtps://… (TLS from the start), lmtp://…, lmtp+unix:///PATH, mx: (the recipients' own servers), "    \
		 "sendmail:, maildir:PATH, file:PATH, or a provider: 126, 163, aliyun, exmail, gmail, outlook, qq", \
	 .words = "smtp://|smtps://|lmtp://|lmtp+unix://|mx:|sendmail:|maildir:|file:|126|163|aliyun|exmail|gmail|outlook|qq"},  \
	{.name = "user", .value = "NAME", .group = "The server", .help = "log in as NAME"},                                      \
	{.name = "password-command", .value = "COMMAND", .group = "The server",                                                  \
	 .help = "the first line that COMMAND prints is the password"},                                                          \
	{.name = "password-file", .value = "FILE", .group = "The server",                                                        \
	 .help = "the first line of FILE is the password; nobody else may be able to read it"},                                  \
	{.name = "token-command", .value = "COMMAND", .group = "The server",                                                      \
	 .help = "log in by the OAuth token that COMMAND prints"},                                                               \
	{.name = "tls", .value = "HOW", .group = "The server",                                                                   \
	 .help = "starttls, tls (from the start), opportunistic or none; with none everything travels in clear", \
	 .words = "starttls|tls|opportunistic|none"},                \
	{.name = "ca-file", .value = "FILE", .group = "The server", .help = "trust the authorities in FILE (PEM, or a folder of them as openssl rehash makes it) instead of the system's"}, \
	{.name = "verify-name", .value = "NAME", .group = "The server", .help = "the name that the server's certificate must have"}, \
	{.name = "pin", .value = "sha256//BASE64", .group = "The server", .help = "the server's public key must be this one"},   \
	{.name = "cert", .value = "FILE", .group = "The server", .help = "show this client certificate (PEM)"},                  \
	{.name = "key", .value = "FILE", .group = "The server", .help = "the client certificate's key, when it is in a file of its own"}, \
	{.name = "tls-min", .value = "VERSION", .group = "The server", .help = "the oldest version of TLS that will do: 1.2 or 1.3", .words = "1.2|1.3"}, \
	{.name = "auth", .value = "MECHANISMS", .group = "The server", .help = "log in by one of these only (PLAIN,SCRAM-SHA-256), or off", \
	 .words = "off,SCRAM-SHA-256-PLUS,SCRAM-SHA-256,SCRAM-SHA-1-PLUS,SCRAM-SHA-1,OAUTHBEARER,XOAUTH2,CRAM-MD5,PLAIN,LOGIN,DIGEST-MD5,GSSAPI,EXTERNAL,ANONYMOUS"}, \
	{.name = "hello", .value = "NAME", .group = "The server", .help = "how this machine calls itself"},                      \
	{.name = "source", .value = "ADDRESS", .group = "The server", .help = "connect from this address of ours"},              \
	{.name = "proxy", .value = "URL", .group = "The server", .help = "connect through socks5://host[:port] or http://host[:port]"}, \
	{.name = "timeout", .value = "SECONDS", .group = "The server", .help = "the longest wait for each answer"}

/* Those of a command that sends many mails. */
#define DELIVER_MANY_OPTIONS                                                                                                   \
	{.name = "connections", .value = "N", .help = "at most N connections at a time; with mx: to each of at most 20 servers (default 1)"},                            \
	{.name = "json", .help = "print each recipient's result as one JSON object a line"},                                     \
	{.name = "window", .value = "N", .help = "mails under way on one connection before the first is answered (default 1)"}, \
	{.name = "per-connection", .value = "N", .help = "mails over one connection, then another one is made (default: as many as the server takes)"}, \
	{.name = "per-minute", .value = "N", .help = "mails a minute at most, evenly spaced (default: as fast as it goes)"}

/* What an account of the configuration says; the command's options win. All may be NULL. */
struct deliver_account {
	const char *server, *password_command, *password_file, *password, *ca_file, *token_command, *proxy;
	const char *from; /* "Name <address>" */
};

/* The server as the options (and the account, which may be NULL) describe it. COURANT_USAGE. */
int deliver_target(const struct cli_call *, const struct deliver_account *, struct target *ret, courant_error **err);

/* The first of DELIVER_OPTIONS that was given, or NULL: whoever says how to reach a server wants it to be reached now. */
const char *deliver_first_given(const struct cli_call *);

struct deliver;

/* Asks for the password when one is needed; connects with the first mail. `target` is borrowed. */
struct deliver *deliver_new(const struct cli_call *, const struct target *, const struct deliver_account *, courant_error **err);
void deliver_free(struct deliver *);
AUTO_DEFINE(deliver, struct deliver, deliver_free)

/* Connects, logs in and says goodbye; prints what was found. */
int deliver_try(struct deliver *, courant_error **err);

/* Takes a mail, which is borrowed until `after` (which may be NULL) is called with its context, or until deliver_finish(). `label` gives the mail's
 * name for --json, and may be NULL. -1: it was not taken. */
int deliver_send(struct deliver *, const struct courant_mail *, courant_error **err);
void deliver_set_after(struct deliver *, void (*after)(void *mail_context), const char *(*label)(void *mail_context));

/* Tells an error that concerns one mail of several, and goes on. Takes it. */
void deliver_add_failure(struct deliver *, courant_error *);

/* Waits for all results, which were printed as they came: a line a recipient, and a sentence on standard error for what went wrong. The exit status. */
int deliver_finish(struct deliver *);

/* All of that for one composed message. The exit status; errors have been told. *ret_elsewhere: the server is unknown, cannot be reached or asks to come
 * again, and nobody has got the mail, nor perhaps got it: another server may be tried. */
int deliver_message(const struct cli_call *, const struct deliver_account *, courant_message *, bool *ret_elsewhere);
#endif
