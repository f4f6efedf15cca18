/* SPDX-License-Identifier: MIT */
/* serve_tell.c - the service speaks to people: a mail to the owner, and the command for when no mail can leave (serve.h) */
#include <courant/message.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/serve.h"
#include "client/outgoing.h"

#define TEXT_MAX_BYTES  ((size_t)16 << 10)
#define NOTIFY_LIMIT_MS (60 * MS_PER_SECOND)

extern char **environ;

AUTO_DEFINE(message, courant_message, courant_message_free)

static courant_message *compose(const struct config *config, const char *subject, const char *text, int64_t now_ms, courant_error **err)
{
	AUTO(message) courant_message *message = courant_message_new(err);
	const struct config_account *account = config_account_at(config, 0);
	const char *from = account && account->from ? account->from : config->owner;

	if (!message || courant_message_set_from(message, from, err) < 0 || courant_message_add_to(message, config->owner, err) < 0 ||
	    courant_message_set_subject(message, subject, err) < 0 || courant_message_set_date(message, now_ms, 0, err) < 0 ||
	    courant_message_add_header(message, "Auto-Submitted", "auto-generated", err) < 0 || courant_message_set_text(message, text, err) < 0)
		return NULL;
	return STEAL(message);
}

static int queue(struct serve *serve, const char *subject, const char *text, courant_error **err)
{
	AUTO(message) courant_message *message = compose(&serve->plan->config, subject, text, serve_now_ms(serve), err);
	AUTO(outgoing) struct outgoing outgoing = {.bytes = NULL};
	const struct outbox_order order = {.accounts = "", .origin = "serve", .expires_ms = NEVER};

	if (!message || outgoing_init(&outgoing, message, COURANT_NOTIFY_DEFAULT, err) < 0 ||
	    outbox_put(serve->queue, &outgoing.mail, &order, serve_now_ms(serve), err) < 0)
		return -1;
	return outbox_sync(serve->queue, err);
}

void serve_tell_owner(struct serve *serve, const char *subject, const char *text, int64_t monotonic_ms)
{
	AUTO(error) courant_error *err = NULL;

	if (!serve->plan->config.owner) {
		LOG(&serve->log, LOG_WARNING, "nobody to tell", LOG_TEXT("subject", subject), LOG_TEXT("reason", "courant.yaml names no owner"));
		return;
	}
	if (queue(serve, subject, text, &err) == 0) {
		LOG(&serve->log, LOG_INFO, "owner told", LOG_TEXT("subject", subject));
		return;
	}
	LOG(&serve->log, LOG_ERROR, "owner not told", LOG_TEXT("subject", subject), LOG_TEXT("reason", courant_error_sentence(err)));
	serve_notify(serve, subject, monotonic_ms);
}

void serve_notify(struct serve *serve, const char *event, int64_t monotonic_ms)
{
	const char *command = serve->plan->config.serve.notify;
	AUTO(buffer) struct buffer variable = BUFFER_LIMIT(TEXT_MAX_BYTES);
	AUTO(error) courant_error *err = NULL;
	size_t n = 0;

	if (!command || serve->notice)
		return;
	while (environ[n])
		n++;
	buffer_printf(&variable, "COURANT_EVENT=%s", event);

	AUTO(free) char **environment = mem_array(n + 2, sizeof *environment);
	char *const words[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};

	if (!environment || buffer_check(&variable, NULL) < 0)
		return;
	memcpy(environment, environ, n * sizeof *environment);
	environment[n] = variable.bytes;
	serve->notice = child_start("/bin/sh", words, environment, monotonic_ms + NOTIFY_LIMIT_MS, &err);
	if (serve->notice)
		LOG(&serve->log, LOG_WARNING, "notified", LOG_TEXT("of", event));
	else
		LOG(&serve->log, LOG_ERROR, "not notified", LOG_TEXT("of", event), LOG_TEXT("reason", courant_error_sentence(err)));
}
