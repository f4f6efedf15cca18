/* SPDX-License-Identifier: MIT */
/* fingerprint.h - by what a log is known again, whatever its name is and however it is packed: digests of its beginnings
 *
 * A log only grows at its end. So a digest of all bytes up to some line's end tells whether another file begins with the same lines. Marks are made
 * at the end of the first line, then of every few hundred; each has the hashes of the lines behind it, which tell where two logs part. */
#ifndef COURANT_WEBLOG_FINGERPRINT_H
#define COURANT_WEBLOG_FINGERPRINT_H
#include <stdint.h>

#include "base/auto.h"
#include "base/buffer.h"

#define DIGEST_BYTES 32

/* The end of a line. */
struct line_end {
	uint64_t position; /* bytes before it */
	uint64_t chain;    /* the hash of all lines up to it */
	uint32_t hash;     /* of the line, by the ledger's seed: nobody can choose lines that look alike */
};

struct mark {
	uint64_t position; /* bytes before it */
	char digest[DIGEST_BYTES];
	struct line_end *ends; /* of the lines behind it, up to the next mark's */
	size_t n_ends, space_ends;
};

struct fingerprint {
	struct evp_md_ctx_st *whole, *spare; /* OpenSSL's EVP_MD_CTX */
	uint64_t seed;
	uint64_t position;       /* of all bytes */
	uint64_t line_position;  /* behind the last line that has an end */
	uint64_t chain;          /* the hash of all lines that have an end */
	struct buffer tail;      /* what follows them; only the beginning when it is too long for a line */
	struct mark *marks;
	size_t n_marks, space_marks;
	bool has_failed;
};

int fingerprint_init(struct fingerprint *, uint64_t seed, courant_error **err);
void fingerprint_release(struct fingerprint *);
AUTO_DEFINE_VALUE(fingerprint, struct fingerprint, fingerprint_release)

/* More bytes. A failure sticks and is told by fingerprint_end. */
void fingerprint_add(struct fingerprint *, slice bytes);

/* Forgets all marks but the last one, whose lines go on. */
void fingerprint_drop(struct fingerprint *);

/* The digest of all bytes so far; more may follow. */
int fingerprint_end(struct fingerprint *, char digest[DIGEST_BYTES], courant_error **err);
#endif
