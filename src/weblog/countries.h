/* SPDX-License-Identifier: MIT */
/* countries.h - the country of an address, by a database in MaxMind's format */
#ifndef COURANT_WEBLOG_COUNTRIES_H
#define COURANT_WEBLOG_COUNTRIES_H
#include "base/auto.h"
#include "base/fail.h"
#include "base/slice.h"

struct countries;

/* COURANT_NO_INPUT: the file is missing, unreadable or no database. */
struct countries *countries_open(const char *path, courant_error **err);
void countries_free(struct countries *);
AUTO_DEFINE(countries, struct countries, countries_free)

/* The country's code ("CN"), borrowed while the database is open; "unknown" for what is no address, or not in the database.
 * COURANT_NO_INPUT: the database is damaged. */
int countries_find(const struct countries *, slice address, slice *ret_code, courant_error **err);
#endif
