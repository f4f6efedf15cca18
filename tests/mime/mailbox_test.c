/* SPDX-License-Identifier: MIT */
/* mailbox_test.c - addresses read and written */
#include "mime/mailbox.h"

#include "base/fail.h"
#include "tap.h"

/* The list as "name|local|domain|ascii", ";"-separated; a group as "{name" and "}". */
static void list_show(struct buffer *out, const struct mailbox_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct mailbox *item = &list->items[i];

		if (i)
			buffer_append_byte(out, ' ');
		switch (item->kind) {
		case MAILBOX_ADDRESS:
			buffer_append(out, item->name);
			buffer_append_byte(out, '|');
			buffer_append(out, item->local);
			buffer_append_byte(out, '|');
			buffer_append(out, item->ascii);
			break;
		case MAILBOX_GROUP_BEGIN:
			buffer_append_byte(out, '{');
			buffer_append(out, item->name);
			break;
		case MAILBOX_GROUP_END:
			buffer_append_byte(out, '}');
			break;
		}
	}
}

static const struct {
	const char *name, *text, *shown;
} good[] = {
	{"a bare address", "ann@example.org", "|ann|example.org"},
	{"a name and an address", "Ann Lee <ann@example.org>", "Ann Lee|ann|example.org"},
	{"a name in Chinese", "运维 <ops@example.com>", "运维|ops|example.com"},
	{"a quoted name with a comma", "\"Lee, Ann\" <ann@example.org>",
	 "Lee, Ann|ann|example.org"},
	{"a quoted name with escapes", "\"a \\\"b\\\" \\\\ c\" <ann@example.org>",
	 "a \"b\" \\ c|ann|example.org"},
	{"a name with a dot and no quotes", "John Q. Public <j@example.org>",
	 "John Q. Public|j|example.org"},
	{"several words with many blanks", "Ann   M  Lee<ann@example.org>",
	 "Ann M Lee|ann|example.org"},
	{"a comment is left out", "Ann (the one) Lee <ann@example.org> (work)",
	 "Ann Lee|ann|example.org"},
	{"a comment behind a bare address is its name", "ann@example.org (Ann Lee)",
	 "Ann Lee|ann|example.org"},
	{"comments nested and escaped", "ann@example.org (a (b \\) c) d)",
	 "a (b \\) c) d|ann|example.org"},
	{"a quoted local part", "\"a b\"@example.org", "|a b|example.org"},
	{"a quoted local part with an @ and a bracket", "\"@test.com> BODY=\"@example.org",
	 "|@test.com> BODY=|example.org"},
	{"an address literal", "ann@[192.0.2.1]", "|ann|[192.0.2.1]"},
	{"an IPv6 literal", "ann@[IPv6:2001:db8::1]", "|ann|[IPv6:2001:db8::1]"},
	{"a host without a dot", "root@localhost", "|root|localhost"},
	{"an IDN domain becomes A-labels", "ann@bücher.example", "|ann|xn--bcher-kva.example"},
	{"a UTF-8 local part", "用户@example.org", "|用户|example.org"},
	{"all characters of atoms", "!#$%&'*+-/=?^_`{|}~@example.org",
	 "|!#$%&'*+-/=?^_`{|}~|example.org"},
	{"two addresses", "a@x.org, B <b@x.org>", "|a|x.org B|b|x.org"},
	{"a group", "team: a@x.org, B <b@x.org>;", "{team |a|x.org B|b|x.org }"},
	{"an empty group", "undisclosed-recipients:;", "{undisclosed-recipients }"},
	{"a group among others", "a@x.org, \"the team\": b@x.org;, c@x.org",
	 "|a|x.org {the team |b|x.org } |c|x.org"},
	{"what looks encoded is text when a person writes it", "\"=?utf-8?Q?x?=\" <a@x.org>",
	 "=?utf-8?Q?x?=|a|x.org"},
	{"an underscore in a host name", "a@my_host.example", "|a|my_host.example"},
};

static void addresses_are_read_into_parts(void)
{
	EACH (row, good) {
		AUTO(arena) struct arena arena = {0};
		AUTO(buffer) struct buffer shown = BUFFER_LIMIT(4096);
		struct mailbox_list list = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(mailbox_list_parse(&list, &arena, slice_of(row->text), MAILBOX_STRICT,
					     &err),
			  0);
		CHECK_NO_ERROR(err);
		list_show(&shown, &list);
		CHECK_SLICE(buffer_peek(&shown), slice_of(row->shown));
	}
}

static const struct {
	const char *name, *text, *words;
} bad[] = {
	{"nothing", "", "empty"},
	{"blanks", "  ", "empty"},
	{"no @", "ann", "no @"},
	{"a name alone", "Ann Lee", "no @"},
	{"two @", "a@b@c.org", "more than one @"},
	{"nothing before the @", "@example.org", "nothing before"},
	{"nothing behind it", "ann@", "no domain"},
	{"an unquoted blank in the local part", "a b@example.org", "blanks"},
	{"a dot at the begin", ".ann@example.org", "dot too many"},
	{"two dots", "a..n@example.org", "dot too many"},
	{"an empty label", "ann@example..org", "example..org"},
	{"a label with a hyphen at its begin", "ann@-x.org", "-x.org"},
	{"an open quote", "\"ann@example.org", "not closed"},
	{"an open bracket", "Ann <ann@example.org", "without its >"},
	{"an open comment", "ann@example.org (x", "closing parenthesis"},
	{"an open group", "team: a@x.org", "semicolon"},
	{"a semicolon alone", "a@x.org;", "semicolon outside"},
	{"a semicolon first", ";", "semicolon outside"},
	{"a semicolon before an address", ";a@x.org", "semicolon outside"},
	{"a comma before the end of a group", "g: a@x.org,;", "nothing behind it"},
	{"a comma at the end", "a@x.org,", "behind its last comma"},
	{"a comma at the begin", ",a@x.org", "nothing before it"},
	{"two commas", "a@x.org,,b@x.org", "nothing before it"},
	{"a line end", "a@x.org\r\nBcc: b@x.org", "line end"},
	{"a lone line feed", "a@x.org\nBcc: b@x.org", "line end"},
	{"a line end inside quotes", "\"a\r\nb\" <a@x.org>", "line end"},
	{"an escape character", "\x1b[31m <a@x.org>", "control"},
	{"no UTF-8", "\xff <a@x.org>", "not UTF-8"},
	{"a local part over 64 bytes",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.org", "64 bytes"},
	{"an empty pair of brackets", "Ann <>", "no @ between"},
	{"text behind the address", "Ann <a@x.org> x", "no comma"},
	{"a literal that is none", "a@[x y]", "square brackets"},
};

static void addresses_that_are_none_are_refused(void)
{
	EACH (row, bad) {
		AUTO(arena) struct arena arena = {0};
		struct mailbox_list list = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(mailbox_list_parse(&list, &arena, slice_of(row->text), MAILBOX_STRICT,
					     &err),
			  -1);
		CHECK_ERROR(err, COURANT_INVALID, row->words);
		CHECK_INT(list.n, 0);
	}
}

static const struct {
	const char *name, *text, *shown;
	size_t n_broken;
} lenient[] = {
	{"an encoded name", "=?utf-8?B?6L+Q57u0?= <ops@example.com>", "运维|ops|example.com", 0},
	{"an encoded name in quotes, as many write it", "\"=?utf-8?Q?Ann_L=C3=A9e?=\" <a@x.org>",
	 "Ann Lée|a|x.org", 0},
	{"blanks around the dots and the @", "a . b @ x.org", "|a.b|x.org", 0},
	{"a source route", "<@a.org,@b.org:ann@x.org>", "|ann|x.org", 0},
	{"empty pieces", ",a@x.org,,b@x.org,", "|a|x.org |b|x.org", 0},
	{"a broken one among good ones", "a@x.org, rubbish, b@x.org", "|a|x.org |b|x.org", 1},
	{"a group that is not closed", "team: a@x.org", "{team |a|x.org }", 0},
	{"a folded list", "a@x.org,\r\n b@x.org", "|a|x.org |b|x.org", 0},
};

static void headers_of_strangers_are_read_as_far_as_they_go(void)
{
	EACH (row, lenient) {
		AUTO(arena) struct arena arena = {0};
		AUTO(buffer) struct buffer shown = BUFFER_LIMIT(4096);
		struct mailbox_list list = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(mailbox_list_parse(&list, &arena, slice_of(row->text), MAILBOX_LENIENT,
					     &err),
			  0);
		CHECK_NO_ERROR(err);
		list_show(&shown, &list);
		CHECK_SLICE(buffer_peek(&shown), slice_of(row->shown));
		CHECK_INT(list.n_broken, row->n_broken);
	}
}

static const struct {
	const char *name, *text, *written;
} written[] = {
	{"an address", "ann@example.org", "ann@example.org"},
	{"a name of atoms", "Ann Lee <ann@example.org>", "Ann Lee <ann@example.org>"},
	{"a name that needs quotes", "\"Lee, Ann\" <ann@example.org>",
	 "\"Lee, Ann\" <ann@example.org>"},
	{"a name with a quote in it", "\"a \\\"b\" <a@x.org>", "\"a \\\"b\" <a@x.org>"},
	{"a quoted local part is quoted again", "\"a b\"@x.org", "\"a b\"@x.org"},
	{"quotes that were not needed go", "\"ann\"@x.org", "ann@x.org"},
	{"a local part that would end the address early", "\"@test.com> BODY=\"@x.org",
	 "\"@test.com> BODY=\"@x.org"},
};

static void addresses_are_written_from_their_parts(void)
{
	EACH (row, written) {
		AUTO(arena) struct arena arena = {0};
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(4096);
		struct mailbox_list list = {0};

		tap_row(row->name);
		CHECK_INT(mailbox_list_parse(&list, &arena, slice_of(row->text), MAILBOX_ONE, NULL),
			  0);
		if (list.n == 1)
			mailbox_write(&text, &list.items[0]);
		CHECK_SLICE(buffer_peek(&text), slice_of(row->written));
	}
}

static void one_address_is_exactly_one(void)
{
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list list = {0};
	courant_error *err = NULL;

	CHECK_INT(mailbox_list_parse(&list, &arena, SLICE("a@x.org, b@x.org"), MAILBOX_ONE, &err),
		  -1);
	CHECK_ERROR(err, COURANT_INVALID, "exactly one");
	CHECK_INT(mailbox_list_parse(&list, &arena, SLICE("g: a@x.org;"), MAILBOX_ONE, &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "group");
	CHECK_INT(mailbox_check_spec(SLICE("a@x.org"), &err), 0);
	CHECK_INT(mailbox_check_spec(SLICE("Ann <a@x.org>"), &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "bare address");
	CHECK_INT(mailbox_list_parse(&list, &arena, SLICE("root"), MAILBOX_BARE_ALLOWED, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_SLICE(list.items[0].local, SLICE("root"));
}

static void reading_survives_every_failed_allocation(void)
{
	EACH_ALLOCATION
	{
		AUTO(arena) struct arena arena = {0};
		struct mailbox_list list = {0};
		courant_error *err = NULL;

		if (mailbox_list_parse(
			    &list, &arena,
			    SLICE("\"a \\\"b\" c <a@bücher.example>, g: x@y.org, z z <z@y.org>;"),
			    MAILBOX_STRICT, &err) < 0)
			CHECK_INT(courant_error_code(err), COURANT_NO_MEMORY);
		else
			CHECK_INT(list.n_mailboxes, 3);
		courant_error_free(err);
	}
}

TESTS(TEST(addresses_are_read_into_parts), TEST(addresses_that_are_none_are_refused),
      TEST(headers_of_strangers_are_read_as_far_as_they_go),
      TEST(addresses_are_written_from_their_parts), TEST(one_address_is_exactly_one),
      TEST(reading_survives_every_failed_allocation))
