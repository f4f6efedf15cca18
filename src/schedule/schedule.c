/* SPDX-License-Identifier: MIT */
/* schedule.c - reading schedules, and searching the calendar for their slots (schedule.h) */
#include "schedule/schedule.h"

#include "base/ascii.h"
#include "base/nearest.h"
#include "base/num.h"
#include "schedule/cron.h"

#define MINUTES_A_DAY 1440
/* Leap days fall on a given weekday every 28 years, and after 40 where a century is none. */
#define DATES_MAX     (41 * 366)
#define WORDS_MAX     6 /* one more than the longest schedule has, so that it is seen */
#define ALL_HOURS     0xffffffU
#define ALL_DAYS      0xfffffffeU
#define ALL_MONTHS    0x1ffeU
#define ALL_WEEKDAYS  0x7fU

/* ---- reading ---- */

#define KNOWN "known are daily 08:00, weekly mon 09:00, monthly 1 07:30, every 15 min and cron lines of five fields (0 8 * * 1-5)"

static size_t split(slice text, slice words[WORDS_MAX])
{
	size_t n = 0;

	for (slice rest = slice_trim(text); rest.len > 0 && n < WORDS_MAX; rest = slice_trim(rest)) {
		size_t len = 0;

		while (len < rest.len && !ascii_is_blank(rest.ptr[len]))
			len++;
		words[n++] = slice_part(rest, 0, len);
		rest = slice_after(rest, len);
	}
	return n;
}

/* "08:00", "8:00" */
static int parse_time(slice text, struct schedule *schedule, courant_error **err)
{
	const size_t colon = slice_find(text, ':');
	uint64_t hour, minute;

	if (colon == SLICE_NONE || colon > 2 || text.len - colon != 3 || !num_parse_range(slice_part(text, 0, colon), 0, 23, &hour) ||
	    !num_parse_range(slice_after(text, colon + 1), 0, 59, &minute))
		return fail(err, COURANT_CONFIG, "\"%.*s\" is no time of day from 00:00 to 23:59", SLICE_ARGS(text));
	schedule->hours = 1U << hour;
	schedule->minutes = UINT64_C(1) << minute;
	return 0;
}

static int parse_daily(const slice *words, struct schedule *schedule, courant_error **err)
{
	return parse_time(words[1], schedule, err);
}

static int parse_weekly(const slice *words, struct schedule *schedule, courant_error **err)
{
	uint64_t set;

	if (cron_field_parse(words[1], &cron_weekday, &set, err) < 0)
		return -1;
	schedule->weekdays = (uint32_t)set;
	return parse_time(words[2], schedule, err);
}

static int parse_monthly(const slice *words, struct schedule *schedule, courant_error **err)
{
	uint64_t day = 31;

	if (!slice_equal_nocase(words[1], SLICE("last")) && !num_parse_range(words[1], 1, 31, &day))
		return fail(err, COURANT_CONFIG, "the day of the month \"%.*s\" is neither a number from 1 to 31 nor \"last\"", SLICE_ARGS(words[1]));
	schedule->days = 1U << day;
	schedule->is_last_day = true;
	return parse_time(words[2], schedule, err);
}

static int parse_every(const slice *words, struct schedule *schedule, courant_error **err)
{
	static const struct {
		const char *word;
		unsigned min;
	} units[] = {{"min", 1}, {"minute", 1}, {"minutes", 1}, {"h", 60}, {"hour", 60}, {"hours", 60}};
	uint64_t n;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!slice_equal_nocase(words[2], slice_of(units[i].word)))
			continue;
		if (!num_parse_range(words[1], 1, MINUTES_A_DAY / units[i].min, &n))
			return fail(err, COURANT_CONFIG, "\"every %.*s %s\": it must be from 1 to %u, up to a day", SLICE_ARGS(words[1]), units[i].word,
				    MINUTES_A_DAY / units[i].min);
		schedule->every_min = (unsigned)n * units[i].min;
		return 0;
	}
	return fail(err, COURANT_CONFIG, "\"every %.*s %.*s\": after the number comes min or h", SLICE_ARGS(words[1]), SLICE_ARGS(words[2]));
}

static const struct {
	const char *word;
	size_t n_words;
	const char *example;
	int (*parse)(const slice *words, struct schedule *, courant_error **err);
} forms[] = {
	{"daily", 2, "daily 08:00", parse_daily},
	{"every", 3, "every 15 min", parse_every},
	{"monthly", 3, "monthly 1 07:30", parse_monthly},
	{"weekly", 3, "weekly mon 09:00", parse_weekly},
};

/* crontab(5)'s short forms. */
static const struct {
	const char *word, *line;
} nicknames[] = {
	{"@hourly", "0 * * * *"}, {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@weekly", "0 0 * * 0"},
	{"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"},
};

/* Whether there is such a date at all; February has its leap day. */
static bool has_any_date(const struct schedule *schedule)
{
	if (schedule->is_either_day || schedule->is_last_day)
		return true;
	for (int month = 1; month <= 12; month++)
		for (int day = 1; day <= civil_days_in_month(2000, month); day++)
			if (schedule->months >> month & 1 && schedule->days >> day & 1)
				return true;
	return false;
}

static int parse_cron(slice text, const slice *words, struct schedule *schedule, courant_error **err)
{
	uint64_t hours, days, months, weekdays;

	if (cron_field_parse(words[0], &cron_minute, &schedule->minutes, err) < 0 || cron_field_parse(words[1], &cron_hour, &hours, err) < 0 ||
	    cron_field_parse(words[2], &cron_day, &days, err) < 0 || cron_field_parse(words[3], &cron_month, &months, err) < 0 ||
	    cron_field_parse(words[4], &cron_weekday, &weekdays, err) < 0)
		return fail_within(err, "schedule \"%.*s\"", SLICE_ARGS(text));
	schedule->hours = (uint32_t)hours;
	schedule->days = (uint32_t)days;
	schedule->months = (uint32_t)months;
	schedule->weekdays = (uint32_t)weekdays;
	schedule->is_either_day = !cron_field_is_open(words[2]) && !cron_field_is_open(words[4]);
	schedule->follows_clock = cron_field_is_open(words[1]);
	return has_any_date(schedule) ? 0 : fail(err, COURANT_CONFIG, "schedule \"%.*s\": no such day ever comes", SLICE_ARGS(text));
}

static bool looks_like_cron(const slice *words, size_t n)
{
	return n > 0 && (ascii_is_digit(words[0].ptr[0]) || words[0].ptr[0] == '*') && n >= 2;
}

static int fail_unknown(slice text, slice word, courant_error **err)
{
	static const char *const known[] = {"daily", "weekly", "monthly", "every", "@hourly", "@daily", "@weekly", "@monthly", "@yearly", NULL};
	const char *nearest = nearest_word(word, known);

	if (slice_equal_nocase(word, SLICE("@reboot")))
		return fail(err, COURANT_CONFIG, "schedule \"@reboot\": a report has a time; " KNOWN);
	return fail(err, COURANT_CONFIG, "unknown schedule \"%.*s\"%s%s%s; " KNOWN, SLICE_ARGS(text), nearest ? " (did you mean \"" : "",
		    nearest ? nearest : "", nearest ? "\"?)" : "");
}

int schedule_parse(slice text, struct schedule *ret, courant_error **err)
{
	struct schedule schedule = {.hours = ALL_HOURS, .days = ALL_DAYS, .months = ALL_MONTHS, .weekdays = ALL_WEEKDAYS};
	slice words[WORDS_MAX];
	size_t n = split(text, words);
	int status = -1;

	for (size_t i = 0; n == 1 && i < sizeof nicknames / sizeof *nicknames; i++)
		if (slice_equal_nocase(words[0], slice_of(nicknames[i].word))) {
			n = split(slice_of(nicknames[i].line), words);
			break;
		}
	for (size_t i = 0; n > 0 && i < sizeof forms / sizeof *forms; i++) {
		if (!slice_equal_nocase(words[0], slice_of(forms[i].word)))
			continue;
		if (n != forms[i].n_words)
			return fail(err, COURANT_CONFIG, "schedule \"%.*s\": it is written like \"%s\"", SLICE_ARGS(text), forms[i].example);
		status = forms[i].parse(words, &schedule, err);
		if (status == 0)
			*ret = schedule;
		return status < 0 ? fail_within(err, "schedule \"%.*s\"", SLICE_ARGS(text)) : 0;
	}
	if (n == 6 && looks_like_cron(words, n))
		return fail(err, COURANT_CONFIG, "schedule \"%.*s\": a cron line has five fields here (minute hour day month weekday), no seconds, year or command",
			    SLICE_ARGS(text));
	if (!looks_like_cron(words, n))
		return fail_unknown(text, n > 0 ? words[0] : SLICE(""), err);
	if (n != 5)
		return fail(err, COURANT_CONFIG, "schedule \"%.*s\": a cron line has five fields, not %zu (minute hour day month weekday)", SLICE_ARGS(text), n);
	status = parse_cron(text, words, &schedule, err);
	if (status == 0)
		*ret = schedule;
	return status;
}

/* ---- searching ---- */

struct search {
	const struct schedule *schedule;
	const struct zone *zone;
	int64_t from_ms; /* the slot lies behind it, or before */
	bool is_back;
	bool is_found;
	int64_t best_ms; /* the nearest so far */
};

static void consider(struct search *search, int64_t instant_ms)
{
	if (search->is_back ? instant_ms >= search->from_ms : instant_ms <= search->from_ms)
		return;
	if (!search->is_found || (search->is_back ? instant_ms > search->best_ms : instant_ms < search->best_ms))
		search->best_ms = instant_ms;
	search->is_found = true;
}

/* crontab(5): "the command will be run when either field matches the current time" if both are limited. */
static bool has_date(const struct schedule *schedule, const struct civil *date)
{
	const int last = civil_days_in_month(date->year, date->month);
	bool is_day = schedule->days >> date->day & 1;
	const bool is_weekday = schedule->weekdays >> date->weekday & 1;

	if (schedule->is_last_day && date->day == last)
		is_day = schedule->days >> last != 0;
	if (!(schedule->months >> date->month & 1))
		return false;
	return schedule->is_either_day ? is_day || is_weekday : is_day && is_weekday;
}

/* Each instant at which the clock shows this time: none, one or two. */
static void consider_passes(struct search *search, const struct civil *time)
{
	const int64_t first_ms = zone_from_civil(search->zone, time);
	struct zone_moment now, then;
	struct civil shown;

	zone_to_civil(search->zone, first_ms, &shown);
	if (shown.hour != time->hour || shown.minute != time->minute || shown.day != time->day)
		return;
	consider(search, first_ms);
	zone_at(search->zone, first_ms, &now);
	if (now.to_ms == INT64_MAX)
		return;
	zone_at(search->zone, now.to_ms, &then);

	const int64_t second_ms = first_ms + (now.offset_s - then.offset_s) * MS_PER_SECOND;

	if (second_ms >= now.to_ms)
		consider(search, second_ms);
}

static void consider_times(struct search *search, const struct civil *date)
{
	const struct schedule *schedule = search->schedule;
	struct civil time = *date;

	for (time.hour = 0; time.hour < 24; time.hour++)
		for (time.minute = 0; schedule->hours >> time.hour & 1 && time.minute < 60; time.minute++) {
			if (!(schedule->minutes >> time.minute & 1))
				continue;
			if (schedule->follows_clock)
				consider_passes(search, &time);
			else
				consider(search, zone_from_civil(search->zone, &time));
		}
}

static void consider_steps(struct search *search, const struct civil *date)
{
	const int64_t step_ms = search->schedule->every_min * MS_PER_MINUTE;
	const int64_t begin_ms = zone_from_civil(search->zone, date);
	struct civil behind = *date;

	behind.day++;

	const int64_t end_ms = zone_from_civil(search->zone, &behind);

	for (int64_t at_ms = begin_ms; at_ms < end_ms; at_ms += step_ms)
		consider(search, at_ms);
}

/* Date by date. The one before the first and the one behind the last are looked at too: a slot of theirs may lie on the other side of midnight,
 * where clocks change at midnight. */
static bool search_dates(struct search *search)
{
	const int step = search->is_back ? -1 : 1;
	struct civil date;

	zone_to_civil(search->zone, search->from_ms, &date);

	int64_t days = civil_to_days(date.year, date.month, date.day) - step;

	for (int i = 0; i < DATES_MAX; i++, days += step) {
		const bool was_found = search->is_found;

		civil_from_days(days, &date);
		if (date.year < 2 || date.year > 9998)
			break;
		if (search->schedule->every_min)
			consider_steps(search, &date);
		else if (has_date(search->schedule, &date))
			consider_times(search, &date);
		if (was_found)
			break;
	}
	return search->is_found;
}

static bool find(const struct schedule *schedule, const struct period *period, const struct zone *zone, int64_t from_ms, bool is_back, struct schedule_slot *ret)
{
	struct search search = {.schedule = schedule, .zone = zone, .from_ms = from_ms, .is_back = is_back};

	if (!search_dates(&search))
		return false;
	ret->at_ms = search.best_ms;
	period_window(period, zone, ret->at_ms, &ret->window);
	return true;
}

bool schedule_next(const struct schedule *schedule, const struct period *period, const struct zone *zone, int64_t after_ms, struct schedule_slot *ret)
{
	return find(schedule, period, zone, after_ms, false, ret);
}

bool schedule_previous(const struct schedule *schedule, const struct period *period, const struct zone *zone, int64_t before_ms, struct schedule_slot *ret)
{
	return find(schedule, period, zone, before_ms, true, ret);
}

size_t schedule_missed(const struct schedule *schedule, const struct period *period, const struct zone *zone, int64_t after_ms, int64_t until_ms,
		       struct schedule_slot *ret, size_t limit)
{
	int64_t before_ms = until_ms + 1;
	size_t n = 0;

	while (n < limit && schedule_previous(schedule, period, zone, before_ms, &ret[n]) && ret[n].at_ms > after_ms)
		before_ms = ret[n++].at_ms;
	return n;
}

struct window schedule_identity(const struct schedule_slot *slot, const struct period *period)
{
	if (period->kind == PERIOD_ALL || period->kind == PERIOD_RANGE)
		return (struct window){slot->at_ms, slot->at_ms};
	return slot->window;
}
