/* SPDX-License-Identifier: MIT */
/* ledger_known.c - knowing a log again (known_find)
 *
 * Candidates begin with the same line. Their marks are compared with what is read, up to the first that differs: a log all of whose bytes the file begins
 * with has grown into it (the longest one, of several); a file that ends while a candidate is still like it has been counted before it grew. */
#include "base/alloc.h"
#include "weblog/ledger_own.h"

#define READ_BYTES      ((size_t)256 * 1024)
#define FIRST_LINE_MAX  ((uint64_t)16 * 1024 * 1024) /* a log without a line's end so far is a new one */

/* ---- the source ---- */

static void watch(void *context, slice bytes)
{
	fingerprint_add(context, bytes);
}

int source_begin(struct source *source, courant_error **err)
{
	source_release(source);
	if (fingerprint_init(&source->print, err) < 0)
		return -1;
	if (source->reader && courant_reader_rewind(source->reader, err) < 0)
		return -1;
	source->input = source->reader ? input_new_borrowed(source->reader, source->path, err) : input_open(source->path, err);
	if (!source->input)
		return -1;
	input_watch(source->input, watch, &source->print);
	input_set_teller(source->input, source->teller);
	return 0;
}

void source_release(struct source *source)
{
	input_free(source->input);
	source->input = NULL;
	fingerprint_release(&source->print);
}

/* Reads up to the position; false in *ret_reached when the end comes first. */
static int read_to(struct source *source, uint64_t position, bool *ret_reached, courant_error **err)
{
	AUTO(free) char *window = mem_array(READ_BYTES, 1);

	if (!window)
		return fail_memory(err);
	*ret_reached = false;
	while (source->print.position < position) {
		const uint64_t left = position - source->print.position;
		size_t n;

		if (input_read(source->input, window, left < READ_BYTES ? (size_t)left : READ_BYTES, &n, err) < 0)
			return -1;
		if (n == 0)
			return 0;
	}
	*ret_reached = true;
	return 0;
}

static int read_first_line(struct source *source, courant_error **err)
{
	bool has_more = true;

	while (has_more && !source->print.n_marks && source->print.position < FIRST_LINE_MAX)
		if (read_to(source, source->print.position + 4096, &has_more, err) < 0)
			return -1;
	return 0;
}

/* ---- candidates ---- */

struct candidate {
	int64_t log;
	uint64_t size;
	bool is_other, is_like; /* differs; is like the file up to a mark at least */
};

/* A mark of a candidate, or its end. */
struct point {
	struct mark mark;
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
	free(candidates->list);
	free(candidates->points);
}
AUTO_DEFINE_VALUE(candidates, struct candidates, candidates_release)

static int add_point(struct candidates *candidates, uint64_t position, slice digest, bool is_end, courant_error **err)
{
	if (candidates->n_points == candidates->space_points) {
		const size_t space = candidates->space_points ? 2 * candidates->space_points : 64;
		struct point *points = mem_resize(candidates->points, space, sizeof *points);

		if (!points)
			return fail_memory(err);
		candidates->points = points;
		candidates->space_points = space;
	}

	struct point *point = &candidates->points[candidates->n_points];

	*point = (struct point){.mark.position = position, .candidate = candidates->n - 1, .is_end = is_end};
	if (digest.len != DIGEST_BYTES)
		return fail(err, COURANT_NO_INPUT, "a log's mark in the ledger is damaged");
	memcpy(point->mark.digest, digest.ptr, DIGEST_BYTES);
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

/* Rows of log, size, bytes in all, their digest. */
static int add_candidates(struct store *store, struct candidates *candidates, struct statement *rows, courant_error **err)
{
	int more;

	while ((more = statement_next(rows, err)) > 0) {
		struct candidate *list = mem_resize(candidates->list, candidates->n + 1, sizeof *list);

		if (!list)
			return fail_memory(err);
		candidates->list = list;
		list[candidates->n++] = (struct candidate){.log = statement_i64(rows, 0), .size = (uint64_t)statement_i64(rows, 1)};
		if (add_point(candidates, (uint64_t)statement_i64(rows, 2), statement_bytes(rows, 3), true, err) < 0 ||
		    add_marks(store, candidates, statement_i64(rows, 0), err) < 0)
			return -1;
	}
	return more;
}

static int compare_points(const void *left, const void *right)
{
	const struct point *a = left, *b = right;

	if (a->mark.position != b->mark.position)
		return a->mark.position < b->mark.position ? -1 : 1;
	return (a->candidate > b->candidate) - (a->candidate < b->candidate);
}

/* Logs that begin with the same line, and those of which no more than a part of a line is known. */
static int find_candidates(struct store *store, const struct source *source, struct candidates *ret, courant_error **err)
{
	static const char columns[] = "select id, size, bytes, digest from log where size = 0 or id in "
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

/* Reads on from mark to mark while there is a candidate. */
static int compare(struct source *source, struct candidates *candidates, struct known *ret, courant_error **err)
{
	char digest[DIGEST_BYTES];
	bool is_reached = true;

	for (size_t i = 0; i < candidates->n_points; i++) {
		const struct point *point = &candidates->points[i];
		struct candidate *candidate = &candidates->list[point->candidate];

		if (candidate->is_other)
			continue;
		if (read_to(source, point->mark.position, &is_reached, err) < 0)
			return -1;
		if (!is_reached)
			break;
		if (fingerprint_end(&source->print, digest, err) < 0)
			return -1;
		candidate->is_other = memcmp(digest, point->mark.digest, DIGEST_BYTES) != 0;
		candidate->is_like = !candidate->is_other;
		if (point->is_end && candidate->is_like) {
			ret->log = candidate->log;
			ret->size = candidate->size;
			candidate->is_other = true; /* nothing more of it is to come */
		}
	}
	/* The file ends before them, and all of it is like them. */
	for (size_t i = 0; i < candidates->n && !is_reached; i++)
		ret->is_contained |= candidates->list[i].is_like && !candidates->list[i].is_other;
	return 0;
}

int known_find(struct store *store, struct source *source, struct known *ret, courant_error **err)
{
	AUTO(candidates) struct candidates candidates = {0};
	bool is_reached;

	*ret = (struct known){0};
	if (source_begin(source, err) < 0 || read_first_line(source, err) < 0 || find_candidates(store, source, &candidates, err) < 0)
		return -1;
	/* The first line was read in larger pieces than marks are apart. */
	if (candidates.n && (source_begin(source, err) < 0 || compare(source, &candidates, ret, err) < 0))
		return -1;
	if (ret->is_contained || source->print.position == ret->size)
		return 0;
	if (source_begin(source, err) < 0)
		return -1;
	return read_to(source, ret->size, &is_reached, err);
}
