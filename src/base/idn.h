/* SPDX-License-Identifier: MIT */
/* idn.h - domain names: UTF-8 to A-labels and back (IDNA 2008, RFC 5891; libidn2) */
#ifndef COURANT_BASE_IDN_H
#define COURANT_BASE_IDN_H
#include "base/buffer.h"

/* Writes the domain in ASCII, lower case. COURANT_INVALID when it is no domain: empty labels, labels over 63 bytes, over 253 in all, characters outside
 * letters, digits and inner hyphens (an underscore is accepted: hosts with one exist), UTF-8 that IDNA refuses. One final dot is cut. */
int idn_to_ascii(slice domain, struct buffer *ret, courant_error **err);

/* For display: A-labels decoded; what cannot be decoded stays as it is. */
int idn_to_unicode(slice domain, struct buffer *ret, courant_error **err);
#endif
