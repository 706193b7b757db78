/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-key-info.h"
#include "kasper-plugin.h"

G_BEGIN_DECLS

/**
 * KasperKeyStoreCapabilities:
 * @KASPER_KEY_STORE_SIGNS: sign_data() works; without it keys get no canary signature
 * @KASPER_KEY_STORE_PARALLEL: slots may be called from several threads at a time
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_KEY_STORE_SIGNS = 1 << 0,
	KASPER_KEY_STORE_PARALLEL = 1 << 1,
} KasperKeyStoreCapabilities;

#define KASPER_TYPE_KEY_STORE (kasper_key_store_get_type())
KASPER_EXPORT
G_DECLARE_INTERFACE(KasperKeyStore, kasper_key_store, KASPER, KEY_STORE, KasperPlugin)

/**
 * KasperKeyStoreInterface:
 * @parent_iface: the parent interface
 * @make_key: required; makes the key pair that @wanted describes, under the id that it names, and
 *   returns it with its public key. If the id is there already it fails with
 *   %KASPER_ERROR_EXISTS; a full token with %KASPER_ERROR_NOT_SUPPORTED
 * @look_up_key: required; %KASPER_ERROR_NOT_FOUND only if the store answered and has no such key
 * @list_keys: required; a #GListModel of #KasperKeyInfo
 * @destroy_key: required; %KASPER_ERROR_NOT_FOUND if there is no such key
 * @sign_data: optional; the signature in the form of an RRSIG record (RFC 3110, 6605, 8080)
 * @self_test: optional; a look at the token that changes nothing
 * @get_capabilities: optional; #KasperKeyStoreCapabilities, ored
 * @get_free_room: optional; how many more key pairs fit; -1: nobody knows
 *
 * Keeps private keys. All slots run on worker threads and may block.
 *
 * Since: 0.1
 */
struct _KasperKeyStoreInterface {
	GTypeInterface parent_iface;

	KasperKeyInfo *(*make_key)(KasperKeyStore *self,
				   KasperKeyInfo *wanted,
				   GCancellable *cancellable,
				   GError **error);
	KasperKeyInfo *(*look_up_key)(KasperKeyStore *self,
				      const gchar *id,
				      GCancellable *cancellable,
				      GError **error);
	GListModel *(*list_keys)(KasperKeyStore *self, GCancellable *cancellable, GError **error);
	gboolean (*destroy_key)(KasperKeyStore *self,
				const gchar *id,
				GCancellable *cancellable,
				GError **error);
	GBytes *(*sign_data)(KasperKeyStore *self,
			     KasperKeyInfo *key,
			     GBytes *data,
			     GCancellable *cancellable,
			     GError **error);
	gboolean (*self_test)(KasperKeyStore *self, GCancellable *cancellable, GError **error);
	guint (*get_capabilities)(KasperKeyStore *self);
	gint64 (*get_free_room)(KasperKeyStore *self, GCancellable *cancellable, GError **error);
};

KASPER_EXPORT
KasperKeyInfo *kasper_key_store_make_key(KasperKeyStore *self,
					 KasperKeyInfo *wanted,
					 GCancellable *cancellable,
					 GError **error);
KASPER_EXPORT
KasperKeyInfo *kasper_key_store_look_up_key(KasperKeyStore *self,
					    const gchar *id,
					    GCancellable *cancellable,
					    GError **error);
KASPER_EXPORT
GListModel *
kasper_key_store_list_keys(KasperKeyStore *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
gboolean kasper_key_store_destroy_key(KasperKeyStore *self,
				      const gchar *id,
				      GCancellable *cancellable,
				      GError **error);
KASPER_EXPORT
GBytes *kasper_key_store_sign_data(KasperKeyStore *self,
				   KasperKeyInfo *key,
				   GBytes *data,
				   GCancellable *cancellable,
				   GError **error);
KASPER_EXPORT
gboolean
kasper_key_store_self_test(KasperKeyStore *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
guint kasper_key_store_get_capabilities(KasperKeyStore *self);
KASPER_EXPORT
gint64
kasper_key_store_get_free_room(KasperKeyStore *self, GCancellable *cancellable, GError **error);

G_END_DECLS
