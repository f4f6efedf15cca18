/* SPDX-License-Identifier: MIT */
/* outlet_smtp.c - mails over a pool of connections, driven by one loop */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/secret.h"
#include "client/link.h"
#include "client/outlet_own.h"
#include "net/tls.h"

#define CONNECTIONS_MAX 1000
#define WINDOW_MAX      1000
#define MINUTE_US       INT64_C(60000000)

/* A mail on its way. */
struct delivery {
	const struct courant_mail *mail; /* NULL: a free slot */
	struct results results;
	int64_t begun_ms;
	bool is_done;       /* the engine has said its last word about it */
};

struct lane {
	struct link *link; /* NULL: none */
	bool is_open, is_closed;
	size_t first_fd, n_fds; /* its places among the pool's descriptors */
	courant_error *why;  /* closed: because of this */
	unsigned n_done;     /* mails that this connection has carried */
	unsigned n_loaded;   /* mails that it was given */
	struct delivery *slots;
	unsigned n_busy;
};

struct pool {
	struct outlet outlet; /* first */
	struct tls_context *tls;
	char *password, *token, *name;
	struct courant_login login; /* borrows from these and the target */
	struct lane *lanes;
	unsigned n_lanes, n_slots; /* slots of each lane */
	struct pollfd *fds;
	struct delivery *waiting;  /* those for which there is no slot yet; room for all that can be under way */
	size_t n_waiting;
	int64_t next_us;           /* no mail begins before this instant */
	courant_error *why;        /* the last connection that was of no use */
	bool has_failed;           /* the server cannot be used: nothing more is tried */
	bool is_stopped;           /* somebody asked for it */
	bool is_wide_enough;       /* it takes some connections of ours, but no more */
};

static void pool_free(struct outlet *outlet)
{
	struct pool *pool = (struct pool *)outlet;

	if (!pool)
		return;
	for (unsigned i = 0; pool->lanes && i < pool->n_lanes; i++) {
		struct lane *lane = &pool->lanes[i];

		link_free(lane->link);
		courant_error_free(lane->why);
		for (unsigned slot = 0; lane->slots && slot < pool->n_slots; slot++)
			results_release(&lane->slots[slot].results);
		free(lane->slots);
	}
	for (size_t i = 0; i < pool->n_waiting; i++)
		results_release(&pool->waiting[i].results);
	free(pool->waiting);
	tls_context_free(pool->tls);
	courant_error_free(pool->why);
	secret_free(pool->password);
	secret_free(pool->token);
	free(pool->name);
	free(pool->lanes);
	free(pool->fds);
	free(pool);
}

static unsigned within(unsigned wanted, unsigned most)
{
	return wanted == 0 ? 1 : wanted > most ? most : wanted;
}

static bool make_slots(struct pool *pool)
{
	pool->lanes = mem_array(pool->n_lanes, sizeof *pool->lanes);
	pool->fds = mem_array((size_t)pool->n_lanes * DIAL_MAX_FDS + 1, sizeof *pool->fds);
	pool->waiting = mem_array((size_t)pool->n_lanes * pool->n_slots + 1, sizeof *pool->waiting);
	for (unsigned i = 0; pool->lanes && i < pool->n_lanes; i++) {
		pool->lanes[i].slots = mem_array(pool->n_slots, sizeof *pool->lanes[i].slots);
		if (!pool->lanes[i].slots)
			return false;
	}
	return pool->lanes && pool->fds && pool->waiting;
}

static int make_tls(struct pool *pool, const struct target *target, courant_error **err)
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
	pool->tls = tls_context_new_client(&policy, err);
	return pool->tls ? 0 : -1;
}

static int make_texts(struct pool *pool, const struct outlet_options *options, courant_error **err)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(1024);

	target_write(&name, options->target);
	pool->password = mem_copy_text(options->password);
	pool->token = mem_copy_text(options->token);
	if ((options->password && !pool->password) || (options->token && !pool->token))
		return fail_memory(err);
	return buffer_take(&name, &pool->name, NULL, err);
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

static struct outlet *pool_make(const struct outlet_options *options, courant_error **err)
{
	struct pool *pool = mem_alloc(sizeof *pool);

	if (!pool) {
		(void)fail_memory(err);
		return NULL;
	}
	pool->n_lanes = within(options->connections, CONNECTIONS_MAX);
	/* One more than the window: its envelope goes out with the last one's end. */
	pool->n_slots = within(options->window, WINDOW_MAX) + 1;
	if (!make_slots(pool))
		(void)fail_memory(err);
	else if (try_options(options->target, err) == 0 && make_texts(pool, options, err) == 0 && make_tls(pool, options->target, err) == 0)
		return &pool->outlet;
	pool_free(&pool->outlet);
	return NULL;
}

/* ---- results ---- */

static void report(struct pool *pool, const struct lane *lane, struct delivery *delivery, const courant_error *error)
{
	const struct link *link = lane ? lane->link : NULL;
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

	if (pool->outlet.options.done)
		pool->outlet.options.done(pool->outlet.options.done_context, &report);
	results_release(&delivery->results);
	*delivery = (struct delivery){0};
}

static struct delivery *find_delivery(struct pool *pool, struct lane *lane, const struct courant_mail *mail)
{
	for (unsigned i = 0; i < pool->n_slots; i++)
		if (lane->slots[i].mail == mail)
			return &lane->slots[i];
	return NULL;
}

/* Whether the server has said anything about this mail, or may have it. */
static bool is_begun(const struct delivery *delivery)
{
	for (size_t i = 0; i < delivery->results.n; i++) {
		const struct courant_result *result = &delivery->results.at[i];

		if (result->outcome != COURANT_OUTCOME_DEFERRED || result->phase > COURANT_PHASE_MAIL || (result->code && result->code != 421))
			return true;
	}
	return false;
}

/* The connection was closed before this mail was begun, after it had carried others: it goes over the next one. That comes to an end, for each
 * connection must have carried a mail. */
static bool was_asleep(const struct lane *lane, const struct delivery *delivery)
{
	return lane->n_done > 0 && !is_begun(delivery);
}

static void push_first(struct pool *pool, const struct delivery *delivery)
{
	memmove(pool->waiting + 1, pool->waiting, pool->n_waiting * sizeof *pool->waiting);
	pool->waiting[0] = *delivery;
	pool->n_waiting++;
}

static void drop_first(struct pool *pool)
{
	pool->n_waiting--;
	memmove(pool->waiting, pool->waiting + 1, pool->n_waiting * sizeof *pool->waiting);
}

static void end_mail(struct pool *pool, struct lane *lane, struct delivery *delivery)
{
	lane->n_busy--;
	delivery->is_done = false;
	if (was_asleep(lane, delivery)) {
		push_first(pool, delivery);
		*delivery = (struct delivery){0};
		return;
	}
	lane->n_done++;
	report(pool, lane, delivery, lane->why);
}

static bool has_open_lane(const struct pool *pool)
{
	for (unsigned i = 0; i < pool->n_lanes; i++)
		if (pool->lanes[i].is_open)
			return true;
	return false;
}

static void close_lane(struct pool *pool, struct lane *lane)
{
	link_free(lane->link);
	lane->link = NULL;
	lane->is_open = lane->is_closed = false;
	/* One that carried nothing shows that the server cannot be used, or that it wants no more connections than it has. */
	if (lane->why && lane->n_done == 0) {
		courant_error_free(pool->why);
		pool->why = STEAL(lane->why);
		pool->has_failed = !has_open_lane(pool);
		pool->is_wide_enough = true;
	}
	courant_error_free(STEAL(lane->why));
	lane->n_done = lane->n_loaded = 0;
}

static void handle(struct pool *pool, struct lane *lane, const struct courant_event *event)
{
	struct delivery *delivery;

	switch (event->kind) {
	case COURANT_EVENT_OPEN:
		lane->is_open = true;
		break;
	case COURANT_EVENT_RECIPIENT:
		delivery = find_delivery(pool, lane, event->mail);
		if (delivery)
			results_set(&delivery->results, event->recipient, &event->result);
		break;
	case COURANT_EVENT_MESSAGE:
		delivery = find_delivery(pool, lane, event->mail);
		if (delivery)
			delivery->is_done = true;
		break;
	case COURANT_EVENT_CLOSED:
		lane->is_closed = true;
		if (event->error)
			(void)fail_copy(&lane->why, event->error);
		break;
	case COURANT_EVENT_GREETED:
	case COURANT_EVENT_HELLO:
	case COURANT_EVENT_START_TLS:
	case COURANT_EVENT_LOGIN:
	case COURANT_EVENT_REPLY:
		break;
	}
}

/* ---- the loop ---- */

/* All that has happened. Mails are reported when it is known whether the connection outlived them. */
static bool drain(struct pool *pool, struct lane *lane)
{
	struct courant_event event;
	bool progress = false;

	while (link_next(lane->link, &event)) {
		handle(pool, lane, &event);
		progress = true;
	}
	/* First those whose word is final: they tell whether the connection was of use. */
	for (unsigned round = 0; progress && round < 2; round++)
		for (unsigned i = 0; i < pool->n_slots; i++)
			if (lane->slots[i].is_done && (round == 1 || is_begun(&lane->slots[i])))
				end_mail(pool, lane, &lane->slots[i]);
	if (lane->is_closed)
		close_lane(pool, lane);
	return progress;
}

static bool step(struct pool *pool, struct lane *lane)
{
	const bool has_moved = link_step(lane->link, clock_monotonic_ms());

	return drain(pool, lane) || has_moved;
}

static bool step_all(struct pool *pool)
{
	bool progress = false;

	for (unsigned i = 0; i < pool->n_lanes; i++)
		if (pool->lanes[i].link && step(pool, &pool->lanes[i]))
			progress = true;
	return progress;
}

static bool is_ready(const struct pool *pool, const struct lane *lane)
{
	for (size_t i = 0; i < lane->n_fds; i++)
		if (pool->fds[lane->first_fd + i].revents)
			return true;
	return false;
}

static int64_t next_ms(const struct pool *pool)
{
	return (pool->next_us + 999) / 1000;
}

static int wait_for_any(struct pool *pool, int64_t until_ms, courant_error **err)
{
	size_t n = 0;

	if (pool->n_waiting > 0 && pool->next_us > clock_monotonic_ms() * 1000 && next_ms(pool) < until_ms)
		until_ms = next_ms(pool);

	for (unsigned i = 0; i < pool->n_lanes; i++) {
		int64_t at_ms;

		if (!pool->lanes[i].link)
			continue;
		pool->lanes[i].first_fd = n;
		n += link_wishes(pool->lanes[i].link, pool->fds + n, &at_ms);
		pool->lanes[i].n_fds = n - pool->lanes[i].first_fd;
		until_ms = at_ms < until_ms ? at_ms : until_ms;
	}
	if (wait_poll_many(pool->fds, n, until_ms, pool->outlet.options.cancel_fd, err) < 0)
		return -1;
	for (unsigned i = 0; i < pool->n_lanes; i++)
		if (pool->lanes[i].link && is_ready(pool, &pool->lanes[i]))
			link_wake(pool->lanes[i].link);
	return 0;
}

static int begin_link(struct pool *pool, struct lane *lane, courant_error **err)
{
	const struct outlet_options *options = &pool->outlet.options;
	const struct target *target = options->target;
	const struct link_options link = {
		.dial = {.host = target->host, .port = target->port, .source = target->source, .proxy = target->proxy.host ? &target->proxy : NULL},
		.name = pool->name,
		.verify_name = target->verify_name ? target->verify_name : target->host,
		.tls = pool->tls,
		.connect_timeout_ms = (int64_t)target->timeout_ms,
		.engine = {.protocol = target->protocol,
			   .tls = target->tls,
			   .hello = target->hello,
			   .login = target->user && !target->no_login ? &pool->login : NULL,
			   .window = pool->n_slots - 1,
			   .timeout_ms = target->timeout_ms,
			   .trace = options->trace,
			   .trace_context = options->trace_context},
	};

	/* The link makes its engine when it is connected, long after this function has returned. */
	pool->login = (struct courant_login){.user = target->user, .password = pool->password, .token = pool->token,
					    .mechanisms = target->mechanisms, .host = target->host, .port = target->port};
	lane->link = link_new(&link, clock_monotonic_ms(), err);
	return lane->link ? 0 : -1;
}

/* Whether a connection takes no more mails: the server's word, or the user's. */
static bool is_spent(const struct pool *pool, const struct lane *lane)
{
	const unsigned most = pool->outlet.options.per_connection;

	return (most > 0 && lane->n_loaded >= most) || courant_engine_is_spent(link_engine(lane->link));
}

/* The lane with the most room; NULL when there is none now. */
static struct lane *find_room(struct pool *pool)
{
	struct lane *best = NULL;

	for (unsigned i = 0; i < pool->n_lanes; i++) {
		struct lane *lane = &pool->lanes[i];
		courant_engine *engine = lane->link && lane->is_open ? link_engine(lane->link) : NULL;

		if (engine && lane->n_busy < pool->n_slots && !is_spent(pool, lane) && courant_engine_room(engine) > 0 && (!best || lane->n_busy < best->n_busy))
			best = lane;
	}
	return best;
}

/* One more connection when all are busy and more are allowed; one at a time, for it may fail. */
static int extend(struct pool *pool, courant_error **err)
{
	struct lane *unused = NULL;

	for (unsigned i = 0; i < pool->n_lanes; i++) {
		struct lane *lane = &pool->lanes[i];

		if (!lane->link && !unused && (!pool->is_wide_enough || !has_open_lane(pool)))
			unused = lane;
		if (lane->link && !lane->is_open)
			return 0;
		/* One that takes no more mails makes place for a new one. */
		if (lane->link && lane->n_busy == 0 && is_spent(pool, lane))
			courant_engine_quit(link_engine(lane->link), clock_monotonic_ms());
	}
	return unused ? begin_link(pool, unused, err) : 0;
}

/* Puts the first waiting mail into a slot. */
static int load(struct pool *pool, struct lane *lane, courant_error **err)
{
	struct delivery *slot = find_delivery(pool, lane, NULL);

	if (courant_engine_send(link_engine(lane->link), pool->waiting[0].mail, err) < 0)
		return -1;
	*slot = pool->waiting[0];
	drop_first(pool);
	lane->n_busy++;
	lane->n_loaded++;
	return 0;
}

/* Whether the next mail may begin; if so, the one after it has its turn later. A millisecond of delay is made up for: the clock has no finer ones. */
static bool take_turn(struct pool *pool)
{
	const unsigned per_minute = pool->outlet.options.per_minute;

	if (per_minute == 0)
		return true;

	const int64_t now_us = clock_monotonic_ms() * 1000;

	if (pool->next_us > now_us)
		return false;
	if (pool->next_us < now_us - 1000)
		pool->next_us = now_us;
	pool->next_us += MINUTE_US / per_minute;
	return true;
}

/* The first waiting mail cannot be sent: it comes back with the reason. */
static void give_back(struct pool *pool, const courant_error *why)
{
	const slice words = slice_of(courant_error_sentence(why));
	const struct courant_result result = {.outcome = outlet_outcome_of(why), .phase = COURANT_PHASE_CONNECT, .code = courant_error_reply(why),
					      .text = words.ptr, .text_size = words.len};

	struct delivery delivery = pool->waiting[0];

	drop_first(pool);
	for (size_t i = 0; i < delivery.results.n; i++)
		results_set(&delivery.results, i, &result);
	report(pool, NULL, &delivery, why);
}

/* Hands out the waiting mails as far as that needs no waiting. */
static void load_some(struct pool *pool)
{
	while (pool->n_waiting > 0) {
		struct lane *lane = find_room(pool);
		AUTO(error) courant_error *why = NULL;

		if (lane) {
			if (!take_turn(pool))
				return;
			/* All that are open have something to do: one more may join them, and is not waited for. */
			if (lane->n_busy > 0)
				(void)extend(pool, NULL);
			if (load(pool, lane, &why) < 0)
				give_back(pool, why);
		} else if (pool->has_failed) {
			give_back(pool, pool->why);
		} else if (extend(pool, &why) < 0) {
			give_back(pool, why);
		} else {
			return;
		}
	}
}

static int load_waiting(struct pool *pool, courant_error **err)
{
	for (;;) {
		load_some(pool);
		if (pool->n_waiting == 0)
			return 0;
		if (!step_all(pool) && wait_for_any(pool, WAIT_FOREVER, err) < 0)
			return -1;
	}
}

static bool is_busy(const struct pool *pool)
{
	for (unsigned i = 0; i < pool->n_lanes; i++)
		if (pool->lanes[i].n_busy > 0)
			return true;
	return pool->n_waiting > 0;
}

/* Everything under way comes back as lost: deferred or, after the final dot, unknown. */
static void stop(struct pool *pool)
{
	pool->is_stopped = true;
	for (unsigned i = 0; i < pool->n_lanes; i++) {
		struct lane *lane = &pool->lanes[i];
		courant_error *why = NULL;

		if (!lane->link || !link_engine(lane->link))
			continue;
		(void)fail(&why, COURANT_CANCELLED, "stopped on request");
		courant_engine_lost(link_engine(lane->link), why, clock_monotonic_ms());
		(void)drain(pool, lane);
	}
	while (pool->n_waiting > 0) {
		AUTO(error) courant_error *why = NULL;

		(void)fail(&why, COURANT_CANCELLED, "stopped on request");
		give_back(pool, why);
	}
}

static int fail_stopped(courant_error **err)
{
	return fail(err, COURANT_CANCELLED, "stopped on request");
}

static size_t pool_room(const struct outlet *outlet)
{
	const struct pool *pool = (const struct pool *)outlet;
	size_t n_busy = pool->n_waiting;

	for (unsigned i = 0; i < pool->n_lanes; i++)
		n_busy += pool->lanes[i].n_busy;
	return (size_t)pool->n_lanes * pool->n_slots - n_busy;
}

static int take_mail(struct pool *pool, const struct courant_mail *mail, courant_error **err)
{
	struct results results = {0};

	if (pool->is_stopped)
		return fail_stopped(err);
	if (mail->n_recipients == 0)
		return fail(err, COURANT_USAGE, "the mail has no recipient");
	if (results_init(&results, mail->n_recipients, err) < 0)
		return -1;
	pool->waiting[pool->n_waiting++] = (struct delivery){.mail = mail, .results = results, .begun_ms = clock_monotonic_ms()};
	return 0;
}

static int pool_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct pool *pool = (struct pool *)outlet;

	/* Replies that have come meanwhile make room. */
	while (step_all(pool)) {
	}
	if (take_mail(pool, mail, err) < 0)
		return -1;
	if (load_waiting(pool, NULL) < 0)
		stop(pool);
	return 0;
}

/* Touches no connection, so that it may be called while results are told. */
static int pool_submit(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct pool *pool = (struct pool *)outlet;

	if (pool_room(outlet) == 0)
		return fail(err, COURANT_USAGE, "there is no room for another mail");
	/* The server may be back. */
	if (!is_busy(pool))
		pool->has_failed = pool->is_wide_enough = false;
	return take_mail(pool, mail, err);
}

static int pool_step(struct outlet *outlet, int64_t until_ms, courant_error **err)
{
	struct pool *pool = (struct pool *)outlet;

	load_some(pool);
	if (pool->is_stopped)
		return fail_stopped(err);
	if (step_all(pool) || !is_busy(pool))
		return 0;
	if (wait_for_any(pool, until_ms, NULL) < 0) {
		stop(pool);
		return fail_stopped(err);
	}
	(void)step_all(pool);
	return 0;
}

static void pool_stop(struct outlet *outlet)
{
	stop((struct pool *)outlet);
}

static bool has_link(const struct pool *pool)
{
	for (unsigned i = 0; i < pool->n_lanes; i++)
		if (pool->lanes[i].link)
			return true;
	return false;
}

/* The engine gives up after two seconds; a connection that is not there yet is not waited for. */
static void say_goodbye(struct pool *pool)
{
	for (unsigned i = 0; i < pool->n_lanes; i++) {
		struct lane *lane = &pool->lanes[i];

		if (lane->link && link_engine(lane->link)) {
			courant_engine_quit(link_engine(lane->link), clock_monotonic_ms());
		} else {
			link_free(lane->link);
			lane->link = NULL;
		}
	}
	while (has_link(pool))
		if (!step_all(pool) && wait_for_any(pool, WAIT_FOREVER, NULL) < 0)
			return;
}

static int pool_try(struct outlet *outlet, outlet_try_fn *tell, void *context, courant_error **err)
{
	struct pool *pool = (struct pool *)outlet;
	struct lane *lane = &pool->lanes[0];

	if (begin_link(pool, lane, err) < 0)
		return -1;
	while (lane->link && !lane->is_open)
		if (!step_all(pool) && wait_for_any(pool, WAIT_FOREVER, err) < 0)
			return -1;
	if (!lane->link)
		return pool->why ? fail_copy(err, pool->why) : fail(err, COURANT_TEMPORARY, "%s closed the connection", pool->name);

	const struct tls *tls = link_tls(lane->link);
	const struct outlet_report report = {
		.peer = link_peer(lane->link),
		.tls_version = tls ? tls_version(tls) : NULL,
		.tls_cipher = tls ? tls_cipher(tls) : NULL,
		.is_verified = tls && tls_is_verified(tls),
		.connect_ms = link_connected_after_ms(lane->link),
		.tls_ms = link_secured_after_ms(lane->link),
	};

	tell(context, &report, courant_engine_mechanism(link_engine(lane->link)));
	say_goodbye(pool);
	return 0;
}

static int pool_finish(struct outlet *outlet, courant_error **err)
{
	struct pool *pool = (struct pool *)outlet;

	while (is_busy(pool)) {
		if (step_all(pool))
			continue;
		/* What is loaded is to be written before anything is waited for. */
		if (pool->n_waiting > 0 ? load_waiting(pool, NULL) < 0 : wait_for_any(pool, WAIT_FOREVER, NULL) < 0)
			stop(pool);
	}
	if (pool->is_stopped)
		return fail_stopped(err);
	say_goodbye(pool);
	return 0;
}

const struct outlet_calls outlet_smtp = {.make = pool_make,
					 .send = pool_send,
					 .finish = pool_finish,
					 .try = pool_try,
					 .room = pool_room,
					 .submit = pool_submit,
					 .step = pool_step,
					 .stop = pool_stop,
					 .free = pool_free};
