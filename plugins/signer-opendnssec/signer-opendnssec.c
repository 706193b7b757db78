/* SPDX-License-Identifier: BSD-2-Clause */
#include "signer-opendnssec.h"

#include <errno.h>
#include <grp.h>

#include "apply.h"
#include "files.h"
#include "look.h"
#include "trace.h"

#define DEFAULT_COMMAND	 "/usr/sbin/ods-signer update %zone"
#define DEFAULT_LIMIT	 20
#define DEFAULT_DEADLINE 30
#define DEFAULT_EVIDENCE "signed-file"

struct _SignerOpendnssec {
	GObject parent_instance;

	gchar *notify_command;
	gchar *notify_all_command;
	guint notify_limit;
	guint notify_deadline;
	gchar *zones_file;
	gchar *evidence;
	gchar *group;

	/* a call that is late may still run when the next one comes */
	GMutex lock;
	OdsDesk *desk; /* NULL: not open */
	OdsLook *look; /* NULL: nobody looks into signed zones */
};

typedef enum {
	PROP_NOTIFY_COMMAND = 1,
	PROP_NOTIFY_ALL_COMMAND,
	PROP_NOTIFY_LIMIT,
	PROP_NOTIFY_DEADLINE,
	PROP_ZONES_FILE,
	PROP_EVIDENCE,
	PROP_GROUP,
} SignerOpendnssecProperty;

static GParamSpec *properties[PROP_GROUP + 1];

/* --- open and close --- */

static gboolean
signer_opendnssec_find_group(SignerOpendnssec *self, gid_t *ret_group, GError **error)
{
	char buffer[16384];
	struct group group;
	struct group *found = NULL;

	*ret_group = ODS_KEEP_GROUP;
	if (self->group == NULL || *self->group == '\0')
		return TRUE;
	if (getgrnam_r(self->group, &group, buffer, sizeof buffer, &found) == 0 && found != NULL) {
		*ret_group = group.gr_gid;
		return TRUE;
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "there is no group \"%s\"; the setting group names the one in which the signer "
		    "is",
		    self->group);
	return FALSE;
}

static gboolean
signer_opendnssec_check_settings(SignerOpendnssec *self, gboolean *ret_look, GError **error)
{
	*ret_look = g_strcmp0(self->evidence, DEFAULT_EVIDENCE) == 0;
	if (!*ret_look && g_strcmp0(self->evidence, "order-written") != 0)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "evidence \"%s\" is neither signed-file nor order-written",
			    self->evidence);
	else if (self->zones_file != NULL && *self->zones_file != '\0' &&
		 !g_path_is_absolute(self->zones_file))
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "zones-file \"%s\" is no absolute path",
			    self->zones_file);
	else
		return TRUE;
	return FALSE;
}

static gboolean
signer_opendnssec_open(KasperPlugin *plugin, GCancellable *cancellable, GError **error)
{
	SignerOpendnssec *self = SIGNER_OPENDNSSEC(plugin);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	gboolean look;
	OdsNotify *notify;
	gid_t group;

	if (!signer_opendnssec_check_settings(self, &look, error) ||
	    !signer_opendnssec_find_group(self, &group, error))
		return FALSE;
	notify = ods_notify_new(self->notify_command,
				self->notify_all_command,
				self->notify_limit,
				self->notify_deadline,
				error);
	if (notify == NULL)
		return FALSE;
	g_clear_pointer(&self->desk, ods_desk_free);
	g_clear_pointer(&self->look, ods_look_free);
	self->desk = ods_desk_new(self->zones_file, group, notify);
	self->look = look ? ods_look_new() : NULL;
	return TRUE;
}

static void
signer_opendnssec_close(KasperPlugin *plugin)
{
	SignerOpendnssec *self = SIGNER_OPENDNSSEC(plugin);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	g_clear_pointer(&self->desk, ods_desk_free);
	g_clear_pointer(&self->look, ods_look_free);
}

static gboolean
signer_opendnssec_is_open(SignerOpendnssec *self, GError **error)
{
	if (self->desk == NULL)
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_TRY_AGAIN,
				    "the signer plugin is closed");
	return self->desk != NULL;
}

/* --- slots --- */

/* a zone whose output nobody can look at, or is to, counts as published once the signer was told;
 * the answer then says that this is assumed */
static gboolean
signer_opendnssec_can_look(SignerOpendnssec *self, KasperZoneOrder *order)
{
	return self->look != NULL && kasper_zone_order_get_output(order) != NULL;
}

static KasperSignerAnswer *
signer_opendnssec_answer(SignerOpendnssec *self, KasperZoneOrder *order, const OdsOutcome *outcome)
{
	gint64 revision = kasper_zone_order_get_revision(order);

	if (outcome->failure != NULL)
		return kasper_signer_answer_new(KASPER_SIGNER_FAILED, revision, outcome->failure);
	if (outcome->deferred)
		return kasper_signer_answer_new(KASPER_SIGNER_PENDING,
						revision,
						"the zone is to be listed for the signer with the "
						"next lot");
	if (signer_opendnssec_can_look(self, order))
		return kasper_signer_answer_new(KASPER_SIGNER_PENDING,
						revision,
						"the signer has been told");
	return kasper_signer_answer_new(KASPER_SIGNER_PUBLISHED, revision, NULL);
}

static GListModel *
signer_opendnssec_apply_orders(KasperSigner *signer,
			       GListModel *orders,
			       GCancellable *cancellable,
			       GError **error)
{
	SignerOpendnssec *self = SIGNER_OPENDNSSEC(signer);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func(g_object_unref);
	g_autoptr(GArray) outcomes = NULL;
	GListStore *list;

	if (!signer_opendnssec_is_open(self, error))
		return NULL;
	outcomes = ods_desk_apply(self->desk, orders, cancellable, error);
	if (outcomes == NULL)
		return NULL;
	for (guint i = 0; i < outcomes->len; i++) {
		g_autoptr(KasperZoneOrder) order = g_list_model_get_item(orders, i);

		g_ptr_array_add(
		    answers,
		    signer_opendnssec_answer(self, order, &g_array_index(outcomes, OdsOutcome, i)));
	}
	list = g_list_store_new(KASPER_TYPE_SIGNER_ANSWER);
	g_list_store_splice(list, 0, 0, answers->pdata, answers->len);
	return G_LIST_MODEL(list);
}

static KasperSignerAnswer *
signer_opendnssec_read_back(KasperSigner *signer,
			    KasperZoneOrder *order,
			    GCancellable *cancellable,
			    GError **error)
{
	SignerOpendnssec *self = SIGNER_OPENDNSSEC(signer);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	const gchar *zone = kasper_zone_order_get_zone(order);
	gint64 revision = kasper_zone_order_get_revision(order);
	g_autoptr(GError) error_local = NULL;

	if (!signer_opendnssec_is_open(self, error))
		return NULL;
	if (!ods_desk_settle(self->desk, zone, cancellable, &error_local))
		return kasper_signer_answer_new(KASPER_SIGNER_FAILED,
						revision,
						error_local->message);
	if (!signer_opendnssec_can_look(self, order))
		return kasper_signer_answer_new(KASPER_SIGNER_PUBLISHED, revision, NULL);
	return ods_look_at(self->look, order, cancellable);
}

static gboolean
signer_opendnssec_forget_zone(KasperSigner *signer,
			      KasperZoneOrder *order,
			      GCancellable *cancellable,
			      GError **error)
{
	SignerOpendnssec *self = SIGNER_OPENDNSSEC(signer);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	return signer_opendnssec_is_open(self, error) &&
	       ods_desk_forget(self->desk, order, cancellable, error);
}

/* it touches nothing that another call may hold, and so waits for none */
static GListModel *
signer_opendnssec_find_zones(KasperSigner *signer,
			     GListModel *orders,
			     GCancellable *cancellable,
			     GError **error)
{
	g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_object_unref);
	g_autoptr(OdsTracer) tracer = ods_tracer_new();
	GListStore *list;

	for (guint i = 0; i < g_list_model_get_n_items(orders); i++) {
		g_autoptr(KasperZoneOrder) order = g_list_model_get_item(orders, i);

		if (g_cancellable_set_error_if_cancelled(cancellable, error))
			return NULL;
		g_ptr_array_add(findings, ods_tracer_find(tracer, order, cancellable));
	}
	list = g_list_store_new(KASPER_TYPE_SIGNER_FINDING);
	g_list_store_splice(list, 0, 0, findings->pdata, findings->len);
	return G_LIST_MODEL(list);
}

static void
signer_opendnssec_plugin_init(KasperPluginInterface *iface)
{
	iface->open = signer_opendnssec_open;
	iface->close = signer_opendnssec_close;
}

static void
signer_opendnssec_signer_init(KasperSignerInterface *iface)
{
	iface->apply_orders = signer_opendnssec_apply_orders;
	iface->read_back = signer_opendnssec_read_back;
	iface->forget_zone = signer_opendnssec_forget_zone;
	iface->find_zones = signer_opendnssec_find_zones;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(SignerOpendnssec, signer_opendnssec, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, signer_opendnssec_plugin_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_SIGNER, signer_opendnssec_signer_init))
/* clang-format on */

/* --- settings --- */

/* the field of a setting that is text; NULL: it is none */
static gchar **
signer_opendnssec_get_text(SignerOpendnssec *self, guint id)
{
	switch ((SignerOpendnssecProperty)id) {
	case PROP_NOTIFY_COMMAND:
		return &self->notify_command;
	case PROP_NOTIFY_ALL_COMMAND:
		return &self->notify_all_command;
	case PROP_ZONES_FILE:
		return &self->zones_file;
	case PROP_EVIDENCE:
		return &self->evidence;
	case PROP_GROUP:
		return &self->group;
	case PROP_NOTIFY_LIMIT:
	case PROP_NOTIFY_DEADLINE:
		return NULL;
	}
	return NULL;
}

static void
signer_opendnssec_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	SignerOpendnssec *self = SIGNER_OPENDNSSEC(object);
	gchar **text = signer_opendnssec_get_text(self, id);

	if (text != NULL) {
		g_free(*text);
		*text = g_value_dup_string(value);
	} else if (id == PROP_NOTIFY_LIMIT) {
		self->notify_limit = g_value_get_uint(value);
	} else if (id == PROP_NOTIFY_DEADLINE) {
		self->notify_deadline = g_value_get_uint(value);
	} else {
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
	}
}

static void
signer_opendnssec_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	SignerOpendnssec *self = SIGNER_OPENDNSSEC(object);
	gchar **text = signer_opendnssec_get_text(self, id);

	if (text != NULL)
		g_value_set_string(value, *text);
	else if (id == PROP_NOTIFY_LIMIT)
		g_value_set_uint(value, self->notify_limit);
	else if (id == PROP_NOTIFY_DEADLINE)
		g_value_set_uint(value, self->notify_deadline);
	else
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
signer_opendnssec_finalize(GObject *object)
{
	SignerOpendnssec *self = SIGNER_OPENDNSSEC(object);

	ods_desk_free(self->desk);
	ods_look_free(self->look);
	g_free(self->notify_command);
	g_free(self->notify_all_command);
	g_free(self->zones_file);
	g_free(self->evidence);
	g_free(self->group);
	g_mutex_clear(&self->lock);
	G_OBJECT_CLASS(signer_opendnssec_parent_class)->finalize(object);
}

static void
signer_opendnssec_init(SignerOpendnssec *self)
{
	g_mutex_init(&self->lock);
	self->notify_command = g_strdup(DEFAULT_COMMAND);
	self->notify_limit = DEFAULT_LIMIT;
	self->notify_deadline = DEFAULT_DEADLINE;
	self->evidence = g_strdup(DEFAULT_EVIDENCE);
}

static GParamSpec *
signer_opendnssec_new_text(const gchar *name, const gchar *blurb, const gchar *value)
{
	return g_param_spec_string(name,
				   NULL,
				   blurb,
				   value,
				   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
signer_opendnssec_new_number(const gchar *name, const gchar *blurb, guint maximum, guint value)
{
	return g_param_spec_uint(name,
				 NULL,
				 blurb,
				 1,
				 maximum,
				 value,
				 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
signer_opendnssec_class_init(SignerOpendnssecClass *klass)
{
	GObjectClass *object_class = G_OBJECT_CLASS(klass);

	object_class->set_property = signer_opendnssec_set_property;
	object_class->get_property = signer_opendnssec_get_property;
	object_class->finalize = signer_opendnssec_finalize;

	properties[PROP_NOTIFY_COMMAND] =
	    signer_opendnssec_new_text("notify-command",
				       "tells the signer of new orders; %zone is the zone",
				       DEFAULT_COMMAND);
	properties[PROP_NOTIFY_ALL_COMMAND] =
	    signer_opendnssec_new_text("notify-all-command",
				       "tells it of many; unset: with --all for %zone",
				       NULL);
	properties[PROP_NOTIFY_LIMIT] =
	    signer_opendnssec_new_number("notify-limit",
					 "how many zones it is told of one by one",
					 1000,
					 DEFAULT_LIMIT);
	properties[PROP_NOTIFY_DEADLINE] =
	    signer_opendnssec_new_number("notify-deadline",
					 "how many seconds telling it may take, each time",
					 3600,
					 DEFAULT_DEADLINE);
	properties[PROP_ZONES_FILE] =
	    signer_opendnssec_new_text("zones-file",
				       "the signer's list of zones; unset: none",
				       NULL);
	properties[PROP_EVIDENCE] =
	    signer_opendnssec_new_text("evidence",
				       "signed-file: look into it; order-written: assume",
				       DEFAULT_EVIDENCE);
	properties[PROP_GROUP] =
	    signer_opendnssec_new_text("group", "may read the files; unset: the folder's", NULL);
	g_object_class_install_properties(object_class, G_N_ELEMENTS(properties), properties);
}

KASPER_PLUGIN_DEFINE("signer-opendnssec", "0.1", signer_opendnssec_get_type)
