/* SPDX-License-Identifier: MIT */
/* message_content.c - what a mail holds: text, HTML, alternatives, pictures, attachments */
#include "base/file.h"
#include "mime/message.h"

/* Takes the part; the former one goes. */
static int part_put(courant_part **at, courant_part *part, courant_error **err)
{
	if (part_claim(part, err) < 0)
		return -1;
	courant_part_free(*at);
	*at = part;
	return 0;
}

int courant_message_set_text(courant_message *message, const char *text, courant_error **err)
{
	return part_put(&message->text,
			courant_text_new(text, COURANT_TERMINATED, "plain", NULL, err), err);
}

int courant_message_set_html(courant_message *message, const char *html, courant_error **err)
{
	return part_put(&message->html,
			courant_text_new(html, COURANT_TERMINATED, "html", NULL, err), err);
}

int courant_message_set_text_part(courant_message *message, courant_part *part, courant_error **err)
{
	return part_put(&message->text, part, err);
}

int courant_message_set_html_part(courant_message *message, courant_part *part, courant_error **err)
{
	return part_put(&message->html, part, err);
}

int courant_message_set_body(courant_message *message, courant_part *part, courant_error **err)
{
	return part_put(&message->body, part, err);
}

/* Takes the part, which is claimed. */
static int list_add(courant_message *message, struct part_list *list, courant_part *part,
		    courant_error **err)
{
	if (list->n == list->space) {
		const size_t space = list->space ? list->space * 2 : 4;
		courant_part **items = arena_grow(&message->arena, list->items, list->n, space,
						  sizeof(courant_part *));

		if (!items) {
			courant_part_free(part);
			return fail_memory(err);
		}
		list->items = items;
		list->space = space;
	}
	list->items[list->n++] = part;
	return 0;
}

int courant_message_add_alternative(courant_message *message, courant_part *part,
				    courant_error **err)
{
	return part_claim(part, err) < 0 ? -1 : list_add(message, &message->alternatives, part, err);
}

/* "weekly@example.com" of an image/png without a name becomes weekly.png. */
static int inline_name(courant_part *part, slice cid, courant_error **err)
{
	const slice type = part->type.word;
	const slice subtype = slice_after(type, slice_find(type, '/') + 1);
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(512);
	slice bytes;

	if (part_file_name(part).len)
		return 0;
	buffer_append(&name, slice_part(cid, 0, slice_find(cid, '@')));
	buffer_append_byte(&name, '.');
	buffer_append(&name, slice_part(subtype, 0, slice_find(subtype, '+')));
	return buffer_slice(&name, &bytes, err) < 0 ? -1
						    : courant_part_set_name(part, bytes.ptr, err);
}

int courant_message_add_inline(courant_message *message, const char *cid, courant_part *part,
			       courant_error **err)
{
	const slice id = slice_of(cid);

	if (part_claim(part, err) < 0)
		return -1;

	AUTO(part) courant_part *taken = part;

	if (courant_part_set_content_id(part, cid, err) < 0 ||
	    inline_name(part, slice_starts(id, SLICE("<")) ? slice_after(id, 1) : id, err) < 0 ||
	    part_set_disposition(part, SLICE("inline"), err) < 0)
		return -1;
	return list_add(message, &message->inlines, STEAL(taken), err);
}

int courant_message_attach(courant_message *message, courant_part *part, courant_error **err)
{
	if (part_claim(part, err) < 0)
		return -1;

	AUTO(part) courant_part *taken = part;

	if (part->disposition.word.len == 0 &&
	    part_set_disposition(part, SLICE("attachment"), err) < 0)
		return -1;
	return list_add(message, &message->attachments, STEAL(taken), err);
}

int courant_message_add_inline_file(courant_message *message, const char *cid, const char *path,
				    courant_error **err)
{
	return courant_message_add_inline(
		message, cid, courant_file_new(courant_reader_new_file(path, err), path, err), err);
}

int courant_message_attach_file(courant_message *message, const char *path, courant_error **err)
{
	return courant_message_attach(
		message, courant_file_new(courant_reader_new_file(path, err), path, err), err);
}
