/* SPDX-License-Identifier: MIT */
/* system.c - processors, load and memory out of /proc (system.h) */
#include "collect/system.h"

#include <math.h>
#include <unistd.h>

#include "base/ascii.h"
#include "collect/devices.h"

#define KIB 1024.0

/* ---- processors: "cpu  user nice system idle iowait irq softirq steal …" in ticks, then a line for each of them ---- */

enum cpu_field { CPU_USER, CPU_NICE, CPU_SYSTEM, CPU_IDLE, CPU_IOWAIT, CPU_IRQ, CPU_SOFTIRQ, CPU_STEAL, CPU_FIELDS };

static void read_cpu(slice text, double *figures)
{
	double ticks[CPU_FIELDS] = {0};
	size_t n_processors = 0;

	for (slice line; slice_next_line(&text, &line);) {
		slice word = proc_next_word(&line);

		if (slice_starts(word, SLICE("cpu")) && word.len > 3)
			n_processors++;
		if (!slice_equal(word, SLICE("cpu")))
			continue;
		for (size_t i = 0; i < CPU_FIELDS; i++)
			(void)proc_next_number(&line, &ticks[i]);
	}
	if (!n_processors)
		return;

	const double one = (double)sysconf(_SC_CLK_TCK) * (double)n_processors;

	figures[SYSTEM_CPU_USER] = (ticks[CPU_USER] + ticks[CPU_NICE]) / one;
	figures[SYSTEM_CPU_SYSTEM] = (ticks[CPU_SYSTEM] + ticks[CPU_IRQ] + ticks[CPU_SOFTIRQ]) / one;
	figures[SYSTEM_CPU_IOWAIT] = ticks[CPU_IOWAIT] / one;
	figures[SYSTEM_CPU_STEAL] = ticks[CPU_STEAL] / one;
	figures[SYSTEM_CPU_IDLE] = ticks[CPU_IDLE] / one;
}

static void read_load(slice text, double *figures)
{
	(void)proc_next_number(&text, &figures[SYSTEM_LOAD_1MIN]);
	(void)proc_next_number(&text, &figures[SYSTEM_LOAD_5MIN]);
	(void)proc_next_number(&text, &figures[SYSTEM_LOAD_15MIN]);
}

/* ---- memory: "MemTotal:       25269864 kB" ---- */

/* The number behind a line's first word; NaN without that line. */
static double find_number(slice text, const char *name)
{
	double number = NAN;

	for (slice line; slice_next_line(&text, &line);)
		if (slice_equal(proc_next_word(&line), slice_of(name)) && proc_next_number(&line, &number))
			return number;
	return NAN;
}

static double or_zero(double number)
{
	return isnan(number) ? 0 : number;
}

static void read_memory(slice text, double *figures)
{
	const double total = find_number(text, "MemTotal:"), free_memory = find_number(text, "MemFree:");
	const double cached = find_number(text, "Cached:") + or_zero(find_number(text, "Buffers:")) + or_zero(find_number(text, "SReclaimable:"));
	double available = find_number(text, "MemAvailable:");

	/* Kernels before 3.14 do not tell; what was estimated then. */
	if (isnan(available))
		available = free_memory + cached - or_zero(find_number(text, "Shmem:"));
	figures[SYSTEM_MEMORY_TOTAL] = total * KIB;
	figures[SYSTEM_MEMORY_USED] = (total - available) * KIB;
	figures[SYSTEM_MEMORY_ACTIVE] = find_number(text, "Active:") * KIB;
	figures[SYSTEM_MEMORY_CACHED] = cached * KIB;
	figures[SYSTEM_MEMORY_SWAP_TOTAL] = find_number(text, "SwapTotal:") * KIB;
	figures[SYSTEM_MEMORY_SWAP_USED] = (find_number(text, "SwapTotal:") - find_number(text, "SwapFree:")) * KIB;
}

static void read_swapping(slice text, double *figures)
{
	figures[SYSTEM_SWAP_IN] = find_number(text, "pswpin");
	figures[SYSTEM_SWAP_OUT] = find_number(text, "pswpout");
}

int system_read(const char *root, double figures[SYSTEM_FIGURES], courant_error **err)
{
	static const struct {
		const char *path;
		void (*read)(slice text, double *figures);
		bool is_needed;
	} files[] = {
		{"/proc/stat", read_cpu, true},
		{"/proc/loadavg", read_load, true},
		{"/proc/meminfo", read_memory, true},
		{"/proc/vmstat", read_swapping, false},
	};

	for (size_t i = 0; i < SYSTEM_FIGURES; i++)
		figures[i] = NAN;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(PROC_MAX_BYTES);
		AUTO(error) courant_error *error = NULL;

		if (proc_read(root, files[i].path, &text, &error) == 0)
			files[i].read(buffer_peek(&text), figures);
		else if (files[i].is_needed)
			return fail(err, courant_error_code(error), "this machine's counters cannot be read: %s", courant_error_sentence(error));
	}
	return disks_read(root, figures, err) < 0 || network_read(root, figures, err) < 0 ? -1 : 0;
}
