/* SPDX-License-Identifier: MIT */
/* simple4.c - the weekly report: a picture in the HTML, and a workbook under a Chinese name
 *
 *     PASSWORD=… simple4 HOST PORT [CA-FILE]     with weekly.png and week_report.xlsx here */
#include <courant/courant.h>
#include <stdio.h>
#include <stdlib.h>

static const char html[] = "<p><b>官网业务周平均延时图表</b><br>\n"
			   "<img src=\"cid:weekly\" alt=\"周平均延时\" border=\"1\"><br>\n"
			   "详细内容见附件。</p>\n";

static int attach(courant_message *mail, courant_error **err)
{
	courant_part *book = courant_file_new(courant_reader_new_file("week_report.xlsx", err),
					      "业务服务质量周报(12周).xlsx", err);

	/* Some readers know a name only as GB 18030; all others take the one in UTF-8 beside it. */
	if (book && courant_part_set_name_charset(book, "gb18030", err) < 0) {
		courant_part_free(book);
		return -1;
	}
	return courant_message_attach(mail, book, err);
}

int main(int argc, char **argv)
{
	const struct courant_tls_options tls = {.ca_file = argc > 3 ? argv[3] : NULL};
	const char *host = argc > 1 ? argv[1] : "smtp.example.com";
	const char *password = getenv("PASSWORD");
	courant_error *err = NULL;
	courant_message *mail = courant_message_new(&err);
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	if (mail && smtp && courant_message_set_from(mail, "运维 <ops@example.com>", &err) == 0 &&
	    courant_message_add_to(mail, "admin@example.org", &err) == 0 &&
	    courant_message_set_subject(mail, "官网业务服务质量周报", &err) == 0 &&
	    courant_message_set_html(mail, html, &err) == 0 &&
	    courant_message_add_inline_file(mail, "weekly", "weekly.png", &err) == 0 &&
	    attach(mail, &err) == 0 &&
	    courant_smtp_connect(smtp, host, (uint16_t)atoi(argc > 2 ? argv[2] : "587"), &err) == 0 &&
	    courant_smtp_starttls(smtp, &tls, &err) == 0 &&
	    courant_smtp_login(smtp, "ops", password ? password : "", &err) == 0 &&
	    courant_smtp_send_message(smtp, mail, NULL, &err) == 0)
		printf("%s\n", courant_smtp_reply_text(smtp));
	else
		fprintf(stderr, "%s\n", courant_error_sentence(err));

	const int status = err ? EXIT_FAILURE : EXIT_SUCCESS;

	courant_smtp_quit(smtp);
	courant_smtp_free(smtp);
	courant_message_free(mail);
	courant_error_free(err);
	return status;
}
