/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-peer.h"

#include <sys/socket.h>
#include <unistd.h>

#include "kasper-error.h"

#define NOBODY ((gid_t)-1)

static void
test_roles(void)
{
	const gid_t groups[] = {100, 200, 300};

	/* root and the daemon's own user, whatever their groups */
	g_assert_cmpint(kasper_control_role_for(0, NULL, 0, 500, NOBODY),
			==,
			KASPER_CONTROL_ROLE_ADMIN);
	g_assert_cmpint(kasper_control_role_for(500, NULL, 0, 500, NOBODY),
			==,
			KASPER_CONTROL_ROLE_ADMIN);
	g_assert_cmpint(kasper_control_role_for(501, groups, 3, 500, NOBODY),
			==,
			KASPER_CONTROL_ROLE_VIEWER);
	g_assert_cmpint(kasper_control_role_for(501, groups, 3, 500, 300),
			==,
			KASPER_CONTROL_ROLE_ADMIN);
	g_assert_cmpint(kasper_control_role_for(501, groups, 2, 500, 300),
			==,
			KASPER_CONTROL_ROLE_VIEWER);
	g_assert_cmpint(kasper_control_role_for(501, NULL, 0, 500, 300),
			==,
			KASPER_CONTROL_ROLE_VIEWER);
	/* no group is no group, and not the one that has that number */
	g_assert_cmpint(kasper_control_role_for(501, (const gid_t[]){NOBODY}, 1, 500, NOBODY),
			==,
			KASPER_CONTROL_ROLE_VIEWER);
}

static GSocket *
make_socket(gint *ret_other)
{
	g_autoptr(GError) error = NULL;
	GSocket *self;
	gint fds[2];

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
	self = g_socket_new_from_fd(fds[0], &error);
	g_assert_no_error(error);
	*ret_other = fds[1];
	return self;
}

static void
test_own(void)
{
	g_autoptr(GCredentials) credentials = g_credentials_new();
	g_autoptr(KasperControlPeer) peer = NULL;
	g_autoptr(GSocket) socket = NULL;
	g_autoptr(GError) error = NULL;
	gint other;

	socket = make_socket(&other);
	peer = kasper_control_peer_new(credentials, socket, NOBODY, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(peer->uid, ==, geteuid());
	g_assert_cmpint(peer->role, ==, KASPER_CONTROL_ROLE_ADMIN);
	g_assert_cmpuint(peer->n_pending, ==, 0);
	if (geteuid() == 0)
		g_assert_cmpstr(peer->actor, ==, "root");
	else
		g_assert_cmpstr(peer->actor, !=, "");
	close(other);
}

/* another user of a group that the process at the other end is in */
static void
test_group(void)
{
	g_autoptr(GCredentials) credentials = g_credentials_new();
	g_autoptr(KasperControlPeer) stranger = NULL;
	g_autoptr(KasperControlPeer) member = NULL;
	g_autoptr(GSocket) socket = NULL;
	g_autoptr(GError) error = NULL;
	uid_t uid = geteuid() + 4242;
	gint other;

	g_assert_true(g_credentials_set_unix_user(credentials, uid, &error));
	g_assert_no_error(error);
	socket = make_socket(&other);
	stranger = kasper_control_peer_new(credentials, socket, getegid() + 4242, &error);
	g_assert_no_error(error);
	g_assert_cmpint(stranger->role, ==, KASPER_CONTROL_ROLE_VIEWER);
	g_assert_cmpuint(stranger->uid, ==, uid);
	member = kasper_control_peer_new(credentials, socket, getegid(), &error);
	g_assert_no_error(error);
	g_assert_cmpint(member->role, ==, KASPER_CONTROL_ROLE_ADMIN);
	close(other);
}

static void
test_anonymous(void)
{
	g_autoptr(GSocket) socket = NULL;
	g_autoptr(GError) error = NULL;
	gint other;

	socket = make_socket(&other);
	g_assert_null(kasper_control_peer_new(NULL, socket, NOBODY, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_AUTH);
	close(other);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/control/peer/roles", test_roles);
	g_test_add_func("/control/peer/own", test_own);
	g_test_add_func("/control/peer/group", test_group);
	g_test_add_func("/control/peer/anonymous", test_anonymous);
	return g_test_run();
}
