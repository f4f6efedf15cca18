/* SPDX-License-Identifier: MIT */
/* verdict.h - is it well? one sentence, decided by rule
 *
 * Of all situations that hold the worst makes the verdict, and the second worst is in the second sentence: a problem, data that are incomplete, what deserves attention,
 * and only then that all is well. Which situations there are is told by the scenes (scene.h). */
#ifndef COURANT_REPORT_VERDICT_H
#define COURANT_REPORT_VERDICT_H
#include "report/scene.h"

struct verdict {
	enum status status;
	slice status_word;  /* 注意 */
	slice subject_word; /* as it stands in the subject: "attention" */
	slice sentence;
	slice more;         /* empty: nothing more to say */
	slice cause;        /* for the subject; empty: the status says it all */
	slice preheader;    /* its figures, in front of the preheader */
};

/* Of at least one scene. Among situations of one status the first of the first scene counts as the worst. The slices live as long as what the scenes' `say` said. */
void verdict_make(const struct scene *, size_t n, struct verdict *ret);
#endif
