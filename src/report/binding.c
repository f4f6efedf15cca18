/* SPDX-License-Identifier: MIT */
/* binding.c - going through every name of a source (binding.h) */
#include "report/binding.h"

#include <stdlib.h>

#include "base/nearest.h"
#include "report/sections.h"

#define NAMES_MAX 64

/* What is done with each name. False: what it stands in is to go. */
struct visitor {
	bool (*visit)(void *context, struct reference *);
	void *context;
};

static void visit_figures(const struct visitor *visitor, struct section *section)
{
	size_t kept = 0;

	for (size_t i = 0; i < section->n_figures; i++) {
		struct wanted_figure *figure = &section->figures[i];
		const bool stays = visitor->visit(visitor->context, &figure->of);

		if ((!figure->whole.source || visitor->visit(visitor->context, &figure->whole)) && stays)
			section->figures[kept++] = *figure;
	}
	section->n_figures = kept;
}

static void visit_charts(const struct visitor *visitor, struct section *section)
{
	size_t kept = 0;

	for (size_t i = 0; i < section->n_charts; i++) {
		struct wanted_chart *chart = &section->charts[i];

		if (!visitor->visit(visitor->context, &chart->of)) {
			free(chart->columns.items);
			continue;
		}
		section->charts[kept++] = *chart;
	}
	section->n_charts = kept;
}

static size_t visit_references(const struct visitor *visitor, struct reference *references, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (visitor->visit(visitor->context, &references[i]))
			references[kept++] = references[i];
	return kept;
}

/* Whether the section still has something to show. */
static bool visit_section(const struct visitor *visitor, struct section *section)
{
	switch (section->kind) {
	case SECTION_SUMMARY:
		visit_figures(visitor, section);
		return section->n_figures > 0;
	case SECTION_CHARTS:
		visit_charts(visitor, section);
		return section->n_charts > 0;
	case SECTION_STATISTICS:
		if (section->n_charts == 0)
			return true;
		visit_charts(visitor, section);
		return section->n_charts > 0;
	case SECTION_TABLE:
		return visitor->visit(visitor->context, &section->what);
	case SECTION_LATENCY:
	case SECTION_AVAILABILITY:
		section->n_sources = visit_references(visitor, section->sources, section->n_sources);
		return section->n_sources > 0;
	case SECTION_TEXT:
		return true;
	}
	return true;
}

static void visit_sections(const struct visitor *visitor, struct report_file *file)
{
	size_t kept = 0;

	for (size_t i = 0; i < file->n_sections; i++) {
		if (visit_section(visitor, &file->sections[i]))
			file->sections[kept++] = file->sections[i];
		else
			section_release(&file->sections[i]);
	}
	file->n_sections = kept;
}

static void visit_attachments(const struct visitor *visitor, struct report_file *file)
{
	for (size_t i = 0; i < file->n_attachments; i++) {
		struct attachment *attachment = &file->attachments[i];

		attachment->n_sheets = visit_references(visitor, attachment->sheets, attachment->n_sheets);
	}
}

static void visit_part(const struct visitor *visitor, struct report_file *file, enum binding_part part)
{
	switch (part) {
	case BINDING_SECTIONS:
		visit_sections(visitor, file);
		return;
	case BINDING_ATTACHMENTS:
		visit_attachments(visitor, file);
		return;
	}
}

static bool is_quality(const struct reference *reference)
{
	return slice_equal(slice_of(reference->source), SLICE(QUALITY_NAME));
}

/* ---- Looking ---- */

struct looking {
	binding_look *look;
	void *context;
};

static bool look_at(void *context, struct reference *reference)
{
	const struct looking *looking = context;

	looking->look(looking->context, reference);
	return true;
}

void binding_each(const struct report_file *file, binding_look *look, void *context)
{
	struct looking looking = {look, context};
	const struct visitor visitor = {look_at, &looking};

	/* Nothing is taken out, since all stay. */
	visit_part(&visitor, (struct report_file *)file, BINDING_SECTIONS);
	visit_part(&visitor, (struct report_file *)file, BINDING_ATTACHMENTS);
}

/* ---- Checking ---- */

struct checking {
	const struct report_file *file;
	struct faults *faults;
};

static bool check(void *context, struct reference *reference)
{
	const struct checking *checking = context;
	const char *names[NAMES_MAX + 1] = {NULL};
	const slice name = slice_of(reference->source);
	AUTO(buffer) struct buffer known = BUFFER_LIMIT(4000);

	if (!reference->source || is_quality(reference) || report_file_find_source(checking->file, reference->source))
		return true;
	for (size_t i = 0; i < checking->file->n_sources && i < NAMES_MAX; i++) {
		names[i] = checking->file->sources[i].name;
		buffer_printf(&known, "%s%s", i ? ", " : "", names[i]);
	}

	const char *nearest = nearest_word(name, names);

	if (nearest)
		faults_add(checking->faults, reference->place.line, reference->place.column, "there is no source \"%.*s\"; did you mean \"%s\"?", SLICE_ARGS(name), nearest);
	else if (names[0])
		faults_add(checking->faults, reference->place.line, reference->place.column, "there is no source \"%.*s\"; there are %.*s", SLICE_ARGS(name),
			   SLICE_ARGS(buffer_peek(&known)));
	else
		faults_add(checking->faults, reference->place.line, reference->place.column, "there is no source \"%.*s\": \"sources\" names none", SLICE_ARGS(name));
	return true;
}

void binding_check(const struct report_file *file, enum binding_part part, struct faults *faults)
{
	struct checking checking = {file, faults};
	const struct visitor visitor = {check, &checking};

	visit_part(&visitor, (struct report_file *)file, part);
}

/* ---- Dropping ---- */

static bool drop(void *context, struct reference *reference)
{
	const char *source = context;

	return reference->place.line || !slice_equal(slice_of(reference->source), slice_of(source));
}

void binding_drop(struct report_file *file, const char *source)
{
	const struct visitor visitor = {drop, (void *)source};

	visit_sections(&visitor, file);
	visit_attachments(&visitor, file);
}

/* ---- Adopting ---- */

/* A built-in report says the kind first. */
static slice kind_of(const struct file_source *former)
{
	return former->n_settings ? former->settings[0].name : SLICE("");
}

struct adoption {
	const struct file_source *former;
	size_t n;
	const char *now[NAMES_MAX]; /* of each former source: its name in the file; NULL: none */
};

static bool adopt(void *context, struct reference *reference)
{
	const struct adoption *adoption = context;

	for (size_t i = 0; i < adoption->n; i++) {
		if (slice_equal(slice_of(reference->source), slice_of(adoption->former[i].name))) {
			reference->source = adoption->now[i];
			return reference->source;
		}
	}
	return is_quality(reference);
}

static bool is_taken(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (names[i] == name)
			return true;
	return false;
}

static const char *first_of_kind(const struct report_file *file, slice kind, const char *const *taken, size_t n)
{
	for (size_t i = 0; i < file->n_sources; i++)
		if (!is_taken(file->sources[i].name, taken, n) && file_source_has(&file->sources[i], kind))
			return file->sources[i].name;
	return NULL;
}

void binding_adopt(struct report_file *file, enum binding_part part, const struct file_source *former, size_t n_former)
{
	struct adoption adoption = {.former = former, .n = n_former < NAMES_MAX ? n_former : NAMES_MAX};
	const struct visitor visitor = {adopt, &adoption};

	/* The same name first: it is not to be taken by another one. */
	for (size_t i = 0; i < adoption.n; i++) {
		const struct file_source *same = report_file_find_source(file, former[i].name);

		adoption.now[i] = same ? same->name : NULL;
	}
	for (size_t i = 0; i < adoption.n; i++)
		if (!adoption.now[i])
			adoption.now[i] = first_of_kind(file, kind_of(&former[i]), adoption.now, adoption.n);
	visit_part(&visitor, file, part);
}
