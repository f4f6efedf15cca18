/* SPDX-License-Identifier: MIT */
/* line.c - one line of an access log, told apart by position and quoting (line.h) */
#include "weblog/line.h"

#include "base/ascii.h"
#include "table/words.h"

/* A response of a petabyte is a broken line; so sums of sizes cannot overflow before 18,000 of them. */
#define SIZE_MAX_DIGITS 15

const char *line_fault_text(enum line_fault fault)
{
	static const enum word words[LINE_FAULTS] = {
		[LINE_TOO_LONG] = WORD_REASON_TOO_LONG,
		[LINE_NO_HOST] = WORD_REASON_NO_HOST,
		[LINE_NO_ADDRESS] = WORD_REASON_NO_ADDRESS,
		[LINE_NO_IDENTITY] = WORD_REASON_NO_IDENTITY,
		[LINE_NO_TIME] = WORD_REASON_NO_TIME,
		[LINE_IMPOSSIBLE_TIME] = WORD_REASON_IMPOSSIBLE_TIME,
		[LINE_NO_REQUEST] = WORD_REASON_NO_REQUEST,
		[LINE_OPEN_REQUEST] = WORD_REASON_OPEN_REQUEST,
		[LINE_NO_STATUS] = WORD_REASON_NO_STATUS,
		[LINE_NO_SIZE] = WORD_REASON_NO_SIZE,
		[LINE_NO_REFERRER] = WORD_REASON_NO_REFERRER,
		[LINE_NO_AGENT] = WORD_REASON_NO_AGENT,
		[LINE_NO_FIELD] = WORD_REASON_NO_FIELD,
	};

	return fault == LINE_FINE ? "" : word(words[fault], LANGUAGE_EN);
}

/* Cuts a word and the blank behind it off the line. */
static bool next_word(slice *rest, slice *ret)
{
	const size_t len = slice_find(*rest, ' ');

	if (len == 0 || len == SLICE_NONE)
		return false;
	*ret = slice_from(rest->ptr, len);
	*rest = slice_from(rest->ptr + len + 1, rest->len - len - 1);
	return true;
}

/* The first time in brackets with a blank before it and the request's quote behind; NULL when there is none. */
static const char *find_time(slice rest)
{
	const char *at = rest.ptr, *const end = rest.ptr + rest.len;

	while (end - at >= STAMP_BYTES + 4 && (at = memchr(at, '[', (size_t)(end - at) - STAMP_BYTES - 3))) {
		if (at > rest.ptr && at[-1] == ' ' && memcmp(at + STAMP_BYTES + 1, "] \"", 3) == 0 && stamp_has_shape(at + 1))
			return at;
		at++;
	}
	return NULL;
}

/* Why there is no such time: because there is none at all, or no request behind it. */
static enum line_fault why_no_time(slice rest)
{
	for (size_t at = 1; at + STAMP_BYTES + 2 <= rest.len; at++)
		if (rest.ptr[at] == '[' && rest.ptr[at - 1] == ' ' && rest.ptr[at + STAMP_BYTES + 1] == ']' &&
		    stamp_has_shape(rest.ptr + at + 1))
			return LINE_NO_REQUEST;
	return LINE_NO_TIME;
}

/* Cuts everything up to the time and its "] " off: the user, which may hold blanks or be empty. */
static enum line_fault next_time(slice *rest, struct stamp_cache *stamps, struct log_line *ret)
{
	const char *at = find_time(*rest);

	if (!at)
		return why_no_time(*rest);
	if (!stamp_parse(stamps, at + 1, &ret->time_s))
		return LINE_IMPOSSIBLE_TIME;
	ret->offset_s = stamps->offset_s;
	*rest = slice_after(*rest, (size_t)(at - rest->ptr) + STAMP_BYTES + 3);
	return LINE_FINE;
}

/* Cuts a quoted field off, without its quotes. False when the closing quote is missing or something other than a blank follows it. */
static bool next_quoted(slice *rest, slice *ret)
{
	const char *const begin = rest->ptr + 1, *const end = rest->ptr + rest->len;
	const char *at = begin;

	for (;; at += 2) {
		while (at < end && *at != '"' && *at != '\\')
			at++;
		if (at >= end)
			return false;
		if (*at == '"')
			break;
	}
	*ret = slice_from(begin, (size_t)(at - begin));
	at++;
	if (at < end && *at != ' ')
		return false;
	*rest = at < end ? slice_from(at + 1, (size_t)(end - at) - 1) : slice_from(end, 0);
	return true;
}

static bool is_quoted(slice rest)
{
	return rest.len && rest.ptr[0] == '"';
}

static bool next_status(slice *rest, unsigned *ret)
{
	if (rest->len < 4 || !ascii_is_digit(rest->ptr[0]) || !ascii_is_digit(rest->ptr[1]) ||
	    !ascii_is_digit(rest->ptr[2]) || rest->ptr[3] != ' ')
		return false;
	*ret = (unsigned)((rest->ptr[0] - '0') * 100 + (rest->ptr[1] - '0') * 10 + rest->ptr[2] - '0');
	*rest = slice_after(*rest, 4);
	return true;
}

static bool next_size(slice *rest, uint64_t *ret)
{
	size_t n = 0;
	uint64_t size = 0;

	if (rest->len && rest->ptr[0] == '-') {
		n = 1;
	} else {
		for (; n < rest->len && n <= SIZE_MAX_DIGITS && ascii_is_digit(rest->ptr[n]); n++)
			size = size * 10 + (uint64_t)(rest->ptr[n] - '0');
		if (n == 0 || n > SIZE_MAX_DIGITS)
			return false;
	}
	if (n < rest->len && rest->ptr[n] != ' ')
		return false;
	*ret = size;
	*rest = slice_after(*rest, n + 1);
	return true;
}

void line_split_request(slice request, slice *ret_method, slice *ret_path)
{
	slice words[3];
	size_t n = 0;

	*ret_method = *ret_path = (slice){NULL, 0};
	for (size_t at = 0;;) {
		while (at < request.len && request.ptr[at] == ' ')
			at++;
		if (at == request.len)
			break;
		if (n == 3)
			return;

		const slice from = slice_after(request, at);
		const size_t len = slice_find(from, ' ');

		words[n++] = slice_part(from, 0, len);
		at += words[n - 1].len;
	}
	if (n != 3)
		return;
	*ret_method = words[0];
	*ret_path = slice_part(words[1], 0, slice_find(words[1], '?'));
}

slice line_host(slice word)
{
	const size_t colon = slice_find_last(word, ':');

	/* An IPv6 address has colons inside of brackets. */
	if (colon == SLICE_NONE || slice_find(slice_after(word, colon), ']') != SLICE_NONE)
		return word;
	return slice_part(word, 0, colon);
}

enum line_fault line_parse(unsigned parts, struct stamp_cache *stamps, slice line, struct log_line *ret)
{
	slice word, request;

	*ret = (struct log_line){0};
	if (parts & LINE_HOST) {
		if (!next_word(&line, &word))
			return LINE_NO_HOST;
		ret->host = line_host(word);
	}
	if (!next_word(&line, &ret->address))
		return LINE_NO_ADDRESS;
	ret->address = line_address(ret->address);
	if (!next_word(&line, &word))
		return LINE_NO_IDENTITY;

	const enum line_fault fault = next_time(&line, stamps, ret);

	if (fault)
		return fault;
	if (!next_quoted(&line, &request))
		return LINE_OPEN_REQUEST;
	if (!next_status(&line, &ret->status))
		return LINE_NO_STATUS;
	if (!next_size(&line, &ret->size_bytes))
		return LINE_NO_SIZE;
	if (parts & LINE_AGENT) {
		if (!is_quoted(line) || !next_quoted(&line, &ret->referrer))
			return LINE_NO_REFERRER;
		if (!is_quoted(line) || !next_quoted(&line, &ret->agent))
			return LINE_NO_AGENT;
	}
	line_split_request(request, &ret->method, &ret->path);
	ret->rest = line;
	return LINE_FINE;
}
