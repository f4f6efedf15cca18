/* SPDX-License-Identifier: MIT */
/* outlet_own.h - what the ways out (outlet.h) share */
#ifndef COURANT_CLIENT_OUTLET_OWN_H
#define COURANT_CLIENT_OUTLET_OWN_H
#include "client/outlet.h"

/* One way. The object begins with a struct outlet. */
struct outlet_calls {
	struct outlet *(*make)(const struct outlet_options *, courant_error **err);
	int (*send)(struct outlet *, const struct courant_mail *, courant_error **err);
	int (*finish)(struct outlet *, courant_error **err);
	/* NULL: there is no connection to try. */
	int (*try)(struct outlet *, outlet_try_fn *, void *context, courant_error **err);
	/* NULL, all four: send() does the whole of it. */
	size_t (*room)(const struct outlet *);
	int (*submit)(struct outlet *, const struct courant_mail *, courant_error **err);
	int (*step)(struct outlet *, int64_t until_ms, courant_error **err);
	void (*stop)(struct outlet *);
	void (*free)(struct outlet *);
};

struct outlet {
	const struct outlet_calls *calls;
	struct outlet_options options;
};

extern const struct outlet_calls outlet_file, outlet_maildir, outlet_mx, outlet_sendmail, outlet_smtp;

/* Reports one mail that went out (or, with an error, did not) as a whole. `words` stands in the results of one that did. Takes the error. */
void outlet_tell(struct outlet *, const struct courant_mail *, courant_error *why, const char *words, int64_t begun_ms);

/* What an error before or beside the dialogue makes of the recipients: refused, deferred or (the program has it) unknown. */
enum courant_outcome outlet_outcome_of(const courant_error *);
#endif
