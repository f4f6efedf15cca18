/* SPDX-License-Identifier: MIT */
/* agents.h - user agents: what stands in a line as its agent becomes what it is, a robot with its name and kind, or a person's browser, system and device
 *
 * Each distinct text is looked at once and then known by 64 bits of a keyed hash; the text itself is not kept. Texts that are the same in all respects share
 * one `struct agent`, so there are few of these however many texts come. One `struct agents` serves several threads: each has a small cache before it. */
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

/* Bounds the memory, before the first is added: texts that do not fit are forgotten, and looked at again when they come again; names of so many kinds that
 * they do not fit become "(others)". */
void agents_limit(struct agents *, size_t bytes);

/* What the text is; text.ptr NULL: the line has none. Lives as long as the agents. NULL: no memory. Any thread may call it; who has many uses a cache. */
const struct agent *agents_add(struct agents *, slice text, courant_error **err);

/* The agent that is described so, added when it is new; its id does not matter. NULL: no memory. Any thread may call it. */
const struct agent *agents_describe(struct agents *, const struct agent *description, courant_error **err);

/* While nobody adds. */
const struct agent *agents_at(const struct agents *, uint32_t id);

/* ---- one thread's cache ---- */

#define AGENT_CACHE_SLOTS 8192

struct agent_slot {
	uint64_t hash;
	const struct agent *agent; /* NULL: free */
};

struct agent_look;

struct agent_cache {
	struct agents *agents;
	struct agent_look *look;
	struct agent_slot *slots; /* each hash has but one place */
};

/* The agents are borrowed. */
int agent_cache_init(struct agent_cache *, struct agents *, courant_error **err);
void agent_cache_release(struct agent_cache *);

/* Brings what a look-up will touch nearer. */
static inline void agent_cache_fetch(const struct agent_cache *cache, uint64_t hash)
{
	__builtin_prefetch(&cache->slots[hash % AGENT_CACHE_SLOTS]);
}

const struct agent *agent_cache_fill(struct agent_cache *, uint64_t hash, slice text, courant_error **err);

static inline const struct agent *agent_cache_find(struct agent_cache *cache, uint64_t hash, slice text, courant_error **err)
{
	const struct agent_slot *slot = &cache->slots[hash % AGENT_CACHE_SLOTS];

	return slot->agent && slot->hash == hash ? slot->agent : agent_cache_fill(cache, hash, text, err);
}
#endif
