/* SPDX-License-Identifier: MIT */
/* agent_match.h - which rules may match an agent, and which one does
 *
 * One pass over the agent finds every word that some rule cannot do without; only the rules whose words are there are tried, in their order, by PCRE2 with a
 * limit on its work. Rules are compiled when they are first tried. */
#ifndef COURANT_WEBLOG_AGENT_MATCH_H
#define COURANT_WEBLOG_AGENT_MATCH_H
#include "base/buffer.h"
#include "weblog/agent_rules.h"

#define AGENT_MAX_BYTES 512 /* of a longer one, only the beginning is looked at for names of robots */

struct agent_matcher; /* the rules, for all threads */
struct agent_look;    /* one thread's look at an agent */

struct agent_matcher *agent_matcher_new(courant_error **err);
void agent_matcher_free(struct agent_matcher *);
AUTO_DEFINE(agent_matcher, struct agent_matcher, agent_matcher_free)

/* The matcher is borrowed. */
struct agent_look *agent_look_new(struct agent_matcher *, courant_error **err);
void agent_look_free(struct agent_look *);
AUTO_DEFINE(agent_look, struct agent_look, agent_look_free)

/* Looks at an agent of at most AGENT_MAX_BYTES; what follows is asked of it, until the next one. Borrows the text. */
void agent_look_at(struct agent_look *, slice text);

/* The first of the names (agent_names.h) that stand in it, or SLICE_NONE. */
size_t agent_look_name(const struct agent_look *);

/* Writes family and major version by the first rule of the list that matches; false when none does. `major` may be NULL. */
bool agent_look_find(struct agent_look *, enum agent_list, struct buffer *family, struct buffer *major);
#endif
