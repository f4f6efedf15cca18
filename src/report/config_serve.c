/* SPDX-License-Identifier: MIT */
/* config_serve.c - reading "serve:" (config_serve.h) */
#include "report/config_serve.h"

#include <stdlib.h>

#include "base/clock.h"
#include "report/values.h"

#define LENGTH(rows) (sizeof(rows) / sizeof *(rows))

#define SERVE_VALUE(field, reader)                                                                                                   \
	static void read_##field(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)      \
	{                                                                                                                            \
		reader(&((struct config_serve *)into)->field, key, value, faults);                                                   \
	}
SERVE_VALUE(http, value_read_line)
SERVE_VALUE(metrics, value_read_line)
SERVE_VALUE(heartbeat, value_read_link)
SERVE_VALUE(notify, value_read_text)
#undef SERVE_VALUE

#define SERVE_TIME(field, from_ms, to_ms)                                                                                            \
	static void read_##field(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)      \
	{                                                                                                                            \
		value_read_duration(&((struct config_serve *)into)->field, from_ms, to_ms, key, value, faults);                      \
	}
SERVE_TIME(heartbeat_every_ms, MS_PER_SECOND, MS_PER_DAY)
SERVE_TIME(collect_ms, MS_PER_SECOND, MS_PER_DAY)
SERVE_TIME(probe_ms, MS_PER_SECOND, MS_PER_DAY)
SERVE_TIME(time_limit_ms, MS_PER_SECOND, MS_PER_DAY)
SERVE_TIME(patience_ms, MS_PER_SECOND, MS_PER_DAY)
#undef SERVE_TIME

static void read_catch_up(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	value_read_count(&((struct config_serve *)into)->catch_up, 1, 100, key, value, faults);
}

static const struct yaml_key serve_keys[] = {
	{"http", read_http},
	{"metrics", read_metrics},
	{"heartbeat", read_heartbeat},
	{"heartbeat_every", read_heartbeat_every_ms},
	{"collect", read_collect_ms},
	{"probe", read_probe_ms},
	{"notify", read_notify},
	{"time_limit", read_time_limit_ms},
	{"patience", read_patience_ms},
	{"catch_up", read_catch_up},
};

void config_serve_read(struct config_serve *serve, const struct yaml_node *map, struct faults *faults)
{
	yaml_read_map(map, "\"serve\"", serve_keys, LENGTH(serve_keys), serve, faults);
}

void config_serve_release(struct config_serve *serve)
{
	free(serve->http);
	free(serve->metrics);
	free(serve->heartbeat);
	free(serve->notify);
	*serve = (struct config_serve){0};
}
