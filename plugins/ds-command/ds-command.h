/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

#define DS_TYPE_COMMAND (ds_command_get_type())
G_DECLARE_FINAL_TYPE(DsCommand, ds_command, DS, COMMAND, GObject)

G_END_DECLS
