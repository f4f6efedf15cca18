/* SPDX-License-Identifier: MIT */
/* server_fuzz.c - the SMTP server session against any client: cut anywhere it answers the same, and no mail holds a bare CR or LF
 *
 * The first byte chooses the options; the rest is what the client says. */
#include "base/buffer.h"
#include "fuzz.h"
#include "smtp/server.h"

struct box {
	uint64_t sum;     /* of all mails, in order */
	uint64_t replies; /* of all replies, in order */
	char last;     /* the last byte of the message */
	bool is_begun;
};

static void add_to(uint64_t *sum, slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		*sum = *sum * 31 + (unsigned char)bytes.ptr[i];
}

static void add(struct box *box, slice bytes)
{
	add_to(&box->sum, bytes);
}

static bool box_login(void *context, slice user, slice password)
{
	(void)context;
	return slice_equal(user, SLICE("ops")) && slice_equal(password, SLICE("secret"));
}

static int box_begin(void *context, const struct server_envelope *envelope, courant_error **err)
{
	struct box *box = context;

	(void)err;
	MUST(!box->is_begun && envelope->n_recipients > 0);
	box->is_begun = true;
	box->last = '\n';
	add(box, envelope->sender);
	for (size_t i = 0; i < envelope->n_recipients; i++) {
		MUST(slice_find(envelope->recipients[i], '\n') == SLICE_NONE && slice_find(envelope->recipients[i], '\r') == SLICE_NONE);
		add(box, envelope->recipients[i]);
	}
	return 0;
}

static int box_write(void *context, slice bytes, courant_error **err)
{
	struct box *box = context;

	(void)err;
	MUST(box->is_begun);
	for (size_t i = 0; i < bytes.len; i++) {
		MUST((bytes.ptr[i] == '\n') == (box->last == '\r'));
		box->last = bytes.ptr[i];
	}
	add(box, bytes);
	return 0;
}

static int box_finish(void *context, struct buffer *ret_words, courant_error **err)
{
	struct box *box = context;

	(void)ret_words;
	(void)err;
	MUST(box->is_begun && box->last == '\n');
	box->is_begun = false;
	add(box, SLICE("finished"));
	return 0;
}

static void box_abandon(void *context)
{
	struct box *box = context;

	MUST(box->is_begun);
	box->is_begun = false;
}

static uint64_t play(slice in, unsigned how, size_t step)
{
	static const struct server_calls calls = {box_login, NULL, box_begin, box_write, box_finish, box_abandon};
	const struct server_options options = {
		.is_tls = how & 1,
		.login_in_clear = how & 2,
		.require_login = how & 4,
		.size_max_bytes = how & 8 ? 20 : 0,
		.recipients_max = 3,
		.no_chunking = how & 16,
		.is_lmtp = how & 32,
		.offer_deliver_by = how & 64,
	};
	struct box box = {0};
	AUTO(server) struct server *server = server_new(&options, &calls, &box, NULL);

	server_connected(server, 0);
	for (; in.len > 0 && server_wish(server) != SERVER_WANTS_CLOSE; in = slice_after(in, step)) {
		server_receive(server, slice_part(in, 0, step), 0);
		add_to(&box.replies, server_output(server));
		server_sent(server, server_output(server).len);
	}
	server_free(STEAL(server));
	MUST(!box.is_begun);
	return box.sum ^ box.replies << 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;

	const slice in = slice_from((const char *)data + 1, size - 1);

	const uint64_t by_byte = play(in, data[0], 1);

	/* Not much longer ones: a client that reads no replies is sent away. */
	MUST(play(in, data[0], 5) == by_byte);
	MUST(play(in, data[0], 500) == by_byte);
	return 0;
}
