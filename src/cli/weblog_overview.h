/* SPDX-License-Identifier: MIT */
/* weblog_overview.h - all tables of a weblog on a terminal, under what was read and the main figures */
#ifndef COURANT_CLI_WEBLOG_OVERVIEW_H
#define COURANT_CLI_WEBLOG_OVERVIEW_H
#include "cli/screen.h"
#include "weblog/weblog.h"

/* `name`: of the log, or how many there are; has_countries: whether there is such a table. */
int overview_write(const struct screen *, struct buffer *, struct weblog *, const char *name, size_t top, bool has_countries, courant_error **err);
#endif
