/* SPDX-License-Identifier: MIT */
/* fault.c - trouble by order, preloaded into a program (LD_PRELOAD): killed at a named instant, a disk that is full, slow, read-only or fails to sync
 *
 * Every call that changes a file of the outbox, or talks over a socket, has two instants: before and after. They are numbered as they come.
 *
 *     FAULT_FILES=PART        whose paths hold this are the outbox's
 *     FAULT_LOG=FILE          write the name of each instant there, a line each
 *     FAULT_KILL=N            SIGKILL at instant N
 *     FAULT_SYNC=N            the N-th fsync fails with EIO, FAULT_SYNC=N+ that and all behind it
 *     FAULT_SPACE=BYTES       after so many bytes the disk is full
 *     FAULT_READ_ONLY=1       files cannot be opened for writing
 *     FAULT_SLOW=MS           each fsync takes so long
 *     FAULT_SYNCS=FILE        write there, at the end, how many fsyncs there were */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

static const char *files, *log_path, *syncs_path;
static long kill_at, sync_at = -1, slow_ms;
static bool sync_fails_on, is_read_only, has_space_limit;
static _Atomic long n_instants, n_syncs, space;

static long number_of(const char *name, long otherwise)
{
	const char *text = getenv(name);
	long number = 0;

	if (!text)
		return otherwise;
	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + *text - '0';
	return number;
}

static void __attribute__((constructor)) read_orders(void)
{
	const char *sync = getenv("FAULT_SYNC");

	files = getenv("FAULT_FILES");
	log_path = getenv("FAULT_LOG");
	syncs_path = getenv("FAULT_SYNCS");
	kill_at = number_of("FAULT_KILL", 0);
	sync_at = number_of("FAULT_SYNC", -1);
	sync_fails_on = sync && strchr(sync, '+');
	has_space_limit = getenv("FAULT_SPACE") != NULL;
	space = number_of("FAULT_SPACE", 0);
	is_read_only = number_of("FAULT_READ_ONLY", 0) != 0;
	slow_ms = number_of("FAULT_SLOW", 0);
}

/* ---- the real ones ---- */

typedef ssize_t write_fn(int, const void *, size_t);

/* A function of that name behind us. */
static void *find(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* A pointer to data becomes one to a function: POSIX wants that to work (dlsym(3)). */
#define FIND(into, name) (*(void **)&(into) = find(name))

static ssize_t write_to(int fd, const void *bytes, size_t n)
{
	static write_fn *real;

	if (!real)
		FIND(real, "write");
	return real(fd, bytes, n);
}

/* ---- instants ---- */

static int open_log(const char *path, int flags)
{
	static int (*real)(const char *, int, ...);

	if (!real)
		FIND(real, "open");
	return real(path, flags | O_CLOEXEC, 0600);
}

static void append(const char *path, const char *text)
{
	const int fd = open_log(path, O_WRONLY | O_CREAT | O_APPEND);

	if (fd < 0 || write_to(fd, text, strlen(text)) < 0)
		abort();
	(void)close(fd);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void instant(const char *when, const char *call, const char *what)
{
	const long number = ++n_instants;
	char line[PATH_MAX + 64];

	if (log_path) {
		(void)snprintf(line, sizeof line, "%s %s %s\n", when, call, what);
		append(log_path, line);
	}
	if (number == kill_at)
		(void)kill(getpid(), SIGKILL);
}

static bool is_ours(const char *path)
{
	return files && path && strstr(path, files);
}

/* The path behind a descriptor, when it is one of the outbox's. */
static const char *our_path(int fd, char *room, size_t size)
{
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, room, size - 1);
	if (n <= 0)
		return NULL;
	room[n] = '\0';
	return is_ours(room) ? name_of(room) : NULL;
}

/* ---- writing ---- */

/* How much of it the disk takes. */
static size_t room_for(size_t n)
{
	if (!has_space_limit)
		return n;

	const long left = atomic_fetch_sub(&space, (long)n);

	return left >= (long)n ? n : 0;
}

SHOWN ssize_t write(int fd, const void *bytes, size_t n)
{
	char room[4096];
	const char *name = our_path(fd, room, sizeof room);

	if (!name)
		return write_to(fd, bytes, n);
	instant("before", "write", name);
	if (room_for(n) < n) {
		errno = ENOSPC;
		return -1;
	}

	const ssize_t written = write_to(fd, bytes, n);

	instant("after", "write", name);
	return written;
}

static ssize_t write_at(int fd, const void *bytes, size_t n, off_t at, ssize_t (*real)(int, const void *, size_t, off_t))
{
	char room[4096];
	const char *name = our_path(fd, room, sizeof room);

	if (!name)
		return real(fd, bytes, n, at);
	instant("before", "write", name);
	if (room_for(n) < n) {
		errno = ENOSPC;
		return -1;
	}

	const ssize_t written = real(fd, bytes, n, at);

	instant("after", "write", name);
	return written;
}

/* By their names in the C library: the header may make one of the other. */
SHOWN ssize_t fault_pwrite(int fd, const void *bytes, size_t n, off_t at) __asm__("pwrite");
SHOWN ssize_t fault_pwrite64(int fd, const void *bytes, size_t n, off_t at) __asm__("pwrite64");

ssize_t fault_pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off_t);

	if (!real)
		FIND(real, "pwrite");
	return write_at(fd, bytes, n, at, real);
}

ssize_t fault_pwrite64(int fd, const void *bytes, size_t n, off_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off_t);

	if (!real)
		FIND(real, "pwrite64");
	return write_at(fd, bytes, n, at, real);
}

/* ---- syncing ---- */

static int sync_file(int fd, const char *call, int (*real)(int))
{
	char room[4096];
	const char *name = our_path(fd, room, sizeof room);
	long number;

	if (!name)
		return real(fd);
	number = ++n_syncs;
	instant("before", call, name);
	if (slow_ms > 0)
		(void)poll(NULL, 0, (int)slow_ms);
	if (sync_at > 0 && (number == sync_at || (sync_fails_on && number > sync_at))) {
		errno = EIO;
		return -1;
	}

	const int status = real(fd);

	instant("after", call, name);
	return status;
}

SHOWN int fsync(int fd)
{
	static int (*real)(int);

	if (!real)
		FIND(real, "fsync");
	return sync_file(fd, "fsync", real);
}

SHOWN int fdatasync(int fd)
{
	static int (*real)(int);

	if (!real)
		FIND(real, "fdatasync");
	return sync_file(fd, "fdatasync", real);
}

/* ---- names ---- */

SHOWN int rename(const char *from, const char *to)
{
	static int (*real)(const char *, const char *);

	if (!real)
		FIND(real, "rename");
	if (!is_ours(to))
		return real(from, to);
	instant("before", "rename", "a message");

	const int status = real(from, to);

	instant("after", "rename", "a message");
	return status;
}

static int open_file(const char *path, int flags, mode_t mode, int (*real)(const char *, int, ...))
{
	if (is_read_only && is_ours(path) && (flags & O_ACCMODE) != O_RDONLY) {
		errno = EROFS;
		return -1;
	}
	return real(path, flags, mode);
}

/* The names of the C library, which a definition of that name would be taken for a use of. */
SHOWN int fault_open(const char *path, int flags, ...) __asm__("open");
SHOWN int fault_open64(const char *path, int flags, ...) __asm__("open64");

int fault_open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	va_list args;

	va_start(args, flags);

	const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;

	va_end(args);
	if (!real)
		FIND(real, "open");
	return open_file(path, flags, mode, real);
}

int fault_open64(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	va_list args;

	va_start(args, flags);

	const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;

	va_end(args);
	if (!real)
		FIND(real, "open64");
	return open_file(path, flags, mode, real);
}

/* ---- the network ---- */

/* The header's own has a union for its argument. */
SHOWN int fault_connect(int fd, const struct sockaddr *address, socklen_t len) __asm__("connect");

int fault_connect(int fd, const struct sockaddr *address, socklen_t len)
{
	static int (*real)(int, const struct sockaddr *, socklen_t);

	if (!real)
		FIND(real, "connect");
	instant("before", "connect", "");

	const int status = real(fd, address, len), kept = errno;

	instant("after", "connect", "");
	errno = kept;
	return status;
}

/* The verb of a command, or "text". */
static const char *verb_of(const void *bytes, size_t n)
{
	static const char *const verbs[] = {"EHLO", "MAIL", "RCPT", "DATA", "QUIT", "RSET", "\r\n.\r\n"};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (n >= strlen(verbs[i]) && memmem(bytes, n, verbs[i], strlen(verbs[i])))
			return i < 6 ? verbs[i] : "the final dot";
	return "text";
}

SHOWN ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	static ssize_t (*real)(int, const void *, size_t, int);
	const char *verb = verb_of(bytes, n);

	if (!real)
		FIND(real, "send");
	instant("before", "send", verb);

	const ssize_t sent = real(fd, bytes, n, flags);
	const int kept = errno;

	instant("after", "send", verb);
	errno = kept;
	return sent;
}

SHOWN ssize_t recv(int fd, void *into, size_t size, int flags)
{
	static ssize_t (*real)(int, void *, size_t, int);

	if (!real)
		FIND(real, "recv");

	const ssize_t n = real(fd, into, size, flags);
	const int kept = errno;

	/* Nothing has happened where there was nothing to read. */
	if (n > 0)
		instant("after", "recv", "a reply");
	errno = kept;
	return n;
}

static void __attribute__((destructor)) tell_syncs(void)
{
	char line[64];

	if (!syncs_path)
		return;
	(void)snprintf(line, sizeof line, "%ld\n", (long)n_syncs);
	append(syncs_path, line);
}
