/* SPDX-License-Identifier: MIT */
/* stamp.c - the times of access logs (stamp.h) */
#include "weblog/stamp.h"

#include "base/ascii.h"
#include "base/clock.h"

bool stamp_has_shape(const char *text)
{
	static const char shape[] = "00/aaa/0000:00:00:00 s0000";

	for (size_t i = 0; i < STAMP_BYTES; i++) {
		const char byte = text[i];
		bool fits;

		switch (shape[i]) {
		case '0':
			fits = ascii_is_digit(byte);
			break;
		case 'a':
			fits = ascii_is_alpha(byte);
			break;
		case 's':
			fits = byte == '+' || byte == '-';
			break;
		default:
			fits = byte == shape[i];
			break;
		}
		if (!fits)
			return false;
	}
	return true;
}

static int two_digits(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* 1 to 12, or 0. */
static int month_of(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (memcmp(name, names + 3 * i, 3) == 0)
			return i + 1;
	return 0;
}

static bool parse_minute(struct stamp_cache *cache, const char *text)
{
	const struct civil when = {
		.year = two_digits(text + 7) * 100 + two_digits(text + 9),
		.month = month_of(text + 3),
		.day = two_digits(text),
		.hour = two_digits(text + 12),
		.minute = two_digits(text + 15),
	};
	const int hours = two_digits(text + 22), minutes = two_digits(text + 24);

	if (!civil_is_valid(&when) || hours > 23 || minutes > 59)
		return false;

	const int offset_s = (hours * 60 + minutes) * 60;

	cache->offset_s = text[21] == '-' ? -offset_s : offset_s;
	cache->utc_s = civil_to_ms(&when, cache->offset_s) / MS_PER_SECOND;
	memcpy(cache->minute, text, sizeof cache->minute);
	memcpy(cache->offset, text + 20, sizeof cache->offset);
	return true;
}

bool stamp_parse(struct stamp_cache *cache, const char *text, int64_t *ret_s)
{
	const int second = two_digits(text + 18);

	/* Clocks of servers have no second 60: they repeat or stretch 59. */
	if (second > 59)
		return false;
	if ((memcmp(cache->minute, text, sizeof cache->minute) != 0 ||
	     memcmp(cache->offset, text + 20, sizeof cache->offset) != 0) &&
	    !parse_minute(cache, text))
		return false;
	*ret_s = cache->utc_s + second;
	return true;
}
