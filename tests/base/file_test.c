/* SPDX-License-Identifier: MIT */
/* file_test.c - files that are whole or not there, and the disk that is full */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char path_space[256];

static const char *path_of(const char *name)
{
	(void)snprintf(path_space, sizeof path_space, "%s/%s", tap_folder(), name);
	return path_space;
}

static void check_content(const char *path, const char *want)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(10000);
	courant_error *err = NULL;
	slice whole = SLICE("");

	CHECK_INT(file_read(path, &bytes, &err), 0);
	CHECK_INT(buffer_slice(&bytes, &whole, &err), 0);
	CHECK_SLICE(whole, slice_of(want));
	CHECK_NO_ERROR(err);
}

static void a_file_is_written_and_read(void)
{
	const char *path = path_of("plain");
	courant_error *err = NULL;
	struct stat status;

	(void)umask(022);
	CHECK_INT(file_write_atomic(path, SLICE("first"), 0666, &err), 0);
	check_content(path, "first");
	CHECK_INT(file_write_atomic(path, SLICE(""), 0666, &err), 0);
	check_content(path, "");
	CHECK_INT(file_write_atomic(path, SLICE("second"), 0600, &err), 0);
	check_content(path, "second");
	CHECK_NO_ERROR(err);
	CHECK_INT(stat(path, &status), 0);
	CHECK_INT(status.st_mode & 0777, 0600);
	CHECK_INT(file_write_atomic(path, SLICE("third"), 0666, &err), 0);
	CHECK_INT(stat(path, &status), 0);
	CHECK_INT(status.st_mode & 0777, 0644); /* as the umask says */
}

static void what_is_in_the_way_is_told(void)
{
	static const struct {
		const char *name, *path;
		int error_number;
	} rows[] = {
		{"a missing file", "/nonexistent/file", ENOENT},
		{"a folder", "/tmp", EISDIR},
		{"below a file", "/dev/null/file", ENOTDIR},
	};

	EACH (row, rows) {
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(file_open(row->path, &err), -1);
		CHECK_INT(courant_error_errno(err), row->error_number);
		CHECK_ERROR(err, COURANT_NO_INPUT, row->path);
	}

	courant_error *err = NULL;

	tap_row("writing into a missing folder");
	CHECK_INT(file_write_atomic("/nonexistent/file", SLICE("x"), 0666, &err), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, "cannot create /nonexistent/file: No such file or directory");
	tap_row("writing where a folder is");
	CHECK_INT(file_write_atomic("/tmp", SLICE("x"), 0666, &err), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, "cannot create /tmp: Is a directory");
}

/* In a child, for a process does not get its rights back. */
static int as_nobody(int (*run)(const char *path, courant_error **err), const char *path)
{
	const pid_t child = fork();
	int status = -1;

	if (child == 0) {
		courant_error *err = NULL;

		if (setgid(65534) < 0 || setuid(65534) < 0 || run(path, &err) == 0)
			_exit(0);
		_exit((int)courant_error_code(err));
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int open_it(const char *path, courant_error **err)
{
	return file_open(path, err);
}

static int write_it(const char *path, courant_error **err)
{
	return file_write_atomic(path, SLICE("x"), 0666, err);
}

static int make_it(const char *path, courant_error **err)
{
	return file_make_folder(path, 0777, err);
}

static void files_of_others_are_refused(void)
{
	if (geteuid() != 0) {
		tap_skip("only root can become somebody else");
		return;
	}

	const char *path = path_of("private");

	CHECK_INT(chmod(tap_folder(), 0755), 0);
	CHECK_INT(file_write_atomic(path, SLICE("secret"), 0600, NULL), 0);
	CHECK_INT(as_nobody(open_it, path), COURANT_NO_INPUT);
	CHECK_INT(as_nobody(write_it, path), COURANT_CANT_CREATE);
	check_content(path, "secret");
	CHECK_INT(as_nobody(make_it, path_of("new/folder")), COURANT_CANT_CREATE);
}

static void a_full_disk_is_told(void)
{
	courant_error *err = NULL;
	AUTO(close) int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	courant_reader *bytes = courant_reader_new_bytes("abc", 3, &err);

	CHECK_INT(file_write_all(full, SLICE("x"), "the report", &err), -1);
	CHECK_INT(courant_error_errno(err), ENOSPC);
	CHECK_ERROR(err, COURANT_IO, "cannot write the report: No space left on device");
	CHECK_INT(file_write_atomic("/dev/full", SLICE("x"), 0666, &err), -1);
	CHECK_ERROR(err, COURANT_IO, "cannot write /dev/full: No space left on device");
	CHECK_INT(file_write_reader("/dev/full", bytes, 0666, &err), -1);
	CHECK_ERROR(err, COURANT_IO, "cannot write /dev/full: No space left on device");
	courant_reader_free(bytes);
}

static void devices_are_written_not_replaced(void)
{
	struct stat status;
	courant_error *err = NULL;

	CHECK_INT(file_write_atomic("/dev/null", SLICE("x"), 0666, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(stat("/dev/null", &status), 0);
	CHECK(S_ISCHR(status.st_mode));
}

/* /dev/stdout is a link to the file behind it, which must stay the one that is open. */
static void a_descriptors_name_is_written_not_replaced(void)
{
	char path[256], name[64];
	courant_error *err = NULL;

	(void)snprintf(path, sizeof path, "%s", path_of("redirected"));
	CHECK_INT(file_write_atomic(path, SLICE("before "), 0666, &err), 0);

	AUTO(close) int fd = open(path, O_WRONLY | O_CLOEXEC);

	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	CHECK_INT(file_write_atomic(name, SLICE("after"), 0666, &err), 0);
	CHECK_NO_ERROR(err);
	check_content(path, "before after");
}

static void links_stay_links(void)
{
	char path[256], link[256];
	courant_error *err = NULL;
	struct stat status;

	(void)snprintf(path, sizeof path, "%s", path_of("target"));
	(void)snprintf(link, sizeof link, "%s", path_of("link"));
	CHECK_INT(file_write_atomic(path, SLICE("old"), 0666, &err), 0);
	CHECK_INT(symlink("target", link), 0);
	CHECK_INT(file_write_atomic(link, SLICE("new"), 0666, &err), 0);
	CHECK_NO_ERROR(err);
	check_content(path, "new");
	CHECK_INT(lstat(link, &status), 0);
	CHECK(S_ISLNK(status.st_mode));
}

static int fail_to_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	int *n_read = context;

	if ((*n_read)++)
		return fail(err, COURANT_IO, "the source broke");
	memset(into, 'x', size);
	*ret_n = size;
	return 0;
}

static int rewind_nothing(void *context, courant_error **err)
{
	(void)context;
	(void)err;
	return 0;
}

static void a_broken_source_leaves_the_old_file(void)
{
	static const struct courant_reader_calls calls = {.read = fail_to_read, .rewind = rewind_nothing};
	char path[256];
	courant_error *err = NULL;
	int n_read = 0;
	courant_reader *source = courant_reader_new(&calls, &n_read, &err);

	CHECK_INT(file_make_folder(path_of("alone"), 0777, &err), 0);
	(void)snprintf(path, sizeof path, "%s", path_of("alone/kept"));
	CHECK_INT(file_write_atomic(path, SLICE("old"), 0666, &err), 0);
	CHECK_INT(file_write_reader(path, source, 0666, &err), -1);
	CHECK_ERROR(err, COURANT_IO, "the source broke");
	check_content(path, "old");
	CHECK_INT(unlink(path), 0);
	CHECK_INT(rmdir(path_of("alone")), 0); /* nothing half-written is left in it */
	courant_reader_free(source);
}

static void a_reader_becomes_a_file(void)
{
	courant_error *err = NULL;
	courant_reader *bytes = courant_reader_new_bytes("some bytes", 10, &err);
	char half[5];
	size_t n;

	CHECK_INT(courant_reader_read(bytes, half, sizeof half, &n, &err), 0);
	CHECK_INT(file_write_reader(path_of("copied"), bytes, 0666, &err), 0); /* from its beginning */
	check_content(path_of("copied"), "some bytes");
	CHECK_NO_ERROR(err);
	courant_reader_free(bytes);
}

static void the_limit_of_a_buffer_holds_for_files(void)
{
	static const struct {
		const char *name;
		size_t limit;
		int result;
	} rows[] = {{"larger", 101, 0}, {"as large", 100, 0}, {"smaller", 99, -1}, {"nothing", 0, -1}};
	const char *path = path_of("hundred");
	char hundred[100];

	memset(hundred, 'h', sizeof hundred);
	CHECK_INT(file_write_atomic(path, slice_from(hundred, sizeof hundred), 0666, NULL), 0);
	EACH (row, rows) {
		AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(row->limit);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(file_read(path, &bytes, &err), row->result);
		if (row->result == 0) {
			CHECK_INT(bytes.len, 100);
			CHECK_NO_ERROR(err);
		} else {
			CHECK_ERROR(err, COURANT_TOO_LARGE, "bytes");
		}
	}
}

static void folders_are_made_with_their_parents(void)
{
	courant_error *err = NULL;
	struct stat status;

	CHECK_INT(file_make_folder(path_of("a//b/c/"), 0777, &err), 0);
	CHECK_INT(file_make_folder(path_of("a/b/c"), 0777, &err), 0); /* there already */
	CHECK_NO_ERROR(err);
	CHECK_INT(stat(path_of("a/b/c"), &status), 0);
	CHECK(S_ISDIR(status.st_mode));
	CHECK_INT(file_write_atomic(path_of("a/file"), SLICE("x"), 0666, &err), 0);
	CHECK_INT(file_make_folder(path_of("a/file"), 0777, &err), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, "a/file: Not a directory");
	CHECK_INT(file_make_folder(path_of("a/file/below"), 0777, &err), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, "Not a directory");
	CHECK_INT(file_make_folder("", 0777, &err), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, "No such file or directory");
}

static void temporary_files_have_no_name(void)
{
	courant_error *err = NULL;
	AUTO(close) int fd = file_open_temporary(NULL, &err);
	struct stat status;

	CHECK(fd >= 0);
	CHECK_INT(fstat(fd, &status), 0);
	CHECK_INT(status.st_nlink, 0);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK_NO_ERROR(err);
	CHECK_INT(file_open_temporary("/nonexistent", &err), -1);
	CHECK_ERROR(err, COURANT_CANT_CREATE, "/nonexistent");
}

static void missing_memory_is_told(void)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s", path_of("memory"));
	EACH_ALLOCATION
	{
		courant_error *err = NULL;
		AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(100);
		AUTO(reader) courant_reader *reader = courant_reader_new_bytes("x", 1, &err);

		if (reader && file_write_atomic(path, SLICE("x"), 0666, &err) == 0 &&
		    file_write_reader(path, reader, 0666, &err) == 0 && file_make_folder(path_of("m/n"), 0777, &err) == 0)
			(void)file_read(path, &bytes, &err);
		if (err)
			CHECK_ERROR(err, COURANT_NO_MEMORY, "");
		CHECK_NO_ERROR(err);
	}
}

TESTS(TEST(a_file_is_written_and_read), TEST(what_is_in_the_way_is_told), TEST(files_of_others_are_refused),
      TEST(a_full_disk_is_told), TEST(devices_are_written_not_replaced), TEST(a_descriptors_name_is_written_not_replaced),
      TEST(links_stay_links), TEST(a_broken_source_leaves_the_old_file),
      TEST(a_reader_becomes_a_file), TEST(the_limit_of_a_buffer_holds_for_files),
      TEST(folders_are_made_with_their_parents), TEST(temporary_files_have_no_name), TEST(missing_memory_is_told))
