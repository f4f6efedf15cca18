/* SPDX-License-Identifier: MIT */
/* simple3.c - a performance report: HTML with four pictures in it, the tree of parts built by hand
 *
 *     PASSWORD=… simple3 HOST PORT [CA-FILE]     with io.png, key_hit.png, men.png and swap.png here */
#include <courant/courant.h>
#include <stdio.h>
#include <stdlib.h>

#define PICTURE(cid) "<td><img src=\"cid:" cid "\" width=\"370\" height=\"180\" alt=\"" cid "\"></td>"

static const char html[] =
	"<table width=\"600\" border=\"0\" cellspacing=\"0\" cellpadding=\"4\">\n"
	"<tr bgcolor=\"#cecfad\"><td colspan=\"2\">业务性能数据 "
	"<a href=\"https://monitor.example.com\">更多&gt;&gt;</a></td></tr>\n"
	"<tr>" PICTURE("io") PICTURE("key_hit") "</tr>\n"
	"<tr>" PICTURE("men") PICTURE("swap") "</tr>\n</table>\n";

/* multipart/related: the HTML first, then what it shows, each with the id that it is called by. */
static courant_part *compose(courant_error **err)
{
	static const char *const pictures[][2] = {
		{"io", "io.png"}, {"key_hit", "key_hit.png"}, {"men", "men.png"}, {"swap", "swap.png"}};
	courant_part *whole = courant_multipart_new("related", err);
	int rc = whole ? 0 : -1;

	if (rc == 0)
		rc = courant_multipart_add(
			whole, courant_text_new(html, COURANT_TERMINATED, "html", NULL, err), err);
	for (int i = 0; rc == 0 && i < 4; i++) {
		courant_part *picture =
			courant_image_new(courant_reader_new_file(pictures[i][1], err), NULL, err);

		rc = picture ? courant_part_set_content_id(picture, pictures[i][0], err) : -1;
		if (rc == 0)
			rc = courant_multipart_add(whole, picture, err);
		else
			courant_part_free(picture);
	}
	if (rc == 0)
		return whole;
	courant_part_free(whole);
	return NULL;
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
	    courant_message_set_subject(mail, "业务性能数据报表", &err) == 0 &&
	    courant_message_set_body(mail, compose(&err), &err) == 0 &&
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
