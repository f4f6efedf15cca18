/* SPDX-License-Identifier: MIT */
/* dialogue_mail.c - the words of "options" and "mail" as the engine's structs */
#include "dialogue_mail.h"

#include "base/alloc.h"
#include "base/num.h"
#include "dialogue.h"

static bool word_is(slice word, const char *name)
{
	return slice_equal(word, slice_of(name));
}

static bool word_has(slice word, const char *name, slice *ret_value)
{
	if (!slice_starts(word, slice_of(name)))
		return false;
	*ret_value = slice_after(word, strlen(name));
	return true;
}

/* Kept until the end of the play. */
static const char *keep(struct kept *kept, slice text)
{
	return kept->texts[kept->n++] = dialogue_text(text, NULL);
}

static void read_login(struct played_options *ret, slice value)
{
	const size_t colon = slice_find(value, ':');

	ret->login.user = keep(&ret->kept, slice_part(value, 0, colon));
	if (colon != SLICE_NONE)
		ret->login.password = keep(&ret->kept, slice_after(value, colon + 1));
	ret->options.login = &ret->login;
}

static bool answer(void *context, char *into, size_t size)
{
	const char *secret = context;

	if (!secret || strlen(secret) >= size)
		return false;
	memcpy(into, secret, strlen(secret) + 1);
	return true;
}

/* "password:SECRET", or "password" alone: there is none. */
static void read_asked(struct played_options *ret, slice value)
{
	const size_t colon = slice_find(value, ':');

	if (slice_starts(value, SLICE("token")))
		ret->login.ask_token = answer;
	else
		ret->login.ask_password = answer;
	if (colon != SLICE_NONE)
		ret->login.context = (void *)(uintptr_t)keep(&ret->kept, slice_after(value, colon + 1));
}

static enum courant_tls tls_named(slice name)
{
	static const char *const names[] = {"starttls", "implicit", "opportunistic", "none"};

	for (int i = 0; i < 4; i++)
		if (word_is(name, names[i]))
			return (enum courant_tls)i;
	return COURANT_TLS_NONE;
}

void options_read(const char *words, struct played_options *ret)
{
	slice word, value;
	uint64_t number = 0;

	*ret = (struct played_options){
		.options = {.tls = COURANT_TLS_NONE, .hello = "client.example", .host = "mx"}};
	ret->is_verified = true;
	for (slice rest = slice_of(words); slice_next(&rest, ' ', &word);) {
		if (word_has(word, "tls=", &value))
			ret->options.tls = tls_named(value);
		else if (word_has(word, "login=", &value))
			read_login(ret, value);
		else if (word_has(word, "asked=", &value))
			read_asked(ret, value);
		else if (word_has(word, "token=", &value))
			ret->login.token = keep(&ret->kept, value);
		else if (word_has(word, "mechanisms=", &value)) {
			ret->login.mechanisms = keep(&ret->kept, value);
			ret->options.login = &ret->login;
		} else if (word_has(word, "hello=", &value))
			ret->options.hello = keep(&ret->kept, value);
		else if (word_has(word, "window=", &value) && num_parse_u64(value, &number))
			ret->options.window = (unsigned)number;
		else if (word_has(word, "timeout=", &value) && num_parse_u64(value, &number))
			ret->options.timeout_ms = number * 1000;
		ret->options.protocol =
			word_is(word, "lmtp") ? COURANT_LMTP : ret->options.protocol;
		ret->options.by_hand |= word_is(word, "hand");
		ret->options.no_pipelining |= word_is(word, "no_pipelining");
		ret->options.no_chunking |= word_is(word, "no_chunking");
		ret->options.no_starttls |= word_is(word, "no_starttls");
		ret->is_verified = ret->is_verified && !word_is(word, "unverified");
		ret->shows_steps |= word_is(word, "steps");
	}
}

void kept_free(struct kept *kept)
{
	for (size_t i = 0; i < kept->n; i++)
		free(kept->texts[i]);
	kept->n = 0;
}

/* ---- mails ---- */

static struct courant_path read_path(struct kept *kept, slice text)
{
	const size_t bar = slice_find(text, '|');
	struct courant_path path = {0};

	if (bar != 0)
		path.ascii = keep(kept, slice_part(text, 0, bar));
	if (bar != SLICE_NONE)
		path.utf8 = keep(kept, slice_after(text, bar + 1));
	return path;
}

static unsigned read_flags(slice words, const char *const *names, size_t n)
{
	unsigned flags = 0;

	for (slice word; slice_next(&words, ',', &word);)
		for (size_t i = 0; i < n; i++)
			if (word_is(word, names[i]))
				flags |= 1u << i;
	return flags;
}

static void read_recipients(struct played_mail *ret, slice value)
{
	for (slice word; slice_next(&value, ',', &word);) {
		ret->recipients[ret->mail.n_recipients++].path = read_path(&ret->kept, word);
		if (ret->mail.n_recipients == PLAYED_RECIPIENTS_MAX)
			break;
	}
}

/* A reader that knows no size, or fails at its end. */
struct odd_reader {
	char *bytes;
	size_t len, at;
	bool fails;
};

static int odd_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct odd_reader *odd = context;
	const size_t n = size < odd->len - odd->at ? size : odd->len - odd->at;

	if (n == 0 && odd->fails)
		return fail(err, COURANT_IO, "the disk is on fire");
	memcpy(into, odd->bytes + odd->at, n);
	odd->at += n;
	*ret_n = n;
	return 0;
}

static int odd_rewind(void *context, courant_error **err)
{
	(void)err;
	((struct odd_reader *)context)->at = 0;
	return 0;
}

static void odd_free(void *context)
{
	free(((struct odd_reader *)context)->bytes);
	free(context);
}

static courant_reader *read_body(slice value, bool is_odd, bool fails)
{
	static const struct courant_reader_calls calls = {odd_read, odd_rewind, NULL, odd_free};
	uint64_t times = 1;
	const size_t star = slice_find(value, '*');
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT((size_t)16 * 1024 * 1024);
	size_t len;

	/* body=1000*TEXT is TEXT a thousand times */
	if (star != SLICE_NONE && num_parse_u64(slice_part(value, 0, star), &times))
		value = slice_after(value, star + 1);

	AUTO(free) char *text = dialogue_text(value, &len);

	for (; text && times > 0; times--)
		buffer_append(&bytes, slice_from(text, len));
	if (!is_odd && !fails)
		return courant_reader_new_bytes(bytes.bytes ? bytes.bytes : "", bytes.len, NULL);

	struct odd_reader *odd = calloc(1, sizeof *odd);

	*odd = (struct odd_reader){.len = bytes.len, .fails = fails};
	odd->bytes = malloc(bytes.len + 1);
	if (bytes.len)
		memcpy(odd->bytes, bytes.bytes, bytes.len);
	return courant_reader_new(&calls, odd, NULL);
}

static void read_deliver_by(struct courant_mail *mail, slice value)
{
	const char last = value.len > 0 ? value.ptr[value.len - 1] : '0';

	if (last == 'R' || last == 'N') {
		mail->deliver_by_mode = last;
		value.len--;
	}
	(void)num_parse_i64(value, &mail->deliver_by_s);
}

static void read_number(struct courant_mail *mail, slice word)
{
	slice value;
	int64_t number = 0;

	if (word_has(word, "by=", &value))
		read_deliver_by(mail, value);
	else if (word_has(word, "holdfor=", &value))
		(void)num_parse_u64(value, &mail->hold_for_s);
	else if (word_has(word, "priority=", &value) && num_parse_i64(value, &number))
		mail->priority = (int)number;
}

void mail_read(const char *words, struct played_mail *ret)
{
	static const char *const flags[] = {"8bit", "binary", "utf8", "requiretls", "trace"};
	static const char *const notify[] = {"never", "success", "failure", "delay"};
	slice word, value, body = SLICE("Hello\\r\\n");
	struct courant_mail *mail = &ret->mail;
	struct courant_recipient common = {0};
	bool is_odd = false, fails = false;

	*ret = (struct played_mail){.mail = {.sender = {.ascii = ""}}};
	for (slice rest = slice_of(words); slice_next(&rest, ' ', &word);) {
		read_number(mail, word);
		if (word_has(word, "from=", &value))
			mail->sender = read_path(&ret->kept, value);
		else if (word_has(word, "to=", &value))
			read_recipients(ret, value);
		else if (word_has(word, "body=", &value))
			body = value;
		else if (word_has(word, "flags=", &value))
			mail->flags = read_flags(value, flags, 5);
		else if (word_has(word, "ret=", &value))
			mail->ret = word_is(value, "full") ? COURANT_RETURN_FULL
							   : COURANT_RETURN_HEADERS;
		else if (word_has(word, "envid=", &value))
			mail->envelope_id = keep(&ret->kept, value);
		else if (word_has(word, "notify=", &value))
			common.notify = read_flags(value, notify, 4);
		else if (word_has(word, "orcpt=", &value))
			common.orcpt = keep(&ret->kept, value);
		else if (word_has(word, "holduntil=", &value))
			mail->hold_until = keep(&ret->kept, value);
		else if (word_has(word, "with=", &value))
			mail->parameters = keep(&ret->kept, value);
		else if (word_has(word, "rcptwith=", &value))
			common.parameters = keep(&ret->kept, value);
		is_odd |= word_is(word, "unsized");
		fails |= word_is(word, "failing");
	}
	for (size_t i = 0; i < mail->n_recipients; i++) {
		common.path = ret->recipients[i].path;
		ret->recipients[i] = common;
	}
	mail->recipients = ret->recipients;
	mail->message = read_body(body, is_odd, fails);
}
