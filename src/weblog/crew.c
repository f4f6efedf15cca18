/* SPDX-License-Identifier: MIT */
/* crew.c - several threads at work on a log (crew.h) */
#include "weblog/crew.h"

#include <pthread.h>

#include "base/alloc.h"

/* A block on its way: read by one, counted by those whose addresses it holds. */
struct parcel {
	struct block block;
	char *scratch; /* for formats whose lines are not all as they stand in the block */
	struct share shares[CREW_MAX];
	size_t n_left; /* shares that have not been counted */
};

/* Parcels that wait for one scanner, in a ring. */
struct queue {
	struct parcel **parcels;
	size_t first, n;
};

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct scanner *scanners;
	size_t n;
	struct feed *feed;
	uint32_t file;
	struct parcel *parcels;
	size_t n_parcels;
	struct parcel **idle;
	size_t n_idle;
	struct queue queues[CREW_MAX];
	size_t n_reading;
	bool is_over, has_failed;
	courant_error *error; /* the first one */
};

static void crew_release(struct crew *crew)
{
	for (size_t i = 0; crew->parcels && i < crew->n_parcels; i++) {
		free(crew->parcels[i].block.bytes);
		free(crew->parcels[i].scratch);
		for (size_t k = 0; k < crew->n; k++)
			free(crew->parcels[i].shares[k].hits);
	}
	for (size_t i = 0; i < crew->n; i++)
		free(crew->queues[i].parcels);
	free(crew->parcels);
	free(crew->idle);
	(void)pthread_mutex_destroy(&crew->lock); /* nobody holds it … */
	(void)pthread_cond_destroy(&crew->change); /* … or waits */
}
AUTO_DEFINE_VALUE(crew, struct crew, crew_release)

/* Two blocks for each: one that is read, one that waits to be counted. */
static int crew_init(struct crew *crew, courant_error **err)
{
	crew->n_parcels = 2 * crew->n;
	crew->parcels = mem_array(crew->n_parcels, sizeof *crew->parcels);
	crew->idle = mem_array(crew->n_parcels, sizeof *crew->idle);
	if (!crew->parcels || !crew->idle)
		return fail_memory(err);
	for (size_t i = 0; i < crew->n; i++)
		if (!(crew->queues[i].parcels = mem_array(crew->n_parcels, sizeof *crew->queues[i].parcels)))
			return fail_memory(err);
	for (size_t i = 0; i < crew->n_parcels; i++) {
		if (!(crew->parcels[i].block.bytes = mem_array(LINES_MAX + LINES_SLACK, 1)))
			return fail_memory(err);
		crew->idle[crew->n_idle++] = &crew->parcels[i];
	}
	return 0;
}

/* ---- one of them; all but what takes time is done under the lock ---- */

static void stop(struct crew *crew, courant_error *error)
{
	if (crew->has_failed)
		courant_error_free(error);
	else
		crew->error = error;
	crew->has_failed = true;
	(void)pthread_cond_broadcast(&crew->change); /* cannot fail: initialised */
}

static void make_idle(struct crew *crew, struct parcel *parcel)
{
	crew->idle[crew->n_idle++] = parcel;
	(void)pthread_cond_broadcast(&crew->change);
}

static void hand_out(struct crew *crew, struct parcel *parcel)
{
	for (size_t i = 0; i < crew->n; i++) {
		struct queue *queue = &crew->queues[i];

		if (!parcel->shares[i].n)
			continue;
		parcel->n_left++;
		queue->parcels[(queue->first + queue->n++) % crew->n_parcels] = parcel;
	}
	if (parcel->n_left)
		(void)pthread_cond_broadcast(&crew->change);
	else
		make_idle(crew, parcel);
}

/* Without the lock. */
static int read_lines(struct crew *crew, struct scanner *scanner, struct parcel *parcel, courant_error **err)
{
	uint64_t lines;

	if (parcel->block.format && parcel->block.format->kind != FORMAT_LINE && !parcel->scratch &&
	    !(parcel->scratch = mem_array(LINES_MAX, 1)))
		return fail_memory(err);

	char *const scratch = scanner->reader.parts.scratch;

	scanner->reader.parts.scratch = parcel->scratch;
	scanner->shares = parcel->shares;
	scanner->n_shares = crew->n;

	const int result = scanner_read(scanner, &parcel->block, crew->file, &lines, err);

	scanner->reader.parts.scratch = scratch;
	scanner->shares = NULL;
	if (result == 0)
		feed_count(crew->feed, &parcel->block, lines);
	return result;
}

/* Reads a block: the feed's next one, unless it is there already. */
static void read_block(struct crew *crew, struct scanner *scanner, bool is_filled)
{
	struct parcel *parcel = crew->idle[--crew->n_idle];
	courant_error *error = NULL;

	crew->n_reading++;
	(void)pthread_mutex_unlock(&crew->lock);

	int result = is_filled ? 1 : feed_next(crew->feed, &parcel->block, &error);

	if (result > 0 && read_lines(crew, scanner, parcel, &error) < 0)
		result = -1;
	(void)pthread_mutex_lock(&crew->lock);
	crew->n_reading--;
	if (result > 0) {
		hand_out(crew, parcel);
		return;
	}
	crew->is_over = true;
	if (result < 0)
		stop(crew, error);
	make_idle(crew, parcel);
}

static void count_share(struct crew *crew, size_t who)
{
	struct queue *queue = &crew->queues[who];
	struct parcel *parcel = queue->parcels[queue->first];
	courant_error *error = NULL;

	queue->first = (queue->first + 1) % crew->n_parcels;
	queue->n--;
	(void)pthread_mutex_unlock(&crew->lock);

	const int result = scanner_count(&crew->scanners[who], &parcel->shares[who], &error);

	(void)pthread_mutex_lock(&crew->lock);
	if (result < 0)
		stop(crew, error);
	if (--parcel->n_left == 0)
		make_idle(crew, parcel);
}

/* Until nothing more can come to this one. Counting goes first, for it frees blocks. */
static void work(struct crew *crew, size_t who)
{
	(void)pthread_mutex_lock(&crew->lock);
	while (!crew->has_failed) {
		if (crew->queues[who].n)
			count_share(crew, who);
		else if (!crew->is_over && crew->n_idle)
			read_block(crew, &crew->scanners[who], false);
		else if (crew->is_over && !crew->n_reading)
			break;
		else
			(void)pthread_cond_wait(&crew->change, &crew->lock);
	}
	(void)pthread_cond_broadcast(&crew->change);
	(void)pthread_mutex_unlock(&crew->lock);
}

struct worker {
	struct crew *crew;
	size_t who;
	pthread_t thread;
};

static void *run_worker(void *context)
{
	const struct worker *worker = context;

	work(worker->crew, worker->who);
	return NULL;
}

static int start_workers(struct crew *crew, struct worker *workers, size_t *n, courant_error **err)
{
	for (*n = 1; *n < crew->n; ++*n) {
		workers[*n] = (struct worker){.crew = crew, .who = *n};

		const int failure = pthread_create(&workers[*n].thread, NULL, run_worker, &workers[*n]);

		if (failure)
			return fail_errno(err, failure, "cannot start thread %zu of %zu", *n + 1, crew->n);
	}
	return 0;
}

int crew_read(struct scanner *scanners, size_t n, struct feed *feed, uint32_t file, courant_error **err)
{
	AUTO(crew) struct crew crew = {
		.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER, .scanners = scanners, .n = n, .feed = feed, .file = file};
	struct worker workers[CREW_MAX];
	size_t n_workers;

	if (crew_init(&crew, err) < 0)
		return -1;

	/* The block that is there becomes a parcel. */
	struct block *const idle = &crew.idle[crew.n_idle - 1]->block;
	const struct block filled = scanners[0].block;

	scanners[0].block = *idle;
	*idle = filled;
	(void)pthread_mutex_lock(&crew.lock);
	read_block(&crew, &scanners[0], true);
	(void)pthread_mutex_unlock(&crew.lock);

	int result = start_workers(&crew, workers, &n_workers, err);

	if (result < 0) {
		(void)pthread_mutex_lock(&crew.lock);
		crew.has_failed = true;
		(void)pthread_mutex_unlock(&crew.lock);
	}
	work(&crew, 0);
	for (size_t i = 1; i < n_workers; i++)
		(void)pthread_join(workers[i].thread, NULL); /* they were started, and are joined once */
	return crew.error ? fail_pass(err, crew.error) : result;
}

/* ---- the end ---- */

struct finish {
	struct scanner *scanner;
	courant_error *error;
	int result;
	pthread_t thread;
	bool is_running;
};

static void *run_finish(void *context)
{
	struct finish *finish = context;

	finish->result = scanner_finish(finish->scanner, &finish->error);
	return NULL;
}

int crew_finish(struct scanner *scanners, size_t n, courant_error **err)
{
	struct finish all[CREW_MAX];
	int result = 0;

	for (size_t i = 0; i < n; i++) {
		all[i] = (struct finish){.scanner = &scanners[i]};
		all[i].is_running = i && pthread_create(&all[i].thread, NULL, run_finish, &all[i]) == 0;
	}
	/* The first, and those for which there is no thread, are done here. */
	for (size_t i = 0; i < n; i++) {
		if (all[i].is_running)
			(void)pthread_join(all[i].thread, NULL);
		else
			run_finish(&all[i]);
		if (all[i].result < 0)
			result = fail_pass(err, all[i].error);
	}
	return result;
}
