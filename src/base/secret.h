/* SPDX-License-Identifier: MIT */
/* secret.h - passwords and tokens: cleared before they are freed */
#ifndef COURANT_BASE_SECRET_H
#define COURANT_BASE_SECRET_H
#include "base/buffer.h"

/* Overwrites the bytes in a way the compiler keeps. Takes NULL with 0. */
void secret_clear(void *bytes, size_t size);

/* A terminated text: cleared and freed. Takes NULL. */
void secret_free(char *text);
AUTO_DEFINE(secret, char, secret_free)

/* A buffer that held a secret. (A buffer that grows leaves copies behind: make room once, with buffer_room, before a secret goes in.) */
void secret_release(struct buffer *);
AUTO_DEFINE_VALUE(secret_buffer, struct buffer, secret_release)
#endif
