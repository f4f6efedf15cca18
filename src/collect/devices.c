/* SPDX-License-Identifier: MIT */
/* devices.c - which disks and interfaces count, and how much went through them (devices.h) */
#include "collect/devices.h"

#include <errno.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/file.h"
#include "base/num.h"
#include "samples/layout.h"

#define PATH_MAX_BYTES 4096
#define SECTOR_BYTES   512 /* of /proc/diskstats, whatever the disk's own are */

/* ---- files under /proc ---- */

int proc_read(const char *root, const char *path, struct buffer *ret, courant_error **err)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(PATH_MAX_BYTES);

	buffer_printf(&whole, "%s%s", root, path);
	return buffer_check(&whole, err) < 0 ? -1 : file_read(whole.bytes, ret, err);
}

slice proc_next_word(slice *line)
{
	size_t begin = 0, end;

	while (begin < line->len && ascii_is_space(line->ptr[begin]))
		begin++;
	end = begin;
	while (end < line->len && !ascii_is_space(line->ptr[end]))
		end++;

	const slice word = slice_part(*line, begin, end - begin);

	*line = slice_after(*line, end);
	return word;
}

bool proc_next_number(slice *line, double *ret)
{
	return num_parse_double(proc_next_word(line), ret);
}

static bool is_there(const char *root, const char *folder, slice name, const char *below)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);

	buffer_printf(&path, "%s%s/", root, folder);
	/* The kernel writes a slash in a device's name as an exclamation mark in its folder. */
	for (size_t i = 0; i < name.len; i++)
		buffer_append_byte(&path, name.ptr[i] == '/' ? '!' : name.ptr[i]);
	buffer_append(&path, slice_of(below));
	return buffer_check(&path, NULL) == 0 && access(path.bytes, F_OK) == 0;
}

static bool has_hardware(const char *root, const char *folder, slice name)
{
	return is_there(root, folder, name, "/device");
}

/* ---- disks: "   8       0 sda reads merged sectors ms writes merged sectors …" ---- */

#define DISKS "/sys/block"

/* Without /sys: "sda", "vdb", "nvme0n1", "mmcblk0", but neither "sda1" nor "nvme0n1p2". */
static bool is_disk_name(slice name)
{
	static const char *const lettered[] = {"sd", "hd", "vd", "xvd"};

	for (size_t i = 0; i < sizeof lettered / sizeof *lettered; i++)
		if (slice_starts(name, slice_of(lettered[i])))
			return !ascii_is_digit(name.ptr[name.len - 1]);
	return (slice_starts(name, SLICE("nvme")) || slice_starts(name, SLICE("mmcblk"))) && slice_find(name, 'p') == SLICE_NONE;
}

int disks_read(const char *root, double *figures, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(PROC_MAX_BYTES);
	const bool has_folder = is_there(root, DISKS, SLICE(""), "");
	double read_sectors = 0, written_sectors = 0;
	bool is_any = false;
	slice rest;

	/* Containers may have none. */
	if (proc_read(root, "/proc/diskstats", &text, NULL) < 0)
		return buffer_check(&text, err);
	rest = buffer_peek(&text);
	for (slice line; slice_next_line(&rest, &line);) {
		double fields[7]; /* reads, merged, sectors, ms, writes, merged, sectors */
		bool is_whole = true;

		(void)proc_next_word(&line);
		(void)proc_next_word(&line);

		const slice name = proc_next_word(&line);

		if (!name.len || !(has_folder ? has_hardware(root, DISKS, name) : is_disk_name(name)))
			continue;
		for (size_t i = 0; i < 7; i++)
			is_whole = is_whole && proc_next_number(&line, &fields[i]);
		if (!is_whole)
			continue;
		read_sectors += fields[2];
		written_sectors += fields[6];
		is_any = true;
	}
	if (is_any) {
		figures[SYSTEM_DISK_READ] = read_sectors * SECTOR_BYTES;
		figures[SYSTEM_DISK_WRITTEN] = written_sectors * SECTOR_BYTES;
	}
	return 0;
}

/* ---- network: "  eth0: bytes packets errs drop fifo frame compressed multicast bytes …" ---- */

#define INTERFACES "/sys/class/net"

struct traffic {
	double received, sent;
	bool is_any;
};

/* Without /sys: names of what has no hardware behind it. */
static bool is_virtual_name(slice name)
{
	static const char *const beginnings[] = {"veth", "docker", "br-", "virbr", "tun", "tap", "dummy", "bond", "cni", "flannel", "cali", "wg", "vlan", "vmnet"};

	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (slice_starts(name, slice_of(beginnings[i])))
			return true;
	return slice_find(name, '.') != SLICE_NONE;
}

static bool read_interface(slice line, slice *ret_name, struct traffic *ret)
{
	const size_t colon = slice_find_last(line, ':');
	slice rest = slice_after(line, colon + 1);
	double fields[9];

	if (colon == SLICE_NONE)
		return false;
	*ret_name = slice_trim(slice_part(line, 0, colon));
	for (size_t i = 0; i < 9; i++)
		if (!proc_next_number(&rest, &fields[i]))
			return false;
	*ret = (struct traffic){fields[0], fields[8], true};
	return true;
}

static void add_traffic(struct traffic *sum, const struct traffic *one)
{
	sum->received += one->received;
	sum->sent += one->sent;
	sum->is_any = true;
}

int network_read(const char *root, double *figures, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(PROC_MAX_BYTES);
	const bool has_folder = is_there(root, INTERFACES, SLICE(""), "");
	struct traffic hardware = {0}, all = {0};
	slice rest;

	/* /proc/net leads to the reader's own network: of a host that a container looks at, it is that of the first process. */
	if ((!root[0] || proc_read(root, "/proc/1/net/dev", &text, NULL) < 0) && proc_read(root, "/proc/net/dev", &text, NULL) < 0)
		return buffer_check(&text, err);
	rest = buffer_peek(&text);
	for (slice line; slice_next_line(&rest, &line);) {
		struct traffic one;
		slice name;

		if (!read_interface(line, &name, &one) || slice_equal(name, SLICE("lo")))
			continue;
		add_traffic(&all, &one);
		if (has_folder ? has_hardware(root, INTERFACES, name) : !is_virtual_name(name))
			add_traffic(&hardware, &one);
	}

	const struct traffic *counted = hardware.is_any ? &hardware : &all;

	if (counted->is_any) {
		figures[SYSTEM_NETWORK_RECEIVED] = counted->received;
		figures[SYSTEM_NETWORK_SENT] = counted->sent;
	}
	return 0;
}
