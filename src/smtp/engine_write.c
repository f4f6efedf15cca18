/* SPDX-License-Identifier: MIT */
/* engine_write.c - the bytes of mails: MAIL, RCPT, DATA, BDAT, messages
 *
 * With PIPELINING (RFC 2920) commands follow each other without waiting, DATA being the last
 * before its reply. A message that is small goes with its envelope by BDAT (RFC 3030); the
 * envelope of the next mail goes while the last one's end is not answered yet. */
#include "base/alloc.h"
#include "smtp/engine_state.h"
#include "smtp/path.h"

/* "BDAT 65536 LAST\r\n" and some. */
#define CHUNK_HEADER_MAX_BYTES 40

/* Chunks of one message whose replies have not come. */
#define CHUNKS_MAX 64

static size_t unsent(const struct courant_engine *engine)
{
	return engine->out.len - engine->out_at;
}

/* ---- MAIL and RCPT ---- */

static bool is_free(const struct courant_mail *mail, slice keyword)
{
	return !mail->parameters || !path_has_parameter(slice_of(mail->parameters), keyword);
}

static void append_number(struct buffer *out, slice keyword, uint64_t value)
{
	buffer_append(out, keyword);
	buffer_append_u64(out, value);
}

static void append_signed(struct buffer *out, int64_t value)
{
	if (value < 0)
		buffer_append_byte(out, '-');
	buffer_append_u64(out, value < 0 ? (uint64_t)-value : (uint64_t)value);
}

/* The parameters of rarely used extensions, each only when it is wanted and offered. */
static void append_wishes(struct courant_engine *engine, const struct courant_mail *mail)
{
	struct buffer *out = &engine->out;

	if (OFFERS(engine, DSN) && mail->ret && is_free(mail, SLICE("RET")))
		buffer_append(out, mail->ret == COURANT_RETURN_FULL ? SLICE(" RET=FULL")
								    : SLICE(" RET=HDRS"));
	if (OFFERS(engine, DSN) && mail->envelope_id && is_free(mail, SLICE("ENVID"))) {
		buffer_append(out, SLICE(" ENVID="));
		path_write_xtext(out, slice_of(mail->envelope_id));
	}
	if ((mail->deliver_by_s || mail->deliver_by_mode) && is_free(mail, SLICE("BY"))) {
		buffer_append(out, SLICE(" BY="));
		append_signed(out, mail->deliver_by_s);
		buffer_append_byte(out, ';');
		buffer_append_byte(out, mail->deliver_by_mode ? mail->deliver_by_mode : 'N');
		if (mail->flags & COURANT_MAIL_DELIVER_BY_TRACE)
			buffer_append_byte(out, 'T');
	}
	if (mail->hold_for_s && is_free(mail, SLICE("HOLDFOR")))
		append_number(out, SLICE(" HOLDFOR="), mail->hold_for_s);
	if (mail->hold_until && is_free(mail, SLICE("HOLDUNTIL"))) {
		buffer_append(out, SLICE(" HOLDUNTIL="));
		buffer_append(out, slice_of(mail->hold_until));
	}
	if ((mail->flags & COURANT_MAIL_REQUIRE_TLS) && is_free(mail, SLICE("REQUIRETLS")))
		buffer_append(out, SLICE(" REQUIRETLS"));
	if (mail->priority && OFFERS(engine, MT_PRIORITY) && is_free(mail, SLICE("MT-PRIORITY"))) {
		buffer_append(out, SLICE(" MT-PRIORITY="));
		append_signed(out, mail->priority);
	}
}

static void append_parameters(struct buffer *out, const char *parameters)
{
	if (!parameters || !*parameters)
		return;
	buffer_append_byte(out, ' ');
	buffer_append(out, slice_of(parameters));
}

static void write_mail_from(struct courant_engine *engine, struct transaction *transaction)
{
	const struct courant_mail *mail = transaction->mail;
	struct buffer *out = &engine->out;
	const size_t mark = out->len;

	buffer_append(out, SLICE("MAIL FROM:<"));
	buffer_append(out, slice_of(mail_path(&mail->sender, transaction->is_utf8)));
	buffer_append_byte(out, '>');
	if (OFFERS(engine, SIZE) && transaction->size_bytes > 0 && is_free(mail, SLICE("SIZE")))
		append_number(out, SLICE(" SIZE="), transaction->size_bytes);
	if ((mail->flags & COURANT_MAIL_BINARY) && is_free(mail, SLICE("BODY")))
		buffer_append(out, SLICE(" BODY=BINARYMIME"));
	else if ((mail->flags & COURANT_MAIL_EIGHT_BIT) && is_free(mail, SLICE("BODY")))
		buffer_append(out, SLICE(" BODY=8BITMIME"));
	if (transaction->is_utf8 && is_free(mail, SLICE("SMTPUTF8")))
		buffer_append(out, SLICE(" SMTPUTF8"));
	append_wishes(engine, mail);
	append_parameters(out, mail->parameters);
	engine_command(engine, mark, COMMAND_MAIL, transaction, 0);
}

static void append_notify(struct buffer *out, unsigned notify)
{
	static const struct {
		enum courant_notify bit;
		const char *word;
	} words[] = {{COURANT_NOTIFY_NEVER, "NEVER"},
		     {COURANT_NOTIFY_SUCCESS, "SUCCESS"},
		     {COURANT_NOTIFY_FAILURE, "FAILURE"},
		     {COURANT_NOTIFY_DELAY, "DELAY"}};
	slice before = SLICE(" NOTIFY=");

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!(notify & words[i].bit))
			continue;
		buffer_append(out, before);
		buffer_append(out, slice_of(words[i].word));
		before = SLICE(",");
	}
}

static void append_orcpt(struct buffer *out, const char *orcpt)
{
	const size_t type = strcspn(orcpt, ";") + 1;

	buffer_append(out, SLICE(" ORCPT="));
	buffer_append(out, slice_from(orcpt, type));
	path_write_xtext(out, slice_of(orcpt + type));
}

static void write_recipient(struct courant_engine *engine, struct transaction *mail, size_t index)
{
	const struct courant_recipient *to = &mail->mail->recipients[index];
	const slice parameters = slice_of(to->parameters);
	struct buffer *out = &engine->out;
	const size_t mark = out->len;

	buffer_append(out, SLICE("RCPT TO:<"));
	buffer_append(out, slice_of(mail_path(&to->path, mail->is_utf8)));
	buffer_append_byte(out, '>');
	if (OFFERS(engine, DSN) && to->notify && !path_has_parameter(parameters, SLICE("NOTIFY")))
		append_notify(out, to->notify);
	if (OFFERS(engine, DSN) && to->orcpt && !path_has_parameter(parameters, SLICE("ORCPT")))
		append_orcpt(out, to->orcpt);
	append_parameters(out, to->parameters);
	mail->fates[index] = FATE_ASKED;
	engine_command(engine, mark, COMMAND_RCPT, mail, index);
}

/* ---- messages ---- */

/* Reads up to a whole block. *ret_n < BLOCK_BYTES: the message has ended. */
static int read_block(struct courant_engine *engine, courant_reader *message, size_t *ret_n,
		      courant_error **err)
{
	size_t n = 0, got = 1;

	if (!engine->block)
		engine->block = mem_alloc(BLOCK_BYTES);
	if (!engine->block)
		return fail_memory(err);
	for (; n < BLOCK_BYTES && got > 0; n += got)
		if (courant_reader_read(message, engine->block + n, BLOCK_BYTES - n, &got, err) < 0)
			return -1;
	*ret_n = n;
	return 0;
}

static void note_end(struct courant_engine *engine, struct transaction *mail)
{
	mail->has_ended = true;
	mail->end_at = engine->out_dropped + engine->out.len;
	mail->stage = STAGE_OVER;
	engine->body_until = engine->out.len;
	engine->current = NULL;
	engine_trace(engine, COURANT_NOTE, SLICE("the message has been sent"));
}

/* One block behind DATA. */
static void write_body(struct courant_engine *engine, struct transaction *mail)
{
	courant_error *error = NULL;
	size_t n = 0;

	if (read_block(engine, mail->mail->message, &n, &error) < 0) {
		/* Without the final dot the server keeps nothing. There is no other way to take
		 * a message back. */
		(void)fail_within(&error, "the message cannot be read");
		engine_close(engine, error, NULL);
		return;
	}

	char *to = buffer_room(&engine->out, body_worst(n) + sizeof "\r\n.\r\n");

	if (!to)
		return;
	buffer_added(&engine->out, body_write(&mail->filter, slice_from(engine->block, n), to));
	engine->body_until = engine->out.len;
	if (n == BLOCK_BYTES)
		return;
	buffer_added(&engine->out, body_end(&mail->filter, engine->out.bytes + engine->out.len));
	buffer_append(&engine->out, SLICE(".\r\n"));
	engine_wait(engine, COMMAND_DOT, mail, 0);
	note_end(engine, mail);
}

/* The block behind its header, at out.len + header. Returns its length on the wire. */
static size_t write_chunk_bytes(struct transaction *mail, slice block, bool is_last, char *to)
{
	if (mail->mail->flags & COURANT_MAIL_BINARY) {
		memcpy(to, block.ptr, block.len);
		return block.len;
	}

	const size_t n = body_write(&mail->filter, block, to);

	return is_last ? n + body_end(&mail->filter, to + n) : n;
}

static size_t write_chunk_header(char *to, size_t chunk_len, bool is_last)
{
	char digits[20];
	size_t at = sizeof digits, n = sizeof "BDAT " - 1;

	do
		digits[--at] = (char)('0' + chunk_len % 10);
	while (chunk_len /= 10);
	memcpy(to, "BDAT ", n);
	memcpy(to + n, digits + at, sizeof digits - at);
	n += sizeof digits - at;
	if (is_last) {
		memcpy(to + n, " LAST", sizeof " LAST" - 1);
		n += sizeof " LAST" - 1;
	}
	memcpy(to + n, "\r\n", 2);
	return n + 2;
}

/* One BDAT command with its chunk. The chunk's length is known only when it stands there, so its
 * place is guessed: the header will be as long as the last one was. When the guess is wrong the
 * chunk moves. */
static void write_chunk(struct courant_engine *engine, struct transaction *mail)
{
	const struct courant_result unread = {.outcome = COURANT_OUTCOME_DEFERRED,
					      .phase = COURANT_PHASE_BODY};
	AUTO(error) courant_error *error = NULL;
	char header[CHUNK_HEADER_MAX_BYTES];
	size_t n = 0;

	if (read_block(engine, mail->mail->message, &n, &error) < 0) {
		/* Between two chunks a message can still be taken back: RSET comes before the
		 * next one. */
		mail_settle_rest(engine, mail, &unread, slice_of(courant_error_sentence(error)));
		mail_give_up(engine, mail);
		mail_finish(engine, mail);
		return;
	}

	const bool is_last = n < BLOCK_BYTES;
	char *to = buffer_room(&engine->out, CHUNK_HEADER_MAX_BYTES + body_worst(n) + 2);

	if (!to)
		return;

	const size_t guess = engine->chunk_header;
	const size_t len =
		write_chunk_bytes(mail, slice_from(engine->block, n), is_last, to + guess);

	engine->chunk_header = write_chunk_header(header, len, is_last);
	if (engine->chunk_header != guess)
		memmove(to + engine->chunk_header, to + guess, len);
	memcpy(to, header, engine->chunk_header);
	engine_trace(engine, COURANT_FROM_CLIENT, slice_from(header, engine->chunk_header - 2));
	buffer_added(&engine->out, engine->chunk_header + len);
	engine->body_until = engine->out.len;
	engine_wait(engine, is_last ? COMMAND_BDAT_LAST : COMMAND_BDAT, mail, 0);
	if (is_last)
		note_end(engine, mail);
}

/* ---- what comes next ---- */

static bool is_pipelined(const struct courant_engine *engine)
{
	return OFFERS(engine, PIPELINING) && !engine->options.no_pipelining;
}

/* Mails whose end was written and not answered; by BDAT, or all. */
static size_t unanswered_ends(const struct courant_engine *engine, bool only_chunks)
{
	size_t n = 0;

	for (size_t i = 0; i < engine->n_mails; i++)
		if (engine->mails[i].mail && engine->mails[i].has_ended &&
		    (engine->mails[i].by_chunks || !only_chunks))
			n++;
	return n;
}

static void write_word(struct courant_engine *engine, slice word, enum command_kind kind,
		       struct transaction *mail)
{
	const size_t mark = engine->out.len;

	buffer_append(&engine->out, word);
	engine_command(engine, mark, kind, mail, 0);
}

/* RSET comes before MAIL when the server may still hold a transaction: after a failure, or when
 * that of a BDAT LAST is not answered yet. (A final dot ends the transaction whatever its reply
 * is: RFC 5321, 4.1.1.4.) */
static void begin_transaction(struct courant_engine *engine, struct transaction *mail)
{
	const struct courant_result spent = {.outcome = COURANT_OUTCOME_DEFERRED,
					     .phase = COURANT_PHASE_IDLE};
	const bool resets = engine->needs_reset || unanswered_ends(engine, true) > 0;

	if (engine->offer.mail_max > 0 && engine->n_started >= engine->offer.mail_max) {
		mail_settle_rest(
			engine, mail, &spent,
			SLICE("the server takes no more mails on this connection (MAILMAX)"));
		mail->stage = STAGE_OVER;
		mail_finish(engine, mail);
		return;
	}
	if (!mail_start(engine, mail))
		return;
	engine->n_started++;
	mail->stage = STAGE_MAIL;
	if (!resets)
		return;
	engine->needs_reset = false;
	write_word(engine, SLICE("RSET"), COMMAND_RESET, NULL);
}

/* The next recipient of this transaction; when there is none, the content is next. */
static void write_next_recipient(struct courant_engine *engine, struct transaction *mail)
{
	while (mail->next < mail->mail->n_recipients && mail->fates[mail->next] != FATE_NEW)
		mail->next++;
	if (mail->next < mail->mail->n_recipients)
		write_recipient(engine, mail, mail->next++);
	else
		mail->stage = STAGE_CONTENT;
}

/* Whether a message may follow before it is known who will get it: when it is small, for with
 * BDAT it goes whole. */
static bool is_small(const struct transaction *mail)
{
	return mail->size_bytes > 0 && mail->size_bytes < BLOCK_BYTES;
}

/* DATA or BDAT. False: replies must come first. */
static bool write_content(struct courant_engine *engine, struct transaction *mail)
{
	const bool is_answered = mail->outstanding == 0;

	if (is_answered && mail->taken == 0) {
		mail_give_up(engine, mail);
		mail_finish(engine, mail);
		return true;
	}
	if (engine->chunking_fails) /* known since this mail was begun */
		mail->by_chunks = false;
	if (!mail->by_chunks) {
		write_word(engine, SLICE("DATA"), COMMAND_DATA, mail);
		mail->stage = STAGE_DATA;
		return true;
	}
	if ((!is_answered && !is_small(mail)) ||
	    unanswered_ends(engine, false) >= engine->options.window)
		return false;
	mail->filter = (struct body_filter)BODY_FILTER_BDAT;
	mail->stage = STAGE_CHUNKS;
	return true;
}

/* One step of the mail being written. False: replies must come first. */
static bool write_step(struct courant_engine *engine, struct transaction *mail)
{
	switch (mail->stage) {
	case STAGE_BEGIN:
		begin_transaction(engine, mail);
		return true;
	case STAGE_MAIL:
		write_mail_from(engine, mail);
		mail->stage = STAGE_RECIPIENTS;
		return true;
	case STAGE_RECIPIENTS:
		write_next_recipient(engine, mail);
		return true;
	case STAGE_CONTENT:
		return write_content(engine, mail);
	case STAGE_BODY:
		write_body(engine, mail);
		return true;
	case STAGE_CHUNKS:
		if (mail->outstanding >= CHUNKS_MAX)
			return false;
		write_chunk(engine, mail);
		return true;
	case STAGE_DATA:
	case STAGE_OVER:
		return false;
	}
	return false;
}

/* What has been sent makes room. */
static void compact(struct courant_engine *engine)
{
	if (engine->out_at < BLOCK_BYTES)
		return;
	engine->out_dropped += engine->out_at;
	engine->body_until -=
		engine->body_until < engine->out_at ? engine->body_until : engine->out_at;
	buffer_drop(&engine->out, engine->out_at);
	engine->out_at = 0;
}

void write_mails(struct courant_engine *engine)
{
	const bool pipelined = is_pipelined(engine);

	compact(engine);
	while (!engine->is_closed && engine->out.failure == BUFFER_FINE &&
	       unsent(engine) < BLOCK_BYTES && engine->n_pending < PENDING_MAX &&
	       (pipelined || engine->n_pending == 0)) {
		if (!engine->current) {
			if (engine->n_queue == 0)
				break;
			engine->current = engine->queue[engine->queue_head];
			engine->queue_head = (engine->queue_head + 1) % engine->n_mails;
			engine->n_queue--;
		}
		if (!write_step(engine, engine->current))
			break;
	}
}
