/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-event.h"

struct _KasperEvent {
	GObject parent_instance;

	gchar *name;
	gchar *zone;
	gchar *key_id;
	gchar *text;
	gchar *id;
	gint64 time;
	KasperEventLevel level;
};

/**
 * KasperEvent:
 *
 * Something that happened, or that somebody has to do.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperEvent, kasper_event, G_TYPE_OBJECT)

static void
kasper_event_finalize(GObject *object)
{
	KasperEvent *self = KASPER_EVENT(object);

	g_free(self->name);
	g_free(self->zone);
	g_free(self->key_id);
	g_free(self->text);
	g_free(self->id);
	G_OBJECT_CLASS(kasper_event_parent_class)->finalize(object);
}

static void
kasper_event_init(KasperEvent *self)
{
}

static void
kasper_event_class_init(KasperEventClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_event_finalize;
}

/**
 * kasper_event_new:
 * @name: a stable name, such as `key-active`
 * @level: how much it matters
 * @time: when it happened: seconds since 1970-01-01 UTC
 * @zone: (nullable): the zone that it is about
 * @key_id: (nullable): the CKA_ID of the key that it is about
 * @text: one or more lines, for people
 *
 * An event without an id yet.
 *
 * Returns: (transfer full): an event
 *
 * Since: 0.1
 */
KasperEvent *
kasper_event_new(const gchar *name,
		 KasperEventLevel level,
		 gint64 time,
		 const gchar *zone,
		 const gchar *key_id,
		 const gchar *text)
{
	KasperEvent *self;

	g_return_val_if_fail(name != NULL, NULL);
	g_return_val_if_fail(text != NULL, NULL);

	self = g_object_new(KASPER_TYPE_EVENT, NULL);
	self->name = g_strdup(name);
	self->level = level;
	self->time = time;
	self->zone = g_strdup(zone);
	self->key_id = g_strdup(key_id);
	self->text = g_strdup(text);
	return self;
}

/**
 * kasper_event_get_name:
 * @self: an event
 *
 * Returns: its stable name
 *
 * Since: 0.1
 */
const gchar *
kasper_event_get_name(KasperEvent *self)
{
	g_return_val_if_fail(KASPER_IS_EVENT(self), NULL);
	return self->name;
}

/**
 * kasper_event_get_level:
 * @self: an event
 *
 * Returns: how much it matters
 *
 * Since: 0.1
 */
KasperEventLevel
kasper_event_get_level(KasperEvent *self)
{
	g_return_val_if_fail(KASPER_IS_EVENT(self), KASPER_EVENT_CRITICAL);
	return self->level;
}

/**
 * kasper_event_get_time:
 * @self: an event
 *
 * Returns: when it happened: seconds since 1970-01-01 UTC
 *
 * Since: 0.1
 */
gint64
kasper_event_get_time(KasperEvent *self)
{
	g_return_val_if_fail(KASPER_IS_EVENT(self), 0);
	return self->time;
}

/**
 * kasper_event_get_zone:
 * @self: an event
 *
 * Returns: (nullable): the zone that it is about
 *
 * Since: 0.1
 */
const gchar *
kasper_event_get_zone(KasperEvent *self)
{
	g_return_val_if_fail(KASPER_IS_EVENT(self), NULL);
	return self->zone;
}

/**
 * kasper_event_get_key_id:
 * @self: an event
 *
 * Returns: (nullable): the CKA_ID of the key that it is about
 *
 * Since: 0.1
 */
const gchar *
kasper_event_get_key_id(KasperEvent *self)
{
	g_return_val_if_fail(KASPER_IS_EVENT(self), NULL);
	return self->key_id;
}

/**
 * kasper_event_get_text:
 * @self: an event
 *
 * Returns: one or more lines, for people
 *
 * Since: 0.1
 */
const gchar *
kasper_event_get_text(KasperEvent *self)
{
	g_return_val_if_fail(KASPER_IS_EVENT(self), NULL);
	return self->text;
}

/**
 * kasper_event_get_id:
 * @self: an event
 *
 * Returns: (nullable): an id that is stable across deliveries and restarts
 *
 * Since: 0.1
 */
const gchar *
kasper_event_get_id(KasperEvent *self)
{
	g_return_val_if_fail(KASPER_IS_EVENT(self), NULL);
	return self->id;
}

/**
 * kasper_event_set_id:
 * @self: an event
 * @id: (nullable): an id that is stable across deliveries and restarts
 *
 * Since: 0.1
 */
void
kasper_event_set_id(KasperEvent *self, const gchar *id)
{
	g_return_if_fail(KASPER_IS_EVENT(self));
	g_free(self->id);
	self->id = g_strdup(id);
}
