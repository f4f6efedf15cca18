/* SPDX-License-Identifier: MIT */
/* main.c - agent-rules REGEXES.yaml OUT.c: makes a table in C of uap-core's rules (src/weblog/agent_rules.h)
 *
 * Runs while Courant is built; ends with a sentence and status 1 when anything is not as expected. */
#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "literals.h"

static const struct {
	const char *key, *name, *family, *major;
} lists[] = {
	{"user_agent_parsers", "browsers", "family_replacement", "v1_replacement"},
	{"os_parsers", "systems", "os_replacement", "os_v1_replacement"},
	{"device_parsers", "devices", "device_replacement", NULL},
};
#define LISTS (sizeof lists / sizeof *lists)

static FILE *out;
static size_t n_words, n_always, n_strange;

static void stop(const char *what, const char *about)
{
	fprintf(stderr, "agent-rules: %s: %s\n", what, about);
	exit(1);
}

static void write_string(const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		/* A question mark is escaped, for ??( would be a trigraph. */
		if (*text == '"' || *text == '\\' || *text == '?')
			fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text < 32 || (unsigned char)*text > 126)
			fprintf(out, "\\%03o", (unsigned)(unsigned char)*text);
		else
			putc(*text, out);
	}
	putc('"', out);
}

/* The text of a key; NULL when it is not there. The caller's to free. */
static char *text_of(struct fy_node *rule, const char *key)
{
	struct fy_node *node = key ? fy_node_mapping_lookup_by_string(rule, key, FY_NT) : NULL;
	const char *text;
	size_t len;

	if (!node)
		return NULL;
	text = fy_node_get_scalar(node, &len);
	return text ? strndup(text, len) : NULL;
}

static void write_text(const char *member, char *text)
{
	if (text) {
		fprintf(out, ", .%s = ", member);
		write_string(text);
	}
	free(text);
}

static void write_rule(struct fy_node *rule, size_t list)
{
	char *pattern = text_of(rule, "regex");
	char *flag = text_of(rule, "regex_flag");
	struct literals words;

	if (!pattern)
		stop(lists[list].key, "a rule without regex");

	const int result = literals_find(pattern, &words);

	n_strange += result == LITERALS_STRANGE;
	n_always += words.n == 0;
	fputs("\t{.pattern = ", out);
	write_string(pattern);
	write_text("family", text_of(rule, lists[list].family));
	write_text("major", text_of(rule, lists[list].major));
	if (words.n)
		fprintf(out, ", .first_word = %zu, .n_words = %zu", n_words, words.n);
	if (flag && strcmp(flag, "i") == 0)
		fputs(", .is_caseless = true", out);
	fputs("},\n", out);
	n_words += words.n;
	free(pattern);
	free(flag);
}

static void write_words(struct fy_node *rule)
{
	char *pattern = text_of(rule, "regex");
	struct literals words;

	(void)literals_find(pattern, &words);
	for (size_t i = 0; i < words.n; i++) {
		fputs("\t", out);
		write_string(words.words[i]);
		fputs(",\n", out);
	}
	free(pattern);
}

static void each_rule(struct fy_node *root, size_t list, void (*call)(struct fy_node *, size_t))
{
	struct fy_node *rules = fy_node_mapping_lookup_by_string(root, lists[list].key, FY_NT);
	void *at = NULL;

	if (!rules || !fy_node_is_sequence(rules))
		stop("no list", lists[list].key);
	for (struct fy_node *rule; (rule = fy_node_sequence_iterate(rules, &at));)
		call(rule, list);
}

static void write_words_of(struct fy_node *rule, size_t list)
{
	(void)list;
	write_words(rule);
}

static void write_all(struct fy_node *root)
{
	fputs("/* Made by tools/agent_rules of the user agent rules of uap-core (Apache-2.0). */\n"
	      "#include \"weblog/agent_rules.h\"\n\n",
	      out);
	for (size_t i = 0; i < LISTS; i++) {
		fprintf(out, "static const struct agent_rule %s[] = {\n", lists[i].name);
		each_rule(root, i, write_rule);
		fputs("};\n\n", out);
	}
	fputs("const struct agent_rule *const agent_rules[AGENT_LISTS] = {browsers, systems, devices};\n"
	      "const size_t agent_rule_counts[AGENT_LISTS] = {sizeof browsers / sizeof *browsers, "
	      "sizeof systems / sizeof *systems, sizeof devices / sizeof *devices};\n\n"
	      "const char agent_rule_words[][AGENT_WORD_BYTES] = {\n",
	      out);
	for (size_t i = 0; i < LISTS; i++)
		each_rule(root, i, write_words_of);
	fputs("};\n", out);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		stop("usage", "agent-rules REGEXES.yaml OUT.c");

	struct fy_document *document = fy_document_build_from_file(NULL, argv[1]);

	if (!document)
		stop(argv[1], "cannot be read");
	out = fopen(argv[2], "w");
	if (!out)
		stop(argv[2], "cannot be written");
	write_all(fy_document_root(document));
	if (fclose(out) != 0)
		stop(argv[2], "cannot be written");
	fy_document_destroy(document);
	printf("%zu words, %zu rules without, %zu of them not understood\n", n_words, n_always, n_strange);
	return 0;
}
