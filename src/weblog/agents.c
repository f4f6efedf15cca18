/* SPDX-License-Identifier: MIT */
/* agents.c - user agents: each distinct one is looked at once (agents.h) */
#include "weblog/agents.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "sketch/varint.h"
#include "weblog/agent_match.h"
#include "weblog/agent_names.h"

#define OTHER            SLICE("Other")
#define OTHERS           SLICE("(others)") /* whose names do not fit into the memory that is allowed */
#define FAMILY_MAX_BYTES ((size_t)8 * AGENT_MAX_BYTES)
#define NAME_MAX_BYTES   60
#define EXAMINED_MAX     1000000 /* distinct agents; those that follow are looked at for names of robots only */

struct known {
	uint64_t hash;
	const struct agent *agent; /* NULL: free */
};

struct agents {
	pthread_mutex_t lock;
	uint64_t seed;
	struct known *known; /* every text that has been looked at */
	size_t known_mask, n_known, n_examined;
	size_t limit_bytes; /* of each: what is known, descriptions, names; 0: none */
	struct keys descriptions; /* a struct agent each */
	struct keys names; /* of families, and robots without a row in agent_names */
	struct agent_matcher *matcher;
	uint32_t *refs;   /* of descriptions, by id */
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
	if (pthread_mutex_init(&agents->lock, NULL) != 0) {
		free(agents);
		(void)fail_memory(err);
		return NULL;
	}
	agents->seed = seed;
	keys_init(&agents->descriptions, sizeof(struct agent));
	keys_init(&agents->names, 0);
	agents->matcher = agent_matcher_new(err);
	if (agents->matcher)
		return agents;
	agents_free(agents);
	return NULL;
}

void agents_limit(struct agents *agents, size_t bytes)
{
	agents->limit_bytes = bytes / 3;
}

static bool is_full(const struct agents *agents, const struct keys *keys)
{
	return agents->limit_bytes && keys_bytes(keys) > agents->limit_bytes;
}

void agents_free(struct agents *agents)
{
	if (!agents)
		return;
	(void)pthread_mutex_destroy(&agents->lock); /* nobody holds it */
	keys_release(&agents->descriptions);
	keys_release(&agents->names);
	agent_matcher_free(agents->matcher);
	free(agents->known);
	free(agents->refs);
	free(agents);
}

/* ---- what an agent is ---- */

enum name { ROBOT_NAME, BROWSER_NAME, SYSTEM_NAME, DEVICE_NAME, NAMES };

static slice *name_of(struct agent *agent, enum name which)
{
	slice *const names[NAMES] = {
		[ROBOT_NAME] = &agent->robot,
		[BROWSER_NAME] = &agent->browser,
		[SYSTEM_NAME] = &agent->system,
		[DEVICE_NAME] = &agent->device,
	};

	return names[which];
}

/* Keeps a name: families that rules put together come from strangers' bytes. */
static int keep(struct agents *agents, slice name, slice *ret, courant_error **err)
{
	const uint64_t hash = keys_hash(name, agents->seed);
	uint32_t ref = keys_find(&agents->names, hash, name);

	*ret = OTHERS;
	if (ref == KEYS_NONE && is_full(agents, &agents->names))
		return 0;
	if (ref == KEYS_NONE)
		ref = keys_add_new(&agents->names, hash, name);
	if (ref == KEYS_NONE)
		return fail_memory(err);
	*ret = keys_key(&agents->names, ref);
	return 0;
}

/* What a text is, before its names are kept. */
struct finding {
	struct agent agent;
	unsigned to_keep;              /* names that borrow from the text or from the families: bits of enum name */
	struct buffer families[NAMES];
};

static void finding_release(struct finding *finding)
{
	for (size_t i = 0; i < NAMES; i++)
		buffer_release(&finding->families[i]);
}
AUTO_DEFINE_VALUE(finding, struct finding, finding_release)

static void set_name(struct finding *finding, enum name which, slice name)
{
	*name_of(&finding->agent, which) = name;
	finding->to_keep |= 1u << which;
}

/* The family by the rules, or "Other". */
static int find_family(struct finding *finding, struct agent_look *look, enum agent_list list, enum name which, courant_error **err)
{
	struct buffer *family = &finding->families[which];
	slice name;

	*family = (struct buffer)BUFFER_LIMIT(FAMILY_MAX_BYTES);
	if (!agent_look_find(look, list, family, NULL))
		return 0;
	if (buffer_slice(family, &name, err) < 0)
		return -1;
	if (name.len)
		set_name(finding, which, name);
	return 0;
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

/* A robot that is known by what stands in the text. */
static int name_robot(struct finding *finding, enum robot_kind kind, slice text)
{
	finding->agent.kind = kind;
	set_name(finding, ROBOT_NAME, robot_name(text));
	return 0;
}

/* Without the lock. */
static int classify(struct finding *finding, struct agent_look *look, bool is_one_of_too_many, slice text, courant_error **err)
{
	struct agent *agent = &finding->agent;

	if (text.len == 0 || slice_equal(text, SLICE("-"))) {
		agent->kind = ROBOT_SUSPECTED;
		agent->robot = SLICE("(no user agent)");
		return 0;
	}
	agent->browser = agent->system = agent->device = OTHER;
	agent_look_at(look, text);

	const size_t known = agent_look_name(look);
	const struct agent_name *name = known == SLICE_NONE ? NULL : &agent_names[known];

	if (name && name->kind != ROBOT_NONE) {
		if (!name->name)
			return name_robot(finding, name->kind, text);
		agent->kind = name->kind;
		agent->robot = slice_of(name->name);
		return 0;
	}
	/* So many different or so long agents are nobody's program. */
	if (text.len > AGENT_MAX_BYTES || is_one_of_too_many)
		return 0;
	if (find_family(finding, look, AGENT_DEVICES, DEVICE_NAME, err) < 0)
		return -1;
	if (!name && (slice_equal(agent->device, SLICE("Spider")) || slice_find(text, '@') != SLICE_NONE))
		return name_robot(finding, ROBOT_TOOL, text);
	if (name && name->name)
		agent->browser = slice_of(name->name);
	else if (find_family(finding, look, AGENT_BROWSERS, BROWSER_NAME, err) < 0)
		return -1;
	/* "Mozilla/5.0 (compatible; Name/1.0)": a program that only pretends, when no browser is known by that name. */
	if (slice_starts(text, SLICE("Mozilla/5.0 (compatible")) && slice_equal(agent->browser, OTHER))
		return name_robot(finding, ROBOT_TOOL, slice_after(text, sizeof "Mozilla/5.0 (compatible" - 1));
	return find_family(finding, look, AGENT_SYSTEMS, SYSTEM_NAME, err);
}

/* ---- agents that are the same in all respects ---- */

static int add_id(struct agents *agents, uint32_t ref, courant_error **err)
{
	uint32_t *refs = mem_room(agents->refs, agents->n, &agents->space, 64, sizeof *refs);

	if (!refs)
		return fail_memory(err);
	agents->refs = refs;
	agents->refs[agents->n++] = ref;
	return 0;
}

/* The key: the kind, then the names with their lengths. */
static int write_key(const struct agent *description, struct buffer *out, slice *ret, courant_error **err)
{
	const slice names[] = {description->robot, description->browser, description->system, description->device};

	buffer_append_byte(out, (char)description->kind);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		varint_write_bytes(out, names[i]);
	return buffer_slice(out, ret, err);
}

/* The names stay where they are: they live as long as the agents. */
static const struct agent *describe(struct agents *agents, const struct agent *description, courant_error **err)
{
	AUTO(buffer) struct buffer key_bytes = BUFFER_LIMIT(KEYS_MAX_BYTES);
	struct agent *agent;
	slice key;

	if (write_key(description, &key_bytes, &key, err) < 0)
		return NULL;

	const uint64_t hash = keys_hash(key, agents->seed);
	uint32_t ref = keys_find(&agents->descriptions, hash, key);

	if (ref != KEYS_NONE)
		return keys_value(&agents->descriptions, ref);
	if (is_full(agents, &agents->descriptions) && !slice_equal(description->robot, OTHERS) && !slice_equal(description->browser, OTHERS)) {
		struct agent other = {.kind = description->kind};

		if (other.kind == ROBOT_NONE)
			other.browser = other.system = other.device = OTHERS;
		else
			other.robot = OTHERS;
		return describe(agents, &other, err);
	}
	ref = keys_add_new(&agents->descriptions, hash, key);
	if (ref == KEYS_NONE) {
		(void)fail_memory(err);
		return NULL;
	}
	agent = keys_value(&agents->descriptions, ref);
	*agent = *description;
	agent->id = (uint32_t)agents->n;
	return add_id(agents, ref, err) < 0 ? NULL : agent;
}

/* ---- texts ---- */

static struct known *find_known(const struct agents *agents, uint64_t hash)
{
	size_t i = hash & agents->known_mask;

	while (agents->known[i].agent && agents->known[i].hash != hash)
		i = (i + 1) & agents->known_mask;
	return &agents->known[i];
}

/* At most three quarters full. Over the limit, all are forgotten. */
static int make_room(struct agents *agents, courant_error **err)
{
	struct known *const old = agents->known;
	const size_t n_old = old ? agents->known_mask + 1 : 0, n = old ? 2 * n_old : 64;

	if (old && agents->n_known + 1 <= n_old / 4 * 3)
		return 0;
	if (agents->limit_bytes && n * sizeof *old > agents->limit_bytes) {
		memset(old, 0, n_old * sizeof *old);
		agents->n_known = 0;
		return 0;
	}

	struct known *known = mem_array(n, sizeof *known);

	if (!known)
		return fail_memory(err);
	agents->known = known;
	agents->known_mask = n - 1;
	for (size_t i = 0; i < n_old; i++)
		if (old[i].agent)
			*find_known(agents, old[i].hash) = old[i];
	free(old);
	return 0;
}

/* Keeps the names that are to be kept, and the description. */
static const struct agent *keep_names(struct agents *agents, struct agent *agent, unsigned to_keep, courant_error **err)
{
	for (enum name which = 0; which < NAMES; which++)
		if (to_keep >> which & 1 && keep(agents, *name_of(agent, which), name_of(agent, which), err) < 0)
			return NULL;
	return describe(agents, agent, err);
}

/* What has been found; unless another one has found it meanwhile. */
static const struct agent *add(struct agents *agents, uint64_t hash, struct finding *finding, courant_error **err)
{
	struct agent *agent = &finding->agent;

	if (make_room(agents, err) < 0)
		return NULL;

	struct known *known = find_known(agents, hash);

	if (known->agent)
		return known->agent;
	if (agent->kind != ROBOT_NONE) {
		agent->browser = agent->system = agent->device = (slice){NULL, 0};
		finding->to_keep &= 1u << ROBOT_NAME;
	}
	known->agent = keep_names(agents, agent, finding->to_keep, err);
	known->hash = hash;
	agents->n_known += known->agent != NULL;
	agents->n_examined++;
	return known->agent;
}

/* One text is looked at while another thread may look at the next. */
static const struct agent *add_hashed(struct agents *agents, struct agent_look *look, uint64_t hash, slice text, courant_error **err)
{
	AUTO(finding) struct finding finding = {0};

	(void)pthread_mutex_lock(&agents->lock); /* cannot fail: initialised, and not held by this thread */

	const struct agent *agent = agents->known ? find_known(agents, hash)->agent : NULL;
	const bool is_one_of_too_many = agents->n_examined > EXAMINED_MAX;

	(void)pthread_mutex_unlock(&agents->lock);
	if (agent)
		return agent;
	if (classify(&finding, look, is_one_of_too_many, text, err) < 0)
		return NULL;
	(void)pthread_mutex_lock(&agents->lock);
	agent = add(agents, hash, &finding, err);
	(void)pthread_mutex_unlock(&agents->lock);
	return agent;
}

const struct agent *agents_add(struct agents *agents, slice text, courant_error **err)
{
	AUTO(agent_look) struct agent_look *look = agent_look_new(agents->matcher, err);

	return look ? add_hashed(agents, look, keys_hash(text, agents->seed), text, err) : NULL;
}

const struct agent *agents_describe(struct agents *agents, const struct agent *description, courant_error **err)
{
	struct agent kept = *description;

	(void)pthread_mutex_lock(&agents->lock);

	const struct agent *agent = keep_names(agents, &kept, (1u << NAMES) - 1, err);

	(void)pthread_mutex_unlock(&agents->lock);
	return agent;
}

const struct agent *agents_at(const struct agents *agents, uint32_t id)
{
	return keys_value(&agents->descriptions, agents->refs[id]);
}

/* ---- one thread's cache ---- */

int agent_cache_init(struct agent_cache *cache, struct agents *agents, courant_error **err)
{
	*cache = (struct agent_cache){agents, agent_look_new(agents->matcher, err), mem_array(AGENT_CACHE_SLOTS, sizeof *cache->slots)};
	return cache->look && cache->slots ? 0 : fail_memory(err);
}

void agent_cache_release(struct agent_cache *cache)
{
	agent_look_free(cache->look);
	free(cache->slots);
	*cache = (struct agent_cache){0};
}

const struct agent *agent_cache_fill(struct agent_cache *cache, uint64_t hash, slice text, courant_error **err)
{
	const struct agent *agent = add_hashed(cache->agents, cache->look, hash, text, err);

	if (agent)
		cache->slots[hash % AGENT_CACHE_SLOTS] = (struct agent_slot){hash, agent};
	return agent;
}
