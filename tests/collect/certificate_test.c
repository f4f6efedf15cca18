/* SPDX-License-Identifier: MIT */
#include "collect/certificate.h"

#include "tap.h"

static void times_are_read(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{"Nov  9 12:00:00 2027 GMT", INT64_C(1825761600000)},
		{"Feb 11 09:49:14 2027 GMT", INT64_C(1802339354000)},
		{"2027-02-11 09:49:14 GMT", INT64_C(1802339354000)},
		{"Feb 30 09:49:14 2027 GMT", 0},
		{"Foo 11 09:49:14 2027 GMT", 0},
		{"Feb 11 2027", 0},
		{"", 0},
		{"soon", 0},
	};

	EACH (row, rows) {
		tap_row(row->text);
		CHECK_INT(certificate_parse_time(slice_of(row->text)), row->ms);
	}
}

TESTS(TEST(times_are_read))
