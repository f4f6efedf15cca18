/* SPDX-License-Identifier: MIT */
/* engine_fuzz.c - the SMTP engine against any server: every mail comes to its end once, and nothing is accepted that was not sent
 *
 * The first byte chooses the options, the second how the bytes are cut; the rest is what the server says. */
#include <courant/engine.h>

#include "base/buffer.h"
#include "base/file.h"
#include "fuzz.h"

#define MAILS      5
#define RECIPIENTS 3

struct driver {
	courant_engine *engine;
	struct courant_mail mails[MAILS];
	size_t n_sent;
	unsigned char results[MAILS][RECIPIENTS];
	bool is_done[MAILS];
	bool is_closed;
	uint64_t out_bytes;
};

static void check_recipient(struct driver *driver, const struct courant_event *event)
{
	const size_t mail = (size_t)(event->mail - driver->mails);

	MUST(mail < driver->n_sent && event->recipient < RECIPIENTS);
	MUST(!driver->results[mail][event->recipient] && !driver->is_done[mail]);
	driver->results[mail][event->recipient] = 1;
	MUST(event->result.text && event->result.text_size <= 2000);
	if (event->result.outcome == COURANT_OUTCOME_ACCEPTED) {
		MUST(event->result.code >= 200 && event->result.code < 300);
		MUST(event->result.phase == COURANT_PHASE_FINAL);
	}
}

static void check_message(struct driver *driver, const struct courant_event *event)
{
	const size_t mail = (size_t)(event->mail - driver->mails);

	MUST(!driver->is_done[mail]);
	driver->is_done[mail] = true;
	for (size_t i = 0; i < RECIPIENTS; i++)
		MUST(driver->results[mail][i]);
}

static void send_mails(struct driver *driver)
{
	while (driver->n_sent < MAILS && courant_engine_room(driver->engine) > 0)
		MUST(courant_engine_send(driver->engine, &driver->mails[driver->n_sent++], NULL) == 0);
	if (driver->n_sent == MAILS)
		courant_engine_quit(driver->engine, 0);
}

static void take_event(struct driver *driver, const struct courant_event *event)
{
	static const struct courant_tls_facts facts = {.verified = true};

	MUST(!driver->is_closed);
	if (event->kind == COURANT_EVENT_RECIPIENT)
		check_recipient(driver, event);
	else if (event->kind == COURANT_EVENT_MESSAGE)
		check_message(driver, event);
	else if (event->kind == COURANT_EVENT_START_TLS)
		courant_engine_secured(driver->engine, &facts, 0);
	else if (event->kind == COURANT_EVENT_CLOSED)
		driver->is_closed = true;
	if (event->kind == COURANT_EVENT_OPEN || event->kind == COURANT_EVENT_MESSAGE)
		send_mails(driver);
}

static void run(struct driver *driver)
{
	struct courant_event event;
	size_t n;

	do {
		while (courant_engine_next(driver->engine, &event))
			take_event(driver, &event);
		(void)courant_engine_output(driver->engine, &n, 0);
		courant_engine_sent(driver->engine, n, 0);
		driver->out_bytes += n;
	} while (n > 0);
	while (courant_engine_next(driver->engine, &event))
		take_event(driver, &event);
}

static void play(slice in, unsigned how, size_t step)
{
	static const struct courant_login login = {.user = "ops", .password = "secret", .mechanisms = "CRAM-MD5,PLAIN,LOGIN"};
	static const struct courant_recipient recipients[RECIPIENTS] = {{.path = {.ascii = "b@y"}}, {.path = {.ascii = "c@y"}}, {.path = {.ascii = "d@z"}}};
	const struct courant_engine_options options = {
		.protocol = how & 1 ? COURANT_LMTP : COURANT_SMTP,
		.tls = how & 2 ? COURANT_TLS_STARTTLS : COURANT_TLS_NONE,
		.login = how & 4 ? &login : NULL,
		.window = 1 + (how >> 3 & 3),
		.no_chunking = how & 32,
	};
	AUTO(reader) courant_reader *small = courant_reader_new_bytes("Hello\r\n.\r\n", 10, NULL);
	struct driver driver = {.engine = courant_engine_new(&options, NULL)};

	for (size_t i = 0; i < MAILS; i++)
		driver.mails[i] = (struct courant_mail){
			.sender = {.ascii = "a@x"}, .recipients = recipients, .n_recipients = RECIPIENTS, .message = small};
	courant_engine_connected(driver.engine, 0);
	run(&driver);
	for (; in.len > 0 && !driver.is_closed; in = slice_after(in, step)) {
		courant_engine_receive(driver.engine, in.ptr, in.len < step ? in.len : step, 0);
		run(&driver);
	}
	courant_engine_lost(driver.engine, NULL, 0);
	run(&driver);
	MUST(driver.is_closed);
	for (size_t i = 0; i < driver.n_sent; i++)
		MUST(driver.is_done[i]);
	courant_engine_free(driver.engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;

	const slice in = slice_from((const char *)data + 2, size - 2);

	play(in, data[0], data[1] ? data[1] : size);
	return 0;
}
