/* SPDX-License-Identifier: MIT */
/* body.c - digesting and spooling messages (body.h) */
#include "outbox/body.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/random.h"

#define BLOCK_BYTES    65536
#define MEMORY_BYTES   ((size_t)1 << 30) /* of a message without a folder */
#define PATH_MAX_BYTES 4096
#define DRAFT_NAME     "draft-"

static void free_digest(EVP_MD_CTX *digest)
{
	EVP_MD_CTX_free(digest);
}
AUTO_DEFINE(digest, EVP_MD_CTX, free_digest)

static void close_folder(DIR *folder)
{
	if (folder)
		(void)closedir(folder); /* nothing was written through it */
}
AUTO_DEFINE(folder, DIR, close_folder)

void body_release(struct body *body)
{
	if (body->path && body->message.draft)
		(void)unlink(body->path); /* what stays is swept up later */
	auto_close(&body->fd);
	buffer_release(&body->bytes);
	free(body->path);
	*body = (struct body){.fd = -1};
}

static int fail_draft(const char *spool, courant_error **err)
{
	return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot make a file in %s", spool);
}

/* The folder says who may read it; its files follow. 0, also when a sweep came between making it and locking it: body->fd is -1 then. */
static int try_draft(struct body *body, const char *spool, mode_t mode, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	struct stat made;

	buffer_printf(&path, "%s/" DRAFT_NAME "%016llx", spool, (unsigned long long)random_u64());
	free(STEAL(body->path));
	if (buffer_take(&path, &body->path, NULL, err) < 0)
		return -1;
	body->fd = open(body->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (body->fd < 0 || fchmod(body->fd, mode) < 0)
		return fail_draft(spool, err);
	if (flock(body->fd, LOCK_EX | LOCK_NB) == 0 && fstat(body->fd, &made) == 0 && made.st_nlink > 0) {
		body->message.draft = body->path;
		return 0;
	}
	(void)unlink(body->path); /* if it was not done already */
	auto_close(&body->fd);
	body->fd = -1;
	return 0;
}

static int open_draft(struct body *body, const char *spool, courant_error **err)
{
	struct stat folder;

	if (stat(spool, &folder) < 0)
		return fail_draft(spool, err);
	while (body->fd < 0)
		if (try_draft(body, spool, folder.st_mode & 0660, err) < 0)
			return -1;
	return file_write_all(body->fd, buffer_peek(&body->bytes), body->path, err);
}

static int add_block(struct body *body, slice block, const char *spool, courant_error **err)
{
	const size_t room = BODY_ROW_BYTES - (body->bytes.len < BODY_ROW_BYTES ? body->bytes.len : BODY_ROW_BYTES);

	body->message.size_bytes += block.len;
	if (!spool || (body->fd < 0 && block.len <= room)) {
		buffer_append(&body->bytes, block);
		return buffer_check(&body->bytes, err);
	}
	if (body->fd < 0 && open_draft(body, spool, err) < 0)
		return -1;
	return file_write_all(body->fd, block, body->path, err);
}

static int read_blocks(struct body *body, courant_reader *reader, const char *spool, EVP_MD_CTX *digest, courant_error **err)
{
	AUTO(free) char *block = mem_alloc(BLOCK_BYTES);
	size_t n;

	if (!block)
		return fail_memory(err);
	do {
		if (courant_reader_read(reader, block, BLOCK_BYTES, &n, err) < 0 || add_block(body, slice_from(block, n), spool, err) < 0)
			return -1;
		if (EVP_DigestUpdate(digest, block, n) != 1)
			return fail_memory(err);
	} while (n > 0);
	return 0;
}

int body_read(struct body *body, courant_reader *reader, const char *spool, courant_error **err)
{
	AUTO(digest) EVP_MD_CTX *digest = EVP_MD_CTX_new();

	*body = (struct body){.fd = -1, .bytes = BUFFER_LIMIT(spool ? BODY_ROW_BYTES : MEMORY_BYTES)};
	if (!digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
		return fail_memory(err);
	if (courant_reader_rewind(reader, err) < 0 || read_blocks(body, reader, spool, digest, err) < 0)
		return -1;
	if (EVP_DigestFinal_ex(digest, body->message.digest, NULL) != 1)
		return fail_memory(err);
	if (body->fd < 0)
		body->message.body = slice_from(body->bytes.bytes ? body->bytes.bytes : "", body->bytes.len);
	else if (fsync(body->fd) < 0)
		return fail_errno_as(err, COURANT_IO, errno, "cannot write %s", body->path);
	return 0;
}

int body_path(struct buffer *path, const char *spool, const unsigned char *digest, courant_error **err)
{
	buffer_printf(path, "%s/", spool);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		buffer_printf(path, "%02x", digest[i]);
	return buffer_check(path, err);
}

static bool read_name(const char *name, unsigned char digest[DIGEST_BYTES])
{
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		const int high = ascii_hex_value(name[2 * i]), low = high < 0 ? -1 : ascii_hex_value(name[2 * i + 1]);

		if (low < 0)
			return false;
		digest[i] = (unsigned char)(high << 4 | low);
	}
	return name[2 * DIGEST_BYTES] == '\0';
}

/* Its writer holds a lock as long as it lives. */
static bool is_orphan(int folder, const char *name)
{
	AUTO(close) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

int body_sweep(const char *spool, int (*is_wanted)(void *context, const unsigned char *digest, courant_error **err), void *context, courant_error **err)
{
	AUTO(folder) DIR *folder = opendir(spool);
	unsigned char digest[DIGEST_BYTES];

	if (!folder)
		return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot read the folder %s", spool);
	for (const struct dirent *entry; (entry = readdir(folder));) {
		int wanted = 1;

		if (slice_starts(slice_of(entry->d_name), SLICE(DRAFT_NAME)))
			wanted = !is_orphan(dirfd(folder), entry->d_name);
		else if (read_name(entry->d_name, digest))
			wanted = is_wanted(context, digest, err);
		if (wanted < 0)
			return -1;
		if (!wanted)
			(void)unlinkat(dirfd(folder), entry->d_name, 0); /* the next sweep finds it again */
	}
	return 0;
}
