/* SPDX-License-Identifier: MIT */
/* week.c - eight days of a small company's site (sample.h)
 *
 * Visitors come and go, read pages that bring pictures and scripts along, and meet dead links; crawlers walk through; now and then a line is broken.
 * In the last day's hour from 10:00 on the login page mostly answers 503, and a picture of the start page is gone. */
#include "sample.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"

#define SEED            1109
#define DAYS            8
#define VISITS_PER_DAY  4500
#define N_VISITORS      3100 /* of any day; others come the next day */
#define RETURNING       1400 /* of them come every day */
#define N_ARTICLES      280
#define SECONDS_PER_DAY 86400
#define HOUR_OF_FAULT   10
#define OUT_LIMIT       ((size_t)4 << 20)
#define SITE            "https://www.example.com"

struct event {
	struct sample_hit hit;
	slice raw; /* instead of the hit: a broken line */
};

struct week {
	struct random_stream random;
	int64_t first_second; /* of the first day, UTC */
	struct event *events;
	size_t n, space;
	struct sample_names articles, referrers;
	struct sample_zipf article_law;
};

static void week_release(struct week *week)
{
	free(week->events);
	sample_names_release(&week->articles);
	sample_names_release(&week->referrers);
	sample_zipf_release(&week->article_law);
}
AUTO_DEFINE_VALUE(week, struct week, week_release)

/* ---- What there is to read, and with what ---- */

struct choice {
	const char *text;
	unsigned weight;
	unsigned bytes; /* of a page */
};

enum page { PAGE_INDEX, PAGE_VIEW, PAGE_LOGIN, PAGE_SEARCH, PAGE_NEWS, PAGE_DOWNLOAD, PAGE_ARTICLE = 13 };
static const struct choice pages[] = {
	[PAGE_INDEX] = {"/index.php", 420, 6200},
	[PAGE_VIEW] = {"/view.php", 214, 5100},
	[PAGE_LOGIN] = {"/login.php", 58, 1900},
	[PAGE_SEARCH] = {"/search.php", 49, 3400},
	[PAGE_NEWS] = {"/news/", 43, 4200},
	[PAGE_DOWNLOAD] = {"/download.php", 34, 2700},
	{"/help/faq.php", 28, 5900},
	{"/about.php", 20, 2500},
	{"/product/compare.php", 16, 7300},
	{"/contact.php", 14, 1600},
	{"/%E6%90%9C%E7%B4%A2/%E6%89%93%E5%8D%B0%E6%9C%BA", 17, 3300},         /* 搜索/打印机 */
	{"/%E6%90%9C%E7%B4%A2/%E9%A9%B1%E5%8A%A8%E4%B8%8B%E8%BD%BD", 12, 3300}, /* 搜索/驱动下载 */
	{"/%E4%BA%A7%E5%93%81/%E6%96%B0%E5%93%81", 11, 4100},                   /* 产品/新品 */
	[PAGE_ARTICLE] = {"", 260, 4800},
};

static const struct choice agents[] = {
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", 29, 0},
	{"Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.6723.103 Mobile Safari/537.36 "
	 "XWEB/1300473 MMWEBSDK/20250503 MicroMessenger/8.0.62.2900(0x28003E36) NetType/WIFI Language/zh_CN", 16, 0},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 "
	 "Edg/142.0.0.0", 13, 0},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
	 "Mobile/15E148 Safari/604.1", 12, 0},
	{"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", 9, 0},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", 7, 0},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15", 5, 0},
	{"Mozilla/5.0 (Linux; U; Android 13; zh-cn; M2102K1C) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
	 "Chrome/109.0.5414.86 MQQBrowser/14.7 Mobile Safari/537.36", 4, 0},
	{"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", 3, 0},
	{"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 2, 0},
};
#define AGENT_IPHONE 3

static const struct choice entries[] = {
	{"", 44, 0},
	{"https://www.baidu.com/link?url=Yk3nQ0s8wq", 27, 0},
	{"https://cn.bing.com/", 11, 0},
	{"https://www.so.com/link?m=aZ8", 6, 0},
	{"https://mp.weixin.qq.com/", 7, 0},
	{"https://www.google.com/", 5, 0},
};

static const struct choice robots[] = {
	{"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", 1380, 0},
	{"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", 680, 0},
	{"Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; "
	 "spider-feedback@bytedance.com)", 480, 0},
	{"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", 325, 0},
	{"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", 96, 0},
	{"", 130, 0},
	{"curl/7.88.1", 24, 0},
};

static const char uptime_robot[] = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)";

/* Per cent of the day's busiest hour. */
static const struct choice hours[24] = {
	{.weight = 22}, {.weight = 15}, {.weight = 12}, {.weight = 10}, {.weight = 10}, {.weight = 12}, {.weight = 21}, {.weight = 37},
	{.weight = 67}, {.weight = 87}, {.weight = 100}, {.weight = 93}, {.weight = 72}, {.weight = 76}, {.weight = 88}, {.weight = 90},
	{.weight = 87}, {.weight = 79}, {.weight = 66}, {.weight = 61}, {.weight = 64}, {.weight = 59}, {.weight = 43}, {.weight = 29},
};

/* Monday to Sunday, per thousand of a Monday. */
static const unsigned weekdays[7] = {1000, 1030, 1015, 1020, 960, 640, 600};

static const struct choice broken[] = {
	{"198.18.77.4 - - [09/Nov/2026:02:14:0", 1, 0},
	{"2026/11/09 03:00:01 [warn] 812#812: *20117 an upstream response is buffered to a temporary file", 1, 0},
	{"198.19.3.200 - - [31/Feb/2026:05:41:12 +0800] \"GET / HTTP/1.1\" 200 512 \"-\" \"-\"", 1, 0},
	{"\x16\x03\x01\x02\xfc\x03\x03 \xe6\x90", 1, 0},
	{"198.18.40.9 - - \"GET /index.php HTTP/1.1\" 200 6200", 1, 0},
	{"198.18.12.31 - - [09/Nov/2026:11:30:00 +0800] \"GET /view.php?id=7 HTTP/1.1\" OK 5100 \"-\" \"-\"", 1, 0},
	{"GET /login.php HTTP/1.1", 1, 0},
};

static void write_article(struct buffer *out, uint32_t i)
{
	if (i % 2)
		buffer_printf(out, "/news/2026/%u.html", 4100 + i);
	else
		buffer_printf(out, "/product/%u.html", 200 + i);
}

/* The pages as referrers of the next page. */
static void write_referrer(struct buffer *out, uint32_t i)
{
	buffer_append(out, SLICE(SITE));
	buffer_append(out, slice_of(pages[i].text));
}

#define N(list) (sizeof(list) / sizeof *(list))

/* One of them by its weight. */
static size_t choose(struct random_stream *random, const struct choice *choices, size_t n)
{
	unsigned total = 0;
	size_t i;

	for (i = 0; i < n; i++)
		total += choices[i].weight;

	uint64_t at = random_below(random, total);

	for (i = 0; at >= choices[i].weight; i++)
		at -= choices[i].weight;
	return i;
}

static bool one_in(struct week *week, uint64_t n)
{
	return random_below(&week->random, n) == 0;
}

/* ---- Events ---- */

static struct event *event_add(struct week *week, courant_error **err)
{
	if (week->n == week->space) {
		const size_t space = week->space ? week->space * 2 : 65536;
		struct event *more = mem_resize(week->events, space, sizeof *more);

		if (!more) {
			fail_memory(err);
			return NULL;
		}
		week->events = more;
		week->space = space;
	}
	week->events[week->n] = (struct event){.hit.order = (uint32_t)week->n};
	return &week->events[week->n++];
}

/* Somebody, on the site since some second of the week. */
struct guest {
	uint32_t visitor;
	int64_t second; /* of the week */
	slice agent;
	bool has_been_here, is_on_iphone;
	slice referrer;
};

static int hit_add(struct week *week, const struct guest *guest, const char *method, slice path, unsigned status, unsigned bytes,
		   courant_error **err)
{
	struct event *event = event_add(week, err);

	if (!event)
		return -1;
	event->hit = (struct sample_hit){
		.second = week->first_second + guest->second,
		.order = event->hit.order,
		.bytes = status == 304 ? 0 : bytes,
		.visitor = guest->visitor,
		.status = (uint16_t)status,
		.method = method,
		.path = path,
		.referrer = guest->referrer,
		.agent = guest->agent,
	};
	return 0;
}

static bool is_last_day(const struct guest *guest)
{
	return guest->second / SECONDS_PER_DAY == DAYS - 1;
}

/* What a page brings along. */
static int add_files(struct week *week, const struct guest *guest, enum page page, bool is_first, courant_error **err)
{
	static const struct choice always[] = {
		{"/css/main.css", 0, 3900}, {"/js/app.js", 0, 11200}, {"/img/logo.png", 0, 2600}, {"/favicon.ico", 0, 1150},
	};
	static const char *const pictures[] = {"/img/p1.jpg", "/img/p2.jpg", "/img/p3.jpg", "/img/p4.jpg", "/img/chart.png", "/img/team.webp"};

	for (size_t i = 0; is_first && i < N(always); i++)
		if (hit_add(week, guest, "GET", slice_of(always[i].text), guest->has_been_here ? 304 : 200, always[i].bytes, err) < 0)
			return -1;
	for (uint64_t n = random_below(&week->random, 4); n > 0; n--)
		if (hit_add(week, guest, "GET", slice_of(pictures[random_below(&week->random, N(pictures))]), 200,
			    600 + (unsigned)random_below(&week->random, 1500), err) < 0)
			return -1;
	/* Asked for by the telephone, not by a page. */
	struct guest phone = *guest;

	phone.referrer = (slice){0};
	if (is_first && guest->is_on_iphone && one_in(week, 6) &&
	    hit_add(week, &phone, "GET", SLICE("/apple-touch-icon.png"), 404, 153, err) < 0)
		return -1;
	if (page == PAGE_INDEX && is_last_day(guest) && one_in(week, 22) &&
	    hit_add(week, guest, "GET", SLICE("/img/banner-2025.jpg"), 404, 153, err) < 0)
		return -1;
	if (page != PAGE_DOWNLOAD || one_in(week, 3))
		return 0;
	return one_in(week, 3) ? hit_add(week, guest, "GET", SLICE("/download/setup-3.1.exe"), 404, 153, err)
			       : hit_add(week, guest, "GET", SLICE("/download/setup-3.2.exe"), 200, 262144, err);
}

static unsigned status_of_page(struct week *week, const struct guest *guest, enum page page)
{
	const int64_t hour = guest->second % SECONDS_PER_DAY / 3600;

	if (page == PAGE_LOGIN && is_last_day(guest) && hour == HOUR_OF_FAULT && !one_in(week, 8))
		return 503;
	if (one_in(week, 1100))
		return 500;
	if (one_in(week, 25))
		return 304;
	return 200;
}

/* One page with its files; the guest's referrer is this page afterwards. */
static int add_page(struct week *week, struct guest *guest, bool is_first, courant_error **err)
{
	const enum page page = (enum page)choose(&week->random, pages, N(pages));
	const slice path = page == PAGE_ARTICLE ? week->articles.all[sample_zipf_next(&week->article_law, &week->random)]
						: slice_of(pages[page].text);
	const unsigned status = status_of_page(week, guest, page);

	if (hit_add(week, guest, "GET", path, status, status >= 500 ? 190 : pages[page].bytes, err) < 0)
		return -1;
	if (page != PAGE_ARTICLE)
		guest->referrer = week->referrers.all[page];
	if (status >= 500)
		return 0;
	if (add_files(week, guest, page, is_first, err) < 0)
		return -1;
	/* Who logs in is sent on. */
	return page == PAGE_LOGIN && one_in(week, 2) ? hit_add(week, guest, "POST", path, 302, 0, err) : 0;
}

static int64_t second_of_day(struct week *week)
{
	return (int64_t)choose(&week->random, hours, N(hours)) * 3600 + (int64_t)random_below(&week->random, 3600);
}

/* ---- Who comes ---- */

static int add_visit(struct week *week, unsigned day, courant_error **err)
{
	const uint32_t i = (uint32_t)random_below(&week->random, N_VISITORS);
	/* Those who come every day keep their number, the others get a new one. */
	const uint32_t visitor = i < RETURNING ? i : i + day * N_VISITORS;
	struct random_stream own = {hash_u64(visitor, SEED)};
	const size_t agent = choose(&own, agents, N(agents));
	struct guest guest = {
		.visitor = visitor,
		.second = (int64_t)day * SECONDS_PER_DAY + second_of_day(week),
		.agent = slice_of(agents[agent].text),
		.has_been_here = i < RETURNING,
		.is_on_iphone = agent == AGENT_IPHONE,
		.referrer = slice_of(entries[choose(&week->random, entries, N(entries))].text),
	};
	const int64_t midnight = (int64_t)(day + 1) * SECONDS_PER_DAY;

	for (bool is_first = true; guest.second < midnight; is_first = false) {
		if (add_page(week, &guest, is_first, err) < 0)
			return -1;
		if (one_in(week, 3))
			break;
		guest.second += 4 + (int64_t)random_below(&week->random, 170);
	}
	return 0;
}

/* Crawlers read pages one by one, and robots.txt before. */
static int add_robot(struct week *week, size_t robot, unsigned day, courant_error **err)
{
	/* A crawler comes from a few addresses. */
	const uint32_t first_address = UINT32_C(1) << 24 | (uint32_t)robot << 8;

	for (unsigned i = 0; i < robots[robot].weight; i++) {
		const struct guest guest = {
			.visitor = first_address + (uint32_t)random_below(&week->random, 6),
			.second = (int64_t)day * SECONDS_PER_DAY + (int64_t)random_below(&week->random, SECONDS_PER_DAY),
			.agent = slice_of(robots[robot].text),
		};
		const slice article = week->articles.all[random_below(&week->random, N_ARTICLES)];
		const slice path = i % 200 == 0 ? SLICE("/robots.txt") : article;

		if (hit_add(week, &guest, "GET", path, 200, i % 200 == 0 ? 212 : 4800, err) < 0)
			return -1;
	}
	return 0;
}

/* Every five minutes: is it up? */
static int add_monitor(struct week *week, unsigned day, courant_error **err)
{
	for (int64_t second = 17; second < SECONDS_PER_DAY; second += 300) {
		const struct guest guest = {
			.visitor = UINT32_C(1) << 25,
			.second = (int64_t)day * SECONDS_PER_DAY + second,
			.agent = slice_of(uptime_robot),
		};

		if (hit_add(week, &guest, "HEAD", SLICE("/"), 200, 0, err) < 0)
			return -1;
	}
	return 0;
}

/* Those who try doors. */
static int add_probes(struct week *week, unsigned day, courant_error **err)
{
	static const char *const doors[] = {"/wp-login.php", "/wp-login.php", "/index.php.bak", "/.env", "/phpmyadmin/index.php"};

	for (unsigned i = 0; i < 90; i++) {
		const struct guest guest = {
			.visitor = (UINT32_C(1) << 26) + i % 23,
			.second = (int64_t)day * SECONDS_PER_DAY + (int64_t)random_below(&week->random, SECONDS_PER_DAY),
			.agent = slice_of(agents[i % N(agents)].text),
		};

		if (hit_add(week, &guest, "GET", slice_of(doors[random_below(&week->random, N(doors))]), 404, 153, err) < 0)
			return -1;
	}
	return 0;
}

static int add_broken(struct week *week, unsigned day, courant_error **err)
{
	for (size_t i = 0; i < N(broken); i++) {
		struct event *event = event_add(week, err);

		if (!event)
			return -1;
		event->hit.second = week->first_second + (int64_t)day * SECONDS_PER_DAY + (int64_t)(i + 2) * 4800;
		event->raw = slice_of(broken[i].text);
	}
	return 0;
}

static int add_day(struct week *week, unsigned day, courant_error **err)
{
	struct civil date;

	civil_from_days((week->first_second + SAMPLE_OFFSET_S) / SECONDS_PER_DAY + day, &date);

	/* The last day is a little busier than the same weekday before. */
	const unsigned busy = weekdays[(date.weekday + 6) % 7] + (day == DAYS - 1 ? 42 : 0);

	for (unsigned n = VISITS_PER_DAY * busy / 1000; n > 0; n--)
		if (add_visit(week, day, err) < 0)
			return -1;
	for (size_t robot = 0; robot < N(robots); robot++)
		if (add_robot(week, robot, day, err) < 0)
			return -1;
	if (add_monitor(week, day, err) < 0 || add_probes(week, day, err) < 0)
		return -1;
	return day == DAYS - 1 ? add_broken(week, day, err) : 0;
}

static int compare_events(const void *a, const void *b)
{
	const struct sample_hit *one = &((const struct event *)a)->hit;
	const struct sample_hit *other = &((const struct event *)b)->hit;

	if (one->second != other->second)
		return one->second < other->second ? -1 : 1;
	return one->order < other->order ? -1 : 1;
}

static int week_write(struct week *week, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_LIMIT);
	struct sample_clock clock = {0};

	qsort(week->events, week->n, sizeof *week->events, compare_events);
	for (size_t i = 0; i < week->n; i++) {
		if (week->events[i].raw.len > 0) {
			buffer_append(&out, week->events[i].raw);
			buffer_append_byte(&out, '\n');
		} else {
			sample_write_hit(&out, &clock, &week->events[i].hit);
		}
		if (sample_flush(&out, false, err) < 0)
			return -1;
	}
	return sample_flush(&out, true, err);
}

int sample_write_week(int64_t last_day, courant_error **err)
{
	AUTO(week) struct week week = {
		.random = {SEED},
		.first_second = (last_day - DAYS + 1) * SECONDS_PER_DAY - SAMPLE_OFFSET_S,
	};

	if (sample_names_init(&week.articles, N_ARTICLES, write_article, err) < 0 ||
	    sample_names_init(&week.referrers, PAGE_ARTICLE, write_referrer, err) < 0 ||
	    sample_zipf_init(&week.article_law, N_ARTICLES, 0.7, err) < 0)
		return -1;
	for (unsigned day = 0; day < DAYS; day++)
		if (add_day(&week, day, err) < 0)
			return -1;
	return week_write(&week, err);
}
