/* SPDX-License-Identifier: MIT */
/* lanes.c - mails shared out among connections */
#include "client/lanes_own.h"

#include "base/clock.h"
#include "client/outlet_own.h"
#include "net/tls.h"

/* A server that was of use and then is not (it restarts, or has as many connections as it likes) is tried so often again, after pauses that double. */
#define TRIES_MAX    4
#define PAUSE_MIN_MS 250
#define PAUSE_MAX_MS 64000

/* ---- results ---- */

static void report(const struct lanes *lanes, const struct link *link, struct delivery *told, const courant_error *error)
{
	AUTO(delivery) struct delivery *delivery = told;
	const struct tls *tls = link ? link_tls(link) : NULL;
	const struct outlet_report report = {
		.mail = delivery->mail,
		.results = &delivery->results,
		.error = error,
		.peer = link ? link_peer(link) : "",
		.tls_version = tls ? tls_version(tls) : NULL,
		.tls_cipher = tls ? tls_cipher(tls) : NULL,
		.is_verified = tls && tls_is_verified(tls),
		.is_resumed = tls && tls_is_resumed(tls),
		.begun_ms = delivery->begun_ms,
		.ended_ms = clock_monotonic_ms(),
		.connect_ms = link ? link_connected_after_ms(link) : -1,
		.tls_ms = link ? link_secured_after_ms(link) : -1,
	};

	if (lanes->options.done)
		lanes->options.done(lanes->options.done_context, &report);
}

static bool has_open_lane(const struct lanes *lanes)
{
	return lanes_open_link(lanes) != NULL;
}

static bool may_be_back(const struct lanes *lanes)
{
	return lanes->has_served && lanes->n_useless < TRIES_MAX && courant_error_code(lanes->why) == COURANT_TEMPORARY;
}

/* One that carried nothing shows that the server cannot be used, or that it wants no more connections than it has. */
static void close_lane(struct lanes *lanes, struct lane *lane, int64_t now_ms)
{
	AUTO(error) courant_error *why = STEAL(lane->why);
	const bool was_useless = why && lane->n_done == 0;
	const bool may_go_in_clear = link_may_go_in_clear(lane->link);

	lane_close(lane);
	lanes->goes_in_clear = lanes->goes_in_clear || may_go_in_clear;
	if (!was_useless || may_go_in_clear)
		return;
	courant_error_free(lanes->why);
	lanes->why = STEAL(why);
	lanes->n_useless++;
	lanes->pause_ms = lanes->pause_ms == 0 ? PAUSE_MIN_MS : 2 * lanes->pause_ms < PAUSE_MAX_MS ? 2 * lanes->pause_ms : PAUSE_MAX_MS;
	lanes->pause_until_ms = now_ms + lanes->pause_ms;
	lanes->has_failed = !has_open_lane(lanes) && !may_be_back(lanes);
}

static void note_use(struct lanes *lanes, struct lane *lane)
{
	if (lane->n_done++ == 0)
		lanes->pause_ms = 0;
	lanes->has_served = true;
	lanes->n_useless = 0;
}

/* Mails are reported when it is known whether the connection outlived them. */
static void collect(struct lanes *lanes, struct lane *lane, int64_t now_ms)
{
	for (struct delivery *delivery; (delivery = lane_take_done(lane));) {
		if (lane_was_asleep(lane, delivery)) {
			deliveries_add_first(&lanes->waiting, delivery);
			continue;
		}
		note_use(lanes, lane);
		if (rest_cut(&delivery->rest, &delivery->results))
			deliveries_add_first(&lanes->waiting, delivery);
		else
			report(lanes, lane->link, delivery, lane->why);
	}
	if (lane->is_closed)
		close_lane(lanes, lane, now_ms);
}

/* The first waiting mail cannot be sent: it comes back with the reason. */
static void give_back(struct lanes *lanes, const courant_error *why)
{
	const slice words = slice_of(courant_error_sentence(why));
	const struct courant_result result = {.outcome = outlet_outcome_of(why), .phase = COURANT_PHASE_CONNECT, .code = courant_error_reply(why),
					      .text = words.ptr, .text_size = words.len};
	struct delivery *delivery = deliveries_take_first(&lanes->waiting);

	for (size_t i = 0; i < delivery->rest.mail.n_recipients; i++)
		results_set(&delivery->results, rest_origin(&delivery->rest, i), &result);
	report(lanes, NULL, delivery, why);
}

/* ---- connections ---- */

/* One more connection when all are busy and more are allowed; one at a time, for it may fail. */
static int extend(struct lanes *lanes, int64_t now_ms, courant_error **err)
{
	const bool may_connect = now_ms >= lanes->pause_until_ms;
	struct lane *unused = NULL;

	for (unsigned i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->at[i];

		if (!lane->link && !unused && may_connect)
			unused = lane;
		if (lane->link && !lane->is_open)
			return 0;
		/* One that takes no more mails makes place for a new one. */
		if (lane->link && lane->n_busy == 0 && lane_is_spent(lane, lanes->options.per_connection))
			lane_quit(lane);
	}
	return unused ? lanes_begin_link(lanes, unused, now_ms, err) : 0;
}

/* The lane with the most room; NULL when there is none now. */
static struct lane *find_room(const struct lanes *lanes)
{
	struct lane *best = NULL;

	for (unsigned i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->at[i];

		if ((!best || lane->n_busy < best->n_busy) && lane_has_room(lane, lanes->options.per_connection))
			best = lane;
	}
	return best;
}

static void load_first(struct lanes *lanes, struct lane *lane, int64_t now_ms)
{
	AUTO(error) courant_error *why = NULL;

	/* All that are open have something to do: one more may join them, and is not waited for. */
	if (lane->n_busy > 0)
		(void)extend(lanes, now_ms, NULL);
	if (lane_load(lane, lanes->waiting.first, &why) == 0)
		(void)deliveries_take_first(&lanes->waiting);
	else
		give_back(lanes, why);
}

/* Hands out the waiting mails as far as that needs no waiting. */
static bool load(struct lanes *lanes, int64_t now_ms)
{
	bool has_any = false;

	for (; lanes->waiting.first; has_any = true) {
		struct lane *lane = find_room(lanes);
		AUTO(error) courant_error *why = NULL;

		if (lane && !pace_take(lanes->pace, now_ms))
			break;
		if (lane)
			load_first(lanes, lane, now_ms);
		else if (lanes->has_failed)
			give_back(lanes, lanes->why);
		else if (extend(lanes, now_ms, &why) < 0)
			give_back(lanes, why);
		else
			break;
	}
	return has_any;
}

/* ---- what the owner does ---- */

size_t lanes_space(const struct lanes *lanes)
{
	return (size_t)lanes->n * lanes->n_slots;
}

size_t lanes_count(const struct lanes *lanes)
{
	size_t n = lanes->waiting.n;

	for (unsigned i = 0; i < lanes->n; i++)
		n += lanes->at[i].n_busy;
	return n;
}

size_t lanes_waiting(const struct lanes *lanes)
{
	return lanes->waiting.n;
}

int lanes_submit(struct lanes *lanes, const struct courant_mail *mail, courant_error **err)
{
	struct delivery *delivery = mail->n_recipients > 0 ? delivery_new(mail, err) : NULL;

	if (mail->n_recipients == 0)
		return fail(err, COURANT_USAGE, "the mail has no recipient");
	if (!delivery)
		return -1;
	deliveries_add_last(&lanes->waiting, delivery);
	return 0;
}

void lanes_try_again(struct lanes *lanes)
{
	if (lanes_count(lanes) > 0)
		return;
	lanes->has_failed = lanes->has_served = false;
	lanes->n_useless = 0;
	lanes->pause_ms = lanes->pause_until_ms = 0;
}

bool lanes_move(struct lanes *lanes)
{
	const int64_t now_ms = clock_monotonic_ms();
	bool has_moved = load(lanes, now_ms);

	for (unsigned i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->at[i];

		if (!lane->link || lane->is_asleep || !lane_step(lane, now_ms))
			continue;
		collect(lanes, lane, now_ms);
		has_moved = true;
	}
	return has_moved;
}

size_t lanes_max_fds(const struct lanes *lanes)
{
	return (size_t)lanes->n * DIAL_MAX_FDS;
}

static void be_up_at(int64_t *until_ms, int64_t at_ms, int64_t now_ms)
{
	if (at_ms > now_ms && at_ms < *until_ms)
		*until_ms = at_ms;
}

size_t lanes_wishes(struct lanes *lanes, struct pollfd *fds, int64_t *until_ms)
{
	size_t n = 0;

	if (lanes->waiting.first) {
		const int64_t now_ms = clock_monotonic_ms();

		be_up_at(until_ms, pace_next_ms(lanes->pace), now_ms);
		be_up_at(until_ms, lanes->pause_until_ms, now_ms);
	}
	for (unsigned i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->at[i];

		lane->first_fd = n;
		lane->n_fds = 0;
		if (!lane->link)
			continue;
		lane->n_fds = link_wishes(lane->link, fds + n, &lane->at_ms);
		n += lane->n_fds;
		*until_ms = lane->at_ms < *until_ms ? lane->at_ms : *until_ms;
	}
	return n;
}

static bool is_ready(const struct lane *lane, const struct pollfd *fds)
{
	for (size_t i = 0; i < lane->n_fds; i++)
		if (fds[lane->first_fd + i].revents)
			return true;
	return false;
}

bool lanes_await(struct lanes *lanes, int64_t until_ms)
{
	for (unsigned i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->at[i];

		if (!lane->link || lane->n_fds != 1)
			continue;
		if (!link_await(lane->link, until_ms))
			return false;
		lane->is_asleep = false;
		/* What has come back makes room, before anything is written: the next mail leaves together with the last one's end. */
		(void)lane_drain(lane);
		collect(lanes, lane, clock_monotonic_ms());
		return true;
	}
	return false;
}

void lanes_wake(struct lanes *lanes, const struct pollfd *fds)
{
	const int64_t now_ms = clock_monotonic_ms();

	for (unsigned i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->at[i];

		if (!lane->link)
			continue;
		if (is_ready(lane, fds)) {
			lane->is_asleep = false;
			link_wake(lane->link);
		} else if (now_ms >= lane->at_ms) {
			lane->is_asleep = false;
		}
	}
}

void lanes_stop(struct lanes *lanes)
{
	const int64_t now_ms = clock_monotonic_ms();
	AUTO(error) courant_error *reason = NULL;

	(void)fail(&reason, COURANT_CANCELLED, "stopped on request");
	for (unsigned i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->at[i];
		courant_error *why = NULL;

		if (!lane->link || !link_engine(lane->link))
			continue;
		(void)fail_copy(&why, reason);
		courant_engine_lost(link_engine(lane->link), why, now_ms);
		(void)lane_drain(lane);
		collect(lanes, lane, now_ms);
	}
	while (lanes->waiting.first)
		give_back(lanes, reason);
}

void lanes_quit(struct lanes *lanes)
{
	for (unsigned i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->at[i];

		/* One that has not come to be open would be waited for, until its greeting and further. */
		if (lane->is_open)
			lane_quit(lane);
		else
			lane_close(lane);
	}
}

bool lanes_has_link(const struct lanes *lanes)
{
	for (unsigned i = 0; i < lanes->n; i++)
		if (lanes->at[i].link)
			return true;
	return false;
}

int lanes_connect(struct lanes *lanes, courant_error **err)
{
	return lanes_begin_link(lanes, &lanes->at[0], clock_monotonic_ms(), err);
}

bool lanes_go_in_clear(const struct lanes *lanes)
{
	return lanes->goes_in_clear;
}

struct link *lanes_open_link(const struct lanes *lanes)
{
	for (unsigned i = 0; i < lanes->n; i++)
		if (lanes->at[i].is_open)
			return lanes->at[i].link;
	return NULL;
}

const courant_error *lanes_why(const struct lanes *lanes)
{
	return lanes->why;
}

const char *lanes_name(const struct lanes *lanes)
{
	return lanes->name;
}
