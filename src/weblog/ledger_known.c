/* SPDX-License-Identifier: MIT */
/* ledger_known.c - knowing a log again (known_find)
 *
 * Candidates begin with the same line. Their marks are compared with what is read, up to the first that differs: a log all of whose bytes the file begins
 * with has grown into it (the longest one, of several); a file that ends while a candidate is still like it has been counted before it grew. Behind the last
 * common mark the hashes of lines tell where the two part. When that is late, a copy was cut and went on in another way: its first lines have been
 * counted. Two servers' logs may well begin with the same few lines, and all of both count. */
#include "base/alloc.h"
#include "weblog/ledger_own.h"

#define READ_BYTES      ((size_t)256 * 1024)
#define FIRST_LINE_MAX  ((uint64_t)16 * 1024 * 1024) /* a log without a line's end so far is a new one */
#define HASHES_MAX      ((size_t)1 << 20)
#define ALIKE_BYTES     ((uint64_t)16 * 1024)        /* as many bytes of lines are not the same by chance */

/* ---- the source ---- */

static void watch(void *context, slice bytes)
{
	fingerprint_add(context, bytes);
}

int source_begin(struct source *source, uint64_t seed, courant_error **err)
{
	source_release(source);
	if (fingerprint_init(&source->print, seed, err) < 0 || input_rewind(source->input, err) < 0)
		return -1;
	input_watch(source->input, watch, &source->print);
	return 0;
}

void source_release(struct source *source)
{
	fingerprint_release(&source->print);
}

/* Reads a piece, up to the position at most; false in *ret_more at the end. */
static int read_piece(struct source *source, uint64_t position, bool *ret_more, courant_error **err)
{
	AUTO(free) char *window = mem_array(READ_BYTES, 1);
	const uint64_t left = position - source->print.position;
	size_t n;

	if (!window)
		return fail_memory(err);
	if (input_read(source->input, window, left < READ_BYTES ? (size_t)left : READ_BYTES, &n, err) < 0)
		return -1;
	*ret_more = n > 0;
	return 0;
}

static int read_first_line(struct source *source, courant_error **err)
{
	bool has_more = true;

	while (has_more && !source->print.n_marks && source->print.position < FIRST_LINE_MAX)
		if (read_piece(source, source->print.position + 4096, &has_more, err) < 0)
			return -1;
	return 0;
}

/* ---- candidates ---- */

struct candidate {
	int64_t log;
	uint64_t size;
	uint64_t uncounted;     /* the lines before it count nowhere */
	uint64_t common, chain; /* the lines before it are like the file's; their hash */
	struct buffer hashes;   /* of the lines that follow the last mark, four bytes each */
	size_t at;              /* of the next one */
	bool is_other, is_like; /* differs; is like the file up to a mark at least */
	bool has_hashes;        /* false: an earlier version has written that mark */
};

/* A mark of a candidate, or its end. */
struct point {
	uint64_t position;
	char digest[DIGEST_BYTES];
	size_t candidate;
	bool is_end;
};

struct candidates {
	struct candidate *list;
	struct point *points;
	size_t n, n_points, space_points;
};

static void candidates_release(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->n; i++)
		buffer_release(&candidates->list[i].hashes);
	free(candidates->list);
	free(candidates->points);
}
AUTO_DEFINE_VALUE(candidates, struct candidates, candidates_release)

static int add_point(struct candidates *candidates, uint64_t position, slice digest, bool is_end, courant_error **err)
{
	struct point *points = mem_room(candidates->points, candidates->n_points, &candidates->space_points, 64, sizeof *points);

	if (!points)
		return fail_memory(err);
	candidates->points = points;

	struct point *point = &candidates->points[candidates->n_points];

	*point = (struct point){.position = position, .candidate = candidates->n - 1, .is_end = is_end};
	if (digest.len != DIGEST_BYTES)
		return fail(err, COURANT_NO_INPUT, "a log's mark in the ledger is damaged");
	memcpy(point->digest, digest.ptr, DIGEST_BYTES);
	candidates->n_points++;
	return 0;
}

static int add_marks(struct store *store, struct candidates *candidates, int64_t log, courant_error **err)
{
	AUTO(statement) struct statement *marks = statement_new(store, "select position, digest from mark where log = ?", err);
	int more;

	if (!marks)
		return -1;
	statement_bind_i64(marks, 1, log);
	while ((more = statement_next(marks, err)) > 0)
		if (add_point(candidates, (uint64_t)statement_i64(marks, 0), statement_bytes(marks, 1), false, err) < 0)
			return -1;
	return more;
}

/* Rows of log, size, bytes in all, their digest, what counts nowhere. */
static int add_candidates(struct store *store, struct candidates *candidates, struct statement *rows, courant_error **err)
{
	int more;

	while ((more = statement_next(rows, err)) > 0) {
		struct candidate *list = mem_resize(candidates->list, candidates->n + 1, sizeof *list);

		if (!list)
			return fail_memory(err);
		candidates->list = list;
		list[candidates->n++] = (struct candidate){
			.log = statement_i64(rows, 0),
			.size = (uint64_t)statement_i64(rows, 1),
			.uncounted = (uint64_t)statement_i64(rows, 4),
			.hashes = BUFFER_LIMIT(HASHES_MAX),
		};
		if (add_point(candidates, (uint64_t)statement_i64(rows, 2), statement_bytes(rows, 3), true, err) < 0 ||
		    add_marks(store, candidates, statement_i64(rows, 0), err) < 0)
			return -1;
	}
	return more;
}

static int compare_points(const void *left, const void *right)
{
	const struct point *a = left, *b = right;

	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	return (a->candidate > b->candidate) - (a->candidate < b->candidate);
}

/* Logs that begin with the same line, and those of which no more than a part of a line is known. */
static int find_candidates(struct store *store, const struct source *source, struct candidates *ret, courant_error **err)
{
	static const char columns[] = "select id, size, bytes, digest, iif(base is null, start, 0) from log where size = 0 or id in "
				      "(select log from mark where position = ? and digest = ?)";
	AUTO(statement) struct statement *rows = statement_new(store, columns, err);

	if (!rows)
		return -1;
	if (source->print.n_marks) {
		statement_bind_i64(rows, 1, (int64_t)source->print.marks[0].position);
		statement_bind_bytes(rows, 2, slice_from(source->print.marks[0].digest, DIGEST_BYTES));
	}
	if (add_candidates(store, ret, rows, err) < 0)
		return -1;
	if (ret->n_points)
		qsort(ret->points, ret->n_points, sizeof *ret->points, compare_points);
	return 0;
}

/* ---- comparing ---- */

/* The candidate is like the file up to a mark of both. */
static int reach_mark(struct store *store, struct candidate *candidate, const struct fingerprint *print, courant_error **err)
{
	AUTO(statement) struct statement *find = statement_new(store, "select hashes from line where log = ? and position = ?", err);

	candidate->is_like = true;
	candidate->common = print->line_position;
	candidate->chain = print->chain;
	candidate->at = 0;
	buffer_cut(&candidate->hashes, 0);
	if (!find)
		return -1;
	statement_bind_i64(find, 1, candidate->log);
	statement_bind_i64(find, 2, (int64_t)print->position);

	const int more = statement_next(find, err);

	if (more < 0)
		return -1;
	candidate->has_hashes = more;
	if (more)
		buffer_append(&candidate->hashes, statement_bytes(find, 0));
	return buffer_check(&candidate->hashes, err);
}

/* Goes on over a line of the file. */
static void follow(struct candidate *candidate, const struct line_end *end)
{
	const slice hashes = buffer_peek(&candidate->hashes);

	if (candidate->is_other || !candidate->is_like || candidate->at + sizeof end->hash > hashes.len)
		return;
	candidate->is_other = memcmp(hashes.ptr + candidate->at, &end->hash, sizeof end->hash) != 0;
	if (candidate->is_other)
		return;
	candidate->at += sizeof end->hash;
	candidate->common = end->position;
	candidate->chain = end->chain;
}

/* Reads up to the position; false in *ret_reached when the end comes first. */
static int read_to(struct source *source, uint64_t position, struct candidates *candidates, bool *ret_reached, courant_error **err)
{
	struct fingerprint *print = &source->print;

	*ret_reached = true;
	while (*ret_reached && print->position < position) {
		const uint64_t followed = print->position;

		if (read_piece(source, position, ret_reached, err) < 0)
			return -1;
		for (size_t i = 0; i < print->n_marks; i++)
			for (size_t k = 0; k < print->marks[i].n_ends; k++)
				for (size_t c = 0; c < candidates->n && print->marks[i].ends[k].position > followed; c++)
					follow(&candidates->list[c], &print->marks[i].ends[k]);
		fingerprint_drop(print);
	}
	return 0;
}

/* Where the lines begin that count nowhere yet. */
static void choose(const struct candidates *candidates, const struct source *source, bool is_at_end, struct known *ret)
{
	for (size_t i = 0; i < candidates->n; i++) {
		const struct candidate *candidate = &candidates->list[i];
		const bool is_same = candidate->common >= ALIKE_BYTES && candidate->common > candidate->uncounted;
		const bool is_all = !candidate->has_hashes || candidate->common == source->print.line_position;

		/* The file ends before the candidate, and all of it is like it. */
		ret->is_contained |= is_at_end && candidate->is_like && !candidate->is_other && is_all;
		if (candidate->log == ret->log || !is_same || candidate->common <= ret->from)
			continue;
		ret->from = candidate->common;
		ret->chain = candidate->chain;
		ret->base = ret->log ? 0 : candidate->log;
	}
}

/* Reads on from mark to mark while there is a candidate. */
static int compare(struct store *store, struct source *source, struct candidates *candidates, struct known *ret, courant_error **err)
{
	char digest[DIGEST_BYTES];
	bool is_reached = true;

	for (size_t i = 0; i < candidates->n_points; i++) {
		const struct point *point = &candidates->points[i];
		struct candidate *candidate = &candidates->list[point->candidate];

		if (candidate->is_other)
			continue;
		if (read_to(source, point->position, candidates, &is_reached, err) < 0)
			return -1;
		if (!is_reached)
			break;
		if (fingerprint_end(&source->print, digest, err) < 0)
			return -1;
		candidate->is_other |= memcmp(digest, point->digest, DIGEST_BYTES) != 0;
		if (candidate->is_other)
			continue;
		if (!point->is_end) {
			if (reach_mark(store, candidate, &source->print, err) < 0)
				return -1;
			continue;
		}
		*ret = (struct known){.log = candidate->log, .size = candidate->size, .from = candidate->size, .chain = source->print.chain};
		candidate->is_other = true; /* nothing more of it is to come */
	}
	choose(candidates, source, !is_reached, ret);
	return 0;
}

int known_find(struct store *store, uint64_t seed, struct source *source, struct known *ret, courant_error **err)
{
	AUTO(candidates) struct candidates candidates = {0}, none = {0};
	bool is_reached;

	*ret = (struct known){0};
	if (source_begin(source, seed, err) < 0 || read_first_line(source, err) < 0 || find_candidates(store, source, &candidates, err) < 0)
		return -1;
	/* The first line was read in larger pieces than marks are apart. */
	if (candidates.n && (source_begin(source, seed, err) < 0 || compare(store, source, &candidates, ret, err) < 0))
		return -1;
	if (ret->is_contained)
		return 0;
	return source_begin(source, seed, err) < 0 ? -1 : read_to(source, ret->size, &none, &is_reached, err);
}
