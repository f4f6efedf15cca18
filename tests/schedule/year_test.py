#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A year of slots, minute by minute, in zones whose clocks change in many ways: courant next beside Python's zoneinfo and a search of our own."""
import json
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import tap

DAY_MIN = 1440
EPOCH = datetime(1970, 1, 1)

# What each says: minutes, hours, whether a date fits; whether both passes of an hour count; or every so many minutes.
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def is_last(date):
	return datetime.fromordinal(date.toordinal() + 1).month != date.month


SCHEDULES = {
	"daily 08:00": dict(times=[(8, 0)], fits=lambda d: True),
	"daily 02:30": dict(times=[(2, 30)], fits=lambda d: True),
	"daily 00:00": dict(times=[(0, 0)], fits=lambda d: True),
	"weekly mon 09:00": dict(times=[(9, 0)], fits=lambda d: d.weekday() == 0),
	"weekly sat,sun 00:30": dict(times=[(0, 30)], fits=lambda d: d.weekday() >= 5),
	"monthly 1 07:30": dict(times=[(7, 30)], fits=lambda d: d.day == 1),
	"monthly 31 01:15": dict(times=[(1, 15)], fits=is_last),
	"0 8 * * 1-5": dict(times=[(8, 0)], fits=lambda d: d.weekday() < 5),
	"15,45 1-2 * * *": dict(times=[(h, m) for h in (1, 2) for m in (15, 45)], fits=lambda d: True),
	"0 12 13 * fri": dict(times=[(12, 0)], fits=lambda d: d.day == 13 or d.weekday() == 4),
	"0 6 */3 * mon": dict(times=[(6, 0)], fits=lambda d: d.day % 3 == 1 and d.weekday() == 0),
	"10 */4 * mar-apr,oct,nov *": dict(times=[(h, 10) for h in range(0, 24, 4)], fits=lambda d: d.month in (3, 4, 10, 11), follows=True),
	"35 * * * *": dict(times=[(h, 35) for h in range(24)], fits=lambda d: True, follows=True),
	"every 45 min": dict(every=45),
	"every 7 h": dict(every=420),
}

ZONES = [("Asia/Shanghai", 2026), ("America/New_York", 2026), ("Europe/Dublin", 2027), ("Australia/Lord_Howe", 2026), ("America/Havana", 2026),
	 ("America/Sao_Paulo", 2018), ("Asia/Kathmandu", 2026), ("Pacific/Apia", 2011), ("America/St_Johns", 2010)]


class Year:
	"""Every minute of it: what the clock shows, in minutes since 1970 as if it were UTC."""

	def __init__(self, zone, year):
		self.zone = ZoneInfo(zone)
		self.begin = int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()) // 60
		self.end = int(datetime(year + 1, 1, 1, tzinfo=timezone.utc).timestamp()) // 60
		self.shown = {}
		self.first = {}
		# A margin of two days, for what lies on the other side of a date.
		for block in range(self.begin - 2 * DAY_MIN, self.end + 2 * DAY_MIN, 15):
			offsets = [self._offset(block), self._offset(block + 14)]
			for minute in range(block, block + 15):
				offset = offsets[0] if offsets[0] == offsets[1] else self._offset(minute)
				self.shown[minute] = minute + offset
				self.first.setdefault(minute + offset, minute)
		self.passes = {}
		for minute, shown in self.shown.items():
			self.passes.setdefault(shown, []).append(minute)
		self.last_shown = max(self.first)

	def _offset(self, minute):
		return int(datetime.fromtimestamp(minute * 60, self.zone).utcoffset().total_seconds()) // 60

	def _after_gap(self, shown):
		while shown not in self.first and shown < self.last_shown:
			shown += 1
		return self.first.get(shown)

	def dates(self):
		day = min(self.first) // DAY_MIN + 1
		while (day + 1) * DAY_MIN < self.last_shown:
			yield day, datetime.fromordinal(EPOCH.toordinal() + day)
			day += 1

	def slots(self, times=(), fits=None, follows=False, every=None):
		found = set()
		for day, date in self.dates():
			if every:
				midnight, next_midnight = self._after_gap(day * DAY_MIN), self._after_gap((day + 1) * DAY_MIN)
				found.update(range(midnight, next_midnight, every))
			elif fits(date):
				for hour, minute in times:
					shown = day * DAY_MIN + hour * 60 + minute
					found.update(self.passes.get(shown, []) if follows else [self._after_gap(shown)])
		return sorted(minute for minute in found if self.begin <= minute < self.end)


def told(zone, year, schedule, n):
	folder = tap.folder()
	(folder / "r.yaml").write_text(f"timezone: {zone}\nschedule: '{schedule}'\n")
	before = datetime.fromtimestamp(begin_of(year) * 60 - 1, timezone.utc).isoformat()
	result = tap.courant("next", n, "r.yaml", "--json", cwd=folder, env={"COURANT_NOW": before})
	tap.check_equal((result.status, result.err), (0, ""))
	instants = [json.loads(line)["at"] for line in result.out.splitlines()]
	return [int(datetime.fromisoformat(at).timestamp()) // 60 for at in instants]


def begin_of(year):
	return int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()) // 60


def compare(zone, year):
	calendar = Year(zone, year)
	for schedule, rule in SCHEDULES.items():
		tap.row(f"{zone}, {schedule}")
		want = calendar.slots(**rule)
		got = [minute for minute in told(zone, year, schedule, len(want) + 1) if minute < calendar.end]
		tap.check(got == want, f"{len(got)} slots told, {len(want)} in the calendar; they differ in {sorted(set(got) ^ set(want))[:5]}")


@tap.test
def a_year_of_slots_is_that_of_the_calendar():
	for zone, year in ZONES:
		compare(zone, year)


tap.main()
