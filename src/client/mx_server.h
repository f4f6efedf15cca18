/* SPDX-License-Identifier: MIT */
/* mx_server.h - the servers that mails for many domains go to, each with connections of its own (lanes.h) */
#ifndef COURANT_CLIENT_MX_SERVER_H
#define COURANT_CLIENT_MX_SERVER_H
#include "client/lanes.h"
#include "net/mx.h"

/* With connections at a time. */
#define MX_SERVERS_MAX 20

struct mx_servers;

struct mx_server {
	struct mx_servers *servers;
	struct target target;     /* borrows from the user's, and the name */
	struct lanes *lanes;
	courant_error *why;       /* it was of no use, because of this ... */
	int64_t avoided_until_ms; /* ... and is left out before this instant */
	size_t first_fd;
	struct mx_server *next;
	char name[MX_HOST_MAX_BYTES];
};

/* Gets what comes back from a server. */
typedef void mx_server_done_fn(struct mx_server *, const struct outlet_report *);

struct mx_servers {
	const struct outlet_options *options; /* borrowed */
	struct pace pace;                     /* of all servers together */
	mx_server_done_fn *done;
	void *context;
	struct mx_server *first;
	size_t n;
};

void mx_servers_release(struct mx_servers *);

/* What the user has said of every server, files and names, is tried without one. */
int mx_servers_check(const struct outlet_options *, courant_error **err);

/* The server of this name. NULL without an error: there are so many that this one has to wait. */
struct mx_server *mx_server_find(struct mx_servers *, const char *name, courant_error **err);

/* After a report that says that the server is of no use: for some minutes it is avoided. */
void mx_server_note(struct mx_server *, const struct outlet_report *, int64_t now_ms);

/* As in lanes.h, for all of them. */
bool mx_servers_move(struct mx_servers *);
size_t mx_servers_max_fds(const struct mx_servers *);
size_t mx_servers_wishes(struct mx_servers *, struct pollfd *fds, int64_t *until_ms);
void mx_servers_wake(struct mx_servers *, const struct pollfd *fds);
void mx_servers_stop(struct mx_servers *);
void mx_servers_quit(struct mx_servers *);
bool mx_servers_has_link(const struct mx_servers *);
#endif
