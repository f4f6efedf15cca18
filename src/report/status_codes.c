/* SPDX-License-Identifier: MIT */
/* status_codes.c - RFC 9110, section 15, and the codes beyond it that access logs hold */
#include "report/status_codes.h"

static const struct {
	unsigned code;
	const char *meanings[LANGUAGES];
} codes[] = {
#define CODE(number, en, zh)                                                                       \
	{                                                                                          \
		number,                                                                            \
		{                                                                                  \
			[LANGUAGE_EN] = (en), [LANGUAGE_ZH] = (zh)                                 \
		}                                                                                  \
	}
        CODE(100, "continue", "继续"),
        CODE(101, "switching protocols", "切换协议"),
        CODE(102, "processing", "处理中"),
        CODE(103, "early hints", "预先提示"),
        CODE(200, "OK", "成功"),
        CODE(201, "created", "已创建"),
        CODE(202, "accepted", "已接受"),
        CODE(203, "altered on the way", "非权威信息"),
        CODE(204, "no content", "无内容"),
        CODE(205, "reset content", "重置内容"),
        CODE(206, "partial content", "部分内容"),
        CODE(207, "multi-status", "多状态"),
        CODE(208, "already reported", "已报告"),
        CODE(226, "delta", "增量内容"),
        CODE(300, "multiple choices", "多种选择"),
        CODE(301, "moved for good", "永久跳转"),
        CODE(302, "found, redirect", "临时跳转"),
        CODE(303, "see other", "见其他地址"),
        CODE(304, "not modified", "未修改，缓存有效"),
        CODE(305, "use proxy", "使用代理"),
        CODE(307, "temporary redirect", "临时跳转（方法不变）"),
        CODE(308, "permanent redirect", "永久跳转（方法不变）"),
        CODE(400, "bad request", "请求有误"),
        CODE(401, "login required", "需要登录"),
        CODE(402, "payment required", "需要付款"),
        CODE(403, "forbidden", "拒绝访问"),
        CODE(404, "not found", "未找到"),
        CODE(405, "method not allowed", "方法不允许"),
        CODE(406, "not acceptable", "无可接受的内容"),
        CODE(407, "proxy login required", "代理需要登录"),
        CODE(408, "request timeout", "请求超时"),
        CODE(409, "conflict", "冲突"),
        CODE(410, "gone", "已永久删除"),
        CODE(411, "length required", "缺少长度"),
        CODE(412, "precondition failed", "前提不满足"),
        CODE(413, "content too large", "请求体过大"),
        CODE(414, "address too long", "地址过长"),
        CODE(415, "unsupported media type", "媒体类型不支持"),
        CODE(416, "range not satisfiable", "范围无效"),
        CODE(417, "expectation failed", "期望不满足"),
        CODE(418, "teapot", "茶壶"),
        CODE(421, "misdirected request", "请求错投"),
        CODE(422, "unprocessable content", "内容无法处理"),
        CODE(423, "locked", "已锁定"),
        CODE(424, "failed dependency", "依赖失败"),
        CODE(425, "too early", "过早"),
        CODE(426, "upgrade required", "需要升级协议"),
        CODE(428, "precondition required", "缺少前提条件"),
        CODE(429, "too many requests", "请求过多"),
        CODE(431, "headers too large", "请求头过大"),
        CODE(444, "closed without answer (nginx)", "不应答即关闭（nginx）"),
        CODE(451, "unavailable for legal reasons", "因法律原因不可用"),
        CODE(494, "header too large (nginx)", "请求头过大（nginx）"),
        CODE(495, "bad client certificate (nginx)", "客户端证书有误（nginx）"),
        CODE(496, "no client certificate (nginx)", "缺少客户端证书（nginx）"),
        CODE(497, "HTTP sent to HTTPS port (nginx)", "向 HTTPS 端口发送 HTTP（nginx）"),
        CODE(499, "client closed connection (nginx)", "客户端断开（nginx）"),
        CODE(500, "internal server error", "服务器内部错误"),
        CODE(501, "not implemented", "未实现"),
        CODE(502, "bad gateway", "网关错误"),
        CODE(503, "service unavailable", "服务不可用"),
        CODE(504, "gateway timeout", "网关超时"),
        CODE(505, "HTTP version not supported", "HTTP 版本不支持"),
        CODE(506, "variant also negotiates", "内容协商循环"),
        CODE(507, "insufficient storage", "存储空间不足"),
        CODE(508, "loop detected", "检测到循环"),
        CODE(510, "not extended", "未扩展"),
        CODE(511, "network login required", "需要网络登录"),
#undef CODE
};

slice status_code_meaning(uint64_t code, enum language language)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		if (codes[i].code == code)
			return slice_of(codes[i].meanings[language]);
	}
	return SLICE("");
}
