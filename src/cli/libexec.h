/* SPDX-License-Identifier: MIT */
/* libexec.h - where Courant's other programs lie: courant-report, courant-weblog, courant-rrd */
#ifndef COURANT_CLI_LIBEXEC_H
#define COURANT_CLI_LIBEXEC_H
#include "base/buffer.h"

/* The path of the program; false when it is nowhere. Looked for, in this order: where $COURANT_LIBEXEC_DIR says (tests), beside this program (the build tree;
 * courant-report's own folder), in the libexec folder beside its folder (an installation that was moved), where it was installed. */
bool libexec_find(const char *program, struct buffer *ret_path);
#endif
