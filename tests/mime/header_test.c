/* SPDX-License-Identifier: MIT */
/* header_test.c - headers written by their kind */
#include "mime/header.h"

#include "base/fail.h"
#include "tap.h"

#define LONG_NAME "averylongnameofapersonwhodoesnotexistatall"

static const struct {
	const char *name, *header, *value, *written;
} rows[] = {
	{"a name of atoms is bare", "To", "Ann Lee <a@x.org>", "To: Ann Lee <a@x.org>\r\n"},
	{"a name that needs quotes has them", "To", "\"Lee, Ann\" <a@x.org>",
	 "To: \"Lee, Ann\" <a@x.org>\r\n"},
	{"an encoded name stands outside quotes", "To", "\"运维, 一组\" <a@x.org>",
	 "To: =?utf-8?B?6L+Q57u0LCDkuIDnu4Q=?= <a@x.org>\r\n"},
	{"white space stands before a group's colon when its name is encoded", "To",
	 "团队: a@x.org;", "To: =?utf-8?B?5Zui6Zif?= : a@x.org;\r\n"},
	{"a group with a plain name", "To", "team: a@x.org, b@x.org;, c@x.org",
	 "To: team: a@x.org, b@x.org;, c@x.org\r\n"},
	{"addresses fold behind a comma", "To", LONG_NAME "@example.org, " LONG_NAME "@example.net",
	 "To: " LONG_NAME "@example.org,\r\n " LONG_NAME "@example.net\r\n"},
	{"a name and its address may stand on two lines", "To",
	 LONG_NAME " <" LONG_NAME "@example.org>",
	 "To: " LONG_NAME "\r\n <" LONG_NAME "@example.org>\r\n"},
	{"ids get their brackets", "In-Reply-To", "a@b", "In-Reply-To: <a@b>\r\n"},
	{"ids fold between", "References", "<" LONG_NAME "@x> <" LONG_NAME "@y>",
	 "References: <" LONG_NAME "@x>\r\n <" LONG_NAME "@y>\r\n"},
	{"parameters fold behind a semicolon", "Content-Type",
	 "text/plain; charset=utf-8; title=" LONG_NAME,
	 "Content-Type: text/plain; charset=utf-8;\r\n title=" LONG_NAME "\r\n"},
	{"a token of a program stays whole", "X-Token", LONG_NAME LONG_NAME,
	 "X-Token:\r\n " LONG_NAME LONG_NAME "\r\n"},
	{"a long word that people read is encoded", "Subject", LONG_NAME LONG_NAME,
	 "Subject: =?utf-8?Q?averylongnameofapersonwhodoesnotexistatallaverylongnameof?=\r\n"
	 " =?utf-8?Q?apersonwhodoesnotexistatall?=\r\n"},
	{"a first word that does not fit beside the name, too", "Subject",
	 LONG_NAME "andhardlyanyoneelsewhoknowsit b",
	 "Subject: =?utf-8?Q?" LONG_NAME "andhardlyanyone?=\r\n =?utf-8?Q?elsewhoknowsit?= b\r\n"},
	{"nothing", "X-Empty", "", "X-Empty:\r\n"},
};

static void each_kind_has_its_rules(void)
{
	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(1 << 16);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(header_write(&out, slice_of(row->header), slice_of(row->value), &err), 0);
		CHECK_NO_ERROR(err);
		CHECK_SLICE(buffer_peek(&out), slice_of(row->written));
	}
}

static const struct {
	const char *name, *header, *value, *words;
} bad[] = {
	{"a name with a blank", "X Y", "a", "not allowed"},
	{"a name with a colon", "X:", "a", "not allowed"},
	{"no name", "", "a", "empty"},
	{"a name over 76 bytes", LONG_NAME LONG_NAME, "a", "too long"},
	{"a line end", "X", "a\r\nY: b", "line end at byte 2"},
	{"an escape", "X", "a\x1b", "control character"},
	{"no UTF-8", "X", "ab\xff", "byte 3"},
	{"a word that is no id", "References", "abc", "no message id"},
	{"an id with a blank", "Message-ID", "<a @b>", "no message id"},
	{"a date that does not exist", "Resent-Date", "31 Nov 2026 00:00 +0000", "no date"},
	{"a URL in Chinese", "List-Help", "<https://例子.cn>", "percent-encoded"},
	{"a broken address", "Errors-To", "a@", "no domain"},
	{"what the composer makes", "MIME-Version", "1.0", "composer"},
};

static void what_cannot_be_written_is_refused(void)
{
	EACH (row, bad) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(1 << 16);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(header_write(&out, slice_of(row->header), slice_of(row->value), &err),
			  -1);
		CHECK_ERROR(err, COURANT_INVALID, row->words);
	}
}

TESTS(TEST(each_kind_has_its_rules), TEST(what_cannot_be_written_is_refused))
