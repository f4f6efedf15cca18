/* SPDX-License-Identifier: MIT */
/* mysql.h - one sample of a MySQL or MariaDB server's counters: SHOW GLOBAL STATUS, which any user may ask */
#ifndef COURANT_COLLECT_MYSQL_H
#define COURANT_COLLECT_MYSQL_H
#include "base/fail.h"
#include "samples/layout.h"

struct mysql_server {
	const char *host;     /* NULL: this machine, by its socket */
	unsigned port;        /* 0: 3306 */
	const char *socket;   /* NULL: where the library looks; not with a host */
	const char *user;     /* NULL: the user that runs this */
	const char *password; /* NULL: none */
	const char *ca_file;  /* NULL: the system's */
	bool is_clear;        /* without TLS to a host that is not this one; else TLS is wanted there, and verified */
	unsigned timeout_s;   /* 0: ten */
};

/* Fills the figures of layout_mysql but for the resets; NaN for what the server does not tell. COURANT_LOGIN, COURANT_TLS, COURANT_TEMPORARY. */
int mysql_read(const struct mysql_server *, double figures[MYSQL_FIGURES], courant_error **err);
#endif
