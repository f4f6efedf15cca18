/* SPDX-License-Identifier: MIT */
/* general.c - sections for the series of any source (general.h) */
#include "report/general.h"

#include <string.h>

#include "base/alloc.h"
#include "report/binding.h"
#include "report/known.h"

#define PICTURES_MAX 24 /* that many can be looked at, and fit into a mail */

struct asked {
	const struct plan_source *source;
	size_t n_lacking; /* of what the built-in report asks for */
};

static void count_lacking(void *context, const struct reference *reference)
{
	struct asked *asked = context;

	if (reference->place.line || !slice_equal(slice_of(reference->source), slice_of(asked->source->said->name)))
		return;

	const struct source_table *table = source_find_table(asked->source->source, slice_of(reference->table), NULL);

	asked->n_lacking += !table || (reference->column && table->columns && !source_table_has(table, reference->column));
}

/* ---- A section of pictures ---- */

struct filling {
	struct report_file *file;
	struct section *section;
	const char *source;
};

/* A table that is known is drawn as it is elsewhere: `column` is NULL. Of any other each column alone, called by its name. */
static int add_chart(struct filling *filling, const char *table, const char *column, courant_error **err)
{
	struct wanted_chart chart = {.of = {.source = filling->source, .table = report_file_keep(filling->file, slice_of(table))}};

	if (!chart.of.table)
		return fail_memory(err);
	if (filling->section->n_charts == PICTURES_MAX)
		return 0;
	if (column) {
		chart.title = report_file_keep(filling->file, slice_of(column));
		chart.columns.items = chart.title ? mem_alloc(sizeof *chart.columns.items) : NULL;
		if (!chart.columns.items)
			return fail_memory(err);
		chart.columns.items[chart.columns.n++] = (struct wanted_column){.name = chart.title};
	}
	filling->section->charts[filling->section->n_charts++] = chart;
	return 0;
}

static int add_charts(struct filling *filling, const struct source_table *table, courant_error **err)
{
	if (!table->is_series)
		return 0;
	if (known_series_find(table->name))
		return add_chart(filling, table->name, NULL, err);
	/* The first column is the time. */
	for (size_t i = 1; i < table->n_columns; i++)
		if (add_chart(filling, table->name, table->columns[i].name, err) < 0)
			return -1;
	return 0;
}

static int fill(struct report_file *file, struct section *section, const struct plan_source *source, courant_error **err)
{
	struct filling filling = {file, section, source->said->name};
	const struct source_table *table;

	section->charts = mem_array(PICTURES_MAX, sizeof *section->charts);
	if (!section->charts)
		return fail_memory(err);
	for (size_t i = 0; (table = source_table_at(source->source, i)); i++)
		if (add_charts(&filling, table, err) < 0)
			return -1;
	return 0;
}

/* The statistics of all pictures; the number of sections: there are none. */
static size_t find_statistics(const struct report_file *file)
{
	size_t i = 0;

	while (i < file->n_sections && (file->sections[i].kind != SECTION_STATISTICS || file->sections[i].n_charts))
		i++;
	return i;
}

/* The pictures, and what they come to. */
static int add_sections(struct report_file *file, const struct plan_source *source, courant_error **err)
{
	struct section *grown = mem_resize(file->sections, file->n_sections + 2, sizeof *grown);

	if (!grown)
		return fail_memory(err);
	file->sections = grown;

	const size_t at = find_statistics(file);

	if (at == file->n_sections)
		grown[file->n_sections++] = (struct section){.kind = SECTION_STATISTICS};
	memmove(&grown[at + 1], &grown[at], (file->n_sections - at) * sizeof *grown);
	file->n_sections++;
	grown[at] = (struct section){.kind = SECTION_CHARTS};
	return fill(file, &grown[at], source, err);
}

int general_show(struct report_plan *plan, courant_error **err)
{
	struct report_file *file = (struct report_file *)plan->request.file;

	for (size_t i = 0; i < plan->n_sources; i++) {
		const struct plan_source *source = &plan->sources[i];
		struct asked asked = {.source = source};

		if (source->state != PLAN_OPEN || !source->source || report_plan_is_log(source))
			continue;
		binding_each(file, count_lacking, &asked);
		if (!asked.n_lacking)
			continue;
		binding_drop(file, source->said->name);
		if (add_sections(file, source, err) < 0)
			return -1;
	}
	return 0;
}
