/* SPDX-License-Identifier: MIT */
/* outlet_smtp.c - mails to one server, by SMTP or LMTP */
#include "base/alloc.h"
#include "base/clock.h"
#include "client/lanes.h"
#include "client/link.h"
#include "client/outlet_own.h"
#include "net/tls.h"

struct to_server {
	struct outlet outlet; /* first */
	struct lanes *lanes;
	struct pace pace;
	struct pollfd *fds;
	bool is_stopped; /* somebody asked for it */
};

static void smtp_free(struct outlet *outlet)
{
	struct to_server *to = (struct to_server *)outlet;

	lanes_free(to->lanes);
	free(to->fds);
	free(to);
}

static struct outlet *smtp_make(const struct outlet_options *options, courant_error **err)
{
	struct to_server *to = mem_alloc(sizeof *to);

	if (!to) {
		(void)fail_memory(err);
		return NULL;
	}
	to->pace.per_minute = options->per_minute;
	to->lanes = lanes_new(options, &to->pace, err);
	to->fds = to->lanes ? mem_array(lanes_max_fds(to->lanes) + 1, sizeof *to->fds) : NULL;
	if (to->fds)
		return &to->outlet;
	if (to->lanes)
		(void)fail_memory(err);
	smtp_free(&to->outlet);
	return NULL;
}

static int wait_for_any(struct to_server *to, int64_t until_ms, courant_error **err)
{
	const int cancel_fd = to->outlet.options.cancel_fd;
	const size_t n = lanes_wishes(to->lanes, to->fds, &until_ms);

	if (n == 1 && cancel_fd < 0 && lanes_await(to->lanes, until_ms))
		return 0;
	if (wait_poll_many(to->fds, n, until_ms, cancel_fd, err) < 0)
		return -1;
	lanes_wake(to->lanes, to->fds);
	return 0;
}

static void smtp_stop(struct outlet *outlet)
{
	struct to_server *to = (struct to_server *)outlet;

	to->is_stopped = true;
	lanes_stop(to->lanes);
}

static int fail_stopped(courant_error **err)
{
	return fail(err, COURANT_CANCELLED, "stopped on request");
}

static size_t smtp_room(const struct outlet *outlet)
{
	const struct to_server *to = (const struct to_server *)outlet;

	return lanes_space(to->lanes) - lanes_count(to->lanes);
}

static int smtp_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct to_server *to = (struct to_server *)outlet;

	if (to->is_stopped)
		return fail_stopped(err);
	/* Replies that have come meanwhile make room. */
	while (lanes_move(to->lanes)) {
	}
	if (lanes_submit(to->lanes, mail, err) < 0)
		return -1;
	for (;;) {
		const bool has_moved = lanes_move(to->lanes);

		if (lanes_waiting(to->lanes) == 0)
			return 0;
		if (!has_moved && wait_for_any(to, WAIT_FOREVER, NULL) < 0)
			smtp_stop(outlet);
	}
}

static int smtp_submit(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct to_server *to = (struct to_server *)outlet;

	if (smtp_room(outlet) == 0)
		return fail(err, COURANT_USAGE, "there is no room for another mail");
	if (to->is_stopped)
		return fail_stopped(err);
	lanes_try_again(to->lanes);
	return lanes_submit(to->lanes, mail, err);
}

static int smtp_step(struct outlet *outlet, int64_t until_ms, courant_error **err)
{
	struct to_server *to = (struct to_server *)outlet;

	if (to->is_stopped)
		return fail_stopped(err);
	if (lanes_move(to->lanes) || lanes_count(to->lanes) == 0)
		return 0;
	if (wait_for_any(to, until_ms, NULL) < 0) {
		smtp_stop(outlet);
		return fail_stopped(err);
	}
	(void)lanes_move(to->lanes);
	return 0;
}

static void say_goodbye(struct to_server *to)
{
	lanes_quit(to->lanes);
	while (lanes_has_link(to->lanes))
		if (!lanes_move(to->lanes) && wait_for_any(to, WAIT_FOREVER, NULL) < 0)
			return;
}

/* Until a connection is open, or has failed. */
static int connect_once(struct to_server *to, courant_error **err)
{
	if (lanes_connect(to->lanes, err) < 0)
		return -1;
	while (!lanes_open_link(to->lanes) && lanes_has_link(to->lanes))
		if (!lanes_move(to->lanes) && wait_for_any(to, WAIT_FOREVER, err) < 0)
			return -1;
	return 0;
}

static int smtp_try(struct outlet *outlet, outlet_try_fn *tell, void *context, courant_error **err)
{
	struct to_server *to = (struct to_server *)outlet;

	do
		if (connect_once(to, err) < 0)
			return -1;
	while (lanes_go_in_clear(to->lanes));

	struct link *link = lanes_open_link(to->lanes);

	if (!link)
		return lanes_why(to->lanes) ? fail_copy(err, lanes_why(to->lanes))
					    : fail(err, COURANT_TEMPORARY, "%s closed the connection", lanes_name(to->lanes));

	const struct tls *tls = link_tls(link);
	const struct outlet_report report = {
		.peer = link_peer(link),
		.tls_version = tls ? tls_version(tls) : NULL,
		.tls_cipher = tls ? tls_cipher(tls) : NULL,
		.is_verified = tls && tls_is_verified(tls),
		.connect_ms = link_connected_after_ms(link),
		.tls_ms = link_secured_after_ms(link),
	};

	tell(context, &report, courant_engine_mechanism(link_engine(link)));
	say_goodbye(to);
	return 0;
}

static int smtp_finish(struct outlet *outlet, courant_error **err)
{
	struct to_server *to = (struct to_server *)outlet;

	while (lanes_count(to->lanes) > 0)
		if (!lanes_move(to->lanes) && wait_for_any(to, WAIT_FOREVER, NULL) < 0)
			smtp_stop(outlet);
	if (to->is_stopped)
		return fail_stopped(err);
	say_goodbye(to);
	return 0;
}

const struct outlet_calls outlet_smtp = {.make = smtp_make,
					 .send = smtp_send,
					 .finish = smtp_finish,
					 .try = smtp_try,
					 .room = smtp_room,
					 .submit = smtp_submit,
					 .step = smtp_step,
					 .stop = smtp_stop,
					 .free = smtp_free};
