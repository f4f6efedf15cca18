/* SPDX-License-Identifier: MIT */
/* ledger.c - courant ledger list|forget: what courant weblog --state has counted */
#include <unistd.h>

#include "cli/cli.h"
#include "cli/screen.h"
#include "schedule/period.h"
#include "table/export.h"
#include "weblog/ledger.h"

#define OUT_MAX_BYTES ((size_t)1 << 30)

static int list(const struct cli_call *call, courant_error **err)
{
	AUTO(ledger) struct ledger *ledger = ledger_open(call->arguments[1], LEDGER_READ, err);
	AUTO(table) struct table *table = ledger ? ledger_list(ledger, err) : NULL;
	AUTO(zone) struct zone *utc = zone_new_fixed(0, err);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);
	slice text;

	if (!table || !utc)
		return -1;
	if (cli_flag(call, "json")) {
		buffer_append(&out, SLICE("{\"logs\":"));
		if (export_json(&out, table, utc, err) < 0)
			return -1;
		buffer_append(&out, SLICE("}\n"));
	} else if (cli_flag(call, "csv")) {
		if (export_csv(&out, table, utc, err) < 0)
			return -1;
	} else {
		const struct screen screen = screen_of_terminal(STDOUT_FILENO);

		screen_write(&screen, &out, table, utc, 0);
	}
	return buffer_slice(&out, &text, err) < 0 || cli_print(text, err) < 0 ? -1 : 0;
}

/* A time of RFC 3339, or the beginning of a date. */
static int parse_before(const struct cli_call *call, const char *value, int64_t *ret_ms, courant_error **err)
{
	AUTO(zone) struct zone *utc = zone_new_fixed(0, err);
	struct period period;
	struct window window;
	int offset_s;

	if (!utc)
		return -1;
	if (rfc3339_parse(slice_of(value), ret_ms, &offset_s))
		return 0;
	if (strstr(value, "..") || period_parse(slice_of(value), &period, NULL) < 0 || period.kind != PERIOD_RANGE)
		return fail(err, COURANT_USAGE, "--before is %s, not a date like 2026-11-09 or a time like 2026-11-09T08:00:00+08:00", value);
	period_window(&period, utc, call->now_ms, &window);
	*ret_ms = window.from_ms;
	return 0;
}

static int forget(const struct cli_call *call, courant_error **err)
{
	const char *before = cli_value(call, "before");
	const size_t ways = (before != NULL) + cli_flag(call, "all") + (call->n_arguments > 2);
	int64_t before_ms;
	uint64_t n;

	if (ways != 1)
		return fail(err, COURANT_USAGE, "what shall be forgotten? courant ledger forget LEDGER and either LOG…, --before DATE or --all");
	if (before && parse_before(call, before, &before_ms, err) < 0)
		return -1;

	AUTO(ledger) struct ledger *ledger = ledger_open(call->arguments[1], LEDGER_CHANGE, err);

	if (!ledger)
		return -1;
	if (before)
		return ledger_forget_before(ledger, before_ms, err);
	if (cli_flag(call, "all"))
		return ledger_forget_all(ledger, &n, err);
	for (size_t i = 2; i < call->n_arguments; i++) {
		if (ledger_forget(ledger, slice_of(call->arguments[i]), &n, err) < 0)
			return -1;
		if (!n)
			return fail(err, COURANT_NO_INPUT, "%s knows no log %s; courant ledger list shows them", call->arguments[1], call->arguments[i]);
	}
	return 0;
}

/* What a list does not know, and what only a list knows. */
static int check_options(const struct cli_call *call, bool is_list, courant_error **err)
{
	const bool lists = cli_flag(call, "json") || cli_flag(call, "csv");
	const bool forgets = cli_flag(call, "all") || cli_value(call, "before");

	if (cli_flag(call, "json") && cli_flag(call, "csv"))
		return fail(err, COURANT_USAGE, "--json and --csv exclude each other");
	if (is_list && (forgets || call->n_arguments > 2))
		return fail(err, COURANT_USAGE, "courant ledger list takes one ledger, and --json or --csv");
	if (!is_list && lists)
		return fail(err, COURANT_USAGE, "--json and --csv are for courant ledger list");
	return 0;
}

int ledger_run(struct cli_call *call)
{
	const slice what = slice_of(call->arguments[0]);
	const bool is_list = slice_equal(what, SLICE("list"));
	courant_error *err = NULL;
	int result = -1;

	if (!is_list && !slice_equal(what, SLICE("forget")))
		(void)fail(&err, COURANT_USAGE, "courant ledger does list or forget, not %s", call->arguments[0]);
	else if (check_options(call, is_list, &err) == 0)
		result = is_list ? list(call, &err) : forget(call, &err);
	return result < 0 ? cli_fail(call, err) : 0;
}
