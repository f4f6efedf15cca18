/* SPDX-License-Identifier: MIT */
/* simple2.c - a traffic report: a table in HTML, and its figures as plain text for those who read that
 *
 *     PASSWORD=… simple2 HOST PORT [CA-FILE] */
#include <courant/courant.h>
#include <stdio.h>
#include <stdlib.h>

#define HEAD(words) "<tr><td colspan=\"5\" bgcolor=\"#cecfad\"><b>" words "</b></td></tr>\n"
#define ROW(a, b, c, d, e) \
	"<tr><td>" a "</td><td>" b "</td><td>" c "</td><td>" d "</td><td>" e "</td></tr>\n"

static const char html[] =
	"<table width=\"800\" border=\"0\" cellspacing=\"0\" cellpadding=\"4\">\n"
	"<tr bgcolor=\"#efebde\"><td colspan=\"4\"><b>官网数据</b></td>"
	"<td><a href=\"https://monitor.example.com\">更多&gt;&gt;</a></td></tr>\n"
	HEAD("1) 日访问量")
	ROW("访客 152433", "访问次数 23651", "页面浏览量 45123", "点击数 545122", "数据流量 504Mb")
	HEAD("2) 状态码信息") ROW("500: 105", "404: 3264", "503: 214", "", "")
	HEAD("3) 访客浏览器信息") ROW("IE: 50%", "firefox: 10%", "chrome: 30%", "other: 10%", "")
	HEAD("4) 页面信息")
	ROW("/index.php 42153", "/view.php 21451", "/login.php 5112", "", "") "</table>\n";

static const char text[] = "访客 152433, 访问次数 23651, 页面浏览量 45123, 点击数 545122, 数据流量 504Mb\n"
			   "500: 105, 404: 3264, 503: 214\n"
			   "更多: https://monitor.example.com\n";

int main(int argc, char **argv)
{
	const struct courant_tls_options tls = {.ca_file = argc > 3 ? argv[3] : NULL};
	const char *host = argc > 1 ? argv[1] : "smtp.example.com";
	const char *password = getenv("PASSWORD");
	courant_error *err = NULL;
	courant_message *mail = courant_message_new(&err);
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	if (mail && smtp && courant_message_set_from(mail, "运维 <ops@example.com>", &err) == 0 &&
	    courant_message_add_to(mail, "管理员 <admin@example.org>, boss@example.org", &err) == 0 &&
	    courant_message_set_subject(mail, "官网流量数据报表", &err) == 0 &&
	    courant_message_set_text(mail, text, &err) == 0 &&
	    courant_message_set_html(mail, html, &err) == 0 &&
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
