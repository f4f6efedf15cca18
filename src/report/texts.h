/* SPDX-License-Identifier: MIT */
/* texts.h - a list of texts, owned */
#ifndef COURANT_REPORT_TEXTS_H
#define COURANT_REPORT_TEXTS_H
#include "base/auto.h"
#include "base/fail.h"
#include "base/slice.h"

struct texts {
	char **items;
	size_t n;
};

int texts_add(struct texts *, slice text, courant_error **err); /* copied */
void texts_release(struct texts *);
AUTO_DEFINE_VALUE(texts, struct texts, texts_release)
#endif
