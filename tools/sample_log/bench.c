/* SPDX-License-Identifier: MIT */
/* bench.c - a large site's log of any size, for measuring (sample.h) */
#include "sample.h"

#include "base/clock.h"
#include "base/hash.h"

#define SEED            20261109
#define LINES_PER_DAY   1000000
#define SECONDS_PER_DAY 86400
#define VISITOR_LINES   20    /* lines of a visitor, on average */
#define VISITORS_AT_ONCE 2000 /* so each of them is there for an hour or so */
#define N_PAGES         20000
#define N_AGENTS        4000
#define OUT_LIMIT       ((size_t)4 << 20)

static void write_page(struct buffer *out, uint32_t i)
{
	static const char *const folders[] = {"news", "product", "help", "forum", "%E6%96%B0%E9%97%BB", "download", "blog", "tag"};
	const uint64_t mixed = hash_u64(i, SEED);

	if (i == 0)
		buffer_append_byte(out, '/');
	else if (i % 5 == 0)
		buffer_printf(out, "/view.php?id=%u&from=%u", i, (unsigned)(mixed % 1000));
	else if (i % 5 == 1)
		buffer_printf(out, "/static/%08x.%s", (unsigned)mixed, mixed & 256 ? "js" : "png");
	else
		buffer_printf(out, "/%s/2026/%02u/%s-%u.html", folders[mixed % 8], (unsigned)(mixed >> 8) % 12 + 1,
			      mixed & 4096 ? "article" : "notes-on-a-longer-title", i);
}

static void write_agent(struct buffer *out, uint32_t i)
{
	const uint64_t mixed = hash_u64(i, SEED + 1);
	const unsigned major = 90 + (unsigned)(mixed % 50);
	const unsigned build = 1000 + (unsigned)(mixed >> 8) % 6000;

	if (i % 16 == 3)
		buffer_printf(out, "Mozilla/5.0 (compatible; Baiduspider-render/2.%u; +http://www.baidu.com/search/spider.html)", i);
	else if (i % 16 == 7)
		buffer_printf(out, "Mozilla/5.0 (X11; Linux x86_64; rv:%u.0) Gecko/20100101 Firefox/%u.%u", major, major, build % 9);
	else if (i % 16 < 6)
		buffer_printf(out, "Mozilla/5.0 (Linux; Android %u; M%u) AppleWebKit/537.36 (KHTML, like Gecko) "
			      "Chrome/%u.0.%u.%u Mobile Safari/537.36", 9 + build % 6, build, major, build, i % 200);
	else if (i % 16 < 8)
		buffer_printf(out, "Mozilla/5.0 (iPhone; CPU iPhone OS %u_%u like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
			      "Version/%u.%u Mobile/15E%u Safari/604.1", 13 + i % 5, build % 8, 13 + i % 5, build % 8, i);
	else
		buffer_printf(out, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
			      "Chrome/%u.0.%u.%u Safari/537.36", major, build, i % 200);
}

/* What the lines are drawn from. */
struct site {
	struct sample_names pages, agents;
	struct sample_zipf page_law, agent_law;
	struct sample_names referrers;
};

static void site_release(struct site *site)
{
	sample_names_release(&site->pages);
	sample_names_release(&site->agents);
	sample_names_release(&site->referrers);
	sample_zipf_release(&site->page_law);
	sample_zipf_release(&site->agent_law);
}
AUTO_DEFINE_VALUE(site, struct site, site_release)

static void write_referrer(struct buffer *out, uint32_t i)
{
	if (i % 3 == 0)
		buffer_printf(out, "https://search.example/?q=%u", i);
	else
		buffer_printf(out, "https://www.example.com/news/2026/11/article-%u.html", i);
}

#define N_REFERRERS 3000

static int site_init(struct site *site, courant_error **err)
{
	return sample_names_init(&site->pages, N_PAGES, write_page, err) < 0 ||
			       sample_names_init(&site->agents, N_AGENTS, write_agent, err) < 0 ||
			       sample_names_init(&site->referrers, N_REFERRERS, write_referrer, err) < 0 ||
			       sample_zipf_init(&site->page_law, N_PAGES, 1.0, err) < 0 ||
			       sample_zipf_init(&site->agent_law, N_AGENTS, 0.8, err) < 0
		       ? -1
		       : 0;
}

/* Mostly 200. */
static uint16_t status_of(uint64_t mixed)
{
	static const uint16_t odd[16] = {304, 304, 304, 304, 304, 304, 304, 301, 302, 206, 404, 404, 404, 403, 500, 503};

	return mixed % 8 ? 200 : odd[mixed >> 8 & 15];
}

static void make_hit(const struct site *site, struct random_stream *random, uint64_t line, struct sample_hit *ret)
{
	const uint64_t mixed = random_next(random);
	const uint32_t visitor = (uint32_t)(line / VISITOR_LINES + mixed % VISITORS_AT_ONCE);
	/* An agent is the visitor's, so it is drawn by the visitor's number. */
	struct random_stream agent = {hash_u64(visitor, SEED)};

	*ret = (struct sample_hit){
		.second = ret->second,
		.visitor = visitor,
		.method = mixed >> 16 & 63 ? "GET" : "POST",
		.path = site->pages.all[sample_zipf_next(&site->page_law, random)],
		.status = status_of(mixed >> 24),
		.bytes = (uint32_t)(mixed >> 40 & 0x7fff) + 180,
		.agent = site->agents.all[sample_zipf_next(&site->agent_law, &agent)],
	};
	if (mixed >> 56 & 1)
		ret->referrer = site->referrers.all[(mixed >> 44) % N_REFERRERS];
	if (ret->status == 304)
		ret->bytes = 0;
}

int sample_write_bench(uint64_t size_bytes, int64_t first_day, courant_error **err)
{
	AUTO(site) struct site site = {0};
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_LIMIT);
	struct random_stream random = {SEED};
	struct sample_clock clock = {0};
	uint64_t written = 0;

	if (site_init(&site, err) < 0)
		return -1;
	for (uint64_t line = 0; written < size_bytes; line++) {
		const size_t before = out.len;
		struct sample_hit hit = {
			.second = first_day * SECONDS_PER_DAY - SAMPLE_OFFSET_S + (int64_t)(line * SECONDS_PER_DAY / LINES_PER_DAY),
		};

		make_hit(&site, &random, line, &hit);
		sample_write_hit(&out, &clock, &hit);
		written += out.len - before;
		if (sample_flush(&out, false, err) < 0)
			return -1;
	}
	return sample_flush(&out, true, err);
}
