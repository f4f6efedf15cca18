/* SPDX-License-Identifier: MIT */
/* server_body.c - DATA, BDAT, and the message's bytes
 *
 * After DATA only CRLF.CRLF is the end and only CRLF. begins a line with a dot to undo: a bare
 * CR or LF is a part of the line. It is handed on as CRLF, but can end nothing here, so a client
 * cannot smuggle a second mail in. */
#include "base/alloc.h"
#include "base/num.h"
#include "smtp/server_state.h"

/* Bytes are handed on in pieces of about this size. */
#define PIECE_BYTES ((size_t)64 * 1024)

static void begin(struct server *server)
{
	AUTO(free) slice *recipients = mem_array(server->n_recipients, sizeof *recipients);

	server->filter = (struct body_filter)BODY_FILTER_BDAT;
	server->data_state = DATA_LINE_BEGIN;
	server->message_bytes = 0;
	if (!recipients) {
		(void)fail_memory(&server->failure);
		return;
	}
	for (size_t i = 0; i < server->n_recipients; i++)
		recipients[i] = slice_of(server->recipients[i]);

	const struct server_envelope envelope = {
		.hello = buffer_peek(&server->hello),
		.user = buffer_peek(&server->user),
		.sender = buffer_peek(&server->sender),
		.recipients = recipients,
		.n_recipients = server->n_recipients,
		.is_utf8 = server->is_utf8,
		.deliver_by_s = server->deliver_by_s,
		.is_tls = server->is_tls,
	};

	server->is_begun = true;
	(void)server->calls.begin(server->context, &envelope, &server->failure);
}

static void hand_on(struct server *server)
{
	slice bytes;

	if (!server->failure && buffer_slice(&server->body, &bytes, &server->failure) == 0 &&
	    bytes.len > 0)
		(void)server->calls.write(server->context, bytes, &server->failure);
	buffer_cut(&server->body, 0);
	server->body.failure = BUFFER_FINE;
}

/* Bytes without the dots of DATA. After a failure they are only counted. */
static void take_piece(struct server *server, slice piece)
{
	server->message_bytes += piece.len;
	if (server->message_bytes > server_size_max(server))
		(void)fail(&server->failure, COURANT_TOO_LARGE, "the message is too large");
	if (server->failure)
		return;

	char *to = buffer_room(&server->body, body_worst(piece.len));

	if (to)
		buffer_added(&server->body, body_write(&server->filter, piece, to));
	if (server->body.len >= PIECE_BYTES || !to)
		hand_on(server);
}

/* `n` times the same: once for each recipient when LMTP's message ends (RFC 2033, 4.2), once otherwise. */
static void reply_failure(struct server *server, size_t n)
{
	const bool is_large = courant_error_code(server->failure) == COURANT_TOO_LARGE;

	for (size_t i = 0; i < n; i++)
		server_reply(server, is_large ? "552 5.3.4 the message is too large"
					      : "451 4.3.0 the message could not be kept; try again later");
	server_forget_mail(server);
}

static void end_message(struct server *server)
{
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(400);
	const size_t n_replies = server->options.is_lmtp ? server->n_recipients : 1;
	char *to = buffer_room(&server->body, 2);

	if (to)
		buffer_added(&server->body, body_end(&server->filter, to));
	hand_on(server);
	if (!server->failure)
		(void)server->calls.finish(server->context, &words, &server->failure);
	if (server->failure) {
		reply_failure(server, n_replies);
		return;
	}
	for (size_t i = 0; i < n_replies; i++)
		buffer_printf(&server->out, "250 2.0.0 %.*s\r\n",
			      SLICE_ARGS(words.len ? buffer_peek(&words) : SLICE("ok")));
	server->is_begun = false;
	server_forget_mail(server);
}

/* ---- DATA ---- */

void server_data(struct server *server, slice arguments)
{
	if (arguments.len > 0) {
		server_refuse(server, "501 5.5.4 DATA takes no words");
	} else if (!server->has_sender || server->is_chunked) {
		server_refuse(server, "503 5.5.1 MAIL and RCPT come first");
	} else if (server->n_recipients == 0) {
		server_refuse(server, server->has_failed_recipient
					      ? "554 5.5.1 there is no valid recipient"
					      : "503 5.5.1 RCPT comes first");
	} else {
		begin(server);
		if (server->failure) {
			reply_failure(server, 1);
			return;
		}
		server->mode = SERVER_DATA;
		server_reply(server, "354 end with a dot alone on a line");
	}
}

/* The state after one byte; true at the end of the message. Bytes held back (a CR, a dot) are
 * handed on when they turn out to be text. */
static bool take_byte(struct server *server, char byte)
{
	switch (server->data_state) {
	case DATA_LINE_BEGIN:
		if (byte == '.') {
			server->data_state = DATA_DOT;
			return false;
		}
		break;
	case DATA_DOT: /* a dot at a line's begin: undone, whatever follows but CRLF */
		if (byte == '\r') {
			server->data_state = DATA_DOT_CR;
			return false;
		}
		break;
	case DATA_DOT_CR:
		if (byte == '\n')
			return true;
		take_piece(server, SLICE("\r"));
		break;
	case DATA_CR:
		take_piece(server, SLICE("\r"));
		if (byte == '\n') {
			take_piece(server, SLICE("\n"));
			server->data_state = DATA_LINE_BEGIN;
			return false;
		}
		break;
	case DATA_IN_LINE:
		break;
	}
	server->data_state = byte == '\r' ? DATA_CR : DATA_IN_LINE;
	if (byte != '\r')
		take_piece(server, slice_from(&byte, 1));
	return false;
}

size_t server_take_data(struct server *server, slice bytes)
{
	size_t taken = 0;

	while (taken < bytes.len) {
		const slice rest = slice_after(bytes, taken);

		if (server->data_state == DATA_IN_LINE) {
			const slice text = slice_part(rest, 0, slice_find(rest, '\r'));

			take_piece(server, text);
			taken += text.len;
			if (text.len == rest.len)
				break;
		}
		if (take_byte(server, bytes.ptr[taken++])) {
			server->mode = SERVER_COMMANDS;
			end_message(server);
			break;
		}
	}
	return taken;
}

/* ---- BDAT (RFC 3030) ---- */

void server_bdat(struct server *server, slice arguments)
{
	slice rest = arguments, size = SLICE("");

	(void)slice_next(&rest, ' ', &size);
	rest = slice_trim(rest);
	if (server->options.no_chunking) {
		server_refuse(server, "502 5.5.1 there is no BDAT here");
		return;
	}
	if (!num_parse_u64(size, &server->chunk_left) ||
	    (rest.len > 0 && !slice_equal_nocase(rest, SLICE("LAST")))) {
		/* How many bytes follow is not known, so nothing that follows can be understood. */
		server_end(server, "501 5.5.4 BDAT size [LAST]");
		return;
	}
	server->is_last = rest.len > 0;
	if (server->n_recipients > 0 && !server->is_chunked) {
		begin(server);
		server->is_chunked = true;
	}
	server->mode = SERVER_CHUNK;
	(void)server_take_chunk(server, SLICE("")); /* an empty chunk ends at once */
}

static void end_chunk(struct server *server)
{
	server->mode = SERVER_COMMANDS;
	if (!server->is_chunked)
		server_refuse(server, server->has_failed_recipient
					      ? "554 5.5.1 there is no valid recipient"
					      : "503 5.5.1 MAIL and RCPT come first");
	else if (server->failure)
		reply_failure(server, server->is_last && server->options.is_lmtp ? server->n_recipients : 1);
	else if (server->is_last)
		end_message(server);
	else
		server_reply(server, "250 2.0.0 ok");
}

size_t server_take_chunk(struct server *server, slice bytes)
{
	const slice chunk = slice_part(
		bytes, 0, server->chunk_left < bytes.len ? (size_t)server->chunk_left : bytes.len);

	if (server->is_chunked)
		take_piece(server, chunk);
	server->chunk_left -= chunk.len;
	if (server->chunk_left == 0)
		end_chunk(server);
	return chunk.len;
}
