/* SPDX-License-Identifier: MIT */
/* format.c - counts, shares, bytes, durations and plain numbers */
#include "table/format.h"

#include <math.h>

#include "base/num.h"

slice format_blank(enum figure_context context)
{
	switch (context) {
	case FIGURE_CELL:
		return SLICE("\u2009");
	case FIGURE_SENTENCE:
		return SLICE("\u00a0");
	case FIGURE_PLAIN:
		return SLICE(" ");
	}
	return SLICE(" ");
}

static void write_unit(struct buffer *out, slice unit, enum figure_context context)
{
	buffer_append(out, format_blank(context));
	buffer_append(out, unit);
}

void format_count(struct buffer *out, uint64_t count)
{
	num_write_grouped(out, count);
}

/* How many decimals make three digits of it: 1.24, 38.2, 504. What rounds up to the next digit has one less. */
static unsigned decimals_of_three(double value)
{
	return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

/* Three digits, with commas when there are more. */
static void write_three(struct buffer *out, double value)
{
	const unsigned decimals = decimals_of_three(value);

	if (decimals)
		num_write_fixed(out, value, decimals);
	else
		num_write_grouped(out, value < 1.8e19 ? (uint64_t)(value + 0.5) : UINT64_MAX);
}

/* Units that are a thousand (or 1024) apart: the greatest that needs no four digits; 999.6 of one is 1.00 of the next. */
static size_t choose_unit(double *value, size_t n_units, double apart)
{
	size_t i = 0;

	while (i + 1 < n_units && *value >= 999.5) {
		*value /= apart;
		i++;
	}
	return i;
}

static void write_large_count(struct buffer *out, uint64_t count, enum figure_context context, enum language language)
{
	static const char *const units[] = {"", "k", "M", "G", "T", "P", "E"};
	double value = (double)count;

	switch (language) {
	case LANGUAGE_EN: {
		const size_t i = choose_unit(&value, sizeof units / sizeof *units, 1000);

		write_three(out, value);
		write_unit(out, slice_of(units[i]), context);
		break;
	}
	case LANGUAGE_ZH: {
		const bool is_yi = value >= 99995000; /* 9999.5 万 is 1.0 亿 */

		num_write_fixed(out, value / (is_yi ? 1e8 : 1e4), 1);
		write_unit(out, is_yi ? SLICE("亿") : SLICE("万"), context);
		break;
	}
	}
}

#define WHOLE_IN_CELLS     999999
#define WHOLE_IN_SENTENCES 99999

void format_count_short(struct buffer *out, uint64_t count, enum figure_context context, enum language language)
{
	if (count <= WHOLE_IN_CELLS)
		format_count(out, count);
	else
		write_large_count(out, count, context, language);
}

void format_count_spoken(struct buffer *out, uint64_t count, enum figure_context context, enum language language)
{
	if (count <= WHOLE_IN_SENTENCES)
		format_count(out, count);
	else
		write_large_count(out, count, context, language);
}

/* `least` is the smallest share that is shown as itself, in percent. */
static void write_share(struct buffer *out, double ratio, double least, unsigned decimals)
{
	const double percent = ratio * 100;

	if (ratio == 0 || ratio == 1) {
		buffer_append(out, ratio == 0 ? SLICE("0%") : SLICE("100%"));
		return;
	}
	if (percent > 0 && percent < least) {
		buffer_append_byte(out, '<');
		num_write_fixed(out, least, decimals);
	} else if (percent < 100 && percent > 100 - least) {
		buffer_append_byte(out, '>');
		num_write_fixed(out, 100 - least, decimals);
	} else {
		num_write_fixed(out, percent, decimals);
	}
	buffer_append_byte(out, '%');
}

void format_share(struct buffer *out, double ratio)
{
	write_share(out, ratio, 0.1, 1);
}

void format_share_fine(struct buffer *out, double ratio)
{
	write_share(out, ratio, 0.01, 2);
}

static const char *const byte_units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
static const char *const byte_rate_units[] = {"B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s", "EB/s"};
static const char *const memory_units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
#define BYTE_UNITS (sizeof byte_units / sizeof *byte_units)

void format_bytes(struct buffer *out, uint64_t bytes, enum figure_context context)
{
	double value = (double)bytes;
	const size_t i = choose_unit(&value, BYTE_UNITS, 1000);

	if (i == 0)
		format_count(out, bytes);
	else
		write_three(out, value);
	write_unit(out, slice_of(byte_units[i]), context);
}

/* Bytes that were averaged: not whole, and of a gauge perhaps negative. */
static void write_bytes(struct buffer *out, double bytes, const char *const units[BYTE_UNITS], double apart, enum figure_context context)
{
	if (bytes < 0) {
		buffer_append_byte(out, '-');
		bytes = -bytes;
	}

	const size_t i = choose_unit(&bytes, BYTE_UNITS, apart);

	if (i == 0)
		format_number(out, bytes);
	else
		write_three(out, bytes);
	write_unit(out, slice_of(units[i]), context);
}

void format_byte_rate(struct buffer *out, double per_second, enum figure_context context)
{
	write_bytes(out, per_second, byte_rate_units, 1000, context);
}

void format_memory(struct buffer *out, double bytes, enum figure_context context)
{
	write_bytes(out, bytes, memory_units, 1024, context);
}

/* What rates count, in words. */
static const struct {
	const char *unit;
	enum word word;
} rate_words[] = {
	{"pages", WORD_PAGES_PER_SECOND},
	{"requests", WORD_REQUESTS_PER_SECOND},
};

void format_rate_unit(struct buffer *out, const char *unit, enum language language)
{
	for (size_t i = 0; unit && i < sizeof rate_words / sizeof *rate_words; i++) {
		if (slice_equal(slice_of(unit), slice_of(rate_words[i].unit))) {
			buffer_append(out, slice_of(word(rate_words[i].word, language)));
			return;
		}
	}
	if (unit)
		buffer_printf(out, "%s/s", unit);
	else
		buffer_append(out, slice_of(word(WORD_TIMES_PER_SECOND, language)));
}

void format_rate(struct buffer *out, double per_second, const char *unit, enum figure_context context, enum language language)
{
	format_number(out, per_second);
	buffer_append(out, format_blank(context));
	format_rate_unit(out, unit, language);
}

/* Two units: 7 分 00 秒, 1 h 30 min; the second is left out when it is 0 of hours or more. */
static void write_two_units(struct buffer *out, uint64_t whole_s, enum figure_context context, enum language language)
{
	static const struct {
		uint64_t from_s, large_s, small_s;
		enum word large, small;
	} steps[] = {
		{172800, 86400, 3600, WORD_UNIT_DAY, WORD_UNIT_HOUR},
		{3600, 3600, 60, WORD_UNIT_HOUR, WORD_UNIT_MINUTE},
		{0, 60, 1, WORD_UNIT_MINUTE, WORD_UNIT_SECOND},
	};
	size_t i = 0;

	while (whole_s < steps[i].from_s)
		i++;

	const uint64_t small = whole_s % steps[i].large_s / steps[i].small_s;

	format_count(out, whole_s / steps[i].large_s);
	write_unit(out, slice_of(word(steps[i].large, language)), context);
	if (steps[i].small_s > 1 && small == 0)
		return;
	buffer_append(out, format_blank(context));
	if (small < 10 && steps[i].small_s == 1)
		buffer_append_byte(out, '0');
	buffer_append_u64(out, small);
	write_unit(out, slice_of(word(steps[i].small, language)), context);
}

void format_seconds(struct buffer *out, double seconds, enum figure_context context, enum language language)
{
	if (seconds >= 59.95) {
		write_two_units(out, seconds < 1e15 ? (uint64_t)(seconds + 0.5) : (uint64_t)1e15, context, language);
	} else if (seconds >= 0.9995 || seconds == 0) {
		if (seconds == floor(seconds))
			buffer_append_u64(out, (uint64_t)seconds);
		else
			write_three(out, seconds);
		write_unit(out, slice_of(word(WORD_UNIT_SECOND_SHORT, language)), context);
	} else if (seconds < 0.0005) {
		buffer_append(out, SLICE("<1"));
		write_unit(out, SLICE("ms"), context);
	} else {
		num_write_fixed(out, seconds * 1000, 0);
		write_unit(out, SLICE("ms"), context);
	}
}

void format_number(struct buffer *out, double value)
{
	if (value < 0) {
		buffer_append_byte(out, '-');
		value = -value;
	}
	if (value == floor(value) && value < 1e15)
		format_count(out, (uint64_t)value);
	else
		write_three(out, value);
}

double cell_number(enum table_type type, const struct table_cell *cell)
{
	if (!cell->is_known)
		return 0;
	switch (type) {
	case TABLE_COUNT:
	case TABLE_BYTES:
		return (double)cell->count;
	case TABLE_NUMBER:
	case TABLE_SECONDS:
	case TABLE_RATIO:
	case TABLE_RATE:
	case TABLE_BYTE_RATE:
	case TABLE_MEMORY:
		return isfinite(cell->number) ? cell->number : 0;
	case TABLE_TIME:
		return (double)cell->time_ms;
	case TABLE_TEXT:
		return 0;
	}
	return 0;
}

static bool has_figure(enum table_type type, const struct table_cell *cell)
{
	return cell->is_known && (!table_type_is_double(type) || isfinite(cell->number));
}

static void write_unknown(struct buffer *out, enum figure_context context)
{
	buffer_append(out, context == FIGURE_PLAIN ? SLICE("-") : SLICE("–"));
}

void format_cell(struct buffer *out, enum table_type type, const struct table_cell *cell, const struct zone *zone,
		 enum figure_context context, enum language language)
{
	if (!has_figure(type, cell)) {
		write_unknown(out, context);
		return;
	}
	switch (type) {
	case TABLE_TIME:
		format_time(out, TIME_ISO, cell->time_ms, zone, context, language);
		break;
	case TABLE_COUNT:
		format_count_short(out, cell->count, context, language);
		break;
	case TABLE_NUMBER:
		format_number(out, cell->number);
		break;
	case TABLE_BYTES:
		format_bytes(out, cell->count, context);
		break;
	case TABLE_SECONDS:
		format_seconds(out, cell->number, context, language);
		break;
	case TABLE_RATIO:
		format_share(out, cell->number);
		break;
	case TABLE_RATE:
		format_rate(out, cell->number, NULL, context, language);
		break;
	case TABLE_BYTE_RATE:
		format_byte_rate(out, cell->number, context);
		break;
	case TABLE_MEMORY:
		format_memory(out, cell->number, context);
		break;
	case TABLE_TEXT:
		buffer_append(out, cell->text);
		break;
	}
}

/* The unit that suits the greatest. */
static void scale_bytes(struct figure_scale *scale, const char *const units[BYTE_UNITS], double apart, double greatest)
{
	const size_t i = choose_unit(&greatest, BYTE_UNITS, apart);

	scale->unit = units[i];
	scale->one = pow(apart, (double)i);
	scale->decimals = i ? decimals_of_three(greatest) : 0;
}

struct figure_scale format_scale(enum table_type type, double greatest)
{
	struct figure_scale scale = {.type = type, .unit = "", .one = 1};

	if (type == TABLE_BYTES) {
		scale_bytes(&scale, byte_units, 1000, greatest);
	} else if (type == TABLE_BYTE_RATE) {
		scale_bytes(&scale, byte_rate_units, 1000, greatest);
	} else if (type == TABLE_MEMORY) {
		scale_bytes(&scale, memory_units, 1024, greatest);
	} else if (type == TABLE_SECONDS) {
		const bool is_small = greatest < 0.9995;

		scale.unit = is_small ? "ms" : "s";
		scale.one = is_small ? 0.001 : 1;
		scale.decimals = is_small ? 0 : decimals_of_three(greatest);
	} else if (type == TABLE_NUMBER || type == TABLE_RATE) {
		scale.unit = type == TABLE_RATE ? "/s" : "";
		scale.decimals = decimals_of_three(fabs(greatest));
	}
	return scale;
}

/* 10 to the minus decimals. */
static double least_of(unsigned decimals)
{
	return decimals == 0 ? 1 : decimals == 1 ? 0.1 : 0.01;
}

void format_scaled(struct buffer *out, const struct figure_scale *scale, const struct table_cell *cell,
		   enum figure_context context)
{
	if (!has_figure(scale->type, cell)) {
		write_unknown(out, context);
		return;
	}
	if (scale->type == TABLE_RATIO) {
		format_share(out, cell->number);
		return;
	}

	const double value = cell_number(scale->type, cell) / scale->one;
	const double least = least_of(scale->decimals);

	if (value == 0) {
		buffer_append_byte(out, '0');
	} else if (value > 0 && value < least / 2) {
		buffer_append_byte(out, '<');
		num_write_fixed(out, least, scale->decimals);
	} else if (scale->decimals == 0 && value > 0) {
		if (scale->one == 1 && !table_type_is_double(scale->type))
			format_count(out, cell->count);
		else
			format_count(out, value < 1.8e19 ? (uint64_t)(value + 0.5) : UINT64_MAX);
	} else {
		num_write_fixed(out, value, scale->decimals);
	}
}
