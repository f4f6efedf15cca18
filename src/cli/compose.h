/* SPDX-License-Identifier: MIT */
/* compose.h - a mail out of options */
#ifndef COURANT_CLI_COMPOSE_H
#define COURANT_CLI_COMPOSE_H
#include <courant/message.h>

#include "cli/cli.h"

/* The options, as rows of a command's table in commands.c. */
#define COMPOSE_OPTIONS                                                                                                        \
	{.name = "from", .value = "ADDRESS", .group = "The mail", .help = "who it is from: 'Name <address>' or an address; else the account's"},     \
	{.name = "to", .value = "ADDRESSES", .repeats = true, .group = "The mail", .help = "who gets it; several with commas between"}, \
	{.name = "cc", .value = "ADDRESSES", .repeats = true, .group = "The mail", .help = "who gets a copy"},                   \
	{.name = "bcc", .value = "ADDRESSES", .repeats = true, .group = "The mail", .help = "who gets a copy that nobody else knows of"}, \
	{.name = "reply-to", .value = "ADDRESSES", .repeats = true, .group = "The mail", .help = "where answers go"},            \
	{.name = "sender", .value = "ADDRESS", .group = "The mail", .help = "who sends it, when that is not who it is from"},    \
	{.name = "subject", .value = "TEXT", .group = "The mail", .help = "what it is about"},                                   \
	{.name = "date", .value = "TIME", .group = "The mail", .help = "its date, as 2026-11-10T08:00:00+08:00; else now"},      \
	{.name = "message-id", .value = "ID", .group = "The mail", .help = "its Message-ID; else one is made"},                  \
	{.name = "in-reply-to", .value = "IDS", .group = "The mail", .help = "the message it answers"},                          \
	{.name = "references", .value = "IDS", .group = "The mail", .help = "the messages it follows"},                          \
	{.name = "header", .value = "'NAME: VALUE'", .repeats = true, .group = "The mail", .help = "any other header"},          \
	{.name = "list-unsubscribe", .value = "URL", .group = "The mail", .help = "how to be no longer sent such mails"},        \
	{.name = "text", .value = "FILE", .group = "Its content", .help = "the plain text; - is standard input"},                \
	{.name = "html", .value = "FILE", .group = "Its content", .help = "the HTML, which is sent unchanged; - is standard input"}, \
	{.name = "text-body", .value = "TEXT", .group = "Its content", .help = "the plain text itself"},                         \
	{.name = "html-body", .value = "HTML", .group = "Its content", .help = "the HTML itself"},                               \
	{.name = "charset", .value = "NAME", .group = "Its content", .help = "the charset of text and HTML, when it is not UTF-8"}, \
	{.name = "inline", .value = "CID=FILE", .repeats = true, .group = "Its content", .help = "a picture where the HTML says cid:CID"}, \
	{.name = "attach", .value = "FILE[;name=NAME][;type=TYPE]", .repeats = true, .group = "Its content", .help = "a file to go with it"}, \
	{.name = "name-charset", .value = "NAME", .group = "Its content",                                                        \
	 .help = "a charset, such as gb18030, for names of attachments in readers that know nothing newer"},                    \
	{.name = "calendar", .value = "FILE", .group = "Its content", .help = "an invitation (text/calendar)"},                  \
	{.name = "alternative", .value = "FILE;type=TYPE", .repeats = true, .group = "Its content", .help = "one more form of the content"}

/* Whether any of them was given that makes content of its own: not together with a finished message. */
const char *compose_first_given(const struct cli_call *);

/* The message; `default_from` is who it is from without --from, and may be NULL. COURANT_USAGE, COURANT_INVALID, COURANT_NO_INPUT with sentences. */
courant_message *compose_message(const struct cli_call *, const char *default_from,
				 courant_error **err);
AUTO_DEFINE(message, courant_message, courant_message_free)
#endif
