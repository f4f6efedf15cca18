/* SPDX-License-Identifier: MIT */
/* attachments.c - reading "- workbook: 周报({week}周).xlsx" and "- file: notes.pdf" */
#include "report/attachments.h"

#include "base/alloc.h"
#include "report/enclosures.h"
#include "report/wanted.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

struct attachment_reading {
	struct report_file *file;
	struct attachment *attachment;
	const struct yaml_node *workbook, *path, *sheets, *name, *type; /* the keys that are there */
};

static void read_workbook(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct attachment_reading *reading = into;

	reading->workbook = key;
	/* '': it is named after the report and its period. */
	reading->attachment->workbook = value->kind == YAML_TEXT && !value->is_plain && !value->text.len ? "" : wanted_line(reading->file, key, value, faults);
	if (value->kind == YAML_TEXT)
		enclosure_check_name(value, faults);
}

static void read_path(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct attachment_reading *reading = into;

	reading->path = key;
	reading->attachment->path = wanted_line(reading->file, key, value, faults);
}

static void read_name(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct attachment_reading *reading = into;

	reading->name = key;
	reading->attachment->name = wanted_line(reading->file, key, value, faults);
	if (value->kind == YAML_TEXT)
		enclosure_check_name(value, faults);
}

static void read_type(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct attachment_reading *reading = into;

	reading->type = key;
	reading->attachment->type = wanted_line(reading->file, key, value, faults);
}

static void read_sheets(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct attachment_reading *reading = into;

	reading->sheets = key;
	wanted_read_references(reading->file, &reading->attachment->sheets, &reading->attachment->n_sheets, key, value, faults);
}

static const struct yaml_key attachment_keys[] = {
	{"workbook", read_workbook}, {"sheets", read_sheets}, {"file", read_path}, {"name", read_name}, {"type", read_type},
};

static void misplaced(const struct yaml_node *key, const char *beside, struct faults *faults)
{
	if (key)
		faults_add(faults, key->line, key->column, "\"%.*s\" has a meaning only beside \"%s\"", SLICE_ARGS(key->text), beside);
}

static void check_keys(const struct attachment_reading *reading, const struct yaml_node *item, struct faults *faults)
{
	if (!reading->workbook == !reading->path)
		faults_add(faults, item->line, item->column, "an attachment is either a \"workbook\" or a \"file\"");
	else if (reading->path)
		misplaced(reading->sheets, "workbook", faults);
	else {
		misplaced(reading->name, "file", faults);
		misplaced(reading->type, "file", faults);
	}
}

static void read_attachment(struct report_file *file, const struct yaml_node *key, const struct yaml_node *item, struct faults *faults)
{
	struct attachment_reading reading = {.file = file, .attachment = &file->attachments[file->n_attachments++]};
	const size_t before = faults->n + faults->n_more;

	reading.attachment->place = place_in(file, item);
	/* A path alone. */
	if (item->kind == YAML_TEXT) {
		reading.attachment->path = wanted_line(file, key, item, faults);
		return;
	}
	yaml_read_map(item, "an attachment", attachment_keys, LENGTH(attachment_keys), &reading, faults);
	if (faults->n + faults->n_more == before)
		check_keys(&reading, item, faults);
}

void attachments_read(struct report_file *file, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	attachments_release(file);
	/* "attach: []": nothing, where the built-in report attaches something. */
	if (value->kind == YAML_LIST && !value->first)
		return;
	if (!(file->attachments = mem_array(ATTACHMENTS_MAX, sizeof *file->attachments))) {
		faults_add(faults, value->line, value->column, "no memory for the attachments");
		return;
	}
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		if (file->n_attachments == ATTACHMENTS_MAX) {
			faults_add(faults, item->line, item->column, "more than %d attachments", ATTACHMENTS_MAX);
			return;
		}
		read_attachment(file, key, item, faults);
	}
}

void attachments_release(struct report_file *file)
{
	for (size_t i = 0; i < file->n_attachments; i++)
		free(file->attachments[i].sheets);
	free(file->attachments);
	file->attachments = NULL;
	file->n_attachments = 0;
}
