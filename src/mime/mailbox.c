/* SPDX-License-Identifier: MIT */
/* mailbox.c - reading addresses (RFC 5322, 3.4 and 4.4; RFC 6532, 3.2) */
#include "mime/mailbox.h"

#include "base/ascii.h"
#include "base/idn.h"
#include "base/utf8.h"
#include "mime/chars.h"
#include "mime/encoded_word.h"

#define COMMENT_MAX_DEPTH 50

/* Reads one list. Slices point into `text`, which lies in the arena. */
struct scan {
	slice text;
	size_t at;
	struct arena *arena;
	struct mailbox_list *list;
	enum mailbox_flags flags;
	slice comment; /* the last one that was skipped */
	courant_error **err;
};

/* The words before "@", "<", ":" or the end of an address. */
struct words {
	size_t n;
	slice first;    /* unquoted */
	bool is_quoted; /* the first one */
	struct buffer
		joined; /* all of them with single blanks between, when there are two or more */
};

static void words_release(struct words *words)
{
	buffer_release(&words->joined);
}
AUTO_DEFINE_VALUE(words, struct words, words_release)

static bool at_end(const struct scan *scan)
{
	return scan->at >= scan->text.len;
}

static char peek(const struct scan *scan)
{
	return at_end(scan) ? '\0' : scan->text.ptr[scan->at];
}

static bool is_lenient(const struct scan *scan)
{
	return scan->flags & MAILBOX_LENIENT;
}

static int fail_address(struct scan *scan, const char *why)
{
	return fail(scan->err, COURANT_INVALID, "address \"%.*s\" %s",
		    SLICE_ARGS(slice_part(scan->text, 0, 300)), why);
}

/* A comment, nested ones inside, with `at` on its parenthesis. */
static int comment_skip(struct scan *scan)
{
	const size_t from = scan->at + 1;
	unsigned depth = 0;

	for (; !at_end(scan); scan->at++) {
		const char c = peek(scan);

		if (c == '\\')
			scan->at++;
		else if (c == '(' && ++depth > COMMENT_MAX_DEPTH)
			return fail_address(scan, "has comments nested too deeply");
		else if (c == ')' && --depth == 0) {
			scan->comment = slice_trim(slice_part(scan->text, from, scan->at - from));
			scan->at++;
			return 0;
		}
	}
	scan->at = scan->text.len;
	return fail_address(scan, "has a comment without its closing parenthesis");
}

/* Blanks and comments (CFWS). */
static int blanks_skip(struct scan *scan)
{
	for (;;) {
		if (ascii_is_space(peek(scan)))
			scan->at++;
		else if (peek(scan) != '(')
			return 0;
		else if (comment_skip(scan) < 0)
			return -1;
	}
}

/* A quoted string with `at` on its quote: its text, without quotes and backslashes. */
static int quoted_read(struct scan *scan, slice *ret)
{
	const size_t from = ++scan->at;
	size_t escapes = 0;

	while (!at_end(scan) && peek(scan) != '"') {
		if (peek(scan) == '\\') {
			escapes++;
			scan->at++;
		}
		scan->at++;
	}
	if (at_end(scan)) {
		scan->at = scan->text.len;
		return fail_address(scan, "has a quote that is not closed");
	}

	const slice raw = slice_part(scan->text, from, scan->at++ - from);

	if (escapes == 0) {
		*ret = raw;
		return 0;
	}

	char *text = arena_alloc(scan->arena, raw.len);
	size_t n = 0;

	if (!text)
		return fail_memory(scan->err);
	for (size_t i = 0; i < raw.len; i++) {
		i += raw.ptr[i] == '\\';
		text[n++] = raw.ptr[i];
	}
	*ret = slice_from(text, n);
	return 0;
}

/* Atoms, and dots where they are allowed: in a local part, and in the names of people who have
 * initials (RFC 5322, 4.1: obs-phrase). */
static slice atom_read(struct scan *scan)
{
	const size_t from = scan->at;

	while (!at_end(scan) && (char_is(peek(scan), CHAR_ATOM) || peek(scan) == '.'))
		scan->at++;
	return slice_part(scan->text, from, scan->at - from);
}

static void words_add(struct words *words, slice word, bool is_quoted)
{
	if (words->n++ == 0) {
		words->first = word;
		words->is_quoted = is_quoted;
		return;
	}
	if (words->n == 2)
		buffer_append(&words->joined, words->first);
	buffer_append_byte(&words->joined, ' ');
	buffer_append(&words->joined, word);
}

/* The words up to something that is none. */
static int words_read(struct scan *scan, struct words *words)
{
	for (;;) {
		if (blanks_skip(scan) < 0)
			return -1;

		const char c = peek(scan);
		slice word = {0};

		if (c == '"') {
			if (quoted_read(scan, &word) < 0)
				return -1;
		} else if (char_is(c, CHAR_ATOM) || c == '.') {
			word = atom_read(scan);
		} else {
			return 0;
		}
		words_add(words, word, c == '"');
	}
}

/* The words as a display name, in the arena. */
static int words_join(struct scan *scan, const struct words *words, slice *ret)
{
	slice name = words->first;

	if (words->n == 0) {
		*ret = SLICE("");
		return 0;
	}
	if (words->n > 1) {
		if (buffer_slice(&words->joined, &name, scan->err) < 0)
			return -1;
		name = arena_copy(scan->arena, name);
		if (!name.ptr)
			return fail_memory(scan->err);
	}
	if (!is_lenient(scan) || slice_find_slice(name, SLICE("=?")) == SLICE_NONE) {
		*ret = name;
		return 0;
	}

	AUTO(buffer) struct buffer decoded = BUFFER_LIMIT((size_t)1 << 20);

	encoded_words_decode(&decoded, name);
	if (buffer_slice(&decoded, &name, scan->err) < 0)
		return -1;
	*ret = arena_copy(scan->arena, name);
	return ret->ptr ? 0 : fail_memory(scan->err);
}

/* No dot at its ends and none beside another. */
static bool is_dotted(slice text)
{
	char before = '.';

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '.' && before == '.')
			return false;
		before = text.ptr[i];
	}
	return text.len && before != '.';
}

static int domain_to_ascii(struct scan *scan, struct mailbox *address)
{
	if (mailbox_is_plain_host(address->domain) ||
	    (address->domain.ptr[0] == '[' && mailbox_is_literal(address->domain))) {
		address->ascii = address->domain;
		return 0;
	}
	if (address->domain.ptr[0] == '[')
		return fail_address(scan, "has no valid address between its square brackets");

	AUTO(buffer) struct buffer ascii = BUFFER_LIMIT(4096);
	slice bytes;

	if (idn_to_ascii(address->domain, &ascii, scan->err) < 0 ||
	    buffer_slice(&ascii, &bytes, scan->err) < 0)
		return fail_within(scan->err, "address \"%.*s\"", SLICE_ARGS(scan->text));
	address->ascii = arena_copy(scan->arena, bytes);
	return address->ascii.ptr ? 0 : fail_memory(scan->err);
}

/* What follows the @, with `at` behind it. */
static int domain_read(struct scan *scan, struct mailbox *address)
{
	if (is_lenient(scan) && blanks_skip(scan) < 0)
		return -1;
	if (peek(scan) == '[') {
		const size_t begin = scan->at;

		while (!at_end(scan) && peek(scan) != ']')
			scan->at++;
		scan->at += !at_end(scan);
		address->domain = slice_part(scan->text, begin, scan->at - begin);
	} else {
		address->domain = atom_read(scan);
	}
	if (address->domain.len == 0)
		return fail_address(scan, "has no domain behind the @");
	if (!is_lenient(scan) && peek(scan) == '@')
		return fail_address(scan, "has more than one @");
	/* One final dot is the root's, and not written in mail. */
	if (address->domain.len > 1 && address->domain.ptr[address->domain.len - 1] == '.' &&
	    is_lenient(scan))
		address->domain.len--;
	return domain_to_ascii(scan, address);
}

static int local_check(struct scan *scan, const struct mailbox *address, bool is_quoted)
{
	if (address->local.len == 0 && !is_quoted)
		return fail_address(scan, "has nothing before the @");
	if (!is_quoted && !is_lenient(scan) && !is_dotted(address->local))
		return fail_address(scan, "has a dot too many before the @");
	if (is_lenient(scan))
		return 0;
	if (address->local.len > MAILBOX_LOCAL_MAX_BYTES)
		return fail_address(scan, "has more than 64 bytes before the @");
	if (address->local.len + 1 + address->ascii.len > MAILBOX_MAX_BYTES)
		return fail_address(scan, "is longer than 254 bytes");
	return 0;
}

/* The words before the @ as local part. The old form with blanks around the dots is understood when
 * reading (RFC 5322, 4.4: obs-local-part). */
static int local_take(struct scan *scan, const struct words *words, struct mailbox *address)
{
	if (words->n == 0)
		return fail_address(scan, "has nothing before the @");
	if (words->n == 1) {
		address->local = words->first;
		return 0;
	}
	if (!is_lenient(scan))
		return fail_address(
			scan,
			"has blanks before the @: a name needs <> around the address, or quotes if it holds an @");

	slice all;
	size_t n = 0;

	if (buffer_slice(&words->joined, &all, scan->err) < 0)
		return -1;

	char *local = arena_alloc(scan->arena, all.len);

	if (!local)
		return fail_memory(scan->err);
	for (size_t i = 0; i < all.len; i++)
		if (!ascii_is_space(all.ptr[i]))
			local[n++] = all.ptr[i];
	address->local = slice_from(local, n);
	return 0;
}

/* "local@domain", with the words before the @ already read and `at` on it. */
static int spec_read(struct scan *scan, const struct words *words, struct mailbox *address)
{
	scan->at++;
	if (local_take(scan, words, address) < 0 || domain_read(scan, address) < 0)
		return -1;
	return local_check(scan, address, words->is_quoted);
}

/* A source route before the address, "@a,@b:", is left out (RFC 5322, 4.4). */
static void route_skip(struct scan *scan)
{
	const slice rest = slice_after(scan->text, scan->at);
	const size_t colon = slice_find(rest, ':');

	if (is_lenient(scan) && peek(scan) == '@' && colon != SLICE_NONE &&
	    colon < slice_find(rest, '>'))
		scan->at += colon + 1;
}

/* "<local@domain>" with `at` on the bracket. */
static int angle_read(struct scan *scan, struct mailbox *address)
{
	AUTO(words) struct words words = {.joined = BUFFER_LIMIT(scan->text.len + 1)};

	scan->at++;
	route_skip(scan);

	int rc = words_read(scan, &words);

	if (rc == 0 && peek(scan) != '@' && words.n == 1 && scan->flags & MAILBOX_BARE_ALLOWED)
		address->local = words.first;
	else if (rc == 0 && peek(scan) != '@')
		rc = fail_address(scan, "has no @ between its brackets");
	else if (rc == 0)
		rc = spec_read(scan, &words, address);
	if (rc < 0 || blanks_skip(scan) < 0)
		return -1;
	if (peek(scan) != '>')
		return fail_address(scan, at_end(scan)
						  ? "has a < without its >"
						  : "has something between the address and its >");
	scan->at++;
	return 0;
}

int mailbox_list_add(struct mailbox_list *list, struct arena *arena, const struct mailbox *address,
		     courant_error **err)
{
	if (list->n >= MAILBOX_LIST_MAX)
		return fail(err, COURANT_TOO_LARGE, "more than %d addresses", MAILBOX_LIST_MAX);
	if (list->n == list->space) {
		const size_t space = list->space ? list->space * 2 : 2;
		struct mailbox *items = arena_grow(arena, list->items, list->n, space, sizeof *items);

		if (!items)
			return fail_memory(err);
		list->items = items;
		list->space = space;
	}
	list->items[list->n++] = *address;
	list->n_mailboxes += address->kind == MAILBOX_ADDRESS;
	return 0;
}

/* The bare address that was read takes a comment behind it as its name. */
static int comment_as_name(struct scan *scan, struct mailbox *address)
{
	if (blanks_skip(scan) < 0)
		return -1;
	if (scan->comment.len == 0 || address->name.len)
		return 0;

	const struct words words = {.n = 1, .first = scan->comment};

	return words_join(scan, &words, &address->name);
}

static int mailbox_read(struct scan *scan, struct words *words, struct mailbox *address)
{
	switch (peek(scan)) {
	case '@':
		if (spec_read(scan, words, address) < 0)
			return -1;
		scan->comment = SLICE("");
		return comment_as_name(scan, address);
	case '<':
		return words_join(scan, words, &address->name) < 0 ||
				       angle_read(scan, address) < 0 || blanks_skip(scan) < 0
			       ? -1
			       : 0;
	default:
		if (words->n == 1 && scan->flags & MAILBOX_BARE_ALLOWED) {
			address->local = words->first;
			return comment_as_name(scan, address);
		}
		return fail_address(scan, words->n == 0 && at_end(scan) ? "is empty" : "has no @");
	}
}

/* Up to the next comma that separates, for reading on after a fault. */
static void address_skip(struct scan *scan)
{
	scan->list->n_broken++;
	while (!at_end(scan) && peek(scan) != ',' && peek(scan) != ';')
		scan->at++;
}

static int separator_read(struct scan *scan)
{
	if (at_end(scan) || peek(scan) == ',' || peek(scan) == ';')
		return 0;
	if (peek(scan) == '@')
		return fail_address(scan, "has more than one @");
	return fail_address(scan, "has something behind it that is no comma");
}

/* One mailbox, or the beginning of a group. */
static int address_read(struct scan *scan, bool *is_in_group)
{
	AUTO(words) struct words words = {.joined = BUFFER_LIMIT(scan->text.len + 1)};
	struct mailbox address = {.kind = MAILBOX_ADDRESS};
	scan->comment = SLICE("");

	int rc = words_read(scan, &words);

	if (rc == 0 && peek(scan) == ':' && !*is_in_group && words.n) {
		scan->at++;
		address.kind = MAILBOX_GROUP_BEGIN;
		*is_in_group = true;
		rc = scan->flags & MAILBOX_ONE
			     ? fail_address(scan, "is a group, where one address is wanted")
			     : words_join(scan, &words, &address.name);
	} else if (rc == 0) {
		rc = mailbox_read(scan, &words, &address) < 0 || separator_read(scan) < 0 ? -1 : 0;
	}
	return rc < 0 ? -1 : mailbox_list_add(scan->list, scan->arena, &address, scan->err);
}

static int group_end(struct scan *scan, bool *is_in_group)
{
	const struct mailbox end = {.kind = MAILBOX_GROUP_END};

	if (!*is_in_group)
		return is_lenient(scan) ? 0 : fail_address(scan, "has a semicolon outside a group");
	*is_in_group = false;
	return mailbox_list_add(scan->list, scan->arena, &end, scan->err);
}

/* An address whose fault is counted and left out, with all up to the next comma, when it stands in
 * a stranger's header. */
static int address_read_leniently(struct scan *scan, bool *is_in_group)
{
	courant_error **err = scan->err;
	const struct mailbox_list before = *scan->list;
	courant_error *fault = NULL;

	scan->err = &fault;

	const int rc = address_read(scan, is_in_group);

	scan->err = err;
	if (rc == 0)
		return 0;
	if (courant_error_code(fault) != COURANT_INVALID)
		return fail_pass(err, fault);
	courant_error_free(fault);
	scan->list->n = before.n;
	scan->list->n_mailboxes = before.n_mailboxes;
	address_skip(scan);
	return 0;
}

/* The commas and semicolons between addresses. `is_wanted`: an address must come next. */
static int separator_take(struct scan *scan, bool *is_in_group, bool *is_wanted)
{
	const char c = peek(scan);

	scan->at++;
	if (c == ';') {
		if (*is_wanted && *is_in_group && !is_lenient(scan) &&
		    scan->list->items[scan->list->n - 1].kind != MAILBOX_GROUP_BEGIN)
			return fail_address(scan, "has a comma with nothing behind it");
		*is_wanted = false;
		return group_end(scan, is_in_group);
	}
	if (*is_wanted && !is_lenient(scan))
		return fail_address(scan, "has a comma with nothing before it");
	*is_wanted = true;
	return 0;
}

static int list_read(struct scan *scan)
{
	bool is_in_group = false;
	bool is_wanted = true;

	for (;;) {
		if (blanks_skip(scan) < 0 && !is_lenient(scan))
			return -1;
		if (at_end(scan))
			break;

		int rc;

		if (peek(scan) == ',' || peek(scan) == ';') {
			rc = separator_take(scan, &is_in_group, &is_wanted);
		} else if (is_lenient(scan)) {
			rc = address_read_leniently(scan, &is_in_group);
		} else {
			rc = address_read(scan, &is_in_group);
			is_wanted = rc == 0 && scan->list->items[scan->list->n - 1].kind ==
						       MAILBOX_GROUP_BEGIN;
		}
		if (rc < 0)
			return -1;
	}
	if (is_lenient(scan))
		return is_in_group ? group_end(scan, &is_in_group) : 0;
	if (is_in_group)
		return fail_address(scan, "is a group without its semicolon");
	return is_wanted ? fail_address(scan, "has nothing behind its last comma") : 0;
}

/* Control characters, and what is not UTF-8, are never part of an address. */
static int text_check(slice text, courant_error **err)
{
	unsigned char seen = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (ascii_is_control(text.ptr[i]) && text.ptr[i] != '\t')
			return fail(err, COURANT_INVALID, "address \"%.*s\" holds %s",
				    SLICE_ARGS(slice_part(text, 0, 300)),
				    text.ptr[i] == '\r' || text.ptr[i] == '\n'
					    ? "a line end"
					    : "a control character");
		seen |= (unsigned char)text.ptr[i];
	}
	if (seen > 127 && !utf8_is_valid(text))
		return fail(err, COURANT_INVALID, "address \"%.*s\" is not UTF-8",
			    SLICE_ARGS(slice_part(text, 0, 300)));
	return 0;
}

int mailbox_list_parse(struct mailbox_list *list, struct arena *arena, slice text,
		       enum mailbox_flags flags, courant_error **err)
{
	struct mailbox_list made = *list;
	const slice copy = arena_copy(arena, text);
	struct scan scan = {
		.text = copy, .arena = arena, .list = &made, .flags = flags, .err = err};

	if (!copy.ptr)
		return fail_memory(err);
	if (!(flags & MAILBOX_LENIENT) && text_check(text, err) < 0)
		return -1;
	if (!(flags & MAILBOX_LENIENT) && slice_trim(text).len == 0)
		return fail(err, COURANT_INVALID, "an address is empty");
	if (list_read(&scan) < 0)
		return -1;
	if (flags & MAILBOX_ONE && made.n - list->n != 1)
		return fail_address(&scan, "is not exactly one address");
	*list = made;
	return 0;
}

int mailbox_check_spec(slice text, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list list = {0};

	if (mailbox_list_parse(&list, &arena, text, MAILBOX_ONE, err) < 0)
		return -1;
	if (slice_find(text, '<') != SLICE_NONE &&
	    slice_find(list.items[0].local, '<') == SLICE_NONE)
		return fail(err, COURANT_INVALID, "address \"%.*s\" is not a bare address",
			    SLICE_ARGS(slice_part(text, 0, 300)));
	return 0;
}
