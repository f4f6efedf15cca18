/* SPDX-License-Identifier: MIT */
/* message.c - what a mail is told: addresses, subject, date, ids, headers */
#include "mime/message.h"

#include "base/ascii.h"
#include "mime/date.h"
#include "mime/header.h"

courant_message *courant_message_new(courant_error **err)
{
	courant_message *message = mem_resize(NULL, 1, sizeof *message);

	if (!message) {
		(void)fail_memory(err);
		return NULL;
	}
	memset(message, 0, offsetof(struct courant_message, ground));
	arena_init(&message->arena, message->ground, sizeof message->ground);
	return message;
}

static void list_release(struct part_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		courant_part_free(list->items[i]);
}

void courant_message_free(courant_message *message)
{
	if (!message)
		return;
	courant_part_free(message->text);
	courant_part_free(message->html);
	courant_part_free(message->body);
	list_release(&message->alternatives);
	list_release(&message->inlines);
	list_release(&message->attachments);
	arena_release(&message->arena);
	free(message);
}

/* ---- Addresses ---- */

static int addresses_set(courant_message *message, struct mailbox_list *at, const char *header,
			 const char *text, enum mailbox_flags flags, courant_error **err)
{
	struct mailbox_list list = {0};

	if (mailbox_list_parse(&list, &message->arena, slice_of(text), flags, err) < 0)
		return fail_within(err, "%s", header);
	*at = list;
	return 0;
}

static int addresses_add(courant_message *message, struct mailbox_list *at, const char *header,
			 const char *text, courant_error **err)
{
	return mailbox_list_parse(at, &message->arena, slice_of(text), MAILBOX_STRICT, err) < 0
		       ? fail_within(err, "%s", header)
		       : 0;
}

int courant_message_set_from(courant_message *message, const char *addresses, courant_error **err)
{
	return addresses_set(message, &message->from, "From", addresses, MAILBOX_STRICT, err);
}

int courant_message_set_sender(courant_message *message, const char *address, courant_error **err)
{
	return addresses_set(message, &message->sender, "Sender", address, MAILBOX_ONE, err);
}

int courant_message_add_to(courant_message *message, const char *addresses, courant_error **err)
{
	return addresses_add(message, &message->to, "To", addresses, err);
}

int courant_message_add_cc(courant_message *message, const char *addresses, courant_error **err)
{
	return addresses_add(message, &message->cc, "Cc", addresses, err);
}

int courant_message_add_bcc(courant_message *message, const char *addresses, courant_error **err)
{
	return addresses_add(message, &message->bcc, "Bcc", addresses, err);
}

int courant_message_add_reply_to(courant_message *message, const char *addresses,
				 courant_error **err)
{
	return addresses_add(message, &message->reply_to, "Reply-To", addresses, err);
}

char *courant_address_format(const char *name, const char *address, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 16);
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list list = {0};
	char *ret = NULL;

	if ((name && header_check_value(SLICE("name"), slice_of(name), err) < 0) ||
	    mailbox_check_spec(slice_of(address), err) < 0 ||
	    mailbox_list_parse(&list, &arena, slice_of(address), MAILBOX_ONE, err) < 0)
		return NULL;
	list.items[0].name = slice_of(name);
	mailbox_write(&text, &list.items[0]);
	(void)buffer_take(&text, &ret, NULL, err);
	return ret;
}

/* ---- Texts ---- */

static int text_set(courant_message *message, slice *at, const char *header, const char *text,
		    courant_error **err)
{
	if (header_check_value(slice_of(header), slice_of(text), err) < 0)
		return -1;

	const slice copy = arena_copy(&message->arena, slice_of(text));

	if (!copy.ptr)
		return fail_memory(err);
	*at = copy;
	return 0;
}

int courant_message_set_subject(courant_message *message, const char *subject, courant_error **err)
{
	return text_set(message, &message->subject, "Subject", subject, err);
}

int courant_message_set_date(courant_message *message, int64_t instant_ms, int offset_s,
			     courant_error **err)
{
	if (!date_is_valid(instant_ms, offset_s))
		return fail(err, COURANT_INVALID,
			    "there is no such date: %lld ms at an offset of %d s",
			    (long long)instant_ms, offset_s);
	message->has_date = true;
	message->instant_ms = instant_ms;
	message->offset_s = offset_s;
	return 0;
}

static int ids_set(courant_message *message, slice *at, const char *header, const char *ids,
		   bool is_one, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 16);
	slice normal;

	if (header_ids_normalize(slice_of(header), slice_of(ids), &text, err) < 0 ||
	    buffer_slice(&text, &normal, err) < 0)
		return -1;
	if (is_one && slice_find(normal, ' ') != SLICE_NONE)
		return fail(err, COURANT_INVALID, "%s holds more than one id", header);

	const slice copy = arena_copy(&message->arena, normal);

	if (!copy.ptr)
		return fail_memory(err);
	*at = copy;
	return 0;
}

int courant_message_set_message_id(courant_message *message, const char *id, courant_error **err)
{
	return ids_set(message, &message->message_id, "Message-ID", id, true, err);
}

int courant_message_set_in_reply_to(courant_message *message, const char *ids, courant_error **err)
{
	return ids_set(message, &message->in_reply_to, "In-Reply-To", ids, false, err);
}

int courant_message_set_references(courant_message *message, const char *ids, courant_error **err)
{
	return ids_set(message, &message->references, "References", ids, false, err);
}

/* ---- Headers by hand ---- */

/* Headers that have a function of their own, so that they cannot be there twice, and those that the
 * content decides. */
static const char *const owned[] = {"bcc",
				    "cc",
				    "content-disposition",
				    "content-id",
				    "content-transfer-encoding",
				    "content-type",
				    "date",
				    "from",
				    "in-reply-to",
				    "message-id",
				    "mime-version",
				    "references",
				    "reply-to",
				    "resent-bcc",
				    "sender",
				    "subject",
				    "to"};

static int header_check(const char *name, const char *value, courant_error **err)
{
	AUTO(buffer) struct buffer trial = BUFFER_LIMIT((size_t)4 << 20);

	if (header_check_name(slice_of(name), err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
		if (slice_equal_nocase(slice_of(name), slice_of(owned[i])))
			return fail(
				err, COURANT_INVALID,
				"header %s is not set by hand: it has a setting of its own, or follows from the content",
				name);
	return header_write(&trial, slice_of(name), slice_of(value), err) < 0 ||
			       buffer_check(&trial, err) < 0
		       ? -1
		       : 0;
}

int courant_message_add_header(courant_message *message, const char *name, const char *value,
			       courant_error **err)
{
	if (header_check(name, value, err) < 0)
		return -1;
	return fields_add(&message->fields, &message->arena, slice_of(name), slice_of(value), err);
}

int courant_message_set_header(courant_message *message, const char *name, const char *value,
			       courant_error **err)
{
	if (header_check(name, value, err) < 0)
		return -1;
	(void)fields_remove(&message->fields, slice_of(name));
	return fields_add(&message->fields, &message->arena, slice_of(name), slice_of(value), err);
}

const char *courant_message_header(const courant_message *message, const char *name)
{
	const struct field *field = fields_find(&message->fields, slice_of(name));

	return field ? field->value.ptr : NULL;
}

size_t courant_message_remove_header(courant_message *message, const char *name)
{
	return fields_remove(&message->fields, slice_of(name));
}

void courant_message_set_seed(courant_message *message, uint64_t seed)
{
	message->seed_kind = SEED_GIVEN;
	message->seed = seed;
}
