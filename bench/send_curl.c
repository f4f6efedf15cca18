/* SPDX-License-Identifier: MIT */
/* send_curl.c - the same mails as bench-send, by libcurl: bench-send-curl HOST:PORT --count N --size BYTES [--tls] [--fresh]
 *
 * One connection, used again and again; with --fresh a new one for each mail, whose TLS session libcurl takes up again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <curl/curl.h>

#include "base/num.h"

struct mail {
	const char *bytes;
	size_t size, at;
};

static size_t give(char *into, size_t size, size_t n, void *context)
{
	struct mail *mail = context;
	const size_t left = mail->size - mail->at, take = left < size * n ? left : size * n;

	memcpy(into, mail->bytes + mail->at, take);
	mail->at += take;
	return take;
}

static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	static const char header[] = "From: a@example.com\r\nTo: b@example.org\r\nSubject: bench\r\n\r\n";
	uint64_t count = 1000, size = 1024;
	long tls = CURLUSESSL_NONE, fresh = 0;
	char url[300];

	if (argc < 2)
		return 64;
	for (int i = 2; i < argc; i++) {
		uint64_t *value = strcmp(argv[i], "--count") == 0 ? &count : strcmp(argv[i], "--size") == 0 ? &size : NULL;

		if (strcmp(argv[i], "--tls") == 0)
			tls = CURLUSESSL_ALL;
		else if (strcmp(argv[i], "--fresh") == 0)
			fresh = 1;
		else if (!value || i + 1 == argc || !num_parse_u64(slice_of(argv[++i]), value))
			return 64;
	}
	(void)snprintf(url, sizeof url, "smtp://%s/localhost", argv[1]);

	char *bytes = malloc(size + 1);
	CURL *curl = curl_easy_init();
	struct curl_slist *to = curl_slist_append(NULL, "<b@example.org>");

	if (!bytes || !curl || !to || size < sizeof header)
		return 1;
	memset(bytes, 'x', size);
	memcpy(bytes, header, sizeof header - 1);
	for (size_t i = sizeof header + 75; i + 1 < size; i += 78)
		memcpy(bytes + i, "\r\n", 2);

	struct mail mail = {.bytes = bytes, .size = size};

	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, "<a@example.com>");
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	(void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	(void)curl_easy_setopt(curl, CURLOPT_READDATA, &mail);
	(void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_USE_SSL, tls);
	(void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L); /* as bench-send: whatever certificate the server has */
	(void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, fresh);

	const double begun = now(), cpu = cpu_seconds();
	unsigned long failed = 0;

	for (unsigned long i = 0; i < count; i++) {
		mail.at = 0;
		failed += curl_easy_perform(curl) != CURLE_OK;
	}

	const double seconds = now() - begun;

	(void)printf("%lu accepted, %lu not; %.3f s, %.0f mails/s, %.2f us CPU a mail\n", count - failed, failed, seconds, (double)count / seconds,
		     (cpu_seconds() - cpu) * 1e6 / (double)count);
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
	free(bytes);
	return failed ? 1 : 0;
}
