/* SPDX-License-Identifier: MIT */
/* outlet.c - finds the way out for a target */
#include "client/outlet.h"

#include "client/outlet_own.h"

static const struct outlet_calls *const ways[] = {
	[TARGET_SMTP] = &outlet_smtp,
};

struct outlet *outlet_new(const struct outlet_options *options, courant_error **err)
{
	const struct outlet_calls *calls = ways[options->target->kind];
	struct outlet *outlet = calls->make(options, err);

	if (outlet) {
		outlet->calls = calls;
		outlet->options = *options;
		/* The way has made its own copies. */
		outlet->options.password = outlet->options.token = NULL;
	}
	return outlet;
}

int outlet_send(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	return outlet->calls->send(outlet, mail, err);
}

int outlet_finish(struct outlet *outlet, courant_error **err)
{
	return outlet->calls->finish(outlet, err);
}

void outlet_free(struct outlet *outlet)
{
	if (outlet)
		outlet->calls->free(outlet);
}
