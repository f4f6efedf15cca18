/* SPDX-License-Identifier: MIT */
/* forward.h - commands that another executable runs */
#ifndef COURANT_CLI_FORWARD_H
#define COURANT_CLI_FORWARD_H
struct cli_call;

/* Becomes the program, which is looked for in libexec.h's places; its exit status when it cannot. */
int forward_to(const char *program, struct cli_call *);
#endif
