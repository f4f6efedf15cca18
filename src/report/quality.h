/* SPDX-License-Identifier: MIT */
/* quality.h - how well a service did: latency and availability, of an access log with times, of probes, or one of each
 *
 * Plain numbers, so that verdicts can be tested without a source. Percentiles of a day, and of the whole, are those of all its requests; failures are counted
 * apart, and in no percentile. Availability is the share of probes (of a log: of requests not answered 5xx) that succeeded; what was not probed is neither. */
#ifndef COURANT_REPORT_QUALITY_H
#define COURANT_REPORT_QUALITY_H
#include "render/document.h"
#include "report/file.h"
#include "report/plan.h"

#define QUALITY_DAYS_MAX 400

/* Seconds; NaN: unknown. */
struct quality_latency {
	double p50, p95, p99;
	uint64_t requests;
};

struct quality_availability {
	uint64_t done, failed;
};

struct quality_day {
	int64_t from_ms, to_ms;
	struct quality_latency latency, former_latency;
	struct quality_availability availability;
};

struct quality_hour {
	int64_t from_ms;
	struct quality_availability availability;
};

/* What happened: failures of one kind in a row, or a time of which nothing is known. */
struct quality_event {
	enum word word;    /* WORD_EVENT_STATUS: the one in `status` */
	unsigned status;
	int64_t from_ms, to_ms;
	slice target;      /* empty: there is only one */
	uint64_t failures; /* 0: nothing is known */
	enum hour_state state;
};

struct quality {
	bool is_wanted;                                    /* a section asks for it */
	const struct plan_source *of_latency, *of_availability; /* NULL: nobody knows it */
	bool is_availability_of_log;
	struct quality_latency latency, former_latency;
	struct quality_availability availability, former_availability;
	struct quality_day *days;
	size_t n_days;
	struct quality_hour *hours;
	size_t n_hours;
	struct quality_event *events;
	size_t n_events;
	uint64_t expected; /* probes that should have been done; 0: not known */
	int64_t every_ms;  /* how often; 0: not known */
	uint64_t n_targets;
};

void quality_release(struct quality *);

/* Cuts the window into local days. Longer ones than QUALITY_DAYS_MAX have none. */
int quality_cut(struct quality *, const struct window *, const struct zone *, courant_error **err);
/* The day that holds the instant, or NULL. */
struct quality_day *quality_find_day(const struct quality *, int64_t at_ms);

int quality_add_event(struct quality *, const struct quality_event *, courant_error **err);
int quality_add_hour(struct quality *, const struct quality_hour *, courant_error **err);

/* NaN where nothing was done. */
double quality_share(const struct quality_availability *);
/* The part of the failures a target allows that there were: 0.85. NaN without a target. */
double quality_budget(const struct quality_availability *, const struct targets *);

struct say;
/* "超时", "HTTP 502" */
slice quality_event_name(struct say *, const struct quality_event *);

static inline bool quality_has_latency(const struct quality_latency *latency)
{
	return latency->p95 == latency->p95; /* NaN is not itself */
}

/* How an hour was. `some` is the share of failures from which on it is told. */
enum hour_state quality_state(const struct quality_availability *, double some);
#endif
