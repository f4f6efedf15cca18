/* SPDX-License-Identifier: MIT */
/* outlet_mx.c - mails straight to the servers of their recipients' domains (RFC 5321, 5.1)
 *
 * A mail is cut by domain (mx_errand.h). Each part waits until it is known who takes the domain's mail (mx_route.h), then goes to those servers
 * in turn (mx_server.h) until nobody in it is deferred any more. One loop does that for all mails and servers at a time. */
#include "base/alloc.h"
#include "base/clock.h"
#include "client/link.h"
#include "client/mx_errand.h"
#include "client/mx_route.h"
#include "client/mx_server.h"
#include "client/outlet_own.h"

/* So many mails at a time, besides those that one server's connections carry: enough to keep all servers busy. */
#define MAILS_MAX (2 * MX_SERVERS_MAX)

struct to_mx {
	struct outlet outlet; /* first */
	struct outlet_options options; /* for the servers */
	struct mx_routes routes;
	struct mx_servers servers;
	struct part *first, **last; /* those that wait for an answer, a server or their turn */
	struct errand *errands;
	size_t n_mails;
	struct pollfd *fds;
	size_t fds_space;
	bool is_stopped;
};

/* ---- parts ---- */

static void push(struct to_mx *to, struct part *part)
{
	part->next = NULL;
	*to->last = part;
	to->last = &part->next;
}

static int fail_stopped(courant_error **err)
{
	return fail(err, COURANT_CANCELLED, "stopped on request");
}

static void link_errand(struct to_mx *to, struct errand *errand)
{
	errand->next = to->errands;
	if (errand->next)
		errand->next->previous = errand;
	to->errands = errand;
	to->n_mails++;
}

static void unlink_errand(struct to_mx *to, struct errand *errand)
{
	if (errand->previous)
		errand->previous->next = errand->next;
	else
		to->errands = errand->next;
	if (errand->next)
		errand->next->previous = errand->previous;
	to->n_mails--;
}

/* The part is done, and perhaps the mail with it. */
static void end_part(struct to_mx *to, struct part *part)
{
	AUTO(errand) struct errand *errand = NULL;

	mx_route_leave(STEAL(part->route));
	if (!part_end(part))
		return;
	errand = part->errand;
	unlink_errand(to, errand);
	errand_tell(errand, to->outlet.options.done, to->outlet.options.done_context);
}

static void settle(struct to_mx *to, struct part *part, const courant_error *why)
{
	part_settle(part, why);
	end_part(to, part);
}

/* A server gives a part back: those who were deferred go to the next one. */
static void come_back(struct mx_server *server, const struct outlet_report *report)
{
	struct to_mx *to = server->servers->context;
	struct part *part = (struct part *)report->mail;

	part->errand->is_with_server = false;
	mx_server_note(server, report, clock_monotonic_ms());
	if (part_collect(part, report) && !to->is_stopped)
		push(to, part);
	else
		end_part(to, part);
}

/* The part goes to the next server that takes its domain's mail. False: it has to wait. */
static bool go_to_server(struct to_mx *to, struct part *part, int64_t now_ms)
{
	if (part->errand->is_with_server)
		return false;
	while (part->n_hosts_tried < part->route->hosts.n) {
		AUTO(error) courant_error *why = NULL;
		struct mx_server *server = mx_server_find(&to->servers, part->route->hosts.at[part->n_hosts_tried].name, &why);

		if (!server && !why)
			return false;
		if (server && server->avoided_until_ms > now_ms) {
			part_defer(part, server->why);
			part->n_hosts_tried++;
			continue;
		}
		if (server)
			lanes_try_again(server->lanes);
		part->n_hosts_tried++;
		if (server && lanes_submit(server->lanes, &part->mail, &why) == 0)
			part->errand->is_with_server = true;
		else
			settle(to, part, why);
		return true;
	}
	end_part(to, part);
	return true;
}

/* One step of a part that waits. False: it has to wait longer. */
static bool go_on(struct to_mx *to, struct part *part, int64_t now_ms)
{
	AUTO(error) courant_error *why = NULL;

	if (!part->route)
		part->route = mx_route_to(&to->routes, part_domain(part), now_ms, &why);
	if (!part->route && !why)
		return false;
	if (part->route && part->route->query)
		return false;
	if (!part->route || part->route->why)
		settle(to, part, part->route ? part->route->why : why);
	else
		return go_to_server(to, part, now_ms);
	return true;
}

/* Each part that waits has its turn once; what comes meanwhile waits for the next time. */
static bool move_parts(struct to_mx *to, int64_t now_ms)
{
	struct part *waiting = to->first;
	bool has_moved = false;

	to->first = NULL;
	to->last = &to->first;
	while (waiting) {
		struct part *part = waiting;

		waiting = part->next;
		if (go_on(to, part, now_ms))
			has_moved = true;
		else
			push(to, part);
	}
	return has_moved;
}

/* ---- the loop ---- */

static bool move(struct to_mx *to)
{
	const int64_t now_ms = clock_monotonic_ms();
	const bool has_answers = mx_routes_move(&to->routes, now_ms), has_moved = move_parts(to, now_ms);

	return mx_servers_move(&to->servers) || has_answers || has_moved;
}

static int reserve_fds(struct to_mx *to, courant_error **err)
{
	const size_t n = mx_servers_max_fds(&to->servers) + MX_ROUTES_MAX_ASKING + 1;

	if (n <= to->fds_space)
		return 0;

	struct pollfd *fds = mem_resize(to->fds, n, sizeof *fds);

	if (!fds)
		return fail_memory(err);
	to->fds = fds;
	to->fds_space = n;
	return 0;
}

static int wait_for_any(struct to_mx *to, int64_t until_ms, courant_error **err)
{
	if (reserve_fds(to, err) < 0)
		return -1;

	const size_t n_routes = mx_routes_wishes(&to->routes, to->fds, &until_ms);
	struct pollfd *servers_fds = to->fds + n_routes;
	const size_t n = n_routes + mx_servers_wishes(&to->servers, servers_fds, &until_ms);

	if (wait_poll_many(to->fds, n, until_ms, to->outlet.options.cancel_fd, err) < 0)
		return -1;
	mx_routes_wake(&to->routes, to->fds);
	mx_servers_wake(&to->servers, servers_fds);
	return 0;
}

static void mx_stop(struct outlet *outlet)
{
	struct to_mx *to = (struct to_mx *)outlet;
	AUTO(error) courant_error *why = NULL;

	(void)fail_stopped(&why);
	to->is_stopped = true;
	mx_servers_stop(&to->servers);
	while (to->first) {
		struct part *part = to->first;

		to->first = part->next;
		settle(to, part, why);
	}
	to->last = &to->first;
}

/* ---- the way out ---- */

static void mx_free(struct outlet *outlet)
{
	struct to_mx *to = (struct to_mx *)outlet;

	/* First what borrows the mails. */
	mx_servers_release(&to->servers);
	while (to->errands) {
		struct errand *errand = to->errands;

		unlink_errand(to, errand);
		errand_free(errand);
	}
	mx_routes_release(&to->routes);
	free(to->fds);
	free(to);
}

static struct outlet *mx_make(const struct outlet_options *options, courant_error **err)
{
	const struct target *target = options->target;
	struct to_mx *to;

	if (mx_servers_check(options, err) < 0)
		return NULL;
	to = mem_alloc(sizeof *to);
	if (!to) {
		(void)fail_memory(err);
		return NULL;
	}
	to->last = &to->first;
	to->options = *options;
	/* Nobody logs in at servers that are found by their domain. */
	to->options.password = to->options.token = NULL;
	to->routes.resolver = target->resolver.len ? &target->resolver : NULL;
	to->routes.patience_ms = target->timeout_ms ? (int64_t)target->timeout_ms : LINK_CONNECT_TIMEOUT_MS;
	to->servers = (struct mx_servers){.options = &to->options, .pace.per_minute = options->per_minute, .done = come_back, .context = to};
	return &to->outlet;
}

static unsigned at_least_one(unsigned n)
{
	return n > 0 ? n : 1;
}

static size_t mx_room(const struct outlet *outlet)
{
	const struct to_mx *to = (const struct to_mx *)outlet;
	const size_t most = MAILS_MAX + (size_t)at_least_one(to->options.connections) * at_least_one(to->options.window);

	return to->n_mails < most ? most - to->n_mails : 0;
}

static int mx_submit(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct to_mx *to = (struct to_mx *)outlet;

	if (to->is_stopped)
		return fail_stopped(err);
	if (mail->n_recipients == 0)
		return fail(err, COURANT_USAGE, "the mail has no recipient");
	if (mx_room(outlet) == 0)
		return fail(err, COURANT_USAGE, "there is no room for another mail");

	struct errand *errand = errand_new(mail, err);

	if (!errand)
		return -1;
	link_errand(to, errand);
	for (size_t i = 0; i < errand->n_parts; i++)
		push(to, &errand->parts[i]);
	return 0;
}

static int mx_step(struct outlet *outlet, int64_t until_ms, courant_error **err)
{
	struct to_mx *to = (struct to_mx *)outlet;

	if (to->is_stopped)
		return fail_stopped(err);
	if (move(to) || to->n_mails == 0)
		return 0;
	if (wait_for_any(to, until_ms, NULL) < 0) {
		mx_stop(outlet);
		return fail_stopped(err);
	}
	(void)move(to);
	return 0;
}

static int mx_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct to_mx *to = (struct to_mx *)outlet;

	while (!to->is_stopped && mx_room(outlet) == 0)
		(void)mx_step(outlet, WAIT_FOREVER, NULL);
	if (mx_submit(outlet, mail, err) < 0)
		return -1;
	(void)move(to);
	return 0;
}

static int mx_finish(struct outlet *outlet, courant_error **err)
{
	struct to_mx *to = (struct to_mx *)outlet;

	while (to->n_mails > 0)
		(void)mx_step(outlet, WAIT_FOREVER, NULL);
	if (to->is_stopped)
		return fail_stopped(err);
	mx_servers_quit(&to->servers);
	while (mx_servers_has_link(&to->servers))
		if (!mx_servers_move(&to->servers) && wait_for_any(to, WAIT_FOREVER, NULL) < 0)
			break;
	return 0;
}

const struct outlet_calls outlet_mx = {.make = mx_make,
				       .send = mx_send,
				       .finish = mx_finish,
				       .room = mx_room,
				       .submit = mx_submit,
				       .step = mx_step,
				       .stop = mx_stop,
				       .free = mx_free};
