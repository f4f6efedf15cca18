/* SPDX-License-Identifier: MIT */
/* sasl_oauth.c - OAUTHBEARER (RFC 7628) and XOAUTH2, which GNU SASL has not
 *
 * One message with the token. A server that refuses it answers with a challenge of JSON first,
 * which wants an empty answer (XOAUTH2) or a single ^A (RFC 7628, 3.2.3), and then with its
 * refusal. */
#include "base/alloc.h"
#include "base/secret.h"
#include "smtp/sasl.h"

struct sasl_session {
	bool is_bearer; /* OAUTHBEARER */
	bool has_sent;
	const struct courant_login *login;
};

static bool oauth_has(const char *mechanism)
{
	(void)mechanism;
	return true;
}

static struct sasl_session *oauth_start(const char *mechanism, const struct courant_login *login,
					const struct courant_tls_facts *tls, courant_error **err)
{
	struct sasl_session *ours = mem_alloc(sizeof *ours);

	(void)tls;
	if (!ours) {
		(void)fail_memory(err);
		return NULL;
	}
	ours->is_bearer = slice_equal(slice_of(mechanism), SLICE("OAUTHBEARER"));
	ours->login = login;
	return ours;
}

/* A saslname (RFC 5801, 4): '=' and ',' are escaped. */
static void write_name(struct buffer *ret, slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '=')
			buffer_append(ret, SLICE("=3D"));
		else if (name.ptr[i] == ',')
			buffer_append(ret, SLICE("=2C"));
		else
			buffer_append_byte(ret, name.ptr[i]);
}

static void write_bearer(const struct courant_login *login, struct buffer *ret)
{
	buffer_append(ret, SLICE("n,a="));
	write_name(ret, slice_of(login->user));
	buffer_append_byte(ret, ',');
	if (login->host) {
		buffer_append(ret, SLICE("\1host="));
		buffer_append(ret, slice_of(login->host));
	}
	if (login->port) {
		buffer_append(ret, SLICE("\1port="));
		buffer_append_u64(ret, login->port);
	}
}

static int oauth_step(struct sasl_session *ours, slice challenge, struct buffer *ret,
		      bool *ret_done, courant_error **err)
{
	(void)challenge;
	*ret_done = !ours->has_sent;
	if (ours->has_sent) {
		if (ours->is_bearer)
			buffer_append_byte(ret, '\1');
		return buffer_check(ret, err);
	}
	ours->has_sent = true;
	if (ours->is_bearer) {
		write_bearer(ours->login, ret);
	} else {
		buffer_append(ret, SLICE("user="));
		buffer_append(ret, slice_of(ours->login->user));
	}
	buffer_append(ret, SLICE("\1auth=Bearer "));
	buffer_append(ret, slice_of(ours->login->token));
	buffer_append(ret, SLICE("\1\1"));
	return buffer_check(ret, err);
}

static void oauth_free(struct sasl_session *ours)
{
	free(ours);
}

const struct sasl_calls sasl_oauth = {oauth_has, oauth_start, oauth_step, oauth_free};
