/* SPDX-License-Identifier: MIT */
/* driver.c - runs a fuzz target without libFuzzer: each corpus file as it is, then so many changed ones
 *
 *     zone_fuzz CORPUS_FOLDER [ROUNDS [SEED]]
 *
 * The environment's COURANT_FUZZ_ROUNDS wins over ROUNDS. The same seed and corpus give the same inputs. An input that kills the target is left in
 * the file NAME-crash in the current folder; `zone_fuzz FILE` runs it again. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/num.h"
#include "base/random.h"
#include "fuzz.h"

#define INPUT_MAX_BYTES ((size_t)64 * 1024) /* a change may make an input longer, up to this */
#define FILE_MAX_BYTES  ((size_t)1024 * 1024)
#define ROUNDS          5000
#define FOLDER_MAX      4096

/* The input that is being tried: a signal handler can reach no other. */
static struct {
	const char *program;
	const uint8_t *bytes;
	size_t size;
	unsigned long round;
} now;

/* In libasan and libubsan; NULL in a plain build. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/* Only what may be called in a signal handler. */
static void keep_input(void)
{
	char name[256];
	const char *slash = strrchr(now.program, '/');

	(void)snprintf(name, sizeof name, "%s-crash", slash ? slash + 1 : now.program);

	const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd >= 0 && file_write_all(fd, slice_from((const char *)now.bytes, now.size), name, NULL) == 0)
		(void)fprintf(stderr, "the input of round %lu is in the file %s\n", now.round, name);
}

static void on_signal(int number)
{
	keep_input();
	/* The handler is off by now (SA_RESETHAND). */
	(void)raise(number);
}

static void watch(const char *program)
{
	static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM};
	const struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	now.program = program;
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(keep_input);
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
		/* The sanitizers' reports of bad accesses are better than ours. */
		if (!__sanitizer_set_death_callback || deadly[i] == SIGABRT || deadly[i] == SIGTERM)
			(void)sigaction(deadly[i], &action, NULL);
}

struct corpus {
	slice inputs[FOLDER_MAX];
	size_t n;
};

static void corpus_release(struct corpus *corpus)
{
	for (size_t i = 0; i < corpus->n; i++)
		free((char *)corpus->inputs[i].ptr);
}
AUTO_DEFINE_VALUE(corpus, struct corpus, corpus_release)

static int corpus_add(struct corpus *corpus, const char *path, courant_error **err)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(FILE_MAX_BYTES);
	char *taken;
	size_t size;

	if (corpus->n == FOLDER_MAX)
		return fail(err, COURANT_TOO_LARGE, "a corpus of more than %d files", FOLDER_MAX);
	if (file_read(path, &bytes, err) < 0 || buffer_take(&bytes, &taken, &size, err) < 0)
		return -1;
	corpus->inputs[corpus->n++] = slice_from(taken, size);
	return 0;
}

static int corpus_load(struct corpus *corpus, const char *path, courant_error **err)
{
	struct dirent **entries;
	struct stat status;
	int result = 0;

	if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
		return corpus_add(corpus, path, err);

	/* In the order of their names, whatever the file system's order: the same run everywhere. */
	const int n = scandir(path, &entries, NULL, alphasort);

	if (n < 0)
		return fail(err, COURANT_NO_INPUT, "cannot read the folder %s", path);
	for (int i = 0; i < n; i++) {
		AUTO(buffer) struct buffer file = BUFFER_LIMIT(FILE_MAX_BYTES);

		buffer_printf(&file, "%s/%s", path, entries[i]->d_name);
		if (result == 0 && entries[i]->d_name[0] != '.')
			result = buffer_check(&file, err) < 0 ? -1 : corpus_add(corpus, file.bytes, err);
		free(entries[i]);
	}
	free(entries);
	return result;
}

static void run(slice input)
{
	/* Memory of exactly this size: one byte read beyond is seen. */
	uint8_t *bytes = malloc(input.len ? input.len : 1);

	if (!bytes)
		return;
	if (input.len)
		memcpy(bytes, input.ptr, input.len);
	now.bytes = bytes;
	now.size = input.len;
	(void)LLVMFuzzerTestOneInput(bytes, input.len);
	free(bytes);
}

/* Bytes on which parsers decide. */
static const char telling[] = "\0\t\r\n \"#%&'()*+,-./019:;<=>?@AZ[\\]^_`az{|}~\x7f\x80\xa0\xbf\xc0\xc2\xe0\xed\xf0\xf4\xff";

static slice random_part(struct random_stream *random, slice whole, size_t max_len)
{
	const size_t at = (size_t)random_below(random, whole.len + 1);

	return slice_part(whole, at, (size_t)random_below(random, max_len + 1));
}

/* `bytes` with `cut` bytes at `at` replaced by the slice. */
static void replace(struct buffer *bytes, size_t at, size_t cut, slice with)
{
	AUTO(buffer) struct buffer made = BUFFER_LIMIT(INPUT_MAX_BYTES);
	const slice old = buffer_peek(bytes);

	buffer_append(&made, slice_part(old, 0, at));
	buffer_append(&made, with);
	buffer_append(&made, slice_after(old, at + cut));
	if (buffer_check(&made, NULL) < 0) /* too long: the old one is kept */
		return;
	buffer_cut(bytes, 0);
	buffer_append(bytes, buffer_peek(&made));
}

static void change(struct random_stream *random, struct buffer *bytes, const struct corpus *corpus)
{
	const size_t at = (size_t)random_below(random, bytes->len + 1);
	const slice here = slice_part(buffer_peek(bytes), at, 1);
	const char byte = telling[random_below(random, sizeof telling - 1)];
	const slice other = corpus->inputs[random_below(random, corpus->n)];
	char one;

	switch (random_below(random, 8)) {
	case 0: /* another bit */
		one = (char)((here.len ? (unsigned char)here.ptr[0] : 0u) ^ 1u << random_below(random, 8));
		replace(bytes, at, 1, slice_from(&one, here.len));
		break;
	case 1: /* another byte */
		one = (char)random_next(random);
		replace(bytes, at, here.len, slice_from(&one, 1));
		break;
	case 2:
		replace(bytes, at, here.len, slice_from(&byte, 1));
		break;
	case 3:
		replace(bytes, at, 0, slice_from(&byte, 1));
		break;
	case 4: /* a few bytes less */
		replace(bytes, at, (size_t)random_below(random, 9), SLICE(""));
		break;
	case 5: /* the rest away */
		buffer_cut(bytes, at);
		break;
	case 6: /* a part once more, far or near */
		replace(bytes, at, 0, random_part(random, buffer_peek(bytes), 64));
		break;
	default: /* a part of another input */
		replace(bytes, at, (size_t)random_below(random, 17), random_part(random, other, 256));
		break;
	}
}

static void run_changed(const struct corpus *corpus, uint64_t rounds, uint64_t seed)
{
	struct random_stream random = {.state = seed};

	for (now.round = 1; now.round <= rounds; now.round++) {
		AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(FILE_MAX_BYTES);

		buffer_append(&bytes, corpus->inputs[random_below(&random, corpus->n)]);
		for (uint64_t n = 1 + random_below(&random, 6); n; n--)
			change(&random, &bytes, corpus);
		run(buffer_peek(&bytes));
	}
}

static uint64_t number_or(const char *text, uint64_t otherwise)
{
	uint64_t value = otherwise;

	if (text && !num_parse_u64(slice_of(text), &value))
		(void)fprintf(stderr, "%s is no number\n", text);
	return value;
}

int main(int argc, char **argv)
{
	AUTO(corpus) struct corpus corpus = {.n = 0}; /* 64 KB */
	AUTO(error) courant_error *err = NULL;
	const char *rounds_wanted = getenv("COURANT_FUZZ_ROUNDS");

	if (argc < 2) {
		(void)fprintf(stderr, "usage: %s CORPUS_FOLDER|FILE [ROUNDS [SEED]]\n", argv[0]);
		return 64;
	}
	watch(argv[0]);
	if (corpus_load(&corpus, argv[1], &err) < 0) {
		(void)fprintf(stderr, "%s\n", courant_error_sentence(err));
		return 66;
	}
	if (corpus.n == 0)
		corpus.inputs[corpus.n++] = slice_from(calloc(1, 1), 0);

	const uint64_t rounds = number_or(rounds_wanted, number_or(argc > 2 ? argv[2] : NULL, ROUNDS));

	run(SLICE(""));
	for (size_t i = 0; i < corpus.n; i++)
		run(corpus.inputs[i]);
	run_changed(&corpus, rounds, number_or(argc > 3 ? argv[3] : NULL, 1));
	printf("%zu files and %lu changed ones\n", corpus.n, now.round - 1);
	return 0;
}
