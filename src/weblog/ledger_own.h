/* SPDX-License-Identifier: MIT */
/* ledger_own.h - what the ledger's files share */
#ifndef COURANT_WEBLOG_LEDGER_OWN_H
#define COURANT_WEBLOG_LEDGER_OWN_H
#include "store/store.h"
#include "weblog/fingerprint.h"
#include "weblog/ledger.h"

/* ---- quarters that are being counted (ledger_quarters.c) ---- */

/* A day, so that lines may come in any order within one. */
#define QUARTERS_OPEN 100

struct quarter {
	int64_t from_s;
	uint64_t used; /* when, as a number that grows */
	struct tally tally;
};

struct quarters {
	struct store *store;
	int64_t log; /* whose they are */
	const struct zone *zone; /* UTC */
	struct agents *agents;
	uint64_t seed, clock;
	size_t limit_bytes; /* of those in memory, together; 0: none */
	struct quarter *open[QUARTERS_OPEN];
	size_t n, current;
};

/* For scan_settings.take: `taker` is a struct quarters. */
int quarters_take(void *taker, const struct hit *hits, size_t n, courant_error **err);
int quarters_flush(struct quarters *, courant_error **err); /* writes all */
void quarters_release(struct quarters *);

/* ---- knowing a log again (ledger_known.c) ---- */

/* A log being read: its bytes, and the fingerprint of those that have been. */
struct source {
	const char *name;
	struct input *input; /* one that can be read again */
	struct fingerprint print;
};

int source_begin(struct source *, uint64_t seed, courant_error **err); /* from the first byte, again */
void source_release(struct source *); /* the input is the caller's */
AUTO_DEFINE_VALUE(source, struct source, source_release)

struct known {
	int64_t log;      /* 0: a new one */
	uint64_t size;    /* of it, the bytes that have been counted */
	uint64_t from;    /* the lines before it have been counted, be it in another log */
	uint64_t chain;   /* the hash of these lines (fingerprint.h) */
	int64_t base;     /* of a new one, the log that counted the lines before `from`; 0: none */
	bool is_contained; /* it holds no byte that has not been seen */
};

/* Finds out which log it is; the source then stands behind `size`. */
int known_find(struct store *, uint64_t seed, struct source *, struct known *ret, courant_error **err);

struct ledger {
	struct store *store;
	struct zone *utc;
	struct scan_settings settings;
	struct agents *agents;
	struct scanner scanner;
	bool has_scanner;
	uint64_t seed;
	size_t limit_bytes;
	struct quarters quarters;
	const struct input_teller *teller; /* or NULL */
};
#endif
