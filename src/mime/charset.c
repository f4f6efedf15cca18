/* SPDX-License-Identifier: MIT */
/* charset.c - iconv, with the names that mails use */
#include "mime/charset.h"

#include <errno.h>
#include <iconv.h>

#include "base/ascii.h"
#include "base/utf8.h"

#define NAME_MAX_BYTES 40

static const struct {
	const char *name, *known_as;
} aliases[] = {
	{"ansi_x3.4-1968", "us-ascii"},
	{"ascii", "us-ascii"},
	{"cn-gb", "gb18030"},
	{"gb2312", "gb18030"},
	{"gb_2312-80", "gb18030"},
	{"gbk", "gb18030"},
	{"hz-gb-2312", "gb18030"},
	{"iso-2022-jp", "iso-2022-jp-2"},
	{"iso-8859-8-i", "iso-8859-8"},
	{"ks_c_5601-1987", "cp949"},
	{"unicode-1-1-utf-7", "utf-7"},
	{"utf8", "utf-8"},
	{"windows-936", "gb18030"},
	{"x-big5", "big5"},
	{"x-cp1252", "cp1252"},
	{"x-euc-jp", "euc-jp"},
	{"x-gbk", "gb18030"},
	{"x-mac-roman", "macintosh"},
	{"x-sjis", "cp932"},
	{"shift_jis", "cp932"},
	{"unicode-1-1-utf-8", "utf-8"},
	{"us-ascii", "us-ascii"},
};

bool charset_is_name(slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.ptr[i]) && !ascii_is_one_of(name.ptr[i], "-_.:+"))
			return false;
	return name.len && name.len <= NAME_MAX_BYTES;
}

bool charset_is_utf8(slice name)
{
	return slice_equal_nocase(name, SLICE("utf-8")) || slice_equal_nocase(name, SLICE("utf8"));
}

enum way { READING, WRITING };

/* The name for iconv, terminated. Reading takes the larger relatives of a charset, for mails label
 * the small one and use the large one. */
static const char *iconv_name(slice charset, enum way way, char ret[static NAME_MAX_BYTES + 1])
{
	if (!charset_is_name(charset))
		return NULL;
	memcpy(ret, charset.ptr, charset.len);
	ret[charset.len] = '\0';
	if (way == WRITING)
		return ret;
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (slice_equal_nocase(charset, slice_of(aliases[i].name)))
			return aliases[i].known_as;
	return ret;
}

#define NO_ICONV ((iconv_t)-1)

static iconv_t converter_open(slice from, slice to)
{
	char from_room[NAME_MAX_BYTES + 1], to_room[NAME_MAX_BYTES + 1];
	const char *from_name = iconv_name(from, READING, from_room);
	const char *to_name = iconv_name(to, WRITING, to_room);

	return from_name && to_name ? iconv_open(to_name, from_name) : NO_ICONV;
}

static void converter_close(iconv_t *converter)
{
	if (*converter != NO_ICONV)
		(void)iconv_close(*converter);
}
AUTO_DEFINE_VALUE(converter, iconv_t, converter_close)

bool charset_is_known(slice name)
{
	if (charset_is_utf8(name) || slice_equal_nocase(name, SLICE("us-ascii")))
		return true;

	AUTO(converter) iconv_t converter = converter_open(name, SLICE("UTF-8"));

	return converter != NO_ICONV;
}

#define STEP_BYTES ((size_t)512)

/* Converts until the end or the first byte that does not go (EILSEQ, EINVAL): says how many bytes
 * were taken. */
static size_t convert_some(iconv_t converter, slice text, struct buffer *ret)
{
	char *in = (char *)text.ptr; /* iconv's prototype lacks the const; it does not write */
	size_t in_left = text.len;

	for (;;) {
		char *room = buffer_room(ret, STEP_BYTES);
		char *out = room;
		size_t out_left = STEP_BYTES;

		if (!room)
			return text.len - in_left;

		const size_t rc = in_left ? iconv(converter, &in, &in_left, &out, &out_left)
					  : iconv(converter, NULL, NULL, &out, &out_left);

		buffer_added(ret, STEP_BYTES - out_left);
		if (rc == (size_t)-1 && errno != E2BIG)
			return text.len - in_left;
		if (rc != (size_t)-1 && in_left == 0) {
			/* Back to the initial shift state, once all is read. */
			room = buffer_room(ret, STEP_BYTES);
			out = room;
			out_left = STEP_BYTES;
			if (room && iconv(converter, NULL, NULL, &out, &out_left) != (size_t)-1)
				buffer_added(ret, STEP_BYTES - out_left);
			return text.len;
		}
	}
}

void charset_repair_utf8(slice text, struct buffer *ret)
{
	while (text.len) {
		const size_t bad = utf8_find_invalid(text);

		buffer_append(ret, slice_part(text, 0, bad));
		if (bad == SLICE_NONE)
			return;
		utf8_write(ret, 0xfffd);
		text = slice_after(text, bad + 1);
	}
}

/* Bytes that are not of the charset are passed over, one by one. */
static void convert_all(iconv_t converter, slice text, struct buffer *ret)
{
	while (text.len && ret->failure == BUFFER_FINE) {
		text = slice_after(text, convert_some(converter, text, ret));
		if (text.len == 0)
			return;
		utf8_write(ret, 0xfffd);
		text = slice_after(text, 1);
		(void)iconv(converter, NULL, NULL, NULL, NULL);
	}
}

bool charset_to_utf8(slice text, slice charset, struct buffer *ret)
{
	if (charset_is_utf8(charset)) {
		charset_repair_utf8(text, ret);
		return true;
	}

	AUTO(converter) iconv_t converter = converter_open(charset, SLICE("UTF-8"));
	AUTO(buffer) struct buffer converted = BUFFER_LIMIT(ret->limit);

	if (converter == NO_ICONV)
		return false;
	convert_all(converter, text, &converted);
	/* iconv knows code points that UTF-8 has not (RFC 3629, 3). */
	charset_repair_utf8(buffer_peek(&converted), ret);
	if (converted.failure != BUFFER_FINE && ret->failure == BUFFER_FINE)
		ret->failure = converted.failure;
	return true;
}

int charset_convert(slice text, slice from, slice to, struct buffer *ret, courant_error **err)
{
	AUTO(converter) iconv_t converter = converter_open(from, to);

	if (converter == NO_ICONV)
		return fail(
			err, COURANT_INVALID,
			"text cannot be converted from %.*s to %.*s: no such charset is known here",
			SLICE_ARGS(from), SLICE_ARGS(to));

	const size_t taken = convert_some(converter, text, ret);

	if (buffer_check(ret, err) < 0)
		return -1;
	if (taken == text.len)
		return 0;

	size_t line = 1, character = 1;

	for (size_t i = 0; i < taken; i++)
		line += text.ptr[i] == '\n';
	while (character < 4 && !utf8_is_valid(slice_part(text, taken, character)))
		character++;
	return fail(err, COURANT_INVALID, "charset %.*s has no \"%.*s\" (line %zu of the text)",
		    SLICE_ARGS(to), SLICE_ARGS(slice_part(text, taken, character)), line);
}

int charset_from_utf8(slice text, slice charset, struct buffer *ret, courant_error **err)
{
	return charset_convert(text, SLICE("UTF-8"), charset, ret, err);
}
