/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

typedef struct {
	GObject parent_instance;
} ZooGivesJunk;
typedef GObjectClass ZooGivesJunkClass;

GType zoo_gives_junk_get_type(void);

/* a key store that makes something else than it is asked for */
static KasperKeyInfo *
zoo_make_key(KasperKeyStore *self, KasperKeyInfo *wanted, GCancellable *cancellable, GError **error)
{
	g_autoptr(GBytes) octets = g_bytes_new_static("\3\1\0\1", 4);

	return kasper_key_info_new(kasper_key_info_get_id(wanted), 8, 2048, octets);
}

/* ... finds what nobody has made */
static KasperKeyInfo *
zoo_look_up_key(KasperKeyStore *self, const gchar *id, GCancellable *cancellable, GError **error)
{
	return kasper_key_info_new("0000", 13, 256, NULL);
}

/* ... and lists things that are no keys */
static GListModel *
zoo_list_keys(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	g_autoptr(GListStore) list = g_list_store_new(G_TYPE_OBJECT);
	g_autoptr(GObject) object = g_object_new(G_TYPE_OBJECT, NULL);

	g_list_store_append(list, object);
	return G_LIST_MODEL(g_steal_pointer(&list));
}

static GBytes *
zoo_sign_data(KasperKeyStore *self,
	      KasperKeyInfo *key,
	      GBytes *data,
	      GCancellable *cancellable,
	      GError **error)
{
	return g_bytes_new(NULL, 0);
}

static gint64
zoo_get_free_room(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	return -4711;
}

static void
zoo_key_store_init(KasperKeyStoreInterface *iface)
{
	iface->make_key = zoo_make_key;
	iface->look_up_key = zoo_look_up_key;
	iface->list_keys = zoo_list_keys;
	iface->sign_data = zoo_sign_data;
	iface->get_free_room = zoo_get_free_room;
}

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(ZooGivesJunk, zoo_gives_junk, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_KEY_STORE, zoo_key_store_init))
/* clang-format on */

static void
zoo_gives_junk_init(ZooGivesJunk *self)
{
}

static void
zoo_gives_junk_class_init(ZooGivesJunkClass *klass)
{
}

KASPER_PLUGIN_DEFINE("zoo-gives-junk", "0.1", zoo_gives_junk_get_type)
