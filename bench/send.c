/* SPDX-License-Identifier: MIT */
/* send.c - how fast mails go out: bench-send HOST:PORT --count N --size BYTES --connections C [--tls] [--window N] [--per-connection N]
 *
 * Sends N mails of BYTES each over C connections by the same code as courant send and prints mails a second, the processor time that one
 * mail costs here, and the memory held. With --tls STARTTLS is used with whatever certificate the server has. With --per-connection a
 * connection is closed after so many mails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <courant/smtp.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"
#include "client/outlet.h"

struct numbers {
	uint64_t count, size, connections, window, per_connection;
	bool tls;
};

struct tally {
	bool tls; /* what goes in clear does not count */
	uint64_t accepted, other;
	size_t *unused; /* indices of mails that are not under way */
	size_t n_unused;
	const struct courant_mail *mails;
	char why[400];
};

static void usage(void)
{
	(void)fputs("usage: bench-send HOST:PORT --count N --size BYTES --connections C [--tls] [--window N] [--per-connection N]\n", stderr);
	exit(64);
}

static void give_up(courant_error *err)
{
	(void)fprintf(stderr, "bench-send: %s\n", courant_error_sentence(err));
	courant_error_free(err);
	exit(1);
}

static uint64_t number(const char *text)
{
	uint64_t value = 0;

	if (!text || !num_parse_range(slice_of(text), 1, UINT64_C(1) << 40, &value))
		usage();
	return value;
}

static void count(void *context, const struct outlet_report *report)
{
	struct tally *tally = context;

	tally->unused[tally->n_unused++] = (size_t)(report->mail - tally->mails);
	if (tally->tls && !report->tls_version && !report->error) {
		if (tally->other++ == 0)
			(void)snprintf(tally->why, sizeof tally->why, "%s offers no STARTTLS: the mails went in clear", report->peer);
	} else if (results_worst(report->results) == COURANT_OUTCOME_ACCEPTED) {
		tally->accepted++;
	} else if (tally->other++ == 0) {
		(void)snprintf(tally->why, sizeof tally->why, "%s", report->error ? courant_error_sentence(report->error) : report->results->at[0].text);
	}
}

/* A message of exactly so many bytes: a header, then lines of 76, made as they are read, so that a large one takes no memory. */
struct made {
	uint64_t size, at;
};

#define LINE_BYTES  78
#define BLOCK_LINES 512

static const char header[] = "From: a@example.com\r\nTo: b@example.org\r\nSubject: bench\r\n\r\n";
static char lines[LINE_BYTES * BLOCK_LINES]; /* filled before the first mail */

static void fill_lines(void)
{
	memset(lines, 'x', sizeof lines);
	for (size_t i = LINE_BYTES - 2; i < sizeof lines; i += LINE_BYTES)
		memcpy(lines + i, "\r\n", 2);
}

/* The piece at this place, at most so long. */
static slice piece(const struct made *made, size_t most)
{
	const uint64_t left = made->size - made->at;
	const size_t n = left < most ? (size_t)left : most;

	if (made->at < sizeof header - 1)
		return slice_part(slice_from(header, sizeof header - 1), (size_t)made->at, n);
	return slice_part(slice_from(lines, sizeof lines), (size_t)((made->at - (sizeof header - 1)) % LINE_BYTES), n);
}

static int made_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct made *made = context;
	size_t n = 0;

	(void)err;
	while (n < size && made->at < made->size) {
		const slice next = piece(made, size - n);

		memcpy((char *)into + n, next.ptr, next.len);
		n += next.len;
		made->at += next.len;
	}
	*ret_n = n;
	return 0;
}

static int made_rewind(void *context, courant_error **err)
{
	(void)err;
	((struct made *)context)->at = 0;
	return 0;
}

static bool made_size(void *context, uint64_t *ret_bytes)
{
	*ret_bytes = ((const struct made *)context)->size;
	return true;
}

static courant_reader *make_message(uint64_t size)
{
	static const struct courant_reader_calls calls = {.read = made_read, .rewind = made_rewind, .size = made_size, .free = free};
	struct made *made = calloc(1, sizeof *made);
	courant_error *err = NULL;

	if (made)
		made->size = size;

	courant_reader *reader = made ? courant_reader_new(&calls, made, &err) : NULL;

	if (!reader)
		give_up(err);
	return reader;
}

static double cpu_seconds(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* Of this program alone: what getrusage() tells begins with that of the process that started it. */
static uint64_t max_rss_kb(void)
{
	AUTO(buffer) struct buffer status = BUFFER_LIMIT(65536);
	uint64_t kb = 0;

	(void)file_read("/proc/self/status", &status, NULL);
	for (slice rest = buffer_peek(&status), line; slice_next_line(&rest, &line);)
		if (slice_starts(line, SLICE("VmHWM:"))) {
			const slice value = slice_trim(slice_after(line, sizeof "VmHWM:" - 1));

			(void)num_parse_u64(slice_part(value, 0, slice_find(value, ' ')), &kb);
		}
	return kb;
}

/* As many mails as may be under way at once, each with a reader of its own; one that came back is used again. */
static int run(const struct target *target, const struct numbers *numbers)
{
	const struct courant_recipient recipient = {.path = {.ascii = "b@example.org"}};
	const size_t n = (size_t)(numbers->connections * (numbers->window + 1)) + 1;
	struct courant_mail *mails = calloc(n, sizeof *mails);
	struct tally tally = {.tls = numbers->tls};
	courant_error *err = NULL;
	const struct outlet_options options = {.target = target, .connections = (unsigned)numbers->connections, .window = (unsigned)numbers->window,
					       .per_connection = (unsigned)numbers->per_connection, .cancel_fd = -1, .done = count, .done_context = &tally};
	struct outlet *outlet = outlet_new(&options, &err);

	tally.unused = calloc(n, sizeof *tally.unused);
	tally.mails = mails;
	if (!outlet || !mails || !tally.unused)
		give_up(err);
	for (size_t i = 0; i < n; i++) {
		tally.unused[tally.n_unused++] = i;
		mails[i] = (struct courant_mail){.sender = {.ascii = "a@example.com"}, .recipients = &recipient, .n_recipients = 1,
						 .message = make_message(numbers->size)};
	}

	const double cpu = cpu_seconds();
	const int64_t begun_ms = clock_monotonic_ms();

	for (uint64_t i = 0; i < numbers->count; i++)
		if (outlet_send(outlet, &mails[tally.unused[--tally.n_unused]], &err) < 0)
			give_up(err);
	if (outlet_finish(outlet, &err) < 0)
		give_up(err);

	const double seconds = (double)(clock_monotonic_ms() - begun_ms) / 1e3;

	(void)printf("%llu accepted, %llu not; %.3f s, %.0f mails/s, %.2f us CPU a mail, %llu KB at most\n", (unsigned long long)tally.accepted,
		     (unsigned long long)tally.other, seconds, (double)numbers->count / (seconds > 0 ? seconds : 1e-3),
		     (cpu_seconds() - cpu) * 1e6 / (double)numbers->count, (unsigned long long)max_rss_kb());
	if (tally.other)
		(void)fprintf(stderr, "bench-send: %s\n", tally.why);
	outlet_free(outlet);
	for (size_t i = 0; i < n; i++)
		courant_reader_free(mails[i].message);
	free(mails);
	free(tally.unused);
	return tally.other ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct numbers numbers = {.count = 1000, .size = 1024, .connections = 1, .window = 1};
	AUTO(target) struct target target = {0};
	AUTO(buffer) struct buffer url = BUFFER_LIMIT(1000);
	courant_error *err = NULL;
	const char *where = NULL;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--count") == 0)
			numbers.count = number(argv[++i]);
		else if (strcmp(argv[i], "--size") == 0)
			numbers.size = number(argv[++i]);
		else if (strcmp(argv[i], "--connections") == 0)
			numbers.connections = number(argv[++i]);
		else if (strcmp(argv[i], "--window") == 0)
			numbers.window = number(argv[++i]);
		else if (strcmp(argv[i], "--per-connection") == 0)
			numbers.per_connection = number(argv[++i]);
		else if (strcmp(argv[i], "--tls") == 0)
			numbers.tls = true;
		else if (argv[i][0] == '-' || where)
			usage();
		else
			where = argv[i];
	}
	if (!where)
		usage();
	buffer_printf(&url, "smtp://%s?tls=%s", where, numbers.tls ? "opportunistic" : "none"); /* opportunistic: any certificate will do */
	if (target_parse(buffer_peek(&url), &target, &err) < 0 || target_finish(&target, &err) < 0)
		give_up(err);
	fill_lines();
	return run(&target, &numbers);
}
