/* SPDX-License-Identifier: MIT */
/* outbox.c - how fast the outbox takes and gives: bench-outbox sync|put|run …, one measurement a call; bench/outbox_compare.py makes ratios of them
 *
 *     sync FILE N                  appends 4 KB and syncs, N times: what the disk can do
 *     put FILE N SIZE PRODUCERS    N mails of SIZE bytes, by so many producers that have one mail ready each whenever the disk is
 *     run FILE N HOST:PORT C       delivers N mails over C connections, then stops */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"
#include "outbox/runner.h"

#define PAGE_BYTES 4096

static void give_up(courant_error *err)
{
	(void)fprintf(stderr, "bench-outbox: %s\n", courant_error_sentence(err));
	exit(1);
}

static uint64_t number(const char *text)
{
	uint64_t value = 0;

	if (!num_parse_range(slice_of(text), 1, UINT64_C(1) << 40, &value)) {
		(void)fprintf(stderr, "bench-outbox: %s is no number\n", text);
		exit(64);
	}
	return value;
}

static double cpu_seconds(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void tell(const char *what, uint64_t n, int64_t begun_ms, double cpu, uint64_t commits)
{
	const double seconds = (double)(clock_monotonic_ms() - begun_ms) / 1e3;

	(void)printf("%s: %llu in %.3f s, %.0f/s, %.2f us CPU each, %llu commits\n", what, (unsigned long long)n, seconds, (double)n / (seconds > 0 ? seconds : 1e-3),
		     (cpu_seconds() - cpu) * 1e6 / (double)n, (unsigned long long)commits);
}

/* ---- the disk ---- */

static void measure_sync(const char *path, uint64_t n)
{
	static char page[PAGE_BYTES];
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const int64_t begun_ms = clock_monotonic_ms();
	const double cpu = cpu_seconds();

	for (uint64_t i = 0; i < n; i++)
		if (write(fd, page, sizeof page) != sizeof page || fdatasync(fd) < 0) {
			perror("bench-outbox");
			exit(1);
		}
	(void)close(fd);
	tell("synced", n, begun_ms, cpu, n);
}

/* ---- into the outbox ---- */

/* Each is another message, as reports to different people are. */
static void put_one(struct outbox *outbox, char *bytes, size_t size, uint64_t i)
{
	const struct courant_recipient recipient = {.path = {.ascii = "b@example.org"}};
	const struct outbox_order order = {.origin = "bench", .expires_ms = NEVER};
	courant_error *err = NULL;

	(void)snprintf(bytes, size, "Message-ID: <%020llu@example.com>\r\nSubject: bench\r\n\r\n", (unsigned long long)i);

	const size_t head = strlen(bytes);

	memset(bytes + head, 'x', size - head);

	AUTO(reader) courant_reader *message = courant_reader_new_borrowed(bytes, size, &err);
	const struct courant_mail mail = {.sender = {.ascii = "a@example.com"}, .recipients = &recipient, .n_recipients = 1, .message = message};

	if (!message || outbox_put(outbox, &mail, &order, clock_now_ms(), &err) < 0)
		give_up(err);
}

static void measure_put(const char *path, uint64_t n, uint64_t size, uint64_t producers)
{
	courant_error *err = NULL;
	struct outbox *outbox = outbox_open(path, OUTBOX_WRITE, &err);
	char *bytes = malloc(size + 100);
	const int64_t begun_ms = clock_monotonic_ms();
	const double cpu = cpu_seconds();
	uint64_t commits = 0;

	if (!outbox || !bytes)
		give_up(err);
	for (uint64_t i = 0; i < n; commits++) {
		for (uint64_t k = 0; k < producers && i < n && !outbox_is_full(outbox); k++)
			put_one(outbox, bytes, size + 100, (uint64_t)begun_ms * 1000000 + i++);
		if (outbox_sync(outbox, &err) < 0)
			give_up(err);
	}
	tell("queued", n, begun_ms, cpu, commits);
	outbox_free(outbox);
	free(bytes);
}

/* ---- out of it ---- */

static struct target target;

static struct outlet *open_outlet(void *context, size_t way, unsigned connections, int cancel_fd, outlet_done_fn *done, void *done_context, courant_error **err)
{
	const struct outlet_options options = {.target = &target, .connections = connections, .cancel_fd = cancel_fd, .done = done, .done_context = done_context};

	(void)context;
	(void)way;
	return outlet_new(&options, err);
}

static void set_target(const char *where)
{
	char url[200];
	courant_error *err = NULL;

	(void)snprintf(url, sizeof url, "smtp://%s?tls=none", where);
	if (target_parse(slice_of(url), &target, &err) < 0 || target_finish(&target, &err) < 0)
		give_up(err);
}

static void measure_run(const char *path, uint64_t n, const char *where, uint64_t connections)
{
	static const size_t order[] = {0};
	courant_error *err = NULL;
	struct outbox *outbox = outbox_open(path, OUTBOX_CHANGE, &err);
	const struct runner_way way = {.name = "null", .server = where, .connections = (unsigned)connections};
	const struct runner_options options = {.outbox = outbox, .words = "bench", .ways = &way, .n_ways = 1, .order = order, .n_order = 1, .keep_ms = NEVER,
					       .idle_ms = 1000, .open = open_outlet};

	set_target(where);

	struct runner *runner = outbox ? runner_new(&options, &err) : NULL;

	if (!runner)
		give_up(err);

	const int64_t begun_ms = clock_monotonic_ms();
	const double cpu = cpu_seconds();
	struct pollfd fd = {.fd = runner_fd(runner), .events = POLLIN};

	for (;;) {
		const int64_t left_ms = runner_turn(runner) - clock_monotonic_ms();

		if (runner_counts(runner)->states[OUTBOX_ACCEPTED] >= n)
			break;
		(void)poll(&fd, 1, left_ms > 0 ? (int)left_ms : 0);
	}
	tell("delivered", runner_counts(runner)->states[OUTBOX_ACCEPTED], begun_ms, cpu, runner_counts(runner)->commits);
	runner_free(runner);
	outbox_free(outbox);
	target_release(&target);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "sync") == 0)
		measure_sync(argv[2], number(argv[3]));
	else if (argc == 6 && strcmp(argv[1], "put") == 0)
		measure_put(argv[2], number(argv[3]), number(argv[4]), number(argv[5]));
	else if (argc == 6 && strcmp(argv[1], "run") == 0)
		measure_run(argv[2], number(argv[3]), argv[4], number(argv[5]));
	else
		(void)fputs("usage: bench-outbox sync FILE N | put FILE N SIZE PRODUCERS | run FILE N HOST:PORT CONNECTIONS\n", stderr);
	return argc < 4 ? 64 : 0;
}
