/* SPDX-License-Identifier: MIT */
/* json.h - logs of one JSON object a line (Caddy, Traefik, nginx, Apache): which key is which field */
#ifndef COURANT_WEBLOG_JSON_H
#define COURANT_WEBLOG_JSON_H
#include "weblog/pattern.h"

#define JSON_KEYS_MAX 32

struct json_keys {
	struct {
		slice key; /* keys of objects inside are joined with a point: request.headers.User-Agent */
		unsigned role;
	} own[JSON_KEYS_MAX];
	size_t n; /* of one's own, which go before those that are known */
};

/* "time=when,address=client.ip": words are borrowed. COURANT_USAGE for a word that is not address, time, request, method, uri, status, bytes, referrer, agent, host,
 * seconds or milliseconds. */
int json_keys_parse(struct json_keys *, slice words, courant_error **err);

/* A line; what stands before its first brace is passed over. */
enum line_fault json_read(const struct json_keys *, struct line_parts_read *, slice line, struct log_line *ret);
#endif
