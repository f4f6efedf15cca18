/* SPDX-License-Identifier: MIT */
/* sections.c - reading "- table: web.pages" with its "top: 10" */
#include "report/sections.h"

#include "base/alloc.h"
#include "report/values.h"
#include "report/wanted.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))
#define TOP_DEFAULT  10
#define TOP_MAX      100 /* a mail is cut by its readers above some 100 KB */

struct section_reading {
	struct report_file *file;
	struct section *section;
	const struct yaml_node *what; /* the key that says what kind it is */
	const struct yaml_node *top, *columns; /* the keys */
};

/* A section is one thing only. */
static bool begin(struct section_reading *reading, enum section_kind kind, const struct yaml_node *key, struct faults *faults)
{
	if (reading->what) {
		faults_add(faults, key->line, key->column, "a section is one thing: \"%.*s\" stands beside \"%.*s\"", SLICE_ARGS(key->text),
			   SLICE_ARGS(reading->what->text));
		return false;
	}
	reading->what = key;
	reading->section->kind = kind;
	return true;
}

static void read_summary(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct section_reading *reading = into;

	if (begin(reading, SECTION_SUMMARY, key, faults))
		wanted_read_figures(reading->file, reading->section, key, value, faults);
}

static void read_charts(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct section_reading *reading = into;

	if (begin(reading, SECTION_CHARTS, key, faults))
		wanted_read_charts(reading->file, reading->section, key, value, faults);
}

static void read_chart(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	if (value->kind == YAML_LIST)
		faults_add(faults, value->line, value->column, "\"chart\" is one of them; a list is written behind \"charts\"");
	else
		read_charts(into, key, value, faults);
}

static void read_table(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct section_reading *reading = into;

	if (begin(reading, SECTION_TABLE, key, faults))
		wanted_read_reference(reading->file, &reading->section->what, key, value, faults);
}

/* "charts": of the pictures that the report has anyway. */
static void read_statistics(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct section_reading *reading = into;

	if (begin(reading, SECTION_STATISTICS, key, faults) && !(value->kind == YAML_TEXT && slice_equal(value->text, SLICE("charts"))))
		wanted_read_charts(reading->file, reading->section, key, value, faults);
}

static void read_sources(struct section_reading *reading, enum section_kind kind, const struct yaml_node *key, const struct yaml_node *value,
			 struct faults *faults)
{
	if (begin(reading, kind, key, faults))
		wanted_read_references(reading->file, &reading->section->sources, &reading->section->n_sources, key, value, faults);
}

static void read_latency(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	read_sources(into, SECTION_LATENCY, key, value, faults);
}

static void read_availability(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	read_sources(into, SECTION_AVAILABILITY, key, value, faults);
}

static void read_text(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct section_reading *reading = into;
	slice text;

	if (!begin(reading, SECTION_TEXT, key, faults) || !yaml_read_text(key, value, faults, &text))
		return;
	if (!(reading->section->text = report_file_keep(reading->file, text)))
		faults_add(faults, value->line, value->column, "no memory for this text");
}

static void read_top(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct section_reading *reading = into;

	reading->top = key;
	value_read_count(&reading->section->top, 1, TOP_MAX, key, value, faults);
}

static void read_columns(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct section_reading *reading = into;

	reading->columns = key;
	wanted_read_columns(reading->file, &reading->section->columns, key, value, faults);
}

static void read_title(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct section_reading *reading = into;

	reading->section->title = wanted_line(reading->file, key, value, faults);
}

static void read_when(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	wanted_read_when(&((struct section_reading *)into)->section->least_rows, key, value, faults);
}

static const struct yaml_key section_keys[] = {
	{"summary", read_summary}, {"chart", read_chart},	  {"charts", read_charts}, {"table", read_table},     {"statistics", read_statistics}, {"latency", read_latency},
	{"availability", read_availability}, {"text", read_text}, {"top", read_top},   {"columns", read_columns}, {"title", read_title}, {"when", read_when},
};

/* What has a meaning only beside a table, and stands elsewhere. */
static void check_companion(const struct section *section, const struct yaml_node *companion, struct faults *faults)
{
	if (companion && section->kind != SECTION_TABLE)
		faults_add(faults, companion->line, companion->column, "\"%.*s\" has a meaning only beside \"table\"", SLICE_ARGS(companion->text));
}

static void read_section(struct report_file *file, const struct yaml_node *item, struct faults *faults)
{
	struct section *section = &file->sections[file->n_sections++];
	struct section_reading reading = {.file = file, .section = section};
	const size_t before = faults->n + faults->n_more;

	section->top = TOP_DEFAULT;
	section->place = place_in(file, item);
	yaml_read_map(item, "a section", section_keys, LENGTH(section_keys), &reading, faults);
	if (faults->n + faults->n_more > before)
		return;
	if (!reading.what) {
		faults_add(faults, item->line, item->column,
			   "a section needs one of summary, chart, charts, table, statistics, latency, availability and text");
		return;
	}
	check_companion(section, reading.top, faults);
	check_companion(section, reading.columns, faults);
}

void sections_read(struct report_file *file, const struct yaml_node *list, struct faults *faults)
{
	if (list->kind != YAML_LIST || !list->first) {
		faults_add(faults, list->line, list->column, "\"sections\" is a list (- summary: web.totals), not %s",
			   list->kind == YAML_LIST ? "an empty one" : yaml_kind_name(list));
		return;
	}
	sections_release(file);
	if (!(file->sections = mem_array(SECTIONS_MAX, sizeof *file->sections))) {
		faults_add(faults, list->line, list->column, "no memory for the sections");
		return;
	}
	for (const struct yaml_node *item = list->first; item; item = item->next) {
		if (file->n_sections == SECTIONS_MAX) {
			faults_add(faults, item->line, item->column, "more than %d sections", SECTIONS_MAX);
			return;
		}
		read_section(file, item, faults);
	}
}

void section_release(struct section *section)
{
	for (size_t i = 0; i < section->n_charts; i++)
		free(section->charts[i].columns.items);
	free(section->charts);
	free(section->figures);
	free(section->columns.items);
	free(section->sources);
	*section = (struct section){.text = NULL};
}

void sections_release(struct report_file *file)
{
	for (size_t i = 0; i < file->n_sections; i++)
		section_release(&file->sections[i]);
	free(file->sections);
	file->sections = NULL;
	file->n_sections = 0;
}
