/* SPDX-License-Identifier: MIT */
/* target.c - the options of a target (target.h) */
#include "samples/target.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/num.h"
#include "base/utf8.h"
#include "http/url.h"

#define NAME_MAX_BYTES 200
#define HOUR_MAX_MS    (24 * MS_PER_HOUR)

void probe_target_init(struct probe_target *target)
{
	*target = (struct probe_target){.timeout_ms = TARGET_TIMEOUT_MS};
}

void probe_target_release(struct probe_target *target)
{
	free(target->url);
	free(target->name);
	free(target->body);
	free(target->ca_file);
	free(target->proxy);
	*target = (struct probe_target){0};
}

static int set_text(char **text, slice value, courant_error **err)
{
	free(*text);
	*text = mem_copy(value);
	return *text ? 0 : fail_memory(err);
}

static int set_url(struct probe_target *target, slice value, courant_error **err)
{
	if (!http_is_url(value))
		return fail(err, COURANT_CONFIG, "\"%.*s\" is no URL such as https://www.example.com/ (without user and password)", SLICE_ARGS(value));
	return set_text(&target->url, value, err);
}

static int set_name(struct probe_target *target, slice value, courant_error **err)
{
	for (size_t i = 0; i < value.len; i++)
		if (ascii_is_control(value.ptr[i]))
			return fail(err, COURANT_CONFIG, "a name must not hold control characters");
	if (!value.len || value.len > NAME_MAX_BYTES || !utf8_is_valid(value))
		return fail(err, COURANT_CONFIG, "a name has 1 to %d bytes of UTF-8", NAME_MAX_BYTES);
	return set_text(&target->name, value, err);
}

/* "200", "2xx", "200-299". */
static bool parse_statuses(slice word, uint64_t *from, uint64_t *to)
{
	const size_t dash = slice_find(word, '-');

	if (word.len == 3 && slice_equal_nocase(slice_after(word, 1), SLICE("xx")) && num_parse_range(slice_part(word, 0, 1), 1, 5, from)) {
		*from *= 100;
		*to = *from + 99;
		return true;
	}
	if (dash == SLICE_NONE && num_parse_range(word, 100, 599, from)) {
		*to = *from;
		return true;
	}
	return dash != SLICE_NONE && num_parse_range(slice_part(word, 0, dash), 100, 599, from) && num_parse_range(slice_after(word, dash + 1), *from, 599, to);
}

/* One or several with commas between. */
static int set_status(struct probe_target *target, slice value, courant_error **err)
{
	for (slice word; slice_next(&value, ',', &word);) {
		uint64_t from, to;

		word = slice_trim(word);
		if (!parse_statuses(word, &from, &to))
			return fail(err, COURANT_CONFIG, "\"%.*s\" is no status such as 200, 2xx or 200-299", SLICE_ARGS(word));
		if (target->n_statuses == TARGET_STATUSES_MAX)
			return fail(err, COURANT_CONFIG, "more than %d statuses are expected", TARGET_STATUSES_MAX);
		target->statuses[target->n_statuses].from = (unsigned)from;
		target->statuses[target->n_statuses++].to = (unsigned)to;
	}
	return 0;
}

static int set_body(struct probe_target *target, slice value, courant_error **err)
{
	return value.len ? set_text(&target->body, value, err) : fail(err, COURANT_CONFIG, "an empty text is in every body");
}

static int parse_duration(slice value, int64_t *ret_ms, courant_error **err)
{
	uint64_t duration_ms;

	if (!num_parse_duration(value, &duration_ms) || !duration_ms || duration_ms > HOUR_MAX_MS)
		return fail(err, COURANT_CONFIG, "\"%.*s\" is no duration such as 30, 500 ms or 5 min", SLICE_ARGS(value));
	*ret_ms = (int64_t)duration_ms;
	return 0;
}

static int set_timeout(struct probe_target *target, slice value, courant_error **err)
{
	return parse_duration(value, &target->timeout_ms, err);
}

static int set_every(struct probe_target *target, slice value, courant_error **err)
{
	return parse_duration(value, &target->every_ms, err);
}

static int set_redirects(struct probe_target *target, slice value, courant_error **err)
{
	if (!slice_equal(value, SLICE("follow")) && !slice_equal(value, SLICE("keep")))
		return fail(err, COURANT_CONFIG, "\"%.*s\" is neither follow nor keep", SLICE_ARGS(value));
	target->follows = slice_equal(value, SLICE("follow"));
	return 0;
}

static int set_method(struct probe_target *target, slice value, courant_error **err)
{
	if (!slice_equal(value, SLICE("GET")) && !slice_equal(value, SLICE("HEAD")))
		return fail(err, COURANT_CONFIG, "\"%.*s\" is neither GET nor HEAD", SLICE_ARGS(value));
	target->is_head = slice_equal(value, SLICE("HEAD"));
	return 0;
}

static int set_ca_file(struct probe_target *target, slice value, courant_error **err)
{
	return set_text(&target->ca_file, value, err);
}

static int set_proxy(struct probe_target *target, slice value, courant_error **err)
{
	return set_text(&target->proxy, value, err);
}

#define OPTIONS(each)                                                                                                                                          \
	each(body, set_body) each(ca_file, set_ca_file) each(every, set_every) each(method, set_method) each(name, set_name) each(proxy, set_proxy)                \
		each(redirects, set_redirects) each(status, set_status) each(timeout, set_timeout) each(url, set_url)
#define NAME(option, set) #option,
#define ROW(option, set)  {#option, set},

const char *const probe_target_options[] = {OPTIONS(NAME) NULL};

static const struct {
	const char *name;
	int (*set)(struct probe_target *, slice, courant_error **);
} setters[] = {OPTIONS(ROW)};

#undef ROW
#undef NAME
#undef OPTIONS

int probe_target_set(struct probe_target *target, const char *option, slice value, courant_error **err)
{
	if (value.len && memchr(value.ptr, '\0', value.len))
		return fail(err, COURANT_CONFIG, "it holds a NUL");
	for (size_t i = 0; i < sizeof setters / sizeof *setters; i++)
		if (slice_equal(slice_of(option), slice_of(setters[i].name)))
			return setters[i].set(target, value, err);
	return fail(err, COURANT_CONFIG, "a target has no option %s", option);
}

int probe_target_finish(struct probe_target *target, courant_error **err)
{
	if (!target->url)
		return fail(err, COURANT_CONFIG, "a target needs a \"url\"");
	if (target->body && target->is_head)
		return fail(err, COURANT_CONFIG, "an answer to HEAD has no body in which a text could be");
	return target->name ? 0 : set_text(&target->name, slice_of(target->url), err);
}

bool probe_target_expects(const struct probe_target *target, unsigned status)
{
	for (size_t i = 0; i < target->n_statuses; i++)
		if (status >= target->statuses[i].from && status <= target->statuses[i].to)
			return true;
	return !target->n_statuses && status >= 200 && status <= 399;
}
