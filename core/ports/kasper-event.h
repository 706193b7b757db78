/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-export.h"

G_BEGIN_DECLS

/**
 * KasperEventLevel:
 * @KASPER_EVENT_DEBUG: for us
 * @KASPER_EVENT_INFO: something happened as planned
 * @KASPER_EVENT_NOTICE: somebody has something to do
 * @KASPER_EVENT_WARNING: it will become a problem
 * @KASPER_EVENT_ERROR: something failed
 * @KASPER_EVENT_CRITICAL: a zone is in danger
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_EVENT_DEBUG,
	KASPER_EVENT_INFO,
	KASPER_EVENT_NOTICE,
	KASPER_EVENT_WARNING,
	KASPER_EVENT_ERROR,
	KASPER_EVENT_CRITICAL,
} KasperEventLevel;

#define KASPER_TYPE_EVENT (kasper_event_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperEvent, kasper_event, KASPER, EVENT, GObject)

KASPER_EXPORT
KasperEvent *kasper_event_new(const gchar *name,
			      KasperEventLevel level,
			      gint64 time,
			      const gchar *zone,
			      const gchar *key_id,
			      const gchar *text);
/* stable: "ds-set-changed", "key-active", ... (doc/events.md) */
KASPER_EXPORT
const gchar *kasper_event_get_name(KasperEvent *self);
KASPER_EXPORT
KasperEventLevel kasper_event_get_level(KasperEvent *self);
KASPER_EXPORT
gint64 kasper_event_get_time(KasperEvent *self);
/* (nullable) */
KASPER_EXPORT
const gchar *kasper_event_get_zone(KasperEvent *self);
/* (nullable) */
KASPER_EXPORT
const gchar *kasper_event_get_key_id(KasperEvent *self);
/* one or more lines, for people */
KASPER_EXPORT
const gchar *kasper_event_get_text(KasperEvent *self);
/* (nullable): stable across deliveries and restarts */
KASPER_EXPORT
const gchar *kasper_event_get_id(KasperEvent *self);
KASPER_EXPORT
void kasper_event_set_id(KasperEvent *self, const gchar *id);

G_END_DECLS
