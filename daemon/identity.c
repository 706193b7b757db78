/* SPDX-License-Identifier: BSD-2-Clause */
#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "kasper-error.h"

void
kasperd_identity_clear(KasperdIdentity *self)
{
	g_clear_pointer(&self->user, g_free);
	g_clear_pointer(&self->group, g_free);
	g_clear_pointer(&self->home, g_free);
}

static gboolean
kasperd_identity_find_user(const gchar *name, KasperdIdentity *self, GError **error)
{
	struct passwd *entry = name != NULL ? getpwnam(name) : getpwuid(geteuid());

	if (entry == NULL && name != NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "there is no user %s: make it (adduser --system --group %s), or change "
			    "Enforcer/Privileges/User in conf.xml",
			    name,
			    name);
		return FALSE;
	}
	self->uid = entry != NULL ? entry->pw_uid : geteuid();
	self->gid = entry != NULL && name != NULL ? entry->pw_gid : getegid();
	self->user = entry != NULL ? g_strdup(entry->pw_name) : g_strdup_printf("%u", self->uid);
	self->home = g_strdup(entry != NULL ? entry->pw_dir : "/");
	return TRUE;
}

static gboolean
kasperd_identity_find_group(const gchar *name, KasperdIdentity *self, GError **error)
{
	struct group *entry = name != NULL ? getgrnam(name) : getgrgid(self->gid);

	if (entry == NULL && name != NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "there is no group %s: make it (addgroup --system %s), or change "
			    "Enforcer/Privileges/Group in conf.xml",
			    name,
			    name);
		return FALSE;
	}
	if (entry != NULL)
		self->gid = entry->gr_gid;
	self->group = entry != NULL ? g_strdup(entry->gr_name) : g_strdup_printf("%u", self->gid);
	return TRUE;
}

gboolean
kasperd_identity_find(const gchar *user,
		      const gchar *group,
		      KasperdIdentity *ret_identity,
		      GError **error)
{
	g_auto(KasperdIdentity) found = {0};
	gboolean free_to_choose = geteuid() == 0;

	if (!kasperd_identity_find_user(free_to_choose ? user : NULL, &found, error) ||
	    !kasperd_identity_find_group(free_to_choose ? group : NULL, &found, error))
		return FALSE;
	if (!free_to_choose && user != NULL && !g_str_equal(user, found.user))
		g_warning("conf.xml wants the user %s (Enforcer/Privileges), but only root could "
			  "become it: staying %s",
			  user,
			  found.user);
	*ret_identity = found;
	found = (KasperdIdentity){0};
	return TRUE;
}

static gboolean
kasperd_identity_fail(const KasperdIdentity *self, const gchar *call, GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "root's rights cannot be given up for %s:%s: %s: %s",
		    self->user,
		    self->group,
		    call,
		    g_strerror(errno));
	return FALSE;
}

gboolean
kasperd_identity_assume(const KasperdIdentity *self, GError **error)
{
	if (geteuid() != 0 || (self->uid == 0 && self->gid == getegid()))
		return TRUE;
	/* the user's other groups, too: that of the token's files, for one */
	if (initgroups(self->user, self->gid) != 0)
		return kasperd_identity_fail(self, "initgroups", error);
	if (setresgid(self->gid, self->gid, self->gid) != 0)
		return kasperd_identity_fail(self, "setresgid", error);
	if (setresuid(self->uid, self->uid, self->uid) != 0)
		return kasperd_identity_fail(self, "setresuid", error);
	if (self->uid != 0 && setuid(0) == 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INTERNAL,
			    "root's rights came back after they were given up for %s",
			    self->user);
		return FALSE;
	}
	/* libraries of tokens look for their files below HOME */
	g_setenv("HOME", self->home, TRUE);
	g_setenv("USER", self->user, TRUE);
	g_setenv("LOGNAME", self->user, TRUE);
	return TRUE;
}
