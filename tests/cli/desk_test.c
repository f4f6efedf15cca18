/* SPDX-License-Identifier: MIT */
/* desk_test.c - mail over a socket: many hands at once, hands that do not read, a store that fails */
#include "cli/desk.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "tap.h"

struct scene {
	struct memory_shelf *shelf;
	struct outbox *outbox;
	struct log log;
	char path[100];
	struct desk *desk;
};

static int64_t noon(void *context)
{
	(void)context;
	return INT64_C(1794571200000);
}

static void scene_start(struct scene *scene, const char *name)
{
	courant_error *err = NULL;

	scene->shelf = memory_shelf_new(&err);
	scene->outbox = outbox_new(store_memory_open(scene->shelf, &err), &err);
	scene->log = (struct log){.fd = open("/dev/null", O_WRONLY | O_CLOEXEC), .most = LOG_DEBUG, .now_ms = noon};
	(void)snprintf(scene->path, sizeof scene->path, "%s/%s", tap_folder(), name);
	scene->desk = desk_new(scene->path, scene->outbox, &scene->log, clock_now_ms, &err);
	CHECK_NO_ERROR(err);
}

static void scene_end(struct scene *scene)
{
	desk_free(scene->desk);
	outbox_free(scene->outbox);
	memory_shelf_free(scene->shelf);
	(void)close(scene->log.fd);
}

static int dial(const struct scene *scene)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", scene->path);
	CHECK_INT(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

/* Turns until this has come from the other side. */
static bool await(struct scene *scene, int fd, struct buffer *heard, const char *wanted)
{
	for (int i = 0; i < 1000; i++) {
		struct pollfd fds[DESK_FDS_MAX];
		char bytes[4096];
		const size_t n = desk_fds(scene->desk, fds);

		(void)poll(fds, (nfds_t)n, 10);
		(void)desk_turn(scene->desk, clock_monotonic_ms());

		const ssize_t got = recv(fd, bytes, sizeof bytes, 0);

		if (got > 0)
			buffer_append(heard, slice_from(bytes, (size_t)got));
		if (slice_find_slice(buffer_peek(heard), slice_of(wanted)) != SLICE_NONE)
			return true;
		if (got == 0)
			return false;
	}
	return false;
}

static void say(int fd, const char *words)
{
	CHECK_INT(send(fd, words, strlen(words), MSG_NOSIGNAL), (ssize_t)strlen(words));
}

#define MAIL "LHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nSubject: x\r\n\r\nhello\r\n.\r\n"

static int count_recipient(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	(void)recipient;
	(void)err;
	(*(size_t *)context)++;
	return 0;
}

static size_t count_queued(const struct scene *scene)
{
	const struct outbox_filter all = {0};
	struct queue_store *store = outbox_store(scene->outbox);
	size_t n = 0;

	CHECK_INT(store->calls->each_filtered(store, &all, count_recipient, &n, NULL), 0);
	return n;
}

static void mails_of_many_hands_are_queued(void)
{
	struct scene scene = {0};
	int fds[5];

	scene_start(&scene, "many");
	EACH (fd, fds)
		say(*fd = dial(&scene), MAIL);
	EACH (fd, fds) {
		AUTO(buffer) struct buffer heard = BUFFER_LIMIT(10000);

		CHECK(await(&scene, *fd, &heard, "354 "));
		say(*fd, "QUIT\r\n");
		CHECK(await(&scene, *fd, &heard, "221 "));
		(void)close(*fd);
	}
	CHECK_INT(count_queued(&scene), 5);
	scene_end(&scene);
}

static void who_hangs_up_in_the_middle_leaves_nothing(void)
{
	struct scene scene = {0};
	AUTO(buffer) struct buffer heard = BUFFER_LIMIT(10000);

	scene_start(&scene, "middle");

	const int fd = dial(&scene);

	say(fd, "LHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nSubject: x\r\n");
	CHECK(await(&scene, fd, &heard, "354 "));
	(void)close(fd);
	for (int i = 0; i < 5; i++)
		(void)desk_turn(scene.desk, clock_monotonic_ms());
	CHECK_INT(count_queued(&scene), 0);
	scene_end(&scene);
}

static void who_says_nothing_is_hung_up_on(void)
{
	struct scene scene = {0};
	AUTO(buffer) struct buffer heard = BUFFER_LIMIT(10000);

	scene_start(&scene, "silent");

	const int fd = dial(&scene);

	CHECK(await(&scene, fd, &heard, "220 "));
	CHECK(desk_deadline_ms(scene.desk) < INT64_MAX);
	(void)desk_turn(scene.desk, desk_deadline_ms(scene.desk));
	CHECK(await(&scene, fd, &heard, "421 "));
	(void)close(fd);
	scene_end(&scene);
}

static void the_socket_is_everybodys_and_one_desk_s(void)
{
	struct scene scene = {0};
	struct stat facts;
	courant_error *err = NULL;
	int stale;

	scene_start(&scene, "one");
	CHECK_INT(stat(scene.path, &facts), 0);
	CHECK_INT(facts.st_mode & 0777, 0666);
	CHECK(!desk_new(scene.path, scene.outbox, &scene.log, clock_now_ms, &err));
	CHECK_ERROR(err, COURANT_CANT_CREATE, "another courant serve");
	scene_end(&scene);
	CHECK_INT(stat(scene.path, &facts), -1);

	/* What one that was killed has left behind. */
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", scene.path);
	stale = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK_INT(bind(stale, (const struct sockaddr *)&address, sizeof address), 0);
	(void)close(stale);
	scene_start(&scene, "one");
	scene_end(&scene);

	/* Anything else is left alone. */
	const int file = open(scene.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CHECK(file >= 0);
	(void)close(file);
	scene.outbox = NULL;
	CHECK(!desk_new(scene.path, NULL, &scene.log, clock_now_ms, &err));
	CHECK_ERROR(err, COURANT_CANT_CREATE, "no socket");
}

TESTS(TEST(mails_of_many_hands_are_queued), TEST(who_hangs_up_in_the_middle_leaves_nothing), TEST(who_says_nothing_is_hung_up_on),
      TEST(the_socket_is_everybodys_and_one_desk_s))
