/* SPDX-License-Identifier: MIT */
/* tokens.h - the colours and type of the HTML rendering, each in one place
 *
 * Text colours stand on GROUND or TINT with a contrast of at least 4.5; the verdict's pairs are in html.c's table of statuses. */
#ifndef COURANT_RENDER_TOKENS_H
#define COURANT_RENDER_TOKENS_H

#define GROUND     "#ffffff"
#define TINT       "#f5f7f9"
#define INK        "#14181f" /* title, verdict, large figures */
#define TEXT       "#2a303a"
#define GREY       "#5c6573" /* labels, units, notes, axes */
#define RULE       "#d9dde3"
#define FAINT      "#eceff3"
#define BLUE       "#0072b2" /* bars */
#define ALARM_BAR  "#d55e00"
#define ALARM_TEXT "#b34700"
#define BETTER     "#00694d"
#define MARK       "#7a4d00" /* our own dead links */
#define FRAME      "#c9ced6"
#define UP         "#5a9bc8" /* hours of the availability strip */
#define SOME       "#e69f00"
#define NO_DATA    "#a3abb7"
#define LINK       "#00598c"

#define SANS "Arial,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif"
#define MONO "Consolas,Menlo,'DejaVu Sans Mono',monospace"

/* Size and line height, as every text cell carries them. */
#define TYPE_TITLE   "font-size:20px;line-height:27px"
#define TYPE_VERDICT "font-size:18px;line-height:27px"
#define TYPE_FIGURE  "font-size:22px;line-height:30px"
#define TYPE_SECTION "font-size:16px;line-height:22px"
#define TYPE_BODY    "font-size:14px;line-height:21px"
#define TYPE_LEAD    "font-size:13px;line-height:19px"
#define TYPE_ROW     "font-size:13px;line-height:18px"
#define TYPE_NOTE    "font-size:12px;line-height:17px"
#define TYPE_FOOTER  "font-size:12px;line-height:18px"

#define TILE_BELOW_PX 14

/* A layout table over the whole width; a data table lacks the role. */
#define TABLE_WHOLE  " border=\"0\" cellpadding=\"0\" cellspacing=\"0\" width=\"100%\" style=\"width:100%;border-collapse:collapse"
#define LAYOUT_TABLE "<table role=\"presentation\"" TABLE_WHOLE
#define DATA_TABLE   "<table" TABLE_WHOLE

/* A cell that is only colour: no text height. */
#define NO_TEXT "font-size:0;line-height:0"
#endif
