/* SPDX-License-Identifier: MIT */
/* netrc_test.c - src/cli/netrc.c: files as ftp(1), curl and msmtp take them */
#include "cli/netrc.h"

#include "tap.h"

static void the_first_entry_that_fits_is_taken(void)
{
	static const struct {
		const char *name, *text, *host, *user, *password; /* NULL: none */
	} rows[] = {
		{"on one line", "machine mail.example.com login ops password secret\n", "mail.example.com", "ops", "secret"},
		{"on several", "machine mail.example.com\n\tlogin ops\n\tpassword secret\n", "mail.example.com", "ops", "secret"},
		{"password before login", "machine h password secret login ops", "h", "ops", "secret"},
		{"CRLF line ends", "machine h\r\nlogin ops\r\npassword secret\r\n", "h", "ops", "secret"},
		{"the host in capitals", "machine MAIL.example.com login ops password secret", "mail.EXAMPLE.com", "ops", "secret"},
		{"the user in capitals is another", "machine h login OPS password secret", "h", "ops", NULL},
		{"another host", "machine other login ops password secret", "h", "ops", NULL},
		{"a host that only begins so", "machine h2 login ops password secret", "h", "ops", NULL},
		{"another user", "machine h login ann password secret", "h", "ops", NULL},
		{"the second user", "machine h login ann password a\nmachine h login ops password b", "h", "ops", "b"},
		{"no user: for all", "machine h password secret", "h", "ops", "secret"},
		{"no password", "machine h login ops\nmachine g login ops password g", "h", "ops", NULL},
		{"default", "machine g login ops password g\ndefault login ops password d", "h", "ops", "d"},
		{"default comes last, what is behind it too", "default login ann password d\nmachine h login ops password s", "h", "ops", "s"},
		{"an entry before default", "machine h login ops password s default login ops password d", "h", "ops", "s"},
		{"an account is passed over", "machine h login ops account password password s", "h", "ops", "s"},
		{"a comment", "# machine h login ops password no\nmachine h login ops password s # yes", "h", "ops", "s"},
		{"a '#' inside a password", "machine h login ops password a#b", "h", "ops", "a#b"},
		{"in quotes", "machine h login ops password \"a b#c\"", "h", "ops", "a b#c"},
		{"empty quotes", "machine h login ops password \"\"", "h", "ops", ""},
		{"quotes that never end", "machine h login ops password \"a b", "h", "ops", "a b"},
		{"a macro, to the empty line", "macdef init\nmachine h login ops password no\n\nmachine h login ops password s", "h", "ops", "s"},
		{"a macro without an end", "macdef init\nmachine h login ops password no\n", "h", "ops", NULL},
		{"the word is missing", "machine h login ops password", "h", "ops", NULL},
		{"only machine", "machine", "h", "ops", NULL},
		{"nothing", "", "h", "ops", NULL},
		{"words that nobody knows", "machine h port 25 login ops password s", "h", "ops", "s"},
	};

	EACH (row, rows) {
		slice password = SLICE("none");
		const bool is_found = netrc_find(slice_of(row->text), slice_of(row->host), slice_of(row->user), &password);

		tap_row(row->name);
		CHECK_INT(is_found, row->password != NULL);
		CHECK_SLICE(password, row->password ? slice_of(row->password) : SLICE("none"));
	}
}

TESTS(TEST(the_first_entry_that_fits_is_taken))
