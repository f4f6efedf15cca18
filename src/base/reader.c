/* SPDX-License-Identifier: MIT */
/* reader.c - readers of memory, files, descriptors, and the caller's own (courant/reader.h) */
#include <courant/reader.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/reader_bytes.h"
#include "base/reader_known.h"

#define BLOCK_BYTES ((size_t)64 * 1024)

struct courant_reader {
	struct courant_reader_calls calls;
	void *context;
	bool is_known;
	struct courant_facts facts; /* when they are known */
};

courant_reader *courant_reader_new(const struct courant_reader_calls *calls, void *context, courant_error **err)
{
	courant_reader *reader = mem_alloc(sizeof *reader);

	if (!reader) {
		(void)fail_memory(err);
		if (calls->free)
			calls->free(context);
		return NULL;
	}
	reader->calls = *calls;
	reader->context = context;
	return reader;
}

void courant_reader_free(courant_reader *reader)
{
	if (!reader)
		return;
	if (reader->calls.free)
		reader->calls.free(reader->context);
	free(reader);
}

int courant_reader_read(courant_reader *reader, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	if (size == 0)
		return fail(err, COURANT_USAGE, "no room to read into");
	return reader->calls.read(reader->context, into, size, ret_n, err);
}

int courant_reader_rewind(courant_reader *reader, courant_error **err)
{
	return reader->calls.rewind(reader->context, err);
}

bool courant_reader_size(courant_reader *reader, uint64_t *ret_bytes)
{
	return reader->calls.size && reader->calls.size(reader->context, ret_bytes);
}

void reader_know(courant_reader *reader, const struct courant_facts *facts)
{
	reader->is_known = true;
	reader->facts = *facts;
}

const struct courant_facts *reader_known(const courant_reader *reader)
{
	return reader->is_known ? &reader->facts : NULL;
}

/* Bytes in memory */

struct memory {
	slice bytes;
	char *owned; /* NULL: borrowed */
	size_t at;
};

static void memory_free(void *context)
{
	struct memory *memory = context;

	free(memory->owned);
	free(memory);
}

static int memory_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct memory *memory = context;
	const slice part = slice_part(memory->bytes, memory->at, size);

	(void)err;
	if (part.len)
		memcpy(into, part.ptr, part.len);
	memory->at += part.len;
	*ret_n = part.len;
	return 0;
}

static int memory_rewind(void *context, courant_error **err)
{
	struct memory *memory = context;

	(void)err;
	memory->at = 0;
	return 0;
}

static bool memory_size(void *context, uint64_t *ret_bytes)
{
	const struct memory *memory = context;

	*ret_bytes = memory->bytes.len;
	return true;
}

static const struct courant_reader_calls memory_calls = {memory_read, memory_rewind, memory_size, memory_free};

/* Takes `owned`. */
static courant_reader *memory_new(slice bytes, char *owned, courant_error **err)
{
	struct memory *memory = mem_alloc(sizeof *memory);

	if (!memory) {
		free(owned);
		(void)fail_memory(err);
		return NULL;
	}
	*memory = (struct memory){.bytes = bytes, .owned = owned};
	return courant_reader_new(&memory_calls, memory, err);
}

courant_reader *courant_reader_new_bytes(const void *bytes, size_t size, courant_error **err)
{
	char *copy = mem_copy(slice_from(bytes, size));

	if (!copy) {
		(void)fail_memory(err);
		return NULL;
	}
	return memory_new(slice_from(copy, size), copy, err);
}

courant_reader *courant_reader_new_borrowed(const void *bytes, size_t size, courant_error **err)
{
	return memory_new(slice_from(bytes, size), NULL, err);
}

bool reader_take_bytes(courant_reader *reader, size_t max, slice *ret)
{
	if (reader->calls.read != memory_read)
		return false;

	struct memory *memory = reader->context;

	*ret = slice_part(memory->bytes, memory->at, max);
	memory->at += ret->len;
	return true;
}

/* A file, from where its descriptor stood to the end it had then */

struct source {
	int fd;
	char *name; /* for errors */
	off_t begin;
	off_t size;
	off_t at; /* from `begin` on */
};

static void source_free(void *context)
{
	struct source *source = context;

	if (!source)
		return;
	auto_close(&source->fd);
	free(source->name);
	free(source);
}

static int source_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct source *source = context;
	const off_t left = source->size - source->at;
	char beyond; /* at the end one byte is asked for, to see whether the file has grown */
	ssize_t n;

	do {
		if (left == 0)
			n = pread(source->fd, &beyond, 1, source->begin + source->at);
		else
			n = pread(source->fd, into, (uintmax_t)left < size ? (size_t)left : size, source->begin + source->at);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_errno_as(err, COURANT_IO, errno, "cannot read %s", source->name);
	if (left == 0 && n > 0)
		return fail(err, COURANT_IO, "%s has grown while it was read", source->name);
	if (left > 0 && n == 0)
		return fail(err, COURANT_IO, "%s has shrunk while it was read", source->name);
	source->at += n;
	*ret_n = (size_t)n;
	return 0;
}

static int source_rewind(void *context, courant_error **err)
{
	struct source *source = context;

	(void)err;
	source->at = 0;
	return 0;
}

static bool source_size(void *context, uint64_t *ret_bytes)
{
	const struct source *source = context;

	*ret_bytes = (uint64_t)source->size;
	return true;
}

/* Copies what the descriptor still yields into a file that is gone when it is closed; returns that file's descriptor. */
static int spool(int fd, const char *name, courant_error **err)
{
	AUTO(close) int to = file_open_temporary(NULL, err);
	AUTO(free) char *block = to < 0 ? NULL : mem_alloc(BLOCK_BYTES);

	if (to < 0)
		return -1;
	if (!block)
		return fail_memory(err);
	for (;;) {
		const ssize_t n = read(fd, block, BLOCK_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(err, errno, "cannot read %s", name);
		if (n == 0)
			break;
		if (file_write_all(to, slice_from(block, (size_t)n), "the temporary copy", err) < 0)
			return fail_within(err, "%s", name);
	}
	if (lseek(to, 0, SEEK_SET) < 0)
		return fail_errno_as(err, COURANT_IO, errno, "cannot read the temporary copy of %s", name);
	return STEAL_FD(to);
}

/* Sets begin and size; a spooled copy takes the place of what cannot be read twice. */
static int source_settle(struct source *source, courant_error **err)
{
	struct stat status;

	if (fstat(source->fd, &status) < 0)
		return fail_errno(err, errno, "cannot read %s", source->name);
	if (S_ISDIR(status.st_mode))
		return fail_errno(err, EISDIR, "cannot read %s", source->name);
	/* Files below /proc have bytes, but no size. */
	if (!S_ISREG(status.st_mode) || status.st_size == 0) {
		const int copy = spool(source->fd, source->name, err);

		if (copy < 0)
			return -1;
		auto_close(&source->fd);
		source->fd = copy;
		if (fstat(copy, &status) < 0)
			return fail_errno(err, errno, "cannot read the temporary copy of %s", source->name);
	}
	source->begin = lseek(source->fd, 0, SEEK_CUR);
	if (source->begin < 0)
		return fail_errno(err, errno, "cannot read %s", source->name);
	source->size = status.st_size > source->begin ? status.st_size - source->begin : 0;
	return 0;
}

courant_reader *courant_reader_new_descriptor(int fd, const char *name, courant_error **err)
{
	static const struct courant_reader_calls calls = {source_read, source_rewind, source_size, source_free};
	AUTO(close) int taken = fd;
	struct source *source = mem_alloc(sizeof *source);

	if (!source) {
		(void)fail_memory(err);
		return NULL;
	}
	source->fd = STEAL_FD(taken);
	source->name = mem_copy_text(name);
	if (!source->name)
		(void)fail_memory(err);
	if (!source->name || source_settle(source, err) < 0) {
		source_free(source);
		return NULL;
	}
	return courant_reader_new(&calls, source, err);
}

courant_reader *courant_reader_new_file(const char *path, courant_error **err)
{
	const int fd = file_open(path, err);

	return fd < 0 ? NULL : courant_reader_new_descriptor(fd, path, err);
}

/* What must be kept from one block to the next while lines are measured. */
struct measure {
	struct courant_facts facts;
	uint64_t line_bytes;
	bool after_cr;
};

static void end_line(struct measure *measure)
{
	if (measure->line_bytes > measure->facts.longest_line)
		measure->facts.longest_line = (size_t)measure->line_bytes;
	measure->line_bytes = 0;
}

/* A CR or an LF, bare or not, ends the line: so does every program that will see it. */
static void measure_byte(struct measure *measure, char byte)
{
	const bool after_cr = measure->after_cr;

	measure->after_cr = byte == '\r';
	if (byte == '\n') {
		if (!after_cr)
			measure->facts.has_bare_line_end = true;
		end_line(measure);
		return;
	}
	if (after_cr)
		measure->facts.has_bare_line_end = true;
	if (byte == '\r') {
		end_line(measure);
		return;
	}
	measure->line_bytes++;
	if (byte == '\0')
		measure->facts.has_nul = true;
	else if (ascii_is_eight_bit(byte))
		measure->facts.has_eight_bit = true;
}

int courant_reader_measure(courant_reader *reader, struct courant_facts *ret, courant_error **err)
{
	AUTO(free) char *block = mem_alloc(BLOCK_BYTES);
	struct measure measure = {.line_bytes = 0};
	size_t n;

	if (!block)
		return fail_memory(err);
	if (courant_reader_rewind(reader, err) < 0)
		return -1;
	do {
		if (courant_reader_read(reader, block, BLOCK_BYTES, &n, err) < 0)
			return -1;
		for (size_t i = 0; i < n; i++)
			measure_byte(&measure, block[i]);
		measure.facts.size_bytes += n;
	} while (n);
	end_line(&measure);
	if (measure.after_cr)
		measure.facts.has_bare_line_end = true;
	if (courant_reader_rewind(reader, err) < 0)
		return -1;
	*ret = measure.facts;
	return 0;
}
