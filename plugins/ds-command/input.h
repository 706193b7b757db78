/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* what a program finds on its standard input */
typedef enum {
	DS_MODE_SET,	/* "1.4": the DNSKEY records of the whole set */
	DS_MODE_SINGLE, /* "2.1": the DNSKEY record of one key a call */
	DS_MODE_DS,	/* "ds": the DS records of the whole set */
} DsMode;

/* FALSE: there is no such mode */
gboolean ds_mode_parse(const gchar *text, DsMode *ret_mode);
const gchar *ds_mode_to_string(DsMode mode);

/* @keys: (element-type KasperDsKey) */
gchar *ds_input_new(GPtrArray *keys, DsMode mode, gboolean cka_id);
/* (transfer full) (element-type KasperDsKey): those of @keys that are not in @others */
GPtrArray *ds_keys_subtract(GListModel *keys, GListModel *others);
/* key tags, separated by blanks */
gchar *ds_keys_to_tags(GPtrArray *keys);

G_END_DECLS
