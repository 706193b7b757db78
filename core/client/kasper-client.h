/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-export.h"

G_BEGIN_DECLS

#define KASPER_TYPE_CLIENT (kasper_client_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperClient, kasper_client, KASPER, CLIENT, GObject)

/**
 * KasperUpdateFlags:
 * @KASPER_UPDATE_FLAGS_CONF: conf.xml
 * @KASPER_UPDATE_FLAGS_KASP: kasp.xml
 * @KASPER_UPDATE_FLAGS_ZONELIST: zonelist.xml
 * @KASPER_UPDATE_FLAGS_ALL: all three
 *
 * Which files kasper_client_update() has read again.
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_UPDATE_FLAGS_CONF = 1 << 0,
	KASPER_UPDATE_FLAGS_KASP = 1 << 1,
	KASPER_UPDATE_FLAGS_ZONELIST = 1 << 2,
	KASPER_UPDATE_FLAGS_ALL = 7,
} KasperUpdateFlags;

/**
 * KasperKeyFunc:
 * @fields: (array zero-terminated=1): the names of the values in @row
 * @row: a tuple, one value for each of @fields
 * @user_data: what was given with the function
 *
 * Is told of one key of many.
 *
 * Returns: %FALSE to see no more of them
 *
 * Since: 0.1
 */
typedef gboolean (*KasperKeyFunc)(const gchar *const *fields, GVariant *row, gpointer user_data);

KASPER_EXPORT
KasperClient *kasper_client_new_for_socket(const gchar *path);
KASPER_EXPORT
const gchar *kasper_client_get_socket(KasperClient *self);
KASPER_EXPORT
gboolean kasper_client_open(KasperClient *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
void kasper_client_close(KasperClient *self);

/* the daemon */
KASPER_EXPORT
GVariant *kasper_client_status(KasperClient *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
gint64 kasper_client_enforce(KasperClient *self,
			     const gchar *zone,
			     GCancellable *cancellable,
			     GError **error);
KASPER_EXPORT
gboolean kasper_client_settle(KasperClient *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
gint64 kasper_client_leap(KasperClient *self, gint64 to, GCancellable *cancellable, GError **error);
KASPER_EXPORT
gint64 kasper_client_accept_time(KasperClient *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
GVariant *kasper_client_update(KasperClient *self,
			       KasperUpdateFlags what,
			       gboolean dry_run,
			       GCancellable *cancellable,
			       GError **error);
KASPER_EXPORT
GInputStream *kasper_client_monitor(KasperClient *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
GVariant *kasper_client_list_queue(KasperClient *self,
				   guint limit,
				   GCancellable *cancellable,
				   GError **error);
KASPER_EXPORT
GVariant *kasper_client_list_plugins(KasperClient *self, GCancellable *cancellable, GError **error);

/* zones */
KASPER_EXPORT
GVariant *kasper_client_list_zones(KasperClient *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
GVariant *kasper_client_list_zones_page(KasperClient *self,
					const gchar *after,
					guint limit,
					GCancellable *cancellable,
					GError **error);
KASPER_EXPORT
GVariant *kasper_client_show_zone(KasperClient *self,
				  const gchar *zone,
				  GCancellable *cancellable,
				  GError **error);
KASPER_EXPORT
GVariant *kasper_client_explain(KasperClient *self,
				const gchar *zone,
				const gchar *id,
				GCancellable *cancellable,
				GError **error);
KASPER_EXPORT
GVariant *kasper_client_plan(KasperClient *self,
			     const gchar *zone,
			     gint64 until,
			     GCancellable *cancellable,
			     GError **error);
KASPER_EXPORT
gboolean kasper_client_zone_add(KasperClient *self,
				const gchar *zone,
				const gchar *policy,
				GVariant *files,
				GCancellable *cancellable,
				GError **error);
KASPER_EXPORT
gboolean kasper_client_zone_delete(KasperClient *self,
				   const gchar *zone,
				   GCancellable *cancellable,
				   GError **error);
KASPER_EXPORT
gboolean kasper_client_zone_set_policy(KasperClient *self,
				       const gchar *zone,
				       const gchar *policy,
				       GCancellable *cancellable,
				       GError **error);
KASPER_EXPORT
gboolean kasper_client_zone_adopt_unsigned(KasperClient *self,
					   const gchar *zone,
					   GCancellable *cancellable,
					   GError **error);

/* policies and repositories */
KASPER_EXPORT
GVariant *
kasper_client_list_policies(KasperClient *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
GVariant *kasper_client_show_policy(KasperClient *self,
				    const gchar *policy,
				    GCancellable *cancellable,
				    GError **error);
KASPER_EXPORT
GVariant *
kasper_client_list_repositories(KasperClient *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
GVariant *kasper_client_test_repository(KasperClient *self,
					const gchar *repository,
					GCancellable *cancellable,
					GError **error);

/* keys */
KASPER_EXPORT
GVariant *kasper_client_list_keys(KasperClient *self,
				  GVariant *filter,
				  GCancellable *cancellable,
				  GError **error);
KASPER_EXPORT
gboolean kasper_client_foreach_key(KasperClient *self,
				   GVariant *filter,
				   KasperKeyFunc func,
				   gpointer user_data,
				   GCancellable *cancellable,
				   GError **error);
KASPER_EXPORT
GVariant *kasper_client_show_key(KasperClient *self,
				 const gchar *zone,
				 const gchar *id,
				 GCancellable *cancellable,
				 GError **error);
KASPER_EXPORT
GVariant *kasper_client_export_keys(KasperClient *self,
				    const gchar *zone,
				    const gchar *keystate,
				    const gchar *keytype,
				    GCancellable *cancellable,
				    GError **error);
KASPER_EXPORT
gint64 kasper_client_key_rollover(KasperClient *self,
				  const gchar *zone,
				  const gchar *policy,
				  const gchar *keytype,
				  GCancellable *cancellable,
				  GError **error);
KASPER_EXPORT
GVariant *kasper_client_key_ds_submit(KasperClient *self,
				      const gchar *zone,
				      const gchar *id,
				      gint tag,
				      GCancellable *cancellable,
				      GError **error);
KASPER_EXPORT
GVariant *kasper_client_key_ds_seen(KasperClient *self,
				    const gchar *zone,
				    const gchar *id,
				    gint tag,
				    gboolean no_retire,
				    GCancellable *cancellable,
				    GError **error);
KASPER_EXPORT
GVariant *kasper_client_key_ds_gone(KasperClient *self,
				    const gchar *zone,
				    const gchar *id,
				    gint tag,
				    GCancellable *cancellable,
				    GError **error);
KASPER_EXPORT
GVariant *kasper_client_key_ksk_retire(KasperClient *self,
				       const gchar *zone,
				       const gchar *id,
				       gint tag,
				       GCancellable *cancellable,
				       GError **error);
KASPER_EXPORT
GVariant *kasper_client_key_generate(KasperClient *self,
				     const gchar *policy,
				     gint64 span,
				     gboolean dry_run,
				     GCancellable *cancellable,
				     GError **error);
KASPER_EXPORT
gboolean kasper_client_key_import(KasperClient *self,
				  const gchar *zone,
				  GVariant *key,
				  GCancellable *cancellable,
				  GError **error);
KASPER_EXPORT
gint64 kasper_client_key_purge(KasperClient *self,
			       const gchar *zone,
			       const gchar *policy,
			       GCancellable *cancellable,
			       GError **error);

/* backups */
KASPER_EXPORT
gint64 kasper_client_backup(KasperClient *self,
			    const gchar *verb,
			    const gchar *repository,
			    GCancellable *cancellable,
			    GError **error);
KASPER_EXPORT
GVariant *kasper_client_list_backups(KasperClient *self,
				     const gchar *repository,
				     GCancellable *cancellable,
				     GError **error);

G_END_DECLS
