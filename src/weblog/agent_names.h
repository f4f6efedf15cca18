/* SPDX-License-Identifier: MIT */
/* agent_names.h - programs known by a word in their agent, which go before uap-core's rules: robots with their kind, and what people browse with in China */
#ifndef COURANT_WEBLOG_AGENT_NAMES_H
#define COURANT_WEBLOG_AGENT_NAMES_H
#include <stddef.h>

#include "weblog/agents.h"

struct agent_name {
	const char *word; /* in small letters, at least three */
	const char *name;     /* NULL: the word tells only whether it is a robot */
	enum robot_kind kind; /* ROBOT_NONE: a person's browser */
};

/* The first one whose word stands in the agent counts. */
extern const struct agent_name agent_names[];
extern const size_t agent_names_count;
#endif
