/* SPDX-License-Identifier: MIT */
/* text_facts.c - one pass over a text */
#include "mime/text_facts.h"

#include "base/ascii.h"
#include "mime/base64.h"

/* Longer lines may travel as they are (RFC 5322, 2.1.1), but who shows or filters them may not like
 * them. */
#define COMFORTABLE_LINE 78
#define QP_LINE_BYTES    73 /* of plain text in a line of quoted-printable, with its soft break */

enum { USUAL = 0, EIGHT_BIT = 1, CONTROL = 2, NUL = 4, EQUALS = 8, CR = 16 };

static inline unsigned class_of(unsigned char byte)
{
	if (byte > 127)
		return EIGHT_BIT;
	if (byte >= ' ' && byte != 127)
		return byte == '=' ? EQUALS : USUAL;
	return byte == '\t'   ? USUAL
	       : byte == '\0' ? NUL | CONTROL
	       : byte == '\r' ? CR | CONTROL
			      : CONTROL;
}

static void line_measure(struct text_facts *facts, slice line)
{
	unsigned seen = 0;
	size_t n_eight_bit = 0, n_other = 0;

	for (size_t i = 0; i < line.len; i++) {
		const unsigned class = class_of((unsigned char)line.ptr[i]);

		seen |= class;
		n_eight_bit += class & EIGHT_BIT;
		n_other += class > EIGHT_BIT;
	}
	facts->n_eight_bit += n_eight_bit;
	facts->n_escapes += n_eight_bit + n_other;
	facts->has_nul |= (seen & NUL) != 0;
	facts->has_control |= (seen & CONTROL) != 0;
	facts->has_bare_cr |= (seen & CR) != 0;
	if (line.len > facts->longest_line)
		facts->longest_line = line.len;
	if (line.len == 0)
		return;
	facts->has_trailing_blank |= ascii_is_blank(line.ptr[line.len - 1]);
	facts->has_dot_line |= *line.ptr == '.';
	facts->has_from_line |= slice_starts(line, SLICE("From "));
	facts->has_hyphen_line |= slice_starts(line, SLICE("--"));
}

void text_facts_measure_portable(struct text_facts *ret, slice text)
{
	*ret = (struct text_facts){0};
	while (text.len) {
		const size_t end = slice_find(text, '\n');
		slice line = slice_part(text, 0, end);

		if (end == SLICE_NONE) {
			line_measure(ret, line);
			return;
		}
		text = slice_after(text, end + 1);
		ret->n_lines++;
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		else
			ret->has_bare_lf = true;
		line_measure(ret, line);
	}
}

void text_facts_measure(struct text_facts *ret, slice text)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		text_facts_measure_avx2(ret, text);
		return;
	}
#endif
	text_facts_measure_portable(ret, text);
}

enum courant_encoding text_facts_encoding(const struct text_facts *facts, size_t size_bytes)
{
	if (facts->n_eight_bit == 0 && !facts->has_control && !facts->has_trailing_blank &&
	    !facts->has_from_line && !facts->has_dot_line &&
	    facts->longest_line <= COMFORTABLE_LINE)
		return COURANT_ENCODING_7BIT;

	const size_t quoted = size_bytes + 2 * facts->n_escapes + size_bytes / QP_LINE_BYTES * 3;
	const size_t base64 = base64_size(size_bytes + facts->n_lines) / BASE64_LINE_CHARS *
			      (BASE64_LINE_CHARS + 2);

	return quoted <= base64 + BASE64_LINE_CHARS ? COURANT_ENCODING_QUOTED_PRINTABLE
						    : COURANT_ENCODING_BASE64;
}
