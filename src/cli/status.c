/* SPDX-License-Identifier: MIT */
/* status.c - how the command ends and what it says on standard error: exit statuses, errors, warnings, standard output */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/printable.h"
#include "cli/cli.h"

/* sysexits.h ends at 78; a mail that is perhaps delivered has no number there. */
#define EXIT_PERHAPS_DELIVERED 79

/* A longer line on standard error helps nobody. */
#define LINE_MAX_BYTES ((size_t)64 * 1024)
#define BLOCK_BYTES    65536

const struct cli_status cli_statuses[] = {
	{EX_OK, "everything was done; of a mail: every recipient was accepted"},
	{EX_USAGE, "the command line is wrong"},
	{EX_DATAERR, "the mail cannot be composed, or was refused as data: a bad address, a line break in a header"},
	{EX_NOINPUT, "an input file is missing or cannot be read"},
	{EX_NOHOST, "the host is unknown"},
	{EX_UNAVAILABLE, "refused for good, or too large; of a probe: a target failed"},
	{EX_OSERR, "no memory"},
	{EX_CANTCREAT, "an output file cannot be made"},
	{EX_IOERR, "reading or writing failed"},
	{EX_TEMPFAIL, "not now: try again later"},
	{EX_PROTOCOL, "the server breaks the protocol, or TLS was wanted and is missing, failed or unverified"},
	{EX_NOPERM, "the login failed, or the password would have travelled in clear"},
	{EX_CONFIG, "a configuration or report file is wrong"},
	{EXIT_PERHAPS_DELIVERED, "perhaps delivered: the connection was lost after the whole mail had been sent; look before sending it again"},
	{0, NULL},
};

int cli_exit_status(enum courant_code code)
{
	switch (code) {
	case COURANT_USAGE:
		return EX_USAGE;
	case COURANT_INVALID:
		return EX_DATAERR;
	case COURANT_NO_INPUT:
		return EX_NOINPUT;
	case COURANT_HOST_UNKNOWN:
		return EX_NOHOST;
	case COURANT_REFUSED:
	case COURANT_TOO_LARGE:
		return EX_UNAVAILABLE;
	case COURANT_NO_MEMORY:
		return EX_OSERR;
	case COURANT_CANT_CREATE:
		return EX_CANTCREAT;
	case COURANT_IO:
		return EX_IOERR;
	case COURANT_TEMPORARY:
	case COURANT_TIMEOUT:
	case COURANT_CANCELLED:
		return EX_TEMPFAIL;
	case COURANT_PROTOCOL:
	case COURANT_TLS:
		return EX_PROTOCOL;
	case COURANT_LOGIN:
	case COURANT_INSECURE:
		return EX_NOPERM;
	case COURANT_CONFIG:
		return EX_CONFIG;
	case COURANT_UNKNOWN:
		return EXIT_PERHAPS_DELIVERED;
	}
	return EX_SOFTWARE;
}

static int write_all(int fd, slice bytes)
{
	while (bytes.len > 0) {
		const ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n > 0)
			bytes = slice_after(bytes, (size_t)n);
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

/* One write for the whole line, so that lines of several processes do not mix. */
static void say(const char *sentence)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);

	buffer_append(&line, SLICE("courant: "));
	printable_write(&line, slice_of(sentence));
	buffer_append_byte(&line, '\n');
	/* Where errors cannot be told there is nobody to tell it to. */
	(void)write_all(STDERR_FILENO, buffer_peek(&line));
}

int cli_fail(const struct cli_call *call, courant_error *error)
{
	const int status = cli_exit_status(courant_error_code(error));

	(void)call;
	say(courant_error_sentence(error));
	courant_error_free(error);
	return status;
}

void cli_warn(const struct cli_call *call, const char *format, ...)
{
	AUTO(buffer) struct buffer sentence = BUFFER_LIMIT(LINE_MAX_BYTES);
	va_list args;

	if (call->is_quiet)
		return;
	va_start(args, format);
	buffer_vprintf(&sentence, format, args);
	va_end(args);
	if (buffer_check(&sentence, NULL) == 0)
		say(sentence.bytes ? sentence.bytes : "");
}

int cli_print(slice bytes, courant_error **err)
{
	if (write_all(STDOUT_FILENO, bytes) == 0)
		return 0;

	const int error_number = errno;

	/* main() ignores the signal for the sake of sockets; the reader of standard output is another matter. */
	if (error_number == EPIPE) {
		(void)signal(SIGPIPE, SIG_DFL);
		(void)raise(SIGPIPE);
	}
	return fail_errno_as(err, COURANT_IO, error_number, "cannot write to standard output");
}

int cli_print_reader(courant_reader *bytes, courant_error **err)
{
	char block[BLOCK_BYTES];
	size_t n;

	do {
		if (courant_reader_read(bytes, block, sizeof block, &n, err) < 0 || cli_print(slice_from(block, n), err) < 0)
			return -1;
	} while (n > 0);
	return 0;
}
