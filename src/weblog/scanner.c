/* SPDX-License-Identifier: MIT */
/* scanner.c - one who counts (scanner.h) */
#include "weblog/scanner.h"

#include "base/alloc.h"

int scanner_init(struct scanner *scanner, const struct scan_settings *settings, courant_error **err)
{
	*scanner = (struct scanner){.settings = settings};
	scanner->block.bytes = mem_array(LINES_MAX + LINES_SLACK, 1);
	scanner->lines_of_block = mem_alloc(sizeof *scanner->lines_of_block);
	scanner->reader.parts.scratch = mem_array(LINES_MAX, 1);
	scanner->agents = agents_new(settings->seed, err);
	if (scanner->block.bytes && scanner->lines_of_block && scanner->reader.parts.scratch && scanner->agents)
		return 0;
	scanner_release(scanner);
	return fail_memory(err);
}

void scanner_release(struct scanner *scanner)
{
	for (size_t i = 0; scanner->has_tallies && i < scanner->settings->n_windows; i++)
		tally_release(&scanner->tallies[i]);
	agents_free(scanner->agents);
	rejects_release(&scanner->rejects);
	free(scanner->block.bytes);
	free(scanner->lines_of_block);
	free(scanner->reader.parts.scratch);
	*scanner = (struct scanner){0};
}

void scanner_begin(struct scanner *scanner)
{
	const struct scan_settings *settings = scanner->settings;

	if (scanner->has_tallies)
		return;
	for (size_t i = 0; i < settings->n_windows; i++) {
		tally_init(&scanner->tallies[i], settings->zone, scanner->agents, settings->seed);
		scanner->tallies[i].suffixes = settings->suffixes;
	}
	scanner->has_tallies = true;
}

static bool is_inside(const struct weblog_window *window, const struct hit *hit)
{
	const int64_t time_ms = hit->line.time_s * MS_PER_SECOND;

	return time_ms >= window->from_ms && time_ms < window->to_ms;
}

static void note_time(struct scanner *scanner, int64_t time_s)
{
	if (!scanner->hits || time_s < scanner->first_s)
		scanner->first_s = time_s;
	if (!scanner->hits || time_s > scanner->last_s)
		scanner->last_s = time_s;
	scanner->hits++;
}

static int find_agents(struct scanner *scanner, courant_error **err)
{
	for (size_t i = 0; i < scanner->n_pending; i++)
		agents_fetch(scanner->agents, scanner->pending[i].agent_hash);
	for (size_t i = 0; i < scanner->n_pending; i++) {
		struct hit *hit = &scanner->pending[i];

		hit->agent = agents_add_hashed(scanner->agents, hit->agent_hash, hit->line.agent, err);
		if (!hit->agent)
			return -1;
	}
	return 0;
}

/* Counts the hits that have been collected, in runs that lie inside of a window. */
static int count_hits(struct scanner *scanner, courant_error **err)
{
	const size_t n = scanner->n_pending;
	const struct hit *hits = scanner->pending;

	if (!n)
		return 0;
	if (find_agents(scanner, err) < 0)
		return -1;
	scanner->n_pending = 0;
	if (scanner->settings->take)
		return scanner->settings->take(scanner->settings->taker, hits, n, err);
	scanner_begin(scanner);
	for (size_t w = 0; w < scanner->settings->n_windows; w++) {
		for (size_t from = 0, to; from < n; from = to + 1) {
			for (to = from; to < n && is_inside(&scanner->settings->windows[w], &hits[to]); to++)
				;
			if (to > from && tally_add(&scanner->tallies[w], hits + from, to - from, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int add_hit(struct scanner *scanner, courant_error **err)
{
	struct hit *hit = &scanner->pending[scanner->n_pending];

	note_time(scanner, hit->line.time_s);
	if (scanner->block.format->kind == FORMAT_LINE)
		hit->line.duration_us = format_duration_us(scanner->block.format, hit->line.rest);
	if (scanner->settings->filter && !filter_passes(scanner->settings->filter, &hit->line))
		return 0;
	hit->agent_hash = agents_hash(scanner->agents, hit->line.agent);
	hit_hash(hit, scanner->settings->seed);
	return ++scanner->n_pending == HITS_AT_ONCE ? count_hits(scanner, err) : 0;
}

/* Line numbers count within the block here; rejects_number makes them those of the file. */
static int reject(struct scanner *scanner, uint32_t file, uint64_t line, enum line_fault fault, slice text, courant_error **err)
{
	scanner->lines++;
	if (rejects_add(&scanner->rejects, file, scanner->block.number, line, fault, text) < 0)
		return fail_memory(err);
	return 0;
}

/* A line that is not empty: counted, or rejected. */
static int take_line(struct scanner *scanner, uint32_t file, uint64_t number, const struct line_text *line, courant_error **err)
{
	const enum line_fault fault = line->text.len > FEED_LINE_BYTES ? LINE_TOO_LONG : line->fault;

	if (fault)
		return reject(scanner, file, number, fault, line->text, err);
	scanner->lines++;
	return add_hit(scanner, err);
}

static int count_lines(struct scanner *scanner, uint32_t file, uint64_t *number, courant_error **err)
{
	const unsigned parts = scanner->block.format ? scanner->block.format->parts : 0;
	struct line_text line;

	while (lines_next(scanner->lines_of_block, parts, &scanner->reader.parts.stamps, &line,
			  &scanner->pending[scanner->n_pending].line)) {
		++*number;
		if (line.text.len && take_line(scanner, file, *number, &line, err) < 0)
			return -1;
	}
	return 0;
}

/* Lines of formats that are not read by their marks. What they hold may lie in the scratch, and so is counted at once. */
static int count_other_lines(struct scanner *scanner, uint32_t file, uint64_t *number, courant_error **err)
{
	struct line_text line;

	scanner->reader.w3c = scanner->block.w3c;
	while (lines_cut(scanner->lines_of_block, &line.text)) {
		bool is_directive;

		++*number;
		if (!line.text.len)
			continue;
		line.fault = formats_read(scanner->block.format, &scanner->reader, line.text, &scanner->pending[scanner->n_pending].line,
					  &is_directive);
		if (is_directive)
			continue;
		if (take_line(scanner, file, *number, &line, err) < 0 ||
		    (scanner->reader.parts.scratch_len && count_hits(scanner, err) < 0))
			return -1;
	}
	return 0;
}

int scanner_count(struct scanner *scanner, uint32_t file, uint64_t *ret_lines, courant_error **err)
{
	const struct block *block = &scanner->block;
	const bool is_other = block->format && block->format->kind != FORMAT_LINE;
	uint64_t number = 0;

	*ret_lines = 1;
	if (block->is_long_line)
		return reject(scanner, file, 1, LINE_TOO_LONG, slice_from(block->bytes, block->len), err);
	lines_begin(scanner->lines_of_block, scanner->settings->way, block->bytes, block->len);
	if ((is_other ? count_other_lines : count_lines)(scanner, file, &number, err) < 0)
		return -1;
	*ret_lines = number;
	return count_hits(scanner, err);
}

int scanner_join(struct scanner *scanner, struct scanner *other, courant_error **err)
{
	rejects_join(&scanner->rejects, &other->rejects);
	if (other->hits) {
		const uint64_t hits = scanner->hits;

		note_time(scanner, other->first_s);
		note_time(scanner, other->last_s);
		scanner->hits = hits + other->hits;
	}
	scanner->lines += other->lines;
	if (!other->has_tallies)
		return 0;
	scanner_begin(scanner);
	for (size_t i = 0; i < scanner->settings->n_windows; i++) {
		if (tally_join(&scanner->tallies[i], &other->tallies[i], err) < 0)
			return -1;
		tally_release(&other->tallies[i]);
	}
	other->has_tallies = false;
	return 0;
}
