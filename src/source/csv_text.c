/* SPDX-License-Identifier: MIT */
/* csv_text.c - the bytes of a CSV file as UTF-8 (csv_text.h) */
#include "source/csv_text.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>

#include "base/file.h"
#include "base/utf8.h"

static int convert_all(iconv_t converter, const char *path, const char *charset, struct buffer *text, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(CSV_FILE_MAX_BYTES);
	char *from = text->bytes;
	size_t left = text->len;

	while (left) {
		size_t room = left * 2 + 64;
		char *to = buffer_room(&out, room), *begun = to;

		if (!to)
			return buffer_check(&out, err);

		const size_t status = iconv(converter, &from, &left, &to, &room);

		buffer_added(&out, (size_t)(to - begun));
		if (status == (size_t)-1 && errno != E2BIG)
			return fail(err, COURANT_NO_INPUT, "%s is not written in %s: byte %zu is none of it", path, charset,
				    (size_t)(from - text->bytes) + 1);
	}
	buffer_release(text);
	*text = out;
	out = (struct buffer)BUFFER_LIMIT(0);
	return 0;
}

static int convert(const char *path, const char *charset, struct buffer *text, courant_error **err)
{
	iconv_t converter = iconv_open("UTF-8", charset);

	if (converter == (iconv_t)-1)
		return fail(err, COURANT_CONFIG, "unknown charset \"%s\"", charset);

	const int status = text->len ? convert_all(converter, path, charset, text, err) : 0;

	(void)iconv_close(converter);
	return status;
}

static uint64_t line_of(slice text, size_t at)
{
	uint64_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += text.ptr[i] == '\n';
	return line;
}

int csv_read_text(const char *path, const char *charset, struct buffer *ret, courant_error **err)
{
	if (file_read(path, ret, err) < 0 || (charset && convert(path, charset, ret, err) < 0))
		return -1;

	const slice text = buffer_peek(ret);
	const size_t invalid = utf8_find_invalid(text);

	if (slice_starts(text, SLICE("\xff\xfe")) || slice_starts(text, SLICE("\xfe\xff")))
		return fail(err, COURANT_NO_INPUT, "%s is written in UTF-16: say so (charset: utf-16), or save it as UTF-8", path);
	if (invalid != SLICE_NONE)
		return fail(err, COURANT_NO_INPUT, "%s:%" PRIu64 ": not UTF-8: name what it is written in (charset: gb18030), or save it as UTF-8", path,
			    line_of(text, invalid));
	if (memchr(text.len ? text.ptr : "", '\0', text.len))
		return fail(err, COURANT_NO_INPUT, "%s holds NULs: it is no CSV file", path);
	return 0;
}
