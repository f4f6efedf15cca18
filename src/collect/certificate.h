/* SPDX-License-Identifier: MIT */
/* certificate.h - when the server's certificate of a request expires */
#ifndef COURANT_COLLECT_CERTIFICATE_H
#define COURANT_COLLECT_CERTIFICATE_H
#include <curl/curl.h>
#include <stdint.h>

#include "base/slice.h"

/* An instant; 0 when there is none (plain HTTP), or it was not trusted, of which libcurl tells nothing. CURLOPT_CERTINFO must be set. */
int64_t certificate_expiry(CURL *);

/* "Nov  9 12:00:00 2027 GMT", as OpenSSL writes it, or "2027-11-09 12:00:00 GMT". 0: it is neither. */
int64_t certificate_parse_time(slice);
#endif
