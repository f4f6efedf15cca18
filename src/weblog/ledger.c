/* SPDX-License-Identifier: MIT */
/* ledger.c - what has been counted, remembered: opening, and counting what is new of a log (ledger.h) */
#include "weblog/ledger.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "weblog/ledger_own.h"

#define DIRECTIVES_KEPT ((size_t)1 << 16) /* bytes; the last ones decide */

static const char *const migrations[] = {
	/* Positions count unpacked bytes. log.size ends with a line; bytes and digest are those of all, the tail's too. */
	"create table log (id integer primary key, name text not null, format text not null, size integer not null, bytes integer not null, tail blob not null, directives blob not null, "
	"digest blob not null, line_ends integer not null, lines integer not null, hits integer not null, rejected integer not null, "
	"first_s integer not null, last_s integer not null, has_offset integer not null, offset_s integer not null, counted_ms integer not null);"
	"create table mark (position integer not null, digest blob not null, log integer not null references log on delete cascade, "
	"primary key (position, digest, log)) without rowid;"
	"create index mark_log on mark (log);"
	"create table quarter (from_s integer not null, log integer not null references log on delete cascade, first_s integer not null, "
	"last_s integer not null, hits integer not null, tally blob not null, primary key (from_s, log));"
	"create index quarter_log on quarter (log);"
	"create table reject (log integer not null references log on delete cascade, line integer not null, fault integer not null, "
	"text blob not null, primary key (log, line)) without rowid;"
	/* What the keys of visitors are hashed with. */
	"create table secret (seed integer not null);"
	"insert into secret values (random())",
	/* The hashes of the lines behind a mark, up to the next one; those of a log of the first version are not known. By rowid, for a longer row without one takes
	 * a page of its own. A log's figures begin at `start`, behind what base has counted; when
	 * base has been forgotten, what lies before counts nowhere. */
	"create table line (log integer not null references log on delete cascade, position integer not null, hashes blob not null, primary key (log, position));"
	"alter table log add column start integer not null default 0;"
	"alter table log add column base integer references log on delete set null;",
};

static const struct store_schema schema = {
	.what = "a ledger of courant",
	.application_id = 0x436f4c32, /* "CoL2" */
	.migrations = migrations,
	.n_migrations = sizeof migrations / sizeof *migrations,
	.busy_ms = 10 * 60 * 1000, /* a large log takes its time */
};

static int read_seed(struct ledger *ledger, courant_error **err)
{
	AUTO(statement) struct statement *find = statement_new(ledger->store, "select seed from secret", err);
	const int more = find ? statement_next(find, err) : -1;

	if (more == 0)
		return fail(err, COURANT_NO_INPUT, "%s has lost what it knows visitors by", store_path(ledger->store));
	ledger->seed = more > 0 ? (uint64_t)statement_i64(find, 0) : 0;
	return more < 0 ? -1 : 0;
}

struct ledger *ledger_open(const char *path, enum ledger_use use, courant_error **err)
{
	static const unsigned flags[] = {[LEDGER_COUNT] = STORE_CREATE, [LEDGER_CHANGE] = 0, [LEDGER_READ] = STORE_READ};
	AUTO(ledger) struct ledger *ledger = mem_alloc(sizeof *ledger);

	if (!ledger) {
		(void)fail_memory(err);
		return NULL;
	}
	ledger->store = store_open(path, &schema, flags[use], err);
	return ledger->store && read_seed(ledger, err) == 0 ? STEAL(ledger) : NULL;
}

void ledger_limit(struct ledger *ledger, size_t bytes)
{
	ledger->limit_bytes = bytes;
}

uint64_t ledger_seed(const struct ledger *ledger)
{
	return ledger->seed;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	quarters_release(&ledger->quarters);
	if (ledger->has_scanner)
		scanner_release(&ledger->scanner);
	agents_free(ledger->agents);
	zone_free(ledger->utc);
	store_free(ledger->store);
	free(ledger);
}

/* ---- counting ---- */

/* One who counts, made with the first log. */
static int begin_scanner(struct ledger *ledger, courant_error **err)
{
	if (ledger->has_scanner)
		return 0;
	if (!ledger->utc)
		ledger->utc = zone_new_fixed(0, err);
	if (!ledger->agents)
		ledger->agents = agents_new(ledger->seed, err);
	if (!ledger->utc || !ledger->agents)
		return -1;
	ledger->settings = (struct scan_settings){
		.zone = ledger->utc,
		.way = marks_best(),
		.seed = ledger->seed,
		.agents = ledger->agents,
		.take = quarters_take,
		.taker = &ledger->quarters,
	};
	if (scanner_init(&ledger->scanner, &ledger->settings, err) < 0)
		return -1;
	ledger->has_scanner = true;
	ledger->quarters = (struct quarters){
		.store = ledger->store,
		.zone = ledger->utc,
		.agents = ledger->agents,
		.seed = ledger->settings.seed,
		.limit_bytes = ledger->limit_bytes / 2, /* what is read and written takes as much again */
	};
	if (ledger->limit_bytes)
		agents_limit(ledger->agents, ledger->limit_bytes / 8);
	return 0;
}

/* What the ledger has of a log, and what is added to it. */
struct entry {
	int64_t id;
	const struct log_format *format;
	struct buffer directives; /* of a W3C log */
	uint64_t line_ends, lines, hits, rejected;
	int64_t first_s, last_s;
	bool has_offset;
	int offset_s;
};

static void entry_release(struct entry *entry)
{
	buffer_release(&entry->directives);
}
AUTO_DEFINE_VALUE(entry, struct entry, entry_release)

static int load_entry(struct ledger *ledger, const struct formats *formats, struct entry *entry, courant_error **err)
{
	AUTO(statement) struct statement *find = statement_new(
		ledger->store, "select format, line_ends, lines, hits, rejected, first_s, last_s, has_offset, offset_s, directives from log where id = ?", err);

	if (!find)
		return -1;
	statement_bind_i64(find, 1, entry->id);
	if (statement_next(find, err) < 0)
		return -1;
	entry->format = formats_continue(formats, statement_bytes(find, 0));
	entry->line_ends = (uint64_t)statement_i64(find, 1);
	entry->lines = (uint64_t)statement_i64(find, 2);
	entry->hits = (uint64_t)statement_i64(find, 3);
	entry->rejected = (uint64_t)statement_i64(find, 4);
	entry->first_s = statement_i64(find, 5);
	entry->last_s = statement_i64(find, 6);
	entry->has_offset = statement_i64(find, 7) != 0;
	entry->offset_s = (int)statement_i64(find, 8);
	buffer_append(&entry->directives, statement_bytes(find, 9));
	return 0;
}

/* A row without figures, so that others can refer to it. */
static int add_entry(struct ledger *ledger, const struct known *known, struct entry *entry, courant_error **err)
{
	if (store_run(ledger->store, "insert into log values (null, '', '', 0, 0, x'', x'', x'', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null)", err) < 0)
		return -1;
	entry->id = store_last_id(ledger->store);
	if (!known->base)
		return 0;

	AUTO(statement) struct statement *change = statement_new(ledger->store, "update log set start = ?, base = ? where id = ?", err);

	if (!change)
		return -1;
	statement_bind_i64(change, 1, (int64_t)known->from);
	statement_bind_i64(change, 2, known->base);
	statement_bind_i64(change, 3, entry->id);
	return statement_run(change, err);
}

static int save_entry(struct ledger *ledger, const struct entry *entry, struct source *source, courant_error **err)
{
	AUTO(statement) struct statement *change = statement_new(
		ledger->store,
		"update log set name = ?, format = ?, size = ?, tail = ?, digest = ?, directives = ?, bytes = ?, line_ends = ?, lines = ?, hits = ?, rejected = ?, "
		"first_s = ?, last_s = ?, has_offset = ?, offset_s = ?, counted_ms = ? where id = ?",
		err);
	char digest[DIGEST_BYTES];
	slice tail, directives;

	if (!change || buffer_slice(&entry->directives, &directives, err) < 0 || fingerprint_end(&source->print, digest, err) < 0 || buffer_slice(&source->print.tail, &tail, err) < 0)
		return -1;

	const int64_t numbers[] = {(int64_t)source->print.position, (int64_t)entry->line_ends, (int64_t)entry->lines, (int64_t)entry->hits, (int64_t)entry->rejected, entry->first_s,
				   entry->last_s, entry->has_offset, entry->offset_s, clock_now_ms(), entry->id};

	statement_bind_text(change, 1, slice_of(source->name));
	statement_bind_text(change, 2, slice_of(entry->format ? entry->format->name : ""));
	statement_bind_i64(change, 3, (int64_t)source->print.line_position);
	statement_bind_bytes(change, 4, tail);
	statement_bind_bytes(change, 5, slice_from(digest, DIGEST_BYTES));
	statement_bind_bytes(change, 6, directives);
	for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
		statement_bind_i64(change, 7 + i, numbers[i]);
	return statement_run(change, err);
}

static int save_lines(struct statement *add, const struct mark *mark, courant_error **err)
{
	AUTO(buffer) struct buffer hashes = BUFFER_LIMIT(SIZE_MAX);
	slice bytes;

	for (size_t i = 0; i < mark->n_ends; i++)
		buffer_append(&hashes, slice_from((const char *)&mark->ends[i].hash, sizeof mark->ends[i].hash));
	if (buffer_slice(&hashes, &bytes, err) < 0)
		return -1;
	statement_bind_i64(add, 2, (int64_t)mark->position);
	statement_bind_bytes(add, 3, bytes.len ? bytes : SLICE(""));
	return statement_run(add, err);
}

static int save_mark(struct statement *add, const struct mark *mark, courant_error **err)
{
	statement_bind_i64(add, 2, (int64_t)mark->position);
	statement_bind_bytes(add, 3, slice_from(mark->digest, DIGEST_BYTES));
	return statement_run(add, err);
}

/* Those so far; of the last one more may come. */
static int save_marks(struct ledger *ledger, int64_t log, struct fingerprint *print, courant_error **err)
{
	AUTO(statement) struct statement *mark = statement_new(ledger->store, "insert or ignore into mark (log, position, digest) values (?, ?, ?)", err);
	AUTO(statement) struct statement *lines = statement_new(
		ledger->store,
		"insert into line (log, position, hashes) values (?, ?, ?) on conflict (log, position) do update set hashes = excluded.hashes "
		"where length(hashes) < length(excluded.hashes)",
		err);

	if (!mark || !lines)
		return -1;
	statement_bind_i64(mark, 1, log);
	statement_bind_i64(lines, 1, log);
	for (size_t i = 0; i < print->n_marks; i++)
		if (save_mark(mark, &print->marks[i], err) < 0 || save_lines(lines, &print->marks[i], err) < 0)
			return -1;
	fingerprint_drop(print);
	return 0;
}

/* Those of this run; ten of each reason are shown, the first ones. */
static int save_rejects(struct ledger *ledger, const struct entry *entry, courant_error **err)
{
	AUTO(statement) struct statement *add = statement_new(
		ledger->store,
		"insert into reject (log, line, fault, text) select ?1, ?2, ?3, ?4 where (select count(*) from reject where log = ?1 and fault = ?3) < ?5",
		err);
	const struct rejects *rejects = &ledger->scanner.rejects;

	if (!add)
		return -1;
	for (int fault = 0; fault < LINE_FAULTS; fault++) {
		for (size_t i = 0; i < rejects->n_samples[fault]; i++) {
			const struct reject *reject = &rejects->samples[fault][i];

			statement_bind_i64(add, 1, entry->id);
			statement_bind_i64(add, 2, (int64_t)(entry->line_ends + reject->line));
			statement_bind_i64(add, 3, fault);
			statement_bind_bytes(add, 4, slice_from(reject->text, reject->text_len));
			statement_bind_i64(add, 5, REJECTS_EACH);
			if (statement_run(add, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* The beginning of a line that is too long, and has no end yet, was rejected at once: that is taken back. */
static void take_back(struct rejects *rejects, struct scanner *scanner, uint64_t line)
{
	size_t *n = &rejects->n_samples[LINE_TOO_LONG];

	rejects->n--;
	scanner->lines--;
	if (*n && rejects->samples[LINE_TOO_LONG][*n - 1].line == line)
		free(rejects->samples[LINE_TOO_LONG][--*n].text);
}

/* Takes what stands behind the last line's end off the block. What the format seems to be by that is not what it will be. */
static void cut_tail(struct feed *feed, const struct entry *entry, struct block *block)
{
	const char *last = memrchr(block->bytes, '\n', block->len);

	block->len = last ? (size_t)(last - block->bytes) + 1 : 0;
	if (!entry->format)
		block->format = block->len ? formats_choose(feed->formats, slice_from(block->bytes, block->len)) : NULL;
}

/* Keeps the last of the lines that say how to read those that follow. */
static void keep_directives(struct entry *entry, const struct block *block)
{
	slice lines = slice_from(block->bytes, block->len), line;

	if (!block->format || block->format->kind != FORMAT_W3C)
		return;
	while (slice_next_line(&lines, &line)) {
		if (!w3c_is_directive(line) || line.len > DIRECTIVES_KEPT / 2)
			continue;
		if (entry->directives.len + line.len > DIRECTIVES_KEPT)
			buffer_drop(&entry->directives, entry->directives.len / 2);
		buffer_append(&entry->directives, line);
		buffer_append_byte(&entry->directives, '\n');
	}
}

/* Counts whole lines up to the end. The last one without an end is left for the tail. */
static int scan(struct ledger *ledger, struct source *source, struct feed *feed, struct entry *entry, uint64_t *ret_line_ends, courant_error **err)
{
	struct scanner *scanner = &ledger->scanner;
	struct block *block = &scanner->block;
	bool is_open = false; /* a line that is too long has no end yet */
	int result;

	*ret_line_ends = 0;
	while ((result = feed_next(feed, block, err)) > 0) {
		uint64_t lines;

		if (!block->is_long_line && block->bytes[block->len - 1] != '\n')
			cut_tail(feed, entry, block);
		if (block->len && block->format)
			entry->format = block->format;
		keep_directives(entry, block);
		if (scanner_read(scanner, block, 0, &lines, err) < 0 || save_marks(ledger, entry->id, &source->print, err) < 0)
			return -1;
		feed_count(feed, block, lines);
		is_open = block->is_long_line;
		*ret_line_ends += lines;
	}
	rejects_number(&scanner->rejects, 0, feed);
	if (is_open && feed->is_in_long_line) {
		take_back(&scanner->rejects, scanner, *ret_line_ends);
		--*ret_line_ends;
	}
	return result;
}

static void add_figures(struct ledger *ledger, struct entry *entry, const struct feed *feed, uint64_t line_ends)
{
	const struct scanner *scanner = &ledger->scanner;

	if (scanner->hits && (!entry->hits || scanner->first_s < entry->first_s))
		entry->first_s = scanner->first_s;
	if (scanner->hits && (!entry->hits || scanner->last_s > entry->last_s))
		entry->last_s = scanner->last_s;
	entry->lines += scanner->lines;
	entry->hits += scanner->hits;
	entry->rejected += scanner->rejects.n;
	entry->line_ends += line_ends;
	if (!entry->has_offset && feed->has_offset) {
		entry->has_offset = true;
		entry->offset_s = feed->offset_s;
	}
}

static int begin_feed(struct feed *feed, struct source *source, const struct formats *formats, const struct entry *entry, courant_error **err)
{
	if (feed_init(feed, source->input, formats, source->name, err) < 0)
		return -1;
	feed->format = entry->format;
	formats_follow(entry->format, &feed->w3c, buffer_peek(&entry->directives));
	return 0;
}

/* Reads lines that another log has counted, up to the position: how to read those that follow may stand in them. */
static int learn(struct ledger *ledger, struct source *source, const struct formats *formats, uint64_t position, struct entry *entry, courant_error **err)
{
	struct block *block = &ledger->scanner.block;
	struct feed feed;
	int result;

	if (position <= source->print.position)
		return 0;
	if (begin_feed(&feed, source, formats, entry, err) < 0)
		return -1;
	input_limit(source->input, position - source->print.position);
	while ((result = feed_next(&feed, block, err)) > 0 && (result = save_marks(ledger, entry->id, &source->print, err)) == 0) {
		if (block->format)
			entry->format = block->format;
		keep_directives(entry, block);
		for (size_t i = 0; i < block->len; i++)
			entry->line_ends += block->bytes[i] == '\n';
		entry->line_ends += block->is_long_line;
	}
	input_limit(source->input, UINT64_MAX);
	if (!entry->has_offset && feed.has_offset) {
		entry->has_offset = true;
		entry->offset_s = feed.offset_s;
	}
	feed_release(&feed);
	return result;
}

/* From where the source stands. */
static int count_rest(struct ledger *ledger, struct source *source, const struct formats *formats, struct entry *entry, courant_error **err)
{
	struct scanner *scanner = &ledger->scanner;
	struct feed feed;
	uint64_t line_ends;

	scanner->lines = scanner->hits = 0;
	rejects_release(&scanner->rejects);
	ledger->quarters.log = entry->id;
	if (begin_feed(&feed, source, formats, entry, err) < 0)
		return -1;

	int result = scan(ledger, source, &feed, entry, &line_ends, err) < 0 || quarters_flush(&ledger->quarters, err) < 0 ? -1 : 0;

	/* What a part of a line will be when it is whole is not known. */
	if (result == 0 && line_ends)
		result = feed_check(&feed, err);
	if (result == 0)
		result = save_rejects(ledger, entry, err);
	if (result == 0)
		add_figures(ledger, entry, &feed, line_ends);
	feed_release(&feed);
	return result;
}

static int count_source(struct ledger *ledger, struct source *source, const struct formats *formats, courant_error **err)
{
	AUTO(entry) struct entry entry = {.directives = BUFFER_LIMIT(2 * DIRECTIVES_KEPT)};
	struct known known;

	if (known_find(ledger->store, ledger->seed, source, &known, err) < 0)
		return -1;
	if (known.is_contained)
		return 0;
	entry.id = known.log;
	if ((entry.id ? load_entry(ledger, formats, &entry, err) : add_entry(ledger, &known, &entry, err)) < 0 ||
	    learn(ledger, source, formats, known.from, &entry, err) < 0)
		return -1;
	/* Cut and written anew (copytruncate) since it was compared. */
	if (source->print.line_position != known.from || source->print.chain != known.chain)
		return fail(err, COURANT_TEMPORARY, "%s was written anew while it was read: count it once more", source->name);
	if (count_rest(ledger, source, formats, &entry, err) < 0)
		return -1;
	/* An empty log is none: there is nothing to know it by. */
	if (!source->print.position)
		return 1;
	return save_entry(ledger, &entry, source, err) < 0 || save_marks(ledger, entry.id, &source->print, err) < 0 ? -1 : 0;
}

void ledger_set_teller(struct ledger *ledger, const struct input_teller *teller)
{
	ledger->teller = teller;
}

int ledger_count(struct ledger *ledger, const char *path, const struct formats *formats, courant_error **err)
{
	/* Opened once, so that it stays the same file when it is rotated meanwhile. A pipe is copied first: nobody else shall wait for its end. */
	AUTO(input) struct input *input = input_open_again(path, err);
	AUTO(source) struct source source = {.name = slice_equal(slice_of(path), SLICE("-")) ? "standard input" : path, .input = input};

	if (!input)
		return -1;
	input_set_teller(input, ledger->teller);
	if (begin_scanner(ledger, err) < 0 || store_begin(ledger->store, err) < 0)
		return -1;

	const int result = count_source(ledger, &source, formats, err);

	if (result == 0)
		return store_commit(ledger->store, err);
	quarters_release(&ledger->quarters);
	store_rollback(ledger->store);
	return result < 0 ? -1 : 0;
}
