/* SPDX-License-Identifier: MIT */
/* formats.c - all formats that lines can be in (formats.h) */
#include "weblog/formats.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "weblog/lines.h"

/* What option httplog writes; captured headers in braces may stand before the request. */
#define HAPROXY \
	"$address_port [$time_haproxy] $frontend $backend $haproxy_timers $status $bytes_sent $cookie $cookie $state $connections $queues \"$request\""

/* Formats that are written down as those of nginx; variables that nginx has not are in pattern.c. */
static const struct {
	const char *name, *label, *words;
	bool pads, is_words;
} presets[] = {
	{"traefik", "Traefik", "$remote_addr - $user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\" "
			       "$number \"$router\" \"$server\" ${milliseconds}ms",
	 false, false},
	{"alb", "AWS load balancer (ALB)",
	 "$type $time_iso8601 $elb $address_port $target $seconds_part $seconds_part $seconds_part $status $target_status $received $bytes_sent "
	 "\"$request_url\" \"$http_user_agent\" $cipher",
	 false, true},
	{"elb", "AWS load balancer (classic)",
	 "$time_iso8601 $elb $address_port $backend $seconds_part $seconds_part $seconds_part $status $backend_status $received $bytes_sent "
	 "\"$request_url\" \"$http_user_agent\" $cipher",
	 false, true},
	{"s3", "AWS S3",
	 "$owner $bucket [$time_local] $remote_addr $requester $id $operation $key \"$request\" $status $error $bytes_sent $object_size "
	 "$milliseconds $turnaround \"$http_referer\" \"$http_user_agent\" $version",
	 false, true},
	{"haproxy", "HAProxy", "$syslog]: " HAPROXY, true, false},
	{"haproxy_raw", "HAProxy without syslog", HAPROXY, true, false},
	/* With all fields, in their order: docs of CloudFront, "Use real-time access logs". */
	{"cloudfront", "CloudFront real-time",
	 "$msec\t$remote_addr\t$first_byte\t$status\t$bytes_sent\t$request_method\t$protocol\t$domain\t$uri\t$received\t$edge\t$id\t$http_host\t$request_time\t"
	 "$version\t$family\t$http_user_agent_escaped\t$http_referer\t$cookie",
	 false, false},
	{"squid", "Squid",
	 "$msec $milliseconds $remote_addr $result/$status $bytes_sent $request_method $request_uri $user $hierarchy $type", true, false},
};
#define PRESETS (sizeof presets / sizeof *presets)

struct formats {
	struct log_format formats[PRESETS]; /* each with its pattern */
	struct pattern patterns[PRESETS];
	struct log_format w3c, json, own;
	struct pattern own_pattern;
	struct json_keys known_keys, own_keys;
	const struct log_format *asked;
};

static unsigned parts_of(const struct pattern *pattern)
{
	const bool has_agent = pattern_has(pattern, FIELD_AGENT) || pattern_has(pattern, FIELD_AGENT_ESCAPED);

	return (has_agent ? LINE_AGENT : 0) | (pattern_has(pattern, FIELD_HOST) ? LINE_HOST : 0);
}

static struct log_format pattern_format(const char *name, const struct pattern *pattern)
{
	return (struct log_format){.name = name, .kind = FORMAT_PATTERN, .parts = parts_of(pattern), .pattern = pattern};
}

static int ask(struct formats *formats, const char *asked, courant_error **err)
{
	static const char *const names[] = {"common", "combined", "w3c", "json", "traefik", "alb", "elb", "s3", "haproxy", "haproxy_raw", "cloudfront", "squid", NULL};
	const slice words = slice_of(asked);

	formats->asked = format_named(slice_of(asked));
	for (size_t i = 0; i < PRESETS; i++)
		if (slice_equal(words, slice_of(presets[i].name)))
			formats->asked = &formats->formats[i];
	if (slice_equal(words, SLICE("w3c")))
		formats->asked = &formats->w3c;
	if (slice_equal(words, SLICE("json")))
		formats->asked = &formats->json;
	if (formats->asked)
		return 0;
	if (slice_starts(words, SLICE("json:"))) {
		formats->own = formats->json;
		formats->own.keys = &formats->own_keys;
		formats->asked = &formats->own;
		return json_keys_parse(&formats->own_keys, slice_after(words, sizeof "json:" - 1), err);
	}
	if (slice_find(words, '$') == SLICE_NONE && slice_find(words, '%') == SLICE_NONE) {
		const char *nearest = nearest_word(words, names);

		return fail(err, COURANT_USAGE, "no format is named %s%s%s%s", asked, nearest ? " (did you mean " : "", nearest ? nearest : "",
			    nearest ? "?)" : "");
	}
	if (pattern_compile(&formats->own_pattern, words, err) < 0)
		return -1;
	formats->own = pattern_format("as given", &formats->own_pattern);
	formats->asked = &formats->own;
	return 0;
}

struct formats *formats_new(const char *asked, courant_error **err)
{
	AUTO(formats) struct formats *formats = mem_alloc(sizeof *formats);

	if (!formats) {
		(void)fail_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < PRESETS; i++) {
		if (pattern_compile(&formats->patterns[i], slice_of(presets[i].words), err) < 0)
			return NULL;
		formats->patterns[i].pads = presets[i].pads;
		formats->patterns[i].is_words = presets[i].is_words;
		formats->formats[i] = pattern_format(presets[i].label, &formats->patterns[i]);
	}
	formats->w3c = (struct log_format){.name = "W3C extended", .kind = FORMAT_W3C, .parts = LINE_AGENT};
	formats->json = (struct log_format){.name = "JSON", .kind = FORMAT_JSON, .parts = LINE_AGENT, .keys = &formats->known_keys};
	return asked && ask(formats, asked, err) < 0 ? NULL : STEAL(formats);
}

void formats_free(struct formats *formats)
{
	if (!formats)
		return;
	for (size_t i = 0; i < PRESETS; i++)
		pattern_release(&formats->patterns[i]);
	pattern_release(&formats->own_pattern);
	free(formats);
}

const struct log_format *formats_find(const struct formats *formats, slice name)
{
	/* Own words and own keys go before what has the same name. */
	if (formats->asked && slice_equal(name, slice_of(formats->asked->name)))
		return formats->asked;
	for (size_t i = 0; i < PRESETS; i++)
		if (slice_equal(name, slice_of(formats->formats[i].name)))
			return &formats->formats[i];
	if (slice_equal(name, slice_of(formats->w3c.name)))
		return &formats->w3c;
	return slice_equal(name, slice_of(formats->json.name)) ? &formats->json : format_named(name);
}

const struct log_format *formats_continue(const struct formats *formats, slice name)
{
	return formats->asked ? formats->asked : formats_find(formats, name);
}

/* ---- reading ---- */

enum line_fault formats_read(const struct log_format *format, struct line_reader *reader, slice line, struct log_line *ret, bool *ret_directive)
{
	*ret_directive = format->kind == FORMAT_W3C && w3c_is_directive(line);
	if (*ret_directive) {
		w3c_direct(&reader->w3c, line);
		return LINE_FINE;
	}
	switch (format->kind) {
	case FORMAT_LINE:
		break;
	case FORMAT_PATTERN:
		return pattern_read(format->pattern, &reader->parts, line, ret);
	case FORMAT_W3C:
		return w3c_read(&reader->w3c, &reader->parts, line, ret);
	case FORMAT_JSON:
		return json_read(format->keys, &reader->parts, line, ret);
	}
	return line_parse(format->parts, &reader->parts.stamps, line, ret);
}

void formats_follow(const struct log_format *format, struct w3c *w3c, slice lines)
{
	slice line;

	if (!format || format->kind != FORMAT_W3C)
		return;
	while (slice_next_line(&lines, &line))
		if (w3c_is_directive(line))
			w3c_direct(w3c, line);
}

/* ---- recognising ---- */

static void sample(const struct log_format *format, slice lines, char *scratch, struct format_sample *ret)
{
	struct line_reader reader = {.parts = {.scratch = scratch}};
	struct log_line line;
	bool is_directive;
	slice text;

	*ret = (struct format_sample){0};
	while (ret->lines < FORMAT_SAMPLE && slice_next_line(&lines, &text)) {
		if (!text.len)
			continue;

		const bool is_readable = formats_read(format, &reader, text, &line, &is_directive) == LINE_FINE;

		ret->lines += !is_directive;
		ret->readable += is_readable && !is_directive;
	}
}

void formats_sample(const struct log_format *format, slice lines, struct format_sample *ret)
{
	AUTO(free) char *scratch = mem_array(LINES_MAX, 1);

	*ret = (struct format_sample){0};
	if (scratch)
		sample(format, lines, scratch, ret);
}

static size_t count_readable(const struct log_format *format, slice lines, char *scratch)
{
	struct format_sample counted;

	sample(format, lines, scratch, &counted);
	return counted.readable;
}

bool formats_is_asked(const struct formats *formats)
{
	return formats->asked;
}

/* A server that nobody has asked yet has written its directives alone (WD-logfile, "Directives"). */
static bool is_empty_w3c(slice lines)
{
	bool is_w3c = false;
	slice line;

	while (slice_next_line(&lines, &line)) {
		if (line.len && !w3c_is_directive(line))
			return false;
		is_w3c |= slice_starts(line, SLICE("#Version:")) || slice_starts(line, SLICE("#Software:")) || slice_starts(line, SLICE("#Fields:"));
	}
	return is_w3c;
}

const struct log_format *formats_choose(const struct formats *formats, slice lines)
{
	if (formats->asked)
		return formats->asked;
	/* A CR at a line's end is no part of it, be there a LF behind or not; slice_next_line knows the first kind only. */
	if (lines.len && lines.ptr[lines.len - 1] == '\r')
		lines.len--;

	AUTO(free) char *scratch = mem_array(LINES_MAX, 1);
	const struct log_format *best = format_recognise(lines);
	size_t most = 0;

	if (!scratch)
		return best;
	/* Traefik's lines are combined ones with more behind, so it goes before. */
	if (best)
		return count_readable(&formats->formats[0], lines, scratch) ? &formats->formats[0] : best;
	for (size_t i = 0; i < PRESETS + 2; i++) {
		const struct log_format *format = i < PRESETS ? &formats->formats[i] : i == PRESETS ? &formats->w3c : &formats->json;
		const size_t readable = count_readable(format, lines, scratch);

		if (readable > most) {
			most = readable;
			best = format;
		}
	}
	return !best && is_empty_w3c(lines) ? &formats->w3c : best;
}
