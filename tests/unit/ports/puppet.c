/* SPDX-License-Identifier: BSD-2-Clause */
#include "puppet.h"

void
puppet_tell(Puppet *self, gboolean done, gpointer result, GError *cause)
{
	self->done = done;
	g_set_object((GObject **)&self->result, result);
	g_clear_error(&self->cause);
	self->cause = cause;
}

static gpointer
puppet_give(gpointer plugin, GError **error)
{
	Puppet *self = TEST_PUPPET(plugin);

	self->calls++;
	if (self->cause != NULL)
		g_propagate_error(error, g_error_copy(self->cause));
	return self->result != NULL ? g_object_ref(self->result) : NULL;
}

static gboolean
puppet_say(gpointer plugin, GError **error)
{
	Puppet *self = TEST_PUPPET(plugin);

	self->calls++;
	if (self->cause != NULL)
		g_propagate_error(error, g_error_copy(self->cause));
	return self->done;
}

static gboolean
puppet_open(KasperPlugin *self, GCancellable *cancellable, GError **error)
{
	return puppet_say(self, error);
}

static void
puppet_close(KasperPlugin *self)
{
	TEST_PUPPET(self)->calls++;
}

static KasperKeyInfo *
puppet_make_key(KasperKeyStore *self,
		KasperKeyInfo *wanted,
		GCancellable *cancellable,
		GError **error)
{
	return puppet_give(self, error);
}

static KasperKeyInfo *
puppet_look_up_key(KasperKeyStore *self, const gchar *id, GCancellable *cancellable, GError **error)
{
	return puppet_give(self, error);
}

static GListModel *
puppet_list_keys(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	return puppet_give(self, error);
}

static gboolean
puppet_destroy_key(KasperKeyStore *self, const gchar *id, GCancellable *cancellable, GError **error)
{
	return puppet_say(self, error);
}

static GBytes *
puppet_sign_data(KasperKeyStore *self,
		 KasperKeyInfo *key,
		 GBytes *data,
		 GCancellable *cancellable,
		 GError **error)
{
	/* as many octets as the number says */
	return puppet_say(self, error)
		   ? g_bytes_new_take(g_malloc0((gsize)TEST_PUPPET(self)->number),
				      (gsize)TEST_PUPPET(self)->number)
		   : NULL;
}

static gboolean
puppet_self_test(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	return puppet_say(self, error);
}

static guint
puppet_get_capabilities(KasperKeyStore *self)
{
	return (guint)TEST_PUPPET(self)->number;
}

static gint64
puppet_get_free_room(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	puppet_say(self, error);
	return TEST_PUPPET(self)->number;
}

static GListModel *
puppet_apply_orders(KasperSigner *self,
		    GListModel *orders,
		    GCancellable *cancellable,
		    GError **error)
{
	return puppet_give(self, error);
}

static KasperSignerAnswer *
puppet_read_back(KasperSigner *self,
		 KasperZoneOrder *order,
		 GCancellable *cancellable,
		 GError **error)
{
	return puppet_give(self, error);
}

static gboolean
puppet_forget_zone(KasperSigner *self,
		   KasperZoneOrder *order,
		   GCancellable *cancellable,
		   GError **error)
{
	return puppet_say(self, error);
}

static gboolean
puppet_check_channel(KasperDsChannel *self, GCancellable *cancellable, GError **error)
{
	return puppet_say(self, error);
}

static KasperDsAnswer *
puppet_ask(KasperDsChannel *self,
	   KasperDsRequest *request,
	   GCancellable *cancellable,
	   GError **error)
{
	return puppet_give(self, error);
}

static gboolean
puppet_cancel_token(KasperDsChannel *self,
		    KasperDsRequest *request,
		    GCancellable *cancellable,
		    GError **error)
{
	return puppet_say(self, error);
}

static guint
puppet_get_channel_capabilities(KasperDsChannel *self)
{
	return (guint)TEST_PUPPET(self)->number;
}

static GListModel *
puppet_list_safe_keys(KasperBackupGuard *self,
		      const gchar *repository,
		      GListModel *waiting,
		      GCancellable *cancellable,
		      GError **error)
{
	return puppet_give(self, error);
}

static gboolean
puppet_is_manual(KasperBackupGuard *self)
{
	return TEST_PUPPET(self)->done;
}

static gboolean
puppet_deliver(KasperNotifier *self, KasperEvent *event, GCancellable *cancellable, GError **error)
{
	return puppet_say(self, error);
}

static KasperParentView *
puppet_look_at_parent(KasperProbe *self,
		      const gchar *zone,
		      GCancellable *cancellable,
		      GError **error)
{
	return puppet_give(self, error);
}

static gboolean
puppet_look_at_child(KasperProbe *self,
		     KasperZoneOrder *order,
		     GCancellable *cancellable,
		     GError **error)
{
	return puppet_say(self, error);
}

static void
puppet_plugin_init(KasperPluginInterface *iface)
{
	iface->open = puppet_open;
	iface->close = puppet_close;
}

static void
puppet_key_store_init(KasperKeyStoreInterface *iface)
{
	iface->make_key = puppet_make_key;
	iface->look_up_key = puppet_look_up_key;
	iface->list_keys = puppet_list_keys;
	iface->destroy_key = puppet_destroy_key;
	iface->sign_data = puppet_sign_data;
	iface->self_test = puppet_self_test;
	iface->get_capabilities = puppet_get_capabilities;
	iface->get_free_room = puppet_get_free_room;
}

static void
puppet_signer_init(KasperSignerInterface *iface)
{
	iface->apply_orders = puppet_apply_orders;
	iface->read_back = puppet_read_back;
	iface->forget_zone = puppet_forget_zone;
	/* it gives whatever it was told to */
	iface->find_zones = puppet_apply_orders;
}

static void
puppet_ds_channel_init(KasperDsChannelInterface *iface)
{
	iface->check_channel = puppet_check_channel;
	iface->read_stored = puppet_ask;
	iface->submit_set = puppet_ask;
	iface->poll_token = puppet_ask;
	iface->cancel_token = puppet_cancel_token;
	iface->get_capabilities = puppet_get_channel_capabilities;
}

static void
puppet_backup_guard_init(KasperBackupGuardInterface *iface)
{
	iface->list_safe_keys = puppet_list_safe_keys;
	iface->is_manual = puppet_is_manual;
}

static void
puppet_notifier_init(KasperNotifierInterface *iface)
{
	iface->deliver = puppet_deliver;
}

static void
puppet_probe_init(KasperProbeInterface *iface)
{
	iface->look_at_parent = puppet_look_at_parent;
	iface->look_at_child = puppet_look_at_child;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(Puppet, puppet, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, puppet_plugin_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_KEY_STORE, puppet_key_store_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_SIGNER, puppet_signer_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_DS_CHANNEL, puppet_ds_channel_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_BACKUP_GUARD, puppet_backup_guard_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, puppet_notifier_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PROBE, puppet_probe_init))
/* clang-format on */

static void
puppet_finalize(GObject *object)
{
	puppet_tell(TEST_PUPPET(object), FALSE, NULL, NULL);
	G_OBJECT_CLASS(puppet_parent_class)->finalize(object);
}

static void
puppet_init(Puppet *self)
{
}

static void
puppet_class_init(PuppetClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = puppet_finalize;
}

/* --- and one that does nothing --- */

struct _Idler {
	GObject parent_instance;
};

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(Idler, idler, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_KEY_STORE, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_SIGNER, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_DS_CHANNEL, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_BACKUP_GUARD, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PROBE, NULL))
/* clang-format on */

static void
idler_init(Idler *self)
{
}

static void
idler_class_init(IdlerClass *klass)
{
}
