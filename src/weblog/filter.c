/* SPDX-License-Identifier: MIT */
/* filter.c - which hits are counted (filter.h) */
#include "weblog/filter.h"

#include "base/ascii.h"
#include "base/num.h"

static bool same_byte(char a, char b, bool ignores_case)
{
	return a == b || (ignores_case && ascii_lower(a) == ascii_lower(b));
}

bool filter_fits(slice text, slice pattern, bool ignores_case)
{
	size_t t = 0, p = 0, star = SLICE_NONE, star_text = 0;

	/* The last star is the only one that must be tried again: whatever an earlier one took more, this one could take. */
	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			star_text = t;
		} else if (p < pattern.len && (pattern.ptr[p] == '?' || same_byte(pattern.ptr[p], text.ptr[t], ignores_case))) {
			p++;
			t++;
		} else if (star != SLICE_NONE) {
			p = star + 1;
			t = ++star_text;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

static int add_pattern(slice *patterns, size_t *n, const char *pattern, const char *option, courant_error **err)
{
	if (*n == FILTER_PATTERNS_MAX)
		return fail(err, COURANT_USAGE, "--%s is given more than %d times", option, FILTER_PATTERNS_MAX);
	patterns[(*n)++] = slice_of(pattern);
	return 0;
}

int filter_add_host(struct filter *filter, const char *pattern, courant_error **err)
{
	return add_pattern(filter->hosts, &filter->n_hosts, pattern, "host", err);
}

int filter_add_path(struct filter *filter, const char *pattern, courant_error **err)
{
	return add_pattern(filter->paths, &filter->n_paths, pattern, "path", err);
}

int filter_add_excluded(struct filter *filter, const char *pattern, courant_error **err)
{
	return add_pattern(filter->excluded, &filter->n_excluded, pattern, "exclude", err);
}

static bool parse_statuses(slice text, unsigned *ret_from, unsigned *ret_to)
{
	const size_t dash = slice_find(text, '-');
	uint64_t from, to;

	if (text.len == 3 && ascii_is_digit(text.ptr[0]) && slice_equal(slice_after(text, 1), SLICE("xx"))) {
		*ret_from = 100 * (unsigned)(text.ptr[0] - '0');
		*ret_to = *ret_from + 99;
		return true;
	}
	/* Three digits have three bytes. */
	if (text.len != (dash == SLICE_NONE ? 3 : 7) || !num_parse_range(slice_part(text, 0, 3), 0, 999, &from))
		return false;
	to = from;
	if (dash != SLICE_NONE && (dash != 3 || !num_parse_range(slice_after(text, 4), from, 999, &to)))
		return false;
	*ret_from = (unsigned)from;
	*ret_to = (unsigned)to;
	return true;
}

int filter_add_status(struct filter *filter, const char *status, courant_error **err)
{
	if (filter->n_statuses == FILTER_PATTERNS_MAX)
		return fail(err, COURANT_USAGE, "--status is given more than %d times", FILTER_PATTERNS_MAX);
	if (!parse_statuses(slice_of(status), &filter->statuses[filter->n_statuses].from, &filter->statuses[filter->n_statuses].to))
		return fail(err, COURANT_USAGE, "--status is %s, not like 404, 5xx or 400-499", status);
	filter->n_statuses++;
	return 0;
}

static bool fits_one(slice text, const slice *patterns, size_t n, bool ignores_case)
{
	for (size_t i = 0; i < n; i++)
		if (filter_fits(text, patterns[i], ignores_case))
			return true;
	return false;
}

static bool has_status(const struct filter *filter, unsigned status)
{
	for (size_t i = 0; i < filter->n_statuses; i++)
		if (status >= filter->statuses[i].from && status <= filter->statuses[i].to)
			return true;
	return false;
}

bool filter_passes(const struct filter *filter, const struct log_line *line)
{
	return (!filter->n_hosts || fits_one(line->host, filter->hosts, filter->n_hosts, true)) &&
	       (!filter->n_paths || (line->path.ptr && fits_one(line->path, filter->paths, filter->n_paths, false))) &&
	       (!filter->n_excluded || !line->path.ptr || !fits_one(line->path, filter->excluded, filter->n_excluded, false)) &&
	       (!filter->n_statuses || has_status(filter, line->status));
}
