/* SPDX-License-Identifier: MIT */
/* fingerprint.h - by what a log is known again, whatever its name is and however it is packed: digests of its beginnings
 *
 * A log only grows at its end. So a digest of all bytes up to some line's end tells whether another file begins with the same lines. Marks are made
 * at the end of each of the first lines, later of every few hundred, so that a beginning of what was counted is known too. */
#ifndef COURANT_WEBLOG_FINGERPRINT_H
#define COURANT_WEBLOG_FINGERPRINT_H
#include <stdint.h>

#include "base/auto.h"
#include "base/buffer.h"

#define DIGEST_BYTES 32

struct mark {
	uint64_t position; /* bytes before it */
	char digest[DIGEST_BYTES];
};

struct fingerprint {
	struct evp_md_ctx_st *whole, *spare; /* OpenSSL's EVP_MD_CTX */
	uint64_t position;       /* of all bytes */
	uint64_t line_position;  /* behind the last line that has an end */
	struct buffer tail;      /* what follows it; only the beginning when it is too long for a line */
	struct mark *marks;
	size_t n_marks, space_marks;
	bool has_failed;
};

int fingerprint_init(struct fingerprint *, courant_error **err);
void fingerprint_release(struct fingerprint *);
AUTO_DEFINE_VALUE(fingerprint, struct fingerprint, fingerprint_release)

/* More bytes. A failure sticks and is told by fingerprint_end. */
void fingerprint_add(struct fingerprint *, slice bytes);

/* The digest of all bytes so far; more may follow. */
int fingerprint_end(struct fingerprint *, char digest[DIGEST_BYTES], courant_error **err);
#endif
