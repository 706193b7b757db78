/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

typedef struct {
	GObject parent_instance;
} ZooAbstract;
typedef GObjectClass ZooAbstractClass;

GType zoo_abstract_get_type(void);

/* clang-format off */
G_DEFINE_ABSTRACT_TYPE_WITH_CODE(ZooAbstract, zoo_abstract, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, NULL))
/* clang-format on */

static void
zoo_abstract_init(ZooAbstract *self)
{
}

static void
zoo_abstract_class_init(ZooAbstractClass *klass)
{
}

KASPER_PLUGIN_DEFINE("zoo-abstract", "0.1", zoo_abstract_get_type)
