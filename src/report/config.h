/* SPDX-License-Identifier: MIT */
/* config.h - courant.yaml: what reports and mails share
 *
 *     accounts:
 *       office: {server: smtp://ops@mail.example.com, from: 运维 <ops@example.com>, password_command: pass show smtp/ops}
 *       gmail: {server: ops@gmail, token_command: oauth-token ops, proxy: socks5://127.0.0.1}
 *     account: [office]
 *     reports: [reports.d/traffic.yaml]
 *     outbox: /var/lib/courant/outbox.db
 *     serve: {http: 127.0.0.1:9925}
 *     owner: oncall@example.com
 *     aliases: /etc/aliases
 *     language: zh
 *     timezone: Asia/Shanghai
 *
 * and what config_samples.h has. */
#ifndef COURANT_REPORT_CONFIG_H
#define COURANT_REPORT_CONFIG_H
#include "base/texts.h"
#include "report/config_samples.h"
#include "report/config_serve.h"
#include "report/faults.h"
#include "table/words.h"

/* Texts are NULL when they are not in the file. */
struct config_account {
	char *name;
	char *server; /* a URL, or a provider's name; as written */
	char *from;   /* checked: one address */
	char *password_command, *password_file;
	char *password; /* cleared when it is freed */
	char *ca_file;
	char *token_command; /* prints an OAuth token, instead of a password */
	char *proxy;         /* a URL; as written */
};

/* Where mail is queued, and how it leaves. */
struct config_outbox {
	char *file;          /* the database; NULL: there is no outbox */
	char *socket;        /* where `courant serve` takes mail from whoever may not write the file; NULL: the usual place */
	bool holds_unknown;  /* what is perhaps delivered waits for a word */
	uint64_t give_up_ms; /* 0: 3 days */
	uint64_t keep_ms;    /* 0: a week */
	unsigned connections; /* to each server at a time; 0: 2 */
};

struct config {
	char *folder; /* of the file: where relative patterns begin; "" for the working folder */
	struct config_account *accounts;
	size_t n_accounts;
	struct texts
	        order; /* of `account`: names of accounts, first that is tried first; all in the order of the file when it is missing */
	struct texts reports; /* patterns of report files, as written */
	struct config_outbox outbox;
	struct config_serve serve;
	char *owner;          /* checked: an address */
	char *aliases;        /* a file as /etc/aliases, for `courant sendmail` */
	char *timezone;       /* checked: zone_load knows it */
	struct config_samples samples;
	bool has_language;
	enum language language;
};

/* Reads the file. Its faults are collected; with any of them *ret stays empty, and -1 with COURANT_CONFIG says how many there are.
 * COURANT_NO_INPUT when it cannot be read; COURANT_CONFIG also when it holds a password and others may read it. */
int config_load(const char *path, struct faults *, struct config *ret, courant_error **err);

/* A new configuration with one account and, unless it is NULL, an owner: what config_load() reads as the same texts. */
void config_write(struct buffer *, const struct config_account *, const char *owner);

struct report_file;

/* The accounts of a report file come first, and alone. One that is not there is a fault of that file, -1 with COURANT_CONFIG. */
int config_prefer_accounts(struct config *, const struct report_file *, struct faults *, courant_error **err);

/* The i-th account in the order to try, or NULL. */
const struct config_account *config_account_at(const struct config *, size_t i);
const struct config_account *config_find_account(const struct config *, slice name);

void config_release(struct config *);
AUTO_DEFINE_VALUE(config, struct config, config_release)
#endif
