/* SPDX-License-Identifier: MIT */
/* message_fuzz.c - any bytes as a mail: the tree gives them back, contents are decoded, and a
 * finished message has only CRLF and no Bcc */
#include <courant/message.h>

#include "base/file.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "mime/entity.h"
#include "mime/finished.h"

static void look(const struct entity *entity)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 26);

	MUST(entity->body.len <= entity->bytes.len);
	entity_text(entity, &text);
	MUST(utf8_is_valid(buffer_peek(&text)));
	(void)entity_name(entity);
	for (size_t i = 0; i < entity->n_parts; i++)
		look(entity->parts[i]);
}

/* Mended, it is whole and has nothing that no server has to take, or it is refused for a reason of
 * its own. */
static void check_mended(slice mail)
{
	static const struct finished_defaults defaults = {.mends = true};
	AUTO(error) courant_error *err = NULL;
	AUTO(finished)
	struct finished *finished =
		finished_new(courant_reader_new_bytes(mail.ptr, mail.len, NULL), NULL);
	AUTO(reader)
	courant_reader *reader = finished ? finished_reader_new(finished, &defaults, &err) : NULL;
	const slice why = slice_of(courant_error_sentence(err));

	MUST(slice_find_slice(why, SLICE("cannot be sent as they are")) == SLICE_NONE);
	MUST(!slice_equal(why, SLICE("the message holds a NUL")));
	if (reader)
		MUST(!finished_facts(finished)->has_nul &&
		     finished_facts(finished)->longest_line <= 998);
}

static void pass_on(slice mail)
{
	static const struct finished_defaults defaults = {.from = "a@x.org",
							  .message_id = "<1@x.org>"};
	AUTO(finished)
	struct finished *finished =
		finished_new(courant_reader_new_bytes(mail.ptr, mail.len, NULL), NULL);
	AUTO(reader)
	courant_reader *reader = finished ? finished_reader_new(finished, &defaults, NULL) : NULL;
	AUTO(buffer) struct buffer sent = BUFFER_LIMIT((size_t)1 << 26);
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list list = {0};
	struct header header;
	char room[997];
	size_t n = 1;

	if (!reader)
		return;
	(void)finished_recipients(finished, &list, NULL);
	while (n) {
		MUST(courant_reader_read(reader, room, sizeof room, &n, NULL) == 0);
		buffer_append(&sent, slice_from(room, n));
	}
	MUST(sent.len == finished_facts(finished)->size_bytes);
	MUST(!finished_facts(finished)->has_bare_line_end);
	if (header_parse(&header, &arena, buffer_peek(&sent), NULL) == 0)
		MUST(header_find(&header, SLICE("Bcc")) == NULL &&
		     header_find(&header, SLICE("Date")) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice mail = slice_from((const char *)data, size);
	AUTO(arena) struct arena arena = {0};
	AUTO(buffer) struct buffer again = BUFFER_LIMIT(size + 1);
	struct entity *entity;

	if (entity_parse(&entity, &arena, mail, NULL) == 0) {
		look(entity);
		entity_write(entity, &again);
		MUST(slice_equal(buffer_peek(&again), mail));
	}
	pass_on(mail);
	check_mended(mail);
	return 0;
}
