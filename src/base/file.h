/* SPDX-License-Identifier: MIT */
/* file.h - files: read whole, written whole or not at all */
#ifndef COURANT_BASE_FILE_H
#define COURANT_BASE_FILE_H
#include <sys/types.h>

#include <courant/reader.h>

#include "base/buffer.h"

/* For reading; CLOEXEC. COURANT_NO_INPUT with a sentence when missing, unreadable or a folder. -1 on failure. */
int file_open(const char *path, courant_error **err);

/* Everything up to the end, into the buffer (its limit holds). `name` stands in errors. */
int file_read_all(int fd, const char *name, struct buffer *ret, courant_error **err);
int file_read(const char *path, struct buffer *ret, courant_error **err);

/* Writes all of it, however often write(2) is interrupted or short. */
int file_write_all(int fd, slice bytes, const char *name, courant_error **err);

/* The file appears whole under its name, or not at all: a temporary file beside it, fsync, rename, fsync of the folder. COURANT_CANT_CREATE.
 * A link stays one: what it leads to is replaced. Devices, pipes and what lies in /dev or /proc are written directly. */
int file_write_atomic(const char *path, slice bytes, mode_t mode, courant_error **err);

/* The same for a reader's bytes, in constant memory. */
int file_write_reader(const char *path, courant_reader *bytes, mode_t mode, courant_error **err);

/* The folder and its parents, when missing. COURANT_CANT_CREATE. */
int file_make_folder(const char *path, mode_t mode, courant_error **err);

/* An unlinked temporary file, for spooling; in $dir, or /var/tmp then /tmp when NULL. -1 on failure. */
int file_open_temporary(const char *dir, courant_error **err);

/* A new folder that only its owner may enter, for files that need a name; in $dir, or /var/tmp then /tmp when NULL. The caller removes it, and frees the path. NULL on failure. */
char *file_make_temporary_folder(const char *dir, courant_error **err);

AUTO_DEFINE(reader, courant_reader, courant_reader_free)
#endif
