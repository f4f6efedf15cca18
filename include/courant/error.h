/* SPDX-License-Identifier: MIT */
/* error.h - what went wrong, for a program to decide by and for a person to read
 *
 * Every function that can fail takes `courant_error **err` as its last argument. It may be NULL. When the
 * function fails and `*err` is NULL, `*err` becomes an error that the caller owns: courant_error_free().
 * An error that is there already is never replaced, so that a row of calls can be checked once, at its end.
 * Functions return 0 or -1, or a pointer or NULL.
 *
 * An error is an ordinary object: used by one thread at a time, no global "last error" anywhere. */
#ifndef COURANT_ERROR_H
#define COURANT_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define COURANT_API __attribute__((visibility("default")))
#else
#define COURANT_API
#endif

/* What a program can decide by. The sentence says the rest. */
enum courant_code {
	COURANT_USAGE = 1,    /* the call makes no sense: an argument or option is wrong */
	COURANT_INVALID,      /* this data cannot be composed or sent: a bad address, CR or LF in a header ... */
	COURANT_NO_INPUT,     /* a file to read is missing, unreadable, or not what it should be */
	COURANT_HOST_UNKNOWN, /* the server's name has no address */
	COURANT_REFUSED,      /* refused for good (5xx): sending it again is no use */
	COURANT_TOO_LARGE,    /* over a limit, ours or the server's */
	COURANT_NO_MEMORY,    /* an allocation failed */
	COURANT_CANT_CREATE,  /* an output file cannot be made */
	COURANT_IO,           /* reading or writing failed */
	COURANT_TEMPORARY,    /* not now (4xx, no connection): try again later */
	COURANT_TIMEOUT,      /* a deadline passed: try again later */
	COURANT_PROTOCOL,     /* the server breaks the protocol */
	COURANT_TLS,          /* TLS wanted but missing, failed or unverified */
	COURANT_LOGIN,        /* the login failed */
	COURANT_INSECURE,     /* credentials would travel in clear */
	COURANT_CONFIG,       /* a configuration or report file is wrong, or a part of the installation is missing */
	COURANT_UNKNOWN,      /* perhaps delivered: the connection was lost after the final dot */
	COURANT_CANCELLED     /* the caller asked to stop */
};

typedef struct courant_error courant_error;

/* The code; 0 when error is NULL. */
COURANT_API enum courant_code courant_error_code(const courant_error *error);

/* The sentence: what was being done, with what, and why it failed. UTF-8, one line, no full stop, no newline,
 * control characters escaped. Borrowed while the error lives; "" when error is NULL. Never NULL. */
COURANT_API const char *courant_error_sentence(const courant_error *error);

/* The errno behind it, or 0. */
COURANT_API int courant_error_errno(const courant_error *error);

/* The server's reply code behind it (200 to 599), or 0. */
COURANT_API int courant_error_reply(const courant_error *error);

/* Frees the error. Takes NULL. */
COURANT_API void courant_error_free(courant_error *error);

#ifdef __cplusplus
}
#endif
#endif
