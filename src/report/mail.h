/* SPDX-License-Identifier: MIT */
/* mail.h - a document becomes a mail: mixed( related( alternative( plain, html ), pictures ), workbook and files ) */
#ifndef COURANT_REPORT_MAIL_H
#define COURANT_REPORT_MAIL_H
#include <courant/message.h>

#include "render/document.h"
#include "report/enclosures.h"
#include "schedule/period.h"

#define MAIL_WARN_BYTES (UINT64_C(8) << 20) /* many servers refuse 10 MB, and a mail grows by a third when it is encoded */

#define PICTURE_WARN_BYTES 20000                 /* of each: a quiet one has 12 to 17 KB, and a mail is read on the way, too */

/* Every form of a document. */
struct renderings {
	char *text, *html;
	char *page; /* the HTML as it lies in a folder, its pictures beside it: FILE_PREFIX, name, ending */
	struct image *images; /* that the HTML refers to; their bytes are the document's */
	size_t n_images;
	char *workbook; /* NULL: none is attached */
	size_t workbook_len;
};

/* `prefix` stands before the names of pictures that lie in a folder. */
int renderings_make(struct renderings *, struct document *, const struct enclosures *, const char *prefix, int64_t created_ms, courant_error **err);
void renderings_release(struct renderings *);
AUTO_DEFINE_VALUE(renderings, struct renderings, renderings_release)

/* About how many bytes the mail will have. A file that is not there counts as nothing: composing tells of it. */
uint64_t mail_estimate_bytes(const struct renderings *, const struct enclosures *);

struct mail_request {
	const struct document *document;
	const struct renderings *renderings; /* must live as long as the mail */
	const struct enclosures *enclosures;
	const char *name; /* of the report: "traffic" */
	const char *from;
	const char *const *to, *const *cc; /* as written: each may hold several addresses */
	size_t n_to, n_cc;
	int64_t date_ms;
	int offset_s;       /* of the Date */
	bool is_repeatable; /* ids and boundaries follow from the content */
	const struct window *slot; /* it is a run of a schedule: then the Message-ID follows from report, window and recipients alone; NULL */
};

/* Marked as made by a program (RFC 3834) and with a List-Id, so that readers can sort it. COURANT_INVALID for addresses or a subject that cannot be sent;
 * COURANT_NO_INPUT for a file that cannot be read. */
courant_message *mail_compose(const struct mail_request *, courant_error **err);

/* traffic_2026-11-09, traffic_2026-11-02_2026-11-08: a file name without its ending, safe whatever the report is called. */
char *mail_file_name(const char *name, const int64_t *from_ms, const int64_t *to_ms,
                     const struct zone *, courant_error **err);
#endif
