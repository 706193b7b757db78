/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HSM_PIN_MAX 256 /* octets */

/* a PIN in memory that is locked, kept out of core files and of children, and wiped at the end */
typedef struct HsmPin HsmPin;

/* copies @text; NULL if it is empty or longer than HSM_PIN_MAX */
HsmPin *hsm_pin_new(const gchar *text);
/* reads "file:/path", "/path" or "credential:NAME"; errors are KASPER_ERROR_AUTH or INVALID */
HsmPin *hsm_pin_read(const gchar *source, GError **error);
HsmPin *hsm_pin_copy(const HsmPin *self);
void hsm_pin_free(HsmPin *self);
gboolean hsm_pin_equal(const HsmPin *self, const HsmPin *other);
const guint8 *hsm_pin_get_octets(const HsmPin *self);
gsize hsm_pin_get_length(const HsmPin *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsmPin, hsm_pin_free)

G_END_DECLS
