/* SPDX-License-Identifier: MIT */
/* mail.h - a document becomes a mail */
#ifndef COURANT_REPORT_MAIL_H
#define COURANT_REPORT_MAIL_H
#include <courant/message.h>

#include "render/document.h"
#include "report/texts.h"
#include "schedule/period.h"

/* Both forms of a document. */
struct renderings {
	char *text, *html;
};
int renderings_make(struct renderings *, const struct document *, courant_error **err);
void renderings_release(struct renderings *);
AUTO_DEFINE_VALUE(renderings, struct renderings, renderings_release)

struct mail_request {
	const struct document *document;
	const struct renderings *renderings;
	const char *name; /* of the report: "traffic" */
	const char *from;
	const char *const *to, *const *cc; /* as written: each may hold several addresses */
	size_t n_to, n_cc;
	int64_t date_ms;
	int offset_s;       /* of the Date */
	bool is_repeatable; /* ids and boundaries follow from the content */
	const struct window *slot; /* it is a run of a schedule: then the Message-ID follows from report, window and recipients alone; NULL */
};

/* multipart/alternative, plain text first, marked as made by a program (RFC 3834) and with a List-Id, so that readers can sort it. COURANT_INVALID for
 * addresses or a subject that cannot be sent. */
courant_message *mail_compose(const struct mail_request *, courant_error **err);

/* traffic_2026-11-09, traffic_2026-11-02_2026-11-08: a file name without its ending, safe whatever the report is called. */
char *mail_file_name(const char *name, const int64_t *from_ms, const int64_t *to_ms,
                     const struct zone *, courant_error **err);
#endif
