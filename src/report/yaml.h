/* SPDX-License-Identifier: MIT */
/* yaml.h - a YAML file (libfyaml) as a small tree in which every node knows its line and column
 *
 * Refused, each with its place: bytes that are not UTF-8, more than one document, duplicate keys, keys that are no plain words,
 * anchors, aliases and tags, more than YAML_MAX_DEPTH levels or YAML_MAX_NODES nodes. */
#ifndef COURANT_REPORT_YAML_H
#define COURANT_REPORT_YAML_H
#include "report/faults.h"

#define YAML_MAX_BYTES (256 * 1024) /* a report file has some hundred lines */
#define YAML_MAX_DEPTH 16
#define YAML_MAX_NODES 5000

enum yaml_kind { YAML_TEXT, YAML_MAP, YAML_LIST };

struct yaml_node {
	enum yaml_kind kind;
	bool is_plain;    /* a text without quotes */
	slice text;       /* the tree's; followed by a NUL that does not count */
	int line, column; /* from 1 */
	struct yaml_node *
	        first; /* of a list: its items; of a map: key, value, key, value … (never a key alone) */
	struct yaml_node *next;
};

struct yaml {
	struct yaml_node *root; /* NULL: an empty file, or faults */
	struct yaml_node **nodes;
	size_t n_nodes, space;
};

/* 0, also when the file has faults: they are told then and the root is NULL. -1 without memory. */
int yaml_parse(slice text, struct faults *, struct yaml *ret, courant_error **err);
void yaml_release(struct yaml *);
AUTO_DEFINE_VALUE(yaml, struct yaml, yaml_release)

/* "a text", "a list", "a map": for faults. */
const char *yaml_kind_name(const struct yaml_node *);

/* An empty value: nothing, ~ or null. */
bool yaml_is_empty(const struct yaml_node *);

/* A key that a map may have. `read` gets what yaml_read_map was given, the key and the value. */
struct yaml_key {
	const char *name;
	void (*read)(void *into, const struct yaml_node *key, const struct yaml_node *value,
	             struct faults *);
};

/* Reads a map by its keys; an unknown key is a fault that names the nearest one. `what` is what the map is: "a report". */
void yaml_read_map(const struct yaml_node *map, const char *what, const struct yaml_key *keys,
                   size_t n_keys, void *into, struct faults *);

/* The text of a value; false, with a fault, for a list, a map, or nothing. */
bool yaml_read_text(const struct yaml_node *key, const struct yaml_node *value, struct faults *,
                    slice *ret);

/* Walks over a list's items, or over the one item that stands for a list of one. *at is NULL at first. */
const struct yaml_node *yaml_next_item(const struct yaml_node *value, const struct yaml_node *at);

/* A fault at the node whose text is no word of the list (NULL at the end): "unknown WHAT "x" (did you mean "y"?); known are …". */
void yaml_unknown(const struct yaml_node *, const char *what, const char *const *words,
                  struct faults *);
#endif
