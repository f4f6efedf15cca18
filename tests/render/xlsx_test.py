#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Workbooks, read by other programs: openpyxl, and LibreOffice with --office (which takes long)."""
import csv
import datetime
import os
import shutil
import sys
import zipfile

import tap

try:
	import openpyxl
except ImportError:
	openpyxl = None

MAKE = os.environ["MAKE_WORKBOOK"]
MONDAY = datetime.datetime(2026, 3, 16)
LONG = "一个非常长的工作表名称，超过了三十一个字符，所以要截短一些才行，真的"
HOSTILE = [
	"=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "https://evil.example/", "mailto:x@example.com", "internal:'x'!A1", "<a href=x>",
	"a\\u{1}b\\u{1b}[31m", "a\\xff\\xfe", "\\u{202e}abc", "_x0041_", "  blanks  ", "搜索", "\U0001F600", "line\\u{a}end", None,
]


def make():
	path = tap.folder() / "业务服务质量周报(12周).xlsx"
	result = tap.run([MAKE, str(path)])
	tap.check_equal((result.status, result.err), (0, b""))
	return path


def read():
	if not openpyxl:
		tap.skip("python3-openpyxl is missing")
		return None
	return openpyxl.load_workbook(make())


@tap.test
def sheets_have_allowed_names_of_their_own():
	book = read()
	if not book:
		return
	tap.check_equal(book.sheetnames, ["概况", "各种数值", "延时-每天-", "每小时", "序列", LONG[:31], "概况 (2)", "Sheet"])


@tap.test
def cells_equal_the_table():
	book = read()
	if not book:
		return
	sheet = book["各种数值"]
	rows = list(sheet.iter_rows(values_only=True))
	tap.check_equal(rows[0], ("time", "次数", "number (°C)", "share", "seconds (s)", "bytes (B)", "text"))
	tap.check_equal(len(rows), 1 + len(HOSTILE))
	for i, row in enumerate(rows[1:]):
		tap.row(f"row {i}")
		tap.check_equal(row[0], MONDAY + datetime.timedelta(hours=i))
		tap.check_equal(row[1], i * 1000)
		tap.check_equal(row[2], None if i in (1, 2) else i / 8 - 1)
		tap.check_equal(row[3], None if i == 3 else i / 16)
		tap.check_equal(row[4], i / 1000)
		tap.check_equal(row[5], "18446744073709551615" if i == 4 else i << 20)
		tap.check_equal(row[6], HOSTILE[i])
	tap.check_equal(sheet["D3"].number_format, "0.00%")
	tap.check_equal(sheet["B3"].number_format, "#,##0")
	tap.check(sheet["A2"].is_date, "times are dates")
	tap.check_equal(sheet.freeze_panes, "A2")
	tap.check_equal(sheet.auto_filter.ref, f"A1:G{1 + len(HOSTILE)}")
	# Wide enough for its widest text; Chinese letters count twice.
	tap.check(book["各种数值"].column_dimensions["G"].width >= len("internal:'x'!A1"), "the column of texts is wide enough")


@tap.test
def no_string_becomes_a_formula_or_a_link():
	path = make()
	with zipfile.ZipFile(path) as archive:
		tap.check_equal(archive.testzip(), None)
		for name in archive.namelist():
			text = archive.read(name).decode()
			tap.check("<f>" not in text and "<hyperlink" not in text, f"{name} holds a formula or a link")
			tap.check("NaN" not in text.replace("<a:", "") and "<v>inf" not in text, f"{name} holds NaN or inf")


@tap.test
def a_week_has_a_column_a_weekday():
	book = read()
	if not book:
		return
	days = list(book["延时-每天-"].iter_rows(values_only=True))
	tap.check_equal(days[0], (None, "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"))
	tap.check_equal(days[1], ("日期", *[MONDAY + datetime.timedelta(days=i) for i in range(7)]))
	tap.check_equal(days[2], ("p95 (s)", 0.2, 0.21, 0.22, 0.23, None, 0.25, 0.26))
	tap.check_equal(days[3], ("requests", 1000, 1001, 1002, 1003, None, 1005, 1006))
	hours = list(book["每小时"].iter_rows(values_only=True))
	tap.check_equal(len(hours), 26)
	tap.check_equal(hours[2], ("00:00", 0, 24, 48, 72, 96, 120, 144))
	tap.check_equal(hours[25], ("23:00", 23, 47, 71, 95, 119, 143, 167))


@tap.test
def a_stream_is_written_whole():
	book = read()
	if not book:
		return
	rows = list(book[LONG[:31]].iter_rows(values_only=True))
	tap.check_equal(len(rows), 5001)
	tap.check_equal(rows[1], (0, "number"))
	tap.check_equal(rows[5000], (4999, "number"))


@tap.test
def the_first_sheet_has_the_figures_and_charts():
	book = read()
	if not book:
		return
	sheet = book["概况"]
	rows = [row for row in sheet.iter_rows(values_only=True) if any(row)]
	tap.check_equal(rows[0][0], "业务服务质量周报")
	tap.check_equal(rows[2][0], "=达标")
	tap.check_in(("指标", "本周", "上周", "变化"), rows)
	tap.check_in(("延时 p95 (s)", 0.242, 0.266, "-9.0%"), rows)
	tap.check_in(("来源", "web：access.log", None, None), rows)
	tap.check_equal(len(sheet._charts), 3)
	tap.check_equal(book.properties.title, "业务服务质量周报")
	tap.check_equal(book.properties.created, datetime.datetime(2026, 3, 15, 16))


@tap.test
def the_same_workbook_has_the_same_bytes():
	tap.check_equal(make().read_bytes(), make().read_bytes())


@tap.test
def a_folder_that_is_missing_is_told():
	result = tap.run([MAKE, "/nowhere/x.xlsx"])
	tap.check_equal(result.status, 73)
	tap.check_in(b"cannot make the workbook /nowhere/x.xlsx.part: No such file or directory", result.err)
	tap.check_equal(result.err.count(b"\n"), 1)


@tap.test
def libreoffice_reads_the_same_cells():
	if "--office" not in sys.argv:
		tap.skip("with --office, in the suite long")
		return
	office = shutil.which("soffice") or shutil.which("libreoffice")
	if not office:
		tap.skip("libreoffice-calc-nogui is missing")
		return
	path = make()
	result = tap.run([office, "--headless", f"-env:UserInstallation=file://{path.parent}/profile", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", str(path.parent), str(path)])
	tap.check_equal(result.status, 0)
	found = {file.stem.rsplit("-", 1)[-1] if "延时" not in file.stem else "延时": file for file in path.parent.glob("*.csv")}
	tap.check_in("各种数值", found)
	with open(found["各种数值"], encoding="utf-8", newline="") as file:
		rows = list(csv.reader(file))
	tap.check_equal(len(rows), 1 + len(HOSTILE))
	tap.check_equal(rows[1][0], "2026-03-16 00:00:00")
	tap.check_equal([row[6] for row in rows[1:]], [text or "" for text in HOSTILE])
	with open(found["延时"], encoding="utf-8", newline="") as file:
		tap.check_equal(list(csv.reader(file))[0], ["", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"])


tap.main()
