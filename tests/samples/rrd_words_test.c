/* SPDX-License-Identifier: MIT */
#include "samples/rrd_words.h"

#include <math.h>

#include "tap.h"

static const struct {
	const char *name, *word, *written;
} words[] = {
	{"a plain word", "sent", "sent"},
	{"a path with blanks", "/var/lib/my files/a.rrd", "/var/lib/my%20files/a.rrd"},
	{"a percent sign", "100%", "100%25"},
	{"the end of a line", "a\nok", "a%0aok"},
	{"Chinese stays", "流量.rrd", "流量.rrd"},
	{"nothing", "", "%"},
};

static void any_text_is_one_word(void)
{
	EACH (row, words) {
		AUTO(buffer) struct buffer line = BUFFER_LIMIT(1024), word = BUFFER_LIMIT(1024);
		slice rest;

		tap_row(row->name);
		rrd_write_word(&line, SLICE("fetch"));
		rrd_write_word(&line, slice_of(row->word));
		rrd_write_word(&line, SLICE("behind"));
		CHECK_SLICE(slice_part(buffer_peek(&line), 6, line.len - 13), slice_of(row->written));
		rest = buffer_peek(&line);
		CHECK(rrd_next_word(&rest, &word));
		CHECK(rrd_next_word(&rest, &word));
		CHECK_SLICE(buffer_peek(&word), slice_of(row->word));
		CHECK(rrd_next_word(&rest, &word));
		CHECK_SLICE(buffer_peek(&word), SLICE("behind"));
		CHECK(!rrd_next_word(&rest, &word));
	}
}

static void words_that_are_none_are_refused(void)
{
	static const char *const lines[] = {"%", "%4", "%zz", "a%", "a%2", "", " a"};

	EACH (line, lines) {
		AUTO(buffer) struct buffer word = BUFFER_LIMIT(1024);
		slice rest = slice_of(*line);

		tap_row(*line);
		/* A lone percent sign is the empty word. */
		CHECK(rrd_next_word(&rest, &word) == (line == lines));
	}
}

static void numbers_read_back_as_they_were(void)
{
	static const double numbers[] = {0, -0.5, 0.1, 1e-300, 1.7976931348623157e308, 4294967296, 123456789012345680, 2.49e6};

	EACH (number, numbers) {
		AUTO(buffer) struct buffer line = BUFFER_LIMIT(1024);
		double back = 0;

		rrd_write_number(&line, *number);
		CHECK(rrd_next_number(&(slice){line.bytes, line.len}, &back));
		CHECK(back == *number);
	}
}

static void what_is_unknown_is_u(void)
{
	static const double numbers[] = {NAN, INFINITY, -INFINITY};

	EACH (number, numbers) {
		AUTO(buffer) struct buffer line = BUFFER_LIMIT(1024);
		double back = 0;

		rrd_write_number(&line, *number);
		CHECK_TEXT(line.bytes, "U");
		CHECK(rrd_next_number(&(slice){line.bytes, line.len}, &back));
		CHECK(isnan(back));
	}
}

static void counters_are_written_without_exponent(void)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(1024);

	/* librrd takes a counter only as digits. */
	rrd_write_number(&line, 18014398509481984.0);
	CHECK_TEXT(line.bytes, "18014398509481984");
}

static void whole_numbers_have_limits(void)
{
	static const struct {
		const char *text;
		bool holds;
	} rows[] = {{"0", true}, {"10", true}, {"11", false}, {"-1", false}, {"1.0", false}, {"", false}, {"U", false}, {"1x", false}};

	EACH (row, rows) {
		int64_t value = 77;
		slice rest = slice_of(row->text);

		tap_row(row->text);
		CHECK(rrd_next_whole(&rest, 0, 10, &value) == row->holds);
		CHECK(row->holds == (value != 77));
	}
}

static void names_are_those_of_rrdcreate(void)
{
	CHECK(rrd_name_is_valid(SLICE("network_received")));
	CHECK(rrd_name_is_valid(SLICE("a-B_9")));
	CHECK(rrd_name_is_valid(SLICE("nineteen_letters_12")));
	CHECK(!rrd_name_is_valid(SLICE("twenty_letters_12345")));
	CHECK(!rrd_name_is_valid(SLICE("")));
	CHECK(!rrd_name_is_valid(SLICE("a:b")));
	CHECK(!rrd_name_is_valid(SLICE("流量")));
}

static void kinds_are_known_by_name(void)
{
	enum rrd_type type = RRD_GAUGE;
	enum rrd_consolidation consolidation = RRD_AVERAGE;

	CHECK(rrd_type_parse(SLICE("DDERIVE"), &type) && type == RRD_DDERIVE);
	CHECK(!rrd_type_parse(SLICE("derive"), &type));
	CHECK(rrd_consolidation_parse(SLICE("MAX"), &consolidation) && consolidation == RRD_MAX);
	CHECK(!rrd_consolidation_parse(SLICE("HWPREDICT"), &consolidation));
	CHECK_TEXT(rrd_type_name(RRD_COUNTER), "COUNTER");
	CHECK_TEXT(rrd_consolidation_name(RRD_LAST), "LAST");
}

TESTS(TEST(any_text_is_one_word), TEST(words_that_are_none_are_refused), TEST(numbers_read_back_as_they_were), TEST(what_is_unknown_is_u),
      TEST(counters_are_written_without_exponent), TEST(whole_numbers_have_limits), TEST(names_are_those_of_rrdcreate), TEST(kinds_are_known_by_name))
