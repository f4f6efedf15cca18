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
	void (*free)(struct outlet *);
};

struct outlet {
	const struct outlet_calls *calls;
	struct outlet_options options;
};

extern const struct outlet_calls outlet_smtp;
#endif
