/* SPDX-License-Identifier: MIT */
/* pattern.c - formats of lines, compiled once from the words of nginx or Apache (pattern.h) */
#include "weblog/pattern.h"

#include "base/alloc.h"
#include "base/ascii.h"

/* ---- names ---- */

struct named_field {
	const char *name;
	enum pattern_field field;
};

/* nginx's variables, and some of our own for formats that nginx does not write. Others are skipped. */
static const struct named_field variables[] = {
	{"remote_addr", FIELD_ADDRESS},
	{"realip_remote_addr", FIELD_ADDRESS_TOLD},
	{"http_x_forwarded_for", FIELD_ADDRESS_TOLD},
	{"proxy_add_x_forwarded_for", FIELD_ADDRESS_TOLD},
	{"http_x_real_ip", FIELD_ADDRESS_TOLD},
	{"http_cf_connecting_ip", FIELD_ADDRESS_TOLD},
	{"http_true_client_ip", FIELD_ADDRESS_TOLD},
	{"proxy_protocol_addr", FIELD_ADDRESS_TOLD},
	{"address_port", FIELD_ADDRESS_PORT},
	{"time_local", FIELD_TIME},
	{"time_iso8601", FIELD_TIME_ISO},
	{"msec", FIELD_TIME_EPOCH},
	{"time_haproxy", FIELD_TIME_HAPROXY},
	{"request", FIELD_REQUEST},
	{"request_url", FIELD_REQUEST_URL},
	{"request_method", FIELD_METHOD},
	{"request_uri", FIELD_URI},
	{"uri", FIELD_URI},
	{"status", FIELD_STATUS},
	{"body_bytes_sent", FIELD_SIZE},
	{"bytes_sent", FIELD_SIZE_SENT},
	{"http_referer", FIELD_REFERRER},
	{"http_user_agent", FIELD_AGENT},
	{"http_user_agent_escaped", FIELD_AGENT_ESCAPED},
	{"request_time", FIELD_SECONDS},
	{"seconds_part", FIELD_SECONDS_PART},
	{"milliseconds", FIELD_MILLISECONDS},
	{"haproxy_timers", FIELD_TIMERS},
	{"host", FIELD_HOST},
	{"http_host", FIELD_HOST},
	{"server_name", FIELD_HOST},
};

/* Apache's letters without an argument. */
static const struct named_field letters[] = {
	{"h", FIELD_ADDRESS}, {"a", FIELD_ADDRESS}, {"r", FIELD_REQUEST},      {"m", FIELD_METHOD}, {"U", FIELD_URI},
	{"s", FIELD_STATUS},  {"b", FIELD_SIZE},    {"B", FIELD_SIZE},         {"O", FIELD_SIZE_SENT}, {"v", FIELD_HOST},
	{"V", FIELD_HOST},    {"T", FIELD_SECONDS}, {"D", FIELD_MICROSECONDS},
};

/* … and with one: %{Referer}i is "Refereri" here. */
static const struct named_field arguments[] = {
	{"refereri", FIELD_REFERRER},   {"user-agenti", FIELD_AGENT}, {"hosti", FIELD_HOST},          {"ca", FIELD_ADDRESS},
	{"st", FIELD_SECONDS},          {"mst", FIELD_MILLISECONDS},  {"ust", FIELD_MICROSECONDS},
	{"x-forwarded-fori", FIELD_ADDRESS_TOLD},  {"x-real-ipi", FIELD_ADDRESS_TOLD},
	{"cf-connecting-ipi", FIELD_ADDRESS_TOLD}, {"true-client-ipi", FIELD_ADDRESS_TOLD},
};

/* The argument of %{…}t that is no time as strftime writes it. */
static const struct named_field time_arguments[] = {
	{"sec", FIELD_TIME_EPOCH},
	{"msec", FIELD_TIME_EPOCH_MS},
	{"usec", FIELD_TIME_EPOCH_US},
	{"msec_frac", FIELD_SKIP},
	{"usec_frac", FIELD_SKIP},
};

/* strftime's letters (POSIX); a capital one is not the small one. Names of days are skipped. */
static const struct {
	char letter;
	enum pattern_field field;
	const char *several; /* what it is short for */
} clock_letters[] = {
	{'Y', FIELD_YEAR, NULL},       {'y', FIELD_YEAR_SHORT, NULL}, {'m', FIELD_MONTH, NULL},  {'b', FIELD_MONTH_NAME, NULL},
	{'h', FIELD_MONTH_NAME, NULL}, {'d', FIELD_DAY, NULL},        {'e', FIELD_DAY, NULL},    {'H', FIELD_HOUR, NULL},
	{'M', FIELD_MINUTE, NULL},     {'S', FIELD_SECOND, NULL},     {'z', FIELD_ZONE, NULL},   {'s', FIELD_TIME_EPOCH, NULL},
	{'a', FIELD_SKIP, NULL},       {'A', FIELD_SKIP, NULL},       {'Z', FIELD_SKIP, NULL},   {'F', FIELD_SKIP, "%Y-%m-%d"},
	{'T', FIELD_SKIP, "%H:%M:%S"}, {'R', FIELD_SKIP, "%H:%M"},    {'D', FIELD_SKIP, "%m/%d/%y"},
};

static bool find_named(const struct named_field *table, size_t n, slice name, enum pattern_field *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (slice_equal_nocase(name, slice_of(table[i].name))) {
			*ret = table[i].field;
			return true;
		}
	}
	return false;
}
#define FIND(table, name, ret) find_named((table), sizeof(table) / sizeof *(table), (name), (ret))

/* ---- compiling ---- */

/* The words while they are read; literal text is collected in `out`, in place. */
struct compiler {
	struct pattern *pattern;
	const char *at, *end;
	char *out, *literal; /* where the literal before the next field begins */
	courant_error **err;
};

static int add_field(struct compiler *compiler, enum pattern_field field)
{
	struct pattern *pattern = compiler->pattern;

	if (pattern->n == PATTERN_STEPS_MAX)
		return fail(compiler->err, COURANT_USAGE, "the format has more than %d fields", PATTERN_STEPS_MAX);
	if (pattern->n && compiler->out == compiler->literal) {
		const enum pattern_field before = pattern->steps[pattern->n - 1].field;

		/* A URI's query (%U%q, $uri$is_args$args) belongs to it, and two that are skipped are one. */
		if (field == FIELD_SKIP && (before == FIELD_URI || before == FIELD_SKIP))
			return 0;
		if (!field_width(before) && field != FIELD_URI)
			return fail(compiler->err, COURANT_USAGE, "the format has two fields with nothing between them");
	}
	pattern->steps[pattern->n++] =
		(struct pattern_step){slice_from(compiler->literal, (size_t)(compiler->out - compiler->literal)), field};
	compiler->literal = compiler->out;
	return 0;
}

static int read_variable(struct compiler *compiler)
{
	const bool is_braced = compiler->at < compiler->end && *compiler->at == '{';
	const char *begin = compiler->at + is_braced;
	enum pattern_field field = FIELD_SKIP;
	const char *at = begin;

	while (at < compiler->end && (ascii_is_alnum(*at) || *at == '_'))
		at++;
	if (at == begin)
		return fail(compiler->err, COURANT_USAGE, "the format has a $ without a name");
	(void)FIND(variables, slice_from(begin, (size_t)(at - begin)), &field);
	compiler->at = at + (is_braced && at < compiler->end && *at == '}');
	return add_field(compiler, field);
}

/* %t is the time with its brackets. */
static int add_bracketed_time(struct compiler *compiler)
{
	*compiler->out++ = '[';
	if (add_field(compiler, FIELD_TIME) < 0)
		return -1;
	*compiler->out++ = ']';
	return 0;
}

/* A time in strftime's words. */
static int add_clock(struct compiler *compiler, slice words)
{
	for (size_t i = 0; i < words.len; i++) {
		size_t found = 0;
		int result;

		if (words.ptr[i] != '%' || i + 1 == words.len) {
			*compiler->out++ = words.ptr[i];
			continue;
		}
		i++;
		while (found < sizeof clock_letters / sizeof *clock_letters && clock_letters[found].letter != words.ptr[i])
			found++;
		if (found == sizeof clock_letters / sizeof *clock_letters)
			return fail(compiler->err, COURANT_USAGE, "the format has a time (%%{%.*s}t) that cannot be read", SLICE_ARGS(words));
		result = clock_letters[found].several ? add_clock(compiler, slice_of(clock_letters[found].several)) : add_field(compiler, clock_letters[found].field);
		if (result < 0)
			return -1;
	}
	return 0;
}

static int add_argument(struct compiler *compiler, slice argument, char letter)
{
	enum pattern_field field = FIELD_SKIP;
	char name[64];

	if (letter == 't') {
		if (slice_starts(argument, SLICE("begin:")) || slice_starts(argument, SLICE("end:")))
			argument = slice_after(argument, slice_find(argument, ':') + 1);
		return FIND(time_arguments, argument, &field) ? add_field(compiler, field) : add_clock(compiler, argument);
	}
	if (argument.len + 1 < sizeof name) {
		memcpy(name, argument.ptr, argument.len);
		name[argument.len] = letter;
		(void)FIND(arguments, slice_from(name, argument.len + 1), &field);
	}
	return add_field(compiler, field);
}

static int read_directive(struct compiler *compiler)
{
	slice argument = {NULL, 0};

	if (compiler->at < compiler->end && *compiler->at == '%') {
		*compiler->out++ = *compiler->at++;
		return 0;
	}
	/* %>s, %<s: which of several requests; %!200,304{…}: for which statuses only */
	while (compiler->at < compiler->end && (strchr("<>!,", *compiler->at) || ascii_is_digit(*compiler->at)))
		compiler->at++;
	if (compiler->at < compiler->end && *compiler->at == '{') {
		const char *close = memchr(compiler->at, '}', (size_t)(compiler->end - compiler->at));

		if (!close)
			return fail(compiler->err, COURANT_USAGE, "the format has a %%{ without its }");
		argument = slice_from(compiler->at + 1, (size_t)(close - compiler->at) - 1);
		compiler->at = close + 1;
	}
	if (compiler->at == compiler->end)
		return fail(compiler->err, COURANT_USAGE, "the format ends with a %%");

	const char letter = *compiler->at++;
	enum pattern_field field = FIELD_SKIP;

	/* ^ti and ^to: trailers */
	if (letter == '^')
		compiler->at += compiler->end - compiler->at < 2 ? compiler->end - compiler->at : 2;
	if (argument.ptr)
		return add_argument(compiler, argument, letter);
	if (letter == 't')
		return add_bracketed_time(compiler);
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].name[0] == letter)
			field = letters[i].field;
	return add_field(compiler, field);
}

static int compile(struct compiler *compiler, bool is_nginx)
{
	while (compiler->at < compiler->end) {
		const char byte = *compiler->at++;
		int result = 0;

		if (is_nginx && byte == '$')
			result = read_variable(compiler);
		else if (!is_nginx && byte == '%')
			result = read_directive(compiler);
		else if (byte == '\\' && compiler->at < compiler->end && strchr("\"'\\t", *compiler->at))
			*compiler->out++ = *compiler->at == 't' ? '\t' : *compiler->at, compiler->at++;
		else
			*compiler->out++ = byte;
		if (result < 0)
			return -1;
	}
	compiler->pattern->after = slice_from(compiler->literal, (size_t)(compiler->out - compiler->literal));
	return 0;
}

bool pattern_has(const struct pattern *pattern, enum pattern_field field)
{
	for (size_t i = 0; i < pattern->n; i++)
		if (pattern->steps[i].field == field)
			return true;
	return false;
}

static bool has_time(const struct pattern *pattern)
{
	for (enum pattern_field field = FIELD_TIME; field <= FIELD_TIME_HAPROXY; field++)
		if (pattern_has(pattern, field))
			return true;
	return (pattern_has(pattern, FIELD_YEAR) || pattern_has(pattern, FIELD_YEAR_SHORT)) && pattern_has(pattern, FIELD_DAY) && pattern_has(pattern, FIELD_HOUR);
}

static bool has_address(const struct pattern *pattern)
{
	return pattern_has(pattern, FIELD_ADDRESS) || pattern_has(pattern, FIELD_ADDRESS_PORT);
}

/* Of what stands in a line twice, the better one counts, of equals the first. */
static void choose_fields(struct pattern *pattern)
{
	static const struct {
		enum pattern_field worse, better;
	} pairs[] = {
		{FIELD_ADDRESS_TOLD, FIELD_ADDRESS},     {FIELD_ADDRESS_TOLD, FIELD_ADDRESS_PORT}, {FIELD_SIZE_SENT, FIELD_SIZE},
		{FIELD_MILLISECONDS, FIELD_MICROSECONDS}, {FIELD_SECONDS, FIELD_MICROSECONDS},      {FIELD_SECONDS, FIELD_MILLISECONDS},
	};
	static const enum pattern_field once[] = {FIELD_ADDRESS, FIELD_ADDRESS_TOLD, FIELD_HOST, FIELD_STATUS, FIELD_SIZE, FIELD_SIZE_SENT, FIELD_REFERRER, FIELD_AGENT};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (size_t k = 0; k < pattern->n && pattern_has(pattern, pairs[i].better); k++)
			if (pattern->steps[k].field == pairs[i].worse)
				pattern->steps[k].field = FIELD_SKIP;
	for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
		bool is_there = false;

		for (size_t k = 0; k < pattern->n; k++) {
			if (pattern->steps[k].field != once[i])
				continue;
			if (is_there)
				pattern->steps[k].field = FIELD_SKIP;
			is_there = true;
		}
	}
}

int pattern_compile(struct pattern *pattern, slice words, courant_error **err)
{
	*pattern = (struct pattern){.text = mem_array(2 * words.len + 1, 1)}; /* %t becomes [ and ], %F two dashes */
	if (!pattern->text)
		return fail_memory(err);

	struct compiler compiler = {pattern, words.ptr, words.ptr + words.len, pattern->text, pattern->text, err};
	int result = compile(&compiler, slice_find(words, '$') != SLICE_NONE);

	if (result == 0 && !has_time(pattern))
		result = fail(err, COURANT_USAGE, "the format has no time ($time_local, %%t)");
	else if (result == 0 && !has_address(pattern) && !pattern_has(pattern, FIELD_ADDRESS_TOLD))
		result = fail(err, COURANT_USAGE, "the format has no address ($remote_addr, %%h)");
	else if (result == 0 && !pattern_has(pattern, FIELD_STATUS))
		result = fail(err, COURANT_USAGE, "the format has no status ($status, %%>s)");
	if (result < 0)
		pattern_release(pattern);
	else
		choose_fields(pattern);
	return result;
}

void pattern_release(struct pattern *pattern)
{
	free(pattern->text);
	*pattern = (struct pattern){0};
}

/* ---- reading ---- */

/* Cuts literal text off; where the format pads, one blank stands for several. */
static bool next_literal(const struct pattern *pattern, slice *rest, slice literal)
{
	if (!slice_starts(*rest, literal))
		return false;
	*rest = slice_after(*rest, literal.len);
	if (pattern->pads && literal.len && literal.ptr[literal.len - 1] == ' ')
		while (rest->len && rest->ptr[0] == ' ')
			*rest = slice_after(*rest, 1);
	return true;
}

/* The first literal with a time behind it: what stands before may be a user's name, and hold anything. */
static size_t find_time(slice rest, slice literal)
{
	for (size_t at = 0, found; (found = slice_find_slice(slice_after(rest, at), literal)) != SLICE_NONE; at++) {
		at += found;
		if (rest.len - at >= literal.len + STAMP_BYTES && stamp_has_shape(rest.ptr + at + literal.len))
			return at;
	}
	return SLICE_NONE;
}

/* Where the value ends: before the closing quote if it stands in quotes, else where the next literal begins. */
static size_t value_end(const struct pattern *pattern, slice rest, slice before, enum pattern_field field, slice next, enum pattern_field next_field)
{
	if (field_width(field))
		return field_width(field) <= rest.len ? field_width(field) : SLICE_NONE;
	if (before.len && before.ptr[before.len - 1] == '"' && next.len && next.ptr[0] == '"') {
		size_t at = 0;

		while (at < rest.len && rest.ptr[at] != '"')
			at += rest.ptr[at] == '\\' ? 2 : 1;
		return at < rest.len ? at : SLICE_NONE;
	}
	if (pattern->is_words && next.len && next.ptr[0] == ' ')
		return slice_find(rest, ' ');
	if (!next.len)
		return next_field == FIELD_URI ? slice_find(rest, '/') : rest.len;
	return next_field == FIELD_TIME ? find_time(rest, next) : slice_find_slice(rest, next);
}

static enum line_fault fault_of(enum pattern_field field)
{
	switch (field) {
	case FIELD_ADDRESS:
	case FIELD_ADDRESS_PORT:
	case FIELD_ADDRESS_TOLD:
		return LINE_NO_ADDRESS;
	case FIELD_TIME:
	case FIELD_TIME_ISO:
	case FIELD_TIME_EPOCH:
	case FIELD_TIME_EPOCH_MS:
	case FIELD_TIME_EPOCH_US:
	case FIELD_TIME_HAPROXY:
	case FIELD_DATE:
	case FIELD_CLOCK:
	case FIELD_YEAR:
	case FIELD_YEAR_SHORT:
	case FIELD_MONTH:
	case FIELD_MONTH_NAME:
	case FIELD_DAY:
	case FIELD_HOUR:
	case FIELD_MINUTE:
	case FIELD_SECOND:
	case FIELD_ZONE:
		return LINE_NO_TIME;
	case FIELD_REQUEST:
	case FIELD_REQUEST_URL:
		return LINE_NO_REQUEST;
	case FIELD_STATUS:
		return LINE_NO_STATUS;
	case FIELD_SIZE:
	case FIELD_SIZE_SENT:
		return LINE_NO_SIZE;
	case FIELD_REFERRER:
		return LINE_NO_REFERRER;
	case FIELD_AGENT:
	case FIELD_AGENT_PLUS:
	case FIELD_AGENT_ESCAPED:
		return LINE_NO_AGENT;
	case FIELD_HOST:
		return LINE_NO_HOST;
	case FIELD_SKIP:
	case FIELD_METHOD:
	case FIELD_URI:
	case FIELD_SECONDS:
	case FIELD_MILLISECONDS:
	case FIELD_MICROSECONDS:
	case FIELD_SECONDS_PART:
	case FIELD_TIMERS:
		break;
	}
	return LINE_NO_FIELD;
}

/* Text that ends with a quote, without it. */
static slice without_quote(slice text)
{
	return text.len && text.ptr[text.len - 1] == '"' ? slice_part(text, 0, text.len - 1) : text;
}

/* A dash where a text in quotes should stand; takes it off, and the quote behind it is not to be expected. Several may follow each other. */
static bool next_dash(const struct pattern *pattern, slice *rest, slice before, slice next)
{
	slice at = *rest;

	if (!pattern->is_words || !before.len || before.ptr[before.len - 1] != '"' || !next.len || next.ptr[0] != '"')
		return false;
	if (!next_literal(pattern, &at, without_quote(before)) || !slice_starts(at, SLICE("-")))
		return false;
	at = slice_after(at, 1);
	if (at.len && !slice_starts(at, without_quote(slice_after(next, 1))))
		return false;
	*rest = at;
	return true;
}

/* The i-th field with the literal before it; more may follow behind the last one, after a blank. */
static enum line_fault read_step(const struct pattern *pattern, struct line_parts_read *parts, slice *rest, slice before, size_t i, slice next, struct log_line *ret)
{
	const enum pattern_field field = pattern->steps[i].field;
	const bool is_last = i + 1 == pattern->n;

	if (!next_literal(pattern, rest, before))
		return fault_of(field);

	size_t end = value_end(pattern, *rest, before, field, next, is_last ? FIELD_SKIP : pattern->steps[i + 1].field);

	if (is_last && !next.len && !field_width(field)) {
		end = slice_find(*rest, ' ');
		end = end == SLICE_NONE ? rest->len : end;
	}
	if (end == SLICE_NONE)
		return fault_of(field);

	const slice value = slice_part(*rest, 0, end);

	*rest = slice_after(*rest, end);
	return field_read(field, value, parts, ret);
}

enum line_fault pattern_read(const struct pattern *pattern, struct line_parts_read *parts, slice line, struct log_line *ret)
{
	slice rest = line;
	bool has_dash = false; /* the field before was one */

	fields_begin(parts, ret);
	for (size_t i = 0; i < pattern->n; i++) {
		const struct pattern_step *step = &pattern->steps[i];
		const slice before = slice_after(step->before, has_dash), next = i + 1 == pattern->n ? pattern->after : step[1].before;

		has_dash = next_dash(pattern, &rest, before, next);

		const enum line_fault fault =
			has_dash ? field_read(step->field, SLICE("-"), parts, ret) : read_step(pattern, parts, &rest, before, i, next, ret);

		if (fault)
			return fault;
	}
	if (!next_literal(pattern, &rest, slice_after(pattern->after, has_dash)) || (rest.len && rest.ptr[0] != ' ' && !pattern->pads))
		return LINE_NO_FIELD;
	return fields_end(parts, ret);
}
