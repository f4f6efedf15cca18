/* SPDX-License-Identifier: MIT */
/* report_slot.c - courant report --slot: one run of a report's schedule, as courant serve would make it */
#include "cli/report_job.h"

#include "base/clock.h"

#define TEXT_MAX_BYTES 200

/* The run that the text names. The report's zone is known. */
static bool find(const struct job *job, slice text, struct schedule_slot *ret, bool *ret_is_time)
{
	const struct schedule *schedule = &job->file.schedule;
	const struct period *period = &job->file.period;
	int64_t at_ms = job->call->now_ms;
	int offset_s;

	*ret_is_time = true;
	if (slice_equal(text, SLICE("last")))
		return schedule_previous(schedule, period, job->zone, at_ms + 1, ret);
	if (slice_equal(text, SLICE("next")))
		return schedule_next(schedule, period, job->zone, at_ms, ret);
	*ret_is_time = rfc3339_parse(text, &at_ms, &offset_s);
	return *ret_is_time && schedule_previous(schedule, period, job->zone, at_ms + 1, ret) && ret->at_ms == at_ms;
}

static void write_time(struct buffer *out, const struct job *job, int64_t at_ms)
{
	rfc3339_write(out, at_ms, zone_offset_at(job->zone, at_ms));
}

/* Says what there is instead. */
static int fail_no_run(const struct job *job, const char *text, courant_error **err)
{
	AUTO(buffer) struct buffer before = BUFFER_LIMIT(TEXT_MAX_BYTES);
	AUTO(buffer) struct buffer after = BUFFER_LIMIT(TEXT_MAX_BYTES);
	struct schedule_slot slot;
	int64_t at_ms = job->call->now_ms;
	int offset_s;

	(void)rfc3339_parse(slice_of(text), &at_ms, &offset_s);
	if (schedule_previous(&job->file.schedule, &job->file.period, job->zone, at_ms, &slot))
		write_time(&before, job, slot.at_ms);
	if (schedule_next(&job->file.schedule, &job->file.period, job->zone, at_ms, &slot))
		write_time(&after, job, slot.at_ms);
	return fail(err, COURANT_USAGE, "--slot: %s is no run of %s; those around it are %.*s and %.*s", text, job->file.name, SLICE_ARGS(buffer_peek(&before)),
		    SLICE_ARGS(buffer_peek(&after)));
}

int job_find_slot(struct job *job, courant_error **err)
{
	const char *text = cli_value(job->call, "slot");
	bool is_time;

	job->now_ms = job->call->now_ms;
	job->date_ms = job->call->mail_date_ms;
	if (!text)
		return 0;
	if (cli_value(job->call, "period"))
		return fail(err, COURANT_USAGE, "--slot says which period it is: --period cannot be given, too");
	if (!job->file.has_schedule)
		return fail(err, COURANT_USAGE, "--slot: %s has no schedule", job->file.name);
	if (!find(job, slice_of(text), &job->slot, &is_time))
		return is_time ? fail_no_run(job, text, err)
			       : fail(err, COURANT_USAGE, "--slot is \"%s\", not last, next or a time like 2026-11-10T08:00:00+08:00", text);
	job->has_slot = true;
	job->now_ms = job->date_ms = job->slot.at_ms;
	job->identity = schedule_identity(&job->slot, &job->file.period);
	return 0;
}

int job_tell_slot(const struct job *job, const char *outcome, courant_error **err)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(TEXT_MAX_BYTES);

	if (!job->has_slot)
		return 0;
	buffer_append(&line, SLICE(JOB_SLOT_LINE));
	write_time(&line, job, job->slot.at_ms);
	buffer_printf(&line, ": %s\n", outcome);
	return cli_print(buffer_peek(&line), err);
}
