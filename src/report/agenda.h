/* SPDX-License-Identifier: MIT */
/* agenda.h - the reports that have a schedule, and their runs in order
 *
 *     AUTO(agenda) struct agenda agenda = {0};
 *     agenda_add(&agenda, path, &config, &faults, err)      for each file of agenda_find_files()
 *     agenda_start(&agenda, now_ms);
 *     while ((entry = agenda_next(&agenda, &slot))) … */
#ifndef COURANT_REPORT_AGENDA_H
#define COURANT_REPORT_AGENDA_H
#include "report/config.h"
#include "report/file.h"

struct agenda_entry {
	char *path;
	struct report_file file;
	struct zone *zone; /* the file's, else the configuration's, else this machine's */
	bool has_next;
	struct schedule_slot next;
};

struct agenda {
	struct agenda_entry *entries;
	size_t n;
	size_t n_unscheduled; /* files that were read and have no schedule */
};

void agenda_release(struct agenda *);
AUTO_DEFINE_VALUE(agenda, struct agenda, agenda_release)

/* The paths that `reports` in the configuration means; relative patterns begin at its folder. COURANT_NO_INPUT names one that matches nothing,
 * COURANT_CONFIG two files in different folders with one name: outbox, Message-ID and List-Id tell reports apart by it. */
int agenda_find_files(const struct config *, struct texts *ret, courant_error **err);

/* 1: the path of "weekly" among them, reports.d/weekly.yaml, is in ret; 0: there is none. COURANT_CONFIG: there are two. */
int agenda_find_named(const struct config *, slice name, struct buffer *ret, courant_error **err);

/* Reads a report file; one without a schedule is only counted. As report_file_load(). */
int agenda_add(struct agenda *, const char *path, const struct config *, struct faults *, courant_error **err);

/* What follows begins behind that instant. */
void agenda_start(struct agenda *, int64_t after_ms);

/* The next run of all; of two at one instant, the one that was added first. NULL: there is none any more. */
const struct agenda_entry *agenda_next(struct agenda *, struct schedule_slot *ret);
#endif
