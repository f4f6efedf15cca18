/* SPDX-License-Identifier: MIT */
/* next.c - courant next [N] [FILE.yaml…]: when the reports run, and about which time */
#include "base/num.h"
#include "cli/columns.h"
#include "cli/settings.h"
#include "report/agenda.h"
#include "table/export.h"

#define RUNS_DEFAULT  10
#define RUNS_MAX      100000
#define OUT_MAX_BYTES ((size_t)1 << 28)

static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

static void write_date(struct buffer *into, const struct zone *zone, int64_t ms)
{
	struct civil at;

	zone_to_civil(zone, ms, &at);
	buffer_printf(into, "%04d-%02d-%02d", at.year, at.month, at.day);
}

static void write_time(struct buffer *into, const struct zone *zone, int64_t ms)
{
	struct civil at;

	zone_to_civil(zone, ms, &at);
	buffer_printf(into, " %02d:%02d", at.hour, at.minute);
}

/* "2026-11-10 Tue 08:00 +08:00": where an hour comes twice, the offset tells which one it is. */
static void write_when(struct buffer *into, const struct zone *zone, int64_t ms)
{
	const int offset_min = zone_offset_at(zone, ms) / 60;
	struct civil at;

	zone_to_civil(zone, ms, &at);
	write_date(into, zone, ms);
	buffer_printf(into, " %s", weekdays[at.weekday]);
	write_time(into, zone, ms);
	buffer_printf(into, " %c%02d:%02d", offset_min < 0 ? '-' : '+', (offset_min < 0 ? -offset_min : offset_min) / 60,
		      (offset_min < 0 ? -offset_min : offset_min) % 60);
}

/* "2026-11-09", "2026-11-02 to 2026-11-08", "2026-11-09 05:00 to 2026-11-10 05:00"; with the hours that days have where clocks change. */
static void write_window(struct buffer *into, const struct zone *zone, const struct window *window)
{
	const int days = window_days(window, zone);
	const bool is_whole = window_is_whole_days(window, zone);
	const int64_t usual_ms = days * MS_PER_DAY, length_ms = window->to_ms - window->from_ms;

	if (window->from_ms == INT64_MIN) {
		buffer_append(into, SLICE("all there is"));
		return;
	}
	write_date(into, zone, window->from_ms);
	if (!is_whole)
		write_time(into, zone, window->from_ms);
	if (!is_whole || days > 1) {
		buffer_append(into, SLICE(" to "));
		write_date(into, zone, is_whole ? window->to_ms - 1 : window->to_ms);
	}
	if (!is_whole)
		write_time(into, zone, window->to_ms);
	if (is_whole && length_ms != usual_ms) {
		buffer_append(into, SLICE(" ("));
		num_write_double(into, (double)length_ms / (double)MS_PER_HOUR);
		buffer_append(into, SLICE(" h)"));
	}
}

static void add_run(struct columns *columns, const struct agenda_entry *entry, const struct schedule_slot *slot)
{
	AUTO(buffer) struct buffer cell = BUFFER_LIMIT(200);

	write_when(&cell, entry->zone, slot->at_ms);
	columns_add(columns, buffer_peek(&cell));
	columns_add(columns, slice_of(entry->file.name));
	buffer_cut(&cell, 0);
	write_window(&cell, entry->zone, &slot->window);
	columns_add(columns, buffer_peek(&cell));
}

/* ---- --json ---- */

static void write_instant(struct buffer *into, const char *key, const struct zone *zone, int64_t ms)
{
	buffer_printf(into, ",\"%s\":", key);
	if (ms == INT64_MIN || ms == INT64_MAX) {
		buffer_append(into, SLICE("null"));
		return;
	}
	buffer_append_byte(into, '"');
	rfc3339_write(into, ms, zone_offset_at(zone, ms));
	buffer_append_byte(into, '"');
}

static void write_json(struct buffer *into, const struct agenda_entry *entry, const struct schedule_slot *slot)
{
	buffer_append(into, SLICE("{\"report\":"));
	export_json_text(into, slice_of(entry->file.name));
	buffer_append(into, SLICE(",\"file\":"));
	export_json_text(into, slice_of(entry->path));
	write_instant(into, "at", entry->zone, slot->at_ms);
	write_instant(into, "from", entry->zone, slot->window.from_ms);
	write_instant(into, "to", entry->zone, slot->window.to_ms);
	buffer_append(into, SLICE(",\"timezone\":"));
	export_json_text(into, slice_of(zone_name(entry->zone)));
	buffer_append(into, SLICE("}\n"));
}

/* ---- the command ---- */

/* The files of the arguments, else those of the configuration. */
static int list_files(const struct cli_call *call, size_t first, const struct config *config, struct texts *ret, courant_error **err)
{
	for (size_t i = first; i < call->n_arguments; i++)
		if (texts_add(ret, slice_of(call->arguments[i]), err) < 0)
			return -1;
	if (ret->n > 0)
		return 0;
	if (config->reports.n == 0)
		return fail(err, COURANT_USAGE, "which reports? Name report files, or say \"reports: [reports.d/*.yaml]\" in courant.yaml");
	return agenda_find_files(config, ret, err);
}

/* A faulty file does not hide the runs of the others; the status tells of it. */
static int fill(const struct cli_call *call, const struct texts *files, const struct config *config, struct agenda *agenda)
{
	int worst = 0;

	for (size_t i = 0; i < files->n; i++) {
		AUTO(faults) struct faults faults = {.n = 0};
		courant_error *err = NULL;

		faults_init(&faults, slice_of(files->items[i]));
		if (agenda_add(agenda, files->items[i], config, &faults, &err) < 0) {
			settings_print_faults(&faults);
			worst = cli_fail(call, err);
		}
	}
	return worst;
}

static int print(const struct cli_call *call, struct agenda *agenda, uint64_t n_runs, courant_error **err)
{
	AUTO(columns) struct columns columns = COLUMNS(3);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);
	const struct agenda_entry *entry;
	struct schedule_slot slot;
	slice text;

	agenda_start(agenda, call->now_ms);
	columns_add(&columns, SLICE("WHEN"));
	columns_add(&columns, SLICE("REPORT"));
	columns_add(&columns, SLICE("ABOUT"));
	for (; n_runs > 0 && (entry = agenda_next(agenda, &slot)); n_runs--) {
		if (cli_flag(call, "json"))
			write_json(&out, entry, &slot);
		else
			add_run(&columns, entry, &slot);
	}
	if (!cli_flag(call, "json") && agenda->n > 0)
		columns_write(&columns, &out);
	return buffer_slice(&out, &text, err) < 0 ? -1 : cli_print(text, err);
}

int next_run(struct cli_call *call)
{
	AUTO(config) struct config config = {0};
	AUTO(texts) struct texts files = {0};
	AUTO(agenda) struct agenda agenda = {0};
	courant_error *err = NULL;
	uint64_t n_runs = RUNS_DEFAULT;
	const bool has_number = call->n_arguments > 0 && num_parse_range(slice_of(call->arguments[0]), 1, RUNS_MAX, &n_runs);

	if (settings_load(call, &config, &err) < 0 || list_files(call, has_number, &config, &files, &err) < 0)
		return cli_fail(call, err);

	const int status = fill(call, &files, &config, &agenda);

	if (print(call, &agenda, n_runs, &err) < 0)
		return cli_fail(call, err);
	if (agenda.n == 0 && status == 0)
		cli_warn(call, "no report has a schedule: \"schedule: daily 08:00\" in a report file makes one");
	return status;
}
