/* SPDX-License-Identifier: MIT */
/* browser.h - a page in the user's browser */
#ifndef COURANT_CLI_BROWSER_H
#define COURANT_CLI_BROWSER_H
#include "base/fail.h"

/* Writes the page into a private temporary folder and hands it to $BROWSER or xdg-open. The file stays: the browser reads it later. */
int browser_open(slice html, courant_error **err);
#endif
