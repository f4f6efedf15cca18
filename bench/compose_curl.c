/* SPDX-License-Identifier: MIT */
/* compose_curl.c - bench-compose-curl big|small HOST:PORT COUNT DIR: the mails of bench-compose, made by libcurl's MIME API
 *
 * libcurl composes a mail only while it sends it, so there must be a server (bench-null). What is counted is the processor time of this program, the
 * sending in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <curl/curl.h>

#include "base/file.h"
#include "base/num.h"

#define N_PICTURES 4
/* The largest file is a megabyte. */
#define FILE_MAX_BYTES ((size_t)64 << 20)

struct source {
	slice text, html, attachment, pictures[N_PICTURES];
};

static slice file_load(const char *folder, const char *name)
{
	struct buffer path = BUFFER_LIMIT(4096), bytes = BUFFER_LIMIT(FILE_MAX_BYTES);
	courant_error *err = NULL;
	char *content = NULL;
	size_t size = 0;

	buffer_printf(&path, "%s/%s", folder, name);
	if (buffer_check(&path, &err) < 0 || file_read(path.bytes, &bytes, &err) < 0 || buffer_take(&bytes, &content, &size, &err) < 0) {
		(void)fprintf(stderr, "bench-compose-curl: %s\n", courant_error_sentence(err));
		exit(66);
	}
	buffer_release(&path);
	return slice_from(content, size);
}

static curl_mimepart *part_add(curl_mime *whole, slice bytes, const char *type)
{
	curl_mimepart *part = curl_mime_addpart(whole);

	(void)curl_mime_data(part, bytes.ptr, bytes.len);
	(void)curl_mime_type(part, type);
	(void)curl_mime_encoder(part, "base64");
	return part;
}

static void multipart_add(curl_mime *whole, curl_mime *inner, const char *type)
{
	curl_mimepart *part = curl_mime_addpart(whole);

	(void)curl_mime_subparts(part, inner);
	(void)curl_mime_type(part, type);
}

static curl_mime *big_body(CURL *curl, const struct source *source)
{
	curl_mime *mixed = curl_mime_init(curl), *related = curl_mime_init(curl), *alternative = curl_mime_init(curl);

	(void)part_add(alternative, source->text, "text/plain; charset=utf-8");
	(void)part_add(alternative, source->html, "text/html; charset=utf-8");
	multipart_add(related, alternative, "multipart/alternative");
	for (int i = 0; i < N_PICTURES; i++) {
		char id[64];

		(void)snprintf(id, sizeof id, "Content-ID: <p%d@example.org>", i + 1);
		(void)curl_mime_headers(part_add(related, source->pictures[i], "image/png"), curl_slist_append(NULL, id), 1);
	}
	multipart_add(mixed, related, "multipart/related");
	(void)curl_mime_filename(part_add(mixed, source->attachment, "application/octet-stream"), "report.bin");
	return mixed;
}

static bool mail_send(CURL *curl, const struct source *source, bool is_big, unsigned i)
{
	char to[64], header[200];
	curl_mime *body = is_big ? big_body(curl, source) : curl_mime_init(curl);
	struct curl_slist *headers = NULL;

	if (!is_big)
		(void)part_add(body, source->text, "text/plain; charset=utf-8");
	/* Its MIME API leaves the header to the caller, encoded words and all. */
	(void)snprintf(header, sizeof header, "Subject: =?utf-8?B?5a6Y572R5rWB6YeP5pWw5o2u5oql6KGo?= %u", i);
	headers = curl_slist_append(headers, header);
	(void)snprintf(header, sizeof header, "Message-ID: <mail.%u@example.com>", i);
	headers = curl_slist_append(headers, header);
	(void)snprintf(to, sizeof to, "user%u@example.org", i);

	struct curl_slist *recipients = curl_slist_append(NULL, to);

	(void)curl_easy_setopt(curl, CURLOPT_MIMEPOST, body);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);

	const bool is_sent = curl_easy_perform(curl) == CURLE_OK;

	curl_mime_free(body);
	curl_slist_free_all(headers);
	curl_slist_free_all(recipients);
	return is_sent;
}

static double cpu_seconds(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	uint64_t count;

	if (argc != 5 || !num_parse_range(slice_of(argv[3]), 1, 1000000, &count)) {
		(void)fprintf(stderr, "usage: bench-compose-curl big|small HOST:PORT COUNT DIR\n");
		return 64;
	}

	struct source source = {.text = file_load(argv[4], "body.txt"), .html = file_load(argv[4], "body.html"),
				.attachment = file_load(argv[4], "att.bin")};
	char url[300];
	CURL *curl = curl_easy_init();

	for (int i = 0; i < N_PICTURES; i++) {
		const char name[] = {'p', (char)('1' + i), '.', 'p', 'n', 'g', '\0'};

		source.pictures[i] = file_load(argv[4], name);
	}
	(void)snprintf(url, sizeof url, "smtp://%s/localhost", argv[2]);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, "ops@example.com");

	const double begin = cpu_seconds();

	for (unsigned i = 0; i < count; i++)
		if (!mail_send(curl, &source, strcmp(argv[1], "big") == 0, i))
			return 1;

	const double seconds = cpu_seconds() - begin + 1e-6;

	(void)printf("%s: %llu mails, %.3f s of processor time: %.0f mails/s\n", argv[1], (unsigned long long)count, seconds,
		     (double)count / seconds);
	curl_easy_cleanup(curl);
	return 0;
}
