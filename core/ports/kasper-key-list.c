/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-key-list-private.h"

struct _KasperKeyList {
	GObject parent_instance;

	GPtrArray *keys; /* of KasperOrderKey */
};

static GType
kasper_key_list_get_item_type(GListModel *list)
{
	return KASPER_TYPE_ORDER_KEY;
}

static guint
kasper_key_list_get_n_items(GListModel *list)
{
	return KASPER_KEY_LIST(list)->keys->len;
}

static gpointer
kasper_key_list_get_item(GListModel *list, guint position)
{
	GPtrArray *keys = KASPER_KEY_LIST(list)->keys;

	return position < keys->len ? g_object_ref(g_ptr_array_index(keys, position)) : NULL;
}

static void
kasper_key_list_list_model_init(GListModelInterface *iface)
{
	iface->get_item_type = kasper_key_list_get_item_type;
	iface->get_n_items = kasper_key_list_get_n_items;
	iface->get_item = kasper_key_list_get_item;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(KasperKeyList, kasper_key_list, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, kasper_key_list_list_model_init))
/* clang-format on */

static void
kasper_key_list_finalize(GObject *object)
{
	g_ptr_array_unref(KASPER_KEY_LIST(object)->keys);
	G_OBJECT_CLASS(kasper_key_list_parent_class)->finalize(object);
}

static void
kasper_key_list_init(KasperKeyList *self)
{
	self->keys = g_ptr_array_new_with_free_func(g_object_unref);
}

static void
kasper_key_list_class_init(KasperKeyListClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_key_list_finalize;
}

KasperKeyList *
kasper_key_list_new(void)
{
	return g_object_new(KASPER_TYPE_KEY_LIST, NULL);
}

void
kasper_key_list_append(KasperKeyList *self, KasperOrderKey *key)
{
	g_ptr_array_add(self->keys, g_object_ref(key));
	g_list_model_items_changed(G_LIST_MODEL(self), self->keys->len - 1, 0, 1);
}
