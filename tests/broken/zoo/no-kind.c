/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

typedef struct {
	GObject parent_instance;
} ZooNoKind;
typedef GObjectClass ZooNoKindClass;

GType zoo_no_kind_get_type(void);

/* a plugin, and of no kind */
/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(ZooNoKind, zoo_no_kind, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, NULL))
/* clang-format on */

static void
zoo_no_kind_init(ZooNoKind *self)
{
}

static void
zoo_no_kind_class_init(ZooNoKindClass *klass)
{
}

KASPER_PLUGIN_DEFINE("zoo-no-kind", "0.1", zoo_no_kind_get_type)
