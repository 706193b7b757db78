/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine.h"

G_BEGIN_DECLS

typedef struct {
	gchar *config; /* conf.xml */
	gboolean foreground;
	gboolean once; /* in the foreground, and without a control socket */
	gboolean debuggable;
	guint verbosity; /* 0: as conf.xml says */
	gboolean test_clock;
	KasperTime test_time; /* KASPER_TIME_UNSET: the time of the start */
} KasperDaemonOptions;

/* configuration, process, store, host, engine and control, one built upon the other */
typedef struct _KasperDaemon KasperDaemon;

/* NULL with an error, and everything that was built taken down again, if one does not come up */
KasperDaemon *kasper_daemon_open(const KasperDaemonOptions *options, GError **error);
/* tells log, service manager and the process that was started that it works; signals must find
 * their handlers from here on */
void kasper_daemon_announce(KasperDaemon *self);
/* takes all down, last first; what was begun is finished */
void kasper_daemon_close(KasperDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperDaemon, kasper_daemon_close)

KasperEngine *kasper_daemon_get_engine(KasperDaemon *self);

G_END_DECLS
