/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

/* long before anything happens */
#define SCENARIO_PAST (-(gint64)100000000)
/* a scenario that goes on for so long does not end */
#define SCENARIO_FUTURE ((gint64)100000000)

typedef struct {
	gchar *name;
	guint roles;
	guint8 algorithm;
	gboolean standby;
	gboolean spare;
} ScenarioKey;

static void
scenario_key_clear(gpointer data)
{
	g_free(((ScenarioKey *)data)->name);
}

static void
scenario_command_clear(gpointer data)
{
	g_strfreev(((ScenarioCommand *)data)->words);
}

static void
scenario_worse_clear(gpointer data)
{
	g_strfreev(((ScenarioWorse *)data)->names);
}

static gint64
scenario_parse_number(const gchar *text)
{
	gchar *end = NULL;
	gint64 number = g_ascii_strtoll(text, &end, 10);

	if (end == text || *end != '\0')
		g_error("%s is no number", text);
	return number;
}

static OracleLevel
scenario_parse_level(const gchar *text)
{
	static const gchar *const names[] = {"any", "ds", "strict"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_strcmp0(text, names[i]) == 0)
			return (OracleLevel)i;
	}
	g_error("there is no level %s", text);
}

static guint8
scenario_parse_algorithm(const gchar *text)
{
	return (guint8)scenario_parse_number(text);
}

static void
scenario_add_demand(KasperPolicy *policy, gchar **words)
{
	sim_add_demand(policy,
		       kasper_role_from_string(words[0]),
		       scenario_parse_algorithm(words[1]),
		       words[2]);
	if (g_strcmp0(words[3], "standby") == 0)
		policy->demands[policy->n_demands - 1].standby =
		    (guint8)scenario_parse_number(words[4]);
}

static void
scenario_set(KasperPolicy *policy, const gchar *name, const gchar *value)
{
	const struct {
		const gchar *name;
		KasperSpan *span;
	} spans[] = {
	    {"zone-propagation", &policy->zone_propagation},
	    {"dnskey-ttl", &policy->dnskey_ttl},
	    {"dnskey-negative", &policy->dnskey_negative},
	    {"max-zone-ttl", &policy->max_zone_ttl},
	    {"ds-ttl", &policy->ds_ttl},
	    {"parent-propagation", &policy->parent_propagation},
	    {"registration-delay", &policy->registration_delay},
	    {"publish-safety", &policy->publish_safety},
	    {"retire-safety", &policy->retire_safety},
	    {"purge", &policy->purge},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(spans); i++) {
		if (g_strcmp0(name, spans[i].name) == 0) {
			*spans[i].span = scenario_parse_number(value);
			return;
		}
	}
	if (g_strcmp0(name, "level") == 0)
		policy->level =
		    g_strcmp0(value, "strict") == 0 ? KASPER_LEVEL_STRICT : KASPER_LEVEL_DS;
	else if (g_strcmp0(name, "standby") == 0)
		policy->demands[0].standby = policy->demands[1].standby =
		    (guint8)scenario_parse_number(value);
	else
		g_error("nothing is called %s", name);
}

static void
scenario_add_key(Scenario *self, gchar **words, gboolean spare)
{
	ScenarioKey key = {
	    .name = g_strdup(words[0]),
	    .roles = kasper_role_from_string(words[1]),
	    .algorithm = scenario_parse_algorithm(words[2]),
	    .standby = g_strcmp0(words[3], "standby") == 0,
	    .spare = spare,
	};

	g_assert_cmpuint(key.roles, !=, 0);
	g_array_append_val(self->keys, key);
}

static void
scenario_set_parent(Scenario *self, gchar **words)
{
	static const gchar *const names[] = {"swaps", "adds-first", "only-adds", "idle"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_strcmp0(words[0], names[i]) == 0)
			self->parent_model = (SimParentModel)i;
	}
	if (words[1] != NULL)
		self->parent_latency = scenario_parse_number(words[1]);
	if (words[1] != NULL && words[2] != NULL)
		self->parent_step = scenario_parse_number(words[2]);
}

/* --- rows --- */

static gint
scenario_compare_text(gconstpointer a, gconstpointer b)
{
	return g_strcmp0(*(const gchar *const *)a, *(const gchar *const *)b);
}

static gchar *
scenario_join(GPtrArray *parts)
{
	g_ptr_array_sort(parts, scenario_compare_text);
	g_ptr_array_add(parts, NULL);
	return g_strjoinv("; ", (gchar **)parts->pdata);
}

/* "K2 DNSKEY+RRSIG(DNSKEY) H→R" is two changes */
static void
scenario_add_states(GPtrArray *parts, const gchar *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", 3);
	g_auto(GStrv) records = NULL;
	g_auto(GStrv) ends = NULL;

	if (g_strv_length(words) != 3)
		g_error("what does %s say?", text);
	records = g_strsplit(words[1], "+", -1);
	ends = g_strsplit(words[2], "→", 2);
	for (guint i = 0; records[i] != NULL; i++)
		g_ptr_array_add(
		    parts,
		    g_strdup_printf("%s %s %s>%s", words[0], records[i], ends[0], ends[1]));
}

static gchar *
scenario_dup_states(const gchar *cell)
{
	g_auto(GStrv) texts = g_strsplit(cell, ";", -1);
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; texts[i] != NULL; i++) {
		const gchar *text = g_strstrip(texts[i]);

		if (*text != '\0' && g_strcmp0(text, "-") != 0 &&
		    !g_str_has_prefix(text, "parent seen with"))
			scenario_add_states(parts, text);
	}
	return scenario_join(parts);
}

/* sets without blanks, so that they compare */
static gchar *
scenario_dup_published(const gchar *cell)
{
	g_auto(GStrv) commas = g_strsplit(cell, ", ", -1);
	g_autofree gchar *tight = g_strjoinv(",", commas);
	g_auto(GStrv) texts = g_strsplit(tight, ";", -1);
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; texts[i] != NULL; i++) {
		const gchar *text = g_strstrip(texts[i]);

		if (*text != '\0' && g_strcmp0(text, "-") != 0)
			g_ptr_array_add(parts, g_strdup(text));
	}
	return scenario_join(parts);
}

static void
scenario_add_row(Scenario *self, const gchar *line)
{
	g_auto(GStrv) cells = g_strsplit(line, "|", -1);
	g_autofree gchar *states = NULL, *published = NULL;

	if (g_strv_length(cells) != 6)
		g_error("this row has not four cells: %s", line);
	states = scenario_dup_states(cells[3]);
	published = scenario_dup_published(cells[4]);
	g_ptr_array_add(self->rows,
			g_strdup_printf("%s | %s | %s", g_strstrip(cells[1]), states, published));
}

gchar *
scenario_dup_row(const SimRow *row)
{
	return g_strdup_printf("%" G_GINT64_FORMAT " | %s | %s",
			       row->time,
			       row->states,
			       row->published);
}

/* --- loading --- */

static void
scenario_add_command(Scenario *self, gchar **words)
{
	ScenarioCommand command = {
	    .time = scenario_parse_number(words[0]),
	    .words = g_strdupv(&words[1]),
	};

	g_array_append_val(self->commands, command);
}

static void
scenario_add_bad(Scenario *self, gchar **words)
{
	ScenarioBad bad = {
	    .from = scenario_parse_number(words[0]),
	    .to = scenario_parse_number(words[1]),
	    .level = scenario_parse_level(words[2]),
	};

	g_array_append_val(self->bad, bad);
}

static void
scenario_add_worse(Scenario *self, gchar **words)
{
	static const gchar *const kinds[KASPER_N_LEDGERS] = {"ds", "dnskey", "data"};
	ScenarioWorse worse = {
	    .time = scenario_parse_number(words[0]),
	    .level = scenario_parse_level(words[1]),
	    .names = g_strdupv(&words[3]),
	};

	while (worse.kind < KASPER_N_LEDGERS && g_strcmp0(words[2], kinds[worse.kind]) != 0)
		worse.kind++;
	g_assert_cmpuint(worse.kind, <, KASPER_N_LEDGERS);
	g_array_append_val(self->worse, worse);
}

static void
scenario_take_statement(Scenario *self, gchar **words)
{
	const gchar *verb = words[0];

	if (g_strcmp0(verb, "policy") == 0)
		scenario_add_demand(&self->policy, &words[1]);
	else if (g_strcmp0(verb, "set") == 0)
		scenario_set(&self->policy, words[1], words[2]);
	else if (g_strcmp0(verb, "key") == 0 || g_strcmp0(verb, "spare") == 0)
		scenario_add_key(self, &words[1], *verb == 's');
	else if (g_strcmp0(verb, "signer") == 0 && g_strcmp0(words[1], "gradual") == 0)
		self->gradual = TRUE;
	else if (g_strcmp0(verb, "signer") == 0)
		self->signer_latency = scenario_parse_number(words[2]);
	else if (g_strcmp0(verb, "parent") == 0)
		scenario_set_parent(self, &words[1]);
	else if (g_strcmp0(verb, "at") == 0)
		scenario_add_command(self, &words[1]);
	else if (g_strcmp0(verb, "level") == 0)
		self->verdicts[scenario_parse_level(words[1])] =
		    g_strcmp0(words[2], "good") == 0 ? 1 : -1;
	else if (g_strcmp0(verb, "bad") == 0)
		scenario_add_bad(self, &words[1]);
	else if (g_strcmp0(verb, "worse") == 0)
		scenario_add_worse(self, &words[1]);
	else if (g_strcmp0(verb, "open") == 0)
		self->open = TRUE;
	else
		g_error("%s: there is no statement %s", self->path, verb);
}

Scenario *
scenario_load(const gchar *path)
{
	Scenario *self = g_new0(Scenario, 1);
	g_autofree gchar *text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GError) error = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	self->path = g_strdup(path);
	sim_get_fixed_policy(&self->policy);
	self->parent_latency = 5000;
	self->keys = g_array_new(FALSE, FALSE, sizeof(ScenarioKey));
	g_array_set_clear_func(self->keys, scenario_key_clear);
	self->commands = g_array_new(FALSE, FALSE, sizeof(ScenarioCommand));
	g_array_set_clear_func(self->commands, scenario_command_clear);
	self->bad = g_array_new(FALSE, FALSE, sizeof(ScenarioBad));
	self->worse = g_array_new(FALSE, FALSE, sizeof(ScenarioWorse));
	g_array_set_clear_func(self->worse, scenario_worse_clear);
	self->rows = g_ptr_array_new_with_free_func(g_free);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		const gchar *line = g_strstrip(lines[i]);
		g_auto(GStrv) words = NULL;

		if (*line == '|') {
			scenario_add_row(self, line);
		} else if (*line != '\0' && *line != '#') {
			words = g_strsplit(line, " ", -1);
			scenario_take_statement(self, words);
		}
	}
	return self;
}

void
scenario_free(Scenario *self)
{
	g_array_unref(self->keys);
	g_array_unref(self->commands);
	g_array_unref(self->bad);
	g_array_unref(self->worse);
	g_ptr_array_unref(self->rows);
	g_free(self->path);
	g_free(self);
}

/* --- running --- */

static guint
scenario_get_key(const Sim *sim, const gchar *name)
{
	gint key = sim_find_key(sim, name);

	g_assert_cmpint(key, >=, 0);
	return (guint)key;
}

static KasperKey *
scenario_get_zone_key(Sim *sim, const gchar *name)
{
	gint slot = sim_get_slot(sim, scenario_get_key(sim, name));

	g_assert_cmpint(slot, >=, 0);
	return &sim->snapshot.keys[slot];
}

static guint64
scenario_get_keys(const Sim *sim, gchar **names)
{
	guint64 keys = 0;

	for (guint i = 0; names[i] != NULL; i++)
		keys |= (guint64)1 << scenario_get_key(sim, names[i]);
	return keys;
}

/* commands of people: the snapshot is told, a decision follows */
static gboolean
scenario_run_order(Sim *sim, gchar **words)
{
	KasperSnapshot *snapshot = &sim->snapshot;
	const gchar *verb = words[0];
	guint retired = 0;
	guint slot;

	if (g_strcmp0(verb, "roll") == 0) {
		scenario_get_zone_key(sim, words[1])->roll = KASPER_ROLL_ASKED;
	} else if (g_strcmp0(verb, "roll-roles") == 0) {
		snapshot->roll_roles = (guint8)kasper_role_from_string(words[1]);
	} else if (g_strcmp0(verb, "lost") == 0) {
		scenario_get_zone_key(sim, words[1])->availability = KASPER_AVAILABILITY_LOST;
	} else if (g_strcmp0(verb, "insecure") == 0) {
		snapshot->insecure = g_strcmp0(words[1], "no") != 0;
	} else if (g_strcmp0(verb, "ds-seen") == 0) {
		slot = (guint)sim_get_slot(sim, scenario_get_key(sim, words[1]));
		g_assert_cmpint(kasper_snapshot_take_ds_seen(snapshot, slot, words[2] != NULL),
				==,
				KASPER_REFUSAL_NONE);
	} else if (g_strcmp0(verb, "ds-gone") == 0) {
		slot = (guint)sim_get_slot(sim, scenario_get_key(sim, words[1]));
		g_assert_cmpint(kasper_snapshot_take_ds_gone(snapshot, slot),
				==,
				KASPER_REFUSAL_NONE);
	} else if (g_strcmp0(verb, "ksk-retire") == 0) {
		g_assert_cmpint(kasper_snapshot_take_ksk_retire(
				    snapshot,
				    sim_get_slot(sim, scenario_get_key(sim, words[1])),
				    &retired),
				==,
				KASPER_REFUSAL_NONE);
	} else {
		return FALSE;
	}
	return TRUE;
}

/* what the policy becomes, and what the world does */
static void
scenario_run_command(Sim *sim, gchar **words, gboolean margins)
{
	const gchar *verb = words[0];

	sim->snapshot.now = MAX(sim->now, sim->snapshot.highest_time);
	if (g_strcmp0(verb, "set") == 0) {
		scenario_set(&sim->snapshot.policy, words[1], words[2]);
		return;
	} else if (g_strcmp0(verb, "no-policy") == 0) {
		sim->snapshot.policy.n_demands = 0;
		return;
	} else if (g_strcmp0(verb, "policy") == 0) {
		scenario_add_demand(&sim->snapshot.policy, &words[1]);
		return;
	} else if (g_strcmp0(verb, "goal") == 0) {
		scenario_get_zone_key(sim, words[1])->goal =
		    g_strcmp0(words[2], "in") == 0 ? KASPER_GOAL_IN : KASPER_GOAL_OUT;
		return;
	} else if (g_strcmp0(verb, "parent") == 0) {
		sim_show_parent(sim, scenario_get_keys(sim, &words[1]));
		return;
	} else if (g_strcmp0(verb, "sleep") == 0 || g_strcmp0(verb, "wake") == 0) {
		sim_sleep(sim, *verb == 's');
		return;
	} else if (g_strcmp0(verb, "start") != 0 && !scenario_run_order(sim, words)) {
		g_error("there is no command %s", verb);
	}
	if (!margins)
		sim->snapshot.policy.publish_safety = sim->snapshot.policy.retire_safety = 0;
	sim_decide(sim);
}

static void
scenario_add_keys(const Scenario *self, Sim *sim, guint8 *records)
{
	for (guint i = 0; i < self->keys->len; i++) {
		const ScenarioKey *key = &g_array_index(self->keys, ScenarioKey, i);
		guint index = sim_add_key(sim, key->name, key->roles, key->algorithm);

		g_assert_cmpuint(index, ==, i);
		if (key->spare)
			g_array_append_val(sim->spare, index);
		else if (key->standby)
			records[i] =
			    key->roles == KASPER_ROLE_ZSK ? KASPER_RECORD_DNSKEY : KASPER_RECORD_DS;
		else
			records[i] =
			    (guint8)((key->roles == KASPER_ROLE_ZSK
					  ? 0
					  : (guint)KASPER_RECORD_DS | (guint)KASPER_RECORD_RSK) |
				     (key->roles == KASPER_ROLE_KSK ? 0
								    : (guint)KASPER_RECORD_RSZ) |
				     (guint)KASPER_RECORD_DNSKEY);
	}
}

/* the zone before the scenario begins: everything older than its keys is forgotten */
static void
scenario_prepare(const Scenario *self, Sim *sim)
{
	guint8 records[SIM_KEYS_MAX] = {0};
	gboolean is_signed = FALSE;

	scenario_add_keys(self, sim, records);
	for (guint i = 0; i < self->keys->len; i++)
		is_signed |= records[i] != 0;
	sim->snapshot.highest_time = SCENARIO_PAST;
	sim_settle(sim, is_signed ? records : NULL);
	if (is_signed)
		sim_decide(sim);
	while (sim_get_next(sim) < 0)
		sim_turn(sim, sim_get_next(sim));
	sim_end_row(sim);
	g_ptr_array_set_size(sim->rows, 0);
}

Sim *
scenario_run(const Scenario *self, gboolean margins)
{
	return scenario_run_until(self, margins, KASPER_TIME_NEVER);
}

Sim *
scenario_run_until(const Scenario *self, gboolean margins, KasperTime until)
{
	KasperPolicy policy = self->policy;
	Sim *sim;
	guint next = 0;

	if (!margins)
		policy.publish_safety = policy.retire_safety = 0;
	sim = sim_new(&policy);
	sim->gradual = self->gradual;
	sim->signer_latency = self->signer_latency;
	sim->parent_model = self->parent_model;
	sim->parent_latency = self->parent_latency;
	sim->parent_step = self->parent_step;
	sim->parent_seen = self->parent_model != SIM_PARENT_IDLE;
	scenario_prepare(self, sim);
	while (TRUE) {
		KasperTime time = sim_get_next(sim);

		if (next < self->commands->len)
			time = MIN(time, g_array_index(self->commands, ScenarioCommand, next).time);
		if (time == KASPER_TIME_NEVER || time > until)
			return sim;
		g_assert_cmpint(time, <, SCENARIO_FUTURE);
		sim->now = time;
		while (next < self->commands->len &&
		       g_array_index(self->commands, ScenarioCommand, next).time == time)
			scenario_run_command(
			    sim,
			    g_array_index(self->commands, ScenarioCommand, next++).words,
			    margins);
		sim_turn(sim, time);
		sim_end_row(sim);
	}
}
