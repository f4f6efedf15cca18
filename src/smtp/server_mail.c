/* SPDX-License-Identifier: MIT */
/* server_mail.c - MAIL, RCPT, and the envelope they make */
#include "base/alloc.h"
#include "base/num.h"
#include "smtp/path.h"
#include "smtp/server_state.h"

#define DEFAULT_SIZE_MAX_BYTES ((uint64_t)64 * 1024 * 1024)
#define DEFAULT_RECIPIENTS_MAX 1000

uint64_t server_size_max(const struct server *server)
{
	return server->options.size_max_bytes ? server->options.size_max_bytes
					      : DEFAULT_SIZE_MAX_BYTES;
}

void server_forget_mail(struct server *server)
{
	if (server->is_begun && server->calls.abandon)
		server->calls.abandon(server->context);
	courant_error_free(server->failure);
	for (size_t i = 0; i < server->n_recipients; i++)
		free(server->recipients[i]);
	buffer_cut(&server->sender, 0);
	buffer_cut(&server->body, 0);
	server->failure = NULL;
	server->n_recipients = 0;
	server->message_bytes = server->chunk_left = 0;
	server->deliver_by_s = 0;
	server->has_sender = server->is_utf8 = server->has_failed_recipient = false;
	server->is_begun = server->is_chunked = server->is_last = false;
}

/* "FROM:<path> parameters": the path without its brackets. A blank before the bracket is wrong
 * and common. */
static bool split_path(slice arguments, slice word, slice *ret_path, slice *ret_parameters)
{
	bool is_quoted = false;

	if (!slice_starts_nocase(arguments, word))
		return false;
	arguments = slice_trim(slice_after(arguments, word.len));
	if (arguments.len == 0 || arguments.ptr[0] != '<')
		return false;
	for (size_t i = 1; i < arguments.len; i++) {
		if (is_quoted && arguments.ptr[i] == '\\') {
			i++;
		} else if (arguments.ptr[i] == '"') {
			is_quoted = !is_quoted;
		} else if (!is_quoted && arguments.ptr[i] == '>') {
			*ret_path = slice_part(arguments, 1, i - 1);
			*ret_parameters = slice_after(arguments, i + 1);
			return ret_parameters->len == 0 || ret_parameters->ptr[0] == ' ';
		}
	}
	return false;
}

/* "BY=120;R" (RFC 2852, 4). The other mode, N, asks for a notice of delay, which nobody here writes. */
static const char *take_deliver_by(struct server *server, slice value)
{
	const size_t semicolon = slice_find(value, ';');
	uint64_t seconds;

	if (semicolon == SLICE_NONE || !slice_equal_nocase(slice_after(value, semicolon + 1), SLICE("R")))
		return "555 5.5.4 BY is done with mode R only";
	if (!num_parse_range(slice_part(value, 0, semicolon), 1, 999999999, &seconds))
		return "501 5.5.4 BY needs a number of seconds above 0";
	server->deliver_by_s = (int64_t)seconds;
	return NULL;
}

/* One parameter of MAIL; the reply when it must be refused, else NULL. */
static const char *take_parameter(struct server *server, slice keyword, slice value)
{
	uint64_t size;

	if (slice_equal_nocase(keyword, SLICE("SIZE"))) {
		if (!num_parse_u64(value, &size))
			return "501 5.5.4 SIZE needs a number";
		return size > server_size_max(server) ? "552 5.3.4 too large" : NULL;
	}
	if (slice_equal_nocase(keyword, SLICE("BODY")) && !server->options.no_8bitmime)
		return slice_equal_nocase(value, SLICE("7BIT")) ||
				       slice_equal_nocase(value, SLICE("8BITMIME"))
			       ? NULL
			       : "501 5.5.4 BODY is 7BIT or 8BITMIME";
	if (slice_equal_nocase(keyword, SLICE("SMTPUTF8")) && !value.ptr &&
	    !server->options.no_smtputf8) {
		server->is_utf8 = true;
		return NULL;
	}
	if (slice_equal_nocase(keyword, SLICE("BY")) && server->options.offer_deliver_by)
		return take_deliver_by(server, value);
	if (slice_equal_nocase(keyword, SLICE("AUTH")) && server->calls.login)
		return NULL;
	return "555 5.5.4 unknown parameter";
}

static const char *take_parameters(struct server *server, slice parameters)
{
	for (slice keyword, value; path_next_parameter(&parameters, &keyword, &value);) {
		const char *refusal = server->is_esmtp ? take_parameter(server, keyword, value)
						       : "555 5.5.4 parameters need EHLO";

		if (refusal)
			return refusal;
	}
	return NULL;
}

static unsigned utf8_flag(const struct server *server)
{
	return server->is_utf8 ? PATH_UTF8 : 0;
}

void server_mail_from(struct server *server, slice arguments)
{
	slice path, parameters;

	if (server->has_sender) {
		server_refuse(server, "503 5.5.1 a mail is under way");
	} else if (server->options.require_tls && !server->is_tls) {
		server_refuse(server, "530 5.7.0 STARTTLS comes first");
	} else if (server->options.require_login && server->user.len == 0) {
		server_refuse(server, "530 5.7.0 AUTH comes first");
	} else if (!split_path(arguments, SLICE("FROM:"), &path, &parameters)) {
		server_refuse(server, "501 5.5.4 MAIL FROM:<address>");
	} else {
		const char *refusal = take_parameters(server, parameters);

		if (!refusal &&
		    path_check(path, PATH_EMPTY | PATH_LOCAL | utf8_flag(server), "", NULL) < 0)
			refusal = "553 5.1.7 this is no address";
		if (refusal) {
			server->is_utf8 = false;
			server_refuse(server, refusal);
			return;
		}
		buffer_append(&server->sender, path);
		server->has_sender = true;
		server_reply(server, "250 2.1.0 ok");
	}
}

static bool add_recipient(struct server *server, slice path)
{
	char **recipients = mem_room(server->recipients, server->n_recipients, &server->recipients_space, 8, sizeof *recipients);

	if (!recipients)
		return false;
	server->recipients = recipients;
	server->recipients[server->n_recipients] = mem_copy(path);
	return server->recipients[server->n_recipients] && ++server->n_recipients;
}

void server_rcpt_to(struct server *server, slice arguments)
{
	const size_t max = server->options.recipients_max ? server->options.recipients_max
							  : DEFAULT_RECIPIENTS_MAX;
	slice path, parameters;

	if (!server->has_sender || server->is_chunked)
		server_refuse(server, "503 5.5.1 MAIL comes first");
	else if (!split_path(arguments, SLICE("TO:"), &path, &parameters))
		server_refuse(server, "501 5.5.4 RCPT TO:<address>");
	else if (slice_trim(parameters).len > 0)
		server_refuse(server, "555 5.5.4 unknown parameter");
	else if (path_check(path, PATH_LOCAL | utf8_flag(server), "", NULL) < 0)
		server_refuse(server, "553 5.1.3 this is no address");
	else if (server->n_recipients >= max)
		server_reply(server, "452 4.5.3 too many recipients");
	else if (server->calls.recipient && !server->calls.recipient(server->context, path)) {
		server->has_failed_recipient = true;
		server_refuse(server, "550 5.1.1 nobody of this name");
	} else if (add_recipient(server, path))
		server_reply(server, "250 2.1.5 ok");
	else
		server_reply(server, "451 4.3.0 no memory");
}
