/* SPDX-License-Identifier: BSD-2-Clause */
#define G_LOG_DOMAIN "test"
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "identity.h"
#include "kasper-error.h"

static void
test_identity_own(void)
{
	g_auto(KasperdIdentity) identity = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(kasperd_identity_find(NULL, NULL, &identity, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(identity.uid, ==, geteuid());
	g_assert_cmpuint(identity.gid, ==, getegid());
	g_assert_nonnull(identity.user);
	g_assert_nonnull(identity.group);
	g_assert_true(kasperd_identity_assume(&identity, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(geteuid(), ==, identity.uid);
}

static void
test_identity_unknown(void)
{
	g_auto(KasperdIdentity) identity = {0};
	g_autoptr(GError) error = NULL;

	if (geteuid() != 0) {
		g_test_skip("only root can become somebody else");
		return;
	}
	g_assert_false(kasperd_identity_find("no-such-user", NULL, &identity, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "no-such-user"));
	g_assert_nonnull(strstr(error->message, "Enforcer/Privileges/User"));
	g_clear_error(&error);
	g_assert_false(kasperd_identity_find("nobody", "no-such-group", &identity, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "no-such-group"));
	g_assert_null(identity.user);
}

/* in a child, for there is no way back: gives the number of the first thing that is wrong */
static gint
become(const gchar *user, const gchar *group)
{
	g_auto(KasperdIdentity) identity = {0};
	uid_t uids[3];
	gid_t gids[3], groups[64];
	gint n_groups;

	if (!kasperd_identity_find(user, group, &identity, NULL) ||
	    !kasperd_identity_assume(&identity, NULL))
		return 1;
	if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 ||
	    getresgid(&gids[0], &gids[1], &gids[2]) != 0)
		return 2;
	for (guint i = 0; i < 3; i++) {
		if (uids[i] != identity.uid || gids[i] != identity.gid || uids[i] == 0)
			return 3;
	}
	n_groups = getgroups(G_N_ELEMENTS(groups), groups);
	for (gint i = 0; i < n_groups; i++) {
		if (groups[i] == 0)
			return 4;
	}
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return 5;
	return g_str_equal(g_getenv("USER"), user) ? 0 : 6;
}

static void
test_identity_assume(void)
{
	gint status = -1;
	pid_t child;

	if (geteuid() != 0 || getpwnam("nobody") == NULL || getgrnam("daemon") == NULL) {
		g_test_skip("only root can become somebody else");
		return;
	}
	child = fork();
	if (child == 0)
		_exit(become("nobody", "daemon"));
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
	g_assert_cmpuint(geteuid(), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/daemon/identity/own", test_identity_own);
	g_test_add_func("/daemon/identity/unknown", test_identity_unknown);
	g_test_add_func("/daemon/identity/assume", test_identity_assume);
	return g_test_run();
}
