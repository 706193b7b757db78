/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine-private.h"

G_BEGIN_DECLS

/* rows of at most so many octets in a page, whatever was asked for: a message stays far from the
 * 128 MiB that D-Bus allows */
#define KASPER_PAGE_BYTES (4 * 1024 * 1024)

/* kasper-rows.c: fields of a row of type a{sv} */
void kasper_row_add_value(GVariantBuilder *row, const gchar *name, GVariant *value);
/* @text: NULL is as good as "" */
void kasper_row_add_text(GVariantBuilder *row, const gchar *name, const gchar *text);
/* a time, a span or any number that may be large */
void kasper_row_add_time(GVariantBuilder *row, const gchar *name, gint64 time);
void kasper_row_add_count(GVariantBuilder *row, const gchar *name, gint64 count);
void kasper_row_add_flag(GVariantBuilder *row, const gchar *name, gboolean flag);
/* a row from a client: has it all @fields, "NAME TYPE,NAME TYPE"? What is passed over in silence
 * would be taken for something else */
gboolean kasper_row_check(GVariant *row, const gchar *what, const gchar *fields, GError **error);

/* kasper-key-row.c: @out holds nothing but the row, in little-endian order, when it returns */
void kasper_key_row_write(const KasperKeyRow *row, GByteArray *out);
/* (transfer full): of KASPER_KEY_ROW_TYPE */
GVariant *kasper_key_row_to_tuple(const KasperKeyRow *row);
/* all fields @but those, whose names have commas between them */
void kasper_key_row_add_fields(const KasperKeyRow *row, const gchar *but, GVariantBuilder *fields);

/* kasper-key-query.c: a filter as it comes from a client; owns what @filter points to */
typedef struct {
	KasperKeyFilter filter;
	gchar *zone;
	gchar *policy;
	gchar *state;
	gchar *id;
} KasperKeyQuery;

gboolean kasper_key_query_parse(KasperKeyQuery *self,
				KasperEngine *engine,
				GVariant *filter,
				GError **error);
/* the same for the arguments of an export */
gboolean kasper_key_query_set_zone(KasperKeyQuery *self,
				   KasperEngine *engine,
				   const gchar *zone,
				   GError **error);
gboolean kasper_key_query_set_state(KasperKeyQuery *self, const gchar *state, GError **error);
gboolean kasper_key_query_set_type(KasperKeyQuery *self, const gchar *keytype, GError **error);
void kasper_key_query_clear(KasperKeyQuery *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperKeyQuery, kasper_key_query_clear)

/* kasper-key-rows.c */
gboolean kasper_engine_each_key(KasperEngine *self,
				const KasperKeyFilter *filter,
				KasperKeyRowFunc func,
				gpointer user_data,
				GError **error);

/* kasper-key-export.c: DNSKEY and DS lines of a key, as fields "dnskey" and "ds" */
gboolean kasper_key_row_add_records(const KasperKeyRow *row,
				    const KasperPolicy *policy,
				    GVariantBuilder *fields,
				    GError **error);

/* kasper-key-stream.c: milliseconds that a reader may take nothing before the list waits without a
 * view of the store, and before it is cut off */
typedef struct {
	gint pause;
	gint patience;
} KasperKeyStreamTimes;

/* as kasper_engine_stream_keys(); takes what @query owns, and closes @fd */
gboolean kasper_key_stream_start(const gchar *path,
				 KasperKeyQuery *query,
				 gint fd,
				 const KasperKeyStreamTimes *times,
				 GError **error);
/* lists that are being written */
guint kasper_key_stream_count(void);

/* kasper-queue-rows.c: a{sv} of an intent */
GVariant *kasper_engine_intent_to_row(KasperEngine *self, const KasperIntentRow *intent);

/* kasper-repository-rows.c: NULL with KASPER_ERROR_NOT_FOUND */
KasperRepository *
kasper_engine_look_up_repository(KasperEngine *self, const gchar *name, GError **error);

G_END_DECLS
