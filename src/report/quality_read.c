/* SPDX-License-Identifier: MIT */
/* quality_read.c - which source knows latency, and which availability */
#include "report/binding.h"
#include "report/quality_parts.h"

#define CANDIDATES_MAX 64

/* Sources in the order in which they are asked. */
struct candidates {
	const struct plan_source *items[CANDIDATES_MAX];
	size_t n;
};

static void add(struct candidates *candidates, const struct plan_source *source)
{
	if (source && source->state == PLAN_OPEN && candidates->n < CANDIDATES_MAX)
		candidates->items[candidates->n++] = source;
}

static const struct section *find_section(const struct report_file *file, enum section_kind kind)
{
	for (size_t i = 0; i < file->n_sections; i++)
		if (file->sections[i].kind == kind)
			return &file->sections[i];
	return NULL;
}

static bool asks_for_figures(const struct report_file *file)
{
	for (size_t i = 0; i < file->n_sections; i++)
		for (size_t k = 0; k < file->sections[i].n_figures; k++)
			if (slice_equal(slice_of(file->sections[i].figures[k].of.source), SLICE(QUALITY_NAME)))
				return true;
	return false;
}

/* Those that the section names; without one, logs and then probes for latency, probes and then logs for availability. */
static void choose(const struct build *build, const struct section *section, bool logs_first, struct candidates *ret)
{
	const struct report_plan *plan = build->plan;

	for (size_t i = 0; section && i < section->n_sources; i++)
		add(ret, report_plan_find_source(plan, section->sources[i].source));
	for (int pass = 0; !section && pass < 2; pass++)
		for (size_t i = 0; i < plan->n_sources; i++)
			if (report_plan_is_log(&plan->sources[i]) == ((pass == 0) == logs_first))
				add(ret, &plan->sources[i]);
}

static bool has_latency(const struct quality *quality)
{
	return quality_has_latency(&quality->latency);
}

/* What knows of events and days is one. */
static bool is_probe(const struct plan_source *source)
{
	return source_find_table(source->source, SLICE("events"), NULL) && source_find_table(source->source, SLICE("days"), NULL);
}

static int read_source(struct build *build, const struct plan_source *source, bool latency, bool availability, courant_error **err)
{
	const struct log *log = build_log_of(build, source);

	if (log)
		return quality_read_log(build, log, latency, availability, err);
	return is_probe(source) ? quality_read_probe(build, source, latency, availability, err) : 0;
}

/* The first that has any; of one that has none nothing is left. */
static int read_latency(struct build *build, courant_error **err)
{
	struct candidates candidates = {.n = 0};
	struct quality *quality = &build->quality;

	choose(build, find_section(build->file, SECTION_LATENCY), true, &candidates);
	for (size_t i = 0; i < candidates.n && !has_latency(quality); i++) {
		if (read_source(build, candidates.items[i], true, false, err) < 0)
			return -1;
		quality->of_latency = candidates.items[i];
	}
	return 0;
}

static int read_availability(struct build *build, courant_error **err)
{
	struct candidates candidates = {.n = 0};
	struct quality *quality = &build->quality;

	choose(build, find_section(build->file, SECTION_AVAILABILITY), false, &candidates);
	for (size_t i = 0; i < candidates.n && !quality->availability.done; i++) {
		if (read_source(build, candidates.items[i], false, true, err) < 0)
			return -1;
		quality->of_availability = candidates.items[i];
		quality->is_availability_of_log = build_log_of(build, candidates.items[i]);
	}
	return 0;
}

int quality_read(struct build *build, courant_error **err)
{
	struct quality *quality = &build->quality;
	const struct report_file *file = build->file;

	quality->is_wanted = find_section(file, SECTION_LATENCY) || find_section(file, SECTION_AVAILABILITY) || asks_for_figures(file);
	if (!quality->is_wanted)
		return 0;
	return quality_cut(quality, &build->span.window, build->say->zone, err) < 0 || read_latency(build, err) < 0 || read_availability(build, err) < 0 ? -1 : 0;
}
