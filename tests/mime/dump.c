/* SPDX-License-Identifier: MIT */
/* dump.c - what the parser understands of a mail, for comparing with other readers
 *
 * One line a thing, words between tabs, texts in hexadecimal:
 *     S subject          A header name address
 *     P depth type name content
 * and "ROUNDTRIP" when writing the tree again gives other bytes than were read. */
#include <stdio.h>

#include "base/file.h"
#include "mime/entity.h"

#define MAIL_MAX_BYTES ((size_t)256 << 20)

static void hex_print(slice text)
{
	(void)putchar('\t');
	for (size_t i = 0; i < text.len; i++)
		(void)printf("%02x", (unsigned)(unsigned char)text.ptr[i]);
}

static void entity_print(const struct entity *entity, unsigned depth)
{
	AUTO(buffer) struct buffer content = BUFFER_LIMIT(2 * MAIL_MAX_BYTES);

	(void)printf("P\t%u\t%.*s", depth, SLICE_ARGS(entity->type.word));
	hex_print(entity_name(entity));
	if (entity->n_parts == 0)
		entity_content(entity, &content);
	hex_print(buffer_peek(&content));
	(void)putchar('\n');
	for (size_t i = 0; i < entity->n_parts; i++)
		entity_print(entity->parts[i], depth + 1);
}

static int addresses_print(const struct entity *entity, struct arena *arena, const char *header,
			   courant_error **err)
{
	struct mailbox_list list = {0};

	if (header_addresses(&entity->header, slice_of(header), &list, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		AUTO(buffer) struct buffer spec = BUFFER_LIMIT(MAIL_MAX_BYTES);

		if (list.items[i].kind != MAILBOX_ADDRESS)
			continue;
		mailbox_write_spec(&spec, &list.items[i], MAILBOX_UTF8);
		(void)printf("A\t%s", header);
		hex_print(list.items[i].name);
		hex_print(buffer_peek(&spec));
		(void)putchar('\n');
	}
	return 0;
}

static int mail_print(slice bytes, courant_error **err)
{
	AUTO(arena) struct arena arena = {0};
	AUTO(buffer) struct buffer subject = BUFFER_LIMIT(MAIL_MAX_BYTES);
	AUTO(buffer) struct buffer again = BUFFER_LIMIT(MAIL_MAX_BYTES);
	struct entity *entity;

	if (entity_parse(&entity, &arena, bytes, err) < 0)
		return -1;

	const struct header_field *field = header_find(&entity->header, SLICE("Subject"));

	if (field) {
		header_decode(&subject, field->value);
		(void)putchar('S');
		hex_print(buffer_peek(&subject));
		(void)putchar('\n');
	}
	if (addresses_print(entity, &arena, "From", err) < 0 ||
	    addresses_print(entity, &arena, "To", err) < 0 ||
	    addresses_print(entity, &arena, "Cc", err) < 0)
		return -1;
	entity_print(entity, 0);
	entity_write(entity, &again);
	if (!slice_equal(buffer_peek(&again), bytes))
		(void)puts("ROUNDTRIP");
	return 0;
}

int main(int argc, char **argv)
{
	AUTO(buffer) struct buffer mail = BUFFER_LIMIT(MAIL_MAX_BYTES);
	courant_error *err = NULL;

	if (argc == 2 && file_read(argv[1], &mail, &err) == 0 &&
	    mail_print(buffer_peek(&mail), &err) == 0)
		return 0;
	(void)fprintf(stderr, "dump: %s\n", courant_error_sentence(err));
	courant_error_free(err);
	return 1;
}
