/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
	KASPER_CONTROL_ROLE_VIEWER, /* asks */
	KASPER_CONTROL_ROLE_ADMIN,  /* changes */
} KasperControlRole;

/* who is at the other end, by the word of the kernel */
typedef struct {
	grefcount refs;
	uid_t uid;
	KasperControlRole role;
	gchar *actor;	 /* for the audit journal */
	guint n_pending; /* calls that were not answered yet */
} KasperControlPeer;

/* @socket: of the connection; @admin_gid: (gid_t)-1 for none */
KasperControlPeer *kasper_control_peer_new(GCredentials *credentials,
					   GSocket *socket,
					   gid_t admin_gid,
					   GError **error);
KasperControlPeer *kasper_control_peer_ref(KasperControlPeer *self);
void kasper_control_peer_unref(KasperControlPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperControlPeer, kasper_control_peer_unref)

/* the rule alone: @groups are all of the peer's */
KasperControlRole kasper_control_role_for(uid_t uid,
					  const gid_t *groups,
					  gsize n_groups,
					  uid_t own_uid,
					  gid_t admin_gid);

G_END_DECLS
