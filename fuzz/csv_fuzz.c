/* SPDX-License-Identifier: MIT */
/* csv_fuzz.c - any bytes as CSV: read or refused, every field inside of what was given, every type that is guessed holds for its fields */
#include "fuzz.h"
#include "source/csv_parse.h"
#include "source/csv_types.h"

/* What csv_forms promises of a field. */
static void try_field(slice field, char separator)
{
	const unsigned forms = csv_forms(field, separator);
	int64_t time_ms;
	double number;

	if (csv_is_unknown(field))
		return;
	if (forms & (CSV_DECIMAL | CSV_WHOLE))
		MUST(csv_parse_number(field, false, &number));
	if (forms & CSV_COMMA)
		MUST(csv_parse_number(field, true, &number));
	if (forms & CSV_EPOCH)
		MUST(csv_parse_epoch(field, &time_ms) && time_ms > 0);
	if (forms & CSV_DATE)
		MUST(csv_parse_date(field, NULL, &time_ms));
	(void)csv_is_time_name(field);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char separators[] = {0, ',', ';', '\t'};
	const slice text = slice_from((const char *)data, size);

	for (size_t i = 0; i < sizeof separators; i++) {
		AUTO(csv) struct csv csv;
		AUTO(error) courant_error *error = NULL;
		uint64_t line = 0;

		csv_init(&csv, text, "fuzz", separators[i]);
		while (csv_next(&csv, &error) > 0) {
			MUST(csv.n_fields > 0 && csv.record_line > line);
			line = csv.record_line;
			for (size_t k = 0; k < csv.n_fields; k++)
				try_field(csv.fields[k], csv.separator);
		}
		MUST(error || !csv.rest.len);
	}
	return 0;
}
