/* SPDX-License-Identifier: MIT */
/* agent_match.c - which rules may match an agent, and which one does (agent_match.h) */
#include "weblog/agent_match.h"

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

/* Rules of a list that need the same words, and so are candidates together, mostly in vain: whether any of them matches is asked at once. */
struct group {
	uint64_t rules[RULES_MAX / 64];
	pcre2_code *code; /* NULL: not yet compiled */
	bool is_hopeless; /* could not be compiled, and so says nothing */
	bool is_asked;    /* of this text */
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
	pcre2_code *codes[AGENT_LISTS][RULES_MAX];
	bool is_machine_code[AGENT_LISTS][RULES_MAX];
	bool is_hopeless[AGENT_LISTS][RULES_MAX]; /* could not be compiled */
	uint64_t always[AGENT_LISTS][RULES_MAX / 64];
	struct group groups[AGENT_LISTS][GROUPS];
	uint8_t group_of[AGENT_LISTS][RULES_MAX]; /* its number + 1; 0: none */
	pcre2_match_data *match;
	pcre2_match_context *limits;
	slice text;
	uint64_t candidates[AGENT_LISTS + 1][RULES_MAX / 64];
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

/* Makes a group of the rules that are like the i-th one, if they are enough. */
static bool make_group(struct agent_matcher *matcher, size_t list, size_t i, size_t number)
{
	const struct agent_rule *rules = agent_rules[list];
	const size_t n = agent_rule_counts[list];
	size_t like = 0;

	for (size_t k = i; k < n; k++)
		like += is_like(&rules[i], &rules[k]);
	for (size_t k = i; k < n && like >= GROUP_MIN; k++) {
		if (!is_like(&rules[i], &rules[k]))
			continue;
		matcher->group_of[list][k] = (uint8_t)(number + 1);
		matcher->groups[list][number].rules[k / 64] |= UINT64_C(1) << k % 64;
	}
	return like >= GROUP_MIN;
}

static void make_groups(struct agent_matcher *matcher)
{
	for (size_t list = 0; list < AGENT_LISTS; list++)
		for (size_t i = 0, number = 0; i < agent_rule_counts[list] && number < GROUPS; i++)
			number += !matcher->group_of[list][i] && make_group(matcher, list, i, number);
}

struct agent_matcher *agent_matcher_new(courant_error **err)
{
	AUTO(agent_matcher) struct agent_matcher *matcher = mem_alloc(sizeof *matcher);

	if (!matcher || !(matcher->match = pcre2_match_data_create(GROUPS_MAX, NULL)) ||
	    !(matcher->limits = pcre2_match_context_create(NULL))) {
		(void)fail_memory(err);
		return NULL;
	}
	(void)pcre2_set_match_limit(matcher->limits, MATCH_LIMIT); /* always 0 */
	for (size_t list = 0; list < AGENT_LISTS; list++)
		for (size_t i = 0; i < agent_rule_counts[list]; i++)
			if (!agent_rules[list][i].n_words)
				matcher->always[list][i / 64] |= UINT64_C(1) << i % 64;
	make_groups(matcher);
	return index_words(matcher, err) < 0 ? NULL : STEAL(matcher);
}

void agent_matcher_free(struct agent_matcher *matcher)
{
	if (!matcher)
		return;
	for (size_t list = 0; list < AGENT_LISTS; list++) {
		for (size_t i = 0; i < agent_rule_counts[list]; i++)
			pcre2_code_free(matcher->codes[list][i]);
		for (size_t i = 0; i < GROUPS; i++)
			pcre2_code_free(matcher->groups[list][i].code);
	}
	pcre2_match_data_free(matcher->match);
	pcre2_match_context_free(matcher->limits);
	free(matcher->entries);
	free(matcher);
}

void agent_matcher_look(struct agent_matcher *matcher, slice text)
{
	char lower[AGENT_MAX_BYTES + 8] = {0};

	matcher->text = text = slice_part(text, 0, AGENT_MAX_BYTES);
	memset(matcher->candidates, 0, sizeof matcher->candidates);
	memcpy(matcher->candidates, matcher->always, sizeof matcher->always);
	for (size_t list = 0; list < AGENT_LISTS; list++)
		for (size_t i = 0; i < GROUPS; i++)
			matcher->groups[list][i].is_asked = false;
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
				matcher->candidates[entry->list][entry->rule / 64] |= UINT64_C(1) << entry->rule % 64;
		}
	}
}

static size_t next_candidate(const uint64_t *bits, size_t from)
{
	for (size_t i = from / 64; i < RULES_MAX / 64; i++) {
		const uint64_t word = i == from / 64 ? bits[i] >> from % 64 << from % 64 : bits[i];

		if (word)
			return i * 64 + (size_t)__builtin_ctzll(word);
	}
	return SLICE_NONE;
}

size_t agent_matcher_name(const struct agent_matcher *matcher)
{
	return next_candidate(matcher->candidates[NAMES_LIST], 0);
}

static pcre2_code *compile(struct agent_matcher *matcher, enum agent_list list, size_t i)
{
	const struct agent_rule *rule = &agent_rules[list][i];
	int error;
	size_t offset;

	if (matcher->codes[list][i] || matcher->is_hopeless[list][i])
		return matcher->codes[list][i];
	matcher->codes[list][i] = pcre2_compile((PCRE2_SPTR)rule->pattern, PCRE2_ZERO_TERMINATED,
						rule->is_caseless ? PCRE2_CASELESS : 0, &error, &offset, NULL);
	if (matcher->codes[list][i])
		/* Where machine code may not be made, the interpreter does the same. */
		matcher->is_machine_code[list][i] = pcre2_jit_compile(matcher->codes[list][i], PCRE2_JIT_COMPLETE) == 0;
	else
		matcher->is_hopeless[list][i] = true;
	return matcher->codes[list][i];
}

/* What PCRE2 says of the text; the machine code is called at once, for what pcre2_match checks before is half of the time when texts are so short. */
static int match(const struct agent_matcher *matcher, const pcre2_code *code, bool is_machine_code)
{
	return (is_machine_code ? pcre2_jit_match : pcre2_match)(code, (PCRE2_SPTR)matcher->text.ptr, matcher->text.len, 0, 0, matcher->match,
								 matcher->limits);
}

/* All rules of a group as one, any of which may match. */
static void compile_group(struct group *group, enum agent_list list)
{
	AUTO(buffer) struct buffer pattern = BUFFER_LIMIT(GROUP_BYTES);
	bool is_caseless = false;
	slice text;
	int error;
	size_t offset;

	for (size_t i = next_candidate(group->rules, 0); i != SLICE_NONE; i = next_candidate(group->rules, i + 1)) {
		buffer_printf(&pattern, "%s(?:%s)", pattern.len ? "|" : "", agent_rules[list][i].pattern);
		is_caseless = agent_rules[list][i].is_caseless;
	}
	if (buffer_slice(&pattern, &text, NULL) == 0)
		group->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, PCRE2_NO_AUTO_CAPTURE | (is_caseless ? PCRE2_CASELESS : 0), &error, &offset, NULL);
	/* Without machine code, one large pattern is no faster than many small ones. */
	group->is_hopeless = !group->code || pcre2_jit_compile(group->code, PCRE2_JIT_COMPLETE) != 0;
}

/* Takes all rules of the rule's group out of the candidates when none of them matches; whether it is still one. */
static bool ask_group(struct agent_matcher *matcher, enum agent_list list, size_t rule)
{
	const size_t number = matcher->group_of[list][rule];
	struct group *group = &matcher->groups[list][number ? number - 1 : 0];

	if (!number || group->is_asked)
		return true;
	group->is_asked = true;
	if (!group->code && !group->is_hopeless)
		compile_group(group, list);
	if (group->is_hopeless || match(matcher, group->code, true) != PCRE2_ERROR_NOMATCH)
		return true;
	for (size_t i = 0; i < RULES_MAX / 64; i++)
		matcher->candidates[list][i] &= ~group->rules[i];
	return false;
}

static slice group_of(const struct agent_matcher *matcher, int n_groups, size_t group)
{
	const size_t *ends = pcre2_get_ovector_pointer(matcher->match);

	if (group >= (size_t)n_groups || ends[2 * group] == PCRE2_UNSET)
		return slice_from("", 0);
	return slice_part(matcher->text, ends[2 * group], ends[2 * group + 1] - ends[2 * group]);
}

static void write_replaced(const struct agent_matcher *matcher, int n_groups, const char *text, struct buffer *out)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(4 * AGENT_MAX_BYTES);

	for (; *text; text++) {
		if (*text == '$' && ascii_is_digit(text[1]))
			buffer_append(&whole, group_of(matcher, n_groups, (size_t)(*++text - '0')));
		else
			buffer_append_byte(&whole, *text);
	}
	buffer_append(out, slice_trim(buffer_peek(&whole)));
}

bool agent_matcher_find(struct agent_matcher *matcher, enum agent_list list, struct buffer *family, struct buffer *major)
{
	const uint64_t *bits = matcher->candidates[list];

	for (size_t i = next_candidate(bits, 0); i != SLICE_NONE; i = next_candidate(bits, i + 1)) {
		if (!ask_group(matcher, list, i))
			continue;

		const struct agent_rule *rule = &agent_rules[list][i];
		const pcre2_code *code = compile(matcher, list, i);
		const int n_groups = code ? match(matcher, code, matcher->is_machine_code[list][i]) : PCRE2_ERROR_NOMATCH;

		/* 0: more groups than there is room for; the first ones are there. An error, the limit as well, is no match. */
		if (n_groups < 0)
			continue;

		const int n = n_groups ? n_groups : GROUPS_MAX;

		write_replaced(matcher, n, rule->family ? rule->family : "$1", family);
		if (major)
			write_replaced(matcher, n, rule->major ? rule->major : "$2", major);
		return true;
	}
	return false;
}
