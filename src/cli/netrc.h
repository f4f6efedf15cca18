/* SPDX-License-Identifier: MIT */
/* netrc.h - passwords out of ~/.netrc, as ftp, curl and msmtp know it: machine NAME login NAME password TEXT */
#ifndef COURANT_CLI_NETRC_H
#define COURANT_CLI_NETRC_H
#include "base/slice.h"

/* The password of the first entry for this host (or "default") and user; an entry without a login is for every user. False when there is none. */
bool netrc_find(slice text, slice host, slice user, slice *ret);
#endif
