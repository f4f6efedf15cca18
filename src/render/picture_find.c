/* SPDX-License-Identifier: MIT */
/* picture_find.c - the line under a picture: what it shows, by rules in the order of their weight */
#include <math.h>

#include "base/ascii.h"
#include "base/num.h"
#include "render/picture_words.h"

#define FINDINGS_MAX    2
#define FIELD_MAX_BYTES 4000
#define FIELD(name) AUTO(buffer) struct buffer name = BUFFER_LIMIT(FIELD_MAX_BYTES)

#define NEAR_SHARE  0.9 /* of the whole that a series fills */
#define PEAK_TIMES  3   /* the average */
#define END_TIMES   1.5
#define CHANGED     0.2 /* against the former line */
#define LEVEL       0.05

struct finder {
	const struct picture *picture;
	const struct quantity *quantity;
	const struct samples *samples;
	struct buffer head, tail; /* of the finding under way: its bold part, and what follows */
};

static const char *name_of(const struct finder *finder, size_t series)
{
	const struct picture_series *which = &finder->picture->series[series];

	return which->name ? which->name : which->label;
}

/* The figures of a finding: {0} series, {1} value, {2} time, {3} how many times or how much, {4} what it is held against. */
struct figures {
	const char *series, *other;
	double value;
	int64_t at_ms;
	slice amount;
};

static void say(struct finder *finder, enum word head, enum word tail, const struct figures *figures)
{
	const enum language language = finder->picture->language;
	FIELD(value);
	FIELD(time);

	quantity_write_whole(&value, finder->quantity, figures->value, FIGURE_SENTENCE);
	picture_write_time(&time, finder->picture, finder->samples, figures->at_ms);

	const slice places[] = {slice_of(figures->series), buffer_peek(&value), buffer_peek(&time), figures->amount,
				slice_of(figures->other ? figures->other : "")};

	if (head != WORDS)
		word_write(&finder->head, head, language, places, sizeof places / sizeof *places);
	if (tail != WORDS)
		word_write(&finder->tail, tail, language, places, sizeof places / sizeof *places);
}

static bool find_gap(struct finder *finder)
{
	return finder->samples->is_timed &&
	       picture_write_gaps(&finder->head, finder->picture, finder->samples, WORD_FIND_GAP, WORD_FIND_GAPS);
}

static void write_target(const struct finder *finder, const struct picture_reference *reference, struct buffer *ret)
{
	buffer_append(ret, slice_of(reference->label));
	buffer_append_byte(ret, ' ');
	quantity_write_whole(ret, finder->quantity, reference->value, FIGURE_SENTENCE);
}

/* Targets are for the first series; its worst value is told. */
static bool find_missed_target(struct finder *finder)
{
	const struct summary *summary = &finder->samples->series[0].summary;

	for (size_t i = 0; i < finder->picture->n_references && summary->n; i++) {
		const struct picture_reference *reference = &finder->picture->references[i];
		const bool is_missed = reference->is_floor ? summary->least < reference->value : summary->greatest > reference->value;
		FIELD(target);

		if (reference->kind != REFERENCE_TARGET || !is_missed)
			continue;
		write_target(finder, reference, &target);
		say(finder, reference->is_floor ? WORD_FIND_UNDER : WORD_FIND_OVER,
		    reference->is_floor ? WORD_FIND_LOWEST : WORD_FIND_HIGHEST,
		    &(struct figures){.series = name_of(finder, 0),
				      .value = reference->is_floor ? summary->least : summary->greatest,
				      .at_ms = summary->greatest_ms,
				      .amount = buffer_peek(&target)});
		return true;
	}
	return false;
}

static bool find_nearly_full(struct finder *finder)
{
	const struct summary *summary = &finder->samples->series[0].summary;

	for (size_t i = 0; i < finder->picture->n_references && summary->n; i++) {
		const struct picture_reference *reference = &finder->picture->references[i];
		FIELD(share);

		if (reference->kind != REFERENCE_TOTAL || !(reference->value > 0) || summary->last < NEAR_SHARE * reference->value)
			continue;
		format_share(&share, summary->last / reference->value);
		say(finder, WORD_FIND_NEAR, WORD_FIND_NEAR_OF,
		    &(struct figures){.series = name_of(finder, 0), .value = reference->value, .amount = buffer_peek(&share),
				      .other = reference->label});
		return true;
	}
	return false;
}

static bool say_times(struct finder *finder, size_t series, enum word head, double value)
{
	const struct summary *summary = &finder->samples->series[series].summary;
	FIELD(times);

	num_write_fixed(&times, value / summary->average, value / summary->average < 99.95 ? 1 : 0);
	say(finder, head, WORD_FIND_TIMES,
	    &(struct figures){.series = name_of(finder, series), .value = value, .at_ms = summary->greatest_ms, .amount = buffer_peek(&times)});
	return true;
}

static bool find_peak(struct finder *finder)
{
	for (size_t i = 0; i < finder->samples->n_series && finder->samples->is_timed; i++) {
		const struct summary *summary = &finder->samples->series[i].summary;

		if (summary->n > 1 && summary->average > 0 && summary->greatest >= PEAK_TIMES * summary->average)
			return say_times(finder, i, WORD_FIND_PEAK, summary->greatest);
	}
	return false;
}

static bool find_rise(struct finder *finder)
{
	for (size_t i = 0; i < finder->samples->n_series && finder->samples->is_timed; i++) {
		const struct summary *summary = &finder->samples->series[i].summary;

		if (summary->n > 1 && summary->average > 0 && summary->last >= END_TIMES * summary->average)
			return say_times(finder, i, WORD_FIND_END, summary->last);
	}
	return false;
}

/* The change of the average; NaN without a former line. */
static double change_of_average(const struct finder *finder)
{
	const double now = finder->samples->series[0].summary.average, former = finder->samples->former_summary.average;

	return former > 0 ? now / former - 1 : NAN;
}

static bool say_change(struct finder *finder, double change)
{
	FIELD(amount);

	buffer_append(&amount, change < 0 ? SLICE("-") : SLICE("+"));
	format_share(&amount, fabs(change));
	say(finder, WORD_FIND_AVERAGE, fabs(change) < LEVEL ? WORD_FIND_LEVEL : WORD_FIND_CHANGED,
	    &(struct figures){.series = name_of(finder, 0),
			      .value = finder->samples->series[0].summary.average,
			      .amount = buffer_peek(&amount),
			      .other = finder->picture->former.label});
	return true;
}

static bool find_change(struct finder *finder)
{
	const double change = change_of_average(finder);

	return !isnan(change) && fabs(change) >= CHANGED && say_change(finder, change);
}

static bool find_level(struct finder *finder)
{
	const double change = change_of_average(finder);

	return !isnan(change) && fabs(change) < CHANGED && say_change(finder, change);
}

/* A day's percentiles: their average would be none. */
static bool find_target_met(struct finder *finder)
{
	const struct summary *summary = &finder->samples->series[0].summary;
	const struct picture_reference *reference = &finder->picture->references[0];
	FIELD(target);

	if (!finder->picture->n_references || reference->kind != REFERENCE_TARGET || reference->is_floor || !summary->n)
		return false;
	write_target(finder, reference, &target);
	say(finder, WORD_FIND_WITHIN, WORD_FIND_HIGHEST,
	    &(struct figures){.series = name_of(finder, 0), .value = summary->greatest, .at_ms = summary->greatest_ms, .amount = buffer_peek(&target)});
	return true;
}

static bool find_worst_day(struct finder *finder)
{
	const struct summary *summary = &finder->samples->series[0].summary;

	/* Where there is a target, that has been told already. */
	if (!summary->n || finder->picture->n_references)
		return false;
	say(finder, WORD_FIND_HIGHEST_ALONE, WORDS,
	    &(struct figures){.series = name_of(finder, 0), .value = summary->greatest, .at_ms = summary->greatest_ms});
	return true;
}

static bool find_leader(struct finder *finder)
{
	const struct sample_series *series = &finder->samples->series[0];
	const struct summary *summary = &series->summary;
	const double all = summary->average * (double)summary->n;
	FIELD(share);

	if (summary->n < 2 || !(summary->least >= 0) || !(all > 0))
		return false;
	format_share(&share, summary->greatest / all);
	say(finder, WORD_FIND_MOST, finder->quantity->type == TABLE_COUNT || finder->quantity->type == TABLE_BYTES ? WORD_FIND_OF_ALL : WORDS,
	    &(struct figures){.series = finder->samples->names[summary->greatest_row], .value = summary->greatest, .amount = buffer_peek(&share)});
	return true;
}

typedef bool finding(struct finder *);
static finding *const rules_over_time[] = {
	find_gap, find_missed_target, find_nearly_full, find_peak, find_rise, find_change, find_level, NULL,
};
static finding *const rules_of_week[] = {find_gap, find_missed_target, find_target_met, find_worst_day, NULL};
static finding *const rules_of_names[] = {find_missed_target, find_leader, NULL};

static finding *const *choose_rules(const struct finder *finder)
{
	return finder->picture->kind == PICTURE_WEEK ? rules_of_week : finder->samples->is_timed ? rules_over_time : rules_of_names;
}

/* When no rule holds: what there is, or that there is nothing. */
static void say_plainly(struct finder *finder)
{
	const struct summary *summary = &finder->samples->series[0].summary;

	if (!summary->n) {
		buffer_append(&finder->head, slice_of(word(WORD_NO_DATA_HERE, finder->picture->language)));
		return;
	}
	say(finder, WORD_FIND_AVERAGE, WORDS, &(struct figures){.series = name_of(finder, 0), .value = summary->average});
	if (finder->samples->is_timed)
		say(finder, WORDS, WORD_FIND_HIGHEST, &(struct figures){.value = summary->greatest, .at_ms = summary->greatest_ms});
}

/* An English sentence begins with a capital: "Sent", but "p95". */
static void capitalise(struct buffer *text, enum language language)
{
	if (language == LANGUAGE_EN && text->len > 1 && ascii_upper(text->bytes[0]) != text->bytes[0] &&
	    ascii_upper(text->bytes[1]) != text->bytes[1])
		text->bytes[0] = ascii_upper(text->bytes[0]);
}

static int add(struct sentence *ret, struct finder *finder, bool is_first, courant_error **err)
{
	slice head, tail;

	if (is_first)
		capitalise(&finder->head, finder->picture->language);
	if (buffer_slice(&finder->head, &head, err) < 0 || buffer_slice(&finder->tail, &tail, err) < 0)
		return -1;
	if (!is_first && sentence_add(ret, RUN_PLAIN, slice_of(word(WORD_SEMICOLON, finder->picture->language)), err) < 0)
		return -1;
	if (sentence_add(ret, is_first ? RUN_BOLD : RUN_PLAIN, head, err) < 0 || (tail.len && sentence_add(ret, RUN_PLAIN, tail, err) < 0))
		return -1;
	buffer_cut(&finder->head, 0);
	buffer_cut(&finder->tail, 0);
	return 0;
}

int picture_find(struct sentence *ret, const struct picture *picture, const struct quantity *quantity, const struct samples *samples,
		 courant_error **err)
{
	struct finder finder = {picture, quantity, samples, BUFFER_LIMIT(FIELD_MAX_BYTES), BUFFER_LIMIT(FIELD_MAX_BYTES)};
	size_t n = 0;
	int done = 0;

	for (finding *const *rule = choose_rules(&finder); *rule && n < FINDINGS_MAX && done == 0; rule++)
		if ((*rule)(&finder))
			done = add(ret, &finder, n++ == 0, err);
	if (done == 0 && n == 0) {
		say_plainly(&finder);
		done = add(ret, &finder, true, err);
	}
	buffer_release(&finder.head);
	buffer_release(&finder.tail);
	if (done < 0)
		return -1;
	return sentence_add(ret, RUN_PLAIN, slice_trim(slice_of(word(WORD_FULL_STOP, picture->language))), err);
}
