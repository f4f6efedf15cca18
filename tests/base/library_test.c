/* SPDX-License-Identifier: MIT */
/* library_test.c - libraries that are loaded when a run needs them */
#include "base/library.h"

#include <math.h>
#include <pthread.h>

#include "tap.h"

#define FUNCTIONS(X) X(f, abs) X(f, max)

static struct {
	FUNCTIONS(LIBRARY_MEMBER)
} calls;
static const char *const names[] = {FUNCTIONS(LIBRARY_NAME)};

static struct library of_file(const char *file)
{
	return (struct library){file, "a test", names, sizeof names / sizeof *names, &calls};
}

static void functions_work_once_loaded(void)
{
	struct library library = of_file("libm.so.6");
	courant_error *err = NULL;

	CHECK_INT(library_load(&library, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK(calls.abs(-2.5) == 2.5);
	CHECK(calls.max(1.0, 3.0) == 3.0);
	CHECK_INT(library_load(&library, &err), 0);
}

static void what_is_missing_is_named(void)
{
	static const struct {
		const char *name, *file, *sentence;
	} rows[] = {
		{"no such library", "libnobody-has-this.so.1", "a test needs libnobody-has-this.so.1: "},
		{"a library without the function", "libdl.so.2", "a test needs libdl.so.2: "},
	};

	EACH (row, rows) {
		struct library library = of_file(row->file);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(library_load(&library, &err), -1);
		CHECK_ERROR(err, COURANT_CONFIG, row->sentence);
	}
}

static void *load(void *library)
{
	return library_load(library, NULL) == 0 && calls.abs(-1.0) == 1.0 ? library : NULL;
}

static void threads_may_load_at_once(void)
{
	struct library library = of_file("libm.so.6");
	pthread_t threads[8];
	void *got;

	for (size_t i = 0; i < 8; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, load, &library), 0);
	for (size_t i = 0; i < 8; i++) {
		CHECK_INT(pthread_join(threads[i], &got), 0);
		CHECK(got == &library);
	}
}

TESTS(TEST(functions_work_once_loaded), TEST(what_is_missing_is_named), TEST(threads_may_load_at_once))
