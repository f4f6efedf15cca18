/* SPDX-License-Identifier: MIT */
/* mx_server.c - connections to many servers */
#include "client/mx_server.h"

#include <stdio.h>

#include "base/alloc.h"

/* The next mails for a server that cannot be reached shall not each wait for it. */
#define AVOIDED_MS (5 * INT64_C(60000))

static void server_free(struct mx_server *server)
{
	if (!server)
		return;
	lanes_free(server->lanes);
	courant_error_free(server->why);
	free(server);
}
AUTO_DEFINE(server, struct mx_server, server_free)

void mx_servers_release(struct mx_servers *servers)
{
	while (servers->first) {
		struct mx_server *next = servers->first->next;

		server_free(servers->first);
		servers->first = next;
	}
	servers->n = 0;
}

/* ---- one server ---- */

static void come_back(void *context, const struct outlet_report *report)
{
	struct mx_server *server = context;

	server->servers->done(server, report);
}

/* What is demanded of a server: what the user has said, which by default is TLS if there is any (RFC 7435). A domain's policy (MTA-STS,
 * RFC 8461) or the host's TLSA records (DANE, RFC 7672) would raise the demand here and nowhere else. */
static void demand(const struct target *target, char *name, struct target *ret)
{
	*ret = *target;
	ret->kind = TARGET_SMTP;
	ret->host = name; /* borrowed, as everything else in it */
}

int mx_servers_check(const struct outlet_options *options, courant_error **err)
{
	char name[] = "localhost";
	struct pace pace = {0};
	struct outlet_options trial = *options;
	struct target target;

	demand(options->target, name, &target);
	trial.target = &target;
	trial.connections = trial.window = 1;

	AUTO(lanes) struct lanes *lanes = lanes_new(&trial, &pace, err);

	return lanes ? 0 : -1;
}

static struct mx_server *server_new(struct mx_servers *servers, const char *name, courant_error **err)
{
	AUTO(server) struct mx_server *server = mem_alloc(sizeof *server);
	struct outlet_options options = *servers->options;

	if (!server) {
		(void)fail_memory(err);
		return NULL;
	}
	(void)snprintf(server->name, sizeof server->name, "%s", name);
	server->servers = servers;
	demand(servers->options->target, server->name, &server->target);
	options.target = &server->target;
	options.done = come_back;
	options.done_context = server;
	server->lanes = lanes_new(&options, &servers->pace, err);
	return server->lanes ? STEAL(server) : NULL;
}

void mx_server_note(struct mx_server *server, const struct outlet_report *report, int64_t now_ms)
{
	for (size_t i = 0; i < report->results->n; i++)
		if (report->results->at[i].outcome != COURANT_OUTCOME_DEFERRED || report->results->at[i].phase >= COURANT_PHASE_IDLE)
			return;
	if (!report->error || courant_error_code(report->error) == COURANT_CANCELLED)
		return;
	courant_error_free(STEAL(server->why));
	(void)fail_copy(&server->why, report->error);
	server->avoided_until_ms = now_ms + AVOIDED_MS;
}

/* ---- all of them ---- */

/* One that has nothing to do makes place: at once when it has no connection, else as soon as it has said goodbye. */
static void make_place(struct mx_servers *servers)
{
	for (struct mx_server **at = &servers->first; *at; at = &(*at)->next) {
		struct mx_server *server = *at;

		if (lanes_count(server->lanes) > 0 || lanes_has_link(server->lanes))
			continue;
		*at = server->next;
		servers->n--;
		server_free(server);
		return;
	}
	for (struct mx_server *server = servers->first; server; server = server->next)
		if (lanes_count(server->lanes) == 0) {
			lanes_quit(server->lanes);
			return;
		}
}

struct mx_server *mx_server_find(struct mx_servers *servers, const char *name, courant_error **err)
{
	struct mx_server *server = servers->first;

	while (server && !slice_equal_nocase(slice_of(server->name), slice_of(name)))
		server = server->next;
	if (server)
		return server;
	if (servers->n >= MX_SERVERS_MAX)
		make_place(servers);
	if (servers->n >= MX_SERVERS_MAX)
		return NULL;
	server = server_new(servers, name, err);
	if (!server)
		return NULL;
	server->next = servers->first;
	servers->first = server;
	servers->n++;
	return server;
}

bool mx_servers_move(struct mx_servers *servers)
{
	bool has_moved = false;

	for (struct mx_server *server = servers->first; server; server = server->next)
		has_moved = lanes_move(server->lanes) || has_moved;
	return has_moved;
}

size_t mx_servers_max_fds(const struct mx_servers *servers)
{
	size_t n = 0;

	for (const struct mx_server *server = servers->first; server; server = server->next)
		n += lanes_max_fds(server->lanes);
	return n;
}

size_t mx_servers_wishes(struct mx_servers *servers, struct pollfd *fds, int64_t *until_ms)
{
	size_t n = 0;

	for (struct mx_server *server = servers->first; server; server = server->next) {
		server->first_fd = n;
		n += lanes_wishes(server->lanes, fds + n, until_ms);
	}
	return n;
}

void mx_servers_wake(struct mx_servers *servers, const struct pollfd *fds)
{
	for (struct mx_server *server = servers->first; server; server = server->next)
		lanes_wake(server->lanes, fds + server->first_fd);
}

void mx_servers_stop(struct mx_servers *servers)
{
	for (struct mx_server *server = servers->first; server; server = server->next)
		lanes_stop(server->lanes);
}

void mx_servers_quit(struct mx_servers *servers)
{
	for (struct mx_server *server = servers->first; server; server = server->next)
		lanes_quit(server->lanes);
}

bool mx_servers_has_link(const struct mx_servers *servers)
{
	for (const struct mx_server *server = servers->first; server; server = server->next)
		if (lanes_has_link(server->lanes))
			return true;
	return false;
}
