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
	"       courant-sample-log timed [DATE]\n"
	"       courant-sample-log bench MEGABYTES [DATE]\n"
	"\n"
	"week   eight days of a small company's site; DATE (2026-11-09) is the last one\n"
	"timed  two weeks of its pages with the time that each request took; DATE (2026-03-22) is the last day, a Sunday\n"
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

struct kind {
	const char *name;
	const char *date; /* without one on the command line */
	bool has_size;
};
static const struct kind kinds[] = {{"week", "2026-11-09", false}, {"timed", "2026-03-22", false}, {"bench", "2026-11-09", true}};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	return NULL;
}

static int write_log(const struct kind *kind, uint64_t size_mb, int64_t day, courant_error **err)
{
	if (kind->has_size)
		return sample_write_bench(size_mb * BYTES_PER_MB, day, err);
	return strcmp(kind->name, "timed") == 0 ? sample_write_timed(day, err) : sample_write_week(day, err);
}

int main(int argc, char **argv)
{
	const struct kind *kind = argc >= 2 ? find_kind(argv[1]) : NULL;
	courant_error *err = NULL;
	uint64_t size_mb = 0;
	int64_t day = 0;
	const int date = kind && kind->has_size ? 3 : 2;

	if (!kind || argc < date || argc > date + 1 || !parse_date(argc > date ? argv[date] : kind->date, &day) ||
	    (kind->has_size && !num_parse_range(slice_of(argv[2]), 1, SIZE_MAX_MB, &size_mb))) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if (write_log(kind, size_mb, day, &err) == 0)
		return 0;
	fprintf(stderr, "courant-sample-log: %s\n", courant_error_sentence(err));
	courant_error_free(err);
	return EX_IOERR;
}
