/* SPDX-License-Identifier: MIT */
/* format.c - which format a log is in (format.h) */
#include "weblog/format.h"

#include "base/ascii.h"

const char format_expected[] =
	"[HOST] ADDRESS IDENTITY USER [10/Oct/2000:13:55:36 -0700] \"REQUEST\" STATUS SIZE [\"REFERRER\" \"AGENT\" [TIMES]]";

#define AGENT LINE_AGENT
#define HOST  LINE_HOST

static const struct log_format formats[] = {
	{"common", 0, false, false},
	{"combined", AGENT, false, false},
	{"combined with request time", AGENT, true, false},
	{"combined with request and upstream time", AGENT, true, true},
	{"common with virtual host", HOST, false, false},
	{"combined with virtual host", HOST | AGENT, false, false},
	{"combined with virtual host and request time", HOST | AGENT, true, false},
	{"combined with virtual host, request and upstream time", HOST | AGENT, true, true},
};
#undef AGENT
#undef HOST

/* An address in figures: dotted, or with colons. A host name's port looks like neither. */
static bool is_address(slice word)
{
	size_t dots = 0, colons = 0;

	for (size_t i = 0; i < word.len; i++) {
		dots += word.ptr[i] == '.';
		colons += word.ptr[i] == ':';
		if (word.ptr[i] != '.' && word.ptr[i] != ':' && ascii_hex_value(word.ptr[i]) < 0)
			return false;
	}
	return colons >= 2 || (colons == 0 && dots == 3);
}

/* A virtual host stands in front when the second word is the address, or the third is the identity that nobody has. */
static bool has_host(slice line)
{
	slice words[3];

	for (size_t i = 0; i < 3; i++) {
		const size_t len = slice_find(line, ' ');

		if (len == 0 || len == SLICE_NONE)
			return false;
		words[i] = slice_part(line, 0, len);
		line = slice_after(line, len + 1);
	}
	if (slice_equal(words[1], SLICE("-")))
		return false;
	return (is_address(words[1]) && !is_address(words[0])) || slice_equal(words[2], SLICE("-"));
}

/* Cuts a time in seconds off: 0.123, "0.123", rt=0.123 or - for none. */
static bool next_seconds(slice *rest, size_t *n_times)
{
	slice word = slice_part(*rest, 0, slice_find(*rest, ' '));
	const size_t equals = slice_find(word, '=');
	size_t digits = 0, dots = 0;

	*rest = slice_after(*rest, word.len + 1);
	if (equals != SLICE_NONE)
		word = slice_after(word, equals + 1);
	if (word.len > 2 && word.ptr[0] == '"' && word.ptr[word.len - 1] == '"')
		word = slice_part(word, 1, word.len - 2);
	for (size_t i = 0; i < word.len; i++) {
		digits += ascii_is_digit(word.ptr[i]);
		dots += word.ptr[i] == '.';
	}
	if (slice_equal(word, SLICE("-")))
		return true;
	if (!digits || dots > 1 || digits + dots != word.len)
		return false;
	++*n_times;
	return true;
}

struct sample {
	size_t common, combined; /* lines that can be read as such; a combined one is a common one too */
	size_t request_time, upstream_time;   /* lines where a time or - stands … */
	size_t request_times, upstream_times; /* … and those where it is a time */
};

/* Whether the line can be read. */
static bool look_at(struct sample *sample, unsigned host, slice line)
{
	struct stamp_cache stamps = {0};
	struct log_line parsed;

	if (line_parse(host, &stamps, line, &parsed) != LINE_FINE)
		return false;
	sample->common++;
	if (line_parse(host | LINE_AGENT, &stamps, line, &parsed) != LINE_FINE)
		return true;
	sample->combined++;
	if (parsed.rest.len && next_seconds(&parsed.rest, &sample->request_times)) {
		sample->request_time++;
		sample->upstream_time += parsed.rest.len && next_seconds(&parsed.rest, &sample->upstream_times);
	}
	return true;
}

const struct log_format *format_recognise(slice lines)
{
	struct sample samples[2] = {0};
	slice line;

	while (samples[0].common + samples[1].common < FORMAT_SAMPLE_LINES && slice_next_line(&lines, &line)) {
		if (!has_host(line) || !look_at(&samples[1], LINE_HOST, line))
			(void)look_at(&samples[0], 0, line);
	}

	const bool host = samples[1].common > samples[0].common;
	const struct sample *sample = &samples[host];

	if (!sample->common)
		return NULL;

	const unsigned parts = (host ? LINE_HOST : 0) | (2 * sample->combined >= sample->common ? LINE_AGENT : 0);
	const bool has_request_time =
		parts & LINE_AGENT && sample->request_times && 2 * sample->request_time > sample->combined;
	const bool has_upstream_time =
		has_request_time && sample->upstream_times && 2 * sample->upstream_time > sample->combined;

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i].parts == parts && formats[i].has_request_time == has_request_time &&
		    formats[i].has_upstream_time == has_upstream_time)
			return &formats[i];
	return NULL;
}
