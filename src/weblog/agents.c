/* SPDX-License-Identifier: MIT */
/* agents.c - user agents: each distinct one is looked at once (agents.h) */
#include "weblog/agents.h"

#include "base/alloc.h"

#define OTHER SLICE("Other")

/* The table's value beside the agent's text. */
struct entry {
	struct agent agent;
};

struct agents {
	uint64_t seed;
	struct keys keys; /* struct entry */
	uint32_t *refs;   /* by id */
	size_t n, space;
};

const char *robot_kind_name(enum robot_kind kind)
{
	static const char *const names[ROBOT_KINDS] = {
		[ROBOT_NONE] = "",         [ROBOT_SEARCH] = "search", [ROBOT_AI] = "ai",     [ROBOT_MONITOR] = "monitor",
		[ROBOT_FEED] = "feed",     [ROBOT_TOOL] = "tool",     [ROBOT_SUSPECTED] = "suspected",
	};

	return names[kind];
}

struct agents *agents_new(uint64_t seed, courant_error **err)
{
	struct agents *agents = mem_alloc(sizeof *agents);

	if (!agents) {
		(void)fail_memory(err);
		return NULL;
	}
	agents->seed = seed;
	keys_init(&agents->keys, sizeof(struct entry));
	return agents;
}

void agents_free(struct agents *agents)
{
	if (!agents)
		return;
	keys_release(&agents->keys);
	free(agents->refs);
	free(agents);
}

static void classify(struct agent *agent, slice text)
{
	if (text.len == 0 || slice_equal(text, SLICE("-"))) {
		agent->kind = ROBOT_SUSPECTED;
		agent->robot = SLICE("(no user agent)");
		return;
	}
	agent->browser = agent->system = agent->device = OTHER;
}

const struct agent *agents_add(struct agents *agents, slice text, courant_error **err)
{
	bool is_new;
	const uint32_t ref = keys_add(&agents->keys, keys_hash(text, agents->seed), text, &is_new);

	if (ref == KEYS_NONE) {
		(void)fail_memory(err);
		return NULL;
	}

	struct entry *entry = keys_value(&agents->keys, ref);

	if (!is_new)
		return &entry->agent;
	if (agents->n == agents->space) {
		const size_t space = agents->space ? 2 * agents->space : 64;
		uint32_t *refs = mem_resize(agents->refs, space, sizeof *refs);

		if (!refs) {
			(void)fail_memory(err);
			return NULL;
		}
		agents->refs = refs;
		agents->space = space;
	}
	entry->agent.id = (uint32_t)agents->n;
	agents->refs[agents->n++] = ref;
	classify(&entry->agent, keys_key(&agents->keys, ref));
	return &entry->agent;
}

const struct agent *agents_at(const struct agents *agents, uint32_t id)
{
	return &((const struct entry *)keys_value(&agents->keys, agents->refs[id]))->agent;
}
