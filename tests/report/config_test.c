/* SPDX-License-Identifier: MIT */
/* config_test.c - courant.yaml: its accounts, their order, its faults, and who may read it */
#include "report/config.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "tap.h"

/* The file in the test's folder, with this mode. */
static int load(const char *text, mode_t mode, struct faults *faults, struct config *ret,
                courant_error **err)
{
	static char path[400];
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(sizeof path);

	buffer_printf(&name, "%s/courant.yaml", tap_folder());
	if (buffer_check(&name, NULL) == 0)
		memcpy(path, name.bytes, name.len + 1);
	CHECK_INT(file_write_atomic(path, slice_of(text), mode, NULL), 0);
	CHECK_INT(chmod(path, mode), 0);
	faults_init(faults, SLICE("courant.yaml"));
	return config_load(path, faults, ret, err);
}

static void accounts_come_in_their_order(void)
{
	static const char text[] =
	        "accounts:\n"
	        "  office: {server: 'smtp://ops@mail.example.com', from: 运维 <ops@example.com>, password_command: pass show ops}\n"
	        "  backup: {server: 'smtps://ops@mail2.example.com', password_file: /etc/courant/backup, token_command: token ops, proxy: 'socks5://127.0.0.1:1080'}\n"
	        "account: [backup, office]\n"
	        "owner: oncall@example.com\n"
	        "aliases: /etc/courant/aliases\n"
	        "language: zh\n"
	        "timezone: Asia/Shanghai\n"
	        "reports: reports.d/*.yaml\n";
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(config) struct config config = {0};
	courant_error *err = NULL;

	CHECK_INT(load(text, 0644, &faults, &config, &err), 0);
	if (!CHECK_NO_ERROR(err))
		return;
	CHECK_INT(config.n_accounts, 2);
	CHECK_TEXT(config_account_at(&config, 0)->name, "backup");
	CHECK_TEXT(config_account_at(&config, 0)->token_command, "token ops");
	CHECK_TEXT(config_account_at(&config, 0)->proxy, "socks5://127.0.0.1:1080");
	CHECK_TEXT(config_account_at(&config, 1)->password_command, "pass show ops");
	CHECK(config_account_at(&config, 2) == NULL);
	CHECK(config_find_account(&config, SLICE("home")) == NULL);
	CHECK_TEXT(config.owner, "oncall@example.com");
	CHECK_TEXT(config.aliases, "/etc/courant/aliases");
	CHECK(config.has_language && config.language == LANGUAGE_ZH);
	CHECK_TEXT(config.timezone, "Asia/Shanghai");
	CHECK_TEXT(config.reports.items[0], "reports.d/*.yaml");
}

static void an_outbox_is_a_file_or_more(void)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(config) struct config config = {0};
	AUTO(buffer) struct buffer beside = BUFFER_LIMIT(1000);

	CHECK_INT(load("outbox: /var/lib/courant/outbox.db\n", 0644, &faults, &config, NULL), 0);
	CHECK_TEXT(config.outbox.file, "/var/lib/courant/outbox.db");
	CHECK(!config.outbox.holds_unknown && !config.outbox.socket);
	config_release(&config);
	CHECK_INT(load("outbox:\n  file: outbox.db\n  socket: /run/x\n  unknown: hold\n  give_up: 2 d\n  keep: 30 d\n  connections: 4\n", 0644, &faults, &config,
	               NULL),
	          0);
	/* Beside the configuration. */
	buffer_printf(&beside, "%s/outbox.db", tap_folder());
	CHECK_TEXT(config.outbox.file, beside.bytes);
	CHECK_TEXT(config.outbox.socket, "/run/x");
	CHECK(config.outbox.holds_unknown);
	CHECK_INT(config.outbox.give_up_ms, 2 * MS_PER_DAY);
	CHECK_INT(config.outbox.keep_ms, 30 * MS_PER_DAY);
	CHECK_INT(config.outbox.connections, 4);
}

static void an_empty_configuration_is_one(void)
{
	AUTO(faults) struct faults faults = {.n = 0};
	AUTO(config) struct config config = {0};
	courant_error *err = NULL;

	CHECK_INT(load("# nothing yet\n", 0644, &faults, &config, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK(config_account_at(&config, 0) == NULL);
}

static void passwords_are_for_the_owner_alone(void)
{
	static const struct {
		const char *name, *text;
		mode_t mode;
		bool is_refused;
	} rows[] = {
	        {"a password that others may read",
	         "accounts: {a: {server: 'smtp://a@x.org', password: geheim}}\n", 0644, true},
	        {"one that the group may read",
	         "accounts: {a: {server: 'smtp://a@x.org', password: geheim}}\n", 0640, true},
	        {"one in the address", "accounts: {a: {server: 'smtp://a:geheim@x.org'}}\n", 0644,
	         true},
	        {"one that only the owner may read",
	         "accounts: {a: {server: 'smtp://a@x.org', password: geheim}}\n", 0600, false},
	        {"no password",
	         "accounts: {a: {server: 'smtp://a@x.org:587', password_file: /x}}\n", 0644, false},
	};

	EACH (row, rows) {
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(config) struct config config = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(load(row->text, row->mode, &faults, &config, &err),
		          row->is_refused ? -1 : 0);
		if (row->is_refused)
			CHECK_ERROR(err, COURANT_CONFIG, "others may read it: chmod 600");
		else
			CHECK_NO_ERROR(err);
	}
}

static void faults_are_told_with_their_places(void)
{
	static const struct {
		const char *name, *text, *faults;
	} rows[] = {
	        {"an unknown key", "acounts: {}\n",
	         "courant.yaml:1:1: unknown key \"acounts\" in the configuration; did you mean \"accounts\"?\n"},
	        {"an unknown key of an account", "accounts: {a: {sever: x}}\n",
	         "courant.yaml:1:16: unknown key \"sever\" in an account; did you mean \"server\"?\n"},
	        {"an account without a server", "accounts: {a: {from: a@x.org}}\n",
	         "courant.yaml:1:12: the account \"a\" needs a \"server\"\n"},
	        {"an account that is not there",
	         "accounts: {office: {server: mx}}\naccount: ofice\n",
	         "courant.yaml:2:10: unknown account \"ofice\"; did you mean \"office\"?\n"},
	        {"an outbox without a file", "outbox: {keep: 7 d}\n",
	         "courant.yaml:1:1: \"outbox\" needs a \"file\"\n"},
	        {"an outbox that keeps for a second", "outbox: {file: x, keep: 1 s}\n",
	         "courant.yaml:1:25: \"keep\" must be a time from 1 h to 3660 d, not \"1 s\"\n"},
	        {"samples that nobody keeps", "serve: {collect: 1 min}\n",
	         "courant.yaml:1:1: \"serve\" takes samples that nobody keeps: \"samples: FOLDER\" says where\n"},
	        {"probes of nothing", "samples: x\nserve: {probe: 1 min}\n",
	         "courant.yaml:2:1: \"serve\" probes nothing: \"targets: URL\" says what\n"},
	        {"a bad address", "owner: nobody\n",
	         "courant.yaml:1:8: Sender: address \"nobody\" has no @\n"},
	};

	EACH (row, rows) {
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(config) struct config config = {0};
		AUTO(buffer) struct buffer told = BUFFER_LIMIT(4000);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(load(row->text, 0600, &faults, &config, &err), -1);
		CHECK_ERROR(err, COURANT_CONFIG, "has 1 fault");
		faults_write(&faults, &told);
		CHECK_TEXT(told.bytes ? told.bytes : "", row->faults);
	}
}

/* What config_write() writes is read as the same texts. */
static void written_texts_are_read_again(void)
{
	static const char *const texts[] = {
	        "plain",      "smtp://ops@mail.example.com:587?tls=none&timeout=30", "运维 <ops@example.com>", "\"O'Brien, Ann\" <ann@example.com>",
	        "pass: word", "# no comment", "{a}", "[a]", "- a", "a #b", " blanks ", "~", "null", "*alias", "&anchor", "!tag", "%directive", "@at", "`tick",
	        "a: b", "a:", "back\\slash", "\"", "'", "tab\there", "yes", "1", "?", "|", ">", "a, b", "a]b", "a}b", "=", "<<",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *text = texts[i];
		const struct config_account account = {
		        .name = (char *)text, .server = (char *)"smtp://x", .from = (char *)"Ops <ops@example.com>", .password = (char *)text, .token_command = (char *)text};
		AUTO(buffer) struct buffer written = BUFFER_LIMIT(10000);
		AUTO(faults) struct faults faults = {.n = 0};
		AUTO(config) struct config config = {0};
		courant_error *err = NULL;

		tap_row(text);
		config_write(&written, &account, "oncall@example.com");
		CHECK_INT(load(written.bytes, 0600, &faults, &config, &err), 0);
		CHECK_NO_ERROR(err);
		CHECK_INT(config.n_accounts, 1);
		if (config.n_accounts != 1)
			continue;
		CHECK_TEXT(config.accounts[0].name, text);
		CHECK_TEXT(config.accounts[0].password, text);
		CHECK_TEXT(config.accounts[0].token_command, text);
		CHECK_TEXT(config.accounts[0].from, "Ops <ops@example.com>");
		CHECK(!config.accounts[0].password_file);
		CHECK_TEXT(config.owner, "oncall@example.com");
	}
}

TESTS(TEST(written_texts_are_read_again), TEST(accounts_come_in_their_order), TEST(an_outbox_is_a_file_or_more), TEST(an_empty_configuration_is_one),
      TEST(passwords_are_for_the_owner_alone), TEST(faults_are_told_with_their_places))
