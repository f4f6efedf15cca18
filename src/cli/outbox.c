/* SPDX-License-Identifier: MIT */
/* outbox.c - courant outbox list|show|hold|release|retry|drop|flush|purge: looking after queued mail */
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"
#include "base/printable.h"
#include "cli/carry.h"
#include "cli/outbox_view.h"
#include "cli/result.h"

#define KEEP_DEFAULT_MS (7 * MS_PER_DAY)
#define PATIENCE_MS     (10 * MS_PER_SECOND) /* with mails under way when we are told to stop */
#define LAST_TRY_MS     (2 * MS_PER_SECOND)
#define LINE_MAX_BYTES  ((size_t)64 << 10)

/* What the words of the call ask for. */
struct order {
	const struct cli_call *call;
	struct config config;
	struct outbox *outbox;
	struct outbox_filter filter;
	bool has_filter;  /* --to and the like, or --all */
	size_t n_ids;
	const char *const *ids;
	int status;       /* the exit status that is due if nothing else fails */
};

static void order_release(struct order *order)
{
	outbox_free(order->outbox);
	config_release(&order->config);
}
AUTO_DEFINE_VALUE(order, struct order, order_release)

/* ---- reading the order ---- */

static int read_states(const char *text, unsigned *states, courant_error **err)
{
	slice rest = slice_of(text), word;

	while (slice_next(&rest, ',', &word)) {
		enum outbox_state state;

		if (!outbox_state_parse(slice_trim(word), &state))
			return fail(err, COURANT_USAGE, "--state \"%.*s\" is none of queued, leased, accepted, deferred, refused, unknown and held", SLICE_ARGS(word));
		*states |= 1U << state;
	}
	return 0;
}

static int read_age(const struct cli_call *call, int64_t *ret_before_ms, courant_error **err)
{
	const char *text = cli_value(call, "older");
	uint64_t ms;

	if (!text)
		return 0;
	if (!num_parse_duration(slice_of(text), &ms) || ms > (uint64_t)call->now_ms)
		return fail(err, COURANT_USAGE, "--older is \"%s\", not a time such as 2 h or 7 d", text);
	*ret_before_ms = call->now_ms - (int64_t)ms;
	return 0;
}

static int read_filter(struct order *order, courant_error **err)
{
	const struct cli_call *call = order->call;
	struct outbox_filter *filter = &order->filter;
	size_t n;
	const char *const *states = cli_values(call, "state", &n);

	for (size_t i = 0; i < n; i++)
		if (read_states(states[i], &filter->states, err) < 0)
			return -1;
	filter->recipient = cli_value(call, "to");
	filter->sender = cli_value(call, "from");
	filter->subject = cli_value(call, "subject");
	if (read_age(call, &filter->before_ms, err) < 0)
		return -1;
	order->has_filter = filter->states || filter->recipient || filter->sender || filter->subject || filter->before_ms;
	if (order->has_filter && cli_flag(call, "all"))
		return fail(err, COURANT_USAGE, "--all is everything: what are the other filters to do with it?");
	return 0;
}

static int read_id(const char *text, int64_t *ret, courant_error **err)
{
	uint64_t id;

	if (!num_parse_range(slice_of(text), 1, INT64_MAX, &id))
		return fail(err, COURANT_USAGE, "\"%s\" is not the number of a mail; courant outbox list shows them", text);
	*ret = (int64_t)id;
	return 0;
}

static int open_outbox(struct order *order, enum outbox_use use, courant_error **err)
{
	const char *path = cli_value(order->call, "outbox");

	if (settings_load(order->call, &order->config, err) < 0)
		return -1;
	if (!path)
		path = order->config.outbox.file;
	if (!path)
		return fail(err, COURANT_CONFIG, "there is no outbox: \"outbox: /var/lib/courant/outbox.db\" in courant.yaml makes one, and --outbox names another");
	order->outbox = outbox_open(path, use, err);
	return order->outbox ? 0 : -1;
}

/* ---- list, show ---- */

static int do_list(struct order *order, courant_error **err)
{
	const unsigned over = 1U << OUTBOX_ACCEPTED;

	/* What has been delivered is no news. */
	if (!order->filter.states && !cli_flag(order->call, "all"))
		order->filter.states = ~over;
	if (order->n_ids == 0)
		return outbox_list(order->call, order->outbox, &order->filter, err);
	for (size_t i = 0; i < order->n_ids; i++)
		if (read_id(order->ids[i], &order->filter.mail, err) < 0 || outbox_list(order->call, order->outbox, &order->filter, err) < 0)
			return -1;
	return 0;
}

static int do_show(struct order *order, courant_error **err)
{
	for (size_t i = 0; i < order->n_ids; i++) {
		int64_t id = 0;

		if (read_id(order->ids[i], &id, err) < 0 || outbox_show(order->call, order->outbox, id, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- hold, release, retry, drop ---- */

static int say_effect(struct order *order, const char *done, const struct outbox_effect *effect, courant_error **err)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);

	buffer_printf(&line, "%zu recipient%s %s\n", effect->n_changed, effect->n_changed == 1 ? "" : "s", done);
	if (effect->n_leased > 0)
		cli_warn(order->call, "%zu are being sent at this moment, and were left alone", effect->n_leased);
	if (effect->n_unfitting > 0)
		cli_warn(order->call, "%zu are in a state that it does not fit, and were left alone", effect->n_unfitting);
	return order->call->is_quiet ? 0 : cli_print(buffer_peek(&line), err);
}

static int do_word(struct order *order, enum outbox_word word, const char *done, courant_error **err)
{
	struct outbox_effect sum = {0};

	if (order->n_ids == 0 && !order->has_filter && !cli_flag(order->call, "all"))
		return fail(err, COURANT_USAGE, "which mails? Give their numbers, a filter such as --to, or --all");
	for (size_t i = 0; i < (order->n_ids ? order->n_ids : 1); i++) {
		struct outbox_effect effect = {0};

		if (order->n_ids > 0 && read_id(order->ids[i], &order->filter.mail, err) < 0)
			return -1;
		if (outbox_say(order->outbox, word, &order->filter, order->call->now_ms, &effect, err) < 0)
			return -1;
		if (order->n_ids > 0 && effect.n_changed + effect.n_leased + effect.n_unfitting == 0)
			return fail(err, COURANT_NO_INPUT, "the outbox has no mail %s%s", order->ids[i], order->has_filter ? " with such a recipient" : "");
		sum.n_changed += effect.n_changed;
		sum.n_leased += effect.n_leased;
		sum.n_unfitting += effect.n_unfitting;
	}
	return say_effect(order, done, &sum, err);
}

static int do_hold(struct order *order, courant_error **err)
{
	return do_word(order, OUTBOX_HOLD, "held", err);
}

static int do_release(struct order *order, courant_error **err)
{
	return do_word(order, OUTBOX_RELEASE, "released", err);
}

static int do_retry(struct order *order, courant_error **err)
{
	return do_word(order, OUTBOX_RETRY, "due now", err);
}

static int do_drop(struct order *order, courant_error **err)
{
	return do_word(order, OUTBOX_DROP, "dropped", err);
}

/* ---- purge ---- */

static int do_purge(struct order *order, courant_error **err)
{
	const uint64_t keep_ms = order->config.outbox.keep_ms;
	int64_t before_ms = order->call->now_ms - (keep_ms ? (int64_t)keep_ms : KEEP_DEFAULT_MS);
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);
	size_t n;

	if (cli_flag(order->call, "all"))
		before_ms = INT64_MAX;
	else if (read_age(order->call, &before_ms, err) < 0)
		return -1;
	if (outbox_purge(order->outbox, before_ms, &n, err) < 0 || outbox_sweep(order->outbox, err) < 0)
		return -1;
	buffer_printf(&line, "%zu mail%s removed\n", n, n == 1 ? "" : "s");
	return order->call->is_quiet ? 0 : cli_print(buffer_peek(&line), err);
}

/* ---- flush ---- */

static void print_settled(void *context, const struct outbox_mail *mail, const struct outbox_recipient *recipient)
{
	struct order *order = context;
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);
	static const int statuses[OUTBOX_STATES] = {[OUTBOX_DEFERRED] = 75, [OUTBOX_REFUSED] = 69, [OUTBOX_UNKNOWN] = 79};

	(void)mail;
	order->status = result_worse(order->status, statuses[recipient->state]);
	if (cli_flag(order->call, "json")) {
		outbox_write_recipient_json(&line, recipient);
		buffer_append(&line, SLICE("}\n"));
	} else if (!order->call->is_quiet) {
		buffer_printf(&line, "%-8s  ", outbox_state_name(recipient->state));
		printable_write(&line, slice_of(outbox_address(recipient)));
		buffer_append(&line, SLICE("  "));
		outbox_write_reply(&line, recipient->code, recipient->enhanced, recipient->reply);
		buffer_append_byte(&line, '\n');
	}
	(void)cli_print(buffer_peek(&line), NULL); /* it is settled, whoever hears of it */
}

static void print_sentence(void *context, const char *sentence)
{
	const struct order *order = context;

	cli_warn(order->call, "%s", sentence);
}

/* Until nothing is due that could be sent now, or somebody says stop; then what is under way has some seconds. A store that takes no results is waited for, but
 * hardly by somebody who wants to stop. */
static void run_until_done(struct runner *runner, int stop_fd)
{
	struct pollfd fds[] = {{.fd = runner_fd(runner), .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
	int64_t end_ms = INT64_MAX;

	for (;;) {
		const int64_t until_ms = runner_turn(runner), now_ms = clock_monotonic_ms();

		if (runner_is_idle(runner) || now_ms >= end_ms)
			return;
		if (end_ms != INT64_MAX && !runner_is_carrying(runner) && end_ms > now_ms + LAST_TRY_MS)
			end_ms = now_ms + LAST_TRY_MS;
		(void)poll(fds, 2, until_ms > now_ms ? (int)(until_ms - now_ms) : 0); /* whatever comes of it, the next turn looks */
		if (fds[1].revents) {
			runner_stop(runner, clock_monotonic_ms() + PATIENCE_MS);
			end_ms = clock_monotonic_ms() + PATIENCE_MS + LAST_TRY_MS;
			fds[1].fd = -1;
		}
	}
}

static int do_flush(struct order *order, courant_error **err)
{
	const struct carry_hooks hooks = {.settled = print_settled, .say = print_sentence, .context = order};
	AUTO(close) int stop_fd = cli_stop_open(err);
	AUTO(carry) struct carry *carry = stop_fd < 0 ? NULL : carry_new(order->call, &order->config, order->outbox, "flush", &hooks, err);

	if (!carry || runner_hurry(carry_runner(carry), err) < 0)
		return -1;
	run_until_done(carry_runner(carry), stop_fd);
	return 0;
}

/* ---- the command ---- */

static const struct verb {
	const char *name;
	enum outbox_use use;
	size_t min_ids, max_ids;
	const char *options; /* those it knows, with commas; filters are "filter" */
	int (*run)(struct order *, courant_error **err);
} verbs[] = {
	{"list", OUTBOX_READ, 0, SIZE_MAX, "filter,json,all", do_list},
	{"show", OUTBOX_READ, 1, SIZE_MAX, "json,message", do_show},
	{"hold", OUTBOX_CHANGE, 0, SIZE_MAX, "filter,all", do_hold},
	{"release", OUTBOX_CHANGE, 0, SIZE_MAX, "filter,all", do_release},
	{"retry", OUTBOX_CHANGE, 0, SIZE_MAX, "filter,all", do_retry},
	{"drop", OUTBOX_CHANGE, 0, SIZE_MAX, "filter,all", do_drop},
	{"flush", OUTBOX_CHANGE, 0, 0, "json", do_flush},
	{"purge", OUTBOX_CHANGE, 0, 0, "older,all", do_purge},
};

static bool knows(const struct verb *verb, const char *option)
{
	slice rest = slice_of(verb->options), word;

	while (slice_next(&rest, ',', &word))
		if (slice_equal(word, slice_of(option)))
			return true;
	return false;
}

/* An option that does nothing is a mistake. */
static int check_options(const struct cli_call *call, const struct verb *verb, courant_error **err)
{
	static const struct {
		const char *option;
		bool is_filter, is_flag;
	} rows[] = {{"state", true, false},  {"to", true, false},   {"from", true, false},    {"subject", true, false},
		    {"older", true, false}, {"json", false, true}, {"message", false, true}, {"all", false, true}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const bool is_given = rows[i].is_flag ? cli_flag(call, rows[i].option) : cli_value(call, rows[i].option) != NULL;

		if (is_given && !knows(verb, rows[i].option) && !(rows[i].is_filter && knows(verb, "filter")))
			return fail(err, COURANT_USAGE, "courant outbox %s has no --%s", verb->name, rows[i].option);
	}
	return 0;
}

static const struct verb *find_verb(const char *name, courant_error **err)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	(void)fail(err, COURANT_USAGE, "courant outbox does list, show, hold, release, retry, drop, flush or purge, not %s", name);
	return NULL;
}

static int run(struct order *order, courant_error **err)
{
	const struct cli_call *call = order->call;
	const struct verb *verb = find_verb(call->arguments[0], err);

	if (!verb)
		return -1;
	order->ids = (const char *const *)call->arguments + 1;
	order->n_ids = call->n_arguments - 1;
	if (order->n_ids > verb->max_ids)
		return fail(err, COURANT_USAGE, "courant outbox %s takes no numbers", verb->name);
	if (order->n_ids < verb->min_ids)
		return fail(err, COURANT_USAGE, "courant outbox %s: which mail? Give its number; courant outbox list shows them", verb->name);
	if (check_options(call, verb, err) < 0 || (knows(verb, "filter") && read_filter(order, err) < 0) || open_outbox(order, verb->use, err) < 0)
		return -1;
	return verb->run(order, err);
}

int outbox_run(struct cli_call *call)
{
	AUTO(order) struct order order = {.call = call};
	courant_error *err = NULL;

	return run(&order, &err) < 0 ? cli_fail(call, err) : order.status;
}
