/* SPDX-License-Identifier: MIT */
/* send.c - courant send: one mail out of options, to a mail server */
#include <string.h>

#include "base/file.h"
#include "cli/compose.h"
#include "cli/deliver.h"
#include "cli/settings.h"
#include "client/envelope.h"
#include "client/survey.h"

#define BLOCK_BYTES    65536
#define WORDS_MAX_BYTES ((size_t)256 << 10)

/* What is to be sent, held together until it is. */
struct letter {
	courant_message *message;
	courant_reader *bytes; /* borrows from the message */
	struct envelope envelope;
	struct courant_mail mail;
};

static void letter_release(struct letter *letter)
{
	courant_reader_free(letter->bytes);
	courant_message_free(letter->message);
	envelope_release(&letter->envelope);
	*letter = (struct letter){0};
}
AUTO_DEFINE_VALUE(letter, struct letter, letter_release)

static int compose(const struct cli_call *call, struct letter *letter, courant_error **err)
{
	letter->message = compose_message(call, err);
	if (!letter->message || envelope_of_message(&letter->envelope, letter->message, COURANT_NOTIFY_DEFAULT, NULL, err) < 0)
		return -1;
	letter->bytes = courant_message_reader_new(letter->message, err);
	if (!letter->bytes)
		return -1;
	envelope_mail(&letter->envelope, &letter->mail);
	letter->mail.message = letter->bytes;
	return survey_mail(&letter->mail, err);
}

/* ---- --dry-run ---- */

static int print_message(courant_reader *bytes, courant_error **err)
{
	char block[BLOCK_BYTES];
	size_t n;

	do {
		if (courant_reader_read(bytes, block, sizeof block, &n, err) < 0 || cli_print(slice_from(block, n), err) < 0)
			return -1;
	} while (n > 0);
	return 0;
}

/* ---- --explain ---- */

static void explain_tls(struct buffer *into, const struct target *target)
{
	static const char *const words[] = {
		[COURANT_TLS_STARTTLS] = "TLS: by STARTTLS, required; without it nothing is sent",
		[COURANT_TLS_IMPLICIT] = "TLS: from the first byte",
		[COURANT_TLS_OPPORTUNISTIC] = "TLS: when the server offers it, with any certificate",
		[COURANT_TLS_NONE] = "TLS: none; everything, the password too, travels in clear",
	};

	buffer_printf(into, "%s\n", words[target->tls]);
	if (target->tls == COURANT_TLS_NONE)
		return;
	if (target->tls != COURANT_TLS_OPPORTUNISTIC)
		buffer_printf(into, "certificate: must be good for %s, signed by %s%s\n", target->verify_name ? target->verify_name : target->host,
			      target->ca_file ? "an authority in " : "an authority that this machine trusts", target->ca_file ? target->ca_file : "");
	if (target->pin)
		buffer_append(into, SLICE("certificate: its public key must be the pinned one\n"));
	buffer_printf(into, "oldest version of TLS: %s\n", target->tls_minimum == 13 ? "1.3" : "1.2");
	if (target->certificate)
		buffer_printf(into, "we show: the certificate in %s\n", target->certificate);
}

static void explain_mail(struct buffer *into, const struct courant_mail *mail)
{
	const char *sender = mail->sender.utf8 ? mail->sender.utf8 : mail->sender.ascii;
	uint64_t size_bytes;

	buffer_printf(into, "return path: <%s>\n", sender);
	for (size_t i = 0; i < mail->n_recipients; i++) {
		const struct courant_path *path = &mail->recipients[i].path;

		buffer_printf(into, "recipient: <%s>%s\n", path->utf8 ? path->utf8 : path->ascii,
			      path->ascii ? "" : ", which only a server with SMTPUTF8 can take");
	}
	if (courant_reader_size(mail->message, &size_bytes))
		buffer_printf(into, "message: %llu bytes%s\n", (unsigned long long)size_bytes,
			      mail->flags & COURANT_MAIL_EIGHT_BIT ? ", some over 127: the server must have 8BITMIME" : ", 7-bit: any server can carry it");
}

static int explain(const struct target *target, const struct courant_mail *mail, courant_error **err)
{
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(WORDS_MAX_BYTES);
	slice text;

	buffer_append(&words, SLICE("server: "));
	target_write(&words, target);
	buffer_append_byte(&words, '\n');
	explain_tls(&words, target);
	if (!target->user || target->no_login)
		buffer_append(&words, SLICE("login: none\n"));
	else
		buffer_printf(&words, "login: as %s, by %s\n", target->user,
			      target->mechanisms ? target->mechanisms : "the strongest mechanism that the server offers");
	explain_mail(&words, mail);
	buffer_append(&words, SLICE("nothing was sent\n"));
	return buffer_slice(&words, &text, err) < 0 ? -1 : cli_print(text, err);
}

/* ---- the command ---- */

/* Everything that can be wrong is found before a connection is opened or a password asked for. */
static int run(const struct cli_call *call, int *ret_status, courant_error **err)
{
	AUTO(letter) struct letter letter = {0};
	AUTO(target) struct target target = {0};
	AUTO(deliver) struct deliver *deliver = NULL;
	AUTO(config) struct config config = {0};
	struct deliver_account shown;

	if (compose(call, &letter, err) < 0)
		return -1;
	if (letter.mail.n_recipients == 0)
		return fail(err, COURANT_USAGE, "who is it to? Give --to ADDRESS");
	if (cli_flag(call, "dry-run"))
		return print_message(letter.bytes, err);
	/* A server on the command line needs no configuration. */
	if (!cli_value(call, "server") && settings_load(call, &config, err) < 0)
		return -1;

	const struct deliver_account *account = settings_account(&config, &shown);

	if (deliver_target(call, account, &target, err) < 0)
		return -1;
	if (cli_flag(call, "explain"))
		return explain(&target, &letter.mail, err);
	deliver = deliver_new(call, &target, account, err);
	if (!deliver || deliver_send(deliver, &letter.mail, err) < 0)
		return -1;
	*ret_status = deliver_finish(deliver);
	return 0;
}

int send_run(struct cli_call *call)
{
	courant_error *err = NULL;
	int status = 0;

	return run(call, &status, &err) < 0 ? cli_fail(call, err) : status;
}
