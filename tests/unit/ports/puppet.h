/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-backup-guard.h"
#include "kasper-ds-channel.h"
#include "kasper-key-store.h"
#include "kasper-notifier.h"
#include "kasper-probe.h"
#include "kasper-signer.h"

G_BEGIN_DECLS

/* a plugin of every kind, whose slots all give what the test says */
#define PUPPET_TYPE (puppet_get_type())
G_DECLARE_FINAL_TYPE(Puppet, puppet, TEST, PUPPET, GObject)

struct _Puppet {
	GObject parent_instance;

	gboolean done;	 /* what a slot returns that says yes or no */
	gpointer result; /* ... a new reference to this, if not NULL */
	gint64 number;	 /* ... one that counts */
	GError *cause;	 /* ... and a copy of this error, if not NULL */
	guint calls;
};

/* a plugin of every kind that implements nothing at all */
#define IDLER_TYPE (idler_get_type())
G_DECLARE_FINAL_TYPE(Idler, idler, TEST, IDLER, GObject)

/* forgets what it was told before */
void puppet_tell(Puppet *self, gboolean done, gpointer result, GError *cause);

G_END_DECLS
