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

/* A mail on its way. */
struct delivery {
	const struct courant_mail *mail; /* NULL: a free slot */
	struct results results;
	int64_t begun_ms;
	bool is_second_try; /* its first connection had fallen asleep */
	bool is_done;       /* the engine has said its last word about it */
};

struct lane {
	struct link *link; /* NULL: none */
	bool is_open, is_closed;
	courant_error *why;  /* closed: because of this */
	unsigned n_done;     /* mails that this connection has carried */
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
	struct delivery waiting;   /* the one for which there is no slot yet */
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
	results_release(&pool->waiting.results);
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
	for (unsigned i = 0; pool->lanes && i < pool->n_lanes; i++) {
		pool->lanes[i].slots = mem_array(pool->n_slots, sizeof *pool->lanes[i].slots);
		if (!pool->lanes[i].slots)
			return false;
	}
	return pool->lanes && pool->fds;
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
	pool->n_slots = within(options->window, WINDOW_MAX);
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

/* A connection that had carried mails and was closed while nobody looked: the mail that met it first was never begun. */
static bool was_asleep(const struct lane *lane, const struct delivery *delivery)
{
	if (lane->n_done == 0 || delivery->is_second_try)
		return false;
	for (size_t i = 0; i < delivery->results.n; i++) {
		const struct courant_result *result = &delivery->results.at[i];

		if (result->outcome != COURANT_OUTCOME_DEFERRED || result->phase > COURANT_PHASE_MAIL ||
		    (result->code && result->code != 421))
			return false;
	}
	return true;
}

static void end_mail(struct pool *pool, struct lane *lane, struct delivery *delivery)
{
	lane->n_busy--;
	delivery->is_done = false;
	if (was_asleep(lane, delivery) && !pool->waiting.mail) {
		pool->waiting = *delivery;
		pool->waiting.is_second_try = true;
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
	lane->n_done = 0;
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
	for (unsigned i = 0; progress && i < pool->n_slots; i++)
		if (lane->slots[i].is_done)
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

static int wait_for_any(struct pool *pool, courant_error **err)
{
	int64_t until_ms = WAIT_FOREVER;
	size_t n = 0;

	for (unsigned i = 0; i < pool->n_lanes; i++) {
		int64_t at_ms;

		if (!pool->lanes[i].link)
			continue;
		n += link_wishes(pool->lanes[i].link, pool->fds + n, &at_ms);
		until_ms = at_ms < until_ms ? at_ms : until_ms;
	}
	return wait_poll_many(pool->fds, n, until_ms, pool->outlet.options.cancel_fd, err);
}

static int begin_link(struct pool *pool, struct lane *lane, courant_error **err)
{
	const struct outlet_options *options = &pool->outlet.options;
	const struct target *target = options->target;
	const struct link_options link = {
		.dial = {.host = target->host, .port = target->port, .source = target->source},
		.name = pool->name,
		.verify_name = target->verify_name ? target->verify_name : target->host,
		.tls = pool->tls,
		.connect_timeout_ms = (int64_t)target->timeout_ms,
		.engine = {.tls = target->tls,
			   .hello = target->hello,
			   .login = target->user && !target->no_login ? &pool->login : NULL,
			   .window = pool->n_slots,
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

/* The lane with the most room; NULL when there is none now. */
static struct lane *find_room(struct pool *pool)
{
	struct lane *best = NULL;

	for (unsigned i = 0; i < pool->n_lanes; i++) {
		struct lane *lane = &pool->lanes[i];
		courant_engine *engine = lane->link && lane->is_open ? link_engine(lane->link) : NULL;

		if (engine && lane->n_busy < pool->n_slots && courant_engine_room(engine) > 0 && (!best || lane->n_busy < best->n_busy))
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
		if (lane->link && lane->n_busy == 0 && courant_engine_is_spent(link_engine(lane->link)))
			courant_engine_quit(link_engine(lane->link), clock_monotonic_ms());
	}
	return unused ? begin_link(pool, unused, err) : 0;
}

/* Puts the waiting mail into a slot. */
static int load(struct pool *pool, struct lane *lane, courant_error **err)
{
	struct delivery *slot = find_delivery(pool, lane, NULL);

	if (courant_engine_send(link_engine(lane->link), pool->waiting.mail, err) < 0)
		return -1;
	*slot = pool->waiting;
	pool->waiting = (struct delivery){0};
	lane->n_busy++;
	return 0;
}

/* Whether it is worth trying again tells the reason. */
static enum courant_outcome outcome_of(const courant_error *why)
{
	switch (courant_error_code(why)) {
	case COURANT_REFUSED:
	case COURANT_INVALID:
	case COURANT_USAGE:
	case COURANT_TOO_LARGE:
	case COURANT_LOGIN:
	case COURANT_INSECURE:
		return COURANT_OUTCOME_REFUSED;
	default:
		return COURANT_OUTCOME_DEFERRED;
	}
}

/* The waiting mail cannot be sent: it comes back with the reason. */
static void give_back(struct pool *pool, const courant_error *why)
{
	const slice words = slice_of(courant_error_sentence(why));
	const struct courant_result result = {.outcome = outcome_of(why), .phase = COURANT_PHASE_CONNECT, .code = courant_error_reply(why),
					      .text = words.ptr, .text_size = words.len};

	for (size_t i = 0; i < pool->waiting.results.n; i++)
		results_set(&pool->waiting.results, i, &result);
	report(pool, NULL, &pool->waiting, why);
}

static int load_waiting(struct pool *pool, courant_error **err)
{
	while (pool->waiting.mail) {
		struct lane *lane = find_room(pool);

		if (lane) {
			AUTO(error) courant_error *why = NULL;

			if (load(pool, lane, &why) < 0)
				give_back(pool, why);
		} else if (pool->has_failed) {
			give_back(pool, pool->why);
		} else {
			AUTO(error) courant_error *why = NULL;

			if (extend(pool, &why) < 0) {
				give_back(pool, why);
				continue;
			}
			if (!step_all(pool) && wait_for_any(pool, err) < 0)
				return -1;
		}
	}
	return 0;
}

static bool is_busy(const struct pool *pool)
{
	for (unsigned i = 0; i < pool->n_lanes; i++)
		if (pool->lanes[i].n_busy > 0)
			return true;
	return pool->waiting.mail != NULL;
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
	if (pool->waiting.mail) {
		AUTO(error) courant_error *why = NULL;

		(void)fail(&why, COURANT_CANCELLED, "stopped on request");
		give_back(pool, why);
	}
}

static int fail_stopped(courant_error **err)
{
	return fail(err, COURANT_CANCELLED, "stopped on request");
}

static int pool_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct pool *pool = (struct pool *)outlet;
	struct results results = {0};

	if (pool->is_stopped)
		return fail_stopped(err);
	if (mail->n_recipients == 0)
		return fail(err, COURANT_USAGE, "the mail has no recipient");
	if (results_init(&results, mail->n_recipients, err) < 0)
		return -1;
	/* Replies that have come meanwhile make room. */
	while (step_all(pool)) {
	}
	pool->waiting = (struct delivery){.mail = mail, .results = results, .begun_ms = clock_monotonic_ms()};
	if (load_waiting(pool, NULL) < 0)
		stop(pool);
	return 0;
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
		if (!step_all(pool) && wait_for_any(pool, NULL) < 0)
			return;
}

static int pool_finish(struct outlet *outlet, courant_error **err)
{
	struct pool *pool = (struct pool *)outlet;

	while (is_busy(pool)) {
		if (step_all(pool))
			continue;
		if (load_waiting(pool, NULL) < 0 || (is_busy(pool) && wait_for_any(pool, NULL) < 0))
			stop(pool);
	}
	if (pool->is_stopped)
		return fail_stopped(err);
	say_goodbye(pool);
	return 0;
}

const struct outlet_calls outlet_smtp = {.make = pool_make, .send = pool_send, .finish = pool_finish, .free = pool_free};
