/* SPDX-License-Identifier: MIT */
/* agenda.c - report files and their runs (agenda.h) */
#include "report/agenda.h"

#include "base/alloc.h"

static void entry_release(struct agenda_entry *entry)
{
	free(entry->path);
	report_file_release(&entry->file);
	zone_free(entry->zone);
}
AUTO_DEFINE_VALUE(entry, struct agenda_entry, entry_release)

void agenda_release(struct agenda *agenda)
{
	for (size_t i = 0; i < agenda->n; i++)
		entry_release(&agenda->entries[i]);
	free(agenda->entries);
	*agenda = (struct agenda){0};
}

static int find_all(const struct config *config, struct texts *ret, courant_error **err)
{
	for (size_t i = 0; i < config->reports.n; i++) {
		AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
		const char *pattern = config->reports.items[i];
		slice whole;

		if (pattern[0] != '/' && config->folder && config->folder[0])
			buffer_printf(&path, "%s/", config->folder);
		buffer_append(&path, slice_of(pattern));
		if (buffer_slice(&path, &whole, err) < 0 || texts_add_paths(ret, whole.ptr, "report file", err) < 0)
			return -1;
	}
	return 0;
}

static int fail_one_name(slice name, const char *first, const char *second, courant_error **err)
{
	return fail(err, COURANT_CONFIG, "two reports are named %.*s, %s and %s: their mails are told apart by that name, rename one of the files", SLICE_ARGS(name),
	            first, second);
}

int agenda_find_files(const struct config *config, struct texts *ret, courant_error **err)
{
	if (find_all(config, ret, err) < 0)
		return -1;
	for (size_t i = 1; i < ret->n; i++) {
		const slice name = report_file_name(slice_of(ret->items[i]));

		for (size_t k = 0; k < i; k++)
			if (slice_equal(report_file_name(slice_of(ret->items[k])), name) && strcmp(ret->items[k], ret->items[i]) != 0)
				return fail_one_name(name, ret->items[k], ret->items[i], err);
	}
	return 0;
}

int agenda_find_named(const struct config *config, slice name, struct buffer *ret, courant_error **err)
{
	AUTO(texts) struct texts paths = {NULL, 0};
	const char *found = NULL;

	/* A pattern that matches nothing is told by those who want every report. */
	if (find_all(config, &paths, NULL) < 0)
		return 0;
	for (size_t i = 0; i < paths.n; i++) {
		if (!slice_equal(report_file_name(slice_of(paths.items[i])), name))
			continue;
		if (found && strcmp(found, paths.items[i]) != 0)
			return fail_one_name(name, found, paths.items[i], err);
		found = paths.items[i];
	}
	if (!found)
		return 0;
	buffer_append(ret, slice_of(found));
	return buffer_check(ret, err) < 0 ? -1 : 1;
}

int agenda_add(struct agenda *agenda, const char *path, const struct config *config, struct faults *faults, courant_error **err)
{
	AUTO(entry) struct agenda_entry entry = {0};

	if (report_file_load(path, faults, &entry.file, err) < 0)
		return -1;
	if (!entry.file.has_schedule) {
		agenda->n_unscheduled++;
		return 0;
	}

	const char *zone = entry.file.timezone ? entry.file.timezone : config->timezone;

	entry.zone = zone ? zone_load(slice_of(zone), err) : zone_load_system(err);
	if (!entry.zone)
		return -1;
	entry.path = mem_copy_text(path);

	struct agenda_entry *grown = entry.path ? mem_resize(agenda->entries, agenda->n + 1, sizeof *grown) : NULL;

	if (!grown)
		return fail_memory(err);
	agenda->entries = grown;
	grown[agenda->n++] = entry;
	entry = (struct agenda_entry){0};
	return 0;
}

static void advance(struct agenda_entry *entry, int64_t after_ms)
{
	entry->has_next = schedule_next(&entry->file.schedule, &entry->file.period, entry->zone, after_ms, &entry->next);
}

void agenda_start(struct agenda *agenda, int64_t after_ms)
{
	for (size_t i = 0; i < agenda->n; i++)
		advance(&agenda->entries[i], after_ms);
}

const struct agenda_entry *agenda_next(struct agenda *agenda, struct schedule_slot *ret)
{
	struct agenda_entry *first = NULL;

	for (size_t i = 0; i < agenda->n; i++) {
		struct agenda_entry *entry = &agenda->entries[i];

		if (entry->has_next && (!first || entry->next.at_ms < first->next.at_ms))
			first = entry;
	}
	if (!first)
		return NULL;
	*ret = first->next;
	advance(first, ret->at_ms);
	return first;
}
