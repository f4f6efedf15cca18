/* SPDX-License-Identifier: MIT */
/* format.c - which format a log is in (format.h) */
#include "weblog/format.h"

#include "base/ascii.h"
#include "base/num.h"

#define MILLION      UINT64_C(1000000)
#define SECONDS_MAX  2                        /* that most answers take; more is microseconds, when there is no decimal point */
#define DURATION_MAX (MILLION * MILLION)      /* in seconds or microseconds: no answer takes that long */

const char format_expected[] =
	"[HOST] ADDRESS IDENTITY USER [10/Oct/2000:13:55:36 -0700] \"REQUEST\" STATUS SIZE [\"REFERRER\" \"AGENT\" [TIMES]]; W3C, JSON, AWS, "
	"HAProxy and Squid are known too, any other by --format";

#define AGENT LINE_AGENT
#define HOST  LINE_HOST

static const struct log_format formats[] = {
	{.name = "common", .parts = 0, .times = TIMES_NONE, .has_upstream_time = false},
	{.name = "combined", .parts = AGENT, .times = TIMES_NONE, .has_upstream_time = false},
	{.name = "combined with request time", .parts = AGENT, .times = TIMES_SECONDS, .has_upstream_time = false},
	{.name = "combined with request and upstream time", .parts = AGENT, .times = TIMES_SECONDS, .has_upstream_time = true},
	{.name = "combined with request time in microseconds", .parts = AGENT, .times = TIMES_MICROSECONDS, .has_upstream_time = false},
	{.name = "combined with request and upstream time in microseconds", .parts = AGENT, .times = TIMES_MICROSECONDS, .has_upstream_time = true},
	{.name = "common with virtual host", .parts = HOST, .times = TIMES_NONE, .has_upstream_time = false},
	{.name = "combined with virtual host", .parts = HOST | AGENT, .times = TIMES_NONE, .has_upstream_time = false},
	{.name = "combined with virtual host and request time", .parts = HOST | AGENT, .times = TIMES_SECONDS, .has_upstream_time = false},
	{.name = "combined with virtual host, request and upstream time", .parts = HOST | AGENT, .times = TIMES_SECONDS, .has_upstream_time = true},
	{.name = "combined with virtual host and request time in microseconds", .parts = HOST | AGENT, .times = TIMES_MICROSECONDS, .has_upstream_time = false},
	{.name = "combined with virtual host, request and upstream time in microseconds", .parts = HOST | AGENT, .times = TIMES_MICROSECONDS, .has_upstream_time = true},
};
#undef AGENT
#undef HOST

const struct log_format *format_named(slice name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (slice_equal(name, slice_of(formats[i].name)))
			return &formats[i];
	return NULL;
}

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

/* A virtual host stands in front when the second word is the address, or the third is the identity that nobody has; but no list of addresses is one. */
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
	if (slice_equal(words[1], SLICE("-")) || slice_ends(words[0], SLICE(",")))
		return false;
	return (is_address(line_address(words[1])) && !is_address(words[0])) || slice_equal(words[2], SLICE("-"));
}

/* Cuts a word off that may be a time: 0.123, "0.123", rt=0.123; only the figures are left of it. */
static slice next_time_word(slice *rest)
{
	slice word = slice_part(*rest, 0, slice_find(*rest, ' '));
	const size_t equals = slice_find(word, '=');

	*rest = slice_after(*rest, word.len + 1);
	if (equals != SLICE_NONE)
		word = slice_after(word, equals + 1);
	if (word.len > 2 && word.ptr[0] == '"' && word.ptr[word.len - 1] == '"')
		word = slice_part(word, 1, word.len - 2);
	return word;
}

/* Whole seconds or microseconds before the point, a fraction behind it. */
static bool read_time(slice word, uint64_t *ret_whole, uint64_t *ret_millionths, bool *ret_has_point)
{
	const size_t point = slice_find(word, '.');
	slice fraction = point == SLICE_NONE ? (slice){NULL, 0} : slice_after(word, point + 1);
	uint64_t millionths = 0;

	*ret_has_point = point != SLICE_NONE;
	for (size_t i = 0; i < 6; i++) {
		if (i < fraction.len && !ascii_is_digit(fraction.ptr[i]))
			return false;
		millionths = millionths * 10 + (i < fraction.len ? (uint64_t)(fraction.ptr[i] - '0') : 0);
	}
	*ret_millionths = millionths;
	return num_parse_range(slice_part(word, 0, point), 0, DURATION_MAX, ret_whole);
}

int64_t format_duration_us(const struct log_format *format, slice rest)
{
	uint64_t whole, millionths;
	bool has_point;

	if (format->times == TIMES_NONE || !read_time(next_time_word(&rest), &whole, &millionths, &has_point))
		return LINE_NO_DURATION;
	return format->times == TIMES_MICROSECONDS ? (int64_t)whole : (int64_t)(whole * MILLION + millionths);
}

struct sample {
	size_t common, combined; /* lines that can be read as such; a combined one is a common one too */
	struct times {
		size_t here;    /* lines where a time or - stands … */
		size_t figures; /* … and those where it is a time … */
		size_t points;  /* … with a decimal point, or … */
		size_t large;   /* … without one, and too large to be in seconds */
	} request, upstream;
};

/* Looks at a word behind the agent. */
static void look_at_time(struct times *times, slice *rest)
{
	const slice word = rest->len ? next_time_word(rest) : *rest;
	uint64_t whole, millionths;
	bool has_point;

	if (slice_equal(word, SLICE("-"))) {
		times->here++;
	} else if (word.len && read_time(word, &whole, &millionths, &has_point)) {
		times->here++;
		times->figures++;
		times->points += has_point;
		times->large += !has_point && whole > SECONDS_MAX;
	}
}

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
	look_at_time(&sample->request, &parsed.rest);
	look_at_time(&sample->upstream, &parsed.rest);
	return true;
}

/* Whole figures are seconds (Apache's %T) only when most are very small; else microseconds (%D), of which a fast server needs 30 to 100. */
static enum log_times times_of(const struct sample *sample)
{
	const struct times *request = &sample->request;

	if (!request->figures || 2 * request->here <= sample->combined)
		return TIMES_NONE;
	return !request->points && 2 * request->large > request->figures ? TIMES_MICROSECONDS : TIMES_SECONDS;
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
	const enum log_times times = parts & LINE_AGENT ? times_of(sample) : TIMES_NONE;
	const bool has_upstream = times != TIMES_NONE && sample->upstream.figures && 2 * sample->upstream.here > sample->combined;

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i].parts == parts && formats[i].times == times && formats[i].has_upstream_time == has_upstream)
			return &formats[i];
	return NULL;
}
