/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "files.h"

G_BEGIN_DECLS

/* The list of zones from which the signer learns where each zone is read, how it is signed and
 * where it is written: zones.xml in the enforcer's working directory. Others' zones in it are left
 * as they are. The list may be long, so that of each zone only its name is kept in memory. */
typedef struct OdsZoneList OdsZoneList;

OdsZoneList *ods_zone_list_new(const gchar *path, gid_t group);
void ods_zone_list_free(OdsZoneList *self);
/* reads it, unless that has been done and nobody has touched it since */
gboolean ods_zone_list_load(OdsZoneList *self, GError **error);
/* @order's zone is to be in the list. Returns: whether it is not yet, or not so */
gboolean ods_zone_list_put(OdsZoneList *self, KasperZoneOrder *order);
/* Returns: whether it is still there */
gboolean ods_zone_list_remove(OdsZoneList *self, const gchar *zone);
gboolean ods_zone_list_has_changes(OdsZoneList *self);
/* whether there are so many changes that it is worth while to write all of it now: the cost of a
 * list of n zones that are added in small lots is then in proportion to n, and not to its square */
gboolean ods_zone_list_is_due(OdsZoneList *self);
/* writes it, with all changes, as a file of the batch. NULL: it cannot be written */
OdsFile *ods_zone_list_write(OdsZoneList *self, OdsFiles *files, GError **error);
/* the batch has been committed, and the file is in place; without this the changes are kept */
void ods_zone_list_settle(OdsZoneList *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OdsZoneList, ods_zone_list_free)

G_END_DECLS
