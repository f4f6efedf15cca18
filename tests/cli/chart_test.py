#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""courant chart: a CSV file becomes a picture, its words, or a sentence about what is wrong."""
import struct
import zlib

import tap

ROWS = "time,p50,p95,name\n" + "".join(
	f"2026-11-09 {i // 6:02d}:{i % 6}0,{'' if 80 <= i < 86 else 0.1},{'' if 80 <= i < 86 else 0.72 if i == 70 else 0.2},x\n" for i in range(144)
)


def place():
	folder = tap.folder()
	(folder / "latency.csv").write_text(ROWS)
	return folder


def chart(*words, folder=None):
	return tap.run([tap.PROGRAM, "chart", "latency.csv", *words, "--timezone", "Asia/Shanghai"], cwd=folder or place())


def size_of(png):
	tap.check_equal(png[:16], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
	return struct.unpack(">II", png[16:24])


@tap.test
def without_a_file_the_picture_is_drawn_in_characters():
	result = chart("--columns", "p95,p50", "--title", "Home page")
	text = result.out.decode()
	tap.check_equal((result.status, result.err), (0, b""))
	tap.check_in("Home page", text.splitlines()[0])
	tap.check_in("p95  now 0.20     avg 0.20     max 0.72 (11:40)     p95 0.20", text)
	tap.check_in("No data 13:20–14:20; p95: 0.72 at 11:40, 3.5 times the average.", text)
	tap.check(all(len(line) <= 70 for line in text.splitlines()), "lines have at most 70 columns")


@tap.test
def a_picture_is_written_whole():
	folder = place()
	result = chart("--columns", "p95", "--labels", "延时", "--title", "首页延时", "--language", "zh", "--target", "0.3", "--alt", "-o", "out.png", folder=folder)
	tap.check_equal((result.status, result.err), (0, b""))
	tap.check_equal(result.out.decode(), "首页延时。延时：末 0.20，均 0.20，峰 0.72（11:40），p95 0.20。目标 ≤ 0.30。13:20–14:20 无数据。\n")
	png = (folder / "out.png").read_bytes()
	tap.check_equal(size_of(png), (740, 360))
	tap.check(len(png) < 20000, "the picture is small")
	again = chart("--columns", "p95", "--labels", "延时", "--title", "首页延时", "--language", "zh", "--target", "0.3", "-o", "-", folder=folder)
	tap.check_equal(again.out, png)


@tap.test
def the_size_is_in_css_px():
	result = chart("--size", "640x200", "-o", "-")
	tap.check_equal(size_of(result.out), (1280, 400))
	begin = result.out.index(b"IDAT")
	length = struct.unpack(">I", result.out[begin - 4:begin])[0]
	tap.check_equal(len(zlib.decompress(result.out[begin + 4:begin + 4 + length])), 1281 * 400)


@tap.test
def what_is_wrong_is_told():
	for words, status, sentence in (
		(["--columns", "p99"], 64, b"there is no column p99"),
		(["--columns", "name"], 65, b"column name of"),
		(["--kind", "pie"], 64, b"unknown kind of picture pie; known are lines, areas, stacked, bars and week"),
		(["--size", "9x9"], 64, b"--size 9x9 is not WIDTHxHEIGHT, each from 120 to 1600"),
		(["--target", "much"], 64, b"--target much is not a number"),
		(["--language", "fr"], 64, b"unknown language fr; known are zh and en"),
		(["--period", "yesterdya"], 64, b"yesterday"),
		(["--compare", "previous"], 64, b"--compare needs a --period"),
		(["--output", "/nowhere/x.png"], 73, b"/nowhere/x.png"),
		(["--alt", "-o", "-"], 64, b"--alt has no place beside a picture on standard output"),
	):
		tap.row(" ".join(words))
		result = chart(*words)
		tap.check_equal(result.status, status)
		tap.check_in(sentence, result.err)
		tap.check_equal(result.out, b"")
	result = tap.run([tap.PROGRAM, "chart", "none.csv"])
	tap.check_equal(result.status, 66)
	tap.check_in(b"none.csv", result.err)


@tap.test
def a_period_and_the_one_before_are_compared():
	folder = place()
	rows = "time,n\n" + "".join(f"2026-11-0{8 + day}T{hour:02d}:00:00+08:00,{10 + day * 5}\n" for day in (0, 1) for hour in range(24))
	(folder / "latency.csv").write_text(rows)
	result = chart("--period", "2026-11-09", "--compare", "previous", folder=folder)
	tap.check_equal(result.err, b"")
	tap.check_in("n: average 15, +50.0% on the time before.", result.out.decode())


tap.main()
