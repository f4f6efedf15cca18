/* SPDX-License-Identifier: MIT */
/* target.c - a server's URL, taken apart (RFC 3986) */
#include "client/target.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/idn.h"
#include "base/nearest.h"
#include "base/num.h"
#include "base/printable.h"
#include "client/provider.h"
#include "net/address.h"

#define URL_MAX_BYTES  8192
#define PORT_SMTP       25
#define PORT_SMTPS      465
#define PORT_SUBMISSION 587
#define PORT_LMTP       24
#define PORT_DNS        53
#define SENDMAIL_PATH   "/usr/sbin/sendmail"
#define TIMEOUT_MAX_MS  (UINT64_C(24) * 3600 * 1000)

static void take_text(char **at, char *text)
{
	free(*at);
	*at = text;
}

void target_release(struct target *target)
{
	char **const texts[] = {&target->user, &target->host, &target->path, &target->ca_file, &target->verify_name, &target->certificate,
				&target->key, &target->pin, &target->mechanisms, &target->hello, &target->source};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		take_text(texts[i], NULL);
	proxy_release(&target->proxy);
	*target = (struct target){0};
}

/* ---- parameters ---- */

static int set_tls(struct target *target, slice value, courant_error **err)
{
	static const struct {
		const char *name;
		enum courant_tls tls;
	} words[] = {{"starttls", COURANT_TLS_STARTTLS}, {"tls", COURANT_TLS_IMPLICIT}, {"none", COURANT_TLS_NONE},
		     {"opportunistic", COURANT_TLS_OPPORTUNISTIC}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!slice_equal(value, slice_of(words[i].name)))
			continue;
		target->tls = words[i].tls;
		target->is_tls_said = true;
		return 0;
	}
	return fail(err, COURANT_USAGE, "tls is \"%.*s\", not starttls, tls, none or opportunistic", SLICE_ARGS(value));
}

static int set_tls_minimum(struct target *target, slice value, courant_error **err)
{
	if (!slice_equal(value, SLICE("1.2")) && !slice_equal(value, SLICE("1.3")))
		return fail(err, COURANT_USAGE, "tls_min is \"%.*s\", not 1.2 or 1.3", SLICE_ARGS(value));
	target->tls_minimum = value.ptr[2] == '3' ? 13 : 12;
	return 0;
}

static int set_timeout(struct target *target, slice value, courant_error **err)
{
	uint64_t timeout_ms;

	if (!num_parse_duration(value, &timeout_ms) || timeout_ms == 0 || timeout_ms > TIMEOUT_MAX_MS)
		return fail(err, COURANT_USAGE, "timeout is \"%.*s\", not a number of seconds", SLICE_ARGS(value));
	target->timeout_ms = timeout_ms;
	return 0;
}

static int set_auth(struct target *target, slice value, courant_error **err)
{
	target->no_login = slice_equal_nocase(value, SLICE("off"));
	take_text(&target->mechanisms, NULL);
	if (target->no_login)
		return 0;
	target->mechanisms = mem_copy(value);
	return target->mechanisms ? 0 : fail_memory(err);
}

static int set_proxy(struct target *target, slice value, courant_error **err)
{
	struct proxy proxy;

	if (proxy_parse(value, &proxy, err) < 0)
		return -1;
	proxy_release(&target->proxy);
	target->proxy = proxy;
	return 0;
}

/* Another port for mx: than 25: for tests. The other schemes have it in their URL. */
static int set_port(struct target *target, slice value, courant_error **err)
{
	uint64_t port;

	if (target->kind != TARGET_MX)
		return fail(err, COURANT_USAGE, "port is a parameter of mx: only; elsewhere it stands behind the host's name");
	if (!num_parse_range(value, 1, UINT16_MAX, &port))
		return fail(err, COURANT_USAGE, "port is \"%.*s\", not a number from 1 to 65535", SLICE_ARGS(value));
	target->port = (uint16_t)port;
	return 0;
}

static int set_resolver(struct target *target, slice value, courant_error **err)
{
	uint16_t port = PORT_DNS;
	struct net_address address;
	slice host;

	if (target->kind != TARGET_MX)
		return fail(err, COURANT_USAGE, "resolver is a parameter of mx: only");
	if (address_split(value, &host, &port, err) < 0)
		return fail_within(err, "resolver");
	if (!address_parse_numeric(host, port, &address) || address.at.ss_family != AF_INET)
		return fail(err, COURANT_USAGE, "resolver is \"%.*s\", not an IPv4 address with or without a port", SLICE_ARGS(value));
	target->resolver = address;
	return 0;
}

/* Sorted by name. A parameter is a text that is kept, or has a function of its own. */
static const struct parameter {
	const char *name;
	size_t text_at;
	int (*set)(struct target *, slice value, courant_error **err);
} parameters[] = {
	{"auth", 0, set_auth},
	{"ca_file", offsetof(struct target, ca_file), NULL},
	{"cert", offsetof(struct target, certificate), NULL},
	{"hello", offsetof(struct target, hello), NULL},
	{"key", offsetof(struct target, key), NULL},
	{"pin", offsetof(struct target, pin), NULL},
	{"port", 0, set_port},
	{"proxy", 0, set_proxy},
	{"resolver", 0, set_resolver},
	{"source", offsetof(struct target, source), NULL},
	{"timeout", 0, set_timeout},
	{"tls", 0, set_tls},
	{"tls_min", 0, set_tls_minimum},
	{"verify_name", offsetof(struct target, verify_name), NULL},
};
#define N_PARAMETERS (sizeof parameters / sizeof *parameters)

static int fail_unknown(slice name, courant_error **err)
{
	const char *names[N_PARAMETERS + 1] = {0};

	for (size_t i = 0; i < N_PARAMETERS; i++)
		names[i] = parameters[i].name;

	const char *nearest = nearest_word(name, names);

	return nearest ? fail(err, COURANT_USAGE, "unknown server parameter \"%.*s\" (did you mean %s?)", SLICE_ARGS(name), nearest)
		       : fail(err, COURANT_USAGE, "unknown server parameter \"%.*s\"", SLICE_ARGS(name));
}

int target_set(struct target *target, slice name, slice value, courant_error **err)
{
	for (size_t i = 0; i < N_PARAMETERS; i++) {
		if (!slice_equal(name, slice_of(parameters[i].name)))
			continue;
		if (value.len == 0 || !printable_is(value))
			return fail(err, COURANT_USAGE, "the server parameter %s %s", parameters[i].name,
				    value.len ? "holds control characters" : "is empty");
		if (parameters[i].set)
			return parameters[i].set(target, value, err);

		char *copy = mem_copy(value);

		if (!copy)
			return fail_memory(err);
		take_text((char **)((char *)target + parameters[i].text_at), copy);
		return 0;
	}
	return fail_unknown(name, err);
}

int target_set_user(struct target *target, slice user, courant_error **err)
{
	if (user.len == 0 || !printable_is(user))
		return fail(err, COURANT_USAGE, "the user's name %s", user.len ? "holds control characters" : "is empty");

	char *copy = mem_copy(user);

	if (!copy)
		return fail_memory(err);
	take_text(&target->user, copy);
	return 0;
}

/* ---- the URL ---- */

/* "%40" becomes "@" (RFC 3986, 2.1). */
static int decode(slice text, struct buffer *ret, courant_error **err)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '%') {
			buffer_append_byte(ret, text.ptr[i]);
			continue;
		}

		const int high = i + 2 < text.len ? ascii_hex_value(text.ptr[i + 1]) : -1;
		const int low = i + 2 < text.len ? ascii_hex_value(text.ptr[i + 2]) : -1;

		if (high < 0 || low < 0)
			return fail(err, COURANT_USAGE, "a %% in a URL is followed by two hexadecimal digits (%%25 is a %% itself)");
		buffer_append_byte(ret, (char)(high * 16 + low));
		i += 2;
	}
	return buffer_check(ret, err);
}

static int parse_parameters(struct target *target, slice query, courant_error **err)
{
	for (slice one; slice_next(&query, '&', &one);) {
		AUTO(buffer) struct buffer name = BUFFER_LIMIT(URL_MAX_BYTES);
		AUTO(buffer) struct buffer value = BUFFER_LIMIT(URL_MAX_BYTES);
		const size_t equals = slice_find(one, '=');

		if (equals == SLICE_NONE)
			return fail(err, COURANT_USAGE, "a server parameter is NAME=VALUE: \"%.*s\"", SLICE_ARGS(one));
		if (decode(slice_part(one, 0, equals), &name, err) < 0 || decode(slice_after(one, equals + 1), &value, err) < 0 ||
		    target_set(target, buffer_peek(&name), buffer_peek(&value), err) < 0)
			return -1;
	}
	return 0;
}

static int parse_user(struct target *target, slice text, courant_error **err)
{
	AUTO(buffer) struct buffer user = BUFFER_LIMIT(URL_MAX_BYTES);

	/* Said without the text: it may be the password. */
	if (slice_find(text, ':') != SLICE_NONE)
		return fail(err, COURANT_USAGE, "a password has no place in a server's URL: others can see it there");
	return decode(text, &user, err) < 0 ? -1 : target_set_user(target, buffer_peek(&user), err);
}

static int parse_host(struct target *target, slice text, courant_error **err)
{
	AUTO(buffer) struct buffer decoded = BUFFER_LIMIT(URL_MAX_BYTES);
	AUTO(buffer) struct buffer ascii = BUFFER_LIMIT(URL_MAX_BYTES);
	slice host;

	if (decode(text, &decoded, err) < 0 || address_split(buffer_peek(&decoded), &host, &target->port, err) < 0)
		return -1;
	if (host.len == 0)
		return fail(err, COURANT_USAGE, "the server's URL names no host");
	if (address_is_numeric(host)) {
		buffer_append(&ascii, host);
	} else if (slice_find(host, ':') != SLICE_NONE) {
		return fail(err, COURANT_USAGE, "not an IPv6 address, nor a host and one port");
	} else {
		AUTO(error) courant_error *why = NULL;

		if (idn_to_ascii(host, &ascii, &why) < 0)
			return courant_error_code(why) == COURANT_NO_MEMORY
				       ? fail_memory(err)
				       : fail(err, COURANT_USAGE, "not a host name: %s", courant_error_sentence(why));
	}

	char *taken;

	if (buffer_take(&ascii, &taken, NULL, err) < 0)
		return -1;
	take_text(&target->host, taken);
	return 0;
}

static int parse_authority(struct target *target, slice rest, courant_error **err)
{
	const size_t question = slice_find(rest, '?');
	slice authority = slice_part(rest, 0, question);
	const slice query = question == SLICE_NONE ? SLICE("") : slice_after(rest, question + 1);

	if (slice_ends(authority, SLICE("/")))
		authority.len--;
	if (slice_find(authority, '/') != SLICE_NONE)
		return fail(err, COURANT_USAGE, "a mail server's URL has no path: \"%.*s\"", SLICE_ARGS(authority));

	/* The last one, for users are often mail addresses themselves. */
	const size_t at = slice_find_last(authority, '@');

	if (at != SLICE_NONE && parse_user(target, slice_part(authority, 0, at), err) < 0)
		return -1;
	if (parse_host(target, at == SLICE_NONE ? authority : slice_after(authority, at + 1), err) < 0)
		return -1;
	return query.len ? parse_parameters(target, query, err) : 0;
}

/* "maildir:PATH", "sendmail:" */
static int parse_path(struct target *target, slice text, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(URL_MAX_BYTES);

	target->tls = COURANT_TLS_NONE;
	if (target->kind == TARGET_SENDMAIL && text.len == 0)
		text = SLICE(SENDMAIL_PATH);
	if (decode(text, &path, err) < 0)
		return -1;
	if (path.len == 0 || memchr(path.bytes, '\0', path.len))
		return fail(err, COURANT_USAGE, "the target names no file: \"%.*s\"", SLICE_ARGS(text));
	return buffer_take(&path, &target->path, NULL, err);
}

/* "lmtp+unix:///run/lmtp?hello=me" */
static int parse_socket(struct target *target, slice rest, courant_error **err)
{
	const size_t question = slice_find(rest, '?');
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(URL_MAX_BYTES);

	target->tls = COURANT_TLS_NONE;
	if (decode(slice_part(rest, 0, question), &path, err) < 0)
		return -1;
	if (path.len < 2 || path.bytes[0] != '/' || memchr(path.bytes, '\0', path.len))
		return fail(err, COURANT_USAGE, "not the path of a socket: \"%.*s\" (lmtp+unix:///run/lmtp)", SLICE_ARGS(rest));
	if (buffer_take(&path, &target->host, NULL, err) < 0)
		return -1;
	return question == SLICE_NONE ? 0 : parse_parameters(target, slice_after(rest, question + 1), err);
}

/* "mx:?source=192.0.2.7" */
static int parse_mx(struct target *target, slice rest, courant_error **err)
{
	target->tls = COURANT_TLS_OPPORTUNISTIC;
	if (rest.len == 0)
		return 0;
	if (rest.ptr[0] != '?')
		return fail(err, COURANT_USAGE, "mx: names no host, for the recipients' domains do: \"%.*s\"", SLICE_ARGS(rest));
	return parse_parameters(target, slice_after(rest, 1), err);
}

static const struct scheme {
	const char *prefix;
	enum target_kind kind;
	enum courant_protocol protocol;
	bool is_tls_first;
	int (*parse)(struct target *, slice rest, courant_error **err);
} schemes[] = {
	{"smtp://", TARGET_SMTP, COURANT_SMTP, false, parse_authority},
	{"smtps://", TARGET_SMTP, COURANT_SMTP, true, parse_authority},
	{"lmtp://", TARGET_SMTP, COURANT_LMTP, false, parse_authority},
	{"lmtp+unix://", TARGET_SMTP, COURANT_LMTP, false, parse_socket},
	{"mx:", TARGET_MX, COURANT_SMTP, false, parse_mx},
	{"sendmail:", TARGET_SENDMAIL, COURANT_SMTP, false, parse_path},
	{"maildir:", TARGET_MAILDIR, COURANT_SMTP, false, parse_path},
	{"file:", TARGET_FILE, COURANT_SMTP, false, parse_path},
};

/* "qq", "me@example.com@gmail", "outlook?timeout=30": a provider's name in the place of a URL. */
static int parse_provider(slice text, struct target *ret, courant_error **err)
{
	const size_t question = slice_find(text, '?');
	const slice front = slice_part(text, 0, question);
	const size_t at = slice_find_last(front, '@');
	const slice name = at == SLICE_NONE ? front : slice_after(front, at + 1);
	const struct provider *provider = provider_find(name);
	AUTO(target) struct target target = {.kind = TARGET_SMTP};

	if (!provider) {
		const char *nearest = nearest_word(name, provider_names());

		return fail(err, COURANT_USAGE,
			    "not a mail server's URL: \"%.*s\" (smtp://[user@]host[:port], smtps://, lmtp://, mx:, sendmail:, maildir:, file:, or a provider%s%s%s)",
			    SLICE_ARGS(text), nearest ? ": did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
	}
	target.port = provider->port;
	target.is_tls_first = provider->is_tls_first;
	target.tls = provider->is_tls_first ? COURANT_TLS_IMPLICIT : COURANT_TLS_STARTTLS;
	target.host = mem_copy_text(provider->host);
	if (!target.host)
		return fail_memory(err);
	if ((at != SLICE_NONE && parse_user(&target, slice_part(front, 0, at), err) < 0) ||
	    (question != SLICE_NONE && parse_parameters(&target, slice_after(text, question + 1), err) < 0))
		return -1;
	*ret = target;
	target = (struct target){0};
	return 0;
}

static int parse_url(slice url, struct target *ret, courant_error **err)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		const struct scheme *scheme = &schemes[i];
		const slice prefix = slice_of(scheme->prefix);

		if (!slice_starts_nocase(url, prefix))
			continue;

		AUTO(target) struct target target = {.kind = scheme->kind, .protocol = scheme->protocol, .is_tls_first = scheme->is_tls_first};

		if (target.is_tls_first)
			target.tls = COURANT_TLS_IMPLICIT;
		if (scheme->parse(&target, slice_after(url, prefix.len), err) < 0)
			return -1;
		*ret = target;
		target = (struct target){0};
		return 0;
	}
	return parse_provider(url, ret, err);
}

/* Whether there is a colon, and an '@' somewhere behind it, whatever the password between them is made of. Only a proxy has a login of its own. */
static bool may_hold_password(slice url)
{
	const size_t scheme = slice_find_slice(url, SLICE("://"));
	const slice rest = scheme != SLICE_NONE && slice_find(url, ':') == scheme ? slice_after(url, scheme + 3) : url;
	bool has_colon = false, is_proxy = false;

	for (size_t i = 0; i < rest.len; i++) {
		if (rest.ptr[i] == '?' || rest.ptr[i] == '&')
			is_proxy = slice_starts(slice_after(rest, i + 1), SLICE("proxy="));
		else if (rest.ptr[i] == ':')
			has_colon = true;
		else if (rest.ptr[i] == '@' && has_colon && !is_proxy)
			return true;
	}
	return false;
}

int target_parse(slice url, struct target *ret, courant_error **err)
{
	AUTO(error) courant_error *why = NULL;

	if (url.len > URL_MAX_BYTES || !printable_is(url))
		return fail(err, COURANT_USAGE, "the server's URL is too long or holds control characters");
	if (parse_url(url, ret, &why) == 0)
		return 0;
	/* The sentence may quote a part of it. */
	if (courant_error_code(why) == COURANT_USAGE && may_hold_password(url))
		return fail(err, COURANT_USAGE,
			    "a password has no place in a server's URL: others can see it there (smtp://user@host:port?name=value; an @ in a value is %%40)");
	return fail_pass(err, STEAL(why));
}

static bool is_this_machine(const char *host)
{
	struct net_address address;

	return slice_equal(slice_of(host), SLICE("localhost")) ||
	       (address_parse_numeric(slice_of(host), 0, &address) && address_is_loopback(&address));
}

int target_finish(struct target *target, courant_error **err)
{
	if (target->is_tls_first && target->tls != COURANT_TLS_IMPLICIT)
		return fail(err, COURANT_USAGE, "smtps:// is TLS from the start, tls= says otherwise");
	if (target->key && !target->certificate)
		return fail(err, COURANT_USAGE, "a client key (key) is of no use without its certificate (cert)");
	if (target->kind == TARGET_MX && target->port == 0)
		target->port = PORT_SMTP;
	if (target->kind == TARGET_MX)
		return target->user ? fail(err, COURANT_USAGE, "who would log in where? With mx: the servers are strangers") : 0;
	if (target->kind != TARGET_SMTP)
		return target->user ? fail(err, COURANT_USAGE, "who would log in where? This target is no server") : 0;
	if (target->protocol == COURANT_LMTP && !target->is_tls_said && !target->user && is_this_machine(target->host))
		target->tls = COURANT_TLS_NONE;
	if (target->port == 0 && target->protocol == COURANT_LMTP)
		target->port = PORT_LMTP;
	if (target->port == 0)
		target->port = target->tls == COURANT_TLS_IMPLICIT ? PORT_SMTPS : target->user ? PORT_SUBMISSION : PORT_SMTP;
	return 0;
}

void target_write(struct buffer *into, const struct target *target)
{
	if (target->kind == TARGET_MX) {
		buffer_append(into, SLICE("the domain's server"));
		return;
	}
	if (target->path || slice_starts(slice_of(target->host), SLICE("/"))) {
		buffer_append(into, slice_of(target->path ? target->path : target->host));
		return;
	}

	const bool is_v6 = strchr(target->host, ':') != NULL;

	buffer_printf(into, "%s%s%s:%u", is_v6 ? "[" : "", target->host, is_v6 ? "]" : "", (unsigned)target->port);
}
