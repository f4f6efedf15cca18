/* SPDX-License-Identifier: MIT */
/* agents_test.c - what agents are: robots with their kinds, people's browsers and systems */
#include "weblog/agents.h"

#include "base/file.h"
#include "tap.h"

#define CHROME_HEAD "Mozilla/5.0 (Linux; Android 13; V2055A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 "

static const struct {
	const char *agent;
	enum robot_kind kind;
	const char *name, *system; /* of the robot, or the browser */
} rows[] = {
	{"", ROBOT_SUSPECTED, "(no user agent)", NULL},
	{"-", ROBOT_SUSPECTED, "(no user agent)", NULL},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36", ROBOT_NONE, "Chrome",
	 "Windows"},
	{"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0", ROBOT_NONE, "Firefox", "Linux"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15", ROBOT_NONE, "Safari",
	 "Mac OS X"},
	{"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", ROBOT_NONE, "IE", "Windows"},
	{CHROME_HEAD "Mobile Safari/537.36 MicroMessenger/8.0.40", ROBOT_NONE, "WeChat", "Android"},
	{CHROME_HEAD "Mobile Safari/537.36 wxwork/4.1.10 MicroMessenger/7.0.1", ROBOT_NONE, "WeCom", "Android"},
	{CHROME_HEAD "MQQBrowser/13.9 Mobile Safari/537.36", ROBOT_NONE, "QQBrowser", "Android"},
	{CHROME_HEAD "Quark/6.3.0 Mobile Safari/537.36", ROBOT_NONE, "Quark", "Android"},
	{CHROME_HEAD "Mobile Safari/537.36 AliApp(DingTalk/7.0.40)", ROBOT_NONE, "DingTalk", "Android"},
	{CHROME_HEAD "UCBrowser/15.5 Mobile Safari/537.36", ROBOT_NONE, "UC Browser", "Android"},
	{CHROME_HEAD "HeyTapBrowser/40.8 Mobile Safari/537.36", ROBOT_NONE, "HeyTap Browser", "Android"},
	{CHROME_HEAD "XiaoMi/MiuiBrowser/17.5 Mobile Safari/537.36", ROBOT_NONE, "MIUI Browser", "Android"},
	{"Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.45 Mobile Safari/537.36", ROBOT_NONE,
	 "Chrome Mobile", "Android"},
	{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", ROBOT_SEARCH, "Googlebot", NULL},
	{"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", ROBOT_SEARCH, "Baiduspider", NULL},
	{"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)", ROBOT_AI, "GPTBot", NULL},
	{"Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider)", ROBOT_AI, "Bytespider",
	 NULL},
	{"Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", ROBOT_MONITOR, "UptimeRobot", NULL},
	{"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 3 subscribers)", ROBOT_FEED, "Feedly", NULL},
	{"curl/7.88.1", ROBOT_TOOL, "curl", NULL},
	{"python-requests/2.28.1", ROBOT_TOOL, "python-requests", NULL},
	{"FooBot/1.0 (+https://foo.example)", ROBOT_TOOL, "FooBot", NULL},
	{"Mozilla/5.0 (compatible; Dormouse/1.0)", ROBOT_TOOL, "Dormouse", NULL},
	{"gPXE/0.9.7", ROBOT_NONE, "Other", "Other"},
};

static void agents_are_told_apart(void)
{
	courant_error *err = NULL;
	AUTO(agents) struct agents *agents = agents_new(1, &err);

	CHECK_NO_ERROR(err);
	EACH (row, rows) {
		const struct agent *agent = agents_add(agents, slice_of(row->agent), &err);

		tap_row(row->agent);
		CHECK_NO_ERROR(err);
		CHECK_INT(agent->kind, row->kind);
		CHECK_SLICE(agent->kind == ROBOT_NONE ? agent->browser : agent->robot, slice_of(row->name));
		if (row->system)
			CHECK_SLICE(agent->system, slice_of(row->system));
		CHECK(agents_add(agents, slice_of(row->agent), &err) == agent);
		CHECK(agents_at(agents, agent->id) == agent);
	}
}

static void long_agents_are_other(void)
{
	courant_error *err = NULL;
	AUTO(agents) struct agents *agents = agents_new(1, &err);
	char text[600];

	memset(text, 'x', sizeof text);
	memcpy(text, "Mozilla/5.0 Firefox/3.0 ", 24);
	CHECK_SLICE(agents_add(agents, slice_from(text, sizeof text), &err)->browser, SLICE("Other"));
	memcpy(text, "GPTBot/1.0              ", 24);
	CHECK_INT(agents_add(agents, slice_from(text, sizeof text), &err)->kind, ROBOT_AI);
}

/* A list of other people: robot, category, agent. What calls itself by no name that looks like a robot's cannot be known. */
static void most_robots_of_a_large_list_are_known(void)
{
	const char *path = tap_data("ua/bots.tsv");
	courant_error *err = NULL;
	AUTO(agents) struct agents *agents = agents_new(1, &err);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);
	size_t n = 0, known = 0;
	slice rest, line, word;

	if (!path || !CHECK(file_read(path, &text, &err) == 0 && buffer_slice(&text, &rest, &err) == 0))
		return;
	slice_next_line(&rest, &line);
	for (; slice_next_line(&rest, &line); n++) {
		slice_next(&line, '\t', &word);
		slice_next(&line, '\t', &word);
		known += agents_add(agents, line, &err)->kind != ROBOT_NONE;
	}
	CHECK(known * 100 >= n * 80);
}

static void no_firefox_is_a_robot(void)
{
	const char *path = tap_data("ua/firefox_user_agent_strings.tsv");
	courant_error *err = NULL;
	AUTO(agents) struct agents *agents = agents_new(1, &err);
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20);
	slice rest, line, word;

	if (!path || !CHECK(file_read(path, &text, &err) == 0 && buffer_slice(&text, &rest, &err) == 0))
		return;
	slice_next_line(&rest, &line);
	while (slice_next_line(&rest, &line)) {
		for (int i = 0; i < 3; i++)
			slice_next(&line, '\t', &word);
		CHECK_INT(agents_add(agents, line, &err)->kind, ROBOT_NONE);
	}
}

TESTS(TEST(agents_are_told_apart), TEST(long_agents_are_other), TEST(most_robots_of_a_large_list_are_known), TEST(no_firefox_is_a_robot))
