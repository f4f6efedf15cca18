/* SPDX-License-Identifier: MIT */
/* num.c - numbers as text (num.h)
 *
 * The locale can change only one thing in what strtod(3) reads and printf(3) writes: the decimal point. So strtod gets numbers
 * without one ("15e-1"), and what printf writes is taken apart at its digits. */
#include "base/num.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"

bool num_parse_u64(slice text, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_digit(text.ptr[i]) || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(text.ptr[i] - '0'), &value))
			return false;
	}
	*ret = value;
	return true;
}

bool num_parse_i64(slice text, int64_t *ret)
{
	const bool is_negative = slice_starts(text, SLICE("-"));
	uint64_t value;

	if (!num_parse_u64(slice_after(text, is_negative), &value) || value > (uint64_t)INT64_MAX + is_negative)
		return false;
	*ret = is_negative ? (int64_t)-value : (int64_t)value;
	return true;
}

bool num_parse_range(slice text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value;

	if (!num_parse_u64(text, &value) || value < min || value > max)
		return false;
	*ret = value;
	return true;
}

bool num_parse_hex(slice text, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const int digit = ascii_hex_value(text.ptr[i]);

		if (digit < 0 || value >> 60)
			return false;
		value = value << 4 | (uint64_t)digit;
	}
	*ret = value;
	return true;
}

/* Every double written out exactly has fewer bytes (1,077 for the smallest); what is longer is refused. */
#define NUMBER_MAX_BYTES 1200

/* Cuts digits off `*rest` and appends them at `to`. */
static char *take_digits(slice *rest, char *to)
{
	while (rest->len && ascii_is_digit(rest->ptr[0])) {
		*to++ = rest->ptr[0];
		*rest = slice_after(*rest, 1);
	}
	return to;
}

/* Cuts "e-12" off `*rest`, when it is there. An exponent with more digits than any double needs becomes 99999. */
static bool take_exponent(slice *rest, int64_t *ret)
{
	if (rest->len == 0 || ascii_lower(rest->ptr[0]) != 'e')
		return true;
	*rest = slice_after(*rest, 1);

	const bool is_negative = slice_starts(*rest, SLICE("-"));
	uint64_t value = 0;

	if (is_negative || slice_starts(*rest, SLICE("+")))
		*rest = slice_after(*rest, 1);
	if (rest->len == 0)
		return false;
	for (; rest->len; *rest = slice_after(*rest, 1)) {
		if (!ascii_is_digit(rest->ptr[0]))
			return false;
		value = value * 10 + (uint64_t)(rest->ptr[0] - '0');
		if (value > 99999)
			value = 99999;
	}
	*ret = is_negative ? -(int64_t)value : (int64_t)value;
	return true;
}

/* Up to 15 digits and the powers of ten up to 22 are exact doubles, and their one product or quotient is rounded once (Clinger, 1990, "How to read floating point
 * numbers accurately"): what nearly every number is. False: it needs strtod. */
static bool read_exactly(slice digits, int64_t exponent, double *ret)
{
	static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
					1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	const int64_t most = (int64_t)(sizeof powers / sizeof *powers) - 1;
	uint64_t value = 0;

	if (digits.len > 15 || exponent > most || exponent < -most)
		return false;
	for (size_t i = 0; i < digits.len; i++)
		value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
	*ret = exponent < 0 ? (double)value / powers[-exponent] : (double)value * powers[exponent];
	return true;
}

bool num_parse_double(slice text, double *ret)
{
	char number[NUMBER_MAX_BYTES + 32];
	char *to = number;
	int64_t exponent = 0;

	if (text.len > NUMBER_MAX_BYTES)
		return false;
	if (slice_starts(text, SLICE("-"))) {
		*to++ = '-';
		text = slice_after(text, 1);
	}

	const char *const digits = to;

	to = take_digits(&text, to);
	if (to == digits) /* ".5" */
		return false;
	if (slice_starts(text, SLICE("."))) {
		const char *const point = to;

		text = slice_after(text, 1);
		to = take_digits(&text, to);
		if (to == point) /* "5." */
			return false;
		exponent = point - to;
	}

	int64_t written_exponent = 0;

	if (!take_exponent(&text, &written_exponent) || text.len)
		return false;

	double exact;

	if (read_exactly(slice_from(digits, (size_t)(to - digits)), exponent + written_exponent, &exact)) {
		*ret = digits == number ? exact : -exact;
		return true;
	}
	(void)snprintf(to, 32, "e%" PRId64, exponent + written_exponent);

	const double value = strtod(number, NULL);

	if (isinf(value))
		return false;
	*ret = value;
	return true;
}

/* The decimal 0.d1d2d3… * 10^point. */
struct decimal {
	char digits[DBL_DECIMAL_DIG];
	int n;
	int point;
};

static double decimal_value(const struct decimal *decimal)
{
	char text[64];

	(void)snprintf(text, sizeof text, "%.*se%d", decimal->n, decimal->digits, decimal->point - decimal->n);
	return strtod(text, NULL);
}

/* The nearest decimal of n digits; value > 0. */
static struct decimal decimal_of(double value, int n)
{
	struct decimal decimal = {.n = 0};
	char text[64];
	const char *at = text;

	(void)snprintf(text, sizeof text, "%.*e", n - 1, value);
	for (; *at != 'e'; at++)
		if (ascii_is_digit(*at))
			decimal.digits[decimal.n++] = *at;

	uint64_t exponent = 0;

	(void)num_parse_u64(slice_of(at + 2), &exponent);
	decimal.point = (at[1] == '-' ? -(int)exponent : (int)exponent) + 1;
	return decimal;
}

/* The next greater one with as many digits. */
static struct decimal decimal_after(struct decimal decimal)
{
	int at = decimal.n - 1;

	while (at > 0 && decimal.digits[at] == '9')
		decimal.digits[at--] = '0';
	if (decimal.digits[at] == '9') {
		decimal.digits[at] = '1';
		decimal.point++;
	} else {
		decimal.digits[at]++;
	}
	return decimal;
}

static struct decimal shortest_of(double value)
{
	/* 15 digits of a normal number name it or none of fewer digits does, up to noughts at the end, which are cut below. */
	int n = value < DBL_MIN ? 1 : DBL_DIG;
	struct decimal decimal = decimal_of(value, n);

	while (decimal_value(&decimal) != value && n < DBL_DECIMAL_DIG) {
		/* Above a power of two doubles lie wider apart than below it: a decimal that is not the nearest may still be the one. */
		const struct decimal above = decimal_after(decimal);

		if (decimal_value(&above) == value) {
			decimal = above;
			break;
		}
		decimal = decimal_of(value, ++n);
	}
	while (decimal.n > 1 && decimal.digits[decimal.n - 1] == '0')
		decimal.n--;
	return decimal;
}

static bool write_special(struct buffer *buffer, double value)
{
	if (isnan(value))
		buffer_append(buffer, SLICE("nan"));
	else if (isinf(value))
		buffer_append(buffer, value < 0 ? SLICE("-inf") : SLICE("inf"));
	return isnan(value) || isinf(value);
}

void num_write_double(struct buffer *buffer, double value)
{
	if (write_special(buffer, value))
		return;
	if (signbit(value))
		buffer_append_byte(buffer, '-');
	if (value == 0) {
		buffer_append_byte(buffer, '0');
		return;
	}

	const struct decimal decimal = shortest_of(fabs(value));
	const slice digits = slice_from(decimal.digits, (size_t)decimal.n);

	if (decimal.point > 21 || decimal.point < -5) {
		buffer_append(buffer, slice_part(digits, 0, 1));
		if (decimal.n > 1)
			buffer_append_byte(buffer, '.');
		buffer_append(buffer, slice_after(digits, 1));
		buffer_printf(buffer, "e%+d", decimal.point - 1);
	} else if (decimal.point <= 0) {
		buffer_append(buffer, SLICE("0."));
		buffer_append_repeated(buffer, '0', (size_t)-decimal.point);
		buffer_append(buffer, digits);
	} else if (decimal.n <= decimal.point) {
		buffer_append(buffer, digits);
		buffer_append_repeated(buffer, '0', (size_t)(decimal.point - decimal.n));
	} else {
		buffer_append(buffer, slice_part(digits, 0, (size_t)decimal.point));
		buffer_append_byte(buffer, '.');
		buffer_append(buffer, slice_after(digits, (size_t)decimal.point));
	}
}

void num_write_fixed(struct buffer *buffer, double value, unsigned decimals)
{
	char text[DBL_MAX_10_EXP + 32]; /* sign, digits before the point, the point, nine after it */

	if (write_special(buffer, value))
		return;
	if (decimals > 9)
		decimals = 9;

	const int n = snprintf(text, sizeof text, "%.*f", (int)decimals, value);
	const slice all = slice_from(text, (size_t)n);
	size_t whole = text[0] == '-';

	while (whole < all.len && ascii_is_digit(text[whole]))
		whole++;
	buffer_append(buffer, slice_part(all, 0, whole));
	if (decimals) {
		buffer_append_byte(buffer, '.');
		buffer_append(buffer, slice_after(all, all.len - decimals));
	}
}

void num_write_grouped(struct buffer *buffer, uint64_t value)
{
	char digits[24]; /* 2^64 has 20 */
	const size_t n = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, value);

	for (size_t i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			buffer_append_byte(buffer, ',');
		buffer_append_byte(buffer, digits[i]);
	}
}

/* "1.5 s": the number and the word after it, with at most one blank between. */
static bool split_unit(slice text, slice *ret_number, slice *ret_unit)
{
	size_t n = 0;

	while (n < text.len && (ascii_is_digit(text.ptr[n]) || text.ptr[n] == '.'))
		n++;
	*ret_number = slice_part(text, 0, n);
	*ret_unit = slice_after(text, n);
	if (slice_starts(*ret_unit, SLICE(" "))) {
		*ret_unit = slice_after(*ret_unit, 1);
		return n && ret_unit->len;
	}
	return n;
}

bool num_parse_duration(slice text, uint64_t *ret_ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = {
		{"", 1000}, {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000},
	};
	slice number, unit;
	double value;

	if (!split_unit(text, &number, &unit) || !num_parse_double(number, &value))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!slice_equal(unit, slice_of(units[i].name)))
			continue;
		value = round(value * (double)units[i].ms);
		if (value > 0x1p53) /* beyond it a double holds no exact milliseconds */
			return false;
		*ret_ms = (uint64_t)value;
		return true;
	}
	return false;
}

bool num_parse_size(slice text, uint64_t *ret_bytes)
{
	static const char letters[] = "KMGT";
	slice number, unit;
	uint64_t value;

	if (!split_unit(text, &number, &unit) || !num_parse_u64(number, &value))
		return false;
	if (unit.len && unit.ptr[0] != 'B') {
		const char *letter = memchr(letters, ascii_upper(unit.ptr[0]), sizeof letters - 1);

		if (!letter)
			return false;
		for (const char *at = letters; at <= letter; at++)
			if (__builtin_mul_overflow(value, 1024, &value))
				return false;
		unit = slice_after(unit, 1);
	}
	if (unit.len && !slice_equal(unit, SLICE("B")) && !slice_equal(unit, SLICE("iB")))
		return false;
	*ret_bytes = value;
	return true;
}
