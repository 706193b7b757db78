/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-findings-private.h"

#include <string.h>

/* a file that is wrong from end to end is not worth more lines than a person reads */
#define MAX_KEPT 200

/* octets of a quotation, and of what is said as a whole */
#define MAX_QUOTED 80
#define MAX_TEXT   1000

/**
 * kasper_finding_free: (skip)
 * @self: (nullable): a finding
 *
 * Since: 0.1
 */
void
kasper_finding_free(KasperFinding *self)
{
	if (self == NULL)
		return;
	g_free(self->file);
	g_free(self->text);
	g_free(self);
}

static const gchar *
kasper_finding_level_to_string(KasperFindingLevel level)
{
	switch (level) {
	case KASPER_FINDING_ERROR:
		return "error";
	case KASPER_FINDING_WARNING:
		return "warning";
	case KASPER_FINDING_INFO:
		return "info";
	}
	g_assert_not_reached();
}

/**
 * kasper_finding_to_text: (skip)
 * @self: a finding
 *
 * One line in the form in which compilers report, which editors know how to jump to:
 * `FILE:LINE: error: TEXT`, without a line where it is the file as a whole.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
gchar *
kasper_finding_to_text(const KasperFinding *self)
{
	const gchar *level = kasper_finding_level_to_string(self->level);

	if (self->line <= 0)
		return g_strdup_printf("%s: %s: %s", self->file, level, self->text);
	return g_strdup_printf("%s:%d: %s: %s", self->file, self->line, level, self->text);
}

/* one line that can be shown in a terminal, whatever was in the file */
static gchar *
kasper_finding_clean(const gchar *text, gsize max)
{
	g_autofree gchar *valid = g_utf8_make_valid(text, (gssize)strnlen(text, max));
	GString *clean = g_string_new(NULL);

	for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		g_string_append_unichar(clean, g_unichar_isprint(c) ? c : '?');
	}
	if (strlen(text) > max)
		g_string_append(clean, "...");
	return g_string_free(clean, FALSE);
}

static KasperFinding *
kasper_finding_new(const gchar *file, gint line, KasperFindingLevel level, const gchar *text)
{
	KasperFinding *self = g_new0(KasperFinding, 1);

	self->level = level;
	self->file = kasper_finding_clean(file, MAX_TEXT);
	self->line = line;
	self->text = kasper_finding_clean(text, MAX_TEXT);
	return self;
}

void
kasper_findings_add(KasperFindings *self,
		    KasperFindingLevel level,
		    gint line,
		    const gchar *format,
		    ...)
{
	g_autofree gchar *text = NULL;
	va_list args;

	if (level == KASPER_FINDING_ERROR)
		self->n_errors++;
	if (self->n_kept > MAX_KEPT)
		return;
	if (self->n_kept++ == MAX_KEPT) {
		level = KASPER_FINDING_INFO;
		text = g_strdup("there is more; mend the above first");
	} else {
		va_start(args, format);
		text = g_strdup_vprintf(format, args);
		va_end(args);
	}
	g_ptr_array_add(self->list, kasper_finding_new(self->file, line, level, text));
}

gchar *
kasper_findings_quote(const gchar *text)
{
	g_autofree gchar *clean = kasper_finding_clean(text, MAX_QUOTED);

	return g_strconcat("'", clean, "'", NULL);
}
