/* SPDX-License-Identifier: MIT */
/* machine.c - a machine's and its MySQL's counters, minute by minute (sample.h) */
#include <math.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/random.h"
#include "sample.h"

#define DAY_MINUTES  1440
#define MINUTES      (8 * DAY_MINUTES + 10)
#define PI           3.14159265358979323846
#define MB           1e6
#define GIB          1073741824.0
#define OFFSET_MS    (8 * MS_PER_HOUR)
#define N(rows)      (sizeof(rows) / sizeof *(rows))

/* How a figure goes through an ordinary day: a rate for counters. */
struct curve {
	size_t figure;
	double mean, swing; /* up and down by this share, once a day */
	double peak_hour;
	double noise;       /* a share, too */
	double growth;      /* of the last day against the same a week before */
};

/* What it is for some minutes of the last day. */
struct episode {
	size_t figure;
	int from, minutes; /* from the begin of the last 24 hours */
	double value;      /* NaN: it could not be read, and counts anew afterwards */
};

struct story {
	const struct layout *layout;
	const struct curve *curves;
	size_t n_curves;
	const struct episode *episodes;
	size_t n_episodes;
	uint64_t seed;
};

static const struct curve system_curves[] = {
	{SYSTEM_CPU_USER, 0.17, 0.35, 15, 0.15, 1.02},
	{SYSTEM_CPU_SYSTEM, 0.05, 0.3, 15, 0.15, 1},
	{SYSTEM_CPU_IOWAIT, 0.012, 0.3, 2, 0.5, 1},
	{SYSTEM_CPU_STEAL, 0.001, 0, 0, 0.5, 1},
	{SYSTEM_CPU_IDLE, 0.76, -0.09, 15, 0.02, 1},
	{SYSTEM_LOAD_1MIN, 1.1, 0.35, 15, 0.25, 1.02},
	{SYSTEM_LOAD_5MIN, 1.1, 0.35, 15, 0.1, 1.02},
	{SYSTEM_LOAD_15MIN, 1.1, 0.35, 15, 0.05, 1.02},
	{SYSTEM_MEMORY_TOTAL, 24.1 * GIB, 0, 0, 0, 1},
	{SYSTEM_MEMORY_USED, 23.98 * GIB, 0.0005, 4, 0.0004, 1},
	{SYSTEM_MEMORY_ACTIVE, 19.8 * GIB, 0.002, 9, 0.001, 1},
	{SYSTEM_MEMORY_CACHED, 3.1 * GIB, 0.01, 4, 0.01, 1},
	{SYSTEM_MEMORY_SWAP_TOTAL, 4.9 * GIB, 0, 0, 0, 1},
	{SYSTEM_MEMORY_SWAP_USED, 1.18 * GIB, 0.01, 13, 0.003, 1},
	{SYSTEM_SWAP_IN, 0.8, 0.2, 9, 0.6, 1},
	{SYSTEM_SWAP_OUT, 1.15, 0.1, 2, 0.5, 1},
	{SYSTEM_DISK_READ, 0.9 * MB, 0.3, 10, 0.4, 1},
	{SYSTEM_DISK_WRITTEN, 2.3 * MB, 0.3, 14, 0.3, 1},
	{SYSTEM_NETWORK_RECEIVED, 0.25 * MB, 0.12, 14, 0.25, 1.03},
	{SYSTEM_NETWORK_SENT, 0.67 * MB, 0.12, 12, 0.25, 1.03},
};

/* Minutes from 05:50 on: 12:40 is 410, 00:30 1120, 01:00 1150. */
static const struct episode system_episodes[] = {
	{SYSTEM_NETWORK_RECEIVED, 410, 90, NAN}, {SYSTEM_NETWORK_SENT, 410, 90, NAN},
	{SYSTEM_NETWORK_SENT, 1140, 10, 1.4 * MB}, {SYSTEM_NETWORK_SENT, 1150, 10, 2.49 * MB},
	{SYSTEM_NETWORK_SENT, 1160, 20, 1.25 * MB}, {SYSTEM_NETWORK_RECEIVED, 1240, 10, 0.67 * MB},
	{SYSTEM_NETWORK_SENT, 1240, 10, 0.95 * MB}, {SYSTEM_SWAP_IN, 160, 10, 9.4},
	{SYSTEM_SWAP_IN, 640, 10, 4.1}, {SYSTEM_SWAP_IN, 1110, 10, 4.2},
	{SYSTEM_SWAP_IN, 1120, 10, 12.4}, {SYSTEM_SWAP_IN, 1420, 10, 4.8},
	{SYSTEM_SWAP_OUT, 240, 10, 3.6}, {SYSTEM_SWAP_OUT, 1220, 10, 6.15},
	{SYSTEM_DISK_READ, 1120, 10, 22 * MB}, {SYSTEM_CPU_IOWAIT, 1120, 10, 0.11},
};

static const struct curve mysql_curves[] = {
	{MYSQL_NETWORK_RECEIVED, 0.021 * MB, 0.3, 15, 0.2, 1.02},
	{MYSQL_NETWORK_SENT, 0.34 * MB, 0.3, 15, 0.2, 1.02},
	{MYSQL_KEY_READ_REQUESTS, 15, 0.15, 18, 0.3, 1.1},
	{MYSQL_KEY_READS, 0.0077, 0.1, 18, 0.3, 1.05},
	{MYSQL_KEY_WRITE_REQUESTS, 10.8, 0.15, 18, 0.25, 1.08},
	{MYSQL_KEY_WRITES, 0.006, 0.1, 18, 0.3, 1},
	{MYSQL_INNODB_READ_REQUESTS, 4200, 0.4, 15, 0.2, 1.03},
	{MYSQL_INNODB_READS, 1.9, 0.4, 15, 0.4, 1.03},
	{MYSQL_QUERIES_ALL, 96, 0.4, 15, 0.15, 1.04},
	{MYSQL_QUERIES_SLOW, 0.004, 0.2, 15, 0.5, 1},
	{MYSQL_CONNECTIONS_NEW, 2.4, 0.4, 15, 0.2, 1.02},
	{MYSQL_CONNECTIONS_OPEN, 31, 0.3, 15, 0.12, 1},
	{MYSQL_CONNECTIONS_RUNNING, 2.2, 0.2, 15, 0.3, 1},
};

static const struct episode mysql_episodes[] = {
	{MYSQL_KEY_READ_REQUESTS, 1420, 10, 22.4},
	{MYSQL_KEY_READ_REQUESTS, 1430, 10, 28.3},
	{MYSQL_KEY_WRITE_REQUESTS, 1420, 10, 15.1},
	{MYSQL_KEY_WRITE_REQUESTS, 1430, 10, 18.2},
	{MYSQL_KEY_READS, 1440, 1, 0.03},
};

static const struct story system_story = {&layout_system, system_curves, N(system_curves), system_episodes, N(system_episodes), 20261109};
static const struct story mysql_story = {&layout_mysql, mysql_curves, N(mysql_curves), mysql_episodes, N(mysql_episodes), 20261110};

static double ordinary(const struct curve *curve, int64_t at_ms, int minute, double noise)
{
	const double hour = (double)((at_ms + OFFSET_MS) % MS_PER_DAY) / (double)MS_PER_HOUR;
	const double swing = curve->swing * cos(2 * PI * (hour - curve->peak_hour) / 24);
	/* The growth comes little by little. */
	const double growth = 1 + (curve->growth - 1) * minute / (double)MINUTES;

	return curve->mean / curve->growth * growth * (1 + swing + curve->noise * noise);
}

static const struct episode *find_episode(const struct story *story, size_t figure, int minute)
{
	for (size_t i = 0; i < story->n_episodes; i++) {
		const struct episode *episode = &story->episodes[i];

		if (episode->figure == figure && minute >= episode->from && minute < episode->from + episode->minutes)
			return episode;
	}
	return NULL;
}

/* What is carried from minute to minute. */
struct state {
	struct random_stream dice;
	double counter, noise;
};

/* The figure at the end of a minute. */
static double next_figure(const struct story *story, const struct curve *curve, struct state *state, int64_t at_ms, int minute)
{
	/* A minute's figures are those of the step before: its rate is what the step had. */
	const struct episode *episode = find_episode(story, curve->figure, minute - (MINUTES - DAY_MINUTES) - 1);
	double value;

	/* Like the weather: much as it was a minute ago. */
	state->noise = 0.85 * state->noise + 0.3 * (random_unit(&state->dice) + random_unit(&state->dice) - 1);
	value = episode ? episode->value * (1 + (isnan(episode->value) ? 0 : 0.02 * state->noise)) : ordinary(curve, at_ms, minute, state->noise);
	if (!layout_is_counter(&story->layout->figures[curve->figure]))
		return value < 0 ? 0 : value;
	if (isnan(value)) {
		state->counter = 0;
		return NAN;
	}
	state->counter += (value < 0 ? 0 : value) * 60;
	return state->counter;
}

static int tell(const struct story *story, int64_t end_ms, struct sample_series *ret, courant_error **err)
{
	const size_t n = story->layout->n_figures;
	struct sample_series series = {
		.layout = story->layout,
		.times_ms = mem_array(MINUTES + 1, sizeof *series.times_ms),
		.figures = mem_array((MINUTES + 1) * n, sizeof *series.figures),
		.n = MINUTES + 1,
	};

	if (!series.times_ms || !series.figures) {
		sample_series_release(&series);
		return fail_memory(err);
	}
	for (int minute = 0; minute <= MINUTES; minute++)
		series.times_ms[minute] = end_ms - (MINUTES - minute) * MS_PER_MINUTE;
	for (size_t i = 0; i < story->n_curves; i++) {
		struct state state = {.dice = {story->seed + i}, .counter = 1e6 * (double)(i + 1)};

		for (int minute = 0; minute <= MINUTES; minute++)
			series.figures[(size_t)minute * n + story->curves[i].figure] =
				next_figure(story, &story->curves[i], &state, series.times_ms[minute], minute);
	}
	*ret = series;
	return 0;
}

int sample_system(int64_t end_ms, struct sample_series *ret, courant_error **err)
{
	return tell(&system_story, end_ms, ret, err);
}

int sample_mysql(int64_t end_ms, struct sample_series *ret, courant_error **err)
{
	return tell(&mysql_story, end_ms, ret, err);
}

void sample_series_release(struct sample_series *series)
{
	free(series->times_ms);
	free(series->figures);
	*series = (struct sample_series){0};
}
