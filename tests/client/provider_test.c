/* SPDX-License-Identifier: MIT */
/* provider_test.c - the table of mail providers */
#include "client/provider.h"

#include "tap.h"

static void providers_are_found_by_name_and_by_host(void)
{
	const char *const *names = provider_names();
	size_t n = 0;

	for (; names[n]; n++) {
		const struct provider *provider = provider_find(slice_of(names[n]));

		tap_row(names[n]);
		if (!CHECK(provider != NULL))
			continue;
		CHECK(provider_find_host(slice_of(provider->host)) == provider);
		CHECK_INT(provider->port, provider->is_tls_first ? 465 : 587);
		CHECK(slice_of(provider->hint).len > 0 && !slice_ends(slice_of(provider->hint), SLICE(".")));
	}
	CHECK_INT(n, 7);
	CHECK(provider_find(SLICE("GMail")) == provider_find(SLICE("gmail")));
	CHECK(provider_find(SLICE("example")) == NULL && provider_find(SLICE("")) == NULL);
	CHECK(provider_find_host(SLICE("mail.example.com")) == NULL);
}

TESTS(TEST(providers_are_found_by_name_and_by_host))
