/* SPDX-License-Identifier: MIT */
/* cron.c - fields of a cron line (cron.h) */
#include "schedule/cron.h"

#include "base/ascii.h"
#include "base/num.h"

#define SUNDAY_TOO 7

static const char *const month_words[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_words[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

const struct cron_field cron_minute = {.name = "minute", .max = 59};
const struct cron_field cron_hour = {.name = "hour", .max = 23};
const struct cron_field cron_day = {.name = "day of the month", .min = 1, .max = 31};
const struct cron_field cron_month = {.name = "month", .min = 1, .max = 12, .words = month_words, .first_word = 1};
const struct cron_field cron_weekday = {.name = "day of the week", .max = SUNDAY_TOO, .words = weekday_words};

bool cron_field_is_open(slice text)
{
	return text.len > 0 && text.ptr[0] == '*';
}

static int fail_value(slice text, const struct cron_field *field, courant_error **err)
{
	if (ascii_is_one_of(text.len ? text.ptr[text.len - 1] : 0, "?LW") || slice_find(text, '#') != SLICE_NONE)
		return fail(err, COURANT_CONFIG, "the %s \"%.*s\" is not of cron: ?, L, W and # are other programs' words", field->name, SLICE_ARGS(text));
	if (field->words)
		return fail(err, COURANT_CONFIG, "the %s \"%.*s\" is neither a number from %u to %u nor a name from %s to %s", field->name, SLICE_ARGS(text),
			    field->min, field->max, field->words[0], field->words[field->max - field->first_word - (field == &cron_weekday)]);
	return fail(err, COURANT_CONFIG, "the %s \"%.*s\" is not a number from %u to %u", field->name, SLICE_ARGS(text), field->min, field->max);
}

/* A number or a name, which may be written out ("monday"). */
static int parse_value(slice text, const struct cron_field *field, unsigned *ret, courant_error **err)
{
	uint64_t number;

	if (num_parse_range(text, field->min, field->max, &number)) {
		*ret = (unsigned)number;
		return 0;
	}
	for (unsigned i = 0; field->words && field->words[i]; i++) {
		if (!slice_equal_nocase(text, slice_of(field->words[i])))
			continue;
		*ret = field->first_word + i;
		return 0;
	}
	return fail_value(text, field, err);
}

/* "a", "a-b" or "*"; *ret_is_one: the first. */
static int parse_range(slice text, const struct cron_field *field, unsigned *from, unsigned *to, bool *ret_is_one, courant_error **err)
{
	const size_t dash = slice_find(text, '-');

	*ret_is_one = false;
	if (slice_equal(text, SLICE("*"))) {
		*from = field->min;
		*to = field == &cron_weekday ? field->max - 1 : field->max;
		return 0;
	}
	if (dash == SLICE_NONE) {
		*ret_is_one = true;
		if (parse_value(text, field, from, err) < 0)
			return -1;
		*to = *from;
		return 0;
	}
	if (parse_value(slice_part(text, 0, dash), field, from, err) < 0 || parse_value(slice_after(text, dash + 1), field, to, err) < 0)
		return -1;
	/* "fri-sun": the week's other end. */
	if (field == &cron_weekday && *to == 0 && *from > 0)
		*to = SUNDAY_TOO;
	if (*from > *to)
		return fail(err, COURANT_CONFIG, "the %s \"%.*s\" goes backwards: write two ranges with a comma between", field->name, SLICE_ARGS(text));
	return 0;
}

/* One item of the list, "RANGE" or "RANGE/STEP". */
static int parse_item(slice text, const struct cron_field *field, uint64_t *set, courant_error **err)
{
	const size_t slash = slice_find(text, '/');
	const slice range = slice_part(text, 0, slash == SLICE_NONE ? text.len : slash);
	unsigned from, to;
	uint64_t step = 1;
	bool is_one;

	if (parse_range(range, field, &from, &to, &is_one, err) < 0)
		return -1;
	if (slash != SLICE_NONE && !num_parse_range(slice_after(text, slash + 1), 1, field->max, &step))
		return fail(err, COURANT_CONFIG, "the %s \"%.*s\": a step is a number from 1 to %u", field->name, SLICE_ARGS(text), field->max);
	if (slash != SLICE_NONE && is_one)
		return fail(err, COURANT_CONFIG, "the %s \"%.*s\": a step belongs to a range (%.*s-%u/%u) or to *", field->name, SLICE_ARGS(text),
			    SLICE_ARGS(range), field->max, (unsigned)step);
	for (unsigned value = from; value <= to; value += (unsigned)step)
		*set |= UINT64_C(1) << (field == &cron_weekday && value == SUNDAY_TOO ? 0 : value);
	return 0;
}

int cron_field_parse(slice text, const struct cron_field *field, uint64_t *ret, courant_error **err)
{
	slice rest = text, item;
	uint64_t set = 0;

	while (slice_next(&rest, ',', &item))
		if (parse_item(item, field, &set, err) < 0)
			return -1;
	*ret = set;
	return 0;
}
