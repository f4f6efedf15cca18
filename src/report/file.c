/* SPDX-License-Identifier: MIT */
/* file.c - from the YAML tree of a report file to what it asks for */
#include "report/file.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/nearest.h"
#include "report/attachments.h"
#include "report/binding.h"
#include "report/builtin.h"
#include "report/file_sources.h"
#include "report/sections.h"
#include "report/values.h"
#include "report/wanted.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

struct reading {
	struct report_file *file;
	bool has_sources, has_sections, has_attachments; /* of its own */
	struct file_source *former; /* the built-in report's sources, when the file has its own */
	size_t n_former;
};

static const char *const report_kinds[] = {[REPORT_PERFORMANCE] = "performance", [REPORT_QUALITY] = "quality", [REPORT_TRAFFIC] = "traffic", NULL};

static slice builtin_text(enum report_kind kind)
{
	switch (kind) {
	case REPORT_PERFORMANCE:
		return builtin_performance();
	case REPORT_QUALITY:
		return builtin_quality();
	case REPORT_TRAFFIC:
		return builtin_traffic();
	case REPORT_OWN:
		return SLICE("");
	}
	return SLICE("");
}

const char *report_file_keep(struct report_file *file, slice text)
{
	return texts_add(&file->kept, text, NULL) < 0 ? NULL : file->kept.items[file->kept.n - 1];
}

/* The key has been looked at before all others (choose_builtin). */
static void read_report(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	unsigned kind;

	(void)into;
	value_read_word(&kind, report_kinds, key, value, faults);
}

#define FILE_VALUE(field, reader)                                                                  \
	static void read_##field(void *into, const struct yaml_node *key,                          \
	                         const struct yaml_node *value, struct faults *faults)             \
	{                                                                                          \
		reader(&((struct reading *)into)->file->field, key, value, faults);                \
	}
FILE_VALUE(title, value_read_line)
FILE_VALUE(timezone, value_read_zone)
FILE_VALUE(to, value_read_addresses)
FILE_VALUE(cc, value_read_addresses)
FILE_VALUE(from, value_read_address)
FILE_VALUE(subject, value_read_line)
FILE_VALUE(link, value_read_link)
FILE_VALUE(note, value_read_line)
FILE_VALUE(site, value_read_line)
#undef FILE_VALUE

static void read_account(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct report_file *file = ((struct reading *)into)->file;

	value_read_texts(&file->accounts, key, value, faults);
	file->accounts_place = (struct place){value->line, value->column};
}

static void read_language(void *into, const struct yaml_node *key, const struct yaml_node *value,
                          struct faults *faults)
{
	struct report_file *file = ((struct reading *)into)->file;

	value_read_language(&file->language, &file->has_language, key, value, faults);
}

static void read_period(void *into, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
{
	courant_error *error = NULL;
	slice text;

	if (yaml_read_text(key, value, faults, &text) &&
	    period_parse(text, &((struct reading *)into)->file->period, &error) < 0)
		value_fault(value, error, faults);
}

static void read_compare(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	courant_error *error = NULL;
	slice text;

	if (yaml_read_text(key, value, faults, &text) &&
	    compare_parse(text, &((struct reading *)into)->file->compare, &error) < 0)
		value_fault(value, error, faults);
}

static void read_privacy(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	static const char *const words[] = {
	        [PRIVACY_TOGETHER] = "together", [PRIVACY_EACH] = "each", NULL};
	struct report_file *file = ((struct reading *)into)->file;
	unsigned word = file->privacy;

	value_read_word(&word, words, key, value, faults);
	file->privacy = (enum privacy)word;
}

static void read_send(void *into, const struct yaml_node *key, const struct yaml_node *value,
                      struct faults *faults)
{
	static const char *const words[] = {
	        [SEND_ALWAYS] = "always", [SEND_IF_DATA] = "if data", [SEND_IF_CHANGED] = "if changed", NULL};
	struct report_file *file = ((struct reading *)into)->file;
	unsigned word = file->send;

	value_read_word(&word, words, key, value, faults);
	file->send = (enum send_when)word;
}

static void read_schedule(void *into, const struct yaml_node *key, const struct yaml_node *value,
                          struct faults *faults)
{
	struct report_file *file = ((struct reading *)into)->file;
	courant_error *error = NULL;
	slice text;

	if (!yaml_read_text(key, value, faults, &text))
		return;
	file->has_schedule = schedule_parse(text, &file->schedule, &error) == 0;
	if (!file->has_schedule)
		value_fault(value, error, faults);
}

static void read_expire(void *into, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
{
	value_read_duration(&((struct reading *)into)->file->expire_ms, MS_PER_MINUTE, 30 * MS_PER_DAY,
	                    key, value, faults);
}

static void read_brand_footer(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct report_file *file = into;

	file->brand_footer = wanted_line(file, key, value, faults);
}

static void read_brand_logo(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct report_file *file = into;

	file->brand_logo = wanted_line(file, key, value, faults);
	file->brand_logo_place = place_in(file, value);
}

static void read_brand_colour(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct report_file *file = into;

	file->brand_colour = wanted_line(file, key, value, faults);
	if (file->brand_colour && !value_is_colour(slice_of(file->brand_colour)))
		faults_add(faults, value->line, value->column, "\"colour\" must be six hex digits such as '#0072B2', not \"%s\"", file->brand_colour);
}

static void read_brand(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const struct yaml_key keys[] = {{"colour", read_brand_colour}, {"footer", read_brand_footer}, {"logo", read_brand_logo}};

	(void)key;
	yaml_read_map(value, "\"brand\"", keys, LENGTH(keys), ((struct reading *)into)->file, faults);
}

#define TARGET_SHARE(field, max)                                                                                                             \
	static void read_##field(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)              \
	{                                                                                                                                    \
		value_read_percent(&((struct targets *)into)->field, max, key, value, faults);                                               \
	}
TARGET_SHARE(availability, 1)
TARGET_SHARE(coverage, 1)
TARGET_SHARE(error_share, 1)
TARGET_SHARE(memory, 1)
TARGET_SHARE(rejected_share, 1)
TARGET_SHARE(traffic_change, 10)
#undef TARGET_SHARE

static void read_p95(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	value_read_seconds(&((struct targets *)into)->p95_s, key, value, faults);
}

static void read_targets(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	static const struct yaml_key keys[] = {
		{"availability", read_availability}, {"coverage", read_coverage}, {"error_share", read_error_share}, {"memory", read_memory},
		{"p95", read_p95}, {"rejected_share", read_rejected_share}, {"traffic_change", read_traffic_change},
	};

	(void)key;
	yaml_read_map(value, "\"targets\"", keys, LENGTH(keys), &((struct reading *)into)->file->targets, faults);
}

static void read_sources(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct reading *reading = into;
	struct report_file *file = reading->file;

	/* Said twice, which is a fault of its own. */
	if (reading->has_sources) {
		file_sources_release(file->sources, file->n_sources);
	} else {
		reading->former = file->sources;
		reading->n_former = file->n_sources;
	}
	reading->has_sources = true;
	file->sources_place = (struct place){key->line, key->column};
	file->sources = NULL;
	file->n_sources = 0;
	file_sources_read(file, key, value, faults);
}

static void read_sections(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct reading *reading = into;

	(void)key;
	reading->has_sections = true;
	sections_read(reading->file, value, faults);
}

static void read_attach(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	struct reading *reading = into;

	reading->has_attachments = true;
	attachments_read(reading->file, key, value, faults);
}

static const struct yaml_key file_keys[] = {
	{"report", read_report},     {"title", read_title},     {"language", read_language}, {"timezone", read_timezone}, {"period", read_period},
	{"compare", read_compare},   {"to", read_to},	        {"cc", read_cc},	     {"from", read_from}, {"account", read_account},	  {"subject", read_subject},
	{"privacy", read_privacy},   {"send", read_send},       {"schedule", read_schedule}, {"expire", read_expire}, {"link", read_link},	  {"note", read_note},
	{"site", read_site},	     {"brand", read_brand},     {"targets", read_targets},   {"sources", read_sources},	  {"sections", read_sections},
	{"attach", read_attach},
};

slice report_file_name(slice path)
{
	const size_t slash = slice_find_last(path, '/');
	slice name = slash == SLICE_NONE ? path : slice_after(path, slash + 1);

	if (slice_ends(name, SLICE(".yaml")))
		name.len -= 5;
	else if (slice_ends(name, SLICE(".yml")))
		name.len -= 4;
	return name;
}

static int set_defaults(struct report_file *file, slice name, const char *folder, courant_error **err)
{
	*file = (struct report_file){
		.kind = REPORT_OWN,
		.period = {.kind = PERIOD_YESTERDAY},
		.compare = COMPARE_SAME_DAY_LAST_WEEK,
		.targets = {.error_share = 0.01, .rejected_share = 0.01, .traffic_change = 0.2, .memory = 0.95, .coverage = 0.9},
	};
	file->path = mem_copy(name);
	file->name = mem_copy(report_file_name(name));
	file->folder = mem_copy_text(folder);
	return file->path && file->name && file->folder ? 0 : fail_memory(err);
}

int report_file_fail(const char *name, const struct faults *faults, courant_error **err)
{
	const size_t n = faults->n + faults->n_more;

	return fail(err, COURANT_CONFIG, "%s has %zu fault%s", name, n, n == 1 ? "" : "s");
}

static const struct yaml_node *find_key(const struct yaml_node *map, slice name)
{
	const struct yaml_node *key = map->kind == YAML_MAP ? map->first : NULL;

	while (key && key->next && !slice_equal(key->text, name))
		key = key->next->next;
	return key && key->next ? key : NULL;
}

/* What fills the gaps: the report that is named, else the traffic report; a file with sources and sections of its own needs none. */
static enum report_kind choose_builtin(const struct yaml_node *root)
{
	const struct yaml_node *report = find_key(root, SLICE("report"));

	for (unsigned i = 0; report && report_kinds[i]; i++)
		if (slice_equal(report->next->text, slice_of(report_kinds[i])))
			return (enum report_kind)i;
	return !report && find_key(root, SLICE("sources")) && find_key(root, SLICE("sections")) ? REPORT_OWN : REPORT_TRAFFIC;
}

/* What the built-in report says is as if the file had said it first. */
static int read_builtin(struct reading *reading, enum report_kind kind, courant_error **err)
{
	AUTO(yaml) struct yaml yaml = {0};
	AUTO(faults) struct faults faults = {.n = 0};

	reading->file->kind = kind;
	if (kind == REPORT_OWN)
		return 0;
	reading->file->is_default = true;
	faults_init(&faults, slice_of(report_kinds[kind]));
	if (yaml_parse(builtin_text(kind), &faults, &yaml, err) < 0)
		return -1;
	if (yaml.root)
		yaml_read_map(yaml.root, "a report file", file_keys, LENGTH(file_keys), reading, &faults);
	reading->file->is_default = false;
	/* The files that ship are tested: what fails here is memory. */
	return faults_is_empty(&faults) ? 0 : fail_memory(err);
}

static void bind(struct reading *reading, struct faults *faults)
{
	struct report_file *file = reading->file;

	for (enum binding_part part = BINDING_SECTIONS; part <= BINDING_ATTACHMENTS; part++) {
		if (part == BINDING_SECTIONS ? reading->has_sections : reading->has_attachments)
			binding_check(file, part, faults);
		else if (reading->has_sources)
			binding_adopt(file, part, reading->former, reading->n_former);
	}
}

static int read_file(struct report_file *file, const struct yaml_node *root, struct faults *faults, courant_error **err)
{
	struct reading builtin = {.file = file}, reading = {.file = file};
	const int status = read_builtin(&builtin, choose_builtin(root), err);

	file_sources_release(builtin.former, builtin.n_former);
	if (status < 0)
		return -1;
	yaml_read_map(root, "a report file", file_keys, LENGTH(file_keys), &reading, faults);
	bind(&reading, faults);
	file_sources_release(reading.former, reading.n_former);
	return 0;
}

int report_file_parse(slice text, const char *name, const char *folder, struct faults *faults, struct report_file *ret, courant_error **err)
{
	AUTO(yaml) struct yaml yaml = {0};
	AUTO(report_file) struct report_file file = {0};

	if (set_defaults(&file, slice_of(name), folder, err) < 0 || yaml_parse(text, faults, &yaml, err) < 0)
		return -1;
	if (!yaml.root && faults_is_empty(faults))
		faults_add(faults, 1, 1, "the file is empty: a report file begins with \"report: traffic\"");
	if (yaml.root && read_file(&file, yaml.root, faults, err) < 0)
		return -1;
	if (!faults_is_empty(faults))
		return report_file_fail(name, faults, err);
	*ret = file;
	file = (struct report_file){0};
	return 0;
}

int report_file_load(const char *path, struct faults *faults, struct report_file *ret, courant_error **err)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(YAML_MAX_BYTES);
	const size_t slash = slice_find_last(slice_of(path), '/');
	AUTO(free) char *folder = mem_copy(slash == SLICE_NONE ? SLICE("") : slice_from(path, slash ? slash : 1));
	slice text;

	if (!folder)
		return fail_memory(err);
	if (file_read(path, &bytes, err) < 0 || buffer_slice(&bytes, &text, err) < 0)
		return fail_within(err, "cannot read the report file");
	return report_file_parse(text, path, folder, faults, ret, err);
}

static const char *find_builtin(slice name)
{
	for (size_t i = 0; report_kinds[i]; i++)
		if (slice_equal(name, slice_of(report_kinds[i])))
			return report_kinds[i];
	return NULL;
}

bool report_file_is_builtin(slice name)
{
	return find_builtin(name);
}

int report_file_builtin(slice name, struct report_file *ret, courant_error **err)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(100);
	const char *known = find_builtin(name);

	if (!known) {
		const char *nearest = nearest_word(name, report_kinds);

		return fail(err, COURANT_USAGE,
			    "there is no built-in report \"%.*s\"%s%s%s; known are performance, quality and traffic, and a report file is named by its path",
			    SLICE_ARGS(name), nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "");
	}
	buffer_printf(&text, "report: %s\n", known);
	faults_init(&faults, name);
	return report_file_parse(buffer_peek(&text), known, "", &faults, ret, err);
}

const struct file_source *report_file_find_source(const struct report_file *file, const char *name)
{
	for (size_t i = 0; i < file->n_sources; i++)
		if (slice_equal(slice_of(name), slice_of(file->sources[i].name)))
			return &file->sources[i];
	return NULL;
}

void report_file_release(struct report_file *file)
{
	char *const texts[] = {file->path, file->name, file->folder, file->title, file->timezone, file->from, file->subject, file->link, file->note, file->site};

	for (size_t i = 0; i < LENGTH(texts); i++)
		free(texts[i]);
	texts_release(&file->to);
	texts_release(&file->cc);
	texts_release(&file->accounts);
	file_sources_release(file->sources, file->n_sources);
	sections_release(file);
	attachments_release(file);
	texts_release(&file->kept);
	*file = (struct report_file){0};
}
