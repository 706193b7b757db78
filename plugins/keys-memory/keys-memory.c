/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys-memory.h"

#include <string.h>

#include "hollow.h"
#include "pair.h"
#include "real.h"
#include "state-file.h"

#define RSA_BITS_MIN 1024
#define RSA_BITS_MAX 4096

struct _KeysMemory {
	GObject parent_instance;

	/* final when it is open */
	gchar *state_file;
	gint64 capacity; /* key pairs; -1: no limit */
	gboolean hollow;

	GMutex lock;
	/* under the lock */
	gboolean is_open;
	GHashTable *pairs;   /* set of KeysPair */
	KeysStateFile *file; /* NULL: they go with the process */
};

typedef enum {
	PROP_STATE_FILE = 1,
	PROP_CAPACITY,
	PROP_HOLLOW,
} KeysMemoryProperty;

static gboolean
keys_memory_open(KasperPlugin *plugin, GCancellable *cancellable, GError **error)
{
	KeysMemory *self = KEYS_MEMORY(plugin);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	if (self->state_file != NULL && *self->state_file != '\0' && self->file == NULL) {
		g_hash_table_remove_all(self->pairs);
		self->file = keys_state_file_open(self->state_file, self->pairs, error);
		if (self->file == NULL)
			return FALSE;
	}
	self->is_open = TRUE;
	return TRUE;
}

static void
keys_memory_close(KasperPlugin *plugin)
{
	KeysMemory *self = KEYS_MEMORY(plugin);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	self->is_open = FALSE;
	g_clear_pointer(&self->file, keys_state_file_close);
}

/* the lock is held */
static gboolean
keys_memory_check_open(KeysMemory *self, GError **error)
{
	if (!self->is_open)
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_TRY_AGAIN,
				    "the key store is not open");
	return self->is_open;
}

/* (transfer full): something that has the id, and nothing else, to look for */
static KeysPair *
keys_memory_parse_id(const gchar *id, GError **error)
{
	guint8 octets[KEYS_ID_MAX];
	gsize length = keys_parse_hex(id, strlen(id), octets, sizeof octets);

	if (length > 0)
		return keys_pair_new(0, 0, octets, length, NULL, NULL);
	g_set_error(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_INVALID,
	    "\"%s\" is not the id of a key: that is an even number of hex digits, at most %d",
	    id,
	    2 * KEYS_ID_MAX);
	return NULL;
}

/* the lock is held; (transfer none) */
static const KeysPair *
keys_memory_find(KeysMemory *self, const gchar *id, GError **error)
{
	g_autoptr(KeysPair) wanted = keys_memory_parse_id(id, error);
	const KeysPair *found;

	if (wanted == NULL || !keys_memory_check_open(self, error))
		return NULL;
	found = g_hash_table_lookup(self->pairs, wanted);
	if (found == NULL)
		g_set_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND, "there is no key %s", id);
	return found;
}

static gboolean
keys_memory_check_wanted(KasperKeyInfo *wanted, GError **error)
{
	guint algorithm = kasper_key_info_get_algorithm(wanted);
	guint bits = kasper_key_info_get_bits(wanted);

	if (!kasper_algorithm_is_known(algorithm)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "keys of algorithm %u cannot be made",
			    algorithm);
		return FALSE;
	}
	if (!kasper_algorithm_is_rsa(algorithm) || (bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "an RSA key has %d to %d bits, not %u",
		    RSA_BITS_MIN,
		    RSA_BITS_MAX,
		    bits);
	return FALSE;
}

/* the lock is held */
static gboolean
keys_memory_check_room(KeysMemory *self, const KeysPair *pair, const gchar *id, GError **error)
{
	if (!keys_memory_check_open(self, error))
		return FALSE;
	if (g_hash_table_contains(self->pairs, pair)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "there is a key %s already",
			    id);
		return FALSE;
	}
	if (self->capacity < 0 || g_hash_table_size(self->pairs) < (guint64)self->capacity)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_SUPPORTED,
		    "the key store is full: its capacity is %" G_GINT64_FORMAT " key pairs",
		    self->capacity);
	return FALSE;
}

static gboolean
keys_memory_has_room(KeysMemory *self, const KeysPair *pair, const gchar *id, GError **error)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	return keys_memory_check_room(self, pair, id, error);
}

static gboolean
keys_memory_add(KeysMemory *self, KeysPair *pair, const gchar *id, GError **error)
{
	g_autoptr(KeysPair) owned = pair;
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	/* once more: others may have come first */
	if (!keys_memory_check_room(self, pair, id, error) ||
	    (self->file != NULL && !keys_state_file_add(self->file, pair, error)))
		return FALSE;
	g_hash_table_add(self->pairs, g_steal_pointer(&owned));
	return TRUE;
}

static KasperKeyInfo *
keys_memory_make_key(KasperKeyStore *store,
		     KasperKeyInfo *wanted,
		     GCancellable *cancellable,
		     GError **error)
{
	KeysMemory *self = KEYS_MEMORY(store);
	const gchar *id = kasper_key_info_get_id(wanted);
	guint algorithm = kasper_key_info_get_algorithm(wanted);
	guint bits = kasper_algorithm_get_bits(algorithm, kasper_key_info_get_bits(wanted));
	g_autoptr(KeysPair) place = keys_memory_parse_id(id, error);
	g_autoptr(GBytes) public_key = NULL;
	g_autoptr(GBytes) private_key = NULL;
	g_autoptr(KasperKeyInfo) made = NULL;
	KeysPair *pair;

	if (place == NULL || !keys_memory_check_wanted(wanted, error) ||
	    !keys_memory_has_room(self, place, id, error))
		return NULL;
	if (!self->hollow && !keys_real_make(algorithm, bits, &public_key, &private_key, error))
		return NULL;
	pair = keys_pair_new(algorithm,
			     bits,
			     place->octets,
			     place->id_length,
			     public_key,
			     private_key);
	made = keys_pair_describe(pair);
	return keys_memory_add(self, pair, id, error) ? g_steal_pointer(&made) : NULL;
}

static KasperKeyInfo *
keys_memory_look_up_key(KasperKeyStore *store,
			const gchar *id,
			GCancellable *cancellable,
			GError **error)
{
	KeysMemory *self = KEYS_MEMORY(store);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	const KeysPair *pair = keys_memory_find(self, id, error);

	return pair != NULL ? keys_pair_describe(pair) : NULL;
}

static GListModel *
keys_memory_list_keys(KasperKeyStore *store, GCancellable *cancellable, GError **error)
{
	KeysMemory *self = KEYS_MEMORY(store);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	g_autoptr(GPtrArray) infos = g_ptr_array_new_with_free_func(g_object_unref);
	g_autoptr(GListStore) list = g_list_store_new(KASPER_TYPE_KEY_INFO);
	GHashTableIter iter;
	gpointer key;

	if (!keys_memory_check_open(self, error))
		return NULL;
	g_hash_table_iter_init(&iter, self->pairs);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		g_ptr_array_add(infos, keys_pair_describe(key));
	g_list_store_splice(list, 0, 0, infos->pdata, infos->len);
	return G_LIST_MODEL(g_steal_pointer(&list));
}

static gboolean
keys_memory_destroy_key(KasperKeyStore *store,
			const gchar *id,
			GCancellable *cancellable,
			GError **error)
{
	KeysMemory *self = KEYS_MEMORY(store);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	const KeysPair *pair = keys_memory_find(self, id, error);

	if (pair == NULL ||
	    (self->file != NULL && !keys_state_file_remove(self->file, pair, error)))
		return FALSE;
	g_hash_table_remove(self->pairs, pair);
	return TRUE;
}

/* (transfer full): a copy, so that nobody waits while somebody signs */
static KeysPair *
keys_memory_dup_pair(KeysMemory *self, const gchar *id, GError **error)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	const KeysPair *pair = keys_memory_find(self, id, error);

	if (pair == NULL)
		return NULL;
	return g_memdup2(pair,
			 sizeof *pair + pair->id_length + pair->public_length +
			     pair->private_length);
}

static GBytes *
keys_memory_sign_data(KasperKeyStore *store,
		      KasperKeyInfo *key,
		      GBytes *data,
		      GCancellable *cancellable,
		      GError **error)
{
	const gchar *id = kasper_key_info_get_id(key);
	g_autoptr(KeysPair) pair = keys_memory_dup_pair(KEYS_MEMORY(store), id, error);

	if (pair == NULL)
		return NULL;
	if (pair->private_length > 0)
		return keys_real_sign(pair, data, error);
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_SUPPORTED,
		    "key %s is hollow: it was made for measuring, and cannot sign",
		    id);
	return NULL;
}

static gboolean
keys_memory_self_test(KasperKeyStore *store, GCancellable *cancellable, GError **error)
{
	KeysMemory *self = KEYS_MEMORY(store);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	return keys_memory_check_open(self, error);
}

static guint
keys_memory_get_capabilities(KasperKeyStore *store)
{
	return KASPER_KEY_STORE_PARALLEL |
	       (KEYS_MEMORY(store)->hollow ? 0 : (guint)KASPER_KEY_STORE_SIGNS);
}

static gint64
keys_memory_get_free_room(KasperKeyStore *store, GCancellable *cancellable, GError **error)
{
	KeysMemory *self = KEYS_MEMORY(store);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	if (!keys_memory_check_open(self, error) || self->capacity < 0)
		return -1;
	return MAX(self->capacity - (gint64)g_hash_table_size(self->pairs), 0);
}

static void
keys_memory_plugin_init(KasperPluginInterface *iface)
{
	iface->open = keys_memory_open;
	iface->close = keys_memory_close;
}

static void
keys_memory_key_store_init(KasperKeyStoreInterface *iface)
{
	iface->make_key = keys_memory_make_key;
	iface->look_up_key = keys_memory_look_up_key;
	iface->list_keys = keys_memory_list_keys;
	iface->destroy_key = keys_memory_destroy_key;
	iface->sign_data = keys_memory_sign_data;
	iface->self_test = keys_memory_self_test;
	iface->get_capabilities = keys_memory_get_capabilities;
	iface->get_free_room = keys_memory_get_free_room;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(KeysMemory, keys_memory, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, keys_memory_plugin_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_KEY_STORE, keys_memory_key_store_init))
/* clang-format on */

static void
keys_memory_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	KeysMemory *self = KEYS_MEMORY(object);

	switch ((KeysMemoryProperty)id) {
	case PROP_STATE_FILE:
		g_free(self->state_file);
		self->state_file = g_value_dup_string(value);
		return;
	case PROP_CAPACITY:
		self->capacity = g_value_get_int64(value);
		return;
	case PROP_HOLLOW:
		self->hollow = g_value_get_boolean(value);
		return;
	}
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
keys_memory_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	KeysMemory *self = KEYS_MEMORY(object);

	switch ((KeysMemoryProperty)id) {
	case PROP_STATE_FILE:
		g_value_set_string(value, self->state_file);
		return;
	case PROP_CAPACITY:
		g_value_set_int64(value, self->capacity);
		return;
	case PROP_HOLLOW:
		g_value_set_boolean(value, self->hollow);
		return;
	}
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
keys_memory_finalize(GObject *object)
{
	KeysMemory *self = KEYS_MEMORY(object);

	g_clear_pointer(&self->file, keys_state_file_close);
	g_hash_table_unref(self->pairs);
	g_free(self->state_file);
	g_mutex_clear(&self->lock);
	G_OBJECT_CLASS(keys_memory_parent_class)->finalize(object);
}

static void
keys_memory_init(KeysMemory *self)
{
	g_mutex_init(&self->lock);
	self->capacity = -1;
	self->pairs = g_hash_table_new_full(keys_pair_hash,
					    keys_pair_equal,
					    (GDestroyNotify)keys_pair_free,
					    NULL);
}

static void
keys_memory_class_init(KeysMemoryClass *klass)
{
	GObjectClass *object_class = G_OBJECT_CLASS(klass);
	GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
	GParamSpec *spec;

	object_class->set_property = keys_memory_set_property;
	object_class->get_property = keys_memory_get_property;
	object_class->finalize = keys_memory_finalize;

	spec = g_param_spec_string("state-file",
				   NULL,
				   "a file that keeps the keys from one run to the next",
				   NULL,
				   flags);
	g_object_class_install_property(object_class, PROP_STATE_FILE, spec);
	spec = g_param_spec_int64("capacity",
				  NULL,
				  "how many key pairs fit; -1: no limit",
				  -1,
				  G_MAXINT64,
				  -1,
				  flags);
	g_object_class_install_property(object_class, PROP_CAPACITY, spec);
	spec = g_param_spec_boolean("hollow",
				    NULL,
				    "keys have no private half: fast to make, and unable to sign",
				    FALSE,
				    flags);
	g_object_class_install_property(object_class, PROP_HOLLOW, spec);
}

KASPER_PLUGIN_DEFINE("keys-memory", "0.1", keys_memory_get_type)
