/* SPDX-License-Identifier: MIT */
/* yaml_test.c - every fault of a file is told with its line and column */
#include "report/yaml.h"

#include "tap.h"

static void faults_have_their_places(void)
{
	static const struct {
		const char *name, *text, *faults;
	} rows[] = {
	        {"a good file has none", "a: 1\nb: [x, y]\n", ""},
	        {"an empty file has none", "", ""},
	        {"comments alone have none", "# nothing\n", ""},
	        {"a byte that is not UTF-8", "a: b\n中: \xff\n",
	         "f.yaml:2:4: the byte 0xff here is not UTF-8: save the file as UTF-8\n"},
	        {"a key that is there twice", "a: 1\nb: 2\na: 3\n",
	         "f.yaml:3:1: the key \"a\" is there twice; first in line 1\n"},
	        {"a key twice in an inner map", "o: {a: 1, a: 2}\n",
	         "f.yaml:1:11: the key \"a\" is there twice; first in line 1\n"},
	        {"an alias", "a: &x 1\nb: *x\n",
	         "f.yaml:1:5: an anchor (&) has no place in this file: write the value out\n"
	         "f.yaml:2:5: an alias (*) has no place in this file: write the value out\n"},
	        {"a tag", "a: !!int 1\n",
	         "f.yaml:1:4: a tag (!) has no place in this file: write the value out\n"},
	        {"a second document", "a: 1\n---\nb: 2\n",
	         "f.yaml:2:1: a second document begins here; a file holds one\n"},
	        {"a list as a key", "? [a]\n: 1\n",
	         "f.yaml:1:3: a key must be a word, not a list or a map\n"},
	        {"seventeen levels", "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n",
	         "f.yaml:1:17: too many levels of maps and lists\n"},
	};

	EACH (row, rows) {
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(yaml) struct yaml yaml = {0};
		AUTO(buffer) struct buffer told = BUFFER_LIMIT(10000);
		courant_error *err = NULL;

		tap_row(row->name);
		faults_init(&faults, SLICE("f.yaml"));
		CHECK_INT(yaml_parse(slice_of(row->text), &faults, &yaml, &err), 0);
		CHECK_NO_ERROR(err);
		faults_write(&faults, &told);
		CHECK_TEXT(told.bytes ? told.bytes : "", row->faults);
	}
}

static void syntax_errors_have_a_place(void)
{
	static const struct {
		const char *name, *text;
		int line;
	} rows[] = {
	        {"an open bracket", "a: 1\nb: [1, 2\n", 3},
	        {"two colons", "a: b: c\n", 1},
	        {"an at sign", "x: 1\na: @x\n", 2},
	        {"a tab as indentation", "a:\n\tb: 1\n", 2},
	        {"an open quote", "a: 'x\n", 1},
	};

	EACH (row, rows) {
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(yaml) struct yaml yaml = {0};

		tap_row(row->name);
		faults_init(&faults, SLICE("f.yaml"));
		CHECK_INT(yaml_parse(slice_of(row->text), &faults, &yaml, NULL), 0);
		CHECK(yaml.root == NULL);
		CHECK_INT(faults.n, 1);
		if (faults.n > 0)
			CHECK_INT(faults.list[0].line, row->line);
	}
}

static void nodes_keep_texts_and_places(void)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(yaml) struct yaml yaml = {0};

	faults_init(&faults, SLICE("f.yaml"));
	CHECK_INT(
	        yaml_parse(
	                SLICE("title: 官网\nquoted: \"a\\tb\"\nlist:\n  - x\n  - {k: v}\nnone:\n"),
	                &faults, &yaml, NULL),
	        0);
	if (!CHECK(yaml.root != NULL && yaml.root->kind == YAML_MAP))
		return;
	const struct yaml_node *title = yaml.root->first->next, *quoted = title->next->next,
	                       *list = quoted->next->next;
	const struct yaml_node *none = list->next->next;
	CHECK_SLICE(title->text, SLICE("官网"));
	CHECK_INT(title->column, 8);
	CHECK(title->is_plain);
	CHECK_SLICE(quoted->text, SLICE("a\tb"));
	CHECK_INT(quoted->column, 9);
	CHECK(!quoted->is_plain);
	CHECK_INT(list->kind, YAML_LIST);
	CHECK_INT(list->first->line, 4);
	CHECK_INT(list->first->next->kind, YAML_MAP);
	CHECK_SLICE(list->first->next->first->next->text, SLICE("v"));
	CHECK(yaml_is_empty(none));
	CHECK(none->next == NULL);
}

static void parsing_survives_without_memory(void)
{
	EACH_ALLOCATION
	{
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(yaml) struct yaml yaml = {0};

		faults_init(&faults, SLICE("f.yaml"));
		if (yaml_parse(SLICE("a: [1, {b: c}]\na: 2\n"), &faults, &yaml, NULL) == 0)
			CHECK(yaml.root != NULL);
	}
}

TESTS(TEST(faults_have_their_places), TEST(syntax_errors_have_a_place),
      TEST(nodes_keep_texts_and_places), TEST(parsing_survives_without_memory))
