/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

typedef struct {
	GObject parent_instance;
} ZooForgetsSettings;
typedef GObjectClass ZooForgetsSettingsClass;

GType zoo_forgets_settings_get_type(void);

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(ZooForgetsSettings, zoo_forgets_settings, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, NULL))
/* clang-format on */

/* it has a setting, and nobody wrote the line that takes it: a warning, and no more */
static void
zoo_forgets_settings_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
zoo_forgets_settings_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
zoo_forgets_settings_init(ZooForgetsSettings *self)
{
}

static void
zoo_forgets_settings_class_init(ZooForgetsSettingsClass *klass)
{
	GParamSpec *spec = g_param_spec_string("server", NULL, NULL, NULL, G_PARAM_READWRITE);

	klass->set_property = zoo_forgets_settings_set_property;
	klass->get_property = zoo_forgets_settings_get_property;
	g_object_class_install_property(klass, 1, spec);
}

KASPER_PLUGIN_DEFINE("zoo-forgets-settings", "0.1", zoo_forgets_settings_get_type)
