/* SPDX-License-Identifier: MIT */
/* main.c - courant-sample-log: writes a made-up access log to standard output, the same one every time */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/num.h"
#include "sample.h"

#define BYTES_PER_MB UINT64_C(1000000)
#define SIZE_MAX_MB  UINT64_C(100000)

static const char usage[] =
	"Usage: courant-sample-log week [DATE]\n"
	"       courant-sample-log bench MEGABYTES [DATE]\n"
	"\n"
	"week   eight days of a small company's site; DATE (2026-11-09) is the last one\n"
	"bench  a large site's log of at least that size; DATE (2026-11-09) is the first day\n";

/* "2026-11-09" as days since 1970. */
static bool parse_date(const char *text, int64_t *ret_day)
{
	int64_t instant_ms;
	int offset_s;
	char whole[32];

	if (strlen(text) != strlen("2026-11-09"))
		return false;
	(void)snprintf(whole, sizeof whole, "%sT00:00:00Z", text);
	if (!rfc3339_parse(slice_of(whole), &instant_ms, &offset_s))
		return false;
	*ret_day = instant_ms / MS_PER_DAY;
	return true;
}

int main(int argc, char **argv)
{
	courant_error *err = NULL;
	uint64_t size_mb = 0;
	int64_t day = 0;
	const bool is_week = argc >= 2 && strcmp(argv[1], "week") == 0;
	const bool is_bench = argc >= 3 && strcmp(argv[1], "bench") == 0;
	const int date = is_bench ? 3 : 2;

	if ((!is_week && !is_bench) || argc > date + 1 || !parse_date(argc > date ? argv[date] : "2026-11-09", &day) ||
	    (is_bench && !num_parse_range(slice_of(argv[2]), 1, SIZE_MAX_MB, &size_mb))) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if ((is_week ? sample_write_week(day, &err) : sample_write_bench(size_mb * BYTES_PER_MB, day, &err)) == 0)
		return 0;
	fprintf(stderr, "courant-sample-log: %s\n", courant_error_sentence(err));
	courant_error_free(err);
	return EX_IOERR;
}
