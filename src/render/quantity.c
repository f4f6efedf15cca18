/* SPDX-License-Identifier: MIT */
/* quantity.c - units, and figures in them */
#include "render/quantity.h"

#include <math.h>

#include "base/num.h"

/* From `from` on one unit is `one`. In order; the first row is for whatever is less. */
struct scale {
	double from, one;
	const char *en, *zh;
};

/* Plain numbers and rates. Very small ones are told as so many billionths, in digits that need no reading up. */
static const struct scale plain_scales[] = {
	{0, 1e-12, "1e-12", "1e-12"},   {9.995e-10, 1e-9, "1e-9", "1e-9"}, {9.995e-7, 1e-6, "1e-6", "1e-6"},
	{9.995e-4, 1e-3, "1e-3", "1e-3"}, {9.995e-3, 1, "", ""},
};
static const struct scale large_scales_en[] = {
	{99999.5, 1e3, "k", ""}, {999500, 1e6, "M", ""}, {9.995e8, 1e9, "G", ""}, {9.995e11, 1e12, "T", ""}, {9.995e14, 1e15, "P", ""},
	{9.995e17, 1e18, "E", ""},
};
static const struct scale large_scales_zh[] = {
	{99999.5, 1e4, "", "万"}, {99995000, 1e8, "", "亿"}, {9.9995e11, 1e12, "", "万亿"}, {9.9995e15, 1e16, "", "亿亿"},
};
static const struct scale byte_scales[] = {
	{0, 1, "B", "B"},          {999.5, 1e3, "kB", "kB"},   {999500, 1e6, "MB", "MB"},     {9.995e8, 1e9, "GB", "GB"},
	{9.995e11, 1e12, "TB", "TB"}, {9.995e14, 1e15, "PB", "PB"}, {9.995e17, 1e18, "EB", "EB"},
};
static const struct scale byte_rate_scales[] = {
	{0, 1, "B/s", "B/s"},            {999.5, 1e3, "kB/s", "kB/s"},     {999500, 1e6, "MB/s", "MB/s"},
	{9.995e8, 1e9, "GB/s", "GB/s"},  {9.995e11, 1e12, "TB/s", "TB/s"}, {9.995e14, 1e15, "PB/s", "PB/s"},
	{9.995e17, 1e18, "EB/s", "EB/s"},
};
#define KIB 1024.0
static const struct scale memory_scales[] = {
	{0, 1, "B", "B"},
	{999.5, KIB, "KiB", "KiB"},
	{999.5 * KIB, KIB *KIB, "MiB", "MiB"},
	{999.5 * KIB * KIB, KIB *KIB *KIB, "GiB", "GiB"},
	{999.5 * KIB * KIB * KIB, KIB *KIB *KIB *KIB, "TiB", "TiB"},
	{999.5 * KIB * KIB * KIB * KIB, KIB *KIB *KIB *KIB *KIB, "PiB", "PiB"},
};
#undef KIB
static const struct scale second_scales[] = {
	{0, 1e-6, "µs", "µs"}, {0.000995, 1e-3, "ms", "ms"}, {0.9995, 1, "s", "s"}, {600, 60, "min", "分"}, {36000, 3600, "h", "小时"},
};
static const struct scale ratio_scales[] = {{0, 0.01, "%", "%"}};
static const struct scale count_scales[] = {{0, 1, "", ""}};

#define SCALES(array) (array), sizeof(array) / sizeof *(array)

static void choose(struct quantity *quantity, const struct scale *scales, size_t n, double greatest)
{
	for (size_t i = 0; i < n && (i == 0 || greatest >= scales[i].from); i++) {
		if (i == 0 && greatest < scales[0].from)
			return;
		quantity->one = scales[i].one;
		quantity->prefix = quantity->language == LANGUAGE_ZH ? scales[i].zh : scales[i].en;
	}
}

static void choose_large(struct quantity *quantity, double greatest)
{
	switch (quantity->language) {
	case LANGUAGE_EN:
		choose(quantity, SCALES(large_scales_en), greatest);
		break;
	case LANGUAGE_ZH:
		choose(quantity, SCALES(large_scales_zh), greatest);
		break;
	}
}

struct quantity quantity_up_to(enum table_type type, double greatest, const char *unit, enum language language)
{
	struct quantity quantity = {.type = type, .language = language, .one = 1, .prefix = "", .unit = unit};

	switch (type) {
	case TABLE_NUMBER:
	case TABLE_RATE:
		if (greatest > 0)
			choose(&quantity, SCALES(plain_scales), greatest);
		choose_large(&quantity, greatest);
		break;
	case TABLE_COUNT:
		choose(&quantity, SCALES(count_scales), greatest);
		choose_large(&quantity, greatest);
		break;
	case TABLE_BYTES:
		choose(&quantity, SCALES(byte_scales), greatest);
		break;
	case TABLE_BYTE_RATE:
		choose(&quantity, SCALES(byte_rate_scales), greatest);
		break;
	case TABLE_MEMORY:
		choose(&quantity, SCALES(memory_scales), greatest);
		break;
	case TABLE_SECONDS:
		choose(&quantity, SCALES(second_scales), greatest);
		break;
	case TABLE_RATIO:
		choose(&quantity, SCALES(ratio_scales), greatest);
		break;
	case TABLE_TIME:
	case TABLE_TEXT:
		break; /* picture_check has refused them */
	}
	return quantity;
}

struct quantity quantity_of(const struct picture *picture, const struct table *table, const struct samples *samples)
{
	const double greatest = fmax(fabs(samples->greatest), fabs(samples->least));
	const char *unit = picture->unit ? picture->unit : table_column(table, picture->series[0].column)->unit;
	struct quantity quantity = quantity_up_to(samples->type, greatest, unit, picture->language);

	quantity.is_fine = picture->is_fine;
	return quantity;
}

void quantity_write_unit(struct buffer *out, const struct quantity *quantity)
{
	const bool is_counted = quantity->type == TABLE_RATE || quantity->type == TABLE_NUMBER || quantity->type == TABLE_COUNT;
	const bool has_unit = quantity->type == TABLE_RATE || (is_counted && quantity->unit);

	buffer_append(out, slice_of(quantity->prefix));
	if (!has_unit)
		return;
	/* 万次/s, but k requests/s. */
	if (*quantity->prefix && (quantity->language == LANGUAGE_EN || quantity->one < 1))
		buffer_append_byte(out, ' ');
	if (quantity->type == TABLE_RATE)
		format_rate_unit(out, quantity->unit, quantity->language);
	else
		buffer_append(out, slice_of(quantity->unit));
}

/* What no scale has a name for. */
#define BEYOND 1e12

static void write_power(struct buffer *out, double value)
{
	buffer_printf(out, "%.0e", value);
}

/* Three digits; "<0.01" for a little more than nothing. */
static void write_three(struct buffer *out, double value)
{
	if (value < 0) {
		buffer_append_byte(out, '-');
		value = -value;
	}
	if (value == 0)
		buffer_append_byte(out, '0');
	else if (value >= BEYOND)
		write_power(out, value);
	else if (value < 0.005)
		buffer_append(out, SLICE("<0.01"));
	else if (value < 99.95)
		num_write_fixed(out, value, value < 9.995 ? 2 : 1);
	else
		num_write_grouped(out, (uint64_t)(value + 0.5));
}

/* Zero of rates reads 0.00 among its like; counts and times stay whole. */
static bool is_whole(const struct quantity *quantity, double value)
{
	return value == floor(value) && value >= 0 && value < BEYOND &&
	       ((quantity->type == TABLE_COUNT && quantity->one == 1) || (quantity->type == TABLE_BYTES && quantity->one == 1) ||
		quantity->type == TABLE_SECONDS || (quantity->type == TABLE_NUMBER && !quantity->unit));
}

void quantity_write(struct buffer *out, const struct quantity *quantity, double value)
{
	const double scaled = value / quantity->one;

	if (isnan(value))
		buffer_append(out, SLICE("–"));
	else if (quantity->type == TABLE_RATIO)
		num_write_fixed(out, scaled, scaled == floor(scaled) ? 0 : quantity->is_fine ? 2 : 1);
	else if (is_whole(quantity, scaled))
		num_write_grouped(out, (uint64_t)scaled);
	/* Milliseconds are whole from ten on: 286, not 286.4. */
	else if (quantity->type == TABLE_SECONDS && quantity->one < 1 && scaled >= 9.95)
		num_write_grouped(out, (uint64_t)(scaled + 0.5));
	else
		write_three(out, scaled);
}

void quantity_write_whole(struct buffer *out, const struct quantity *quantity, double value, enum figure_context context)
{
	AUTO(buffer) struct buffer unit = BUFFER_LIMIT(out->limit);

	quantity_write(out, quantity, value);
	quantity_write_unit(&unit, quantity);
	if (unit.len && quantity->type != TABLE_RATIO)
		buffer_append(out, format_blank(context));
	if (!isnan(value))
		buffer_append(out, buffer_peek(&unit));
}

void quantity_write_tick(struct buffer *out, const struct quantity *quantity, double value, double step)
{
	const double scaled = value / quantity->one, one = step / quantity->one;
	unsigned decimals = 0;

	/* 0.5 needs one decimal, 0.25 two. */
	for (double rest = one; decimals < 9 && fabs(rest - floor(rest + 0.5)) > 1e-6; rest *= 10)
		decimals++;
	if (fabs(scaled) < one / 2) {
		buffer_append_byte(out, '0');
	} else if (fabs(scaled) >= BEYOND) {
		write_power(out, scaled);
	} else if (decimals == 0) {
		if (scaled < 0)
			buffer_append_byte(out, '-');
		num_write_grouped(out, (uint64_t)(fabs(scaled) + 0.5));
	} else {
		num_write_fixed(out, scaled, decimals);
	}
}
