/* SPDX-License-Identifier: MIT */
/* json.c - logs of one JSON object a line (json.h)
 *
 * The object is walked once (RFC 8259); of each value only its place is noted, for the field its key stands for. */
#include "weblog/json.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "base/num.h"
#include "base/utf8.h"
#include "weblog/lines.h"

#define DEPTH_MAX     16
#define PATH_MAX_LEN  256

enum role {
	ROLE_ADDRESS,
	ROLE_TIME,
	ROLE_REQUEST,
	ROLE_METHOD,
	ROLE_URI,
	ROLE_STATUS,
	ROLE_BYTES,
	ROLE_REFERRER,
	ROLE_AGENT,
	ROLE_HOST,
	ROLE_SECONDS,
	ROLE_MILLISECONDS,
	ROLE_NANOSECONDS,
	ROLES
};

static const char *const role_names[ROLES] = {
	[ROLE_ADDRESS] = "address", [ROLE_TIME] = "time",         [ROLE_REQUEST] = "request",           [ROLE_METHOD] = "method",
	[ROLE_URI] = "uri",         [ROLE_STATUS] = "status",     [ROLE_BYTES] = "bytes",               [ROLE_REFERRER] = "referrer",
	[ROLE_AGENT] = "agent",     [ROLE_HOST] = "host",         [ROLE_SECONDS] = "seconds",           [ROLE_MILLISECONDS] = "milliseconds",
	[ROLE_NANOSECONDS] = "nanoseconds",
};

/* Of several keys for the same field, the first in this table counts. */
static const struct {
	const char *key;
	enum role role;
} known[] = {
	{"request.client_ip", ROLE_ADDRESS}, /* Caddy */
	{"request.remote_ip", ROLE_ADDRESS},
	{"remote_addr", ROLE_ADDRESS},
	{"remote_ip", ROLE_ADDRESS},
	{"client_ip", ROLE_ADDRESS},
	{"ClientHost", ROLE_ADDRESS}, /* Traefik */
	{"clientip", ROLE_ADDRESS},
	{"remote_host", ROLE_ADDRESS},
	{"ip", ROLE_ADDRESS},
	{"client", ROLE_ADDRESS},
	{"ts", ROLE_TIME},
	{"time_iso8601", ROLE_TIME},
	{"time_local", ROLE_TIME},
	{"msec", ROLE_TIME},
	{"StartUTC", ROLE_TIME},
	{"@timestamp", ROLE_TIME},
	{"timestamp", ROLE_TIME},
	{"time", ROLE_TIME},
	{"date", ROLE_TIME},
	{"request", ROLE_REQUEST},
	{"request.method", ROLE_METHOD},
	{"request_method", ROLE_METHOD},
	{"RequestMethod", ROLE_METHOD},
	{"method", ROLE_METHOD},
	{"request.uri", ROLE_URI},
	{"request_uri", ROLE_URI},
	{"RequestPath", ROLE_URI},
	{"uri", ROLE_URI},
	{"url", ROLE_URI},
	{"path", ROLE_URI},
	{"status", ROLE_STATUS},
	{"response_status", ROLE_STATUS},
	{"DownstreamStatus", ROLE_STATUS},
	{"status_code", ROLE_STATUS},
	{"body_bytes_sent", ROLE_BYTES},
	{"bytes_sent", ROLE_BYTES},
	{"DownstreamContentSize", ROLE_BYTES},
	{"response_size", ROLE_BYTES},
	{"size", ROLE_BYTES},
	{"bytes", ROLE_BYTES},
	{"length", ROLE_BYTES},
	{"request.headers.Referer", ROLE_REFERRER},
	{"http_referer", ROLE_REFERRER},
	{"http_referrer", ROLE_REFERRER},
	{"request_Referer", ROLE_REFERRER},
	{"referer", ROLE_REFERRER},
	{"referrer", ROLE_REFERRER},
	{"request.headers.User-Agent", ROLE_AGENT},
	{"http_user_agent", ROLE_AGENT},
	{"request_User-Agent", ROLE_AGENT},
	{"user_agent", ROLE_AGENT},
	{"userAgent", ROLE_AGENT},
	{"agent", ROLE_AGENT},
	{"request.host", ROLE_HOST},
	{"RequestHost", ROLE_HOST},
	{"http_host", ROLE_HOST},
	{"host", ROLE_HOST},
	{"server_name", ROLE_HOST},
	{"vhost", ROLE_HOST},
	{"duration", ROLE_SECONDS}, /* Caddy */
	{"request_time", ROLE_SECONDS},
	{"generation_time_milli", ROLE_MILLISECONDS},
	{"Duration", ROLE_NANOSECONDS}, /* Traefik */
};

int json_keys_parse(struct json_keys *keys, slice words, courant_error **err)
{
	slice word, name;

	*keys = (struct json_keys){0};
	while (slice_next(&words, ',', &word)) {
		size_t role = 0;

		if (!word.len)
			continue;
		slice_next(&word, '=', &name);
		while (role < ROLES && !slice_equal(name, slice_of(role_names[role])))
			role++;
		if (role == ROLES || !word.len)
			return fail(err, COURANT_USAGE, "the format's %.*s is not like address=KEY (address, time, request, method, uri, status, bytes, "
							"referrer, agent, host, seconds, milliseconds)", SLICE_ARGS(name));
		if (keys->n == JSON_KEYS_MAX)
			return fail(err, COURANT_USAGE, "the format has more than %d keys", JSON_KEYS_MAX);
		keys->own[keys->n].key = word;
		keys->own[keys->n++].role = (unsigned)role;
	}
	return 0;
}

/* ---- walking ---- */

struct walk {
	const struct json_keys *keys;
	struct line_parts_read *parts;
	slice rest;
	char path[PATH_MAX_LEN];
	size_t path_len;
	int depth;
	slice values[ROLES];
	size_t ranks[ROLES]; /* of the keys they came from, smaller is better; 0: none */
};

static bool walk_value(struct walk *);

static void skip_space(struct walk *walk)
{
	while (walk->rest.len && ascii_is_space(walk->rest.ptr[0]))
		walk->rest = slice_after(walk->rest, 1);
}

static bool next_byte(struct walk *walk, char byte)
{
	skip_space(walk);
	if (!walk->rest.len || walk->rest.ptr[0] != byte)
		return false;
	walk->rest = slice_after(walk->rest, 1);
	return true;
}

/* \u and four digits; two of them for what lies beyond. */
static bool read_unicode(slice *rest, uint32_t *ret)
{
	uint64_t code, low;

	if (rest->len < 4 || !num_parse_hex(slice_part(*rest, 0, 4), &code))
		return false;
	*rest = slice_after(*rest, 4);
	if (code >= 0xd800 && code < 0xdc00 && slice_starts(*rest, SLICE("\\u")) && num_parse_hex(slice_part(*rest, 2, 4), &low) &&
	    low >= 0xdc00 && low < 0xe000) {
		*rest = slice_after(*rest, 6);
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	*ret = code >= 0xd800 && code < 0xe000 ? 0xfffd : (uint32_t)code;
	return true;
}

/* A string with escapes, decoded into the scratch, where it is never longer. */
static bool unescape(struct walk *walk, slice text, slice *ret)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char *const begin = walk->parts->scratch + walk->parts->scratch_len;
	char *out = begin;

	if (text.len > LINES_MAX - walk->parts->scratch_len)
		return false;
	while (text.len) {
		const char byte = text.ptr[0];

		text = slice_after(text, 1);
		if (byte != '\\') {
			*out++ = byte;
			continue;
		}

		const char letter = text.len ? text.ptr[0] : '\0';
		const char *at = letter ? strchr(from, letter) : NULL;

		text = slice_after(text, 1);
		if (at) {
			*out++ = to[at - from];
		} else {
			AUTO(buffer) struct buffer code_bytes = BUFFER_LIMIT(8);
			uint32_t code;

			if (letter != 'u' || !read_unicode(&text, &code))
				return false;
			utf8_write(&code_bytes, code);
			memcpy(out, code_bytes.bytes, code_bytes.len);
			out += code_bytes.len;
		}
	}
	*ret = slice_from(begin, (size_t)(out - begin));
	walk->parts->scratch_len += ret->len;
	return true;
}

/* Behind the opening quote. */
static bool next_string(struct walk *walk, slice *ret, bool *ret_has_escape)
{
	size_t at = 0;

	*ret_has_escape = false;
	while (at < walk->rest.len && walk->rest.ptr[at] != '"') {
		if (walk->rest.ptr[at] == '\\') {
			*ret_has_escape = true;
			at++;
		}
		at++;
	}
	if (at >= walk->rest.len)
		return false;
	*ret = slice_part(walk->rest, 0, at);
	walk->rest = slice_after(walk->rest, at + 1);
	return true;
}

/* Keeps a value, if its path stands for a field and no better one has been seen. */
static bool note(struct walk *walk, slice value, bool has_escape)
{
	const slice path = slice_from(walk->path, walk->path_len);
	size_t rank = SLICE_NONE;
	unsigned role = 0;

	for (size_t i = 0; i < walk->keys->n && rank == SLICE_NONE; i++) {
		if (slice_equal(path, walk->keys->own[i].key)) {
			rank = i + 1;
			role = walk->keys->own[i].role;
		}
	}
	for (size_t i = 0; i < sizeof known / sizeof *known && rank == SLICE_NONE; i++) {
		if (slice_equal(path, slice_of(known[i].key))) {
			rank = JSON_KEYS_MAX + i + 1;
			role = known[i].role;
		}
	}
	if (rank == SLICE_NONE || (walk->ranks[role] && walk->ranks[role] <= rank))
		return true;
	if (has_escape && !unescape(walk, value, &value))
		return false;
	walk->values[role] = value;
	walk->ranks[role] = rank;
	return true;
}

static bool walk_object(struct walk *walk)
{
	const size_t before = walk->path_len;

	if (next_byte(walk, '}'))
		return true;
	do {
		bool has_escape;
		slice key;

		if (!next_byte(walk, '"') || !next_string(walk, &key, &has_escape) || !next_byte(walk, ':'))
			return false;
		/* A path too long to be known is cut, and so not known. */
		walk->path_len = before;
		if (before && walk->path_len < sizeof walk->path)
			walk->path[walk->path_len++] = '.';
		key = slice_part(key, 0, sizeof walk->path - walk->path_len);
		memcpy(walk->path + walk->path_len, key.ptr, key.len);
		walk->path_len += key.len;
		if (!walk_value(walk))
			return false;
		walk->path_len = before;
	} while (next_byte(walk, ','));
	return next_byte(walk, '}');
}

/* Of a list the first value counts: ranks let none of the others in. */
static bool walk_list(struct walk *walk)
{
	if (next_byte(walk, ']'))
		return true;
	do {
		if (!walk_value(walk))
			return false;
	} while (next_byte(walk, ','));
	return next_byte(walk, ']');
}

static bool walk_word(struct walk *walk)
{
	size_t len = 0;

	while (len < walk->rest.len && (ascii_is_alnum(walk->rest.ptr[len]) || strchr("+-.", walk->rest.ptr[len])))
		len++;

	const slice word = slice_part(walk->rest, 0, len);

	walk->rest = slice_after(walk->rest, len);
	return len && (slice_equal(word, SLICE("null")) || note(walk, word, false));
}

static bool walk_value(struct walk *walk)
{
	bool has_escape, is_right;
	slice text;

	if (++walk->depth > DEPTH_MAX)
		return false;
	if (next_byte(walk, '{'))
		is_right = walk_object(walk);
	else if (next_byte(walk, '['))
		is_right = walk_list(walk);
	else if (next_byte(walk, '"'))
		is_right = next_string(walk, &text, &has_escape) && note(walk, text, has_escape);
	else
		is_right = walk_word(walk);
	walk->depth--;
	return is_right;
}

/* ---- fields ---- */

/* Times come as numbers of seconds, milli-, micro- or nanoseconds, or as text. */
static enum line_fault read_time(slice value, struct line_parts_read *parts, struct log_line *line)
{
	const size_t digits = slice_part(value, 0, slice_find(value, '.')).len;

	if (value.len == STAMP_BYTES && stamp_has_shape(value.ptr))
		return field_read(FIELD_TIME, value, parts, line);
	if (value.len > 4 && value.ptr[4] == '-')
		return field_read(FIELD_TIME_ISO, value, parts, line);
	if (digits > 17)
		return field_read(FIELD_TIME_EPOCH_US, slice_part(value, 0, digits - 3), parts, line);
	return field_read(digits > 14 ? FIELD_TIME_EPOCH_US : digits > 11 ? FIELD_TIME_EPOCH_MS : FIELD_TIME_EPOCH, value, parts, line);
}

static enum line_fault read_role(enum role role, slice value, struct line_parts_read *parts, struct log_line *line)
{
	static const enum pattern_field fields[ROLES] = {
		[ROLE_ADDRESS] = FIELD_ADDRESS_TOLD, [ROLE_REQUEST] = FIELD_REQUEST,   [ROLE_METHOD] = FIELD_METHOD, [ROLE_URI] = FIELD_URI,
		[ROLE_STATUS] = FIELD_STATUS,   [ROLE_BYTES] = FIELD_SIZE,        [ROLE_REFERRER] = FIELD_REFERRER,
		[ROLE_AGENT] = FIELD_AGENT,     [ROLE_HOST] = FIELD_HOST,         [ROLE_SECONDS] = FIELD_SECONDS,
		[ROLE_MILLISECONDS] = FIELD_MILLISECONDS,
	};
	uint64_t nanoseconds;

	if (role == ROLE_TIME)
		return read_time(value, parts, line);
	if (role == ROLE_NANOSECONDS) {
		if (num_parse_range(value, 0, UINT64_MAX / 2, &nanoseconds))
			line->duration_us = (int64_t)(nanoseconds / 1000);
		return LINE_FINE;
	}
	return field_read(fields[role], value, parts, line);
}

enum line_fault json_read(const struct json_keys *keys, struct line_parts_read *parts, slice line, struct log_line *ret)
{
	const size_t brace = slice_find(line, '{');
	struct walk walk = {.keys = keys, .parts = parts, .rest = slice_after(line, brace)};

	fields_begin(parts, ret);
	if (brace == SLICE_NONE || !walk_value(&walk))
		return LINE_NO_FIELD;
	skip_space(&walk);
	if (walk.rest.len)
		return LINE_NO_FIELD;
	for (size_t role = 0; role < ROLES; role++) {
		const enum line_fault fault = walk.ranks[role] ? read_role((enum role)role, walk.values[role], parts, ret) : LINE_FINE;

		if (fault)
			return fault;
	}
	return fields_end(parts, ret);
}
