/* SPDX-License-Identifier: MIT */
/* config_write.c - courant.yaml as a program writes it: what config_load() reads again */
#include "report/config.h"

/* Whether YAML reads the text as it stands, in and outside of {…}: letters, digits, blanks inside, and what has no meaning anywhere. */
static bool is_plain(slice text)
{
	if (text.len == 0 || slice_trim(text).len != text.len || slice_find(SLICE("=<>~-@"), text.ptr[0]) != SLICE_NONE || slice_equal(text, SLICE("null")))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];
		const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;

		/* "smtp://": a colon in a word. */
		if (!is_word && slice_find(SLICE("_./@+=$<>();~^ -"), (char)c) == SLICE_NONE && !(c == ':' && i + 1 < text.len && text.ptr[i + 1] == '/'))
			return false;
	}
	return true;
}

static void write_value(struct buffer *out, const char *value)
{
	const slice text = slice_of(value);

	if (is_plain(text)) {
		buffer_append(out, text);
		return;
	}
	buffer_append_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];

		if (c < ' ') {
			buffer_printf(out, "\\x%02x", c);
			continue;
		}
		if (c == '"' || c == '\\')
			buffer_append_byte(out, '\\');
		buffer_append_byte(out, (char)c);
	}
	buffer_append_byte(out, '"');
}

static void write_key(struct buffer *out, const char *indent, const char *key, const char *value)
{
	if (!value)
		return;
	buffer_printf(out, "%s%s: ", indent, key);
	write_value(out, value);
	buffer_append_byte(out, '\n');
}

void config_write(struct buffer *out, const struct config_account *account, const char *owner)
{
	const struct {
		const char *key, *value;
	} rows[] = {
		{"server", account->server},
		{"from", account->from},
		{"password_command", account->password_command},
		{"password_file", account->password_file},
		{"password", account->password},
		{"token_command", account->token_command},
		{"ca_file", account->ca_file},
		{"proxy", account->proxy},
	};

	buffer_append(out, SLICE("accounts:\n  "));
	write_value(out, account->name);
	buffer_append(out, SLICE(":\n"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		write_key(out, "    ", rows[i].key, rows[i].value);
	write_key(out, "", "owner", owner);
}
