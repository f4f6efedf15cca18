/* SPDX-License-Identifier: MIT */
/* anonymize.h - addresses cut so that they name no person */
#ifndef COURANT_WEBLOG_ANONYMIZE_H
#define COURANT_WEBLOG_ANONYMIZE_H
#include "base/buffer.h"

/* "192.0.2.77" becomes "192.0.2.0/24", "2001:db8:1:2::3" "2001:db8:1::/48", whatever address_bare() takes off; of a host name the first label becomes "*", anything
 * else does as a whole. */
void anonymize_address(struct buffer *, slice address);

/* The referrer without its query and fragment. */
slice anonymize_url(slice url);
#endif
