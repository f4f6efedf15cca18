/* SPDX-License-Identifier: MIT */
/* enqueue.c - into the outbox, or to its server (enqueue.h) */
#include "cli/enqueue.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/printable.h"
#include "table/export.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)

/* ---- where to ---- */

/* The file, or where it is to be made. */
static bool may_write(const char *path)
{
	AUTO(buffer) struct buffer folder = BUFFER_LIMIT(4096);
	const size_t slash = slice_find_last(slice_of(path), '/');

	if (access(path, F_OK) == 0)
		return access(path, W_OK) == 0;
	buffer_append(&folder, slash == SLICE_NONE ? SLICE(".") : slice_part(slice_of(path), 0, slash ? slash : 1));
	return folder.bytes && access(folder.bytes, W_OK | X_OK) == 0;
}

static const char *socket_of(const struct config *config)
{
	return config->outbox.socket ? config->outbox.socket : ENQUEUE_SOCKET;
}

static bool somebody_listens(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	AUTO(close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof address.sun_path)
		return false;
	memcpy(address.sun_path, path, strlen(path) + 1);
	return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

enum enqueue_place enqueue_find(const struct config *config)
{
	if (config->outbox.file && may_write(config->outbox.file))
		return ENQUEUE_FILE;
	return somebody_listens(socket_of(config)) ? ENQUEUE_SERVER : ENQUEUE_NOWHERE;
}

int enqueue_choose(const struct cli_call *call, const struct config *config, enum enqueue_place *ret, courant_error **err)
{
	*ret = enqueue_find(config);
	if (*ret != ENQUEUE_NOWHERE)
		return 0;
	if (!config->outbox.file)
		return fail(err, COURANT_CONFIG, "there is no outbox: \"outbox: /var/lib/courant/outbox.db\" in courant.yaml makes one");
	cli_warn(call, "this user may not write %s, and courant serve does not answer at %s: the mail is sent at once", config->outbox.file, socket_of(config));
	return 0;
}

int enqueue_target(const struct config *config, struct target *ret, courant_error **err)
{
	AUTO(target) struct target target = {.kind = TARGET_SMTP, .protocol = COURANT_LMTP, .tls = COURANT_TLS_NONE, .host = mem_copy_text(socket_of(config))};

	if (!target.host)
		return fail_memory(err);
	if (target_finish(&target, err) < 0)
		return -1;
	*ret = target;
	target = (struct target){0};
	return 0;
}

/* ---- the outbox ---- */

/* A mail that waits for the sync, with what its lines will say. */
struct waiting {
	struct enqueue *enqueue;
	char *label;
	char **addresses;
	size_t n;
};

struct enqueue {
	const struct cli_call *call;
	struct outbox *outbox;
	struct outbox_order order;
	bool is_json;
	struct waiting **waiting;
	size_t n_waiting;
};

static void waiting_free(struct waiting *waiting)
{
	if (!waiting)
		return;
	for (size_t i = 0; waiting->addresses && i < waiting->n; i++)
		free(waiting->addresses[i]);
	free(waiting->addresses);
	free(waiting->label);
	free(waiting);
}
AUTO_DEFINE(waiting, struct waiting, waiting_free)

static void forget_waiting(struct enqueue *enqueue)
{
	for (size_t i = 0; i < enqueue->n_waiting; i++)
		waiting_free(enqueue->waiting[i]);
	free(enqueue->waiting);
	enqueue->waiting = NULL;
	enqueue->n_waiting = 0;
}

static bool has_json(const struct cli_command *command)
{
	for (size_t i = 0; i < command->n_options; i++)
		if (strcmp(command->options[i].name, "json") == 0)
			return true;
	return false;
}

struct enqueue *enqueue_open(const struct cli_call *call, const struct config *config, const struct outbox_order *order, courant_error **err)
{
	AUTO(enqueue) struct enqueue *enqueue = mem_alloc(sizeof *enqueue);

	if (!enqueue) {
		(void)fail_memory(err);
		return NULL;
	}
	enqueue->call = call;
	enqueue->order = *order;
	enqueue->is_json = has_json(call->command) && cli_flag(call, "json");
	enqueue->outbox = outbox_open(config->outbox.file, OUTBOX_WRITE, err);
	return enqueue->outbox ? STEAL(enqueue) : NULL;
}

void enqueue_free(struct enqueue *enqueue)
{
	if (!enqueue)
		return;
	forget_waiting(enqueue);
	outbox_free(enqueue->outbox);
	free(enqueue);
}

struct outbox *enqueue_outbox(const struct enqueue *enqueue)
{
	return enqueue->outbox;
}

/* ---- lines ---- */

static void print_queued(const struct waiting *waiting, const char *address, int64_t mail)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(LINE_MAX_BYTES);

	if (waiting->enqueue->is_json) {
		buffer_append(&line, SLICE("{\"recipient\":"));
		export_json_text(&line, slice_of(address));
		if (waiting->label) {
			buffer_append(&line, SLICE(",\"message\":"));
			export_json_text(&line, slice_of(waiting->label));
		}
		buffer_printf(&line, ",\"outcome\":\"queued\",\"mail\":%lld}\n", (long long)mail);
	} else if (!waiting->enqueue->call->is_quiet) {
		buffer_append(&line, SLICE("queued    "));
		printable_write(&line, slice_of(address));
		buffer_printf(&line, "  as %lld\n", (long long)mail);
	}
	(void)cli_print(buffer_peek(&line), NULL); /* it is queued, whoever hears of it */
}

static void on_stored(void *context, int64_t mail, size_t n_recipients)
{
	const struct waiting *waiting = context;

	/* Fewer than there were: some had this report already. */
	if (n_recipients < waiting->n && !waiting->enqueue->call->is_quiet)
		cli_warn(waiting->enqueue->call, "%zu of %zu recipients have had this report already", waiting->n - n_recipients, waiting->n);
	for (size_t i = 0; n_recipients == waiting->n && i < waiting->n; i++)
		print_queued(waiting, waiting->addresses[i], mail);
}

/* ---- putting ---- */

static struct waiting *waiting_new(struct enqueue *enqueue, const struct courant_mail *mail, const char *label, courant_error **err)
{
	AUTO(waiting) struct waiting *waiting = mem_alloc(sizeof *waiting);
	bool is_fine = waiting && (waiting->addresses = mem_array(mail->n_recipients, sizeof *waiting->addresses)) &&
		       (!label || (waiting->label = mem_copy_text(label)));

	for (size_t i = 0; is_fine && i < mail->n_recipients; i++, waiting->n++) {
		const struct courant_path *path = &mail->recipients[i].path;

		waiting->addresses[i] = mem_copy_text(path->utf8 ? path->utf8 : path->ascii);
		is_fine = waiting->addresses[i] != NULL;
	}
	if (is_fine) {
		waiting->enqueue = enqueue;
		return STEAL(waiting);
	}
	(void)fail_memory(err);
	return NULL;
}

int enqueue_put(struct enqueue *enqueue, const struct courant_mail *mail, const char *label, courant_error **err)
{
	AUTO(waiting) struct waiting *waiting = waiting_new(enqueue, mail, label, err);
	struct waiting **grown = waiting ? mem_resize(enqueue->waiting, enqueue->n_waiting + 1, sizeof(struct waiting *)) : NULL;
	struct outbox_order order = enqueue->order;

	if (!grown)
		return fail_memory(err);
	enqueue->waiting = grown;
	order.stored = on_stored;
	order.context = waiting;
	if (outbox_put(enqueue->outbox, mail, &order, enqueue->call->now_ms, err) < 0)
		return -1;
	enqueue->waiting[enqueue->n_waiting++] = STEAL(waiting);
	return outbox_is_full(enqueue->outbox) ? enqueue_finish(enqueue, err) : 0;
}

int enqueue_finish(struct enqueue *enqueue, courant_error **err)
{
	const int status = outbox_sync(enqueue->outbox, err);
	const size_t n = enqueue->n_waiting;

	forget_waiting(enqueue);
	if (status < 0)
		return n > 1 ? fail_within(err, "%zu mails were not queued", n) : fail_within(err, "the mail was not queued");
	return 0;
}
