/* SPDX-License-Identifier: MIT */
/* proxy.c - SOCKS5 and HTTP CONNECT */
#include "net/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/num.h"
#include "base/secret.h"
#include "net/address.h"

#define PORT_SOCKS         1080
#define PORT_HTTP          8080
#define TEXT_MAX_BYTES     255 /* of a name, a user, a password: SOCKS5 has one byte for their length */
#define HTTP_MAX_BYTES     ((size_t)16 << 10)
#define OUTPUT_MAX_BYTES   4096
#define SOCKS_VERSION      5
#define SOCKS_LOGIN        2 /* the method of RFC 1929 */
#define SOCKS_LOGIN_VERSION 1

void proxy_release(struct proxy *proxy)
{
	free(proxy->host);
	free(proxy->user);
	secret_free(proxy->password);
	*proxy = (struct proxy){0};
}

static int take(char **at, slice text, courant_error **err)
{
	if (text.len == 0 || text.len > TEXT_MAX_BYTES)
		return fail(err, COURANT_USAGE, "a proxy's host, user and password have 1 to %d bytes", TEXT_MAX_BYTES);
	*at = mem_copy(text);
	return *at ? 0 : fail_memory(err);
}

int proxy_parse(slice url, struct proxy *ret, courant_error **err)
{
	const bool is_socks = slice_starts_nocase(url, SLICE("socks5://"));
	AUTO(proxy) struct proxy proxy = {.kind = is_socks ? PROXY_SOCKS5 : PROXY_HTTP, .port = is_socks ? PORT_SOCKS : PORT_HTTP};
	slice host;

	if (!is_socks && !slice_starts_nocase(url, SLICE("http://")))
		return fail(err, COURANT_USAGE, "a proxy is socks5://host[:port] or http://host[:port]");

	slice rest = slice_after(url, is_socks ? sizeof "socks5://" - 1 : sizeof "http://" - 1);

	if (slice_ends(rest, SLICE("/")))
		rest.len--;

	const size_t at = slice_find_last(rest, '@');
	const slice login = at == SLICE_NONE ? SLICE("") : slice_part(rest, 0, at);
	const size_t colon = slice_find(login, ':');

	if (at != SLICE_NONE && (colon == SLICE_NONE || take(&proxy.user, slice_part(login, 0, colon), err) < 0 ||
				 take(&proxy.password, slice_after(login, colon + 1), err) < 0))
		return fail(err, COURANT_USAGE, "a proxy's login is user:password@");
	if (address_split(at == SLICE_NONE ? rest : slice_after(rest, at + 1), &host, &proxy.port, err) < 0 || take(&proxy.host, host, err) < 0)
		return fail_within(err, "the proxy");
	*ret = proxy;
	proxy = (struct proxy){0};
	return 0;
}

enum talk_state {
	SOCKS_METHOD,       /* the proxy chooses how we log in */
	SOCKS_LOGGED_IN,
	SOCKS_ANSWER,       /* its first five bytes: they tell how many follow */
	SOCKS_ANSWER_REST,
	HTTP_HEADER,
	TALK_OVER
};

struct proxy_talk {
	enum talk_state state;
	char *host;
	uint16_t port;
	char *user, *password;
	char *name;          /* the proxy's, for sentences */
	struct buffer out, in;
	size_t wanted;       /* SOCKS5: bytes that `in` shall have */
};

void proxy_talk_free(struct proxy_talk *talk)
{
	if (!talk)
		return;
	free(talk->host);
	free(talk->user);
	free(talk->name);
	secret_free(talk->password);
	secret_release(&talk->out);
	buffer_release(&talk->in);
	free(talk);
}

static void append_counted(struct buffer *into, slice text)
{
	buffer_append_byte(into, (char)text.len);
	buffer_append(into, text);
}

static void write_socks_hello(struct proxy_talk *talk)
{
	const char with_login[] = {SOCKS_VERSION, 2, 0, SOCKS_LOGIN}, without[] = {SOCKS_VERSION, 1, 0};

	buffer_append(&talk->out, talk->user ? slice_from(with_login, sizeof with_login) : slice_from(without, sizeof without));
	talk->state = SOCKS_METHOD;
	talk->wanted = 2;
}

static void write_socks_login(struct proxy_talk *talk)
{
	buffer_append_byte(&talk->out, SOCKS_LOGIN_VERSION);
	append_counted(&talk->out, slice_of(talk->user));
	append_counted(&talk->out, slice_of(talk->password));
	talk->state = SOCKS_LOGGED_IN;
	talk->wanted = 2;
}

static void write_socks_connect(struct proxy_talk *talk)
{
	struct net_address address;
	const char head[] = {SOCKS_VERSION, 1, 0}, port[] = {(char)(talk->port >> 8), (char)(talk->port & 255)};

	buffer_append(&talk->out, slice_from(head, sizeof head));
	if (!address_parse_numeric(slice_of(talk->host), talk->port, &address)) {
		buffer_append_byte(&talk->out, 3);
		append_counted(&talk->out, slice_of(talk->host));
	} else if (address.at.ss_family == AF_INET) {
		buffer_append_byte(&talk->out, 1);
		buffer_append(&talk->out, slice_from((const char *)&((const struct sockaddr_in *)&address.at)->sin_addr, 4));
	} else {
		buffer_append_byte(&talk->out, 4);
		buffer_append(&talk->out, slice_from((const char *)&((const struct sockaddr_in6 *)&address.at)->sin6_addr, 16));
	}
	buffer_append(&talk->out, slice_from(port, sizeof port));
	talk->state = SOCKS_ANSWER;
	talk->wanted = 5;
}

static void write_http(struct proxy_talk *talk)
{
	const bool is_v6 = slice_find(slice_of(talk->host), ':') != SLICE_NONE;
	AUTO(buffer) struct buffer where = BUFFER_LIMIT(OUTPUT_MAX_BYTES);
	AUTO(secret_buffer) struct buffer login = BUFFER_LIMIT(OUTPUT_MAX_BYTES);

	buffer_printf(&where, "%s%s%s:%u", is_v6 ? "[" : "", talk->host, is_v6 ? "]" : "", (unsigned)talk->port);
	buffer_printf(&talk->out, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", where.bytes ? where.bytes : "", where.bytes ? where.bytes : "");
	if (talk->user) {
		char *room = NULL;

		buffer_printf(&login, "%s:%s", talk->user, talk->password);
		buffer_append(&talk->out, SLICE("Proxy-Authorization: Basic "));
		room = login.bytes ? buffer_room(&talk->out, login.len / 3 * 4 + 5) : NULL;
		if (room)
			buffer_added(&talk->out, (size_t)EVP_EncodeBlock((unsigned char *)room, (const unsigned char *)login.bytes, (int)login.len));
		buffer_append(&talk->out, SLICE("\r\n"));
	}
	buffer_append(&talk->out, SLICE("\r\n"));
	talk->state = HTTP_HEADER;
}

struct proxy_talk *proxy_talk_new(const struct proxy *proxy, const char *host, uint16_t port, courant_error **err)
{
	AUTO(proxy_talk) struct proxy_talk *talk = mem_alloc(sizeof *talk);

	if (!talk) {
		(void)fail_memory(err);
		return NULL;
	}
	talk->out = (struct buffer)BUFFER_LIMIT(OUTPUT_MAX_BYTES);
	talk->in = (struct buffer)BUFFER_LIMIT(HTTP_MAX_BYTES);
	talk->port = port;
	talk->host = mem_copy_text(host);
	talk->name = mem_copy_text(proxy->host);
	talk->user = mem_copy_text(proxy->user);
	talk->password = mem_copy_text(proxy->password);
	/* A growing buffer would leave copies of the password behind. */
	if (!talk->host || !talk->name || (proxy->user && (!talk->user || !talk->password)) || !buffer_room(&talk->out, OUTPUT_MAX_BYTES - 1)) {
		(void)fail_memory(err);
		return NULL;
	}
	if (strlen(host) > TEXT_MAX_BYTES) {
		(void)fail(err, COURANT_USAGE, "a host's name is too long for a proxy");
		return NULL;
	}
	if (proxy->kind == PROXY_SOCKS5)
		write_socks_hello(talk);
	else
		write_http(talk);
	return buffer_check(&talk->out, err) < 0 ? NULL : STEAL(talk);
}

slice proxy_talk_output(const struct proxy_talk *talk)
{
	return buffer_peek(&talk->out);
}

void proxy_talk_sent(struct proxy_talk *talk, size_t n)
{
	buffer_drop(&talk->out, n);
}

/* HTTP has no lengths: its header is read a byte at a time, once a connection. */
size_t proxy_talk_room(const struct proxy_talk *talk)
{
	return talk->state == HTTP_HEADER ? 1 : talk->wanted - talk->in.len;
}

static int fail_none(const struct proxy_talk *talk, courant_error **err)
{
	return fail(err, COURANT_PROTOCOL, "%s is not a proxy of this kind", talk->name);
}

static int fail_login(const struct proxy_talk *talk, courant_error **err)
{
	return fail(err, COURANT_LOGIN, "the proxy %s %s", talk->name, talk->user ? "refuses the login" : "wants a login");
}

static int fail_socks(const struct proxy_talk *talk, unsigned char code, courant_error **err)
{
	static const char *const words[] = {"",          "general failure",    "not allowed",     "network unreachable",   "host unreachable",
					    "connection refused", "time to live expired", "unknown command", "unknown address type"};

	return fail(err, code == 4 ? COURANT_HOST_UNKNOWN : COURANT_TEMPORARY, "the proxy %s cannot reach %s:%u: %s", talk->name, talk->host,
		    (unsigned)talk->port, code < sizeof words / sizeof *words ? words[code] : "no reason given");
}

/* The first five bytes of the answer: version, result, reserved, kind of address, and the first of the address. */
static int read_socks_answer(struct proxy_talk *talk, const unsigned char *in, courant_error **err)
{
	if (in[0] != SOCKS_VERSION)
		return fail_none(talk, err);
	if (in[1] != 0)
		return fail_socks(talk, in[1], err);
	switch (in[3]) {
	case 1:
		talk->wanted = 4 + 4 + 2;
		break;
	case 3:
		talk->wanted = 4 + 1 + (size_t)in[4] + 2;
		break;
	case 4:
		talk->wanted = 4 + 16 + 2;
		break;
	default:
		return fail_none(talk, err);
	}
	talk->state = SOCKS_ANSWER_REST;
	return 0;
}

static int read_socks(struct proxy_talk *talk, courant_error **err)
{
	const unsigned char *in = (const unsigned char *)talk->in.bytes;

	if (talk->state == SOCKS_ANSWER)
		return read_socks_answer(talk, in, err);
	if (talk->state == SOCKS_ANSWER_REST) {
		talk->state = TALK_OVER;
		return 1;
	}
	if (talk->state == SOCKS_METHOD && in[0] != SOCKS_VERSION)
		return fail_none(talk, err);
	if (talk->state == SOCKS_LOGGED_IN ? in[1] != 0 : in[1] != 0 && !(in[1] == SOCKS_LOGIN && talk->user))
		return fail_login(talk, err);

	const bool wants_login = talk->state == SOCKS_METHOD && in[1] == SOCKS_LOGIN;

	buffer_cut(&talk->in, 0);
	if (wants_login)
		write_socks_login(talk);
	else
		write_socks_connect(talk);
	return buffer_check(&talk->out, err);
}

/* "HTTP/1.1 200 Connection established" */
static int read_http(struct proxy_talk *talk, courant_error **err)
{
	const slice header = buffer_peek(&talk->in);
	uint64_t code;

	if (buffer_check(&talk->in, NULL) < 0)
		return fail_none(talk, err);
	if (!slice_ends(header, SLICE("\r\n\r\n")) && !slice_ends(header, SLICE("\n\n")))
		return 0;
	if (!slice_starts(header, SLICE("HTTP/1.")) || !num_parse_u64(slice_part(header, sizeof "HTTP/1.1 " - 1, 3), &code))
		return fail_none(talk, err);
	if (code == 407)
		return fail_login(talk, err);
	if (code < 200 || code > 299)
		return fail(err, COURANT_TEMPORARY, "the proxy %s does not connect to %s:%u: %.*s", talk->name, talk->host, (unsigned)talk->port,
			    SLICE_ARGS(slice_trim_space(slice_part(header, 0, slice_find(header, '\n')))));
	talk->state = TALK_OVER;
	return 1;
}

int proxy_talk_receive(struct proxy_talk *talk, slice bytes, courant_error **err)
{
	buffer_append(&talk->in, bytes);
	if (talk->state == HTTP_HEADER)
		return read_http(talk, err);
	if (buffer_check(&talk->in, err) < 0)
		return -1;
	return talk->in.len < talk->wanted ? 0 : read_socks(talk, err);
}
