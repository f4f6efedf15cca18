/* SPDX-License-Identifier: MIT */
/* stage.c - made-up servers and their clock (stage.h) */
#include "stage.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "client/outlet_own.h"
#include "tap.h"

/* ---- the clock ---- */

int64_t wall_ms, monotonic_ms;

static int64_t read_wall(void)
{
	return wall_ms;
}

static int64_t read_monotonic(void)
{
	return monotonic_ms;
}

void pass(int64_t ms)
{
	wall_ms += ms;
	monotonic_ms += ms;
}

/* ---- a server that does as it is told ---- */

struct made_up {
	struct outlet outlet; /* first */
	struct world *world;
	size_t way;
	const struct courant_mail *mails[ROOM];
	size_t n;
};

static const char *letters_for(const struct world *world, const char *address)
{
	for (const struct behaviour *row = world->behaviours; row && row->address; row++)
		if (strcmp(row->address, address) == 0)
			return row->letters;
	return "a";
}

static char nth_letter(const char *letters, unsigned n)
{
	const size_t len = strlen(letters);

	return letters[n < len ? n : len - 1];
}

/* By a small hash that the tests' addresses do not share. */
unsigned *counter_of(struct world *world, const char *address)
{
	unsigned sum = 0;

	for (; *address; address++)
		sum = sum * 31 + (unsigned char)*address;
	return &world->n_asked[sum % HEARD];
}

static void keep_message(struct world *world, courant_reader *message)
{
	size_t n = 0;

	if (world->n_messages == sizeof world->messages / sizeof *world->messages)
		return;
	CHECK_INT(courant_reader_rewind(message, NULL), 0);
	(void)courant_reader_read(message, world->messages[world->n_messages], sizeof world->messages[0] - 1, &n, NULL);
	world->messages[world->n_messages++][n] = '\0';
}

static void answer(struct made_up *made_up, const struct courant_recipient *recipient, bool is_bounce, struct courant_result *ret, bool *is_taken)
{
	static const struct {
		char letter;
		struct courant_result result;
	} answers[] = {
		{'a', {.outcome = COURANT_OUTCOME_ACCEPTED, .phase = COURANT_PHASE_FINAL, .code = 250, .enhanced = {2, 0, 0}, .text = "queued", .text_size = 6}},
		{'r', {.outcome = COURANT_OUTCOME_REFUSED, .phase = COURANT_PHASE_RCPT, .code = 550, .enhanced = {5, 1, 1}, .text = "no such user", .text_size = 12}},
		{'d', {.outcome = COURANT_OUTCOME_DEFERRED, .phase = COURANT_PHASE_RCPT, .code = 451, .enhanced = {4, 3, 0}, .text = "try later", .text_size = 9}},
		{'u', {.outcome = COURANT_OUTCOME_UNKNOWN, .phase = COURANT_PHASE_FINAL, .text = "the connection was lost", .text_size = 23}},
		{'m', {.outcome = COURANT_OUTCOME_REFUSED, .phase = COURANT_PHASE_MAIL, .code = 553, .text = "sender must be yours", .text_size = 20}},
	};
	struct world *world = made_up->world;
	char letter = nth_letter(letters_for(world, recipient->path.ascii), (*counter_of(world, recipient->path.ascii))++);

	if (letter == 'm' && !is_bounce)
		letter = 'a';
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (answers[i].letter == letter)
			*ret = answers[i].result;
	if ((letter == 'a' || letter == 'u') && world->n_heard < HEARD) {
		char *line = world->heard[world->n_heard++];

		*is_taken = true;
		line[0] = (char)('0' + made_up->way);
		line[1] = ':';
		memcpy(line + 2, recipient->path.ascii, strlen(recipient->path.ascii) + 1);
	}
}

/* Without a connection. */
static bool fail_to_connect(struct made_up *made_up, struct results *results)
{
	struct world *world = made_up->world;
	const char *ways = world->ways[made_up->way] ? world->ways[made_up->way] : "a";
	const char letter = nth_letter(ways, world->n_refused_connections[made_up->way]);
	const struct courant_result refused = {.outcome = letter == 'l' ? COURANT_OUTCOME_REFUSED : COURANT_OUTCOME_DEFERRED,
					       .phase = letter == 'l' ? COURANT_PHASE_LOGIN : COURANT_PHASE_CONNECT,
					       .code = letter == 'l' ? 535 : 0,
					       .text = "no way in",
					       .text_size = 9};

	if (letter == 'a')
		return false;
	world->n_refused_connections[made_up->way]++;
	for (size_t i = 0; i < results->n; i++)
		results_set(results, i, &refused);
	return true;
}

static void deliver(struct made_up *made_up, const struct courant_mail *mail)
{
	struct world *world = made_up->world;
	AUTO(results) struct results results = {0};
	bool is_taken = false;

	/* A test lets one allocation fail, but it is not ours that it means. */
	if (results_init(&results, mail->n_recipients, NULL) < 0)
		CHECK_INT(results_init(&results, mail->n_recipients, NULL), 0);
	if (!fail_to_connect(made_up, &results)) {
		world->n_transactions++;
		if (mail->n_recipients > world->n_most_recipients)
			world->n_most_recipients = mail->n_recipients;
		for (size_t i = 0; i < mail->n_recipients; i++) {
			struct courant_result result = {.outcome = COURANT_OUTCOME_DEFERRED};

			answer(made_up, &mail->recipients[i], mail->sender.ascii[0] == '\0', &result, &is_taken);
			results_set(&results, i, &result);
		}
		if (is_taken)
			keep_message(world, mail->message);
	}

	const struct outlet_report report = {.mail = mail, .results = &results, .peer = "192.0.2.1:25"};

	made_up->outlet.options.done(made_up->outlet.options.done_context, &report);
}

static size_t room(const struct outlet *outlet)
{
	return ROOM - ((const struct made_up *)outlet)->n;
}

static int submit(struct outlet *outlet, const struct courant_mail *mail, courant_error **err)
{
	struct made_up *made_up = (struct made_up *)outlet;

	(void)err;
	made_up->mails[made_up->n++] = mail;
	return 0;
}

static int step(struct outlet *outlet, int64_t until_ms, courant_error **err)
{
	struct made_up *made_up = (struct made_up *)outlet;

	(void)until_ms;
	(void)err;
	while (made_up->n > 0 && !made_up->world->is_deaf)
		deliver(made_up, made_up->mails[--made_up->n]);
	return 0;
}

static int finish(struct outlet *outlet, courant_error **err)
{
	(void)outlet;
	(void)err;
	return 0;
}

/* What is under way goes with it, as when a process is gone. */
static void made_up_free(struct outlet *outlet)
{
	struct made_up *made_up = (struct made_up *)outlet;

	while (made_up->n > 0)
		parcel_free(made_up->mails[--made_up->n]->context);
	free(made_up);
}

static const struct outlet_calls made_up_calls = {.room = room, .submit = submit, .step = step, .finish = finish, .free = made_up_free};

/* ---- runners ---- */

static struct outlet *open_outlet(void *context, size_t way, unsigned connections, int cancel_fd, outlet_done_fn *done, void *done_context, courant_error **err)
{
	struct stage *stage = context;
	struct made_up *made_up = mem_alloc(sizeof *made_up);

	(void)cancel_fd;
	if (!made_up) {
		(void)fail_memory(err);
		return NULL;
	}
	made_up->outlet = (struct outlet){.calls = &made_up_calls, .options = {.done = done, .done_context = done_context}};
	made_up->world = &stage->world;
	made_up->way = way;
	stage->world.n_opened[way]++;
	stage->world.n_connections[way] = connections;
	return &made_up->outlet;
}

static void say(void *context, const char *sentence)
{
	buffer_printf(&((struct stage *)context)->said, "%s\n", sentence);
}

void check_said(const struct stage *stage, const char *words)
{
	if (!CHECK(slice_find_slice(buffer_peek(&stage->said), slice_of(words)) != SLICE_NONE))
		CHECK_SLICE(buffer_peek(&stage->said), slice_of(words));
}

static const struct runner_way ways[WAYS] = {
	{.name = "office", .server = "mail.example.com:587", .connections = 2},
	{.name = "backup", .server = "mail2.example.com:587", .connections = 2},
	{.name = "direct", .connections = 2, .is_final = true},
};
static const size_t order[] = {0, 1};

struct runner_options options_of(struct stage *stage)
{
	return (struct runner_options){
		.outbox = stage->outbox,
		.words = "a test",
		.ways = ways,
		.n_ways = WAYS,
		.order = order,
		.n_order = 2,
		.notice = {.owner = "oncall@example.com", .from = "Ops <ops@example.com>", .hostname = "host.example.com"},
		.keep_ms = NEVER,
		.seed = 7,
		.open = open_outlet,
		.say = say,
		.context = stage,
		.now_ms = read_wall,
		.monotonic_ms = read_monotonic,
		.is_inline = true,
	};
}

static void start(struct stage *stage, const struct runner_options *given)
{
	courant_error *err = NULL;

	if (!stage->outbox)
		stage->outbox = place_open(&stage->place);

	struct runner_options options = options_of(stage);

	if (given)
		options = *given;
	options.outbox = stage->outbox;
	stage->runner = runner_new(&options, &err);
	CHECK_NO_ERROR(err);
}

void stage_open(struct stage *stage, const struct place *place)
{
	*stage = (struct stage){.place = *place, .said = BUFFER_LIMIT(100000)};
	start(stage, NULL);
}

void stage_reopen(struct stage *stage, const struct runner_options *options)
{
	runner_free(STEAL(stage->runner));
	start(stage, options);
}

void stage_begin(struct stage *stage, enum store_kind kind)
{
	struct place place;

	begin_time();
	place_init(&place, kind);
	stage_open(stage, &place);
}

void stage_close(struct stage *stage)
{
	runner_free(stage->runner);
	outbox_free(stage->outbox);
	buffer_release(&stage->said);
}

/* Until nothing is due any more. */
void run(struct stage *stage)
{
	int n = 0;

	do
		(void)runner_turn(stage->runner);
	while (!runner_is_idle(stage->runner) && ++n < 1000);
	CHECK(n < 1000);
}

/* Lets time pass, in steps of ten minutes. */
void run_for(struct stage *stage, int64_t ms)
{
	for (int64_t passed = 0; passed < ms; passed += 10 * MS_PER_MINUTE) {
		pass(10 * MS_PER_MINUTE);
		run(stage);
	}
}

void begin_time(void)
{
	wall_ms = NOW;
	monotonic_ms = 1000000;
}

int64_t put(const struct stage *stage, size_t n_recipients, const struct outbox_order *given)
{
	return put_mail(stage->outbox, n_recipients, "hello", given ? given : &plain_order, wall_ms, NULL);
}

