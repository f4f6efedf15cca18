/* SPDX-License-Identifier: MIT */
/* session_again.c - a connection that the server closed while it was idle is made anew, before the next mail is lost with it */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/secret.h"
#include "client/link.h"
#include "client/session.h"

void session_forget_login(courant_smtp *smtp)
{
	for (size_t i = 0; i < SESSION_LOGIN_TEXTS; i++)
		secret_free(STEAL(smtp->login_texts[i]));
	smtp->has_login = false;
}

int session_keep_login(courant_smtp *smtp, const struct courant_login *login, courant_error **err)
{
	const char *const texts[SESSION_LOGIN_TEXTS] = {login->user, login->password, login->token, login->authorize, login->mechanisms, login->host};

	/* The one that is kept already. */
	if (login == &smtp->login)
		return 0;
	session_forget_login(smtp);
	for (size_t i = 0; i < SESSION_LOGIN_TEXTS; i++) {
		smtp->login_texts[i] = mem_copy_text(texts[i]);
		if (texts[i] && !smtp->login_texts[i]) {
			session_forget_login(smtp);
			return fail_memory(err);
		}
	}
	smtp->login = *login;
	smtp->login.user = smtp->login_texts[0];
	smtp->login.password = smtp->login_texts[1];
	smtp->login.token = smtp->login_texts[2];
	smtp->login.authorize = smtp->login_texts[3];
	smtp->login.mechanisms = smtp->login_texts[4];
	smtp->login.host = smtp->login_texts[5];
	smtp->has_login = true;
	return 0;
}

/* Whether the connection has ended, and why. */
static bool is_gone(courant_smtp *smtp, enum courant_code *ret_why)
{
	struct courant_event event;
	bool progress;

	if (!smtp->link || !smtp->is_greeted)
		return false;
	link_wake(smtp->link);
	do {
		progress = link_step(smtp->link, clock_monotonic_ms());
		while (link_next(smtp->link, &event)) {
			if (event.kind == COURANT_EVENT_CLOSED) {
				*ret_why = event.error ? courant_error_code(event.error) : COURANT_TEMPORARY;
				courant_smtp_close(smtp);
				return true;
			}
			progress = true;
		}
	} while (progress);
	return false;
}

bool session_is_gone(courant_smtp *smtp)
{
	enum courant_code ignored;

	return is_gone(smtp, &ignored);
}

bool session_is_spent(const courant_smtp *smtp)
{
	return smtp->link && smtp->is_greeted && courant_engine_is_spent(link_engine(smtp->link));
}

bool session_has_rest(courant_smtp *smtp, bool has_carried)
{
	enum courant_code why;

	/* It comes to an end: a new connection is made after one that was of use. */
	if (rest_is_begun(&smtp->rest, &smtp->results) ? !rest_cut(&smtp->rest, &smtp->results) : !has_carried)
		return false;
	return session_is_spent(smtp) || (is_gone(smtp, &why) && why == COURANT_TEMPORARY);
}

int session_again(courant_smtp *smtp, courant_error **err)
{
	if (smtp->link)
		courant_smtp_quit(smtp);
	if (session_dial(smtp, err) < 0)
		return -1;
	return smtp->has_login ? courant_smtp_login_with(smtp, &smtp->login, err) : 0;
}
