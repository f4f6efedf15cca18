/* SPDX-License-Identifier: MIT */
/* mail.c - composing the mail of a report */
#include "report/mail.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "table/format.h"

#define RENDERING_MAX_BYTES (8U * 1024 * 1024)
#define WORKBOOK_MAX_BYTES  ((size_t)64 << 20)
#define XLSX_TYPE           "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define NAME_MAX_BYTES      200 /* of a file, with room for the ending */

static void free_message(courant_message *message)
{
	courant_message_free(message);
}
AUTO_DEFINE(message, courant_message, free_message)

/* ---- Forms ---- */

static int render(const struct renderer *renderer, const struct document *document, char **ret, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(RENDERING_MAX_BYTES);

	return renderer->render(document, &out, err) < 0 ? -1 : buffer_take(&out, ret, NULL, err);
}

/* The HTML of a mail names its pictures by Content-ID, a page in a folder as the files beside it. */
static int render_pages(struct renderings *renderings, struct document *document, const char *prefix, courant_error **err)
{
	document->references = REFERENCES_CID;
	if (render(&render_html, document, &renderings->html, err) < 0)
		return -1;
	document->references = REFERENCES_FILES;
	if (document_set(&document->files_prefix, slice_of(prefix), err) < 0 || render(&render_html, document, &renderings->page, err) < 0)
		return -1;
	return document_images(document, &renderings->images, &renderings->n_images, err);
}

/* A folder of our own, with one file in it. */
struct scratch {
	char *folder, *path;
};

static void scratch_release(struct scratch *scratch)
{
	/* What is left over for once lies where it is temporary. */
	if (scratch->path)
		(void)unlink(scratch->path);
	if (scratch->folder)
		(void)rmdir(scratch->folder);
	free(scratch->path);
	free(scratch->folder);
}
AUTO_DEFINE_VALUE(scratch, struct scratch, scratch_release)

/* A workbook is a ZIP, which is written with seeking: through a file. */
static int render_workbook(struct renderings *renderings, const struct document *document, int64_t created_ms, courant_error **err)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(WORKBOOK_MAX_BYTES), path = BUFFER_LIMIT(4096);
	AUTO(scratch) struct scratch scratch = {.folder = file_make_temporary_folder(NULL, err)};

	if (!scratch.folder)
		return -1;
	buffer_printf(&path, "%s/report.xlsx", scratch.folder);
	if (buffer_take(&path, &scratch.path, NULL, err) < 0 || render_xlsx.render(document, scratch.path, created_ms, err) < 0 ||
	    file_read(scratch.path, &bytes, err) < 0)
		return -1;
	return buffer_take(&bytes, &renderings->workbook, &renderings->workbook_len, err);
}

static bool has_workbook(const struct enclosures *enclosures)
{
	for (size_t i = 0; i < enclosures->n; i++)
		if (!enclosures->items[i].path)
			return true;
	return false;
}

int renderings_make(struct renderings *renderings, struct document *document, const struct enclosures *enclosures, const char *prefix, int64_t created_ms,
		    courant_error **err)
{
	if (render(&render_text, document, &renderings->text, err) < 0 || render_pages(renderings, document, prefix, err) < 0)
		return -1;
	return has_workbook(enclosures) ? render_workbook(renderings, document, created_ms, err) : 0;
}

void renderings_release(struct renderings *renderings)
{
	free(renderings->text);
	free(renderings->html);
	free(renderings->page);
	free(renderings->images);
	free(renderings->workbook);
	*renderings = (struct renderings){.text = NULL};
}

/* ---- The mail ---- */

/* What may stand in a List-Id or a file name as it is; other bytes of ASCII become '-'. */
static bool is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-';
}

/* "<traffic.reports.example.com>" (RFC 2919): the domain is the sender's, as it is in the envelope. */
static int set_list_id(courant_message *message, const char *name, courant_error **err)
{
	AUTO(buffer) struct buffer id = BUFFER_LIMIT(1000);
	struct courant_envelope envelope;
	slice text;

	if (courant_message_envelope(message, &envelope, err) < 0)
		return -1;
	const slice sender = slice_of(envelope.sender.ascii);
	const size_t at = slice_find_last(sender, '@');
	/* A sender that only SMTPUTF8 can carry has no ASCII form; its reports come without the header. */
	if (at == SLICE_NONE)
		return 0;
	buffer_append_byte(&id, '<');
	for (slice rest = slice_of(name); rest.len; rest = slice_after(rest, 1))
		buffer_append_byte(&id, is_name_byte(rest.ptr[0]) ? rest.ptr[0] : '-');
	buffer_printf(&id, ".reports.%.*s>", SLICE_ARGS(slice_after(sender, at + 1)));
	return buffer_slice(&id, &text, err) < 0
	               ? -1
	               : courant_message_add_header(message, "List-Id", text.ptr, err);
}

static int add_recipients(courant_message *message, const struct mail_request *request,
                          courant_error **err)
{
	for (size_t i = 0; i < request->n_to; i++) {
		if (courant_message_add_to(message, request->to[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < request->n_cc; i++) {
		if (courant_message_add_cc(message, request->cc[i], err) < 0)
			return -1;
	}
	return 0;
}

/* The same report to the same people at the same time is the same mail; anything else has an id of its own. */
static uint64_t seed_of(const struct mail_request *request)
{
	uint64_t seed = hash_bytes(slice_of(request->renderings->html), (uint64_t)request->date_ms);

	for (size_t i = 0; i < request->n_to; i++)
		seed = hash_bytes(slice_of(request->to[i]), seed);
	return seed;
}

static uint64_t slot_hash(const struct mail_request *request, uint64_t seed)
{
	seed = hash_bytes(slice_of(request->name), seed);
	seed = hash_u64((uint64_t)request->slot->to_ms, hash_u64((uint64_t)request->slot->from_ms, seed));
	for (size_t i = 0; i < request->n_to; i++)
		seed = hash_bytes(slice_of(request->to[i]), seed);
	for (size_t i = 0; i < request->n_cc; i++)
		seed = hash_bytes(slice_of(request->cc[i]), seed);
	return seed;
}

/* Made a second time, after lines have come late or on another machine, it is still the same mail. */
static int set_slot_id(courant_message *message, const struct mail_request *request, courant_error **err)
{
	AUTO(buffer) struct buffer id = BUFFER_LIMIT(1000);
	struct courant_envelope envelope;

	if (courant_message_envelope(message, &envelope, err) < 0)
		return -1;

	const slice sender = slice_of(envelope.sender.ascii);
	const size_t at = slice_find_last(sender, '@');

	courant_message_set_seed(message, slot_hash(request, 0));
	if (at == SLICE_NONE)
		return 0;
	buffer_printf(&id, "<%016llx%016llx@%.*s>", (unsigned long long)slot_hash(request, 1), (unsigned long long)slot_hash(request, 2),
	              SLICE_ARGS(slice_after(sender, at + 1)));
	return buffer_check(&id, err) < 0 ? -1 : courant_message_set_message_id(message, id.bytes, err);
}

static int add_images(courant_message *message, const struct renderings *renderings, courant_error **err)
{
	for (size_t i = 0; i < renderings->n_images; i++) {
		const struct image *image = &renderings->images[i];
		AUTO(buffer) struct buffer name = BUFFER_LIMIT(200);
		courant_part *part = courant_image_new(courant_reader_new_borrowed(image->bytes.ptr, image->bytes.len, err), image->subtype, err);

		buffer_printf(&name, "%s.%s", image->name, image->subtype);
		if (part && courant_part_set_name(part, name.bytes ? name.bytes : image->name, err) < 0) {
			courant_part_free(part);
			return -1;
		}
		if (courant_message_add_inline(message, image->name, part, err) < 0)
			return -1;
	}
	return 0;
}

static courant_part *enclose(const struct enclosure *enclosure, const struct renderings *renderings, courant_error **err)
{
	if (!enclosure->path)
		return courant_data_new(courant_reader_new_borrowed(renderings->workbook, renderings->workbook_len, err), XLSX_TYPE, err);
	courant_reader *bytes = courant_reader_new_file(enclosure->path, err);

	return enclosure->type ? courant_data_new(bytes, enclosure->type, err) : courant_file_new(bytes, enclosure->name, err);
}

static int add_enclosures(courant_message *message, const struct mail_request *request, courant_error **err)
{
	for (size_t i = 0; i < request->enclosures->n; i++) {
		const struct enclosure *enclosure = &request->enclosures->items[i];
		courant_part *part = enclose(enclosure, request->renderings, err);

		if (part && courant_part_set_name(part, enclosure->name, err) < 0) {
			courant_part_free(part);
			return -1;
		}
		if (courant_message_attach(message, part, err) < 0)
			return -1;
	}
	return 0;
}

/* In base64, with its line ends. */
static uint64_t encoded_bytes(uint64_t bytes)
{
	return bytes / 57 * 78;
}

uint64_t mail_estimate_bytes(const struct renderings *renderings, const struct enclosures *enclosures)
{
	uint64_t bytes = encoded_bytes(strlen(renderings->text)) + encoded_bytes(strlen(renderings->html)) + encoded_bytes(renderings->workbook_len);

	for (size_t i = 0; i < renderings->n_images; i++)
		bytes += encoded_bytes(renderings->images[i].bytes.len);
	for (size_t i = 0; i < enclosures->n; i++) {
		struct stat facts;

		if (enclosures->items[i].path && stat(enclosures->items[i].path, &facts) == 0 && facts.st_size > 0)
			bytes += encoded_bytes((uint64_t)facts.st_size);
	}
	return bytes;
}

courant_message *mail_compose(const struct mail_request *request, courant_error **err)
{
	AUTO(message) courant_message *message = courant_message_new(err);

	if (!message || courant_message_set_from(message, request->from, err) < 0 ||
	    add_recipients(message, request, err) < 0 ||
	    courant_message_set_subject(message, request->document->subject, err) < 0 ||
	    courant_message_set_date(message, request->date_ms, request->offset_s, err) < 0)
		return NULL;
	if (courant_message_add_header(message, "Auto-Submitted", "auto-generated", err) < 0 ||
	    courant_message_add_header(message, "Content-Language",
	                               language_tag(request->document->language), err) < 0 ||
	    set_list_id(message, request->name, err) < 0)
		return NULL;
	if (courant_message_set_text(message, request->renderings->text, err) < 0 ||
	    courant_message_set_html(message, request->renderings->html, err) < 0)
		return NULL;
	if (add_images(message, request->renderings, err) < 0 || add_enclosures(message, request, err) < 0)
		return NULL;
	if (request->slot && set_slot_id(message, request, err) < 0)
		return NULL;
	if (!request->slot && request->is_repeatable)
		courant_message_set_seed(message, seed_of(request));
	return STEAL(message);
}

/* Letters of any script stay; what a shell, a file system or a careless script could take for more than a letter does not. */
static void write_safe(struct buffer *out, slice name)
{
	slice rest = name;

	while (rest.len) {
		const slice before = rest;
		const uint32_t code = utf8_next(&rest);
		const slice character = slice_part(before, 0, before.len - rest.len);

		if (code == UTF8_BAD || code < 0x80 ? !is_name_byte(character.ptr[0])
		                                    : utf8_char_width(code) == 0)
			buffer_append_byte(out, '-');
		else
			buffer_append(out, character);
	}
}

/* "2026-11-09", or "2026-11-09T0500" when it is not midnight. `is_end`: the day that ends at midnight. */
static void write_instant(struct buffer *out, int64_t ms, const struct zone *zone, bool is_end)
{
	struct civil civil;

	if (zone_day_start(zone, ms) == ms) {
		format_date(out, DATE_ISO, is_end ? ms - 1 : ms, zone, LANGUAGE_EN);
		return;
	}
	zone_to_civil(zone, ms, &civil);
	format_date(out, DATE_ISO, ms, zone, LANGUAGE_EN);
	buffer_printf(out, "T%02d%02d", civil.hour, civil.minute);
}

char *mail_file_name(const char *name, const int64_t *from_ms, const int64_t *to_ms,
                     const struct zone *zone, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(1000);
	char *taken = NULL;

	write_safe(&out, utf8_cut(slice_of(name), NAME_MAX_BYTES));
	buffer_append_byte(&out, '_');
	if (!from_ms || !to_ms) {
		buffer_append(&out, SLICE("all"));
	} else {
		AUTO(buffer) struct buffer from = BUFFER_LIMIT(100), to = BUFFER_LIMIT(100);

		write_instant(&from, *from_ms, zone, false);
		write_instant(&to, *to_ms, zone, true);
		buffer_append(&out, buffer_peek(&from));
		if (!slice_equal(buffer_peek(&from), buffer_peek(&to)))
			buffer_printf(&out, "_%.*s", SLICE_ARGS(buffer_peek(&to)));
	}
	(void)buffer_take(&out, &taken, NULL, err);
	return taken;
}
