/* SPDX-License-Identifier: MIT */
/* mx_fuzz.c - answers of name servers: hosts in order, each with a name, or an error that says which kind */
#include "fuzz.h"
#include "net/mx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(error) courant_error *error = NULL;
	struct mx_list list;

	if (mx_read(SLICE("example.test"), slice_from((const char *)data, size), &list, &error) < 0) {
		MUST(courant_error_code(error) == COURANT_TEMPORARY || courant_error_reply(error) == 556);
		return 0;
	}
	MUST(list.n > 0 && list.n <= MX_MAX_HOSTS);
	for (size_t i = 0; i < list.n; i++) {
		MUST(list.at[i].name[0] && memchr(list.at[i].name, '\0', MX_HOST_MAX_BYTES));
		MUST(i == 0 || list.at[i - 1].preference <= list.at[i].preference);
	}
	return 0;
}
