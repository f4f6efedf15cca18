/* SPDX-License-Identifier: MIT */
/* secret.c - clearing that stays (secret.h) */
#include "base/secret.h"

void secret_clear(void *bytes, size_t size)
{
	if (size)
		explicit_bzero(bytes, size);
}

void secret_free(char *text)
{
	if (text)
		secret_clear(text, strlen(text));
	free(text);
}

void secret_release(struct buffer *buffer)
{
	secret_clear(buffer->bytes, buffer->space);
	buffer_release(buffer);
}
