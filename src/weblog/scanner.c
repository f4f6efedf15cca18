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
	if (agent_cache_init(&scanner->agents, settings->agents, NULL) == 0 && scanner->block.bytes && scanner->lines_of_block &&
	    scanner->reader.parts.scratch)
		return 0;
	scanner_release(scanner);
	return fail_memory(err);
}

void scanner_release(struct scanner *scanner)
{
	for (size_t i = 0; scanner->has_tallies && i < scanner->settings->n_windows; i++)
		tally_release(&scanner->tallies[i]);
	agent_cache_release(&scanner->agents);
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
		tally_init(&scanner->tallies[i], settings->zone, settings->agents, settings->seed);
		scanner->tallies[i].suffixes = settings->suffixes;
		scanner->tallies[i].bound.limit_bytes = settings->tally_bytes;
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

static int find_agents(struct scanner *scanner, struct hit *hits, size_t n, courant_error **err)
{
	for (size_t i = 0; i < n; i++) {
		hits[i].agent = agent_cache_find(&scanner->agents, hits[i].agent_hash, hits[i].line.agent, err);
		if (!hits[i].agent)
			return -1;
	}
	return 0;
}

/* Counts hits, in runs that lie inside of a window. */
static int count_hits(struct scanner *scanner, struct hit *hits, size_t n, courant_error **err)
{
	if (find_agents(scanner, hits, n, err) < 0)
		return -1;
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

static int count_pending(struct scanner *scanner, courant_error **err)
{
	const size_t n = scanner->n_pending;

	scanner->n_pending = 0;
	return n ? count_hits(scanner, scanner->pending, n, err) : 0;
}

/* Brings nearer what counting a hit will touch first: its words lie in the cache of the one who has read them. */
static inline void fetch_hit(const struct scanner *scanner, const struct hit *hit)
{
	agent_cache_fetch(&scanner->agents, hit->agent_hash);
	__builtin_prefetch(hit->line.address.ptr);
	__builtin_prefetch(hit->line.path.ptr);
	__builtin_prefetch(hit->line.referrer.ptr);
}

int scanner_count(struct scanner *scanner, struct share *share, courant_error **err)
{
	for (size_t i = 0; i < share->n && i < HITS_AT_ONCE; i++)
		fetch_hit(scanner, &share->hits[i]);
	for (size_t i = 0, n; i < share->n; i += n) {
		n = share->n - i < HITS_AT_ONCE ? share->n - i : HITS_AT_ONCE;
		for (size_t k = i + n; k < share->n && k < i + n + HITS_AT_ONCE; k++)
			fetch_hit(scanner, &share->hits[k]);
		if (count_hits(scanner, share->hits + i, n, err) < 0)
			return -1;
	}
	share->n = 0;
	return 0;
}

/* To the one who owns the address: the slots of tables are found by the upper half of the hash, so the lower one is free to say. */
static int give_away(struct scanner *scanner, const struct hit *hit, courant_error **err)
{
	struct share *share = &scanner->shares[(uint32_t)hit->address_hash % scanner->n_shares];
	struct hit *hits = mem_room(share->hits, share->n, &share->space, 256, sizeof *hits);

	if (!hits)
		return fail_memory(err);
	share->hits = hits;
	share->hits[share->n++] = *hit;
	return 0;
}

static int add_hit(struct scanner *scanner, const struct log_format *format, courant_error **err)
{
	struct hit *hit = &scanner->pending[scanner->n_pending];

	note_time(scanner, hit->line.time_s);
	if (format && format->kind == FORMAT_LINE)
		hit->line.duration_us = format->times == TIMES_NONE ? LINE_NO_DURATION : format_duration_us(format, hit->line.rest);
	if (scanner->settings->filter && !filter_passes(scanner->settings->filter, &hit->line))
		return 0;
	hit->agent_hash = keys_hash(hit->line.agent, scanner->settings->seed);
	hit->address_hash = keys_hash(hit->line.address, scanner->settings->seed);
	hit->path_hash = keys_hash(hit->line.path, scanner->settings->seed);
	if (scanner->shares)
		return give_away(scanner, hit, err);
	agent_cache_fetch(&scanner->agents, hit->agent_hash);
	return ++scanner->n_pending == HITS_AT_ONCE ? count_pending(scanner, err) : 0;
}

/* ---- lines ---- */

/* Where the line that is being read stands. */
struct position {
	const struct block *block;
	uint32_t file;
	uint64_t line; /* in the block; rejects_number makes it that of the file */
};

static int reject(struct scanner *scanner, const struct position *at, enum line_fault fault, slice text, courant_error **err)
{
	scanner->lines++;
	return rejects_add(&scanner->rejects, at->file, at->block->number, at->line, fault, text) < 0 ? fail_memory(err) : 0;
}

/* A line that is not empty: counted, or rejected. */
static int take_line(struct scanner *scanner, const struct position *at, const struct line_text *line, courant_error **err)
{
	const enum line_fault fault = line->text.len > FEED_LINE_BYTES ? LINE_TOO_LONG : line->fault;

	if (fault)
		return reject(scanner, at, fault, line->text, err);
	scanner->lines++;
	return add_hit(scanner, at->block->format, err);
}

static int read_lines(struct scanner *scanner, struct position *at, courant_error **err)
{
	const unsigned parts = at->block->format ? at->block->format->parts : 0;
	struct line_text line;

	while (lines_next(scanner->lines_of_block, parts, &scanner->reader.parts.stamps, &line,
			  &scanner->pending[scanner->n_pending].line)) {
		at->line++;
		if (line.text.len && take_line(scanner, at, &line, err) < 0)
			return -1;
	}
	return 0;
}

/* Lines of formats that are not read by their marks. What they hold may lie in the scratch, which has room for all that a block's lines hold. */
static int read_other_lines(struct scanner *scanner, struct position *at, courant_error **err)
{
	struct line_text line;

	scanner->reader.w3c = at->block->w3c;
	scanner->reader.parts.scratch_len = 0;
	while (lines_cut(scanner->lines_of_block, &line.text)) {
		bool is_directive;

		at->line++;
		if (!line.text.len)
			continue;
		line.fault = formats_read(at->block->format, &scanner->reader, line.text, &scanner->pending[scanner->n_pending].line,
					  &is_directive);
		if (!is_directive && take_line(scanner, at, &line, err) < 0)
			return -1;
	}
	return 0;
}

int scanner_read(struct scanner *scanner, const struct block *block, uint32_t file, uint64_t *ret_lines, courant_error **err)
{
	const bool is_other = block->format && block->format->kind != FORMAT_LINE;
	struct position at = {block, file, 0};

	if (block->is_long_line) {
		*ret_lines = at.line = 1;
		return reject(scanner, &at, LINE_TOO_LONG, slice_from(block->bytes, block->len), err);
	}
	lines_begin(scanner->lines_of_block, scanner->settings->way, block->bytes, block->len);
	if ((is_other ? read_other_lines : read_lines)(scanner, &at, err) < 0)
		return -1;
	*ret_lines = at.line;
	return count_pending(scanner, err);
}

/* ---- the end ---- */

int scanner_finish(struct scanner *scanner, courant_error **err)
{
	scanner_begin(scanner);
	for (size_t i = 0; i < scanner->settings->n_windows; i++)
		if (tally_finish(&scanner->tallies[i], err) < 0)
			return -1;
	return 0;
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
	for (size_t i = 0; i < scanner->settings->n_windows; i++)
		if (tally_join(&scanner->tallies[i], &other->tallies[i], err) < 0)
			return -1;
	return 0;
}
