/* SPDX-License-Identifier: MIT */
/* compose.c - messages and parts become bytes: headers in their order, then the tree */
#include "base/clock.h"
#include "base/hash.h"
#include "base/reader_known.h"
#include "mime/date.h"
#include "mime/header.h"
#include "mime/message.h"

#define ID_CHARS     22
#define HEADER_BYTES ((size_t)1200)

/* ---- Chance, or what stands for it ---- */

static uint64_t part_hash(const courant_part *part, uint64_t hash)
{
	if (part && part->kind == PART_TEXT)
		hash = hash_bytes(slice_from(part->text, part->text_len), hash);
	for (size_t i = 0; part && i < part->n_parts; i++)
		hash = part_hash(part->parts[i], hash);
	return part ? hash_u64(part->n_parts + part->fields.n, hash) : hash;
}

static uint64_t list_hash(const struct mailbox_list *list, uint64_t hash)
{
	for (size_t i = 0; i < list->n; i++) {
		hash = hash_bytes(list->items[i].name, hash);
		hash = hash_bytes(list->items[i].local, hash);
		hash = hash_bytes(list->items[i].ascii, hash);
	}
	return hash_u64(list->n, hash);
}

/* The names and sizes of what comes from readers, which are not read for this. */
static uint64_t files_hash(const struct part_list *list, uint64_t hash)
{
	for (size_t i = 0; i < list->n; i++) {
		courant_part *part = list->items[i];
		uint64_t size = 0;

		if (part->data)
			(void)courant_reader_size(part->data, &size);
		hash = part_hash(part, hash_u64(size, hash_bytes(part_file_name(part), hash)));
	}
	return hash_u64(list->n, hash);
}

static uint64_t fields_hash(const struct fields *fields, uint64_t hash)
{
	for (size_t i = 0; i < fields->n; i++)
		hash = hash_bytes(fields->items[i].value, hash_bytes(fields->items[i].name, hash));
	return hash;
}

/* With a seed that was given, two different mails still get different ids and boundaries. */
static uint64_t message_hash(const courant_message *message)
{
	uint64_t hash = message->seed;

	hash = list_hash(&message->from, hash);
	hash = list_hash(&message->to, hash);
	hash = list_hash(&message->cc, hash);
	hash = hash_bytes(message->subject, hash);
	hash = hash_u64((uint64_t)message->instant_ms, hash);
	hash = part_hash(message->text, hash);
	hash = part_hash(message->html, hash);
	hash = part_hash(message->body, hash);
	hash = fields_hash(&message->fields, hash);
	hash = files_hash(&message->alternatives, hash);
	hash = files_hash(&message->inlines, hash);
	return files_hash(&message->attachments, hash);
}

static uint64_t message_seed(courant_message *message)
{
	if (message->seed_kind == SEED_NONE) {
		message->seed_kind = SEED_CHANCE;
		message->seed = random_u64();
	}
	return message->seed_kind == SEED_CHANCE ? message->seed : message_hash(message);
}

/* ---- The Message-ID ---- */

static int id_make(courant_message *message, courant_error **err)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	AUTO(buffer) struct buffer id = BUFFER_LIMIT(LINE_MAX_BYTES);
	slice bytes;

	if (message->from.n_mailboxes == 0)
		return fail(err, COURANT_INVALID, "a message needs a From address");

	/* Set apart from the boundaries, which come from the same seed. */
	struct random_stream random = {hash_u64(1, message_seed(message))};
	const struct mailbox *from = message->from.items;

	while (from->kind != MAILBOX_ADDRESS)
		from++;
	buffer_append_byte(&id, '<');
	for (size_t i = 0; i < ID_CHARS; i++)
		buffer_append_byte(&id, letters[random_below(&random, sizeof letters - 1)]);
	buffer_append_byte(&id, '@');
	buffer_append(&id, from->ascii);
	buffer_append_byte(&id, '>');
	if (buffer_slice(&id, &bytes, err) < 0)
		return -1;

	const slice copy = arena_copy(&message->arena, bytes);

	if (!copy.ptr)
		return fail_memory(err);
	message->message_id = copy;
	return 0;
}

const char *courant_message_id(courant_message *message, courant_error **err)
{
	if (!message->message_id.ptr && id_make(message, err) < 0)
		return NULL;
	return message->message_id.ptr;
}

/* ---- Headers ---- */

static int from_check(const courant_message *message, courant_error **err)
{
	if (message->from.n_mailboxes == 0)
		return fail(err, COURANT_INVALID, "a message needs a From address");
	if (message->from.n_mailboxes > 1 && message->sender.n == 0)
		return fail(err, COURANT_INVALID,
			    "a message from several people needs a Sender (RFC 5322, 3.6.2)");
	return 0;
}

static void date_header(struct buffer *out, courant_message *message)
{
	/* The moment of the first composing stays, so that composing again gives the same mail. */
	if (!message->has_date) {
		message->has_date = true;
		message->instant_ms = clock_now_ms();
	}
	buffer_append(out, SLICE("Date: "));
	date_write(out, message->instant_ms, message->offset_s);
	buffer_append(out, SLICE("\r\n"));
}

static void addresses_header(struct buffer *out, slice name, const struct mailbox_list *list)
{
	if (list->n)
		header_write_addresses(out, name, list);
}

static void ids_header(struct buffer *out, slice name, slice ids)
{
	if (ids.len)
		header_write_ids(out, name, ids);
}

/* The order that readers are used to. Bcc is not among them. */
static int headers_write(struct buffer *out, courant_message *message, courant_error **err)
{
	if (from_check(message, err) < 0 || !courant_message_id(message, err))
		return -1;
	date_header(out, message);
	addresses_header(out, SLICE("From"), &message->from);
	addresses_header(out, SLICE("Sender"), &message->sender);
	addresses_header(out, SLICE("Reply-To"), &message->reply_to);
	addresses_header(out, SLICE("To"), &message->to);
	addresses_header(out, SLICE("Cc"), &message->cc);
	if (message->subject.ptr)
		header_write_text(out, SLICE("Subject"), message->subject, HEADER_TEXT);
	ids_header(out, SLICE("Message-ID"), message->message_id);
	ids_header(out, SLICE("In-Reply-To"), message->in_reply_to);
	ids_header(out, SLICE("References"), message->references);
	for (size_t i = 0; i < message->fields.n; i++)
		if (header_write(out, message->fields.items[i].name, message->fields.items[i].value,
				 err) < 0)
			return -1;
	buffer_append(out, SLICE("MIME-Version: 1.0\r\n"));
	return 0;
}

/* ---- Whole messages ---- */

/* A message without any content is an empty text. */
static int empty_add(struct plan *plan, courant_error **err)
{
	AUTO(part) courant_part *empty = courant_text_new("", 0, "plain", NULL, err);

	return empty ? plan_add_part(plan, empty, err) : -1;
}

int message_plan(courant_message *message, struct plan *plan, courant_error **err)
{
	if (headers_write(&plan->bytes, message, err) < 0)
		return -1;

	AUTO(tree) struct tree tree;

	tree_init(&tree);
	if (tree_build(&tree, message, err) < 0)
		return -1;
	if (tree.root && tree.root->kind == PART_MULTIPART)
		plan->random.state = message_seed(message);
	if ((tree.root ? plan_add_part(plan, tree.root, err) : empty_add(plan, err)) < 0)
		return -1;
	return plan_finish(plan, err);
}

/* Headers and texts of a usual mail. */
static size_t message_expect(const courant_message *message)
{
	const size_t text = (message->text ? message->text->text_len : 0) +
			    (message->html ? message->html->text_len : 0);

	return HEADER_BYTES + text + text / 2;
}

courant_reader *courant_message_reader_new(courant_message *message, courant_error **err)
{
	AUTO(plan) struct plan plan;

	plan_init(&plan, message_expect(message));
	if (message_plan(message, &plan, err) < 0)
		return NULL;

	struct courant_facts facts;

	plan_measure(&plan, &facts);

	courant_reader *reader = plan_reader_new(&plan, err);

	if (reader)
		reader_know(reader, &facts);
	return reader;
}

char *courant_message_take_bytes(courant_message *message, size_t *ret_len, courant_error **err)
{
	AUTO(plan) struct plan plan;

	plan_init(&plan, message_expect(message));
	return message_plan(message, &plan, err) < 0 ? NULL : plan_take_bytes(&plan, ret_len, err);
}

int courant_message_facts(courant_message *message, struct courant_facts *ret, courant_error **err)
{
	AUTO(plan) struct plan plan;

	plan_init(&plan, message_expect(message));
	if (message_plan(message, &plan, err) < 0)
		return -1;
	plan_measure(&plan, ret);
	return 0;
}

/* ---- Parts alone ---- */

static int part_plan(courant_part *part, struct plan *plan, courant_error **err)
{
	plan_init(plan, HEADER_BYTES + part->text_len);
	plan->random.state = part->has_seed ? part_hash(part, part->seed) : random_u64();
	buffer_append(&plan->bytes, SLICE("MIME-Version: 1.0\r\n"));
	return plan_add_part(plan, part, err) < 0 ? -1 : plan_finish(plan, err);
}

courant_reader *courant_part_reader_new(courant_part *part, courant_error **err)
{
	AUTO(plan) struct plan plan;

	return part_plan(part, &plan, err) < 0 ? NULL : plan_reader_new(&plan, err);
}

char *courant_part_take_bytes(courant_part *part, size_t *ret_len, courant_error **err)
{
	AUTO(plan) struct plan plan;

	return part_plan(part, &plan, err) < 0 ? NULL : plan_take_bytes(&plan, ret_len, err);
}
