/* SPDX-License-Identifier: MIT */
/* lanes_make.c - what all connections have in common: the target, its TLS and login */
#include "client/lanes_own.h"

#include "base/alloc.h"
#include "base/secret.h"
#include "net/tls.h"

#define CONNECTIONS_MAX 1000
#define WINDOW_MAX      1000

void lanes_free(struct lanes *lanes)
{
	if (!lanes)
		return;
	for (unsigned i = 0; lanes->at && i < lanes->n; i++)
		lane_release(&lanes->at[i]);
	deliveries_release(&lanes->waiting);
	tls_context_free(lanes->tls);
	courant_error_free(lanes->why);
	secret_free(lanes->password);
	secret_free(lanes->token);
	free(lanes->name);
	free(lanes->at);
	free(lanes);
}

static unsigned within(unsigned wanted, unsigned most)
{
	return wanted == 0 ? 1 : wanted > most ? most : wanted;
}

static int make_lanes(struct lanes *lanes, courant_error **err)
{
	lanes->at = mem_array(lanes->n, sizeof *lanes->at);
	if (!lanes->at)
		return fail_memory(err);
	for (unsigned i = 0; i < lanes->n; i++)
		if (lane_init(&lanes->at[i], lanes->n_slots, err) < 0)
			return -1;
	return 0;
}

static int make_tls(struct lanes *lanes, const struct target *target, courant_error **err)
{
	const struct tls_policy policy = {
		.ca_file = target->ca_file,
		.pin = target->pin,
		.certificate_file = target->certificate,
		.key_file = target->key,
		.minimum = target->tls_minimum,
		.is_opportunistic = target->tls == COURANT_TLS_OPPORTUNISTIC,
	};

	if (target->tls == COURANT_TLS_NONE)
		return 0;
	lanes->tls = tls_context_new_client(&policy, err);
	return lanes->tls ? 0 : -1;
}

static int make_texts(struct lanes *lanes, const struct outlet_options *options, courant_error **err)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(1024);

	target_write(&name, options->target);
	lanes->password = mem_copy_text(options->password);
	lanes->token = mem_copy_text(options->token);
	if ((options->password && !lanes->password) || (options->token && !lanes->token))
		return fail_memory(err);
	return buffer_take(&name, &lanes->name, NULL, err);
}

/* What the engine would refuse is found before anything is connected. */
static int try_options(const struct target *target, courant_error **err)
{
	const struct courant_login login = {.user = target->user, .mechanisms = target->mechanisms};
	courant_engine *engine =
		courant_engine_new(&(struct courant_engine_options){.hello = target->hello, .login = target->user ? &login : NULL}, err);

	courant_engine_free(engine);
	return engine ? 0 : -1;
}

struct lanes *lanes_new(const struct outlet_options *options, struct pace *pace, courant_error **err)
{
	AUTO(lanes) struct lanes *lanes = mem_alloc(sizeof *lanes);

	if (!lanes) {
		(void)fail_memory(err);
		return NULL;
	}
	lanes->options = *options;
	lanes->options.password = lanes->options.token = NULL;
	lanes->pace = pace;
	deliveries_init(&lanes->waiting);
	lanes->n = within(options->connections, CONNECTIONS_MAX);
	/* One more than the window: its envelope goes out with the last one's end. */
	lanes->n_slots = within(options->window, WINDOW_MAX) + 1;
	if (make_lanes(lanes, err) < 0 || try_options(options->target, err) < 0 || make_texts(lanes, options, err) < 0 ||
	    make_tls(lanes, options->target, err) < 0)
		return NULL;
	return STEAL(lanes);
}

int lanes_begin_link(struct lanes *lanes, struct lane *lane, int64_t now_ms, courant_error **err)
{
	const struct outlet_options *options = &lanes->options;
	const struct target *target = options->target;
	const struct link_options link = {
		.dial = {.host = target->host, .port = target->port, .source = target->source, .proxy = target->proxy.host ? &target->proxy : NULL},
		.name = lanes->name,
		.verify_name = target->verify_name ? target->verify_name : target->host,
		.tls = lanes->tls,
		.connect_timeout_ms = (int64_t)target->timeout_ms,
		.engine = {.protocol = target->protocol,
			   .tls = target->tls,
			   .no_starttls = lanes->goes_in_clear,
			   .hello = target->hello,
			   .login = target->user && !target->no_login ? &lanes->login : NULL,
			   .window = lanes->n_slots - 1,
			   .timeout_ms = target->timeout_ms,
			   .trace = options->trace,
			   .trace_context = options->trace_context},
	};

	/* The link makes its engine when it is connected, long after this function has returned. */
	lanes->login = (struct courant_login){.user = target->user, .password = lanes->password, .token = lanes->token,
					      .mechanisms = target->mechanisms, .host = target->host, .port = target->port};
	lane->link = link_new(&link, now_ms, err);
	if (!lane->link)
		return -1;
	lanes->goes_in_clear = false;
	return 0;
}
