/* SPDX-License-Identifier: MIT */
/* file.c - files: read whole, written whole or not at all (file.h) */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/random.h"

#define BLOCK_BYTES ((size_t)64 * 1024)

void auto_close(int *fd)
{
	const int kept = errno;

	/* Nothing can be done about a failure here; who writes checks with fsync before. */
	if (*fd >= 0)
		(void)close(*fd);
	errno = kept;
}

int file_open(const char *path, courant_error **err)
{
	if (!path)
		return fail(err, COURANT_USAGE, "no file is named");

	AUTO(close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return fail_errno(err, errno, "cannot open %s", path);
	if (S_ISDIR(status.st_mode))
		return fail_errno(err, EISDIR, "cannot open %s", path);
	return STEAL_FD(fd);
}

static int read_some(int fd, char *into, size_t size, const char *name, size_t *ret_n, courant_error **err)
{
	ssize_t n;

	do
		n = read(fd, into, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_errno(err, errno, "cannot read %s", name);
	*ret_n = (size_t)n;
	return 0;
}

int file_read_all(int fd, const char *name, struct buffer *ret, courant_error **err)
{
	char beyond; /* is read when the buffer is full, to see whether that was all */

	for (;;) {
		const size_t left = ret->limit - ret->len;
		const size_t wanted = left < BLOCK_BYTES ? left : BLOCK_BYTES;
		char *into = wanted ? buffer_room(ret, wanted) : &beyond;
		size_t n = 0;

		if (!into)
			return buffer_check(ret, err);
		if (read_some(fd, into, wanted ? wanted : 1, name, &n, err) < 0)
			return -1;
		if (n == 0)
			return 0;
		if (!wanted)
			return fail(err, COURANT_TOO_LARGE, "%s has more than %zu bytes", name, ret->limit);
		buffer_added(ret, n);
	}
}

int file_read(const char *path, struct buffer *ret, courant_error **err)
{
	AUTO(close) int fd = file_open(path, err);

	return fd < 0 ? -1 : file_read_all(fd, path, ret, err);
}

int file_write_all(int fd, slice bytes, const char *name, courant_error **err)
{
	while (bytes.len) {
		const ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno_as(err, COURANT_IO, errno, "cannot write %s", name);
		bytes = slice_after(bytes, (size_t)n);
	}
	return 0;
}

/* The folder that holds the path, "." for a name alone. */
static char *folder_of(const char *path)
{
	const slice whole = slice_of(path);
	const size_t at = slice_find_last(whole, '/');

	if (at == SLICE_NONE)
		return mem_copy(SLICE("."));
	return mem_copy(slice_part(whole, 0, at ? at : 1));
}

/* A file that is being written under another name. */
struct draft {
	const char *path; /* as the caller calls it */
	char *target;     /* where it shall appear */
	char *folder;
	char *name; /* NULL: what stands at `path` is written directly */
	int fd;
};

static void draft_release(struct draft *draft)
{
	auto_close(&draft->fd);
	/* Only a draft that was given up is still there under this name. */
	if (draft->name)
		(void)unlink(draft->name);
	free(draft->name);
	free(draft->folder);
	free(draft->target);
}
AUTO_DEFINE_VALUE(draft, struct draft, draft_release)

static int cannot_create(const char *path, courant_error **err)
{
	return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot create %s", path);
}

#define DRAFT_NAME_BYTES sizeof("/.courant-0123456789abcdef")

/* A device, a pipe, or a name for a descriptor that is open already (/dev/stdout, whatever stands behind it): not to be replaced. */
static bool is_direct(const char *path)
{
	struct stat status;

	return slice_starts(slice_of(path), SLICE("/dev/")) || slice_starts(slice_of(path), SLICE("/proc/")) ||
	       (stat(path, &status) == 0 && !S_ISREG(status.st_mode));
}

/* Where the file shall appear: a link stays one, and what it leads to is replaced. */
static char *target_of(const char *path)
{
	char *resolved = realpath(path, NULL);

	return resolved ? resolved : mem_copy_text(path);
}

static int draft_open(struct draft *draft, mode_t mode, courant_error **err)
{
	if (is_direct(draft->path)) {
		draft->fd = open(draft->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
		return draft->fd < 0 ? cannot_create(draft->path, err) : 0;
	}

	draft->target = target_of(draft->path);
	draft->folder = draft->target ? folder_of(draft->target) : NULL;

	const size_t size = draft->folder ? strlen(draft->folder) + DRAFT_NAME_BYTES : 0;
	AUTO(free) char *name = size ? mem_alloc(size) : NULL;

	if (!name)
		return fail_memory(err);
	do {
		(void)snprintf(name, size, "%s/.courant-%016" PRIx64, draft->folder, random_u64());
		draft->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	} while (draft->fd < 0 && errno == EEXIST);
	if (draft->fd < 0)
		return cannot_create(draft->path, err);
	draft->name = STEAL(name);
	return 0;
}

/* On disk, then under its name, then the name on disk: what this function has accepted survives a power cut. */
static int draft_publish(struct draft *draft, courant_error **err)
{
	if (!draft->name)
		return 0;
	if (fsync(draft->fd) < 0)
		return fail_errno_as(err, COURANT_IO, errno, "cannot write %s", draft->path);
	if (rename(draft->name, draft->target) < 0)
		return cannot_create(draft->path, err);
	free(draft->name);
	draft->name = NULL;

	AUTO(close) int folder = open(draft->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* A folder that may be written but not read cannot be opened; the file is there all the same. Some file systems know
	 * no fsync of folders (EINVAL). */
	if (folder >= 0 && fsync(folder) < 0 && errno != EINVAL)
		return fail_errno_as(err, COURANT_IO, errno, "cannot write %s", draft->folder);
	return 0;
}

int file_write_atomic(const char *path, slice bytes, mode_t mode, courant_error **err)
{
	AUTO(draft) struct draft draft = {.path = path, .fd = -1};

	if (draft_open(&draft, mode, err) < 0 || file_write_all(draft.fd, bytes, path, err) < 0)
		return -1;
	return draft_publish(&draft, err);
}

static int copy_reader(int fd, courant_reader *bytes, const char *name, courant_error **err)
{
	AUTO(free) char *block = mem_alloc(BLOCK_BYTES);
	size_t n;

	if (!block)
		return fail_memory(err);
	do {
		if (courant_reader_read(bytes, block, BLOCK_BYTES, &n, err) < 0 ||
		    file_write_all(fd, slice_from(block, n), name, err) < 0)
			return -1;
	} while (n);
	return 0;
}

int file_write_reader(const char *path, courant_reader *bytes, mode_t mode, courant_error **err)
{
	AUTO(draft) struct draft draft = {.path = path, .fd = -1};

	if (courant_reader_rewind(bytes, err) < 0 || draft_open(&draft, mode, err) < 0 ||
	    copy_reader(draft.fd, bytes, path, err) < 0)
		return -1;
	return draft_publish(&draft, err);
}

int file_make_folder(const char *path, mode_t mode, courant_error **err)
{
	AUTO(free) char *part = mem_copy_text(path);

	if (!part)
		return fail_memory(err);
	/* Each beginning that ends before a slash, then the whole. */
	for (char *at = part;; at++) {
		const char kept = *at;

		if ((kept == '/' && at > part && at[-1] != '/') || kept == '\0') {
			*at = '\0';
			if (mkdir(part, mode) < 0 && errno != EEXIST)
				return cannot_create(part, err);
			*at = kept;
		}
		if (kept == '\0')
			break;
	}

	struct stat status;

	if (stat(path, &status) < 0)
		return cannot_create(path, err);
	if (!S_ISDIR(status.st_mode))
		return fail_errno_as(err, COURANT_CANT_CREATE, ENOTDIR, "cannot create %s", path);
	return 0;
}

static int open_unlinked(const char *dir)
{
	const int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* File systems without O_TMPFILE say EOPNOTSUPP, kernels without it EISDIR. */
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;

	const size_t size = strlen(dir) + sizeof "/courant-XXXXXX";
	AUTO(free) char *name = mem_alloc(size);

	if (!name) {
		errno = ENOMEM;
		return -1;
	}
	(void)snprintf(name, size, "%s/courant-XXXXXX", dir);

	const int made = mkostemp(name, O_CLOEXEC);

	if (made >= 0)
		(void)unlink(name); /* who cannot remove what he has just made leaves an empty file behind */
	return made;
}

int file_open_temporary(const char *dir, courant_error **err)
{
	int fd = open_unlinked(dir ? dir : "/var/tmp");

	if (fd < 0 && !dir)
		fd = open_unlinked("/tmp");
	if (fd < 0)
		return fail_errno_as(err, errno == ENOMEM ? COURANT_NO_MEMORY : COURANT_CANT_CREATE, errno,
				     "cannot create a temporary file in %s", dir ? dir : "/tmp");
	return fd;
}

static char *make_folder_in(const char *dir)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	char *taken = NULL;

	buffer_printf(&path, "%s/courant-XXXXXX", dir);
	if (buffer_take(&path, &taken, NULL, NULL) == 0 && mkdtemp(taken))
		return taken;
	free(taken);
	return NULL;
}

char *file_make_temporary_folder(const char *dir, courant_error **err)
{
	char *made = make_folder_in(dir ? dir : "/var/tmp");

	if (!made && !dir)
		made = make_folder_in("/tmp");
	if (!made)
		(void)fail_errno_as(err, errno == ENOMEM ? COURANT_NO_MEMORY : COURANT_CANT_CREATE, errno, "cannot create a temporary folder in %s", dir ? dir : "/tmp");
	return made;
}
