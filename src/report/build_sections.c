/* SPDX-License-Identifier: MIT */
/* build_sections.c - each section of the report file becomes its blocks */
#include "report/build.h"

#include "report/places.h"
#include "report/quality_parts.h"

void build_release(struct build *build)
{
	takings_release(&build->takings);
	metrics_release(&build->metrics);
	quality_release(&build->quality);
	enclosures_release(&build->enclosures);
	studio_free(build->studio);
	free(build->logs);
}

struct log *build_log_of(const struct build *build, const struct plan_source *source)
{
	struct log *log = &build->logs[source - build->plan->sources];

	return log->weblog ? log : NULL;
}

struct log *build_first_log(const struct build *build)
{
	for (size_t i = 0; i < build->plan->n_sources; i++)
		if (build->logs[i].weblog)
			return &build->logs[i];
	return NULL;
}

/* Instead of what a source that could not be read would have shown. */
static int add_failure(const struct build *build, const struct plan_source *source, const char *title, courant_error **err)
{
	struct block *block = document_add_block(build->document, BLOCK_TABLE, slice_of(title ? title : source->said->name), err);

	return block ? document_set(&block->empty, SAY(build->say, WORD_SOURCE_FAILED_HERE, slice_of(source->said->name), place_failure(build->say, source)), err)
		     : -1;
}

static int add_table(struct build *build, const struct section *section, courant_error **err)
{
	struct plan_source *source = report_plan_find_source(build->plan, section->what.source);
	const struct log *log = source->state == PLAN_OPEN ? build_log_of(build, source) : NULL;
	const char *table = section->what.table;

	if (source->state == PLAN_ABSENT)
		return 0;
	if (log && table && !section->columns.n && slice_equal(slice_of(table), SLICE("slow_pages")))
		return log_slow_pages(log, section->top, section->title, section->least_rows, err);
	if (log && table && !section->columns.n && log_has_table(table))
		return log_table(log, table, section->top, section->title, err);
	if (build_table(build, section, err) < 0)
		return -1;
	/* It may have failed just now, while its rows were read. */
	return source->state == PLAN_FAILED ? add_failure(build, source, section->title, err) : 0;
}

/* Whether all that a summary is made of is left out. */
static bool is_absent(const struct build *build, const struct section *section)
{
	for (size_t i = 0; i < section->n_figures; i++) {
		const struct plan_source *source = report_plan_find_source(build->plan, section->figures[i].of.source);

		if (!source || source->state != PLAN_ABSENT)
			return false;
	}
	return true;
}

static int add_text(const struct build *build, const struct section *section, courant_error **err)
{
	struct block *block = document_add_block(build->document, BLOCK_TEXT, slice_of(section->title), err);

	return block ? block_add_markup(block, slice_of(section->text), err) : -1;
}

static int add_section(struct build *build, const struct section *section, courant_error **err)
{
	switch (section->kind) {
	case SECTION_SUMMARY:
		return is_absent(build, section) ? 0 : build_summary(build, section, err);
	case SECTION_CHARTS:
		return build_charts(build, section, err);
	case SECTION_TABLE:
		return add_table(build, section, err);
	case SECTION_STATISTICS:
		return build_statistics(build, section, err);
	case SECTION_LATENCY:
		return quality_add_latency(build, section, err);
	case SECTION_AVAILABILITY:
		return quality_add_availability(build, section, err);
	case SECTION_TEXT:
		return add_text(build, section, err);
	}
	return 0;
}

/* The verdict promises samples of unreadable lines: they are there, whatever the file asks for. */
static int add_promised(const struct build *build, courant_error **err)
{
	const struct report_file *file = build->file;

	for (size_t k = 0; k < build->plan->n_sources; k++) {
		const struct log *log = &build->logs[k];
		/* A report that is not about the traffic says so only where it matters. */
		const uint64_t most = log->shows_traffic ? 0 : (uint64_t)(build->file->targets.rejected_share * (double)log->figures->lines);
		bool is_there = !log->weblog || log->figures->rejected <= most;

		for (size_t i = 0; i < file->n_sections && !is_there; i++)
			is_there = file->sections[i].kind == SECTION_TABLE && file->sections[i].what.table &&
				   slice_equal(slice_of(file->sections[i].what.table), SLICE("rejected"));
		if (!is_there && log_table(log, "rejected", 5, NULL, err) < 0)
			return -1;
	}
	return 0;
}

int build_sections(struct build *build, courant_error **err)
{
	if (quality_read(build, err) < 0)
		return -1;
	for (size_t i = 0; i < build->file->n_sections; i++)
		if (add_section(build, &build->file->sections[i], err) < 0)
			return -1;
	return add_promised(build, err);
}
