/* SPDX-License-Identifier: MIT */
/* extension.c - reading the answer to EHLO (extension.h) */
#include "smtp/extension.h"

#include "base/num.h"

static const struct {
	const char *keyword;
	enum courant_extension bit;
} known[] = {
	{"PIPELINING", COURANT_EXTENSION_PIPELINING},
	{"CHUNKING", COURANT_EXTENSION_CHUNKING},
	{"8BITMIME", COURANT_EXTENSION_8BITMIME},
	{"BINARYMIME", COURANT_EXTENSION_BINARYMIME},
	{"SMTPUTF8", COURANT_EXTENSION_SMTPUTF8},
	{"SIZE", COURANT_EXTENSION_SIZE},
	{"DSN", COURANT_EXTENSION_DSN},
	{"ENHANCEDSTATUSCODES", COURANT_EXTENSION_ENHANCEDSTATUSCODES},
	{"DELIVERBY", COURANT_EXTENSION_DELIVERBY},
	{"FUTURERELEASE", COURANT_EXTENSION_FUTURERELEASE},
	{"REQUIRETLS", COURANT_EXTENSION_REQUIRETLS},
	{"MT-PRIORITY", COURANT_EXTENSION_MT_PRIORITY},
	{"LIMITS", COURANT_EXTENSION_LIMITS},
	{"STARTTLS", COURANT_EXTENSION_STARTTLS},
	{"AUTH", COURANT_EXTENSION_AUTH},
};

void extensions_init(struct extensions *offer)
{
	*offer = (struct extensions){
		.lines = BUFFER_LIMIT(REPLY_MAX_BYTES + 1),
		.logins = BUFFER_LIMIT(REPLY_MAX_BYTES + 1),
	};
}

void extensions_release(struct extensions *offer)
{
	buffer_release(&offer->lines);
	buffer_release(&offer->logins);
}

void extensions_forget(struct extensions *offer)
{
	const struct buffer lines = offer->lines, logins = offer->logins;

	*offer = (struct extensions){.lines = lines, .logins = logins};
	buffer_cut(&offer->lines, 0);
	buffer_cut(&offer->logins, 0);
}

/* The number at the begin of the parameters, or 0. */
static uint64_t first_number(slice parameters)
{
	slice word = SLICE("");
	uint64_t value = 0;

	(void)slice_next(&parameters, ' ', &word);
	(void)num_parse_u64(word, &value); /* no number is no limit */
	return value;
}

static void read_limits(struct extensions *offer, slice parameters)
{
	for (slice name, value; slice_next(&parameters, ' ', &name);) {
		uint64_t limit;
		const size_t at = slice_find(name, '=');

		value = at == SLICE_NONE ? SLICE("") : slice_after(name, at + 1);
		name = slice_part(name, 0, at);
		if (!num_parse_u64(value, &limit) || limit == 0)
			continue;
		if (slice_equal_nocase(name, SLICE("MAILMAX")))
			offer->mail_max = limit;
		else if (slice_equal_nocase(name, SLICE("RCPTMAX")))
			offer->recipient_max = limit;
		else if (slice_equal_nocase(name, SLICE("RCPTDOMAINMAX")))
			offer->domain_max = limit;
	}
}

/* The parameters' own meaning. */
static void read_parameters(struct extensions *offer, enum courant_extension bit, slice parameters)
{
	if (bit == COURANT_EXTENSION_SIZE)
		offer->size_max_bytes = first_number(parameters);
	else if (bit == COURANT_EXTENSION_FUTURERELEASE)
		offer->hold_max_s = first_number(parameters);
	else if (bit == COURANT_EXTENSION_DELIVERBY)
		offer->deliver_by_min_s = first_number(parameters);
	else if (bit == COURANT_EXTENSION_LIMITS)
		read_limits(offer, parameters);
	else if (bit == COURANT_EXTENSION_AUTH) {
		buffer_append(&offer->logins, parameters);
		buffer_append_byte(&offer->logins, ' ');
	}
}

/* Keyword and parameters; "AUTH=LOGIN", of servers older than RFC 2554, is an AUTH line too. */
static void split_line(slice line, slice *ret_keyword, slice *ret_parameters)
{
	slice rest = slice_trim(line);

	if (slice_starts_nocase(rest, SLICE("AUTH="))) {
		*ret_keyword = slice_part(rest, 0, 4);
		*ret_parameters = slice_after(rest, 5);
		return;
	}
	(void)slice_next(&rest, ' ', ret_keyword);
	*ret_parameters = slice_trim(rest);
}

int extensions_read(struct extensions *offer, const struct reply *reply, courant_error **err)
{
	slice rest = reply->raw, line;

	extensions_forget(offer);
	(void)slice_next(&rest, '\n', &line); /* the server's name and its greeting */
	while (slice_next(&rest, '\n', &line)) {
		slice keyword = SLICE(""), parameters;

		split_line(line, &keyword, &parameters);
		for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
			if (!slice_equal_nocase(keyword, slice_of(known[i].keyword)))
				continue;
			offer->bits |= known[i].bit;
			read_parameters(offer, known[i].bit, parameters);
		}
		buffer_append(&offer->lines, slice_trim(line));
		buffer_append_byte(&offer->lines, '\0');
	}
	return buffer_check(&offer->lines, err) < 0 ? -1 : buffer_check(&offer->logins, err);
}

const char *extensions_find(const struct extensions *offer, slice wanted)
{
	for (slice rest = buffer_peek(&offer->lines), line; slice_next(&rest, '\0', &line);) {
		slice keyword = SLICE(""), parameters;

		split_line(line, &keyword, &parameters);
		if (wanted.len > 0 && slice_equal_nocase(keyword, wanted))
			return parameters.len > 0 ? parameters.ptr : "";
	}
	return NULL;
}
