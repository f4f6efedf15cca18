/* SPDX-License-Identifier: MIT */
/* change.c - changes are measured and judged in one place, so that a colour means the same in every table */
#include "table/change.h"

#include <math.h>

#include "base/num.h"

#define LEVEL_SHARE    0.005
#define LEVEL_POINTS   0.00005
#define EARNED_SHARE   0.05
#define CHANCE_FACTOR  3
#define DOUBLE_ROUNDED 0.9995 /* +99.95 % would be printed as 100.0 % */

/* Counts scatter by their root; what lies within three of these is chance. */
static bool is_beyond_chance(enum table_type type, double now, double former)
{
	return type != TABLE_COUNT || fabs(now - former) > CHANCE_FACTOR * sqrt(former < 1 ? 1 : former);
}

static enum judgement judge(enum table_type type, double now, double former, enum better better)
{
	const double by = fabs(now - former);

	if (better == BETTER_NEITHER || by == 0 || by < EARNED_SHARE * former || !is_beyond_chance(type, now, former))
		return JUDGEMENT_NONE;
	return (now > former) == (better == BETTER_UP) ? JUDGEMENT_BETTER : JUDGEMENT_WORSE;
}

static bool is_figure(enum table_type type, const struct table_cell *cell)
{
	return cell->is_known && type != TABLE_TEXT && type != TABLE_TIME &&
	       (!table_type_is_double(type) || (isfinite(cell->number) && cell->number >= 0));
}

struct change change_of(enum table_type type, struct table_cell now_cell, struct table_cell former_cell,
			enum better better)
{
	if (!is_figure(type, &now_cell) || !is_figure(type, &former_cell))
		return (struct change){.kind = CHANGE_UNKNOWN};

	const double now = cell_number(type, &now_cell), former = cell_number(type, &former_cell);
	const double by = fabs(now - former);
	struct change change = {.is_up = now > former};

	if (type == TABLE_RATIO) {
		change.kind = by < LEVEL_POINTS ? CHANGE_LEVEL : CHANGE_POINTS;
		change.amount = by;
	} else if (by < LEVEL_SHARE * former || by == 0) {
		change.kind = CHANGE_LEVEL;
	} else if (former == 0) {
		change.kind = CHANGE_NEW;
	} else if (now / former - 1 >= DOUBLE_ROUNDED) {
		change.kind = CHANGE_TIMES;
		change.amount = now / former;
	} else {
		change.kind = CHANGE_SHARE;
		change.amount = by / former;
	}
	if (change.kind != CHANGE_LEVEL)
		change.judgement = judge(type, now, former, better);
	return change;
}

static void write_sign(struct buffer *out, bool is_up, enum figure_context context)
{
	if (context == FIGURE_PLAIN) {
		buffer_append_byte(out, is_up ? '+' : '-');
		return;
	}
	buffer_append(out, is_up ? SLICE("▲") : SLICE("▼"));
	buffer_append(out, context == FIGURE_CELL ? SLICE(" ") : format_blank(context));
}

static void write_times(struct buffer *out, double times, enum figure_context context)
{
	if (context != FIGURE_PLAIN)
		write_sign(out, true, context);
	buffer_append(out, context == FIGURE_PLAIN ? SLICE("x") : SLICE("×"));
	if (times < 99.95)
		num_write_fixed(out, times, 1);
	else
		format_number(out, floor(times + 0.5));
}

static void write_points(struct buffer *out, double ratio, enum figure_context context, enum language language)
{
	const double points = ratio * 100;

	num_write_fixed(out, points, points < 0.995 ? 2 : points < 9.95 ? 1 : 0);
	buffer_append(out, format_blank(context));
	buffer_append(out, slice_of(word(WORD_POINTS, language)));
}

void change_write(struct buffer *out, const struct change *change, enum figure_context context, enum language language)
{
	switch (change->kind) {
	case CHANGE_UNKNOWN:
		buffer_append(out, slice_of(word(WORD_NO_COMPARISON, language)));
		break;
	case CHANGE_LEVEL:
		if (context != FIGURE_PLAIN)
			buffer_append(out, context == FIGURE_CELL ? SLICE("– ") : SLICE("–\u00a0"));
		buffer_append(out, slice_of(word(WORD_LEVEL, language)));
		break;
	case CHANGE_NEW:
		buffer_append(out, slice_of(word(WORD_NEW, language)));
		break;
	case CHANGE_SHARE:
		write_sign(out, change->is_up, context);
		format_share(out, change->amount);
		break;
	case CHANGE_TIMES:
		write_times(out, change->amount, context);
		break;
	case CHANGE_POINTS:
		write_sign(out, change->is_up, context);
		write_points(out, change->amount, context, language);
		break;
	}
}
