/* SPDX-License-Identifier: MIT */
/* weblog.c - access logs in, tables out (weblog.h): files are read by one or several scanners */
#include "weblog/weblog.h"

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/random.h"
#include "weblog/crew.h"
#include "weblog/definitions.h"
#include "weblog/ledger.h"
#include "weblog/state.h"

/* While a tally is made smaller, the new one is there beside the old one; agents, of which all tallies know, have their share, too. */
static void share_memory(struct weblog *weblog, size_t memory_bytes, size_t jobs)
{
	weblog->settings.tally_bytes = memory_bytes / 2 / jobs / weblog->settings.n_windows;
	agents_limit(weblog->agents, memory_bytes / 8);
}

static struct ledger *open_ledger(const struct weblog *weblog, const char *path, courant_error **err)
{
	if (weblog->settings.filter) {
		(void)fail(err, COURANT_USAGE, "a ledger counts every hit, so nothing can be filtered");
		return NULL;
	}
	if (weblog->suffixes) {
		(void)fail(err, COURANT_USAGE, "a ledger has its page views counted already, so static files cannot be chosen");
		return NULL;
	}
	return ledger_open(path, LEDGER_COUNT, err);
}

struct weblog *weblog_new(const struct weblog_options *options, courant_error **err)
{
	AUTO(weblog) struct weblog *weblog = mem_alloc(sizeof *weblog);
	const size_t jobs = options->jobs > CREW_MAX ? CREW_MAX : options->jobs ? options->jobs : 1;

	if (!weblog || !(weblog->scanners = mem_array(jobs, sizeof *weblog->scanners))) {
		(void)fail_memory(err);
		return NULL;
	}
	weblog->settings = (struct scan_settings){
		.zone = options->zone,
		.windows = {{INT64_MIN, INT64_MAX}},
		.n_windows = options->n_windows ? options->n_windows : 1,
		.way = marks_best(),
		.seed = random_u64(),
	};
	for (size_t i = 0; i < options->n_windows; i++)
		weblog->settings.windows[i] = options->windows[i];
	if (options->filter && !filter_is_empty(options->filter)) {
		weblog->filter = *options->filter;
		weblog->settings.filter = &weblog->filter;
	}
	if (options->static_suffixes && !(weblog->suffixes = suffixes_read(options->static_suffixes, err)))
		return NULL;
	weblog->settings.suffixes = weblog->suffixes;
	weblog->formats = formats_new(options->format, err);
	if (!weblog->formats)
		return NULL;
	weblog->is_anonymous = options->is_anonymous;
	weblog->teller = options->teller;
	weblog->choose = options->choose;
	weblog->chooser = options->chooser;
	if (options->countries && !(weblog->countries = countries_open(options->countries, err)))
		return NULL;
	if (options->state && !(weblog->ledger = open_ledger(weblog, options->state, err)))
		return NULL;
	if (weblog->ledger) {
		ledger_set_teller(weblog->ledger, weblog->teller);
		weblog->settings.seed = ledger_seed(weblog->ledger);
	}
	weblog->agents = weblog->settings.agents = agents_new(weblog->settings.seed, err);
	if (!weblog->agents)
		return NULL;
	if (options->memory_bytes) {
		share_memory(weblog, options->memory_bytes, jobs);
		if (weblog->ledger)
			ledger_limit(weblog->ledger, options->memory_bytes);
	}
	for (; weblog->n_scanners < jobs; weblog->n_scanners++)
		if (scanner_init(&weblog->scanners[weblog->n_scanners], &weblog->settings, err) < 0)
			return NULL;
	return STEAL(weblog);
}

void weblog_free(struct weblog *weblog)
{
	if (!weblog)
		return;
	for (size_t i = 0; i < weblog->n_scanners; i++)
		scanner_release(&weblog->scanners[i]);
	for (size_t i = 0; i < weblog->n_files; i++)
		free(weblog->file_names[i]);
	free(weblog->scanners);
	free(weblog->file_names);
	free(weblog->suffixes);
	countries_free(weblog->countries);
	ledger_free(weblog->ledger);
	agents_free(weblog->agents);
	zone_free(weblog->own_zone);
	formats_free(weblog->formats);
	free(weblog);
}

/* ---- reading ---- */

/* Without a zone, hours are those of the first line's offset. */
static int know_zone(struct weblog *weblog, int offset_s, courant_error **err)
{
	if (weblog->settings.zone)
		return 0;
	weblog->own_zone = zone_new_fixed(offset_s, err);
	weblog->settings.zone = weblog->own_zone;
	if (!weblog->own_zone)
		return -1;
	return weblog->choose ? weblog->choose(weblog->chooser, weblog->own_zone, weblog->settings.windows, err) : 0;
}

static int read_block(struct scanner *scanner, struct feed *feed, uint32_t file, courant_error **err)
{
	uint64_t lines;

	if (scanner_read(scanner, &scanner->block, file, &lines, err) < 0)
		return -1;
	feed_count(feed, &scanner->block, lines);
	return 0;
}

/* Until a line could be read, and so the zone is known, one works alone. */
static int read_blocks(struct weblog *weblog, struct feed *feed, uint32_t file, courant_error **err)
{
	struct scanner *first = &weblog->scanners[0];
	int result;

	while ((result = feed_next(feed, &first->block, err)) > 0) {
		if (feed->has_offset && know_zone(weblog, feed->offset_s, err) < 0)
			return -1;
		if (feed->has_offset && weblog->n_scanners > 1)
			return crew_read(weblog->scanners, weblog->n_scanners, feed, file, err);
		if (read_block(first, feed, file, err) < 0)
			return -1;
	}
	return result;
}

static int read_file(struct weblog *weblog, struct feed *feed, uint32_t file, courant_error **err)
{
	const int result = read_blocks(weblog, feed, file, err);

	for (size_t i = 0; i < weblog->n_scanners; i++)
		rejects_number(&weblog->scanners[i].rejects, file, feed);
	return result;
}

/* Keeps a file's name: its number, or -1 when there is no memory. */
static int64_t add_file(void *context, slice name)
{
	struct weblog *weblog = context;
	char **names = mem_resize(weblog->file_names, weblog->n_files + 1, sizeof *names);

	if (!names)
		return -1;
	weblog->file_names = names;
	names[weblog->n_files] = mem_copy(name);
	return names[weblog->n_files] ? (int64_t)weblog->n_files++ : -1;
}

static int add_input(struct weblog *weblog, struct input *input, const char *name, courant_error **err)
{
	struct feed feed;

	if (add_file(weblog, slice_of(name)) < 0)
		return fail_memory(err);
	if (feed_init(&feed, input, weblog->formats, name, err) < 0)
		return -1;
	input_set_teller(input, weblog->teller);

	const int result = read_file(weblog, &feed, (uint32_t)weblog->n_files - 1, err) < 0 ? -1 : feed_check(&feed, err);

	if (!weblog->format) {
		weblog->format = feed.format;
		weblog->sample = feed.sample;
	}
	weblog->has_other_formats |= feed.format && feed.format != weblog->format;
	weblog->has_agents |= feed.format && feed.format->parts & LINE_AGENT;
	feed_release(&feed);
	return result;
}

int weblog_add_path(struct weblog *weblog, const char *path, courant_error **err)
{
	if (weblog->ledger)
		return ledger_count(weblog->ledger, path, weblog->formats, err);

	AUTO(input) struct input *input = input_open(path, err);

	return input ? add_input(weblog, input, path, err) : -1;
}

/* All figures from the ledger, to the first scanner. */
static int fill_from_ledger(struct weblog *weblog, courant_error **err)
{
	struct ledger_filling filling = {.scanner = &weblog->scanners[0], .formats = weblog->formats, .add_file = add_file, .context = weblog};

	if (ledger_fill(weblog->ledger, &filling, err) < 0)
		return -1;
	weblog->format = filling.format;
	weblog->has_agents = filling.has_agents;
	return 0;
}

/* Without a zone, that of the first line there ever was, or UTC. */
static int know_last_zone(struct weblog *weblog, courant_error **err)
{
	bool has_offset = false;
	int offset_s = 0;

	if (weblog->settings.zone)
		return 0;
	if (weblog->ledger && ledger_first_offset(weblog->ledger, &has_offset, &offset_s, err) < 0)
		return -1;
	return know_zone(weblog, offset_s, err);
}

int weblog_finish(struct weblog *weblog, courant_error **err)
{
	struct scanner *all = &weblog->scanners[0];

	if (weblog->is_finished)
		return 0;
	if (know_last_zone(weblog, err) < 0)
		return -1;
	scanner_begin(all);
	if (weblog->ledger && fill_from_ledger(weblog, err) < 0)
		return -1;
	if (crew_finish(weblog->scanners, weblog->n_scanners, err) < 0)
		return -1;
	for (size_t i = 1; i < weblog->n_scanners; i++)
		if (scanner_join(all, &weblog->scanners[i], err) < 0)
			return -1;
	weblog->is_finished = true;
	return 0;
}

/* ---- facts ---- */

const struct zone *weblog_zone(const struct weblog *weblog)
{
	return weblog->settings.zone;
}

/* Of what one or all scanners have counted; before the end only sums are told. */
void weblog_facts(const struct weblog *weblog, struct weblog_facts *ret)
{
	const struct scanner *all = &weblog->scanners[0];

	*ret = (struct weblog_facts){
		.files = weblog->n_files,
		.lines = all->lines,
		.hits = all->hits,
		.rejected = all->rejects.n,
		.all_first_ms = all->first_s * MS_PER_SECOND,
		.all_last_ms = all->last_s * MS_PER_SECOND,
		.format = weblog->format ? weblog->format->name : NULL,
		.is_format_given = formats_is_asked(weblog->formats),
		.has_other_formats = weblog->has_other_formats,
		.sample_lines = weblog->sample.lines,
		.sample_readable = weblog->sample.readable,
		.has_agents = weblog->has_agents,
	};
	for (size_t i = 0; all->has_tallies && i < weblog->settings.n_windows; i++) {
		const struct tally *tally = &all->tallies[i];
		int64_t from_s;

		ret->in_window[i] = tally->hits;
		ret->visitors_error[i] = tally_error(tally);
		ret->first_ms[i] = tally->first_s * MS_PER_SECOND;
		ret->last_ms[i] = tally->last_s * MS_PER_SECOND;
		ret->longest_gap_ms[i] = tally_longest_gap_s(tally, &from_s) * MS_PER_SECOND;
		ret->longest_gap_from_ms[i] = from_s * MS_PER_SECOND;
	}
}

/* The first block of a file. */
static int peek(const char *path, const char *format, bool *ret_has_time, int64_t *ret_ms, int *ret_offset_s, courant_error **err)
{
	AUTO(input) struct input *input = input_open(path, err);
	AUTO(free) char *bytes = mem_array(LINES_MAX + LINES_SLACK, 1);
	AUTO(formats) struct formats *formats = formats_new(format, err);
	struct block block = {.bytes = bytes};
	struct feed feed;

	if (!bytes)
		return fail_memory(err);
	if (!input || !formats || feed_init(&feed, input, formats, path, err) < 0)
		return -1;

	const int status = feed_next(&feed, &block, err) < 0 ? -1 : feed_check(&feed, err);

	*ret_has_time = feed.has_offset;
	*ret_ms = feed.first_s * MS_PER_SECOND;
	*ret_offset_s = feed.offset_s;
	feed_release(&feed);
	return status;
}

int weblog_peek(const char *path, const char *format, courant_error **err)
{
	int64_t first_ms;
	int offset_s;
	bool has_time;

	return peek(path, format, &has_time, &first_ms, &offset_s, err);
}

bool weblog_peek_time(const char *path, int64_t *ret_ms, int *ret_offset_s)
{
	struct stat status;
	bool has_time;

	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	return peek(path, NULL, &has_time, ret_ms, ret_offset_s, NULL) == 0 && has_time;
}
