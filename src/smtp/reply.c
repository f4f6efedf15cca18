/* SPDX-License-Identifier: MIT */
/* reply.c - the reply parser (reply.h) */
#include "smtp/reply.h"

#include "base/ascii.h"

/* "250-", the text, and the line's end. */
#define PREFIX_BYTES 4

void reply_reader_init(struct reply_reader *reader)
{
	*reader = (struct reply_reader){
		.text = BUFFER_LIMIT(REPLY_MAX_BYTES + REPLY_LINE_MAX_BYTES),
		.line = BUFFER_LIMIT(REPLY_LINE_MAX_BYTES),
		.clean = BUFFER_LIMIT(REPLY_MAX_BYTES + REPLY_LINE_MAX_BYTES),
	};
}

void reply_reader_release(struct reply_reader *reader)
{
	buffer_release(&reader->text);
	buffer_release(&reader->line);
	buffer_release(&reader->clean);
	reader->code = 0;
	reader->lines = 0;
}

/* One to three digits; the rest is *rest. */
static bool cut_number(slice *rest, unsigned short *ret)
{
	unsigned value = 0;
	size_t n = 0;

	for (; n < rest->len && n < 3 && ascii_is_digit(rest->ptr[n]); n++)
		value = value * 10 + (unsigned)(rest->ptr[n] - '0');
	*rest = slice_after(*rest, n);
	*ret = (unsigned short)value;
	return n > 0;
}

static bool cut_dot(slice *rest)
{
	if (rest->len == 0 || rest->ptr[0] != '.')
		return false;
	*rest = slice_after(*rest, 1);
	return true;
}

size_t reply_parse_enhanced(slice text, unsigned short ret[3])
{
	slice rest = text;
	unsigned short code[3];

	if (!cut_number(&rest, &code[0]) || !cut_dot(&rest) || !cut_number(&rest, &code[1]) ||
	    !cut_dot(&rest) || !cut_number(&rest, &code[2]))
		return 0;
	if (rest.len > 0 && !ascii_is_blank(rest.ptr[0]) && rest.ptr[0] != '\n')
		return 0;
	if (code[0] != 2 && code[0] != 4 && code[0] != 5)
		return 0;
	memcpy(ret, code, sizeof code);
	return text.len - rest.len + (rest.len > 0 && ascii_is_blank(rest.ptr[0]));
}

/* A line without its end: code, whether more follow, text. */
static bool parse_line(slice line, int *ret_code, bool *ret_more, slice *ret_text)
{
	if (line.len < 3 || line.ptr[0] < '2' || line.ptr[0] > '5' ||
	    !ascii_is_digit(line.ptr[1]) || !ascii_is_digit(line.ptr[2]))
		return false;
	if (line.len > 3 && line.ptr[3] != ' ' && line.ptr[3] != '-')
		return false;
	*ret_code = (line.ptr[0] - '0') * 100 + (line.ptr[1] - '0') * 10 + (line.ptr[2] - '0');
	*ret_more = line.len > 3 && line.ptr[3] == '-';
	*ret_text = slice_after(line, PREFIX_BYTES);
	return true;
}

/* The whole reply's parts out of its text: the enhanced code is believed when its class is the
 * code's. */
static int finish(struct reply_reader *reader, int code, slice raw, struct reply *ret,
		  courant_error **err)
{
	const unsigned short class = (unsigned short)(code / 100);
	unsigned short enhanced[3] = {0}, other[3];
	size_t cut = reply_parse_enhanced(raw, enhanced);

	*ret = (struct reply){.code = code, .raw = raw, .text = raw};
	if (cut == 0 || enhanced[0] != class)
		return 0;
	memcpy(ret->enhanced, enhanced, sizeof enhanced);
	if (slice_find(raw, '\n') == SLICE_NONE) {
		ret->text = slice_after(raw, cut);
		return 0;
	}
	buffer_cut(&reader->clean, 0);
	for (slice rest = raw, line; slice_next(&rest, '\n', &line);) {
		cut = reply_parse_enhanced(line, other);
		buffer_append(&reader->clean,
			      slice_after(line, cut && other[0] == class ? cut : 0));
		if (rest.ptr)
			buffer_append_byte(&reader->clean, '\n');
	}
	return buffer_slice(&reader->clean, &ret->text, err);
}

/* Takes one line without its end. 1 at the reply's last. */
static int take_line(struct reply_reader *reader, slice line, struct reply *ret,
		     courant_error **err)
{
	int code;
	bool more;
	slice text;

	if (!parse_line(line, &code, &more, &text))
		return fail(err, COURANT_PROTOCOL,
			    "the server's line begins with no reply code: %.*s",
			    SLICE_ARGS(slice_part(line, 0, 200)));
	if (reader->lines > 0 && code != reader->code)
		return fail(err, COURANT_PROTOCOL,
			    "the server's reply changes its code from %d to %d", reader->code,
			    code);
	if (!more && reader->lines == 0)
		return finish(reader, code, text, ret, err) < 0 ? -1 : 1;
	if (++reader->lines > REPLY_MAX_LINES)
		return fail(err, COURANT_PROTOCOL, "the server's reply has more than %d lines",
			    REPLY_MAX_LINES);
	if (reader->text.len + text.len >= REPLY_MAX_BYTES)
		return fail(err, COURANT_PROTOCOL, "the server's reply has more than %zu bytes",
			    REPLY_MAX_BYTES);
	reader->code = code;
	buffer_append(&reader->text, text);
	if (more) {
		buffer_append_byte(&reader->text, '\n');
		return buffer_check(&reader->text, err);
	}

	slice raw;

	if (buffer_slice(&reader->text, &raw, err) < 0 || finish(reader, code, raw, ret, err) < 0)
		return -1;
	return 1;
}

static int fail_long_line(courant_error **err)
{
	return fail(err, COURANT_PROTOCOL, "the server's line has more than %zu bytes",
		    REPLY_LINE_MAX_BYTES);
}

static slice without_cr(slice line)
{
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

int reply_read(struct reply_reader *reader, slice *in, struct reply *ret, courant_error **err)
{
	/* The last reply was whole: its text is no longer needed. */
	if (reader->lines == 0)
		buffer_cut(&reader->text, 0);
	while (in->len > 0) {
		const size_t end = slice_find(*in, '\n');
		slice line = slice_part(*in, 0, end);

		if (reader->line.len + line.len > REPLY_LINE_MAX_BYTES - 1)
			return fail_long_line(err);
		*in = end == SLICE_NONE ? SLICE("") : slice_after(*in, end + 1);
		if (end == SLICE_NONE || reader->line.len > 0) {
			buffer_append(&reader->line, line);
			if (buffer_slice(&reader->line, &line, err) < 0)
				return -1;
		}
		if (end == SLICE_NONE)
			return 0;

		const int done = take_line(reader, without_cr(line), ret, err);

		if (done < 0)
			return -1;
		if (done > 0) {
			/* A reply of one line points into reader->line, whose bytes stay where
			 * they are when its length is taken back. */
			reader->line.len = 0;
			reader->lines = 0;
			return 1;
		}
		buffer_cut(&reader->line, 0);
	}
	return 0;
}
