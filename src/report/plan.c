/* SPDX-License-Identifier: MIT */
/* plan.c - making and opening the sources of a report */
#include "report/plan.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "report/binding.h"
#include "report/general.h"
#include "report/yaml.h"
#include "weblog/weblog.h"

#define NAMES_MAX 64

void report_plan_release(struct report_plan *plan)
{
	for (size_t i = 0; i < plan->n_sources; i++) {
		figures_release(&plan->sources[i].figures);
		source_free(plan->sources[i].source);
		courant_error_free(plan->sources[i].failure);
	}
	free(plan->sources);
	*plan = (struct report_plan){.n_sources = 0};
}

struct plan_source *report_plan_find_source(const struct report_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_sources; i++)
		if (slice_equal(slice_of(name), slice_of(plan->sources[i].said->name)))
			return &plan->sources[i];
	return NULL;
}

bool report_plan_is_log(const struct plan_source *source)
{
	return file_source_has(source->said, SLICE("weblog"));
}

/* ---- Making ---- */

static void tell(const struct file_source *said, const struct source_wrong *wrong, const courant_error *error, struct faults *faults)
{
	const struct place place = wrong->setting >= said->n_settings ? said->place
				   : wrong->is_name                   ? said->name_places[wrong->setting]
								      : said->value_places[wrong->setting];

	if (wrong->setting >= said->n_settings)
		faults_add(faults, place.line, place.column, "the source \"%s\": %s", said->name, courant_error_sentence(error));
	else
		faults_add(faults, place.line, place.column, "%s", courant_error_sentence(error));
}

static int make_source(const struct report_plan *plan, const struct file_source *said, struct plan_source *ret, struct faults *faults, courant_error **err)
{
	const struct report_plan_request *request = &plan->request;
	const struct source_context context = {
		.zone = request->zone,
		.now_ms = request->now_ms,
		.folder = request->file->folder,
		.rrd_program = request->rrd_program,
	};
	struct source_wrong wrong = {said->n_settings, false};
	AUTO(error) courant_error *error = NULL;

	ret->said = said;
	ret->state = said->is_left_out ? PLAN_ABSENT : PLAN_OPEN;
	if (said->is_left_out || file_source_is_unnamed(said))
		return 0;
	ret->source = source_new(said->settings, said->n_settings, &context, &wrong, &error);
	if (ret->source)
		return 0;
	if (courant_error_code(error) != COURANT_CONFIG)
		return fail_pass(err, STEAL(error));
	tell(said, &wrong, error, faults);
	return 0;
}

/* A ledger keeps quarters of an hour. */
static bool has_ledger(const struct report_file *file)
{
	for (size_t i = 0; i < file->n_sources; i++)
		if (file_source_has(&file->sources[i], SLICE("state")))
			return true;
	return false;
}

static void choose_windows(struct report_plan *plan)
{
	const struct report_plan_request *request = &plan->request;
	const int64_t now_ms = has_ledger(request->file) ? request->now_ms - request->now_ms % (15 * MS_PER_MINUTE) : request->now_ms;

	period_window(&request->file->period, request->zone, now_ms, &plan->window);
	plan->is_whole = plan->window.from_ms == INT64_MIN;
	plan->wants_comparison = compare_window(request->file->compare, &plan->window, request->zone, &plan->former_window);
}

/* ---- Tables and columns ---- */

/* A part of a name that stands behind `before` in the file. */
static void tell_part(const struct reference *reference, size_t before, const char *sentence, struct faults *faults)
{
	faults_add(faults, reference->place.line, reference->place.line ? reference->place.column + (int)before : 0, "%s", sentence);
}

static size_t width_of(const char *name)
{
	return utf8_count(slice_of(name)) + 1; /* and its dot */
}

static void tell_column(const struct reference *reference, const struct source_table *table, struct faults *faults)
{
	const char *names[NAMES_MAX + 1] = {NULL};
	AUTO(buffer) struct buffer sentence = BUFFER_LIMIT(4000);

	for (size_t i = 0; i < table->n_columns && i < NAMES_MAX; i++)
		names[i] = table->columns[i].name;

	const char *nearest = nearest_word(slice_of(reference->column), names);

	buffer_printf(&sentence, "%s.%s has no column \"%s\"", reference->source, table->name, reference->column);
	if (nearest)
		buffer_printf(&sentence, "; did you mean \"%s\"?", nearest);
	for (size_t i = 0; !nearest && names[i]; i++)
		buffer_printf(&sentence, "%s%s", i ? ", " : "; there are ", names[i]);
	tell_part(reference, width_of(reference->source) + width_of(table->name), sentence.bytes ? sentence.bytes : "no such column", faults);
}

const struct source_table *report_plan_find_table(const struct report_plan *plan, const struct reference *reference, struct faults *faults, struct plan_source **ret_source)
{
	struct plan_source *source = report_plan_find_source(plan, reference->source);
	AUTO(error) courant_error *error = NULL;
	const struct source_table *table = source_find_table(source->source, slice_of(reference->table), &error);

	*ret_source = source;
	if (!table)
		tell_part(reference, width_of(reference->source), courant_error_sentence(error), faults);
	if (!table)
		return NULL;
	if (reference->column && table->columns && !source_table_has(table, reference->column)) {
		tell_column(reference, table, faults);
		return NULL;
	}
	return table;
}

/* The tables of a log are known before it is read, which may take a while. */
struct checking {
	const struct report_plan *plan;
	struct faults *faults;
};

static bool is_one_of(const char *name, const char *const *names)
{
	while (*names && !slice_equal(slice_of(*names), slice_of(name)))
		names++;
	return *names;
}

static void check_log(void *context, const struct reference *reference)
{
	const struct checking *checking = context;
	const struct plan_source *source = report_plan_find_source(checking->plan, reference->source);

	if (!source || !report_plan_is_log(source) || !reference->table || is_one_of(reference->table, weblog_table_names))
		return;

	const struct yaml_node table = {.text = slice_of(reference->table),
					.line = reference->place.line,
					.column = reference->place.line ? reference->place.column + (int)width_of(reference->source) : 0};

	yaml_unknown(&table, "table", weblog_table_names, checking->faults);
}

static void check_open(void *context, const struct reference *reference)
{
	const struct checking *checking = context;
	struct plan_source *source = report_plan_find_source(checking->plan, reference->source);

	if (source && source->state == PLAN_OPEN)
		(void)report_plan_find_table(checking->plan, reference, checking->faults, &source);
}

static void count_shown(void *context, const struct reference *reference)
{
	size_t *n = context;

	*n += !slice_equal(slice_of(reference->source), SLICE(QUALITY_NAME));
}

/* The sections of a built-in report may all be of kinds of sources that the file has not. */
static void check_shown(const struct report_file *file, struct faults *faults)
{
	size_t n = 0;

	for (size_t i = 0; i < file->n_sections; i++)
		n += file->sections[i].kind == SECTION_TEXT;
	binding_each(file, count_shown, &n);
	if (!n)
		faults_add(faults, file->sources_place.line, file->sources_place.column,
			   "the built-in report shows nothing of such sources: say with \"sections\" what is shown");
}

int report_plan_make(struct report_plan *plan, const struct report_plan_request *request, struct faults *faults, courant_error **err)
{
	const struct report_file *file = request->file;

	*plan = (struct report_plan){.request = *request, .sources = mem_array(file->n_sources ? file->n_sources : 1, sizeof *plan->sources)};
	if (!plan->sources)
		return fail_memory(err);
	choose_windows(plan);
	for (; plan->n_sources < file->n_sources; plan->n_sources++)
		if (make_source(plan, &file->sources[plan->n_sources], &plan->sources[plan->n_sources], faults, err) < 0)
			return -1;
	binding_each(file, check_log, &(struct checking){.plan = plan, .faults = faults});
	if (faults_is_empty(faults))
		check_shown(file, faults);
	return faults_is_empty(faults) ? 0 : report_file_fail(file->path, faults, err);
}

/* ---- Opening ---- */

int report_plan_fail(struct plan_source *source, courant_error *error, courant_error **err)
{
	if (courant_error_code(error) == COURANT_NO_MEMORY)
		return fail_pass(err, error);
	courant_error_free(source->failure);
	source->failure = error;
	source->state = PLAN_FAILED;
	return 0;
}

static int read_log(const struct report_plan *plan, struct plan_source *source, courant_error **err)
{
	struct figures *figures = &source->figures;
	struct weblog_facts facts;

	source->weblog = source_weblog(source->source);
	if (!source->weblog)
		return 0;
	figures->window = plan->window;
	figures->former_window = plan->former_window;
	figures->is_whole_log = plan->is_whole;
	figures->wants_comparison = plan->wants_comparison;
	figures->now_ms = plan->request.now_ms;
	weblog_facts(source->weblog, &facts);
	source->has_agents = facts.has_agents;
	return figures_read(figures, source->weblog, err);
}

/* What sources are asked for; returns how many windows. */
static size_t windows_of(const struct report_plan *plan, struct source_window ret[SOURCE_WINDOWS])
{
	ret[0] = (struct source_window){plan->window.from_ms, plan->window.to_ms};
	ret[1] = (struct source_window){plan->former_window.from_ms, plan->former_window.to_ms};
	return plan->wants_comparison ? 2 : 1;
}

static int open_source(const struct report_plan *plan, struct plan_source *source, courant_error **err)
{
	struct source_window windows[SOURCE_WINDOWS];
	const size_t n_windows = windows_of(plan, windows);
	AUTO(error) courant_error *error = NULL;

	if (source->state == PLAN_ABSENT)
		return 0;
	if (source->source && source_open(source->source, windows, n_windows, &error) == 0)
		return read_log(plan, source, err);

	const bool is_absent = source->said->is_optional && courant_error_code(error) == COURANT_NO_INPUT;

	if (report_plan_fail(source, STEAL(error), err) < 0)
		return -1;
	source->state = is_absent ? PLAN_ABSENT : PLAN_FAILED;
	return 0;
}

/* Of what is open. */
static int check_tables(struct report_plan *plan, struct faults *faults, courant_error **err)
{
	if (general_show(plan, err) < 0)
		return -1;
	binding_each(plan->request.file, check_open, &(struct checking){.plan = plan, .faults = faults});
	return faults_is_empty(faults) ? 0 : report_file_fail(plan->request.file->path, faults, err);
}

int report_plan_open(struct report_plan *plan, struct faults *faults, courant_error **err)
{
	for (size_t i = 0; i < plan->n_sources; i++)
		if (open_source(plan, &plan->sources[i], err) < 0)
			return -1;
	return check_tables(plan, faults, err);
}

/* ---- Looking ---- */

static int add_remark(const struct plan_source *source, const char *path, const courant_error *error, struct texts *remarks, courant_error **err)
{
	AUTO(buffer) struct buffer remark = BUFFER_LIMIT(8000);

	buffer_printf(&remark, "%s:", path);
	/* Those of the built-in reports stand in no line. */
	if (source->said->place.line)
		buffer_printf(&remark, "%d:%d:", source->said->place.line, source->said->place.column);
	buffer_printf(&remark, " the source \"%s\" cannot be read here: %s", source->said->name, courant_error_sentence(error));
	return buffer_check(&remark, err) < 0 ? -1 : texts_add(remarks, buffer_peek(&remark), err);
}

static int look_at_source(const struct report_plan *plan, struct plan_source *source, struct faults *faults, struct texts *remarks, courant_error **err)
{
	const struct source_wrong whole = {source->said->n_settings, false};
	struct source_window windows[SOURCE_WINDOWS];
	const size_t n_windows = windows_of(plan, windows);
	AUTO(error) courant_error *error = NULL;
	bool is_open = false;

	if (source->state == PLAN_ABSENT)
		return 0;
	if (source->source && source_look(source->source, windows, n_windows, &is_open, &error) == 0) {
		source->state = is_open ? PLAN_OPEN : PLAN_ABSENT;
		return 0;
	}
	source->state = PLAN_ABSENT;
	if (courant_error_code(error) == COURANT_NO_MEMORY)
		return fail_pass(err, STEAL(error));
	if (courant_error_code(error) != COURANT_CONFIG)
		return !error || source->said->is_optional ? 0 : add_remark(source, plan->request.file->path, error, remarks, err);
	tell(source->said, &whole, error, faults);
	return 0;
}

int report_plan_look(struct report_plan *plan, struct faults *faults, struct texts *remarks, courant_error **err)
{
	for (size_t i = 0; i < plan->n_sources; i++)
		if (look_at_source(plan, &plan->sources[i], faults, remarks, err) < 0)
			return -1;
	return check_tables(plan, faults, err);
}

struct table *report_plan_take(const struct plan_source *source, const struct source_table *table, const struct source_request *request, courant_error **err)
{
	return source_take(source->source, table, request, err);
}
