/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plugin-host.h"

G_BEGIN_DECLS

/* Runs calls of plugins on worker threads (kasper-plugin-host.h says how). Everything but the work
 * itself is done in the thread that made the caller, so that there is nothing to lock. */
typedef struct KasperCaller KasperCaller;

typedef struct {
	KasperPlugin *plugin;
	KasperSpan deadline;
	gboolean parallel;
	KasperCallFunc work;
	gpointer data;
	GDestroyNotify free_data;
	GDestroyNotify free_result;
} KasperCallOrder;

KasperCaller *kasper_caller_new(void);
KasperCaller *kasper_caller_ref(KasperCaller *self);
void kasper_caller_unref(KasperCaller *self);
/* tests only: how long a second of a deadline is */
void kasper_caller_set_second(KasperCaller *self, guint milliseconds);
/* @task: (transfer full): is given what became of it */
void kasper_caller_call(KasperCaller *self, const KasperCallOrder *order, GTask *task);
/* closes @plugin, at once or when the last worker has left it */
void kasper_caller_close(KasperCaller *self, KasperPlugin *plugin);
/* for how many seconds a call has been running over its time; -1: none is */
KasperSpan kasper_caller_get_lateness(KasperCaller *self, KasperPlugin *plugin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperCaller, kasper_caller_unref)

G_END_DECLS
