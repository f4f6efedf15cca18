/* SPDX-License-Identifier: MIT */
/* idn_test.c - domain names; A-labels as Python's idna and RFC 3492 give them */
#include "base/idn.h"

#include "tap.h"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"

static void domains_become_ascii(void)
{
	static const struct {
		const char *name, *domain, *ascii;
	} rows[] = {
		{"a plain name", "example.org", "example.org"},
		{"capitals", "Example.ORG", "example.org"},
		{"a name alone", "localhost", "localhost"},
		{"a final dot is cut", "example.org.", "example.org"},
		{"an underscore", "a_b.example.org", "a_b.example.org"},
		{"inner hyphens", "a--b.example", "a--b.example"},
		{"an A-label", "XN--bcher-kva.example", "xn--bcher-kva.example"},
		{"German", "b\xc3\xbc" "cher.example", "xn--bcher-kva.example"},
		{"German in capitals", "B\xc3\x9c" "CHER.example", "xn--bcher-kva.example"},
		{"a sharp s stays itself", "fa\xc3\x9f.de", "xn--fa-hia.de"},
		{"Chinese", "例子.测试", "xn--fsqu00a.xn--0zwm56d"},
		{"an ideographic full stop", "例子。测试", "xn--fsqu00a.xn--0zwm56d"},
		{"a combining accent", "bu\xcc\x88" "cher.example", "xn--bcher-kva.example"},
		{"the longest label", LABEL_63 ".org", LABEL_63 ".org"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer ascii = BUFFER_LIMIT(1000);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(idn_to_ascii(slice_of(row->domain), &ascii, &err), 0);
		CHECK_SLICE(buffer_peek(&ascii), slice_of(row->ascii));
		CHECK_NO_ERROR(err);
	}
}

static void what_is_no_domain_is_refused(void)
{
	static const struct {
		const char *name;
		slice domain;
	} rows[] = {
		{"nothing", SLICE_INIT("")},
		{"a dot", SLICE_INIT(".")},
		{"an empty label", SLICE_INIT("a..b")},
		{"a dot before", SLICE_INIT(".a")},
		{"two dots behind", SLICE_INIT("a..")},
		{"a hyphen first", SLICE_INIT("-a.org")},
		{"a hyphen last", SLICE_INIT("a-.org")},
		{"a blank", SLICE_INIT("a b.org")},
		{"CR and LF", SLICE_INIT("a.org\r\nRCPT TO:<x>")},
		{"a NUL", SLICE_INIT("a\0.org")},
		{"a NUL in UTF-8", SLICE_INIT("b\xc3\xbc\0.org")},
		{"an address", SLICE_INIT("ann@example.org")},
		{"a label of 64 bytes", SLICE_INIT(LABEL_63 "x.org")},
		{"over 253 bytes", SLICE_INIT(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63)},
		{"bytes that are not UTF-8", SLICE_INIT("b\xfc" "cher.de")},
		{"a zero-width space alone", SLICE_INIT("\xe2\x80\x8b.org")},
		{"an A-label over 63 bytes", SLICE_INIT("\xc3\xbc" LABEL_63 ".org")},
		{"a full-width colon", SLICE_INIT("a\xef\xbc\x9a" "b.org")},
		{"an unassigned character", SLICE_INIT("a\xcd\xb8.org")},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer ascii = BUFFER_LIMIT(1000);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(idn_to_ascii(row->domain, &ascii, &err), -1);
		CHECK_INT(ascii.len, 0);
		CHECK_ERROR(err, COURANT_INVALID, "is not a domain name");
	}
}

static void domains_are_shown_in_their_script(void)
{
	static const struct {
		const char *name, *ascii, *shown;
	} rows[] = {
		{"a plain name", "example.org", "example.org"},
		{"German", "xn--bcher-kva.example", "b\xc3\xbc" "cher.example"},
		{"Chinese in capitals", "XN--FSQU00A.xn--0zwm56d", "例子.测试"},
		{"what decodes to nothing sensible stays", "xn--\x7f.org", "xn--\x7f.org"},
		{"an empty A-label stays", "xn--.org", "xn--.org"},
		{"dots stay", "a..b.", "a..b."},
		{"nothing", "", ""},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer shown = BUFFER_LIMIT(1000);
		courant_error *err = NULL;
		slice whole = SLICE("");

		tap_row(row->name);
		CHECK_INT(idn_to_unicode(slice_of(row->ascii), &shown, &err), 0);
		CHECK_INT(buffer_slice(&shown, &whole, &err), 0);
		CHECK_SLICE(whole, slice_of(row->shown));
		CHECK_NO_ERROR(err);
	}
}

static void missing_memory_is_told(void)
{
	EACH_ALLOCATION
	{
		AUTO(buffer) struct buffer ascii = BUFFER_LIMIT(1000);
		AUTO(buffer) struct buffer shown = BUFFER_LIMIT(1000);
		courant_error *err = NULL;

		if (idn_to_ascii(SLICE("b\xc3\xbc" "cher.example"), &ascii, &err) == 0)
			(void)idn_to_unicode(buffer_peek(&ascii), &shown, &err);
		if (err)
			CHECK_ERROR(err, COURANT_NO_MEMORY, "");
		else
			CHECK_SLICE(buffer_peek(&shown), SLICE("b\xc3\xbc" "cher.example"));
	}
}

TESTS(TEST(domains_become_ascii), TEST(what_is_no_domain_is_refused), TEST(domains_are_shown_in_their_script),
      TEST(missing_memory_is_told))
