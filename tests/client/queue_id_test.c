/* SPDX-License-Identifier: MIT */
/* queue_id_test.c - the words of servers about a mail they have taken */
#include "client/queue_id.h"

#include "tap.h"

static void the_words_of_servers_are_known(void)
{
	static const struct {
		const char *name, *text, *id;
	} rows[] = {
		{"Postfix", "Ok: queued as 4Wx1Yz2abcD", "4Wx1Yz2abcD"},
		{"Exim", "OK id=1abcDE-00012x-3G", "1abcDE-00012x-3G"},
		{"sendmail", "5AB1c2d3004567 Message accepted for delivery", "5AB1c2d3004567"},
		{"OpenSMTPD", "1a2b3c4d Message accepted for delivery", "1a2b3c4d"},
		{"qmail", "ok 1700000000 qp 1234", "1234"},
		{"Google", "OK  1700000000 x1-2si3.4 - gsmtp", "x1-2si3.4"},
		{"in brackets", "queued as <abc@mail.example.com>", "abc@mail.example.com"},
		{"in capitals", "QUEUED AS 12", "12"},
		{"with words behind it", "Queued as 12, thank you", "12"},
		{"with an escape sequence", "queued as 12\x1b[31m", ""},
		{"that is no ASCII", "queued as \xe2\x80\xae" "12", ""},
		{"none", "Ok", ""},
		{"the words alone", "queued as ", ""},
		{"nothing", "", ""},
	};
	EACH (row, rows) {
		tap_row(row->name);
		CHECK_SLICE(queue_id_find(slice_of(row->text)), slice_of(row->id));
	}
}

TESTS(TEST(the_words_of_servers_are_known))
