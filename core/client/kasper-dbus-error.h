/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-export.h"

G_BEGIN_DECLS

#define KASPER_DBUS_INTERFACE "org.kasper.Kasper1"
#define KASPER_DBUS_PATH      "/org/kasper/Kasper1"

/* both ends register KASPER_ERROR, so that a code arrives as the code that was sent */
KASPER_EXPORT
void kasper_dbus_error_register(void);
/* what a call failed with, as a KASPER_ERROR without D-Bus's words around it; takes @error */
KASPER_EXPORT
GError *kasper_dbus_error_localize(GError *error);

G_END_DECLS
