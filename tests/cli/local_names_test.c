/* SPDX-License-Identifier: MIT */
/* local_names_test.c - who gets the mail of a name without a domain */
#include "cli/local_names.h"

#include "base/file.h"
#include "tap.h"

#define PATH_MAX_BYTES 400

static const char aliases[] = "# who looks after what\n"
			      "root: ann@example.org\n"
			      "Postmaster:root\n"
			      "team: ann@example.org, \"Bob, B.\" <bob@example.org>,\n"
			      "\tcarl@example.org\n"
			      "  , root\n"
			      "www-data : webmaster\n"
			      "\"odd name\": odd@example.org\n"
			      "loop: circle\n"
			      "circle: loop\n"
			      "archive: /var/mail/archive\n"
			      "list: \"|/usr/bin/list run\"\n"
			      "many: :include:/etc/many\n"
			      "self: \\self, ann@example.org\n"
			      "empty:\n"
			      "broken: a@b@c\n";

static const struct {
	const char *name, *aliases, *owner, *recipients,
		*wanted; /* wanted: addresses, or "!" and words of the error */
} rows[] = {
	{"a name goes to the sender's domain", NULL, NULL, "root", "root@example.com"},
	{"the owner gets the mail of everybody", NULL, "Owner <own@example.net>", "root, ann",
	 "own@example.net own@example.net"},
	{"addresses stay", aliases, "own@example.net", "x@y.org, z@y.org", "x@y.org z@y.org"},
	{"an alias", aliases, NULL, "root", "ann@example.org"},
	{"in any case", aliases, NULL, "ROOT, postMASTER", "ann@example.org ann@example.org"},
	{"an alias of an alias, over several lines", aliases, NULL, "team",
	 "ann@example.org bob@example.org carl@example.org ann@example.org"},
	{"an alias to a name that has none", aliases, NULL, "www-data", "webmaster@example.com"},
	{"an alias to a name that has none, and an owner", aliases, "own@example.net", "www-data",
	 "own@example.net"},
	{"a quoted alias", aliases, NULL, "\"odd name\"", "odd@example.org"},
	{"a name that is not looked up", aliases, NULL, "self", "self@example.com ann@example.org"},
	{"an alias to nobody", aliases, NULL, "empty, root", "ann@example.org"},
	{"default", "default: all@example.org\nroot: r\n", NULL, "x, root",
	 "all@example.org r@example.com"},
	{"a circle", aliases, NULL, "loop", "!in a circle"},
	{"a file", aliases, NULL, "archive", "!the alias archive in"},
	{"a program", aliases, NULL, "list", "!leads to \"|/usr/bin/list run\": only addresses"},
	{"a list of its own", aliases, NULL, "many", "!leads to :include:/etc/many"},
	{"no address", aliases, NULL, "broken", "!more than one @"},
};

static const char *write_aliases(const char *text)
{
	static char path[PATH_MAX_BYTES];
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(sizeof path - 1);

	buffer_printf(&name, "%s/aliases", tap_folder());
	if (buffer_check(&name, NULL) < 0)
		return NULL;
	memcpy(path, name.bytes, name.len + 1);
	CHECK_INT(file_write_atomic(path, slice_of(text), 0600, NULL), 0);
	return path;
}

static void names_become_addresses(void)
{
	EACH (row, rows) {
		const struct local_names names = {
			.aliases = row->aliases ? write_aliases(row->aliases) : NULL,
			.owner = row->owner};
		AUTO(arena) struct arena arena = {0};
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(1000);
		struct mailbox_list list = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(mailbox_list_parse(&list, &arena, slice_of(row->recipients),
					     MAILBOX_BARE_ALLOWED, NULL),
			  0);
		(void)local_names_resolve(&names, SLICE("example.com"), &list, &arena, &err);
		if (row->wanted[0] == '!') {
			CHECK_ERROR(err, courant_error_code(err), row->wanted + 1);
			continue;
		}
		CHECK_NO_ERROR(err);
		for (size_t i = 0; i < list.n; i++) {
			buffer_append(&got, i ? SLICE(" ") : SLICE(""));
			mailbox_write_spec(&got, &list.items[i], MAILBOX_ASCII);
		}
		CHECK_SLICE(buffer_peek(&got), slice_of(row->wanted));
	}
}

static void a_name_that_leads_nowhere_is_told(void)
{
	const struct local_names nothing = {0}, lost = {.aliases = "/nonexistent"};
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list list = {0};
	courant_error *err = NULL;

	CHECK_INT(mailbox_list_parse(&list, &arena, SLICE("root"), MAILBOX_BARE_ALLOWED, NULL), 0);
	CHECK_INT(local_names_resolve(&nothing, SLICE(""), &list, &arena, &err), -1);
	CHECK_ERROR(err, COURANT_CONFIG, "who gets the mail of root?");
	CHECK_INT(local_names_resolve(&lost, SLICE("x"), &list, &arena, &err), -1);
	CHECK_ERROR(err, COURANT_NO_INPUT, "/nonexistent");
}

TESTS(TEST(names_become_addresses), TEST(a_name_that_leads_nowhere_is_told))
