/* SPDX-License-Identifier: MIT */
/* error.c - one error: a code, what stood behind it, and a sentence (courant/error.h, base/fail.h) */
#include <errno.h>
#include <stdarg.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/fail.h"
#include "base/printable.h"

/* Room for a long path, an address and a server's reply; a longer sentence helps nobody. */
#define SENTENCE_MAX_BYTES 4096

struct courant_error {
	enum courant_code code;
	int error_number;
	int reply_code;
	char *sentence;
};

/* The one error that needs no memory. It is never changed and never freed. */
static courant_error no_memory = {.code = COURANT_NO_MEMORY, .error_number = ENOMEM};
#define NO_MEMORY_SENTENCE "no memory"

enum courant_code courant_error_code(const courant_error *error)
{
	return error ? error->code : (enum courant_code)0;
}

const char *courant_error_sentence(const courant_error *error)
{
	if (!error)
		return "";
	return error->sentence ? error->sentence : NO_MEMORY_SENTENCE;
}

int courant_error_errno(const courant_error *error)
{
	return error ? error->error_number : 0;
}

int courant_error_reply(const courant_error *error)
{
	return error ? error->reply_code : 0;
}

void courant_error_free(courant_error *error)
{
	if (!error || error == &no_memory)
		return;
	free(error->sentence);
	free(error);
}

int fail_memory(courant_error **err)
{
	if (err && !*err)
		*err = &no_memory;
	return -1;
}

/* The words as one line that is safe to print; what follows them may be NULL. */
FAIL_FORMAT(1, 0) static char *sentence_take(const char *format, va_list args, const char *more)
{
	AUTO(buffer) struct buffer raw = BUFFER_LIMIT((size_t)4 * SENTENCE_MAX_BYTES);
	AUTO(buffer) struct buffer safe = BUFFER_LIMIT((size_t)16 * SENTENCE_MAX_BYTES);
	char *sentence = NULL;

	buffer_vprintf(&raw, format, args);
	if (more) {
		buffer_append(&raw, SLICE(": "));
		buffer_append(&raw, slice_of(more));
	}
	if (raw.failure == BUFFER_NO_MEMORY)
		return NULL;
	/* What is over the limit is cut: half a sentence is better than none. */
	printable_write(&safe, slice_part(buffer_peek(&raw), 0, SENTENCE_MAX_BYTES));
	(void)buffer_take(&safe, &sentence, NULL, NULL);
	return sentence;
}

FAIL_FORMAT(3, 0) static int fail_with(courant_error **err, courant_error error, const char *format, va_list args)
{
	if (!err || *err)
		return -1;

	AUTO(free) char *sentence =
		sentence_take(format, args, error.error_number ? strerrordesc_np(error.error_number) : NULL);
	courant_error *made = sentence ? mem_alloc(sizeof *made) : NULL;

	if (!made)
		return fail_memory(err);
	*made = error;
	made->sentence = STEAL(sentence);
	*err = made;
	return -1;
}

#define FAIL_WITH(...)                                                                             \
	va_list args;                                                                              \
	va_start(args, format);                                                                    \
	(void)fail_with(err, (courant_error){__VA_ARGS__}, format, args);                          \
	va_end(args);                                                                              \
	return -1

int fail(courant_error **err, enum courant_code code, const char *format, ...)
{
	FAIL_WITH(.code = code);
}

static enum courant_code code_of_errno(int error_number)
{
	switch (error_number) {
	case ENOENT:
	case EACCES:
	case EPERM:
	case EISDIR:
	case ENOTDIR:
	case ENXIO:
	case ELOOP:
	case ENAMETOOLONG:
		return COURANT_NO_INPUT;
	case ENOMEM:
		return COURANT_NO_MEMORY;
	default:
		return COURANT_IO;
	}
}

int fail_errno(courant_error **err, int error_number, const char *format, ...)
{
	FAIL_WITH(.code = code_of_errno(error_number), .error_number = error_number);
}

int fail_errno_as(courant_error **err, enum courant_code code, int error_number, const char *format, ...)
{
	FAIL_WITH(.code = code, .error_number = error_number);
}

int fail_reply_code(courant_error **err, enum courant_code code, int reply_code, const char *format, ...)
{
	FAIL_WITH(.code = code, .reply_code = reply_code);
}
#undef FAIL_WITH

int fail_within(courant_error **err, const char *format, ...)
{
	if (!err || !*err || *err == &no_memory)
		return -1;

	va_list args;

	va_start(args, format);

	char *sentence = sentence_take(format, args, (*err)->sentence);

	va_end(args);
	if (sentence) { /* without memory the words in front are lost, the cause is not */
		free((*err)->sentence);
		(*err)->sentence = sentence;
	}
	return -1;
}

int fail_pass(courant_error **err, courant_error *error)
{
	if (err && !*err)
		*err = error;
	else
		courant_error_free(error);
	return -1;
}

int fail_copy(courant_error **err, const courant_error *other)
{
	if (!err || *err)
		return -1;

	AUTO(free) char *sentence = mem_copy_text(other->sentence);
	courant_error *made = sentence ? mem_alloc(sizeof *made) : NULL;

	if (!made)
		return fail_memory(err);
	*made = *other;
	made->sentence = STEAL(sentence);
	*err = made;
	return -1;
}
