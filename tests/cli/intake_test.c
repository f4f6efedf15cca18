/* SPDX-License-Identifier: MIT */
/* intake_test.c - mail handed over by LMTP lies in the outbox when the client may hear of it, and not before */
#include "cli/intake.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "tap.h"

#define NOW INT64_C(1795765200000)

static int64_t now_ms(void)
{
	return NOW;
}

struct session {
	struct outbox *outbox;
	struct intake *intake;
	struct server *server;
};

static void session_open(struct session *session, struct outbox *outbox)
{
	courant_error *err = NULL;

	session->outbox = outbox;
	session->intake = intake_new(outbox, "uid 33", now_ms, &err);
	session->server = server_new(&intake_session, &intake_calls, session->intake, &err);
	CHECK_NO_ERROR(err);
	server_connected(session->server, 0);
}

static void session_close(struct session *session)
{
	server_free(session->server);
	intake_free(session->intake);
}

static void say(struct session *session, const char *text)
{
	server_receive(session->server, slice_of(text), 0);
}

static void check_output_ends(struct session *session, const char *want)
{
	if (!CHECK(slice_ends(server_output(session->server), slice_of(want))))
		CHECK_SLICE(server_output(session->server), slice_of(want));
}

struct listing {
	struct buffer text;
	struct queue_store *store;
};

static int add(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct listing *listing = context;
	AUTO(arena) struct arena arena = {0};
	struct outbox_mail mail;

	if (listing->store->calls->find_mail(listing->store, recipient->mail, &arena, &mail, err) <= 0)
		return -1;
	buffer_printf(&listing->text, "%s>%s by %s", mail.sender_ascii, outbox_address(recipient), mail.origin);
	if (mail.expires_ms != NEVER)
		buffer_printf(&listing->text, " until %lld", (long long)(mail.expires_ms - NOW));
	buffer_printf(&listing->text, ", %llu bytes;", (unsigned long long)mail.size_bytes);
	return 0;
}

static void check_outbox(struct outbox *outbox, const char *want)
{
	static const struct outbox_filter all = {0};
	struct listing listing = {.text = BUFFER_LIMIT(10000), .store = outbox_store(outbox)};

	CHECK_INT(listing.store->calls->each_filtered(listing.store, &all, add, &listing, NULL), 0);
	CHECK_TEXT(listing.text.bytes ? listing.text.bytes : "", want);
	buffer_release(&listing.text);
}

static struct outbox *new_outbox(const char *name)
{
	char path[300];
	courant_error *err = NULL;

	(void)snprintf(path, sizeof path, "%s/%s.db", tap_folder(), name);

	struct outbox *outbox = outbox_open(path, OUTBOX_WRITE, &err);

	CHECK_NO_ERROR(err);
	return outbox;
}

static void a_mail_is_queued_when_it_was_synced(void)
{
	AUTO(outbox) struct outbox *outbox = new_outbox("one");
	struct session session;

	session_open(&session, outbox);
	say(&session, "LHLO me\r\nMAIL FROM:<a@example.com> BY=3600;R\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<nobody>\r\nRCPT TO:<c@example.org>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\n");
	CHECK(intake_is_waiting(session.intake));
	check_outbox(outbox, "");
	CHECK_INT(outbox_sync(outbox, NULL), 0);
	intake_has_synced(session.intake);
	check_output_ends(&session, "550 5.1.1 nobody of this name\r\n250 2.1.5 ok\r\n354 end with a dot alone on a line\r\n250 2.0.0 queued\r\n250 2.0.0 queued\r\n");
	check_outbox(outbox, "a@example.com>b@example.org by uid 33 until 3600000, 17 bytes;a@example.com>c@example.org by uid 33 until 3600000, 17 bytes;");
	session_close(&session);
}

static void many_connections_share_a_commit(void)
{
	AUTO(outbox) struct outbox *outbox = new_outbox("many");
	struct session sessions[50];

	EACH (session, sessions) {
		session_open(session, outbox);
		say(session, "LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n\r\nx\r\n.\r\n");
	}
	check_outbox(outbox, "");
	CHECK_INT(outbox_sync(outbox, NULL), 0);

	AUTO(buffer) struct buffer want = BUFFER_LIMIT(10000);

	EACH (session, sessions) {
		buffer_append(&want, SLICE(">b@example.org by uid 33, 5 bytes;"));
		session_close(session);
	}
	check_outbox(outbox, want.bytes);
}

static void a_message_of_any_size_arrives(void)
{
	AUTO(outbox) struct outbox *outbox = new_outbox("large");
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(1000);
	struct session session;

	session_open(&session, outbox);
	say(&session, "LHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n");
	buffer_append_repeated(&line, 'x', 98);
	buffer_append(&line, SLICE("\r\n"));
	for (int i = 0; i < 3000; i++)
		say(&session, line.bytes);
	say(&session, ".\r\n");
	CHECK_INT(outbox_sync(outbox, NULL), 0);
	check_outbox(outbox, "a@example.com>b@example.org by uid 33, 300000 bytes;");
	session_close(&session);
}

static void what_was_not_ended_is_not_queued(void)
{
	AUTO(outbox) struct outbox *outbox = new_outbox("half");
	struct session session;

	session_open(&session, outbox);
	say(&session, "LHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nhalf a mess");
	session_close(&session);
	CHECK_INT(outbox_sync(outbox, NULL), 0);
	check_outbox(outbox, "");
}

TESTS(TEST(a_mail_is_queued_when_it_was_synced), TEST(many_connections_share_a_commit), TEST(a_message_of_any_size_arrives), TEST(what_was_not_ended_is_not_queued))
