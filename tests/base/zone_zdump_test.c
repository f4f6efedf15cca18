/* SPDX-License-Identifier: MIT */
/* zone_zdump_test.c - every change of a dozen zones from 1800 to 2100, as zdump(8) tells it */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/num.h"
#include "base/zone.h"
#include "tap.h"

/* What `zdump -v -c 1800,2100 ZONE` prints; false without zdump. */
static bool run_zdump(const char *zone, struct buffer *ret)
{
	const char *const command[] = {"zdump", "-v", "-c", "1800,2100", zone, NULL};
	posix_spawn_file_actions_t actions;
	pid_t child;
	int ends[2], status = -1;

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	CHECK_INT(posix_spawn_file_actions_init(&actions), 0);
	CHECK_INT(posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO), 0);

	const bool runs = posix_spawnp(&child, command[0], &actions, NULL, (char *const *)command, environ) == 0;

	(void)close(ends[1]);
	(void)posix_spawn_file_actions_destroy(&actions);
	CHECK_INT(file_read_all(ends[0], "zdump", ret, NULL), 0);
	(void)close(ends[0]);
	return runs && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Cuts the next word off. */
static slice next_word(slice *rest)
{
	slice word;

	*rest = slice_trim(*rest);
	return slice_next(rest, ' ', &word) ? word : SLICE("");
}

static bool parse_date(slice month, slice day, slice time, slice year, struct civil *ret)
{
	const size_t at = slice_find_slice(SLICE("JanFebMarAprMayJunJulAugSepOctNovDec"), month);
	int64_t numbers[5];

	if (month.len != 3 || at == SLICE_NONE || time.len != 8 || !num_parse_i64(day, &numbers[0]) ||
	    !num_parse_i64(slice_part(time, 0, 2), &numbers[1]) || !num_parse_i64(slice_part(time, 3, 2), &numbers[2]) ||
	    !num_parse_i64(slice_part(time, 6, 2), &numbers[3]) || !num_parse_i64(year, &numbers[4]))
		return false;
	*ret = (struct civil){.year = (int)numbers[4],
			      .month = (int)at / 3 + 1,
			      .day = (int)numbers[0],
			      .hour = (int)numbers[1],
			      .minute = (int)numbers[2],
			      .second = (int)numbers[3]};
	return true;
}

static bool is_same_clock(const struct civil *a, const struct civil *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
	       a->minute == b->minute && a->second == b->second;
}

/* "ZONE  Sun Apr  3 06:59:59 2005 UT = Sun Apr  3 01:59:59 2005 EST isdst=0 gmtoff=-18000" */
/* False when it is no such line. */
static bool check_line(const struct zone *zone, slice line)
{
	slice words[16];
	struct civil utc, local, got;
	struct zone_moment moment;
	int64_t offset_s;

	for (size_t i = 0; i < 16; i++)
		words[i] = next_word(&line);
	if (!parse_date(words[2], words[3], words[4], words[5], &utc) ||
	    !parse_date(words[9], words[10], words[11], words[12], &local) ||
	    !num_parse_i64(slice_after(words[15], strlen("gmtoff=")), &offset_s))
		return false;

	const int64_t instant_ms = civil_to_ms(&utc, 0);

	zone_at(zone, instant_ms, &moment);
	zone_to_civil(zone, instant_ms, &got);
	CHECK_INT(moment.offset_s, offset_s);
	CHECK(is_same_clock(&got, &local));
	CHECK_SLICE(slice_of(moment.abbreviation), words[13]);
	CHECK_INT(moment.is_dst, slice_equal(words[14], SLICE("isdst=1")));
	return true;
}

static void all_changes_are_those_of_zdump(void)
{
	static const struct {
		const char *zone;
		unsigned n_min; /* lines: fewer would mean that nothing was compared */
	} rows[] = {
		{"America/New_York", 600}, {"Asia/Kathmandu", 4},     {"Australia/Lord_Howe", 400}, {"Europe/Dublin", 600},
		{"Africa/Casablanca", 300}, {"America/Sao_Paulo", 150}, {"Asia/Shanghai", 30},        {"Pacific/Apia", 40},
		{"America/St_Johns", 600}, {"Asia/Tehran", 100},      {"Antarctica/Troll", 300},    {"America/Nuuk", 200},
		{"Europe/London", 600},    {"Asia/Gaza", 300},        {"Africa/Monrovia", 4},      {"Etc/GMT-14", 0},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer printed = BUFFER_LIMIT(1000000);
		AUTO(zone) struct zone *zone = zone_load(slice_of(row->zone), NULL);
		unsigned n = 0;
		slice rest, line;

		tap_row(row->zone);
		CHECK(zone != NULL);
		if (!run_zdump(row->zone, &printed)) {
			tap_skip("zdump is missing");
			return;
		}
		rest = buffer_peek(&printed);
		while (zone && slice_next_line(&rest, &line)) {
			/* The ends of time: "= NULL". */
			if (slice_find_slice(line, SLICE("isdst=")) == SLICE_NONE)
				continue;
			if (slice_find_slice(line, SLICE(" UT ")) != SLICE_NONE && check_line(zone, line))
				n++;
			else
				CHECK_SLICE(line, SLICE("(a line of zdump)"));
		}
		CHECK(n >= row->n_min);
	}
}

TESTS(TEST(all_changes_are_those_of_zdump))
