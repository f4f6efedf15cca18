/* SPDX-License-Identifier: MIT */
/* compose_gmime.c - bench-compose-gmime big|small OUT COUNT DIR: the mails of bench-compose, made by GMime */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gmime/gmime.h>
#include <string.h>
#include <unistd.h>

#define N_PICTURES 4

struct file {
	char *bytes;
	size_t size;
};

static struct file file_load(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	struct file file = {0};

	if (!g_file_get_contents(path, &file.bytes, &file.size, NULL))
		g_error("cannot read %s", path);
	return file;
}

static GMimePart *part_new(const char *type, const char *subtype, const struct file *file,
			   GMimeContentEncoding encoding)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(file->bytes, file->size);
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
	g_object_unref(content);
	g_object_unref(stream);
	return part;
}

static GMimePart *text_new(const char *subtype, const struct file *file)
{
	GMimePart *part = part_new("text", subtype, file, GMIME_CONTENT_ENCODING_BASE64);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	return part;
}

/* Takes the part. */
static void multipart_add(GMimeMultipart *whole, void *part)
{
	g_mime_multipart_add(whole, part);
	g_object_unref(part);
}

static GMimeObject *big_body(const char *folder)
{
	static struct file text, html, attachment, pictures[N_PICTURES];
	GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");
	GMimeMultipart *related = g_mime_multipart_new_with_subtype("related");
	GMimeMultipart *alternative = g_mime_multipart_new_with_subtype("alternative");

	if (!text.bytes) {
		text = file_load(folder, "body.txt");
		html = file_load(folder, "body.html");
		attachment = file_load(folder, "att.bin");
		for (int i = 0; i < N_PICTURES; i++) {
			g_autofree char *name = g_strdup_printf("p%d.png", i + 1);

			pictures[i] = file_load(folder, name);
		}
	}
	multipart_add(alternative, text_new("plain", &text));
	multipart_add(alternative, text_new("html", &html));
	multipart_add(related, alternative);
	for (int i = 0; i < N_PICTURES; i++) {
		GMimePart *picture =
			part_new("image", "png", &pictures[i], GMIME_CONTENT_ENCODING_BASE64);
		g_autofree char *id = g_strdup_printf("p%d@example.org", i + 1);

		g_mime_object_set_disposition(GMIME_OBJECT(picture), "inline");
		g_mime_object_set_content_id(GMIME_OBJECT(picture), id);
		multipart_add(related, picture);
	}
	multipart_add(mixed, related);

	GMimePart *file = part_new("application", "octet-stream", &attachment,
				   GMIME_CONTENT_ENCODING_BASE64);

	g_mime_part_set_filename(file, "report.bin");
	multipart_add(mixed, file);
	return GMIME_OBJECT(mixed);
}

static GMimeObject *small_body(const char *folder)
{
	static struct file text;

	if (!text.bytes)
		text = file_load(folder, "body.txt");
	return GMIME_OBJECT(text_new("plain", &text));
}

static void mail_write(GMimeStream *out, gboolean is_big, const char *folder, unsigned i)
{
	GMimeMessage *mail = g_mime_message_new(TRUE);
	GMimeObject *body = is_big ? big_body(folder) : small_body(folder);
	GDateTime *now = g_date_time_new_now_utc();
	g_autofree char *name = g_strdup_printf("收件人 %u", i);
	g_autofree char *address = g_strdup_printf("user%u@example.org", i);
	g_autofree char *subject = g_strdup_printf("官网流量数据报表 第 %u 期", i);
	g_autofree char *id = g_strdup_printf("mail.%u@example.com", i);

	g_mime_message_add_mailbox(mail, GMIME_ADDRESS_TYPE_FROM, "运维", "ops@example.com");
	g_mime_message_add_mailbox(mail, GMIME_ADDRESS_TYPE_TO, name, address);
	g_mime_message_set_subject(mail, subject, "utf-8");
	g_mime_message_set_message_id(mail, id);
	g_mime_message_set_date(mail, now);
	g_mime_message_set_mime_part(mail, body);
	g_mime_object_write_to_stream(GMIME_OBJECT(mail), NULL, out);
	g_date_time_unref(now);
	g_object_unref(body);
	g_object_unref(mail);
}

int main(int argc, char **argv)
{
	guint64 count;

	if (argc != 5 || !g_ascii_string_to_unsigned(argv[3], 10, 0, G_MAXUINT, &count, NULL)) {
		g_printerr("usage: bench-compose-gmime big|small OUT COUNT DIR\n");
		return 64;
	}
	g_mime_init();

	const int fd = g_open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	GMimeStream *file = g_mime_stream_fs_new(fd);
	GMimeStream *out = g_mime_stream_buffer_new(file, GMIME_STREAM_BUFFER_BLOCK_WRITE);
	const gint64 begin = g_get_monotonic_time();

	for (guint64 i = 0; i < count; i++)
		mail_write(out, strcmp(argv[1], "big") == 0, argv[4], (unsigned)i);
	g_mime_stream_flush(out);

	const double seconds = (double)(g_get_monotonic_time() - begin + 1) / 1e6;

	g_print("%s: %llu mails, %.3f s: %.0f mails/s\n", argv[1], (unsigned long long)count,
		seconds, (double)count / seconds);
	g_object_unref(out);
	g_object_unref(file);
	g_mime_shutdown();
	return 0;
}
