/* SPDX-License-Identifier: MIT */
/* text_facts.h - what a text is like, measured in one pass, and which encoding suits it */
#ifndef COURANT_MIME_TEXT_FACTS_H
#define COURANT_MIME_TEXT_FACTS_H
#include <courant/message.h>

#include "base/slice.h"

struct text_facts {
	size_t n_lines;      /* line ends */
	size_t longest_line; /* in bytes, without its end */
	size_t n_eight_bit;  /* bytes over 127 */
	size_t n_escapes;    /* bytes that quoted-printable has to escape, those over 127 too */
	bool has_nul;
	bool has_control; /* other than tab and line ends; a CR without LF too */
	bool has_bare_cr;
	bool has_bare_lf; /* an LF without CR: the text changes when it is written with CRLF */
	bool has_trailing_blank;
	bool has_from_line;   /* a line that begins with "From " */
	bool has_dot_line;    /* a line that begins with a dot */
	bool has_hyphen_line; /* a line that begins with two hyphens: it might be a boundary */
};

void text_facts_measure(struct text_facts *ret, slice text);

/* The two ways of doing it, which agree; the second one only where the machine has AVX2. */
void text_facts_measure_portable(struct text_facts *ret, slice text);
#if defined(__x86_64__)
void text_facts_measure_avx2(struct text_facts *ret, slice text);
#endif

/* 7bit when that is safe everywhere, else quoted-printable or base64, whichever is shorter. */
enum courant_encoding text_facts_encoding(const struct text_facts *, size_t size_bytes);
#endif
