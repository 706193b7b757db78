/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* how a value reads for people; programs get it as it is */
typedef enum {
	CLI_VALUE_PLAIN,     /* as its type says */
	CLI_VALUE_TIME,	     /* an instant, in UTC */
	CLI_VALUE_SPAN,	     /* seconds; negative: never */
	CLI_VALUE_LIFETIME,  /* seconds; 0: without an end */
	CLI_VALUE_ALGORITHM, /* a number with a name */
	CLI_VALUE_LIMIT,     /* a number; negative: there is none */
} CliValueKind;

/* one line, nothing in it that a terminal would obey; NULL or nothing: "-". (transfer full) */
gchar *cli_value_to_text(GVariant *value, CliValueKind kind);

G_END_DECLS
