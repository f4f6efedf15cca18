/* SPDX-License-Identifier: MIT */
/* devices.h - bytes of disks and network interfaces, and the reading of files under /proc */
#ifndef COURANT_COLLECT_DEVICES_H
#define COURANT_COLLECT_DEVICES_H
#include "base/buffer.h"

#define PROC_MAX_BYTES ((size_t)8 << 20) /* a line for each disk or interface; hosts of containers have thousands */

/* `path` begins with a slash. */
int proc_read(const char *root, const char *path, struct buffer *ret, courant_error **err);

/* The next word of a line; empty at its end. */
slice proc_next_word(slice *line);

/* The next word, if it is a number; else *ret stays what it is. */
bool proc_next_number(slice *line, double *ret);

/* The figures of the layout that are theirs; they stay NaN where the kernel tells nothing. */
int disks_read(const char *root, double *figures, courant_error **err);
int network_read(const char *root, double *figures, courant_error **err);
#endif
