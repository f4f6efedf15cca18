/* SPDX-License-Identifier: MIT */
/* reader_test.c - memory, files, pipes and readers of one's own, read twice and measured */
#include <courant/reader.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "tap.h"

static const char *path_of(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof path, "%s/%s", tap_folder(), name);
	return path;
}

static const char *file_of(const char *name, slice bytes)
{
	const char *path = path_of(name);

	CHECK_INT(file_write_atomic(path, bytes, 0666, NULL), 0);
	return path;
}

/* Everything from where the reader stands, in pieces of `size` bytes. */
static void check_rest(courant_reader *reader, size_t size, slice want)
{
	AUTO(buffer) struct buffer all = BUFFER_LIMIT(1000000);
	courant_error *err = NULL;
	char piece[64];
	size_t n = 1;

	while (n) {
		if (courant_reader_read(reader, piece, size, &n, &err) < 0)
			break;
		CHECK(n <= size);
		buffer_append(&all, slice_from(piece, n));
	}
	CHECK_NO_ERROR(err);
	CHECK(slice_equal(buffer_peek(&all), want));
}

static void check_reader(courant_reader *reader, slice want)
{
	courant_error *err = NULL;
	uint64_t size = 0;

	CHECK(reader != NULL);
	if (!reader)
		return;
	check_rest(reader, 64, want);
	check_rest(reader, 1, SLICE("")); /* the end stays the end */
	CHECK_INT(courant_reader_rewind(reader, &err), 0);
	check_rest(reader, 7, want);
	CHECK(courant_reader_size(reader, &size));
	CHECK_INT(size, want.len);
	CHECK_NO_ERROR(err);
	courant_reader_free(reader);
}

static void memory_is_copied_and_read(void)
{
	char bytes[] = "some bytes";
	courant_error *err = NULL;
	courant_reader *reader = courant_reader_new_bytes(bytes, 10, &err);

	memset(bytes, 'x', sizeof bytes);
	tap_row("bytes");
	check_reader(reader, SLICE("some bytes"));
	tap_row("none");
	check_reader(courant_reader_new_bytes(NULL, 0, &err), SLICE(""));
	CHECK_NO_ERROR(err);
}

static void files_are_read(void)
{
	courant_error *err = NULL;

	tap_row("a file");
	check_reader(courant_reader_new_file(file_of("f", SLICE("0123456789")), &err), SLICE("0123456789"));
	tap_row("an empty one");
	check_reader(courant_reader_new_file(file_of("e", SLICE("")), &err), SLICE(""));
	CHECK_NO_ERROR(err);
	tap_row("one without a size");

	courant_reader *version = courant_reader_new_file("/proc/version", &err);
	uint64_t size = 0;

	CHECK_NO_ERROR(err);
	CHECK(version && courant_reader_size(version, &size) && size > 10);
	courant_reader_free(version);
	tap_row("a folder");
	CHECK(courant_reader_new_file("/tmp", &err) == NULL);
	CHECK_ERROR(err, COURANT_NO_INPUT, "/tmp: Is a directory");
	tap_row("none");
	CHECK(courant_reader_new_file("/nonexistent", &err) == NULL);
	CHECK_ERROR(err, COURANT_NO_INPUT, "/nonexistent: No such file");
}

static void a_descriptor_is_read_from_where_it_stands(void)
{
	courant_error *err = NULL;
	const int fd = open(file_of("d", SLICE("0123456789")), O_RDONLY | O_CLOEXEC);

	CHECK_INT(lseek(fd, 4, SEEK_SET), 4);
	check_reader(courant_reader_new_descriptor(fd, "d", &err), SLICE("456789"));
	CHECK_INT(fcntl(fd, F_GETFD), -1); /* it was taken */
	CHECK_NO_ERROR(err);
}

static void pipes_are_spooled(void)
{
	courant_error *err = NULL;
	int ends[2];

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	CHECK_INT(write(ends[1], "through a pipe", 14), 14);
	(void)close(ends[1]);
	check_reader(courant_reader_new_descriptor(ends[0], "standard input", &err), SLICE("through a pipe"));
	CHECK_NO_ERROR(err);
}

static void descriptors_that_cannot_be_read_are_closed(void)
{
	courant_error *err = NULL;
	const int fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	CHECK(courant_reader_new_descriptor(fd, "a folder", &err) == NULL);
	CHECK_ERROR(err, COURANT_NO_INPUT, "cannot read a folder: Is a directory");
	CHECK_INT(fcntl(fd, F_GETFD), -1);
	CHECK(courant_reader_new_descriptor(-1, "nothing", &err) == NULL);
	CHECK_ERROR(err, COURANT_IO, "cannot read nothing: Bad file descriptor");
}

static void files_that_change_their_size_are_errors(void)
{
	static const struct {
		const char *name;
		off_t size;
		const char *words;
	} rows[] = {{"longer", 11, "has grown while it was read"}, {"shorter", 9, "has shrunk while it was read"}};

	EACH (row, rows) {
		const char *path = file_of("changing", SLICE("0123456789"));
		courant_error *err = NULL;
		courant_reader *reader = courant_reader_new_file(path, &err);
		char piece[6];
		size_t n = 1, sum = 0;

		tap_row(row->name);
		CHECK_INT(truncate(path, row->size), 0);
		while (n && courant_reader_read(reader, piece, sizeof piece, &n, &err) == 0)
			sum += n;
		CHECK_INT(sum, row->size < 10 ? row->size : 10);
		CHECK_ERROR(err, COURANT_IO, row->words);
		courant_reader_free(reader);
	}
}

static void no_room_is_no_end(void)
{
	courant_error *err = NULL;
	courant_reader *reader = courant_reader_new_bytes("x", 1, &err);
	size_t n = 7;

	CHECK_INT(courant_reader_read(reader, NULL, 0, &n, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "no room");
	courant_reader_free(reader);
}

/* A reader that yields one byte at a time of a text, and says no size. */
struct dripping {
	const char *text;
	size_t at;
	int n_freed;
};

static int drip(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct dripping *dripping = context;

	(void)err;
	*ret_n = size && dripping->text[dripping->at] ? 1 : 0;
	if (*ret_n)
		memcpy(into, dripping->text + dripping->at++, 1);
	return 0;
}

static int start_again(void *context, courant_error **err)
{
	struct dripping *dripping = context;

	(void)err;
	dripping->at = 0;
	return 0;
}

static void count_free(void *context)
{
	struct dripping *dripping = context;

	dripping->n_freed++;
}

static const struct courant_reader_calls drips = {.read = drip, .rewind = start_again, .free = count_free};

static void readers_of_ones_own_are_freed(void)
{
	struct dripping dripping = {.text = "abc"};
	courant_error *err = NULL;
	courant_reader *reader = courant_reader_new(&drips, &dripping, &err);
	uint64_t size;

	check_rest(reader, 64, SLICE("abc"));
	CHECK(!courant_reader_size(reader, &size));
	courant_reader_free(reader);
	CHECK_INT(dripping.n_freed, 1);
	courant_reader_free(NULL);

	(void)alloc_fail_at(1);
	CHECK(courant_reader_new(&drips, &dripping, &err) == NULL);
	(void)alloc_fail_at(0);
	CHECK_ERROR(err, COURANT_NO_MEMORY, "");
	CHECK_INT(dripping.n_freed, 2);
}

static void bytes_are_measured(void)
{
	static const struct {
		const char *name;
		slice bytes;
		struct courant_facts facts;
	} rows[] = {
		{"nothing", SLICE_INIT(""), {0}},
		{"one line without end", SLICE_INIT("abc"), {.size_bytes = 3, .longest_line = 3}},
		{"lines with CRLF", SLICE_INIT("abc\r\nde\r\n"), {.size_bytes = 9, .longest_line = 3}},
		{"the last line is the longest", SLICE_INIT("a\r\nabcd"), {.size_bytes = 7, .longest_line = 4}},
		{"a bare LF", SLICE_INIT("abc\nde"), {.size_bytes = 6, .longest_line = 3, .has_bare_line_end = true}},
		{"a bare CR", SLICE_INIT("abc\rde"), {.size_bytes = 6, .longest_line = 3, .has_bare_line_end = true}},
		{"a CR at the end", SLICE_INIT("ab\r"), {.size_bytes = 3, .longest_line = 2, .has_bare_line_end = true}},
		{"two CRs and an LF", SLICE_INIT("a\r\r\n"), {.size_bytes = 4, .longest_line = 1, .has_bare_line_end = true}},
		{"CRLF alone", SLICE_INIT("\r\n\r\n"), {.size_bytes = 4}},
		{"a byte over 127", SLICE_INIT("\xe9"), {.size_bytes = 1, .longest_line = 1, .has_eight_bit = true}},
		{"a NUL", SLICE_INIT("a\0b"), {.size_bytes = 3, .longest_line = 3, .has_nul = true}},
	};

	EACH (row, rows) {
		courant_error *err = NULL;
		courant_reader *reader = courant_reader_new_bytes(row->bytes.ptr, row->bytes.len, &err);
		struct courant_facts facts = {.size_bytes = 99};
		char byte;
		size_t n;

		tap_row(row->name);
		(void)courant_reader_read(reader, &byte, 1, &n, NULL);
		CHECK_INT(courant_reader_measure(reader, &facts, &err), 0);
		CHECK_INT(facts.size_bytes, row->facts.size_bytes);
		CHECK_INT(facts.longest_line, row->facts.longest_line);
		CHECK_INT(facts.has_eight_bit, row->facts.has_eight_bit);
		CHECK_INT(facts.has_nul, row->facts.has_nul);
		CHECK_INT(facts.has_bare_line_end, row->facts.has_bare_line_end);
		check_rest(reader, 64, row->bytes); /* it has been rewound */
		CHECK_NO_ERROR(err);
		courant_reader_free(reader);
	}
}

static void measuring_does_not_depend_on_the_pieces(void)
{
	struct dripping dripping = {.text = "one\r\ntwo and more\r\n\r\nthree\r\n"};
	courant_error *err = NULL;
	courant_reader *reader = courant_reader_new(&drips, &dripping, &err);
	struct courant_facts facts;

	CHECK_INT(courant_reader_measure(reader, &facts, &err), 0);
	CHECK_INT(facts.size_bytes, 28);
	CHECK_INT(facts.longest_line, 12);
	CHECK(!facts.has_bare_line_end);
	courant_reader_free(reader);
}

static void missing_memory_is_told(void)
{
	const char *path = file_of("memory", SLICE("0123456789"));

	EACH_ALLOCATION
	{
		courant_error *err = NULL;
		AUTO(reader) courant_reader *bytes = courant_reader_new_bytes("abc", 3, &err);
		AUTO(reader) courant_reader *file = courant_reader_new_file(path, &err);
		AUTO(reader) courant_reader *spooled = courant_reader_new_file("/dev/null", &err);
		struct courant_facts facts;

		if (bytes && file && spooled)
			(void)courant_reader_measure(file, &facts, &err);
		if (err)
			CHECK_ERROR(err, COURANT_NO_MEMORY, "");
	}
}

TESTS(TEST(memory_is_copied_and_read), TEST(files_are_read), TEST(a_descriptor_is_read_from_where_it_stands),
      TEST(pipes_are_spooled), TEST(descriptors_that_cannot_be_read_are_closed),
      TEST(files_that_change_their_size_are_errors), TEST(no_room_is_no_end), TEST(readers_of_ones_own_are_freed),
      TEST(bytes_are_measured), TEST(measuring_does_not_depend_on_the_pieces), TEST(missing_memory_is_told))
