/* SPDX-License-Identifier: BSD-2-Clause */
#include "hsm-pkcs11.h"

#include <string.h>

#include "pin.h"
#include "store.h"

#ifndef KASPER_PARAM_SECRET
/* the property is never shown */
#define KASPER_PARAM_SECRET (1 << G_PARAM_USER_SHIFT)
#endif

#define HSM_LABEL_MAX 32 /* octets of CK_TOKEN_INFO.label */

struct _HsmPkcs11 {
	GObject parent_instance;

	gchar *module_path;
	gchar *token_label;
	HsmPin *pin;
	gboolean pin_is_bad; /* too long or empty: said at open() */
	gchar *pin_source;
	gint64 capacity;
	gboolean skip_public_key;
	gboolean allow_extraction;
	guint session_limit;

	GMutex lock;
	HsmStore
	    *store; /* guarded by lock; an atomic box, which late calls keep alive after close() */
};

typedef enum {
	PROP_MODULE_PATH = 1,
	PROP_TOKEN_LABEL,
	PROP_PIN,
	PROP_PIN_SOURCE,
	PROP_CAPACITY,
	PROP_SKIP_PUBLIC_KEY,
	PROP_ALLOW_EXTRACTION,
	PROP_SESSION_LIMIT,
} HsmPkcs11Property;

static GParamSpec *properties[PROP_SESSION_LIMIT + 1];

static void
hsm_store_clear(gpointer data)
{
	HsmStore *store = data;

	hsm_token_free(store->token);
	hsm_index_free(store->index);
}

static void
hsm_store_unref(HsmStore *store)
{
	g_atomic_rc_box_release_full(store, hsm_store_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsmStore, hsm_store_unref)

/* (transfer full): NULL with an error before open() and after close() */
static HsmStore *
hsm_pkcs11_use_store(gpointer plugin, GError **error)
{
	HsmPkcs11 *self = HSM_PKCS11(plugin);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	if (self->store != NULL)
		return g_atomic_rc_box_acquire(self->store);
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_TRY_AGAIN,
		    "token \"%s\" is not open",
		    self->token_label != NULL ? self->token_label : "");
	return NULL;
}

static gboolean
hsm_pkcs11_check_settings(HsmPkcs11 *self, GError **error)
{
	const gchar *what = NULL;

	if (self->module_path == NULL || *self->module_path == '\0')
		what = "module-path is not set; it is the path of the HSM vendor's PKCS#11 library";
	else if (self->token_label == NULL || *self->token_label == '\0')
		what = "token-label is not set; \"pkcs11-tool --list-slots\" shows the labels";
	else if (strlen(self->token_label) > HSM_LABEL_MAX)
		what = "token-label is longer than 32 octets, and no token's is";
	else if (self->pin_is_bad)
		what = "pin is empty or longer than 256 octets";
	else if (self->pin != NULL && self->pin_source != NULL)
		what = "pin and pin-source are both set; remove one, and better pin";
	if (what == NULL)
		return TRUE;
	g_set_error(error, KASPER_ERROR, KASPER_ERROR_INVALID, "%s", what);
	return FALSE;
}

static gboolean
hsm_pkcs11_open(KasperPlugin *plugin, GCancellable *cancellable, GError **error)
{
	HsmPkcs11 *self = HSM_PKCS11(plugin);
	g_autoptr(HsmStore) store = NULL;
	g_autoptr(GMutexLocker) locker = NULL;

	if (!hsm_pkcs11_check_settings(self, error))
		return FALSE;
	store = g_atomic_rc_box_new0(HsmStore);
	store->index = hsm_index_new();
	store->capacity = self->capacity;
	store->skip_public_key = self->skip_public_key;
	store->allow_extraction = self->allow_extraction;
	store->token = hsm_token_new(self->module_path,
				     self->token_label,
				     self->pin != NULL ? hsm_pin_copy(self->pin) : NULL,
				     self->pin_source,
				     self->session_limit);
	if (!hsm_token_open(store->token, error))
		return FALSE;
	locker = g_mutex_locker_new(&self->lock);
	g_clear_pointer(&self->store, hsm_store_unref);
	self->store = g_steal_pointer(&store);
	return TRUE;
}

static void
hsm_pkcs11_close(KasperPlugin *plugin)
{
	HsmPkcs11 *self = HSM_PKCS11(plugin);
	g_autoptr(HsmStore) store = NULL;

	g_mutex_lock(&self->lock);
	store = g_steal_pointer(&self->store);
	g_mutex_unlock(&self->lock);
}

static KasperKeyInfo *
hsm_pkcs11_make_key(KasperKeyStore *key_store,
		    KasperKeyInfo *wanted,
		    GCancellable *cancellable,
		    GError **error)
{
	g_autoptr(HsmStore) store = hsm_pkcs11_use_store(key_store, error);

	return store != NULL ? hsm_store_make(store, wanted, cancellable, error) : NULL;
}

static KasperKeyInfo *
hsm_pkcs11_look_up_key(KasperKeyStore *key_store,
		       const gchar *id,
		       GCancellable *cancellable,
		       GError **error)
{
	g_autoptr(HsmStore) store = hsm_pkcs11_use_store(key_store, error);

	return store != NULL ? hsm_store_look_up(store, id, cancellable, error) : NULL;
}

static GListModel *
hsm_pkcs11_list_keys(KasperKeyStore *key_store, GCancellable *cancellable, GError **error)
{
	g_autoptr(HsmStore) store = hsm_pkcs11_use_store(key_store, error);

	return store != NULL ? hsm_store_list(store, cancellable, error) : NULL;
}

static gboolean
hsm_pkcs11_destroy_key(KasperKeyStore *key_store,
		       const gchar *id,
		       GCancellable *cancellable,
		       GError **error)
{
	g_autoptr(HsmStore) store = hsm_pkcs11_use_store(key_store, error);

	return store != NULL && hsm_store_destroy(store, id, cancellable, error);
}

static GBytes *
hsm_pkcs11_sign_data(KasperKeyStore *key_store,
		     KasperKeyInfo *key,
		     GBytes *data,
		     GCancellable *cancellable,
		     GError **error)
{
	g_autoptr(HsmStore) store = hsm_pkcs11_use_store(key_store, error);

	return store != NULL ? hsm_store_sign(store, key, data, cancellable, error) : NULL;
}

static gboolean
hsm_pkcs11_self_test(KasperKeyStore *key_store, GCancellable *cancellable, GError **error)
{
	g_autoptr(HsmStore) store = hsm_pkcs11_use_store(key_store, error);

	return store != NULL && hsm_store_test(store, cancellable, error);
}

static guint
hsm_pkcs11_get_capabilities(KasperKeyStore *key_store)
{
	return KASPER_KEY_STORE_SIGNS | KASPER_KEY_STORE_PARALLEL;
}

static gint64
hsm_pkcs11_get_free_room(KasperKeyStore *key_store, GCancellable *cancellable, GError **error)
{
	g_autoptr(HsmStore) store = hsm_pkcs11_use_store(key_store, error);

	return store != NULL ? hsm_store_get_free_room(store, cancellable, error) : -1;
}

static void
hsm_pkcs11_plugin_init(KasperPluginInterface *iface)
{
	iface->open = hsm_pkcs11_open;
	iface->close = hsm_pkcs11_close;
}

static void
hsm_pkcs11_key_store_init(KasperKeyStoreInterface *iface)
{
	iface->make_key = hsm_pkcs11_make_key;
	iface->look_up_key = hsm_pkcs11_look_up_key;
	iface->list_keys = hsm_pkcs11_list_keys;
	iface->destroy_key = hsm_pkcs11_destroy_key;
	iface->sign_data = hsm_pkcs11_sign_data;
	iface->self_test = hsm_pkcs11_self_test;
	iface->get_capabilities = hsm_pkcs11_get_capabilities;
	iface->get_free_room = hsm_pkcs11_get_free_room;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(HsmPkcs11, hsm_pkcs11, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, hsm_pkcs11_plugin_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_KEY_STORE, hsm_pkcs11_key_store_init))
/* clang-format on */

static void
hsm_pkcs11_set_pin(HsmPkcs11 *self, const gchar *text)
{
	g_clear_pointer(&self->pin, hsm_pin_free);
	if (text != NULL)
		self->pin = hsm_pin_new(text);
	self->pin_is_bad = text != NULL && self->pin == NULL;
}

static void
hsm_pkcs11_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	HsmPkcs11 *self = HSM_PKCS11(object);

	switch ((HsmPkcs11Property)id) {
	case PROP_MODULE_PATH:
		g_free(self->module_path);
		self->module_path = g_value_dup_string(value);
		return;
	case PROP_TOKEN_LABEL:
		g_free(self->token_label);
		self->token_label = g_value_dup_string(value);
		return;
	case PROP_PIN:
		hsm_pkcs11_set_pin(self, g_value_get_string(value));
		return;
	case PROP_PIN_SOURCE:
		g_free(self->pin_source);
		self->pin_source = g_value_dup_string(value);
		return;
	case PROP_CAPACITY:
		self->capacity = g_value_get_int64(value);
		return;
	case PROP_SKIP_PUBLIC_KEY:
		self->skip_public_key = g_value_get_boolean(value);
		return;
	case PROP_ALLOW_EXTRACTION:
		self->allow_extraction = g_value_get_boolean(value);
		return;
	case PROP_SESSION_LIMIT:
		self->session_limit = g_value_get_uint(value);
		return;
	}
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
hsm_pkcs11_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	HsmPkcs11 *self = HSM_PKCS11(object);

	switch ((HsmPkcs11Property)id) {
	case PROP_MODULE_PATH:
		g_value_set_string(value, self->module_path);
		return;
	case PROP_TOKEN_LABEL:
		g_value_set_string(value, self->token_label);
		return;
	case PROP_PIN_SOURCE:
		g_value_set_string(value, self->pin_source);
		return;
	case PROP_CAPACITY:
		g_value_set_int64(value, self->capacity);
		return;
	case PROP_SKIP_PUBLIC_KEY:
		g_value_set_boolean(value, self->skip_public_key);
		return;
	case PROP_ALLOW_EXTRACTION:
		g_value_set_boolean(value, self->allow_extraction);
		return;
	case PROP_SESSION_LIMIT:
		g_value_set_uint(value, self->session_limit);
		return;
	case PROP_PIN:
		break;
	}
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
hsm_pkcs11_finalize(GObject *object)
{
	HsmPkcs11 *self = HSM_PKCS11(object);

	g_clear_pointer(&self->store, hsm_store_unref);
	hsm_pin_free(self->pin);
	g_free(self->module_path);
	g_free(self->token_label);
	g_free(self->pin_source);
	g_mutex_clear(&self->lock);
	G_OBJECT_CLASS(hsm_pkcs11_parent_class)->finalize(object);
}

static void
hsm_pkcs11_init(HsmPkcs11 *self)
{
	g_mutex_init(&self->lock);
	self->capacity = -1;
}

static GParamSpec *
hsm_pkcs11_new_text(const gchar *name, const gchar *blurb, GParamFlags flags)
{
	return g_param_spec_string(name, NULL, blurb, NULL, flags | G_PARAM_STATIC_STRINGS);
}

static void
hsm_pkcs11_class_init(HsmPkcs11Class *klass)
{
	GObjectClass *object_class = G_OBJECT_CLASS(klass);
	GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

	object_class->set_property = hsm_pkcs11_set_property;
	object_class->get_property = hsm_pkcs11_get_property;
	object_class->finalize = hsm_pkcs11_finalize;

	properties[PROP_MODULE_PATH] =
	    hsm_pkcs11_new_text("module-path", "absolute path of the PKCS#11 library", flags);
	properties[PROP_TOKEN_LABEL] =
	    hsm_pkcs11_new_text("token-label", "the token's label", flags);
	/* it can be set, and never be had back */
	properties[PROP_PIN] =
	    hsm_pkcs11_new_text("pin",
				"the user PIN; better give pin-source",
				G_PARAM_WRITABLE | (GParamFlags)KASPER_PARAM_SECRET);
	properties[PROP_PIN_SOURCE] =
	    hsm_pkcs11_new_text("pin-source",
				"where the user PIN is: file:/PATH, /PATH or credential:NAME",
				flags);
	properties[PROP_CAPACITY] =
	    g_param_spec_int64("capacity",
			       NULL,
			       "how many key pairs may be on the token; -1: no limit",
			       -1,
			       G_MAXINT64,
			       -1,
			       flags);
	properties[PROP_SKIP_PUBLIC_KEY] =
	    g_param_spec_boolean("skip-public-key",
				 NULL,
				 "keep no public key objects on the token",
				 FALSE,
				 flags);
	properties[PROP_ALLOW_EXTRACTION] =
	    g_param_spec_boolean("allow-extraction",
				 NULL,
				 "let the token give out new private keys, wrapped",
				 FALSE,
				 flags);
	properties[PROP_SESSION_LIMIT] =
	    g_param_spec_uint("session-limit",
			      NULL,
			      "how many sessions may be open; 0: as many as the token gives",
			      0,
			      G_MAXUINT16,
			      0,
			      flags);
	g_object_class_install_properties(object_class, G_N_ELEMENTS(properties), properties);
}

KASPER_PLUGIN_DEFINE("hsm-pkcs11", "0.1", hsm_pkcs11_get_type)
