/* SPDX-License-Identifier: MIT */
/* simple1.c - a line of text, through a provider's submission port with STARTTLS and a login
 *
 *     PASSWORD=… simple1 HOST PORT [CA-FILE] */
#include <courant/courant.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	static const char *const to[] = {"bob@example.org"};
	const struct courant_tls_options tls = {.ca_file = argc > 3 ? argv[3] : NULL};
	const char *host = argc > 1 ? argv[1] : "smtp.example.com";
	const char *password = getenv("PASSWORD");
	courant_error *err = NULL;
	courant_message *message = courant_message_new(&err);
	courant_reader *mail = NULL;
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	if (message && courant_message_set_from(message, "ann@example.com", &err) == 0 &&
	    courant_message_add_to(message, to[0], &err) == 0 &&
	    courant_message_set_subject(message, "Test email from Ann", &err) == 0 &&
	    courant_message_set_text(message, "Sent by a C program.\n", &err) == 0)
		mail = courant_message_reader_new(message, &err);

	if (mail && smtp &&
	    courant_smtp_connect(smtp, host, (uint16_t)atoi(argc > 2 ? argv[2] : "587"), &err) == 0 &&
	    courant_smtp_starttls(smtp, &tls, &err) == 0 &&
	    courant_smtp_login(smtp, "ann", password ? password : "", &err) == 0 &&
	    courant_smtp_sendmail(smtp, "ann@example.com", to, 1, mail, NULL, &err) == 0)
		printf("%s\n", courant_smtp_reply_text(smtp));
	else
		fprintf(stderr, "%s\n", courant_error_sentence(err));

	const int status = err ? EXIT_FAILURE : EXIT_SUCCESS;

	courant_smtp_quit(smtp);
	courant_smtp_free(smtp);
	courant_reader_free(mail);
	courant_message_free(message);
	courant_error_free(err);
	return status;
}
