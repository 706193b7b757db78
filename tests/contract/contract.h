/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

#include "kasper-plugin-host.h"

G_BEGIN_DECLS

/* a module under test, with what it needs; each test has its own */
typedef struct {
	const gchar *module;
	gchar *folder;
	GHashTable *settings;
	gboolean persistent; /* what it keeps, it keeps longer than an object lives */
	gpointer props;	     /* what the recipe needs to clean up */
	void (*tidy_up)(gpointer props);
	KasperPluginHost *host;
} Contract;

/* the module's recipe; FALSE: it cannot be tried here, and the test has been skipped */
gboolean contract_prepare(Contract *self);

void contract_set_up(Contract *self, gconstpointer data);
void contract_tear_down(Contract *self, gconstpointer data);

/* (transfer none): open, as the host has it; one more under another name each time. NULL: the test
 * has been skipped */
gpointer contract_open(Contract *self, GType kind);
/* ... with one setting that is different */
gpointer contract_open_with(Contract *self,
			    GType kind,
			    const gchar *setting,
			    const gchar *value,
			    GError **error);
gboolean contract_has_setting(Contract *self, GType kind, const gchar *setting);

/* a path in the folder */
gchar *contract_get_path(Contract *self, const gchar *name);

typedef void (*ContractTest)(Contract *self, gconstpointer data);
void contract_add(const gchar *path, ContractTest test);
/* the tests that all kinds have in common, and g_test_run() */
gint contract_run(GType kind);

G_END_DECLS
