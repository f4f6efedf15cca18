/* SPDX-License-Identifier: MIT */
/* survey.c - looks for bytes over 127, in the header and in the body */
#include "client/survey.h"

#include "base/ascii.h"
#include "base/reader_known.h"
#include "base/slice.h"

#define BLOCK_BYTES 16384

struct survey {
	bool is_body;
	bool is_line_empty; /* nothing but a CR stands in this line so far */
	bool has_eight_bit_header, has_eight_bit;
};

static bool has_eight_bit(slice bytes)
{
	unsigned char all = 0;

	for (size_t i = 0; i < bytes.len; i++)
		all |= (unsigned char)bytes.ptr[i];
	return all > 127;
}

static void look(struct survey *survey, slice block)
{
	size_t i = 0;

	for (; i < block.len && !survey->is_body; i++) {
		const char byte = block.ptr[i];

		if (byte == '\n' && survey->is_line_empty)
			survey->is_body = true;
		if (ascii_is_eight_bit(byte))
			survey->has_eight_bit_header = true;
		survey->is_line_empty = byte == '\n' || (byte == '\r' && survey->is_line_empty);
	}
	if (!survey->has_eight_bit)
		survey->has_eight_bit = has_eight_bit(slice_after(block, i));
}

int survey_mail(struct courant_mail *mail, courant_error **err)
{
	const struct courant_facts *known = reader_known(mail->message);
	struct survey survey = {.is_line_empty = true};
	char block[BLOCK_BYTES];
	size_t n;

	if (courant_reader_rewind(mail->message, err) < 0)
		return -1;
	if (known && !known->has_eight_bit)
		return 0;
	do {
		if (courant_reader_read(mail->message, block, sizeof block, &n, err) < 0)
			return -1;
		look(&survey, slice_from(block, n));
	} while (n > 0);
	if (survey.has_eight_bit_header)
		mail->flags |= COURANT_MAIL_UTF8_HEADER;
	if (survey.has_eight_bit || survey.has_eight_bit_header)
		mail->flags |= COURANT_MAIL_EIGHT_BIT;
	return courant_reader_rewind(mail->message, err);
}
