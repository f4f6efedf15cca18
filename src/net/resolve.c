/* SPDX-License-Identifier: MIT */
/* resolve.c - getaddrinfo(3) in a thread */
#include "net/resolve.h"

#include <errno.h>
#include <netdb.h>

#include "base/alloc.h"
#include "net/aside.h"

struct resolve {
	struct aside aside; /* first */
	char *host;
	uint16_t port;
	int status; /* of getaddrinfo */
	int error_number;
	struct addrinfo *found;
};

static void release(struct aside *aside)
{
	struct resolve *resolve = (struct resolve *)aside;

	if (resolve->found)
		freeaddrinfo(resolve->found);
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

static void look_up(struct aside *aside)
{
	struct resolve *resolve = (struct resolve *)aside;
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

	/* Without a name: the loopback addresses. */
	const char *name = is_localhost(slice_of(resolve->host)) ? NULL : resolve->host;

	resolve->status = getaddrinfo(name, "0", &hints, &resolve->found);
	resolve->error_number = errno;
}

struct resolve *resolve_new(const char *host, uint16_t port, courant_error **err)
{
	AUTO(free) char *name = mem_copy_text(host);
	struct resolve *resolve = name ? mem_alloc(sizeof *resolve) : NULL;

	if (!resolve) {
		(void)fail_memory(err);
		return NULL;
	}
	resolve->aside.work = look_up;
	resolve->aside.release = release;
	resolve->host = STEAL(name);
	resolve->port = port;

	const int status = aside_start(&resolve->aside);

	if (status) {
		(void)fail_errno(err, status, "cannot look up %s", host);
		aside_let_go(&resolve->aside);
		return NULL;
	}
	return resolve;
}

void resolve_free(struct resolve *resolve)
{
	if (resolve)
		aside_let_go(&resolve->aside);
}

int resolve_fd(const struct resolve *resolve)
{
	return resolve->aside.ready_fd;
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
	aside_join(&resolve->aside);
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
