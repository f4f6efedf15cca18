/* SPDX-License-Identifier: MIT */
/* literals.c - what a text must hold for a regular expression to match it (literals.h)
 *
 * Follows the expression once. Each part says what it is in one of three ways: exactly one word; some words of which one must occur; nothing known.
 * In a row of parts, words that touch are joined and the best requirement of all is kept; of alternatives all are needed together. */
#include "literals.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 128

/* What is known of a part. */
struct part {
	bool is_exact;              /* matches exactly `word` (perhaps in other letters) */
	char word[WORD_MAX];
	size_t len;
	bool is_required;           /* `needed` holds */
	struct literals needed;
};

struct parser {
	const char *at;
	bool is_strange;
	int depth;
};

static void parse_alternatives(struct parser *, struct part *ret);

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ---- sets ---- */

static size_t shortest(const struct literals *set)
{
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < set->n; i++)
		if (strlen(set->words[i]) < least)
			least = strlen(set->words[i]);
	return least;
}

static bool add_word(struct literals *set, const char *word, size_t len)
{
	if (len >= LITERAL_BYTES)
		len = LITERAL_BYTES - 1;
	for (size_t i = 0; i < set->n; i++)
		if (strlen(set->words[i]) == len && memcmp(set->words[i], word, len) == 0)
			return true;
	if (set->n == LITERALS_MAX)
		return false;
	memcpy(set->words[set->n], word, len);
	set->words[set->n++][len] = '\0';
	return true;
}

/* Words that stand in the agents that most people have tell little. */
static bool is_everywhere(const char *word)
{
	static const char *const common[] = {
		"mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/119.0.0.0 safari/537.36 edg/119.0.0.0",
		"mozilla/5.0 (linux; u; android 13; xx build/xx; wv) applewebkit/537.36 (khtml, like gecko) version/4.0 chrome/119.0 mobile safari/537.36",
		"mozilla/5.0 (iphone; cpu iphone os 16_6 like mac os x) applewebkit/605.1.15 (khtml, like gecko) version/16.6 mobile/15e148 safari/604.1",
		"mozilla/5.0 (macintosh; intel mac os x 10_15_7) applewebkit/605.1.15 (khtml, like gecko) version/17.0 safari/605.1.15",
		"mozilla/5.0 (x11; ubuntu; linux x86_64; rv:109.0) gecko/20100101 firefox/118.0",
		"mozilla/4.0 (compatible; msie 8.0; windows nt 6.1; trident/4.0)",
	};

	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (strstr(common[i], word))
			return true;
	return false;
}

/* The better of two requirements: the longer shortest word, the smaller set. */
static size_t worth(const struct literals *set)
{
	const size_t least = shortest(set);
	size_t points = 8 * (least > 8 ? 8 : least);

	if (least < LITERAL_MIN)
		return 0;
	for (size_t i = 0; i < set->n; i++)
		if (is_everywhere(set->words[i]))
			points = 9;
	return points > set->n ? points - (set->n > 8 ? 8 : set->n) : 1;
}

static void require(struct part *part, const struct literals *set)
{
	if (worth(set) == 0 || (part->is_required && worth(&part->needed) >= worth(set)))
		return;
	part->needed = *set;
	part->is_required = true;
}

static void require_word(struct part *part, const char *word, size_t len)
{
	struct literals set = {0};

	if (len >= LITERAL_MIN && add_word(&set, word, len))
		require(part, &set);
}

/* ---- parts ---- */

static void exactly(struct part *part, char byte)
{
	part->is_exact = true;
	part->word[0] = lower(byte);
	part->len = 1;
}

/* After a backslash. */
static void parse_escape(struct parser *parser, struct part *ret)
{
	const char byte = *parser->at++;

	if (byte == '\0') {
		parser->is_strange = true;
		parser->at--;
	} else if (byte == 'b' || byte == 'B') {
		ret->is_exact = true; /* a place, no byte */
	} else if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')) {
		/* \d, \w, \s …: one of many bytes; others do not occur */
		parser->is_strange |= strchr("dDwWsS", byte) == NULL;
	} else {
		exactly(ret, byte);
	}
}

/* After the opening bracket. [Ff] and [f] are one letter. */
static void parse_class(struct parser *parser, struct part *ret)
{
	char members[2] = {0};
	size_t n = 0;
	const bool is_negated = *parser->at == '^';
	bool is_range = is_negated;

	parser->at += is_negated;
	for (bool is_first = true; *parser->at && (*parser->at != ']' || is_first); is_first = false, parser->at++) {
		if (*parser->at == '\\') {
			parser->at++;
			is_range |= strchr("dDwWsS", *parser->at) != NULL;
		} else if (*parser->at == '-' && !is_first && parser->at[1] != ']') {
			is_range = true;
		}
		if (n < 2)
			members[n] = *parser->at;
		n++;
		if (!*parser->at)
			break;
	}
	if (*parser->at == ']')
		parser->at++;
	else
		parser->is_strange = true;
	if (!is_range && (n == 1 || (n == 2 && lower(members[0]) == lower(members[1]))))
		exactly(ret, members[0]);
}

/* After the opening parenthesis. */
static void parse_group(struct parser *parser, struct part *ret)
{
	bool is_look_ahead = false;

	if (*parser->at == '?') {
		parser->at++;
		if (*parser->at == ':') {
			parser->at++;
		} else if (*parser->at == '!' || *parser->at == '=') {
			is_look_ahead = true;
			parser->at++;
		} else {
			parser->is_strange = true;
		}
	}
	if (++parser->depth > 20)
		parser->is_strange = true;
	if (!parser->is_strange)
		parse_alternatives(parser, ret);
	parser->depth--;
	if (*parser->at == ')')
		parser->at++;
	else
		parser->is_strange = true;
	if (is_look_ahead)
		*ret = (struct part){.is_exact = true};
}

/* Reads a quantifier, if there is one: whether the part may be missing, may come again. */
static void parse_quantifier(struct parser *parser, struct part *part)
{
	bool may_miss = false, may_repeat = false;

	switch (*parser->at) {
	case '*':
		may_miss = may_repeat = true;
		parser->at++;
		break;
	case '?':
		may_miss = true;
		parser->at++;
		break;
	case '+':
		may_repeat = true;
		parser->at++;
		break;
	case '{':
		may_miss = parser->at[1] == '0';
		may_repeat = true;
		while (*parser->at && *parser->at != '}')
			parser->at++;
		parser->at += *parser->at == '}';
		break;
	default:
		return;
	}
	parser->at += *parser->at == '?' || *parser->at == '+'; /* lazy, possessive */
	if (may_miss) {
		*part = (struct part){0};
	} else if (may_repeat && part->is_exact) {
		part->is_exact = false;
		require_word(part, part->word, part->len);
	}
}

static void parse_part(struct parser *parser, struct part *ret)
{
	const char byte = *parser->at++;

	*ret = (struct part){0};
	switch (byte) {
	case '\\':
		parse_escape(parser, ret);
		break;
	case '[':
		parse_class(parser, ret);
		break;
	case '(':
		parse_group(parser, ret);
		break;
	case '.':
		break;
	case '^':
	case '$':
		ret->is_exact = true;
		break;
	default:
		exactly(ret, byte);
		break;
	}
	parse_quantifier(parser, ret);
}

/* Parts in a row, up to '|', ')' or the end. */
static void parse_row(struct parser *parser, struct part *ret)
{
	char run[WORD_MAX];
	size_t len = 0;
	bool is_exact = true;

	*ret = (struct part){0};
	while (*parser->at && *parser->at != '|' && *parser->at != ')' && !parser->is_strange) {
		struct part part;

		parse_part(parser, &part);
		if (part.is_exact && len + part.len < WORD_MAX) {
			memcpy(run + len, part.word, part.len);
			len += part.len;
			continue;
		}
		is_exact = false;
		require_word(ret, run, len);
		len = 0;
		if (part.is_required)
			require(ret, &part.needed);
	}
	if (is_exact) {
		ret->is_exact = true;
		memcpy(ret->word, run, len);
		ret->len = len;
	} else {
		require_word(ret, run, len);
	}
}

/* Adds what one alternative needs; false when it needs nothing. */
static bool unite(struct literals *all, const struct part *part)
{
	if (part->is_exact)
		return part->len >= LITERAL_MIN && add_word(all, part->word, part->len);
	if (!part->is_required)
		return false;
	for (size_t i = 0; i < part->needed.n; i++)
		if (!add_word(all, part->needed.words[i], strlen(part->needed.words[i])))
			return false;
	return true;
}

static void parse_alternatives(struct parser *parser, struct part *ret)
{
	struct literals all = {0};

	parse_row(parser, ret);
	if (*parser->at != '|')
		return;

	bool is_required = unite(&all, ret);

	while (*parser->at == '|' && !parser->is_strange) {
		parser->at++;
		parse_row(parser, ret);
		is_required = unite(&all, ret) && is_required;
	}
	*ret = (struct part){0};
	if (is_required)
		require(ret, &all);
}

int literals_find(const char *expression, struct literals *ret)
{
	struct parser parser = {.at = expression};
	struct part whole;

	parse_alternatives(&parser, &whole);
	*ret = (struct literals){0};
	if (parser.is_strange || *parser.at)
		return LITERALS_STRANGE;
	if (whole.is_exact)
		require_word(&whole, whole.word, whole.len);
	if (!whole.is_required)
		return LITERALS_NOTHING;
	*ret = whole.needed;
	return LITERALS_GOOD;
}
