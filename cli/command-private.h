/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "command.h"
#include "kasper-error.h"
#include "output.h"

G_BEGIN_DECLS

/* prints what a question gave (aa{sv}; taken), or tells @error (taken) if that is NULL */
CliStatus cli_end_list(Cli *cli, const CliColumn *columns, GVariant *rows, GError *error);
/* one of two options, not both, is given */
gboolean
cli_args_check_one_of(const CliArgs *args, const gchar *one, const gchar *other, GError **error);
/* as the daemon sees it from where it runs; NULL: not given */
gchar *cli_args_dup_path(const CliArgs *args, const gchar *name);

/* cmd-update.c */
CliStatus cli_update(Cli *cli, KasperUpdateFlags what, gboolean dry_run);

/* in files of their own */
CliStatus cli_monitor(Cli *cli, const CliArgs *args);
CliStatus cli_explain(Cli *cli, const CliArgs *args);
CliStatus cli_plan(Cli *cli, const CliArgs *args);
CliStatus cli_simulate(Cli *cli, const CliArgs *args);
CliStatus cli_setup(Cli *cli, const CliArgs *args);
CliStatus cli_key_list(Cli *cli, const CliArgs *args);
CliStatus cli_key_show(Cli *cli, const CliArgs *args);
gboolean cli_key_show_check(const CliArgs *args, GError **error);
CliStatus cli_key_export(Cli *cli, const CliArgs *args);
CliStatus cli_key_generate(Cli *cli, const CliArgs *args);
CliStatus cli_key_import(Cli *cli, const CliArgs *args);
gboolean cli_key_import_check(const CliArgs *args, GError **error);
gboolean cli_key_generate_check(const CliArgs *args, GError **error);
CliStatus cli_key_purge(Cli *cli, const CliArgs *args);
CliStatus cli_key_rollover(Cli *cli, const CliArgs *args);
CliStatus cli_key_ds_submit(Cli *cli, const CliArgs *args);
CliStatus cli_key_ds_seen(Cli *cli, const CliArgs *args);
CliStatus cli_key_ds_gone(Cli *cli, const CliArgs *args);
CliStatus cli_key_ksk_retire(Cli *cli, const CliArgs *args);

extern const CliColumn cli_columns_keys[];
extern const CliColumn cli_columns_repositories[];
extern const CliColumn cli_columns_queue[];

G_END_DECLS
