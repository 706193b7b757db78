/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes to pass in a simulation, in words and as a publication timeline.
 */
#include "kasper-simulation-private.h"

/* keys in order of their making, wherever they have their slots: the next one in @slots */
static const KasperSimulatedKey *
kasper_simulation_next_key(const KasperSimulation *self, KasperKeySet *slots, guint *ret_slot)
{
	const KasperKey *keys = self->snapshot.keys;
	gint next = -1;
	gint listed;

	for (guint slot = 0; slot < KASPER_KEYS_MAX; slot++) {
		if ((*slots >> slot & 1) != 0 &&
		    (next < 0 || keys[slot].number < keys[next].number))
			next = (gint)slot;
	}
	if (next < 0)
		return NULL;
	*slots &= ~KASPER_KEY_BIT(next);
	*ret_slot = (guint)next;
	listed = kasper_simulation_get_key(self, (guint)next);
	return listed < 0 ? NULL : &g_array_index(self->keys, KasperSimulatedKey, listed);
}

static const gchar *
kasper_simulation_get_label(const KasperSimulation *self, gint key)
{
	return key < 0 ? "a key" : g_array_index(self->keys, KasperSimulatedKey, key).label;
}

/* "{KSK1*, ZSK1}": the @marked ones sign the set */
static void
kasper_simulation_append_set(const KasperSimulation *self,
			     KasperKeySet slots,
			     KasperKeySet marked,
			     GString *text)
{
	const KasperSimulatedKey *key;
	const gchar *separator = "";
	guint slot;

	g_string_append_c(text, '{');
	while ((key = kasper_simulation_next_key(self, &slots, &slot)) != NULL) {
		g_string_append_printf(text,
				       "%s%s%s",
				       separator,
				       key->label,
				       (marked >> slot & 1) != 0 ? "*" : "");
		separator = ", ";
	}
	g_string_append_c(text, '}');
}

gchar *
kasper_simulation_dup_set(const KasperSimulation *self, KasperKeySet slots, KasperKeySet marked)
{
	g_autoptr(GString) text = g_string_new(NULL);

	kasper_simulation_append_set(self, slots, marked, text);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

gchar *
kasper_simulation_dup_published(const KasperSimulation *self, gboolean keys, gboolean data)
{
	const KasperPublication *publication = &self->publication;
	g_autoptr(GString) text = g_string_new(NULL);

	if (keys) {
		g_string_append(text, "DNSKEY ");
		kasper_simulation_append_set(self, publication->keys, publication->signers, text);
	}
	for (guint i = 0; data && i < publication->n_data; i++) {
		if (i == 0)
			g_string_append(text, keys ? "; data signed by " : "data signed by ");
		else
			g_string_append(text, " or ");
		kasper_simulation_append_set(self, publication->data[i], 0, text);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static const gchar *
kasper_happening_to_text(KasperHappeningKind kind)
{
	switch (kind) {
	case KASPER_HAPPENING_ROLL:
		return "a rollover is asked for";
	case KASPER_HAPPENING_POLICY:
		return "the zone gets another policy";
	case KASPER_HAPPENING_LOSE:
		return "a key is lost";
	case KASPER_HAPPENING_UNSIGN:
		return "the zone is to be unsigned";
	case KASPER_HAPPENING_SIGN:
		return "the zone is to be signed";
	case KASPER_HAPPENING_SIGNER_DEAD:
		return "the signer is dead";
	case KASPER_HAPPENING_SIGNER_BACK:
		return "the signer is back";
	case KASPER_HAPPENING_STORE_AWAY:
		return "the HSM is away";
	case KASPER_HAPPENING_STORE_BACK:
		return "the HSM is back";
	case KASPER_HAPPENING_SIGNER_DELAY:
		return "the signer takes another time from now on";
	case KASPER_HAPPENING_PARENT_DELAY:
		return "the parent takes another time from now on";
	case KASPER_HAPPENING_SEEN_DELAY:
		return "whoever says ds-seen takes another time from now on";
	case KASPER_HAPPENING_BACKUP_DELAY:
		return "backups take another time from now on";
	case KASPER_HAPPENING_KEY_DELAY:
		return "making a key takes another time from now on";
	case KASPER_N_HAPPENINGS:
		break;
	}
	g_assert_not_reached();
}

/**
 * kasper_simulation_dup_scene: (skip)
 * @self: a simulation
 * @scene: what came to pass at its present instant
 *
 * Returns: (transfer full): what it was, for people
 *
 * Since: 0.1
 */
gchar *
kasper_simulation_dup_scene(const KasperSimulation *self, const KasperScene *scene)
{
	const gchar *key = kasper_simulation_get_label(self, scene->key);

	switch (scene->kind) {
	case KASPER_SCENE_HAPPENED:
		return g_strdup(kasper_happening_to_text(scene->happening));
	case KASPER_SCENE_MADE:
		return g_strconcat(key, " is made", NULL);
	case KASPER_SCENE_SAVED:
		return g_strconcat(key, " is backed up", NULL);
	case KASPER_SCENE_ROLLOVER:
		return g_strconcat("the rollover of ", key, " starts", NULL);
	case KASPER_SCENE_PUBLISHED:
		return g_strconcat("publishes ", scene->text, NULL);
	case KASPER_SCENE_REPLACED:
		return g_strconcat("has replaced the last signature: ", scene->text, NULL);
	case KASPER_SCENE_SUBMITTED:
		return g_strconcat("takes the DS set ", scene->text, " for the parent", NULL);
	case KASPER_SCENE_SERVED:
		return g_strconcat("serves the DS set ", scene->text, NULL);
	case KASPER_SCENE_SEEN:
		return g_strconcat("sees the DS set ", scene->text, " at the parent", NULL);
	case KASPER_SCENE_STATE:
		return g_strdup_printf("%s: %s %s -> %s",
				       key,
				       kasper_record_to_text(scene->record),
				       kasper_record_state_to_string(scene->from),
				       kasper_record_state_to_string(scene->to));
	case KASPER_SCENE_ACTIVE:
		return g_strconcat(key, " is active", NULL);
	case KASPER_SCENE_DEAD:
		return g_strconcat(key, " is dead: nobody can hold anything that names it", NULL);
	case KASPER_SCENE_DESTROYED:
		return g_strconcat(key, " is destroyed", NULL);
	}
	g_assert_not_reached();
}

/**
 * kasper_scene_kind_to_string: (skip)
 * @kind: what came to pass
 *
 * Returns: a short name, for machines
 *
 * Since: 0.1
 */
const gchar *
kasper_scene_kind_to_string(KasperSceneKind kind)
{
	switch (kind) {
	case KASPER_SCENE_HAPPENED:
		return "event";
	case KASPER_SCENE_MADE:
		return "make";
	case KASPER_SCENE_SAVED:
		return "backup";
	case KASPER_SCENE_ROLLOVER:
		return "rollover";
	case KASPER_SCENE_PUBLISHED:
		return "publish";
	case KASPER_SCENE_REPLACED:
		return "replaced";
	case KASPER_SCENE_SUBMITTED:
		return "submit";
	case KASPER_SCENE_SERVED:
		return "serve";
	case KASPER_SCENE_SEEN:
		return "ds-seen";
	case KASPER_SCENE_STATE:
		return "state";
	case KASPER_SCENE_ACTIVE:
		return "active";
	case KASPER_SCENE_DEAD:
		return "dead";
	case KASPER_SCENE_DESTROYED:
		return "destroy";
	}
	g_assert_not_reached();
}

/* --- the publication timeline --- */

static void
kasper_timeline_append_ids(const KasperSimulation *self, KasperKeySet slots, GString *line)
{
	const KasperSimulatedKey *key;
	const gchar *separator = "";
	guint slot;

	g_string_append_c(line, '[');
	while ((key = kasper_simulation_next_key(self, &slots, &slot)) != NULL) {
		g_string_append_printf(line, "%s\"%s\"", separator, key->id);
		separator = ",";
	}
	g_string_append_c(line, ']');
}

static void
kasper_timeline_append_keys(const KasperSimulation *self, GString *line)
{
	KasperKeySet slots = self->publication.keys;
	const KasperSimulatedKey *key;
	const gchar *separator = "";
	guint slot;

	g_string_append_printf(line,
			       "\"dnskey\":{\"ttl\":%" G_GINT64_FORMAT ",\"keys\":[",
			       self->publication.keys_ttl);
	while ((key = kasper_simulation_next_key(self, &slots, &slot)) != NULL) {
		g_string_append_printf(line,
				       "%s{\"id\":\"%s\",\"alg\":%u,\"flags\":%u}",
				       separator,
				       key->id,
				       key->algorithm,
				       key->flags);
		separator = ",";
	}
	g_string_append(line, "],\"signed_by\":");
	kasper_timeline_append_ids(self, self->publication.signers, line);
	g_string_append_c(line, '}');
}

static void
kasper_timeline_append_data(const KasperSimulation *self, GString *line)
{
	const KasperPublication *publication = &self->publication;

	g_string_append_printf(line,
			       ",\"zonedata\":{\"max_ttl\":%" G_GINT64_FORMAT ",\"signed_by\":",
			       publication->data_ttl);
	if (publication->n_data == 1) {
		kasper_timeline_append_ids(self, publication->data[0], line);
	} else {
		for (guint i = 0; i < publication->n_data; i++) {
			g_string_append_c(line, i == 0 ? '[' : ',');
			kasper_timeline_append_ids(self, publication->data[i], line);
		}
		g_string_append_c(line, ']');
	}
	g_string_append_c(line, '}');
}

/**
 * kasper_simulation_append_timeline: (skip)
 * @self: a simulation
 * @zone: the zone's name, without the final dot
 * @line: a string
 *
 * All that is published now, as one line of JSON: t, zone, dnskey, zonedata, parent_ds,
 * propagation, and going_insecure where the zone has no DS on purpose.
 *
 * Since: 0.1
 */
void
kasper_simulation_append_timeline(const KasperSimulation *self, const gchar *zone, GString *line)
{
	const KasperPolicy *policy = &self->snapshot.policy;

	g_string_append_printf(line,
			       "{\"t\":%" G_GINT64_FORMAT ",\"zone\":\"%s.\",",
			       self->now,
			       zone);
	kasper_timeline_append_keys(self, line);
	kasper_timeline_append_data(self, line);
	g_string_append_printf(line,
			       ",\"parent_ds\":{\"ttl\":%" G_GINT64_FORMAT ",\"ids\":",
			       self->publication.ds_ttl);
	kasper_timeline_append_ids(self, self->publication.ds, line);
	g_string_append_printf(line,
			       "},\"propagation\":{\"zone\":%" G_GINT64_FORMAT
			       ",\"parent\":%" G_GINT64_FORMAT "}",
			       policy->zone_propagation,
			       policy->parent_propagation);
	if (self->publication.ds == 0 && kasper_snapshot_is_insecure(&self->snapshot))
		g_string_append(line, ",\"going_insecure\":true");
	g_string_append(line, "}\n");
}
