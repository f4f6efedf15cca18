/* SPDX-License-Identifier: MIT */
/* archive.h - what an RRD file holds, in our words and in librrd's */
#ifndef COURANT_RRD_ARCHIVE_H
#define COURANT_RRD_ARCHIVE_H
#include <rrd.h>

#include "base/buffer.h"

/* The lines step, last, ds and rra. False: the file says what cannot be. */
bool archive_write_facts(const rrd_info_t *, struct buffer *out);

/* Words as librrd's functions want them; a zeroed one is empty. */
struct archive_plan {
	char **words;
	size_t n, space;
};

bool archive_add(struct archive_plan *, slice word);
void archive_plan_release(struct archive_plan *);
AUTO_DEFINE_VALUE(archive_plan, struct archive_plan, archive_plan_release)

/* "ds NAME …" and "rra CF …" up to the end of the line, as DS:… and RRA:… . False: they make no sense. */
bool archive_read_plan(slice *rest, struct buffer *word, struct archive_plan *ret);
#endif
