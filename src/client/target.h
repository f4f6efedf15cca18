/* SPDX-License-Identifier: MIT */
/* target.h - where mail is to go, and how: a server's URL and its parameters
 *
 *     smtp://ops@mail.example.com:587?ca_file=/etc/ssl/own.pem&timeout=30
 *     qq, me@example.com@gmail?timeout=30 (a provider's name: client/provider.h)
 *     mx:, mx:?resolver=127.0.0.1:5353 (straight to the servers of the recipients' domains: client/outlet_mx.c)
 *     lmtp://mail.example.com, lmtp+unix:///run/lmtp, sendmail:, sendmail:/usr/lib/sendmail, maildir:/var/mail/ops, file:out.eml
 *
 * STARTTLS is required with smtp://, taken if there is any with mx:, TLS from the start with smtps://. LMTP needs none on this machine. Everything may be percent-encoded. What is unknown is an error that names what was
 * perhaps meant; a password has no place in a URL. */
#ifndef COURANT_CLIENT_TARGET_H
#define COURANT_CLIENT_TARGET_H
#include <courant/engine.h>

#include "base/buffer.h"
#include "net/address.h"
#include "net/proxy.h"

enum target_kind { TARGET_SMTP, TARGET_SENDMAIL, TARGET_MAILDIR, TARGET_FILE, TARGET_MX };

struct target {
	enum target_kind kind;
	char *user; /* NULL: no login */
	char *host; /* in ASCII, an IP address, or the path of a unix socket */
	char *path; /* of the program, maildir or file */
	enum courant_protocol protocol;
	uint16_t port; /* 0 until target_finish() */
	enum courant_tls tls;
	char *ca_file;
	char *verify_name;
	char *certificate, *key;
	char *pin;
	int tls_minimum; /* 0: 12 */
	char *mechanisms; /* NULL: all that are safe */
	bool no_login;    /* auth=off, whatever the user is */
	char *hello;
	char *source;
	struct proxy proxy; /* host NULL: none */
	struct net_address resolver; /* mx: the name server to ask; len 0: the system's */
	uint64_t timeout_ms; /* 0: RFC 5321's */
	bool is_tls_said;    /* by a parameter */
	bool is_tls_first;   /* smtps:// */
};

void target_release(struct target *);
AUTO_DEFINE_VALUE(target, struct target, target_release)

/* COURANT_USAGE with a sentence. */
int target_parse(slice url, struct target *ret, courant_error **err);

/* One parameter by its name in the URL ("ca_file"). What was set before is replaced. */
int target_set(struct target *, slice name, slice value, courant_error **err);
int target_set_user(struct target *, slice user, courant_error **err);

/* After the last setting: fills in the port (587 with a user, else 25; 465 with TLS from the start), looks for contradictions. */
int target_finish(struct target *, courant_error **err);

/* "mail.example.com:587", for sentences. */
void target_write(struct buffer *, const struct target *);
#endif
