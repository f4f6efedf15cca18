/* SPDX-License-Identifier: MIT */
/* path.c - the gates against injection (path.h) */
#include "smtp/path.h"

#include "base/ascii.h"
#include "base/utf8.h"

/* RFC 5321, 4.5.3.1.4: 512 with CRLF. */
#define COMMAND_MAX_BYTES 510

/* A quoted string with its quotes; its length, or 0. */
static size_t quoted_length(slice text)
{
	for (size_t i = 1; i < text.len; i++) {
		if (text.ptr[i] == '"')
			return i + 1;
		if (text.ptr[i] == '\\')
			i++;
	}
	return 0;
}

/* The local part's length, or 0. Dots may stand anywhere: such addresses exist, and harm nobody. */
static size_t local_length(slice path)
{
	size_t n = 0;

	if (path.len > 0 && path.ptr[0] == '"')
		return quoted_length(path);
	while (n < path.len && (ascii_is_atext(path.ptr[n]) || path.ptr[n] == '.'))
		n++;
	return n;
}

static bool is_literal(slice domain)
{
	if (domain.len < 3 || domain.ptr[0] != '[' || domain.ptr[domain.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < domain.len; i++)
		if (domain.ptr[i] <= ' ' || domain.ptr[i] == 127 || strchr("[]\\<>", domain.ptr[i]))
			return false;
	return true;
}

static bool is_label(slice label)
{
	if (label.len == 0 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_alnum(label.ptr[i]) && !ascii_is_eight_bit(label.ptr[i]) &&
		    label.ptr[i] != '-' && label.ptr[i] != '_')
			return false;
	return true;
}

static bool is_domain(slice domain)
{
	if (domain.len == 0)
		return false;
	for (slice label; slice_next(&domain, '.', &label);)
		if (!is_label(label))
			return false;
	return true;
}

static bool has_control(slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_control(text.ptr[i]))
			return true;
	return false;
}

/* What is true of every text that goes into a command. */
static int check_bytes(slice text, bool utf8, size_t max_bytes, const char *what,
		       courant_error **err)
{
	if (has_control(text))
		return fail(err, COURANT_INVALID,
			    "%s %.*s holds a line break or another control character", what,
			    SLICE_ARGS(text));
	if (text.len > max_bytes)
		return fail(err, COURANT_INVALID, "%s %.*s… has %zu bytes, more than %zu", what,
			    SLICE_ARGS(slice_part(text, 0, 40)), text.len, max_bytes);
	if (utf8_is_ascii(text))
		return 0;
	if (!utf8)
		return fail(err, COURANT_INVALID, "%s %.*s is not ASCII", what, SLICE_ARGS(text));
	if (!utf8_is_valid(text))
		return fail(err, COURANT_INVALID, "%s %.*s is not UTF-8", what, SLICE_ARGS(text));
	return 0;
}

int path_check(slice path, unsigned flags, const char *what, courant_error **err)
{
	if (check_bytes(path, flags & PATH_UTF8, PATH_MAX_BYTES, what, err) < 0)
		return -1;
	if (path.len == 0 && (flags & PATH_EMPTY))
		return 0;

	const size_t local = local_length(path);
	const slice rest = slice_after(path, local);
	const slice domain = slice_after(rest, 1);

	if (local > 0 && rest.len == 0 && (flags & PATH_LOCAL))
		return 0;
	if (local == 0 || rest.len == 0 || rest.ptr[0] != '@' ||
	    !(is_domain(domain) || is_literal(domain)))
		return fail(err, COURANT_INVALID, "%s <%.*s> is no mail address", what,
			    SLICE_ARGS(path));
	return 0;
}

int path_check_word(const char *verb, slice word, bool utf8, courant_error **err)
{
	if (word.len == 0)
		return fail(err, COURANT_USAGE, "%s needs an address or a name", verb);
	return check_bytes(word, utf8, 500, "the name", err);
}

int path_check_command(slice line, courant_error **err)
{
	if (line.len == 0 || line.ptr[0] == ' ')
		return fail(err, COURANT_USAGE, "a command begins with its verb");
	return check_bytes(line, true, COMMAND_MAX_BYTES, "the command", err);
}

slice path_domain(slice path)
{
	const size_t at = slice_find_last(path, '@');

	return at == SLICE_NONE ? SLICE("") : slice_after(path, at + 1);
}

int path_check_hello(slice name, courant_error **err)
{
	if (check_bytes(name, false, 255, "the name for EHLO", err) < 0)
		return -1;
	if (!is_domain(name) && !is_literal(name))
		return fail(err, COURANT_INVALID,
			    "the name for EHLO, %.*s, is neither a domain nor an address literal",
			    SLICE_ARGS(name));
	return 0;
}

bool path_next_parameter(slice *rest, slice *ret_keyword, slice *ret_value)
{
	slice word;

	do
		if (!slice_next(rest, ' ', &word))
			return false;
	while (word.len == 0);

	const size_t at = slice_find(word, '=');

	*ret_keyword = slice_part(word, 0, at);
	*ret_value = at == SLICE_NONE ? (slice){NULL, 0} : slice_after(word, at + 1);
	return true;
}

bool path_has_parameter(slice parameters, slice wanted)
{
	for (slice keyword, value; path_next_parameter(&parameters, &keyword, &value);)
		if (slice_equal_nocase(keyword, wanted))
			return true;
	return false;
}

static bool is_keyword(slice keyword)
{
	if (keyword.len == 0 || !ascii_is_alnum(keyword.ptr[0]))
		return false;
	for (size_t i = 0; i < keyword.len; i++)
		if (!ascii_is_alnum(keyword.ptr[i]) && keyword.ptr[i] != '-')
			return false;
	return true;
}

/* esmtp-value: any visible ASCII but "=" (RFC 5321, 4.1.2); RFC 6531 adds UTF-8. */
static bool is_value(slice value)
{
	return value.len > 0 && slice_find(value, '=') == SLICE_NONE;
}

/* Room for what RFC 5321 (512 a command) and the extensions' own growth allow. */
#define PARAMETERS_MAX_BYTES 1000

int path_check_parameters(slice parameters, courant_error **err)
{
	if (check_bytes(parameters, true, PARAMETERS_MAX_BYTES, "the parameters", err) < 0)
		return -1;
	for (slice keyword, value, rest = parameters; path_next_parameter(&rest, &keyword, &value);)
		if (!is_keyword(keyword) || (value.ptr && !is_value(value)))
			return fail(err, COURANT_INVALID, "%.*s%s%.*s is no ESMTP parameter",
				    SLICE_ARGS(keyword), value.ptr ? "=" : "", SLICE_ARGS(value));
	return 0;
}

void path_write_xtext(struct buffer *out, slice text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];

		if (c > 32 && c < 127 && c != '+' && c != '=') {
			buffer_append_byte(out, (char)c);
			continue;
		}
		buffer_append_byte(out, '+');
		buffer_append_byte(out, digits[c >> 4]);
		buffer_append_byte(out, digits[c & 15]);
	}
}
