/* SPDX-License-Identifier: MIT */
/* own.h - what store.c and statement.c share */
#ifndef COURANT_STORE_OWN_H
#define COURANT_STORE_OWN_H
#include <sqlite3.h>

#include "store/store.h"

struct store {
	sqlite3 *db;
	char *path;
	const struct store_schema *schema;
	bool is_open; /* a transaction */
};

/* Says what SQLite's code means for whoever uses the store. */
int store_fail(const struct store *, int code, courant_error **err);
#endif
