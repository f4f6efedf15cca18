/* SPDX-License-Identifier: MIT */
/* report_file_fuzz.c - any bytes as a report file: read, or refused with faults that have a place and can be shown */
#include "base/printable.h"
#include "fuzz.h"
#include "report/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(report_file) struct report_file file = {0};
	AUTO(buffer) struct buffer told = BUFFER_LIMIT((size_t)1 << 24);
	struct period period;

	faults_init(&faults, SLICE("f.yaml"));
	if (report_file_parse(text, "f.yaml", "", &faults, &file, NULL) == 0) {
		MUST(faults_is_empty(&faults));
		MUST(file.path && file.name);
	} else {
		MUST(!faults_is_empty(&faults));
	}
	for (size_t i = 0; i < faults.n; i++)
		MUST(faults.list[i].line >= 0 && faults.list[i].column >= 0);
	faults_write(&faults, &told);
	slice rest = buffer_peek(&told), line;
	while (slice_next_line(&rest, &line))
		MUST(printable_is(line));
	(void)period_parse(text, &period, NULL);
	return 0;
}
