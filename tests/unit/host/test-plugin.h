/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-notifier.h"

G_BEGIN_DECLS

typedef enum {
	TEST_MODE_FAST,
	TEST_MODE_SLOW,
	TEST_MODE_VERY_SLOW,
} TestMode;

typedef enum {
	TEST_PARTS_HEAD = 1 << 0,
	TEST_PARTS_TAIL = 1 << 1,
} TestParts;

/* a notifier with a setting of each type; its events are counted, and so is what is done to it */
#define TEST_TYPE_PLUGIN (test_plugin_get_type())
G_DECLARE_FINAL_TYPE(TestPlugin, test_plugin, TEST, PLUGIN, GObject)

struct _TestPlugin {
	GObject parent_instance;

	gchar *text;
	gchar *secret;
	gchar **words;
	gboolean flag;
	gint number;
	gint64 long_number;
	guint count;
	guint64 long_count;
	gdouble ratio;
	TestMode mode;
	TestParts parts;

	guint opened;
	guint closed;
	guint delivered;
};

G_END_DECLS
