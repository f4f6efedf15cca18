/* SPDX-License-Identifier: MIT */
/* tap.h - the test harness: tests are functions, rows are sentences, checks do not jump
 *
 *     static void reply_lines_are_read(void) { … CHECK_INT(reply.code, 250); … }
 *     TESTS(TEST(reply_lines_are_read), …)
 *
 * Each test is one line of TAP (its name with blanks); each failed check prints file, line, the row and both values, and the test goes on. The last line is "# N passed, N failed" (checks).
 *
 * EACH_ALLOCATION runs its block again and again, with the first, the second, … allocation failing, until none fails any more:
 *     EACH_ALLOCATION { courant_error *err = NULL; thing = thing_new(&err); … } */
#ifndef COURANT_TESTS_TAP_H
#define COURANT_TESTS_TAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/slice.h"

struct tap_test {
	const char *name;
	void (*run)(void);
};

/* Says which row of a table the following checks belong to; borrowed until the next call. */
void tap_row(const char *name);
/* The rest of the test does not apply here; says why. Return after it. */
void tap_skip(const char *why);

bool tap_check(bool holds, const char *what, const char *file, int line);
bool tap_check_int(intmax_t got, intmax_t want, const char *what, const char *file, int line);
bool tap_check_slice(slice got, slice want, const char *what, const char *file, int line);
bool tap_check_near(double got, double want, double tolerance, const char *what, const char *file, int line);

#define CHECK(condition)        tap_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(got, want)    tap_check_int((intmax_t)(got), (intmax_t)(want), #got, __FILE__, __LINE__)
#define CHECK_SLICE(got, want)  tap_check_slice((got), (want), #got, __FILE__, __LINE__)
#define CHECK_TEXT(got, want)   tap_check_slice(slice_of(got), slice_of(want), #got, __FILE__, __LINE__)
#define CHECK_NEAR(got, want, tolerance) tap_check_near((got), (want), (tolerance), #got, __FILE__, __LINE__)
/* An error of this code whose sentence holds these words; frees it and makes it NULL. */
#define CHECK_ERROR(err, code, words) tap_check_error(&(err), (code), (words), __FILE__, __LINE__)
struct courant_error;
bool tap_check_error(struct courant_error **err, int code, const char *words, const char *file, int line);
/* No error; prints its sentence when there is one, frees it. */
#define CHECK_NO_ERROR(err) tap_check_no_error(&(err), __FILE__, __LINE__)
bool tap_check_no_error(struct courant_error **err, const char *file, int line);

/* for (EACH (row, rows)): a pointer to each element of an array. */
#define EACH(row, rows)                                                                            \
	for (__typeof__((rows)[0]) *row = (rows); row < (rows) + sizeof(rows) / sizeof *(rows); row++)

#define EACH_ALLOCATION                                                                            \
	for (unsigned long allocation_ = 1; tap_allocation_begin(allocation_); allocation_++)
bool tap_allocation_begin(unsigned long n);

/* COURANT_TEST_DATA/name as a path, or NULL (after a skip line) when the folder is not there. Borrowed until the next call. */
const char *tap_data(const char *name);
/* A fresh folder for files of this test program, removed at its end. */
const char *tap_folder(void);

int tap_main(const struct tap_test *tests, size_t n);

#define TEST(function) {#function, function}
#define TESTS(...)                                                                                 \
	int main(void)                                                                             \
	{                                                                                          \
		static const struct tap_test tests[] = {__VA_ARGS__};                              \
		return tap_main(tests, sizeof tests / sizeof *tests);                              \
	}
#endif
