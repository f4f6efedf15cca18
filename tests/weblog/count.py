# SPDX-License-Identifier: MIT
"""Counts an access log by the definitions, slowly and simply: lists of hits in memory, sorted and grouped.

Nothing here is shared with the program: lines are told apart by regular expressions, times by datetime, visits by sorting. Only what an agent
is (robot, browser, system) is asked of the caller.
"""
import gzip
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

WORD = rb"([^ ]+) "
QUOTED = rb'"((?:[^"\\]|\\.)*)"'
TIME = rb"\[(\d\d)/([A-Za-z]{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\]"
COMMON = WORD + rb"[^ ]+ .*? " + TIME + rb" " + QUOTED + rb" (\d{3}) (\d{1,15}|-)(?: |$)"
AGENT = QUOTED + rb" " + QUOTED + rb"(?: |$)"
MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Hit:
	pass


def open_log(path):
	data = open(path, "rb").read()
	return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def read_time(match, at):
	day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = (match.group(at + i) for i in range(9))
	if month not in MONTHS or int(zone_minutes) > 59:
		return None
	offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (-1 if sign == b"-" else 1)
	try:
		zone = timezone(offset)
		return datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=zone)
	except ValueError:
		return None


def read_hit(line, has_host, has_agent):
	pattern = (WORD if has_host else b"()") + COMMON + (AGENT if has_agent else b"")
	match = re.match(pattern, line, re.DOTALL)
	if not match:
		return None
	hit = Hit()
	hit.address = match.group(2)
	hit.time = read_time(match, 3)
	if hit.time is None:
		return None
	request, hit.status = match.group(12), int(match.group(13))
	hit.bytes = 0 if match.group(14) == b"-" else int(match.group(14))
	hit.referrer = match.group(15) if has_agent else None
	hit.agent = match.group(16) if has_agent else None
	words = [word for word in request.split(b" ") if word]
	hit.method, hit.path = (words[0], words[1].split(b"?")[0]) if len(words) == 3 else (None, None)
	return hit



def show(text):
	"""Bytes that are not UTF-8 as \\xNN, in capitals."""
	out, rest = "", text
	while rest:
		try:
			return out + rest.decode("utf-8")
		except UnicodeDecodeError as fault:
			out += rest[: fault.start].decode("utf-8") + "".join(f"\\x{byte:02X}" for byte in rest[fault.start : fault.start + 1])
			rest = rest[fault.start + 1 :]
	return out


def site_of(referrer):
	match = re.match(rb"[^:]*://([^/?#]*)", referrer or b"", re.DOTALL)
	if not match:
		return None
	host = match.group(1).rpartition(b"@")[2]
	host = re.sub(rb":[^\]:]*$", b"", host)
	return bytes(host).lower() or None


class Counts:
	"""All tables of one log, as --json --top 0 has them."""

	def __init__(self, data, static, is_robot, browser_of=None, zone=None, has_host=False, has_agent=True, window=None):
		self.static, self.is_robot = static, is_robot
		lines = [line[:-1] if line.endswith(b"\r") else line for line in data.split(b"\n")]
		lines = [line for line in lines if line]
		hits = [read_hit(line, has_host, has_agent) for line in lines]
		self.lines, self.rejected = len(lines), hits.count(None)
		hits = [hit for hit in hits if hit]
		self.zone = zone or (hits[0].time.tzinfo if hits else timezone.utc)
		if window:
			hits = [hit for hit in hits if window[0] <= hit.time < window[1]]
		self.hits = hits
		for hit in hits:
			hit.is_person = not self.is_robot(hit.agent)
			hit.visitor = (hit.address, hit.agent)
			hit.is_file = hit.path is not None and hit.path.rpartition(b".")[2].lower().decode("latin-1") in static and b"." in hit.path
			hit.is_view = (
				hit.is_person and hit.method == b"GET" and (hit.status // 100 == 2 or hit.status == 304) and not hit.is_file
			)
			local = hit.time.astimezone(self.zone)
			hit.hour = local.replace(minute=0, second=0)
			hit.day = local.replace(hour=0, minute=0, second=0, tzinfo=None).replace(tzinfo=self.zone)
		self.visits = self.find_visits()

	def find_visits(self):
		"""The first hit of each visit."""
		times = defaultdict(list)
		for hit in self.hits:
			if hit.is_person:
				times[hit.visitor].append(hit)
		firsts = []
		for visits in times.values():
			last = None
			for hit in sorted(visits, key=lambda hit: hit.time):
				if last is None or hit.time - last > timedelta(minutes=30):
					firsts.append(hit)
				last = hit.time
		return firsts

	@staticmethod
	def people(hits):
		return len({hit.visitor for hit in hits if hit.is_person})

	def totals(self):
		hits = self.hits
		times = sorted(hit.time for hit in hits)
		return {
			"lines": self.lines,
			"hits": len(hits),
			"rejected": self.rejected,
			"bytes": sum(hit.bytes for hit in hits),
			"addresses": len({hit.address for hit in hits}),
			"visitors": self.people(hits),
			"visits": len(self.visits),
			"page_views": sum(hit.is_view for hit in hits),
			"robot_hits": sum(not hit.is_person for hit in hits),
			"errors_4xx": sum(hit.status // 100 == 4 for hit in hits),
			"errors_5xx": sum(hit.status // 100 == 5 for hit in hits),
			"first": self.write(times[0]) if times else None,
			"last": self.write(times[-1]) if times else None,
		}

	def write(self, time):
		text = time.astimezone(self.zone).replace(microsecond=0).isoformat()
		return text[:-6] + "Z" if text.endswith("+00:00") else text

	def buckets(self, name):
		groups, visits = defaultdict(list), Counter(getattr(hit, name) for hit in self.visits)
		for hit in self.hits:
			groups[getattr(hit, name)].append(hit)
		return [
			{
				name: self.write(start),
				"hits": len(group),
				"page_views": sum(hit.is_view for hit in group),
				"visitors": self.people(group),
				"visits": visits[start],
				"bytes": sum(hit.bytes for hit in group),
				"errors_4xx": sum(hit.status // 100 == 4 for hit in group),
				"errors_5xx": sum(hit.status // 100 == 5 for hit in group),
			}
			for start, group in sorted(groups.items())
		]

	def hours_of_day(self):
		rows = [{"hour": hour, "hits": 0, "page_views": 0, "bytes": 0} for hour in range(24)]
		for hit in self.hits:
			row = rows[hit.time.astimezone(self.zone).hour]
			row["hits"] += 1
			row["page_views"] += hit.is_view
			row["bytes"] += hit.bytes
		return rows

	def group(self, key, hits=None):
		groups = defaultdict(list)
		for hit in self.hits if hits is None else hits:
			if key(hit) is not None:
				groups[key(hit)].append(hit)
		return groups

	@staticmethod
	def ranked(rows, count):
		"""(name bytes, row) pairs, by the count, then by the name."""
		return [row for _, row in sorted(rows, key=lambda pair: (-pair[1][count], pair[0]))]

	def table(self, name, key, hits=None, people=False, count="hits", show_name=show):
		rows = []
		for value, group in self.group(key, hits).items():
			row = {name: show_name(value), count: len(group)}
			if people:
				row["visitors"] = self.people(group)
			row["bytes"] = sum(hit.bytes for hit in group)
			rows.append((value, row))
		return self.ranked(rows, count)

	def not_found(self):
		rows = []
		for path, group in self.group(lambda hit: hit.path, [hit for hit in self.hits if hit.status == 404]).items():
			referrers = Counter(hit.referrer for hit in group if hit.referrer not in (None, b"", b"-"))
			best = min(referrers, key=lambda referrer: (-referrers[referrer], referrer), default=None)
			rows.append((path, {"path": show(path), "hits": len(group), "referrer": None if best is None else show(best)}))
		return self.ranked(rows, "hits")

	def referrers(self):
		rows = [
			(site, {"site": show(site), "hits": len(group), "visitors": self.people(group)})
			for site, group in self.group(lambda hit: site_of(hit.referrer)).items()
		]
		return self.ranked(rows, "hits")

	def all(self):
		views = [hit for hit in self.hits if hit.is_view]
		files = [hit for hit in self.hits if hit.is_file]
		return {
			"totals": self.totals(),
			"hours": self.buckets("hour"),
			"days": self.buckets("day"),
			"hours_of_day": self.hours_of_day(),
			"status": self.table("status", lambda hit: hit.status, show_name=int),
			"status_classes": self.table("class", lambda hit: b"%dxx" % (hit.status // 100)),
			"methods": self.table("method", lambda hit: hit.method),
			"paths": self.table("path", lambda hit: hit.path),
			"pages": self.table("path", lambda hit: hit.path, views, True, "views"),
			"files": self.table("path", lambda hit: hit.path, files, True),
			"not_found": self.not_found(),
			"referrers": self.referrers(),
		}
