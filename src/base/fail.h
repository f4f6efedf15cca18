/* SPDX-License-Identifier: MIT */
/* fail.h - making errors (courant/error.h), inside the house
 *
 * Each constructor returns -1, so that a check is one line. The error is set once, where the cause is known; a second setting is
 * ignored. Sentences: lower case, what was being done and with what, no full stop. Bytes from outside go through "%s" unchanged: control
 * characters and broken UTF-8 are escaped when the sentence is made. */
#ifndef COURANT_BASE_FAIL_H
#define COURANT_BASE_FAIL_H
#include <courant/error.h>

#include "base/auto.h"
#include "base/slice.h"

#define FAIL_FORMAT(at, rest) __attribute__((format(printf, at, rest)))

int fail(courant_error **err, enum courant_code code, const char *format, ...) FAIL_FORMAT(3, 4);

/* "cannot open x: No such file or directory"; the code follows from the errno (ENOENT, EACCES, EISDIR: NO_INPUT; ENOMEM: NO_MEMORY; else IO). */
int fail_errno(courant_error **err, int error_number, const char *format, ...) FAIL_FORMAT(3, 4);

/* The same with a code of the caller's choice. */
int fail_errno_as(courant_error **err, enum courant_code code, int error_number, const char *format, ...) FAIL_FORMAT(4, 5);

/* "no memory" with no allocation. */
int fail_memory(courant_error **err);

/* With the server's reply code; "sentence: reply text" is the caller's to write. */
int fail_reply_code(courant_error **err, enum courant_code code, int reply_code, const char *format, ...) FAIL_FORMAT(4, 5);

/* Puts "words: " in front of the error that is there. */
int fail_within(courant_error **err, const char *format, ...) FAIL_FORMAT(2, 3);

/* Gives the error to the caller's err (or frees it, when that is NULL or set already). Takes it; returns -1. */
int fail_pass(courant_error **err, courant_error *error);

/* The same error once more: the other one stays its owner's. */
int fail_copy(courant_error **err, const courant_error *other);

AUTO_DEFINE(error, courant_error, courant_error_free)
#endif
