/* SPDX-License-Identifier: MIT */
/* verdict_test.c - each situation, its status and its sentences, in Chinese and in English
 *
 * The period is Monday 9 November 2026 in Shanghai, compared with the Monday before. */
#include "report/verdict.h"

#include "base/utf8.h"
#include "tap.h"

#define MIDNIGHT INT64_C(1794153600000) /* 2026-11-09T00:00:00+08:00 */

struct example {
	const char *name;
	struct figures figures; /* totals only; slots are made below */
	enum status status;
	const char *words[LANGUAGES], *sentences[LANGUAGES], *more[LANGUAGES], *causes[LANGUAGES];
};

static const struct side as_ever = {.hits = 545122,
                                    .page_views = 152433,
                                    .visitors = 23651,
                                    .visits = 45123,
                                    .errors_5xx = 103,
                                    .first_ms = MIDNIGHT,
                                    .last_ms = MIDNIGHT + MS_PER_DAY - 1000};

#define FORMER                                                                                     \
	{                                                                                          \
		.hits = 526179, .page_views = 146290, .visitors = 21960, .visits = 42933,          \
		.errors_5xx = 103                                                                  \
	}
#define NOW(views, errors)                                                                         \
	{                                                                                          \
		.hits = 545122, .page_views = (views), .errors_5xx = (errors),                     \
		.first_ms = MIDNIGHT, .last_ms = MIDNIGHT + MS_PER_DAY - 1000                      \
	}
#define LINES    .lines = 545131, .hits = 545122, .rejected = 9
#define READ     LINES, .all_first_ms = MIDNIGHT, .all_last_ms = MIDNIGHT + MS_PER_DAY - 1000
#define COMPARED .wants_comparison = true, .has_comparison = true, .former = FORMER
#define EN(text) [LANGUAGE_EN] = (text)
#define ZH(text) [LANGUAGE_ZH] = (text)

static const struct example situations[] = {
        {"all normal",
         {READ, COMPARED, .now = NOW(152433, 103)},
         STATUS_OK,
         {EN("Normal"), ZH("正常")},
         {EN("All normal: 152 k page views, +4.2% on last Monday; 103 server errors, as usual."),
          ZH("一切正常：页面浏览 15.2 万，较上周一 +4.2%；服务器错误 103 次，与往常相当。")},
         {EN(""), ZH("")},
         {EN("152 k page views, +4.2%"), ZH("页面浏览 15.2 万，+4.2%")}},
        {"all normal, level",
         {READ, COMPARED, .now = NOW(146300, 0)},
         STATUS_OK,
         {EN("Normal"), ZH("正常")},
         {EN("All normal: 146 k page views, level with last Monday; no server errors."),
          ZH("一切正常：页面浏览 14.6 万，与上周一持平；没有服务器错误。")},
         {EN(""), ZH("")},
         {EN("146 k page views, level"), ZH("页面浏览 14.6 万，持平")}},
        {"normal, nothing to compare with",
         {READ, .wants_comparison = true, .now = NOW(152433, 103)},
         STATUS_OK,
         {EN("Normal"), ZH("正常")},
         {EN("All normal: 152 k page views; 103 server errors, <0.1% of hits."),
          ZH("一切正常：页面浏览 15.2 万；服务器错误 103 次，占 <0.1%。")},
         {EN("No data for Mon 2 Nov, no comparison: judged by the limits alone."),
          ZH("11月2日 周一无数据，不作比较，只按限度判断。")},
         {EN("152 k page views"), ZH("页面浏览 15.2 万")}},
        {"errors tripled",
         {READ, COMPARED, .now = NOW(152433, 319), .worst_code = 503, .worst_code_hits = 214},
         STATUS_ATTENTION,
         {EN("Attention"), ZH("注意")},
         {EN("Traffic is normal; 319 server errors, 3.1 times last Monday’s."),
          ZH("访问正常；服务器错误 319 次，是上周一的 3.1 倍。")},
         {EN("241 of the errors fell in the hour from 10:00; of all, 214 are 503. 152 k page views, +4.2% on last Monday."),
          ZH("错误中 241 次在 10 时；全部错误中 214 次是 503。页面浏览 15.2 万，较上周一 +4.2%。")},
         {EN("5xx errors at 3.1 times"), ZH("5xx 增至 3.1 倍")}},
        {"errors tripled, mostly on one path",
         {READ, COMPARED, .now = NOW(152433, 319), .worst_code = 503, .worst_code_hits = 214,
          .failing_path = (char *)"/login.php", .failing_hits = 200},
         STATUS_ATTENTION,
         {EN("Attention"), ZH("注意")},
         {EN("Traffic is normal; 319 server errors, 3.1 times last Monday’s."),
          ZH("访问正常；服务器错误 319 次，是上周一的 3.1 倍。")},
         {EN("241 of the errors fell in the hour from 10:00; of all, 214 are 503 and 200 on /login.php. 152 k page views, +4.2% on last Monday."),
          ZH("错误中 241 次在 10 时；全部错误中 214 次是 503，200 次在 /login.php。页面浏览 15.2 万，较上周一 +4.2%。")},
         {EN("5xx errors at 3.1 times"), ZH("5xx 增至 3.1 倍")}},
        {"errors tripled, no path has most of them",
         {READ, COMPARED, .now = NOW(152433, 319), .worst_code = 503, .worst_code_hits = 214,
          .failing_path = (char *)"/login.php", .failing_hits = 100},
         STATUS_ATTENTION,
         {EN("Attention"), ZH("注意")},
         {EN("Traffic is normal; 319 server errors, 3.1 times last Monday’s."),
          ZH("访问正常；服务器错误 319 次，是上周一的 3.1 倍。")},
         {EN("241 of the errors fell in the hour from 10:00; of all, 214 are 503. 152 k page views, +4.2% on last Monday."),
          ZH("错误中 241 次在 10 时；全部错误中 214 次是 503。页面浏览 15.2 万，较上周一 +4.2%。")},
         {EN("5xx errors at 3.1 times"), ZH("5xx 增至 3.1 倍")}},
        {"traffic up",
         {READ, COMPARED, .now = NOW(202000, 110), .rising_path = (char *)"/news/",
          .rising_by = 40000},
         STATUS_ATTENTION,
         {EN("Attention"), ZH("注意")},
         {EN("Traffic is up 38%: 202 k page views, mostly on /news/; errors did not follow."),
          ZH("访问增加 38%：页面浏览 20.2 万，主要来自 /news/；错误未随之增加。")},
         {EN(""), ZH("")},
         {EN("traffic up 38%"), ZH("访问增加 38%")}},
        {"traffic doubled, and errors with it",
         {READ, COMPARED, .now = NOW(302000, 220)},
         STATUS_ATTENTION,
         {EN("Attention"), ZH("注意")},
         {EN("Traffic is at 2.1 times last Monday’s: 302 k page views; 220 server errors, 103 last Monday."),
          ZH("访问增至上周一的 2.1 倍：页面浏览 30.2 万；服务器错误 220 次，上周一为 103 次。")},
         {EN(""), ZH("")},
         {EN("traffic at 2.1 times"), ZH("访问增至 2.1 倍")}},
        {"traffic down",
         {READ, COMPARED, .now = NOW(86311, 60)},
         STATUS_ATTENTION,
         {EN("Attention"), ZH("注意")},
         {EN("Traffic is down 41%; the log has no gap."), ZH("访问减少 41%；日志完整，没有中断。")},
         {EN("60 server errors, 103 last Monday."), ZH("服务器错误 60 次，上周一为 103 次。")},
         {EN("traffic down 41%"), ZH("访问减少 41%")}},
        {"errors over the limit",
         {READ, COMPARED, .now = NOW(152433, 13080)},
         STATUS_PROBLEM,
         {EN("Problem"), ZH("异常")},
         {EN("2.4% of hits failed (13,080), since 09:00 and not over at the end."),
          ZH("服务器错误占 2.4%（13,080 次），9 时开始，到期末未恢复。")},
         {NULL, NULL},
         {EN("2.4% of hits failed"), ZH("5xx 占 2.4%")}},
        {"data incomplete",
         {READ, .wants_comparison = true, .former = FORMER, .now = NOW(140000, 90),
          .is_incomplete = true,
          .missing = {MIDNIGHT + 760 * MS_PER_MINUTE, MIDNIGHT + 850 * MS_PER_MINUTE}},
         STATUS_INCOMPLETE,
         {EN("Incomplete"), ZH("数据不全")},
         {EN("Incomplete: no log from 12:40 to 14:10; figures cover the other 22.5 hours, no comparison."),
          ZH("数据不全：12:40–14:10 没有日志，以下为其余 22.5 小时；不与上周一比较。")},
         {EN("140 k page views."), ZH("页面浏览 14.0 万。")},
         {EN("no log 12:40–14:10"), ZH("12:40–14:10 无日志")}},
        {"nothing recorded, earlier lines",
         {LINES, .wants_comparison = true, .all_last_ms = MIDNIGHT - 19000},
         STATUS_INCOMPLETE,
         {EN("No data"), ZH("无数据")},
         {EN("No data: not one log line on Mon 9 Nov. The last is from 2026-11-08 23:59:41."),
          ZH("没有数据：11月9日 周一没有一行日志。最后一行在 2026-11-08 23:59:41。")},
         {EN(""), ZH("")},
         {EN(""), ZH("")}},
        {"nothing recorded, later lines",
         {LINES, .all_first_ms = MIDNIGHT + MS_PER_DAY, .all_last_ms = MIDNIGHT + MS_PER_DAY},
         STATUS_INCOMPLETE,
         {EN("No data"), ZH("无数据")},
         {EN("No data: not one log line on Mon 9 Nov. The first is from 2026-11-10 00:00:00."),
          ZH("没有数据：11月9日 周一没有一行日志。第一行在 2026-11-10 00:00:00。")},
         {EN(""), ZH("")},
         {EN(""), ZH("")}},
        {"an empty log",
         {.lines = 0},
         STATUS_INCOMPLETE,
         {EN("No data"), ZH("无数据")},
         {EN("No data: there is not one log line."), ZH("没有数据：没有一行日志。")},
         {EN(""), ZH("")},
         {EN(""), ZH("")}},
        {"many lines rejected",
         {COMPARED, .now = NOW(152433, 103), .lines = 545122, .hits = 527678, .rejected = 17444},
         STATUS_INCOMPLETE,
         {EN("Incomplete"), ZH("数据不全")},
         {EN("3.2% of lines (17,444) could not be read; figures are low, samples below."),
          ZH("3.2% 的行（17,444）无法解析，数字偏低；样例见下。")},
         {EN("152 k page views, +4.2% on last Monday."), ZH("页面浏览 15.2 万，较上周一 +4.2%。")},
         {EN("3.2% of lines unreadable"), ZH("3.2% 的行无法解析")}},
        {"the worst wins, the second worst follows",
         {COMPARED, .now = NOW(302000, 13080), .lines = 545122, .hits = 527678, .rejected = 17444,
          .worst_code = 502, .worst_code_hits = 13000},
         STATUS_PROBLEM,
         {EN("Problem"), ZH("异常")},
         {EN("2.4% of hits failed (13,080), since 09:00 and not over at the end."),
          ZH("服务器错误占 2.4%（13,080 次），9 时开始，到期末未恢复。")},
         {EN("13,000 of the errors are 502. 3.2% of lines (17,444) could not be read; figures are low, samples below."),
          ZH("错误中 13,000 次是 502。3.2% 的行（17,444）无法解析，数字偏低；样例见下。")},
         {EN("2.4% of hits failed, data incomplete"), ZH("5xx 占 2.4%，数据不全")}},
        {"more errors and more traffic",
         {READ, COMPARED, .now = NOW(202000, 400)},
         STATUS_ATTENTION,
         {EN("Attention"), ZH("注意")},
         {EN("400 server errors, 3.9 times last Monday’s."),
          ZH("服务器错误 400 次，是上周一的 3.9 倍。")},
         {NULL, NULL},
         {EN("5xx errors at 3.9 times"), ZH("5xx 增至 3.9 倍")}},
        {"errors where there were none",
         {READ, .wants_comparison = true, .has_comparison = true,
          .former = {.hits = 526179, .page_views = 146290}, .now = NOW(146290, 12)},
         STATUS_ATTENTION,
         {EN("Attention"), ZH("注意")},
         {EN("Traffic is normal; 12 server errors, none last Monday."),
          ZH("访问正常；服务器错误 12 次，上周一没有。")},
         {NULL, NULL},
         {EN("12 5xx errors, none before"), ZH("5xx 12 次，之前没有")}},
        {"a few hits more are chance",
         {.lines = 30,
          .hits = 30,
          .wants_comparison = true,
          .has_comparison = true,
          .former = {.hits = 20, .page_views = 10},
          .now = {.hits = 30, .page_views = 15}},
         STATUS_OK,
         {EN("Normal"), ZH("正常")},
         {EN("All normal: 15 page views, +50.0% on last Monday; no server errors."),
          ZH("一切正常：页面浏览 15，较上周一 +50.0%；没有服务器错误。")},
         {EN(""), ZH("")},
         {EN("15 page views, +50.0%"), ZH("页面浏览 15，+50.0%")}},
};

static void judge(struct say *say, const struct figures *figures, const struct targets *targets, struct verdict *ret)
{
	const struct scene scene = scene_of_traffic(say, targets, figures);

	verdict_make(&scene, 1, ret);
}

/* 24 hours with hits; the errors as the total wants them: 241 of 319 at 10, or all from 9 on. */
static void fill_slots(struct figures *figures, struct slot slots[24])
{
	const uint64_t errors = figures->now.errors_5xx;

	for (int i = 0; i < 24; i++) {
		slots[i] = (struct slot){.from_ms = MIDNIGHT + i * MS_PER_HOUR,
		                         .to_ms = MIDNIGHT + (i + 1) * MS_PER_HOUR,
		                         .hits = figures->now.hits / 24,
		                         .page_views = figures->now.page_views / 24,
		                         .former_hits = figures->former.hits / 24,
		                         .former_page_views = figures->former.page_views / 24};
		if (errors > 5000 && i >= 9)
			slots[i].errors = errors / 15;
		if (errors == 319)
			slots[i].errors = i == 10 ? 241 : 3;
	}
	figures->slots = slots;
	figures->n_slots = 24;
}

/* With plain blanks, as sentences are written here. */
static void check_said(slice got, const char *want)
{
	AUTO(buffer) struct buffer plain = BUFFER_LIMIT(2000);

	for (slice rest = got; rest.len;) {
		const uint32_t code = utf8_next(&rest);

		utf8_write(&plain, code == 0xa0 ? ' ' : code);
	}
	CHECK_TEXT(plain.bytes ? plain.bytes : "", want);
}

static void situations_have_their_sentences(void)
{
	static const struct targets targets = {
	        .error_share = 0.01, .rejected_share = 0.01, .traffic_change = 0.2};
	AUTO(zone) struct zone *zone = zone_load(SLICE("Asia/Shanghai"), NULL);

	EACH (row, situations) {
		for (enum language language = 0; language < LANGUAGES; language++) {
			AUTO(say)
			struct say say = {
			        .language = language, .zone = zone, .context = FIGURE_SENTENCE};
			struct figures figures = row->figures;
			struct slot slots[24];
			struct verdict verdict;

			tap_row(row->name);
			figures.window = (struct window){MIDNIGHT, MIDNIGHT + MS_PER_DAY};
			figures.former_window = (struct window){MIDNIGHT - 7 * MS_PER_DAY,
			                                        MIDNIGHT - 6 * MS_PER_DAY};
			figures.now_ms = MIDNIGHT + 32 * MS_PER_HOUR;
			fill_slots(&figures, slots);
			judge(&say, &figures, &targets, &verdict);
			CHECK_INT(verdict.status, row->status);
			check_said(verdict.status_word, row->words[language]);
			check_said(verdict.sentence, row->sentences[language]);
			if (row->more[language])
				check_said(verdict.more, row->more[language]);
			check_said(verdict.cause, row->causes[language]);
			CHECK(verdict.preheader.len > 0);
		}
	}
}

static void targets_override_the_limits(void)
{
	static const struct targets strict = {
	        .error_share = 0.0001, .rejected_share = 0.01, .traffic_change = 0.2};
	static const struct targets patient = {
	        .error_share = 0.5, .rejected_share = 0.01, .traffic_change = 0.5};
	AUTO(zone) struct zone *zone = zone_load(SLICE("Asia/Shanghai"), NULL);
	AUTO(say)
	struct say say = {.language = LANGUAGE_EN, .zone = zone, .context = FIGURE_SENTENCE};
	struct figures figures = {
	        READ, COMPARED, .now = as_ever, .window = {MIDNIGHT, MIDNIGHT + MS_PER_DAY},
	        .former_window = {MIDNIGHT - 7 * MS_PER_DAY, MIDNIGHT - 6 * MS_PER_DAY}};
	struct verdict verdict;

	judge(&say, &figures, &strict, &verdict);
	CHECK_INT(verdict.status, STATUS_PROBLEM);
	figures.now.page_views = 202000;
	judge(&say, &figures, &patient, &verdict);
	CHECK_INT(verdict.status, STATUS_OK);
}

/* Traffic that falls away in the afternoon. */
static void the_hour_of_a_fall_is_found(void)
{
	static const struct targets targets = {
	        .error_share = 0.01, .rejected_share = 0.01, .traffic_change = 0.2};
	AUTO(zone) struct zone *zone = zone_load(SLICE("Asia/Shanghai"), NULL);
	AUTO(say)
	struct say say = {.language = LANGUAGE_EN, .zone = zone, .context = FIGURE_SENTENCE};
	struct figures figures = {
	        READ, COMPARED, .now = as_ever, .window = {MIDNIGHT, MIDNIGHT + MS_PER_DAY},
	        .former_window = {MIDNIGHT - 7 * MS_PER_DAY, MIDNIGHT - 6 * MS_PER_DAY}};
	struct slot slots[24];
	struct verdict verdict;

	fill_slots(&figures, slots);
	figures.now.page_views = 0;
	figures.former.page_views = 24 * 6000;
	for (int i = 0; i < 24; i++) {
		slots[i].former_page_views = 6000;
		slots[i].page_views = i < 14 ? 6000 : 1000;
		figures.now.page_views += slots[i].page_views;
	}
	judge(&say, &figures, &targets, &verdict);
	check_said(verdict.sentence, "Traffic is down 35%, from 14:00 on; the log has no gap.");
}

/* ---- Among several scenes ---- */

static bool always(const struct scene *scene)
{
	(void)scene;
	return true;
}

#define SAYS(name, words, words_beside)                                                            \
	static slice name(const struct scene *scene)                                               \
	{                                                                                          \
		return scene->is_beside ? SLICE(words_beside) : SLICE(words);                      \
	}
SAYS(disk_is_full, "Full.", "The disk is full.")
SAYS(samples_lack, "Lacking.", "Samples are missing.")
SAYS(load_is_well, "All is well.", "The load is well.")
SAYS(log_is_well, "All is as ever.", "The log is as ever.")
SAYS(nothing_else, "Nothing else.", "Nothing else.")
#undef SAYS

#define FAKE(status_, sentence_)                                                                   \
	{                                                                                          \
		.status = (status_), .status_word = WORD_STATUS_OK, .subject_word = WORD_SUBJECT_OK, .holds = always, .sentence = (sentence_), \
		.cause = (sentence_), .closing = nothing_else                                      \
	}
static const struct situation full[] = {FAKE(STATUS_PROBLEM, disk_is_full), {.holds = NULL}};
static const struct situation lacking[] = {FAKE(STATUS_INCOMPLETE, samples_lack), FAKE(STATUS_OK, load_is_well), {.holds = NULL}};
static const struct situation well[] = {FAKE(STATUS_OK, load_is_well), {.holds = NULL}};
static const struct situation as_before[] = {FAKE(STATUS_OK, log_is_well), {.holds = NULL}};

static void of_several_scenes_the_worst_speaks_first(void)
{
	static const struct {
		const char *name;
		const struct situation *scenes[3];
		enum status status;
		const char *sentence, *more, *cause;
	} rows[] = {
		{"a problem among what is well", {well, full}, STATUS_PROBLEM, "Full.", "Nothing else.", "Full."},
		{"data that lack before what is well", {well, lacking}, STATUS_INCOMPLETE, "Lacking.", "Nothing else.", "Lacking."},
		{"a problem, and data that lack", {lacking, full, well}, STATUS_PROBLEM, "Full.", "Samples are missing.", "Full., data incomplete"},
		{"all is well", {well, as_before}, STATUS_OK, "All is well.", "The log is as ever.", "All is well."},
		{"one alone", {well}, STATUS_OK, "All is well.", "Nothing else.", "All is well."},
	};

	EACH (row, rows) {
		AUTO(say) struct say say = {.language = LANGUAGE_EN};
		struct scene scenes[3];
		struct verdict verdict;
		size_t n = 0;

		tap_row(row->name);
		for (; n < 3 && row->scenes[n]; n++)
			scenes[n] = (struct scene){.situations = row->scenes[n], .say = &say};
		verdict_make(scenes, n, &verdict);
		CHECK_INT(verdict.status, row->status);
		check_said(verdict.sentence, row->sentence);
		check_said(verdict.more, row->more);
		check_said(verdict.cause, row->cause);
	}
}

TESTS(TEST(of_several_scenes_the_worst_speaks_first), TEST(situations_have_their_sentences), TEST(targets_override_the_limits),
      TEST(the_hour_of_a_fall_is_found))
