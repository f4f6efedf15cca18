/* SPDX-License-Identifier: MIT */
/* system.h - one sample of this machine's counters, out of Linux' /proc and /sys */
#ifndef COURANT_COLLECT_SYSTEM_H
#define COURANT_COLLECT_SYSTEM_H
#include "base/fail.h"
#include "samples/layout.h"

/* Fills the figures of layout_system but for the resets: NaN for what this machine does not tell. `root` stands before "/proc" and "/sys" ("" but in tests).
 * Processors: seconds since boot, of one of them on average. Memory: used is what cannot be had without taking it from somebody (MemTotal - MemAvailable). Disks and
 * network: those with hardware behind them, so that neither partitions nor RAID, loops, bridges and tunnels count twice; on a machine without any (a container) all
 * interfaces but the loopback. COURANT_NO_INPUT without /proc. */
int system_read(const char *root, double figures[SYSTEM_FIGURES], courant_error **err);
#endif
