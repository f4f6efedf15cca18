/* SPDX-License-Identifier: MIT */
/* mx_test.c - name servers' answers about mail, written by hand after RFC 1035, 4 */
#include "net/mx.h"

#include "tap.h"

/* Header: no. 1, response, one question, `n` answers; the question: example.test MX IN, its name at offset 12. */
#define ANSWER(n) "\0\1\x81\x80\0\1\0" n "\0\0\0\0\7example\4test\0\0\x0f\0\1"
/* A record of the question's name (a pointer, 4.1.4): type, class IN, an hour, the data. */
#define RECORD(type, data) "\xc0\x0c\0" type "\0\1\0\0\x0e\x10\0" data
#define MX(data)           RECORD("\x0f", data)

static void hosts_are_read_in_their_order(void)
{
	static const struct {
		const char *name;
		slice answer;
		const char *hosts;
	} rows[] = {
		{"one host, its name ended by a pointer", SLICE_INIT(ANSWER("\1") MX("\7\0\x0a\2mx\xc0\x0c")), "mx.example.test"},
		{"the lowest number first",
		 SLICE_INIT(ANSWER("\3") MX("\6\0\x14\1" "b\xc0\x0c") MX("\6\0\x05\1" "a\xc0\x0c") MX("\6\1\0\1" "c\xc0\x0c")),
		 "a.example.test b.example.test c.example.test"},
		{"records of other types are passed over", SLICE_INIT(ANSWER("\2") RECORD("\5", "\2\xc0\x0c") MX("\6\0\x0a\1" "a\xc0\x0c")), "a.example.test"},
		{"no MX record: the domain itself", SLICE_INIT(ANSWER("\0")), "example.test"},
		{"a null MX beside another means nothing", SLICE_INIT(ANSWER("\2") MX("\3\0\0\0") MX("\6\0\x0a\1" "a\xc0\x0c")), "a.example.test"},
	};
	EACH (row, rows) {
		AUTO(buffer) struct buffer hosts = BUFFER_LIMIT(4000);
		courant_error *err = NULL;
		struct mx_list list;

		tap_row(row->name);
		CHECK_INT(mx_read(SLICE("example.test"), row->answer, &list, &err), 0);
		CHECK_NO_ERROR(err);
		for (size_t i = 0; i < list.n; i++)
			buffer_printf(&hosts, "%s%s", i ? " " : "", list.at[i].name);
		CHECK_SLICE(buffer_peek(&hosts), slice_of(row->hosts));
	}
}

static void equals_come_in_any_order(void)
{
	const slice answer = SLICE(ANSWER("\2") MX("\6\0\x0a\1" "a\xc0\x0c") MX("\6\0\x0a\1" "b\xc0\x0c"));
	unsigned n_first[2] = {0};

	for (unsigned i = 0; i < 200; i++) {
		struct mx_list list;

		CHECK_INT(mx_read(SLICE("example.test"), answer, &list, NULL), 0);
		n_first[list.at[0].name[0] == 'b']++;
	}
	/* 100 each; fewer than 40 happens once in 10^17 runs. */
	CHECK(n_first[0] > 40 && n_first[1] > 40);
}

static void of_too_many_the_best_are_kept(void)
{
#define FOUR(preference) MX("\6\0" preference "\1" "x\xc0\x0c") MX("\6\0" preference "\1" "x\xc0\x0c") MX("\6\0" preference "\1" "x\xc0\x0c") \
			 MX("\6\0" preference "\1" "x\xc0\x0c")
	/* 16 of preference 50, then others. */
	static const slice answer = SLICE_INIT(ANSWER("\x13") FOUR("\x32") FOUR("\x32") FOUR("\x32") FOUR("\x32") MX("\6\0\x05\1" "a\xc0\x0c")
						       MX("\6\0\x63\1" "z\xc0\x0c") MX("\6\0\x0a\1" "b\xc0\x0c"));
#undef FOUR
	struct mx_list list;

	CHECK_INT(mx_read(SLICE("example.test"), answer, &list, NULL), 0);
	CHECK_INT(list.n, MX_MAX_HOSTS);
	CHECK_TEXT(list.at[0].name, "a.example.test");
	CHECK_TEXT(list.at[1].name, "b.example.test");
	for (size_t i = 2; i < list.n; i++)
		CHECK_TEXT(list.at[i].name, "x.example.test");
}

static void a_null_mx_refuses_mail(void)
{
	courant_error *err = NULL;
	struct mx_list list;

	CHECK_INT(mx_read(SLICE("example.test"), SLICE(ANSWER("\1") MX("\3\0\0\0")), &list, &err), -1);
	CHECK_INT(courant_error_reply(err), 556);
	CHECK_ERROR(err, COURANT_REFUSED, "takes no mail (null MX)");
}

static void malformed_answers_are_for_later(void)
{
	static const struct {
		const char *name;
		slice answer;
	} rows[] = {
		{"nothing", SLICE_INIT("")},
		{"half a header", SLICE_INIT("\0\1\x81\x80\0\1")},
		{"a question that ends in its name", SLICE_INIT("\0\1\x81\x80\0\1\0\0\0\0\0\0\7exam")},
		{"fewer records than are announced", SLICE_INIT(ANSWER("\2") MX("\6\0\x0a\1" "a\xc0\x0c"))},
		{"data beyond the end", SLICE_INIT(ANSWER("\1") MX("\x60\0\x0a\1" "a\xc0\x0c"))},
		{"an MX without a name", SLICE_INIT(ANSWER("\1") MX("\2\0\x0a"))},
		{"a name that points at itself", SLICE_INIT(ANSWER("\1") MX("\4\0\x0a\xc0\x2c"))},
	};
	EACH (row, rows) {
		courant_error *err = NULL;
		struct mx_list list;

		tap_row(row->name);
		CHECK_INT(mx_read(SLICE("example.test"), row->answer, &list, &err), -1);
		CHECK_ERROR(err, COURANT_TEMPORARY, "malformed");
	}
}

static void address_literals_are_their_own_hosts(void)
{
	static const struct {
		const char *name, *domain, *host;
	} rows[] = {
		{"IPv4", "[192.0.2.1]", "192.0.2.1"},
		{"IPv6", "[IPv6:2001:db8::1]", "2001:db8::1"},
		{"neither", "[x]", NULL},
	};
	EACH (row, rows) {
		courant_error *err = NULL;
		struct mx_list list = {.n = 0};

		tap_row(row->name);

		AUTO(mx_query) struct mx_query *query = mx_query_new(slice_of(row->domain), NULL, &err);

		if (!row->host) {
			CHECK(!query);
			CHECK_ERROR(err, COURANT_HOST_UNKNOWN, "no such address");
		} else if (CHECK(query)) {
			CHECK_INT(mx_query_fd(query), -1);
			CHECK_INT(mx_query_take(query, &list, &err), 0);
			CHECK_INT(list.n, 1);
			CHECK_TEXT(list.at[0].name, row->host);
		}
	}
}

TESTS(TEST(hosts_are_read_in_their_order), TEST(equals_come_in_any_order), TEST(of_too_many_the_best_are_kept), TEST(a_null_mx_refuses_mail),
      TEST(malformed_answers_are_for_later), TEST(address_literals_are_their_own_hosts))
