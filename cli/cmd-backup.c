/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

static const CliColumn cli_columns_backups[] = {
    {"repository", "Repository", CLI_VALUE_PLAIN, 12},
    {"cka_id", "CKA_ID", CLI_VALUE_PLAIN, 32},
    {"zone", "Zone", CLI_VALUE_PLAIN, 20},
    {"keytype", "Type"},
    {"backup", "Backup"},
    {"prepared", "Prepared", CLI_VALUE_TIME, 19},
    {"done", "Done", CLI_VALUE_TIME},
    {NULL},
};

/* @done: what has become of the keys, in words */
static CliStatus
cli_backup(Cli *cli, const CliArgs *args, const gchar *verb, const gchar *done)
{
	GError *error = NULL;
	const gchar *repository = cli_args_get_text(args, "repository");
	gint64 n_keys = kasper_client_backup(cli->client, verb, repository, NULL, &error);

	if (n_keys < 0)
		return cli_fail(cli, error);
	cli_answer(cli,
		   g_variant_new_parsed("{'keys': <%x>}", n_keys),
		   "%" G_GINT64_FORMAT " key%s%s%s %s",
		   n_keys,
		   n_keys != 1 ? "s" : "",
		   repository != NULL ? " of repository " : "",
		   repository != NULL ? repository : "",
		   done);
	return CLI_DONE;
}

static CliStatus
cli_backup_prepare(Cli *cli, const CliArgs *args)
{
	return cli_backup(cli, args, "prepare", "prepared: make the backup, then commit");
}

static CliStatus
cli_backup_commit(Cli *cli, const CliArgs *args)
{
	return cli_backup(cli, args, "commit", "marked as backed up");
}

static CliStatus
cli_backup_rollback(Cli *cli, const CliArgs *args)
{
	return cli_backup(cli, args, "rollback", "no longer prepared");
}

static CliStatus
cli_backup_done(Cli *cli, const CliArgs *args)
{
	cli_complain(cli,
		     "warning: backup done is deprecated: it also marks keys that were made after "
		     "the backup; use backup prepare and backup commit");
	if (!cli_confirm(cli, "All keys that exist now are marked as backed up"))
		return CLI_FAILED;
	return cli_backup(cli, args, "done", "marked as backed up");
}

static CliStatus
cli_backup_list(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	GVariant *rows;
	const gchar *repository = cli_args_get_text(args, "repository");

	rows = kasper_client_list_backups(cli->client, repository, NULL, &error);
	return cli_end_list(cli, cli_columns_backups, rows, error);
}

static const CliOption cli_backup_options[] = {
    CLI_OPTION_REPOSITORY("this one only"),
    CLI_OPTION_END,
};

const CliCommand cli_commands_backup[] = {
    {"backup",
     "prepare",
     "Say that a backup is about to be made",
     cli_backup_options,
     cli_backup_prepare,
     .word = "repository",
     .detail = "Keys that are made from now on are not marked by the commit that follows."},
    {"backup",
     "commit",
     "Say that the prepared backup has been made",
     cli_backup_options,
     cli_backup_commit,
     .word = "repository"},
    {"backup",
     "rollback",
     "Say that the prepared backup was not made",
     cli_backup_options,
     cli_backup_rollback,
     .word = "repository"},
    {"backup",
     "list",
     "Which keys are backed up, and since when",
     cli_backup_options,
     cli_backup_list,
     .word = "repository"},
    {"backup",
     "done",
     "Both in one step (deprecated)",
     cli_backup_options,
     cli_backup_done,
     .word = "repository"},
    {NULL, NULL},
};
