/* SPDX-License-Identifier: MIT */
/* aside.h - a call that knows no deadline, in a thread of its own
 *
 * The job begins with a struct aside and is shared by its owner and the thread. Whoever loses patience lets go and leaves the
 * thread behind; the last one to let go frees the job. */
#ifndef COURANT_NET_ASIDE_H
#define COURANT_NET_ASIDE_H
#include <stdatomic.h>

struct aside {
	void (*work)(struct aside *);    /* in the thread; what it writes is its own until aside_join() */
	void (*release)(struct aside *); /* frees the job */
	atomic_int holders;
	atomic_bool is_done;
	int ready_fd;
};

/* Starts the thread. An errno, or 0; the caller holds the job either way. */
int aside_start(struct aside *);
void aside_let_go(struct aside *);

/* ready_fd is readable: what the work has written may be looked at. To the kernel the descriptor orders that already, to C only an atomic does. */
static inline void aside_join(const struct aside *aside)
{
	(void)atomic_load_explicit(&aside->is_done, memory_order_acquire);
}
#endif
