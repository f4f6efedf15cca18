/* SPDX-License-Identifier: MIT */
/* encoded_word.c - Q and B words, written and read (RFC 2047) */
#include "mime/encoded_word.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/base64.h"
#include "mime/chars.h"
#include "mime/charset.h"

#define BEGIN       "=?utf-8?X?"
#define FRAME_CHARS (sizeof BEGIN - 1 + 2) /* with "?=" */
_Static_assert(ENCODED_WORD_BYTES % 3 == 0 &&
		       ENCODED_WORD_BYTES / 3 * 4 + FRAME_CHARS <= ENCODED_WORD_MAX,
	       "base64 without padding fits");
/* Below this a word is so much frame that a new line is better. */
#define WORTH_CHARS (FRAME_CHARS + 12)

static size_t q_size(slice text)
{
	size_t size = 0;

	for (size_t i = 0; i < text.len; i++)
		size += char_is(text.ptr[i], CHAR_Q) ? 1 : 3;
	return size;
}

static void q_write(char *to, slice text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];

		if (char_is(text.ptr[i], CHAR_Q)) {
			*to++ = c == ' ' ? '_' : (char)c;
			continue;
		}
		*to++ = '=';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
}

static bool is_boundary(slice text, size_t at)
{
	return at >= text.len || ((unsigned char)text.ptr[at] & 0xc0) != 0x80;
}

static void word_write(struct fold *fold, char kind, slice bytes)
{
	char word[ENCODED_WORD_MAX + 1] = BEGIN;
	const size_t size = kind == 'Q' ? q_size(bytes) : base64_size(bytes.len);

	word[sizeof BEGIN - 3] = kind;
	if (kind == 'Q')
		q_write(word + sizeof BEGIN - 1, bytes);
	else
		(void)base64_encode(word + sizeof BEGIN - 1, bytes.ptr, bytes.len);
	word[sizeof BEGIN - 1 + size] = '?';
	word[sizeof BEGIN + size] = '=';
	fold_token(fold, slice_from(word, FRAME_CHARS + size));
}

/* The longest beginning whose Q form has at most `max` characters, at least one character of the
 * text. */
static slice q_piece(slice text, size_t max)
{
	slice rest = text;
	size_t size = 0;

	while (rest.len) {
		slice next = rest;

		(void)utf8_next(&next);
		size += q_size(slice_part(rest, 0, rest.len - next.len));
		if (size > max && rest.len != text.len)
			break;
		rest = next;
	}
	return slice_part(text, 0, text.len - rest.len);
}

/* The longest beginning that base64 encodes without padding in at most `max` characters; all of the
 * text if that fits. Empty when no character ends at a multiple of three bytes. */
static slice b_piece(slice text, size_t max)
{
	size_t n = max / 4 * 3;

	if (n > ENCODED_WORD_BYTES)
		n = ENCODED_WORD_BYTES;
	if (text.len <= n)
		return text;
	while (n && !is_boundary(text, n))
		n -= 3;
	return slice_part(text, 0, n);
}

void encoded_words_write(struct fold *fold, slice text)
{
	const bool is_q = q_size(text) <= base64_size(text.len);

	for (bool is_first = true; text.len; is_first = false) {
		if (!is_first || fold_left(fold) < WORTH_CHARS)
			fold_line(fold);

		const size_t left = fold_left(fold);
		const size_t max =
			(left < ENCODED_WORD_MAX ? left : ENCODED_WORD_MAX) - FRAME_CHARS;
		slice piece = is_q ? q_piece(text, max) : b_piece(text, max);

		/* A padded word inside a run loses what follows in some readers, so a piece that
		 * would need padding goes as Q: one character is enough to get in step. */
		const bool needs_q = is_q || piece.len == 0;

		if (piece.len == 0)
			piece = q_piece(text, 1);
		word_write(fold, needs_q ? 'Q' : 'B', piece);
		text = slice_after(text, piece.len);
	}
}

void encoded_word_write_bytes(struct buffer *out, slice charset, slice bytes)
{
	char *to;

	buffer_append(out, SLICE("=?"));
	buffer_append(out, charset);
	buffer_append(out, SLICE("?B?"));
	to = buffer_room(out, base64_size(bytes.len));
	if (to)
		buffer_added(out, base64_encode(to, bytes.ptr, bytes.len));
	buffer_append(out, SLICE("?="));
}

/* ---- Reading ---- */

/* Longer words than RFC 2047 allows are read, but a header full of unfinished ones must not be
 * searched to its end for each. */
#define READ_MAX_BYTES 4000

struct word {
	slice charset;
	char kind; /* 'q', 'b' */
	slice text;
	size_t size; /* with its frame */
};

/* An encoded word at the beginning of the text. */
static bool word_parse(slice text, struct word *ret)
{
	slice rest = slice_after(text, 2);
	slice charset, kind, body;

	if (!slice_starts(text, SLICE("=?")) || !slice_next(&rest, '?', &charset) ||
	    !slice_next(&rest, '?', &kind) || kind.len != 1)
		return false;

	const size_t end = slice_find_slice(slice_part(rest, 0, READ_MAX_BYTES), SLICE("?="));

	if (end == SLICE_NONE)
		return false;
	body = slice_part(rest, 0, end);
	/* A language may follow the charset: utf-8*en (RFC 2231, 5). */
	charset = slice_part(charset, 0, slice_find(charset, '*'));
	*ret = (struct word){.charset = charset,
			     .kind = ascii_lower(*kind.ptr),
			     .text = body,
			     .size = (size_t)(body.ptr + body.len + 2 - text.ptr)};
	return charset_is_name(charset) && (ret->kind == 'q' || ret->kind == 'b');
}

static void q_read(struct buffer *out, slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];

		if (c == '=' && i + 2 < text.len && ascii_hex_value(text.ptr[i + 1]) >= 0 &&
		    ascii_hex_value(text.ptr[i + 2]) >= 0) {
			buffer_append_byte(out, (char)(ascii_hex_value(text.ptr[i + 1]) << 4 |
						       ascii_hex_value(text.ptr[i + 2])));
			i += 2;
		} else {
			buffer_append_byte(out, c == '_' ? ' ' : c);
		}
	}
}

/* Whether it can be decoded: nothing strange in base64, and a charset that is known. */
static bool word_is_sound(const struct word *word, slice *known)
{
	for (size_t i = 0; word->kind == 'b' && i < word->text.len; i++)
		if (!ascii_is_alnum(word->text.ptr[i]) &&
		    !(word->text.ptr[i] && strchr("+/= ", word->text.ptr[i])))
			return false;
	/* Asking costs more than decoding: most words have the charset of the one before. */
	if (slice_equal_nocase(word->charset, *known))
		return true;
	if (!charset_is_known(word->charset))
		return false;
	*known = word->charset;
	return true;
}

static void word_decode(struct buffer *out, const struct word *word)
{
	struct base64_decoder decoder = {0};
	char *to;

	if (word->kind == 'q') {
		q_read(out, word->text);
		return;
	}
	to = buffer_room(out, word->text.len / 4 * 3 + 3);
	if (to)
		buffer_added(out, base64_decode(&decoder, to, word->text.ptr, word->text.len));
}

/* Encoded words in a row, of one charset: their bytes are joined before they become characters, for
 * many writers cut in the middle of one. */
struct run {
	slice charset;
	struct buffer bytes;
};

static void run_end(struct buffer *out, struct run *run)
{
	const slice bytes = buffer_peek(&run->bytes);

	if (bytes.len && charset_is_utf8(run->charset) && utf8_is_valid(bytes))
		buffer_append(out, bytes);
	else if (bytes.len && !charset_to_utf8(bytes, run->charset, out))
		buffer_append(out, bytes);
	buffer_cut(&run->bytes, 0);
}

static size_t blanks_at(slice text)
{
	size_t n = 0;

	while (n < text.len && ascii_is_space(text.ptr[n]))
		n++;
	return n;
}

/* Blanks as they are, without the line ends of folding. */
static void blanks_write(struct buffer *out, slice blanks)
{
	for (size_t i = 0; i < blanks.len; i++)
		if (blanks.ptr[i] != '\r' && blanks.ptr[i] != '\n')
			buffer_append_byte(out, blanks.ptr[i]);
}

/* Text up to the next blank or encoded word; at least one byte. */
static size_t text_at(slice rest)
{
	size_t n = rest.len ? 1 : 0;

	while (n < rest.len && !ascii_is_space(rest.ptr[n]) &&
	       !slice_starts(slice_after(rest, n), SLICE("=?")))
		n++;
	return n;
}

void encoded_words_decode(struct buffer *out, slice value)
{
	struct run run = {.bytes = BUFFER_LIMIT(value.len + 3)};
	slice known = SLICE("");
	bool is_after_word = false;

	while (value.len) {
		const slice blanks = slice_part(value, 0, blanks_at(value));
		const slice rest = slice_after(value, blanks.len);
		struct word word;
		const bool is_word = word_parse(rest, &word) && word_is_sound(&word, &known);
		const bool goes_on =
			is_word && is_after_word && slice_equal_nocase(word.charset, run.charset);

		if (!goes_on)
			run_end(out, &run);
		/* Blanks between two encoded words are none (RFC 2047, 6.2). */
		if (!is_word || !is_after_word)
			blanks_write(out, blanks);
		is_after_word = is_word;
		if (is_word) {
			run.charset = word.charset;
			word_decode(&run.bytes, &word);
			value = slice_after(rest, word.size);
		} else {
			const size_t n = text_at(rest);

			buffer_append(out, slice_part(rest, 0, n));
			value = slice_after(rest, n);
		}
	}
	run_end(out, &run);
	if (run.bytes.failure == BUFFER_NO_MEMORY && out->failure == BUFFER_FINE)
		out->failure = BUFFER_NO_MEMORY;
	buffer_release(&run.bytes);
}
