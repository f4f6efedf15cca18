/* SPDX-License-Identifier: MIT */
/* envelope.c - where a mail travels, in both forms of every address */
#include "base/ascii.h"
#include "base/hash.h"
#include "mime/message.h"

int courant_message_set_envelope_sender(courant_message *message, const char *address,
					courant_error **err)
{
	struct mailbox_list list = {0};

	if (!address || *address) {
		if (mailbox_check_spec(slice_of(address), err) < 0 ||
		    mailbox_list_parse(&list, &message->arena, slice_of(address), MAILBOX_ONE,
				       err) < 0)
			return fail_within(err, "envelope sender");
	}
	message->envelope_sender = list;
	message->has_envelope_sender = true;
	return 0;
}

int courant_message_add_envelope_recipient(courant_message *message, const char *address,
					   courant_error **err)
{
	if (mailbox_check_spec(slice_of(address), err) < 0 ||
	    mailbox_list_parse(&message->envelope_recipients, &message->arena, slice_of(address),
			       MAILBOX_ONE, err) < 0)
		return fail_within(err, "envelope recipient");
	message->has_envelope_recipients = true;
	return 0;
}

static const char *spec_text(courant_message *message, const struct mailbox *address,
			     enum mailbox_form form, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)4 * MAILBOX_MAX_BYTES);
	slice bytes;

	mailbox_write_spec(&text, address, form);
	if (buffer_slice(&text, &bytes, err) < 0)
		return NULL;
	bytes = arena_copy(&message->arena, bytes);
	if (!bytes.ptr)
		(void)fail_memory(err);
	return bytes.ptr;
}

static int address_convert(courant_message *message, const struct mailbox *address,
			   struct courant_envelope_address *ret, courant_error **err)
{
	ret->utf8 = spec_text(message, address, MAILBOX_UTF8, err);
	if (!ret->utf8)
		return -1;
	if (mailbox_needs_utf8(address)) {
		ret->ascii = NULL;
		return 0;
	}
	ret->ascii = slice_equal(address->domain, address->ascii)
			     ? ret->utf8
			     : spec_text(message, address, MAILBOX_ASCII, err);
	return ret->ascii ? 0 : -1;
}

static int sender_find(courant_message *message, struct courant_envelope_address *ret,
		       courant_error **err)
{
	const struct mailbox_list *list = message->has_envelope_sender ? &message->envelope_sender
					  : message->sender.n          ? &message->sender
								       : &message->from;

	if (message->has_envelope_sender && list->n == 0) {
		*ret = (struct courant_envelope_address){"", ""};
		return 0;
	}
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].kind == MAILBOX_ADDRESS)
			return address_convert(message, &list->items[i], ret, err);
	return fail(err, COURANT_INVALID, "a message needs a From address");
}

struct recipients {
	struct courant_envelope_address *items;
	size_t n;
	struct hash_table seen;
};

static void recipients_release(struct recipients *recipients)
{
	hash_table_release(&recipients->seen);
}
AUTO_DEFINE_VALUE(recipients, struct recipients, recipients_release)

/* Each address once: the local part as written, the domain in any case. */
static int recipients_add(courant_message *message, struct recipients *recipients,
			  const struct mailbox_list *list, courant_error **err)
{
	for (size_t i = 0; i < list->n; i++) {
		struct courant_envelope_address *made = &recipients->items[recipients->n];
		AUTO(buffer) struct buffer key = BUFFER_LIMIT((size_t)4 * MAILBOX_MAX_BYTES);
		uint32_t id;
		bool is_new;
		slice bytes;

		if (list->items[i].kind != MAILBOX_ADDRESS)
			continue;
		if (address_convert(message, &list->items[i], made, err) < 0)
			return -1;
		buffer_append(&key, list->items[i].local);
		buffer_append_byte(&key, '@');
		for (size_t j = 0; j < list->items[i].ascii.len; j++)
			buffer_append_byte(&key, ascii_lower(list->items[i].ascii.ptr[j]));
		if (buffer_slice(&key, &bytes, err) < 0 ||
		    hash_table_add(&recipients->seen, bytes, &id, &is_new, err) < 0)
			return -1;
		recipients->n += is_new;
	}
	return 0;
}

int courant_message_envelope(courant_message *message, struct courant_envelope *ret,
			     courant_error **err)
{
	AUTO(recipients) struct recipients recipients = {0};
	const size_t n = message->has_envelope_recipients
				 ? message->envelope_recipients.n
				 : message->to.n + message->cc.n + message->bcc.n;
	struct courant_envelope_address sender;

	hash_table_init(&recipients.seen, random_u64());
	recipients.items = arena_alloc(&message->arena, (n + 1) * sizeof *recipients.items);
	if (!recipients.items)
		return fail_memory(err);
	if (sender_find(message, &sender, err) < 0)
		return -1;
	if (message->has_envelope_recipients) {
		if (recipients_add(message, &recipients, &message->envelope_recipients, err) < 0)
			return -1;
	} else if (recipients_add(message, &recipients, &message->to, err) < 0 ||
		   recipients_add(message, &recipients, &message->cc, err) < 0 ||
		   recipients_add(message, &recipients, &message->bcc, err) < 0) {
		return -1;
	}
	*ret = (struct courant_envelope){
		.sender = sender, .recipients = recipients.items, .n = recipients.n};
	return 0;
}
