/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"
#include "kasper-config.h"

/* with a daemon: it has made its database already, and takes the files unless it has zones */
static CliStatus
cli_setup_with_daemon(Cli *cli)
{
	GError *error = NULL;
	g_autoptr(GVariant) status = kasper_client_status(cli->client, NULL, &error);
	guint n_zones = 0;

	if (status == NULL)
		return cli_fail(cli, error);
	g_variant_lookup(status, "zones", "u", &n_zones);
	if (n_zones == 0)
		return cli_update(cli, KASPER_UPDATE_FLAGS_ALL, FALSE);
	cli_complain(cli,
		     "%u zones are in the care of the daemon at %s: nothing is set up anew over "
		     "them; “kasper update all” reads changed files",
		     n_zones,
		     cli->socket);
	return CLI_FAILED;
}

/* a folder that kasperd will want to write to */
static gboolean
cli_setup_has_folder_of(Cli *cli, const gchar *file)
{
	g_autofree gchar *folder = g_path_get_dirname(file);

	if (g_file_test(folder, G_FILE_TEST_IS_DIR))
		return TRUE;
	cli_complain(
	    cli,
	    "%s: the folder for %s is not there; make it, for the user whom kasperd runs as",
	    folder,
	    file);
	return FALSE;
}

static CliStatus
cli_setup_without_daemon(Cli *cli, KasperConfig *config)
{
	const gchar *store = kasper_config_get_store_file(config);
	guint n_zones = kasper_config_get_zones(config)->len;
	guint n_policies = kasper_config_get_policies(config)->len;
	guint n_repositories = kasper_config_get_repositories(config)->len;

	/* it may be the only record of which keys the world has seen */
	if (g_file_test(store, G_FILE_TEST_EXISTS)) {
		cli_complain(cli,
			     "%s exists, and only the daemon knows what is in it: start kasperd, "
			     "which goes on from there; whoever wants to begin with nothing moves "
			     "it away",
			     store);
		return CLI_FAILED;
	}
	if (!cli_setup_has_folder_of(cli, store) ||
	    !cli_setup_has_folder_of(cli, kasper_config_get_socket_file(config)))
		return CLI_FAILED;
	cli_answer(cli,
		   g_variant_new_parsed("{'zones': <%u>, 'policies': <%u>, 'repositories': <%u>,"
					" 'store': <%s>}",
					n_zones,
					n_policies,
					n_repositories,
					store),
		   "The files are in order: repositories %u, policies %u, zones %u.\n"
		   "Start kasperd: it makes %s and takes the zones into care.",
		   n_repositories,
		   n_policies,
		   n_zones,
		   store);
	return CLI_DONE;
}

CliStatus
cli_setup(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autoptr(KasperConfig) config = kasper_config_load(cli->config, NULL, &error);

	if (config == NULL)
		return cli_fail(cli, error);
	switch (cli_connect(cli, &error)) {
	case CLI_DONE:
		return cli_setup_with_daemon(cli);
	case CLI_NO_DAEMON:
		g_clear_error(&error);
		return cli_setup_without_daemon(cli, config);
	case CLI_FAILED:
	case CLI_USAGE:
		return cli_fail(cli, error);
	}
	g_assert_not_reached();
}
