/* SPDX-License-Identifier: MIT */
/* rest.c - leaving out the recipients of a mail that are seen to */
#include "client/rest.h"

#include "base/alloc.h"

void rest_init(struct rest *rest, const struct courant_mail *whole)
{
	*rest = (struct rest){.mail = *whole};
}

void rest_release(struct rest *rest)
{
	free(rest->recipients);
	free(rest->origins);
	*rest = (struct rest){0};
}

size_t rest_origin(const struct rest *rest, size_t i)
{
	return rest->origins ? rest->origins[i] : i;
}

static size_t count_begun(const struct rest *rest, const struct results *results)
{
	size_t n = 0;

	for (size_t i = 0; i < rest->mail.n_recipients; i++)
		n += result_is_begun(&results->at[rest_origin(rest, i)]);
	return n;
}

bool rest_is_begun(const struct rest *rest, const struct results *results)
{
	return count_begun(rest, results) > 0;
}

/* Lists of its own. */
static bool make_lists(struct rest *rest)
{
	const size_t n = rest->mail.n_recipients;

	if (rest->recipients)
		return true;

	AUTO(free) struct courant_recipient *recipients = mem_array(n, sizeof *recipients);
	AUTO(free) size_t *origins = mem_array(n, sizeof *origins);

	if (!recipients || !origins)
		return false;
	for (size_t i = 0; i < n; i++) {
		recipients[i] = rest->mail.recipients[i];
		origins[i] = i;
	}
	rest->mail.recipients = rest->recipients = STEAL(recipients);
	rest->origins = STEAL(origins);
	return true;
}

bool rest_cut(struct rest *rest, const struct results *results)
{
	const size_t n = rest->mail.n_recipients, n_begun = count_begun(rest, results);
	size_t n_left = 0;

	if (n_begun == 0 || n_begun == n || !make_lists(rest))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (result_is_begun(&results->at[rest->origins[i]]))
			continue;
		rest->recipients[n_left] = rest->recipients[i];
		rest->origins[n_left++] = rest->origins[i];
	}
	rest->mail.n_recipients = n_left;
	return true;
}
