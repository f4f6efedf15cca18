/* SPDX-License-Identifier: MIT */
/* picture_words.c - units, times and the alt text of pictures */
#include "render/picture_words.h"

#include <math.h>

#define FIELD_MAX_BYTES 4000
#define NAMES_MAX       12 /* bars that an alt text lists */

#define FIELD(name) AUTO(buffer) struct buffer name = BUFFER_LIMIT(FIELD_MAX_BYTES)

void picture_write_unit(struct buffer *out, const struct picture *picture, const struct quantity *quantity)
{
	const size_t before = out->len;

	quantity_write_unit(out, quantity);
	if (!picture->note)
		return;
	if (out->len > before)
		buffer_append(out, slice_of(word(WORD_COMMA, picture->language)));
	buffer_append(out, slice_of(picture->note));
}

void picture_write_figure(struct buffer *out, const struct picture *picture, enum figure_context context)
{
	const struct picture_figure *figure = &picture->figure;

	buffer_append(out, slice_of(figure->label));
	buffer_append(out, format_blank(context));
	if (figure->type == TABLE_RATIO && figure->cell.is_known && isfinite(figure->cell.number))
		format_share_fine(out, figure->cell.number);
	else
		format_cell(out, figure->type, &figure->cell, picture->zone, context, picture->language);
}

#define ONE_DAY_MS (25 * MS_PER_HOUR) /* the longest */

void picture_write_time(struct buffer *out, const struct picture *picture, const struct samples *samples, int64_t at_ms)
{
	const bool is_day = samples->to_ms - samples->from_ms <= ONE_DAY_MS;

	if (picture->kind == PICTURE_WEEK) {
		format_date(out, DATE_WEEKDAY, at_ms, picture->zone, picture->language);
		return;
	}
	if (!is_day)
		format_date(out, DATE_SHORT, at_ms, picture->zone, picture->language);
	if (samples->step_ms >= MS_PER_DAY && !is_day)
		return;
	if (!is_day)
		buffer_append_byte(out, ' ');
	format_time(out, TIME_MINUTE, at_ms, picture->zone, FIGURE_PLAIN, picture->language);
}

/* ---- the alt text ---- */

static const char *name_of(const struct picture *picture, size_t series)
{
	return picture->series[series].name ? picture->series[series].name : picture->series[series].label;
}

static void write_figures(struct buffer *out, const struct picture *picture, const struct quantity *quantity,
			  const struct samples *samples, size_t series)
{
	const struct summary *summary = &samples->series[series].summary;
	FIELD(last);
	FIELD(average);
	FIELD(greatest);
	FIELD(p95);
	FIELD(time);

	if (!summary->n) {
		WORD_WRITE(out, WORD_ALT_UNKNOWN, picture->language, slice_of(name_of(picture, series)));
		return;
	}
	quantity_write(&last, quantity, summary->last);
	quantity_write(&average, quantity, summary->average);
	quantity_write(&greatest, quantity, summary->greatest);
	quantity_write(&p95, quantity, summary->p95);
	picture_write_time(&time, picture, samples, summary->greatest_ms);
	WORD_WRITE(out, WORD_ALT_SERIES, picture->language, slice_of(name_of(picture, series)), buffer_peek(&last),
		   buffer_peek(&average), buffer_peek(&greatest), buffer_peek(&time), buffer_peek(&p95));
}

/* "120、110、80": the values of one series, or of the volume. */
static void write_list(struct buffer *out, enum language language, const struct quantity *quantity, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buffer_append(out, slice_of(word(WORD_LIST_COMMA, language)));
		quantity_write(out, quantity, values[i]);
	}
}

static void write_days(struct buffer *out, const struct picture *picture, const struct quantity *quantity, const struct samples *samples)
{
	for (size_t i = 0; i < samples->n_series && samples->n; i++) {
		FIELD(list);
		FIELD(first);
		FIELD(last);

		write_list(&list, picture->language, quantity, samples->series[i].values, samples->n);
		picture_write_time(&first, picture, samples, samples->at_ms[0]);
		picture_write_time(&last, picture, samples, samples->at_ms[samples->n - 1]);
		WORD_WRITE(out, i ? WORD_ALT_DAYS_MORE : WORD_ALT_DAYS, picture->language, slice_of(name_of(picture, i)),
			   buffer_peek(&list), buffer_peek(&first), buffer_peek(&last));
	}
	if (samples->volume && samples->n) {
		const struct quantity counts = quantity_up_to(TABLE_COUNT, samples->volume_greatest, NULL, picture->language);
		FIELD(list);
		FIELD(label);

		buffer_append(&label, slice_of(picture->volume_label ? picture->volume_label : ""));
		if (*counts.prefix)
			WORD_WRITE(&label, WORD_PARENTHESIS, picture->language, slice_of(counts.prefix));
		write_list(&list, picture->language, &counts, samples->volume, samples->n);
		WORD_WRITE(out, WORD_ALT_DAYS_MORE, picture->language, buffer_peek(&label), buffer_peek(&list));
	}
}

static void write_names(struct buffer *out, const struct picture *picture, const struct quantity *quantity, const struct samples *samples)
{
	const size_t n = samples->n < NAMES_MAX ? samples->n : NAMES_MAX;

	for (size_t i = 0; i < samples->n_series; i++) {
		FIELD(list);

		for (size_t row = 0; row < n; row++) {
			if (row)
				buffer_append(&list, slice_of(word(WORD_LIST_COMMA, picture->language)));
			buffer_append(&list, slice_of(samples->names[row]));
			buffer_append_byte(&list, ' ');
			quantity_write(&list, quantity, samples->series[i].values[row]);
		}
		if (samples->n > n)
			buffer_append(&list, SLICE(" …"));
		WORD_WRITE(out, WORD_ALT_DAYS_MORE, picture->language, slice_of(name_of(picture, i)), buffer_peek(&list));
	}
}

static void write_references(struct buffer *out, const struct picture *picture, const struct quantity *quantity)
{
	for (size_t i = 0; i < picture->n_references; i++) {
		const struct picture_reference *reference = &picture->references[i];
		FIELD(value);

		quantity_write_whole(&value, quantity, reference->value, FIGURE_PLAIN);
		WORD_WRITE(out, reference->kind == REFERENCE_TOTAL ? WORD_ALT_TOTAL : reference->is_floor ? WORD_ALT_FLOOR : WORD_ALT_TARGET,
			   picture->language, slice_of(reference->label), buffer_peek(&value));
	}
}

void picture_write_alt(struct buffer *out, const struct picture *picture, const struct quantity *quantity, const struct samples *samples)
{
	FIELD(unit);
	FIELD(figure);

	picture_write_unit(&unit, picture, quantity);
	WORD_WRITE(out, unit.len ? WORD_ALT_TITLE : WORD_ALT_TITLE_ALONE, picture->language, slice_of(picture->title ? picture->title : ""),
		   buffer_peek(&unit));
	if (picture->figure.label) {
		picture_write_figure(&figure, picture, FIGURE_PLAIN);
		WORD_WRITE(out, WORD_ALT_TITLE_ALONE, picture->language, buffer_peek(&figure));
	}
	if (picture->kind == PICTURE_WEEK)
		write_days(out, picture, quantity, samples);
	else if (!samples->is_timed)
		write_names(out, picture, quantity, samples);
	else
		for (size_t i = 0; i < samples->n_series; i++)
			write_figures(out, picture, quantity, samples, i);
	write_references(out, picture, quantity);
	if (picture->kind != PICTURE_WEEK)
		picture_write_gaps(out, picture, samples, WORD_ALT_GAP, WORD_ALT_GAPS);
	while (slice_ends(buffer_peek(out), SLICE(" ")))
		buffer_cut(out, out->len - 1);
}

bool picture_write_gaps(struct buffer *out, const struct picture *picture, const struct samples *samples, enum word one, enum word several)
{
	const struct gap *longest = samples->gaps;
	FIELD(n);
	FIELD(from);
	FIELD(to);

	if (samples->n_gaps == 0 || samples->gap_ms >= samples->to_ms - samples->from_ms)
		return false;
	for (size_t i = 1; i < samples->n_gaps; i++)
		if (samples->gaps[i].to_ms - samples->gaps[i].from_ms > longest->to_ms - longest->from_ms)
			longest = &samples->gaps[i];
	buffer_append_u64(&n, samples->n_gaps);
	picture_write_time(&from, picture, samples, longest->from_ms);
	picture_write_time(&to, picture, samples, longest->to_ms);
	WORD_WRITE(out, samples->n_gaps == 1 ? one : several, picture->language, buffer_peek(&from), buffer_peek(&to), buffer_peek(&n));
	return true;
}
