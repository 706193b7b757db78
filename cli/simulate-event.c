/* SPDX-License-Identifier: BSD-2-Clause */
/* what happens in a simulation, as people write it on the command line or into a scenario file */
#include "simulate.h"

#include <string.h>

#include "kasper-error.h"

void
cli_simulation_clear(CliSimulation *self)
{
	g_clear_object(&self->config);
	g_clear_pointer(&self->policies, g_ptr_array_unref);
	g_clear_pointer(&self->happenings, g_array_unref);
}

/* repositories by their places; without a conf.xml nobody knows which of them want backups */
static gint64
cli_simulation_number_repository(const CliSimulation *self, const gchar *name, gboolean *ret_backup)
{
	GPtrArray *repositories = kasper_config_get_repositories(self->config);

	*ret_backup = FALSE;
	for (guint i = 0; i < repositories->len; i++) {
		const KasperRepositoryConfig *repository = g_ptr_array_index(repositories, i);

		if (strcmp(repository->name, name) != 0)
			continue;
		*ret_backup = repository->require_backup;
		return (gint64)i + 1;
	}
	/* the same name is the same number, and another one another */
	return (gint64)g_str_hash(name) + 1;
}

const KasperPolicy *
cli_simulation_get_policy(CliSimulation *self, const gchar *name, guint *ret_backup, GError **error)
{
	const KasperPolicyConfig *config = kasper_config_find_policy(self->config, name);
	KasperPolicy *policy;

	if (config == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "policy %s is not in %s",
			    name,
			    kasper_config_get_policy_file(self->config));
		return NULL;
	}
	policy = g_memdup2(&config->values, sizeof config->values);
	g_ptr_array_add(self->policies, policy);
	*ret_backup = 0;
	for (guint i = 0; i < policy->n_demands; i++) {
		gboolean backup;

		policy->demands[i].store =
		    cli_simulation_number_repository(self, config->demand_repositories[i], &backup);
		*ret_backup |= backup ? 1u << i : 0;
	}
	return policy;
}

gboolean
cli_simulation_add_policy_change(CliSimulation *self,
				 const gchar *name,
				 KasperTime time,
				 GError **error)
{
	KasperHappening happening = {.time = time, .kind = KASPER_HAPPENING_POLICY};

	happening.policy = cli_simulation_get_policy(self, name, &happening.backup, error);
	if (happening.policy == NULL)
		return FALSE;
	g_array_append_val(self->happenings, happening);
	return TRUE;
}

gboolean
cli_simulation_parse_time(const CliSimulation *self,
			  const gchar *text,
			  KasperTime *ret_time,
			  GError **error)
{
	KasperSpan span;

	if (text[0] != 'P')
		return kasper_time_parse(text, ret_time, error);
	if (!kasper_span_parse(text, &span, error))
		return FALSE;
	*ret_time = kasper_time_add(self->start, span);
	return TRUE;
}

static gboolean
cli_happening_find_kind(const gchar *name, KasperHappeningKind *ret_kind, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < KASPER_N_HAPPENINGS; i++) {
		const gchar *known = kasper_happening_kind_to_string((KasperHappeningKind)i);

		if (g_ascii_strcasecmp(known, name) == 0) {
			*ret_kind = (KasperHappeningKind)i;
			return TRUE;
		}
		g_string_append_printf(all, "%s%s", i > 0 ? ", " : "", known);
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "event %s: should be one of %s",
		    name,
		    all->str);
	return FALSE;
}

static gboolean
cli_happening_refuse(const gchar *name, const gchar *value, const gchar *wanted, GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "event %s%s%s: should have %s",
		    name,
		    value != NULL ? "=" : "",
		    value != NULL ? value : "",
		    wanted);
	return FALSE;
}

static gboolean
cli_happening_take_roles(KasperHappening *self,
			 const gchar *name,
			 const gchar *value,
			 GError **error)
{
	self->roles = value != NULL ? kasper_role_from_string(value) : 0;
	if (self->roles != 0 || (self->kind == KASPER_HAPPENING_ROLL && value != NULL &&
				 g_ascii_strcasecmp(value, "all") == 0))
		return TRUE;
	return cli_happening_refuse(name, value, "KSK, ZSK or CSK", error);
}

/* "never": nobody says so, no backup is made; a parent or a signer that never does it is dead */
static gboolean
cli_happening_take_span(KasperHappening *self,
			const gchar *name,
			const gchar *value,
			GError **error)
{
	gboolean may_never = self->kind == KASPER_HAPPENING_SEEN_DELAY ||
			     self->kind == KASPER_HAPPENING_BACKUP_DELAY;

	self->span = KASPER_SPAN_UNSET;
	if (may_never && g_strcmp0(value, "never") == 0)
		return TRUE;
	if (value != NULL && kasper_span_parse(value, &self->span, NULL) && self->span >= 0)
		return TRUE;
	return cli_happening_refuse(name,
				    value,
				    may_never ? "a span such as P3D, or never"
					      : "a span such as PT6H",
				    error);
}

static gboolean
cli_simulation_add_event(CliSimulation *self,
			 const gchar *name,
			 const gchar *value,
			 KasperTime time,
			 GError **error)
{
	KasperHappening happening = {.time = time};

	if (!cli_happening_find_kind(name, &happening.kind, error))
		return FALSE;
	switch (happening.kind) {
	case KASPER_HAPPENING_POLICY:
		if (value == NULL)
			return cli_happening_refuse(name, value, "the name of a policy", error);
		return cli_simulation_add_policy_change(self, value, time, error);
	case KASPER_HAPPENING_ROLL:
	case KASPER_HAPPENING_LOSE:
		if (!cli_happening_take_roles(&happening, name, value, error))
			return FALSE;
		break;
	case KASPER_HAPPENING_SIGNER_DELAY:
	case KASPER_HAPPENING_PARENT_DELAY:
	case KASPER_HAPPENING_SEEN_DELAY:
	case KASPER_HAPPENING_BACKUP_DELAY:
	case KASPER_HAPPENING_KEY_DELAY:
		if (!cli_happening_take_span(&happening, name, value, error))
			return FALSE;
		break;
	case KASPER_HAPPENING_UNSIGN:
	case KASPER_HAPPENING_SIGN:
	case KASPER_HAPPENING_SIGNER_DEAD:
	case KASPER_HAPPENING_SIGNER_BACK:
	case KASPER_HAPPENING_STORE_AWAY:
	case KASPER_HAPPENING_STORE_BACK:
	case KASPER_N_HAPPENINGS:
		if (value != NULL)
			return cli_happening_refuse(name, value, "no value", error);
		break;
	}
	g_array_append_val(self->happenings, happening);
	return TRUE;
}

gboolean
cli_simulation_add_events(CliSimulation *self, const gchar *text, GError **error)
{
	g_auto(GStrv) events = g_strsplit(text, ",", -1);

	for (guint i = 0; events[i] != NULL; i++) {
		g_auto(GStrv) when = g_strsplit(g_strstrip(events[i]), "@", 2);
		g_auto(GStrv) what = g_strsplit(when[0] != NULL ? when[0] : "", "=", 2);
		KasperTime time = self->start;

		if (when[0] != NULL && when[1] != NULL &&
		    !cli_simulation_parse_time(self, when[1], &time, error))
			return FALSE;
		if (!cli_simulation_add_event(self,
					      what[0] != NULL ? what[0] : "",
					      what[0] != NULL ? what[1] : NULL,
					      time,
					      error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
cli_simulation_read_line(CliSimulation *self, gchar *line, GError **error)
{
	g_auto(GStrv) words = NULL;
	gchar *comment = strchr(line, '#');
	KasperTime time;

	if (comment != NULL)
		*comment = '\0';
	g_strdelimit(line, "\t\r", ' ');
	words = g_regex_split_simple(" +", g_strstrip(line), 0, 0);
	if (words[0] == NULL || words[0][0] == '\0')
		return TRUE;
	if (!cli_simulation_parse_time(self, words[0], &time, error))
		return FALSE;
	if (words[1] == NULL || (words[2] != NULL && words[3] != NULL)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "should be TIME EVENT [VALUE]");
		return FALSE;
	}
	return cli_simulation_add_event(self, words[1], words[2], time, error);
}

gboolean
cli_simulation_read_scenario(CliSimulation *self, const gchar *path, GError **error)
{
	g_autofree gchar *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, error))
		return FALSE;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		if (cli_simulation_read_line(self, lines[i], error))
			continue;
		g_prefix_error(error, "%s:%u: ", path, i + 1);
		return FALSE;
	}
	return TRUE;
}
