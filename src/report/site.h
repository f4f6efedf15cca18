/* SPDX-License-Identifier: MIT */
/* site.h - which referrers are pages of our own site
 *
 * An access log in the usual formats does not name the site it belongs to. When the report file does not either (`site`), it is the site most
 * hits came from: every picture and script of a page is fetched with that page as the referrer, so that the own site leads by far. When the
 * leader is a search engine or a social network, the own site is not known, and no link is called our own. A leading "www." makes no difference. */
#ifndef COURANT_REPORT_SITE_H
#define COURANT_REPORT_SITE_H
#include "base/texts.h"
#include "table/table.h"

/* The host of "https://www.example.com:8443/a?b", or an empty slice. */
slice site_of_referrer(slice referrer);
/* Its path with what follows: "/a?b", at least "/". */
slice site_path_of_referrer(slice referrer);

bool site_is_same(slice a, slice b);

/* Whether a search engine or a social network answers under this name. */
bool site_is_public(slice host);

/* The leader of the table "referrers", or an empty slice. */
slice site_guess(const struct table *referrers);
#endif
