/* SPDX-License-Identifier: MIT */
/* quality.c - what latency and availability are made of */
#include "report/quality.h"

#include <math.h>

#include "base/alloc.h"
#include "report/say.h"

static const struct quality_latency unknown = {NAN, NAN, NAN, 0};

void quality_release(struct quality *quality)
{
	free(quality->days);
	free(quality->hours);
	free(quality->events);
	*quality = (struct quality){.n_days = 0};
}

int quality_cut(struct quality *quality, const struct window *window, const struct zone *zone, courant_error **err)
{
	const int days = window_days(window, zone);
	int64_t at_ms = zone_day_start(zone, window->from_ms);

	quality->latency = quality->former_latency = unknown;
	if (days < 1 || days > QUALITY_DAYS_MAX)
		return 0;
	if (!(quality->days = mem_array((size_t)days, sizeof *quality->days)))
		return fail_memory(err);
	for (; quality->n_days < (size_t)days; quality->n_days++) {
		const int64_t next_ms = zone_day_add(zone, at_ms, 1);

		quality->days[quality->n_days] = (struct quality_day){.from_ms = at_ms, .to_ms = next_ms, .latency = unknown, .former_latency = unknown};
		at_ms = next_ms;
	}
	return 0;
}

struct quality_day *quality_find_day(const struct quality *quality, int64_t at_ms)
{
	for (size_t i = 0; i < quality->n_days; i++)
		if (at_ms >= quality->days[i].from_ms && at_ms < quality->days[i].to_ms)
			return &quality->days[i];
	return NULL;
}

int quality_add_event(struct quality *quality, const struct quality_event *event, courant_error **err)
{
	struct quality_event *grown = mem_resize(quality->events, quality->n_events + 1, sizeof *grown);

	if (!grown)
		return fail_memory(err);
	quality->events = grown;
	grown[quality->n_events++] = *event;
	return 0;
}

int quality_add_hour(struct quality *quality, const struct quality_hour *hour, courant_error **err)
{
	struct quality_hour *grown = mem_resize(quality->hours, quality->n_hours + 1, sizeof *grown);

	if (!grown)
		return fail_memory(err);
	quality->hours = grown;
	grown[quality->n_hours++] = *hour;
	return 0;
}

double quality_share(const struct quality_availability *availability)
{
	return availability->done ? 1 - (double)availability->failed / (double)availability->done : NAN;
}

double quality_budget(const struct quality_availability *availability, const struct targets *targets)
{
	const double allowed = (1 - targets->availability) * (double)availability->done;

	return targets->availability > 0 && allowed > 0 ? (double)availability->failed / allowed : NAN;
}

enum hour_state quality_state(const struct quality_availability *availability, double some)
{
	const double failed = (double)availability->failed, done = (double)availability->done;

	if (!availability->done)
		return HOUR_NO_DATA;
	if (2 * failed >= done)
		return HOUR_MOST_FAILED;
	return availability->failed && failed > some * done ? HOUR_SOME_FAILED : HOUR_UP;
}

slice quality_event_name(struct say *say, const struct quality_event *event)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(200);

	if (event->word == WORD_EVENT_STATUS)
		buffer_printf(&name, "HTTP %u", event->status);
	else
		buffer_append(&name, say_word(say, event->word));

	const slice said = say_text(say, buffer_peek(&name));

	return event->target.len ? SAY(say, WORD_EVENT_OF_TARGET, said, event->target) : said;
}
