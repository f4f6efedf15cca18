/* SPDX-License-Identifier: MIT */
/* input.c - the bytes of a log (input.h) */
#include "weblog/input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "weblog/unpack.h"

#define PACKED_BYTES ((size_t)256 * 1024)

struct input {
	char *name;
	int fd;                 /* or -1 */
	courant_reader *reader; /* or NULL */
	uint64_t limit;         /* so many unpacked bytes more, then the end */
	bool has_begun, has_ended;
	bool is_in_stream;      /* of packed data */
	const struct unpacker *unpacker;
	void *state;
	void (*watch)(void *context, slice bytes); /* or NULL */
	void *watcher;
	const struct input_teller *teller; /* or NULL */
	uint64_t bytes, size;   /* read so far, and of the whole file; 0: not known */
	char *packed;           /* PACKED_BYTES */
	slice ahead;            /* of it: what has been read and not been given away */
};

static struct input *input_new(const char *name, courant_error **err)
{
	struct input *input = mem_alloc(sizeof *input);

	if (input) {
		input->fd = -1;
		input->limit = UINT64_MAX;
		input->name = mem_copy_text(name);
		input->packed = mem_alloc(PACKED_BYTES);
	}
	if (input && input->name && input->packed)
		return input;
	input_free(input);
	(void)fail_memory(err);
	return NULL;
}

struct input *input_open(const char *path, courant_error **err)
{
	const bool is_stdin = slice_equal(slice_of(path), SLICE("-"));
	AUTO(input) struct input *input = input_new(is_stdin ? "standard input" : path, err);

	if (!input)
		return NULL;
	input->fd = is_stdin ? STDIN_FILENO : file_open(path, err);
	if (input->fd < 0)
		return NULL;

	struct stat status;

	const off_t begin = is_stdin ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;

	/* Files below /proc have bytes, but no size. */
	if (fstat(input->fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > begin)
		input->size = (uint64_t)(status.st_size - begin);
	return STEAL(input);
}

struct input *input_open_again(const char *path, courant_error **err)
{
	AUTO(input) struct input *input = input_open(path, err);

	if (!input || (input->size && input->fd != STDIN_FILENO))
		return STEAL(input);

	/* Standard input itself stays open. */
	const int fd = input->fd == STDIN_FILENO ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : input->fd;

	input->fd = -1;
	input->reader = courant_reader_new_descriptor(fd, input->name, err);
	return input->reader ? STEAL(input) : NULL;
}

struct input *input_new_reader(courant_reader *reader, const char *name, courant_error **err)
{
	struct input *input = reader ? input_new(name, err) : NULL;

	if (!input) {
		courant_reader_free(reader);
		return NULL;
	}
	input->reader = reader;
	return input;
}

static void end_unpacking(struct input *input)
{
	if (input->unpacker)
		input->unpacker->end(input->state);
	input->unpacker = NULL;
}

void input_free(struct input *input)
{
	if (!input)
		return;
	end_unpacking(input);
	if (input->fd > STDIN_FILENO)
		(void)close(input->fd); /* it was only read */
	courant_reader_free(input->reader);
	free(input->packed);
	free(input->name);
	free(input);
}

const char *input_packing(const struct input *input)
{
	return input->unpacker ? input->unpacker->name : NULL;
}

int input_rewind(struct input *input, courant_error **err)
{
	if (input->reader && courant_reader_rewind(input->reader, err) < 0)
		return -1;
	if (!input->reader && lseek(input->fd, 0, SEEK_SET) < 0)
		return fail_errno(err, errno, "cannot read %s", input->name);
	end_unpacking(input);
	input->has_begun = input->has_ended = false;
	input->ahead = (slice){NULL, 0};
	input->bytes = 0;
	input->limit = UINT64_MAX;
	return 0;
}

void input_limit(struct input *input, uint64_t bytes)
{
	input->limit = bytes;
}

/* A file that grows as fast as it is read would have no end. */
static int read_fd(const struct input *input, char *into, size_t size, size_t *ret_n, courant_error **err)
{
	const uint64_t left = input->size ? input->size - input->bytes : UINT64_MAX;
	ssize_t n;

	if (left < size)
		size = (size_t)left;
	do
		n = read(input->fd, into, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_errno(err, errno, "cannot read %s", input->name);
	*ret_n = (size_t)n;
	return 0;
}

static int read_raw(struct input *input, char *into, size_t size, size_t *ret_n, courant_error **err)
{
	if ((input->reader ? courant_reader_read(input->reader, into, size, ret_n, err)
			   : read_fd(input, into, size, ret_n, err)) < 0)
		return -1;
	input->bytes += *ret_n;
	if (input->teller)
		input->teller->tell(input->teller->context, input->name, input->bytes, input->size);
	return 0;
}

/* Reads as much as it takes to know the packing. */
static int begin(struct input *input, courant_error **err)
{
	size_t len = 0, n;

	do {
		if (read_raw(input, input->packed + len, PACKED_BYTES - len, &n, err) < 0)
			return -1;
		len += n;
	} while (n && len < UNPACK_MAGIC_BYTES);
	input->has_begun = true;
	input->ahead = slice_from(input->packed, len);

	const struct unpacker *unpacker = unpack_find(input->ahead);

	if (unpacker) {
		input->state = unpacker->begin(err);
		if (!input->state)
			return -1;
		input->unpacker = unpacker;
		input->is_in_stream = true;
	}
	return 0;
}

static int fail_packed(const struct input *input, const char *what, courant_error **err)
{
	const char *const name = input->name, *const packing = input->unpacker->name, *const program = input->unpacker->text_program;
	const bool is_stdin = input->fd == STDIN_FILENO;

	return fail(err, COURANT_NO_INPUT, "%s: its %s data %s; to count what can be read: %s %s | courant weblog -", name, packing, what, is_stdin ? "… |" : program,
	            is_stdin ? program : name);
}

/* What follows a stream is another one, padding of NULs, or nothing. A frame of zstd that is to be skipped has another beginning. */
static int next_stream(struct input *input, courant_error **err)
{
	while (input->ahead.len && input->ahead.ptr[0] == '\0')
		input->ahead = slice_after(input->ahead, 1);
	if (!input->ahead.len)
		return 0;
	if (input->ahead.ptr[0] != input->unpacker->magic.ptr[0] && input->unpacker != &unpack_zstd)
		return fail_packed(input, "are followed by something else", err);
	input->is_in_stream = true;
	return 0;
}

static int refill(struct input *input, courant_error **err)
{
	size_t n;

	if (input->ahead.len || input->has_ended)
		return 0;
	if (read_raw(input, input->packed, PACKED_BYTES, &n, err) < 0)
		return -1;
	input->ahead = slice_from(input->packed, n);
	input->has_ended = n == 0;
	return 0;
}

static int read_packed(struct input *input, char *into, size_t size, size_t *ret_n, courant_error **err)
{
	char *at = into;

	while (at == into) {
		if (refill(input, err) < 0)
			return -1;
		if (!input->is_in_stream) {
			if (next_stream(input, err) < 0)
				return -1;
			if (input->has_ended && !input->is_in_stream)
				break;
			continue;
		}
		/* With no bytes left a call may still give what it held back. */
		switch (input->unpacker->step(input->state, &input->ahead, &at, &size)) {
		case UNPACK_MORE:
			if (at == into && input->has_ended)
				return fail_packed(input, "end too early", err);
			break;
		case UNPACK_STREAM:
			input->is_in_stream = false;
			break;
		case UNPACK_BROKEN:
			return fail_packed(input, "are damaged", err);
		}
	}
	*ret_n = (size_t)(at - into);
	return 0;
}

void input_set_teller(struct input *input, const struct input_teller *teller)
{
	input->teller = teller;
}

void input_watch(struct input *input, void (*watch)(void *context, slice bytes), void *context)
{
	input->watch = watch;
	input->watcher = context;
}

static int read_any(struct input *input, char *into, size_t size, size_t *ret_n, courant_error **err)
{
	if (!input->has_begun && begin(input, err) < 0)
		return -1;
	if (input->unpacker)
		return read_packed(input, into, size, ret_n, err);
	if (!input->ahead.len)
		return read_raw(input, into, size, ret_n, err);

	const size_t n = input->ahead.len < size ? input->ahead.len : size;

	memcpy(into, input->ahead.ptr, n);
	input->ahead = slice_after(input->ahead, n);
	*ret_n = n;
	return 0;
}

int input_read(struct input *input, char *into, size_t size, size_t *ret_n, courant_error **err)
{
	*ret_n = 0;
	if (!input->limit)
		return 0;
	if (read_any(input, into, input->limit < size ? (size_t)input->limit : size, ret_n, err) < 0)
		return -1;
	input->limit -= input->limit == UINT64_MAX ? 0 : *ret_n;
	if (input->watch)
		input->watch(input->watcher, slice_from(into, *ret_n));
	return 0;
}
