/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* a command of conf.xml, taken apart */
typedef struct {
	gchar **argv;
	gboolean cka_id; /* it ended in --cka_id: ids follow the records */
} DsProgram;

DsProgram *ds_program_new(const gchar *command, GError **error);
void ds_program_free(DsProgram *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DsProgram, ds_program_free)

G_END_DECLS
