/* SPDX-License-Identifier: MIT */
/* desk.c - server sessions on a unix socket (desk.h) */
#include "cli/desk.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/intake.h"
#include "net/listen.h"

#define BLOCK_BYTES ((size_t)64 << 10)

struct client {
	int fd; /* -1: none */
	struct ucred who;
	struct server *server;
	struct intake *intake;
};

struct desk {
	int fd;
	char *path;
	struct outbox *outbox;
	const struct log *log;
	int64_t (*now_ms)(void);
	int64_t rest_until_ms; /* without descriptors nobody is let in until then; 0: there are some */
	struct client clients[DESK_CONNECTIONS_MAX];
};

/* What a service that was killed has left behind. */
static int remove_stale(const char *path, courant_error **err)
{
	struct net_address address;
	struct stat facts;

	if (address_of_path(slice_of(path), &address, err) < 0)
		return -1;
	if (lstat(path, &facts) < 0)
		return 0;
	if (!S_ISSOCK(facts.st_mode))
		return fail(err, COURANT_CANT_CREATE, "%s is there, and no socket", path);

	AUTO(close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address.at, address.len) == 0)
		return fail(err, COURANT_CANT_CREATE, "another courant serve takes mail at %s", path);
	return unlink(path) == 0 || errno == ENOENT ? 0 : fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot remove %s", path);
}

struct desk *desk_new(const char *path, struct outbox *outbox, const struct log *log, int64_t (*now_ms)(void), courant_error **err)
{
	AUTO(desk) struct desk *desk = mem_alloc(sizeof *desk);
	struct net_address address;

	if (!desk) {
		(void)fail_memory(err);
		return NULL;
	}
	desk->fd = -1;
	desk->outbox = outbox;
	desk->log = log;
	desk->now_ms = now_ms;
	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++)
		desk->clients[i].fd = -1;
	if (remove_stale(path, err) < 0 || listen_open(slice_of(path), &desk->fd, &address, err) < 0)
		return NULL;
	desk->path = mem_copy_text(path);
	if (!desk->path)
		(void)fail_memory(err);
	else if (chmod(path, 0666) < 0)
		(void)fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot open %s to everybody", path);
	else
		return STEAL(desk);
	return NULL;
}

static void hang_up(struct client *client)
{
	auto_close(&client->fd);
	server_free(client->server);
	intake_free(client->intake);
	*client = (struct client){.fd = -1};
}

void desk_free(struct desk *desk)
{
	if (!desk)
		return;
	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++)
		hang_up(&desk->clients[i]);
	/* Gone already is as well. */
	if (desk->path && desk->fd >= 0)
		(void)unlink(desk->path);
	auto_close(&desk->fd);
	free(desk->path);
	free(desk);
}

size_t desk_fds(const struct desk *desk, struct pollfd *ret)
{
	size_t n = 0, n_free = 0;

	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++) {
		const struct client *client = &desk->clients[i];

		if (client->fd < 0)
			n_free++;
		else
			ret[n++] = (struct pollfd){.fd = client->fd, .events = server_output(client->server).len > 0 ? POLLOUT : POLLIN};
	}
	/* Whoever comes when all places are taken waits in the system's queue. */
	if (n_free > 0 && !desk->rest_until_ms)
		ret[n++] = (struct pollfd){.fd = desk->fd, .events = POLLIN};
	return n;
}

int64_t desk_deadline_ms(const struct desk *desk)
{
	int64_t first_ms = desk->rest_until_ms ? desk->rest_until_ms : INT64_MAX;

	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++)
		if (desk->clients[i].fd >= 0 && server_deadline(desk->clients[i].server) < first_ms)
			first_ms = server_deadline(desk->clients[i].server);
	return first_ms;
}

/* ---- one turn ---- */

static int greet(struct desk *desk, struct client *client, int64_t monotonic_ms, courant_error **err)
{
	socklen_t size = sizeof client->who;
	char origin[64];

	if (getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &client->who, &size) < 0)
		return fail_errno(err, errno, "who is there?");
	/* Room for any two numbers. */
	(void)snprintf(origin, sizeof origin, "uid %lu, process %ld", (unsigned long)client->who.uid, (long)client->who.pid);
	if (!(client->intake = intake_new(desk->outbox, origin, desk->now_ms, err)) ||
	    !(client->server = server_new(&intake_session, &intake_calls, client->intake, err)))
		return -1;
	server_connected(client->server, monotonic_ms);
	return 0;
}

static void accept_new(struct desk *desk, int64_t monotonic_ms)
{
	desk->rest_until_ms = 0;
	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++) {
		struct client *client = &desk->clients[i];
		AUTO(error) courant_error *err = NULL;
		struct net_address peer;

		if (client->fd >= 0)
			continue;
		client->fd = listen_accept(desk->fd, &peer);
		if (client->fd < 0) {
			desk->rest_until_ms = listen_rest_until(errno, monotonic_ms);
			return;
		}
		if (greet(desk, client, monotonic_ms, &err) == 0)
			continue;
		LOG(desk->log, LOG_ERROR, "client turned away", LOG_TEXT("reason", courant_error_sentence(err)));
		hang_up(client);
	}
}

/* What has come, once the answers before it are gone: whoever does not read them is not read either. */
static void read_client(struct client *client, int64_t monotonic_ms)
{
	char block[BLOCK_BYTES];

	if (server_output(client->server).len > 0)
		return;

	const ssize_t n = recv(client->fd, block, sizeof block, MSG_DONTWAIT);

	if (n > 0)
		server_receive(client->server, slice_from(block, (size_t)n), monotonic_ms);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		hang_up(client);
}

static void write_client(struct client *client)
{
	const slice output = server_output(client->server);
	const ssize_t n = output.len > 0 ? send(client->fd, output.ptr, output.len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

	if (n > 0)
		server_sent(client->server, (size_t)n);
	if ((n < 0 && errno != EAGAIN && errno != EINTR) || (server_wish(client->server) == SERVER_WANTS_CLOSE && server_output(client->server).len == 0))
		hang_up(client);
}

/* One commit for all; without it nobody is told anything. */
static uint64_t settle(struct desk *desk)
{
	AUTO(error) courant_error *err = NULL;
	uint64_t n = 0;
	bool is_waiting = false;

	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++)
		is_waiting |= desk->clients[i].fd >= 0 && intake_is_waiting(desk->clients[i].intake);
	if (!is_waiting)
		return 0;

	const int status = outbox_sync(desk->outbox, &err);

	if (status < 0)
		LOG(desk->log, LOG_ERROR, "mail not taken", LOG_TEXT("reason", courant_error_sentence(err)));
	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++) {
		struct client *client = &desk->clients[i];

		if (client->fd < 0 || !intake_is_waiting(client->intake))
			continue;
		if (status < 0) {
			hang_up(client);
			continue;
		}
		intake_has_synced(client->intake);
		LOG(desk->log, LOG_INFO, "mail taken", LOG_NUMBER("uid", client->who.uid), LOG_NUMBER("pid", client->who.pid));
		n++;
	}
	return n;
}

uint64_t desk_turn(struct desk *desk, int64_t monotonic_ms)
{
	accept_new(desk, monotonic_ms);
	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++)
		if (desk->clients[i].fd >= 0)
			read_client(&desk->clients[i], monotonic_ms);

	const uint64_t n = settle(desk);

	for (size_t i = 0; i < DESK_CONNECTIONS_MAX; i++) {
		struct client *client = &desk->clients[i];

		if (client->fd < 0)
			continue;
		if (monotonic_ms >= server_deadline(client->server))
			server_tick(client->server, monotonic_ms);
		write_client(client);
	}
	return n;
}
