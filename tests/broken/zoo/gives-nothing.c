/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

typedef struct {
	GObject parent_instance;
} ZooGivesNothing;
typedef GObjectClass ZooGivesNothingClass;

GType zoo_gives_nothing_get_type(void);

/* a key store that returns NULL from everything, and never says why */
static KasperKeyInfo *
zoo_make_key(KasperKeyStore *self, KasperKeyInfo *wanted, GCancellable *cancellable, GError **error)
{
	return NULL;
}

static KasperKeyInfo *
zoo_look_up_key(KasperKeyStore *self, const gchar *id, GCancellable *cancellable, GError **error)
{
	return NULL;
}

static GListModel *
zoo_list_keys(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	return NULL;
}

static GBytes *
zoo_sign_data(KasperKeyStore *self,
	      KasperKeyInfo *key,
	      GBytes *data,
	      GCancellable *cancellable,
	      GError **error)
{
	return NULL;
}

static void
zoo_key_store_init(KasperKeyStoreInterface *iface)
{
	iface->make_key = zoo_make_key;
	iface->look_up_key = zoo_look_up_key;
	iface->list_keys = zoo_list_keys;
	iface->sign_data = zoo_sign_data;
	/* destroy_key is missing */
}

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(ZooGivesNothing, zoo_gives_nothing, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_KEY_STORE, zoo_key_store_init))
/* clang-format on */

static void
zoo_gives_nothing_init(ZooGivesNothing *self)
{
}

static void
zoo_gives_nothing_class_init(ZooGivesNothingClass *klass)
{
}

KASPER_PLUGIN_DEFINE("zoo-gives-nothing", "0.1", zoo_gives_nothing_get_type)
