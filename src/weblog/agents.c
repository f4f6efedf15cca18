/* SPDX-License-Identifier: MIT */
/* agents.c - user agents: each distinct one is looked at once (agents.h) */
#include "weblog/agents.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "weblog/agent_match.h"
#include "weblog/agent_names.h"

#define OTHER            SLICE("Other")
#define FAMILY_MAX_BYTES ((size_t)8 * AGENT_MAX_BYTES)
#define NAME_MAX_BYTES   60
#define EXAMINED_MAX     1000000 /* distinct agents; those that follow are looked at for names of robots only */

/* The table's value beside the agent's text. */
struct entry {
	struct agent agent;
};

struct agents {
	uint64_t seed;
	struct keys keys;  /* struct entry */
	struct keys names; /* of families, and robots without a row in agent_names */
	struct agent_matcher *matcher;
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
	keys_init(&agents->names, 0);
	agents->matcher = agent_matcher_new(err);
	if (agents->matcher)
		return agents;
	agents_free(agents);
	return NULL;
}

void agents_free(struct agents *agents)
{
	if (!agents)
		return;
	keys_release(&agents->keys);
	keys_release(&agents->names);
	agent_matcher_free(agents->matcher);
	free(agents->refs);
	free(agents);
}

/* ---- what an agent is ---- */

/* Keeps a name: families that rules put together come from strangers' bytes. */
static int keep(struct agents *agents, slice name, slice *ret, courant_error **err)
{
	bool is_new;
	const uint32_t ref = keys_add(&agents->names, keys_hash(name, agents->seed), name, &is_new);

	if (ref == KEYS_NONE)
		return fail_memory(err);
	*ret = keys_key(&agents->names, ref);
	return 0;
}

/* The family by the rules, or "Other". */
static int find_family(struct agents *agents, enum agent_list list, slice *ret, courant_error **err)
{
	AUTO(buffer) struct buffer family = BUFFER_LIMIT(FAMILY_MAX_BYTES);
	slice name;

	*ret = OTHER;
	if (!agent_matcher_find(agents->matcher, list, &family, NULL))
		return 0;
	if (buffer_slice(&family, &name, err) < 0)
		return -1;
	return name.len ? keep(agents, name, ret, err) : 0;
}

static bool holds(slice text, slice word)
{
	for (; text.len >= word.len; text = slice_after(text, 1))
		if (slice_starts_nocase(text, word))
			return true;
	return false;
}

static bool is_name_byte(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* The word that has "bot", "spider" or "crawl" in it; else the first one that is not Mozilla. */
static slice robot_name(slice text)
{
	static const char *const signs[] = {"bot", "spider", "crawl"};
	slice first = {NULL, 0};

	while (text.len) {
		size_t len = 0;

		while (len < text.len && is_name_byte(text.ptr[len]))
			len++;

		const slice word = slice_part(text, 0, len < NAME_MAX_BYTES ? len : NAME_MAX_BYTES);

		for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
			if (holds(word, slice_of(signs[i])))
				return word;
		if (!first.len && len > 1 && !slice_equal(word, SLICE("Mozilla")) && !ascii_is_digit(word.ptr[0]))
			first = word;
		text = slice_after(text, len + 1);
	}
	return first.len ? first : SLICE("(unnamed)");
}

static int classify(struct agents *agents, struct agent *agent, slice text, courant_error **err)
{
	if (text.len == 0 || slice_equal(text, SLICE("-"))) {
		agent->kind = ROBOT_SUSPECTED;
		agent->robot = SLICE("(no user agent)");
		return 0;
	}
	agent->browser = agent->system = agent->device = OTHER;
	agent_matcher_look(agents->matcher, text);

	const size_t known = agent_matcher_name(agents->matcher);
	const struct agent_name *name = known == SLICE_NONE ? NULL : &agent_names[known];

	if (name && name->kind != ROBOT_NONE) {
		agent->kind = name->kind;
		agent->robot = slice_of(name->name);
		return name->name ? 0 : keep(agents, robot_name(text), &agent->robot, err);
	}
	/* So many different or so long agents are nobody's program. */
	if (text.len > AGENT_MAX_BYTES || agents->n > EXAMINED_MAX)
		return 0;
	if (find_family(agents, AGENT_DEVICES, &agent->device, err) < 0)
		return -1;
	if (!name && (slice_equal(agent->device, SLICE("Spider")) || slice_find(text, '@') != SLICE_NONE)) {
		agent->kind = ROBOT_TOOL;
		return keep(agents, robot_name(text), &agent->robot, err);
	}
	if (name && name->name)
		agent->browser = slice_of(name->name);
	else if (find_family(agents, AGENT_BROWSERS, &agent->browser, err) < 0)
		return -1;
	/* "Mozilla/5.0 (compatible; Name/1.0)": a program that only pretends, when no browser is known by that name. */
	if (slice_starts(text, SLICE("Mozilla/5.0 (compatible")) && slice_equal(agent->browser, OTHER)) {
		agent->kind = ROBOT_TOOL;
		return keep(agents, robot_name(slice_after(text, sizeof "Mozilla/5.0 (compatible" - 1)), &agent->robot, err);
	}
	return find_family(agents, AGENT_SYSTEMS, &agent->system, err);
}

/* The entry of the text, with an id when it is new. */
static struct entry *add_entry(struct agents *agents, uint64_t hash, slice text, bool *ret_new, courant_error **err)
{
	const uint32_t ref = keys_add(&agents->keys, hash, text, ret_new);

	if (ref == KEYS_NONE) {
		(void)fail_memory(err);
		return NULL;
	}

	struct entry *entry = keys_value(&agents->keys, ref);

	if (!*ret_new)
		return entry;
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
	return entry;
}

uint64_t agents_hash(const struct agents *agents, slice text)
{
	const uint64_t hash = keys_hash(text, agents->seed);

	keys_prefetch_slot(&agents->keys, hash);
	return hash;
}

void agents_fetch(const struct agents *agents, uint64_t hash)
{
	const char *record = keys_guess(&agents->keys, hash);

	/* What it is, and the text that it is compared with: three lines of the cache, most of the time. */
	for (size_t i = 0; record && i < 3; i++)
		__builtin_prefetch(record + i * 64);
}

const struct agent *agents_add(struct agents *agents, slice text, courant_error **err)
{
	return agents_add_hashed(agents, keys_hash(text, agents->seed), text, err);
}

const struct agent *agents_add_hashed(struct agents *agents, uint64_t hash, slice text, courant_error **err)
{
	bool is_new;
	struct entry *entry = add_entry(agents, hash, text, &is_new, err);

	if (!entry || !is_new)
		return entry ? &entry->agent : NULL;
	return classify(agents, &entry->agent, agents_text(agents, entry->agent.id), err) < 0 ? NULL : &entry->agent;
}

const struct agent *agents_adopt(struct agents *agents, const struct agents *others, uint32_t id, courant_error **err)
{
	bool is_new;
	const slice text = agents_text(others, id);
	struct entry *entry = add_entry(agents, keys_hash(text, agents->seed), text, &is_new, err);

	if (!entry)
		return NULL;
	if (is_new) {
		const uint32_t own_id = entry->agent.id;

		entry->agent = *agents_at(others, id);
		entry->agent.id = own_id;
	}
	return &entry->agent;
}

slice agents_text(const struct agents *agents, uint32_t id)
{
	return keys_key(&agents->keys, agents->refs[id]);
}

size_t agents_count(const struct agents *agents)
{
	return agents->n;
}

const struct agent *agents_at(const struct agents *agents, uint32_t id)
{
	return &((const struct entry *)keys_value(&agents->keys, agents->refs[id]))->agent;
}
