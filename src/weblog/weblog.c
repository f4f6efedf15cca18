/* SPDX-License-Identifier: MIT */
/* weblog.c - access logs in, tables out (weblog.h): reading files block by block and line by line */
#include "weblog/weblog.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/random.h"
#include "weblog/input.h"
#include "weblog/state.h"

#define READ_BYTES ((size_t)256 * 1024) /* stays in the second-level cache until its lines are counted */
#define LINE_BYTES (LINES_MAX - READ_BYTES) /* a longer line is rejected */

struct weblog *weblog_new(const struct weblog_options *options, courant_error **err)
{
	struct weblog *weblog = mem_alloc(sizeof *weblog);

	if (!weblog) {
		(void)fail_memory(err);
		return NULL;
	}
	weblog->zone = options->zone;
	weblog->n_windows = options->n_windows ? options->n_windows : 1;
	weblog->windows[0] = (struct weblog_window){INT64_MIN, INT64_MAX};
	for (size_t i = 0; i < options->n_windows; i++)
		weblog->windows[i] = options->windows[i];
	weblog->seed = random_u64();
	weblog->block = mem_array(LINE_BYTES + READ_BYTES + LINES_SLACK, 1);
	weblog->lines_of_block = mem_alloc(sizeof *weblog->lines_of_block);
	weblog->way = marks_best();
	weblog->agents = agents_new(weblog->seed, err);
	if (weblog->block && weblog->lines_of_block && weblog->agents)
		return weblog;
	weblog_free(weblog);
	(void)fail_memory(err);
	return NULL;
}

void weblog_free(struct weblog *weblog)
{
	if (!weblog)
		return;
	for (size_t i = 0; weblog->has_tallies && i < weblog->n_windows; i++)
		tally_release(&weblog->tallies[i]);
	for (size_t i = 0; i < weblog->n_files; i++)
		free(weblog->file_names[i]);
	free(weblog->file_names);
	agents_free(weblog->agents);
	rejects_release(&weblog->rejects);
	zone_free(weblog->own_zone);
	free(weblog->lines_of_block);
	free(weblog->block);
	free(weblog);
}

/* ---- lines ---- */

/* One file while it is read. */
struct file_scan {
	const char *name;
	uint32_t number;
	uint64_t line_number; /* of the last line */
	uint64_t lines;       /* that are not empty */
	const struct log_format *format;
	struct stamp_cache stamps;
	struct reject first;  /* the first line that could not be read, while no format is known */
	bool is_in_long_line;
};

/* The report's zone, when none was given: that of the first hit of all. */
static int begin_counting(struct weblog *weblog, int offset_s, courant_error **err)
{
	if (!weblog->zone) {
		weblog->own_zone = zone_new_fixed(offset_s, err);
		if (!weblog->own_zone)
			return -1;
		weblog->zone = weblog->own_zone;
	}
	for (size_t i = 0; i < weblog->n_windows; i++)
		tally_init(&weblog->tallies[i], weblog->zone, weblog->agents, weblog->seed);
	weblog->has_tallies = true;
	return 0;
}

static bool is_inside(const struct weblog_window *window, const struct hit *hit)
{
	const int64_t time_ms = hit->line.time_s * MS_PER_SECOND;

	return time_ms >= window->from_ms && time_ms < window->to_ms;
}

/* Counts the hits that have been collected. */
static int count_hits(struct weblog *weblog, courant_error **err)
{
	const size_t n = weblog->n_pending;
	struct hit *hits = weblog->pending;

	if (n && !weblog->has_tallies && begin_counting(weblog, hits[0].line.offset_s, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!weblog->hits || hits[i].line.time_s < weblog->first_s)
			weblog->first_s = hits[i].line.time_s;
		if (!weblog->hits || hits[i].line.time_s > weblog->last_s)
			weblog->last_s = hits[i].line.time_s;
		weblog->hits++;
	}
	weblog->n_pending = 0;
	for (size_t w = 0; w < weblog->n_windows; w++) {
		/* Runs of hits that lie inside. */
		for (size_t from = 0, to; from < n; from = to + 1) {
			for (to = from; to < n && is_inside(&weblog->windows[w], &hits[to]); to++)
				;
			if (to > from && tally_add(&weblog->tallies[w], hits + from, to - from, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int add_hit(struct weblog *weblog, courant_error **err)
{
	struct hit *hit = &weblog->pending[weblog->n_pending];

	hit->agent = agents_add(weblog->agents, hit->line.agent, err);
	if (!hit->agent)
		return -1;
	hit_hash(hit, weblog->seed);
	return ++weblog->n_pending == HITS_AT_ONCE ? count_hits(weblog, err) : 0;
}

static int reject(struct weblog *weblog, const struct file_scan *scan, enum line_fault fault, slice text,
		  courant_error **err)
{
	if (rejects_add(&weblog->rejects, scan->number, scan->line_number, fault, text) < 0)
		return fail_memory(err);
	return 0;
}

/* Whole lines, with LINES_SLACK bytes behind. */
static int scan_lines(struct weblog *weblog, struct file_scan *scan, slice block, courant_error **err)
{
	struct line_text line;

	if (!scan->format) {
		scan->format = format_recognise(block);
		weblog->has_agents |= scan->format && scan->format->parts & LINE_AGENT;
		if (!weblog->format)
			weblog->format = scan->format;
	}

	const unsigned parts = scan->format ? scan->format->parts : 0;

	lines_begin(weblog->lines_of_block, weblog->way, block.ptr, block.len);
	while (lines_next(weblog->lines_of_block, parts, &scan->stamps, &line, &weblog->pending[weblog->n_pending].line)) {
		scan->line_number++;
		if (!line.text.len)
			continue;
		scan->lines++;
		if (line.text.len > LINE_BYTES)
			line.fault = LINE_TOO_LONG;
		if ((line.fault ? reject(weblog, scan, line.fault, line.text, err) : add_hit(weblog, err)) < 0)
			return -1;
	}
	return count_hits(weblog, err);
}

/* ---- files ---- */

/* Text has no control characters but those that end or separate. */
static bool is_binary(slice block)
{
	size_t controls = 0;

	block = slice_part(block, 0, 4096);
	for (size_t i = 0; i < block.len; i++)
		controls += ascii_is_control(block.ptr[i]) && !ascii_is_space(block.ptr[i]);
	return controls > block.len / 50;
}

static int fail_unknown(const struct file_scan *scan, courant_error **err)
{
	const slice line = slice_from(scan->first.text, scan->first.text_len);

	return fail(err, COURANT_NO_INPUT, "%s is in no format that is known: line %llu is \"%.*s\"%s, expected: %s", scan->name,
		    (unsigned long long)scan->first.line, SLICE_ARGS(slice_part(line, 0, 80)), line.len > 80 ? " …" : "",
		    format_expected);
}

/* The first line that is not empty; *number counts on to it. */
static slice first_line(slice lines, uint64_t *number)
{
	slice line;

	while (slice_next_line(&lines, &line)) {
		++*number;
		if (line.len)
			return line;
	}
	return (slice){NULL, 0};
}

static int scan_block(struct weblog *weblog, struct file_scan *scan, slice lines, courant_error **err)
{
	const bool was_known = scan->format != NULL;
	uint64_t number = scan->line_number;

	if (scan_lines(weblog, scan, lines, err) < 0)
		return -1;
	if (was_known || scan->format || scan->first.text)
		return 0;
	if (is_binary(lines))
		return fail(err, COURANT_NO_INPUT, "%s is binary, not an access log", scan->name);

	const slice line = slice_part(first_line(lines, &number), 0, REJECTS_TEXT_BYTES);

	if (!line.len)
		return 0;
	scan->first = (struct reject){.line = number, .text = mem_copy(line), .text_len = line.len};
	return scan->first.text ? 0 : fail_memory(err);
}

static int reject_long(struct weblog *weblog, struct file_scan *scan, slice text, courant_error **err)
{
	scan->line_number++;
	scan->lines++;
	return reject(weblog, scan, LINE_TOO_LONG, text, err);
}

/* Reads to the end. Lines are cut off the block as they become whole; what is left goes to its front. */
static int scan_input(struct weblog *weblog, struct file_scan *scan, struct input *input, courant_error **err)
{
	size_t len = 0, n;

	do {
		if (input_read(input, weblog->block + len, READ_BYTES, &n, err) < 0)
			return -1;

		const char *last = n ? memrchr(weblog->block + len, '\n', n) : NULL;
		size_t whole = last ? (size_t)(last - weblog->block) + 1 : 0;

		len += n;
		if (n == 0)
			whole = len;
		if (scan->is_in_long_line && whole) {
			/* Its beginning has been rejected. */
			const char *stop = memchr(weblog->block, '\n', whole);
			const size_t skip = stop ? (size_t)(stop - weblog->block) + 1 : whole;

			memmove(weblog->block, weblog->block + skip, len - skip);
			len -= skip;
			whole -= skip;
			scan->is_in_long_line = false;
		}
		if (scan_block(weblog, scan, slice_from(weblog->block, whole), err) < 0)
			return -1;
		memmove(weblog->block, weblog->block + whole, len - whole);
		len -= whole;
		if (len > LINE_BYTES) {
			if (!scan->is_in_long_line && reject_long(weblog, scan, slice_from(weblog->block, len), err) < 0)
				return -1;
			scan->is_in_long_line = true;
			len = 0;
		}
	} while (n);
	return 0;
}

static int add_input(struct weblog *weblog, struct input *input, const char *name, courant_error **err)
{
	char **names = mem_resize(weblog->file_names, weblog->n_files + 1, sizeof *names);

	if (!names)
		return fail_memory(err);
	weblog->file_names = names;
	names[weblog->n_files] = mem_copy_text(name);
	if (!names[weblog->n_files])
		return fail_memory(err);

	struct file_scan scan = {.name = names[weblog->n_files], .number = (uint32_t)weblog->n_files};

	weblog->n_files++;

	int result = scan_input(weblog, &scan, input, err);

	weblog->lines += scan.lines;

	if (result == 0 && scan.lines && !scan.format)
		result = fail_unknown(&scan, err);
	free(scan.first.text);
	return result;
}

int weblog_add_path(struct weblog *weblog, const char *path, courant_error **err)
{
	AUTO(input) struct input *input = input_open(path, err);

	return input ? add_input(weblog, input, path, err) : -1;
}

int weblog_add_reader(struct weblog *weblog, courant_reader *bytes, const char *name, courant_error **err)
{
	AUTO(input) struct input *input = input_new_reader(bytes, name, err);

	return input ? add_input(weblog, input, name, err) : -1;
}

int weblog_finish(struct weblog *weblog, courant_error **err)
{
	if (weblog->is_finished)
		return 0;
	if (!weblog->has_tallies && begin_counting(weblog, 0, err) < 0)
		return -1;
	for (size_t i = 0; i < weblog->n_windows; i++)
		if (tally_finish(&weblog->tallies[i], err) < 0)
			return -1;
	weblog->is_finished = true;
	return 0;
}

const struct zone *weblog_zone(const struct weblog *weblog)
{
	return weblog->zone;
}

void weblog_facts(const struct weblog *weblog, struct weblog_facts *ret)
{
	*ret = (struct weblog_facts){
		.files = weblog->n_files,
		.lines = weblog->lines,
		.hits = weblog->hits,
		.rejected = weblog->rejects.n,
		.all_first_ms = weblog->first_s * MS_PER_SECOND,
		.all_last_ms = weblog->last_s * MS_PER_SECOND,
		.format = weblog->format ? weblog->format->name : NULL,
		.has_agents = weblog->has_agents,
	};
	for (size_t i = 0; weblog->has_tallies && i < weblog->n_windows; i++) {
		const struct tally *tally = &weblog->tallies[i];
		int64_t from_s;

		ret->in_window[i] = tally->hits;
		ret->first_ms[i] = tally->first_s * MS_PER_SECOND;
		ret->last_ms[i] = tally->last_s * MS_PER_SECOND;
		ret->longest_gap_ms[i] = tally_longest_gap_s(tally, &from_s) * MS_PER_SECOND;
		ret->longest_gap_from_ms[i] = from_s * MS_PER_SECOND;
	}
}

bool weblog_peek_offset(const char *path, int *ret_offset_s)
{
	AUTO(input) struct input *input = input_open(path, NULL);
	AUTO(free) char *block = mem_array(READ_BYTES, 1);
	struct stamp_cache stamps = {0};
	size_t len = 0, n = 0;

	if (!input || !block)
		return false;
	while (len < READ_BYTES && input_read(input, block + len, READ_BYTES - len, &n, NULL) == 0 && n)
		len += n;

	slice lines = slice_from(block, len), text;
	const struct log_format *format = format_recognise(lines);

	while (format && slice_next_line(&lines, &text)) {
		struct log_line line;

		if (line_parse(format->parts, &stamps, text, &line) == LINE_FINE) {
			*ret_offset_s = line.offset_s;
			return true;
		}
	}
	return false;
}
