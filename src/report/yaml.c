/* SPDX-License-Identifier: MIT */
/* yaml.c - from libfyaml's events to a tree of our own
 *
 * The events are used instead of libfyaml's documents, so that depth, size, aliases and duplicate keys are judged here, with their
 * places, before anything is built or resolved. */
#include "report/yaml.h"

#include <libfyaml.h>

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/secret.h"
#include "base/utf8.h"

#define MAP_MAX_KEYS 200 /* keys are compared with each other */

struct builder {
	struct fy_parser *parser;
	struct yaml *yaml;
	struct faults *faults;
	struct yaml_node *open[YAML_MAX_DEPTH]; /* the maps and lists that have begun */
	struct yaml_node *last[YAML_MAX_DEPTH]; /* the newest child of each */
	size_t n_children[YAML_MAX_DEPTH];
	size_t depth;
	unsigned n_documents;
	bool is_over; /* a fault after which the rest would not be understood */
};

static void free_parser(struct fy_parser *parser)
{
	if (parser)
		fy_parser_destroy(parser);
}
AUTO_DEFINE(fy_parser, struct fy_parser, free_parser)

static void free_diag(struct fy_diag *diag)
{
	if (diag)
		fy_diag_destroy(diag);
}
AUTO_DEFINE(fy_diag, struct fy_diag, free_diag)

void yaml_release(struct yaml *yaml)
{
	for (size_t i = 0; i < yaml->n_nodes; i++) {
		/* courant.yaml may hold a password. */
		secret_free((char *)yaml->nodes[i]->text.ptr);
		free(yaml->nodes[i]);
	}
	free(yaml->nodes);
	*yaml = (struct yaml){0};
}

static struct yaml_node *new_node(struct yaml *yaml, enum yaml_kind kind, courant_error **err)
{
	struct yaml_node *node = mem_alloc(sizeof *node);

	if (!node) {
		(void)fail_memory(err);
		return NULL;
	}
	if (yaml->n_nodes == yaml->space) {
		const size_t space = yaml->space ? yaml->space * 2 : 64;
		struct yaml_node **nodes =
		        mem_resize(yaml->nodes, space, sizeof(struct yaml_node *));

		if (!nodes) {
			free(node);
			(void)fail_memory(err);
			return NULL;
		}
		yaml->nodes = nodes;
		yaml->space = space;
	}
	node->kind = kind;
	return yaml->nodes[yaml->n_nodes++] = node;
}

/* Faults that make the rest meaningless. */
static int give_up(struct builder *builder, int line, int column, const char *text)
{
	faults_add(builder->faults, line, column, "%s", text);
	builder->is_over = true;
	return 0;
}

static bool is_key_place(const struct builder *builder)
{
	return builder->depth > 0 && builder->open[builder->depth - 1]->kind == YAML_MAP &&
	       builder->n_children[builder->depth - 1] % 2 == 0;
}

/* A key of the innermost map: a text, and not there already. */
static void check_key(struct builder *builder, const struct yaml_node *key)
{
	const struct yaml_node *map = builder->open[builder->depth - 1];

	if (key->kind != YAML_TEXT) {
		(void)give_up(builder, key->line, key->column,
		              "a key must be a word, not a list or a map");
		return;
	}
	for (const struct yaml_node *other = map->first; other;
	     other = other->next ? other->next->next : NULL) {
		if (slice_equal(other->text, key->text)) {
			faults_add(builder->faults, key->line, key->column,
			           "the key \"%.*s\" is there twice; first in line %d",
			           SLICE_ARGS(key->text), other->line);
			return;
		}
	}
}

/* Hangs the node in its place. */
static int place(struct builder *builder, struct yaml_node *node)
{
	const size_t top = builder->depth - 1;

	if (builder->depth == 0) {
		builder->yaml->root = node;
		return 0;
	}
	if (is_key_place(builder))
		check_key(builder, node);
	if (builder->last[top])
		builder->last[top]->next = node;
	else
		builder->open[top]->first = node;
	builder->last[top] = node;
	builder->n_children[top]++;
	if (builder->open[top]->kind == YAML_MAP && builder->n_children[top] > 2 * MAP_MAX_KEYS)
		return give_up(builder, node->line, node->column, "too many keys in one map");
	return 0;
}

/* libfyaml counts from 0, and sets the mark of a quoted text behind its quote. A value that is nothing has no mark: it is where its key is. */
static void set_place(const struct builder *builder, struct yaml_node *node, struct fy_event *event, bool is_quoted)
{
	const struct fy_mark *mark = fy_event_start_mark(event);
	const struct yaml_node *key = builder->depth > 0 ? builder->last[builder->depth - 1] : NULL;

	if (mark && (mark->line || mark->column || !key)) {
		node->line = mark->line + 1;
		node->column = mark->column + 1 - (is_quoted && mark->column > 0);
	} else {
		node->line = key ? key->line : 1;
		node->column = key ? key->column : 1;
	}
}

static int add_text(struct builder *builder, struct fy_event *event, courant_error **err)
{
	struct yaml_node *node = new_node(builder->yaml, YAML_TEXT, err);
	const enum fy_scalar_style style = fy_token_scalar_style(event->scalar.value);
	size_t len = 0;

	if (!node)
		return -1;
	const char *text = fy_token_get_text(event->scalar.value, &len);
	if (!text)
		len = 0;
	if (!(node->text.ptr = mem_copy(slice_from(text, len))))
		return fail_memory(err);
	node->text.len = len;
	node->is_plain = style == FYSS_PLAIN || style == FYSS_ANY;
	set_place(builder, node, event, style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED);
	/* A NUL would cut the text where it becomes a C string. */
	if (slice_find(node->text, '\0') != SLICE_NONE)
		faults_add(builder->faults, node->line, node->column, "a text with a NUL in it");
	return place(builder, node);
}

static int open_collection(struct builder *builder, enum yaml_kind kind, struct fy_event *event,
                           courant_error **err)
{
	struct yaml_node *node = new_node(builder->yaml, kind, err);

	if (!node)
		return -1;
	set_place(builder, node, event, false);
	if (builder->depth == YAML_MAX_DEPTH)
		return give_up(builder, node->line, node->column,
		               "too many levels of maps and lists");
	(void)place(builder, node);
	builder->open[builder->depth] = node;
	builder->last[builder->depth] = NULL;
	builder->n_children[builder->depth] = 0;
	builder->depth++;
	return 0;
}

/* Anchors, aliases and tags have no use here, and aliases can make a small file as large as memory. */
static void check_plain(struct builder *builder, struct fy_event *event)
{
	struct fy_token *token =
	        event->type == FYET_ALIAS ? event->alias.anchor : fy_event_get_anchor_token(event);
	const char *what = event->type == FYET_ALIAS ? "an alias (*)" : "an anchor (&)";

	if (!token) {
		token = fy_event_get_tag_token(event);
		what = "a tag (!)";
	}
	if (!token)
		return;
	const struct fy_mark *mark = fy_token_start_mark(token);
	faults_add(builder->faults, mark ? mark->line + 1 : 1, mark ? mark->column + 1 : 1,
	           "%s has no place in this file: write the value out", what);
	if (event->type == FYET_ALIAS)
		builder->is_over = true;
}

static int on_event(struct builder *builder, struct fy_event *event, courant_error **err)
{
	const struct fy_mark *mark = fy_event_start_mark(event);

	if (builder->yaml->n_nodes >= YAML_MAX_NODES)
		return give_up(builder, mark ? mark->line + 1 : 1, mark ? mark->column + 1 : 1,
		               "the file is too large");
	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (++builder->n_documents > 1)
			return give_up(builder, mark ? mark->line + 1 : 1,
			               mark ? mark->column + 1 : 1,
			               "a second document begins here; a file holds one");
		return 0;
	case FYET_SCALAR:
		check_plain(builder, event);
		return add_text(builder, event, err);
	case FYET_ALIAS:
		check_plain(builder, event);
		return 0;
	case FYET_MAPPING_START:
		check_plain(builder, event);
		return open_collection(builder, YAML_MAP, event, err);
	case FYET_SEQUENCE_START:
		check_plain(builder, event);
		return open_collection(builder, YAML_LIST, event, err);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		builder->depth--;
		return 0;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END:
		return 0;
	}
	return 0;
}

/* What libfyaml found wrong; its own columns count from 1. */
static void take_diagnostics(struct fy_diag *diag, struct faults *faults)
{
	void *at = NULL;
	size_t n = 0;

	for (struct fy_diag_error *error; (error = fy_diag_errors_iterate(diag, &at)); n++)
		faults_add(faults, error->line > 0 ? error->line : 1,
		           error->column > 0 ? error->column : 1, "%s",
		           error->msg ? error->msg : "not YAML");
	if (n == 0)
		faults_add(faults, 0, 0, "not YAML");
}

static int read_events(struct builder *builder, struct fy_diag *diag, courant_error **err)
{
	int status = 0;

	while (status == 0 && !builder->is_over) {
		struct fy_event *event = fy_parser_parse(builder->parser);

		if (!event) {
			if (fy_parser_get_stream_error(builder->parser))
				take_diagnostics(diag, builder->faults);
			break;
		}
		status = on_event(builder, event, err);
		fy_parser_event_free(builder->parser, event);
	}
	return status;
}

/* libfyaml takes a value that is not UTF-8 for an empty one, so this comes first. */
static bool check_utf8(slice text, struct faults *faults)
{
	const size_t bad = utf8_find_invalid(text);
	size_t line_start = 0;
	int line = 1;

	if (bad == SLICE_NONE)
		return true;
	for (size_t i = 0; i < bad; i++) {
		if (text.ptr[i] == '\n') {
			line++;
			line_start = i + 1;
		}
	}
	faults_add(faults, line,
	           (int)utf8_count(slice_part(text, line_start, bad - line_start)) + 1,
	           "the byte 0x%02x here is not UTF-8: save the file as UTF-8",
	           (unsigned char)text.ptr[bad]);
	return false;
}

int yaml_parse(slice text, struct faults *faults, struct yaml *ret, courant_error **err)
{
	const struct fy_diag_cfg diag_settings = {.level = FYET_ERROR, .module_mask = ~0U};
	AUTO(yaml) struct yaml yaml = {0};

	*ret = yaml;
	if (!check_utf8(text, faults))
		return 0;

	AUTO(fy_diag) struct fy_diag *diag = fy_diag_create(&diag_settings);
	if (!diag)
		return fail_memory(err);
	fy_diag_set_collect_errors(diag, true);
	const struct fy_parse_cfg settings = {
	        .flags = FYPCF_QUIET | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2, .diag = diag};
	AUTO(fy_parser) struct fy_parser *parser = fy_parser_create(&settings);
	if (!parser || fy_parser_set_string(parser, text.len ? text.ptr : "", text.len) < 0)
		return fail_memory(err);

	const size_t faults_before = faults->n + faults->n_more;
	struct builder builder = {.parser = parser, .yaml = &yaml, .faults = faults};
	if (read_events(&builder, diag, err) < 0)
		return -1;
	if (faults->n + faults->n_more > faults_before &&
	    (builder.is_over || fy_parser_get_stream_error(parser)))
		yaml.root = NULL;
	*ret = yaml;
	yaml = (struct yaml){0};
	return 0;
}

const char *yaml_kind_name(const struct yaml_node *node)
{
	switch (node->kind) {
	case YAML_TEXT:
		return yaml_is_empty(node) ? "nothing" : "a text";
	case YAML_MAP:
		return "a map";
	case YAML_LIST:
		return "a list";
	}
	return "";
}

bool yaml_is_empty(const struct yaml_node *node)
{
	return node->kind == YAML_TEXT && node->is_plain &&
	       (node->text.len == 0 || slice_equal(node->text, SLICE("~")) ||
	        slice_equal(node->text, SLICE("null")));
}

static const char *nearest_key(slice word, const struct yaml_key *keys, size_t n_keys)
{
	const char *best = NULL;

	for (size_t i = 0; i < n_keys; i++) {
		const char *const candidates[] = {best ? best : keys[i].name, keys[i].name, NULL};
		const char *nearest = nearest_word(word, candidates);

		if (nearest)
			best = nearest;
	}
	return best;
}

static void unknown_key(const struct yaml_node *key, const char *what, const struct yaml_key *keys,
                        size_t n_keys, struct faults *faults)
{
	const char *nearest = nearest_key(key->text, keys, n_keys);
	AUTO(buffer) struct buffer known = BUFFER_LIMIT(2000);

	for (size_t i = 0; i < n_keys; i++)
		buffer_printf(&known, "%s%s", i ? ", " : "", keys[i].name);
	if (nearest)
		faults_add(faults, key->line, key->column,
		           "unknown key \"%.*s\" in %s; did you mean \"%s\"?",
		           SLICE_ARGS(key->text), what, nearest);
	else
		faults_add(faults, key->line, key->column,
		           "unknown key \"%.*s\" in %s; known are %.*s", SLICE_ARGS(key->text),
		           what, SLICE_ARGS(buffer_peek(&known)));
}

void yaml_read_map(const struct yaml_node *map, const char *what, const struct yaml_key *keys,
                   size_t n_keys, void *into, struct faults *faults)
{
	if (map->kind != YAML_MAP) {
		faults_add(faults, map->line, map->column, "%s is a map of keys and values, not %s",
		           what, yaml_kind_name(map));
		return;
	}
	for (const struct yaml_node *key = map->first; key && key->next; key = key->next->next) {
		size_t i = 0;

		while (i < n_keys && !slice_equal(key->text, slice_of(keys[i].name)))
			i++;
		if (i == n_keys)
			unknown_key(key, what, keys, n_keys, faults);
		else
			keys[i].read(into, key, key->next, faults);
	}
}

bool yaml_read_text(const struct yaml_node *key, const struct yaml_node *value,
                    struct faults *faults, slice *ret)
{
	if (value->kind != YAML_TEXT || yaml_is_empty(value)) {
		faults_add(faults, value->line, value->column, "\"%.*s\" needs a text, not %s",
		           SLICE_ARGS(key->text), yaml_kind_name(value));
		return false;
	}
	*ret = value->text;
	return true;
}

const struct yaml_node *yaml_next_item(const struct yaml_node *value, const struct yaml_node *at)
{
	if (value->kind != YAML_LIST)
		return at ? NULL : value;
	return at ? at->next : value->first;
}

void yaml_unknown(const struct yaml_node *node, const char *what, const char *const *words,
                  struct faults *faults)
{
	const char *nearest = nearest_word(node->text, words);
	AUTO(buffer) struct buffer known = BUFFER_LIMIT(2000);

	for (size_t i = 0; words[i]; i++)
		buffer_printf(&known, "%s%s", i ? ", " : "", words[i]);
	if (nearest)
		faults_add(faults, node->line, node->column,
		           "unknown %s \"%.*s\"; did you mean \"%s\"?", what,
		           SLICE_ARGS(node->text), nearest);
	else
		faults_add(faults, node->line, node->column, "unknown %s \"%.*s\"; known are %.*s",
		           what, SLICE_ARGS(node->text), SLICE_ARGS(buffer_peek(&known)));
}
