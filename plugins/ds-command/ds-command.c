/* SPDX-License-Identifier: BSD-2-Clause */
#include "ds-command.h"

#include "call.h"

#define DEFAULT_DEADLINE 60
/* submissions of several calls that stopped half way; beyond that the oldest knowledge is dropped
 */
#define PROGRESS_MAX 4096

struct _DsCommand {
	GObject parent_instance;

	gchar *submit_command;
	gchar *retract_command;
	gchar *mode;
	guint deadline;
	gboolean ignore_unread;

	GMutex lock;
	DsCallSettings settings; /* of open() */
	GHashTable *progress;	 /* operation id to a set of marks: calls that need no repetition */
};

typedef enum {
	PROP_SUBMIT_COMMAND = 1,
	PROP_RETRACT_COMMAND,
	PROP_MODE,
	PROP_DEADLINE,
	PROP_IGNORE_UNREAD,
} DsCommandProperty;

static GParamSpec *properties[PROP_IGNORE_UNREAD + 1];

static gboolean
ds_command_parse(const gchar *name, const gchar *command, DsProgram **program, GError **error)
{
	g_clear_pointer(program, ds_program_free);
	if (command == NULL || *command == '\0')
		return TRUE;
	*program = ds_program_new(command, error);
	if (*program == NULL)
		g_prefix_error(error, "%s: ", name);
	return *program != NULL;
}

/* whether the programs are there is asked when they are needed: they may still be put there */
static gboolean
ds_command_open(KasperPlugin *plugin, GCancellable *cancellable, GError **error)
{
	DsCommand *self = DS_COMMAND(plugin);
	DsCallSettings *settings = &self->settings;

	settings->deadline = self->deadline;
	settings->ignore_unread = self->ignore_unread;
	/* only the programs of 2.1 know of retraction, and they take one key a call */
	settings->mode = self->retract_command != NULL && *self->retract_command != '\0'
			     ? DS_MODE_SINGLE
			     : DS_MODE_SET;
	if (self->mode != NULL && !ds_mode_parse(self->mode, &settings->mode)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "mode \"%s\" is not 1.4, 2.1 or ds",
			    self->mode);
		return FALSE;
	}
	if (!ds_command_parse("submit-command", self->submit_command, &settings->submit, error) ||
	    !ds_command_parse("retract-command", self->retract_command, &settings->retract, error))
		return FALSE;
	if (settings->submit != NULL || settings->retract != NULL)
		return TRUE;
	g_set_error_literal(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_INVALID,
	    "neither submit-command nor retract-command is set; give one, or remove "
	    "the plugin, and a person will be asked to talk to the parent");
	return FALSE;
}

static gboolean
ds_command_check_channel(KasperDsChannel *channel, GCancellable *cancellable, GError **error)
{
	const DsCallSettings *settings = &DS_COMMAND(channel)->settings;
	const DsProgram *programs[] = {settings->submit, settings->retract};

	for (guint i = 0; i < G_N_ELEMENTS(programs); i++) {
		if (programs[i] != NULL &&
		    !kasper_program_check((const gchar *const *)programs[i]->argv, error))
			return FALSE;
	}
	return TRUE;
}

/* --- a submission of several calls goes on where it stopped --- */

static gboolean
ds_command_is_done(DsCommand *self, const gchar *operation, const DsCall *call)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	GHashTable *marks = g_hash_table_lookup(self->progress, operation);
	g_autofree gchar *mark = ds_call_dup_mark(call);

	return marks != NULL && g_hash_table_contains(marks, mark);
}

static void
ds_command_mark_done(DsCommand *self, const gchar *operation, const DsCall *call)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	GHashTable *marks = g_hash_table_lookup(self->progress, operation);

	if (marks == NULL) {
		if (g_hash_table_size(self->progress) >= PROGRESS_MAX)
			g_hash_table_remove_all(self->progress);
		marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_hash_table_insert(self->progress, g_strdup(operation), marks);
	}
	g_hash_table_add(marks, ds_call_dup_mark(call));
}

static void
ds_command_forget_progress(DsCommand *self, const gchar *operation)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	g_hash_table_remove(self->progress, operation);
}

static KasperDsAnswer *
ds_command_ask_person(KasperDsRequest *request, const DsCall *call)
{
	g_autofree gchar *text =
	    g_strdup_printf("conf.xml has no %s for this; %s by hand, zone %s: %s",
			    call->verb == DS_VERB_SUBMIT ? "DelegationSignerSubmitCommand"
							 : "DelegationSignerRetractCommand",
			    call->verb == DS_VERB_SUBMIT ? "bring this to the parent"
							 : "have this removed at the parent",
			    kasper_ds_request_get_zone(request),
			    call->input);

	g_strchomp(text);
	return kasper_ds_answer_new(KASPER_DS_STATUS_NEEDS_OPERATOR, text);
}

/* a program that vanished after the first call is an answer: something has been tried by then */
static KasperDsAnswer *
ds_command_run_call(DsCommand *self,
		    const DsCall *call,
		    KasperDsRequest *request,
		    gint64 end,
		    gboolean first,
		    GCancellable *cancellable,
		    GError **error)
{
	gint64 left = (end - g_get_monotonic_time()) / G_USEC_PER_SEC;
	g_autoptr(GError) error_local = NULL;
	KasperDsAnswer *answer = ds_call_run(call,
					     &self->settings,
					     request,
					     (guint)MAX(left, 1),
					     cancellable,
					     &error_local);

	if (answer != NULL)
		return answer;
	if (!first && !g_cancellable_is_cancelled(cancellable))
		return kasper_ds_answer_new(KASPER_DS_STATUS_RETRY, error_local->message);
	g_propagate_error(error, g_steal_pointer(&error_local));
	return NULL;
}

static KasperDsAnswer *
ds_command_submit_set(KasperDsChannel *channel,
		      KasperDsRequest *request,
		      GCancellable *cancellable,
		      GError **error)
{
	DsCommand *self = DS_COMMAND(channel);
	const gchar *operation = kasper_ds_request_get_operation_id(request);
	g_autoptr(GPtrArray) calls = ds_calls_plan(&self->settings, request);
	g_autoptr(KasperDsAnswer) answer =
	    kasper_ds_answer_new(KASPER_DS_STATUS_DONE, "the parent has the set already");
	g_autoptr(KasperDsAnswer) person = NULL;
	gint64 end = g_get_monotonic_time() + (gint64)self->settings.deadline * G_USEC_PER_SEC;
	gboolean first = TRUE;

	for (guint i = 0; i < calls->len; i++) {
		const DsCall *call = g_ptr_array_index(calls, i);

		if (call->program == NULL) {
			if (person == NULL)
				person = ds_command_ask_person(request, call);
			continue;
		}
		if (ds_command_is_done(self, operation, call))
			continue;
		g_clear_object(&answer);
		answer = ds_command_run_call(self, call, request, end, first, cancellable, error);
		if (answer == NULL || kasper_ds_answer_get_status(answer) != KASPER_DS_STATUS_DONE)
			return g_steal_pointer(&answer);
		if (calls->len > 1)
			ds_command_mark_done(self, operation, call);
		first = FALSE;
	}
	ds_command_forget_progress(self, operation);
	return person != NULL ? g_steal_pointer(&person) : g_steal_pointer(&answer);
}

static void
ds_command_plugin_init(KasperPluginInterface *iface)
{
	iface->open = ds_command_open;
}

static void
ds_command_ds_channel_init(KasperDsChannelInterface *iface)
{
	iface->check_channel = ds_command_check_channel;
	iface->submit_set = ds_command_submit_set;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(DsCommand, ds_command, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, ds_command_plugin_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_DS_CHANNEL, ds_command_ds_channel_init))
/* clang-format on */

static void
ds_command_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	DsCommand *self = DS_COMMAND(object);

	switch ((DsCommandProperty)id) {
	case PROP_SUBMIT_COMMAND:
		g_free(self->submit_command);
		self->submit_command = g_value_dup_string(value);
		return;
	case PROP_RETRACT_COMMAND:
		g_free(self->retract_command);
		self->retract_command = g_value_dup_string(value);
		return;
	case PROP_MODE:
		g_free(self->mode);
		self->mode = g_value_dup_string(value);
		return;
	case PROP_DEADLINE:
		self->deadline = g_value_get_uint(value);
		return;
	case PROP_IGNORE_UNREAD:
		self->ignore_unread = g_value_get_boolean(value);
		return;
	}
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
ds_command_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	DsCommand *self = DS_COMMAND(object);

	switch ((DsCommandProperty)id) {
	case PROP_SUBMIT_COMMAND:
		g_value_set_string(value, self->submit_command);
		return;
	case PROP_RETRACT_COMMAND:
		g_value_set_string(value, self->retract_command);
		return;
	case PROP_MODE:
		g_value_set_string(value, self->mode);
		return;
	case PROP_DEADLINE:
		g_value_set_uint(value, self->deadline);
		return;
	case PROP_IGNORE_UNREAD:
		g_value_set_boolean(value, self->ignore_unread);
		return;
	}
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
ds_command_finalize(GObject *object)
{
	DsCommand *self = DS_COMMAND(object);

	g_clear_pointer(&self->settings.submit, ds_program_free);
	g_clear_pointer(&self->settings.retract, ds_program_free);
	g_hash_table_unref(self->progress);
	g_free(self->submit_command);
	g_free(self->retract_command);
	g_free(self->mode);
	g_mutex_clear(&self->lock);
	G_OBJECT_CLASS(ds_command_parent_class)->finalize(object);
}

static void
ds_command_init(DsCommand *self)
{
	g_mutex_init(&self->lock);
	self->progress = g_hash_table_new_full(g_str_hash,
					       g_str_equal,
					       g_free,
					       (GDestroyNotify)g_hash_table_unref);
	self->deadline = DEFAULT_DEADLINE;
}

static GParamSpec *
ds_command_new_text(const gchar *name, const gchar *blurb)
{
	return g_param_spec_string(name,
				   NULL,
				   blurb,
				   NULL,
				   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
ds_command_class_init(DsCommandClass *klass)
{
	GObjectClass *object_class = G_OBJECT_CLASS(klass);
	GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

	object_class->set_property = ds_command_set_property;
	object_class->get_property = ds_command_get_property;
	object_class->finalize = ds_command_finalize;

	properties[PROP_SUBMIT_COMMAND] =
	    ds_command_new_text("submit-command", "is given what the parent is to publish");
	properties[PROP_RETRACT_COMMAND] =
	    ds_command_new_text("retract-command", "is given what the parent is to remove");
	properties[PROP_MODE] =
	    ds_command_new_text("mode",
				"1.4: all DNSKEYs at once; 2.1: one DNSKEY a call; ds: all DS at "
				"once");
	properties[PROP_DEADLINE] = g_param_spec_uint("deadline",
						      NULL,
						      "how many seconds a submission may take",
						      1,
						      3600,
						      DEFAULT_DEADLINE,
						      flags);
	properties[PROP_IGNORE_UNREAD] = g_param_spec_boolean("ignore-unread",
							      NULL,
							      "a program need not read its input",
							      FALSE,
							      flags);
	g_object_class_install_properties(object_class, G_N_ELEMENTS(properties), properties);
}

KASPER_PLUGIN_DEFINE("ds-command", "0.1", ds_command_get_type)
