/* SPDX-License-Identifier: MIT */
/* envelope.c - sender and recipients in both their forms */
#include "client/envelope.h"

#include "base/alloc.h"
#include "base/idn.h"
#include "base/printable.h"
#include "base/utf8.h"

/* RFC 5321, 4.5.3.1.3: a path has 256 bytes at most, its brackets included. UTF-8 may be longer before it is A-labels. */
#define ADDRESS_MAX_BYTES 1024

static void path_release(struct courant_path *path)
{
	free((char *)path->ascii);
	free((char *)path->utf8);
	*path = (struct courant_path){0};
}

void envelope_release(struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->n; i++)
		path_release(&envelope->recipients[i].path);
	free(envelope->recipients);
	path_release(&envelope->sender);
	*envelope = (struct envelope){0};
}

static int fail_address(const char *address, courant_error **err)
{
	return address ? fail(err, COURANT_INVALID, "not a mail address: \"%s\"", address) : fail(err, COURANT_INVALID, "a mail address is missing");
}

/* Both forms of an addr-spec; the local part is looked at by the engine. */
static int path_of(const char *address, struct courant_path *ret, courant_error **err)
{
	const slice whole = slice_of(address);
	const size_t at = slice_find_last(whole, '@');
	AUTO(buffer) struct buffer ascii = BUFFER_LIMIT(ADDRESS_MAX_BYTES);
	struct courant_path path = {0};

	if (whole.len == 0 || at == SLICE_NONE || at == 0 || !printable_is(whole) || !utf8_is_valid(whole))
		return fail_address(address, err);

	const slice local = slice_part(whole, 0, at), domain = slice_after(whole, at + 1);

	if (utf8_is_ascii(local)) {
		buffer_append(&ascii, local);
		buffer_append_byte(&ascii, '@');
		if (slice_starts(domain, SLICE("[")))
			buffer_append(&ascii, domain);
		else if (idn_to_ascii(domain, &ascii, err) < 0)
			return fail_within(err, "the mail address \"%s\"", address);

		char *taken;

		if (buffer_take(&ascii, &taken, NULL, err) < 0)
			return -1;
		path.ascii = taken;
	}
	if (!path.ascii || !utf8_is_ascii(domain)) {
		path.utf8 = mem_copy(whole);
		if (!path.utf8) {
			path_release(&path);
			return fail_memory(err);
		}
	}
	*ret = path;
	return 0;
}

int envelope_set_sender(struct envelope *envelope, const char *address, courant_error **err)
{
	struct courant_path path = {0};

	if (address && address[0] == '\0') {
		path.ascii = mem_copy_text("");
		if (!path.ascii)
			return fail_memory(err);
	} else if (path_of(address, &path, err) < 0) {
		return -1;
	}
	path_release(&envelope->sender);
	envelope->sender = path;
	return 0;
}

static int add_path(struct envelope *envelope, struct courant_path path, unsigned notify, const char *parameters, courant_error **err)
{
	/* Doubles: 1, 2, 4, … whenever n is such a number. */
	if ((envelope->n & (envelope->n - 1)) == 0) {
		struct courant_recipient *more =
			mem_resize(envelope->recipients, envelope->n ? envelope->n * 2 : 1, sizeof *envelope->recipients);

		if (!more) {
			path_release(&path);
			return fail_memory(err);
		}
		envelope->recipients = more;
	}
	envelope->recipients[envelope->n++] = (struct courant_recipient){.path = path, .notify = notify, .parameters = parameters};
	return 0;
}

int envelope_add(struct envelope *envelope, const char *address, unsigned notify, const char *parameters, courant_error **err)
{
	struct courant_path path;

	return path_of(address, &path, err) < 0 ? -1 : add_path(envelope, path, notify, parameters, err);
}

static int path_copy(const struct courant_envelope_address *address, struct courant_path *ret, courant_error **err)
{
	struct courant_path path = {.ascii = mem_copy_text(address->ascii)};
	const bool is_same = address->ascii && address->utf8 && strcmp(address->ascii, address->utf8) == 0;

	path.utf8 = is_same ? NULL : mem_copy_text(address->utf8);
	if ((address->ascii && !path.ascii) || (!is_same && address->utf8 && !path.utf8)) {
		path_release(&path);
		return fail_memory(err);
	}
	*ret = path;
	return 0;
}

int envelope_of_message(struct envelope *envelope, courant_message *message, unsigned notify, const char *parameters, courant_error **err)
{
	struct courant_envelope from;
	struct courant_path path;

	if (courant_message_envelope(message, &from, err) < 0 || path_copy(&from.sender, &path, err) < 0)
		return -1;
	path_release(&envelope->sender);
	envelope->sender = path;
	for (size_t i = 0; i < from.n; i++)
		if (path_copy(&from.recipients[i], &path, err) < 0 || add_path(envelope, path, notify, parameters, err) < 0)
			return -1;
	return 0;
}

void envelope_mail(const struct envelope *envelope, struct courant_mail *ret)
{
	*ret = (struct courant_mail){.sender = envelope->sender, .recipients = envelope->recipients, .n_recipients = envelope->n};
}
