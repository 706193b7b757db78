/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* the type of an animal that is a notifier, and a good one unless it says otherwise; @Type and
 * @type as for G_DEFINE_TYPE */
#define ZOO_DEFINE_NOTIFIER(Type, type, open_)                                                     \
	typedef struct {                                                                           \
		GObject parent_instance;                                                           \
	} Type;                                                                                    \
	typedef GObjectClass Type##Class;                                                          \
	GType type##_get_type(void);                                                               \
	static void type##_plugin_init(KasperPluginInterface *iface)                               \
	{                                                                                          \
		iface->open = open_;                                                               \
	}                                                                                          \
	static gboolean type##_deliver(KasperNotifier *self,                                       \
				       KasperEvent *event,                                         \
				       GCancellable *cancellable,                                  \
				       GError **error)                                             \
	{                                                                                          \
		return TRUE;                                                                       \
	}                                                                                          \
	static void type##_notifier_init(KasperNotifierInterface *iface)                           \
	{                                                                                          \
		iface->deliver = type##_deliver;                                                   \
	}                                                                                          \
	G_DEFINE_TYPE_WITH_CODE(                                                                   \
	    Type,                                                                                  \
	    type,                                                                                  \
	    G_TYPE_OBJECT,                                                                         \
	    G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, type##_plugin_init)                          \
		G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, type##_notifier_init))                 \
	static void type##_init(Type *self)                                                        \
	{                                                                                          \
	}                                                                                          \
	static void type##_class_init(Type##Class *klass)                                          \
	{                                                                                          \
	}

/* KASPER_PLUGIN_DEFINE() with more to go wrong */
#define ZOO_DEFINE_DESCRIPTOR(major, minor, name_, get_type_)                                      \
	G_MODULE_EXPORT extern const KasperPluginDescriptor kasper_plugin_descriptor;              \
	const KasperPluginDescriptor kasper_plugin_descriptor = {                                  \
	    .abi_major = major,                                                                    \
	    .abi_minor = minor,                                                                    \
	    .name = name_,                                                                         \
	    .version = "0.1",                                                                      \
	    .get_type = get_type_,                                                                 \
	};

/* for animals that must be refused before anything of theirs is called */
G_GNUC_UNUSED static GType
zoo_never_called(void)
{
	g_error("a plugin was called whose descriptor is wrong");
	return G_TYPE_INVALID;
}

G_END_DECLS
