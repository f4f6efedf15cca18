/* SPDX-License-Identifier: MIT */
/* server_login.c - AUTH PLAIN and AUTH LOGIN (RFC 4954, 4616) */
#include "base/secret.h"
#include "smtp/sasl.h"
#include "smtp/server_state.h"

static void judge(struct server *server, slice user, slice password)
{
	server->mode = SERVER_COMMANDS;
	if (user.len > 0 && server->calls.login(server->context, user, password)) {
		buffer_cut(&server->user, 0);
		buffer_append(&server->user, user);
		server_reply(server, "235 2.7.0 welcome");
	} else {
		server_refuse(server, "535 5.7.8 wrong user name or password");
	}
}

/* authorization identity, NUL, user, NUL, password */
static void take_plain(struct server *server, slice message)
{
	slice parts[3];
	size_t n = 0;

	for (slice rest = message, part; slice_next(&rest, '\0', &part); n++)
		if (n < 3)
			parts[n] = part;
	if (n != 3 || (parts[0].len > 0 && !slice_equal(parts[0], parts[1]))) {
		server->mode = SERVER_COMMANDS;
		server_refuse(server, "535 5.7.8 this is no PLAIN message, or for somebody else");
		return;
	}
	judge(server, parts[1], parts[2]);
}

static void take_step(struct server *server, slice message)
{
	switch (server->login_step) {
	case LOGIN_PLAIN:
		take_plain(server, message);
		break;
	case LOGIN_USER:
		buffer_cut(&server->login_user, 0);
		buffer_append(&server->login_user, message);
		server->login_step = LOGIN_PASSWORD;
		server_reply(server, "334 UGFzc3dvcmQ6"); /* "Password:" */
		break;
	case LOGIN_PASSWORD:
		judge(server, buffer_peek(&server->login_user), message);
		break;
	}
}

static void take_answer(struct server *server, slice base64)
{
	AUTO(secret_buffer) struct buffer message = BUFFER_LIMIT(SERVER_LINE_MAX_BYTES);

	(void)buffer_room(&message, SERVER_LINE_MAX_BYTES);
	if (sasl_decode(base64, &message) && message.failure == BUFFER_FINE) {
		take_step(server, buffer_peek(&message));
		return;
	}
	server->mode = SERVER_COMMANDS;
	server_refuse(server, "501 5.5.2 this is not base64");
}

void server_login_answer(struct server *server, slice line)
{
	if (!slice_equal(line, SLICE("*"))) {
		take_answer(server, line);
		return;
	}
	server->mode = SERVER_COMMANDS;
	server_refuse(server, "501 5.7.0 cancelled");
}

void server_auth(struct server *server, slice arguments)
{
	slice rest = arguments, mechanism = SLICE("");

	(void)slice_next(&rest, ' ', &mechanism);
	if (!server->calls.login || !server->is_esmtp) {
		server_refuse(server, "503 5.5.1 there is no login here");
		return;
	}
	if (!server->is_tls && !server->options.login_in_clear) {
		server_refuse(server, "538 5.7.11 only inside TLS");
		return;
	}
	if (server->user.len > 0 || server->has_sender) {
		server_refuse(server, "503 5.5.1 not now");
		return;
	}
	if (slice_equal_nocase(mechanism, SLICE("PLAIN"))) {
		server->login_step = LOGIN_PLAIN;
	} else if (slice_equal_nocase(mechanism, SLICE("LOGIN"))) {
		server->login_step = LOGIN_USER;
	} else {
		server_refuse(server, "504 5.5.4 PLAIN and LOGIN are known");
		return;
	}
	server->mode = SERVER_LOGIN_ANSWER;
	rest = slice_trim(rest);
	if (rest.len > 0)
		take_answer(server, rest);
	else
		server_reply(server, server->login_step == LOGIN_PLAIN
					     ? "334 "
					     : "334 VXNlcm5hbWU6"); /* "Username:" */
}
