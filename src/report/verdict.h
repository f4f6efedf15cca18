/* SPDX-License-Identifier: MIT */
/* verdict.h - is it well? one sentence, decided by rule
 *
 * The situations, the worst first: too many server errors (a problem); nothing recorded, a gap in the log, unreadable lines
 * (incomplete); more errors than before, traffic up or down (attention); else normal. The worst makes the verdict, the second worst is in the
 * second sentence. Without a comparison only the limits judge. */
#ifndef COURANT_REPORT_VERDICT_H
#define COURANT_REPORT_VERDICT_H
#include "render/document.h"
#include "report/figures.h"
#include "report/file.h"
#include "report/say.h"

struct verdict {
	enum status status;
	slice status_word;  /* 注意 */
	slice subject_word; /* as it stands in the subject: "attention" */
	slice sentence;
	slice more;      /* empty: nothing more to say */
	slice cause;     /* for the subject; empty: the status says it all */
	slice preheader; /* its figures, in front of the preheader */
};

/* The slices live as long as what `say` said. */
void verdict_make(struct say *, const struct figures *, const struct targets *,
                  struct verdict *ret);
#endif
