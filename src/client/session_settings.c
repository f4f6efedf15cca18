/* SPDX-License-Identifier: MIT */
/* session_settings.c - what is said of a session before it connects */
#include "base/alloc.h"
#include "client/link.h"
#include "client/session.h"
#include "net/tls.h"

void courant_smtp_set_protocol(courant_smtp *smtp, enum courant_protocol protocol)
{
	smtp->protocol = protocol;
}

void courant_smtp_set_timeout(courant_smtp *smtp, uint64_t timeout_ms)
{
	smtp->timeout_ms = timeout_ms;
}

void courant_smtp_set_trace(courant_smtp *smtp, courant_trace_fn *trace, void *context)
{
	smtp->trace = trace;
	smtp->trace_context = context;
}

void courant_smtp_set_progress(courant_smtp *smtp, courant_progress_fn *progress, void *context)
{
	smtp->progress = progress;
	smtp->progress_context = context;
}

int courant_smtp_set_hello(courant_smtp *smtp, const char *name, courant_error **err)
{
	/* The engine knows what a name may look like. */
	const struct courant_engine_options probe = {.hello = name};
	courant_engine *engine = courant_engine_new(&probe, err);

	if (!engine)
		return -1;
	courant_engine_free(engine);

	char *copy = mem_copy_text(name);

	if (!copy)
		return fail_memory(err);
	free(smtp->hello);
	smtp->hello = copy;
	return 0;
}

int courant_smtp_set_source(courant_smtp *smtp, const char *address, courant_error **err)
{
	if (address && !address_is_numeric(slice_of(address)))
		return fail(err, COURANT_USAGE, "not an IP address to connect from: \"%s\"", address);

	char *copy = mem_copy_text(address);

	if (address && !copy)
		return fail_memory(err);
	free(smtp->source);
	smtp->source = copy;
	return 0;
}

int courant_smtp_set_proxy(courant_smtp *smtp, const char *url, courant_error **err)
{
	struct proxy proxy = {0};

	if (url && proxy_parse(slice_of(url), &proxy, err) < 0)
		return -1;
	proxy_release(&smtp->proxy);
	smtp->proxy = proxy;
	return 0;
}

int session_take_tls(courant_smtp *smtp, const struct courant_tls_options *options, courant_error **err)
{
	static const struct courant_tls_options defaults;

	if (!options)
		options = &defaults;

	const struct tls_policy policy = {
		.ca_file = options->ca_file,
		.ca_folder = options->ca_folder,
		.ca_pem = slice_of(options->ca_pem),
		.pin = options->pin,
		.certificate_file = options->certificate_file,
		.key_file = options->key_file,
		.certificate_pem = slice_of(options->certificate_pem),
		.key_pem = slice_of(options->key_pem),
		.minimum = options->minimum,
		.is_opportunistic = smtp->tls == COURANT_TLS_OPPORTUNISTIC,
	};
	struct tls_context *context = tls_context_new_client(&policy, err);

	if (!context)
		return -1;

	char *name = mem_copy_text(options->verify_name);

	if (options->verify_name && !name) {
		tls_context_free(context);
		return fail_memory(err);
	}
	tls_context_free(smtp->tls_context);
	free(smtp->verify_name);
	smtp->tls_context = context;
	smtp->verify_name = name;
	return 0;
}

int courant_smtp_set_tls(courant_smtp *smtp, enum courant_tls tls, const struct courant_tls_options *options, courant_error **err)
{
	if (smtp->link)
		return fail(err, COURANT_USAGE, "how TLS is used is said before connecting");
	smtp->tls = tls;
	return tls == COURANT_TLS_NONE ? 0 : session_take_tls(smtp, options, err);
}
