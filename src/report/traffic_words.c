/* SPDX-License-Identifier: MIT */
/* traffic_words.c - the sentences of the situations */
#include "report/labels.h"
#include "report/traffic_scene.h"
#include "table/change.h"

#define PEAK_SHARE         0.2 /* an hour with a fifth of all errors is worth naming */
#define MOSTLY_SHARE       0.5
#define COVERED_AS_DAYS_MS (4 * MS_PER_DAY)

/* ---- What is said of them ---- */

/* The traffic, with its change when there is a comparison. */
static slice traffic(const struct scene *scene)
{
	struct say *say = scene->say;
	const slice now = say_spoken(say, scene->now);
	const bool by_views = scene->is_by_views;

	if (!scene->traffic->has_comparison)
		return SAY(say, by_views ? WORD_VIEWS : WORD_REQUESTS, now);
	const struct change change = change_of(TABLE_COUNT, CELL_COUNT(scene->now),
	                                       CELL_COUNT(scene->before), BETTER_NEITHER);
	if (change.kind == CHANGE_LEVEL)
		return SAY(say, by_views ? WORD_VIEWS_LEVEL : WORD_REQUESTS_LEVEL, now, SLICE(""),
		           scene->former);
	if (change.kind == CHANGE_NEW)
		return SAY(say, by_views ? WORD_VIEWS_NEW : WORD_REQUESTS_NEW, now, SLICE(""),
		           scene->former);
	return SAY(say, by_views ? WORD_VIEWS_CHANGED : WORD_REQUESTS_CHANGED, now,
	           say_change(say, scene->now, scene->before), scene->former);
}

slice traffic_errors(const struct scene *scene)
{
	struct say *say = scene->say;
	const uint64_t now = scene->traffic->now.errors_5xx,
	               before = scene->traffic->former.errors_5xx;
	const slice count = say_count(say, now);

	if (now == 0)
		return say_word(say, WORD_NO_SERVER_ERRORS);
	if (!scene->traffic->has_comparison)
		return SAY(say, WORD_SERVER_ERRORS_SHARE, count,
		           say_share(say, (double)now / (double)scene->traffic->now.hits));
	if (traffic_is_beyond_chance(now, before))
		return SAY(say, WORD_SERVER_ERRORS_WAS, count, say_count(say, before),
		           scene->former);
	return SAY(say, WORD_SERVER_ERRORS_USUAL, count);
}

slice traffic_no_data_sentence(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;
	struct say *say = scene->say;
	const bool is_day = window_is_whole_days(&figures->window, say->zone) &&
	                    window_days(&figures->window, say->zone) == 1;
	const slice period =
	        SAY(say, is_day ? WORD_ON_DAY : WORD_IN_PERIOD, label_period(say, &scene->span));

	if (figures->hits == 0)
		return say_word(say,
		                figures->rejected ? WORD_VERDICT_NONE_IN_LOG : WORD_VERDICT_EMPTY);
	if (figures->all_last_ms < figures->window.from_ms)
		return SAY(say, WORD_VERDICT_NONE_LAST, period,
		           say_iso_time(say, figures->all_last_ms));
	if (figures->all_first_ms >= figures->window.to_ms)
		return SAY(say, WORD_VERDICT_NONE_FIRST, period,
		           say_iso_time(say, figures->all_first_ms));
	return SAY(say, WORD_VERDICT_NONE_BETWEEN, period);
}

/* From the first to the last slot over the limit, if most in between are over it too. */
static bool find_over(const struct scene *scene, size_t *ret_first, size_t *ret_last)
{
	const struct figures *figures = scene->traffic;
	size_t first = SLICE_NONE, last = 0, n_over = 0;

	for (size_t i = 0; i < figures->n_slots; i++) {
		const struct slot *slot = &figures->slots[i];

		if (slot->errors == 0 ||
		    (double)slot->errors <= scene->targets->error_share * (double)slot->hits)
			continue;
		if (first == SLICE_NONE)
			first = i;
		last = i;
		n_over++;
	}
	if (first == SLICE_NONE || n_over * 2 < last - first + 1)
		return false;
	*ret_first = first;
	*ret_last = last;
	return true;
}

slice traffic_over_sentence(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;
	struct say *say = scene->say;
	const slice share =
	        say_share(say, (double)figures->now.errors_5xx / (double)figures->now.hits);
	const slice count = say_count(say, figures->now.errors_5xx);
	size_t first, last, begin = 0, end = figures->n_slots;

	if (!find_over(scene, &first, &last))
		return SAY(say, WORD_VERDICT_OVER, share, count,
		           say_share(say, scene->targets->error_share));
	while (begin < first && figures->slots[begin].hits == 0)
		begin++;
	while (end > last + 1 && figures->slots[end - 1].hits == 0)
		end--;
	if (first == begin && last == end - 1)
		return SAY(say, WORD_VERDICT_OVER_THROUGHOUT, share, count);
	if (last == end - 1)
		return SAY(say, WORD_VERDICT_OVER_SINCE, share, count,
		           label_slot(say, &scene->span, figures->slots[first].from_ms));
	return SAY(say, WORD_VERDICT_OVER_FROM_TO, share, count,
	           label_slot(say, &scene->span, figures->slots[first].from_ms),
	           label_slot_end(say, &scene->span, figures->slots[last].to_ms));
}

/* 22.5 hours, 12 days: the window without what is missing. */
static slice covered(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;
	const int64_t end_ms =
	        figures->now_ms > figures->window.from_ms && figures->now_ms < figures->window.to_ms
	                ? figures->now_ms
	                : figures->window.to_ms;
	const int64_t covered_ms = end_ms - figures->window.from_ms -
	                           (figures->missing.to_ms - figures->missing.from_ms);
	const bool is_days = covered_ms >= COVERED_AS_DAYS_MS;
	const double units = (double)covered_ms / (double)(is_days ? MS_PER_DAY : MS_PER_HOUR);
	const uint64_t tenths = (uint64_t)(units * 10 + 0.5);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(100);

	buffer_append_u64(&text, tenths / 10);
	if (tenths % 10)
		buffer_printf(&text, ".%u", (unsigned)(tenths % 10));
	return SAY(scene->say, is_days ? WORD_DAYS_NUMBER : WORD_HOURS_NUMBER, buffer_peek(&text));
}

slice traffic_gap_sentence(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;
	struct say *say = scene->say;
	const slice from = label_minute(say, &scene->span, figures->missing.from_ms),
	            to = label_minute_end(say, &scene->span, figures->missing.to_ms);

	if (figures->wants_comparison && figures->former.hits > 0)
		return SAY(say, WORD_VERDICT_GAP_NO_COMPARISON, from, to, covered(scene),
		           scene->former);
	return SAY(say, WORD_VERDICT_GAP, from, to, covered(scene));
}

static slice rejected_share(const struct scene *scene)
{
	return say_share(scene->say,
	                 (double)scene->traffic->rejected / (double)scene->traffic->lines);
}

slice traffic_rejected_sentence(const struct scene *scene)
{
	return SAY(scene->say, WORD_VERDICT_REJECTED, rejected_share(scene),
	           say_count(scene->say, scene->traffic->rejected));
}

slice traffic_more_errors_sentence(const struct scene *scene)
{
	const uint64_t now = scene->traffic->now.errors_5xx,
	               before = scene->traffic->former.errors_5xx;
	const bool is_normal = !traffic_is_up(scene) && !traffic_is_down(scene) && !scene->is_beside;
	struct say *say = scene->say;

	if (before == 0)
		return SAY(say, is_normal ? WORD_VERDICT_ERRORS_NEW : WORD_VERDICT_ERRORS_NEW_ALONE,
		           say_count(say, now), scene->former);
	return SAY(say, is_normal ? WORD_VERDICT_ERRORS_UP : WORD_VERDICT_ERRORS_UP_ALONE,
	           say_count(say, now), say_times(say, now, before), scene->former);
}

static bool is_multiple(const struct scene *scene)
{
	return scene->before > 0 && (double)scene->now >= 1.9995 * (double)scene->before;
}

/* The page that gained most, when it explains at least half of the whole gain. */
static slice views_and_page(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;
	struct say *say = scene->say;

	if (scene->is_by_views && figures->rising_path &&
	    (double)figures->rising_by >= MOSTLY_SHARE * (double)(scene->now - scene->before))
		return SAY(say, WORD_VIEWS_MOSTLY, say_spoken(say, scene->now),
		           say_path(say, slice_of(figures->rising_path)));
	return SAY(say, scene->is_by_views ? WORD_VIEWS : WORD_REQUESTS,
	           say_spoken(say, scene->now));
}

static slice errors_beside_growth(const struct scene *scene)
{
	const uint64_t now = scene->traffic->now.errors_5xx,
	               before = scene->traffic->former.errors_5xx;

	if (now > 0 && (now <= before || !traffic_is_beyond_chance(now, before)))
		return say_word(scene->say, WORD_ERRORS_DID_NOT_FOLLOW);
	return traffic_errors(scene);
}

slice traffic_up_sentence(const struct scene *scene)
{
	struct say *say = scene->say;
	const slice views = views_and_page(scene);

	if (scene->before == 0)
		return SAY(say, WORD_VERDICT_UP_NEW, views, scene->former);
	if (is_multiple(scene))
		return SAY(say, WORD_VERDICT_UP_TIMES, say_times(say, scene->now, scene->before),
		           views, errors_beside_growth(scene), scene->former);
	return SAY(say, WORD_VERDICT_UP, say_percent(say, scene->now, scene->before), views,
	           errors_beside_growth(scene));
}

/* The slot from which on traffic is down, when it was as before until then. */
static const struct slot *find_fall(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;
	const double kept = 1 - scene->targets->traffic_change;
	double now_before = 0, former_before = 0;

	for (size_t i = 0; i < figures->n_slots; i++) {
		const struct slot *slot = &figures->slots[i];
		const double now = (double)(scene->is_by_views ? slot->page_views : slot->hits);
		const double former =
		        (double)(scene->is_by_views ? slot->former_page_views : slot->former_hits);
		const double now_after = (double)scene->now - now_before,
		             former_after = (double)scene->before - former_before;

		if (now < kept * former && now_after < kept * former_after)
			return i > 0 && former_before > 0 && now_before >= kept * former_before
			               ? slot
			               : NULL;
		now_before += now;
		former_before += former;
	}
	return NULL;
}

slice traffic_down_sentence(const struct scene *scene)
{
	struct say *say = scene->say;
	const struct slot *since = find_fall(scene);
	const slice by = say_percent(say, scene->now, scene->before);

	if (since)
		return SAY(say, WORD_VERDICT_DOWN_SINCE, by,
		           label_slot(say, &scene->span, since->from_ms));
	return SAY(say, WORD_VERDICT_DOWN, by);
}

slice traffic_normal_sentence(const struct scene *scene)
{
	return SAY(scene->say, WORD_VERDICT_NORMAL, traffic(scene), traffic_errors(scene));
}

/* ---- The second line ---- */

static slice worst_code(const struct scene *scene)
{
	AUTO(buffer) struct buffer code = BUFFER_LIMIT(20);

	buffer_append_u64(&code, scene->traffic->worst_code);
	return say_text(scene->say, buffer_peek(&code));
}

/* The path that has most of them. */
static slice errors_of_path(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;

	if (!figures->failing_path ||
	    (double)figures->failing_hits <= MOSTLY_SHARE * (double)figures->now.errors_5xx)
		return SLICE("");
	return SAY(scene->say, WORD_ERRORS_OF_PATH, say_count(scene->say, figures->failing_hits),
	           say_path(scene->say, slice_of(figures->failing_path)));
}

/* When the errors were, and which. */
slice traffic_errors_detail(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;
	struct say *say = scene->say;
	const struct slot *peak = NULL;

	for (size_t i = 0; i < figures->n_slots; i++) {
		if (figures->slots[i].errors > (peak ? peak->errors : 0))
			peak = &figures->slots[i];
	}
	const slice code_hits = say_count(say, figures->worst_code_hits);
	if (!peak || figures->n_slots < 2 ||
	    (double)peak->errors < PEAK_SHARE * (double)figures->now.errors_5xx)
		return figures->worst_code ? SAY(say, WORD_ERRORS_CODE, code_hits,
		                                 worst_code(scene), errors_of_path(scene))
		                           : SLICE("");
	const slice count = say_count(say, peak->errors),
	            when = label_slot(say, &scene->span, peak->from_ms);
	if (!figures->worst_code)
		return SAY(say, figures->slots_are_days ? WORD_ERRORS_PEAK_DAY : WORD_ERRORS_PEAK,
		           count, when);
	return SAY(say, figures->slots_are_days ? WORD_ERRORS_PEAK_DAY_CODE : WORD_ERRORS_PEAK_CODE,
	           count, when, code_hits, worst_code(scene), errors_of_path(scene));
}

slice traffic_detail(const struct scene *scene)
{
	return SAY(scene->say, WORD_PART_SENTENCE, traffic(scene));
}

slice traffic_errors_after(const struct scene *scene)
{
	return SAY(scene->say, WORD_PART_SENTENCE, traffic_errors(scene));
}

slice traffic_no_comparison(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;

	if (!figures->wants_comparison || figures->has_comparison)
		return SLICE("");
	return SAY(scene->say, figures->former.hits ? WORD_PART_COMPARISON_SENTENCE : WORD_NO_COMPARISON_SENTENCE,
		   label_short(scene->say, &figures->former_window));
}

/* ---- Subjects and preheaders ---- */

slice traffic_no_data_headline(const struct scene *scene)
{
	return say_word(scene->say, WORD_STATUS_NO_DATA);
}

/* The causes name changes without their base; a preheader has room for it. */
slice traffic_more_errors_headline(const struct scene *scene)
{
	const struct side *now = &scene->traffic->now, *former = &scene->traffic->former;

	if (former->errors_5xx == 0)
		return traffic_more_errors_cause(scene);
	return SAY(scene->say, WORD_PREHEADER_ERRORS_UP, say_count(scene->say, now->errors_5xx),
		   say_times(scene->say, now->errors_5xx, former->errors_5xx), scene->former);
}

slice traffic_over_cause(const struct scene *scene)
{
	const struct side *now = &scene->traffic->now;

	return SAY(scene->say, WORD_CAUSE_OVER,
	           say_share(scene->say, (double)now->errors_5xx / (double)now->hits));
}

slice traffic_gap_cause(const struct scene *scene)
{
	const struct figures *figures = scene->traffic;

	return SAY(scene->say, WORD_CAUSE_GAP,
	           label_minute(scene->say, &scene->span, figures->missing.from_ms),
	           label_minute_end(scene->say, &scene->span, figures->missing.to_ms));
}

slice traffic_rejected_cause(const struct scene *scene)
{
	return SAY(scene->say, WORD_CAUSE_REJECTED, rejected_share(scene));
}

slice traffic_more_errors_cause(const struct scene *scene)
{
	const uint64_t now = scene->traffic->now.errors_5xx,
	               before = scene->traffic->former.errors_5xx;

	if (before == 0)
		return SAY(scene->say, WORD_CAUSE_ERRORS_NEW, say_count(scene->say, now));
	return SAY(scene->say, WORD_CAUSE_ERRORS_UP, say_times(scene->say, now, before));
}

slice traffic_up_cause(const struct scene *scene)
{
	if (scene->before == 0)
		return say_word(scene->say, WORD_CAUSE_UP_NEW);
	if (is_multiple(scene))
		return SAY(scene->say, WORD_CAUSE_UP_TIMES,
		           say_times(scene->say, scene->now, scene->before));
	return SAY(scene->say, WORD_CAUSE_UP, say_percent(scene->say, scene->now, scene->before));
}

slice traffic_down_cause(const struct scene *scene)
{
	return SAY(scene->say, WORD_CAUSE_DOWN, say_percent(scene->say, scene->now, scene->before));
}

slice traffic_normal_cause(const struct scene *scene)
{
	const slice now = say_spoken(scene->say, scene->now);
	const bool by_views = scene->is_by_views;

	if (!scene->traffic->has_comparison || scene->before == 0)
		return SAY(scene->say, by_views ? WORD_CAUSE_VIEWS : WORD_CAUSE_REQUESTS, now);
	return SAY(scene->say, by_views ? WORD_CAUSE_VIEWS_CHANGED : WORD_CAUSE_REQUESTS_CHANGED,
	           now, say_change(scene->say, scene->now, scene->before));
}
