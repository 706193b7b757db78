/* SPDX-License-Identifier: BSD-2-Clause */
#include "call.h"

#include <string.h>
#include <sysexits.h>

void
ds_call_free(DsCall *self)
{
	g_free(self->input);
	g_free(self);
}

/* --- which calls --- */

static void
ds_calls_add(GPtrArray *calls, const DsCallSettings *settings, DsVerb verb, GPtrArray *keys)
{
	const DsProgram *program = verb == DS_VERB_SUBMIT ? settings->submit : settings->retract;
	DsCall *call = g_new0(DsCall, 1);

	call->verb = verb;
	call->program = program;
	call->input = ds_input_new(keys, settings->mode, program != NULL && program->cka_id);
	g_ptr_array_add(calls, call);
}

static void
ds_calls_add_singly(GPtrArray *calls, const DsCallSettings *settings, DsVerb verb, GPtrArray *keys)
{
	for (guint i = 0; i < keys->len; i++) {
		g_autoptr(GPtrArray) one = g_ptr_array_new();

		g_ptr_array_add(one, g_ptr_array_index(keys, i));
		ds_calls_add(calls, settings, verb, one);
	}
}

/* additions come first: a parent that is asked to remove the last DS makes the zone insecure */
GPtrArray *
ds_calls_plan(const DsCallSettings *settings, KasperDsRequest *request)
{
	GListModel *wanted = kasper_ds_request_get_wanted(request);
	GListModel *seen = kasper_ds_request_get_seen(request);
	g_autoptr(GPtrArray) all = ds_keys_subtract(wanted, NULL);
	g_autoptr(GPtrArray) coming = ds_keys_subtract(wanted, seen);
	g_autoptr(GPtrArray) leaving = ds_keys_subtract(seen, wanted);
	GPtrArray *calls = g_ptr_array_new_with_free_func((GDestroyNotify)ds_call_free);

	if (settings->mode == DS_MODE_SINGLE) {
		ds_calls_add_singly(calls, settings, DS_VERB_SUBMIT, coming);
		ds_calls_add_singly(calls, settings, DS_VERB_RETRACT, leaving);
		return calls;
	}
	/* an empty set is no set that a program of 1.x has ever seen */
	if (all->len > 0)
		ds_calls_add(calls, settings, DS_VERB_SUBMIT, all);
	/* who gets the whole set knows what leaves, too, unless there is a program for that */
	if (leaving->len > 0 && (settings->retract != NULL || all->len == 0))
		ds_calls_add(calls, settings, DS_VERB_RETRACT, leaving);
	return calls;
}

gchar *
ds_call_dup_mark(const DsCall *self)
{
	return g_strdup_printf("%u %s", (guint)self->verb, self->input);
}

/* --- one call --- */

static const gchar *
ds_call_get_phase(KasperDsRequest *request)
{
	switch (kasper_ds_request_get_phase(request)) {
	case KASPER_DS_PHASE_BOOTSTRAP:
		return "bootstrap";
	case KASPER_DS_PHASE_INTRODUCE:
		return "introduce";
	case KASPER_DS_PHASE_SWAP:
		return "swap";
	case KASPER_DS_PHASE_WITHDRAW:
		return "withdraw";
	case KASPER_DS_PHASE_GO_INSECURE:
		return "go-insecure";
	case KASPER_DS_PHASE_RESYNC:
		return "resync";
	}
	g_assert_not_reached();
}

static gchar **
ds_call_dup_environment(const DsCall *self,
			const DsCallSettings *settings,
			KasperDsRequest *request)
{
	g_autoptr(GPtrArray) leaving = ds_keys_subtract(kasper_ds_request_get_seen(request),
							kasper_ds_request_get_wanted(request));
	g_autofree gchar *tags = ds_keys_to_tags(leaving);
	g_autoptr(GPtrArray) lines = g_ptr_array_new();

	g_ptr_array_add(lines,
			g_strdup_printf("KASPER_ZONE=%s", kasper_ds_request_get_zone(request)));
	g_ptr_array_add(
	    lines,
	    g_strdup(self->verb == DS_VERB_SUBMIT ? "KASPER_VERB=submit" : "KASPER_VERB=retract"));
	g_ptr_array_add(lines,
			g_strdup_printf("KASPER_MODE=%s", ds_mode_to_string(settings->mode)));
	g_ptr_array_add(lines, g_strdup_printf("KASPER_PHASE=%s", ds_call_get_phase(request)));
	g_ptr_array_add(
	    lines,
	    g_strdup_printf("KASPER_OP_ID=%s", kasper_ds_request_get_operation_id(request)));
	g_ptr_array_add(
	    lines,
	    g_strdup_printf("KASPER_ATTEMPT=%u", kasper_ds_request_get_attempt(request)));
	g_ptr_array_add(lines, g_strdup_printf("KASPER_REMOVED=%s", tags));
	g_ptr_array_add(lines, NULL);
	return (gchar **)g_ptr_array_free(g_steal_pointer(&lines), FALSE);
}

static KasperDsStatus
ds_call_judge(const KasperProgramEnd *end)
{
	/* what was killed may have done its work before */
	if (end->status < 0)
		return KASPER_DS_STATUS_UNKNOWN;
	switch (end->status) {
	case 0:
		return KASPER_DS_STATUS_DONE;
	case EX_DATAERR:
	case EX_CONFIG:
		return KASPER_DS_STATUS_REJECTED;
	case EX_NOPERM:
		return KASPER_DS_STATUS_AUTH;
	default:
		return KASPER_DS_STATUS_RETRY;
	}
}

static KasperDsAnswer *
ds_call_answer(const DsCall *self, const DsCallSettings *settings, const KasperProgramEnd *end)
{
	KasperDsStatus status = ds_call_judge(end);
	g_autofree gchar *words = kasper_program_end_to_text(end);
	g_autofree gchar *text = NULL;

	if (status == KASPER_DS_STATUS_DONE && end->unread > 0 && !settings->ignore_unread) {
		status = KASPER_DS_STATUS_RETRY;
		text = g_strdup_printf("%s: %s, but %" G_GSIZE_FORMAT " octets of its input were "
				       "not read; it has to read all, or set ignore-unread",
				       self->program->argv[0],
				       words,
				       end->unread);
	} else {
		text = g_strdup_printf("%s: %s", self->program->argv[0], words);
	}
	return kasper_ds_answer_new(status, text);
}

KasperDsAnswer *
ds_call_run(const DsCall *self,
	    const DsCallSettings *settings,
	    KasperDsRequest *request,
	    guint deadline,
	    GCancellable *cancellable,
	    GError **error)
{
	g_auto(GStrv) environment = ds_call_dup_environment(self, settings, request);
	g_autoptr(GBytes) input = g_bytes_new_static(self->input, strlen(self->input));
	const KasperProgram program = {
	    .argv = (const gchar *const *)self->program->argv,
	    .environment = (const gchar *const *)environment,
	    .input = input,
	    .deadline = deadline,
	};
	g_auto(KasperProgramEnd) end = {0};

	if (!kasper_program_run(&program, &end, cancellable, error))
		return NULL;
	return ds_call_answer(self, settings, &end);
}
