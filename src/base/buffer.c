/* SPDX-License-Identifier: MIT */
/* buffer.c - growing, and the failure that sticks */
#include "base/buffer.h"

#include <stdio.h>

#include "base/alloc.h"

#define FIRST_SPACE 64

static void give_up(struct buffer *buffer, enum buffer_failure failure)
{
	if (buffer->failure == BUFFER_FINE)
		buffer->failure = failure;
}

char *buffer_room(struct buffer *buffer, size_t n)
{
	size_t need;

	if (buffer->failure != BUFFER_FINE)
		return NULL;
	if (!size_add(buffer->len, n, &need) || need > buffer->limit || need == SIZE_MAX) {
		give_up(buffer, BUFFER_OVER_LIMIT);
		return NULL;
	}
	if (!buffer->bytes || need >= buffer->space) {
		size_t space = buffer->space ? buffer->space : FIRST_SPACE;

		while (space <= need)
			space = space > SIZE_MAX / 2 ? need + 1 : space * 2;

		char *bytes = mem_resize(buffer->bytes, space, 1);

		if (!bytes) {
			give_up(buffer, BUFFER_NO_MEMORY);
			return NULL;
		}
		buffer->bytes = bytes;
		buffer->space = space;
		buffer->bytes[buffer->len] = '\0';
	}
	return buffer->bytes + buffer->len;
}

void buffer_added(struct buffer *buffer, size_t n)
{
	buffer->len += n;
	buffer->bytes[buffer->len] = '\0';
}

void buffer_append(struct buffer *buffer, slice bytes)
{
	char *to = buffer_room(buffer, bytes.len);

	if (!to || bytes.len == 0)
		return;
	memcpy(to, bytes.ptr, bytes.len);
	buffer_added(buffer, bytes.len);
}

void buffer_append_byte(struct buffer *buffer, char byte)
{
	buffer_append(buffer, slice_from(&byte, 1));
}

void buffer_append_repeated(struct buffer *buffer, char byte, size_t n)
{
	char *to = buffer_room(buffer, n);

	if (!to || n == 0)
		return;
	memset(to, byte, n);
	buffer_added(buffer, n);
}

void buffer_append_u64(struct buffer *buffer, uint64_t value)
{
	char digits[20]; /* 2^64 has 20 */
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	buffer_append(buffer, slice_from(digits + at, sizeof digits - at));
}

void buffer_vprintf(struct buffer *buffer, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);

	const int n = vsnprintf(NULL, 0, format, args);
	char *to = n < 0 ? NULL : buffer_room(buffer, (size_t)n);

	if (to) {
		(void)vsnprintf(to, (size_t)n + 1, format, again);
		buffer_added(buffer, (size_t)n);
	} else if (n < 0) {
		give_up(buffer, BUFFER_NO_MEMORY);
	}
	va_end(again);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buffer_vprintf(buffer, format, args);
	va_end(args);
}

void buffer_fail_like(struct buffer *buffer, const struct buffer *helper)
{
	give_up(buffer, helper->failure);
}

void buffer_cut(struct buffer *buffer, size_t len)
{
	if (len >= buffer->len)
		return;
	buffer->len = len;
	buffer->bytes[len] = '\0';
}

void buffer_drop(struct buffer *buffer, size_t n)
{
	if (n == 0)
		return;
	if (n >= buffer->len) {
		buffer_cut(buffer, 0);
		return;
	}
	memmove(buffer->bytes, buffer->bytes + n, buffer->len - n);
	buffer_cut(buffer, buffer->len - n);
}

int buffer_check(const struct buffer *buffer, courant_error **err)
{
	switch (buffer->failure) {
	case BUFFER_FINE:
		return 0;
	case BUFFER_NO_MEMORY:
		return fail_memory(err);
	case BUFFER_OVER_LIMIT:
		return fail(err, COURANT_TOO_LARGE, "text of more than %zu bytes", buffer->limit);
	}
	return -1;
}

int buffer_slice(const struct buffer *buffer, slice *ret, courant_error **err)
{
	if (buffer_check(buffer, err) < 0)
		return -1;
	*ret = buffer->bytes ? buffer_peek(buffer) : SLICE("");
	return 0;
}

int buffer_take(struct buffer *buffer, char **ret, size_t *ret_len, courant_error **err)
{
	if (!buffer->bytes)
		(void)buffer_room(buffer, 0);
	if (buffer_check(buffer, err) < 0)
		return -1;
	*ret = STEAL(buffer->bytes);
	if (ret_len)
		*ret_len = buffer->len;
	buffer->len = buffer->space = 0;
	return 0;
}

void buffer_release(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer){.limit = buffer->limit};
}
