/* SPDX-License-Identifier: MIT */
/* idn.c - domain names through libidn2 (idn.h) */
#include "base/idn.h"

#include <idn2.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/library.h"
#include "base/utf8.h"

/* RFC 1035, 2.3.4: 255 octets on the wire are 253 in text. */
#define DOMAIN_MAX_BYTES 253
#define LABEL_MAX_BYTES  63
/* A character of UTF-8 takes at most four bytes, and an A-label is never shorter than its characters are many. */
#define UNICODE_MAX_BYTES ((size_t)4 * DOMAIN_MAX_BYTES + 1)

#define FUNCTIONS(X) X(idn2_, free) X(idn2_, lookup_u8) X(idn2_, strerror) X(idn2_, to_unicode_8z8z)

static struct {
	FUNCTIONS(LIBRARY_MEMBER)
} idn2;
static const char *const names[] = {FUNCTIONS(LIBRARY_NAME)};
static struct library library = {"libidn2.so.0", "a domain name beyond ASCII", names, sizeof names / sizeof *names, &idn2};

static void free_name(char *name)
{
	if (name)
		idn2.free(name);
}
AUTO_DEFINE(idn_name, char, free_name)

static bool is_label(slice label)
{
	if (label.len == 0 || label.len > LABEL_MAX_BYTES || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_alnum(label.ptr[i]) && label.ptr[i] != '-' && label.ptr[i] != '_')
			return false;
	return true;
}

static bool is_domain(slice domain)
{
	slice label;

	if (domain.len > DOMAIN_MAX_BYTES)
		return false;
	while (slice_next(&domain, '.', &label))
		if (!is_label(label))
			return false;
	return true;
}

/* The answers of libidn2 for memory that ran out, and for names that are wrong. */
static int fail_idn(courant_error **err, int answer, slice domain)
{
	if (answer == IDN2_MALLOC)
		return fail_memory(err);
	return fail(err, COURANT_INVALID, "\"%.*s\" is not a domain name: %s", SLICE_ARGS(domain), idn2.strerror(answer));
}

static int write_lower(slice ascii, slice domain, struct buffer *ret, courant_error **err)
{
	if (!is_domain(ascii))
		return fail(err, COURANT_INVALID, "\"%.*s\" is not a domain name", SLICE_ARGS(domain));
	for (size_t i = 0; i < ascii.len; i++)
		buffer_append_byte(ret, ascii_lower(ascii.ptr[i]));
	return buffer_check(ret, err);
}

int idn_to_ascii(slice domain, struct buffer *ret, courant_error **err)
{
	const slice whole = domain;

	if (slice_ends(domain, SLICE(".")))
		domain.len--;
	if (utf8_is_ascii(domain))
		return write_lower(domain, whole, ret, err);
	if (domain.len > UNICODE_MAX_BYTES || slice_find(domain, '\0') != SLICE_NONE)
		return fail(err, COURANT_INVALID, "\"%.*s\" is not a domain name", SLICE_ARGS(whole));

	AUTO(free) char *text = mem_copy(domain);
	AUTO(idn_name) char *ascii = NULL;

	if (!text)
		return fail_memory(err);
	if (library_load(&library, err) < 0)
		return -1;

	/* Not transitional: "ß" stays itself (RFC 5894, 7.2); capitals are mapped to small letters (RFC 5895). */
	const int answer = idn2.lookup_u8((const uint8_t *)text, (uint8_t **)&ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

	if (answer != IDN2_OK)
		return fail_idn(err, answer, whole);
	return write_lower(slice_of(ascii), whole, ret, err);
}

/* Whether a label may be more than its letters. */
static bool is_encoded(slice label)
{
	return slice_starts_nocase(label, SLICE("xn--")) && label.len <= LABEL_MAX_BYTES && slice_find(label, '\0') == SLICE_NONE;
}

int idn_to_unicode(slice domain, struct buffer *ret, courant_error **err)
{
	slice rest = domain, label;

	while (slice_next(&rest, '.', &label)) {
		AUTO(free) char *text = mem_copy(label);
		AUTO(idn_name) char *decoded = NULL;

		if (!text)
			return fail_memory(err);
		if (is_encoded(label) && library_load(&library, NULL) == 0 && idn2.to_unicode_8z8z(text, &decoded, 0) == IDN2_OK)
			buffer_append(ret, slice_of(decoded));
		else
			buffer_append(ret, label);
		if (rest.ptr)
			buffer_append_byte(ret, '.');
	}
	return buffer_check(ret, err);
}
