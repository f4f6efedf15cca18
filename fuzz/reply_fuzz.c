/* SPDX-License-Identifier: MIT */
/* reply_fuzz.c - replies of SMTP servers: cut anywhere they read the same, and what is read keeps the limits */
#include "fuzz.h"
#include "smtp/reply.h"

/* A hash of everything that was read, in order. */
static uint64_t read_all(slice in, size_t step)
{
	AUTO(reply_reader) struct reply_reader reader;
	uint64_t sum = 0;

	reply_reader_init(&reader);
	while (in.len > 0) {
		slice piece = slice_part(in, 0, step);
		const size_t n = piece.len;

		while (piece.len > 0) {
			AUTO(error) courant_error *error = NULL;
			struct reply reply;
			const int status = reply_read(&reader, &piece, &reply, &error);

			MUST(status >= 0 || courant_error_code(error) == COURANT_PROTOCOL);
			if (status < 0)
				return sum * 31 + 1;
			if (status == 0)
				break;
			MUST(reply.code >= 200 && reply.code <= 599);
			MUST(reply.raw.len <= REPLY_MAX_BYTES + REPLY_LINE_MAX_BYTES && reply.text.len <= reply.raw.len);
			MUST(reply.enhanced[0] == 0 || reply.enhanced[0] == reply.code / 100);
			sum = sum * 31 + (uint64_t)reply.code;
			for (size_t i = 0; i < reply.text.len; i++)
				sum = sum * 31 + (unsigned char)reply.text.ptr[i];
		}
		in = slice_after(in, n);
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice in = slice_from((const char *)data, size);
	const uint64_t whole = read_all(in, size);

	MUST(read_all(in, 1) == whole);
	MUST(read_all(in, 7) == whole);
	return 0;
}
