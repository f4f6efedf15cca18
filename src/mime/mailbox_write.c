/* SPDX-License-Identifier: MIT */
/* mailbox_write.c - addresses as text, quoted where they must be (RFC 5322, 3.2.3 and 3.2.4) */
#include "base/ascii.h"
#include "mime/chars.h"
#include "mime/mailbox.h"

bool mailbox_name_is_bare(slice name)
{
	char before = ' ';

	for (size_t i = 0; i < name.len; i++) {
		const char c = name.ptr[i];

		if (c == ' ' ? before == ' ' : !char_is(c, CHAR_ATOM))
			return false;
		before = c;
	}
	return name.len && before != ' ';
}

static bool is_dot_atom(slice text)
{
	char before = '.';

	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];

		if (c == '.' ? before == '.' : !char_is(c, CHAR_ATOM))
			return false;
		before = c;
	}
	return text.len && before != '.';
}

void quoted_string_write(struct buffer *out, slice text)
{
	buffer_append_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			buffer_append_byte(out, '\\');
		buffer_append_byte(out, text.ptr[i]);
	}
	buffer_append_byte(out, '"');
}

void mailbox_write_spec(struct buffer *out, const struct mailbox *address, enum mailbox_form form)
{
	const slice domain = form == MAILBOX_ASCII ? address->ascii : address->domain;

	if (is_dot_atom(address->local))
		buffer_append(out, address->local);
	else
		quoted_string_write(out, address->local);
	if (domain.len) {
		buffer_append_byte(out, '@');
		buffer_append(out, domain);
	}
}

bool mailbox_needs_utf8(const struct mailbox *address)
{
	for (size_t i = 0; i < address->local.len; i++)
		if (ascii_is_eight_bit(address->local.ptr[i]))
			return true;
	return false;
}

void mailbox_write(struct buffer *out, const struct mailbox *address)
{
	if (address->name.len == 0) {
		mailbox_write_spec(out, address, MAILBOX_UTF8);
		return;
	}
	if (mailbox_name_is_bare(address->name))
		buffer_append(out, address->name);
	else
		quoted_string_write(out, address->name);
	buffer_append(out, SLICE(" <"));
	mailbox_write_spec(out, address, MAILBOX_UTF8);
	buffer_append_byte(out, '>');
}
