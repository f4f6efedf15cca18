/* SPDX-License-Identifier: MIT */
/* browser.h - a page in the user's browser */
#ifndef COURANT_CLI_BROWSER_H
#define COURANT_CLI_BROWSER_H
#include "base/fail.h"

/* A private temporary folder for a page and its pictures. The caller frees the path; the folder stays. */
char *browser_make_folder(courant_error **err);

/* Hands the file to $BROWSER or xdg-open. */
int browser_open(const char *path, courant_error **err);
#endif
