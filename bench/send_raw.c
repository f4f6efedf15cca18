/* SPDX-License-Identifier: MIT */
/* send_raw.c - the floor under bench-send: bench-send-raw HOST:PORT --count N --size BYTES [--data]
 *
 * The same bytes over one connection with nothing around them: one send and one recv for a mail by BDAT, two with --data. It looks at no reply, keeps
 * no result and knows no deadline. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/num.h"

static double cpu_seconds(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void give_up(const char *what)
{
	(void)fprintf(stderr, "bench-send-raw: %s\n", what);
	exit(1);
}

static int reach(const char *where)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const slice text = slice_of(where);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	uint64_t port;

	if (!num_parse_range(slice_after(text, slice_find_last(text, ':') + 1), 1, 65535, &port))
		give_up("127.0.0.1:PORT is wanted");
	to.sin_port = htons((uint16_t)port);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0)
		give_up("cannot connect");
	return fd;
}

static void say(int fd, slice bytes)
{
	if (send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL) != (ssize_t)bytes.len)
		give_up("cannot send");
}

/* Waits for so many lines that end a reply. */
static void hear(int fd, unsigned n_replies)
{
	char bytes[4096];

	while (n_replies > 0) {
		const ssize_t n = recv(fd, bytes, sizeof bytes, 0);

		if (n <= 0)
			give_up("the server has gone");
		for (slice rest = slice_from(bytes, (size_t)n), line; n_replies > 0 && slice_next_line(&rest, &line);)
			n_replies -= line.len > 3 && line.ptr[3] == ' ';
	}
}

static void make_mail(struct buffer *out, size_t size)
{
	buffer_append(out, SLICE("From: a@example.com\r\nTo: b@example.org\r\nSubject: bench\r\n\r\n"));
	while (out->len + 78 <= size) {
		buffer_append_repeated(out, 'x', 76);
		buffer_append(out, SLICE("\r\n"));
	}
	if (out->len < size)
		buffer_append_repeated(out, 'x', size - out->len);
	buffer_append(out, SLICE("\r\n"));
}

int main(int argc, char **argv)
{
	AUTO(buffer) struct buffer mail = BUFFER_LIMIT(1 << 20);
	AUTO(buffer) struct buffer envelope = BUFFER_LIMIT(1 << 21);
	uint64_t count = 1000, size = 1024;
	bool by_data = false;

	for (int i = 2; i < argc; i++) {
		uint64_t *value = strcmp(argv[i], "--count") == 0 ? &count : strcmp(argv[i], "--size") == 0 ? &size : NULL;

		if (strcmp(argv[i], "--data") == 0)
			by_data = true;
		else if (!value || i + 1 == argc || !num_parse_range(slice_of(argv[++i]), 100, 1000000000, value))
			give_up("usage: bench-send-raw HOST:PORT --count N --size BYTES [--data]");
	}
	make_mail(&mail, (size_t)size);
	buffer_append(&envelope, SLICE("MAIL FROM:<a@example.com> SIZE=1024\r\nRCPT TO:<b@example.org>\r\n"));
	if (by_data) {
		buffer_append(&envelope, SLICE("DATA\r\n"));
		buffer_append(&mail, SLICE(".\r\n"));
	} else {
		buffer_printf(&envelope, "BDAT %zu LAST\r\n", mail.len);
		buffer_append(&envelope, buffer_peek(&mail));
	}

	const int fd = reach(argc > 1 ? argv[1] : "");

	hear(fd, 1);
	say(fd, SLICE("EHLO bench.example\r\n"));
	hear(fd, 1);

	const double cpu = cpu_seconds();
	const int64_t begun_ms = clock_monotonic_ms();

	for (uint64_t i = 0; i < count; i++) {
		say(fd, buffer_peek(&envelope));
		hear(fd, 3);
		if (!by_data)
			continue;
		say(fd, buffer_peek(&mail));
		hear(fd, 1);
	}

	const double seconds = (double)(clock_monotonic_ms() - begun_ms) / 1e3;

	(void)printf("%llu sent; %.3f s, %.0f mails/s, %.2f us CPU a mail\n", (unsigned long long)count, seconds,
		     (double)count / (seconds > 0 ? seconds : 1e-3), (cpu_seconds() - cpu) * 1e6 / (double)count);
	(void)close(fd);
	return 0;
}
