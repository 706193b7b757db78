/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#include <string.h>

const CliOption cli_global_options[] = {
    {"config", 'c', CLI_OPTION_PATH, "FILE", "conf.xml, which says where the daemon listens"},
    {"socket", 's', CLI_OPTION_PATH, "PATH", "the daemon's socket, whatever conf.xml says"},
    {"format", '\0', CLI_OPTION_TEXT, "FORMAT", "for people, or for programs", "table|json"},
    {"yes", 'y', CLI_OPTION_FLAG, NULL, "do not ask, do it"},
    {"quiet", 'q', CLI_OPTION_FLAG, NULL, "print nothing but what was asked for"},
    {"help", 'h', CLI_OPTION_FLAG, NULL, "print what can be said, and do nothing"},
    CLI_OPTION_END,
};

const CliGroup cli_groups[] = {
    {NULL, "The daemon", cli_commands_alone},
    {"update", "Read changed files again", cli_commands_update},
    {"zone", "Zones", cli_commands_zone},
    {"policy", "Policies", cli_commands_policy},
    {"repository", "Repositories: where keys are kept", cli_commands_repository},
    {"key", "Keys", cli_commands_key},
    {"backup", "Backups of keys", cli_commands_backup},
    {"plugin", "Plugins", cli_commands_plugin},
    {"time", "The daemon's clock", cli_commands_time},
    {NULL, NULL, NULL},
};

void
cli_args_clear(CliArgs *self)
{
	for (guint i = 0; i < CLI_OPTIONS_MAX; i++)
		g_clear_pointer(&self->texts[i], g_free);
	g_clear_pointer(&self->words, g_strfreev);
}

/* a command asks only for options that its own table has */
static guint
cli_args_find(const CliArgs *self, const gchar *name)
{
	for (guint i = 0; self->options != NULL && self->options[i].name != NULL; i++)
		if (strcmp(self->options[i].name, name) == 0)
			return i;
	g_assert_not_reached();
}

const gchar *
cli_args_get_text(const CliArgs *self, const gchar *name)
{
	return self->texts[cli_args_find(self, name)];
}

gboolean
cli_args_get_flag(const CliArgs *self, const gchar *name)
{
	return self->flags[cli_args_find(self, name)];
}

gint64
cli_args_get_number(const CliArgs *self, const gchar *name, gint64 fallback)
{
	const gchar *text = cli_args_get_text(self, name);
	gint64 number = fallback;

	/* cli_args_parse() refused what is no number */
	if (text != NULL)
		g_ascii_string_to_signed(text, 10, 0, G_MAXINT32, &number, NULL);
	return number;
}

const CliGroup *
cli_find_group(const gchar *name)
{
	for (const CliGroup *group = cli_groups; group->commands != NULL; group++)
		if (g_strcmp0(group->name, name) == 0)
			return group;
	return NULL;
}

const CliCommand *
cli_find_command(const CliGroup *group, const gchar *verb)
{
	for (const CliCommand *command = group->commands; command->verb != NULL; command++)
		if (strcmp(command->verb, verb) == 0)
			return command;
	return NULL;
}

gchar *
cli_command_to_text(const CliCommand *command)
{
	return g_strconcat(command->group != NULL ? command->group : "",
			   command->group != NULL ? " " : "",
			   command->verb,
			   NULL);
}

/* how many letters have to be put in, left out, changed or swapped with their neighbour */
static guint
cli_distance(const gchar *a, const gchar *b)
{
	guint rows[3][64] = {{0}};
	gsize length_a = strlen(a);
	gsize length_b = strlen(b);

	if (length_a >= 64 || length_b >= 64)
		return G_MAXUINT;
	for (gsize k = 0; k <= length_b; k++)
		rows[0][k] = (guint)k;
	for (gsize i = 1; i <= length_a; i++) {
		guint *row = rows[i % 3];
		const guint *last = rows[(i + 2) % 3];
		const guint *before = rows[(i + 1) % 3];

		row[0] = (guint)i;
		for (gsize k = 1; k <= length_b; k++) {
			row[k] = MIN(last[k] + 1, row[k - 1] + 1);
			row[k] = MIN(row[k], last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = MIN(row[k], before[k - 2] + 1);
		}
	}
	return rows[length_a % 3][length_b];
}

const gchar *
cli_find_nearest(const gchar *word, const gchar *const *names)
{
	const gchar *nearest = NULL;
	guint best = 3;

	for (; *names != NULL; names++) {
		guint distance = cli_distance(word, *names);

		/* what was begun right needs no counting of letters */
		if (strlen(word) >= 2 && g_str_has_prefix(*names, word))
			distance = MIN(distance, 1);
		if (distance < best && distance < strlen(*names)) {
			best = distance;
			nearest = *names;
		}
	}
	return nearest;
}
