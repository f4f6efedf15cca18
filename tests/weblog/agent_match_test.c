/* SPDX-License-Identifier: MIT */
/* agent_match_test.c - families as the lists of the rules' own project expect them */
#include "weblog/agent_match.h"

#include <libfyaml.h>

#include "base/file.h"
#include "tap.h"

#define UAP_TESTS      "/usr/share/uap-core/tests"
#define TEXT_MAX_BYTES ((size_t)8 * AGENT_MAX_BYTES)
#define LIST_MAX_BYTES ((size_t)1 << 22)

struct found {
	struct buffer family, major;
};

static void find(struct agent_look *look, enum agent_list list, slice agent, struct found *ret)
{
	*ret = (struct found){BUFFER_LIMIT(TEXT_MAX_BYTES), BUFFER_LIMIT(TEXT_MAX_BYTES)};
	agent_look_at(look, agent);
	buffer_append(&ret->major, SLICE(""));
	if (!agent_look_find(look, list, &ret->family, &ret->major))
		buffer_append(&ret->family, SLICE("Other"));
	/* An empty text that is there, for the checks. */
	(void)buffer_room(&ret->major, 1);
	(void)buffer_room(&ret->family, 1);
}

static void found_release(struct found *found)
{
	buffer_release(&found->family);
	buffer_release(&found->major);
}

static slice text_of(struct fy_node *node, const char *key)
{
	struct fy_node *value = fy_node_mapping_lookup_by_string(node, key, FY_NT);
	size_t len = 0;
	const char *text = value ? fy_node_get_scalar(value, &len) : NULL;

	return slice_from(text && len ? text : "", text ? len : 0);
}

/* The tests that come with the rules. */
static void check_package(const char *file, enum agent_list list)
{
	courant_error *err = NULL;
	AUTO(agent_matcher) struct agent_matcher *matcher = agent_matcher_new(&err);
	AUTO(agent_look) struct agent_look *look = agent_look_new(matcher, &err);
	struct fy_document *document = fy_document_build_from_file(NULL, file);
	struct fy_node *cases, *one;
	void *at = NULL;

	CHECK_NO_ERROR(err);
	if (!document) {
		tap_skip("the package uap-core has no such tests");
		return;
	}
	cases = fy_node_mapping_lookup_by_string(fy_document_root(document), "test_cases", FY_NT);
	while ((one = fy_node_sequence_iterate(cases, &at))) {
		const slice agent = text_of(one, "user_agent_string");
		AUTO(buffer) struct buffer row = BUFFER_LIMIT(LIST_MAX_BYTES);
		struct found found;

		if (agent.len > AGENT_MAX_BYTES)
			continue;
		buffer_append(&row, agent);
		tap_row(row.bytes);
		find(look, list, agent, &found);
		CHECK_SLICE(buffer_peek(&found.family), text_of(one, "family"));
		if (list != AGENT_DEVICES)
			CHECK_SLICE(buffer_peek(&found.major), text_of(one, "major"));
		found_release(&found);
	}
	fy_document_destroy(document);
}

static void browsers_are_those_of_the_package_s_tests(void)
{
	check_package(UAP_TESTS "/test_ua.yaml", AGENT_BROWSERS);
}

static void systems_are_those_of_the_package_s_tests(void)
{
	check_package(UAP_TESTS "/test_os.yaml", AGENT_SYSTEMS);
}

static void devices_are_those_of_the_package_s_tests(void)
{
	check_package(UAP_TESTS "/test_device.yaml", AGENT_DEVICES);
}

/* A newer list: family, major, minor and agent, separated by tabs, under a head line. The installed rules need not know all of it. */
static void check_list(const char *name, enum agent_list list)
{
	const char *path = tap_data(name);
	courant_error *err = NULL;
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(LIST_MAX_BYTES);
	AUTO(agent_matcher) struct agent_matcher *matcher = agent_matcher_new(&err);
	AUTO(agent_look) struct agent_look *look = agent_look_new(matcher, &err);
	size_t n = 0, n_right = 0;
	slice rest, line;

	CHECK_NO_ERROR(err);
	if (!path || !CHECK(file_read(path, &text, &err) == 0 && buffer_slice(&text, &rest, &err) == 0))
		return;
	slice_next_line(&rest, &line);
	for (; slice_next_line(&rest, &line); n++) {
		slice family, major, minor;
		struct found found;

		slice_next(&line, '\t', &family);
		slice_next(&line, '\t', &major);
		slice_next(&line, '\t', &minor);
		find(look, list, line, &found);
		n_right += slice_equal(buffer_peek(&found.family), family);
		found_release(&found);
	}
	tap_row(name);
	CHECK(n_right * 100 >= n * 85);
}

static void newer_lists_are_known_mostly(void)
{
	check_list("ua/uap_browsers.tsv", AGENT_BROWSERS);
	check_list("ua/firefox_user_agent_strings.tsv", AGENT_BROWSERS);
	check_list("ua/uap_os.tsv", AGENT_SYSTEMS);
}

static void words_decide_which_rules_are_tried(void)
{
	static const struct {
		const char *name, *agent, *family, *major;
	} rows[] = {
		{"a browser of today",
		 "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36", "Chrome", "119"},
		{"a rule with a replaced family", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", "IE", "8"},
		{"nothing that is known", "gPXE/0.9.7", "Other", ""},
		{"two letters", "ab", "Other", ""},
		{"nothing", "", "Other", ""},
		{"bytes of any value", "\xff\x01 Firefox/3.0\x80", "Firefox", "3"},
	};
	courant_error *err = NULL;
	AUTO(agent_matcher) struct agent_matcher *matcher = agent_matcher_new(&err);
	AUTO(agent_look) struct agent_look *look = agent_look_new(matcher, &err);

	CHECK_NO_ERROR(err);
	EACH (row, rows) {
		struct found found;

		tap_row(row->name);
		find(look, AGENT_BROWSERS, slice_of(row->agent), &found);
		CHECK_SLICE(buffer_peek(&found.family), slice_of(row->family));
		CHECK_SLICE(buffer_peek(&found.major), slice_of(row->major));
		found_release(&found);
	}
}

TESTS(TEST(words_decide_which_rules_are_tried), TEST(browsers_are_those_of_the_package_s_tests),
      TEST(systems_are_those_of_the_package_s_tests), TEST(devices_are_those_of_the_package_s_tests),
      TEST(newer_lists_are_known_mostly))
