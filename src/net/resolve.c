/* SPDX-License-Identifier: MIT */
/* resolve.c - getaddrinfo(3) in a thread */
#include "net/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"

/* Shared by the caller and the thread; whoever lets go last frees it. */
struct resolve {
	atomic_int holders;
	int ready_fd;
	char *host;
	uint16_t port;
	int status; /* of getaddrinfo; the thread's until ready_fd is readable */
	int error_number;
	struct addrinfo *found;
};

static void let_go(struct resolve *resolve)
{
	if (atomic_fetch_sub(&resolve->holders, 1) > 1)
		return;
	if (resolve->found)
		freeaddrinfo(resolve->found);
	if (resolve->ready_fd >= 0)
		(void)close(resolve->ready_fd);
	free(resolve->host);
	free(resolve);
}

/* Always this machine, whatever the files of hosts say or lack, and nothing to ask a name server for (RFC 6761, 6.3). */
static bool is_localhost(slice host)
{
	if (slice_ends(host, SLICE(".")))
		host.len--;
	return slice_equal_nocase(host, SLICE("localhost"));
}

static void *look_up(void *context)
{
	struct resolve *resolve = context;
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	const uint64_t one = 1;

	/* Without a name: the loopback addresses. */
	const char *name = is_localhost(slice_of(resolve->host)) ? NULL : resolve->host;

	resolve->status = getaddrinfo(name, "0", &hints, &resolve->found);
	resolve->error_number = errno;
	/* Cannot fail: the counter is at 0. */
	ssize_t written = write(resolve->ready_fd, &one, sizeof one);
	(void)written;
	let_go(resolve);
	return NULL;
}

/* No signal of the program's shall be handled in our thread. */
static int thread_start(struct resolve *resolve)
{
	pthread_attr_t detached;
	pthread_t ignored;
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_attr_init(&detached);
	(void)pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	const int status = pthread_create(&ignored, &detached, look_up, resolve);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&detached);
	return status;
}

struct resolve *resolve_new(const char *host, uint16_t port, courant_error **err)
{
	AUTO(free) char *name = mem_copy_text(host);
	struct resolve *resolve = name ? mem_alloc(sizeof *resolve) : NULL;

	if (!resolve) {
		(void)fail_memory(err);
		return NULL;
	}
	atomic_init(&resolve->holders, 2);
	resolve->host = STEAL(name);
	resolve->port = port;
	resolve->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	const int status = resolve->ready_fd < 0 ? errno : thread_start(resolve);

	if (status) {
		(void)fail_errno(err, status, "cannot look up %s", host);
		atomic_store(&resolve->holders, 1);
		let_go(resolve);
		return NULL;
	}
	return resolve;
}

void resolve_free(struct resolve *resolve)
{
	if (resolve)
		let_go(resolve);
}

int resolve_fd(const struct resolve *resolve)
{
	return resolve->ready_fd;
}

static int fail_look_up(const struct resolve *resolve, courant_error **err)
{
	switch (resolve->status) {
	case EAI_NONAME:
	case EAI_NODATA:
		return fail(err, COURANT_HOST_UNKNOWN, "the host %s is unknown", resolve->host);
	case EAI_MEMORY:
		return fail_memory(err);
	case EAI_SYSTEM:
		return fail_errno_as(err, COURANT_TEMPORARY, resolve->error_number, "cannot look up %s", resolve->host);
	default:
		return fail(err, COURANT_TEMPORARY, "cannot look up %s: %s", resolve->host, gai_strerror(resolve->status));
	}
}

void resolve_interleave(struct net_address *addresses, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		size_t at = i;

		while (at < n && addresses[at].at.ss_family == addresses[i - 1].at.ss_family)
			at++;
		if (at == n)
			return;

		const struct net_address next = addresses[at];

		memmove(&addresses[i + 1], &addresses[i], (at - i) * sizeof *addresses);
		addresses[i] = next;
	}
}

int resolve_take(struct resolve *resolve, struct net_address ret[RESOLVE_MAX_ADDRESSES], size_t *ret_n, courant_error **err)
{
	if (resolve->status)
		return fail_look_up(resolve, err);

	size_t n = 0;

	for (const struct addrinfo *i = resolve->found; i && n < RESOLVE_MAX_ADDRESSES; i = i->ai_next) {
		struct net_address *one = &ret[n];

		if (i->ai_addrlen > sizeof one->at || (i->ai_family != AF_INET && i->ai_family != AF_INET6))
			continue;
		*one = (struct net_address){.len = i->ai_addrlen};
		memcpy(&one->at, i->ai_addr, i->ai_addrlen);
		address_set_port(one, resolve->port);
		n++;
	}
	if (n == 0)
		return fail(err, COURANT_HOST_UNKNOWN, "the host %s has no address", resolve->host);
	resolve_interleave(ret, n);
	*ret_n = n;
	return 0;
}
