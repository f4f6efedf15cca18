/* SPDX-License-Identifier: MIT */
/* auto.h - cleanup beside the declaration
 *
 *     AUTO(close) int fd = open(path, O_RDONLY | O_CLOEXEC);
 *     AUTO(buffer) struct buffer text = BUFFER_LIMIT(LIMIT);
 *     AUTO(free) char *name = mem_copy(word);
 *     return STEAL(name);
 *
 * A module defines its own with AUTO_DEFINE (pointers, released by x_free) or AUTO_DEFINE_VALUE (structs, by x_release).
 * An AUTO variable is initialised where it is declared. */
#ifndef COURANT_BASE_AUTO_H
#define COURANT_BASE_AUTO_H
#include <stdlib.h>

#define AUTO(name) __attribute__((cleanup(auto_##name)))

#define AUTO_DEFINE(name, type, release)                                                           \
	static inline void auto_##name(type **at)                                                  \
	{                                                                                          \
		release(*at);                                                                      \
	}

#define AUTO_DEFINE_VALUE(name, type, release)                                                     \
	static inline void auto_##name(type *at)                                                   \
	{                                                                                          \
		release(at);                                                                       \
	}

/* Hands the pointer over: the variable is NULL afterwards. */
#define STEAL(pointer)                                                                             \
	__extension__({                                                                            \
		__typeof__(pointer) stolen_ = (pointer);                                           \
		(pointer) = NULL;                                                                  \
		stolen_;                                                                           \
	})

/* The same for a descriptor: -1 afterwards. */
#define STEAL_FD(fd)                                                                               \
	__extension__({                                                                            \
		const int stolen_ = (fd);                                                          \
		(fd) = -1;                                                                         \
		stolen_;                                                                           \
	})

static inline void auto_free(void *at)
{
	free(*(void **)at);
}

/* In base/file.c, so that this header needs no <unistd.h>. Takes -1; errno stays. */
void auto_close(int *fd);
#endif
