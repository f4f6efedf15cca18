/* SPDX-License-Identifier: MIT */
/* file_spec.c - reads FILE[;name=NAME][;type=TYPE] */
#include "cli/file_spec.h"

#include "base/alloc.h"
#include "base/buffer.h"

#define VALUE_MAX_BYTES 4096

void file_spec_release(struct file_spec *spec)
{
	free(spec->path);
	free(spec->name);
	free(spec->type);
	*spec = (struct file_spec){0};
}

static bool is_word(slice text)
{
	return slice_starts(text, SLICE(";name=")) || slice_starts(text, SLICE(";type="));
}

/* Cuts the value off `*rest`. A type may hold parameters of its own, with semicolons: "text/plain; charset=gb18030". */
static int take_value(slice *rest, char **ret, courant_error **err)
{
	AUTO(buffer) struct buffer value = BUFFER_LIMIT(VALUE_MAX_BYTES);
	size_t i = 0;

	if (!slice_starts(*rest, SLICE("\""))) {
		while (i < rest->len && !is_word(slice_after(*rest, i)))
			buffer_append_byte(&value, rest->ptr[i++]);
	} else {
		for (i = 1; i < rest->len && rest->ptr[i] != '"'; i++) {
			if (rest->ptr[i] == '\\' && i + 1 < rest->len)
				i++;
			buffer_append_byte(&value, rest->ptr[i]);
		}
		if (i == rest->len)
			return fail(err, COURANT_USAGE, "a quote does not end: %.*s", SLICE_ARGS(*rest));
		i++;
	}
	*rest = slice_after(*rest, i);
	if (value.len == 0)
		return fail(err, COURANT_USAGE, "a name or type is empty");
	free(*ret);
	*ret = NULL;
	return buffer_take(&value, ret, NULL, err);
}

int file_spec_parse(slice text, struct file_spec *ret, courant_error **err)
{
	AUTO(file_spec) struct file_spec spec = {0};
	size_t end = 0;

	while (end < text.len && !is_word(slice_after(text, end)))
		end++;
	if (end == 0)
		return fail(err, COURANT_USAGE, "no file is named");
	spec.path = mem_copy(slice_part(text, 0, end));
	if (!spec.path)
		return fail_memory(err);
	text = slice_after(text, end);
	while (text.len > 0) {
		if (!is_word(text))
			return fail(err, COURANT_USAGE, "what does \"%.*s\" mean behind a quoted value?", SLICE_ARGS(text));

		char **value = slice_starts(text, SLICE(";name=")) ? &spec.name : &spec.type;

		text = slice_after(text, sizeof ";name=" - 1);
		if (take_value(&text, value, err) < 0)
			return -1;
	}
	*ret = spec;
	spec = (struct file_spec){0};
	return 0;
}
