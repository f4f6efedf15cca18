/* SPDX-License-Identifier: MIT */
/* entity.h - a message that was read: the tree of its parts (RFC 2045, RFC 2046), their names and
 * decoded contents
 *
 * An entity says where it lies in the bytes: its header, its body, the parts inside. Nothing is
 * copied or changed, so what is written again is byte for byte what was read. What a stranger got
 * wrong is understood as other readers do; only limits and missing memory are errors. */
#ifndef COURANT_MIME_ENTITY_H
#define COURANT_MIME_ENTITY_H
#include <courant/message.h>

#include "mime/header_parse.h"

#define ENTITY_DEPTH_MAX 100
#define ENTITIES_MAX     10000

struct entity {
	slice bytes; /* all of it */
	slice body;  /* behind its header */
	struct header header;
	struct parameters type;        /* text/plain when there is none, or none that can be read */
	struct parameters disposition; /* without a word when there is none */
	enum courant_encoding encoding; /* AUTO: one that is not known; the body stays as it is */
	bool is_uuencoded;
	struct entity **parts; /* of a multipart, or the one message inside message/rfc822 */
	size_t n_parts;
	size_t space;
	slice preamble, epilogue; /* of a multipart */
	bool is_unfinished;       /* a multipart whose last boundary is missing */
};

/* Everything lies in the arena, but for the bytes, which are borrowed. COURANT_TOO_LARGE over a
 * limit. */
int entity_parse(struct entity **ret, struct arena *, slice bytes, courant_error **err);

/* The body without its transfer encoding. The buffer needs a limit of at least the body's size. */
void entity_content(const struct entity *, struct buffer *ret);
/* The same for text, in UTF-8; what is not of its charset becomes U+FFFD. An unknown charset is
 * read as UTF-8. */
void entity_text(const struct entity *, struct buffer *ret);

/* The file name, from Content-Disposition or else Content-Type; {NULL, 0}: none. */
slice entity_name(const struct entity *);

/* Its bytes, put together from the header, the body, or the parts and what stands between them. */
void entity_write(const struct entity *, struct buffer *);
#endif
