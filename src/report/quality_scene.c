/* SPDX-License-Identifier: MIT */
/* quality_scene.c - what may be the matter with a service's latency and availability, and how each is said */
#include <math.h>

#include "report/labels.h"
#include "report/quality.h"
#include "report/scene.h"
#include "table/change.h"

#define BUDGET_WORTH_SAYING 0.01

/* ---- Figures ---- */

static const struct quality_latency *latency_of(const struct scene *scene)
{
	return &scene->quality->latency;
}

static bool knows_latency(const struct scene *scene)
{
	return quality_has_latency(latency_of(scene));
}

static bool knows_availability(const struct scene *scene)
{
	return scene->quality->availability.done > 0;
}

/* Days over the target, of those that are known; the slowest of all. */
struct slow_days {
	size_t n_known, n_over;
	const struct quality_day *slowest; /* NULL: none is known */
};

static struct slow_days slow_days_of(const struct scene *scene)
{
	const struct quality *quality = scene->quality;
	struct slow_days days = {.slowest = NULL};

	for (size_t i = 0; i < quality->n_days; i++) {
		const struct quality_day *day = &quality->days[i];

		if (!quality_has_latency(&day->latency))
			continue;
		days.n_known++;
		days.n_over += scene->targets->p95_s > 0 && day->latency.p95 > scene->targets->p95_s;
		if (!days.slowest || day->latency.p95 > days.slowest->latency.p95)
			days.slowest = day;
	}
	return days;
}

/* ---- Which situations there are ---- */

static bool is_without_data(const struct scene *scene)
{
	return !knows_latency(scene) && !knows_availability(scene);
}

static bool is_slow(const struct scene *scene)
{
	return knows_latency(scene) && scene->targets->p95_s > 0 && latency_of(scene)->p95 > scene->targets->p95_s;
}

static bool is_down(const struct scene *scene)
{
	return knows_availability(scene) && scene->targets->availability > 0 &&
	       quality_share(&scene->quality->availability) < scene->targets->availability;
}

static bool lacks_probes(const struct scene *scene)
{
	const struct quality *quality = scene->quality;

	return quality->expected && (double)quality->availability.done < scene->targets->coverage * (double)quality->expected;
}

static bool has_slow_days(const struct scene *scene)
{
	return knows_latency(scene) && !is_slow(scene) && slow_days_of(scene).n_over > 0;
}

static bool has_targets(const struct scene *scene)
{
	return (knows_latency(scene) && scene->targets->p95_s > 0) || (knows_availability(scene) && scene->targets->availability > 0);
}

static bool is_always(const struct scene *scene)
{
	(void)scene;
	return true;
}

/* ---- Parts of sentences ---- */

static slice availability(const struct scene *scene)
{
	return say_share_fine(scene->say, quality_share(&scene->quality->availability));
}

static slice p95(const struct scene *scene)
{
	return say_seconds(scene->say, latency_of(scene)->p95);
}

static slice p95_target(const struct scene *scene)
{
	return say_seconds(scene->say, scene->targets->p95_s);
}

static slice availability_target(const struct scene *scene)
{
	return say_target_share(scene->say, scene->targets->availability);
}

/* 周三; of longer periods the date. */
static slice day_name(const struct scene *scene, int64_t ms)
{
	return scene->quality->n_days <= 7 ? say_weekday(scene->say, ms) : say_day(scene->say, ms);
}

/* ，比前一周快 9.0% */
static slice change_words(const struct scene *scene)
{
	const struct quality *quality = scene->quality;
	struct say *say = scene->say;
	const slice former = label_former(say, &scene->span);

	if (!quality_has_latency(&quality->former_latency))
		return SLICE("");

	const struct change change = change_of(TABLE_SECONDS, CELL_NUMBER(quality->latency.p95), CELL_NUMBER(quality->former_latency.p95), BETTER_DOWN);
	AUTO(buffer) struct buffer amount = BUFFER_LIMIT(100);

	if (change.kind == CHANGE_LEVEL)
		return SAY(say, WORD_LATENCY_LEVEL, former);
	if (change.kind == CHANGE_TIMES)
		return SAY(say, WORD_LATENCY_TIMES, former, say_times_of(say, quality->latency.p95 / quality->former_latency.p95));
	format_share(&amount, change.amount);
	return SAY(say, change.is_up ? WORD_LATENCY_SLOWER : WORD_LATENCY_FASTER, former, say_text(say, buffer_peek(&amount)));
}

/* 整周 p95 为 242 ms，比前一周快 9.0%；最慢是周一，286 ms。 */
static slice latency_line(const struct scene *scene)
{
	const struct slow_days days = slow_days_of(scene);
	struct say *say = scene->say;
	const bool is_week = window_is_week(&scene->span.window, say->zone);

	if (!knows_latency(scene))
		return SLICE("");
	if (days.n_known < 2)
		return SAY(say, WORD_LATENCY_LINE_SHORT, p95(scene), change_words(scene));
	return SAY(say, is_week ? WORD_LATENCY_LINE_WEEK : WORD_LATENCY_LINE, p95(scene), change_words(scene), day_name(scene, days.slowest->from_ms),
		   say_seconds(say, days.slowest->latency.p95));
}

/* The event with the most failures. */
static const struct quality_event *main_event(const struct quality *quality)
{
	const struct quality_event *event = NULL;

	for (size_t i = 0; i < quality->n_events; i++)
		if (quality->events[i].failures > (event ? event->failures : 0))
			event = &quality->events[i];
	return event;
}

/* ，主要是周三 03:12 起的 7 分钟超时 */
static slice event_words(const struct scene *scene)
{
	const struct quality_event *event = main_event(scene->quality);
	struct say *say = scene->say;

	if (!event || 2 * event->failures < scene->quality->availability.failed)
		return SLICE("");
	return SAY(say, WORD_MAIN_EVENT, day_name(scene, event->from_ms), say_clock(say, event->from_ms), say_duration(say, event->to_ms - event->from_ms),
		   quality_event_name(say, event));
}

/* 错误预算已用 85%，主要是…。 */
static slice budget_line(const struct scene *scene)
{
	const double budget = quality_budget(&scene->quality->availability, scene->targets);

	if (isnan(budget) || budget < BUDGET_WORTH_SAYING)
		return SLICE("");
	return SAY(scene->say, WORD_BUDGET_LINE, say_share(scene->say, budget), event_words(scene));
}

static slice join(struct say *say, slice first, slice second)
{
	return first.len && second.len ? SAY(say, WORD_TWO_SENTENCES, first, second) : first.len ? first : second;
}

static slice availability_line(const struct scene *scene)
{
	return knows_availability(scene) ? SAY(scene->say, WORD_AVAILABILITY_LINE, availability(scene)) : SLICE("");
}

/* ---- How each is said ---- */

static slice no_data_sentence(const struct scene *scene)
{
	return SAY(scene->say, WORD_VERDICT_NO_QUALITY, SAY(scene->say, WORD_IN_PERIOD, label_period(scene->say, &scene->span)));
}

static slice no_data_headline(const struct scene *scene)
{
	return say_word(scene->say, WORD_STATUS_NO_DATA);
}

static slice slow_sentence(const struct scene *scene)
{
	const struct slow_days days = slow_days_of(scene);
	struct say *say = scene->say;

	if (days.n_known < 2)
		return SAY(say, WORD_VERDICT_SLOW, p95(scene), p95_target(scene));
	return SAY(say, WORD_VERDICT_SLOW_DAYS, p95(scene), p95_target(scene), say_count(say, days.n_over), say_count(say, days.n_known),
		   day_name(scene, days.slowest->from_ms));
}

static slice slow_cause(const struct scene *scene)
{
	return SAY(scene->say, WORD_CAUSE_SLOW, p95(scene));
}

static slice slow_closing(const struct scene *scene)
{
	return join(scene->say, availability_line(scene), budget_line(scene));
}

static slice down_sentence(const struct scene *scene)
{
	return SAY(scene->say, WORD_VERDICT_DOWN_TIME, availability(scene), availability_target(scene), say_count(scene->say, scene->quality->availability.failed),
		   event_words(scene));
}

static slice down_cause(const struct scene *scene)
{
	return SAY(scene->say, WORD_CAUSE_AVAILABILITY, availability(scene));
}

static slice lacking_sentence(const struct scene *scene)
{
	const struct quality *quality = scene->quality;
	struct say *say = scene->say;

	return SAY(say, WORD_VERDICT_FEW_PROBES, say_share(say, (double)quality->availability.done / (double)quality->expected), say_count(say, quality->expected),
		   say_count(say, quality->availability.done));
}

static slice lacking_cause(const struct scene *scene)
{
	const struct quality *quality = scene->quality;

	return SAY(scene->say, WORD_CAUSE_FEW_PROBES, say_share(scene->say, (double)quality->availability.done / (double)quality->expected));
}

static slice slow_days_sentence(const struct scene *scene)
{
	const struct slow_days days = slow_days_of(scene);
	struct say *say = scene->say;

	return SAY(say, WORD_VERDICT_SLOW_SOME, p95(scene), p95_target(scene), say_count(say, days.n_over), say_count(say, days.n_known),
		   day_name(scene, days.slowest->from_ms), say_seconds(say, days.slowest->latency.p95));
}

static slice slow_days_cause(const struct scene *scene)
{
	return SAY(scene->say, WORD_CAUSE_SLOW_DAYS, say_count(scene->say, slow_days_of(scene).n_over));
}

static slice well_sentence(const struct scene *scene)
{
	const bool has_p95 = knows_latency(scene) && scene->targets->p95_s > 0;
	struct say *say = scene->say;
	const bool is_daily = slow_days_of(scene).n_known >= 2;

	if (!knows_availability(scene))
		return SAY(say, is_daily ? WORD_VERDICT_QUICK_DAYS : WORD_VERDICT_QUICK, p95(scene), p95_target(scene));
	if (has_p95)
		return SAY(say, is_daily ? WORD_VERDICT_WELL_DAYS : WORD_VERDICT_WELL, availability(scene), p95_target(scene), p95(scene));
	return SAY(say, WORD_VERDICT_UP_ALONE, availability(scene), availability_target(scene));
}

static slice well_cause(const struct scene *scene)
{
	return knows_availability(scene) ? SAY(scene->say, WORD_CAUSE_AVAILABILITY, availability(scene)) : SAY(scene->say, WORD_CAUSE_SLOW, p95(scene));
}

static slice well_headline(const struct scene *scene)
{
	struct say *say = scene->say;

	if (knows_availability(scene) && scene->targets->availability > 0)
		return SAY(say, WORD_HEADLINE_AVAILABILITY, availability(scene), availability_target(scene));
	return well_cause(scene);
}

static slice well_detail(const struct scene *scene)
{
	return join(scene->say, latency_line(scene), budget_line(scene));
}

static slice plain_sentence(const struct scene *scene)
{
	struct say *say = scene->say;

	if (!knows_availability(scene))
		return SAY(say, WORD_VERDICT_LATENCY_ALONE, p95(scene));
	if (!knows_latency(scene))
		return SAY(say, WORD_VERDICT_AVAILABILITY_ALONE, availability(scene));
	return SAY(say, WORD_VERDICT_QUALITY, availability(scene), p95(scene));
}

/* The worst first. Without targets nothing is judged. */
static const struct situation situations[] = {
	{.status = STATUS_INCOMPLETE, .status_word = WORD_STATUS_NO_DATA, .subject_word = WORD_SUBJECT_NO_DATA, .holds = is_without_data,
	 .sentence = no_data_sentence, .headline = no_data_headline, .ends = true},
	{.status = STATUS_PROBLEM, .status_word = WORD_STATUS_PROBLEM, .subject_word = WORD_SUBJECT_PROBLEM, .holds = is_slow,
	 .sentence = slow_sentence, .cause = slow_cause, .closing = slow_closing},
	{.status = STATUS_PROBLEM, .status_word = WORD_STATUS_PROBLEM, .subject_word = WORD_SUBJECT_PROBLEM, .holds = is_down,
	 .sentence = down_sentence, .cause = down_cause, .detail = latency_line},
	{.status = STATUS_INCOMPLETE, .status_word = WORD_STATUS_INCOMPLETE, .subject_word = WORD_SUBJECT_INCOMPLETE, .holds = lacks_probes,
	 .sentence = lacking_sentence, .cause = lacking_cause, .closing = well_detail},
	{.status = STATUS_ATTENTION, .status_word = WORD_STATUS_ATTENTION, .subject_word = WORD_SUBJECT_ATTENTION, .holds = has_slow_days,
	 .sentence = slow_days_sentence, .cause = slow_days_cause, .closing = slow_closing},
	{.status = STATUS_OK, .status_word = WORD_STATUS_ON_TARGET, .subject_word = WORD_SUBJECT_ON_TARGET, .holds = has_targets,
	 .sentence = well_sentence, .cause = well_cause, .headline = well_headline, .detail = well_detail, .ends = true},
	{.status = STATUS_OK, .status_word = WORD_STATUS_OK, .subject_word = WORD_SUBJECT_OK, .holds = is_always, .sentence = plain_sentence,
	 .cause = well_cause, .detail = latency_line},
	{.holds = NULL},
};

struct scene scene_of_quality(struct say *say, const struct targets *targets, const struct quality *quality, const struct span *span)
{
	return (struct scene){.situations = situations, .say = say, .targets = targets, .quality = quality, .span = *span};
}
