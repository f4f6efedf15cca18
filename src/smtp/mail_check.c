/* SPDX-License-Identifier: MIT */
/* mail_check.c - what is refused before a byte is sent (mail_check.h) */
#include "smtp/mail_check.h"

#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/fail.h"
#include "smtp/path.h"

static int check_path(const struct courant_path *path, unsigned flags, const char *what,
		      courant_error **err)
{
	if (!path->ascii && !path->utf8)
		return fail(err, COURANT_USAGE, "%s has no address", what);
	if (path->ascii && path_check(slice_of(path->ascii), flags, what, err) < 0)
		return -1;
	return path->utf8 ? path_check(slice_of(path->utf8), flags | PATH_UTF8, what, err) : 0;
}

/* RFC 3461: ENVID has at most 100 characters as xtext, ORCPT 500. */
static int check_text(const char *text, size_t max_bytes, const char *what, courant_error **err)
{
	for (const char *at = text; at && *at; at++)
		if ((unsigned char)*at < 32 || *at == 127)
			return fail(err, COURANT_INVALID, "%s %s holds a control character", what,
				    text);
	if (text && strlen(text) > max_bytes)
		return fail(err, COURANT_INVALID, "%s has more than %zu bytes", what, max_bytes);
	return 0;
}

/* The type goes out as it is, so it must be a word (RFC 3461, 4.2). */
static int check_orcpt(const char *orcpt, courant_error **err)
{
	size_t type = 0;

	while (orcpt && (ascii_is_alnum(orcpt[type]) || orcpt[type] == '-'))
		type++;
	if (orcpt && (type == 0 || orcpt[type] != ';'))
		return fail(err, COURANT_INVALID,
			    "the original recipient %s has no type (\"rfc822;\") before it", orcpt);
	return check_text(orcpt, 500, "the original recipient", err);
}

static int check_recipient(const struct courant_recipient *to, courant_error **err)
{
	if ((to->notify & COURANT_NOTIFY_NEVER) && to->notify != COURANT_NOTIFY_NEVER)
		return fail(err, COURANT_USAGE, "NOTIFY=NEVER stands alone");
	if (check_path(&to->path, PATH_LOCAL, "recipient", err) < 0 ||
	    check_orcpt(to->orcpt, err) < 0)
		return -1;
	return path_check_parameters(slice_of(to->parameters), err);
}

int mail_check(const struct courant_mail *mail, courant_error **err)
{
	int64_t instant_ms;
	int offset_s;

	if (!mail->message || mail->n_recipients == 0)
		return fail(err, COURANT_USAGE, "a mail needs a message and a recipient");
	if (mail->priority < -9 || mail->priority > 9)
		return fail(err, COURANT_USAGE, "a priority is from -9 to 9");
	if (mail->deliver_by_mode && mail->deliver_by_mode != 'R' && mail->deliver_by_mode != 'N')
		return fail(err, COURANT_USAGE, "the mode of DELIVERBY is R or N");
	if (mail->deliver_by_mode == 'R' && mail->deliver_by_s <= 0)
		return fail(err, COURANT_USAGE, "DELIVERBY with mode R needs a time above 0");
	if (mail->deliver_by_s > 999999999 || mail->deliver_by_s < -999999999 ||
	    mail->hold_for_s > 999999999)
		return fail(err, COURANT_USAGE, "a time of more than 999999999 seconds");
	if (mail->hold_until && !rfc3339_parse(slice_of(mail->hold_until), &instant_ms, &offset_s))
		return fail(err, COURANT_INVALID,
			    "the time to hold until, %s, is not like 2026-12-24T18:00:00Z",
			    mail->hold_until);
	if (check_path(&mail->sender, PATH_EMPTY, "sender", err) < 0 ||
	    check_text(mail->envelope_id, 100, "the envelope id", err) < 0 ||
	    path_check_parameters(slice_of(mail->parameters), err) < 0)
		return -1;
	for (size_t i = 0; i < mail->n_recipients; i++)
		if (check_recipient(&mail->recipients[i], err) < 0)
			return -1;
	return 0;
}
