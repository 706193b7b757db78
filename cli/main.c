/* SPDX-License-Identifier: BSD-2-Clause */
#include <locale.h>

#include "command.h"

int
main(int argc, char **argv)
{
	g_auto(Cli) cli = {
	    .name = "kasper",
	    .config = g_strdup(KASPER_SYSCONFDIR "/conf.xml"),
	    .out = stdout,
	    .err = stderr,
	};

	setlocale(LC_ALL, "");
	return cli_finish(&cli, (gint)cli_run(&cli, (const gchar *const *)argv));
}
