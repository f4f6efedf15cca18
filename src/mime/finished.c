/* SPDX-License-Identifier: MIT */
/* finished.c - a header rewritten where it must be, and a body passed on */
#include "mime/finished.h"

#include "base/file.h"
#include "base/reader_known.h"
#include "mime/date.h"
#include "mime/header.h"
#include "mime/mend.h"

#define BLOCK_BYTES ((size_t)64 * 1024)

struct finished {
	courant_reader *from;
	struct arena arena;
	struct buffer beginning; /* the first bytes: the header and what came with it */
	struct header header;
	struct buffer front; /* the header to be sent, with its empty line */
	struct courant_facts facts;
	bool is_measured;
};

void finished_free(struct finished *finished)
{
	if (!finished)
		return;
	courant_reader_free(finished->from);
	arena_release(&finished->arena);
	buffer_release(&finished->beginning);
	buffer_release(&finished->front);
	free(finished);
}

/* Where the header ends: behind the first empty line, or 0. */
static size_t header_end(slice bytes)
{
	size_t at = 0;

	for (;;) {
		const size_t end = slice_find(slice_after(bytes, at), '\n');
		const slice line = slice_part(bytes, at, end);

		if (end == SLICE_NONE)
			return 0;
		at += end + 1;
		if (slice_trim_space(line).len == 0 && (line.len == 0 || *line.ptr == '\r'))
			return at;
	}
}

/* Reads until the header is whole. */
static int beginning_read(struct finished *finished, courant_error **err)
{
	AUTO(free) char *block = mem_resize(NULL, BLOCK_BYTES, 1);
	size_t n;

	if (!block)
		return fail_memory(err);
	if (courant_reader_rewind(finished->from, err) < 0)
		return -1;
	do {
		if (courant_reader_read(finished->from, block, BLOCK_BYTES, &n, err) < 0)
			return -1;
		buffer_append(&finished->beginning, slice_from(block, n));
		if (finished->beginning.failure == BUFFER_OVER_LIMIT)
			return fail(err, COURANT_TOO_LARGE,
				    "the message's header is longer than %zu bytes",
				    HEADER_MAX_BYTES);
		if (buffer_check(&finished->beginning, err) < 0)
			return -1;
	} while (n && header_end(buffer_peek(&finished->beginning)) == 0);
	return header_parse(&finished->header, &finished->arena, buffer_peek(&finished->beginning),
			    err);
}

struct finished *finished_new(courant_reader *message, courant_error **err)
{
	AUTO(finished) struct finished *finished = message ? mem_alloc(sizeof *finished) : NULL;

	if (!finished) {
		courant_reader_free(message);
		(void)(message ? fail_memory(err) : fail(err, COURANT_USAGE, "no message to send"));
		return NULL;
	}
	finished->from = message;
	finished->beginning = (struct buffer)BUFFER_LIMIT(HEADER_MAX_BYTES + 2 * BLOCK_BYTES);
	finished->front = (struct buffer)BUFFER_LIMIT(4 * HEADER_MAX_BYTES);
	if (beginning_read(finished, err) < 0)
		return NULL;
	return STEAL(finished);
}

/* ---- Who ---- */

/* The newest block of Resent- fields, which stands above the others. It ends with another field,
 * or where one of its names comes again, for most may stand in a block only once (RFC 5322,
 * 3.6.6). Empty for a message that was never resent. */
static struct header newest_resent(const struct header *header)
{
	size_t from = 0, to;

	if (header->n == 0)
		return (struct header){0};
	while (from < header->n && !slice_starts_nocase(header->items[from].name, SLICE("Resent-")))
		from++;
	for (to = from;
	     to < header->n && slice_starts_nocase(header->items[to].name, SLICE("Resent-"));
	     to++) {
		const struct header before = {.items = header->items + from, .n = to - from};

		if (header_find(&before, header->items[to].name))
			break;
	}
	return (struct header){.items = header->items + from, .n = to - from};
}

/* As a stranger wrote them, names without a domain too. */
static int addresses_read(struct finished *finished, const struct header *header, slice name,
			  struct mailbox_list *list, courant_error **err)
{
	const struct header_field *field;
	size_t at = 0;

	while ((field = header_next(header, name, &at)))
		if (mailbox_list_parse(list, &finished->arena, field->value,
				       MAILBOX_LENIENT | MAILBOX_BARE_ALLOWED, err) < 0)
			return -1;
	return 0;
}

int finished_sender(struct finished *finished, struct mailbox_list *ret, courant_error **err)
{
	const struct header resent = newest_resent(&finished->header);
	const struct {
		const struct header *header;
		slice name;
	} places[] = {
		{&resent, SLICE("Resent-Sender")},
		{&resent, SLICE("Resent-From")},
		{&finished->header, SLICE("Sender")},
		{&finished->header, SLICE("From")},
	};

	for (size_t i = 0; i < sizeof places / sizeof *places && ret->n_mailboxes == 0; i++)
		if (header_addresses(places[i].header, places[i].name, ret, &finished->arena, err) <
		    0)
			return -1;
	return 0;
}

int finished_author(struct finished *finished, struct mailbox_list *ret, courant_error **err)
{
	return addresses_read(finished, &finished->header, SLICE("From"), ret, err);
}

int finished_recipients(struct finished *finished, struct mailbox_list *recipients,
			courant_error **err)
{
	static const char *const names[][2] = {
		{"To", "Resent-To"}, {"Cc", "Resent-Cc"}, {"Bcc", "Resent-Bcc"}};
	const struct header resent = newest_resent(&finished->header);
	const bool is_resent = resent.n > 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (addresses_read(finished, is_resent ? &resent : &finished->header,
				   slice_of(names[i][is_resent]), recipients, err) < 0)
			return -1;
	return 0;
}

/* ---- What is sent ---- */

/* Every line end as CRLF: LF alone, CR alone too, which some servers take for one. `after_cr` goes
 * on from piece to piece; `to` has room for twice as much. */
static size_t line_ends_write(char *to, const char *from, size_t n, bool *after_cr)
{
	char *const begin = to;

	for (size_t i = 0; i < n; i++) {
		if (*after_cr && from[i] != '\n')
			*to++ = '\n';
		else if (!*after_cr && from[i] == '\n')
			*to++ = '\r';
		*to++ = from[i];
		*after_cr = from[i] == '\r';
	}
	return (size_t)(to - begin);
}

/* A field with CRLF line ends. A CR alone is no line end to those who read headers, and must not
 * become one: what stands behind it would be a header of its own. It becomes a blank. */
static void field_copy(struct buffer *out, slice field)
{
	slice line;

	while (slice_next_line(&field, &line)) {
		char *to = buffer_room(out, line.len + 2);

		if (!to)
			return;
		for (size_t i = 0; i < line.len; i++)
			to[i] = line.ptr[i] == '\r' ? ' ' : line.ptr[i];
		to[line.len] = '\r';
		to[line.len + 1] = '\n';
		buffer_added(out, line.len + 2);
	}
}

/* What must not be sent on. `has_from`: a From of ours stands in front. */
static bool is_hidden(slice name, bool has_from)
{
	return slice_equal_nocase(name, SLICE("Bcc")) ||
	       slice_equal_nocase(name, SLICE("Resent-Bcc")) ||
	       (has_from && slice_equal_nocase(name, SLICE("From")));
}

/* Whether From holds an address; a name without a domain, as cron writes it, is none that could
 * be answered. */
static int from_is_there(struct finished *finished, bool *ret, courant_error **err)
{
	struct mailbox_list from = {0};

	if (header_addresses(&finished->header, SLICE("From"), &from, &finished->arena, err) < 0)
		return -1;
	*ret = from.n_mailboxes > 0;
	return 0;
}

static int defaults_write(struct finished *finished, const struct finished_defaults *defaults,
			  bool *ret_has_from, courant_error **err)
{
	struct buffer *out = &finished->front;
	bool is_there;

	if (from_is_there(finished, &is_there, err) < 0)
		return -1;
	*ret_has_from = !is_there && defaults->from && *defaults->from;
	if (!header_find(&finished->header, SLICE("Date"))) {
		buffer_append(out, SLICE("Date: "));
		date_write(out, defaults->instant_ms, defaults->offset_s);
		buffer_append(out, SLICE("\r\n"));
	}
	if (*ret_has_from && header_write(out, SLICE("From"), slice_of(defaults->from), err) < 0)
		return -1;
	if (!header_find(&finished->header, SLICE("Message-ID")) && defaults->message_id &&
	    header_write(out, SLICE("Message-ID"), slice_of(defaults->message_id), err) < 0)
		return -1;
	return 0;
}

static int front_write(struct finished *finished, const struct finished_defaults *defaults,
		       courant_error **err)
{
	const slice bytes = buffer_peek(&finished->beginning);
	bool has_from;

	buffer_cut(&finished->front, 0);
	if (defaults_write(finished, defaults, &has_from, err) < 0)
		return -1;
	for (size_t i = 0; i < finished->header.n; i++) {
		const struct header_field *field = &finished->header.items[i];

		if (!is_hidden(field->name, has_from))
			field_copy(&finished->front,
				   slice_part(bytes, field->from, field->to - field->from));
	}
	buffer_append(&finished->front, SLICE("\r\n"));
	return buffer_check(&finished->front, err);
}

/* The body is what stands behind the header; the bytes that came with the header are read again
 * from the source. */
struct passing {
	struct finished *finished;
	size_t front_at;
	uint64_t skip; /* bytes of the source still to be passed over */
	bool after_cr;
	bool is_at_end;
	char *raw, *made;
	size_t at, len;
};

static void passing_free(void *context)
{
	struct passing *passing = context;

	free(passing->raw);
	free(passing->made);
	free(passing);
}

static int passing_rewind(void *context, courant_error **err)
{
	struct passing *passing = context;

	passing->front_at = passing->at = passing->len = 0;
	passing->skip = passing->finished->header.body_from;
	passing->after_cr = passing->is_at_end = false;
	return courant_reader_rewind(passing->finished->from, err);
}

/* The next piece of the body. */
static int body_read(struct passing *passing, courant_error **err)
{
	size_t n;

	if (courant_reader_read(passing->finished->from, passing->raw, BLOCK_BYTES, &n, err) < 0)
		return -1;

	const slice bytes = slice_after(slice_from(passing->raw, n),
					passing->skip < n ? (size_t)passing->skip : n);

	passing->skip -= n - bytes.len;
	passing->at = 0;
	passing->len = line_ends_write(passing->made, bytes.ptr, bytes.len, &passing->after_cr);
	passing->is_at_end = n == 0;
	if (passing->is_at_end && passing->after_cr)
		passing->made[passing->len++] = '\n';
	return 0;
}

static int passing_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct passing *passing = context;
	const slice front =
		slice_part(buffer_peek(&passing->finished->front), passing->front_at, size);

	if (front.len) {
		memcpy(into, front.ptr, front.len);
		passing->front_at += front.len;
		*ret_n = front.len;
		return 0;
	}
	while (passing->at == passing->len && !passing->is_at_end)
		if (body_read(passing, err) < 0)
			return -1;

	const slice part = slice_part(slice_from(passing->made, passing->len), passing->at, size);

	if (part.len)
		memcpy(into, part.ptr, part.len);
	passing->at += part.len;
	*ret_n = part.len;
	return 0;
}

static bool passing_size(void *context, uint64_t *ret_bytes)
{
	const struct finished *finished = ((struct passing *)context)->finished;

	*ret_bytes = finished->facts.size_bytes;
	return finished->is_measured;
}

static courant_reader *passing_new(struct finished *finished, courant_error **err)
{
	static const struct courant_reader_calls calls = {passing_read, passing_rewind,
							  passing_size, passing_free};
	struct passing *passing = mem_alloc(sizeof *passing);

	if (!passing) {
		(void)fail_memory(err);
		return NULL;
	}
	passing->finished = finished;
	passing->raw = mem_resize(NULL, BLOCK_BYTES, 1);
	passing->made = mem_resize(NULL, 2 * BLOCK_BYTES + 2, 1);
	if (!passing->raw || !passing->made || passing_rewind(passing, err) < 0) {
		if (!passing->raw || !passing->made)
			(void)fail_memory(err);
		passing_free(passing);
		return NULL;
	}
	return courant_reader_new(&calls, passing, err);
}

static int facts_check(const struct courant_facts *facts, courant_error **err)
{
	if (facts->has_nul)
		return fail(err, COURANT_INVALID, "the message holds a NUL");
	if (facts->longest_line > LINE_MAX_BYTES)
		return fail(
			err, COURANT_INVALID,
			"the message has a line of %zu bytes: more than %d cannot be sent as they are (courant sendmail encodes them anew)",
			facts->longest_line, LINE_MAX_BYTES);
	return 0;
}

/* All of it once more, made anew. Frees the reader. */
static courant_reader *mended_reader_new(courant_reader *reader, courant_error **err)
{
	AUTO(reader) courant_reader *from = reader;
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(MEND_MAX_BYTES);
	AUTO(buffer) struct buffer mended = BUFFER_LIMIT(6 * MEND_MAX_BYTES);
	size_t n = 0;

	do {
		char *to = buffer_room(&whole, BLOCK_BYTES);

		if (!to && whole.failure == BUFFER_OVER_LIMIT)
			(void)fail(err, COURANT_TOO_LARGE,
				   "the message has lines of more than %d bytes or NULs, and is too large to be "
				   "made anew (%zu bytes at most)",
				   LINE_MAX_BYTES, MEND_MAX_BYTES);
		else if (!to)
			(void)fail_memory(err);
		if (!to || courant_reader_read(from, to, BLOCK_BYTES, &n, err) < 0)
			return NULL;
		buffer_added(&whole, n);
	} while (n > 0);
	return mend_write(&mended, buffer_peek(&whole), err) < 0
		       ? NULL
		       : courant_reader_new_bytes(mended.bytes, mended.len, err);
}

static bool needs_mending(const struct courant_facts *facts)
{
	return facts->has_nul || facts->longest_line > LINE_MAX_BYTES;
}

courant_reader *finished_reader_new(struct finished *finished,
				    const struct finished_defaults *defaults, courant_error **err)
{
	finished->is_measured = false;
	if (front_write(finished, defaults, err) < 0)
		return NULL;

	AUTO(reader) courant_reader *reader = passing_new(finished, err);

	if (!reader || courant_reader_measure(reader, &finished->facts, err) < 0)
		return NULL;
	if (defaults->mends && needs_mending(&finished->facts)) {
		reader = mended_reader_new(STEAL(reader), err);
		if (!reader || courant_reader_measure(reader, &finished->facts, err) < 0)
			return NULL;
	}
	if (facts_check(&finished->facts, err) < 0)
		return NULL;
	finished->is_measured = true;
	reader_know(reader, &finished->facts);
	return STEAL(reader);
}

const struct courant_facts *finished_facts(const struct finished *finished)
{
	return &finished->facts;
}
