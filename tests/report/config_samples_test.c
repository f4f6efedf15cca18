/* SPDX-License-Identifier: MIT */
#include "report/config_samples.h"

#include "tap.h"

struct read {
	struct config_samples samples;
	struct faults faults;
};

static void read_samples(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	config_read_samples(into, key, value, faults);
}

static void read_mysql(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	config_read_mysql(into, key, value, faults);
}

static void read_targets(void *into, const struct yaml_node *key, const struct yaml_node *value, struct faults *faults)
{
	config_read_targets(into, key, value, faults);
}

static void parse(const char *text, struct read *ret)
{
	static const struct yaml_key keys[] = {{"samples", read_samples}, {"mysql", read_mysql}, {"targets", read_targets}};
	AUTO(yaml) struct yaml yaml = {0};

	*ret = (struct read){.samples = {0}};
	faults_init(&ret->faults, SLICE("courant.yaml"));
	CHECK(yaml_parse(slice_of(text), &ret->faults, &yaml, NULL) == 0);
	if (yaml.root)
		yaml_read_map(yaml.root, "x", keys, 3, &ret->samples, &ret->faults);
}

static void release(struct read *read)
{
	config_samples_release(&read->samples);
	faults_release(&read->faults);
}

static void all_of_it_is_read(void)
{
	struct read read;

	parse("samples: /var/lib/courant\n"
	      "mysql: {host: db.example.com, port: 3307, user: courant, password_file: /etc/courant/mysql, ca_file: ca.pem, tls: none}\n"
	      "targets:\n"
	      "  - https://www.example.com/\n"
	      "  - {name: 登录, url: 'https://www.example.com/login', status: [200, 3xx], body: Password, timeout: 5 s, every: 30 s, redirects: follow}\n",
	      &read);
	CHECK(faults_is_empty(&read.faults));
	CHECK_TEXT(read.samples.folder, "/var/lib/courant");
	CHECK_TEXT(read.samples.mysql.host, "db.example.com");
	CHECK_INT(read.samples.mysql.port, 3307);
	CHECK(read.samples.mysql.is_clear);
	CHECK_TEXT(read.samples.mysql.password_file, "/etc/courant/mysql");
	if (!CHECK_INT(read.samples.n_targets, 2))
		return;
	CHECK_TEXT(read.samples.targets[0].name, "https://www.example.com/");

	const struct probe_target *login = &read.samples.targets[1];

	CHECK_TEXT(login->name, "登录");
	CHECK_TEXT(login->body, "Password");
	CHECK_INT(login->n_statuses, 2);
	CHECK_INT(login->timeout_ms, 5000);
	CHECK_INT(login->every_ms, 30000);
	CHECK(login->follows);
	release(&read);
}

static void faults_have_their_place(void)
{
	static const struct {
		const char *name, *text, *fault;
	} rows[] = {
		{"no URL", "targets:\n  - www.example.com\n", "courant.yaml:2:5: \"www.example.com\" is no URL such as"},
		{"an unknown key", "targets:\n  - {url: 'http://a/', tiemout: 5}\n", "courant.yaml:2:24: unknown key of a target \"tiemout\"; did you mean \"timeout\"?"},
		{"a status that is none", "targets:\n  - {url: 'http://a/', status: [200, ok]}\n", "courant.yaml:2:38: \"ok\" is no status such as"},
		{"no url among options", "targets:\n  - {name: a}\n", "courant.yaml:2:6: a target needs a \"url\""},
		{"the same name twice", "targets: ['http://a/', 'http://a/']\n", "courant.yaml:1:24: two targets are called \"http://a/\""},
		{"a list", "targets: [[a]]\n", "a target is a URL, or a map with a \"url\", not a list"},
		{"both ways to MySQL", "mysql: {host: a, socket: b}\n", "courant.yaml:1:1: \"mysql\" is reached either by a \"host\" or by a \"socket\""},
		{"a port that is none", "mysql: {host: a, port: x}\n", "courant.yaml:1:24: \"port\" must be a whole number from 1 to 65535"},
		{"an unknown key of MySQL", "mysql: {hots: a}\n", "courant.yaml:1:9: "},
		{"a password in the file", "mysql: {password: secret}\n", "courant.yaml:1:9: "},
		{"TLS that is neither", "mysql: {tls: maybe}\n", "maybe"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(65536);
		struct read read;

		tap_row(row->name);
		parse(row->text, &read);
		faults_write(&read.faults, &text);
		if (!CHECK(slice_find_slice(buffer_peek(&text), slice_of(row->fault)) != SLICE_NONE))
			CHECK_TEXT(text.bytes, row->fault); /* shows both */
		release(&read);
	}
}

TESTS(TEST(all_of_it_is_read), TEST(faults_have_their_place))
