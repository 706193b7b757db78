/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* a notifier that does not look at its cancellable; the test lets it go on with the property */
typedef struct {
	GObject parent_instance;

	GMutex lock;
	GCond changed;
	/* under the lock */
	gboolean let_go;
	guint returned;
} ZooHangs;
typedef GObjectClass ZooHangsClass;

typedef enum {
	PROP_LET_GO = 1,
	PROP_RETURNED,
} ZooHangsProperty;

GType zoo_hangs_get_type(void);

static gboolean
zoo_deliver(KasperNotifier *notifier, KasperEvent *event, GCancellable *cancellable, GError **error)
{
	ZooHangs *self = (ZooHangs *)notifier;

	g_mutex_lock(&self->lock);
	while (!self->let_go)
		g_cond_wait(&self->changed, &self->lock);
	self->returned++;
	g_mutex_unlock(&self->lock);
	/* too late, and wrong: nobody may hear it */
	return FALSE;
}

static void
zoo_notifier_init(KasperNotifierInterface *iface)
{
	iface->deliver = zoo_deliver;
}

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(ZooHangs, zoo_hangs, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, zoo_notifier_init))
/* clang-format on */

static void
zoo_hangs_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	ZooHangs *self = (ZooHangs *)object;

	g_mutex_lock(&self->lock);
	self->let_go = g_value_get_boolean(value);
	g_cond_broadcast(&self->changed);
	g_mutex_unlock(&self->lock);
}

static void
zoo_hangs_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	ZooHangs *self = (ZooHangs *)object;

	g_mutex_lock(&self->lock);
	if (id == PROP_LET_GO)
		g_value_set_boolean(value, self->let_go);
	else
		g_value_set_uint(value, self->returned);
	g_mutex_unlock(&self->lock);
}

static void
zoo_hangs_init(ZooHangs *self)
{
	g_mutex_init(&self->lock);
	g_cond_init(&self->changed);
}

static void
zoo_hangs_class_init(ZooHangsClass *klass)
{
	GParamSpec *spec = g_param_spec_boolean("let-go", NULL, NULL, FALSE, G_PARAM_READWRITE);

	klass->set_property = zoo_hangs_set_property;
	klass->get_property = zoo_hangs_get_property;
	g_object_class_install_property(klass, PROP_LET_GO, spec);
	spec = g_param_spec_uint("returned", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE);
	g_object_class_install_property(klass, PROP_RETURNED, spec);
}

KASPER_PLUGIN_DEFINE("zoo-hangs", "0.1", zoo_hangs_get_type)
