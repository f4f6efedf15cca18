/* SPDX-License-Identifier: MIT */
/* target.h - what is probed: an address in the web and what is expected of its answer
 *
 * The same options stand in courant.yaml (targets:) and on the command line. */
#ifndef COURANT_SAMPLES_TARGET_H
#define COURANT_SAMPLES_TARGET_H
#include <stdint.h>

#include "base/buffer.h"

#define TARGET_STATUSES_MAX   16
#define TARGET_TIMEOUT_MS     10000 /* what is slower does not work for anybody */
#define TARGET_LIMIT_BYTES    ((size_t)1 << 20) /* of a body; the rest is not fetched */

struct probe_target {
	char *url;
	char *name;         /* the URL's own, unless it has another */
	struct {
		unsigned from, to; /* both included */
	} statuses[TARGET_STATUSES_MAX];
	size_t n_statuses;  /* 0: 200 to 399 */
	char *body;         /* a text that must be in the body; NULL: any */
	char *ca_file, *proxy; /* NULL: none */
	int64_t timeout_ms;
	int64_t every_ms;   /* how often it is probed; 0: told by the probes themselves */
	bool follows;       /* redirects */
	bool is_head;       /* HEAD instead of GET */
};

/* The names of the options, NULL at the end: "name", "url", "status" … */
extern const char *const probe_target_options[];

void probe_target_init(struct probe_target *);
void probe_target_release(struct probe_target *);

/* Sets one of the options; a list's items one after the other. COURANT_CONFIG: the value makes no sense; the sentence does not name the option. */
int probe_target_set(struct probe_target *, const char *option, slice value, courant_error **err);

/* When all is set: the name is the URL's without one. COURANT_CONFIG without a URL. */
int probe_target_finish(struct probe_target *, courant_error **err);

bool probe_target_expects(const struct probe_target *, unsigned status);
#endif
