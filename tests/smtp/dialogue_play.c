/* SPDX-License-Identifier: MIT */
/* dialogue_play.c - plays a dialogue against the engine */
#include "base/alloc.h"
#include "base/num.h"
#include "dialogue.h"
#include "dialogue_mail.h"
#include "tap.h"

#define START_MS 1000000

struct player {
	const struct dialogue *dialogue;
	const struct play *play;
	courant_engine *engine;
	struct played_options options;
	struct played_mail *mails;
	unsigned char *seen; /* events of each mail's recipients, PLAYED_RECIPIENTS_MAX a mail */
	bool *is_done;       /* mails that had their MESSAGE */
	size_t n_sent;
	struct buffer output, events;
	size_t fed;
	int64_t now_ms;
	bool is_open, is_cut;
	struct outcome_count *count;
};

static const char *const outcome_names[] = {"accepted", "refused", "deferred", "unknown"};
static const char *const code_names[] = {
	[0] = "OK",
	[COURANT_USAGE] = "USAGE",
	[COURANT_INVALID] = "INVALID",
	[COURANT_REFUSED] = "REFUSED",
	[COURANT_NO_MEMORY] = "NO_MEMORY",
	[COURANT_IO] = "IO",
	[COURANT_TEMPORARY] = "TEMPORARY",
	[COURANT_TIMEOUT] = "TIMEOUT",
	[COURANT_PROTOCOL] = "PROTOCOL",
	[COURANT_TLS] = "TLS",
	[COURANT_LOGIN] = "LOGIN",
	[COURANT_INSECURE] = "INSECURE",
	[COURANT_CANCELLED] = "CANCELLED",
};

static size_t mail_index(const struct player *player, const struct courant_mail *mail)
{
	size_t i = 0;

	while (&player->mails[i].mail != mail)
		i++;
	return i;
}

/* An event is a line: line breaks since the mark become '/'. */
static void end_event(struct player *player, size_t mark)
{
	for (size_t i = mark; i < player->events.len; i++)
		if (player->events.bytes[i] == '\n')
			player->events.bytes[i] = '/';
	buffer_append_byte(&player->events, '\n');
}

static void log_result(struct player *player, const struct courant_result *result)
{
	const size_t mark = player->events.len;

	buffer_printf(&player->events, "%s %d %u.%u.%u %s: %s", outcome_names[result->outcome],
		      result->code, result->enhanced[0], result->enhanced[1], result->enhanced[2],
		      courant_phase_name(result->phase), result->text);
	end_event(player, mark);
}

static void count_recipient(struct player *player, const struct courant_event *event)
{
	const size_t mail = mail_index(player, event->mail);
	unsigned char *seen = &player->seen[mail * PLAYED_RECIPIENTS_MAX + event->recipient];

	if (*seen || player->is_done[mail] || player->count->is_closed)
		player->count->is_orderly = false;
	*seen = 1;
	player->count->n[event->result.outcome]++;
	buffer_printf(&player->events, "recipient %zu ", event->recipient);
	log_result(player, &event->result);
}

static void count_message(struct player *player, const struct courant_event *event)
{
	const size_t mail = mail_index(player, event->mail);

	for (size_t i = 0; i < event->mail->n_recipients; i++)
		if (!player->seen[mail * PLAYED_RECIPIENTS_MAX + i])
			player->count->is_orderly = false;
	if (player->is_done[mail] || player->count->is_closed)
		player->count->is_orderly = false;
	player->is_done[mail] = true;
	buffer_printf(&player->events, "message %s\n", outcome_names[event->result.outcome]);
}

static void send_mails(struct player *player)
{
	AUTO(error) courant_error *error = NULL;

	while (player->n_sent < player->dialogue->n_mails &&
	       courant_engine_room(player->engine) > 0) {
		struct courant_mail *mail = &player->mails[player->n_sent++].mail;

		if (courant_engine_send(player->engine, mail, &error) < 0) {
			buffer_printf(&player->events, "not sent: %s\n",
				      courant_error_sentence(error));
			player->is_done[player->n_sent - 1] = true;
			player->count->was_refused_memory |=
				courant_error_code(error) == COURANT_NO_MEMORY;
			courant_error_free(STEAL(error));
		} else {
			player->count->n_recipients += mail->n_recipients;
		}
	}
	if (player->n_sent == player->dialogue->n_mails && player->n_sent > 0)
		courant_engine_quit(player->engine, player->now_ms);
}

static bool has_binding(void *context, const char *name, unsigned char into[64], size_t *ret_size)
{
	(void)context;
	if (strcmp(name, "tls-exporter") != 0)
		return false;
	memset(into, 'b', 32);
	*ret_size = 32;
	return true;
}

static void take_event(struct player *player, const struct courant_event *event)
{
	const size_t mark = player->events.len;
	const struct courant_tls_facts facts = {.verified = player->options.is_verified,
						.version = "TLSv1.3",
						.cipher = "X",
						.channel_binding = has_binding};

	switch (event->kind) {
	case COURANT_EVENT_RECIPIENT:
		count_recipient(player, event);
		return;
	case COURANT_EVENT_MESSAGE:
		count_message(player, event);
		send_mails(player);
		return;
	case COURANT_EVENT_CLOSED:
		player->count->is_orderly = player->count->is_orderly && !player->count->is_closed;
		player->count->is_closed = true;
		player->count->code = courant_error_code(event->error);
		buffer_printf(&player->events, "closed %s %s\n",
			      code_names[courant_error_code(event->error)],
			      courant_error_sentence(event->error));
		return;
	case COURANT_EVENT_REPLY:
		buffer_printf(&player->events, "reply %d %s%s", event->result.code,
			      event->result.text, courant_error_sentence(event->error));
		end_event(player, mark);
		return;
	case COURANT_EVENT_START_TLS:
		courant_engine_secured(player->engine, &facts, player->now_ms);
		break;
	case COURANT_EVENT_OPEN:
		player->is_open = true;
		send_mails(player);
		break;
	case COURANT_EVENT_GREETED:
	case COURANT_EVENT_HELLO:
	case COURANT_EVENT_LOGIN:
		break;
	}
	if (player->options.shows_steps)
		buffer_printf(&player->events, "step %d %d %s\n", (int)event->kind,
			      event->result.code, courant_error_sentence(event->error));
}

/* Events, then output, until there are none. */
static void run(struct player *player)
{
	struct courant_event event;
	size_t n;

	do {
		while (courant_engine_next(player->engine, &event))
			take_event(player, &event);

		const void *bytes = courant_engine_output(player->engine, &n, player->now_ms);

		buffer_append(&player->output, slice_from(bytes, n));
		courant_engine_sent(player->engine, n, player->now_ms);
	} while (n > 0);
	while (courant_engine_next(player->engine, &event))
		take_event(player, &event);
}

static void feed(struct player *player, slice bytes)
{
	const size_t step =
		player->play->by_byte || player->play->cut_after != SLICE_NONE ? 1 : bytes.len;

	while (bytes.len > 0 && !player->is_cut) {
		courant_engine_receive(player->engine, bytes.ptr, step, ++player->now_ms);
		run(player);
		bytes = slice_after(bytes, step);
		player->fed += step;
		if (player->fed == player->play->cut_after) {
			courant_engine_lost(player->engine, NULL, player->now_ms);
			player->is_cut = true;
			run(player);
		}
	}
}

/* Actions with a word, or without: "hello", "hello=NAME". */
static int act_with_word(struct player *player, slice verb, const char *word, courant_error **err)
{
	if (slice_equal(verb, SLICE("hello")))
		return courant_engine_hello(player->engine, COURANT_EHLO, word, err);
	if (slice_equal(verb, SLICE("helo")))
		return courant_engine_hello(player->engine, COURANT_HELO, word, err);
	if (slice_equal(verb, SLICE("lhlo")))
		return courant_engine_hello(player->engine, COURANT_LHLO, word, err);
	if (slice_equal(verb, SLICE("verify")))
		return courant_engine_verify(player->engine, word, err);
	if (slice_equal(verb, SLICE("expand")))
		return courant_engine_expand(player->engine, word, err);
	return slice_equal(verb, SLICE("command"))
		       ? courant_engine_command(player->engine, word, err)
		       : 0;
}

static int act_by_hand(struct player *player, slice action, courant_error **err)
{
	const size_t equals = slice_find(action, '=');
	AUTO(free) char *word = equals == SLICE_NONE ? NULL : mem_copy(slice_after(action, equals + 1));

	if (slice_equal(action, SLICE("starttls")))
		return courant_engine_starttls(player->engine, err);
	if (slice_equal(action, SLICE("login")))
		return courant_engine_login(player->engine, &player->options.login, err);
	if (slice_equal(action, SLICE("noop")))
		return courant_engine_noop(player->engine, err);
	if (slice_equal(action, SLICE("reset")))
		return courant_engine_reset(player->engine, err);
	if (slice_equal(action, SLICE("mails")))
		send_mails(player);
	if (slice_equal(action, SLICE("quit")))
		courant_engine_quit(player->engine, player->now_ms);
	return act_with_word(player, slice_part(action, 0, equals), word, err);
}

static void act(struct player *player, slice action)
{
	AUTO(error) courant_error *error = NULL;
	uint64_t seconds;

	if (slice_equal(action, SLICE("lost"))) {
		courant_engine_lost(player->engine, NULL, player->now_ms);
	} else if (slice_starts(action, SLICE("wait ")) &&
		   num_parse_u64(slice_after(action, 5), &seconds)) {
		player->now_ms += (int64_t)seconds * 1000;
		courant_engine_tick(player->engine, player->now_ms);
	} else if (act_by_hand(player, action, &error) < 0) {
		buffer_printf(&player->events, "step refused %s\n", courant_error_sentence(error));
	}
	run(player);
}

/* Consecutive lines of the server's come in one piece. (Not through base/alloc.h: the server's
 * memory does not fail.) */
static size_t feed_lines(struct player *player, size_t at)
{
	const struct dialogue *dialogue = player->dialogue;
	AUTO(free) char *bytes = malloc(dialogue->server_bytes + 1);
	size_t n = 0;

	for (; at < dialogue->n_lines && dialogue->lines[at].kind == LINE_SERVER; at++) {
		memcpy(bytes + n, dialogue->lines[at].bytes, dialogue->lines[at].len);
		n += dialogue->lines[at].len;
	}
	feed(player, slice_from(bytes, n));
	return at;
}

static void check_events(struct player *player, slice expected)
{
	slice got = buffer_peek(&player->events), line, want;

	while (slice_next(&expected, '\n', &want) && want.len > 0) {
		if (!slice_next(&got, '\n', &line))
			line = SLICE("(nothing)");
		CHECK_SLICE(slice_part(line, 0, want.len), want);
	}
	CHECK_SLICE(got, SLICE(""));
}

static void play_lines(struct player *player)
{
	AUTO(buffer) struct buffer expected = BUFFER_LIMIT((size_t)16 * 1024 * 1024);
	AUTO(buffer) struct buffer events = BUFFER_LIMIT((size_t)1024 * 1024);
	const struct dialogue *dialogue = player->dialogue;
	bool fits = true;

	for (size_t i = 0; i < dialogue->n_lines && !player->is_cut; i++) {
		const struct dialogue_line *line = &dialogue->lines[i];
		const slice bytes = slice_from(line->bytes, line->len);

		if (line->kind == LINE_CLIENT) {
			buffer_append(&expected, bytes);
			continue;
		}
		if (line->kind == LINE_EVENT) {
			buffer_append(&events, bytes);
			buffer_append_byte(&events, '\n');
			continue;
		}
		run(player);
		if (player->play->checks_lines && fits)
			fits = CHECK_SLICE(buffer_peek(&player->output), buffer_peek(&expected));
		if (line->kind == LINE_ACTION)
			act(player, bytes);
		else
			i = feed_lines(player, i) - 1;
	}
	run(player);
	if (!player->play->checks_lines)
		return;
	if (fits)
		(void)CHECK_SLICE(buffer_peek(&player->output), buffer_peek(&expected));
	check_events(player, buffer_peek(&events));
}

static void finish(struct player *player)
{
	if (!player->count->is_closed) {
		courant_engine_lost(player->engine, NULL, player->now_ms);
		run(player);
	}
	for (size_t i = 0; i < player->n_sent; i++)
		if (!player->is_done[i])
			player->count->is_orderly = false;
}

void dialogue_play(const struct dialogue *dialogue, const struct play *play,
		   struct outcome_count *ret)
{
	struct player player = {
		.dialogue = dialogue, .play = play, .count = ret, .now_ms = START_MS};
	const struct courant_tls_facts facts = {.version = "TLSv1.3"};

	*ret = (struct outcome_count){.is_orderly = true};
	player.output = (struct buffer)BUFFER_LIMIT((size_t)16 * 1024 * 1024);
	player.events = (struct buffer)BUFFER_LIMIT((size_t)1024 * 1024);
	options_read(dialogue->options, &player.options);
	player.mails = calloc(dialogue->n_mails + 1, sizeof *player.mails);
	player.seen = calloc(dialogue->n_mails + 1, PLAYED_RECIPIENTS_MAX);
	player.is_done = calloc(dialogue->n_mails + 1, sizeof *player.is_done);
	for (size_t i = 0; i < dialogue->n_mails; i++)
		mail_read(dialogue->mails[i], &player.mails[i]);
	player.engine = courant_engine_new(&player.options.options, NULL);
	if (player.engine) {
		if (player.options.options.tls == COURANT_TLS_IMPLICIT &&
		    player.options.is_verified)
			courant_engine_secured(player.engine,
					       &(struct courant_tls_facts){.verified = true},
					       START_MS);
		else if (player.options.options.tls == COURANT_TLS_IMPLICIT)
			courant_engine_secured(player.engine, &facts, START_MS);
		courant_engine_connected(player.engine, START_MS);
		run(&player);
		play_lines(&player);
		finish(&player);
	} else {
		ret->was_refused_memory = true;
	}
	courant_engine_free(player.engine);
	for (size_t i = 0; i < dialogue->n_mails; i++) {
		courant_reader_free(player.mails[i].mail.message);
		kept_free(&player.mails[i].kept);
	}
	kept_free(&player.options.kept);
	buffer_release(&player.output);
	buffer_release(&player.events);
	free(player.mails);
	free(player.seen);
	free(player.is_done);
}
