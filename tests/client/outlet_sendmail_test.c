/* SPDX-License-Identifier: MIT */
/* outlet_sendmail_test.c - src/client/outlet_sendmail.c: what a program's ways of ending say about the mail, and that it ends */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "client/outlet.h"
#include "tap.h"

#define SMALL "Subject: x\r\n\r\none\r\ntwo\r\n"

enum message {
	WHOLE, /* SMALL */
	LARGE, /* more than a socket takes in advance */
	HALF   /* a reader that fails after SMALL, with a code that could be the program's */
};

struct heard {
	size_t n;
	enum courant_outcome outcome;
	int code;
	char words[300];
};

static void note(void *context, const struct outlet_report *report)
{
	struct heard *heard = context;

	heard->n++;
	heard->code = report->error ? courant_error_code(report->error) : 0;
	CHECK_INT(report->results->n, 2);
	heard->outcome = report->results->at[0].outcome;
	CHECK_INT(report->results->at[1].outcome, heard->outcome);
	(void)snprintf(heard->words, sizeof heard->words, "%s", report->results->at[0].text);
}

static int read_half(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	bool *is_read = context;

	(void)size;
	if (*is_read)
		return fail(err, COURANT_TEMPORARY, "the source is away for the moment");
	*is_read = true;
	memcpy(into, SMALL, *ret_n = sizeof SMALL - 1);
	return 0;
}

static int rewind_half(void *context, courant_error **err)
{
	(void)err;
	*(bool *)context = false;
	return 0;
}

static courant_reader *open_message(enum message kind, bool *is_read)
{
	static const struct courant_reader_calls half = {.read = read_half, .rewind = rewind_half};
	AUTO(buffer) struct buffer large = BUFFER_LIMIT((size_t)1 << 22);

	if (kind == HALF)
		return courant_reader_new(&half, is_read, NULL);
	buffer_append(&large, SLICE(SMALL));
	if (kind == LARGE)
		buffer_append_repeated(&large, 'x', 3000000);
	return courant_reader_new_bytes(large.bytes, large.len, NULL);
}

static const char *inside(const char *name)
{
	static char path[600];

	(void)snprintf(path, sizeof path, "%s/%s", tap_folder(), name);
	return path;
}

static void write_program(const char *script)
{
	AUTO(close) int fd = open(inside("program"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);

	CHECK(dprintf(fd, "#!/bin/sh\n%s\n", script) > 0);
}

/* Hands one mail to the program and waits until nothing that it started lives any more. */
static struct heard hand(const char *script, enum message kind, unsigned timeout_ms, int cancel_fd)
{
	static char home[400];
	char url[700];
	char *const environment[] = {home, (char *)"PATH=/usr/bin:/bin", NULL};
	struct heard heard = {0};
	AUTO(target) struct target target = {0};
	bool is_read = false;
	AUTO(reader) courant_reader *message = open_message(kind, &is_read);
	const struct courant_recipient recipients[] = {{.path = {.ascii = "b@example.org"}}, {.path = {.ascii = "-oX@example.org"}}};
	const struct courant_mail mail = {.sender = {.ascii = ""}, .recipients = recipients, .n_recipients = 2, .message = message};
	int alive[2];
	char ignored;

	write_program(script);
	(void)unlink(inside("mail"));
	(void)unlink(inside("taken"));
	(void)snprintf(home, sizeof home, "HOME=%s", tap_folder());
	(void)snprintf(url, sizeof url, "sendmail:%s", inside("program"));
	CHECK(target_parse(slice_of(url), &target, NULL) == 0 && target_finish(&target, NULL) == 0);
	target.timeout_ms = timeout_ms;

	/* Open in every program that is started from here, until it ends. */
	CHECK(pipe2(alive, O_CLOEXEC) == 0 && fcntl(alive[1], F_SETFD, 0) == 0);

	AUTO(outlet) struct outlet *outlet =
		outlet_new(&(struct outlet_options){.target = &target, .environment = environment, .cancel_fd = cancel_fd, .done = note, .done_context = &heard}, NULL);

	CHECK_INT(outlet_send(outlet, &mail, NULL), 0);
	CHECK_INT(outlet_finish(outlet, NULL), 0);
	CHECK_INT(heard.n, 1);
	(void)close(alive[1]);
	CHECK_INT(read(alive[0], &ignored, 1), 0);
	(void)close(alive[0]);
	return heard;
}

#define KEEP "for word; do echo \"$word\"; done >\"$HOME/words\"; cat >\"$HOME/mail\" && mv \"$HOME/mail\" \"$HOME/taken\";"

static void check_file(const char *name, const char *want)
{
	AUTO(buffer) struct buffer got = BUFFER_LIMIT(10000);

	CHECK_INT(file_read(inside(name), &got, NULL), 0);
	CHECK_SLICE(buffer_peek(&got), slice_of(want));
}

static void the_program_is_believed(void)
{
	static const struct {
		const char *name, *script;
		enum message message;
		enum courant_outcome outcome;
		int code;
		const char *words;
	} rows[] = {
		{"taken", KEEP, WHOLE, COURANT_OUTCOME_ACCEPTED, 0, "handed to the program"},
		{"taken, and long", KEEP, LARGE, COURANT_OUTCOME_ACCEPTED, 0, "handed to the program"},
		{"put off", KEEP "exit 75", WHOLE, COURANT_OUTCOME_DEFERRED, COURANT_TEMPORARY, "exit status 75"},
		{"refused", KEEP "exit 67", WHOLE, COURANT_OUTCOME_REFUSED, COURANT_REFUSED, "exit status 67"},
		{"refused without reading it", "exit 67", LARGE, COURANT_OUTCOME_REFUSED, COURANT_REFUSED, "exit status 67"},
		{"put off without reading it", "exit 75", LARGE, COURANT_OUTCOME_DEFERRED, COURANT_TEMPORARY, "exit status 75"},
		{"it dies with the mail in hand", KEEP "kill -9 $$", WHOLE, COURANT_OUTCOME_UNKNOWN, COURANT_UNKNOWN, "signal 9"},
		{"it dies before it has the mail", "kill -9 $$", LARGE, COURANT_OUTCOME_DEFERRED, COURANT_TEMPORARY, "signal 9"},
	};
	EACH (row, rows) {
		tap_row(row->name);

		const struct heard heard = hand(row->script, row->message, 60000, -1);

		CHECK_INT(heard.outcome, row->outcome);
		CHECK_INT(heard.code, row->code);
		CHECK(strstr(heard.words, row->words));
	}
}

static void it_gets_lines_of_this_system_and_words_that_are_no_options(void)
{
	(void)hand(KEEP, WHOLE, 60000, -1);
	check_file("taken", "Subject: x\n\none\ntwo\n");
	check_file("words", "-i\n-f\n<>\n--\nb@example.org\n-oX@example.org\n");
}

static void half_a_mail_is_never_taken_for_a_whole_one(void)
{
	static const struct {
		const char *name, *script;
	} rows[] = {
		{"the program itself", KEEP},
		{"one that it has started, which outlives it", "sh -c '" KEEP " exit 0'; exit 0"},
	};
	EACH (row, rows) {
		tap_row(row->name);

		const struct heard heard = hand(row->script, HALF, 60000, -1);

		CHECK_INT(heard.outcome, COURANT_OUTCOME_DEFERRED);
		CHECK_INT(heard.code, COURANT_TEMPORARY);
		CHECK(strstr(heard.words, "the source is away"));
		CHECK(access(inside("taken"), F_OK) < 0);
	}
}

/* 20 s are for ever. */
static void a_program_has_its_time_and_no_more(void)
{
	static const struct {
		const char *name, *script;
		enum message message;
		enum courant_outcome outcome;
		int code;
		const char *words;
		int64_t most_ms;
	} rows[] = {
		{"it has stored the mail and goes on", KEEP "exec sleep 20", WHOLE, COURANT_OUTCOME_UNKNOWN, COURANT_UNKNOWN, "timed out", 1900},
		{"it closes its end and goes on", KEEP "exec <&-; exec sleep 20", WHOLE, COURANT_OUTCOME_UNKNOWN, COURANT_UNKNOWN, "timed out", 1900},
		{"it does not end when it is asked to", "trap '' TERM;" KEEP "exec sleep 20", WHOLE, COURANT_OUTCOME_UNKNOWN, COURANT_UNKNOWN, "timed out", 9000},
		{"it has taken it, and says so when it is asked to end", "trap 'exit 0' TERM;" KEEP "while :; do sleep 0.05; done", WHOLE,
		 COURANT_OUTCOME_ACCEPTED, 0, "handed", 9000},
		{"it puts it off when it is asked to end", "trap 'exit 1' TERM;" KEEP "while :; do sleep 0.05; done", WHOLE, COURANT_OUTCOME_UNKNOWN,
		 COURANT_UNKNOWN, "perhaps delivered", 9000},
		{"it does not read", "exec sleep 20", LARGE, COURANT_OUTCOME_DEFERRED, COURANT_TIMEOUT, "timed out", 1900},
		{"it stops reading", "exec <&-; exec sleep 20", LARGE, COURANT_OUTCOME_DEFERRED, COURANT_TIMEOUT, "timed out", 1900},
	};
	EACH (row, rows) {
		tap_row(row->name);

		const int64_t begun_ms = clock_monotonic_ms();
		const struct heard heard = hand(row->script, row->message, 400, -1);

		CHECK_INT(heard.outcome, row->outcome);
		CHECK_INT(heard.code, row->code);
		CHECK(strstr(heard.words, row->words));
		CHECK(clock_monotonic_ms() - begun_ms < row->most_ms + 2000);
	}
}

static void who_stops_it_knows_no_more_than_before(void)
{
	AUTO(close) int stopped = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	const struct heard whole = hand(KEEP "exec sleep 20", WHOLE, 60000, stopped), part = hand("exec sleep 20", LARGE, 60000, stopped);

	CHECK_INT(whole.outcome, COURANT_OUTCOME_UNKNOWN);
	CHECK_INT(part.outcome, COURANT_OUTCOME_DEFERRED);
	CHECK_INT(part.code, COURANT_CANCELLED);
}

/* Where SIGCHLD is ignored, which a program passes on to those that it starts, the system forgets how a child has ended. */
static void a_status_that_is_lost_is_not_success(void)
{
	struct heard heard;

	(void)signal(SIGCHLD, SIG_IGN);
	heard = hand(KEEP "exit 75", WHOLE, 60000, -1);
	(void)signal(SIGCHLD, SIG_DFL);
	CHECK_INT(heard.outcome, COURANT_OUTCOME_UNKNOWN);
	CHECK_INT(heard.code, COURANT_UNKNOWN);
}

TESTS(TEST(the_program_is_believed), TEST(it_gets_lines_of_this_system_and_words_that_are_no_options), TEST(half_a_mail_is_never_taken_for_a_whole_one),
      TEST(a_program_has_its_time_and_no_more), TEST(who_stops_it_knows_no_more_than_before), TEST(a_status_that_is_lost_is_not_success))
