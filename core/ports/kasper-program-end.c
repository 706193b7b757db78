/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-program.h"

#include <string.h>

/* of what a program said, in a message */
#define WORDS_MAX 300

/**
 * kasper_program_end_clear: (skip)
 * @self: an end
 *
 * Frees what it holds.
 *
 * Since: 0.1
 */
void
kasper_program_end_clear(KasperProgramEnd *self)
{
	g_clear_pointer(&self->output, g_free);
	g_clear_pointer(&self->errors, g_free);
}

/* the last words of @text, on one line; NULL: none */
static gchar *
kasper_program_dup_words(const gchar *text)
{
	g_autofree gchar *line = g_strstrip(g_strdup(text));
	glong length;

	if (*line == '\0')
		return NULL;
	g_strdelimit(line, "\n", ' ');
	length = g_utf8_strlen(line, -1);
	if (length <= WORDS_MAX)
		return g_steal_pointer(&line);
	return g_strconcat("... ", g_utf8_offset_to_pointer(line, length - WORDS_MAX), NULL);
}

/**
 * kasper_program_end_to_text: (skip)
 * @self: how a program ended
 *
 * One line for people: the exit status or the signal, and the program's last words.
 *
 * Returns: (transfer full): the line
 *
 * Since: 0.1
 */
gchar *
kasper_program_end_to_text(const KasperProgramEnd *self)
{
	g_autofree gchar *errors = kasper_program_dup_words(self->errors);
	g_autofree gchar *output = errors == NULL ? kasper_program_dup_words(self->output) : NULL;
	const gchar *words = errors != NULL ? errors : output;
	g_autofree gchar *end = NULL;

	if (self->late)
		end = g_strdup("it did not end in time and was killed");
	else if (self->status >= 0)
		end = g_strdup_printf("exit status %d", self->status);
	else
		end = g_strdup_printf("ended by signal %d (%s)",
				      self->signal,
				      g_strsignal(self->signal));
	return words != NULL ? g_strconcat(end, ": ", words, NULL) : g_steal_pointer(&end);
}
