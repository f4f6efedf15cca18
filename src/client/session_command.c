/* SPDX-License-Identifier: MIT */
/* session_command.c - commands beside mails, and what is known of the session */
#include "client/link.h"
#include "client/session.h"
#include "net/tls.h"

static int command(courant_smtp *smtp, int status, const char *name, courant_error **err)
{
	struct courant_event event;

	if (status < 0 || session_run(smtp, COURANT_EVENT_REPLY, &event, err) < 0)
		return -1;
	if (event.result.code >= 200 && event.result.code < 300)
		return 0;
	return fail_reply_code(err, event.result.code < 500 ? COURANT_TEMPORARY : COURANT_REFUSED, event.result.code, "%s answers %s with %d %.2000s",
			       smtp->host, name, event.result.code, event.result.text);
}

int courant_smtp_command(courant_smtp *smtp, const char *line, courant_error **err)
{
	struct courant_event event;

	if (session_check(smtp, err) < 0)
		return -1;
	return courant_engine_command(link_engine(smtp->link), line, err) < 0 ? -1 : session_run(smtp, COURANT_EVENT_REPLY, &event, err);
}

int courant_smtp_expand(courant_smtp *smtp, const char *word, courant_error **err)
{
	return session_make_ready(smtp, err) < 0 ? -1 : command(smtp, courant_engine_expand(link_engine(smtp->link), word, err), "EXPN", err);
}

int courant_smtp_verify(courant_smtp *smtp, const char *word, courant_error **err)
{
	return session_make_ready(smtp, err) < 0 ? -1 : command(smtp, courant_engine_verify(link_engine(smtp->link), word, err), "VRFY", err);
}

int courant_smtp_noop(courant_smtp *smtp, courant_error **err)
{
	return session_make_ready(smtp, err) < 0 ? -1 : command(smtp, courant_engine_noop(link_engine(smtp->link), err), "NOOP", err);
}

int courant_smtp_rset(courant_smtp *smtp, courant_error **err)
{
	return session_make_ready(smtp, err) < 0 ? -1 : command(smtp, courant_engine_reset(link_engine(smtp->link), err), "RSET", err);
}

/* ---- facts ---- */

const char *courant_smtp_extension(const courant_smtp *smtp, const char *name)
{
	return smtp->link && link_engine(smtp->link) ? courant_engine_parameters(link_engine(smtp->link), name) : NULL;
}

const char *courant_smtp_login_mechanism(const courant_smtp *smtp)
{
	return smtp->link && link_engine(smtp->link) ? courant_engine_mechanism(link_engine(smtp->link)) : NULL;
}

int courant_smtp_reply_code(const courant_smtp *smtp)
{
	return smtp->reply_code;
}

const char *courant_smtp_reply_text(const courant_smtp *smtp)
{
	return smtp->reply.len > 0 ? smtp->reply.bytes : "";
}

const char *courant_smtp_tls_version(const courant_smtp *smtp)
{
	return session_is_secured(smtp) ? tls_version(link_tls(smtp->link)) : NULL;
}

const char *courant_smtp_tls_cipher(const courant_smtp *smtp)
{
	return session_is_secured(smtp) ? tls_cipher(link_tls(smtp->link)) : NULL;
}

bool courant_smtp_tls_is_verified(const courant_smtp *smtp)
{
	return session_is_secured(smtp) && tls_is_verified(link_tls(smtp->link));
}

bool courant_smtp_tls_is_resumed(const courant_smtp *smtp)
{
	return session_is_secured(smtp) && tls_is_resumed(link_tls(smtp->link));
}
