/* SPDX-License-Identifier: MIT */
/* dot_ended.h - standard input up to a line with nothing but a dot, as sendmail reads a mail
 * that a person types */
#ifndef COURANT_CLI_DOT_ENDED_H
#define COURANT_CLI_DOT_ENDED_H
#include <courant/reader.h>

/* Reads the descriptor until such a line or the end, into an unlinked temporary file. The dot is
 * not part of it; what stands behind is left out. */
courant_reader *dot_ended_new(int fd, const char *name, courant_error **err);
#endif
