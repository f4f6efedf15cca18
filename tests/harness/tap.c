/* SPDX-License-Identifier: MIT */
/* tap.c - the test harness (tap.h): TAP version 13 on standard output */
#include "tap.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fail.h"

static struct {
	const char *row;
	const char *skipped;
	bool failed;
	unsigned long checks_passed, checks_failed;
	char folder[64];
	char data[4096];
} now;

void tap_row(const char *name)
{
	now.row = name;
}

void tap_skip(const char *why)
{
	now.skipped = why;
}

static bool judge(bool holds, const char *what, const char *file, int line)
{
	if (holds) {
		now.checks_passed++;
		return true;
	}
	now.checks_failed++;
	now.failed = true;
	printf("# %s:%d: %s%s%s: %s\n", file, line, now.row ? "[" : "", now.row ? now.row : "",
	       now.row ? "]" : "", what);
	return false;
}

bool tap_check(bool holds, const char *what, const char *file, int line)
{
	return judge(holds, what, file, line);
}

bool tap_check_int(intmax_t got, intmax_t want, const char *what, const char *file, int line)
{
	if (judge(got == want, what, file, line))
		return true;
	printf("#   got  %jd\n#   want %jd\n", got, want);
	return false;
}

static void print_bytes(const char *label, slice bytes)
{
	printf("#   %s \"", label);
	for (size_t i = 0; i < bytes.len; i++) {
		const unsigned char c = (unsigned char)bytes.ptr[i];

		if (c < 32 || c == 127 || c == '"' || c == '\\')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	printf("\" (%zu bytes)\n", bytes.len);
}

bool tap_check_slice(slice got, slice want, const char *what, const char *file, int line)
{
	if (judge(slice_equal(got, want) && (got.ptr || !want.ptr), what, file, line))
		return true;
	print_bytes("got ", got);
	print_bytes("want", want);
	return false;
}

bool tap_check_near(double got, double want, double tolerance, const char *what, const char *file, int line)
{
	const double distance = got > want ? got - want : want - got;

	if (judge(distance <= tolerance, what, file, line))
		return true;
	printf("#   got  %.17g\n#   want %.17g\n", got, want);
	return false;
}

bool tap_check_error(courant_error **err, int code, const char *words, const char *file, int line)
{
	AUTO(error) courant_error *error = *err;
	const char *sentence = courant_error_sentence(error);

	*err = NULL;

	const bool is_code = judge((int)courant_error_code(error) == code, "the error's code", file, line);
	const bool has_words = judge(error && strstr(sentence, words), words, file, line);

	if (!is_code || !has_words)
		printf("#   got  code %d: %s\n#   want code %d: %s\n", (int)courant_error_code(error),
		       error ? sentence : "(no error)", code, words);
	return is_code && has_words;
}

bool tap_check_no_error(courant_error **err, const char *file, int line)
{
	AUTO(error) courant_error *error = *err;

	*err = NULL;
	if (judge(!error, "no error", file, line))
		return true;
	printf("#   got  %s\n", courant_error_sentence(error));
	return false;
}

/* More allocations than any tested call makes; a block that never succeeds ends here. */
#define ALLOCATIONS_MAX 100000

bool tap_allocation_begin(unsigned long n)
{
	const bool last_failed = alloc_fail_at(0);

	if (n > 1 && !last_failed)
		return false;
	if (n > ALLOCATIONS_MAX)
		return judge(false, "EACH_ALLOCATION comes to an end", __FILE__, __LINE__);
	alloc_fail_at(n);
	return true;
}

const char *tap_data(const char *name)
{
	const char *folder = getenv("COURANT_TEST_DATA");

	if (!folder || !*folder) {
		tap_skip("COURANT_TEST_DATA is not set");
		return NULL;
	}
	(void)snprintf(now.data, sizeof now.data, "%s/%s", folder, name);
	if (access(now.data, R_OK) == 0)
		return now.data;
	tap_skip("COURANT_TEST_DATA does not hold the file");
	return NULL;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

const char *tap_folder(void)
{
	if (!now.folder[0]) {
		(void)snprintf(now.folder, sizeof now.folder, "/tmp/courant-test-XXXXXX");
		if (!mkdtemp(now.folder))
			perror("mkdtemp");
	}
	return now.folder;
}

/* "reply_lines_are_read" reads better with blanks. */
static void print_name(const char *name)
{
	for (; *name; name++)
		putchar(*name == '_' ? ' ' : *name);
}

int tap_main(const struct tap_test *tests, size_t n)
{
	printf("TAP version 13\n1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		now.row = now.skipped = NULL;
		now.failed = false;
		tests[i].run();
		printf("%sok %zu - ", now.failed ? "not " : "", i + 1);
		print_name(tests[i].name);
		printf("%s%s\n", now.skipped ? " # SKIP " : "", now.skipped ? now.skipped : "");
		(void)fflush(stdout);
	}
	if (now.folder[0])
		(void)nftw(now.folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	printf("# %lu passed, %lu failed\n", now.checks_passed, now.checks_failed);
	return now.checks_failed ? 1 : 0;
}
