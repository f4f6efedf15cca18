/* SPDX-License-Identifier: MIT */
/* site.c - telling our own site from others */
#include "report/site.h"

#include "weblog/definitions.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

slice site_of_referrer(slice referrer)
{
	return referrer_site(referrer);
}

slice site_path_of_referrer(slice referrer)
{
	const size_t scheme = slice_find_slice(referrer, SLICE("://"));

	if (scheme == SLICE_NONE)
		return SLICE("/");
	const slice rest = slice_after(referrer, scheme + 3);
	const size_t slash = slice_find(rest, '/');
	return slash == SLICE_NONE ? SLICE("/") : slice_after(rest, slash);
}

static slice without_www(slice host)
{
	return slice_starts_nocase(host, SLICE("www.")) ? slice_after(host, 4) : host;
}

bool site_is_same(slice a, slice b)
{
	return a.len > 0 && slice_equal_nocase(without_www(a), without_www(b));
}

/* A name is public when one of these is one of its labels, but the last: www.google.co.uk, m.baidu.com. */
static const char *const public_labels[] = {"google", "bing",     "baidu",  "yahoo", "duckduckgo",
                                            "yandex", "sogou",    "so",     "sm",    "ecosia",
                                            "t",      "facebook", "weixin", "weibo", "twitter"};

bool site_is_public(slice host)
{
	slice rest = host, label;

	while (slice_next(&rest, '.', &label)) {
		for (size_t i = 0; rest.ptr && rest.len > 0 && i < LENGTH(public_labels); i++) {
			if (slice_equal_nocase(label, slice_of(public_labels[i])))
				return true;
		}
	}
	return false;
}

slice site_guess(const struct table *referrers)
{
	const struct table_cell site = table_get(referrers, 0, "site");

	return site.is_known && !site_is_public(site.text) ? site.text : SLICE("");
}
