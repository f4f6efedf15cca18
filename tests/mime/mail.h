/* SPDX-License-Identifier: MIT */
/* mail.h - mails for the tests of composing, and the rules that hold for each */
#ifndef COURANT_TESTS_MIME_MAIL_H
#define COURANT_TESTS_MIME_MAIL_H
#include <courant/message.h>

#include "mime/message.h"
#include "tap.h"

#define CHINESE_NAME "业务服务质量周报(12周).xlsx"
#define MAIL_BUFFER  BUFFER_LIMIT((size_t)64 << 20)

/* A mail with all that is needed, at a fixed date and seed. */
static inline courant_message *mail_new(void)
{
	courant_message *mail = courant_message_new(NULL);

	CHECK(mail != NULL);
	CHECK_INT(courant_message_set_from(mail, "运维 <ops@example.com>", NULL), 0);
	CHECK_INT(courant_message_add_to(mail, "admin@example.org", NULL), 0);
	CHECK_INT(courant_message_set_date(mail, 1794182400000, 28800, NULL), 0);
	courant_message_set_seed(mail, 1);
	return mail;
}

/* Rules that hold for every mail: CRLF only, 7-bit, no line over 998, encoded lines at most 76; the
 * size was known. */
static inline void mail_check(courant_message *mail, struct buffer *ret)
{
	courant_error *err = NULL;
	struct courant_facts facts = {0};
	uint64_t size = 0;
	size_t n = 0;
	courant_reader *reader = courant_message_reader_new(mail, &err);
	char *bytes = courant_message_take_bytes(mail, &n, &err);

	CHECK_NO_ERROR(err);
	if (reader && bytes) {
		CHECK(courant_reader_size(reader, &size));
		CHECK_INT(size, n);
		CHECK_INT(courant_reader_measure(reader, &facts, &err), 0);
		CHECK_INT(facts.size_bytes, n);
		CHECK(!facts.has_eight_bit);
		CHECK(!facts.has_nul);
		CHECK(!facts.has_bare_line_end);
		CHECK(facts.longest_line <= 998);
		buffer_append(ret, slice_from(bytes, n));
	}
	courant_reader_free(reader);
	free(bytes);
}

static inline bool has(const struct buffer *text, const char *words)
{
	return slice_find_slice(buffer_peek(text), slice_of(words)) != SLICE_NONE;
}
#endif
