/* SPDX-License-Identifier: MIT */
/* message.h - composing a mail
 *
 * Two levels. A *message* is what one thinks of: from, to, subject, text, HTML, pictures,
 * attachments; the tree of parts and the envelope follow from that.
 *
 *     courant_error *err = NULL;
 *     courant_message *mail = courant_message_new(&err);
 *
 *     if (!mail || courant_message_set_from(mail, "运维 <ops@example.com>", &err) < 0 ||
 *         courant_message_add_to(mail, "admin@example.com", &err) < 0 ||
 *         courant_message_set_subject(mail, "官网业务服务质量周报", &err) < 0 ||
 *         courant_message_set_html(mail, "<img src=\"cid:weekly\">", &err) < 0 ||
 *         courant_message_add_inline_file(mail, "weekly", "weekly.png", &err) < 0 ||
 *         courant_message_attach_file(mail, "业务服务质量周报(12周).xlsx", &err) < 0)
 *             fprintf(stderr, "%s\n", courant_error_sentence(err));
 *
 * A *part* is one node of the tree (RFC 2045, RFC 2046), for those who build it themselves, as with
 * Python's MIMEBase and its children. A message takes parts wherever it takes content.
 *
 * What comes out can be carried by any server: CRLF line ends, 7-bit bytes, lines of at most 78
 * bytes where they can be folded and never over 998. (UTF-8 remains in the header only for an
 * address whose local part is not ASCII, and in a part for which COURANT_ENCODING_8BIT was asked.)
 *
 * Texts are UTF-8 unless a charset is said. Nothing is repaired silently: CR, LF or NUL in a
 * header, an address, a name or a parameter, bytes that are not UTF-8, an address that is none, a
 * date that does not exist are COURANT_INVALID; the sentence says what and where.
 *
 * Texts that go in are copied. Arguments that are not const (parts, readers) are taken, also when
 * the call fails, and may be NULL: then it failed before, `err` already says why, and the call
 * fails too. (A part that was taken before stays where it is: COURANT_USAGE.) Texts that come out
 * are borrowed until the next call that changes the same object. Functions return 0 or -1 with the
 * error set, or a pointer or NULL. An object is used by one thread at a time; two share nothing. */
#ifndef COURANT_MESSAGE_H
#define COURANT_MESSAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <courant/error.h>
#include <courant/reader.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct courant_message courant_message;
typedef struct courant_part courant_part;

/* As a size: the text ends at its NUL. */
#define COURANT_TERMINATED SIZE_MAX

/* ---- Messages ---- */

COURANT_API courant_message *courant_message_new(courant_error **err);
COURANT_API void courant_message_free(courant_message *); /* takes NULL */

/* Who it is from, "Name <address>" or "address", several with commas between; with several a sender
 * is needed too (RFC 5322, 3.6.2). Replaces what was set. */
COURANT_API int courant_message_set_from(courant_message *, const char *addresses,
					 courant_error **err);
COURANT_API int courant_message_set_sender(courant_message *, const char *address,
					   courant_error **err);

/* Adds recipients: one or more addresses with commas between, groups too ("team: ann@example.org,
 * bob@example.org;"). What can be sent to must be ASCII before the @ unless the server has
 * SMTPUTF8; a domain in UTF-8 becomes its A-labels (xn--…). Those added by add_bcc are in the
 * envelope only, never in the message. */
COURANT_API int courant_message_add_to(courant_message *, const char *addresses,
				       courant_error **err);
COURANT_API int courant_message_add_cc(courant_message *, const char *addresses,
				       courant_error **err);
COURANT_API int courant_message_add_bcc(courant_message *, const char *addresses,
					courant_error **err);
COURANT_API int courant_message_add_reply_to(courant_message *, const char *addresses,
					     courant_error **err);

/* "Name <address>" with the name quoted where it must be, for the functions above. `name` may be
 * NULL or empty. free() it. */
COURANT_API char *courant_address_format(const char *name, const char *address,
					 courant_error **err);

COURANT_API int courant_message_set_subject(courant_message *, const char *subject,
					    courant_error **err);

/* The Date: milliseconds since 1970 and the offset of the writer's clock, in seconds east of UTC
 * (whole minutes, under a day). Without it: the moment of composing, in UTC. */
COURANT_API int courant_message_set_date(courant_message *, int64_t instant_ms, int offset_s,
					 courant_error **err);

/* "<left@right>", the angle brackets may be left out. Without it one is made: random, at the domain
 * of the first From address. */
COURANT_API int courant_message_set_message_id(courant_message *, const char *id,
					       courant_error **err);
/* The Message-ID, with its brackets. Made now when there is none yet: NULL before
 * courant_message_set_from() in that case. */
COURANT_API const char *courant_message_id(courant_message *, courant_error **err);

/* One or more message ids, with blanks between. */
COURANT_API int courant_message_set_in_reply_to(courant_message *, const char *ids,
						courant_error **err);
COURANT_API int courant_message_set_references(courant_message *, const char *ids,
					       courant_error **err);

/* Any other header, added at the end. The value is unstructured text unless the name is known to
 * hold addresses, message ids, URLs or parameters; it is encoded and folded accordingly. A header
 * that has a function of its own (From, Subject, Bcc, Content-Type …) is COURANT_INVALID. */
COURANT_API int courant_message_add_header(courant_message *, const char *name, const char *value,
					   courant_error **err);
/* The same, replacing all of that name. */
COURANT_API int courant_message_set_header(courant_message *, const char *name, const char *value,
					   courant_error **err);
/* The first of that name as it was given, or NULL. */
COURANT_API const char *courant_message_header(const courant_message *, const char *name);
/* Removes all of that name; says how many there were. */
COURANT_API size_t courant_message_remove_header(courant_message *, const char *name);

/* The plain text and the HTML. Each replaces what was set. With both, readers choose
 * (multipart/alternative). Line ends may be LF or CRLF. */
COURANT_API int courant_message_set_text(courant_message *, const char *text, courant_error **err);
COURANT_API int courant_message_set_html(courant_message *, const char *html, courant_error **err);
/* The same with a part, of courant_text_new() for instance, when there is more to say: a charset,
 * an encoding, format=flowed. */
COURANT_API int courant_message_set_text_part(courant_message *, courant_part *part,
					      courant_error **err);
COURANT_API int courant_message_set_html_part(courant_message *, courant_part *part,
					      courant_error **err);

/* One more alternative, after text and HTML: a calendar invitation, text/x-amp-html. The later is
 * the richer (RFC 2046, 5.1.4). */
COURANT_API int courant_message_add_alternative(courant_message *, courant_part *part,
						courant_error **err);

/* A picture inside the HTML, where <img src="cid:CID"> stands: `cid` is "weekly" or
 * "weekly@example.com". Every cid: of the HTML must have its part and every such part its cid:,
 * else composing is COURANT_INVALID and names it. (RFC 2392 wants an @ in it; it is written as it
 * is given, for HTML passes unchanged.) A part without a name gets one: weekly.png. */
COURANT_API int courant_message_add_inline(courant_message *, const char *cid, courant_part *part,
					   courant_error **err);
COURANT_API int courant_message_add_inline_file(courant_message *, const char *cid,
						const char *path, courant_error **err);

/* An attachment. The part should have a name (courant_part_set_name()); from a file it has the
 * file's. */
COURANT_API int courant_message_attach(courant_message *, courant_part *part, courant_error **err);
COURANT_API int courant_message_attach_file(courant_message *, const char *path,
					    courant_error **err);

/* The whole content as a tree built by hand, instead of all the above (text, HTML, inline,
 * attachments): both together are COURANT_USAGE. */
COURANT_API int courant_message_set_body(courant_message *, courant_part *part,
					 courant_error **err);

/* Makes the output repeatable: boundaries and the Message-ID follow from the seed and the content
 * instead of chance. (Set the date as well.) */
COURANT_API void courant_message_set_seed(courant_message *, uint64_t seed);

/* Where and from whom it travels. An address in two forms: `utf8` as a person writes it, `ascii`
 * with the domain in A-labels; `ascii` is NULL when the local part is not ASCII: then only a server
 * with SMTPUTF8 can take it (RFC 6531). Both are addr-specs without brackets. */
struct courant_envelope_address {
	const char *ascii;
	const char *utf8;
};
struct courant_envelope {
	struct courant_envelope_address sender; /* "" and "": the empty return path */
	const struct courant_envelope_address
		*recipients; /* To, Cc, Bcc in this order, each address once */
	size_t n;
};
/* The envelope that follows from the message: the Sender or else the first From; the recipients.
 * Borrowed until the message changes. COURANT_INVALID without a sender. */
COURANT_API int courant_message_envelope(courant_message *, struct courant_envelope *ret,
					 courant_error **err);
/* Replaces it: an addr-spec, or "" for the empty return path of reports and bounces. */
COURANT_API int courant_message_set_envelope_sender(courant_message *, const char *address,
						    courant_error **err);
/* Replaces the recipients: the first call forgets To, Cc and Bcc as far as the envelope is
 * concerned. */
COURANT_API int courant_message_add_envelope_recipient(courant_message *, const char *address,
						       courant_error **err);

/* The message as bytes to be read. The reader borrows the message, which must live and stay
 * unchanged meanwhile; a second reader of the same message may only be used when the first is
 * freed. Its size is known beforehand; a file that has shrunk or grown since then, or cannot be
 * read, is COURANT_IO: what was read before is no whole message then. Constant memory whatever the
 * attachments hold. COURANT_INVALID when the message lacks From or does not fit together (a cid:
 * without its part, several From without a Sender). */
COURANT_API courant_reader *courant_message_reader_new(courant_message *, courant_error **err);

/* What is known of these bytes, without reading them all. */
COURANT_API int courant_message_facts(courant_message *, struct courant_facts *ret,
				      courant_error **err);

/* All of it in memory, with a NUL behind that does not count; free() it. */
COURANT_API char *courant_message_take_bytes(courant_message *, size_t *ret_len,
					     courant_error **err);

/* ---- Making parts ---- */

/* text/SUBTYPE. `subtype`: "plain", "html" …; NULL is plain. `charset`: NULL is UTF-8, checked:
 * COURANT_INVALID names line and column of the first byte that is not; any other charset is kept as
 * it is and labelled. NUL is refused. The text is copied; `size` in bytes, or COURANT_TERMINATED.
 * LF and CRLF end lines, a lone CR is a character. */
COURANT_API courant_part *courant_text_new(const void *text, size_t size, const char *subtype,
					   const char *charset, courant_error **err);
/* The text in another charset: converted now (iconv). COURANT_INVALID names the first character
 * that the charset lacks. */
COURANT_API int courant_text_convert(courant_part *, const char *charset, courant_error **err);
/* Text whose long lines a reader may wrap as it likes (format=flowed, RFC 3676): paragraphs are
 * written in lines of at most 78 columns. Only text/plain. */
COURANT_API int courant_text_set_flowed(courant_part *, courant_error **err);

/* image/SUBTYPE, audio/SUBTYPE, application/SUBTYPE. The data is a reader: bytes in memory, a file,
 * or a source of one's own (reader.h). `subtype` NULL: found out from the first bytes (png jpeg gif
 * webp bmp svg tiff ico avif; wav mp3 ogg flac m4a aac midi; pdf zip gzip docx xlsx pptx …);
 * COURANT_INVALID for an image or audio that is not recognised, application/octet-stream otherwise.
 */
COURANT_API courant_part *courant_image_new(courant_reader *data, const char *subtype,
					    courant_error **err);
COURANT_API courant_part *courant_audio_new(courant_reader *data, const char *subtype,
					    courant_error **err);
COURANT_API courant_part *courant_application_new(courant_reader *data, const char *subtype,
						  courant_error **err);
/* Any type: "type/subtype", with parameters if there are any ("application/pkcs7-mime;
 * smime-type=signed-data"). Not multipart. */
COURANT_API courant_part *courant_data_new(courant_reader *data, const char *type,
					   courant_error **err);
/* Bytes whose type is to be found out from their beginning, else from the ending of `name`; a text
 * in UTF-8 is labelled so. `name` is the file name, without its folders; NULL: none. */
COURANT_API courant_part *courant_file_new(courant_reader *data, const char *name,
					   courant_error **err);

/* A message inside the message (message/rfc822). Never base64 (RFC 2046, 5.2.1): lines over 998
 * bytes or NULs are COURANT_INVALID; LF becomes CRLF. */
COURANT_API courant_part *courant_embedded_new(courant_reader *message, courant_error **err);

/* text/calendar in UTF-8 (RFC 5545, RFC 6047). `method` ("REQUEST", "CANCEL" …) must be the METHOD
 * of the calendar itself; NULL takes it from there. */
COURANT_API courant_part *courant_calendar_new(const void *text, size_t size, const char *method,
					       courant_error **err);

/* multipart/SUBTYPE: mixed, related, alternative, digest, report … */
COURANT_API courant_part *courant_multipart_new(const char *subtype, courant_error **err);
/* The text between the parts: 1 to 70 of the characters of RFC 2046, 5.1.1. It must not occur in
 * the parts: composing looks, and fails with COURANT_INVALID. Without it one is made. */
COURANT_API int courant_multipart_set_boundary(courant_part *, const char *boundary,
					       courant_error **err);
/* Attaches a part at the end, and takes it. COURANT_USAGE when `whole` is no multipart,
 * COURANT_TOO_LARGE over 100 levels. */
COURANT_API int courant_multipart_add(courant_part *whole, courant_part *part, courant_error **err);
COURANT_API size_t courant_multipart_count(const courant_part *);
/* The i-th, still owned by the multipart; NULL when there is none. */
COURANT_API courant_part *courant_multipart_at(courant_part *, size_t i);

COURANT_API void courant_part_free(courant_part *); /* takes NULL; its parts and readers too */

/* ---- Headers of a part ---- */

/* "text/html", in lower case, without parameters. */
COURANT_API const char *courant_part_type(const courant_part *);

/* Headers as they were given, not yet encoded; names in any case, written as given. Kinds as in
 * courant_message_add_header(). Content-Type and Content-Disposition are taken apart, so that
 * parameters can be set on their own. On a part Bcc and Content-Transfer-Encoding are refused
 * (courant_part_set_encoding()). */
COURANT_API int courant_part_add_header(courant_part *, const char *name, const char *value,
					courant_error **err);
COURANT_API int courant_part_set_header(courant_part *, const char *name, const char *value,
					courant_error **err);
COURANT_API const char *courant_part_header(const courant_part *, const char *name);
COURANT_API size_t courant_part_remove_header(courant_part *, const char *name);
COURANT_API size_t courant_part_header_count(const courant_part *);
/* The i-th header; false when there is none. */
COURANT_API bool courant_part_header_at(const courant_part *, size_t i, const char **ret_name,
					const char **ret_value);

/* A parameter of Content-Type or Content-Disposition, in UTF-8; written quoted, or by RFC 2231
 * where it must be. `value` NULL removes it. */
COURANT_API int courant_part_set_parameter(courant_part *, const char *header, const char *name,
					   const char *value, courant_error **err);
COURANT_API const char *courant_part_parameter(const courant_part *, const char *header,
					       const char *name);

/* The file name, in UTF-8: Content-Disposition's filename (RFC 2231 when it is not ASCII) and, for
 * readers that know only that, Content-Type's name (an encoded word). Folders, control characters
 * and leading dots are taken out; COURANT_INVALID when nothing is left. */
COURANT_API int courant_part_set_name(courant_part *, const char *name, courant_error **err);
/* The charset of the encoded word in Content-Type's name: "gb18030" for readers that know nothing
 * else. NULL: UTF-8 again. */
COURANT_API int courant_part_set_name_charset(courant_part *, const char *charset,
					      courant_error **err);
/* "id@host", brackets may be left out. */
COURANT_API int courant_part_set_content_id(courant_part *, const char *id, courant_error **err);

enum courant_encoding {
	COURANT_ENCODING_AUTO, /* by measure: text as 7bit, quoted-printable or base64, whichever is
				  shortest and safe; anything else as base64 */
	COURANT_ENCODING_7BIT,
	COURANT_ENCODING_8BIT, /* the server must have 8BITMIME then */
	COURANT_ENCODING_QUOTED_PRINTABLE,
	COURANT_ENCODING_BASE64
};
/* 7bit and 8bit are checked when composing: COURANT_INVALID when the content does not allow it. */
COURANT_API int courant_part_set_encoding(courant_part *, enum courant_encoding encoding,
					  courant_error **err);

/* The part with its headers, as the root of a message: MIME-Version is there. As with
 * courant_message_reader_new() and courant_message_take_bytes(). */
COURANT_API courant_reader *courant_part_reader_new(courant_part *, courant_error **err);
COURANT_API char *courant_part_take_bytes(courant_part *, size_t *ret_len, courant_error **err);
/* For repeatable boundaries. */
COURANT_API void courant_part_set_seed(courant_part *, uint64_t seed);

#ifdef __cplusplus
}
#endif
#endif
