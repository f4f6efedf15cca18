/* SPDX-License-Identifier: MIT */
/* take.c - for the tests of whole sources: one table of one source as JSON, with its head
 *
 *     take SOURCE TABLE [from=MS] [to=MS] [step=MS] [rows=N] [top=N] [bands=1] [zone=NAME] [now=MS]
 *
 * SOURCE is as for courant report --sources. The environment's COURANT_RRD says where courant-rrd lies. */
#include <inttypes.h>
#include <stdio.h>

#include "base/num.h"
#include "source/source.h"
#include "table/export.h"

#define OUT_MAX ((size_t)64 << 20)

struct call {
	struct source_window window;
	struct source_request request;
	const char *zone;
	int64_t now_ms;
};

static void read_option(const char *word, struct call *call)
{
	slice value = slice_of(word), name;
	int64_t number = 0;

	(void)slice_next(&value, '=', &name);
	(void)num_parse_i64(value, &number);
	if (slice_equal(name, SLICE("from")))
		call->window.from_ms = number;
	else if (slice_equal(name, SLICE("to")))
		call->window.to_ms = number;
	else if (slice_equal(name, SLICE("step")))
		call->request.step_ms = number;
	else if (slice_equal(name, SLICE("rows")))
		call->request.max_rows = (size_t)number;
	else if (slice_equal(name, SLICE("top")))
		call->request.top = (size_t)number;
	else if (slice_equal(name, SLICE("bands")))
		call->request.wants_bands = number;
	else if (slice_equal(name, SLICE("now")))
		call->now_ms = number;
	else if (slice_equal(name, SLICE("zone")))
		call->zone = value.ptr;
}

static int print(const struct table *table, const struct zone *zone, courant_error **err)
{
	const struct table_head *head = table_head(table);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX);

	buffer_printf(&out, "{\"head\":{\"name\":\"%s\",\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"step\":%" PRId64 ",\"first\":%" PRId64 ",\"last\":%" PRId64, head->name,
		      head->from_ms, head->to_ms, head->step_ms, head->first_ms, head->last_ms);
	buffer_printf(&out, ",\"coverage\":%.9f,\"unknown\":%" PRIu64 ",\"resets\":%" PRIu64 ",\"left_out\":%" PRIu64 "},\n\"types\":{", head->coverage, head->rows_unknown,
		      head->resets, head->rows_left_out);
	for (size_t i = 0; i < table_columns(table); i++) {
		const struct table_column *column = table_column(table, i);

		buffer_printf(&out, "%s\"%s\":[\"%s\",\"%s\"]", i ? "," : "", column->name, source_measure(column->type), column->unit ? column->unit : "");
	}
	buffer_append(&out, SLICE("},\n\"rows\":"));
	if (export_json(&out, table, zone, err) < 0)
		return -1;
	buffer_append(&out, SLICE("}\n"));
	if (buffer_check(&out, err) < 0)
		return -1;
	(void)fwrite(out.bytes, 1, out.len, stdout);
	return 0;
}

static int run(const char *word, const char *name, const struct call *call, courant_error **err)
{
	AUTO(zone) struct zone *zone = zone_load(slice_of(call->zone), err);
	const struct source_context context = {.zone = zone, .now_ms = call->now_ms, .rrd_program = getenv("COURANT_RRD")};
	AUTO(source) struct source *source = zone ? source_new_from_word(word, &context, err) : NULL;
	const struct source_table *what = source && source_open(source, &call->window, 1, err) == 0 ? source_find_table(source, slice_of(name), err) : NULL;
	AUTO(table) struct table *table = what ? source_take(source, what, &call->request, err) : NULL;

	return table ? print(table, source_zone(source), err) : -1;
}

int main(int argc, char **argv)
{
	struct call call = {.window = {INT64_MIN, INT64_MAX}, .zone = "UTC", .now_ms = INT64_C(1794182400000)};
	AUTO(error) courant_error *error = NULL;

	for (int i = 3; i < argc; i++)
		read_option(argv[i], &call);
	if (argc > 2 && run(argv[1], argv[2], &call, &error) == 0)
		return 0;
	(void)fprintf(stderr, "%s\n", courant_error_sentence(error));
	return 1;
}
