/* SPDX-License-Identifier: MIT */
/* certificate.c - what libcurl tells of certificates (certificate.h) */
#include "collect/certificate.h"

#include "base/clock.h"
#include "base/num.h"

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* The next piece that is not empty: a day below ten has two blanks before it. */
static slice next_piece(slice *rest, char between)
{
	slice piece = {NULL, 0};

	while (slice_next(rest, between, &piece) && !piece.len) {
	}
	return piece;
}

static bool read_field(slice text, uint64_t max, int *ret)
{
	uint64_t value;

	if (!num_parse_range(text, 0, max, &value))
		return false;
	*ret = (int)value;
	return true;
}

static bool read_clock(slice text, struct civil *at)
{
	return read_field(next_piece(&text, ':'), 23, &at->hour) && read_field(next_piece(&text, ':'), 59, &at->minute) &&
	       read_field(next_piece(&text, ':'), 59, &at->second);
}

static bool read_month(slice text, struct civil *at)
{
	while (at->month < 12)
		if (slice_equal(text, slice_of(months[at->month++])))
			return true;
	return false;
}

static bool read_openssl(slice text, struct civil *at)
{
	return read_month(next_piece(&text, ' '), at) && read_field(next_piece(&text, ' '), 31, &at->day) && read_clock(next_piece(&text, ' '), at) &&
	       read_field(next_piece(&text, ' '), 9999, &at->year);
}

static bool read_iso(slice text, struct civil *at)
{
	slice date = next_piece(&text, ' ');

	return read_field(next_piece(&date, '-'), 9999, &at->year) && read_field(next_piece(&date, '-'), 12, &at->month) &&
	       read_field(next_piece(&date, '-'), 31, &at->day) && read_clock(next_piece(&text, ' '), at);
}

int64_t certificate_parse_time(slice text)
{
	struct civil openssl = {.month = 0}, iso = {.month = 0};
	const struct civil *at = read_openssl(text, &openssl) ? &openssl : read_iso(text, &iso) ? &iso : NULL;

	return at && civil_is_valid(at) ? civil_to_ms(at, 0) : 0;
}

int64_t certificate_expiry(CURL *easy)
{
	struct curl_certinfo *chain = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
		return 0;
	/* The first one is the server's. */
	for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next) {
		const slice text = slice_of(line->data), name = SLICE("Expire date:");

		if (slice_starts(text, name))
			return certificate_parse_time(slice_after(text, name.len));
	}
	return 0;
}
