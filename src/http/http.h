/* SPDX-License-Identifier: MIT */
/* http.h - requests by libcurl, set up in one place
 *
 * Only http and https, certificates verified, nothing of the environment (proxies, .netrc, cookies), a limit for the body, and one deadline for all of it.
 * Redirects are followed only when asked. */
#ifndef COURANT_HTTP_HTTP_H
#define COURANT_HTTP_HTTP_H
#include <curl/curl.h>

#include "base/buffer.h"

struct http_options {
	const char *url;
	int64_t timeout_ms;
	const char *ca_file;    /* NULL: the system's */
	const char *proxy;      /* a URL; NULL: none */
	const char *user, *password; /* basic authentication; NULL: none */
	const char *token;      /* of a bearer; NULL: none */
	const char *post;       /* a form to be posted; NULL: GET */
	bool is_head;           /* HEAD instead of GET */
	size_t limit_bytes;     /* what is longer is not read to its end */
	bool follows;           /* redirects, at most ten */
};

/* One request. It stays where it is while the request runs. */
struct http {
	CURL *easy;
	struct buffer body;
	size_t limit_bytes;
	bool is_cut; /* the body was longer than the limit */
	char words[CURL_ERROR_SIZE]; /* libcurl's, of what failed */
};

/* Copies what it needs of the options. */
int http_init(struct http *, const struct http_options *, courant_error **err);
void http_release(struct http *);
AUTO_DEFINE_VALUE(http, struct http, http_release)

/* What went wrong with a request that had no answer, as far as anybody can decide by it. */
enum http_failure {
	HTTP_FINE,
	HTTP_NO_NAME, /* the host has no address */
	HTTP_REFUSED, /* nobody listens, or no way leads there */
	HTTP_TLS,     /* no trusted connection: certificate, name, version */
	HTTP_TIMEOUT,
	HTTP_LOST,    /* the connection ended before the answer did */
	HTTP_BROKEN,  /* the answer is no HTTP, or too many redirects */
};
enum http_failure http_failure_of(const struct http *, CURLcode);

/* Runs it to its end. 0 with the status, also of 404 and 500; -1 with a sentence that names the URL (without what is behind its question mark). */
int http_run(struct http *, const char *url, long *ret_status, courant_error **err);
#endif
