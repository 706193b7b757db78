/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "ksmutil.h"

void
ksmutil_print_usage(FILE *out, const gchar *command)
{
	fprintf(out, "usage: ods-ksmutil [-c <config> | --config <config>] command [options]\n\n");
	for (const KsmutilCommand *c = ksmutil_commands; c->command != NULL; c++) {
		g_autofree gchar *words =
		    g_strconcat(c->command, c->verb != NULL ? " " : "", c->verb, NULL);
		g_autofree gchar *lower = g_ascii_strdown(words, -1);

		if (command == NULL || strcmp(command, c->command) == 0)
			fprintf(out,
				"  %s%s%s\n",
				lower,
				*c->options != '\0' ? " " : "",
				c->options);
	}
	if (command != NULL)
		return;
	fputs("\nkey states: GENERATE|PUBLISH|READY|ACTIVE|RETIRE|DEAD\n"
	      "key types:  KSK|ZSK\n\n"
	      "Allowed date/time strings are of the form:\n"
	      "YYYYMMDD[HH[MM[SS]]]                (all numeric)\n"
	      "or  D-MMM-YYYY[:| ]HH[:MM[:SS]]     (alphabetic  month)\n"
	      "or  DD-MMM-YYYY[:| ]HH[:MM[:SS]]    (alphabetic  month)\n"
	      "or  YYYY-MMM-DD[:| ]HH[:MM[:SS]]    (alphabetic month)\n"
	      "or  D-MM-YYYY[:| ]HH[:MM[:SS]]      (numeric month)\n"
	      "or  DD-MM-YYYY[:| ]HH[:MM[:SS]]     (numeric month)\n"
	      "or  YYYY-MM-DD[:| ]HH[:MM[:SS]]     (numeric month)\n\n"
	      "kasper(1) is the same program under its own name, and can do more.\n",
	      out);
}

/* the option of 1.4 whose value stands next, or NULL */
static const KsmutilOption *
ksmutil_find_open(const gchar *word)
{
	for (guint i = 0; i < KSMUTIL_N_OPTIONS; i++) {
		const KsmutilOption *option = &ksmutil_options[i];

		if (option->value == NULL)
			continue;
		if (g_str_has_prefix(word, "--") && strcmp(word + 2, option->name) == 0)
			return option;
		if (word[0] == '-' && word[1] == option->letter && word[2] == '\0')
			return option;
	}
	return NULL;
}

static gboolean
ksmutil_is_file(const KsmutilOption *option)
{
	return strcmp(option->value, "file") == 0 || strcmp(option->value, "path") == 0;
}

static void
ksmutil_append_lower(GString *out, const gchar *word)
{
	g_autofree gchar *lower = g_ascii_strdown(word, -1);

	g_string_append_printf(out, "%s\n", lower);
}

static void
ksmutil_complete_words(GString *out, const gchar *group)
{
	const gchar *last = "";

	for (const KsmutilCommand *c = ksmutil_commands; c->command != NULL; c++) {
		if (group != NULL && strcmp(c->command, group) == 0 && c->verb != NULL)
			ksmutil_append_lower(out, c->verb);
		/* verbs of a command stand together */
		if (group == NULL && strcmp(last, c->command) != 0)
			ksmutil_append_lower(out, c->command);
		last = c->command;
	}
}

gchar *
ksmutil_complete(const gchar *const *words)
{
	GString *out = g_string_new(NULL);
	const KsmutilOption *open = NULL;
	const gchar *group = NULL;
	guint n_words = 0;

	for (; *words != NULL; words++) {
		gboolean is_value = open != NULL;

		open = is_value ? NULL : ksmutil_find_open(*words);
		if (is_value || **words == '-')
			continue;
		if (n_words++ == 0)
			group = *words;
	}
	if (open != NULL) {
		if (ksmutil_is_file(open))
			g_string_append(out, "<file>\n");
		return g_string_free(out, FALSE);
	}
	if (n_words < 2) {
		g_autofree gchar *upper = group != NULL ? g_ascii_strup(group, -1) : NULL;

		ksmutil_complete_words(out, upper);
	}
	for (guint i = 0; i < KSMUTIL_N_OPTIONS; i++)
		g_string_append_printf(out, "--%s\n", ksmutil_options[i].name);
	return g_string_free(out, FALSE);
}

gchar *
ksmutil_manual(void)
{
	GString *out = g_string_new(".SH COMMANDS\n");

	for (const KsmutilCommand *c = ksmutil_commands; c->command != NULL; c++) {
		g_autofree gchar *words =
		    g_strconcat(c->command, c->verb != NULL ? " " : "", c->verb, NULL);
		g_autofree gchar *lower = g_ascii_strdown(words, -1);

		g_string_append(out, ".TP\n.B ");
		cli_manual_append(out, lower);
		g_string_append_c(out, '\n');
		cli_manual_append(out, c->options);
		g_string_append(out, *c->options != '\0' ? "\n" : "\\&\n");
	}
	g_string_append(out, ".SH OPTIONS\n");
	for (guint i = 0; i < KSMUTIL_N_OPTIONS; i++) {
		const KsmutilOption *option = &ksmutil_options[i];

		g_string_append_printf(out, ".TP\n.B \\-%c, \\-\\-", option->letter);
		cli_manual_append(out, option->name);
		if (option->value != NULL)
			g_string_append_printf(out, " \\fI%s\\fR", option->value);
		g_string_append_c(out, '\n');
		cli_manual_append(out, option->help);
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
