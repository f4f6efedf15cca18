/* SPDX-License-Identifier: MIT */
/* probe_store_own.h - the tables behind a probe store, shared by what writes and what reads them */
#ifndef COURANT_SAMPLES_PROBE_STORE_OWN_H
#define COURANT_SAMPLES_PROBE_STORE_OWN_H
#include "samples/probe_store.h"
#include "store/store.h"

struct probe_store {
	struct store *store;
	/* Statements of a result that is added; NULL when nothing will be written. */
	struct statement *add_target, *find_target, *find_quarter, *put_quarter, *add_failure, *find_event, *add_event, *end_event, *grow_event, *add_result,
		*drop_results, *set_last;
};

/* The usual distance of a target's last results, or what was said of it; 0: not known. */
int probe_store_distance(struct store *, int64_t target, int64_t *ret_ms, courant_error **err);
#endif
