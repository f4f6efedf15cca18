/* SPDX-License-Identifier: MIT */
/* secret_file.h - passwords and tokens out of files and pipes */
#ifndef COURANT_BASE_SECRET_FILE_H
#define COURANT_BASE_SECRET_FILE_H
#include "base/secret.h"

#define SECRET_MAX_BYTES 4096 /* OAuth tokens have up to two thousand */

/* The first line of the file. Cleared by secret_free. COURANT_CONFIG when others may read the file, or it holds none. */
char *secret_take_file(const char *path, courant_error **err);

/* A file that holds secrets, with whom may read it looked at on the open file. -1 on failure. */
int secret_open(const char *path, courant_error **err);

/* Everything up to the end, at most `limit` bytes, into room that is made once: a buffer that grows would leave copies behind. */
int secret_read(int fd, size_t limit, const char *name, struct buffer *ret, courant_error **err);

/* The first line of what was read; `name` is where it came from. */
char *secret_first_line(slice text, const char *name, courant_error **err);
#endif
