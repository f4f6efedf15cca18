/* SPDX-License-Identifier: MIT */
/* dialogue.h - plays a written SMTP session against the engine
 *
 * A file of tests/dialogues/ holds many; README.txt there says how they are written. */
#ifndef COURANT_TESTS_DIALOGUE_H
#define COURANT_TESTS_DIALOGUE_H
#include <courant/engine.h>

#include "base/buffer.h"

enum line_kind {
	LINE_SERVER, /* bytes the server sends */
	LINE_CLIENT, /* bytes the client must have sent before the next server line */
	LINE_EVENT,  /* what must be reported, in order */
	LINE_ACTION  /* what the driver does at this place */
};

#define DIALOGUE_LINES_MAX 400

struct dialogue_line {
	enum line_kind kind;
	char *bytes;
	size_t len;
};

struct dialogue {
	char name[160];
	char *options; /* the words of the lines "options" and "mail" */
	char *mails[40];
	size_t n_mails;
	struct dialogue_line lines[DIALOGUE_LINES_MAX];
	size_t n_lines;
	size_t server_bytes; /* of all server lines */
	bool only_whole;     /* what matters is that bytes come together */
};

/* Reads the next dialogue off the text; NULL at its end. */
struct dialogue *dialogue_read(slice *text);
void dialogue_free(struct dialogue *);

/* The bytes that the text with its escapes stands for; free() it. */
char *dialogue_text(slice escaped, size_t *ret_len);

struct play {
	bool by_byte;      /* each byte of the server's alone */
	size_t cut_after;  /* the connection is lost after so many bytes of the server's;
	                    * SLICE_NONE: never */
	bool checks_lines; /* output and events are those written down */
};

struct outcome_count {
	size_t n[4];        /* recipients by enum courant_outcome */
	size_t n_recipients;
	bool is_closed;
	bool was_refused_memory; /* the engine could not be made, or took no mail */
	enum courant_code code; /* of CLOSED */
	bool is_orderly;    /* every recipient one event, then its message; CLOSED last */
};

void dialogue_play(const struct dialogue *, const struct play *, struct outcome_count *ret);
#endif
