/* SPDX-License-Identifier: MIT */
/* binding.h - the names of sources in sections and attachments, held against the sources that there are
 *
 * Done when a whole file has been read, for sections may stand before sources. */
#ifndef COURANT_REPORT_BINDING_H
#define COURANT_REPORT_BINDING_H
#include "report/file.h"

/* What sections call the figures of a service's quality, which come from several sources. */
#define QUALITY_NAME "quality"

/* The parts of a file that name sources. */
enum binding_part { BINDING_SECTIONS, BINDING_ATTACHMENTS };

/* Every name, in the order of the file. */
typedef void binding_look(void *context, const struct reference *);
void binding_each(const struct report_file *, binding_look *, void *context);

/* A fault for each name that is no source's. */
void binding_check(const struct report_file *, enum binding_part, struct faults *);

/* Takes what a built-in report shows of the source out of all parts. */
void binding_drop(struct report_file *, const char *source);

/* The part is the built-in report's, which spoke of other sources: each of its names becomes that of the file's source of the same name, else of the first one of the same kind
 * that no other name has. What is left without a source is taken out of the part. */
void binding_adopt(struct report_file *, enum binding_part, const struct file_source *former, size_t n_former);
#endif
