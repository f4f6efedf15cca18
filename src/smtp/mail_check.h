/* SPDX-License-Identifier: MIT */
/* mail_check.h - whether a mail's envelope may go out at all, over SMTP or any other way */
#ifndef COURANT_SMTP_MAIL_CHECK_H
#define COURANT_SMTP_MAIL_CHECK_H
#include <courant/engine.h>

/* COURANT_INVALID or COURANT_USAGE with a sentence that names the address or parameter. What passes has no line ends or NULs anywhere, and no address ends its
 * bracket early. */
int mail_check(const struct courant_mail *, courant_error **err);
#endif
