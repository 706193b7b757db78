/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* SoftHSM in a folder of its own, which goes away at the end. One at a time in a process: SoftHSM
 * finds its folder by the environment, and reads that when it is initialized. */
typedef struct SoftHsm SoftHsm;

/* (nullable): the path of the module; NULL where SoftHSM is not installed: skip the test */
const gchar *soft_hsm_find_module(void);
/* without any token yet; sets SOFTHSM2_CONF for this process and its children */
SoftHsm *soft_hsm_new(void);
void soft_hsm_free(SoftHsm *self);
void soft_hsm_add_token(SoftHsm *self, const gchar *label, const gchar *pin);
/* the folder for whatever the test needs, too */
const gchar *soft_hsm_get_folder(SoftHsm *self);
/* the path of a file in it that holds @text, with these permissions */
gchar *soft_hsm_write_file(SoftHsm *self, const gchar *name, const gchar *text, gint mode);
/* the token's storage is moved away, and back */
void soft_hsm_unplug(SoftHsm *self);
void soft_hsm_plug_in(SoftHsm *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SoftHsm, soft_hsm_free)

G_END_DECLS
