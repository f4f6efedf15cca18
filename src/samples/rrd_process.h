/* SPDX-License-Identifier: MIT */
/* rrd_process.h - the running courant-rrd: started when it is needed, asked line by line, ended with its pipe */
#ifndef COURANT_SAMPLES_RRD_PROCESS_H
#define COURANT_SAMPLES_RRD_PROCESS_H
#include <sys/types.h>

#include "base/buffer.h"

struct rrd_process {
	char *program; /* NULL: there is none */
	pid_t pid;     /* 0: it does not run */
	int in, out;   /* what it reads, what it writes */
	struct buffer got; /* its bytes; those before `taken` have been looked at */
	size_t taken;
};

void rrd_process_init(struct rrd_process *, char *program); /* takes the program */
void rrd_process_release(struct rrd_process *);

/* Sends one line (LF included), starting the program before. COURANT_CONFIG when it is not installed or cannot be run. */
int rrd_process_ask(struct rrd_process *, slice line, courant_error **err);

/* One line of the answer, without its LF, borrowed until the next call. COURANT_IO when it has ended, COURANT_TIMEOUT when it says nothing. */
int rrd_process_hear(struct rrd_process *, slice *ret, courant_error **err);

/* It has said something that makes no sense, or nothing: no more of it. The next question starts another one. Returns -1. */
int rrd_process_give_up(struct rrd_process *, courant_error **err);
#endif
