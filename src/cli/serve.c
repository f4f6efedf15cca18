/* SPDX-License-Identifier: MIT */
/* serve.c - courant serve: the loop, the signals, the configuration (serve.h) */
#include "cli/serve.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/num.h"
#include "cli/enqueue.h"
#include "serve/notify.h"

#define PATIENCE_MS  (10 * MS_PER_SECOND) /* with mails under way when we end, or begin anew */
#define SLEEP_MAX_MS (10 * MS_PER_SECOND) /* a wall clock may jump while we sleep */
#define CHILDREN_FDS (2 * (SERVE_REPORTS_MAX + SERVE_ERRANDS))
#define FDS_MAX      (2 + 1 + CHILDREN_FDS + PAGES_FDS_MAX + DESK_FDS_MAX)

int64_t serve_now_ms(const struct serve *serve)
{
	return clock_now_ms() + serve->shift_ms;
}

/* ---- a plan: the configuration, and what works by it ---- */

static void plan_free(struct serve_plan *plan)
{
	if (!plan)
		return;
	carry_free(plan->carry);
	outbox_free(plan->outbox);
	agenda_release(&plan->agenda);
	config_release(&plan->config);
	free(plan);
}
AUTO_DEFINE(plan, struct serve_plan, plan_free)

static int load_agenda(struct serve_plan *plan, struct buffer *faulty, courant_error **err)
{
	AUTO(texts) struct texts paths = {NULL, 0};

	if (agenda_find_files(&plan->config, &paths, err) < 0)
		return -1;
	for (size_t i = 0; i < paths.n; i++) {
		AUTO(faults) struct faults faults = {.n = 0};

		faults_init(&faults, slice_of(paths.items[i]));
		if (agenda_add(&plan->agenda, paths.items[i], &plan->config, &faults, err) < 0) {
			faults_write(&faults, faulty);
			return -1;
		}
	}
	return 0;
}

static int load_files(struct serve *serve, struct serve_plan *plan, courant_error **err)
{
	AUTO(buffer) struct buffer faulty = BUFFER_LIMIT(SETTINGS_FAULTS_MAX);

	if (settings_read(serve->call, &plan->config, &faulty, err) == 0 && load_agenda(plan, &faulty, err) == 0)
		return 0;

	slice rest = buffer_peek(&faulty);

	for (slice line; slice_next_line(&rest, &line);) {
		AUTO(free) char *text = mem_copy(line);

		LOG(&serve->log, LOG_ERROR, "fault", LOG_TEXT("at", text));
	}
	return -1;
}

static void say(void *context, const char *sentence)
{
	const struct serve *serve = context;

	LOG(&serve->log, LOG_WARNING, "outbox", LOG_TEXT("said", sentence));
}

static void settled(void *context, const struct outbox_mail *mail, const struct outbox_recipient *recipient)
{
	const struct serve *serve = context;
	const bool is_fine = recipient->state == OUTBOX_ACCEPTED;

	LOG(&serve->log, is_fine ? LOG_INFO : LOG_WARNING, "mail", LOG_TEXT("state", outbox_state_name(recipient->state)), LOG_NUMBER("mail", mail->id),
	    LOG_TEXT("to", outbox_address(recipient)), LOG_TEXT("message_id", mail->message_id), LOG_TEXT("server", recipient->server),
	    LOG_NUMBER("code", recipient->code), LOG_TEXT("reply", recipient->reply), LOG_TEXT("origin", mail->origin));
}

/* Everything that can be wrong is found here, before anything that works is given up. */
static struct serve_plan *plan_load(struct serve *serve, courant_error **err)
{
	AUTO(plan) struct serve_plan *plan = mem_alloc(sizeof *plan);
	const struct carry_hooks hooks = {.settled = settled, .say = say, .context = serve};

	if (!plan) {
		(void)fail_memory(err);
		return NULL;
	}
	if (load_files(serve, plan, err) < 0)
		return NULL;
	if (!plan->config.outbox.file) {
		(void)fail(err, COURANT_CONFIG, "courant serve needs an outbox: \"outbox: /var/lib/courant/outbox.db\" in courant.yaml makes one");
		return NULL;
	}
	plan->outbox = outbox_open(plan->config.outbox.file, OUTBOX_WRITE, err);
	if (!plan->outbox || !(plan->carry = carry_new(serve->call, &plan->config, plan->outbox, "serve", &hooks, err)))
		return NULL;
	return STEAL(plan);
}

/* ---- what listens ---- */

static const char *socket_path(const struct serve_plan *plan)
{
	return plan->config.outbox.socket ? plan->config.outbox.socket : ENQUEUE_SOCKET;
}

/* The usual place is systemd's to make; where there is none, whoever wants the socket says where. */
static int open_desk(struct serve *serve, courant_error **err)
{
	const char *path = socket_path(serve->plan);
	AUTO(error) courant_error *why = NULL;

	serve->desk = desk_new(path, serve->queue, &serve->log, clock_now_ms, &why);
	if (serve->desk) {
		LOG(&serve->log, LOG_INFO, "taking mail", LOG_TEXT("socket", path));
		return 0;
	}
	if (serve->plan->config.outbox.socket)
		return fail_pass(err, STEAL(why));
	LOG(&serve->log, LOG_WARNING, "taking no mail", LOG_TEXT("reason", courant_error_sentence(why)));
	return 0;
}

static int open_pages(struct serve *serve, courant_error **err)
{
	const char *where = serve->plan->config.serve.http;
	AUTO(buffer) struct buffer address = BUFFER_LIMIT(200);

	if (!where)
		return 0;
	serve->pages = pages_new(slice_of(where), serve_page, serve, err);
	if (!serve->pages || pages_write_address(serve->pages, &address, err) < 0)
		return fail_within(err, "serve: http");
	LOG(&serve->log, LOG_INFO, "health and metrics", LOG_TEXT("address", address.bytes));
	return 0;
}

/* ---- reading it anew ---- */

static bool is_same(const char *a, const char *b)
{
	return slice_equal(slice_of(a), slice_of(b));
}

/* The outbox, and where mail is taken, are the process's: another one needs a new start. */
static int check_change(const struct serve *serve, const struct serve_plan *plan, courant_error **err)
{
	if (!is_same(plan->config.outbox.file, serve->plan->config.outbox.file))
		return fail(err, COURANT_CONFIG, "another outbox needs a new start of courant serve");
	if (!is_same(socket_path(plan), socket_path(serve->plan)))
		return fail(err, COURANT_CONFIG, "another socket needs a new start of courant serve");
	if (!is_same(plan->config.serve.http, serve->plan->config.serve.http))
		return fail(err, COURANT_CONFIG, "another address for http needs a new start of courant serve");
	if (plan->config.serve.catch_up != serve->plan->config.serve.catch_up)
		return fail(err, COURANT_CONFIG, "another catch_up needs a new start of courant serve");
	return 0;
}

static int try_reload(struct serve *serve, courant_error **err)
{
	AUTO(plan) struct serve_plan *plan = plan_load(serve, err);

	if (!plan || check_change(serve, plan, err) < 0)
		return -1;
	if (slots_load(serve->slots, &plan->agenda, serve_now_ms(serve), err) < 0) {
		/* Back to the old ones, which it knows: that needs no memory and no store. */
		(void)slots_load(serve->slots, &serve->plan->agenda, serve_now_ms(serve), NULL);
		return -1;
	}
	serve->old = serve->plan;
	serve->plan = STEAL(plan);
	runner_stop(carry_runner(serve->old->carry), clock_monotonic_ms() + PATIENCE_MS);
	return 0;
}

static void reload(struct serve *serve)
{
	AUTO(error) courant_error *err = NULL;

	serve->wants_reload = false;
	notify_send(serve->notify_socket, "RELOADING=1");
	free(STEAL(serve->health.reload_trouble));
	if (try_reload(serve, &err) == 0) {
		LOG(&serve->log, LOG_INFO, "configuration read anew", LOG_NUMBER("reports", (int64_t)serve->plan->agenda.n));
	} else {
		serve->health.reload_trouble = mem_copy_text(courant_error_sentence(err));
		LOG(&serve->log, LOG_ERROR, "configuration refused", LOG_TEXT("reason", courant_error_sentence(err)), LOG_TEXT("in_force", "the old one"));
	}
	serve->health.next_ms = 0;
	notify_send(serve->notify_socket, "READY=1");
}

static void add_counts(struct runner_counts *sum, const struct runner_counts *counts)
{
	for (size_t i = 0; i < OUTBOX_STATES; i++)
		sum->states[i] += counts->states[i];
}

/* The runner before has ended what it had begun. */
static void retire(struct serve *serve)
{
	add_counts(&serve->past, runner_counts(carry_runner(serve->old->carry)));
	plan_free(STEAL(serve->old));
}

/* ---- the loop ---- */

static void read_signals(struct serve *serve, int signal_fd)
{
	struct signalfd_siginfo info;

	while (read(signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP) {
			serve->wants_reload = true;
			continue;
		}
		if (serve->is_stopping)
			continue;
		serve->is_stopping = true;
		LOG(&serve->log, LOG_INFO, "ending", LOG_NUMBER("signal", info.ssi_signo));
		notify_send(serve->notify_socket, "STOPPING=1");
		runner_stop(carry_runner(serve->plan->carry), clock_monotonic_ms() + PATIENCE_MS);
		serve_reports_stop(serve, clock_monotonic_ms());
		serve_errands_stop(serve, clock_monotonic_ms());
	}
}

static void feed_watchdog(struct serve *serve, int64_t monotonic_ms)
{
	if (serve->watchdog_ms == 0 || monotonic_ms < serve->next_watchdog_ms)
		return;
	notify_send(serve->notify_socket, "WATCHDOG=1");
	serve->next_watchdog_ms = monotonic_ms + serve->watchdog_ms / 2;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Everybody's turn. Until when nothing is to be done, by the monotonic clock. */
static int64_t turn(struct serve *serve)
{
	const int64_t monotonic_ms = clock_monotonic_ms();
	int64_t until_ms = monotonic_ms + SLEEP_MAX_MS;

	if (serve->desk) {
		serve->n_taken += desk_turn(serve->desk, monotonic_ms);
		until_ms = sooner(until_ms, desk_deadline_ms(serve->desk));
	}
	if (serve->wants_reload && !serve->old && !serve->is_stopping)
		reload(serve);
	until_ms = sooner(until_ms, runner_turn(carry_runner(serve->plan->carry)));
	if (serve->old) {
		until_ms = sooner(until_ms, runner_turn(carry_runner(serve->old->carry)));
		if (runner_is_idle(carry_runner(serve->old->carry)))
			retire(serve);
	}
	serve_reports_turn(serve, monotonic_ms);
	serve_errands_turn(serve, monotonic_ms);
	serve_health_turn(serve, monotonic_ms);
	if (serve->pages) {
		pages_turn(serve->pages, monotonic_ms);
		until_ms = sooner(until_ms, pages_deadline_ms(serve->pages));
	}
	feed_watchdog(serve, monotonic_ms);
	until_ms = sooner(until_ms, serve_reports_due_ms(serve, monotonic_ms));
	until_ms = sooner(until_ms, serve_errands_due_ms(serve));
	until_ms = sooner(until_ms, serve->health.next_ms);
	return serve->watchdog_ms ? sooner(until_ms, serve->next_watchdog_ms) : until_ms;
}

static void sleep_until(struct serve *serve, int signal_fd, int64_t until_ms)
{
	struct pollfd fds[FDS_MAX] = {{.fd = signal_fd, .events = POLLIN}, {.fd = runner_fd(carry_runner(serve->plan->carry)), .events = POLLIN}};
	const int64_t left_ms = until_ms - clock_monotonic_ms();
	size_t n = 2;

	if (serve->old)
		fds[n++] = (struct pollfd){.fd = runner_fd(carry_runner(serve->old->carry)), .events = POLLIN};
	n += serve_reports_fds(serve, fds + n);
	n += serve_errands_fds(serve, fds + n);
	if (serve->pages)
		n += pages_fds(serve->pages, fds + n);
	if (serve->desk)
		n += desk_fds(serve->desk, fds + n);
	(void)poll(fds, (nfds_t)n, left_ms < 0 ? 0 : (int)left_ms); /* whatever comes of it, the next turn looks */
}

static bool is_over(const struct serve *serve)
{
	return serve->is_stopping && !serve->old && runner_is_idle(carry_runner(serve->plan->carry)) && serve_reports_running(serve) + serve_errands_running(serve) == 0;
}

static void run(struct serve *serve, int signal_fd)
{
	for (;;) {
		const int64_t until_ms = turn(serve);

		if (is_over(serve))
			return;
		sleep_until(serve, signal_fd, until_ms);
		read_signals(serve, signal_fd);
	}
}

/* ---- beginning and end ---- */

static int remember(void *context, const char *name, const char *text, courant_error **err)
{
	return outbox_remember(context, name, text, err);
}

static int recall(void *context, const char *name, char **ret, courant_error **err)
{
	return outbox_recall(context, name, ret, err);
}

static int64_t log_now_ms(void *serve)
{
	return serve_now_ms(serve);
}

/* systemd hands its journal over as standard error, and says so (sd_journal_print(3)): then lines begin with their priority. */
static int open_log(struct serve *serve, courant_error **err)
{
	const char *format = cli_value(serve->call, "log");
	const bool is_json = format && strcmp(format, "json") == 0;

	if (format && !is_json && strcmp(format, "logfmt") != 0)
		return fail(err, COURANT_USAGE, "--log is \"%s\", not logfmt or json", format);
	serve->log = (struct log){
		.fd = STDERR_FILENO,
		.is_json = is_json,
		.is_journal = getenv("JOURNAL_STREAM") != NULL,
		.most = serve->call->is_quiet ? LOG_WARNING : serve->call->is_verbose ? LOG_DEBUG : LOG_INFO,
		.now_ms = log_now_ms,
		.context = serve,
	};
	return 0;
}

static void read_systemd(struct serve *serve)
{
	const char *watchdog_us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	uint64_t us = 0, wanted;

	serve->notify_socket = getenv("NOTIFY_SOCKET");
	if (watchdog_us && num_parse_u64(slice_of(watchdog_us), &us) &&
	    (!pid || (num_parse_u64(slice_of(pid), &wanted) && wanted == (uint64_t)getpid())))
		serve->watchdog_ms = (int64_t)(us / 1000);
}

static int open_signals(courant_error **err)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);

	const int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);

	return fd < 0 ? fail_errno(err, errno, "cannot wait for signals") : fd;
}

static int begin(struct serve *serve, courant_error **err)
{
	if (open_log(serve, err) < 0 || !(serve->plan = plan_load(serve, err)))
		return -1;
	serve->queue = outbox_open(serve->plan->config.outbox.file, OUTBOX_WRITE, err);
	if (!serve->queue)
		return -1;

	const struct slots_memory memory = {.remember = remember, .recall = recall, .context = serve->queue};

	serve->slots = slots_new(&memory, serve->plan->config.serve.catch_up, err);
	if (!serve->slots || slots_load(serve->slots, &serve->plan->agenda, serve_now_ms(serve), err) < 0 || open_desk(serve, err) < 0 || open_pages(serve, err) < 0)
		return -1;
	read_systemd(serve);
	LOG(&serve->log, LOG_INFO, "ready", LOG_NUMBER("reports", (int64_t)serve->plan->agenda.n), LOG_NUMBER("unscheduled", (int64_t)serve->plan->agenda.n_unscheduled),
	    LOG_TEXT("outbox", serve->plan->config.outbox.file), LOG_TEXT("version", COURANT_VERSION));
	notify_send(serve->notify_socket, "READY=1");
	return 0;
}

static void end(struct serve *serve)
{
	for (size_t i = 0; i < SERVE_REPORTS_MAX; i++)
		child_free(serve->reports[i].child);
	for (size_t i = 0; i < SERVE_ERRANDS; i++)
		child_free(serve->errands[i].child);
	child_free(serve->notice);
	desk_free(serve->desk);
	pages_free(serve->pages);
	slots_free(serve->slots);
	plan_free(serve->old);
	plan_free(serve->plan);
	outbox_free(serve->queue);
	buffer_release(&serve->health.troubles);
	free(serve->health.reload_trouble);
}
AUTO_DEFINE_VALUE(serve, struct serve, end)

int serve_run(struct cli_call *call)
{
	AUTO(serve) struct serve serve = {.call = call, .shift_ms = getenv("COURANT_NOW") ? call->now_ms - clock_now_ms() : 0};
	courant_error *err = NULL;

	serve.started_ms = serve_now_ms(&serve);

	AUTO(close) int signal_fd = open_signals(&err);

	if (signal_fd < 0 || begin(&serve, &err) < 0)
		return cli_fail(call, err);
	run(&serve, signal_fd);
	LOG(&serve.log, LOG_INFO, "ended", LOG_TEXT("because", "it was told to"));
	return 0;
}
