/* SPDX-License-Identifier: MIT */
/* num_test.c - numbers as text, whatever the locale; doubles as Python 3 and ECMAScript write them */
#include "base/num.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "tap.h"

#define NONE UINT64_C(0xDEAD)

static void whole_numbers_are_parsed_strictly(void)
{
	static const struct {
		const char *name, *text;
		bool fine;
		uint64_t value;
	} rows[] = {
		{"nought", "0", true, 0},
		{"leading noughts", "007", true, 7},
		{"the largest", "18446744073709551615", true, UINT64_MAX},
		{"one more than the largest", "18446744073709551616", false, NONE},
		{"ten times the largest", "184467440737095516150", false, NONE},
		{"nothing", "", false, NONE},
		{"a sign", "+1", false, NONE},
		{"a minus", "-1", false, NONE},
		{"a blank before", " 1", false, NONE},
		{"a blank after", "1 ", false, NONE},
		{"a rest", "1x", false, NONE},
		{"a point", "1.", false, NONE},
		{"hexadecimal", "0x10", false, NONE},
		{"Arabic digits", "\xd9\xa1", false, NONE},
	};

	EACH (row, rows) {
		uint64_t value = NONE;

		tap_row(row->name);
		CHECK_INT(num_parse_u64(slice_of(row->text), &value), row->fine);
		CHECK(value == row->value);
	}

	uint64_t value = NONE;

	tap_row("ranges");
	CHECK(num_parse_range(SLICE("25"), 1, 65535, &value) && value == 25);
	CHECK(!num_parse_range(SLICE("0"), 1, 65535, &value) && value == 25);
	CHECK(!num_parse_range(SLICE("65536"), 1, 65535, &value) && value == 25);
}

static void signed_numbers_are_parsed(void)
{
	int64_t value = 5;

	CHECK(num_parse_i64(SLICE("-9223372036854775808"), &value) && value == INT64_MIN);
	CHECK(num_parse_i64(SLICE("9223372036854775807"), &value) && value == INT64_MAX);
	CHECK(!num_parse_i64(SLICE("9223372036854775808"), &value));
	CHECK(!num_parse_i64(SLICE("-9223372036854775809"), &value));
	CHECK(!num_parse_i64(SLICE("-"), &value));
	CHECK(!num_parse_i64(SLICE("--1"), &value));
	CHECK(!num_parse_i64(SLICE(""), &value));
	CHECK(value == INT64_MAX);
	CHECK(num_parse_i64(SLICE("-0"), &value) && value == 0);
}

static void hexadecimal_numbers_are_parsed(void)
{
	uint64_t value = NONE;

	CHECK(num_parse_hex(SLICE("fFfFfFfFfFfFfFfF"), &value) && value == UINT64_MAX);
	CHECK(num_parse_hex(SLICE("0"), &value) && value == 0);
	CHECK(!num_parse_hex(SLICE("10000000000000000"), &value));
	CHECK(!num_parse_hex(SLICE(""), &value));
	CHECK(!num_parse_hex(SLICE("0x1"), &value));
	CHECK(value == 0);
}

static void doubles_are_read_to_the_last_bit(void)
{
	static const struct {
		const char *name, *text;
		bool fine;
		double value;
	} rows[] = {
		{"a whole number", "42", true, 42},
		{"a fraction", "0.1", true, 0x1.999999999999ap-4},
		{"a negative one", "-2.5", true, -2.5},
		{"an exponent", "1e3", true, 1000},
		{"a capital exponent with a sign", "1.5E+3", true, 1500},
		{"a negative exponent", "25e-1", true, 2.5},
		{"the largest", "1.7976931348623157e308", true, DBL_MAX},
		{"the smallest", "5e-324", true, 0x1p-1074},
		{"too small is nought", "1e-400", true, 0},
		{"an endless negative exponent", "1e-99999999999999999999", true, 0},
		{"half-way between two doubles goes to the even one", "9007199254740993", true, 9007199254740992.0},
		{"just over half-way", "9007199254740993.00000000000000000000000000000001", true, 9007199254740994.0},
		{"a hard one", "2.2250738585072011e-308", true, 0x0.fffffffffffffp-1022},
		{"noughts", "000.000", true, 0},
		{"too large", "1e309", false, -1},
		{"an endless exponent", "1e99999999999999999999", false, -1},
		{"nothing", "", false, -1},
		{"no digit before the point", ".5", false, -1},
		{"no digit after the point", "5.", false, -1},
		{"a plus", "+1", false, -1},
		{"a lone minus", "-", false, -1},
		{"an exponent without digits", "1e", false, -1},
		{"an exponent with only a sign", "1e+", false, -1},
		{"a comma", "1,5", false, -1},
		{"a blank", " 1", false, -1},
		{"hexadecimal", "0x1p3", false, -1},
		{"infinity", "inf", false, -1},
		{"not a number", "nan", false, -1},
		{"two points", "1.2.3", false, -1},
	};

	EACH (row, rows) {
		double value = -1;

		tap_row(row->name);
		CHECK_INT(num_parse_double(slice_of(row->text), &value), row->fine);
		CHECK_NEAR(value, row->value, 0);
	}
}

static void doubles_of_any_length_are_read(void)
{
	char text[1202];
	double value = -1;

	memset(text, '0', sizeof text);
	text[0] = '1';
	CHECK(!num_parse_double(slice_from(text, 400), &value)); /* 1e399 */
	text[1] = '.';
	CHECK(num_parse_double(slice_from(text, 1200), &value));
	CHECK_NEAR(value, 1, 0);
	CHECK(!num_parse_double(slice_from(text, 1201), &value));
}

static void doubles_are_written_shortest(void)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{0, "0"},
		{-0.0, "-0"},
		{1, "1"},
		{-1.5, "-1.5"},
		{0.1, "0.1"},
		{0.1 + 0.2, "0.30000000000000004"},
		{1.0 / 3, "0.3333333333333333"},
		{2.0 / 3, "0.6666666666666666"},
		{100, "100"},
		{123456789012345680000.0, "123456789012345680000"},
		{1e21, "1e+21"},
		{1e22, "1e+22"},
		{1.5e300, "1.5e+300"},
		{0.000001, "0.000001"},
		{0.0000001, "1e-7"},
		{0.00000012, "1.2e-7"},
		{5e-324, "5e-324"},
		{1e-323, "1e-323"},
		{2.2250738585072014e-308, "2.2250738585072014e-308"},
		{2.225073858507201e-308, "2.225073858507201e-308"},
		{DBL_MAX, "1.7976931348623157e+308"},
		{9007199254740993.0, "9007199254740992"},
		{5.0, "5"},
		{4.35, "4.35"},
		{0x1p-44, "5.684341886080802e-14"}, /* 5.684341886080801e-14 is nearer, but reads as its neighbour */
		{9.5367431640625e-07, "9.5367431640625e-7"},
		{NAN, "nan"},
		{INFINITY, "inf"},
		{-INFINITY, "-inf"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);

		tap_row(row->text);
		num_write_double(&written, row->value);
		CHECK_SLICE(buffer_peek(&written), slice_of(row->text));
	}
}

/* Digits and exponents around those that need no strtod: the compiler's constants are the nearest doubles, too. */
static void decimals_are_the_nearest_doubles(void)
{
#define ROW(number) {#number, number}
	static const struct {
		const char *text;
		double value;
	} rows[] = {
		ROW(123456789012345e-22), ROW(123456789012345e-23), ROW(999999999999999e22), ROW(999999999999999e23),
		ROW(1234567890123456e-22), ROW(0.1), ROW(0.3), ROW(1.005),
		ROW(2.675), ROW(4.35), ROW(17.97), ROW(1e22),
		ROW(1e23), ROW(8.5e-21), ROW(123.456e20), ROW(7e-22),
		ROW(49.999e-3),
	};
#undef ROW

	EACH (row, rows) {
		double value = -1;

		tap_row(row->text);
		CHECK(num_parse_double(slice_of(row->text), &value) && value == row->value);
	}
	double value = 1;

	tap_row("a minus before nothing");
	CHECK(num_parse_double(SLICE("-0"), &value) && value == 0 && signbit(value));
}

static void what_is_written_reads_the_same(void)
{
	struct random_stream random = {.state = 42};
	unsigned wrong = 0;

	for (int i = 0; i < 20000; i++) {
		AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);
		const uint64_t bits = i < 2000 ? (uint64_t)i << 52 : random_next(&random); /* powers of two first */
		double value, again = 0;

		memcpy(&value, &bits, sizeof value);
		if (!isfinite(value))
			continue;
		num_write_double(&written, value);
		wrong += !num_parse_double(buffer_peek(&written), &again) || again != value;
	}
	CHECK_INT(wrong, 0);
}

static void decimals_are_rounded_from_the_exact_value(void)
{
	static const struct {
		double value;
		unsigned decimals;
		const char *text;
	} rows[] = {
		{1.25, 1, "1.2"},
		{1.35, 1, "1.4"},
		{0.5, 0, "0"},
		{1.5, 0, "2"},
		{2.5, 0, "2"},
		{2.675, 2, "2.67"}, /* it is 2.67499999… */
		{-0.04, 1, "-0.0"},
		{1e15, 3, "1000000000000000.000"},
		{99.995, 2, "100.00"}, /* it is 99.99500000000000454… */
		{1.0 / 3, 12, "0.333333333"},
		{NAN, 2, "nan"},
		{-INFINITY, 2, "-inf"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);

		tap_row(row->text);
		num_write_fixed(&written, row->value, row->decimals);
		CHECK_SLICE(buffer_peek(&written), slice_of(row->text));
	}

	AUTO(buffer) struct buffer largest = BUFFER_LIMIT(400);

	num_write_fixed(&largest, -DBL_MAX, 9);
	CHECK_INT(largest.len, 1 + 309 + 1 + 9);
}

static void thousands_are_grouped(void)
{
	static const struct {
		uint64_t value;
		const char *text;
	} rows[] = {
		{0, "0"}, {999, "999"}, {1000, "1,000"}, {545122, "545,122"}, {1000000, "1,000,000"},
		{UINT64_MAX, "18,446,744,073,709,551,615"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);

		tap_row(row->text);
		num_write_grouped(&written, row->value);
		CHECK_SLICE(buffer_peek(&written), slice_of(row->text));
	}
}

static void durations_and_sizes_are_read(void)
{
	static const struct {
		const char *text;
		bool fine;
		uint64_t ms;
	} durations[] = {
		{"300", true, 300000},   {"1.5 s", true, 1500},  {"1.5s", true, 1500},    {"500 ms", true, 500},
		{"2 min", true, 120000}, {"1h", true, 3600000},  {"3 d", true, 259200000}, {"0", true, 0},
		{"0.0004 s", true, 0},   {"", false, NONE},      {"s", false, NONE},      {"-1 s", false, NONE},
		{"1 ", false, NONE},     {"1  s", false, NONE},  {"1 week", false, NONE}, {"1e3 s", false, NONE},
		{"99999999999999999999 d", false, NONE},         {".5 s", false, NONE},   {"1 S", false, NONE},
	};
	static const struct {
		const char *text;
		bool fine;
		uint64_t bytes;
	} sizes[] = {
		{"10", true, 10},       {"10B", true, 10},          {"4K", true, 4096},        {"4k", true, 4096},
		{"4 KiB", true, 4096},  {"256MB", true, 268435456}, {"2G", true, 2147483648u}, {"1T", true, 1099511627776u},
		{"", false, NONE},      {"K", false, NONE},         {"1.5M", false, NONE},     {"1 ", false, NONE},
		{"1iB", false, NONE},      {"1KX", false, NONE},       {"-1", false, NONE},       {"17179869184G", false, NONE},
		{"16777215T", true, UINT64_C(16777215) << 40},
	};

	EACH (row, durations) {
		uint64_t value = NONE;

		tap_row(row->text);
		CHECK_INT(num_parse_duration(slice_of(row->text), &value), row->fine);
		CHECK_INT(value, row->ms);
	}
	EACH (row, sizes) {
		uint64_t value = NONE;

		tap_row(row->text);
		CHECK_INT(num_parse_size(slice_of(row->text), &value), row->fine);
		CHECK(value == row->bytes);
	}
}

/* A German locale of our own making, for most machines have none with a decimal comma. */
static bool set_comma_locale(void)
{
	char path[128];
	const char *const command[] = {"localedef", "-i", "de_DE", "-f", "UTF-8", path, NULL};
	pid_t child;
	int status;

	(void)snprintf(path, sizeof path, "%s/de_DE.UTF-8", tap_folder());
	if (posix_spawnp(&child, command[0], NULL, NULL, (char *const *)command, environ) != 0 || waitpid(child, &status, 0) < 0)
		return false;
	return setenv("LOCPATH", tap_folder(), 1) == 0 && setlocale(LC_ALL, "de_DE.UTF-8") &&
	       *localeconv()->decimal_point == ',';
}

static void the_locale_changes_nothing(void)
{
	if (!set_comma_locale()) {
		(void)setlocale(LC_ALL, "C");
		tap_skip("localedef or the package locales is missing");
		return;
	}
	doubles_are_read_to_the_last_bit();
	doubles_are_written_shortest();
	decimals_are_rounded_from_the_exact_value();
	thousands_are_grouped();
	durations_and_sizes_are_read();
	(void)setlocale(LC_ALL, "C");
}

TESTS(TEST(whole_numbers_are_parsed_strictly), TEST(signed_numbers_are_parsed), TEST(hexadecimal_numbers_are_parsed),
      TEST(doubles_are_read_to_the_last_bit), TEST(doubles_of_any_length_are_read), TEST(doubles_are_written_shortest),
      TEST(decimals_are_the_nearest_doubles), TEST(what_is_written_reads_the_same), TEST(decimals_are_rounded_from_the_exact_value),
      TEST(thousands_are_grouped), TEST(durations_and_sizes_are_read), TEST(the_locale_changes_nothing))
