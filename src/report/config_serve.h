/* SPDX-License-Identifier: MIT */
/* config_serve.h - "serve:" in courant.yaml: what `courant serve` does besides reports and mail
 *
 *     serve:
 *       http: 127.0.0.1:9925
 *       metrics: /var/lib/prometheus/node-exporter/courant.prom
 *       heartbeat: https://hc.example.com/ping/1f0c
 *       collect: 1 min
 *       probe: 1 min
 *       notify: logger -p mail.crit "$COURANT_EVENT" */
#ifndef COURANT_REPORT_CONFIG_SERVE_H
#define COURANT_REPORT_CONFIG_SERVE_H
#include "report/yaml.h"

struct config_serve {
	char *http;           /* where /health and /metrics are; NULL: nowhere */
	char *metrics;        /* the file that node_exporter reads; NULL: none */
	char *heartbeat;      /* an http or https URL; NULL: none */
	char *notify;         /* the command for when no mail can leave; NULL: none */
	uint64_t heartbeat_every_ms;
	uint64_t collect_ms, probe_ms; /* 0: never */
	uint64_t time_limit_ms; /* of one report, sample or probe */
	uint64_t patience_ms; /* how long no mail may leave while some waits */
	unsigned catch_up;    /* runs of a report that are made up for */
};

/* What holds without any of it. */
#define CONFIG_SERVE_DEFAULTS {.heartbeat_every_ms = 300000, .time_limit_ms = 900000, .patience_ms = 900000, .catch_up = 3}

void config_serve_read(struct config_serve *, const struct yaml_node *map, struct faults *);
void config_serve_release(struct config_serve *);
#endif
