/* SPDX-License-Identifier: MIT */
/* outbox_view.h - what is in the outbox, for people and as JSON */
#ifndef COURANT_CLI_OUTBOX_VIEW_H
#define COURANT_CLI_OUTBOX_VIEW_H
#include "base/zone.h"
#include "cli/cli.h"
#include "outbox/outbox.h"

/* courant outbox list: the recipients that the filter finds. */
int outbox_list(const struct cli_call *, struct outbox *, const struct outbox_filter *, courant_error **err);

/* courant outbox show: all of one mail; with --message its bytes alone. */
int outbox_show(const struct cli_call *, struct outbox *, int64_t id, courant_error **err);

/* "451 4.3.0 try later": the last reply on one line, safe to show. */
void outbox_write_reply(struct buffer *, int code, const char *enhanced, const char *reply);

/* {"mail":17,"recipient":…}: without the closing brace. */
void outbox_write_recipient_json(struct buffer *, const struct outbox_recipient *);
void outbox_write_instant_json(struct buffer *, const char *key, int64_t ms);
void outbox_write_text_json(struct buffer *, const char *key, const char *text);
#endif
