/* SPDX-License-Identifier: MIT */
#include "collect/system.h"

#include <math.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tap.h"

/* A tree of its own for each test. */
static struct buffer root;

static void begin(const char *name)
{
	buffer_release(&root);
	root = (struct buffer)BUFFER_LIMIT(4096);
	buffer_printf(&root, "%s/%s", tap_folder(), name);
}

static void put(const char *path, const char *text)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(4096), folder = BUFFER_LIMIT(4096);

	buffer_printf(&whole, "%s%s", root.bytes, path);
	buffer_append(&folder, slice_part(buffer_peek(&whole), 0, slice_find_last(buffer_peek(&whole), '/')));
	CHECK(file_make_folder(folder.bytes, 0755, NULL) == 0);
	CHECK(file_write_atomic(whole.bytes, slice_of(text), 0644, NULL) == 0);
}

/* The needed files of a small machine: two processors, 100 ticks a second. */
static void put_machine(void)
{
	put("/proc/stat", "cpu  1000 200 300 5000 60 7 8 9 0 0\ncpu0 500 100 150 2500 30 3 4 4 0 0\ncpu1 500 100 150 2500 30 4 4 5 0 0\nintr 1 2 3\n");
	put("/proc/loadavg", "0.52 1.58 2.59 1/257 4242\n");
	put("/proc/meminfo", "MemTotal:       25269864 kB\nMemFree:          102400 kB\nMemAvailable:     204800 kB\nBuffers:           10240 kB\n"
			     "Cached:            81920 kB\nSwapCached:         1024 kB\nActive:         20761804 kB\nActive(anon):    1000000 kB\nSwapTotal:       5138020 kB\n"
			     "SwapFree:        3900000 kB\nShmem:              4096 kB\nSReclaimable:      20480 kB\n");
}

static double figures[SYSTEM_FIGURES];

static void read_all(void)
{
	courant_error *err = NULL;

	CHECK(system_read(root.bytes, figures, &err) == 0);
	CHECK_NO_ERROR(err);
}

static void processors_are_seconds_of_one(void)
{
	begin("cpu");
	put_machine();
	read_all();
	CHECK_NEAR(figures[SYSTEM_CPU_USER], 6, 1e-9);     /* (1000 + 200) / 100 / 2 */
	CHECK_NEAR(figures[SYSTEM_CPU_SYSTEM], 1.575, 1e-9); /* system, irq, softirq */
	CHECK_NEAR(figures[SYSTEM_CPU_IDLE], 25, 1e-9);
	CHECK_NEAR(figures[SYSTEM_CPU_IOWAIT], 0.3, 1e-9);
	CHECK_NEAR(figures[SYSTEM_CPU_STEAL], 0.045, 1e-9);
	CHECK_NEAR(figures[SYSTEM_LOAD_1MIN], 0.52, 1e-9);
	CHECK_NEAR(figures[SYSTEM_LOAD_5MIN], 1.58, 1e-9);
	CHECK_NEAR(figures[SYSTEM_LOAD_15MIN], 2.59, 1e-9);
}

static void memory_is_what_can_be_had(void)
{
	begin("memory");
	put_machine();
	put("/proc/vmstat", "nr_free_pages 25600\npswpin 123\npswpout 45678\npgfault 9\n");
	read_all();
	CHECK_NEAR(figures[SYSTEM_MEMORY_TOTAL], 25269864.0 * 1024, 0.5);
	CHECK_NEAR(figures[SYSTEM_MEMORY_USED], (25269864.0 - 204800) * 1024, 0.5);
	CHECK_NEAR(figures[SYSTEM_MEMORY_ACTIVE], 20761804.0 * 1024, 0.5);
	CHECK_NEAR(figures[SYSTEM_MEMORY_CACHED], (81920.0 + 10240 + 20480) * 1024, 0.5);
	CHECK_NEAR(figures[SYSTEM_MEMORY_SWAP_TOTAL], 5138020.0 * 1024, 0.5);
	CHECK_NEAR(figures[SYSTEM_MEMORY_SWAP_USED], (5138020.0 - 3900000) * 1024, 0.5);
	CHECK_NEAR(figures[SYSTEM_SWAP_IN], 123, 1e-9);
	CHECK_NEAR(figures[SYSTEM_SWAP_OUT], 45678, 1e-9);
}

static void old_kernels_do_not_tell_what_is_available(void)
{
	begin("old");
	put_machine();
	put("/proc/meminfo", "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 300 kB\nShmem: 20 kB\n");
	read_all();
	CHECK_NEAR(figures[SYSTEM_MEMORY_USED], (1000.0 - (100 + 50 + 300 - 20)) * 1024, 0.5);
	CHECK(isnan(figures[SYSTEM_MEMORY_ACTIVE]) && isnan(figures[SYSTEM_MEMORY_SWAP_USED]) && isnan(figures[SYSTEM_SWAP_IN]));
}

#define DISKSTATS                                                                 \
	"   8       0 sda 100 0 2000 50 200 0 4000 60 0 0 0 0 0 0 0\n"               \
	"   8       1 sda1 90 0 1900 50 190 0 3900 60 0 0 0\n"                       \
	" 259       0 nvme0n1 10 0 500 5 20 0 700 6 0 0 0\n"                         \
	" 259       1 nvme0n1p1 10 0 500 5 20 0 700 6 0 0 0\n"                       \
	" 253       0 dm-0 1 0 9999 1 1 0 9999 1 0 0 0\n"                            \
	"   9       0 md0 1 0 9999 1 1 0 9999 1 0 0 0\n"                             \
	"   7       0 loop0 1 0 9999 1 1 0 9999 1 0 0 0\n"                           \
	"   1       0 ram0 1 0 9999 1 1 0 9999 1 0 0 0\n"                            \
	" 251       0 zram0 1 0 9999 1 1 0 9999 1 0 0 0\n"

static void only_whole_disks_count(void)
{
	begin("names");
	put_machine();
	put("/proc/diskstats", DISKSTATS);
	read_all();
	CHECK_NEAR(figures[SYSTEM_DISK_READ], 2500.0 * 512, 1e-9);
	CHECK_NEAR(figures[SYSTEM_DISK_WRITTEN], 4700.0 * 512, 1e-9);
}

/* /sys says it better than names: here sda is a disk, the other one (a network block device, say) is none; "cciss/c0d0" has a folder of its own spelling. */
static void hardware_behind_disks_counts(void)
{
	begin("hardware");
	put_machine();
	put("/proc/diskstats", DISKSTATS " 104       0 cciss/c0d0 1 0 30 1 1 0 40 1 0 0 0\n");
	put("/sys/block/sda/device/model", "x\n");
	put("/sys/block/nvme0n1/size", "1\n");
	put("/sys/block/cciss!c0d0/device/model", "x\n");
	put("/sys/block/md0/md/level", "raid1\n");
	read_all();
	CHECK_NEAR(figures[SYSTEM_DISK_READ], 2030.0 * 512, 1e-9);
	CHECK_NEAR(figures[SYSTEM_DISK_WRITTEN], 4040.0 * 512, 1e-9);
}

#define NET_HEAD "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop\n"
#define LO       "    lo: 999999 1 0 0 0 0 0 0 999999 1 0 0 0 0 0 0\n"
#define ETH0     "  eth0: 1000 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0\n"
#define ETH1     "enp3s0:2000 10 0 0 0 0 0 0 700 5 0 0 0 0 0 0\n" /* old kernels leave no blank */
#define VETH     "veth12: 7777 1 0 0 0 0 0 0 7777 1 0 0 0 0 0 0\n"
#define DOCKER   "docker0: 8888 1 0 0 0 0 0 0 8888 1 0 0 0 0 0 0\n"
#define VLAN     "eth0.5: 300 1 0 0 0 0 0 0 300 1 0 0 0 0 0 0\n"

static void only_real_interfaces_count(void)
{
	begin("net-names");
	put_machine();
	put("/proc/net/dev", NET_HEAD LO ETH0 ETH1 VETH DOCKER VLAN);
	read_all();
	CHECK_NEAR(figures[SYSTEM_NETWORK_RECEIVED], 3000, 1e-9);
	CHECK_NEAR(figures[SYSTEM_NETWORK_SENT], 1200, 1e-9);
}

static void hardware_behind_interfaces_counts(void)
{
	begin("net-hardware");
	put_machine();
	put("/proc/net/dev", NET_HEAD LO ETH0 ETH1 VETH DOCKER VLAN);
	put("/sys/class/net/eth0/device/vendor", "x\n");
	put("/sys/class/net/enp3s0/address", "x\n");
	read_all();
	CHECK_NEAR(figures[SYSTEM_NETWORK_RECEIVED], 1000, 1e-9);
	CHECK_NEAR(figures[SYSTEM_NETWORK_SENT], 500, 1e-9);
}

static void a_host_s_network_is_that_of_its_first_process(void)
{
	begin("net-host");
	put_machine();
	put("/proc/net/dev", NET_HEAD LO ETH1);
	put("/proc/1/net/dev", NET_HEAD LO ETH0);
	read_all();
	CHECK_NEAR(figures[SYSTEM_NETWORK_RECEIVED], 1000, 1e-9);
}

static void a_container_has_what_it_has(void)
{
	begin("container");
	put_machine();
	put("/proc/net/dev", NET_HEAD LO ETH0);
	put("/sys/class/net/eth0/address", "x\n");
	read_all();
	CHECK_NEAR(figures[SYSTEM_NETWORK_RECEIVED], 1000, 1e-9);
	CHECK(isnan(figures[SYSTEM_DISK_READ]));
}

static void rubbish_is_unknown(void)
{
	begin("rubbish");
	put("/proc/stat", "\n\0cpu\ncpu  x y z\n");
	put("/proc/loadavg", "");
	put("/proc/meminfo", "MemTotal\nMemTotal: much kB\n:::\n");
	put("/proc/net/dev", ":\n::\neth0: 1 2 3\nx\n");
	put("/proc/diskstats", "8\n8 0\n8 0 sda\n8 0 sda 1 2 x 4 5 6 7\n8 0 sda 1\n");
	read_all();
	for (size_t i = 0; i < SYSTEM_FIGURES; i++)
		CHECK(isnan(figures[i]));
}

static void without_proc_it_says_so(void)
{
	courant_error *err = NULL;

	CHECK(system_read("/nonexistent", figures, &err) < 0);
	CHECK_ERROR(err, COURANT_NO_INPUT, "this machine's counters cannot be read: cannot open /nonexistent/proc/stat");
}

static void this_machine_is_plausible(void)
{
	courant_error *err = NULL;

	CHECK(system_read("", figures, &err) == 0);
	CHECK_NO_ERROR(err);
	CHECK(figures[SYSTEM_CPU_USER] > 0 && figures[SYSTEM_CPU_IDLE] > 0);
	CHECK(figures[SYSTEM_MEMORY_USED] > 0 && figures[SYSTEM_MEMORY_USED] < figures[SYSTEM_MEMORY_TOTAL]);
	buffer_release(&root);
}

TESTS(TEST(processors_are_seconds_of_one), TEST(memory_is_what_can_be_had), TEST(old_kernels_do_not_tell_what_is_available), TEST(only_whole_disks_count),
      TEST(hardware_behind_disks_counts), TEST(only_real_interfaces_count), TEST(hardware_behind_interfaces_counts), TEST(a_host_s_network_is_that_of_its_first_process), TEST(a_container_has_what_it_has),
      TEST(rubbish_is_unknown), TEST(without_proc_it_says_so), TEST(this_machine_is_plausible))
