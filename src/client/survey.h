/* SPDX-License-Identifier: MIT */
/* survey.h - what a message asks of the server, found by reading it once */
#ifndef COURANT_CLIENT_SURVEY_H
#define COURANT_CLIENT_SURVEY_H
#include <courant/engine.h>

/* Reads mail->message from its beginning to its end, unless it is known to be ASCII (base/reader_known.h), rewinds it,
 * and adds to mail->flags: COURANT_MAIL_UTF8_HEADER for bytes over 127 before the first empty line,
 * COURANT_MAIL_EIGHT_BIT for such bytes anywhere. */
int survey_mail(struct courant_mail *mail, courant_error **err);
#endif
