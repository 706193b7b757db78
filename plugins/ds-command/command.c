/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#include <string.h>

/* OpenDNSSEC's convention: not an argument, but a wish for comments in the input */
#define CKA_ID " --cka_id"

DsProgram *
ds_program_new(const gchar *command, GError **error)
{
	g_autofree gchar *own = g_strstrip(g_strdup(command));
	g_autoptr(DsProgram) self = g_new0(DsProgram, 1);
	gchar *option = strstr(own, CKA_ID);
	gchar after = option != NULL ? option[strlen(CKA_ID)] : '\0';

	/* what follows is cut off with it, as it always was */
	if (option != NULL && (after == '\0' || g_ascii_isspace(after))) {
		self->cka_id = TRUE;
		*option = '\0';
	}
	self->argv = kasper_program_parse(own, error);
	return self->argv != NULL ? g_steal_pointer(&self) : NULL;
}

void
ds_program_free(DsProgram *self)
{
	if (self == NULL)
		return;
	g_strfreev(self->argv);
	g_free(self);
}
