/* SPDX-License-Identifier: MIT */
/* netrc.c - reads ~/.netrc */
#include "cli/netrc.h"

#include "base/ascii.h"

/* The next word: blanks and line ends part them, double quotes hold them together, '#' at its beginning makes the rest of the line a
 * comment. `*ret_after_empty_line` tells whether an empty line came before it, which ends a macro. */
static bool next_word(slice *rest, slice *ret, bool *ret_after_empty_line)
{
	size_t line_ends = 0;

	for (;;) {
		while (rest->len > 0 && ascii_is_space(rest->ptr[0])) {
			line_ends += rest->ptr[0] == '\n';
			*rest = slice_after(*rest, 1);
		}
		if (rest->len == 0 || rest->ptr[0] != '#')
			break;
		*rest = slice_after(*rest, slice_find(*rest, '\n'));
	}
	*ret_after_empty_line = line_ends > 1;
	if (rest->len == 0)
		return false;

	const bool is_quoted = rest->ptr[0] == '"';
	size_t end = is_quoted;

	while (end < rest->len && (is_quoted ? rest->ptr[end] != '"' : !ascii_is_space(rest->ptr[end])))
		end++;
	*ret = slice_part(*rest, is_quoted, end - is_quoted);
	*rest = slice_after(*rest, is_quoted && end < rest->len ? end + 1 : end);
	return true;
}

static void skip_macro(slice *rest)
{
	slice before = *rest, word;
	bool is_over;

	while (next_word(rest, &word, &is_over) && !is_over)
		before = *rest;
	if (rest->len > 0)
		*rest = before;
}

struct entry {
	slice login, password;
	bool is_ours, has_login, has_password;
};

static bool is_match(const struct entry *entry, slice user)
{
	return entry->is_ours && entry->has_password && (!entry->has_login || slice_equal(entry->login, user));
}

bool netrc_find(slice text, slice host, slice user, slice *ret)
{
	struct entry entry = {0};
	slice word, value;
	bool ignored;

	while (next_word(&text, &word, &ignored)) {
		const bool is_machine = slice_equal(word, SLICE("machine"));

		if (is_machine || slice_equal(word, SLICE("default"))) {
			if (is_match(&entry, user))
				break;
			entry = (struct entry){.is_ours = !is_machine};
			if (is_machine && next_word(&text, &value, &ignored))
				entry.is_ours = slice_equal_nocase(value, host);
		} else if (slice_equal(word, SLICE("macdef"))) {
			skip_macro(&text);
		} else if (slice_equal(word, SLICE("login"))) {
			entry.has_login = next_word(&text, &entry.login, &ignored);
		} else if (slice_equal(word, SLICE("password"))) {
			entry.has_password = next_word(&text, &entry.password, &ignored);
		} else if (slice_equal(word, SLICE("account"))) {
			(void)next_word(&text, &value, &ignored);
		}
	}
	if (!is_match(&entry, user))
		return false;
	*ret = entry.password;
	return true;
}
