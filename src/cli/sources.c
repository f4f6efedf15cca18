/* SPDX-License-Identifier: MIT */
/* sources.c - kinds of sources and their tables on standard output (sources.h) */
#include "cli/sources.h"

#include "cli/libexec.h"
#include "source/source.h"

#define OUT_MAX_BYTES ((size_t)16 << 20)

static int write_source(const struct cli_call *call, const char *word, struct buffer *out, courant_error **err)
{
	AUTO(buffer) struct buffer rrd_program = BUFFER_LIMIT(4096);
	AUTO(zone) struct zone *zone = cli_value(call, "timezone") ? cli_zone(cli_value(call, "timezone"), err) : zone_load_system(err);
	struct source_context context = {.zone = zone, .now_ms = call->now_ms};

	if (!zone)
		return -1;
	if (libexec_find("courant-rrd", &rrd_program))
		context.rrd_program = rrd_program.bytes;

	AUTO(source) struct source *source = source_new_from_word(word, &context, err);
	const struct source_window all = {INT64_MIN, INT64_MAX};

	return source && source_open(source, &all, 1, err) == 0 ? source_write_tables(source, out, err) : -1;
}

int sources_run(const struct cli_call *call)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);
	courant_error *err = NULL;
	slice text;

	if (!call->n_arguments)
		source_write_help(&out);
	for (size_t i = 0; i < call->n_arguments; i++) {
		if (call->n_arguments > 1)
			buffer_printf(&out, "%s%s:\n", i ? "\n" : "", call->arguments[i]);
		if (write_source(call, call->arguments[i], &out, &err) < 0)
			return cli_fail(call, err);
	}
	return buffer_slice(&out, &text, &err) < 0 || cli_print(text, &err) < 0 ? cli_fail(call, err) : 0;
}
