/* SPDX-License-Identifier: MIT */
/* config_samples.h - what courant.yaml says of collecting and probing
 *
 *     samples: /var/lib/courant
 *     mysql: {host: db.example.com, user: courant, password_file: /etc/courant/mysql.password}
 *     targets:
 *       - https://www.example.com/
 *       - {name: login, url: https://www.example.com/login, status: 200, body: Password, timeout: 5 s} */
#ifndef COURANT_REPORT_CONFIG_SAMPLES_H
#define COURANT_REPORT_CONFIG_SAMPLES_H
#include "report/yaml.h"
#include "samples/target.h"

/* Texts are NULL when they are not in the file. */
struct config_mysql {
	char *host, *socket, *user;
	char *password_command, *password_file, *ca_file;
	unsigned port;
	bool is_clear; /* tls: none */
};

struct config_samples {
	char *folder;
	struct config_mysql mysql;
	struct probe_target *targets;
	size_t n_targets;
};

/* Each reads the value of one key into a struct config_samples. */
void config_read_samples(struct config_samples *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);
void config_read_mysql(struct config_samples *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);
void config_read_targets(struct config_samples *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

void config_samples_release(struct config_samples *);
#endif
