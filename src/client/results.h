/* SPDX-License-Identifier: MIT */
/* results.h - what became of each recipient, kept after the engine has forgotten it */
#ifndef COURANT_CLIENT_RESULTS_H
#define COURANT_CLIENT_RESULTS_H
#include <courant/engine.h>

#include "base/fail.h"

struct results {
	struct courant_result *at; /* texts are ours */
	size_t n;
};

/* n recipients of whom nothing is known yet: deferred, without words. Forgets what was there. */
int results_init(struct results *, size_t n, courant_error **err);
void results_release(struct results *);
AUTO_DEFINE_VALUE(results, struct results, results_release)

/* Copies the result; without memory its words are lost, not its outcome. */
void results_set(struct results *, size_t i, const struct courant_result *);

/* Of those of whom nothing is known still. */
void results_set_rest(struct results *, enum courant_outcome, slice words);

/* Whether the server has said anything about this recipient, or may have the mail for them: there is no asking it again. 421 is a goodbye to all. */
bool result_is_begun(const struct courant_result *);

/* The worst that happened: unknown, else deferred, else refused, else accepted. */
enum courant_outcome results_worst(const struct results *);

/* 0 when all were accepted, else the sentence about the worst one. */
int results_fail(const struct results *, const struct courant_mail *, const char *host, courant_error **err);
#endif
