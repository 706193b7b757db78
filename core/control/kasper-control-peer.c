/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-peer.h"

#include <errno.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kasper-error.h"

/* NGROUPS_MAX is 65536; who has more groups than this is looked at by the first so many */
#define KASPER_CONTROL_GROUPS_MAX 1024

/* the user's name, so that the journal is read by people; the number where there is none */
static gchar *
kasper_control_name_for(uid_t uid)
{
	struct passwd entry;
	struct passwd *found = NULL;
	gchar buffer[4096];

	if (uid == 0)
		return g_strdup("root");
	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found != NULL &&
	    g_utf8_validate(found->pw_name, -1, NULL))
		return g_strdup(found->pw_name);
	return g_strdup_printf("uid %u", (guint)uid);
}

KasperControlRole
kasper_control_role_for(uid_t uid,
			const gid_t *groups,
			gsize n_groups,
			uid_t own_uid,
			gid_t admin_gid)
{
	if (uid == 0 || uid == own_uid)
		return KASPER_CONTROL_ROLE_ADMIN;
	if (admin_gid == (gid_t)-1)
		return KASPER_CONTROL_ROLE_VIEWER;
	for (gsize i = 0; i < n_groups; i++)
		if (groups[i] == admin_gid)
			return KASPER_CONTROL_ROLE_ADMIN;
	return KASPER_CONTROL_ROLE_VIEWER;
}

/* what the peer's process had when it connected: the primary group first, then the others. Asking
 * the kernel rather than the user database needs no look-up that could hang */
static gsize
kasper_control_get_groups(GSocket *socket, gid_t *groups, gsize max)
{
	struct ucred credentials;
	socklen_t length = sizeof(credentials);
	gsize n = 0;

	if (getsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_PEERCRED, &credentials, &length) ==
	    0)
		groups[n++] = credentials.gid;
	length = (socklen_t)((max - n) * sizeof(*groups));
	if (getsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_PEERGROUPS, groups + n, &length) ==
	    0)
		n += length / sizeof(*groups);
	return n;
}

KasperControlPeer *
kasper_control_peer_new(GCredentials *credentials, GSocket *socket, gid_t admin_gid, GError **error)
{
	gid_t groups[KASPER_CONTROL_GROUPS_MAX];
	KasperControlPeer *self;
	gsize n_groups;
	uid_t uid;

	uid = credentials != NULL ? g_credentials_get_unix_user(credentials, NULL) : (uid_t)-1;
	if (uid == (uid_t)-1) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_AUTH,
			    "the kernel does not say who is at the other end");
		return NULL;
	}
	n_groups = kasper_control_get_groups(socket, groups, G_N_ELEMENTS(groups));
	self = g_new0(KasperControlPeer, 1);
	g_ref_count_init(&self->refs);
	self->uid = uid;
	self->role = kasper_control_role_for(uid, groups, n_groups, geteuid(), admin_gid);
	self->actor = kasper_control_name_for(uid);
	return self;
}

KasperControlPeer *
kasper_control_peer_ref(KasperControlPeer *self)
{
	g_ref_count_inc(&self->refs);
	return self;
}

void
kasper_control_peer_unref(KasperControlPeer *self)
{
	if (!g_ref_count_dec(&self->refs))
		return;
	g_free(self->actor);
	g_free(self);
}
