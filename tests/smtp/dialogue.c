/* SPDX-License-Identifier: MIT */
/* dialogue.c - reads dialogues (dialogue.h); dialogue_play.c plays them */
#include "dialogue.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/num.h"

/* \r \n \t \0 \s \\ \xNN */
static void unescape(slice text, struct buffer *ret)
{
	static const char names[] = "rnt0s\\", bytes[] = "\r\n\t\0 \\";

	for (size_t i = 0; i < text.len; i++) {
		const char next = i + 1 < text.len ? text.ptr[i + 1] : '\0';
		const char *at = next ? strchr(names, next) : NULL;

		if (text.ptr[i] != '\\') {
			buffer_append_byte(ret, text.ptr[i]);
		} else if (at) {
			buffer_append_byte(ret, bytes[at - names]);
			i++;
		} else if (next == 'x' && i + 3 < text.len) {
			buffer_append_byte(ret, (char)(ascii_hex_value(text.ptr[i + 2]) * 16 +
						       ascii_hex_value(text.ptr[i + 3])));
			i += 3;
		}
	}
}

char *dialogue_text(slice escaped, size_t *ret_len)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT((size_t)16 * 1024 * 1024);
	char *text = NULL;

	unescape(escaped, &bytes);
	(void)buffer_take(&bytes, &text, ret_len, NULL);
	return text;
}

static void add_line(struct dialogue *dialogue, enum line_kind kind, slice text,
		     unsigned long times)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT((size_t)16 * 1024 * 1024);
	struct dialogue_line *line = &dialogue->lines[dialogue->n_lines];

	if (dialogue->n_lines == DIALOGUE_LINES_MAX) {
		printf("Bail out! too many lines: %s\n", dialogue->name);
		exit(1);
	}
	for (; times > 0; times--)
		unescape(text, &bytes);
	line->kind = kind;
	if (buffer_take(&bytes, &line->bytes, &line->len, NULL) == 0)
		dialogue->n_lines++;
	if (kind == LINE_SERVER)
		dialogue->server_bytes += line->len;
}

static void add_with_end(struct dialogue *dialogue, enum line_kind kind, slice text)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT((size_t)1024 * 1024);

	buffer_append(&line, text);
	buffer_append(&line, SLICE("\\r\\n"));
	add_line(dialogue, kind, buffer_peek(&line), 1);
}

/* What is said in most dialogues: "use open". */
static const struct {
	const char *name;
	const char *lines[7];
} phrases[] = {
	{"open", {"S: 220 mx ESMTP", "C: EHLO client.example", "S: 250 mx"}},
	{"pipelined",
	 {"S: 220 mx ESMTP", "C: EHLO client.example", "S: 250-mx", "S: 250 PIPELINING"}},
	{"chunked",
	 {"S: 220 mx ESMTP", "C: EHLO client.example", "S: 250-mx", "S: 250-PIPELINING",
	  "S: 250 CHUNKING"}},
	{"envelope", {"C: MAIL FROM:<a@x>", "S: 250 ok", "C: RCPT TO:<b@y>", "S: 250 ok"}},
	{"data", {"C: DATA", "S: 354 go", "C: Hello", "C: .", "S: 250 ok"}},
	{"bye", {"C: QUIT", "S: 221 bye"}},
	{"accepted", {"E: recipient 0 accepted 250", "E: message accepted", "E: closed OK"}},
};

static void read_line(struct dialogue *dialogue, slice line);

static bool use_phrase(struct dialogue *dialogue, slice name)
{
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
		if (!slice_equal(name, slice_of(phrases[i].name)))
			continue;
		for (size_t j = 0; j < 7 && phrases[i].lines[j]; j++)
			read_line(dialogue, slice_of(phrases[i].lines[j]));
		return true;
	}
	return false;
}

static void read_line(struct dialogue *dialogue, slice line)
{
	const slice text = slice_after(line, 3);
	uint64_t times = 1;

	if (slice_starts(line, SLICE("options ")))
		dialogue->options = mem_copy(slice_after(line, 8));
	else if (slice_equal(line, SLICE("together")))
		dialogue->only_whole = true;
	else if (slice_starts(line, SLICE("mail ")))
		dialogue->mails[dialogue->n_mails++] = mem_copy(slice_after(line, 5));
	else if (slice_starts(line, SLICE("S:")))
		add_with_end(dialogue, LINE_SERVER, text);
	else if (slice_starts(line, SLICE("S>")))
		add_line(dialogue, LINE_SERVER, text, 1);
	else if (slice_starts(line, SLICE("S*")) &&
		 num_parse_u64(slice_part(text, 0, slice_find(text, ' ')), &times))
		add_line(dialogue, LINE_SERVER, slice_after(text, slice_find(text, ' ') + 1),
			 times);
	else if (slice_starts(line, SLICE("C:")))
		add_with_end(dialogue, LINE_CLIENT, text);
	else if (slice_starts(line, SLICE("C>")))
		add_line(dialogue, LINE_CLIENT, text, 1);
	else if (slice_starts(line, SLICE("E:")))
		add_line(dialogue, LINE_EVENT, text, 1);
	else if (slice_starts(line, SLICE("A:")))
		add_line(dialogue, LINE_ACTION, text, 1);
	else if (line.len > 0 && line.ptr[0] != '#' &&
		 !(slice_starts(line, SLICE("use ")) &&
		   use_phrase(dialogue, slice_after(line, 4)))) {
		printf("Bail out! %s: what is this: %.*s\n", dialogue->name, SLICE_ARGS(line));
		exit(1);
	}
}

struct dialogue *dialogue_read(slice *text)
{
	struct dialogue *dialogue = NULL;
	slice line, before = *text;

	for (; slice_next_line(text, &line); before = *text) {
		if (!slice_starts(line, SLICE("== "))) {
			if (dialogue)
				read_line(dialogue, line);
			continue;
		}
		if (dialogue) {
			*text = before;
			break;
		}
		dialogue = mem_alloc(sizeof *dialogue);
		if (!dialogue)
			return NULL;
		(void)snprintf(dialogue->name, sizeof dialogue->name, "%.*s",
			       SLICE_ARGS(slice_after(line, 3)));
	}
	return dialogue;
}

void dialogue_free(struct dialogue *dialogue)
{
	if (!dialogue)
		return;
	for (size_t i = 0; i < dialogue->n_lines; i++)
		free(dialogue->lines[i].bytes);
	for (size_t i = 0; i < dialogue->n_mails; i++)
		free(dialogue->mails[i]);
	free(dialogue->options);
	free(dialogue);
}
