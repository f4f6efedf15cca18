/* SPDX-License-Identifier: MIT */
/* anonymize_test.c - of an address no host is left, however it was written */
#include "weblog/anonymize.h"

#include "tap.h"

static const struct {
	const char *address, *shown;
} rows[] = {
	{"192.0.2.77", "192.0.2.0/24"},
	{"192.0.2.77:4711", "192.0.2.0/24"},
	{"192.0.2.77,", "192.0.2.0/24"},
	{"192.0.2.77:4711,", "192.0.2.0/24"},
	{"2001:db8:1:2::3", "2001:db8:1::/48"},
	{"[2001:db8:1:2::3]", "2001:db8:1::/48"},
	{"[2001:db8:1:2::3]:4711", "2001:db8:1::/48"},
	{"2001:db8:1:2::3,", "2001:db8:1::/48"},
	{"[192.0.2.77]", "192.0.2.0/24"},
	{"::ffff:192.0.2.77", "192.0.2.0/24"},
	{"[::ffff:192.0.2.77]", "192.0.2.0/24"},
	{"[::ffff:192.0.2.77]:80,", "192.0.2.0/24"},
	{"pc7.example.org", "*.example.org"},
	{"pc7.example.org:4711", "*.example.org"},
	{"bücher.example.com", "*.example.com"},
	{"77.2.0.192.dsl.example.net", "*.dsl.example.net"},
	{"fe80::1%eth0", "*"},
	{"192.0.2.300", "*"},
	{"192.0.2.077", "*"},
	{"192.0.2.77.", "*"},
	{"192.0.2.77;198.51.100.7", "*"},
	{"[::ffff:192.0.2.77", "*"},
	{"::ffff:192.0.2.77%eth0.7", "*"},
	{"localhost", "*"},
	{"-", "*"},
	{",", "*"},
	{"[]", "*"},
};

static void no_host_is_shown(void)
{
	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(100);

		tap_row(row->address);
		anonymize_address(&out, slice_of(row->address));
		CHECK_SLICE(buffer_peek(&out), slice_of(row->shown));
	}
}

TESTS(TEST(no_host_is_shown))
