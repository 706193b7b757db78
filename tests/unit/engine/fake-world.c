/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake-world.h"

#include <string.h>

FakeWorld fake_world;

static void
fake_order_free(gpointer data)
{
	FakeOrder *self = data;

	for (guint i = 0; i < self->keys->len; i++)
		g_free(g_array_index(self->keys, FakeOrderKey, i).id);
	g_array_unref(self->keys);
	g_free(self->signconf);
	g_free(self->salt);
	g_free(self);
}

void
fake_world_begin(void)
{
	guint generation = fake_world.generation + 1;

	memset(&fake_world, 0, sizeof fake_world);
	g_mutex_init(&fake_world.lock);
	g_cond_init(&fake_world.changed);
	fake_world.generation = generation;
	fake_world.die_after = -1;
	fake_world.max_keys = -1;
	fake_world.deliveries_left = -1;
	fake_world.next_tag = G_MAXUINT;
	fake_world.sees = TRUE;
	fake_world.replaced = TRUE;
	fake_world.max_ttl = 7200;
	fake_world.dnskey_ttl = 3600;
	fake_world.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
	fake_world.orders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, fake_order_free);
	fake_world.forgotten = g_ptr_array_new_with_free_func(g_free);
	fake_world.signed_zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	fake_world.unclear_zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	fake_world.submissions = g_ptr_array_new_with_free_func(g_free);
	fake_world.operations = g_ptr_array_new_with_free_func(g_free);
	fake_world.log = g_ptr_array_new_with_free_func(g_free);
	fake_world.delivered = g_ptr_array_new_with_free_func(g_free);
	fake_world.safe = g_ptr_array_new_with_free_func(g_free);
}

void
fake_world_end(void)
{
	fake_world_crash();
	g_clear_pointer(&fake_world.keys, g_hash_table_unref);
	g_clear_pointer(&fake_world.orders, g_hash_table_unref);
	g_clear_pointer(&fake_world.forgotten, g_ptr_array_unref);
	g_clear_pointer(&fake_world.signed_zones, g_hash_table_unref);
	g_clear_pointer(&fake_world.unclear_zones, g_hash_table_unref);
	g_clear_pointer(&fake_world.submissions, g_ptr_array_unref);
	g_clear_pointer(&fake_world.operations, g_ptr_array_unref);
	g_clear_pointer(&fake_world.log, g_ptr_array_unref);
	g_clear_pointer(&fake_world.delivered, g_ptr_array_unref);
	g_clear_pointer(&fake_world.safe, g_ptr_array_unref);
	g_clear_pointer(&fake_world.stored, g_strfreev);
}

/* a call that hangs comes back, and finds that nobody listens */
void
fake_world_crash(void)
{
	g_mutex_lock(&fake_world.lock);
	fake_world.generation++;
	fake_world.points_left = 0;
	fake_world.die_after = -1;
	g_atomic_int_set(&fake_world.stopped, FALSE);
	g_cond_broadcast(&fake_world.changed);
	g_mutex_unlock(&fake_world.lock);
}

void
fake_world_set(FakeCall call, FakeFault fault, KasperError code)
{
	g_mutex_lock(&fake_world.lock);
	fake_world.faults[call] = fault;
	fake_world.codes[call] = code;
	g_cond_broadcast(&fake_world.changed);
	g_mutex_unlock(&fake_world.lock);
}

void
fake_world_stop_at(gint n)
{
	g_mutex_lock(&fake_world.lock);
	fake_world.points_left = n;
	g_mutex_unlock(&fake_world.lock);
}

gboolean
fake_world_is_stopped(void)
{
	return g_atomic_int_get(&fake_world.stopped);
}

void
fake_world_release(void)
{
	g_mutex_lock(&fake_world.lock);
	for (guint i = 0; i < FAKE_N_CALLS; i++) {
		if (fake_world.faults[i] == FAKE_HANGS)
			fake_world.faults[i] = FAKE_WORKS;
	}
	g_cond_broadcast(&fake_world.changed);
	g_mutex_unlock(&fake_world.lock);
}

void
fake_world_wait_inside(guint n)
{
	g_mutex_lock(&fake_world.lock);
	while (fake_world.inside < n)
		g_cond_wait(&fake_world.changed, &fake_world.lock);
	g_mutex_unlock(&fake_world.lock);
}

/* --- looking at it --- */

guint
fake_world_count(FakeCall call)
{
	guint n;

	g_mutex_lock(&fake_world.lock);
	n = fake_world.counts[call];
	g_mutex_unlock(&fake_world.lock);
	return n;
}

guint
fake_world_count_keys(void)
{
	guint n;

	g_mutex_lock(&fake_world.lock);
	n = g_hash_table_size(fake_world.keys);
	g_mutex_unlock(&fake_world.lock);
	return n;
}

gboolean
fake_world_has_key(const gchar *id)
{
	gboolean has;

	g_mutex_lock(&fake_world.lock);
	has = g_hash_table_contains(fake_world.keys, id);
	g_mutex_unlock(&fake_world.lock);
	return has;
}

void
fake_world_lose_key(const gchar *id)
{
	g_mutex_lock(&fake_world.lock);
	g_hash_table_remove(fake_world.keys, id);
	g_mutex_unlock(&fake_world.lock);
}

gchar *
fake_world_dup_order(const gchar *zone)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const FakeOrder *order;

	g_mutex_lock(&fake_world.lock);
	order = g_hash_table_lookup(fake_world.orders, zone);
	for (guint i = 0; order != NULL && i < order->keys->len; i++) {
		const FakeOrderKey *key = &g_array_index(order->keys, FakeOrderKey, i);

		g_string_append_printf(text,
				       "%s%.4s:%u%s%s%s",
				       i > 0 ? " " : "",
				       key->id,
				       key->flags,
				       (key->use & (guint)KASPER_KEY_USE_PUBLISH) ? "p" : "",
				       (key->use & (guint)KASPER_KEY_USE_SIGN_KEYS) ? "k" : "",
				       (key->use & (guint)KASPER_KEY_USE_SIGN_DATA) ? "z" : "");
	}
	g_mutex_unlock(&fake_world.lock);
	return order != NULL ? g_strdup(text->str) : NULL;
}

gint64
fake_world_get_revision(const gchar *zone)
{
	const FakeOrder *order;
	gint64 revision;

	g_mutex_lock(&fake_world.lock);
	order = g_hash_table_lookup(fake_world.orders, zone);
	revision = order != NULL ? order->revision : 0;
	g_mutex_unlock(&fake_world.lock);
	return revision;
}

guint
fake_world_count_applied(const gchar *zone)
{
	const FakeOrder *order;
	guint n;

	g_mutex_lock(&fake_world.lock);
	order = g_hash_table_lookup(fake_world.orders, zone);
	n = order != NULL ? order->applied : 0;
	g_mutex_unlock(&fake_world.lock);
	return n;
}

gchar *
fake_world_dup_submission(guint i)
{
	gchar *text = NULL;

	g_mutex_lock(&fake_world.lock);
	if (i < fake_world.submissions->len)
		text = g_strdup(g_ptr_array_index(fake_world.submissions, i));
	g_mutex_unlock(&fake_world.lock);
	return text;
}

guint
fake_world_count_submissions(void)
{
	guint n;

	g_mutex_lock(&fake_world.lock);
	n = fake_world.submissions->len;
	g_mutex_unlock(&fake_world.lock);
	return n;
}

guint
fake_world_count_log(const gchar *text)
{
	guint n = 0;

	g_mutex_lock(&fake_world.lock);
	for (guint i = 0; i < fake_world.log->len; i++)
		n += strstr(g_ptr_array_index(fake_world.log, i), text) != NULL ? 1 : 0;
	g_mutex_unlock(&fake_world.lock);
	return n;
}

gchar *
fake_world_dup_log(void)
{
	GString *text = g_string_new(NULL);

	g_mutex_lock(&fake_world.lock);
	for (guint i = 0; i < fake_world.log->len; i++)
		g_string_append_printf(text, "%s\n", (gchar *)g_ptr_array_index(fake_world.log, i));
	g_mutex_unlock(&fake_world.lock);
	return g_string_free(text, FALSE);
}
