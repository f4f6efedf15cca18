/* SPDX-License-Identifier: MIT */
/* values.c - reading and checking single values */
#include "report/values.h"

#include <courant/message.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/num.h"
#include "base/printable.h"
#include "base/zone.h"

static void free_message(courant_message *message)
{
	courant_message_free(message);
}
AUTO_DEFINE(message, courant_message, free_message)

void value_fault(const struct yaml_node *value, courant_error *error, struct faults *faults)
{
	faults_add(faults, value->line, value->column, "%s", courant_error_sentence(error));
	courant_error_free(error);
}

static void set_text(char **field, slice text, const struct yaml_node *value, struct faults *faults)
{
	free(*field);
	if (!(*field = mem_copy(text)))
		faults_add(faults, value->line, value->column, "no memory for this text");
}

void value_read_text(char **field, const struct yaml_node *key, const struct yaml_node *value,
                     struct faults *faults)
{
	slice text;

	if (yaml_read_text(key, value, faults, &text))
		set_text(field, text, value, faults);
}

bool value_check_line(const struct yaml_node *key, const struct yaml_node *value, struct faults *faults, slice *ret)
{
	slice text;

	if (!yaml_read_text(key, value, faults, &text))
		return false;
	if (!printable_is(text)) {
		faults_add(faults, value->line, value->column, "\"%.*s\" must be one line without control characters", SLICE_ARGS(key->text));
		return false;
	}
	*ret = text;
	return true;
}

void value_read_line(char **field, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	slice text;

	if (value_check_line(key, value, faults, &text))
		set_text(field, text, value, faults);
}

void value_read_address(char **field, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
{
	courant_error *error = NULL;
	slice text;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	AUTO(message) courant_message *probe = courant_message_new(&error);
	if (!probe || courant_message_set_sender(probe, text.ptr, &error) < 0)
		value_fault(value, error, faults);
	else
		set_text(field, text, value, faults);
}

void value_read_addresses(struct texts *list, const struct yaml_node *key,
                          const struct yaml_node *value, struct faults *faults)
{
	texts_release(list);
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		courant_error *error = NULL;
		slice text;

		if (!yaml_read_text(key, item, faults, &text))
			continue;
		AUTO(message) courant_message *probe = courant_message_new(&error);
		if (!probe || courant_message_add_to(probe, text.ptr, &error) < 0 ||
		    texts_add(list, text, &error) < 0)
			value_fault(item, error, faults);
	}
}

void value_read_texts(struct texts *list, const struct yaml_node *key,
                      const struct yaml_node *value, struct faults *faults)
{
	texts_release(list);
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		courant_error *error = NULL;
		slice text;

		if (yaml_read_text(key, item, faults, &text) && texts_add(list, text, &error) < 0)
			value_fault(item, error, faults);
	}
}

void value_read_zone(char **field, const struct yaml_node *key, const struct yaml_node *value,
                     struct faults *faults)
{
	courant_error *error = NULL;
	slice text;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	AUTO(zone) struct zone *zone = zone_load(text, &error);
	if (!zone)
		value_fault(value, error, faults);
	else
		set_text(field, text, value, faults);
}

bool value_is_link(slice text)
{
	const size_t scheme = slice_starts_nocase(text, SLICE("https://"))  ? 8
	                      : slice_starts_nocase(text, SLICE("http://")) ? 7
	                                                                    : 0;

	if (scheme == 0 || text.len == scheme || text.ptr[scheme] == '/' || !printable_is(text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (ascii_is_space(text.ptr[i]) || text.ptr[i] == '"' || text.ptr[i] == '<' ||
		    text.ptr[i] == '>')
			return false;
	}
	return true;
}

bool value_is_colour(slice text)
{
	uint64_t colour;

	return text.len == 7 && text.ptr[0] == '#' && num_parse_hex(slice_after(text, 1), &colour);
}

void value_read_link(char **field, const struct yaml_node *key, const struct yaml_node *value,
                     struct faults *faults)
{
	slice text;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	if (!value_is_link(text))
		faults_add(faults, value->line, value->column,
		           "\"%.*s\" must be an http:// or https:// address",
		           SLICE_ARGS(key->text));
	else
		set_text(field, text, value, faults);
}

void value_read_language(enum language *language, bool *ret_has, const struct yaml_node *key,
                         const struct yaml_node *value, struct faults *faults)
{
	slice text;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	if (language_parse(text, language))
		*ret_has = true;
	else
		faults_add(faults, value->line, value->column,
		           "unknown language \"%.*s\"; known are zh and en", SLICE_ARGS(text));
}

void value_read_percent(double *ratio, double max, const struct yaml_node *key,
                        const struct yaml_node *value, struct faults *faults)
{
	slice text;
	double percent;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	if (text.len < 2 || text.ptr[text.len - 1] != '%' ||
	    !num_parse_double(slice_trim(slice_part(text, 0, text.len - 1)), &percent) ||
	    !(percent >= 0 && percent <= max * 100))
		faults_add(faults, value->line, value->column,
		           "\"%.*s\" must be a percentage from 0 %% to %.0f %%, not \"%.*s\"",
		           SLICE_ARGS(key->text), max * 100, SLICE_ARGS(text));
	else
		*ratio = percent / 100;
}

void value_read_seconds(double *seconds, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	uint64_t ms;
	slice text;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	if (!num_parse_duration(text, &ms) || ms == 0)
		faults_add(faults, value->line, value->column, "\"%.*s\" must be a duration such as 300 ms, not \"%.*s\"", SLICE_ARGS(key->text),
			   SLICE_ARGS(text));
	else
		*seconds = (double)ms / 1000;
}

/* What a unit is in ones; "/s" behind it changes nothing. */
static const struct {
	const char *unit;
	double one;
} limit_units[] = {
	{"", 1},      {"%", 0.01},  {"ms", 0.001},  {"s", 1},	       {"min", 60},	    {"h", 3600},	    {"k", 1e3},	   {"M", 1e6},
	{"G", 1e9},   {"B", 1},	    {"kB", 1e3},    {"MB", 1e6},       {"GB", 1e9},	    {"TB", 1e12},	    {"KiB", 1024}, {"MiB", 1024.0 * 1024},
	{"GiB", 1024.0 * 1024 * 1024}, {"TiB", 1024.0 * 1024 * 1024 * 1024},
};

static bool find_unit(slice unit, double *ret_one)
{
	if (slice_ends(unit, SLICE("/s")))
		unit.len -= 2;
	for (size_t i = 0; i < sizeof limit_units / sizeof *limit_units; i++) {
		if (slice_equal(unit, slice_of(limit_units[i].unit))) {
			*ret_one = limit_units[i].one;
			return true;
		}
	}
	return false;
}

bool value_read_limit(double *limit, bool *ret_is_floor, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	slice whole;

	if (!yaml_read_text(key, value, faults, &whole))
		return false;

	const bool is_floor = slice_starts(whole, SLICE(">=")), has_sign = is_floor || slice_starts(whole, SLICE("<="));
	const slice text = slice_trim_space(slice_after(whole, has_sign ? 2 : 0));
	size_t digits = 0;
	double number, one;

	while (digits < text.len && (ascii_is_digit(text.ptr[digits]) || text.ptr[digits] == '.' || (digits == 0 && text.ptr[0] == '-')))
		digits++;
	if (!num_parse_double(slice_part(text, 0, digits), &number) || !find_unit(slice_trim_space(slice_after(text, digits)), &one)) {
		faults_add(faults, value->line, value->column, "\"%.*s\" must be a limit such as 300 ms, 90 %%, 20 GiB or >= 1.5, not \"%.*s\"",
			   SLICE_ARGS(key->text), SLICE_ARGS(whole));
		return false;
	}
	*limit = number * one;
	*ret_is_floor = is_floor;
	return true;
}

void value_read_yes(bool *yes, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const char *const words[] = {"no", "yes", NULL};
	unsigned word = *yes;

	value_read_word(&word, words, key, value, faults);
	*yes = word;
}

void value_read_count(unsigned *count, unsigned min, unsigned max, const struct yaml_node *key,
                      const struct yaml_node *value, struct faults *faults)
{
	slice text;
	uint64_t n;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	if (!num_parse_range(text, min, max, &n))
		faults_add(faults, value->line, value->column,
		           "\"%.*s\" must be a whole number from %u to %u, not \"%.*s\"",
		           SLICE_ARGS(key->text), min, max, SLICE_ARGS(text));
	else
		*count = (unsigned)n;
}

/* 90 s, 15 min, 4 h, 3 d: the largest unit in which it is a whole number. */
static void write_duration(struct buffer *into, uint64_t ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = {{"d", MS_PER_DAY}, {"h", MS_PER_HOUR}, {"min", MS_PER_MINUTE}, {"s", MS_PER_SECOND}};
	size_t i = 0;

	while (i + 1 < sizeof units / sizeof *units && ms % units[i].ms != 0)
		i++;
	buffer_append_u64(into, ms / units[i].ms);
	buffer_printf(into, " %s", units[i].name);
}

void value_read_duration(uint64_t *duration_ms, uint64_t min_ms, uint64_t max_ms, const struct yaml_node *key,
                         const struct yaml_node *value, struct faults *faults)
{
	AUTO(buffer) struct buffer range = BUFFER_LIMIT(100);
	slice text;
	uint64_t ms;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	if (num_parse_duration(text, &ms) && ms >= min_ms && ms <= max_ms) {
		*duration_ms = ms;
		return;
	}
	write_duration(&range, min_ms);
	buffer_append(&range, SLICE(" to "));
	write_duration(&range, max_ms);
	faults_add(faults, value->line, value->column, "\"%.*s\" must be a time from %.*s, not \"%.*s\"", SLICE_ARGS(key->text),
	           SLICE_ARGS(buffer_peek(&range)), SLICE_ARGS(text));
}

void value_read_word(unsigned *index, const char *const *words, const struct yaml_node *key,
                     const struct yaml_node *value, struct faults *faults)
{
	AUTO(buffer) struct buffer what = BUFFER_LIMIT(200);
	slice text;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	for (unsigned i = 0; words[i]; i++) {
		if (slice_equal(text, slice_of(words[i]))) {
			*index = i;
			return;
		}
	}
	buffer_printf(&what, "value of \"%.*s\":", SLICE_ARGS(key->text));
	yaml_unknown(value, buffer_check(&what, NULL) == 0 ? what.bytes : "value", words, faults);
}
