/* SPDX-License-Identifier: MIT */
/* provider.c - the table of mail providers */
#include "client/provider.h"

#define CODE_HINT(words) "this provider wants an authorisation code (" words ") instead of the account's password: make one in the settings of its web mail"

static const struct provider providers[] = {
	{"126", "smtp.126.com", 465, true, CODE_HINT("授权码")},
	{"163", "smtp.163.com", 465, true, CODE_HINT("授权码")},
	{"aliyun", "smtp.qiye.aliyun.com", 465, true,
	 "this provider wants the mailbox's password, or a safe password (三方客户端安全密码) when the administrator has switched that on"},
	{"exmail", "smtp.exmail.qq.com", 465, true, CODE_HINT("客户端专用密码")},
	{"gmail", "smtp.gmail.com", 465, true, "this provider wants an app password, or an OAuth token by --token-command, instead of the account's password"},
	{"outlook", "smtp.office365.com", 587, false,
	 "this provider wants an OAuth token by --token-command; passwords work only where the administrator allows SMTP AUTH"},
	{"qq", "smtp.qq.com", 465, true, CODE_HINT("授权码")},
};
#undef CODE_HINT
#define N_PROVIDERS (sizeof providers / sizeof *providers)

const struct provider *provider_find(slice name)
{
	for (size_t i = 0; i < N_PROVIDERS; i++)
		if (slice_equal_nocase(name, slice_of(providers[i].name)))
			return &providers[i];
	return NULL;
}

const struct provider *provider_find_host(slice host)
{
	for (size_t i = 0; i < N_PROVIDERS; i++)
		if (slice_equal_nocase(host, slice_of(providers[i].host)))
			return &providers[i];
	return NULL;
}

const struct provider *provider_find_domain(slice domain)
{
	static const struct {
		const char *domain, *provider;
	} rows[] = {
		{"126.com", "126"},         {"163.com", "163"},       {"foxmail.com", "qq"},  {"gmail.com", "gmail"},   {"googlemail.com", "gmail"},
		{"hotmail.com", "outlook"}, {"live.com", "outlook"},  {"outlook.com", "outlook"}, {"qq.com", "qq"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (slice_equal_nocase(domain, slice_of(rows[i].domain)))
			return provider_find(slice_of(rows[i].provider));
	return NULL;
}

const char *const *provider_names(void)
{
	static const char *const names[] = {"126", "163", "aliyun", "exmail", "gmail", "outlook", "qq", NULL};

	return names;
}
