/* SPDX-License-Identifier: MIT */
/* compose.c - a mail out of options */
#include "cli/compose.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/zone.h"
#include "cli/file_spec.h"

#define TEXT_MAX_BYTES ((size_t)64 << 20) /* of a text or HTML, which are held in memory */

/* ---- headers ---- */

typedef int set_text_fn(courant_message *, const char *, courant_error **err);

/* Options that are one call each, in the order of the table of options. */
static const struct {
	const char *option;
	set_text_fn *set;
} headers[] = {
	{"from", courant_message_set_from},
	{"to", courant_message_add_to},
	{"cc", courant_message_add_cc},
	{"bcc", courant_message_add_bcc},
	{"reply-to", courant_message_add_reply_to},
	{"sender", courant_message_set_sender},
	{"subject", courant_message_set_subject},
	{"message-id", courant_message_set_message_id},
	{"in-reply-to", courant_message_set_in_reply_to},
	{"references", courant_message_set_references},
};

static int add_header(courant_message *message, const char *text, courant_error **err)
{
	const slice whole = slice_of(text);
	const size_t colon = slice_find(whole, ':');

	if (colon == SLICE_NONE || colon == 0)
		return fail(err, COURANT_INVALID, "--header is 'NAME: VALUE', not \"%s\"", text);

	AUTO(free) char *name = mem_copy(slice_part(whole, 0, colon));
	AUTO(free) char *value = mem_copy(slice_trim(slice_after(whole, colon + 1)));

	if (!name || !value)
		return fail_memory(err);
	return courant_message_add_header(message, name, value, err);
}

static int set_date(const struct cli_call *call, courant_message *message, courant_error **err)
{
	const char *given = cli_value(call, "date");
	int64_t instant_ms = call->mail_date_ms;
	int offset_s = 0;

	if (given && !rfc3339_parse(slice_of(given), &instant_ms, &offset_s))
		return fail(err, COURANT_INVALID, "--date is \"%s\", not a time like 2026-11-10T08:00:00+08:00", given);
	if (!given && !call->is_repeatable) {
		AUTO(zone) struct zone *zone = zone_load_system(NULL);

		/* Whole minutes only, as a mail's date has them. */
		offset_s = zone ? zone_offset_at(zone, instant_ms) / 60 * 60 : 0;
	}
	return courant_message_set_date(message, instant_ms, offset_s, err);
}

/* RFC 2369, and for https the one-click form of RFC 8058. */
static int set_unsubscribe(courant_message *message, const char *url, courant_error **err)
{
	AUTO(buffer) struct buffer value = BUFFER_LIMIT(4096);

	buffer_printf(&value, "<%s>", url);
	if (buffer_check(&value, err) < 0 || courant_message_set_header(message, "List-Unsubscribe", value.bytes, err) < 0)
		return -1;
	return slice_starts(slice_of(url), SLICE("https://"))
		       ? courant_message_set_header(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click", err)
		       : 0;
}

static int set_headers(const struct cli_call *call, courant_message *message, courant_error **err)
{
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		size_t n;
		const char *const *texts = cli_values(call, headers[i].option, &n);

		for (size_t k = 0; k < n; k++)
			if (headers[i].set(message, texts[k], err) < 0)
				return fail_within(err, "--%s", headers[i].option);
	}

	size_t n;
	const char *const *more = cli_values(call, "header", &n);

	for (size_t i = 0; i < n; i++)
		if (add_header(message, more[i], err) < 0)
			return fail_within(err, "--header");

	const char *unsubscribe = cli_value(call, "list-unsubscribe");

	if (unsubscribe && set_unsubscribe(message, unsubscribe, err) < 0)
		return fail_within(err, "--list-unsubscribe");
	return set_date(call, message, err);
}

/* ---- content ---- */

static int read_text(const char *path, struct buffer *ret, courant_error **err)
{
	return strcmp(path, "-") == 0 ? file_read_all(STDIN_FILENO, "standard input", ret, err) : file_read(path, ret, err);
}

typedef int set_part_fn(courant_message *, courant_part *, courant_error **err);

/* --text FILE, --text-body TEXT; the same for HTML. */
static int set_text(const struct cli_call *call, courant_message *message, const char *option, const char *body_option, const char *subtype,
		    set_part_fn *set, courant_error **err)
{
	const char *path = cli_value(call, option), *body = cli_value(call, body_option);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_MAX_BYTES);
	slice bytes;

	if (!path && !body)
		return 0;
	if (path && body)
		return fail(err, COURANT_USAGE, "--%s and --%s contradict each other", option, body_option);
	if (path && read_text(path, &text, err) < 0)
		return fail_within(err, "--%s", option);
	if (body)
		buffer_append(&text, slice_of(body));
	if (buffer_slice(&text, &bytes, err) < 0)
		return -1;

	courant_part *part = courant_text_new(bytes.ptr ? bytes.ptr : "", bytes.len, subtype, cli_value(call, "charset"), err);

	return set(message, part, err) < 0 ? fail_within(err, "--%s", path ? option : body_option) : 0;
}

static int add_inline(courant_message *message, const char *text, courant_error **err)
{
	const slice whole = slice_of(text);
	const size_t equals = slice_find(whole, '=');

	if (equals == SLICE_NONE || equals == 0 || equals + 1 == whole.len)
		return fail(err, COURANT_USAGE, "not CID=FILE: \"%s\"", text);

	AUTO(free) char *cid = mem_copy(slice_part(whole, 0, equals));

	return cid ? courant_message_add_inline_file(message, cid, text + equals + 1, err) : fail_memory(err);
}

/* A part out of FILE[;name=NAME][;type=TYPE]. */
static courant_part *part_of_spec(const char *text, courant_error **err)
{
	AUTO(file_spec) struct file_spec spec = {0};

	if (file_spec_parse(slice_of(text), &spec, err) < 0)
		return NULL;

	const slice path = slice_of(spec.path);
	const char *base = strrchr(spec.path, '/');
	const char *name = spec.name ? spec.name : base ? base + 1 : path.ptr;
	courant_reader *data = strcmp(spec.path, "-") == 0 ? courant_reader_new_descriptor(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), "standard input", err)
							   : courant_reader_new_file(spec.path, err);

	if (!spec.type)
		return courant_file_new(data, strcmp(spec.path, "-") == 0 && !spec.name ? NULL : name, err);

	courant_part *part = courant_data_new(data, spec.type, err);

	if (part && courant_part_set_name(part, name, err) < 0) {
		courant_part_free(part);
		return NULL;
	}
	return part;
}

static int attach(const struct cli_call *call, courant_message *message, const char *text, courant_error **err)
{
	const char *charset = cli_value(call, "name-charset");
	courant_part *part = part_of_spec(text, err);

	if (part && charset && courant_part_set_name_charset(part, charset, err) < 0) {
		courant_part_free(part);
		return fail_within(err, "--name-charset");
	}
	return courant_message_attach(message, part, err);
}

static int add_alternative(courant_message *message, const char *text, courant_error **err)
{
	AUTO(file_spec) struct file_spec spec = {0};

	if (file_spec_parse(slice_of(text), &spec, err) < 0)
		return -1;
	if (!spec.type || spec.name)
		return fail(err, COURANT_USAGE, "an alternative is FILE;type=TYPE, not \"%s\"", text);
	return courant_message_add_alternative(message, courant_data_new(courant_reader_new_file(spec.path, err), spec.type, err), err);
}

static int add_calendar(courant_message *message, const char *path, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_MAX_BYTES);

	if (read_text(path, &text, err) < 0)
		return -1;
	return courant_message_add_alternative(message, courant_calendar_new(text.bytes ? text.bytes : "", text.len, NULL, err), err);
}

static int set_content(const struct cli_call *call, courant_message *message, courant_error **err)
{
	size_t n;
	const char *const *values;
	const char *calendar = cli_value(call, "calendar");

	if (set_text(call, message, "text", "text-body", "plain", courant_message_set_text_part, err) < 0 ||
	    set_text(call, message, "html", "html-body", "html", courant_message_set_html_part, err) < 0)
		return -1;
	if (calendar && add_calendar(message, calendar, err) < 0)
		return fail_within(err, "--calendar");
	values = cli_values(call, "alternative", &n);
	for (size_t i = 0; i < n; i++)
		if (add_alternative(message, values[i], err) < 0)
			return fail_within(err, "--alternative");
	values = cli_values(call, "inline", &n);
	for (size_t i = 0; i < n; i++)
		if (add_inline(message, values[i], err) < 0)
			return fail_within(err, "--inline");
	values = cli_values(call, "attach", &n);
	for (size_t i = 0; i < n; i++)
		if (attach(call, message, values[i], err) < 0)
			return fail_within(err, "--attach");
	return 0;
}

courant_message *compose_message(const struct cli_call *call, const char *default_from,
				 courant_error **err)
{
	AUTO(message) courant_message *message = courant_message_new(err);

	if (!message)
		return NULL;
	if (call->is_repeatable)
		courant_message_set_seed(message, (uint64_t)call->mail_date_ms);
	if (!cli_value(call, "from") && !default_from) {
		(void)fail(err, COURANT_USAGE, "who is it from? Give --from ADDRESS, or \"from\" in the account of courant.yaml");
		return NULL;
	}
	if (!cli_value(call, "from") && courant_message_set_from(message, default_from, err) < 0)
		return NULL;
	if (set_headers(call, message, err) < 0 || set_content(call, message, err) < 0)
		return NULL;
	return STEAL(message);
}

const char *compose_first_given(const struct cli_call *call)
{
	static const char *const content[] = {"subject", "date", "message-id", "in-reply-to", "references", "reply-to", "sender", "header", "list-unsubscribe", "text",
					      "html", "text-body", "html-body", "charset", "inline", "attach", "name-charset", "calendar", "alternative"};

	for (size_t i = 0; i < sizeof content / sizeof *content; i++)
		if (cli_value(call, content[i]))
			return content[i];
	return NULL;
}
