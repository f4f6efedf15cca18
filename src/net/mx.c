/* SPDX-License-Identifier: MIT */
/* mx.c - libresolv in a thread, its answer read and put in order */
#include "net/mx.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include "base/alloc.h"
#include "base/idn.h"
#include "base/random.h"
#include "net/aside.h"

/* ---- the answer ---- */

static unsigned read_u16(const unsigned char *at)
{
	return (unsigned)(at[0] << 8 | at[1]);
}

static int fail_malformed(slice domain, courant_error **err)
{
	return fail(err, COURANT_TEMPORARY, "the name server's answer about %.*s is malformed", SLICE_ARGS(domain));
}

/* Orders by preference; among equals each order is as likely as any other (RFC 5321, 5.1). A full list loses its last host, for the best ones must be tried
 * whatever the order of the answer. */
static void add_host(struct mx_list *list, const struct mx_host *host)
{
	size_t first = 0, last;

	while (first < list->n && list->at[first].preference < host->preference)
		first++;
	for (last = first; last < list->n && list->at[last].preference == host->preference;)
		last++;

	struct random_stream chance = {.state = random_u64()};
	const size_t at = first + (size_t)random_below(&chance, last - first + 1);

	if (at == MX_MAX_HOSTS)
		return;
	if (list->n < MX_MAX_HOSTS)
		list->n++;
	memmove(&list->at[at + 1], &list->at[at], (list->n - at - 1) * sizeof *list->at);
	list->at[at] = *host;
}

/* One resource record (RFC 1035, 3.2.1): skipped unless it is an MX. The byte after it; NULL when it is malformed. */
static const unsigned char *read_record(const unsigned char *begin, const unsigned char *at, const unsigned char *end, struct mx_list *list, bool *is_null)
{
	const int name = dn_skipname(at, end);
	struct mx_host host;

	if (name < 0 || end - at < name + RRFIXEDSZ)
		return NULL;
	at += name;

	const unsigned type = read_u16(at), class = read_u16(at + 2), size = read_u16(at + 8);
	const unsigned char *data = at + RRFIXEDSZ;

	if (end - data < (ptrdiff_t)size)
		return NULL;
	if (type != ns_t_mx || class != ns_c_in)
		return data + size;
	if (size < 3 || dn_expand(begin, data + size, data + 2, host.name, sizeof host.name) < 0)
		return NULL;
	host.preference = (uint16_t)read_u16(data);
	if (host.name[0] == '\0')
		*is_null = true;
	else
		add_host(list, &host);
	return data + size;
}

static void set_only_host(struct mx_list *list, slice name)
{
	const size_t n = name.len < MX_HOST_MAX_BYTES ? name.len : MX_HOST_MAX_BYTES - 1;

	list->n = 1;
	list->at[0].preference = 0;
	memcpy(list->at[0].name, name.ptr, n);
	list->at[0].name[n] = '\0';
}

int mx_read(slice domain, slice answer, struct mx_list *ret, courant_error **err)
{
	const unsigned char *begin = (const unsigned char *)answer.ptr, *end = begin + answer.len, *at = begin + HFIXEDSZ;
	bool is_null = false;

	ret->n = 0;
	if (answer.len < HFIXEDSZ)
		return fail_malformed(domain, err);
	for (unsigned i = read_u16(begin + 4); i > 0; i--) {
		const int name = dn_skipname(at, end);

		if (name < 0 || end - at < name + QFIXEDSZ)
			return fail_malformed(domain, err);
		at += name + QFIXEDSZ;
	}
	for (unsigned i = read_u16(begin + 6); i > 0; i--) {
		at = read_record(begin, at, end, ret, &is_null);
		if (!at)
			return fail_malformed(domain, err);
	}
	/* A null MX stands alone (RFC 7505, 3); beside others it means nothing. */
	if (ret->n == 0 && is_null)
		return fail_reply_code(err, COURANT_REFUSED, 556, "the domain %.*s takes no mail (null MX)", SLICE_ARGS(domain));
	if (ret->n == 0)
		set_only_host(ret, domain);
	return 0;
}

/* ---- the question ---- */

/* Shared with the thread that asks. */
struct question {
	struct aside aside; /* first */
	char domain[MX_HOST_MAX_BYTES];
	struct sockaddr_in server;
	bool has_server;
	int size;   /* of the answer; -1: there is none */
	int status; /* then: an h_errno */
	unsigned char answer[NS_MAXMSG];
};

static void release(struct aside *aside)
{
	free(aside);
}

static void ask(struct aside *aside)
{
	struct question *question = (struct question *)aside;
	struct __res_state state = {0};

	question->size = -1;
	question->status = NETDB_INTERNAL;
	if (res_ninit(&state) < 0)
		return;
	if (question->has_server) {
		state.nsaddr_list[0] = question->server;
		state.nscount = 1;
	}
	question->size = res_nquery(&state, question->domain, ns_c_in, ns_t_mx, question->answer, sizeof question->answer);
	question->status = state.res_h_errno;
	res_nclose(&state);
}

static int take_answer(const struct question *question, struct mx_list *ret, courant_error **err)
{
	const slice domain = slice_of(question->domain);

	aside_join(&question->aside);
	if (question->size >= 0)
		return mx_read(domain, slice_from((const char *)question->answer, (size_t)question->size), ret, err);
	switch (question->status) {
	case HOST_NOT_FOUND:
		return fail(err, COURANT_HOST_UNKNOWN, "the domain %s does not exist", question->domain);
	case NO_DATA:
		set_only_host(ret, domain);
		return 0;
	default:
		return fail(err, COURANT_TEMPORARY, "cannot look up who takes mail for %s: %s", question->domain, hstrerror(question->status));
	}
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321, 4.1.3). */
static int take_literal(slice domain, struct mx_list *ret, courant_error **err)
{
	slice address = slice_part(domain, 1, domain.len - 1);

	if (slice_ends(address, SLICE("]")))
		address.len--;
	if (slice_starts_nocase(address, SLICE("IPv6:")))
		address = slice_after(address, 5);
	if (!address_is_numeric(address))
		return fail(err, COURANT_HOST_UNKNOWN, "no such address: %.*s", SLICE_ARGS(domain));
	set_only_host(ret, address);
	return 0;
}

struct mx_query {
	struct question *question; /* NULL: the answer is known */
	struct mx_list known;
};

void mx_query_free(struct mx_query *query)
{
	if (!query)
		return;
	if (query->question)
		aside_let_go(&query->question->aside);
	free(query);
}

static int start(struct mx_query *query, slice domain, const struct net_address *server, courant_error **err)
{
	AUTO(buffer) struct buffer ascii = BUFFER_LIMIT(MX_HOST_MAX_BYTES - 1);

	if (idn_to_ascii(domain, &ascii, err) < 0)
		return -1;

	struct question *question = mem_alloc(sizeof *question);

	if (!question)
		return fail_memory(err);
	question->aside.work = ask;
	question->aside.release = release;
	memcpy(question->domain, ascii.bytes, ascii.len);
	question->has_server = server && server->at.ss_family == AF_INET;
	if (question->has_server)
		memcpy(&question->server, &server->at, sizeof question->server);
	query->question = question;

	const int error_number = aside_start(&question->aside);

	return error_number ? fail_errno(err, error_number, "cannot look up %s", question->domain) : 0;
}

struct mx_query *mx_query_new(slice domain, const struct net_address *server, courant_error **err)
{
	AUTO(mx_query) struct mx_query *query = mem_alloc(sizeof *query);

	if (!query) {
		(void)fail_memory(err);
		return NULL;
	}
	if (slice_starts(domain, SLICE("[")) ? take_literal(domain, &query->known, err) < 0 : start(query, domain, server, err) < 0)
		return NULL;
	return STEAL(query);
}

int mx_query_fd(const struct mx_query *query)
{
	return query->question ? query->question->aside.ready_fd : -1;
}

int mx_query_take(const struct mx_query *query, struct mx_list *ret, courant_error **err)
{
	if (query->question)
		return take_answer(query->question, ret, err);
	*ret = query->known;
	return 0;
}
