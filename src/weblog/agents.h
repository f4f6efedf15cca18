/* SPDX-License-Identifier: MIT */
/* agents.h - user agents: each distinct one is looked at once
 *
 * What stands in a line as its user agent is interned with what it is: a robot with its name and kind, or a person's browser and system. */
#ifndef COURANT_WEBLOG_AGENTS_H
#define COURANT_WEBLOG_AGENTS_H
#include "base/fail.h"
#include "weblog/keys.h"

enum robot_kind { ROBOT_NONE, ROBOT_SEARCH, ROBOT_AI, ROBOT_MONITOR, ROBOT_FEED, ROBOT_TOOL, ROBOT_SUSPECTED, ROBOT_KINDS };

const char *robot_kind_name(enum robot_kind); /* "search" … */

/* Names borrow from tables of the program or from the agents. */
struct agent {
	uint32_t id;           /* 0, 1, 2 … in the order of first sight */
	enum robot_kind kind;
	slice robot;           /* name of a robot */
	slice browser, system; /* families of a person's programs; "Other" when they are not known */
	slice device;
};

struct agents;

struct agents *agents_new(uint64_t seed, courant_error **err);
void agents_free(struct agents *);
AUTO_DEFINE(agents, struct agents, agents_free)

/* The agent as it stands in the line; text.ptr NULL: the line has none. Lives as long as the agents. NULL: no memory. */
const struct agent *agents_add(struct agents *, slice text, courant_error **err);

/* The same in three steps, so that several look-ups can wait for memory together: the hash, whose slot is fetched; then what it points to is fetched; then the agent. */
uint64_t agents_hash(const struct agents *, slice text);
void agents_fetch(const struct agents *, uint64_t hash);
const struct agent *agents_add_hashed(struct agents *, uint64_t hash, slice text, courant_error **err);
const struct agent *agents_at(const struct agents *, uint32_t id);
slice agents_text(const struct agents *, uint32_t id);
size_t agents_count(const struct agents *);

/* Adds an agent that others have looked at; its names still borrow from them. NULL: no memory. */
const struct agent *agents_adopt(struct agents *, const struct agents *others, uint32_t id, courant_error **err);
#endif
