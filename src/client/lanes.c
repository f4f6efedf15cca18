/* SPDX-License-Identifier: MIT */
/* lanes.c - mails shared out among connections */
#include "client/lanes.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/secret.h"
#include "client/lane.h"
#include "client/outlet_own.h"
#include "net/tls.h"

#define CONNECTIONS_MAX 1000
#define WINDOW_MAX      1000

/* A server that was of use and then is not (it restarts, or has as many connections as it likes) is tried so often again, after pauses that double. */
#define TRIES_MAX       4
#define PAUSE_MIN_MS    250
#define PAUSE_MAX_MS    64000

struct lanes {
	struct outlet_options options; /* its password and token are the ones below */
	struct pace *pace;
	struct tls_context *tls;
	char *password, *token, *name;
	struct courant_login login; /* borrows from these and the target */
	struct lane *at;
	unsigned n, n_slots;       /* slots of each */
	struct deliveries waiting; /* those for which there is no slot yet */
	courant_error *why;        /* the last connection that was of no use */
	bool has_served;           /* some connection was of use */
	unsigned n_useless;        /* connections that were not, since one was */
	bool has_failed;           /* the server cannot be used: nothing more is tried */
	bool goes_in_clear;        /* the next connection: TLS has failed, and was not required */
	int64_t pause_ms;          /* the last pause before another connection ... */
	int64_t pause_until_ms;    /* ... and its end */
};

/* ---- life ---- */

void lanes_free(struct lanes *lanes)
{
	if (!lanes)
		return;
	for (unsigned i = 0; lanes->at && i < lanes->n; i++)
		lane_release(&lanes->at[i]);
	deliveries_release(&lanes->waiting);
	tls_context_free(lanes->tls);
	courant_error_free(lanes->why);
	secret_free(lanes->password);
	secret_free(lanes->token);
	free(lanes->name);
	free(lanes->at);
	free(lanes);
}

static unsigned within(unsigned wanted, unsigned most)
{
	return wanted == 0 ? 1 : wanted > most ? most : wanted;
}

static int make_lanes(struct lanes *lanes, courant_error **err)
{
	lanes->at = mem_array(lanes->n, sizeof *lanes->at);
	if (!lanes->at)
		return fail_memory(err);
	for (unsigned i = 0; i < lanes->n; i++)
		if (lane_init(&lanes->at[i], lanes->n_slots, err) < 0)
			return -1;
	return 0;
}

static int make_tls(struct lanes *lanes, const struct target *target, courant_error **err)
{
	const struct tls_policy policy = {
		.ca_file = target->ca_file,
		.pin = target->pin,
		.certificate_file = target->certificate,
		.key_file = target->key,
		.minimum = target->tls_minimum,
		.is_opportunistic = target->tls == COURANT_TLS_OPPORTUNISTIC,
	};

	if (target->tls == COURANT_TLS_NONE)
		return 0;
	lanes->tls = tls_context_new_client(&policy, err);
	return lanes->tls ? 0 : -1;
}

static int make_texts(struct lanes *lanes, const struct outlet_options *options, courant_error **err)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(1024);

	target_write(&name, options->target);
	lanes->password = mem_copy_text(options->password);
	lanes->token = mem_copy_text(options->token);
	if ((options->password && !lanes->password) || (options->token && !lanes->token))
		return fail_memory(err);
	return buffer_take(&name, &lanes->name, NULL, err);
}

/* What the engine would refuse is found before anything is connected. */
static int try_options(const struct target *target, courant_error **err)
{
	const struct courant_login login = {.user = target->user, .mechanisms = target->mechanisms};
	courant_engine *engine =
		courant_engine_new(&(struct courant_engine_options){.hello = target->hello, .login = target->user ? &login : NULL}, err);

	courant_engine_free(engine);
	return engine ? 0 : -1;
}

struct lanes *lanes_new(const struct outlet_options *options, struct pace *pace, courant_error **err)
{
	AUTO(lanes) struct lanes *lanes = mem_alloc(sizeof *lanes);

	if (!lanes) {
		(void)fail_memory(err);
		return NULL;
	}
	lanes->options = *options;
	lanes->options.password = lanes->options.token = NULL;
	lanes->pace = pace;
	deliveries_init(&lanes->waiting);
	lanes->n = within(options->connections, CONNECTIONS_MAX);
	/* One more than the window: its envelope goes out with the last one's end. */
	lanes->n_slots = within(options->window, WINDOW_MAX) + 1;
	if (make_lanes(lanes, err) < 0 || try_options(options->target, err) < 0 || make_texts(lanes, options, err) < 0 ||
	    make_tls(lanes, options->target, err) < 0)
		return NULL;
	return STEAL(lanes);
}

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

static int begin_link(struct lanes *lanes, struct lane *lane, int64_t now_ms, courant_error **err)
{
	const struct outlet_options *options = &lanes->options;
	const struct target *target = options->target;
	const struct link_options link = {
		.dial = {.host = target->host, .port = target->port, .source = target->source, .proxy = target->proxy.host ? &target->proxy : NULL},
		.name = lanes->name,
		.verify_name = target->verify_name ? target->verify_name : target->host,
		.tls = lanes->tls,
		.connect_timeout_ms = (int64_t)target->timeout_ms,
		.engine = {.protocol = target->protocol,
			   .tls = target->tls,
			   .no_starttls = lanes->goes_in_clear,
			   .hello = target->hello,
			   .login = target->user && !target->no_login ? &lanes->login : NULL,
			   .window = lanes->n_slots - 1,
			   .timeout_ms = target->timeout_ms,
			   .trace = options->trace,
			   .trace_context = options->trace_context},
	};

	/* The link makes its engine when it is connected, long after this function has returned. */
	lanes->login = (struct courant_login){.user = target->user, .password = lanes->password, .token = lanes->token,
					      .mechanisms = target->mechanisms, .host = target->host, .port = target->port};
	lane->link = link_new(&link, now_ms, err);
	if (!lane->link)
		return -1;
	lanes->goes_in_clear = false;
	return 0;
}

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
	return unused ? begin_link(lanes, unused, now_ms, err) : 0;
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

		if (lane->link && link_engine(lane->link))
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
	return begin_link(lanes, &lanes->at[0], clock_monotonic_ms(), err);
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
