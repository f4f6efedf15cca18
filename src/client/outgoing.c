/* SPDX-License-Identifier: MIT */
/* outgoing.c - a composed message on its way (outgoing.h) */
#include "client/outgoing.h"

#include "client/survey.h"

void outgoing_release(struct outgoing *outgoing)
{
	courant_reader_free(outgoing->bytes);
	envelope_release(&outgoing->envelope);
	*outgoing = (struct outgoing){.bytes = NULL};
}

int outgoing_init(struct outgoing *outgoing, courant_message *message, unsigned notify, courant_error **err)
{
	outgoing_release(outgoing);
	if (envelope_of_message(&outgoing->envelope, message, notify, NULL, err) < 0 || !(outgoing->bytes = courant_message_reader_new(message, err)))
		return -1;
	envelope_mail(&outgoing->envelope, &outgoing->mail);
	outgoing->mail.message = outgoing->bytes;
	return survey_mail(&outgoing->mail, err);
}
