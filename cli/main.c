/* SPDX-License-Identifier: BSD-2-Clause */
#include <locale.h>

#include "command.h"
#include "ksmutil.h"

int
main(int argc, char **argv)
{
	g_autofree gchar *name = argc > 0 ? g_path_get_basename(argv[0]) : NULL;
	gboolean is_ksmutil = g_strcmp0(name, "ods-ksmutil") == 0;
	g_auto(Cli) cli = {
	    .name = is_ksmutil ? "ods-ksmutil" : "kasper",
	    .config = g_strdup(KASPER_SYSCONFDIR "/conf.xml"),
	    .in = stdin,
	    .out = stdout,
	    .err = stderr,
	};
	gint status;

	setlocale(LC_ALL, "");
	if (is_ksmutil)
		status = ksmutil_run(&cli, (const gchar *const *)argv);
	else
		status = (gint)cli_run(&cli, (const gchar *const *)argv);
	return cli_finish(&cli, status);
}
