/* SPDX-License-Identifier: MIT */
/* answer.c - questions checked, given to librrd, and its answers written down (answer.h) */
#include "rrd/answer.h"

#include <poll.h>
#include <rrd.h>

#include "base/file.h"
#include "rrd/archive.h"
#include "samples/rrd_words.h"

#define LOCK_TRIES    100 /* five seconds in all */
#define LOCK_PAUSE_MS 50

/* A question being read: its words one after the other. */
struct question {
	slice rest;
	struct buffer word;
	char *path;
	struct buffer *out;
};

static int make_no_sense(const char *what, courant_error **err)
{
	return fail(err, COURANT_PROTOCOL, "courant-rrd does not understand %s: is it of another version?", what);
}

/* ---- what librrd says when it fails ---- */

/* Its words about files of other machines (32-bit, or of another byte order) help nobody. */
static int fail_rrd(enum courant_code code, const char *path, const char *doing, courant_error **err)
{
	static const char *const no_rrd[] = {"is not an RRD file", "too small", "reached EOF while loading header"};
	const char *said = rrd_get_error();

	if (slice_find_slice(slice_of(said), SLICE("another architecture")) != SLICE_NONE)
		return fail(err, COURANT_NO_INPUT,
			    "%s was written on a machine of another kind (32-bit, or of another byte order): turn it into XML there (rrdtool dump), and "
			    "back into an RRD file here (rrdtool restore)",
			    path);
	for (size_t i = 0; i < sizeof no_rrd / sizeof *no_rrd; i++)
		if (slice_find_slice(slice_of(said), slice_of(no_rrd[i])) != SLICE_NONE)
			return fail(err, COURANT_NO_INPUT, "%s is no RRD file, or a damaged one", path);
	return fail(err, code, "cannot %s %s: %s", doing, path, said);
}

/* Missing, unreadable and folders are told in our own words. */
static int check_readable(const char *path, courant_error **err)
{
	AUTO(close) int fd = file_open(path, err);

	return fd < 0 ? -1 : 0;
}

/* ---- info ---- */

static int answer_info(struct question *question, courant_error **err)
{
	if (check_readable(question->path, err) < 0)
		return -1;
	rrd_clear_error();

	rrd_info_t *info = rrd_info_r(question->path);

	if (!info)
		return fail_rrd(COURANT_NO_INPUT, question->path, "read", err);

	const bool is_sound = archive_write_facts(info, question->out);

	rrd_info_free(info);
	return is_sound ? 0 : fail(err, COURANT_NO_INPUT, "%s is damaged, or has more than courant reads", question->path);
}

/* ---- fetch ---- */

static bool write_rows(struct buffer *out, int64_t from_s, unsigned long step_s, size_t n_rows, unsigned long n, char **names, const rrd_value_t *values)
{
	rrd_write_word(out, SLICE("rows"));
	rrd_write_whole(out, from_s);
	rrd_write_whole(out, (int64_t)step_s);
	rrd_write_whole(out, (int64_t)n_rows);
	for (size_t i = 0; i < n; i++) {
		if (!rrd_name_is_valid(slice_of(names[i])))
			return false;
		rrd_write_word(out, slice_of(names[i]));
	}
	buffer_append_byte(out, '\n');
	for (size_t row = 0; row < n_rows; row++) {
		rrd_write_word(out, SLICE("row"));
		for (size_t i = 0; i < n; i++)
			rrd_write_number(out, values[row * n + i]);
		buffer_append_byte(out, '\n');
	}
	return true;
}

static int fetch(struct question *question, const char *consolidation, time_t from_s, time_t to_s, unsigned long step_s, courant_error **err)
{
	const char *path = question->path;
	unsigned long n = 0;
	char **names = NULL;
	rrd_value_t *values = NULL;

	if (check_readable(path, err) < 0)
		return -1;
	rrd_clear_error();
	/* It moves both ends to whole rows, and chooses the step. */
	if (rrd_fetch_r(path, consolidation, &from_s, &to_s, &step_s, &n, &names, &values) < 0)
		return fail_rrd(COURANT_NO_INPUT, path, "read", err);

	const size_t n_rows = step_s && to_s > from_s ? (size_t)(to_s - from_s) / step_s : 0;
	const bool is_small = n && n <= RRD_SOURCES_MAX && n_rows <= RRD_VALUES_MAX / n;
	const bool is_sound = is_small && write_rows(question->out, from_s, step_s, n_rows, n, names, values);

	for (size_t i = 0; i < n; i++)
		rrd_freemem(names[i]);
	rrd_freemem(names);
	rrd_freemem(values);
	if (!is_small)
		return fail(err, COURANT_TOO_LARGE, "%zu rows of %lu values are too much to be read from %s at once", n_rows, n, path);
	return is_sound ? 0 : fail(err, COURANT_NO_INPUT, "%s is damaged: a data source has no proper name", path);
}

static int answer_fetch(struct question *question, courant_error **err)
{
	enum rrd_consolidation consolidation;
	int64_t from_s, to_s, resolution_s;

	if (!rrd_next_word(&question->rest, &question->word) || !rrd_consolidation_parse(buffer_peek(&question->word), &consolidation) ||
	    !rrd_next_whole(&question->rest, 0, RRD_TIME_MAX_S, &from_s) || !rrd_next_whole(&question->rest, from_s, RRD_TIME_MAX_S, &to_s) ||
	    !rrd_next_whole(&question->rest, 0, RRD_TIME_MAX_S, &resolution_s) || question->rest.ptr)
		return make_no_sense("which rows are wanted", err);
	return fetch(question, rrd_consolidation_name(consolidation), (time_t)from_s, (time_t)to_s, resolution_s ? (unsigned long)resolution_s : 1, err);
}

/* ---- create ---- */

static int answer_create(struct question *question, courant_error **err)
{
	AUTO(archive_plan) struct archive_plan plan = {.n = 0};
	int64_t step_s, from_s;

	if (!rrd_next_whole(&question->rest, 1, RRD_TIME_MAX_S, &step_s) || !rrd_next_whole(&question->rest, 0, RRD_TIME_MAX_S, &from_s))
		return make_no_sense("the step of a new file", err);
	if (!archive_read_plan(&question->rest, &question->word, &plan))
		return make_no_sense("what a new file is to hold", err);
	rrd_clear_error();
	if (rrd_create_r2(question->path, (unsigned long)step_s, (time_t)from_s, 1, NULL, NULL, (int)plan.n, (const char **)plan.words) < 0)
		return fail_rrd(COURANT_CANT_CREATE, question->path, "create", err);
	return 0;
}

/* ---- update ---- */

static bool is_list_of_names(slice names)
{
	for (slice name; slice_next(&names, ':', &name);)
		if (!rrd_name_is_valid(name))
			return false;
	return true;
}

/* A time and a value for each name: digits, signs, points and "U" alone, for librrd also reads words such as "N" and "now". */
static bool is_sample(slice sample, size_t n_names)
{
	size_t n = 0;

	for (slice value; slice_next(&sample, ':', &value); n++) {
		double number;

		if (!rrd_next_number(&value, &number) || value.ptr)
			return false;
	}
	return n == n_names + 1;
}

static size_t count_names(slice names)
{
	size_t n = 0;

	for (slice name; slice_next(&names, ':', &name);)
		n++;
	return n;
}

static int answer_update(struct question *question, courant_error **err)
{
	AUTO(archive_plan) struct archive_plan samples = {.n = 0};
	AUTO(buffer) struct buffer names = BUFFER_LIMIT(RRD_LINE_MAX_BYTES);

	if (!rrd_next_word(&question->rest, &names) || !is_list_of_names(buffer_peek(&names)))
		return make_no_sense("what is to be updated", err);
	while (question->rest.ptr)
		if (!rrd_next_word(&question->rest, &question->word) || !is_sample(buffer_peek(&question->word), count_names(buffer_peek(&names))) ||
		    !archive_add(&samples, buffer_peek(&question->word)))
			return make_no_sense("a sample", err);
	rrd_clear_error();
	if (samples.n && rrd_updatex_r(question->path, names.bytes, RRD_SKIP_PAST_UPDATES, (int)samples.n, (const char **)samples.words) < 0)
		return fail_rrd(COURANT_IO, question->path, "write to", err);
	return 0;
}

/* ---- all of them ---- */

static int find_out(slice line, struct question *question, courant_error **err)
{
	static const struct {
		const char *name;
		int (*run)(struct question *, courant_error **);
	} questions[] = {
		{"info", answer_info},
		{"create", answer_create},
		{"update", answer_update},
		{"fetch", answer_fetch},
	};
	slice name;

	if (!slice_next(&line, ' ', &name) || !rrd_next_word(&line, &question->word) || !question->word.len ||
	    memchr(question->word.bytes, '\0', question->word.len))
		return make_no_sense("the question", err);
	question->rest = line;
	if (buffer_take(&question->word, &question->path, NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		if (slice_equal(name, slice_of(questions[i].name)))
			return questions[i].run(question, err);
	return make_no_sense("the question", err);
}

static void write_error(struct buffer *out, const courant_error *error)
{
	rrd_write_word(out, SLICE("error"));
	rrd_write_whole(out, courant_error_code(error));
	rrd_write_word(out, slice_of(courant_error_sentence(error)));
	buffer_append_byte(out, '\n');
}

/* Another process writes to the file just now: librrd does not wait, and has done nothing. */
static bool is_locked(const courant_error *error)
{
	return slice_find_slice(slice_of(courant_error_sentence(error)), SLICE("could not lock")) != SLICE_NONE;
}

static bool try_answer(slice line, struct buffer *ret, courant_error **err)
{
	struct question question = {.word = BUFFER_LIMIT(RRD_LINE_MAX_BYTES), .out = ret};
	const bool is_fine = find_out(line, &question, err) == 0 && buffer_check(ret, err) == 0;

	buffer_release(&question.word);
	free(question.path);
	if (is_fine)
		return true;
	/* Nothing of half an answer. */
	buffer_release(ret);
	*ret = (struct buffer)BUFFER_LIMIT(ANSWER_MAX_BYTES);
	return false;
}

void answer(slice line, struct buffer *ret)
{
	AUTO(error) courant_error *error = NULL;

	for (int tries = 1; !try_answer(line, ret, &error); tries++) {
		if (!is_locked(error) || tries == LOCK_TRIES) {
			write_error(ret, error);
			return;
		}
		courant_error_free(STEAL(error));
		(void)poll(NULL, 0, LOCK_PAUSE_MS); /* nothing tells when a lock is let go without waiting for it */
	}
	buffer_append(ret, SLICE("ok\n"));
}
