/* SPDX-License-Identifier: MIT */
/* texts.h - a list of texts, owned */
#ifndef COURANT_BASE_TEXTS_H
#define COURANT_BASE_TEXTS_H
#include "base/auto.h"
#include "base/fail.h"
#include "base/slice.h"

struct texts {
	char **items;
	size_t n;
};

int texts_add(struct texts *, slice text, courant_error **err); /* copied */
/* The paths that match the pattern (glob(7)), in order. COURANT_NO_INPUT: "no log file is named …" for a `what` of "log file". */
int texts_add_paths(struct texts *, const char *pattern, const char *what, courant_error **err);
void texts_release(struct texts *);
AUTO_DEFINE_VALUE(texts, struct texts, texts_release)
#endif
