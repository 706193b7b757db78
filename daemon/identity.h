/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* who the daemon is to be: Enforcer/Privileges in conf.xml, or whoever started it */
typedef struct {
	uid_t uid;
	gid_t gid;
	gchar *user; /* name, or number if it has none */
	gchar *group;
	gchar *home;
} KasperdIdentity;

void kasperd_identity_clear(KasperdIdentity *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperdIdentity, kasperd_identity_clear)

/* @user, @group: (nullable); only root can become somebody else: others stay who they are, with a
 * warning if the configuration wants another */
gboolean kasperd_identity_find(const gchar *user,
			       const gchar *group,
			       KasperdIdentity *ret_identity,
			       GError **error);
/* for good: groups first, then the user, then a look whether there is a way back */
gboolean kasperd_identity_assume(const KasperdIdentity *self, GError **error);
