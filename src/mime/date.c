/* SPDX-License-Identifier: MIT */
/* date.c - dates of mails, written and read */
#include "mime/date.h"

#include "base/ascii.h"
#include "base/num.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

#define SECONDS_PER_MINUTE 60
#define SECONDS_PER_HOUR   3600
#define SECONDS_PER_DAY    86400
#define YEAR_0001_MS       (INT64_C(-62135596800) * 1000)
#define YEAR_9999_END_MS   (INT64_C(253402300800) * 1000)

bool date_is_valid(int64_t instant_ms, int offset_s)
{
	return offset_s % SECONDS_PER_MINUTE == 0 && offset_s > -SECONDS_PER_DAY &&
	       offset_s < SECONDS_PER_DAY && instant_ms >= YEAR_0001_MS + MS_PER_DAY &&
	       instant_ms < YEAR_9999_END_MS - MS_PER_DAY;
}

static char *digits_write(char *to, int value, int n)
{
	for (int i = n; i > 0; value /= 10)
		to[--i] = (char)('0' + value % 10);
	return to + n;
}

static char *name_write(char *to, const char *names, int i)
{
	memcpy(to, names + 3 * i, 3);
	return to + 3;
}

void date_write(struct buffer *out, int64_t instant_ms, int offset_s)
{
	char text[] = "Mon, 09 Nov 2026 08:00:00 +0800";
	const int minutes = (offset_s < 0 ? -offset_s : offset_s) / SECONDS_PER_MINUTE;
	struct civil civil;

	civil_from_ms(instant_ms, offset_s, &civil);
	(void)name_write(text, days, civil.weekday);
	(void)digits_write(text + 5, civil.day, 2);
	(void)name_write(text + 8, months, civil.month - 1);
	(void)digits_write(text + 12, civil.year, 4);
	(void)digits_write(text + 17, civil.hour, 2);
	(void)digits_write(text + 20, civil.minute, 2);
	(void)digits_write(text + 23, civil.second, 2);
	text[26] = offset_s < 0 ? '-' : '+';
	(void)digits_write(text + 27, minutes / 60 * 100 + minutes % 60, 4);
	buffer_append(out, slice_from(text, sizeof text - 1));
}

/* ---- Reading ---- */

/* Blanks, commas and comments go. */
static void gap_skip(slice *rest)
{
	unsigned depth = 0;

	while (rest->len) {
		const char c = *rest->ptr;

		if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
		else if (depth == 0 && !ascii_is_space(c) && c != ',')
			return;
		*rest = slice_after(*rest, 1);
	}
}

static bool is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '-';
}

static slice word_next(slice *rest)
{
	size_t n = 0;

	gap_skip(rest);
	while (n < rest->len && is_word_byte(rest->ptr[n]) &&
	       !(n && (rest->ptr[n] == '-' || rest->ptr[n] == '+')))
		n++;

	const slice word = slice_part(*rest, 0, n);

	*rest = slice_after(*rest, n);
	return word;
}

static int name_find(slice word, const char *names, int n)
{
	for (int i = 0; word.len >= 3 && i < n; i++)
		if (slice_equal_nocase(slice_part(word, 0, 3),
				       slice_from(names + (size_t)3 * (size_t)i, 3)))
			return i;
	return -1;
}

static bool number_read(slice word, uint64_t max, int *ret)
{
	uint64_t value;

	if (!num_parse_range(word, 0, max, &value))
		return false;
	*ret = (int)value;
	return true;
}

static bool year_read(slice word, int *ret)
{
	if (word.len > 4 || !number_read(word, 9999, ret))
		return false;
	/* RFC 5322, 4.3 */
	if (word.len == 2)
		*ret += *ret < 50 ? 2000 : 1900;
	else if (word.len == 3)
		*ret += 1900;
	return *ret > 0;
}

/* "08:00:00", "08:00"; a leap second counts as the one before. */
static bool time_read(slice *rest, struct civil *civil)
{
	if (!number_read(word_next(rest), 23, &civil->hour) || !slice_starts(*rest, SLICE(":")))
		return false;
	*rest = slice_after(*rest, 1);
	if (!number_read(word_next(rest), 59, &civil->minute))
		return false;
	if (!slice_starts(*rest, SLICE(":")))
		return true;
	*rest = slice_after(*rest, 1);
	if (!number_read(word_next(rest), 60, &civil->second))
		return false;
	civil->second -= civil->second == 60;
	return true;
}

static const struct {
	const char *name;
	int hours;
} zones[] = {{"UT", 0},   {"GMT", 0},  {"Z", 0},    {"UTC", 0},  {"EST", -5}, {"EDT", -4},
	     {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};

static bool offset_read(slice word, int *ret)
{
	int value;

	*ret = 0;
	if (word.len == 5 && (*word.ptr == '+' || *word.ptr == '-')) {
		if (!number_read(slice_after(word, 1), 9959, &value) || value / 100 > 23 ||
		    value % 100 > 59)
			return false;
		*ret = (value / 100 * SECONDS_PER_HOUR + value % 100 * SECONDS_PER_MINUTE) *
		       (*word.ptr == '-' ? -1 : 1);
		return true;
	}
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		if (slice_equal_nocase(word, slice_of(zones[i].name)))
			*ret = zones[i].hours * SECONDS_PER_HOUR;
	/* Any other name means nothing certain: UTC (RFC 5322, 4.3). */
	return word.len == 0 || ascii_is_alpha(*word.ptr);
}

bool date_parse(slice text, int64_t *ret_ms, int *ret_offset_s)
{
	struct civil civil = {0};
	slice rest = text;
	slice word = word_next(&rest);
	int offset_s;

	if (name_find(word, days, 7) >= 0)
		word = word_next(&rest);
	if (!number_read(word, 31, &civil.day))
		return false;
	civil.month = name_find(word_next(&rest), months, 12) + 1;
	if (civil.month == 0 || !year_read(word_next(&rest), &civil.year) ||
	    !time_read(&rest, &civil) || !offset_read(word_next(&rest), &offset_s) ||
	    !civil_is_valid(&civil))
		return false;
	*ret_ms = civil_to_ms(&civil, offset_s);
	*ret_offset_s = offset_s;
	return true;
}
