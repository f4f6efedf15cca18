/* SPDX-License-Identifier: MIT */
/* say.c - writing figures and sentences into texts that live as long as the report is made */
#include "report/say.h"

#include <math.h>

#include "base/num.h"
#include "table/change.h"
#include "table/stranger.h"

#define SAID_MAX_BYTES       4000
#define STRANGER_MAX_COLUMNS 60
#define SENTENCE_MAX_COLUMNS 300

void say_release(struct say *say)
{
	texts_release(&say->said);
}

int say_check(const struct say *say, courant_error **err)
{
	return say->has_failed ? fail_memory(err) : 0;
}

/* Keeps what the buffer holds. */
static slice keep(struct say *say, struct buffer *text)
{
	slice bytes;

	if (buffer_slice(text, &bytes, NULL) < 0 || texts_add(&say->said, bytes, NULL) < 0) {
		say->has_failed = true;
		return SLICE("");
	}
	return slice_of(say->said.items[say->said.n - 1]);
}

#define WRITTEN(say, call)                                                                         \
	__extension__({                                                                            \
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(SAID_MAX_BYTES);                     \
		call;                                                                              \
		keep((say), &out);                                                                 \
	})

slice say_figures(struct say *say, enum word id, const slice *figures, size_t n)
{
	return WRITTEN(say, word_write(&out, id, say->language, figures, n));
}

slice say_word(const struct say *say, enum word id)
{
	return slice_of(word(id, say->language));
}

slice say_text(struct say *say, slice text)
{
	return WRITTEN(say, stranger_write(&out, text, STRANGER_MAX_COLUMNS));
}

slice say_sentence(struct say *say, slice text)
{
	return WRITTEN(say, stranger_write(&out, text, SENTENCE_MAX_COLUMNS));
}

slice say_path(struct say *say, slice path)
{
	return WRITTEN(say, stranger_write_path(&out, path, STRANGER_MAX_COLUMNS));
}

slice say_count(struct say *say, uint64_t count)
{
	return WRITTEN(say, format_count(&out, count));
}

slice say_spoken(struct say *say, uint64_t count)
{
	return WRITTEN(say, format_count_spoken(&out, count, say->context, say->language));
}

slice say_share(struct say *say, double ratio)
{
	return WRITTEN(say, format_share(&out, ratio));
}

slice say_share_exact(struct say *say, double ratio)
{
	if (ratio >= 0.001)
		return say_share(say, ratio);
	return WRITTEN(say, ratio < 0.00001 ? buffer_append(&out, SLICE("<0.001"))
	                                    : num_write_fixed(&out, ratio * 100, 3);
	               buffer_append_byte(&out, '%'));
}

slice say_bytes(struct say *say, uint64_t bytes)
{
	return WRITTEN(say, format_bytes(&out, bytes, say->context));
}

slice say_target_share(struct say *say, double ratio)
{
	/* A target of 99.9 % is 0.999 only nearly. */
	return WRITTEN(say, num_write_double(&out, round(ratio * 1e7) / 1e5); buffer_append_byte(&out, '%'));
}

slice say_times_of(struct say *say, double times)
{
	return WRITTEN(say, num_write_fixed(&out, times, times < 99.95 ? 1 : 0));
}

slice say_memory(struct say *say, double bytes)
{
	return WRITTEN(say, format_memory(&out, bytes, say->context));
}

slice say_share_fine(struct say *say, double ratio)
{
	return WRITTEN(say, format_share_fine(&out, ratio));
}

slice say_seconds(struct say *say, double seconds)
{
	return WRITTEN(say, format_seconds(&out, seconds, say->context, say->language));
}

static slice say_change_as(struct say *say, uint64_t now, uint64_t former,
                           enum figure_context context)
{
	const struct change change =
	        change_of(TABLE_COUNT, CELL_COUNT(now), CELL_COUNT(former), BETTER_NEITHER);

	return WRITTEN(say, change_write(&out, &change, context, say->language));
}

slice say_change(struct say *say, uint64_t now, uint64_t former)
{
	return say_change_as(say, now, former, FIGURE_PLAIN);
}

slice say_arrow(struct say *say, uint64_t now, uint64_t former)
{
	return say_change_as(say, now, former, FIGURE_SENTENCE);
}

slice say_times(struct say *say, uint64_t now, uint64_t former)
{
	return say_times_of(say, (double)now / (double)(former ? former : 1));
}

slice say_percent(struct say *say, uint64_t now, uint64_t former)
{
	const double by = now > former ? (double)(now - former) : (double)(former - now);
	const double percent = by / (double)(former ? former : 1) * 100;

	return WRITTEN(say, num_write_fixed(&out, percent, percent < 9.95 ? 1 : 0);
	               buffer_append_byte(&out, '%'));
}

slice say_duration(struct say *say, int64_t ms)
{
	return WRITTEN(say, format_seconds(&out, (double)ms / 1000, say->context, say->language));
}

static slice say_date_as(struct say *say, enum date_form form, int64_t ms)
{
	return WRITTEN(say, format_date(&out, form, ms, say->zone, say->language));
}

static slice say_time_as(struct say *say, enum time_form form, int64_t ms)
{
	return WRITTEN(say, format_time(&out, form, ms, say->zone, say->context, say->language));
}

slice say_clock(struct say *say, int64_t ms)
{
	return say_time_as(say, TIME_MINUTE, ms);
}

slice say_clock_end(struct say *say, int64_t ms)
{
	return zone_day_start(say->zone, ms) == ms ? SLICE("24:00") : say_clock(say, ms);
}

slice say_clock_second(struct say *say, int64_t ms)
{
	return say_time_as(say, TIME_SECOND, ms);
}

slice say_hour(struct say *say, int64_t ms)
{
	return say_time_as(say, TIME_HOUR, ms);
}

slice say_weekday(struct say *say, int64_t ms)
{
	struct civil civil;

	zone_to_civil(say->zone, ms, &civil);
	return say_word(say, (enum word)(WORD_SUNDAY + civil.weekday));
}

slice say_day(struct say *say, int64_t ms)
{
	return say_date_as(say, DATE_DAY, ms);
}

slice say_weekday_day(struct say *say, int64_t ms)
{
	return say_date_as(say, DATE_WEEKDAY_DAY, ms);
}

slice say_date(struct say *say, int64_t ms)
{
	return say_date_as(say, DATE_FULL, ms);
}

slice say_later_date(struct say *say, int64_t earlier_ms, int64_t ms)
{
	struct civil earlier, later;

	zone_to_civil(say->zone, earlier_ms, &earlier);
	zone_to_civil(say->zone, ms, &later);
	return say_date_as(say, earlier.year == later.year ? DATE_LONG : DATE_FULL, ms);
}

slice say_step(struct say *say, int64_t ms)
{
	static const struct {
		int64_t ms;
		enum word word;
	} steps[] = {{MS_PER_DAY, WORD_DAYS_NUMBER}, {MS_PER_HOUR, WORD_HOURS_NUMBER}, {MS_PER_MINUTE, WORD_MINUTES_NUMBER}};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (ms >= steps[i].ms && ms % steps[i].ms == 0)
			return SAY(say, steps[i].word, say_count(say, (uint64_t)(ms / steps[i].ms)));
	return say_duration(say, ms);
}

slice say_iso_time(struct say *say, int64_t ms)
{
	return say_time_as(say, TIME_ISO, ms);
}

static bool is_shanghai(const struct say *say)
{
	return slice_equal(slice_of(zone_name(say->zone)), SLICE("Asia/Shanghai"));
}

static slice say_offset(struct say *say, int64_t ms)
{
	return WRITTEN(say, format_offset(&out, zone_offset_at(say->zone, ms)));
}

slice say_zone(struct say *say, int64_t ms)
{
	const slice name = slice_of(zone_name(say->zone)), offset = say_offset(say, ms);

	/* A zone that is only an offset, or UTC, has nothing more to say. */
	if (name.len == 0 || name.ptr[0] == '+' || name.ptr[0] == '-' ||
	    slice_equal(name, SLICE("UTC")) || slice_equal(name, SLICE("Etc/UTC")))
		return offset;
	return SAY(say, WORD_ZONE, is_shanghai(say) ? say_word(say, WORD_ZONE_SHANGHAI) : name,
	           offset);
}

slice say_zone_short(struct say *say, int64_t ms)
{
	return say->language == LANGUAGE_ZH && is_shanghai(say) ? say_word(say, WORD_ZONE_SHANGHAI)
	                                                        : say_offset(say, ms);
}
