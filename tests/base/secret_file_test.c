/* SPDX-License-Identifier: MIT */
#include "base/secret_file.h"

#include <sys/stat.h>

#include "base/file.h"
#include "tap.h"

static char *write_file(slice text, mode_t mode, struct buffer *path)
{
	buffer_cut(path, 0);
	buffer_printf(path, "%s/secret", tap_folder());
	CHECK(file_write_atomic(path->bytes, text, mode, NULL) == 0);
	CHECK(chmod(path->bytes, mode) == 0);
	return path->bytes;
}

static void the_first_line_is_the_secret(void)
{
	static const struct {
		const char *text, *secret;
	} rows[] = {{"swordfish\n", "swordfish"}, {"swordfish", "swordfish"}, {"swordfish\r\nmore\n", "swordfish"}, {" a b \n", " a b "}};

	EACH (row, rows) {
		AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
		AUTO(secret) char *secret = secret_take_file(write_file(slice_of(row->text), 0600, &path), NULL);

		tap_row(row->text);
		CHECK_TEXT(secret, row->secret);
	}
}

static void files_without_one_are_told(void)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096), large = BUFFER_LIMIT(65536);
	courant_error *err = NULL;

	CHECK(!secret_take_file("/nonexistent/secret", &err));
	CHECK_ERROR(err, COURANT_NO_INPUT, "No such file or directory");
	err = NULL;
	CHECK(!secret_take_file(write_file(SLICE("\nlater\n"), 0600, &path), &err));
	CHECK_ERROR(err, COURANT_CONFIG, "no password comes from");
	err = NULL;
	buffer_append_repeated(&large, 'x', SECRET_MAX_BYTES);
	CHECK(!secret_take_file(write_file(buffer_peek(&large), 0600, &path), &err));
	CHECK_ERROR(err, COURANT_CONFIG, "that is no password");
}

static void what_others_may_read_is_refused(void)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	courant_error *err = NULL;

	CHECK(!secret_take_file(write_file(SLICE("swordfish\n"), 0644, &path), &err));
	CHECK_ERROR(err, COURANT_CONFIG, "which holds a password: chmod 600 it");
}

TESTS(TEST(the_first_line_is_the_secret), TEST(files_without_one_are_told), TEST(what_others_may_read_is_refused))
