/* SPDX-License-Identifier: MIT */
#include "samples/rrd_pipe.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tap.h"

static const char *program(void)
{
	return getenv("COURANT_RRD");
}

static char *in_folder(const char *name, struct buffer *into)
{
	buffer_cut(into, 0);
	buffer_printf(into, "%s/%s", tap_folder(), name);
	return into->bytes;
}

static const struct rrd_source sources[] = {
	{.name = "sent", .type = RRD_DERIVE, .heartbeat_s = 120, .least = 0, .greatest = NAN},
	{.name = "load", .type = RRD_GAUGE, .heartbeat_s = 120, .least = NAN, .greatest = 100},
};
static const struct rrd_archive archives[] = {{RRD_AVERAGE, 1, 10}, {RRD_AVERAGE, 5, 20}, {RRD_MAX, 5, 20}};
static const struct rrd_facts plan = {
	.step_s = 60,
	.sources = (struct rrd_source *)sources,
	.n_sources = 2,
	.archives = (struct rrd_archive *)archives,
	.n_archives = 3,
};

#define FROM_S INT64_C(1799999940) /* a multiple of 60 */

/* A counter that grows by 10 a second and begins anew once; nothing is written for a while. */
static void write_samples(struct rrd_pipe *pipe, const char *path)
{
	static const char *const names[] = {"sent", "load"};
	static const double values[] = {1000, 1, 1600, 2, 2200, NAN, 100, 4, 700, 5, 5000, 6, 5600, 7};
	static const int minutes[] = {1, 2, 3, 4, 5, 9, 10};
	int64_t times_ms[7];

	for (size_t i = 0; i < 7; i++)
		times_ms[i] = (FROM_S + 60 * minutes[i]) * 1000;
	CHECK(rrd_pipe_update(pipe, path, names, 2, times_ms, values, 7, NULL) == 0);
}

static void what_is_written_can_be_read(void)
{
	/* Worked out by hand, for the steps that end at minutes 1 to 10: a reset, a gap and what was not known are unknown. */
	static const double sent[] = {NAN, 10, 10, NAN, 10, NAN, NAN, NAN, NAN, 10};
	static const double load[] = {1, 2, NAN, 4, 5, NAN, NAN, NAN, NAN, 7};
	AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(program(), NULL);
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(rrd_rows) struct rrd_rows rows = {0};
	courant_error *err = NULL;

	in_folder("a file.rrd", &path);
	CHECK(rrd_pipe_create(pipe, path.bytes, FROM_S, &plan, &err) == 0);
	CHECK_NO_ERROR(err);
	write_samples(pipe, path.bytes);
	CHECK(rrd_pipe_fetch(pipe, path.bytes, RRD_AVERAGE, FROM_S, FROM_S + 600, 60, &rows, &err) == 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(rows.from_s, FROM_S);
	CHECK_INT(rows.step_s, 60);
	CHECK_INT(rows.n_columns, 2);
	CHECK(rows.n_rows >= 10);
	for (size_t i = 0; i < 10 && i < rows.n_rows; i++) {
		CHECK(isnan(sent[i]) ? isnan(rows.values[2 * i]) : fabs(rows.values[2 * i] - sent[i]) < 1e-9);
		CHECK(isnan(load[i]) ? isnan(rows.values[2 * i + 1]) : fabs(rows.values[2 * i + 1] - load[i]) < 1e-9);
	}
	CHECK_TEXT(rows.names[0], "sent");
	CHECK_TEXT(rows.names[1], "load");
}

static void facts_are_told(void)
{
	AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(program(), NULL);
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(rrd_facts) struct rrd_facts facts = {0};

	in_folder("facts.rrd", &path);
	CHECK(rrd_pipe_create(pipe, path.bytes, FROM_S, &plan, NULL) == 0);
	write_samples(pipe, path.bytes);
	CHECK(rrd_pipe_facts(pipe, path.bytes, &facts, NULL) == 0);
	CHECK_INT(facts.step_s, 60);
	CHECK_INT(facts.last_s, FROM_S + 600);
	CHECK_INT(facts.n_sources, 2);
	CHECK_INT(facts.n_archives, 3);
	CHECK_INT(facts.archives[2].consolidation, RRD_MAX);
	CHECK_INT(facts.archives[1].steps, 5);
	CHECK_INT(facts.archives[1].rows, 20);

	const struct rrd_source *sent = rrd_facts_find(&facts, SLICE("sent")), *load = rrd_facts_find(&facts, SLICE("load"));

	CHECK(sent && sent->type == RRD_DERIVE && sent->least == 0 && isnan(sent->greatest) && sent->last == 5600 && sent->heartbeat_s == 120);
	CHECK(load && load->type == RRD_GAUGE && isnan(load->least) && load->greatest == 100 && load->last == 7);
	CHECK(!rrd_facts_find(&facts, SLICE("sen")));
}

static void old_samples_are_passed_over(void)
{
	static const char *const names[] = {"load"};
	AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(program(), NULL);
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(rrd_facts) struct rrd_facts facts = {0};

	in_folder("old.rrd", &path);
	CHECK(rrd_pipe_create(pipe, path.bytes, FROM_S, &plan, NULL) == 0);
	CHECK(rrd_pipe_update(pipe, path.bytes, names, 1, &(int64_t){(FROM_S + 120) * 1000}, &(double){1}, 1, NULL) == 0);
	CHECK(rrd_pipe_update(pipe, path.bytes, names, 1, &(int64_t){(FROM_S + 60) * 1000}, &(double){2}, 1, NULL) == 0);
	CHECK(rrd_pipe_facts(pipe, path.bytes, &facts, NULL) == 0);
	CHECK_INT(facts.last_s, FROM_S + 120);
}

static void thousands_of_samples_are_one_update(void)
{
	enum { N = 20000 };
	static const char *const names[] = {"load"};
	static int64_t times_ms[N];
	static double values[N];
	AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(program(), NULL);
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(rrd_facts) struct rrd_facts facts = {0};

	for (size_t i = 0; i < N; i++) {
		times_ms[i] = (FROM_S + 60 * ((int64_t)i + 1)) * 1000;
		values[i] = (double)(i % 100) / 3;
	}
	in_folder("many.rrd", &path);
	CHECK(rrd_pipe_create(pipe, path.bytes, FROM_S, &plan, NULL) == 0);
	CHECK(rrd_pipe_update(pipe, path.bytes, names, 1, times_ms, values, N, NULL) == 0);
	CHECK(rrd_pipe_facts(pipe, path.bytes, &facts, NULL) == 0);
	CHECK_INT(facts.last_s, FROM_S + 60 * N);
}

static void a_file_is_never_written_over(void)
{
	AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(program(), NULL);
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	courant_error *err = NULL;

	in_folder("once.rrd", &path);
	CHECK(rrd_pipe_create(pipe, path.bytes, FROM_S, &plan, NULL) == 0);
	CHECK(rrd_pipe_create(pipe, path.bytes, FROM_S, &plan, &err) < 0);
	CHECK_ERROR(err, COURANT_CANT_CREATE, "cannot create ");
	/* The pipe is as good as before. */
	CHECK(rrd_pipe_update(pipe, path.bytes, (const char *const[]){"load"}, 1, &(int64_t){(FROM_S + 60) * 1000}, &(double){1}, 1, NULL) == 0);
}

static void unusable_files_are_told(void)
{
	AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(program(), NULL);
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(rrd_facts) struct rrd_facts facts = {0};
	AUTO(rrd_rows) struct rrd_rows rows = {0};
	courant_error *err = NULL;

	in_folder("nothing.rrd", &path);
	CHECK(rrd_pipe_facts(pipe, path.bytes, &facts, &err) < 0);
	CHECK_ERROR(err, COURANT_NO_INPUT, "No such file or directory");
	err = NULL;
	CHECK(rrd_pipe_fetch(pipe, tap_folder(), RRD_AVERAGE, 0, 60, 0, &rows, &err) < 0);
	CHECK_ERROR(err, COURANT_NO_INPUT, "Is a directory");
	err = NULL;
	in_folder("text.rrd", &path);
	CHECK(file_write_atomic(path.bytes, SLICE("This is no RRD file, though it has that name and is long enough to hold its head. "
						  "This is no RRD file, though it has that name and is long enough to hold its head."),
				0644, NULL) == 0);
	CHECK(rrd_pipe_facts(pipe, path.bytes, &facts, &err) < 0);
	CHECK_ERROR(err, COURANT_NO_INPUT, "is no RRD file, or a damaged one");
	err = NULL;
	CHECK(file_write_atomic(path.bytes, SLICE(""), 0644, NULL) == 0);
	CHECK(rrd_pipe_facts(pipe, path.bytes, &facts, &err) < 0);
	CHECK_ERROR(err, COURANT_NO_INPUT, "");
}

static void files_of_other_machines_are_told(void)
{
	const char *path = tap_data("rrd/munin_8656_testing.acme.com-hymir-balmung-a.rrd");
	AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(program(), NULL);
	AUTO(rrd_facts) struct rrd_facts facts = {0};
	courant_error *err = NULL;

	if (!path)
		return;
	CHECK(rrd_pipe_facts(pipe, path, &facts, &err) < 0);
	CHECK_ERROR(err, COURANT_NO_INPUT, "was written on a machine of another kind (32-bit");
}

static void without_the_program_it_says_what_to_install(void)
{
	AUTO(rrd_pipe) struct rrd_pipe *none = rrd_pipe_new(NULL, NULL), *gone = rrd_pipe_new("/nonexistent/courant-rrd", NULL);
	AUTO(rrd_facts) struct rrd_facts facts = {0};
	courant_error *err = NULL;

	CHECK(rrd_pipe_facts(none, "x.rrd", &facts, &err) < 0);
	CHECK_ERROR(err, COURANT_CONFIG, "install the package courant-rrd, or build Courant with -Drrd=enabled");
	err = NULL;
	CHECK(rrd_pipe_facts(gone, "x.rrd", &facts, &err) < 0);
	CHECK_ERROR(err, COURANT_CONFIG, "cannot run /nonexistent/courant-rrd: No such file or directory");
}

/* Programs that are not courant-rrd, as shell scripts. */
static const struct {
	const char *name, *script;
	int code;
	const char *sentence;
} liars[] = {
	{"one that ends at once", "exit 1", COURANT_IO, "ended in the middle of its work"},
	{"one of another version", "echo courant-rrd 2; cat >/dev/null", COURANT_PROTOCOL, "is it of another version?"},
	{"one that ends after its greeting", "echo courant-rrd 1; read line", COURANT_IO, "ended in the middle of its work"},
	{"one that knows no facts", "echo courant-rrd 1; read line; echo ok; cat", COURANT_PROTOCOL, "makes no sense"},
	{"one with a wrong name", "echo courant-rrd 1; read line; echo step 60; echo ds a:b GAUGE 120 U U U; cat", COURANT_PROTOCOL, "makes no sense"},
	{"one with a wrong number", "echo courant-rrd 1; read line; echo step x; cat", COURANT_PROTOCOL, "makes no sense"},
	{"one whose error is none", "echo courant-rrd 1; read line; echo error 99 x; cat", COURANT_PROTOCOL, "makes no sense"},
	{"one that never ends a line", "echo courant-rrd 1; read line; exec cat /dev/zero", COURANT_PROTOCOL, "makes no sense"},
};

static void answers_are_not_believed(void)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096), script = BUFFER_LIMIT(4096);

	in_folder("liar", &path);
	EACH (row, liars) {
		AUTO(rrd_facts) struct rrd_facts facts = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		buffer_cut(&script, 0);
		buffer_printf(&script, "#!/bin/sh\n%s\n", row->script);
		CHECK(file_write_atomic(path.bytes, buffer_peek(&script), 0755, NULL) == 0);

		AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(path.bytes, NULL);

		CHECK(rrd_pipe_facts(pipe, "x.rrd", &facts, &err) < 0);
		CHECK_ERROR(err, row->code, row->sentence);
	}
}

static void rows_are_not_believed(void)
{
	static const char *const answers[] = {
		"rows 0 60 2 a; echo row 1; echo ok", "rows 0 60 1 a; echo row 1 2; echo ok", "rows 0 60 1 a b; echo row 1; echo ok",
		"rows 0 0 1 a; echo row 1; echo ok",  "rows 0 60 9999999999 a; echo ok",	"row 1; echo ok",
		"ok",				      "rows 0 60 1; echo ok",
	};
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096), script = BUFFER_LIMIT(4096);

	in_folder("liar", &path);
	EACH (answer, answers) {
		AUTO(rrd_rows) struct rrd_rows rows = {0};
		courant_error *err = NULL;

		tap_row(*answer);
		buffer_cut(&script, 0);
		buffer_printf(&script, "#!/bin/sh\necho courant-rrd 1; read line; echo %s; cat\n", *answer);
		CHECK(file_write_atomic(path.bytes, buffer_peek(&script), 0755, NULL) == 0);

		AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(path.bytes, NULL);

		CHECK(rrd_pipe_fetch(pipe, "x.rrd", RRD_AVERAGE, 0, 120, 60, &rows, &err) < 0);
		CHECK_ERROR(err, COURANT_PROTOCOL, "makes no sense");
	}
}

TESTS(TEST(what_is_written_can_be_read), TEST(facts_are_told), TEST(old_samples_are_passed_over), TEST(thousands_of_samples_are_one_update),
      TEST(a_file_is_never_written_over), TEST(unusable_files_are_told), TEST(files_of_other_machines_are_told),
      TEST(without_the_program_it_says_what_to_install), TEST(answers_are_not_believed), TEST(rows_are_not_believed))
