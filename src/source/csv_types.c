/* SPDX-License-Identifier: MIT */
/* csv_types.c - times, numbers and shares in CSV fields (csv_types.h) */
#include "source/csv_types.h"

#include "base/ascii.h"
#include "base/num.h"

#define EPOCH_MIN_S INT64_C(631152000)  /* 1990 */
#define EPOCH_MAX_S INT64_C(4102444800) /* 2100 */
#define NUMBER_MAX_BYTES 64

bool csv_is_unknown(slice field)
{
	static const char *const words[] = {"-", "–", "—", "n/a", "na", "nan", "null", "none", "u", "unknown", "#n/a", "未知", "无"};

	field = slice_trim(field);
	if (!field.len)
		return true;
	if (ascii_is_digit(field.ptr[0]))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_equal_nocase(field, slice_of(words[i])))
			return true;
	return false;
}

/* ---- dates ---- */

/* So many digits at most, off the front. */
static bool take_digits(slice *rest, size_t least, size_t most, int *ret)
{
	size_t n = 0;
	uint64_t value;

	while (n < rest->len && n < most && ascii_is_digit(rest->ptr[n]))
		n++;
	if (n < least || !num_parse_u64(slice_part(*rest, 0, n), &value))
		return false;
	*rest = slice_after(*rest, n);
	*ret = (int)value;
	return true;
}

static bool take_byte(slice *rest, char byte)
{
	if (!rest->len || rest->ptr[0] != byte)
		return false;
	*rest = slice_after(*rest, 1);
	return true;
}

/* "2026-11-09" or "2026/11/9". */
static bool take_day(slice *rest, struct civil *at)
{
	if (!take_digits(rest, 4, 4, &at->year) || !rest->len)
		return false;

	const char between = rest->ptr[0];

	return (between == '-' || between == '/') && take_byte(rest, between) && take_digits(rest, 1, 2, &at->month) && take_byte(rest, between) &&
	       take_digits(rest, 1, 2, &at->day);
}

/* ":05.250" behind hours and minutes: digits of the second beyond milliseconds are left out. */
static bool take_seconds(slice *rest, struct civil *at)
{
	int digit, unit = 100;

	if (!take_byte(rest, ':'))
		return true;
	if (!take_digits(rest, 2, 2, &at->second))
		return false;
	if (!take_byte(rest, '.') && !take_byte(rest, ','))
		return true;
	if (!rest->len || !ascii_is_digit(rest->ptr[0]))
		return false;
	for (; take_digits(rest, 1, 1, &digit); unit /= 10)
		at->millisecond += unit * digit;
	return true;
}

/* "Z", "+08:00", "+0800", "+08", with or without a blank before it. */
static bool take_offset(slice *rest, int *ret_s)
{
	int hours, minutes = 0;

	(void)take_byte(rest, ' ');
	*ret_s = 0;
	if (take_byte(rest, 'Z'))
		return !rest->len;

	const bool is_west = take_byte(rest, '-');

	if ((!is_west && !take_byte(rest, '+')) || !take_digits(rest, 2, 2, &hours))
		return false;
	(void)take_byte(rest, ':');
	if (rest->len && !take_digits(rest, 2, 2, &minutes))
		return false;
	*ret_s = (is_west ? -1 : 1) * (hours * 3600 + minutes * 60);
	return !rest->len && hours <= 23 && minutes <= 59;
}

bool csv_parse_date(slice field, const struct zone *zone, int64_t *ret_ms)
{
	struct civil at = {.hour = 0};
	bool has_offset = false;
	int offset_s = 0;

	field = slice_trim(field);
	if (rfc3339_parse(field, ret_ms, &offset_s))
		return true;

	slice rest = field;

	if (!take_day(&rest, &at))
		return false;
	if (rest.len && (!(take_byte(&rest, ' ') || take_byte(&rest, 'T')) || !take_digits(&rest, 1, 2, &at.hour) || !take_byte(&rest, ':') ||
			 !take_digits(&rest, 2, 2, &at.minute) || !take_seconds(&rest, &at)))
		return false;
	has_offset = rest.len;
	if ((has_offset && !take_offset(&rest, &offset_s)) || !civil_is_valid(&at))
		return false;
	*ret_ms = has_offset || !zone ? civil_to_ms(&at, offset_s) : zone_from_civil(zone, &at);
	return true;
}

bool csv_parse_epoch(slice field, int64_t *ret_ms)
{
	double value;

	if (!num_parse_double(slice_trim(field), &value))
		return false;
	if (value >= (double)EPOCH_MIN_S * 1000 && value <= (double)EPOCH_MAX_S * 1000)
		value /= 1000;
	if (value < (double)EPOCH_MIN_S || value > (double)EPOCH_MAX_S)
		return false;
	*ret_ms = (int64_t)(value * 1000 + 0.5);
	return true;
}

/* ---- numbers ---- */

bool csv_parse_number(slice field, bool has_comma, double *ret)
{
	AUTO(buffer) struct buffer point = BUFFER_LIMIT(NUMBER_MAX_BYTES);

	field = slice_trim(field);
	if (field.len && field.ptr[field.len - 1] == '%')
		field = slice_trim(slice_part(field, 0, field.len - 1));
	if (field.len && field.ptr[0] == '+')
		field = slice_after(field, 1);
	if (!has_comma)
		return num_parse_double(field, ret);
	for (size_t i = 0; i < field.len; i++)
		buffer_append_byte(&point, field.ptr[i] == ',' ? '.' : field.ptr[i] == '.' ? 'x' : field.ptr[i]);
	return buffer_check(&point, NULL) == 0 && num_parse_double(buffer_peek(&point), ret);
}

unsigned csv_forms(slice field, char separator)
{
	const bool is_share = slice_ends(slice_trim(field), SLICE("%"));
	unsigned forms = 0;
	int64_t time_ms;
	uint64_t whole;
	double number;

	if (csv_is_unknown(field))
		return ~0U;
	if (csv_parse_number(field, false, &number))
		forms |= is_share ? CSV_PERCENT : CSV_DECIMAL;
	if (separator == ';' && csv_parse_number(field, true, &number))
		forms |= is_share ? CSV_PERCENT | CSV_COMMA : CSV_COMMA;
	if (num_parse_u64(slice_trim(field), &whole))
		forms |= CSV_WHOLE;
	if (csv_parse_epoch(field, &time_ms))
		forms |= CSV_EPOCH;
	if (csv_parse_date(field, NULL, &time_ms))
		forms |= CSV_DATE;
	return forms;
}

bool csv_is_time_name(slice name)
{
	static const char *const words[] = {"time", "timestamp", "date", "datetime", "ts", "epoch", "时间", "日期", "时刻"};

	name = slice_trim(name);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const slice word = slice_of(words[i]);
		const slice first = slice_part(name, 0, word.len), last = slice_after(name, name.len > word.len ? name.len - word.len : 0);

		if (slice_equal_nocase(name, word))
			return true;
		/* "start_time", "time_ms", 采样时间; but not "sometimes" or "update". */
		if (name.len > word.len && ((slice_equal_nocase(last, word) && !ascii_is_alnum(name.ptr[name.len - word.len - 1])) ||
					    (slice_equal_nocase(first, word) && !ascii_is_alnum(name.ptr[word.len]))))
			return true;
	}
	return false;
}

enum table_type csv_guess(unsigned forms, bool is_named_time)
{
	if (forms == ~0U)
		return is_named_time ? TABLE_TIME : TABLE_NUMBER;
	if (forms & CSV_DATE || (forms & CSV_EPOCH && is_named_time))
		return TABLE_TIME;
	if (forms & CSV_WHOLE)
		return TABLE_COUNT;
	if (forms & (CSV_DECIMAL | CSV_COMMA) && !(forms & CSV_PERCENT))
		return TABLE_NUMBER;
	return forms & CSV_PERCENT ? TABLE_RATIO : TABLE_TEXT;
}
