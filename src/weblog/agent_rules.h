/* SPDX-License-Identifier: MIT */
/* agent_rules.h - uap-core's rules, as tools/agent_rules makes them of regexes.yaml when Courant is built
 *
 * Of each list, the first rule that matches decides. */
#ifndef COURANT_WEBLOG_AGENT_RULES_H
#define COURANT_WEBLOG_AGENT_RULES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum agent_list { AGENT_BROWSERS, AGENT_SYSTEMS, AGENT_DEVICES, AGENT_LISTS };

#define AGENT_WORD_BYTES 16

struct agent_rule {
	const char *pattern;  /* PCRE */
	const char *family;   /* $1 … stand for what groups matched; NULL: "$1" */
	const char *major;    /* likewise; NULL: "$2" */
	uint32_t first_word;  /* of those of which one must stand in the agent … */
	uint16_t n_words;     /* … 0: always try the rule */
	bool is_caseless;
};

extern const struct agent_rule *const agent_rules[AGENT_LISTS];
extern const size_t agent_rule_counts[AGENT_LISTS];

/* In small letters, NUL-terminated. */
extern const char agent_rule_words[][AGENT_WORD_BYTES];
#endif
