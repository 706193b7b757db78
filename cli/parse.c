/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "command.h"
#include "kasper-error.h"

/* where GOption puts what it finds among the global options */
typedef struct {
	gchar *config;
	gchar *socket;
	gchar *format;
	gboolean yes;
	gboolean quiet;
	gboolean help;
	gboolean version;
} CliGlobals;

static void
cli_globals_clear(CliGlobals *self)
{
	g_free(self->config);
	g_free(self->socket);
	g_free(self->format);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliGlobals, cli_globals_clear)

static gboolean
cli_format_parse(const gchar *text, CliFormat *ret_format, GError **error)
{
	static const gchar *const names[] = {
	    [CLI_FORMAT_TABLE] = "table",
	    [CLI_FORMAT_JSON] = "json",
	    [CLI_FORMAT_TIMELINE] = "timeline",
	    [CLI_FORMAT_SVG] = "svg",
	};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*ret_format = (CliFormat)i;
		return TRUE;
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "--format %s: should be table or json",
		    text);
	return FALSE;
}

/* a command that is not one for pictures says so before it does anything */
static gboolean
cli_format_check(CliFormat format, const CliCommand *command, GError **error)
{
	if (format <= CLI_FORMAT_JSON || command->draws)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "--format timeline and svg are for “kasper simulate”: should be table or json");
	return FALSE;
}

static gboolean
cli_globals_apply(CliGlobals *self, Cli *cli, GError **error)
{
	if (self->format != NULL && !cli_format_parse(self->format, &cli->format, error))
		return FALSE;
	if (self->config != NULL) {
		g_free(cli->config);
		cli->config = g_steal_pointer(&self->config);
	}
	if (self->socket != NULL) {
		g_free(cli->socket);
		cli->socket = g_steal_pointer(&self->socket);
	}
	cli->yes = cli->yes || self->yes;
	cli->quiet = cli->quiet || self->quiet;
	return TRUE;
}

static GOptionArg
cli_option_get_arg(const CliOption *option)
{
	switch (option->kind) {
	case CLI_OPTION_FLAG:
		return G_OPTION_ARG_NONE;
	case CLI_OPTION_PATH:
		return G_OPTION_ARG_FILENAME;
	case CLI_OPTION_TEXT:
	case CLI_OPTION_NUMBER:
		return G_OPTION_ARG_STRING;
	}
	g_assert_not_reached();
}

static void
cli_add_entry(GArray *entries, const CliOption *option, gpointer value)
{
	GOptionEntry entry = {
	    .long_name = option->name,
	    .short_name = option->letter,
	    .arg = cli_option_get_arg(option),
	    .arg_data = value,
	};

	g_array_append_val(entries, entry);
}

static GArray *
cli_globals_to_entries(CliGlobals *self)
{
	GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
	gpointer values[] =
	    {&self->config, &self->socket, &self->format, &self->yes, &self->quiet, &self->help};

	for (guint i = 0; cli_global_options[i].name != NULL; i++)
		cli_add_entry(entries, &cli_global_options[i], values[i]);
	return entries;
}

/* GOption's words are good, its domain is not ours */
static gboolean
cli_parse(GOptionContext *context, GArray *entries, gchar ***argv, GError **error)
{
	g_autoptr(GError) error_local = NULL;

	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, (GOptionEntry *)(gpointer)entries->data, NULL);
	if (g_option_context_parse_strv(context, argv, &error_local))
		return TRUE;
	g_set_error(error, KASPER_ERROR, KASPER_ERROR_INVALID, "%s", error_local->message);
	return FALSE;
}

gint
cli_parse_globals(Cli *cli,
		  const gchar *const *argv,
		  gboolean *ret_help,
		  gboolean *ret_version,
		  GError **error)
{
	static const CliOption version = {"version", 'V', CLI_OPTION_FLAG, NULL, NULL};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_auto(GStrv) rest = g_strdupv((gchar **)argv);
	g_auto(CliGlobals) globals = {NULL};
	g_autoptr(GArray) entries = cli_globals_to_entries(&globals);

	cli_add_entry(entries, &version, &globals.version);
	g_option_context_set_strict_posix(context, TRUE);
	if (!cli_parse(context, entries, &rest, error) || !cli_globals_apply(&globals, cli, error))
		return -1;
	*ret_help = globals.help;
	*ret_version = globals.version;
	/* strict POSIX: nothing was taken out behind the first word; rest[0] is the program */
	return (gint)(g_strv_length((gchar **)argv) - g_strv_length(rest)) + 1;
}

static gboolean
cli_option_check_number(const CliOption *option, const gchar *text, GError **error)
{
	guint max = option->max != 0 ? option->max : G_MAXINT32;

	if (g_ascii_string_to_signed(text, 10, 0, max, NULL, NULL))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "--%s %s: should be a number from 0 to %u",
		    option->name,
		    text,
		    max);
	return FALSE;
}

/* *@text becomes the choice as the table spells it */
static gboolean
cli_option_check_choice(const CliOption *option, gchar **text, GError **error)
{
	g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);
	g_autofree gchar *all = NULL;

	for (guint i = 0; choices[i] != NULL; i++) {
		if (g_ascii_strcasecmp(choices[i], *text) != 0)
			continue;
		g_free(*text);
		*text = g_strdup(choices[i]);
		return TRUE;
	}
	all = g_strjoinv(", ", choices);
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "--%s %s: should be one of %s",
		    option->name,
		    *text,
		    all);
	return FALSE;
}

static gboolean
cli_args_check(CliArgs *self, GError **error)
{
	for (guint i = 0; self->options != NULL && self->options[i].name != NULL; i++) {
		const CliOption *option = &self->options[i];

		if (self->texts[i] == NULL) {
			if (!option->required)
				continue;
			g_set_error(error,
				    KASPER_ERROR,
				    KASPER_ERROR_INVALID,
				    "--%s %s is missing",
				    option->name,
				    option->value);
			return FALSE;
		}
		if (option->kind == CLI_OPTION_NUMBER &&
		    !cli_option_check_number(option, self->texts[i], error))
			return FALSE;
		if (option->choices != NULL &&
		    !cli_option_check_choice(option, &self->texts[i], error))
			return FALSE;
	}
	return TRUE;
}

/* `zone show example.org` is `zone show --zone example.org` */
static gboolean
cli_args_place_words(CliArgs *self, const CliCommand *command, GError **error)
{
	guint n_words = g_strv_length(self->words);

	if (n_words == 0)
		return TRUE;
	for (guint i = 0; n_words == 1 && command->word != NULL; i++) {
		if (strcmp(command->options[i].name, command->word) != 0)
			continue;
		if (self->texts[i] != NULL)
			break;
		self->texts[i] = g_strdup(self->words[0]);
		return TRUE;
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "“%s” is one word too many",
		    self->words[n_words - 1]);
	return FALSE;
}

/* the words that GOption left: without the program, and without the "--" that only says that
 * words follow */
static gchar **
cli_dup_words(gchar **rest)
{
	return g_strdupv(rest + (rest[1] != NULL && strcmp(rest[1], "--") == 0 ? 2 : 1));
}

gboolean
cli_args_parse(CliArgs *self,
	       Cli *cli,
	       const CliCommand *command,
	       const gchar *const *argv,
	       gboolean *ret_help,
	       GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GStrvBuilder) given = g_strv_builder_new();
	g_auto(CliGlobals) globals = {NULL};
	g_autoptr(GArray) entries = cli_globals_to_entries(&globals);
	g_auto(GStrv) rest = NULL;

	self->options = command->options;
	for (guint i = 0; command->options != NULL && command->options[i].name != NULL; i++) {
		g_assert(i < CLI_OPTIONS_MAX);
		cli_add_entry(entries,
			      &command->options[i],
			      command->options[i].kind == CLI_OPTION_FLAG
				  ? (gpointer)&self->flags[i]
				  : (gpointer)&self->texts[i]);
	}
	/* GOption takes the first for the program */
	g_strv_builder_add(given, "kasper");
	/* OpenDNSSEC's page on key management has "---cka_id", and people copy from it */
	for (; *argv != NULL; argv++)
		g_strv_builder_add(given, *argv + (g_str_has_prefix(*argv, "---") ? 1 : 0));
	rest = g_strv_builder_end(given);
	if (!cli_parse(context, entries, &rest, error) || !cli_globals_apply(&globals, cli, error))
		return FALSE;
	*ret_help = globals.help;
	if (globals.help)
		return TRUE;
	self->words = cli_dup_words(rest);
	return cli_format_check(cli->format, command, error) &&
	       cli_args_place_words(self, command, error) && cli_args_check(self, error) &&
	       (command->check == NULL || command->check(self, error));
}
