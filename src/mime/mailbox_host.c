/* SPDX-License-Identifier: MIT */
/* mailbox_host.c - what may stand behind the @ */
#include "base/ascii.h"
#include "mime/chars.h"
#include "mime/mailbox.h"

#define DOMAIN_MAX_BYTES 253
#define LABEL_MAX_BYTES  63

bool mailbox_is_plain_host(slice domain)
{
	size_t label = 0;
	char before = '.';

	for (size_t i = 0; i < domain.len; i++) {
		const char c = domain.ptr[i];

		if (c == '.' ? label == 0 || before == '-'
			     : !char_is(c, CHAR_HOST) || (label == 0 && c == '-'))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_MAX_BYTES)
			return false;
		before = c;
	}
	return label && before != '-' && domain.len <= DOMAIN_MAX_BYTES;
}

bool mailbox_is_literal(slice domain)
{
	if (domain.len < 3 || domain.ptr[domain.len - 1] != ']')
		return false;
	for (size_t i = 1; i < domain.len - 1; i++)
		if (!ascii_is_alnum(domain.ptr[i]) && !ascii_is_one_of(domain.ptr[i], ".:-"))
			return false;
	return true;
}
