/* SPDX-License-Identifier: MIT */
/* answer.h - what courant-rrd does for each line it is given (samples/rrd_words.h has the language) */
#ifndef COURANT_RRD_ANSWER_H
#define COURANT_RRD_ANSWER_H
#include "base/buffer.h"

/* Room for the answer to one line. */
#define ANSWER_MAX_BYTES ((size_t)512 << 20)

/* Does what the line (without its LF) asks for, and writes the whole answer. */
void answer(slice line, struct buffer *ret);
#endif
