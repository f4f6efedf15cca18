/* SPDX-License-Identifier: MIT */
/* agent_match.c - which rules may match an agent, and which one does (agent_match.h) */
#include "weblog/agent_match.h"

#include <pthread.h>
#include <stdatomic.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "weblog/agent_names.h"

#define RULES_MAX    1024 /* of a list */
#define BUCKET_BITS  14
#define BUCKETS      (1 << BUCKET_BITS) /* of words, by their first three letters; so many that most are empty */
#define NAMES_LIST   AGENT_LISTS
#define MATCH_LIMIT  20000 /* steps: a hundred times what an ordinary agent takes */
#define GROUPS_MAX   10

#define GROUPS       16   /* of rules of a list … */
#define GROUP_MIN    6    /* … of so many at least */
#define GROUP_BYTES  ((size_t)1 << 18)

/* A regular expression, compiled when it is first needed by whoever needs it. */
struct compiled {
	atomic_uint state;
	pcre2_code *code;
};
enum {
	NOT_YET,
	HOPELESS, /* it could not be compiled, and so says nothing */
	PLAIN,    /* where machine code may not be made, the interpreter does the same */
	MACHINE_CODE,
};

/* Rules of a list that need the same words, and so are candidates together, mostly in vain: whether any of them matches is asked at once. */
struct group {
	uint64_t rules[RULES_MAX / 64];
	struct compiled any;
};

/* A word and the rule (or name) that needs it. */
struct entry {
	uint64_t head, mask; /* its first bytes, up to eight */
	const char *word;
	uint16_t len;
	uint16_t list, rule;
};

struct agent_matcher {
	struct entry *entries;         /* by bucket */
	uint32_t buckets[BUCKETS + 1]; /* where each begins */
	pthread_mutex_t lock; /* of compiling */
	struct compiled rules[AGENT_LISTS][RULES_MAX];
	uint64_t always[AGENT_LISTS][RULES_MAX / 64];
	struct group groups[AGENT_LISTS][GROUPS];
	uint8_t group_of[AGENT_LISTS][RULES_MAX]; /* its number + 1; 0: none */
	pcre2_match_context *limits;
};

struct agent_look {
	struct agent_matcher *matcher;
	pcre2_match_data *match;
	slice text;
	uint64_t candidates[AGENT_LISTS + 1][RULES_MAX / 64];
	bool is_asked[AGENT_LISTS][GROUPS]; /* of this text */
};

static size_t bucket_of(const char *word)
{
	const unsigned char *at = (const unsigned char *)word;
	const uint32_t letters = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];

	return letters * UINT32_C(0x9e3779b1) >> (32 - BUCKET_BITS);
}

static uint64_t load_eight(const char *from)
{
	uint64_t bytes;

	memcpy(&bytes, from, sizeof bytes);
	return bytes;
}

static struct entry make_entry(const char *word, size_t list, size_t rule)
{
	const size_t len = strlen(word);
	char head[8] = {0}, mask[8] = {0};

	memcpy(head, word, len < 8 ? len : 8);
	memset(mask, 0xff, len < 8 ? len : 8);
	return (struct entry){load_eight(head), load_eight(mask), word, (uint16_t)len, (uint16_t)list, (uint16_t)rule};
}

/* Calls for every word of every list. */
static void each_word(struct agent_matcher *matcher, void (*call)(struct agent_matcher *, const struct entry *))
{
	for (size_t list = 0; list < AGENT_LISTS; list++) {
		for (size_t i = 0; i < agent_rule_counts[list]; i++) {
			const struct agent_rule *rule = &agent_rules[list][i];

			for (size_t k = 0; k < rule->n_words; k++) {
				const struct entry entry = make_entry(agent_rule_words[rule->first_word + k], list, i);

				call(matcher, &entry);
			}
		}
	}
	for (size_t i = 0; i < agent_names_count; i++) {
		const struct entry entry = make_entry(agent_names[i].word, NAMES_LIST, i);

		call(matcher, &entry);
	}
}

static void count_word(struct agent_matcher *matcher, const struct entry *entry)
{
	matcher->buckets[bucket_of(entry->word) + 1]++;
}

/* From the end of the bucket downwards, so that afterwards the beginning is right. */
static void place_word(struct agent_matcher *matcher, const struct entry *entry)
{
	matcher->entries[--matcher->buckets[bucket_of(entry->word) + 1]] = *entry;
}

static int index_words(struct agent_matcher *matcher, courant_error **err)
{
	each_word(matcher, count_word);
	for (size_t i = 0; i < BUCKETS; i++)
		matcher->buckets[i + 1] += matcher->buckets[i];

	const size_t n = matcher->buckets[BUCKETS];

	matcher->entries = mem_array(n, sizeof *matcher->entries);
	if (!matcher->entries)
		return fail_memory(err);
	each_word(matcher, place_word);
	/* Now buckets[i + 1] is where bucket i begins. */
	memmove(matcher->buckets, matcher->buckets + 1, BUCKETS * sizeof *matcher->buckets);
	matcher->buckets[BUCKETS] = (uint32_t)n;
	return 0;
}

/* The next bit that is set, from one on; SLICE_NONE: none. */
static size_t next_candidate(const uint64_t *bits, size_t from)
{
	for (size_t i = from / 64; i < RULES_MAX / 64; i++) {
		const uint64_t word = i == from / 64 ? bits[i] >> from % 64 << from % 64 : bits[i];

		if (word)
			return i * 64 + (size_t)__builtin_ctzll(word);
	}
	return SLICE_NONE;
}

/* ---- groups ---- */

static bool is_like(const struct agent_rule *a, const struct agent_rule *b)
{
	if (a->n_words != b->n_words || a->is_caseless != b->is_caseless)
		return false;
	for (size_t i = 0; i < a->n_words; i++)
		if (memcmp(agent_rule_words[a->first_word + i], agent_rule_words[b->first_word + i], AGENT_WORD_BYTES) != 0)
			return false;
	return true;
}

/* Makes a group of the rules that are like the i-th one, if they are enough. Nearly all are not, as the heads of their first words tell. */
static bool make_group(struct agent_matcher *matcher, size_t list, const uint64_t *heads, size_t i, size_t number)
{
	const struct agent_rule *rules = agent_rules[list];
	uint64_t like[RULES_MAX / 64] = {0};
	size_t n_like = 0;

	for (size_t k = i; k < agent_rule_counts[list]; k++) {
		if (heads[k] != heads[i] || !is_like(&rules[i], &rules[k]))
			continue;
		like[k / 64] |= UINT64_C(1) << k % 64;
		n_like++;
	}
	if (n_like < GROUP_MIN)
		return false;
	memcpy(matcher->groups[list][number].rules, like, sizeof like);
	for (size_t k = next_candidate(like, 0); k != SLICE_NONE; k = next_candidate(like, k + 1))
		matcher->group_of[list][k] = (uint8_t)(number + 1);
	return true;
}

static void make_groups(struct agent_matcher *matcher)
{
	for (size_t list = 0; list < AGENT_LISTS; list++) {
		const size_t n = agent_rule_counts[list];
		uint64_t heads[RULES_MAX] = {0};

		for (size_t i = 0; i < n; i++)
			if (agent_rules[list][i].n_words)
				heads[i] = load_eight(agent_rule_words[agent_rules[list][i].first_word]);
		for (size_t i = 0, number = 0; i < n && number < GROUPS; i++)
			number += !matcher->group_of[list][i] && make_group(matcher, list, heads, i, number);
	}
}

struct agent_matcher *agent_matcher_new(courant_error **err)
{
	struct agent_matcher *matcher = mem_alloc(sizeof *matcher);

	if (!matcher || pthread_mutex_init(&matcher->lock, NULL) != 0) {
		free(matcher);
		(void)fail_memory(err);
		return NULL;
	}
	matcher->limits = pcre2_match_context_create(NULL);
	if (!matcher->limits || index_words(matcher, err) < 0) {
		(void)fail_memory(err);
		agent_matcher_free(matcher);
		return NULL;
	}
	(void)pcre2_set_match_limit(matcher->limits, MATCH_LIMIT); /* always 0 */
	for (size_t list = 0; list < AGENT_LISTS; list++)
		for (size_t i = 0; i < agent_rule_counts[list]; i++)
			if (!agent_rules[list][i].n_words)
				matcher->always[list][i / 64] |= UINT64_C(1) << i % 64;
	make_groups(matcher);
	return matcher;
}

void agent_matcher_free(struct agent_matcher *matcher)
{
	if (!matcher)
		return;
	for (size_t list = 0; list < AGENT_LISTS; list++) {
		for (size_t i = 0; i < agent_rule_counts[list]; i++)
			pcre2_code_free(matcher->rules[list][i].code);
		for (size_t i = 0; i < GROUPS; i++)
			pcre2_code_free(matcher->groups[list][i].any.code);
	}
	pcre2_match_context_free(matcher->limits);
	(void)pthread_mutex_destroy(&matcher->lock); /* nobody holds it */
	free(matcher->entries);
	free(matcher);
}

struct agent_look *agent_look_new(struct agent_matcher *matcher, courant_error **err)
{
	AUTO(agent_look) struct agent_look *look = mem_alloc(sizeof *look);

	if (!look || !(look->match = pcre2_match_data_create(GROUPS_MAX, NULL))) {
		(void)fail_memory(err);
		return NULL;
	}
	look->matcher = matcher;
	return STEAL(look);
}

void agent_look_free(struct agent_look *look)
{
	if (!look)
		return;
	pcre2_match_data_free(look->match);
	free(look);
}

void agent_look_at(struct agent_look *look, slice text)
{
	const struct agent_matcher *matcher = look->matcher;
	char lower[AGENT_MAX_BYTES + 8] = {0};

	look->text = text = slice_part(text, 0, AGENT_MAX_BYTES);
	memset(look->candidates, 0, sizeof look->candidates);
	memcpy(look->candidates, matcher->always, sizeof matcher->always);
	memset(look->is_asked, 0, sizeof look->is_asked);
	for (size_t i = 0; i < text.len; i++)
		lower[i] = ascii_lower(text.ptr[i]);
	for (size_t i = 0; i + 3 <= text.len; i++) {
		const size_t bucket = bucket_of(lower + i);
		const uint64_t here = load_eight(lower + i);

		for (uint32_t k = matcher->buckets[bucket]; k < matcher->buckets[bucket + 1]; k++) {
			const struct entry *entry = &matcher->entries[k];

			/* Behind the text are NULs, which no word has. */
			if ((here & entry->mask) == entry->head &&
			    (entry->len <= 8 ||
			     (entry->len <= text.len - i && memcmp(lower + i + 8, entry->word + 8, entry->len - 8u) == 0)))
				look->candidates[entry->list][entry->rule / 64] |= UINT64_C(1) << entry->rule % 64;
		}
	}
}

size_t agent_look_name(const struct agent_look *look)
{
	return next_candidate(look->candidates[NAMES_LIST], 0);
}

/* ---- compiling ---- */

/* With the lock. */
static unsigned compile(struct compiled *compiled, slice pattern, uint32_t options)
{
	int error;
	size_t offset;

	compiled->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &error, &offset, NULL);
	if (!compiled->code)
		return HOPELESS;
	return pcre2_jit_compile(compiled->code, PCRE2_JIT_COMPLETE) == 0 ? MACHINE_CODE : PLAIN;
}

static unsigned compile_rule(struct agent_matcher *matcher, enum agent_list list, size_t i)
{
	const struct agent_rule *rule = &agent_rules[list][i];

	return compile(&matcher->rules[list][i], slice_of(rule->pattern), rule->is_caseless ? PCRE2_CASELESS : 0);
}

/* All rules of a group as one, any of which may match. */
static unsigned compile_group(struct agent_matcher *matcher, enum agent_list list, size_t number)
{
	struct group *group = &matcher->groups[list][number];
	AUTO(buffer) struct buffer pattern = BUFFER_LIMIT(GROUP_BYTES);
	bool is_caseless = false;
	slice text;

	for (size_t i = next_candidate(group->rules, 0); i != SLICE_NONE; i = next_candidate(group->rules, i + 1)) {
		buffer_printf(&pattern, "%s(?:%s)", pattern.len ? "|" : "", agent_rules[list][i].pattern);
		is_caseless = agent_rules[list][i].is_caseless;
	}
	if (buffer_slice(&pattern, &text, NULL) < 0)
		return HOPELESS;

	/* Without machine code, one large pattern is no faster than many small ones. */
	return compile(&group->any, text, PCRE2_NO_AUTO_CAPTURE | (is_caseless ? PCRE2_CASELESS : 0)) == MACHINE_CODE ? MACHINE_CODE : HOPELESS;
}

/* Compiles what has not been compiled yet, and says what has become of it. */
static unsigned reach(struct agent_matcher *matcher, struct compiled *compiled,
		      unsigned (*compile_it)(struct agent_matcher *, enum agent_list, size_t), enum agent_list list, size_t i)
{
	unsigned state = atomic_load_explicit(&compiled->state, memory_order_acquire);

	if (state != NOT_YET)
		return state;
	(void)pthread_mutex_lock(&matcher->lock); /* cannot fail: initialised, and not held by this thread */
	state = atomic_load_explicit(&compiled->state, memory_order_relaxed);
	if (state == NOT_YET) {
		state = compile_it(matcher, list, i);
		atomic_store_explicit(&compiled->state, state, memory_order_release);
	}
	(void)pthread_mutex_unlock(&matcher->lock);
	return state;
}

/* ---- matching ---- */

/* What PCRE2 says of the text; the machine code is called at once, for what pcre2_match checks before is half of the time when texts are so short. */
static int match(const struct agent_look *look, const struct compiled *compiled, unsigned state)
{
	if (state == HOPELESS)
		return PCRE2_ERROR_NOMATCH;
	return (state == MACHINE_CODE ? pcre2_jit_match : pcre2_match)(compiled->code, (PCRE2_SPTR)look->text.ptr, look->text.len, 0, 0, look->match,
								       look->matcher->limits);
}

/* Takes all rules of the rule's group out of the candidates when none of them matches; whether it is still one. */
static bool ask_group(struct agent_look *look, enum agent_list list, size_t rule)
{
	struct agent_matcher *matcher = look->matcher;

	if (!matcher->group_of[list][rule])
		return true;

	const size_t number = matcher->group_of[list][rule] - 1u;
	struct group *group = &matcher->groups[list][number];

	if (look->is_asked[list][number])
		return true;
	look->is_asked[list][number] = true;

	const unsigned state = reach(matcher, &group->any, compile_group, list, number);

	if (state == HOPELESS || match(look, &group->any, state) != PCRE2_ERROR_NOMATCH)
		return true;
	for (size_t i = 0; i < RULES_MAX / 64; i++)
		look->candidates[list][i] &= ~group->rules[i];
	return false;
}

static slice group_of(const struct agent_look *look, int n_groups, size_t group)
{
	const size_t *ends = pcre2_get_ovector_pointer(look->match);

	if (group >= (size_t)n_groups || ends[2 * group] == PCRE2_UNSET)
		return slice_from("", 0);
	return slice_part(look->text, ends[2 * group], ends[2 * group + 1] - ends[2 * group]);
}

static void write_replaced(const struct agent_look *look, int n_groups, const char *text, struct buffer *out)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(4 * AGENT_MAX_BYTES);

	for (; *text; text++) {
		if (*text == '$' && ascii_is_digit(text[1]))
			buffer_append(&whole, group_of(look, n_groups, (size_t)(*++text - '0')));
		else
			buffer_append_byte(&whole, *text);
	}
	buffer_append(out, slice_trim(buffer_peek(&whole)));
}

bool agent_look_find(struct agent_look *look, enum agent_list list, struct buffer *family, struct buffer *major)
{
	const uint64_t *bits = look->candidates[list];

	for (size_t i = next_candidate(bits, 0); i != SLICE_NONE; i = next_candidate(bits, i + 1)) {
		if (!ask_group(look, list, i))
			continue;

		const struct agent_rule *rule = &agent_rules[list][i];
		struct compiled *compiled = &look->matcher->rules[list][i];
		const int n_groups = match(look, compiled, reach(look->matcher, compiled, compile_rule, list, i));

		/* 0: more groups than there is room for; the first ones are there. An error, the limit as well, is no match. */
		if (n_groups < 0)
			continue;

		const int n = n_groups ? n_groups : GROUPS_MAX;

		write_replaced(look, n, rule->family ? rule->family : "$1", family);
		if (major)
			write_replaced(look, n, rule->major ? rule->major : "$2", major);
		return true;
	}
	return false;
}
