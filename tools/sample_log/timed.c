/* SPDX-License-Identifier: MIT */
/* timed.c - two weeks of requests with the time each took (sample.h): nginx's combined format with $request_time behind
 *
 * Each page has a median and a tail of its own (a logarithmic normal distribution), each day is a little slower or quicker, and the first week is slower than the second.
 * A few requests fail, most of them on the second Wednesday between 03:00 and 04:00. */
#include "sample.h"

#include <math.h>

#include "base/clock.h"

#define SEED            320
#define DAYS            14
#define REQUESTS        4200 /* of a weekday */
#define SECONDS_PER_DAY 86400
#define FIRST_WEEK      1.08 /* times as slow as the second */
#define OUT_LIMIT       ((size_t)4 << 20)
#define N(rows)         (sizeof(rows) / sizeof *(rows))

static const struct {
	const char *path;
	unsigned weight;
	double median_s, tail; /* the standard deviation of the logarithm */
	unsigned bytes;
} pages[] = {
	{"/index.php", 480, 0.088, 0.55, 6200},	   {"/view.php", 245, 0.100, 0.58, 5100}, {"/search.php", 56, 0.205, 0.87, 3400}, {"/download.php", 45, 0.174, 0.85, 2700},
	{"/product/compare.php", 18, 0.160, 0.79, 7300}, {"/about.php", 30, 0.061, 0.40, 2500},  {"/help/faq.php", 22, 0.066, 0.41, 5900},
};

/* Monday to Sunday: how slow, and how many of a hundred requests. */
static const struct {
	double slow;
	unsigned share;
} weekdays[7] = {{1.18, 100}, {1.09, 98}, {0.84, 97}, {0.97, 99}, {0.95, 95}, {1.03, 70}, {0.90, 65}};

/* Of the day's requests, per cent of its busiest hour. */
static const unsigned hours[24] = {22, 15, 12, 10, 10, 12, 21, 37, 67, 87, 100, 93, 72, 76, 88, 90, 87, 79, 66, 61, 64, 59, 43, 29};

static const char *const agents[] = {
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
};

static size_t choose_page(struct random_stream *random)
{
	unsigned total = 0;
	size_t i = 0;

	for (size_t k = 0; k < N(pages); k++)
		total += pages[k].weight;
	for (uint64_t at = random_below(random, total); at >= pages[i].weight; i++)
		at -= pages[i].weight;
	return i;
}

/* Of a standard normal distribution, by Box and Muller. */
static double normal(struct random_stream *random)
{
	const double radius = sqrt(-2 * log(1 - random_unit(random)));

	return radius * cos(6.283185307179586 * random_unit(random));
}

static bool is_bad_hour(unsigned day, unsigned hour)
{
	return day == 7 + 2 && hour == 3;
}

static void write_request(struct buffer *out, struct sample_clock *clock, struct random_stream *random, unsigned day, unsigned hour, int64_t second)
{
	const size_t page = choose_page(random);
	const bool fails = random_below(random, is_bad_hour(day, hour) ? 3 : 6000) == 0;
	const double slow = weekdays[day % 7].slow * (day < 7 ? FIRST_WEEK : 1);
	const double took_s = fails ? 2 + random_unit(random) : pages[page].median_s * slow * exp(pages[page].tail * normal(random));
	const struct sample_hit hit = {
		.second = second,
		.bytes = fails ? 190 : pages[page].bytes,
		.visitor = (uint32_t)random_below(random, 2000),
		.status = fails ? 502 : 200,
		.method = "GET",
		.path = slice_of(pages[page].path),
		.agent = slice_of(agents[random_below(random, N(agents))]),
	};

	sample_write_hit(out, clock, &hit);
	/* Behind the line's last quote, before its end. */
	buffer_cut(out, out->len - 1);
	buffer_printf(out, " %.3f\n", took_s);
}

/* An hour's requests, in the order of time. */
static void write_hour(struct buffer *out, struct sample_clock *clock, struct random_stream *random, unsigned day, unsigned hour, int64_t first_second)
{
	unsigned total = 0;

	for (size_t i = 0; i < N(hours); i++)
		total += hours[i];

	const unsigned n = REQUESTS * weekdays[day % 7].share / 100 * hours[hour] / total + 1;

	for (unsigned i = 0; i < n; i++)
		write_request(out, clock, random, day, hour, first_second + (int64_t)(i * 3600 / n) + (int64_t)random_below(random, 3600 / n));
}

int sample_write_timed(int64_t last_day, courant_error **err)
{
	struct random_stream random = {SEED};
	struct sample_clock clock = {.is_set = false};
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_LIMIT);

	for (unsigned day = 0; day < DAYS; day++) {
		for (unsigned hour = 0; hour < 24; hour++) {
			const int64_t first = (last_day - DAYS + 1 + day) * SECONDS_PER_DAY - SAMPLE_OFFSET_S + hour * 3600;

			write_hour(&out, &clock, &random, day, hour, first);
			if (sample_flush(&out, false, err) < 0)
				return -1;
		}
	}
	return sample_flush(&out, true, err);
}
