/* SPDX-License-Identifier: MIT */
/* values.h - the kinds of values that our YAML files hold: each reads one, or tells a fault at its place */
#ifndef COURANT_REPORT_VALUES_H
#define COURANT_REPORT_VALUES_H
#include "base/texts.h"
#include "report/yaml.h"
#include "table/words.h"

/* Any text; *field is freed first. Without memory the field stays NULL and a fault says so. */
void value_read_text(char **field, const struct yaml_node *key, const struct yaml_node *value,
                     struct faults *);

/* Whether it is a text without control characters; false with a fault. */
bool value_check_line(const struct yaml_node *key, const struct yaml_node *value, struct faults *, slice *ret);

/* A text without control characters: what becomes a header or a heading. */
void value_read_line(char **field, const struct yaml_node *key, const struct yaml_node *value,
                     struct faults *);

/* "Name <address>", one of them. */
void value_read_address(char **field, const struct yaml_node *key, const struct yaml_node *value,
                        struct faults *);

/* A list of addresses, or one; each may be several with commas between. */
void value_read_addresses(struct texts *, const struct yaml_node *key,
                          const struct yaml_node *value, struct faults *);

/* A list of texts, or one. */
void value_read_texts(struct texts *, const struct yaml_node *key, const struct yaml_node *value,
                      struct faults *);

/* "Asia/Shanghai", "+08:00": one that zone_load knows. */
void value_read_zone(char **field, const struct yaml_node *key, const struct yaml_node *value,
                     struct faults *);

/* "https://monitor.example.com/": http or https. */
void value_read_link(char **field, const struct yaml_node *key, const struct yaml_node *value,
                     struct faults *);

void value_read_language(enum language *, bool *ret_has, const struct yaml_node *key,
                         const struct yaml_node *value, struct faults *);

/* "1 %", "0.5%" as 0.01, 0.005; at most 100 %, or 1000 % where `max` is 10. */
void value_read_percent(double *, double max, const struct yaml_node *key,
                        const struct yaml_node *value, struct faults *);

/* "300 ms", "1.5 s": in seconds. */
void value_read_seconds(double *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* "90 %", "300 ms", "20 GiB", "5 MB/s", "1.5": in units of one (0.9, 0.3 …); ">=" or "<=" may stand in front, and *ret_is_floor is whether it
 * is the former. False with a fault. */
bool value_read_limit(double *, bool *ret_is_floor, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* "yes" or "no". */
void value_read_yes(bool *, const struct yaml_node *key, const struct yaml_node *value, struct faults *);

/* A whole number from min to max. */
void value_read_count(unsigned *, unsigned min, unsigned max, const struct yaml_node *key,
                      const struct yaml_node *value, struct faults *);

/* "6 h", "15 min", "3 d": milliseconds, from min_ms to max_ms. */
void value_read_duration(uint64_t *, uint64_t min_ms, uint64_t max_ms, const struct yaml_node *key,
                         const struct yaml_node *value, struct faults *);

/* One of the words (NULL at the end), by its index. */
void value_read_word(unsigned *, const char *const *words, const struct yaml_node *key,
                     const struct yaml_node *value, struct faults *);

/* The fault at the value's place, with the error's sentence; takes the error. */
void value_fault(const struct yaml_node *value, courant_error *error, struct faults *);
/* Whether the text is an http or https URL without blanks and controls: what 更多 » may point to. */
bool value_is_link(slice);
/* "#0072B2" */
bool value_is_colour(slice);
#endif
