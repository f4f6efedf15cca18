/* SPDX-License-Identifier: MIT */
/* compose.c - bench-compose big|small OUT COUNT DIR: composes mails one after the other into OUT
 *
 * DIR holds body.txt, body.html, p1.png … p4.png and att.bin. big: both bodies as alternatives, the
 * four pictures by cid (p1@example.org …), att.bin attached as report.bin. small: the text alone,
 * names and subject in Chinese; To, Subject and Message-ID are new each time. Everything is read
 * from the files once; each mail is made from nothing and freed. Prints what a second gave, and
 * beside it what copying the same bytes would have given. */
#include <courant/message.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"

#define OUT_BYTES      ((size_t)256 * 1024)
#define FILE_MAX_BYTES ((size_t)1 << 30)
#define N_PICTURES     4

struct bench {
	struct buffer text, html, attachment, pictures[N_PICTURES];
	struct buffer to, subject, id; /* of the small mail */
	int fd;
	char *out;
	size_t out_len;
	uint64_t written;
};

static int out_flush(struct bench *bench, courant_error **err)
{
	const slice bytes = slice_from(bench->out, bench->out_len);

	bench->written += bench->out_len;
	bench->out_len = 0;
	return file_write_all(bench->fd, bytes, "the output", err);
}

/* The mail's bytes behind those that wait. */
static int mail_write(struct bench *bench, courant_message *mail, courant_error **err)
{
	courant_reader *reader = courant_message_reader_new(mail, err);
	size_t n = 1;
	int rc = reader ? 0 : -1;

	while (rc == 0 && n) {
		if (OUT_BYTES - bench->out_len < OUT_BYTES / 4)
			rc = out_flush(bench, err);
		if (rc == 0)
			rc = courant_reader_read(reader, bench->out + bench->out_len,
						 OUT_BYTES - 2 - bench->out_len, &n, err);
		if (rc == 0)
			bench->out_len += n;
	}
	courant_reader_free(reader);
	/* The next mail begins on a line of its own. */
	if (rc == 0 && bench->out_len && bench->out[bench->out_len - 1] != '\n') {
		memcpy(bench->out + bench->out_len, "\r\n", 2);
		bench->out_len += 2;
	}
	return rc;
}

static void number_write(struct buffer *out, const char *before, uint64_t i, const char *behind)
{
	buffer_cut(out, 0);
	buffer_append(out, slice_of(before));
	buffer_append_u64(out, i);
	buffer_append(out, slice_of(behind));
}

static int small_fill(struct bench *bench, courant_message *mail, uint64_t i, courant_error **err)
{
	struct buffer *const to = &bench->to, *const subject = &bench->subject,
			     *const id = &bench->id;

	number_write(to, "收件人 ", i, " <user");
	buffer_append_u64(to, i);
	buffer_append(to, SLICE("@example.org>"));
	number_write(subject, "官网流量数据报表 第 ", i, " 期");
	number_write(id, "<mail.", i, "@example.com>");
	return courant_message_set_from(mail, "运维 <ops@example.com>", err) < 0 ||
			       courant_message_add_to(mail, to->bytes, err) < 0 ||
			       courant_message_set_subject(mail, subject->bytes, err) < 0 ||
			       courant_message_set_message_id(mail, id->bytes, err) < 0 ||
			       courant_message_set_text(mail, bench->text.bytes, err) < 0
		       ? -1
		       : 0;
}

/* The files live longer than the mail: no copy is needed. */
static courant_reader *borrow(const struct buffer *file, courant_error **err)
{
	return courant_reader_new_borrowed(file->bytes, file->len, err);
}

static int big_fill(struct bench *bench, courant_message *mail, courant_error **err)
{
	static const char *const ids[N_PICTURES] = {"p1@example.org", "p2@example.org",
						    "p3@example.org", "p4@example.org"};

	if (courant_message_set_from(mail, "运维 <ops@example.com>", err) < 0 ||
	    courant_message_add_to(mail, "管理员 <admin@example.org>", err) < 0 ||
	    courant_message_set_subject(mail, "业务性能数据报表", err) < 0 ||
	    courant_message_set_text(mail, bench->text.bytes, err) < 0 ||
	    courant_message_set_html(mail, bench->html.bytes, err) < 0)
		return -1;
	for (size_t i = 0; i < N_PICTURES; i++)
		if (courant_message_add_inline(
			    mail, ids[i],
			    courant_image_new(borrow(&bench->pictures[i], err), "png", err),
			    err) < 0)
			return -1;
	return courant_message_attach(
		mail, courant_file_new(borrow(&bench->attachment, err), "report.bin", err), err);
}

static int mails_compose(struct bench *bench, bool is_big, uint64_t count, courant_error **err)
{
	for (uint64_t i = 0; i < count; i++) {
		courant_message *mail = courant_message_new(err);
		const int rc = !mail    ? -1
			       : is_big ? big_fill(bench, mail, err)
					: small_fill(bench, mail, i, err);
		const int written = rc < 0 ? -1 : mail_write(bench, mail, err);

		courant_message_free(mail);
		if (written < 0)
			return -1;
	}
	return out_flush(bench, err);
}

static int file_load(const char *folder, const char *name, struct buffer *ret, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);

	*ret = (struct buffer)BUFFER_LIMIT(FILE_MAX_BYTES);
	buffer_printf(&path, "%s/%s", folder, name);
	return buffer_check(&path, err) < 0 || file_read(path.bytes, ret, err) < 0 ? -1 : 0;
}

static int bench_load(struct bench *bench, const char *folder, bool is_big, courant_error **err)
{
	static const char *const names[N_PICTURES] = {"p1.png", "p2.png", "p3.png", "p4.png"};

	if (file_load(folder, "body.txt", &bench->text, err) < 0)
		return -1;
	for (size_t i = 0; is_big && i < N_PICTURES; i++)
		if (file_load(folder, names[i], &bench->pictures[i], err) < 0)
			return -1;
	if (is_big && (file_load(folder, "body.html", &bench->html, err) < 0 ||
		       file_load(folder, "att.bin", &bench->attachment, err) < 0))
		return -1;
	return 0;
}

/* MB/s of copying as many bytes from memory that a mail of this size would lie in. */
static double copy_speed(struct bench *bench, uint64_t mail_bytes, uint64_t count)
{
	const size_t size = mail_bytes < FILE_MAX_BYTES ? (size_t)mail_bytes : FILE_MAX_BYTES;
	char *from = mem_alloc(size), *to = mem_alloc(size);
	const int64_t begin_ms = clock_monotonic_ms();

	(void)bench;
	for (uint64_t i = 0; from && to && i < count; i++) {
		memcpy(to, from, size);
		__asm__ volatile("" ::"r"(to) : "memory");
	}

	const double seconds = (double)(clock_monotonic_ms() - begin_ms + 1) / 1000;

	free(from);
	free(to);
	return (double)size * (double)count / seconds / 1e6;
}

static int bench_run(const char *kind, const char *out, uint64_t count, const char *folder,
		     courant_error **err)
{
	const bool is_big = strcmp(kind, "big") == 0;
	struct bench bench = {.fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666),
			      .out = mem_alloc(OUT_BYTES),
			      .to = BUFFER_LIMIT(1000),
			      .subject = BUFFER_LIMIT(1000),
			      .id = BUFFER_LIMIT(1000)};

	if (bench.fd < 0 || !bench.out || bench_load(&bench, folder, is_big, err) < 0)
		return -1;

	const int64_t begin_ms = clock_monotonic_ms();

	if (mails_compose(&bench, is_big, count, err) < 0)
		return -1;

	const double seconds = (double)(clock_monotonic_ms() - begin_ms + 1) / 1000;
	const double copied = copy_speed(&bench, bench.written / (count ? count : 1), count);

	(void)printf(
		"%s: %llu mails, %llu bytes, %.3f s: %.0f mails/s, %.0f MB/s; memcpy of the same mails %.0f MB/s\n",
		kind, (unsigned long long)count, (unsigned long long)bench.written, seconds,
		(double)count / seconds, (double)bench.written / seconds / 1e6, copied);
	buffer_release(&bench.text);
	buffer_release(&bench.html);
	buffer_release(&bench.attachment);
	buffer_release(&bench.to);
	buffer_release(&bench.subject);
	buffer_release(&bench.id);
	for (size_t i = 0; i < N_PICTURES; i++)
		buffer_release(&bench.pictures[i]);
	free(bench.out);
	(void)close(bench.fd);
	return 0;
}

int main(int argc, char **argv)
{
	courant_error *err = NULL;
	uint64_t count;

	if (argc != 5 || (strcmp(argv[1], "big") != 0 && strcmp(argv[1], "small") != 0) ||
	    !num_parse_u64(slice_of(argv[3]), &count)) {
		(void)fprintf(stderr, "usage: bench-compose big|small OUT COUNT DIR\n");
		return 64;
	}
	if (bench_run(argv[1], argv[2], count, argv[4], &err) == 0)
		return 0;
	(void)fprintf(stderr, "bench-compose: %s\n",
		      err ? courant_error_sentence(err) : "cannot open the output");
	courant_error_free(err);
	return 1;
}
