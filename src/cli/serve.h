/* SPDX-License-Identifier: MIT */
/* serve.h - courant serve: the parts of one process that runs reports when they are due and sends what is in the outbox
 *
 * serve.c is the loop: it polls what the parts wait for, and gives each a turn. serve_reports.c starts reports and hears what became of them, serve_errands.c
 * samples, probes and the heartbeat; serve_tell.c speaks to people; serve_health.c says how it all is. Nothing waits for a program or a server, only for the disk. */
#ifndef COURANT_CLI_SERVE_H
#define COURANT_CLI_SERVE_H
#include "cli/carry.h"
#include "cli/desk.h"
#include "report/agenda.h"
#include "serve/child.h"
#include "serve/log.h"
#include "serve/pages.h"
#include "serve/slots.h"

#define SERVE_REPORTS_MAX 4 /* at a time: each may take a core */

/* A report that is being made. */
struct serve_report {
	struct child *child; /* NULL: the place is free */
	struct slots_run run;
};

/* What is done again and again by another program. */
enum serve_errand_kind { SERVE_COLLECT, SERVE_PROBE, SERVE_HEARTBEAT, SERVE_ERRANDS };
struct serve_errand {
	struct child *child; /* NULL: none is under way */
	int64_t next_ms;     /* monotonic */
	unsigned failures;   /* running */
	uint64_t n_done, n_failed;
};

/* What courant.yaml says, and what works by it: replaced as a whole when it is read anew. */
struct serve_plan {
	struct config config;
	struct agenda agenda;
	struct outbox *outbox; /* the runner's */
	struct carry *carry;
};

/* What /health tells, and why. */
struct serve_health {
	struct buffer troubles;   /* a line each, as many as it holds; empty: all is well */
	int64_t next_ms;          /* monotonic: the next look */
	int64_t next_file_ms;     /* the next writing of the textfile */
	bool has_waiting;         /* mail waits */
	int64_t oldest_due_ms;    /* of what is due; 0: nothing is */
	int64_t stuck_since_ms;   /* monotonic; 0: mail leaves, or none waits */
	uint64_t n_accepted, n_deferred; /* when mail left last */
	bool has_notified;        /* of what is wrong now */
	char *reload_trouble;     /* the new configuration was refused; NULL */
};

struct serve {
	const struct cli_call *call;
	int64_t shift_ms;           /* COURANT_NOW less the clock */
	const char *notify_socket;  /* systemd's, or NULL */
	int64_t watchdog_ms;        /* it wants to hear of us so often; 0: never */
	int64_t next_watchdog_ms;   /* monotonic */
	struct log log;
	struct serve_plan *plan;
	struct serve_plan *old;     /* its runner finishes what it has begun; NULL */
	struct outbox *queue;       /* for what we put in ourselves, and remember */
	struct slots *slots;
	struct pages *pages;
	struct desk *desk;
	struct serve_report reports[SERVE_REPORTS_MAX];
	struct serve_errand errands[SERVE_ERRANDS];
	struct child *notice;       /* the command of "notify" */
	bool is_stopping, wants_reload;
	int64_t started_ms;
	uint64_t n_sent, n_skipped, n_failed, n_let_go, n_taken;
	struct runner_counts past;  /* of runners that are gone */
	struct serve_health health;
};

int64_t serve_now_ms(const struct serve *);

/* ---- serve_reports.c ---- */

/* Starts what is due, as far as there are places. */
void serve_reports_turn(struct serve *, int64_t monotonic_ms);
/* Asks those that run to end. */
void serve_reports_stop(struct serve *, int64_t monotonic_ms);
size_t serve_reports_running(const struct serve *);
/* What to poll for: the children's; at most two each. */
size_t serve_reports_fds(const struct serve *, struct pollfd *ret);
int64_t serve_reports_due_ms(const struct serve *, int64_t monotonic_ms);

/* ---- serve_errands.c ---- */

void serve_errands_turn(struct serve *, int64_t monotonic_ms);
void serve_errands_stop(struct serve *, int64_t monotonic_ms);
size_t serve_errands_running(const struct serve *);
size_t serve_errands_fds(const struct serve *, struct pollfd *ret);
int64_t serve_errands_due_ms(const struct serve *);
const char *serve_errand_name(enum serve_errand_kind);

/* ---- serve_program.c ---- */

/* Runs courant-report with these words (NULL at the end) behind its name, and --config. */
struct child *serve_start_program(const struct serve *, const char *const words[], int64_t until_ms, courant_error **err);

/* ---- serve_tell.c ---- */

/* A mail to the owner, through the outbox. */
void serve_tell_owner(struct serve *, const char *subject, const char *text, int64_t monotonic_ms);
/* The last resort, for when no mail can leave. */
void serve_notify(struct serve *, const char *event, int64_t monotonic_ms);

/* ---- serve_health.c ---- */

/* Looks at everything anew when it is time: troubles, metrics, the textfile, what must be told. */
void serve_health_turn(struct serve *, int64_t monotonic_ms);
bool serve_is_well(const struct serve *);
/* "/health", "/metrics". */
bool serve_page(void *serve, slice path, struct page *);
#endif
