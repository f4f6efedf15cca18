/* SPDX-License-Identifier: MIT */
/* header.c - headers by kind */
#include "mime/header.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/chars.h"
#include "mime/date.h"
#include "mime/encoded_word.h"
#include "mime/parameter.h"

#define NAME_MAX_BYTES 76
/* A word that must not be broken: with its header's name it stays under 998. */
#define WORD_MAX_BYTES 900
/* A longer quoted name is written as encoded words, which fold. */
#define QUOTED_MAX_BYTES 70
#define IDS_MAX_BYTES    ((size_t)1 << 16)

static const struct {
	const char *name;
	enum header_kind kind;
} kinds[] = {
	{"apparently-to", HEADER_ADDRESSES},
	{"bcc", HEADER_RESERVED},
	{"cc", HEADER_ADDRESSES},
	{"comments", HEADER_TEXT},
	{"content-description", HEADER_TEXT},
	{"content-disposition", HEADER_PARAMETERS},
	{"content-id", HEADER_IDS},
	{"content-transfer-encoding", HEADER_RESERVED},
	{"content-type", HEADER_PARAMETERS},
	{"date", HEADER_DATE},
	{"disposition-notification-to", HEADER_ADDRESSES},
	{"errors-to", HEADER_ADDRESSES},
	{"from", HEADER_ADDRESSES},
	{"in-reply-to", HEADER_IDS},
	{"list-archive", HEADER_URLS},
	{"list-help", HEADER_URLS},
	{"list-owner", HEADER_URLS},
	{"list-post", HEADER_URLS},
	{"list-subscribe", HEADER_URLS},
	{"list-unsubscribe", HEADER_URLS},
	{"mail-followup-to", HEADER_ADDRESSES},
	{"message-id", HEADER_IDS},
	{"mime-version", HEADER_RESERVED},
	{"organization", HEADER_TEXT},
	{"references", HEADER_IDS},
	{"reply-to", HEADER_ADDRESSES},
	{"resent-bcc", HEADER_RESERVED},
	{"resent-cc", HEADER_ADDRESSES},
	{"resent-date", HEADER_DATE},
	{"resent-from", HEADER_ADDRESSES},
	{"resent-message-id", HEADER_IDS},
	{"resent-sender", HEADER_ADDRESSES},
	{"resent-to", HEADER_ADDRESSES},
	{"return-receipt-to", HEADER_ADDRESSES},
	{"sender", HEADER_ADDRESSES},
	{"subject", HEADER_TEXT},
	{"thread-topic", HEADER_TEXT},
	{"to", HEADER_ADDRESSES},
};

enum header_kind header_kind_of(slice name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_equal_nocase(name, slice_of(kinds[i].name)))
			return kinds[i].kind;
	return HEADER_OPAQUE;
}

int header_check_name(slice name, courant_error **err)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] < 33 || name.ptr[i] > 126 || name.ptr[i] == ':')
			return fail(err, COURANT_INVALID,
				    "header name \"%.*s\" holds a character that is not allowed",
				    SLICE_ARGS(slice_part(name, 0, 100)));
	if (name.len == 0 || name.len > NAME_MAX_BYTES)
		return fail(err, COURANT_INVALID, "header name \"%.*s\" is %s",
			    SLICE_ARGS(slice_part(name, 0, 100)), name.len ? "too long" : "empty");
	return 0;
}

int header_check_value(slice name, slice value, courant_error **err)
{
	unsigned char seen = 0;

	for (size_t i = 0; i < value.len; i++) {
		const char c = value.ptr[i];

		seen |= (unsigned char)c;
		if (!ascii_is_control(c) || c == '\t')
			continue;
		return fail(err, COURANT_INVALID, "header %.*s holds %s at byte %zu",
			    SLICE_ARGS(name),
			    c == '\r' || c == '\n' ? "a line end"
			    : c == '\0'            ? "a NUL"
						   : "a control character",
			    i + 1);
	}
	if (seen > 127 && !utf8_is_valid(value))
		return fail(err, COURANT_INVALID, "header %.*s is not UTF-8 at byte %zu",
			    SLICE_ARGS(name), utf8_find_invalid(value) + 1);
	return 0;
}

/* ---- Unstructured text ---- */

/* A word with the blanks before it. */
struct word {
	slice text;
	bool needs_encoding;
	bool is_joined; /* what stands before it is not exactly one blank, so that it can only live
			   inside an encoded word */
};

static bool word_needs_encoding(slice word, size_t max)
{
	for (size_t i = 0; i < word.len; i++)
		if (ascii_is_eight_bit(word.ptr[i]) ||
		    (word.ptr[i] == '=' && i + 1 < word.len && word.ptr[i + 1] == '?'))
			return true;
	return word.len > max;
}

/* The word that begins at `at`, or at the blanks there. Blanks at the end of the text are a word
 * without letters. */
static struct word word_at(slice text, size_t at, size_t max)
{
	size_t begin = at;
	size_t end;

	while (begin < text.len && ascii_is_blank(text.ptr[begin]))
		begin++;
	end = begin;
	while (end < text.len && !ascii_is_blank(text.ptr[end]))
		end++;

	const slice word = slice_part(text, begin, end - begin);
	const bool is_usual = at == 0 ? begin == 0 : begin == at + 1 && text.ptr[at] == ' ';

	return (struct word){.text = word,
			     .needs_encoding = word_needs_encoding(word, max),
			     .is_joined = !is_usual || word.len == 0};
}

static size_t word_end(slice text, const struct word *word)
{
	return (size_t)(word->text.ptr + word->text.len - text.ptr);
}

/* Where the run of words ends that must be encoded together with the one at `at`; `at` when that
 * one may stay as it is. */
static size_t run_end(slice text, size_t at, size_t max)
{
	struct word word = word_at(text, at, max);
	bool is_run = word.needs_encoding || word.is_joined;
	size_t end = word_end(text, &word);

	while (end < text.len) {
		word = word_at(text, end, max);
		if (!word.is_joined && !(is_run && word.needs_encoding))
			break;
		is_run = true;
		end = word_end(text, &word);
	}
	return is_run ? end : at;
}

static void text_write(struct fold *fold, slice text, size_t max)
{
	for (size_t at = 0; at < text.len;) {
		size_t end = run_end(text, at, max);
		/* The one blank before a word belongs to the fold. */
		const bool has_blank = at > 0 && !word_at(text, at, max).is_joined;

		/* Two runs beside each other are one: the blank between two encoded words would be
		 * lost. */
		while (end > at && end < text.len && run_end(text, end, max) > end)
			end = run_end(text, end, max);
		if (end > at) {
			encoded_words_write(fold,
					    slice_part(text, at + has_blank, end - at - has_blank));
			at = end;
		} else {
			const struct word word = word_at(text, at, max);

			fold_token(fold, word.text);
			at = word_end(text, &word);
		}
	}
}

/* Printable ASCII with single blanks inside and nothing that looks encoded: most texts. */
static bool is_simple(slice text)
{
	char before = ' ';

	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];

		if (c < ' ' || c > '~' || (c == ' ' && before == ' ') ||
		    (c == '?' && before == '='))
			return false;
		before = c;
	}
	return before != ' ';
}

void header_write_text(struct buffer *out, slice name, slice text, enum header_kind kind)
{
	struct fold fold;

	fold_begin(&fold, out, name);
	if (is_simple(text) && text.len <= fold_left(&fold))
		fold_token(&fold, text);
	else /* A first word that would be folded off its name is read with a blank before it. */
		text_write(&fold, text, kind == HEADER_TEXT ? fold_left(&fold) : WORD_MAX_BYTES);
	fold_end(&fold);
}

/* ---- Addresses ---- */

/* A name in encoded words. Some readers put a blank between two of them: where one is enough it is
 * not cut for what is left of the line. */
static void name_encode(struct fold *fold, slice name)
{
	if (name.len <= ENCODED_WORD_BYTES && fold_left(fold) < ENCODED_WORD_MAX &&
	    fold->column > sizeof "Resent-Sender:")
		fold_line(fold);
	encoded_words_write(fold, name);
}

/* A display name: atoms bare, else a quoted string, else encoded words. The first two are never
 * folded inside, for not all readers undo that. */
static void name_write(struct fold *fold, slice name)
{
	if (!is_simple(name) || name.len > QUOTED_MAX_BYTES) {
		name_encode(fold, name);
	} else if (mailbox_name_is_bare(name)) {
		fold_token(fold, name);
	} else {
		fold_open(fold);
		quoted_string_write(fold->out, name);
		fold_close(fold);
	}
}

/* "<local@domain>" or the address alone; in the header the domain is in A-labels unless UTF-8 is
 * needed anyhow. */
static void spec_write(struct fold *fold, const struct mailbox *address, slice behind)
{
	fold_open(fold);
	if (address->name.len)
		buffer_append_byte(fold->out, '<');
	mailbox_write_spec(fold->out, address,
			   mailbox_needs_utf8(address) ? MAILBOX_UTF8 : MAILBOX_ASCII);
	if (address->name.len)
		buffer_append_byte(fold->out, '>');
	buffer_append(fold->out, behind);
	fold_close(fold);
}

/* What stands behind an item: a comma when another mailbox or group follows at its level. */
static slice separator_behind(const struct mailbox_list *list, size_t i)
{
	if (i + 1 == list->n || list->items[i].kind == MAILBOX_GROUP_BEGIN ||
	    list->items[i + 1].kind == MAILBOX_GROUP_END)
		return SLICE("");
	return SLICE(",");
}

void header_write_addresses(struct buffer *out, slice name, const struct mailbox_list *list)
{
	struct fold fold;

	fold_begin(&fold, out, name);
	for (size_t i = 0; i < list->n; i++) {
		const struct mailbox *address = &list->items[i];
		const slice behind = separator_behind(list, i);

		switch (address->kind) {
		case MAILBOX_ADDRESS:
			if (address->name.len)
				name_write(&fold, address->name);
			spec_write(&fold, address, behind);
			break;
		case MAILBOX_GROUP_BEGIN:
			name_write(&fold, address->name);
			/* An encoded word ends at white space only. */
			if (fold.out->len && fold.out->bytes[fold.out->len - 1] == '=')
				fold_token(&fold, SLICE(":"));
			else
				fold_glue(&fold, SLICE(":"));
			break;
		case MAILBOX_GROUP_END:
			fold_glue(&fold, SLICE(";"));
			fold_glue(&fold, behind);
			break;
		}
	}
	fold_end(&fold);
}

/* ---- Message ids ---- */

static bool id_is_valid(slice id)
{
	const size_t at = slice_find_last(id, '@');

	for (size_t i = 0; i < id.len; i++)
		if (!char_is(id.ptr[i], CHAR_ID))
			return false;
	return at != SLICE_NONE && at > 0 && at + 1 < id.len && id.len <= WORD_MAX_BYTES;
}

int header_ids_normalize(slice name, slice ids, struct buffer *ret, courant_error **err)
{
	slice rest = ids, id;
	size_t n = 0;

	if (header_check_value(name, ids, err) < 0)
		return -1;
	while (slice_next(&rest, ' ', &id)) {
		id = slice_trim(id);
		if (id.len == 0)
			continue;

		const bool is_open = *id.ptr == '<', is_closed = id.ptr[id.len - 1] == '>';
		const slice bare = slice_part(id, is_open, id.len - is_open - is_closed);

		if (is_open != is_closed || !id_is_valid(bare))
			return fail(
				err, COURANT_INVALID,
				"\"%.*s\" is no message id for header %.*s: <left@right> in ASCII is wanted",
				SLICE_ARGS(slice_part(id, 0, 300)), SLICE_ARGS(name));
		if (n++)
			buffer_append_byte(ret, ' ');
		buffer_append_byte(ret, '<');
		buffer_append(ret, bare);
		buffer_append_byte(ret, '>');
	}
	if (n == 0)
		return fail(err, COURANT_INVALID, "header %.*s needs a message id",
			    SLICE_ARGS(name));
	return buffer_check(ret, err);
}

void header_write_ids(struct buffer *out, slice name, slice ids)
{
	struct fold fold;
	slice id;

	fold_begin(&fold, out, name);
	while (slice_next(&ids, ' ', &id)) {
		/* An id that fits no line alone is not folded off its name. */
		if (id.len + 1 > FOLD_COLUMNS && fold.column == name.len + 1) {
			fold_glue(&fold, SLICE(" "));
			fold_glue(&fold, id);
		} else {
			fold_token(&fold, id);
		}
	}
	fold_end(&fold);
}

static int ids_write(struct buffer *out, slice name, slice value, courant_error **err)
{
	AUTO(buffer) struct buffer ids = BUFFER_LIMIT(IDS_MAX_BYTES);

	if (header_ids_normalize(name, value, &ids, err) < 0)
		return -1;
	header_write_ids(out, name, buffer_peek(&ids));
	return 0;
}

/* ---- The rest ---- */

static int addresses_write(struct buffer *out, slice name, slice value, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list list = {0};

	if (mailbox_list_parse(&list, &arena, value, MAILBOX_STRICT, err) < 0)
		return fail_within(err, "header %.*s", SLICE_ARGS(name));
	header_write_addresses(out, name, &list);
	return 0;
}

static int date_write_checked(struct buffer *out, slice name, slice value, courant_error **err)
{
	int64_t instant_ms;
	int offset_s;

	if (!date_parse(value, &instant_ms, &offset_s) || !date_is_valid(instant_ms, offset_s))
		return fail(err, COURANT_INVALID, "header %.*s: \"%.*s\" is no date",
			    SLICE_ARGS(name), SLICE_ARGS(slice_part(value, 0, 100)));
	buffer_append(out, name);
	buffer_append(out, SLICE(": "));
	date_write(out, instant_ms, offset_s);
	buffer_append(out, SLICE("\r\n"));
	return 0;
}

/* URLs in their brackets, commas between: a URL is never folded inside, and never encoded. */
static int urls_write(struct buffer *out, slice name, slice value, courant_error **err)
{
	struct fold fold;
	slice rest = slice_trim(value);

	fold_begin(&fold, out, name);
	while (rest.len) {
		const size_t end = *rest.ptr == '<' ? slice_find(rest, '>') : slice_find(rest, ',');
		const size_t len = end == SLICE_NONE ? rest.len : *rest.ptr == '<' ? end + 1 : end;
		const slice url = slice_trim(slice_part(rest, 0, len));

		for (size_t i = 0; i < url.len; i++)
			if (url.ptr[i] <= ' ' || url.ptr[i] > '~')
				return fail(
					err, COURANT_INVALID,
					"header %.*s: URL \"%.*s\" must be ASCII without blanks (percent-encoded)",
					SLICE_ARGS(name), SLICE_ARGS(slice_part(url, 0, 300)));
		if (url.len == 0 || url.len > WORD_MAX_BYTES)
			return fail(err, COURANT_INVALID, "header %.*s has a URL that is %s",
				    SLICE_ARGS(name), url.len ? "too long" : "empty");
		fold_token_before(&fold, url, 1);
		rest = slice_trim(slice_after(rest, len));
		if (slice_starts(rest, SLICE(","))) {
			fold_glue(&fold, SLICE(","));
			rest = slice_trim(slice_after(rest, 1));
		}
	}
	fold_end(&fold);
	return 0;
}

int header_write(struct buffer *out, slice name, slice value, courant_error **err)
{
	const enum header_kind kind = header_kind_of(name);

	if (header_check_name(name, err) < 0 || header_check_value(name, value, err) < 0)
		return -1;
	switch (kind) {
	case HEADER_TEXT:
	case HEADER_OPAQUE:
		header_write_text(out, name, value, kind);
		return 0;
	case HEADER_ADDRESSES:
		return addresses_write(out, name, value, err);
	case HEADER_IDS:
		return ids_write(out, name, value, err);
	case HEADER_DATE:
		return date_write_checked(out, name, value, err);
	case HEADER_URLS:
		return urls_write(out, name, value, err);
	case HEADER_PARAMETERS:
		return parameters_write_header(out, name, value, err);
	case HEADER_RESERVED:
		return fail(err, COURANT_INVALID, "header %.*s is made by the composer",
			    SLICE_ARGS(name));
	}
	return -1;
}
