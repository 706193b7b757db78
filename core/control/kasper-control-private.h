/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-control-peer.h"
#include "kasper-control.h"

G_BEGIN_DECLS

/* serves an engine to clients; lives in the engine's thread */
struct _KasperControl {
	GObject parent_instance;

	KasperEngine *engine;
	gchar *path;
	gchar *admin_group;
	gid_t admin_gid;
	GDBusServer *server; /* NULL: not started */
	GHashTable *methods; /* name to KasperControlMethod */
	GPtrArray *clients;  /* KasperControlClient */
	guint n_served;	     /* of these */
	GPtrArray *feeds;    /* KasperControlFeed */
	gulong event_handler;
};

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

/* kasper-control-client.c: one connected client; @peer is taken */
typedef struct _KasperControlClient KasperControlClient;
KasperControlClient *kasper_control_client_new(KasperControl *control,
					       GDBusConnection *connection,
					       KasperControlPeer *peer);
/* closes the connection */
void kasper_control_client_free(KasperControlClient *self);
void kasper_control_client_notify(KasperControlClient *self, GVariant *event);

/* for calls that are answered later: NULL if the peer has too many of them (it was told so) */
KasperControlCall *kasper_control_call_keep(KasperControlCall *call);
void kasper_control_call_free(KasperControlCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperControlCall, kasper_control_call_free)

/* the read end of a new feed of events, or -1 */
gint kasper_control_add_feed(KasperControl *self, GError **error);

G_END_DECLS
