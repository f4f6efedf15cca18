/* SPDX-License-Identifier: MIT */
/* record.c - the names of states, and how a recipient begins (record.h) */
#include "outbox/record.h"

static const char *const names[OUTBOX_STATES] = {
	[OUTBOX_QUEUED] = "queued",   [OUTBOX_LEASED] = "leased",   [OUTBOX_ACCEPTED] = "accepted", [OUTBOX_DEFERRED] = "deferred",
	[OUTBOX_REFUSED] = "refused", [OUTBOX_UNKNOWN] = "unknown", [OUTBOX_HELD] = "held",
};

const char *outbox_state_name(enum outbox_state state)
{
	return names[state];
}

bool outbox_state_parse(slice word, enum outbox_state *ret)
{
	for (size_t i = 0; i < OUTBOX_STATES; i++) {
		if (!slice_equal_nocase(word, slice_of(names[i])))
			continue;
		*ret = (enum outbox_state)i;
		return true;
	}
	return false;
}

struct outbox_recipient outbox_recipient_of(const struct courant_recipient *from, int64_t now_ms)
{
	return (struct outbox_recipient){
		.address_ascii = from->path.ascii,
		.address_utf8 = from->path.utf8,
		.notify = from->notify,
		.orcpt = from->orcpt,
		.state = OUTBOX_QUEUED,
		.due_ms = now_ms,
		.changed_ms = now_ms,
		.enhanced = "",
		.reply = "",
		.server = "",
	};
}
