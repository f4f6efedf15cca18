/* SPDX-License-Identifier: MIT */
/* runs.h - sentences of several tones */
#ifndef COURANT_REPORT_RUNS_H
#define COURANT_REPORT_RUNS_H
#include "render/document.h"

/* One more run; nothing for an empty text. */
static inline int runs_add(struct sentence *sentence, enum run_tone tone, slice text, courant_error **err)
{
	return text.len ? sentence_add(sentence, tone, text, err) : 0;
}
#endif
