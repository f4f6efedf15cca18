/* SPDX-License-Identifier: MIT */
/* server.c - the server session's life, its lines, and the table of commands */
#include "smtp/server.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/secret.h"
#include "smtp/path.h"
#include "smtp/server_state.h"

/* Replies that a client does not read. */
#define OUTPUT_MAX_BYTES ((size_t)256 * 1024)

#define DEFAULT_TIMEOUT_MS 300000
#define DEFAULT_ERRORS     20
#define CLOCK_STOPPED      INT64_MIN

/* A message's bytes between two settings of the clock. */
#define CLOCK_BLOCK_BYTES ((uint64_t)64 * 1024)

struct server *server_new(const struct server_options *options, const struct server_calls *calls,
			  void *context, courant_error **err)
{
	AUTO(server) struct server *server = mem_alloc(sizeof *server);

	if (!server) {
		(void)fail_memory(err);
		return NULL;
	}
	*server = (struct server){
		.options = *options,
		.calls = *calls,
		.context = context,
		.is_tls = options->is_tls,
		.clock_ms = CLOCK_STOPPED,
		.line = BUFFER_LIMIT(SERVER_LINE_MAX_BYTES),
		.out = BUFFER_LIMIT(OUTPUT_MAX_BYTES),
		.hello = BUFFER_LIMIT(SERVER_LINE_MAX_BYTES),
		.user = BUFFER_LIMIT(SERVER_LINE_MAX_BYTES),
		.login_user = BUFFER_LIMIT(SERVER_LINE_MAX_BYTES),
		.sender = BUFFER_LIMIT(SERVER_LINE_MAX_BYTES),
		.body = BUFFER_LIMIT((size_t)16 * 1024 * 1024),
	};
	server->hostname = mem_copy_text(options->hostname ? options->hostname : "localhost");
	if (!server->hostname) {
		(void)fail_memory(err);
		return NULL;
	}
	if (server->options.errors_max == 0)
		server->options.errors_max = DEFAULT_ERRORS;
	if (server->options.timeout_ms == 0)
		server->options.timeout_ms = DEFAULT_TIMEOUT_MS;
	return STEAL(server);
}

void server_free(struct server *server)
{
	if (!server)
		return;
	server_forget_mail(server);
	free(server->recipients);
	free(server->hostname);
	secret_release(&server->line);
	buffer_release(&server->out);
	buffer_release(&server->hello);
	buffer_release(&server->user);
	buffer_release(&server->login_user);
	buffer_release(&server->sender);
	buffer_release(&server->body);
	free(server);
}

/* ---- replies ---- */

void server_reply(struct server *server, const char *line)
{
	buffer_append(&server->out, slice_of(line));
	buffer_append(&server->out, SLICE("\r\n"));
}

void server_end(struct server *server, const char *line)
{
	server_reply(server, line);
	server->wish = SERVER_WANTS_CLOSE;
}

void server_refuse(struct server *server, const char *line)
{
	if (++server->errors >= server->options.errors_max)
		server_end(server, "421 4.7.0 too many errors");
	else
		server_reply(server, line);
}

/* ---- commands ---- */

static void forget_session(struct server *server)
{
	server_forget_mail(server);
	buffer_cut(&server->hello, 0);
	buffer_cut(&server->user, 0);
	server->is_esmtp = false;
}

/* The client's name; it ends a mail that was begun (RFC 5321, 4.1.4). */
static bool take_name(struct server *server, slice name)
{
	if (name.len == 0 || name.len > 255) {
		server_refuse(server, "501 5.5.4 a name is needed");
		return false;
	}
	server_forget_mail(server);
	buffer_cut(&server->hello, 0);
	buffer_append(&server->hello, name);
	return true;
}

static bool offers_login(const struct server *server)
{
	return server->calls.login && (server->is_tls || server->options.login_in_clear);
}

static void on_ehlo(struct server *server, slice arguments)
{
	const struct server_options *options = &server->options;

	if (!take_name(server, arguments))
		return;
	server->is_esmtp = true;
	buffer_printf(&server->out, "250-%s\r\n", server->hostname);
	if (!options->no_pipelining)
		server_reply(server, "250-PIPELINING");
	if (!options->no_8bitmime)
		server_reply(server, "250-8BITMIME");
	if (!options->no_smtputf8)
		server_reply(server, "250-SMTPUTF8");
	if (!options->no_chunking)
		server_reply(server, "250-CHUNKING");
	if (options->offer_deliver_by)
		server_reply(server, "250-DELIVERBY");
	if (options->offer_tls && !server->is_tls)
		server_reply(server, "250-STARTTLS");
	if (offers_login(server))
		server_reply(server, "250-AUTH PLAIN LOGIN");
	buffer_printf(&server->out, "250-SIZE %ju\r\n", (uintmax_t)server_size_max(server));
	server_reply(server, "250 ENHANCEDSTATUSCODES");
}

static void on_helo(struct server *server, slice arguments)
{
	if (!take_name(server, arguments))
		return;
	server->is_esmtp = false;
	buffer_printf(&server->out, "250 %s\r\n", server->hostname);
}

static void on_starttls(struct server *server, slice arguments)
{
	if (arguments.len > 0) {
		server_refuse(server, "501 5.5.4 STARTTLS takes no words");
	} else if (!server->options.offer_tls || server->is_tls) {
		server_refuse(server, "503 5.5.1 there is no STARTTLS now");
	} else {
		server_reply(server, "220 2.0.0 go ahead");
		server->wish = SERVER_WANTS_TLS;
	}
}

static void on_rset(struct server *server, slice arguments)
{
	(void)arguments;
	server_forget_mail(server);
	server_reply(server, "250 2.0.0 ok");
}

static void on_noop(struct server *server, slice arguments)
{
	(void)arguments;
	server_reply(server, "250 2.0.0 ok");
}

static void on_vrfy(struct server *server, slice arguments)
{
	if (arguments.len == 0)
		server_refuse(server, "501 5.5.4 whom?");
	else
		server_reply(server, "252 2.1.5 send a mail and see");
}

static void on_help(struct server *server, slice arguments)
{
	(void)arguments;
	buffer_printf(&server->out,
		      "214 2.0.0 %s STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT\r\n",
		      server->options.is_lmtp ? "LHLO" : "EHLO HELO");
}

static void on_quit(struct server *server, slice arguments)
{
	(void)arguments;
	server_end(server, "221 2.0.0 bye");
}

enum dialect { BOTH, SMTP_ONLY, LMTP_ONLY };

static const struct {
	const char *verb;
	void (*take)(struct server *, slice arguments);
	bool needs_hello;
	enum dialect dialect;
} commands[] = {
	{"EHLO", on_ehlo, false, SMTP_ONLY},    {"HELO", on_helo, false, SMTP_ONLY},
	{"LHLO", on_ehlo, false, LMTP_ONLY},    {"STARTTLS", on_starttls, true, BOTH},
	{"AUTH", server_auth, true, BOTH},      {"MAIL", server_mail_from, true, BOTH},
	{"RCPT", server_rcpt_to, true, BOTH},   {"DATA", server_data, true, BOTH},
	{"BDAT", server_bdat, false, BOTH},     {"RSET", on_rset, false, BOTH},
	{"NOOP", on_noop, false, BOTH},         {"VRFY", on_vrfy, false, BOTH},
	{"HELP", on_help, false, BOTH},         {"QUIT", on_quit, false, BOTH},
};

/* "A server MUST NOT return a positive reply to HELO or EHLO" (RFC 2033, 4.1). */
static bool speaks(const struct server *server, enum dialect dialect)
{
	return dialect == BOTH || (dialect == LMTP_ONLY) == server->options.is_lmtp;
}

static void take_command(struct server *server, slice line)
{
	slice rest = line, verb = SLICE("");

	(void)slice_next(&rest, ' ', &verb);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (!slice_equal_nocase(verb, slice_of(commands[i].verb)) || !speaks(server, commands[i].dialect))
			continue;
		if (commands[i].needs_hello && server->hello.len == 0)
			server_refuse(server, server->options.is_lmtp ? "503 5.5.1 LHLO comes first" : "503 5.5.1 EHLO comes first");
		else
			commands[i].take(server, slice_trim(rest));
		return;
	}
	server_refuse(server, "500 5.5.1 unknown command");
}

/* ---- lines ---- */

static bool is_clean(slice line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] == '\r' || line.ptr[i] == '\n' || line.ptr[i] == '\0')
			return false;
	return true;
}

/* A line up to its LF, with its CR or without. Only CRLF ends a line (RFC 5321, 2.3.8). */
static void take_line(struct server *server, slice line)
{
	const bool has_cr = line.len > 0 && line.ptr[line.len - 1] == '\r';

	if (has_cr)
		line.len--;
	if (!has_cr || !is_clean(line)) {
		server->mode = SERVER_COMMANDS;
		server_refuse(server,
			      "500 5.5.2 a line ends in CRLF and holds no other CR, LF or NUL");
	} else if (server->mode == SERVER_LOGIN_ANSWER) {
		server_login_answer(server, line);
	} else {
		take_command(server, line);
	}
}

/* Takes one line, or what there is of it. Returns how many bytes that was. */
static size_t take_bytes(struct server *server, slice bytes)
{
	const size_t at = slice_find(bytes, '\n');
	slice line = slice_part(bytes, 0, at);
	const size_t taken = at == SLICE_NONE ? bytes.len : at + 1;

	if (server->skips_line || server->line.len + line.len >= SERVER_LINE_MAX_BYTES) {
		server->skips_line = at == SLICE_NONE;
		secret_release(&server->line);
		if (at != SLICE_NONE) {
			server->mode = SERVER_COMMANDS;
			server_refuse(server, "500 5.5.6 the line is too long");
		}
		return taken;
	}
	if (at == SLICE_NONE || server->line.len > 0) {
		buffer_append(&server->line, line);
		line = buffer_peek(&server->line);
	}
	if (at != SLICE_NONE && server->line.failure == BUFFER_FINE) {
		take_line(server, line);
		secret_clear(server->line.bytes, server->line.len);
		buffer_cut(&server->line, 0);
	}
	return taken;
}

/* ---- what the owner calls ---- */

static void start_clock(struct server *server, int64_t now_ms)
{
	server->clock_ms = now_ms;
	server->block_bytes = 0;
}

void server_connected(struct server *server, int64_t now_ms)
{
	buffer_printf(&server->out, "220 %s %s courant\r\n", server->hostname, server->options.is_lmtp ? "LMTP" : "ESMTP");
	start_clock(server, now_ms);
}

static size_t take_some(struct server *server, slice bytes, int64_t now_ms)
{
	size_t taken = 0;

	switch (server->mode) {
	case SERVER_COMMANDS:
	case SERVER_LOGIN_ANSWER:
		taken = take_bytes(server, bytes);
		if (server->line.len == 0 && !server->skips_line)
			start_clock(server, now_ms);
		return taken;
	case SERVER_DATA:
		taken = server_take_data(server, bytes);
		break;
	case SERVER_CHUNK:
		taken = server_take_chunk(server, bytes);
		break;
	}
	server->block_bytes += taken;
	if (server->block_bytes >= CLOCK_BLOCK_BYTES || server->mode == SERVER_COMMANDS)
		start_clock(server, now_ms);
	return taken;
}

void server_receive(struct server *server, slice bytes, int64_t now_ms)
{
	while (bytes.len > 0 && server->wish == SERVER_WANTS_BYTES) {
		bytes = slice_after(bytes, take_some(server, bytes, now_ms));
		if (server->out.failure != BUFFER_FINE || server->line.failure != BUFFER_FINE)
			server->wish = SERVER_WANTS_CLOSE;
	}
	/* What stands behind STARTTLS came in clear, whoever sent it: it must not be taken for
	 * something said inside TLS. */
	if (bytes.len > 0 && server->wish == SERVER_WANTS_TLS) {
		buffer_cut(&server->out, 0);
		server_end(server, "501 5.5.1 bytes behind STARTTLS");
	}
}

void server_secured(struct server *server, int64_t now_ms)
{
	if (server->wish != SERVER_WANTS_TLS)
		return;
	forget_session(server);
	server->is_tls = true;
	server->wish = SERVER_WANTS_BYTES;
	start_clock(server, now_ms);
}

slice server_output(const struct server *server)
{
	return buffer_peek(&server->out);
}

void server_sent(struct server *server, size_t n)
{
	buffer_drop(&server->out, n);
}

enum server_wish server_wish(const struct server *server)
{
	return server->wish;
}

int64_t server_deadline(const struct server *server)
{
	return server->clock_ms == CLOCK_STOPPED || server->wish == SERVER_WANTS_CLOSE
		       ? INT64_MAX
		       : server->clock_ms + (int64_t)server->options.timeout_ms;
}

void server_tick(struct server *server, int64_t now_ms)
{
	if (now_ms < server_deadline(server))
		return;
	server_forget_mail(server);
	server->mode = SERVER_COMMANDS;
	server_end(server, "421 4.4.2 too slow");
}
