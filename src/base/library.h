/* SPDX-License-Identifier: MIT */
/* library.h - shared libraries that few runs need, loaded when one does (dlopen(3))
 *
 * A library that is linked costs every start of the program, a login or none. */
#ifndef COURANT_BASE_LIBRARY_H
#define COURANT_BASE_LIBRARY_H
#include <courant/error.h>
#include <stdatomic.h>
#include <stddef.h>

/* A list of functions is a macro, with the beginning of their names apart; of it come a struct of pointers and the names:
 *
 *     #define FUNCTIONS(X) X(that_, open) X(that_, close)
 *
 *     static struct { FUNCTIONS(LIBRARY_MEMBER) } that;
 *     static const char *const names[] = {FUNCTIONS(LIBRARY_NAME)};
 *     static struct library library = {"libthat.so.1", "for what", names, sizeof names / sizeof *names, &that};
 *
 * and that.open() is that_open(). */
#define LIBRARY_MEMBER(prefix, name) __typeof__(&prefix##name) name;
#define LIBRARY_NAME(prefix, name)   #prefix #name,

struct library {
	const char *file;    /* "libthat.so.1": the version whose header the program was built with */
	const char *purpose; /* "logging in": for the sentence when it is not there */
	const char *const *names;
	size_t count;
	void *functions; /* a struct of `count` pointers to functions */
	atomic_bool is_loaded;
};

/* Loads it if it is not loaded yet; it stays. Several threads may call this at once. COURANT_CONFIG when the library or one of its functions is not there. */
int library_load(struct library *, courant_error **err);
#endif
