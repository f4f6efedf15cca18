/* SPDX-License-Identifier: MIT */
/* sections.c - reading "- table: web.pages" with its "top: 10" */
#include "report/sections.h"

#include "base/alloc.h"
#include "report/builtin.h"
#include "report/values.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))
#define TOP_DEFAULT  10
#define TOP_MAX      100 /* a mail is cut by its readers above some 100 KB */

static const char *const summary_tables[] = {"totals", NULL};
static const char *const chart_tables[] = {"hours", "days", "hours_of_day", NULL};
static const char *const table_tables[] = {
        "status",  "status_classes", "methods",  "paths",   "pages",  "files",    "not_found",
        "failing", "referrers",      "browsers", "systems", "robots", "rejected", "days", NULL};

struct section_reading {
	const struct report_file *file;
	struct section *section;
	const struct yaml_node *what; /* the key that says what kind it is */
	const struct yaml_node *top;  /* the key */
};

/* A section is one thing only. */
static bool is_first(struct section_reading *reading, const struct yaml_node *key,
                     struct faults *faults)
{
	if (reading->what) {
		faults_add(faults, key->line, key->column,
		           "a section is one thing: \"%.*s\" stands beside \"%.*s\"",
		           SLICE_ARGS(key->text), SLICE_ARGS(reading->what->text));
		return false;
	}
	reading->what = key;
	return true;
}

/* "web.pages": the source, a dot, one of the tables. */
static void read_table_name(struct section_reading *reading, enum section_kind kind,
                            const char *const *tables, const struct yaml_node *key,
                            const struct yaml_node *value, struct faults *faults)
{
	slice rest, source;

	if (!is_first(reading, key, faults) || !yaml_read_text(key, value, faults, &rest))
		return;
	reading->section->kind = kind;
	const slice whole = rest;
	(void)slice_next(&rest, '.', &source);
	if (source.len == whole.len || !slice_equal(source, slice_of(reading->file->source))) {
		faults_add(faults, value->line, value->column,
		           "\"%.*s\" must be a table of the source \"%s\": %s.%s",
		           SLICE_ARGS(whole), reading->file->source, reading->file->source,
		           tables[0]);
		return;
	}
	for (; *tables; tables++) {
		if (slice_equal(rest, slice_of(*tables))) {
			reading->section->table = *tables;
			return;
		}
	}
	const struct yaml_node table = {
	        .text = rest, .line = value->line, .column = value->column + (int)source.len + 1};
	yaml_unknown(&table, "table",
	             kind == SECTION_SUMMARY ? summary_tables
	             : kind == SECTION_CHART ? chart_tables
	                                     : table_tables,
	             faults);
}

static void read_summary(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	read_table_name(into, SECTION_SUMMARY, summary_tables, key, value, faults);
}

static void read_chart(void *into, const struct yaml_node *key, const struct yaml_node *value,
                       struct faults *faults)
{
	read_table_name(into, SECTION_CHART, chart_tables, key, value, faults);
}

static void read_table(void *into, const struct yaml_node *key, const struct yaml_node *value,
                       struct faults *faults)
{
	read_table_name(into, SECTION_TABLE, table_tables, key, value, faults);
}

static void read_text(void *into, const struct yaml_node *key, const struct yaml_node *value,
                      struct faults *faults)
{
	struct section_reading *reading = into;

	if (!is_first(reading, key, faults))
		return;
	reading->section->kind = SECTION_TEXT;
	value_read_text(&reading->section->text, key, value, faults);
}

static void read_top(void *into, const struct yaml_node *key, const struct yaml_node *value,
                     struct faults *faults)
{
	struct section_reading *reading = into;

	reading->top = key;
	value_read_count(&reading->section->top, 1, TOP_MAX, key, value, faults);
}

static void read_title(void *into, const struct yaml_node *key, const struct yaml_node *value,
                       struct faults *faults)
{
	value_read_line(&((struct section_reading *)into)->section->title, key, value, faults);
}

static const struct yaml_key section_keys[] = {
        {"summary", read_summary}, {"chart", read_chart}, {"table", read_table},
        {"text", read_text},       {"top", read_top},     {"title", read_title},
};

static void read_section(struct report_file *file, const struct yaml_node *item,
                         struct faults *faults)
{
	struct section *section = &file->sections[file->n_sections++];
	struct section_reading reading = {.file = file, .section = section};
	const size_t before = faults->n + faults->n_more;

	section->top = TOP_DEFAULT;
	yaml_read_map(item, "a section", section_keys, LENGTH(section_keys), &reading, faults);
	if (faults->n + faults->n_more > before)
		return;
	if (!reading.what)
		faults_add(faults, item->line, item->column,
		           "a section needs one of summary, chart, table and text");
	else if (reading.top && section->kind != SECTION_TABLE)
		faults_add(faults, reading.top->line, reading.top->column,
		           "\"top\" has a meaning only beside \"table\"");
}

void sections_read(struct report_file *file, const struct yaml_node *list, struct faults *faults)
{
	if (list->kind != YAML_LIST || !list->first) {
		faults_add(faults, list->line, list->column,
		           "\"sections\" is a list (- summary: %s.totals), not %s", file->source,
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
			faults_add(faults, item->line, item->column, "more than %d sections",
			           SECTIONS_MAX);
			return;
		}
		read_section(file, item, faults);
	}
}

int sections_set_default(struct report_file *file, courant_error **err)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(report_file) struct report_file builtin = {0};

	faults_init(&faults, SLICE("traffic"));
	if (report_file_parse(builtin_traffic(), "traffic", "", &faults, &builtin, err) < 0)
		return -1;
	sections_release(file);
	file->sections = STEAL(builtin.sections);
	file->n_sections = builtin.n_sections;
	builtin.n_sections = 0;
	return 0;
}

void sections_release(struct report_file *file)
{
	for (size_t i = 0; i < file->n_sections; i++) {
		free(file->sections[i].title);
		free(file->sections[i].text);
	}
	free(file->sections);
	file->sections = NULL;
	file->n_sections = 0;
}
