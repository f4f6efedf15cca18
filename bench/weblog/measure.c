/* SPDX-License-Identifier: MIT */
/* measure.c - what a program takes: measure PROGRAM ARGUMENT…
 *
 * Prints seconds of processor, seconds of the clock and MB of memory at most. It is small itself, for what a process had before it became the program counts as memory
 * of the program, too. */
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at); /* the clock is there */
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Starts the program with nothing to read and nowhere to write to. */
static bool start(char **words, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	bool is_fine = posix_spawn_file_actions_init(&actions) == 0;

	for (int fd = 0; is_fine && fd < 3; fd++)
		is_fine = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0) == 0;
	is_fine = is_fine && posix_spawnp(ret, words[0], &actions, NULL, words, environ) == 0;
	(void)posix_spawn_file_actions_destroy(&actions); /* it says nothing of use */
	return is_fine;
}

int main(int n, char **words)
{
	const double began = now();
	struct rusage used;
	pid_t child;
	int status;

	if (n < 2)
		return 2;
	if (!start(words + 1, &child) || wait4(child, &status, 0, &used) < 0 || !WIFEXITED(status))
		return 1;
	printf("%f %f %f\n", seconds(used.ru_utime) + seconds(used.ru_stime), now() - began, (double)used.ru_maxrss / 1000);
	return WEXITSTATUS(status);
}
