/* SPDX-License-Identifier: MIT */
/* message.h - a mail before it is composed: what was set, in the order of adding */
#ifndef COURANT_MIME_MESSAGE_H
#define COURANT_MIME_MESSAGE_H
#include <courant/message.h>

#include "mime/mailbox.h"
#include "mime/part.h"
#include "mime/plan.h"

#define MESSAGE_GROUND_BYTES 2048 /* the headers of a usual mail */

/* Parts in the order of adding; owned by the message. */
struct part_list {
	courant_part **items;
	size_t n;
	size_t space;
};

enum seed_kind { SEED_NONE, SEED_CHANCE, SEED_GIVEN };

struct courant_message {
	struct arena arena;
	struct mailbox_list from, sender, reply_to, to, cc, bcc;
	slice subject; /* {NULL, 0}: none */
	bool has_date;
	int64_t instant_ms;
	int offset_s;
	slice message_id; /* with its brackets */
	slice in_reply_to, references;
	struct fields fields;

	courant_part *text, *html, *body;
	struct part_list alternatives, inlines, attachments;

	enum seed_kind seed_kind;
	uint64_t seed;

	bool has_envelope_sender, has_envelope_recipients;
	struct mailbox_list envelope_sender; /* empty: the empty return path */
	struct mailbox_list envelope_recipients;
	_Alignas(16) char ground[MESSAGE_GROUND_BYTES];
};

AUTO_DEFINE(message, courant_message, courant_message_free)

/* The tree that follows from what was set (tree.c). The levels that hold others live here; the
 * parts inside are the message's. */
struct tree {
	courant_part alternative, related, mixed;
	courant_part *root;
};
void tree_init(struct tree *); /* touches only what tree_release looks at: the levels are large, and
				  most mails have none */
int tree_build(struct tree *, courant_message *, courant_error **err);
void tree_release(struct tree *);
AUTO_DEFINE_VALUE(tree, struct tree, tree_release)

/* Every cid: of the HTML has its inline part, and every inline part its cid: (cid.c). */
int cid_check(const courant_message *, courant_error **err);

/* Headers and tree, worked out. */
int message_plan(courant_message *, struct plan *, courant_error **err);
#endif
