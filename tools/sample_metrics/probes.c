/* SPDX-License-Identifier: MIT */
/* probes.c - two weeks of probes of one page (sample.h) */
#include <math.h>

#include "base/clock.h"
#include "sample.h"

#define EVERY_S    30
#define DAY_PROBES (86400 / EVERY_S)
#define WEEK       7
#define N(rows)    (sizeof(rows) / sizeof *(rows))

/* Milliseconds that half, 95 and 99 of a hundred probes do not exceed, day by day from Monday on: the week before, then the last. */
static const struct {
	double p50, p95, p99;
} days[2 * WEEK] = {
	{118, 301, 480}, {112, 282, 452}, {92, 226, 371}, {101, 252, 420}, {104, 247, 402}, {107, 262, 436}, {94, 229, 378},
	{120, 286, 472}, {110, 262, 441}, {80, 198, 352}, {95, 231, 402},  {94, 224, 391},  {100, 247, 428}, {88, 209, 367},
};

/* What went wrong: from this probe of that day on, so many. */
static const struct {
	int day, hour, minute, n;
	enum probe_kind kind;
	unsigned status;
} troubles[] = {
	{1, 4, 2, 2, PROBE_TIMEOUT, 0},       {5, 19, 41, 2, PROBE_STATUS, 503},
	{WEEK + 2, 3, 12, 14, PROBE_TIMEOUT, 0}, {WEEK + 4, 14, 6, 2, PROBE_STATUS, 502},
	{WEEK + 5, 5, 0, 120, PROBE_NONE, 0}, {WEEK + 6, 22, 31, 1, PROBE_REFUSED, 0},
};

void sample_target(struct probe_target *ret)
{
	probe_target_init(ret);
	ret->every_ms = EVERY_S * MS_PER_SECOND;
	(void)probe_target_set(ret, "url", SLICE("https://www.example.com/"), NULL);
	(void)probe_target_set(ret, "name", SLICE("首页"), NULL);
}

static size_t find_trouble(int day, int probe)
{
	for (size_t i = 0; i < N(troubles); i++) {
		const int from = (troubles[i].hour * 3600 + troubles[i].minute * 60) / EVERY_S;

		if (troubles[i].day == day && probe >= from && probe < from + troubles[i].n)
			return i;
	}
	return N(troubles);
}

/* The time that a share of the day's probes do not exceed, between the known ones along a straight line of logarithms. */
static double time_of(int day, double share)
{
	const double shares[] = {0, 0.5, 0.95, 0.99, 0.998, 1};
	const double times[] = {0.45 * days[day].p50, days[day].p50, days[day].p95, days[day].p99, 1.15 * days[day].p99, 2.2 * days[day].p99};
	size_t i = 1;

	while (share > shares[i])
		i++;
	return times[i - 1] * pow(times[i] / times[i - 1], (share - shares[i - 1]) / (shares[i] - shares[i - 1]));
}

/* Steps of the golden section fill the day evenly, whatever part of it is looked at. */
static double share_of(int day, int probe)
{
	const double place = 0.618033988749895 * (day * DAY_PROBES + probe + 1);

	return place - floor(place);
}

static struct probe_result answer(int day, int probe, int64_t at_ms)
{
	const int64_t total_us = (int64_t)(time_of(day, share_of(day, probe)) * 1000);

	return (struct probe_result){
		.at_ms = at_ms,
		.kind = PROBE_OK,
		.status = 200,
		.name_us = 1200,
		.connect_us = 1200 + total_us / 12,
		.tls_us = 1200 + total_us / 4,
		.first_us = total_us - total_us / 10,
		.total_us = total_us,
		.size_bytes = 15234,
		.certificate_ms = INT64_C(1779235200000), /* 2026-05-20 */
	};
}

static struct probe_result trouble(size_t i, int64_t at_ms)
{
	return (struct probe_result){
		.at_ms = at_ms,
		.kind = troubles[i].kind,
		.status = troubles[i].status,
		.name_us = 1200,
		.connect_us = troubles[i].kind == PROBE_STATUS ? 9000 : PROBE_UNKNOWN,
		.tls_us = troubles[i].kind == PROBE_STATUS ? 21000 : PROBE_UNKNOWN,
		.first_us = troubles[i].kind == PROBE_STATUS ? 60000 : PROBE_UNKNOWN,
		.total_us = troubles[i].kind == PROBE_TIMEOUT ? 10000000 : 61000,
		.size_bytes = troubles[i].kind == PROBE_STATUS ? 157 : 0,
	};
}

size_t sample_probes(int64_t end_ms, struct probe_result *results)
{
	size_t n = 0;

	for (int day = 0; day < 2 * WEEK; day++) {
		for (int probe = 0; probe < DAY_PROBES; probe++) {
			const int64_t at_ms = end_ms - (2 * WEEK - day) * MS_PER_DAY + probe * EVERY_S * MS_PER_SECOND;
			const size_t i = find_trouble(day, probe);

			if (i < N(troubles) && troubles[i].kind == PROBE_NONE)
				continue;
			results[n++] = i < N(troubles) ? trouble(i, at_ms) : answer(day, probe, at_ms);
		}
	}
	return n;
}
