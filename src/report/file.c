/* SPDX-License-Identifier: MIT */
/* file.c - from the YAML tree of a report file to what it asks for */
#include "report/file.h"

#include "base/alloc.h"
#include "base/file.h"
#include "report/builtin.h"
#include "report/sections.h"
#include "report/values.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

struct reading {
	struct report_file *file;
	const char *folder;
	const struct yaml_node *sections; /* read last: they name the source */
};

static const char *const report_kinds[] = {"traffic", NULL};

static void read_report(void *into, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
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

static void read_footer(void *into, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
{
	value_read_line(&((struct report_file *)into)->footer, key, value, faults);
}

static void read_brand(void *into, const struct yaml_node *key, const struct yaml_node *value,
                       struct faults *faults)
{
	static const struct yaml_key keys[] = {{"footer", read_footer}};

	(void)key;
	yaml_read_map(value, "\"brand\"", keys, LENGTH(keys), ((struct reading *)into)->file,
	              faults);
}

static void read_error_share(void *into, const struct yaml_node *key, const struct yaml_node *value,
                             struct faults *faults)
{
	value_read_percent(&((struct targets *)into)->error_share, 1, key, value, faults);
}

static void read_rejected_share(void *into, const struct yaml_node *key,
                                const struct yaml_node *value, struct faults *faults)
{
	value_read_percent(&((struct targets *)into)->rejected_share, 1, key, value, faults);
}

static void read_traffic_change(void *into, const struct yaml_node *key,
                                const struct yaml_node *value, struct faults *faults)
{
	value_read_percent(&((struct targets *)into)->traffic_change, 10, key, value, faults);
}

static void read_targets(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	static const struct yaml_key keys[] = {{"error_share", read_error_share},
	                                       {"rejected_share", read_rejected_share},
	                                       {"traffic_change", read_traffic_change}};

	(void)key;
	yaml_read_map(value, "\"targets\"", keys, LENGTH(keys),
	              &((struct reading *)into)->file->targets, faults);
}

/* Relative patterns begin at the report file's folder, wherever the program is started. */
static void add_log(struct reading *reading, const struct yaml_node *item, slice pattern,
                    struct faults *faults)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	courant_error *error = NULL;
	slice whole;

	if (pattern.len && pattern.ptr[0] != '/' && reading->folder[0])
		buffer_printf(&path, "%s/", reading->folder);
	buffer_append(&path, pattern);
	if (buffer_slice(&path, &whole, &error) < 0 ||
	    texts_add(&reading->file->logs, whole, &error) < 0)
		value_fault(item, error, faults);
}

static void read_weblog(void *into, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *faults)
{
	for (const struct yaml_node *item = NULL; (item = yaml_next_item(value, item));) {
		slice pattern;

		if (yaml_read_text(key, item, faults, &pattern))
			add_log(into, item, pattern, faults);
	}
}

static void read_sources(void *into, const struct yaml_node *key, const struct yaml_node *value,
                         struct faults *faults)
{
	static const struct yaml_key keys[] = {{"weblog", read_weblog}};
	struct reading *reading = into;

	(void)key;
	if (value->kind != YAML_MAP || !value->first) {
		faults_add(
		        faults, value->line, value->column,
		        "\"sources\" is a map of names and sources (web: {weblog: /var/log/nginx/access.log*}), not %s",
		        value->kind == YAML_MAP ? "an empty one" : yaml_kind_name(value));
		return;
	}
	const struct yaml_node *name = value->first, *second = name->next->next;
	if (second)
		faults_add(
		        faults, second->line, second->column,
		        "a second source \"%.*s\": a traffic report has one, of as many logs as you like",
		        SLICE_ARGS(second->text));
	if (slice_find(name->text, '.') != SLICE_NONE || name->text.len == 0) {
		faults_add(faults, name->line, name->column,
		           "the name of a source must not be empty or hold a dot");
		return;
	}
	char *copy = mem_copy(name->text);
	if (!copy) {
		faults_add(faults, name->line, name->column, "no memory for this source");
		return;
	}
	free(reading->file->source);
	reading->file->source = copy;
	texts_release(&reading->file->logs);
	yaml_read_map(name->next, "a source", keys, LENGTH(keys), reading, faults);
}

static void read_sections(void *into, const struct yaml_node *key, const struct yaml_node *value,
                          struct faults *faults)
{
	(void)key;
	(void)faults;
	((struct reading *)into)->sections = value;
}

static const struct yaml_key file_keys[] = {
        {"report", read_report},
        {"title", read_title},
        {"language", read_language},
        {"timezone", read_timezone},
        {"period", read_period},
        {"compare", read_compare},
        {"to", read_to},
        {"cc", read_cc},
        {"from", read_from},
        {"subject", read_subject},
        {"privacy", read_privacy},
        {"send", read_send},
        {"schedule", read_schedule},
        {"expire", read_expire},
        {"link", read_link},
        {"note", read_note},
        {"site", read_site},
        {"brand", read_brand},
        {"targets", read_targets},
        {"sources", read_sources},
        {"sections", read_sections},
};

static int set_defaults(struct report_file *file, slice name, courant_error **err)
{
	*file = (struct report_file){
	        .period = {.kind = PERIOD_YESTERDAY},
	        .compare = COMPARE_SAME_DAY_LAST_WEEK,
	        .targets = {.error_share = 0.01, .rejected_share = 0.01, .traffic_change = 0.2},
	};
	file->name = mem_copy(name);
	file->source = mem_copy(SLICE("web"));
	return file->name && file->source ? 0 : fail_memory(err);
}

static int too_many_faults(const char *name, const struct faults *faults, courant_error **err)
{
	const size_t n = faults->n + faults->n_more;

	return fail(err, COURANT_CONFIG, "%s has %zu fault%s", name, n, n == 1 ? "" : "s");
}

/* "weekly" of "reports.d/weekly.yaml" */
static slice name_of(slice path)
{
	const size_t slash = slice_find_last(path, '/');
	slice name = slash == SLICE_NONE ? path : slice_after(path, slash + 1);

	if (slice_ends(name, SLICE(".yaml")))
		name.len -= 5;
	else if (slice_ends(name, SLICE(".yml")))
		name.len -= 4;
	return name;
}

int report_file_parse(slice text, const char *name, const char *folder, struct faults *faults,
                      struct report_file *ret, courant_error **err)
{
	AUTO(yaml) struct yaml yaml = {0};
	AUTO(report_file) struct report_file file = {0};
	struct reading reading = {.file = &file, .folder = folder};

	if (set_defaults(&file, name_of(slice_of(name)), err) < 0 ||
	    yaml_parse(text, faults, &yaml, err) < 0)
		return -1;
	if (!yaml.root && faults_is_empty(faults))
		faults_add(faults, 1, 1,
		           "the file is empty: a report file begins with \"report: traffic\"");
	if (yaml.root)
		yaml_read_map(yaml.root, "a report file", file_keys, LENGTH(file_keys), &reading,
		              faults);
	if (reading.sections)
		sections_read(&file, reading.sections, faults);
	else if (faults_is_empty(faults) && sections_set_default(&file, err) < 0)
		return -1;
	if (!faults_is_empty(faults))
		return too_many_faults(name, faults, err);
	*ret = file;
	file = (struct report_file){0};
	return 0;
}

int report_file_load(const char *path, struct faults *faults, struct report_file *ret,
                     courant_error **err)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(YAML_MAX_BYTES);
	const size_t slash = slice_find_last(slice_of(path), '/');
	AUTO(free)
	char *folder =
	        mem_copy(slash == SLICE_NONE ? SLICE("") : slice_from(path, slash ? slash : 1));
	slice text;

	if (!folder)
		return fail_memory(err);
	if (file_read(path, &bytes, err) < 0 || buffer_slice(&bytes, &text, err) < 0)
		return fail_within(err, "cannot read the report file");
	return report_file_parse(text, path, folder, faults, ret, err);
}

bool report_file_is_builtin(slice name)
{
	return slice_equal(name, SLICE("traffic"));
}

int report_file_builtin(slice name, struct report_file *ret, courant_error **err)
{
	AUTO(faults) struct faults faults = {.n = 0};

	if (!report_file_is_builtin(name))
		return fail(
		        err, COURANT_USAGE,
		        "there is no built-in report \"%.*s\": known is traffic; a report file is named by its path",
		        SLICE_ARGS(name));
	faults_init(&faults, name);
	return report_file_parse(builtin_traffic(), "traffic", "", &faults, ret, err);
}

void report_file_release(struct report_file *file)
{
	char *const texts[] = {file->name, file->title, file->timezone, file->from,   file->subject,
	                       file->link, file->note,  file->footer,   file->source, file->site};

	for (size_t i = 0; i < LENGTH(texts); i++)
		free(texts[i]);
	texts_release(&file->to);
	texts_release(&file->cc);
	texts_release(&file->logs);
	sections_release(file);
	*file = (struct report_file){0};
}
