/* SPDX-License-Identifier: MIT */
/* secret_file.c - reading secrets without leaving copies (secret_file.h) */
#include "base/secret_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

char *secret_first_line(slice text, const char *name, courant_error **err)
{
	slice line = SLICE("");

	(void)slice_next_line(&text, &line);
	if (line.len == 0 || memchr(line.ptr, '\0', line.len)) {
		(void)fail(err, COURANT_CONFIG, "no password comes from %s", name);
		return NULL;
	}

	char *password = mem_copy(line);

	if (!password)
		(void)fail_memory(err);
	return password;
}

int secret_read(int fd, size_t limit, const char *name, struct buffer *ret, courant_error **err)
{
	char *room = buffer_room(ret, limit);
	size_t len = 0;

	if (!room)
		return fail_memory(err);
	while (len < limit) {
		const ssize_t n = read(fd, room + len, limit - len);

		if (n == 0) {
			buffer_added(ret, len);
			return 0;
		}
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			return fail_errno(err, errno, "cannot read %s", name);
	}
	return fail(err, COURANT_CONFIG, "%s gives more than %zu bytes: that is no password", name, limit);
}

int secret_open(const char *path, courant_error **err)
{
	AUTO(close) int fd = file_open(path, err);
	struct stat facts;

	if (fd < 0)
		return -1;
	if (fstat(fd, &facts) < 0)
		return fail_errno(err, errno, "cannot look at %s", path);
	if (S_ISREG(facts.st_mode) && (facts.st_mode & (S_IRGRP | S_IROTH)))
		return fail(err, COURANT_CONFIG, "others may read %s, which holds a password: chmod 600 it", path);
	return STEAL_FD(fd);
}

char *secret_take_file(const char *path, courant_error **err)
{
	AUTO(secret_buffer) struct buffer text = BUFFER_LIMIT(SECRET_MAX_BYTES);
	AUTO(close) int fd = secret_open(path, err);

	if (fd < 0 || secret_read(fd, SECRET_MAX_BYTES - 1, path, &text, err) < 0)
		return NULL;
	return secret_first_line(buffer_peek(&text), path, err);
}
