/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-control-peer.h"
#include "kasper-control.h"

G_BEGIN_DECLS

/* one call of one method */
typedef struct {
	KasperEngine *engine;
	KasperControlPeer *peer;
	GDBusMethodInvocation *invocation;
	GVariant *parameters;
	KasperControl *control;
} KasperControlCall;

typedef struct {
	const gchar *name; /* as in org.kasper.Kasper1.xml */
	KasperControlRole role;
	void (*func)(KasperControlCall *call);
} KasperControlMethod;

/* each ends with an entry without a name */
extern const KasperControlMethod kasper_control_daemon_methods[];
extern const KasperControlMethod kasper_control_zone_methods[];
extern const KasperControlMethod kasper_control_key_methods[];
extern const KasperControlMethod kasper_control_list_methods[];

/* what is empty on the wire is NULL for the engine */
static inline const gchar *
kasper_control_given(const gchar *text)
{
	return *text != '\0' ? text : NULL;
}

/* one answer a call; each of these takes what it is given, floating or not */
void kasper_control_return(KasperControlCall *call, GVariant *tuple);
/* @value: the one value of the answer, or NULL, which makes it @error */
void kasper_control_return_value(KasperControlCall *call, GVariant *value, GError *error);
/* @count: -1 makes it @error */
void kasper_control_return_count(KasperControlCall *call, gint64 count, GError *error);
void kasper_control_return_done(KasperControlCall *call, gboolean ok, GError *error);
/* an answer with one file descriptor, which is closed here */
void kasper_control_return_fd(KasperControlCall *call, GVariant *tuple, gint fd);

/* for calls that are answered later: NULL if the peer has too many of them (it was told so) */
KasperControlCall *kasper_control_call_keep(KasperControlCall *call);
void kasper_control_call_free(KasperControlCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperControlCall, kasper_control_call_free)

/* the read end of a new feed of events, or -1 */
gint kasper_control_add_feed(KasperControl *self, GError **error);

G_END_DECLS
