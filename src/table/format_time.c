/* SPDX-License-Identifier: MIT */
/* format_time.c - dates and times on the wall of a zone, in the order of each language */
#include "table/format.h"


static void to_civil(const struct zone *zone, int64_t instant_ms, struct civil *ret)
{
	if (zone)
		zone_to_civil(zone, instant_ms, ret);
	else
		civil_from_ms(instant_ms, 0, ret);
}

/* The pieces of a date in the order that words.def counts them. */
static void write_date(struct buffer *out, enum word pattern, const struct civil *at, enum language language)
{
	AUTO(buffer) struct buffer year = BUFFER_LIMIT(32), month = BUFFER_LIMIT(32), day = BUFFER_LIMIT(32);
	const unsigned m = (unsigned)at->month - 1, w = (unsigned)at->weekday;

	buffer_printf(&year, "%d", at->year);
	buffer_printf(&month, "%d", at->month);
	buffer_printf(&day, "%d", at->day);
	WORD_WRITE(out, pattern, language, buffer_peek(&year), buffer_peek(&month), buffer_peek(&day),
		   slice_of(word(WORD_JAN + m, language)), slice_of(word(WORD_JANUARY + m, language)),
		   slice_of(word(WORD_SUN + w, language)), slice_of(word(WORD_SUNDAY + w, language)));
}

void format_date(struct buffer *out, enum date_form form, int64_t instant_ms, const struct zone *zone,
		 enum language language)
{
	struct civil at;

	to_civil(zone, instant_ms, &at);
	switch (form) {
	case DATE_DAY:
		write_date(out, WORD_DATE_DAY, &at, language);
		break;
	case DATE_WEEKDAY:
		buffer_append(out, slice_of(word(WORD_SUN + (unsigned)at.weekday, language)));
		break;
	case DATE_SHORT:
		write_date(out, WORD_DATE_SHORT, &at, language);
		break;
	case DATE_WEEKDAY_SHORT:
		write_date(out, WORD_DATE_WEEKDAY_SHORT, &at, language);
		break;
	case DATE_WEEKDAY_DAY:
		write_date(out, WORD_DATE_WEEKDAY_DAY, &at, language);
		break;
	case DATE_LONG:
		write_date(out, WORD_DATE_LONG, &at, language);
		break;
	case DATE_FULL:
		write_date(out, WORD_DATE_FULL, &at, language);
		break;
	case DATE_ISO:
		buffer_printf(out, "%04d-%02d-%02d", at.year, at.month, at.day);
		break;
	case DATE_MONTH_DAY:
		buffer_printf(out, "%02d-%02d", at.month, at.day);
		break;
	}
}

static void write_hour(struct buffer *out, int hour, enum figure_context context, enum language language)
{
	switch (language) {
	case LANGUAGE_EN:
		buffer_printf(out, "%02d:00", hour);
		break;
	case LANGUAGE_ZH:
		buffer_printf(out, "%d", hour);
		buffer_append(out, format_blank(context));
		buffer_append(out, SLICE("时"));
		break;
	}
}

void format_time(struct buffer *out, enum time_form form, int64_t instant_ms, const struct zone *zone,
		 enum figure_context context, enum language language)
{
	struct civil at;

	to_civil(zone, instant_ms, &at);
	switch (form) {
	case TIME_HOUR:
		write_hour(out, at.hour, context, language);
		break;
	case TIME_MINUTE:
		buffer_printf(out, "%02d:%02d", at.hour, at.minute);
		break;
	case TIME_SECOND:
		buffer_printf(out, "%02d:%02d:%02d", at.hour, at.minute, at.second);
		break;
	case TIME_ISO:
		buffer_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", at.year, at.month, at.day, at.hour, at.minute,
			      at.second);
		break;
	}
}

void format_offset(struct buffer *out, int offset_s)
{
	const int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	buffer_append(out, SLICE("UTC"));
	if (minutes == 0)
		return;
	buffer_append_byte(out, offset_s < 0 ? '-' : '+');
	buffer_printf(out, "%d", minutes / 60);
	if (minutes % 60)
		buffer_printf(out, ":%02d", minutes % 60);
}
