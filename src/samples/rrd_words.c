/* SPDX-License-Identifier: MIT */
/* rrd_words.c - lines of words for courant-rrd (rrd_words.h) */
#include "samples/rrd_words.h"

#include <math.h>

#include "base/ascii.h"
#include "base/num.h"

static bool is_escaped(char c)
{
	return c == ' ' || c == '%' || ascii_is_control(c);
}

void rrd_write_word(struct buffer *line, slice word)
{
	static const char digits[] = "0123456789abcdef";

	if (line->len && line->bytes[line->len - 1] != '\n')
		buffer_append_byte(line, ' ');
	if (word.len == 0)
		buffer_append_byte(line, '%');
	for (size_t i = 0; i < word.len; i++) {
		const unsigned char byte = (unsigned char)word.ptr[i];

		if (!is_escaped(word.ptr[i])) {
			buffer_append_byte(line, word.ptr[i]);
			continue;
		}
		buffer_append_byte(line, '%');
		buffer_append_byte(line, digits[byte >> 4]);
		buffer_append_byte(line, digits[byte & 15]);
	}
}

void rrd_write_number(struct buffer *line, double value)
{
	AUTO(buffer) struct buffer word = BUFFER_LIMIT(64);

	if (isfinite(value))
		num_write_double(&word, value);
	else
		buffer_append_byte(&word, 'U');
	rrd_write_word(line, buffer_peek(&word));
	buffer_fail_like(line, &word);
}

void rrd_write_whole(struct buffer *line, int64_t value)
{
	AUTO(buffer) struct buffer word = BUFFER_LIMIT(64);

	buffer_printf(&word, "%lld", (long long)value);
	rrd_write_word(line, buffer_peek(&word));
	buffer_fail_like(line, &word);
}

bool rrd_next_word(slice *rest, struct buffer *into)
{
	slice word;

	buffer_cut(into, 0);
	if (!slice_next(rest, ' ', &word) || word.len == 0)
		return false;
	if (slice_equal(word, SLICE("%")))
		return true;
	while (word.len) {
		if (word.ptr[0] != '%') {
			buffer_append_byte(into, word.ptr[0]);
			word = slice_after(word, 1);
			continue;
		}

		const int high = word.len > 2 ? ascii_hex_value(word.ptr[1]) : -1, low = word.len > 2 ? ascii_hex_value(word.ptr[2]) : -1;

		if (high < 0 || low < 0)
			return false;
		buffer_append_byte(into, (char)(high << 4 | low));
		word = slice_after(word, 3);
	}
	return buffer_check(into, NULL) == 0;
}

bool rrd_next_number(slice *rest, double *ret)
{
	slice word;

	if (!slice_next(rest, ' ', &word))
		return false;
	if (slice_equal(word, SLICE("U"))) {
		*ret = NAN;
		return true;
	}
	return num_parse_double(word, ret);
}

bool rrd_next_whole(slice *rest, int64_t min, int64_t max, int64_t *ret)
{
	slice word;
	int64_t value;

	if (!slice_next(rest, ' ', &word) || !num_parse_i64(word, &value) || value < min || value > max)
		return false;
	*ret = value;
	return true;
}

bool rrd_name_is_valid(slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.ptr[i]) && !ascii_is_one_of(name.ptr[i], "_-"))
			return false;
	return name.len > 0 && name.len <= RRD_NAME_MAX_BYTES;
}

static const char *const type_names[] = {
	[RRD_GAUGE] = "GAUGE",     [RRD_COUNTER] = "COUNTER",   [RRD_DERIVE] = "DERIVE",   [RRD_DCOUNTER] = "DCOUNTER",
	[RRD_DDERIVE] = "DDERIVE", [RRD_ABSOLUTE] = "ABSOLUTE", [RRD_COMPUTE] = "COMPUTE", NULL,
};
static const char *const consolidation_names[] = {
	[RRD_AVERAGE] = "AVERAGE", [RRD_MIN] = "MIN", [RRD_MAX] = "MAX", [RRD_LAST] = "LAST", NULL,
};

static bool find(slice word, const char *const *words, unsigned *ret)
{
	for (unsigned i = 0; words[i]; i++) {
		if (slice_equal(word, slice_of(words[i]))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

bool rrd_type_parse(slice word, enum rrd_type *ret)
{
	unsigned i;

	if (!find(word, type_names, &i))
		return false;
	*ret = (enum rrd_type)i;
	return true;
}

const char *rrd_type_name(enum rrd_type type)
{
	return type_names[type];
}

bool rrd_consolidation_parse(slice word, enum rrd_consolidation *ret)
{
	unsigned i;

	if (!find(word, consolidation_names, &i))
		return false;
	*ret = (enum rrd_consolidation)i;
	return true;
}

const char *rrd_consolidation_name(enum rrd_consolidation consolidation)
{
	return consolidation_names[consolidation];
}
