/* SPDX-License-Identifier: MIT */
/* server_test.c - src/smtp/server*.c: what a client says, what the server answers, what mails come out */
#include "smtp/server.h"

#include "base/num.h"
#include "tap.h"

/* What was delivered: "sender>recipient,recipient:bytes;" a mail; "x" for one that was abandoned. */
struct box {
	struct buffer log;
	struct buffer message;
	bool refuses;
};

static bool box_login(void *context, slice user, slice password)
{
	(void)context;
	return slice_equal(user, SLICE("ops")) && slice_equal(password, SLICE("secret"));
}

static bool box_recipient(void *context, slice address)
{
	(void)context;
	return !slice_starts(address, SLICE("nobody"));
}

static int box_begin(void *context, const struct server_envelope *envelope, courant_error **err)
{
	struct box *box = context;

	if (box->refuses)
		return fail(err, COURANT_IO, "the disk is full");
	buffer_cut(&box->message, 0);
	buffer_append(&box->message, envelope->sender);
	for (size_t i = 0; i < envelope->n_recipients; i++) {
		buffer_append_byte(&box->message, i ? ',' : '>');
		buffer_append(&box->message, envelope->recipients[i]);
	}
	if (envelope->deliver_by_s)
		buffer_printf(&box->message, "|%lld", (long long)envelope->deliver_by_s);
	buffer_append_byte(&box->message, ':');
	return 0;
}

static int box_write(void *context, slice bytes, courant_error **err)
{
	struct box *box = context;

	buffer_append(&box->message, bytes);
	return buffer_check(&box->message, err);
}

static int box_finish(void *context, struct buffer *ret_words, courant_error **err)
{
	struct box *box = context;

	(void)err;
	buffer_append(&box->log, buffer_peek(&box->message));
	buffer_append_byte(&box->log, ';');
	buffer_append(ret_words, SLICE("kept"));
	return 0;
}

static void box_abandon(void *context)
{
	struct box *box = context;

	buffer_append_byte(&box->log, 'x');
}

static const struct server_calls box_calls = {box_login, box_recipient, box_begin, box_write, box_finish, box_abandon};

#define EHLO  "EHLO me\r\n"
#define OFFER "250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n"
#define END   "250-SIZE 1000\r\n250 ENHANCEDSTATUSCODES\r\n"
#define HELLO "220 localhost ESMTP courant\r\n"
#define CLEAR HELLO "250-localhost\r\n" OFFER END
#define TLS   HELLO "250-localhost\r\n" OFFER "250-AUTH PLAIN LOGIN\r\n" END
#define OK    "250 2.0.0 ok\r\n"
#define MAIL  "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"
#define MAIL_OK "250 2.1.0 ok\r\n250 2.1.5 ok\r\n"
#define KEPT  "250 2.0.0 kept\r\n"
#define GO    "354 end with a dot alone on a line\r\n"
#define BYE   "221 2.0.0 bye\r\n"

enum { PLAIN_TEXT = 0, WITH_TLS = 1, OFFERS_TLS = 2, MUST_LOGIN = 4, MUST_TLS = 8, FULL_DISK = 16, LMTP = 32, DELIVER_BY = 64 };
#define LHLO  "220 localhost LMTP courant\r\n250-localhost\r\n" OFFER END
#define LOST  "451 4.3.0 the message could not be kept; try again later\r\n"

static const struct {
	const char *name;
	unsigned how;
	const char *in;
	const char *out;
	const char *delivered;
} rows[] = {
	{"a mail is taken", 0, EHLO MAIL "DATA\r\nHello\r\n.\r\nQUIT\r\n", CLEAR MAIL_OK GO KEPT BYE, "a@b>c@d:Hello\r\n;"},
	{"dots are undone", 0, EHLO MAIL "DATA\r\n..\r\n.a\r\n...b\r\n.\r\n", CLEAR MAIL_OK GO KEPT,
	 "a@b>c@d:.\r\na\r\n..b\r\n;"},
	{"an empty message", 0, EHLO MAIL "DATA\r\n.\r\n", CLEAR MAIL_OK GO KEPT, "a@b>c@d:;"},
	{"a bare LF and dot end nothing", 0, EHLO MAIL "DATA\r\na\n.\nMAIL FROM:<evil@x>\r\n.\r\n", CLEAR MAIL_OK GO KEPT,
	 "a@b>c@d:a\r\n.\r\nMAIL FROM:<evil@x>\r\n;"},
	{"LF dot CRLF ends nothing", 0, EHLO MAIL "DATA\r\na\n.\r\nb\r\n.\r\n", CLEAR MAIL_OK GO KEPT,
	 "a@b>c@d:a\r\n.\r\nb\r\n;"},
	{"CRLF dot LF ends nothing", 0, EHLO MAIL "DATA\r\na\r\n.\nb\r\n.\r\n", CLEAR MAIL_OK GO KEPT,
	 "a@b>c@d:a\r\n\r\nb\r\n;"},
	{"CRLF dot CR ends nothing", 0, EHLO MAIL "DATA\r\na\r\n.\rb\r\n.\r\n", CLEAR MAIL_OK GO KEPT,
	 "a@b>c@d:a\r\n\r\nb\r\n;"},
	{"CR dot CR ends nothing", 0, EHLO MAIL "DATA\r\na\r.\rb\r\n.\r\n", CLEAR MAIL_OK GO KEPT,
	 "a@b>c@d:a\r\n.\r\nb\r\n;"},
	{"LMTP answers once for each recipient", LMTP, "LHLO me\r\n" MAIL "RCPT TO:<e@f>\r\nRCPT TO:<nobody@f>\r\nDATA\r\nHello\r\n.\r\nQUIT\r\n",
	 LHLO MAIL_OK "250 2.1.5 ok\r\n550 5.1.1 nobody of this name\r\n" GO KEPT KEPT BYE, "a@b>c@d,e@f:Hello\r\n;"},
	{"LMTP in chunks", LMTP, "LHLO me\r\n" MAIL "RCPT TO:<e@f>\r\nBDAT 2\r\na\nBDAT 0 LAST\r\n", LHLO MAIL_OK "250 2.1.5 ok\r\n" OK KEPT KEPT, "a@b>c@d,e@f:a\r\n;"},
	{"LMTP knows neither EHLO nor HELO", LMTP, "EHLO me\r\nHELO me\r\nMAIL FROM:<a@b>\r\n",
	 "220 localhost LMTP courant\r\n500 5.5.1 unknown command\r\n500 5.5.1 unknown command\r\n503 5.5.1 LHLO comes first\r\n", ""},
	{"SMTP knows no LHLO", 0, "LHLO me\r\n", HELLO "500 5.5.1 unknown command\r\n", ""},
	{"LMTP that cannot begin a message says so once", LMTP | FULL_DISK, "LHLO me\r\n" MAIL "RCPT TO:<e@f>\r\nDATA\r\n", LHLO MAIL_OK "250 2.1.5 ok\r\n" LOST, "x"},
	{"and at the last chunk for each recipient", LMTP | FULL_DISK, "LHLO me\r\n" MAIL "RCPT TO:<e@f>\r\nBDAT 1 LAST\r\na", LHLO MAIL_OK "250 2.1.5 ok\r\n" LOST LOST, "x"},
	{"a time to deliver by", DELIVER_BY, EHLO "MAIL FROM:<a@b> BY=120;R\r\nRCPT TO:<c@d>\r\nDATA\r\nHello\r\n.\r\n" MAIL "DATA\r\n.\r\n",
	 HELLO "250-localhost\r\n" OFFER "250-DELIVERBY\r\n" END MAIL_OK GO KEPT MAIL_OK GO KEPT, "a@b>c@d|120:Hello\r\n;a@b>c@d:;"},
	{"times that are none", DELIVER_BY, EHLO "MAIL FROM:<a@b> BY=120;N\r\nMAIL FROM:<a@b> BY=0;R\r\nMAIL FROM:<a@b> BY=-5;R\r\nMAIL FROM:<a@b> BY\r\n",
	 HELLO "250-localhost\r\n" OFFER "250-DELIVERBY\r\n" END "555 5.5.4 BY is done with mode R only\r\n501 5.5.4 BY needs a number of seconds above 0\r\n"
	 "501 5.5.4 BY needs a number of seconds above 0\r\n555 5.5.4 BY is done with mode R only\r\n", ""},
	{"a time that was not offered", 0, EHLO "MAIL FROM:<a@b> BY=120;R\r\n", CLEAR "555 5.5.4 unknown parameter\r\n", ""},
	{"BDAT in one chunk", 0, EHLO MAIL "BDAT 7 LAST\r\n.Hello\n", CLEAR MAIL_OK KEPT, "a@b>c@d:.Hello\r\n;"},
	{"BDAT in three, the CRLF cut in two", 0, EHLO MAIL "BDAT 2\r\na\rBDAT 2\r\n\nbBDAT 0 LAST\r\n",
	 CLEAR MAIL_OK OK OK KEPT, "a@b>c@d:a\r\nb\r\n;"},
	{"BDAT without a recipient is read and refused", 0, EHLO "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
	 CLEAR "503 5.5.1 MAIL and RCPT come first\r\n" OK, ""},
	{"BDAT when every recipient was refused", 0, EHLO "MAIL FROM:<a@b>\r\nRCPT TO:<nobody@d>\r\nBDAT 6 LAST\r\nQUIT\r\nRSET\r\n",
	 CLEAR "250 2.1.0 ok\r\n550 5.1.1 nobody of this name\r\n554 5.5.1 there is no valid recipient\r\n" OK, ""},
	{"BDAT with a bad size ends the session", 0, EHLO MAIL "BDAT x LAST\r\nQUIT\r\n", CLEAR MAIL_OK "501 5.5.4 BDAT size [LAST]\r\n", ""},
	{"RSET between chunks", 0, EHLO MAIL "BDAT 2\r\nabRSET\r\n", CLEAR MAIL_OK OK OK, "x"},
	{"DATA between chunks is refused", 0, EHLO MAIL "BDAT 2\r\nabDATA\r\n", CLEAR MAIL_OK OK "503 5.5.1 MAIL and RCPT come first\r\n", "x"},
	{"DATA without a recipient", 0, EHLO "MAIL FROM:<a@b>\r\nDATA\r\n", CLEAR "250 2.1.0 ok\r\n503 5.5.1 RCPT comes first\r\n", ""},
	{"DATA when all were refused", 0, EHLO "MAIL FROM:<a@b>\r\nRCPT TO:<nobody@d>\r\nDATA\r\n",
	 CLEAR "250 2.1.0 ok\r\n550 5.1.1 nobody of this name\r\n554 5.5.1 there is no valid recipient\r\n", ""},
	{"one of two recipients is refused", 0, EHLO "MAIL FROM:<>\r\nRCPT TO:<nobody@d>\r\nRCPT TO:<Postmaster>\r\nDATA\r\nx\r\n.\r\n",
	 CLEAR "250 2.1.0 ok\r\n550 5.1.1 nobody of this name\r\n250 2.1.5 ok\r\n" GO KEPT, ">Postmaster:x\r\n;"},
	{"recipients over the limit", 0, EHLO MAIL "RCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\nRCPT TO:<i@j>\r\n",
	 CLEAR MAIL_OK "250 2.1.5 ok\r\n250 2.1.5 ok\r\n452 4.5.3 too many recipients\r\n", ""},
	{"SIZE over the limit", 0, EHLO "MAIL FROM:<a@b> SIZE=1001\r\n", CLEAR "552 5.3.4 too large\r\n", ""},
	{"an unknown parameter", 0, EHLO "MAIL FROM:<a@b> RET=FULL\r\n", CLEAR "555 5.5.4 unknown parameter\r\n", ""},
	{"BODY and SIZE", 0, EHLO "MAIL FROM:<a@b> BODY=8BITMIME SIZE=10\r\n", CLEAR "250 2.1.0 ok\r\n", ""},
	{"UTF-8 needs SMTPUTF8", 0, EHLO "MAIL FROM:<\xc3\xa4@b>\r\nMAIL FROM:<\xc3\xa4@b> SMTPUTF8\r\n",
	 CLEAR "553 5.1.7 this is no address\r\n250 2.1.0 ok\r\n", ""},
	{"a second MAIL", 0, EHLO MAIL "MAIL FROM:<e@f>\r\n", CLEAR MAIL_OK "503 5.5.1 a mail is under way\r\n", ""},
	{"EHLO forgets the mail", 0, EHLO MAIL EHLO "DATA\r\n", CLEAR MAIL_OK "250-localhost\r\n" OFFER END "503 5.5.1 MAIL and RCPT come first\r\n", ""},
	{"MAIL before EHLO", 0, "MAIL FROM:<a@b>\r\n", HELLO "503 5.5.1 EHLO comes first\r\n", ""},
	{"a bracket in quotes", 0, EHLO "MAIL FROM:<\"a>b\"@c>\r\n", CLEAR "250 2.1.0 ok\r\n", ""},
	{"an address that ends early", 0, EHLO "MAIL FROM:<a@b>x\r\n", CLEAR "501 5.5.4 MAIL FROM:<address>\r\n", ""},
	{"a line that ends in LF", 0, "NOOP\n" "NOOP\r\n", HELLO "500 5.5.2 a line ends in CRLF and holds no other CR, LF or NUL\r\n" OK, ""},
	{"a CR inside a line", 0, "NO\rOP\r\n", HELLO "500 5.5.2 a line ends in CRLF and holds no other CR, LF or NUL\r\n", ""},
	{"unknown, VRFY, HELP, HELO", 0, "WHAT\r\nVRFY a\r\nHELO me\r\nEHLO\r\n",
	 HELLO "500 5.5.1 unknown command\r\n252 2.1.5 send a mail and see\r\n250 localhost\r\n501 5.5.4 a name is needed\r\n", ""},
	{"five errors", 0, "A\r\nB\r\nC\r\nD\r\nE\r\nNOOP\r\n",
	 HELLO "500 5.5.1 unknown command\r\n500 5.5.1 unknown command\r\n500 5.5.1 unknown command\r\n500 5.5.1 unknown command\r\n"
	       "421 4.7.0 too many errors\r\n", ""},
	{"a disk that is full", FULL_DISK, EHLO MAIL "DATA\r\n", CLEAR MAIL_OK "451 4.3.0 the message could not be kept; try again later\r\n", "x"},
	{"a full disk and BDAT", FULL_DISK, EHLO MAIL "BDAT 4 LAST\r\nQUITNOOP\r\n", CLEAR MAIL_OK "451 4.3.0 the message could not be kept; try again later\r\n" OK, "x"},
	{"AUTH PLAIN at once", WITH_TLS, EHLO "AUTH PLAIN AG9wcwBzZWNyZXQ=\r\n", TLS "235 2.7.0 welcome\r\n", ""},
	{"AUTH PLAIN after 334", WITH_TLS, EHLO "AUTH PLAIN\r\nAG9wcwBzZWNyZXQ=\r\n", TLS "334 \r\n235 2.7.0 welcome\r\n", ""},
	{"AUTH LOGIN", WITH_TLS, EHLO "AUTH LOGIN\r\nb3Bz\r\nc2VjcmV0\r\n", TLS "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 2.7.0 welcome\r\n", ""},
	{"AUTH LOGIN with the name", WITH_TLS, EHLO "AUTH LOGIN b3Bz\r\nc2VjcmV0\r\n", TLS "334 UGFzc3dvcmQ6\r\n235 2.7.0 welcome\r\n", ""},
	{"a wrong password", WITH_TLS, EHLO "AUTH PLAIN AG9wcwB3cm9uZw==\r\n", TLS "535 5.7.8 wrong user name or password\r\n", ""},
	{"a cancelled login", WITH_TLS, EHLO "AUTH LOGIN\r\n*\r\nNOOP\r\n", TLS "334 VXNlcm5hbWU6\r\n501 5.7.0 cancelled\r\n" OK, ""},
	{"no base64", WITH_TLS, EHLO "AUTH PLAIN !!!!\r\n", TLS "501 5.5.2 this is not base64\r\n", ""},
	{"another mechanism", WITH_TLS, EHLO "AUTH CRAM-MD5\r\n", TLS "504 5.5.4 PLAIN and LOGIN are known\r\n", ""},
	{"AUTH in clear", 0, EHLO "AUTH PLAIN AG9wcwBzZWNyZXQ=\r\n", CLEAR "538 5.7.11 only inside TLS\r\n", ""},
	{"a login is required", WITH_TLS | MUST_LOGIN, EHLO "MAIL FROM:<a@b>\r\n", TLS "530 5.7.0 AUTH comes first\r\n", ""},
	{"TLS is required", MUST_TLS, EHLO "MAIL FROM:<a@b>\r\n", CLEAR "530 5.7.0 STARTTLS comes first\r\n", ""},
	{"STARTTLS that is not there", 0, EHLO "STARTTLS\r\n", CLEAR "503 5.5.1 there is no STARTTLS now\r\n", ""},
};

static struct server *start(unsigned how, struct box *box)
{
	const struct server_options options = {
		.is_lmtp = how & LMTP,
		.offer_deliver_by = how & DELIVER_BY,
		.is_tls = how & WITH_TLS,
		.offer_tls = how & OFFERS_TLS,
		.require_tls = how & MUST_TLS,
		.require_login = how & MUST_LOGIN,
		.size_max_bytes = 1000,
		.recipients_max = 3,
		.errors_max = 5,
	};

	*box = (struct box){.log = BUFFER_LIMIT(100000), .message = BUFFER_LIMIT(100000), .refuses = how & FULL_DISK};
	return server_new(&options, &box_calls, box, NULL);
}

static void box_release(struct box *box)
{
	buffer_release(&box->log);
	buffer_release(&box->message);
}

static void say(struct server *server, slice bytes, size_t step, struct buffer *out)
{
	for (; bytes.len > 0; bytes = slice_after(bytes, step)) {
		server_receive(server, slice_part(bytes, 0, step), 0);
		buffer_append(out, server_output(server));
		server_sent(server, server_output(server).len);
	}
}

static void each_row(size_t step)
{
	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(100000);
		struct box box;
		AUTO(server) struct server *server = start(row->how, &box);

		tap_row(row->name);
		server_connected(server, 0);
		say(server, slice_of(row->in), step, &out);
		CHECK_SLICE(buffer_peek(&out), slice_of(row->out));
		server_free(STEAL(server));
		CHECK_TEXT(box.log.bytes ? box.log.bytes : "", row->delivered);
		box_release(&box);
	}
}

static void sessions_go_as_written(void)
{
	each_row(100000);
}

static void sessions_go_byte_by_byte(void)
{
	each_row(1);
}

static void an_allocation_that_fails_ends_well(void)
{
	EACH (row, rows) {
		tap_row(row->name);
		EACH_ALLOCATION
		{
			AUTO(buffer) struct buffer out = BUFFER_LIMIT(100000);
			struct box box;
			AUTO(server) struct server *server = start(row->how, &box);

			if (server) {
				server_connected(server, 0);
				say(server, slice_of(row->in), 100000, &out);
			}
			server_free(STEAL(server));
			box_release(&box);
		}
	}
}

static void tls_forgets_what_was_said_before(void)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(100000);
	struct box box;
	AUTO(server) struct server *server = start(OFFERS_TLS, &box);

	server_connected(server, 0);
	say(server, SLICE(EHLO "STARTTLS\r\n"), 100, &out);
	CHECK_INT(server_wish(server), SERVER_WANTS_TLS);
	server_secured(server, 0);
	buffer_cut(&out, 0);
	say(server, SLICE("MAIL FROM:<a@b>\r\nEHLO me\r\n"), 100, &out);
	CHECK_SLICE(buffer_peek(&out), SLICE("503 5.5.1 EHLO comes first\r\n250-localhost\r\n" OFFER "250-AUTH PLAIN LOGIN\r\n" END));
	box_release(&box);
}

static void bytes_behind_starttls_end_the_session(void)
{
	static const size_t steps[] = {1, 100};

	EACH (step, steps) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(100000);
		struct box box;
		AUTO(server) struct server *server = start(OFFERS_TLS, &box);

		server_connected(server, 0);
		say(server, SLICE(EHLO "STARTTLS\r\nRSET\r\n"), *step, &out);
		CHECK_INT(server_wish(server), SERVER_WANTS_CLOSE);
		box_release(&box);
	}
}

static void long_lines_are_dropped(void)
{
	AUTO(buffer) struct buffer in = BUFFER_LIMIT(100000);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(100000);
	struct box box;
	AUTO(server) struct server *server = start(0, &box);

	buffer_append_repeated(&in, 'x', 50000);
	buffer_append(&in, SLICE("\r\nNOOP\r\n"));
	say(server, buffer_peek(&in), 1000, &out);
	CHECK_SLICE(buffer_peek(&out), SLICE("500 5.5.6 the line is too long\r\n" OK));
	box_release(&box);
}

static void a_message_over_the_limit_is_read_and_refused(void)
{
	AUTO(buffer) struct buffer in = BUFFER_LIMIT(100000);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(100000);
	struct box box;
	AUTO(server) struct server *server = start(0, &box);

	buffer_append(&in, SLICE(EHLO MAIL "DATA\r\n"));
	buffer_append_repeated(&in, 'x', 2000);
	buffer_append(&in, SLICE("\r\n.\r\n"));
	server_connected(server, 0);
	say(server, buffer_peek(&in), 777, &out);
	CHECK_SLICE(buffer_peek(&out), SLICE(CLEAR MAIL_OK GO "552 5.3.4 the message is too large\r\n"));
	CHECK_TEXT(box.log.bytes, "x");
	box_release(&box);
}

static void a_slow_client_is_sent_away(void)
{
	struct box box;
	AUTO(server) struct server *server = start(0, &box);

	server_connected(server, 1000);
	CHECK_INT(server_deadline(server), 301000);
	server_receive(server, SLICE("NOOP\r\nNO"), 2000);
	CHECK_INT(server_deadline(server), 302000);
	server_receive(server, SLICE("O"), 200000); /* half a command more is no reason to wait longer */
	server_tick(server, 301999);
	CHECK_INT(server_wish(server), SERVER_WANTS_BYTES);
	server_tick(server, 302000);
	CHECK_INT(server_wish(server), SERVER_WANTS_CLOSE);
	CHECK(slice_ends(server_output(server), SLICE("421 4.4.2 too slow\r\n")));
	box_release(&box);
}

static void a_client_that_reads_nothing_is_sent_away(void)
{
	struct box box;
	AUTO(server) struct server *server = start(0, &box);

	for (int i = 0; i < 100000 && server_wish(server) == SERVER_WANTS_BYTES; i++)
		server_receive(server, SLICE("NOOP\r\n"), 0);
	CHECK_INT(server_wish(server), SERVER_WANTS_CLOSE);
	box_release(&box);
}

TESTS(TEST(sessions_go_as_written), TEST(sessions_go_byte_by_byte), TEST(an_allocation_that_fails_ends_well),
      TEST(tls_forgets_what_was_said_before), TEST(bytes_behind_starttls_end_the_session), TEST(long_lines_are_dropped),
      TEST(a_message_over_the_limit_is_read_and_refused), TEST(a_slow_client_is_sent_away),
      TEST(a_client_that_reads_nothing_is_sent_away))
