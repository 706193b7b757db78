/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-key-store.h"

#include "kasper-algorithm.h"
#include "kasper-contract-private.h"

#define KASPER_KEY_STORE_ALL ((guint)(KASPER_KEY_STORE_SIGNS | KASPER_KEY_STORE_PARALLEL))

/**
 * KasperKeyStore:
 *
 * Keeps private keys. A key's identity is the id that Kasper chose before the key was made. All
 * functions may block, and are called on worker threads: one at a time, unless the store has
 * %KASPER_KEY_STORE_PARALLEL.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE(KasperKeyStore, kasper_key_store, KASPER_TYPE_PLUGIN)

static void
kasper_key_store_default_init(KasperKeyStoreInterface *iface)
{
}

/* what is wrong with @key, of which @id was asked for; NULL: nothing */
static const gchar *
kasper_key_store_find_fault(KasperKeyInfo *key, const gchar *id)
{
	GBytes *public_key = kasper_key_info_get_public_key(key);
	guint algorithm = kasper_key_info_get_algorithm(key);

	if (!kasper_contract_is_key_id(kasper_key_info_get_id(key)))
		return "returned a key whose id is not lower-case hex";
	if (id != NULL && g_strcmp0(kasper_key_info_get_id(key), id) != 0)
		return "returned another key than was asked for";
	if (public_key != NULL && kasper_algorithm_is_known(algorithm) &&
	    kasper_algorithm_count_bits(algorithm, public_key) == 0)
		return "returned a malformed public key";
	return NULL;
}

static const gchar *
kasper_key_store_find_fault_of_new(KasperKeyInfo *made, KasperKeyInfo *wanted)
{
	GBytes *public_key = kasper_key_info_get_public_key(made);
	guint algorithm = kasper_key_info_get_algorithm(wanted);
	const gchar *fault = kasper_key_store_find_fault(made, kasper_key_info_get_id(wanted));
	guint bits = kasper_algorithm_get_bits(algorithm, kasper_key_info_get_bits(wanted));

	if (fault != NULL)
		return fault;
	if (kasper_key_info_get_algorithm(made) != algorithm)
		return "made a key of another algorithm than was asked for";
	if (public_key == NULL)
		return "made a key and did not give its public key";
	if (kasper_algorithm_count_bits(algorithm, public_key) != bits)
		return "made a key of another size than was asked for";
	return NULL;
}

/**
 * kasper_key_store_make_key:
 * @self: a key store
 * @wanted: id, algorithm and size of the key
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Makes the key pair that @wanted describes.
 *
 * Errors: %KASPER_ERROR_EXISTS if the id is there already; %KASPER_ERROR_NOT_SUPPORTED if the store
 * is full or cannot make such keys; %KASPER_ERROR_UNKNOWN_OUTCOME if the key may be there.
 *
 * Returns: (transfer full): the key, with its public key
 *
 * Since: 0.1
 */
KasperKeyInfo *
kasper_key_store_make_key(KasperKeyStore *self,
			  KasperKeyInfo *wanted,
			  GCancellable *cancellable,
			  GError **error)
{
	KasperKeyStoreInterface *iface;
	g_autoptr(KasperKeyInfo) made = NULL;
	GError *cause = NULL;
	const gchar *fault;

	g_return_val_if_fail(KASPER_IS_KEY_STORE(self), NULL);
	g_return_val_if_fail(KASPER_IS_KEY_INFO(wanted), NULL);

	iface = KASPER_KEY_STORE_GET_IFACE(self);
	if (iface->make_key == NULL) {
		kasper_contract_missing(self, "make_key", error);
		return NULL;
	}
	made = iface->make_key(self, wanted, cancellable, &cause);
	if (!kasper_contract_settle(self, "make_key", made != NULL, cause, error))
		return NULL;
	fault = kasper_key_store_find_fault_of_new(made, wanted);
	if (fault != NULL) {
		kasper_contract_broken(self, "make_key", fault, error);
		return NULL;
	}
	return g_steal_pointer(&made);
}

/**
 * kasper_key_store_look_up_key:
 * @self: a key store
 * @id: a key's id
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Finds a key.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND only if the store answered and has no such key.
 *
 * Returns: (transfer full): the key, with its public key where the store can tell it
 *
 * Since: 0.1
 */
KasperKeyInfo *
kasper_key_store_look_up_key(KasperKeyStore *self,
			     const gchar *id,
			     GCancellable *cancellable,
			     GError **error)
{
	KasperKeyStoreInterface *iface;
	g_autoptr(KasperKeyInfo) found = NULL;
	GError *cause = NULL;
	const gchar *fault;

	g_return_val_if_fail(KASPER_IS_KEY_STORE(self), NULL);
	g_return_val_if_fail(id != NULL, NULL);

	iface = KASPER_KEY_STORE_GET_IFACE(self);
	if (iface->look_up_key == NULL) {
		kasper_contract_missing(self, "look_up_key", error);
		return NULL;
	}
	found = iface->look_up_key(self, id, cancellable, &cause);
	if (!kasper_contract_settle(self, "look_up_key", found != NULL, cause, error))
		return NULL;
	fault = kasper_key_store_find_fault(found, id);
	if (fault != NULL) {
		kasper_contract_broken(self, "look_up_key", fault, error);
		return NULL;
	}
	return g_steal_pointer(&found);
}

static const gchar *
kasper_key_store_find_fault_of_list(GListModel *keys)
{
	guint n = g_list_model_get_n_items(keys);

	if (!g_type_is_a(g_list_model_get_item_type(keys), KASPER_TYPE_KEY_INFO))
		return "returned a list of something else than KasperKeyInfo";
	for (guint i = 0; i < n; i++) {
		g_autoptr(KasperKeyInfo) key = g_list_model_get_item(keys, i);
		const gchar *fault = kasper_key_store_find_fault(key, NULL);

		if (fault != NULL)
			return fault;
	}
	return NULL;
}

/**
 * kasper_key_store_list_keys:
 * @self: a key store
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Lists all key pairs, whoever made them, in no particular order.
 *
 * Returns: (transfer full): a list of #KasperKeyInfo
 *
 * Since: 0.1
 */
GListModel *
kasper_key_store_list_keys(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	KasperKeyStoreInterface *iface;
	g_autoptr(GListModel) keys = NULL;
	GError *cause = NULL;
	const gchar *fault;

	g_return_val_if_fail(KASPER_IS_KEY_STORE(self), NULL);

	iface = KASPER_KEY_STORE_GET_IFACE(self);
	if (iface->list_keys == NULL) {
		kasper_contract_missing(self, "list_keys", error);
		return NULL;
	}
	keys = iface->list_keys(self, cancellable, &cause);
	if (!kasper_contract_settle(self, "list_keys", keys != NULL, cause, error))
		return NULL;
	fault = kasper_key_store_find_fault_of_list(keys);
	if (fault != NULL) {
		kasper_contract_broken(self, "list_keys", fault, error);
		return NULL;
	}
	return g_steal_pointer(&keys);
}

/**
 * kasper_key_store_destroy_key:
 * @self: a key store
 * @id: a key's id
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Destroys a key pair for good.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND if the store answered and has no such key;
 * %KASPER_ERROR_UNKNOWN_OUTCOME if it may be gone.
 *
 * Returns: %TRUE if it is gone
 *
 * Since: 0.1
 */
gboolean
kasper_key_store_destroy_key(KasperKeyStore *self,
			     const gchar *id,
			     GCancellable *cancellable,
			     GError **error)
{
	KasperKeyStoreInterface *iface;
	GError *cause = NULL;
	gboolean done;

	g_return_val_if_fail(KASPER_IS_KEY_STORE(self), FALSE);
	g_return_val_if_fail(id != NULL, FALSE);

	iface = KASPER_KEY_STORE_GET_IFACE(self);
	if (iface->destroy_key == NULL)
		return kasper_contract_missing(self, "destroy_key", error);
	done = iface->destroy_key(self, id, cancellable, &cause);
	return kasper_contract_settle(self, "destroy_key", done, cause, error);
}

/**
 * kasper_key_store_sign_data:
 * @self: a key store
 * @key: a key of the store
 * @data: what is to be signed; the digest is made by the store
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Signs.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND if there is no such key; %KASPER_ERROR_NOT_SUPPORTED if the store
 * does not sign (see %KASPER_KEY_STORE_SIGNS).
 *
 * Returns: (transfer full): the signature as in an RRSIG record (RFC 3110, 6605, 8080)
 *
 * Since: 0.1
 */
GBytes *
kasper_key_store_sign_data(KasperKeyStore *self,
			   KasperKeyInfo *key,
			   GBytes *data,
			   GCancellable *cancellable,
			   GError **error)
{
	KasperKeyStoreInterface *iface;
	g_autoptr(GBytes) signature = NULL;
	GError *cause = NULL;

	g_return_val_if_fail(KASPER_IS_KEY_STORE(self), NULL);
	g_return_val_if_fail(KASPER_IS_KEY_INFO(key), NULL);
	g_return_val_if_fail(data != NULL, NULL);

	iface = KASPER_KEY_STORE_GET_IFACE(self);
	if (iface->sign_data == NULL) {
		kasper_contract_missing(self, "sign_data", error);
		return NULL;
	}
	signature = iface->sign_data(self, key, data, cancellable, &cause);
	if (!kasper_contract_settle(self, "sign_data", signature != NULL, cause, error))
		return NULL;
	if (g_bytes_get_size(signature) == 0) {
		kasper_contract_broken(self, "sign_data", "returned an empty signature", error);
		return NULL;
	}
	return g_steal_pointer(&signature);
}

/**
 * kasper_key_store_self_test:
 * @self: a key store
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Looks whether the store could work, and changes nothing. A store without a test of its own
 * passes.
 *
 * Returns: %TRUE if nothing is wrong
 *
 * Since: 0.1
 */
gboolean
kasper_key_store_self_test(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	KasperKeyStoreInterface *iface;
	GError *cause = NULL;
	gboolean done;

	g_return_val_if_fail(KASPER_IS_KEY_STORE(self), FALSE);

	iface = KASPER_KEY_STORE_GET_IFACE(self);
	if (iface->self_test == NULL)
		return TRUE;
	done = iface->self_test(self, cancellable, &cause);
	return kasper_contract_settle(self, "self_test", done, cause, error);
}

/**
 * kasper_key_store_get_capabilities:
 * @self: a key store
 *
 * What the store can do. Does not block, and does not change while the store is open.
 *
 * Returns: #KasperKeyStoreCapabilities, ored
 *
 * Since: 0.1
 */
guint
kasper_key_store_get_capabilities(KasperKeyStore *self)
{
	KasperKeyStoreInterface *iface;

	g_return_val_if_fail(KASPER_IS_KEY_STORE(self), 0);

	iface = KASPER_KEY_STORE_GET_IFACE(self);
	return iface->get_capabilities != NULL
		   ? iface->get_capabilities(self) & KASPER_KEY_STORE_ALL
		   : 0;
}

/**
 * kasper_key_store_get_free_room:
 * @self: a key store
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * How many more key pairs fit. Nobody knowing is an answer, and no error.
 *
 * Returns: a number of key pairs; -1: nobody knows
 *
 * Since: 0.1
 */
gint64
kasper_key_store_get_free_room(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	KasperKeyStoreInterface *iface;
	GError *cause = NULL;
	gint64 room;

	g_return_val_if_fail(KASPER_IS_KEY_STORE(self), -1);

	iface = KASPER_KEY_STORE_GET_IFACE(self);
	if (iface->get_free_room == NULL)
		return -1;
	room = iface->get_free_room(self, cancellable, &cause);
	if (cause != NULL) {
		kasper_contract_settle(self, "get_free_room", room >= 0, cause, error);
		return -1;
	}
	if (room < -1)
		kasper_contract_broken(self, "get_free_room", "returned less than -1", error);
	return MAX(room, -1);
}
