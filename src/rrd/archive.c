/* SPDX-License-Identifier: MIT */
/* archive.c - data sources and archives (archive.h) */
#include "rrd/archive.h"

#include <math.h>

#include "base/alloc.h"
#include "base/num.h"
#include "samples/rrd_words.h"

/* ---- facts: rrd_info_r gives a list of keys such as ds[sent].type and rra[0].cf, those of one thing one after the other ---- */

struct fact {
	slice name; /* between the brackets */
	slice field; /* behind them */
};

static bool split_key(const char *key, slice kind, struct fact *ret)
{
	slice rest = slice_of(key);

	if (!slice_starts(rest, kind) || slice_part(rest, kind.len, 1).len == 0 || rest.ptr[kind.len] != '[')
		return false;
	rest = slice_after(rest, kind.len + 1);

	const size_t end = slice_find_slice(rest, SLICE("]."));

	if (end == SLICE_NONE)
		return false;
	ret->name = slice_part(rest, 0, end);
	ret->field = slice_after(rest, end + 2);
	return true;
}

static double number_of(const rrd_info_t *fact)
{
	switch (fact->type) {
	case RD_I_VAL:
		return fact->value.u_val;
	case RD_I_CNT:
		return (double)fact->value.u_cnt;
	case RD_I_INT:
		return fact->value.u_int;
	case RD_I_STR:
	case RD_I_BLO:
		break;
	}
	return NAN;
}

/* The value of the same thing's field, further down the list. */
static const rrd_info_t *find_field(const rrd_info_t *from, slice kind, slice name, const char *field)
{
	struct fact fact;

	for (; from && split_key(from->key, kind, &fact) && slice_equal(fact.name, name); from = from->next)
		if (slice_equal(fact.field, slice_of(field)))
			return from;
	return NULL;
}

static double field_number(const rrd_info_t *from, slice kind, slice name, const char *field)
{
	const rrd_info_t *found = find_field(from, kind, name, field);

	return found ? number_of(found) : NAN;
}

static slice field_text(const rrd_info_t *from, slice kind, slice name, const char *field)
{
	const rrd_info_t *found = find_field(from, kind, name, field);

	return found && found->type == RD_I_STR ? slice_of(found->value.u_str) : SLICE("");
}

/* A whole number, or 0. */
static int64_t field_whole(const rrd_info_t *from, slice kind, slice name, const char *field)
{
	const double value = field_number(from, kind, name, field);

	return value >= 1 && value < 1e15 ? (int64_t)value : 0;
}

static bool write_source(const rrd_info_t *from, slice name, struct buffer *out)
{
	const slice ds = SLICE("ds");
	const slice type = field_text(from, ds, name, "type");
	enum rrd_type known;
	double last = NAN;

	if (!rrd_name_is_valid(name) || !rrd_type_parse(type, &known))
		return false;
	if (!num_parse_double(field_text(from, ds, name, "last_ds"), &last))
		last = NAN;
	rrd_write_word(out, ds);
	rrd_write_word(out, name);
	rrd_write_word(out, type);
	rrd_write_whole(out, field_whole(from, ds, name, "minimal_heartbeat"));
	rrd_write_number(out, field_number(from, ds, name, "min"));
	rrd_write_number(out, field_number(from, ds, name, "max"));
	rrd_write_number(out, last);
	buffer_append_byte(out, '\n');
	return true;
}

/* Forecasts and what belongs to them are left out. */
static bool write_archive(const rrd_info_t *from, slice name, struct buffer *out)
{
	const slice rra = SLICE("rra");
	const slice consolidation = field_text(from, rra, name, "cf");
	const int64_t steps = field_whole(from, rra, name, "pdp_per_row"), rows = field_whole(from, rra, name, "rows");
	enum rrd_consolidation known;

	if (!rrd_consolidation_parse(consolidation, &known))
		return true;
	if (!steps || !rows)
		return false;
	rrd_write_word(out, rra);
	rrd_write_word(out, consolidation);
	rrd_write_whole(out, steps);
	rrd_write_whole(out, rows);
	buffer_append_byte(out, '\n');
	return true;
}

static void write_whole_line(struct buffer *out, slice name, double value)
{
	rrd_write_word(out, name);
	rrd_write_whole(out, value > 0 && value < (double)RRD_TIME_MAX_S ? (int64_t)value : 0);
	buffer_append_byte(out, '\n');
}

bool archive_write_facts(const rrd_info_t *facts, struct buffer *out)
{
	slice last_source = SLICE(""), last_archive = SLICE("");
	size_t n_sources = 0, n_archives = 0;

	for (; facts; facts = facts->next) {
		struct fact fact;

		if (slice_equal(slice_of(facts->key), SLICE("step"))) {
			write_whole_line(out, SLICE("step"), number_of(facts));
		} else if (slice_equal(slice_of(facts->key), SLICE("last_update"))) {
			write_whole_line(out, SLICE("last"), number_of(facts));
		} else if (split_key(facts->key, SLICE("ds"), &fact) && !slice_equal(fact.name, last_source)) {
			last_source = fact.name;
			if (++n_sources > RRD_SOURCES_MAX || !write_source(facts, fact.name, out))
				return false;
		} else if (split_key(facts->key, SLICE("rra"), &fact) && !slice_equal(fact.name, last_archive)) {
			last_archive = fact.name;
			if (++n_archives > RRD_ARCHIVES_MAX || !write_archive(facts, fact.name, out))
				return false;
		}
	}
	return n_sources > 0;
}

/* ---- plans ---- */

bool archive_add(struct archive_plan *plan, slice word)
{
	if (plan->n == plan->space) {
		const size_t space = plan->space ? plan->space * 2 : 64;
		char **words = mem_resize(plan->words, space, sizeof *words);

		if (!words)
			return false;
		plan->words = words;
		plan->space = space;
	}

	char *copy = mem_copy(word);

	if (!copy)
		return false;
	plan->words[plan->n++] = copy;
	return true;
}

void archive_plan_release(struct archive_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		free(plan->words[i]);
	free(plan->words);
	*plan = (struct archive_plan){0};
}

static void append_number(struct buffer *out, double value)
{
	buffer_append_byte(out, ':');
	if (isfinite(value))
		num_write_double(out, value);
	else
		buffer_append_byte(out, 'U');
}

static bool read_source(slice *rest, struct buffer *word, struct buffer *out)
{
	enum rrd_type type;
	int64_t heartbeat_s;
	double least, greatest;

	if (!rrd_next_word(rest, word) || !rrd_name_is_valid(buffer_peek(word)))
		return false;
	buffer_append(out, SLICE("DS:"));
	buffer_append(out, buffer_peek(word));
	if (!rrd_next_word(rest, word) || !rrd_type_parse(buffer_peek(word), &type) || type == RRD_COMPUTE ||
	    !rrd_next_whole(rest, 1, RRD_TIME_MAX_S, &heartbeat_s) || !rrd_next_number(rest, &least) || !rrd_next_number(rest, &greatest))
		return false;
	buffer_printf(out, ":%s:%lld", rrd_type_name(type), (long long)heartbeat_s);
	append_number(out, least);
	append_number(out, greatest);
	return true;
}

/* Half of a row's steps may be unknown. */
static bool read_archive(slice *rest, struct buffer *word, struct buffer *out)
{
	enum rrd_consolidation consolidation;
	int64_t steps, rows;

	if (!rrd_next_word(rest, word) || !rrd_consolidation_parse(buffer_peek(word), &consolidation) || !rrd_next_whole(rest, 1, 1000000, &steps) ||
	    !rrd_next_whole(rest, 1, 100000000, &rows))
		return false;
	buffer_printf(out, "RRA:%s:0.5:%lld:%lld", rrd_consolidation_name(consolidation), (long long)steps, (long long)rows);
	return true;
}

bool archive_read_plan(slice *rest, struct buffer *word, struct archive_plan *ret)
{
	while (rest->ptr) {
		AUTO(buffer) struct buffer definition = BUFFER_LIMIT(1024);
		const bool is_word = rrd_next_word(rest, word);
		const slice kind = buffer_peek(word);

		if (!is_word || !(slice_equal(kind, SLICE("ds"))    ? read_source(rest, word, &definition)
				  : slice_equal(kind, SLICE("rra")) ? read_archive(rest, word, &definition)
								    : false))
			return false;
		if (buffer_check(&definition, NULL) < 0 || ret->n == RRD_SOURCES_MAX + RRD_ARCHIVES_MAX || !archive_add(ret, buffer_peek(&definition)))
			return false;
	}
	return ret->n > 0;
}
