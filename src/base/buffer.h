/* SPDX-License-Identifier: MIT */
/* buffer.h - bytes that grow up to a limit; the first failure sticks
 *
 *     AUTO(buffer) struct buffer out = BUFFER_LIMIT(HEADER_MAX_BYTES);
 *     buffer_append(&out, name);
 *     buffer_append(&out, SLICE(": "));
 *     return buffer_take(&out, ret, ret_len, err);
 *
 * Appending returns nothing. After a failure (no memory, over the limit) appending does nothing, and buffer_take, buffer_slice
 * and buffer_check report it. */
#ifndef COURANT_BASE_BUFFER_H
#define COURANT_BASE_BUFFER_H
#include <stdarg.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/fail.h"
#include "base/slice.h"

enum buffer_failure { BUFFER_FINE, BUFFER_NO_MEMORY, BUFFER_OVER_LIMIT };

struct buffer {
	char *bytes; /* with a NUL behind it, or NULL */
	size_t len;
	size_t space;
	size_t limit; /* in bytes */
	enum buffer_failure failure;
};

#define BUFFER_LIMIT(max_bytes) {.limit = (max_bytes)}

void buffer_append(struct buffer *, slice bytes);
void buffer_append_byte(struct buffer *, char byte);
void buffer_append_repeated(struct buffer *, char byte, size_t n);
void buffer_append_u64(struct buffer *, uint64_t value); /* decimal */
void buffer_printf(struct buffer *, const char *format, ...) FAIL_FORMAT(2, 3);
void buffer_vprintf(struct buffer *, const char *format, va_list args) FAIL_FORMAT(2, 0);

/* Room for n more bytes to be written by hand, then said with buffer_added. NULL after a failure. */
char *buffer_room(struct buffer *, size_t n);
void buffer_added(struct buffer *, size_t n);

/* When a helper that was to be appended has failed, this one has failed too. */
void buffer_fail_like(struct buffer *, const struct buffer *helper);

/* Shortens to `len` bytes, or takes n bytes off the front. */
void buffer_cut(struct buffer *, size_t len);
void buffer_drop(struct buffer *, size_t n);

/* 0, or -1 with the failure that stuck. */
int buffer_check(const struct buffer *, courant_error **err);

/* The bytes, borrowed until the next change; they end with a NUL that does not count. */
int buffer_slice(const struct buffer *, slice *ret, courant_error **err);

/* The bytes, the caller's to free(); the buffer is empty afterwards. ret_len may be NULL. */
int buffer_take(struct buffer *, char **ret, size_t *ret_len, courant_error **err);

/* What is there so far, for looking at only: after a failure it is a beginning. */
static inline slice buffer_peek(const struct buffer *buffer)
{
	return slice_from(buffer->bytes, buffer->len);
}

void buffer_release(struct buffer *);
AUTO_DEFINE_VALUE(buffer, struct buffer, buffer_release)
#endif
